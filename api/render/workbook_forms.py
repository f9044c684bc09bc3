"""Number formats of spreadsheets, so that a cell shows the digits that `api.show` writes and holds the figure itself."""

import re
from typing import NamedTuple

from api.report.model import Column
from api.show import SHORTHAND

WHOLE = "#,##0"
# One decimal from 1 up, two below, as `api.show.show_rate`.
RATE = "[>=1]#,##0.0;[<=-1]-#,##0.0;0.00"
RATIO = "#,##0.00"
PERCENT = "0.0%"
POUNDS = "£#,##0;-£#,##0"
POUNDS_SMALL = "£#,##0.00;-£#,##0.00"
BY_STATISTIC = {
    "share": PERCENT,
    "ratio": RATIO,
    "completeness": RATIO,
    "count": WHOLE,
    "amount": POUNDS,
    "per_head": POUNDS_SMALL,
}
MINUS = ("-", "−")
_MARK = "|".join(re.escape(marker) for marker in SHORTHAND)
SHOWN = re.compile(
    rf"(?P<before>(?:(?:{_MARK}) )*)(?P<sign>[+\-−]?)(?P<pound>£?)(?P<whole>\d[\d,]*)(?:\.(?P<decimals>\d+))?(?P<percent>%?)"
    rf"(?P<marks>(?: (?:{_MARK}))*)"
)


def form_of_statistic(statistic: str) -> str:
    """The format of the figures of a statistic (`Measure.statistic`), as `api.show.show_statistic` writes them."""
    return BY_STATISTIC.get(statistic, RATE)


def form_of_column(column: Column) -> str:
    """The format of a column's numbers; empty for text."""
    match column.kind:
        case "percent":
            return f"0.{'0' * (column.decimals or 1)}%"
        case "pounds":
            return POUNDS
        case "pounds_small":
            return POUNDS_SMALL
        case "number":
            return f"{WHOLE}.{'0' * column.decimals}" if column.decimals else WHOLE
        case _:
            return ""


class Read(NamedTuple):
    """A number as a text shows it: the number, how far another may be off that is shown alike, and the format."""

    value: float
    step: float
    form: str


def form_of_text(text: str) -> str | None:
    """The format that shows a number as this text does, shorthand behind it included; None for other text."""
    read = read_text(text)
    return read.form if read else None


def read_text(text: str) -> Read | None:
    """A number that was written by `api.show`, read back; None for other text."""
    found = SHOWN.fullmatch(text.strip())
    if found is None:
        return None
    digits = found["decimals"] or ""
    # Thousands only where the text has them: a year is not 2,024.
    is_plain = found["percent"] or (len(found["whole"]) > 3 and "," not in found["whole"])
    body = ("0" if is_plain else WHOLE) + (f".{'0' * len(digits)}" if digits else "")
    body = f"{found['pound']}{body}{found['percent']}"
    before, behind = (f'"{found[name]}"' if found[name] else "" for name in ("before", "marks"))
    body = f"{before}{body}{behind}"
    number = float(f"{found['whole'].replace(',', '')}.{digits or 0}") * (-1 if found["sign"] in MINUS else 1)
    unit = 100 if found["percent"] else 1
    # Half of the last digit, and a little for what rounding does to a half.
    step = 0.500001 * 10.0 ** -len(digits) / unit
    return Read(number / unit, step, f"+{body};-{body};+{body}" if found["sign"] == "+" else body)
