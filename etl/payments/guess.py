"""Which column is what in a file whose header is not known: by names and by content, with the reasons. Pure.

A guess is never loaded unless a person confirms it, by naming the council that paid.
"""

import re
from collections.abc import Sequence

import msgspec
import polars as pl

from etl.errors import Refused
from etl.payments.amounts import parse_pence
from etl.payments.dates import parse_days
from etl.payments.formats import load_spellings, plain_name
from etl.payments.match import Match

# words in a column's name that speak for a field, and those that speak against it
NUMBER = r"code|number|\bno\b|\bid\b"
WORDS = {
    "date": (r"date|paid on|when", r"due|invoice|birth|start|end"),
    "amount": (
        r"amount|value|total|spend|gbp|net|payment$|cost$|sum",
        rf"vat|gross|centre|type|date|{NUMBER}",
    ),
    "supplier": (
        r"supplier|vendor|payee|beneficiary|creditor|merchant|company|recipient|paid to",
        rf"type|postcode|category|ref|{NUMBER}",
    ),
    "department": (r"dir\w*ate|department|dept|division|portfolio|cost centre", NUMBER),
    "service": (r"service|unit|area|team", rf"date|{NUMBER}"),
    "purpose": (
        r"purpose|description|narrative|expense|expenditure|subjective|detail|activity|nominal|^account$",
        rf"date|amount|{NUMBER}",
    ),
    "category": (r"category|proclass|cpv|classification|procurement", NUMBER),
    "reference": (
        r"reference|transaction|voucher|document|\bref\b|number|^order$",
        r"date|amount|supplier|vendor|type|code",
    ),
    "vat": (r"\bvat\b", r"reg|number|exc|net|code"),
    "postcode": (r"post ?code", r""),
}
WITHOUT_VAT = re.compile(r"\b(net|exc|excl|excluding|ex|less|without) (of )?vat\b")
# what must be found before anything is said
NEEDED = ("amount", "supplier")
SAMPLE = 500
ENOUGH = 2.0
FIRST_ROWS = 3
# what names of suppliers end with: where a header is missing, their column is known by it
FIRM = r"(?i)\b(ltd|limited|plc|llp|cic|trust|council|services|school|association)\b"
ENOUGH_FIRMS = 0.2


class Guess(msgspec.Struct, frozen=True):
    """A match that was guessed, and why each column was taken, in words."""

    match: Match
    reasons: tuple[str, ...]


class Column(msgspec.Struct, frozen=True):
    """What is seen of a column: its name and the shares of its filled cells that are days, amounts, words, firms' names."""

    place: int
    name: str
    filled: float
    days: float
    amounts: float
    words: float
    decimals: float
    firms: float


def guess_columns(header: Sequence[str], frame: pl.DataFrame) -> Guess | None:
    """The likeliest reading; None where no column looks like an amount or none like a supplier.

    `frame`: the body by places, as `etl.payments.layout.Layout.frame` has it.
    """
    seen = [
        look(place, name, frame[str(place)])
        for place, name in enumerate(header)
        if str(place) in frame.columns
    ]
    taken: dict[str, Column] = {}
    # the fields that content tells best come first
    for field in (
        "date",
        "amount",
        "supplier",
        *(field for field in WORDS if field not in ("date", "amount", "supplier")),
    ):
        free = [column for column in seen if column not in taken.values() and column.filled]
        best = max(free, key=lambda column: score(field, column), default=None)
        if best is not None and score(field, best) >= ENOUGH:
            taken[field] = best
    if any(field not in taken for field in NEEDED):
        return None
    reasons = tuple(
        f"{describe(column)} → {field} ({explain(field, column)})" for field, column in taken.items()
    )
    return Guess(Match(None, {field: (column.place,) for field, column in taken.items()}), reasons)


def look(place: int, name: str, cells: pl.Series) -> Column:
    """What is seen of a column, from its first filled cells."""
    filled = cells.drop_nulls()
    sample = filled.head(SAMPLE)
    count = max(len(sample), 1)
    amounts = parse_pence(sample)
    days = _count_days(sample)
    return Column(
        place=place,
        name=name,
        filled=len(filled) / max(len(cells), 1),
        days=days / count,
        amounts=(len(sample) - amounts.null_count()) / count,
        words=int(sample.str.contains(r"\p{L}{3}").sum()) / count,
        firms=int(sample.str.contains(FIRM).sum()) / count,
        decimals=int(sample.str.contains(r"[.,]\d{1,2}\)?\s*-?$|£").sum()) / count,
    )


def score(field: str, column: Column) -> float:
    """How well a column would do as a field: its name up to 3, its content up to 2, less what speaks against."""
    plain = plain_name(column.name)
    speaks_for, against = WORDS[field]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", column.name.replace("£", " gbp ")).strip().lower()
    words = WITHOUT_VAT.sub("net", words)
    name = 3.0 if plain and plain in load_spellings()[field] else 1.5 if re.search(speaks_for, words) else 0.0
    if against and re.search(against, words) and name < 3:
        name -= 2.0
    if field == "supplier" and not plain and column.firms >= ENOUGH_FIRMS:
        return 1.5 + column.firms + 0.5 * column.words
    if field == "date":
        return name + 2.0 * column.days + (0.0 if plain else 0.5) if column.days >= 0.5 else 0.0
    if field in ("amount", "vat"):
        if column.amounts < 0.8 or column.days >= 0.5:
            return 0.0
        return name + column.amounts * (1.0 + column.decimals if field == "amount" else 0.5)
    if field in ("supplier", "department", "service", "purpose", "category"):
        return name + 0.5 * column.words if name > 0 and column.words >= 0.3 else 0.0
    return name + 0.5 if name > 0 and column.filled > 0.3 else 0.0


def explain(field: str, column: Column) -> str:
    """Why a column was taken for a field."""
    share = {
        "date": f"{column.days:.0%} of its cells are days",
        "amount": f"{column.amounts:.0%} of its cells are amounts",
        "vat": f"{column.amounts:.0%} of its cells are amounts",
        "supplier": "" if plain_name(column.name) else f"{column.firms:.0%} of its cells are names of firms",
    }.get(field) or "by its name"
    known = plain_name(column.name) in load_spellings()[field]
    return f"{share}, a known name" if known and share != "by its name" else share


def describe(column: Column) -> str:
    """A column as people know it."""
    return repr(column.name) if column.name.strip() else f"column {column.place + 1}"


def _count_days(cells: pl.Series) -> int:
    try:
        days, _ = parse_days(cells, serial=False)
    except Refused:
        # days, of which some can only be read one way and some the other
        return len(cells)
    return len(days) - days.null_count()
