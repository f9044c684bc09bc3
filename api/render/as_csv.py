"""CSV (RFC 4180, UTF-8, no byte order mark): the header is the JSON keys, and no cell is ever empty.

Where there is no value the cell holds the shorthand of the Government Statistical Service: [x] not available,
[c] suppressed, [low], [z] not applicable.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from api.render.answer import Answer

NOT_AVAILABLE = "[x]"
NOT_APPLICABLE = "[z]"
MARKERS = {
    "not_applicable": NOT_APPLICABLE,
    "missing": NOT_AVAILABLE,
    "incomplete": NOT_AVAILABLE,
    "suppressed": "[c]",
    "low": "[low]",
}
# Fields that hold the figure itself: where they are empty the row's status says why. Others do not apply.
FIGURES = frozenset(
    {
        "numerator",
        "denominator",
        "value",
        "lower",
        "upper",
        "reference_numerator",
        "reference_denominator",
        "unknown_numerator",
        "assumption_low",
        "assumption_high",
        "difference_per_1000",
        "difference_in_number",
        "verdict",
    }
)
# Fields set beside the figure, by the beginning of their names: where they are empty another field says why.
BESIDE = {
    "rest_": "rest_reason",
    "before_": "change_reason",
    "change_": "change_reason",
    "base_year_": "base_year_reason",
}
# What makes a spreadsheet run a cell, the full-width forms that some turn into it included.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_ENCODER = msgspec.json.Encoder()


def render_csv(answer: Answer) -> bytes:
    """The rows as lines. Lists of words are joined with "; ", words and numbers by name are "name: value; name: value",
    anything deeper is JSON in its cell.
    """
    cells = Cells(answer.row_type)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(cells.header)
    writer.writerows(map(cells.write, answer.rows))
    return text.getvalue().encode()


class Cells:
    """Writes rows of a type as cells, none of them empty. `header`: the JSON keys."""

    def __init__(self, row_type: type[msgspec.Struct]) -> None:
        fields = msgspec.structs.fields(row_type)
        self.header = [field.encode_name for field in fields]
        self._plan = [(field.name, field.name in FIGURES, find_reason(field.name)) for field in fields]

    def write(self, row: msgspec.Struct) -> list[Any]:
        """The cells of a row: numbers stay numbers, text is disarmed, what is not there has its shorthand."""
        marker = MARKERS.get(getattr(row, "status", ""), NOT_AVAILABLE)
        return [
            # A row of a narrower type lacks the last columns of the widest: they do not apply to it.
            write_cell(
                getattr(row, name, None),
                mark_beside(getattr(row, reason, None))
                if reason
                else marker
                if is_figure and hasattr(row, name)
                else NOT_APPLICABLE,
            )
            for name, is_figure, reason in self._plan
        ]


def find_reason(name: str) -> str | None:
    """The field that says why a field beside the figure is empty; None for all others."""
    return next(
        (reason for start, reason in BESIDE.items() if name.startswith(start) and name != reason), None
    )


def mark_beside(reason: str | None) -> str:
    """The shorthand for a field beside the figure, by the reason why there is none."""
    if reason is None:
        return NOT_APPLICABLE
    return MARKERS["suppressed"] if reason.startswith("Withheld") else NOT_AVAILABLE


def write_cell(value: Any, marker: str) -> Any:
    """One value as a cell: numbers stay numbers, text that a spreadsheet would run is disarmed, nothing is
    `marker`.
    """
    match value:
        case None | "":
            return marker
        case bool():
            return "true" if value else "false"
        case int() | float():
            return value
        case str():
            return disarm(value)
        case dict() if all(isinstance(one, str | int | float) for one in value.values()):
            listed = "; ".join(f"{name}: {one}" for name, one in value.items())
            return disarm(listed) if listed else NOT_APPLICABLE
        case _ if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
            return disarm("; ".join(value)) if value else NOT_APPLICABLE
        case _:
            built = msgspec.to_builtins(value)
            return disarm(built if isinstance(built, str) else _ENCODER.encode(built).decode())


def disarm(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before a first character that would start a formula."""
    return f"'{text}" if text.startswith(RUNS) else text
