"""An answer as a workbook: what the cover, the notes and the one table of an `.xlsx` or `.ods` of it hold."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from api.draw.row_words import name_months
from api.fields import describe_fields
from api.render.answer import Answer
from api.render.as_csv import Cells
from api.render.as_parquet import TYPES, read_type
from api.render.workbook_forms import PERCENT, POUNDS_SMALL, RATE, RATIO, WHOLE, form_of_statistic
from api.render.workbook_parts import Cover, Note, Sheet, Shown, Value
from api.report.model import Column
from sql.measure import load_measures

NUMBERS = (TYPES[int], TYPES[float])
# Fields that are figures of the row's own metric, by their ends.
OWN_ENDS = ("value", "lower", "upper", "centre", "_target", "_95", "_998")
PLAIN = "General"
# So many areas are named in a title; more are counted.
NAMED = 2


def write_cover(answer: Answer) -> Cover:
    """The cover: what was asked for, of which release, and what every column means."""
    release = answer.release
    return Cover(
        title=write_title(answer),
        lines=(
            f"Release {release.release}, published on {release.published_at:%d %B %Y}.",
            f"The same rows are at the address {answer.links.get('self', '')}",
            f"{len(answer.rows):,} row{'' if len(answer.rows) == 1 else 's'}. Columns have the names of the CSV and JSON of that "
            "address; the sheet Notes says what each means.",
        ),
        made=release.published_at,
        notes=(
            *(Note("Column", name, text) for name, text in describe_fields(answer.row_type).items()),
            *(Note("Cannot answer", one.question, f"{one.why} Ask: {one.ask}") for one in answer.cannot_say),
        ),
        is_sample=answer.is_sample,
    )


def write_title(answer: Answer) -> str:
    """What the rows are, in words: of figures which, of which areas, of which months; of other rows the name of the file."""
    if answer.title:
        return answer.title
    metrics = _list_different(answer, "metric")
    areas = _list_different(answer, "area_name")
    months = [*_list_different(answer, "from_month"), *_list_different(answer, "to_month")]
    months = months or _list_different(answer, "month")
    if not (metrics and areas and months) or not set(metrics) <= set(load_measures()):
        return answer.name.replace("-", " ").capitalize()
    what = load_measures()[metrics[0]].title if len(metrics) == 1 else f"{len(metrics)} metrics"
    where = " and ".join(areas) if len(areas) <= NAMED else f"{len(areas)} areas"
    return f"{what}: {where}, {name_months(min(months), max(months))}"


def _list_different(answer: Answer, field: str) -> list[str]:
    found = (getattr(row, field, None) for row in answer.rows)
    return list(dict.fromkeys(value for value in found if isinstance(value, str)))


def write_sheet(answer: Answer) -> Sheet:
    """The one table of an answer."""
    return Sheet(
        name=answer.name.replace("-", " ").capitalize(),
        title=write_title(answer),
        columns=list_columns(answer.row_type),
        rows=list(list_rows(answer)),
    )


def list_columns(row_type: type[msgspec.Struct]) -> list[Column]:
    """The columns under the names of the CSV; numbers stand to the right."""
    return [
        Column(field.encode_name, field.encode_name, "number" if read_type(field.type) in NUMBERS else "text")
        for field in msgspec.structs.fields(row_type)
    ]


def list_rows(answer: Answer) -> Iterator[Sequence[Value]]:
    """The rows: numbers with the format that people read them in, the shorthand where there is none."""
    cells = Cells(answer.row_type)
    measures = load_measures()
    forms: dict[str | None, list[str]] = {}
    for row in answer.rows:
        metric = getattr(row, "metric", None)
        if metric not in forms:
            statistic = measures[metric].statistic if metric in measures else None
            forms[metric] = [form_of_field(name, statistic) for name in cells.header]
        yield [_show(cell, form) for cell, form in zip(cells.write(row), forms[metric], strict=True)]


def form_of_field(name: str, statistic: str | None) -> str:
    """The format of a field's numbers; `statistic` is that of its row's metric."""
    is_pounds = statistic in ("amount", "per_head")
    if name.endswith(("_share", "_difference")) or "difference_to" in name or name.startswith("share_of"):
        return PERCENT
    if "_ratio" in name or name.startswith(("ratio_", "assumption_")):
        return RATIO
    if name.endswith(OWN_ENDS) and statistic is not None:
        has_decimals = statistic == "count" and name != "value"
        return RATE if has_decimals else form_of_statistic(statistic)
    if name.endswith("numerator") and is_pounds:
        return POUNDS_SMALL
    if name.endswith(("numerator", "denominator")):
        return WHOLE
    if name.endswith("_per_1000"):
        return RATE
    return POUNDS_SMALL if name.endswith("_gbp") else PLAIN


def _show(cell: Any, form: str) -> Value:
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    shown: Value = Shown(cell, form) if is_number else cell
    return shown
