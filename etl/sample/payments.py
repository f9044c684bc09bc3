"""Sample files of council payments: for each of the 33 councils, in the form in which it publishes them.

Oddities, each seen in real files or in the survey of them: lines above the header, unnamed columns, amounts with £, commas,
spaces and brackets, credit notes, names left out by the council, days with the month first, Excel's serial numbers, a file
with the year so far, a grand total, a month without a file. Suppliers, amounts and days are invented.

Payments are few, about 80 a council and month, and most councils' months stand in one file a financial year or in one for
all, whatever they publish by, so that the sample loads in seconds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from etl.months import add_months
from etl.sample.draws import Draws
from etl.sample.payment_forms import CARDS, FORMS, GENERAL, PaymentForm
from etl.sample.workbook import write_workbook
from etl.sample_marks import SAMPLE_WORDS
from geo.areas import load_boroughs

__all__ = ["THEMES", "Payment", "make_payments", "write_payments"]

_BARNET = 3
_A_MONTH, _CARDS_A_MONTH = 80, 40
_STREAM, _CARD_STREAM = 7, 8
_CREDITS, _REDACTED, _PERSONS = 2_000, 3_000, 1_000
_TREES = (
    "Alder", "Ash", "Aspen", "Beech", "Birch", "Box", "Briar", "Cedar", "Elder", "Elm", "Fir", "Gorse", "Hawthorn", "Hornbeam",
    "Larch", "Lime", "Maple", "Oak", "Osier", "Pine", "Plane", "Poplar", "Sedge", "Spruce", "Sycamore", "Thorn", "Walnut", "Yew",
)  # fmt: skip
_SUPPLIERS_A_THEME = 4
# a name that a council did not leave out
_PERSON = "Ms A Sample"


@dataclass(frozen=True)
class Theme:
    """What some of a council's payments are for; `weight` of all, `pounds` about how much each."""

    weight: int
    department: str
    service: str
    purpose: str
    category: str
    supplier: str
    pounds: int


# The words by which rules know a payment stand in the purpose, which every form has.
THEMES = (
    Theme(24, "Adults and Health", "Residential care", "Residential placements", "Social care", "Care Homes Ltd", 2_600),
    Theme(12, "Adults and Health", "Home care", "Home care block contract", "Social care", "Home Care Ltd", 4_100),
    Theme(14, "Children and Families", "Placements", "Independent fostering", "Social care", "Fostering Services Ltd", 3_300),
    Theme(8, "Children and Families", "Schools", "School meals", "Catering", "Catering Ltd", 1_900),
    Theme(16, "Housing", "Repairs", "Planned maintenance", "Construction", "Building Contractors Ltd", 7_200),
    Theme(9, "Housing", "Homelessness", "Temporary accommodation rent", "Property", "Lettings Ltd", 1_500),
    Theme(8, "Environment", "Waste", "Refuse collection contract", "Environment", "Recycling Ltd", 9_800),
    Theme(8, "Environment", "Highways", "Road maintenance", "Construction", "Highways Ltd", 6_400),
    Theme(6, "Environment", "Parking", "Parking enforcement contract", "Transport", "Parking Services Ltd", 5_200),
    Theme(10, "Resources", "Digital services", "Software licences", "Information technology", "Systems Ltd", 2_200),
    Theme(8, "Resources", "Legal services", "Legal fees", "Professional services", "Solicitors LLP", 1_700),
    Theme(10, "Resources", "Human resources", "Agency staff", "Staff", "Recruitment Ltd", 1_300),
    Theme(3, "Environment", "Community Safety", "Community safety and crime reduction", "Community", "Partnership CIC", 3_900),
    Theme(1, "Environment", "Community Safety", "Anti-social behaviour casework", "Community", "Mediation Trust", 2_100),
    Theme(2, "Environment", "Public realm", "CCTV maintenance and monitoring", "Security", "Camera Systems Ltd", 4_700),
    Theme(1, "Environment", "Public realm", "Neighbourhood wardens", "Security", "Patrol Services Ltd", 2_900),
    Theme(4, "Children and Families", "Youth Service", "Youth work and youth centres", "Community", "Youth Club", 2_300),
    Theme(2, "Children and Families", "Youth Justice", "Youth offending team contracts", "Community", "Restorative Trust", 3_100),
)  # fmt: skip
# besides these every council pays for this once a month, so that a year has the five that a published total needs
_REFUGE = Theme(
    0,
    "Adults and Health",
    "Violence against women and girls",
    "Refuge contract",
    "Community",
    "Women's Aid",
    5_600,
)
_CARD_THEMES = (
    Theme(5, "Children and Families", "", "Food costs", "", "Supermarket", 40),
    Theme(3, "Children and Families", "", "Travel expenses", "", "Railways", 60),
    Theme(2, "Resources", "", "Stationery", "", "Paper Shop", 25),
    Theme(1, "Children and Families", "", "Youth work: day out", "", "Bowling Lanes", 90),
)


@dataclass(frozen=True)
class Payment:
    """One invented payment; amounts in pence, `gross` with VAT."""

    day: date
    incurred: date
    theme: Theme
    supplier: str
    purpose: str
    reference: str
    number: str
    pence: int
    vat: int


def write_payments(folder: Path, months: Sequence[date], seed: int) -> Iterator[Path]:
    """Write the files of all councils for these months, a folder each; those of an earlier run go. Yield their paths."""
    for old in [*folder.glob("*/*.csv"), *folder.glob("*/*.xlsx")]:
        old.unlink()
    for area in load_boroughs():
        form = FORMS.get(area.borough or 0, GENERAL)
        held = [month for at, month in enumerate(months) if at not in form.missing]
        made = {month: make_payments(area.borough or 0, month, form, seed) for month in held}
        place = folder / area.slug
        place.mkdir(parents=True, exist_ok=True)
        yield from _write_all(place, "spend over threshold", form, made)
        if area.borough == _BARNET:
            cards = {month: _make_cards(month, seed) for month in months}
            yield from _write_all(place, "purchase cards", CARDS, cards)


def make_payments(borough: int, month: date, form: PaymentForm, seed: int) -> list[Payment]:
    """A council's payments of one month, in the order of their days; the same whatever other months are made."""
    draws = Draws(seed, _STREAM, borough, month.year * 12 + month.month)
    count = draws.near(_A_MONTH, 25)
    picked = draws.pick([theme.weight for theme in THEMES], count).tolist()
    return _make([*(THEMES[at] for at in picked), _REFUGE], borough, month, draws, form.redacted)


def _make_cards(month: date, seed: int) -> list[Payment]:
    draws = Draws(seed, _CARD_STREAM, _BARNET, month.year * 12 + month.month)
    count = draws.near(_CARDS_A_MONTH, 25)
    picked = draws.pick([theme.weight for theme in _CARD_THEMES], count).tolist()
    return _make([_CARD_THEMES[at] for at in picked], _BARNET, month, draws, "")


def _make(themes: Sequence[Theme], borough: int, month: date, draws: Draws, redacted: str) -> list[Payment]:
    """One payment a theme. A name is left out, or is an individual's, in payments of some kinds only."""
    n = len(themes)
    days = draws.below((add_months(month, 1) - month).days, n).tolist()
    waits = draws.below(30, n).tolist()
    sizes, odd_pence = draws.below(180, n).tolist(), draws.below(100, n).tolist()
    chosen = draws.below(_SUPPLIERS_A_THEME, n).tolist()
    is_credit = draws.happens(_CREDITS, n).tolist()
    is_redacted = draws.happens(_REDACTED, n).tolist()
    is_person = draws.happens(_PERSONS, n).tolist()
    numbers = draws.below(900_000, n).tolist()
    made = []
    for at, theme in enumerate(themes):
        pence = max(theme.pounds * (20 + sizes[at]), 50_000 if redacted else 100) + odd_pence[at]
        pence = -pence // 4 if is_credit[at] else pence
        tree = _TREES[(borough * 5 + theme.pounds // 100 + chosen[at]) % len(_TREES)]
        supplier, purpose = f"{tree} {theme.supplier} ({SAMPLE_WORDS})", theme.purpose
        if redacted and theme.category == "Social care" and is_redacted[at]:
            supplier, purpose = redacted, f"{theme.purpose} ({SAMPLE_WORDS})"
        elif redacted and is_person[at]:
            supplier, purpose = _PERSON, f"{theme.purpose} ({SAMPLE_WORDS})"
        day = month + timedelta(days=days[at])
        made.append(
            Payment(
                day=day,
                incurred=day - timedelta(days=waits[at]),
                theme=theme,
                supplier=supplier,
                purpose=purpose,
                reference=f"{month:%y%m}{at:04d}",
                number=str(100_000 + numbers[at]),
                pence=pence,
                vat=pence // 5 if at % 3 == 0 else 0,
            )
        )
    return sorted(made, key=lambda one: one.day)


def _write_all(folder: Path, what: str, form: PaymentForm, made: dict[date, list[Payment]]) -> Iterator[Path]:
    """Write the files of one council and kind."""
    for first, last in _group(list(made), form):
        held = [one for month, payments in made.items() if first <= month <= last for one in payments]
        yield _write(folder, what, form, first, last, held)


def _group(held: Sequence[date], form: PaymentForm) -> list[tuple[date, date]]:
    """The first and the last month of each file, of the months that there are."""
    if form.every == "month":
        return [(month, month) for month in held]
    if form.every == "whole":
        return [(held[0], held[-1])]
    files: dict[date, tuple[date, date]] = {}
    for month in held:
        start = _find_start(month, 3 if form.every in ("quarter", "so far") else 12)
        first, _ = files.get(start, (month, month))
        files[start] = (first, month)
    if form.every != "so far":
        return list(files.values())
    return [(max(held[0], _find_start(first, 12)), last) for first, last in files.values()]


def _find_start(month: date, length: int) -> date:
    """The first month of the quarter, or of the financial year, that a month is in."""
    return add_months(month, -((month.month - 4) % length))


def _write(
    folder: Path, what: str, form: PaymentForm, first: date, last: date, held: Sequence[Payment]
) -> Path:
    span = f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"
    path = folder / f"{folder.name} {what} {span}.{'xlsx' if form.is_book else 'csv'}"
    rows: list[list[str | int | float | date]] = [[name for name, _ in form.header]]
    rows += [_fill(form, one) for one in held]
    if form.has_total:
        total = sum(one.pence for one in held)
        rows.append(["Grand Total", *[""] * (len(form.header) - 2), _write_amount(form.amount, total)])
    if form.is_book:
        path.write_bytes(write_workbook("Payments", rows))
        return path
    text = io.StringIO()
    for line in form.above:
        text.write(line.format(first=first, last=last) + form.line_end)
    csv.writer(text, lineterminator=form.line_end).writerows(rows)
    path.write_bytes(text.getvalue().encode(form.encoding))
    return path


def _fill(form: PaymentForm, one: Payment) -> list[str | int | float | date]:
    """A row: what stands in each column."""
    theme = one.theme
    values: dict[str, str | int | float | date] = {
        "": "",
        "supplier": one.supplier,
        "purpose": one.purpose,
        "reference": one.reference,
        "number": one.number,
        "department": theme.department,
        "service": theme.service,
        "category": theme.category,
        "year": f"{one.day.year}",
        "month": f"{one.day.month:02d}",
    }
    for key, day in (("date", one.day), ("incurred", one.incurred)):
        values[key] = day if form.days == "serial" else day.strftime(form.days)
    for key, pence in (("amount", one.pence), ("vat", one.vat), ("gross", one.pence + one.vat)):
        values[key] = pence / 100 if form.is_book else _write_amount(form.amount, pence)
    row = [key[1:] if key.startswith("=") else values[key] for _, key in form.header]
    return [f"{form.before}{cell}" if cell else cell for cell in row] if form.before else row


def _write_amount(style: str, pence: int) -> str:
    """An amount in a style: -1450.00, -1,450.00, -£1,450.00, ' -£ 1,450.00 ', (1,450.00) or '-1450.00 '."""
    sign, plain = "-" if pence < 0 else "", f"{abs(pence) / 100:.2f}"
    if style in ("plain", "trailing"):
        return sign + plain + (" " if style == "trailing" else "")
    plain = f"{abs(pence) / 100:,.2f}"
    if style == "brackets":
        return f"({plain})" if sign else plain
    return {"commas": f"{sign}{plain}", "pounds": f"{sign}£{plain}", "padded": f" {sign}£ {plain} "}[style]
