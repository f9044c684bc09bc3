"""The table, the drawing and the sentence of one figure taken apart by area. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.draw.drawings import DotsDrawing, Mark
from api.model import ValueRow
from api.report.cells import NOT_AVAILABLE, read_position, write_count, write_limits, write_value
from api.report.model import Cell, Chart, Column, Table
from api.report.words import DAYTIME, join, lower_title, name_figure, name_window
from api.show import show_percent, show_statistic, show_value
from api.snapshot import Area
from api.standing import ComparisonRow
from sql.measure import Measure

AREA = Column("area", "Area")
FIGURE = (
    Column("value", "Per 1,000 residents", "number", 1),
    Column("interval", "95% interval", "number", 1),
    Column("number", "Number", "number"),
    Column("share_events", "Share of the number", "percent", 1),
    Column("share_residents", "Share of residents", "percent", 1),
)
RATIO = Column("ratio", "Times the rest of the BCU", "number", 2)
HIDDEN = Column("hidden", "Hidden in the BCU's figure")
WHOLE = "[z] the whole"
NOT_JUDGED = f"{NOT_AVAILABLE} cannot be judged"


@dataclass(frozen=True, slots=True)
class Line:
    """A part of an area, or the whole of it: its figure, its area, and where it was compared its row in the comparison.

    Shares are of the whole, None where either is not there.
    """

    row: ValueRow
    area: Area
    beside: ComparisonRow | None = None
    share_events: float | None = None
    share_residents: float | None = None
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A figure taken apart: its measure, the words of its group (None: the total), its parts and the whole."""

    measure: Measure
    label: str | None
    parts: tuple[Line, ...]
    whole: Line

    @property
    def drawn(self) -> tuple[Line, ...]:
        """The parts that may be set beside each other: with a figure, and not those whose rate on residents says little."""
        return tuple(one for one in self.parts if one.row.value is not None and DAYTIME not in one.row.flags)

    @property
    def set_apart(self) -> str:
        """The parts with a figure that are not drawn, in words; empty where there are none."""
        apart = [
            one.area.area_name for one in self.parts if one.row.value is not None and one not in self.drawn
        ]
        return join(apart) if apart else ""

    @property
    def events(self) -> str:
        """What is counted: "searches", "crimes (burglary)"."""
        events = self.measure.unit.partition(" per ")[0]
        return f"{events} ({self.label.lower()})" if self.label else events

    @property
    def name(self) -> str:
        """The figure in the middle of a sentence."""
        return lower_title(name_figure(self.measure, self.label))


def write_table(taken: Taken, key: str, own: str, kind: str) -> Table:
    """A line for each part and one for the whole. `own`: the code of the report's area; `kind`: boroughs, BCUs, parts."""
    of_bcu = kind == "boroughs"
    is_placed = kind != "parts"
    place = Column("position", f"Among all {kind}")
    columns = (AREA, *FIGURE, *((RATIO,) if of_bcu else ()), *((place,) if is_placed else ()))
    columns += (HIDDEN,) if of_bcu else ()
    lines = [*taken.parts, taken.whole]
    cells = []
    for line in lines:
        row = [
            Cell(line.area.area_name, note="all of it" if line.is_whole else None),
            write_value(taken.measure, line.row, line.area.slug),
            write_limits(taken.measure, line.row),
            write_count(line.row),
            _write_share(line.share_events),
            _write_share(line.share_residents),
        ]
        row += [_write_ratio(line)] if of_bcu else []
        row += [_write_position(line)] if is_placed else []
        row += [_write_hidden(line)] if of_bcu else []
        cells.append(tuple(row))
    reasons = dict.fromkeys(f"{one.area.area_name}: {one.row.reason}" for one in lines if one.row.reason)
    return Table(
        key=key,
        title=f"{name_figure(taken.measure, taken.label)}, {taken.whole.area.area_name} by {_part_of(kind)}, "
        f"{name_window(taken.whole.row)}",
        columns=columns,
        rows=tuple(cells),
        own=next((place for place, one in enumerate(lines) if one.area.area_code == own), None),
        notes=tuple(reasons),
    )


def write_chart(taken: Taken, key: str, own: str) -> Chart | None:
    """The parts with their intervals, the whole beside them; None where fewer than two parts may be drawn."""
    drawn = sorted(taken.drawn, key=lambda one: (-(one.row.value or 0.0), one.area.area_name))
    if len(drawn) < 2:
        return None
    told = [f"{one.area.area_name} {_show(taken, one)}" for one in drawn]
    whole = taken.whole
    beside = ((whole.area.area_name, whole.row.value),) if whole.row.value is not None else ()
    text = f"A mark with its 95% interval for each of {len(drawn)} areas: {'; '.join(told)}."
    text += f" In the table and not drawn: {taken.set_apart}." if taken.set_apart else ""
    text += f" Beside them {whole.area.area_name}: {_show(taken, whole)}." if beside else ""
    drawing = DotsDrawing(
        title=_title(taken, drawn, own),
        text=text,
        unit=taken.measure.unit,
        statistic=taken.measure.statistic,
        marks=tuple(
            Mark(
                name=one.area.area_name,
                value=one.row.value,
                lower=one.row.lower,
                upper=one.row.upper,
                position=read_position(one.beside.position) if one.beside else None,
                is_own=one.area.area_code == own,
            )
            for one in drawn
        ),
        beside=beside,
    )
    return Chart(key, drawing, key)


def write_sentence(taken: Taken, own: str) -> str:
    """What the table says: of one part its share of the whole, else how far the parts lie apart."""
    window, whole = name_window(taken.whole.row), taken.whole
    head = f"{whole.area.area_name}, {window}: {_show(taken, whole)} {taken.measure.unit}"
    head += f" ({taken.label.lower()})." if taken.label else "."
    line = next((one for one in taken.parts if one.area.area_code == own), None)
    if line is None:
        return f"{head} {_tell_span(taken)}".rstrip() + _tell_hidden(taken)
    told = head
    if line.share_events is not None and line.share_residents is not None:
        told += (
            f" {line.area.area_name} has {show_percent(line.share_residents)} of its residents and "
            f"{show_percent(line.share_events)} of its {taken.events}."
        )
    if line.beside is not None and line.beside.hidden_by_bcu:
        told += (
            f" The figure of the BCU does not show that {line.area.area_name} is {(line.beside.position or '').lower()} "
            "than most boroughs."
        )
    return told


def _title(taken: Taken, drawn: Sequence[Line], own: str) -> str:
    window = name_window(taken.whole.row)
    line = next((one for one in drawn if one.area.area_code == own), None)
    if line is None or line.share_events is None or line.share_residents is None:
        span = _tell_span(taken).rstrip(".")
        return f"{name_figure(taken.measure, taken.label)}, {window}: {span[:1].lower()}{span[1:]}"
    return (
        f"{line.area.area_name} has {show_percent(line.share_events)} of the {taken.events} of "
        f"{taken.whole.area.area_name} and {show_percent(line.share_residents)} of its residents, {window}"
    )


def _tell_span(taken: Taken) -> str:
    drawn = sorted(taken.drawn, key=lambda one: (one.row.value or 0.0, one.area.area_name))
    if len(drawn) < 2:
        return ""
    low, high = drawn[0], drawn[-1]
    apart = f", {taken.set_apart} set apart" if taken.set_apart else ""
    return (
        f"From {_show(taken, low)} in {low.area.area_name} to {_show(taken, high)} in "
        f"{high.area.area_name}{apart}."
    )


def _tell_hidden(taken: Taken) -> str:
    hidden = [
        one.area.area_name for one in taken.parts if one.beside is not None and one.beside.hidden_by_bcu
    ]
    if not hidden:
        return ""
    verb = "lies" if len(hidden) == 1 else "lie"
    return f" The figure of the whole does not show that {' and '.join(hidden)} {verb} elsewhere among the boroughs."


def _show(taken: Taken, line: Line) -> str:
    return show_value(taken.measure, line.row.value)


def _part_of(kind: str) -> str:
    return {"boroughs": "borough", "BCUs": "BCU"}.get(kind, "part")


def _write_share(share: float | None) -> Cell:
    return Cell(NOT_AVAILABLE) if share is None else Cell(show_percent(share), share)


def _write_ratio(line: Line) -> Cell:
    if line.is_whole:
        return Cell(WHOLE)
    beside = line.beside
    if beside is None or beside.ratio_to_rest_of_bcu is None:
        return Cell(NOT_AVAILABLE)
    limits = None
    if beside.ratio_to_rest_of_bcu_lower is not None and beside.ratio_to_rest_of_bcu_upper is not None:
        lower = show_statistic("ratio", beside.ratio_to_rest_of_bcu_lower)
        limits = f"{lower} to {show_statistic('ratio', beside.ratio_to_rest_of_bcu_upper)}"
    value = beside.ratio_to_rest_of_bcu
    return Cell(show_statistic("ratio", value), value, note=limits)


def _write_position(line: Line) -> Cell:
    if line.is_whole or line.beside is None:
        return Cell(WHOLE)
    position = read_position(line.beside.position)
    if line.row.value is not None and position in (None, "No data"):
        note = "daytime population" if DAYTIME in line.row.flags else line.beside.position_reason
        return Cell("[z] not placed", note=note)
    word = position or "No data"
    beyond = f"outside the {line.beside.beyond} limits" if line.beside.beyond else None
    return Cell(word, word, position=word, note=beyond)


def _write_hidden(line: Line) -> Cell:
    if line.is_whole:
        return Cell(WHOLE)
    if line.beside is None or line.beside.hidden_by_bcu is None:
        return Cell(NOT_JUDGED)
    word = "Yes" if line.beside.hidden_by_bcu else "No"
    return Cell(word, word)
