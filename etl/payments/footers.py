"""Rows of a payment file that are no payments: totals, markers of months, notes, headers that stand again, leaked SQL."""

import re
from collections.abc import Sequence

import msgspec
import polars as pl

from etl.payments.amounts import parse_pence
from etl.payments.cells import fold_name
from etl.payments.days import read_day

# The words of a total, and nothing else: Total Gas & Power Ltd is a supplier.
GRAND = re.compile(
    r"(?:grand|overall|report|final|sum|council)?[\s-]*totals?(?:\s+(?:net\s+|nett\s+|gross\s+)?"
    r"(?:amount|spend|spending|expenditure|payments?|paid|value|invoices?|sum))?"
    r"(?:\s+(?:for|of|in)\s+(?:the\s+)?(?:month|period|quarter|report|year|file))?\s*(?:\(?£\)?)?\s*[:=]?",
    re.IGNORECASE,
)
PART = re.compile(
    r"(?:sub|page|monthly|month|section)[\s-]*totals?\s*:?|(?:carried|brought) forward", re.IGNORECASE
)
# `Adults Total`, as a pivot table has it under each of its parts; in a table of two columns or three it may be a supplier
PIVOT = re.compile(r".*\w\s+totals?\s*:?", re.IGNORECASE)
MONTH = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)[\s.,'’-]*(?:\d{4}|\d{2})?",
    re.IGNORECASE,
)
SQL = re.compile(
    r"\(?\d+ rows?\b.*(?:affected|selected|returned)|"
    r"(?:select|from|where|order by|group by|having|insert into|declare|exec|inner join|left join|left outer join|join|union|use|"
    r"and|case when|with)\b.*(?:[=;,(]|\bas\b|\w\.\w|\bselect\b)|select\b|order by\b|set nocount\b|go$",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"\*|notes?\b\s*:|source\s*:|report\b|page \d|end of|prepared by|printed|date printed|contact\b|disclaimer|"
    r"please note|this (?:file|report|list)|data extracted|figures\b|amounts? (?:exclude|include|are|shown)",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"[-+(]*\s*£?\s*[-+(]*\s*(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?\s*£?\)?-?\s*(?:cr|dr)?|-?£\s*-",
    re.IGNORECASE,
)
# A row with this share of its cells filled, or less, may be none of the others' kind.
FEW = 3
WIDE = 5


class Footer(msgspec.Struct, frozen=True):
    """A row that is no payment. `kind`: grand_total, month, note (totals of parts are notes), header or sql.

    `amount_pence`: of a total; where several cells hold amounts, that which equals the sum of its column, else the first.
    """

    line: int
    kind: str
    text: str
    amount_pence: int | None = None


def is_amount(cell: str) -> bool:
    """Whether a cleaned cell is a number as amounts are written."""
    return AMOUNT.fullmatch(cell) is not None


def is_day(cell: str) -> bool:
    """Whether a cleaned cell is a day."""
    return cell[:1].isalnum() and any(letter.isdigit() for letter in cell) and read_day(cell) is not None


def find_footers(frame: pl.DataFrame, header: Sequence[str]) -> tuple[list[Footer], set[int]]:
    """The rows of a frame (`line` and a column a place, cleaned) that are no payments, and the lines of blank rows."""
    cells = frame.drop("line")
    if not cells.width or not cells.height:
        return [], set()
    filled = cells.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    blank = set(frame["line"].filter(filled == 0).to_list())
    last = frame["line"].filter(filled > 0).max()
    suspects = frame.filter((filled > 0) & ((filled <= FEW) | _starts_so(cells, header)))
    names = [fold_name(name) for name in header]
    found: list[Footer] = []
    loose: list[Footer] = []
    for line, *values in suspects.iter_rows():
        texts = [value or "" for value in values]
        if footer := judge_row(line, texts, names):
            found.append(footer)
        elif (total := _bare_total(line, texts)) is not None:
            loose.append(total)
    found += _find_last(loose, {footer.line for footer in found} | blank, frame["line"], last)
    totals = [footer for footer in found if footer.amount_pence is not None]
    if totals:
        rest = cells.filter(~frame["line"].is_in([footer.line for footer in found]))
        by_line = {footer.line: _weigh(footer, frame, rest) for footer in totals}
        found = [by_line.get(footer.line, footer) for footer in found]
    return sorted(found, key=lambda footer: footer.line), blank


def _starts_so(cells: pl.DataFrame, header: Sequence[str]) -> pl.Series:
    """Whether a row's first filled cell is a word of a total, or its cells begin as the header's do."""
    first = cells.select(pl.coalesce(pl.all())).to_series().fill_null("")
    starts = first.str.to_lowercase().str.contains(r"total|select|rows? (affected|selected|returned)")
    return starts | first.is_in([name for name in header if name][:1])


def judge_row(line: int, cells: Sequence[str], names: Sequence[str]) -> Footer | None:
    """What a row is that is no payment, None where it may be one. `names`: the header's, folded."""
    filled = [cell for cell in cells if cell]
    text = " ".join(filled)
    folded = [fold_name(cell) for cell in cells]
    same = sum(bool(name) and name == cell for name, cell in zip(names, folded, strict=False))
    if same >= 2 and same >= len(filled) - 1:
        return Footer(line, "header", text)
    amounts = [cell for cell in filled if is_amount(cell)]
    label = filled[0] if filled else ""
    if amounts and len(filled) - len(amounts) == 1 and not is_amount(label):
        if GRAND.fullmatch(label):
            return Footer(line, "grand_total", text, _pence(amounts[0]))
        if PART.fullmatch(label) or (len(cells) > FEW and PIVOT.fullmatch(label)):
            return Footer(line, "note", text, _pence(amounts[0]))
    if not amounts and len(filled) == 1 and MONTH.fullmatch(label):
        return Footer(line, "month", text)
    if len(filled) <= FEW and not amounts and SQL.match(text):
        return Footer(line, "sql", text)
    if not amounts and _is_note(label, len(filled), len(cells)):
        return Footer(line, "note", text)
    return None


def _is_note(label: str, filled: int, width: int) -> bool:
    """Whether a row without an amount is a remark: one cell alone in a table of three columns or more, or the words of one."""
    return (filled == 1 and (width > 2 or bool(NOTE.match(label)))) or (
        filled == 2 and width >= WIDE and bool(NOTE.match(label))
    )


def _bare_total(line: int, cells: Sequence[str]) -> Footer | None:
    """A row of amounts and of nothing else, as Barnet 2015-16 ends; a total if it stands at the end."""
    filled = [cell for cell in cells if cell]
    if not cells[0] and all(map(is_amount, filled)):
        return Footer(line, "grand_total", " ".join(filled), _pence(filled[0]))
    return None


def _find_last(loose: list[Footer], gone: set[int], lines: pl.Series, last: object) -> list[Footer]:
    """The row of bare amounts under which no payment stands."""
    if not loose:
        return []
    end = loose[-1]
    under = lines.filter(lines > end.line).to_list()
    return [end] if end.line == last or all(line in gone for line in under) else []


def _weigh(footer: Footer, frame: pl.DataFrame, rest: pl.DataFrame) -> Footer:
    """The total with the amount that its column adds up to, where a row of totals has several."""
    row = frame.filter(pl.col("line") == footer.line).row(0)[1:]
    amounts = [(place, cell) for place, cell in enumerate(row) if cell and is_amount(cell)]
    if len(amounts) < 2:
        return footer
    for place, cell in amounts:
        if (pence := _pence(cell)) is not None and pence == parse_pence(rest[str(place)]).sum():
            return msgspec.structs.replace(footer, amount_pence=pence)
    return footer


def _pence(cell: str) -> int | None:
    found = parse_pence(pl.Series([cell]))[0]
    return None if found is None else int(found)
