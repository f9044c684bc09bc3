"""From the cells of a payment file to payments: amounts in pence, days, months, kinds, texts. Pure."""

import re
from collections.abc import Sequence
from datetime import date

import msgspec
import polars as pl

from etl.errors import Refused
from etl.payments.amounts import parse_pence
from etl.payments.covering import Period, count_months, find_covered, list_months, place_days
from etl.payments.dates import parse_days
from etl.payments.formats import Form, plain_name
from etl.payments.match import Match
from etl.payments.reading import Reading
from etl.payments.redaction import find_redactions
from etl.sample_marks import SAMPLE_WORDS
from geo.publishers import GLA, TFL

TEXTS = ("department", "service", "purpose", "category", "reference")
CARDS = re.compile(
    r"p(urchas(e|ing)|rocurement)?[ _-]?cards?\b|\bgpc\b|credit[ _-]?cards?|corporate[ _-]?cards?",
    re.IGNORECASE,
)
GRANTS = re.compile(r"\bgrants?\b", re.IGNORECASE)
YES = ("y", "yes", "true", "1", "redact", "redacted")
# what a flag of redaction says of a name that may stand: whatever else it says, the name is left out
NOT_REDACTED = ("n", "no", "false", "0", "none", "n/a", "na", "-", "not required", "not redacted")
SAY = "Say so: borough load --period 2011-04 FILE."
PERIOD = re.compile(r"(?<![A-Za-z0-9])(?:P|Period[ _-]?)(\d{1,2})(?!\d)", re.IGNORECASE)


class Tidied(msgspec.Struct, frozen=True):
    """Payments. Counts satisfy rows of the body = rows + rejects.

    `rows`: line, month, kind (word), paid_on, amount_pence, vat_pence, supplier (null where it is withheld or seems to be a
    person's), redaction (word), department, service, purpose, category, reference, supplier_postcode, other (the cells of
    columns that are not used, for the rules that withhold; never stored). `rejects`: line, reason. `sum_pence`: of the
    amounts as the file has them, rejected rows included. `kinds`: the words of payment_kind that every month of the file
    holds.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    covered: list[date]
    how_dates: str
    sum_pence: int
    kinds: tuple[str, ...]
    is_sample: bool


def tidy(reading: Reading, today: date) -> Tidied:
    """Type and word the rows of a file. Raises Refused where its dates cannot be read or do not say which month it is of."""
    match = settle_doubles(reading.match, reading.layout.header, reading.frame)
    form, frame = match.form, reading.frame
    amount = parse_pence(_take(frame, match, "amount"))
    vat = parse_pence(_take(frame, match, "vat"))
    days, how = _read_days(reading, match)
    month, why = _place(reading, match, days, today)
    amount_net = amount - vat.fill_null(0) if form and form.is_gross else amount
    supplier, redaction = _read_suppliers(frame, match)
    kinds, kind = _read_kinds(reading, match)
    texts = {field: _take(frame, match, field) for field in TEXTS}
    held = pl.DataFrame({"supplier": _take(frame, match, "supplier"), **texts})
    table = pl.DataFrame(
        {
            "line": frame["line"],
            "month": month,
            "kind": kind,
            "paid_on": days,
            "amount_pence": amount_net,
            "vat_pence": vat,
            "supplier": supplier,
            "redaction": redaction,
            **texts,
            "other": _join_others(frame, match),
            "supplier_postcode": _take(frame, match, "postcode"),
            "why": why,
        }
    )
    reason = (
        pl.when(pl.col("amount_pence").is_null())
        .then(pl.lit("it has no amount that can be read"))
        .otherwise(pl.col("why"))
    )
    checked = table.with_columns(reason.alias("reason"))
    rejects = checked.filter(pl.col("reason").is_not_null()).select(pl.col("line").cast(pl.UInt32), "reason")
    rows = checked.filter(pl.col("reason").is_null()).drop("reason", "why")
    return Tidied(
        rows=rows,
        rejects=rejects,
        covered=sorted(rows["month"].unique().to_list()),
        how_dates=how,
        sum_pence=int(amount.sum() or 0),
        kinds=kinds,
        is_sample=bool(
            held.select(
                pl.any_horizontal(pl.all().str.contains(SAMPLE_WORDS, literal=True).fill_null(False)).any()
            ).item()
        ),
    )


def settle_doubles(match: Match, header: Sequence[str], frame: pl.DataFrame) -> Match:
    """Where the amount and the day stand under one name, the column with the days is the day's, whichever comes first."""
    amount, day = match.columns["amount"], match.columns.get("date")
    if day is None or plain_name(header[day[0]]) != plain_name(header[amount[0]]):
        return match
    read = {place: _count(parse_pence(frame[str(place)])) for place in (amount[0], day[0])}
    if read[amount[0]] or not read[day[0]]:
        return match
    return Match(match.form, {**match.columns, "amount": day[:1], "date": amount})


def _count(series: pl.Series) -> int:
    return len(series) - series.null_count()


def _take(frame: pl.DataFrame, match: Match, field: str) -> pl.Series:
    """The cells of a field: of its first column, or of the first that is filled where the form says so."""
    places = match.columns.get(field, ())
    if not places:
        return pl.Series(field, [None] * frame.height, dtype=pl.String)
    if match.form and field in match.form.first_filled:
        return frame.select(pl.coalesce([pl.col(str(place)) for place in places]).alias(field)).to_series()
    return frame[str(places[0])].alias(field)


def _join_others(frame: pl.DataFrame, match: Match) -> pl.Series:
    """The cells of a row that no field takes, a line each: one of them may say that a payment is for a refuge."""
    fields = ("supplier", *(field for field in TEXTS if field != "reference"))
    taken = {match.columns[field][0] for field in fields if field in match.columns}
    left = [name for name in frame.columns if name != "line" and int(name) not in taken]
    if not left:
        return pl.Series("other", [None] * frame.height, dtype=pl.String)
    return frame.select(pl.concat_str(left, separator="\n", ignore_nulls=True).alias("other")).to_series()


def _read_days(reading: Reading, match: Match) -> tuple[pl.Series, str]:
    cells = _take(reading.frame, match, "date")
    if "date" not in match.columns:
        return cells.cast(pl.Date, strict=False), "none: the file has no dates"
    return parse_days(cells, month_first=_is_month_first(match, reading.named))


def _is_month_first(match: Match, named: Period | None) -> bool | None:
    if not (match.form and match.form.month_first and named):
        return None
    declared = {date.fromisoformat(f"{month}-01") for month in match.form.month_first}
    return True if declared.issuperset(list_months(named)) else None


def _place(reading: Reading, match: Match, days: pl.Series, today: date) -> tuple[pl.Series, pl.Series]:
    """The month of each row, and why it has none."""
    named = reading.named
    counts = count_months(days, today)
    if not counts:
        if "date" in match.columns and days.null_count() < len(days):
            raise Refused(
                f"All its dates lie in the future, the first on {min(days.drop_nulls().to_list())}. Check how they are written."
            )
        if named is None:
            raise Refused(
                "The file has no dates that can be read, and neither its name nor the lines above its header say of which month"
                f" it is. {SAY}"
            )
        first, last = named
        if first != last:
            raise Refused(
                f"The file has no dates, and is of the months {first:%Y-%m} to {last:%Y-%m}: in which of them each payment was"
                f" made is not said. If it is of one month, say so. {SAY}"
            )
    is_paid = not reading.period_said and (match.form is None or match.form.date_of == "payment")
    covered = find_covered(counts, named, is_paid=is_paid)
    if covered[0] > today:
        raise Refused(f"The file is of {covered[0]:%Y-%m}, which lies in the future. Check its name.")
    return place_days(days, covered, today)


def _read_suppliers(frame: pl.DataFrame, match: Match) -> tuple[pl.Series, pl.Series]:
    """The suppliers' names that may be kept, and why the others may not."""
    given = _take(frame, match, "supplier")
    redaction = find_redactions(given)
    if "redact" in match.columns:
        says = ~_take(frame, match, "redact").str.to_lowercase().is_in(NOT_REDACTED).fill_null(True)
        redaction = (
            pl.DataFrame({"says": says, "word": redaction})
            .select(pl.when("says").then(pl.lit("by_publisher")).otherwise("word").alias("redaction"))
            .to_series()
        )
    kept = pl.DataFrame({"name": given, "word": redaction}).select(
        pl.when(pl.col("word") == "named").then("name").alias("supplier")
    )
    return kept.to_series(), redaction


def _read_kinds(reading: Reading, match: Match) -> tuple[tuple[str, ...], pl.Series]:
    """The kinds of payment that the file holds, and that of each row, as words of payment_kind."""
    word = find_kind(match.form, reading.path)
    if word == "over_500" and reading.payer.publisher in (GLA, TFL):
        word = name_period(word, reading.path)
    kinds = [word]
    kind = pl.Series("kind", [word] * reading.frame.height, dtype=pl.String)
    for field, other in (("kind", "purchase_card"), ("grant", "grant")):
        if match.form is None or field not in match.columns or word == other:
            continue
        marks = match.form.cards if field == "kind" else YES
        is_other = _take(reading.frame, match, field).str.to_lowercase().str.strip_chars().is_in(marks)
        table = pl.DataFrame({"is_other": is_other.fill_null(False), "kind": kind})
        kind = table.select(
            pl.when("is_other").then(pl.lit(other)).otherwise("kind").alias("kind")
        ).to_series()
        kinds.append(other)
    return tuple(kinds), kind


def find_kind(form: Form | None, path: Sequence[str]) -> str:
    """The kind that a file's form has, else that which its name, or for cards its folder, says."""
    if form is not None and form.kind != "over_500":
        return form.kind
    if CARDS.search(" ".join(path[-2:])):
        return "purchase_card"
    return "grant" if GRANTS.search(path[-1] if path else "") else "over_500"


def name_period(word: str, path: Sequence[str]) -> str:
    """The kind of a file of one of the thirteen periods of a year: each stands by itself in the months that it shares."""
    found = PERIOD.search(path[-1]) if path else None
    number = int(found[1]) if found else 0
    return f"{word} P{number:02d}" if 1 <= number <= 13 else word
