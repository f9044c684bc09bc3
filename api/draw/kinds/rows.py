"""Charts of one line for each mark: figures with intervals, ratios between groups, years."""

from collections.abc import Sequence

import msgspec

from api.draw.drawings import BandsDrawing, DotsDrawing, Mark, YearsDrawing
from api.draw.kinds.parts import LETTERS_DOWN, choose_ticks, put_across, put_key, put_mark, say_axis
from api.draw.looks import (
    ACCENT,
    BAND,
    EDGE,
    INK,
    LINE_HEIGHT,
    MUTED,
    SMALL,
    TEXT,
    WIDTH,
    cut,
    guess_width,
    wrap,
)
from api.draw.plane import Box, Plane, Rule, Text
from api.draw.ticks import find_range, place_ratios, write_value

ROW = 22.0
INTERVALS = "Lines through marks: 95% intervals."
BANDS = "Pale bars: the range over every way of counting."
NAME_WIDTH = 182.0
AXIS = 26.0
KEY = 24.0


class Frame(msgspec.Struct):
    """Rows from the top down: where each stands (in lines of text above the last row's foot), and the names in lines."""

    names: list[list[str]]
    middles: list[float]
    height: float
    left: float
    right: float
    values: list[str]


def measure_rows(marks: tuple[Mark, ...], statistic: str) -> Frame:
    """How high each row is, how wide the names at the left and the figures at the right."""
    names = [wrap(mark.name, NAME_WIDTH, is_bold=mark.is_own) or [""] for mark in marks]
    values = [write_value(statistic, mark.value) for mark in marks]
    middles, down = [], 0.0
    for lines in names:
        high = ROW + (len(lines) - 1) * LINE_HEIGHT
        middles.append(down + high / 2)
        down += high
    wide = [
        guess_width(line, is_bold=mark.is_own)
        for mark, lines in zip(marks, names, strict=True)
        for line in lines
    ]
    left = max(wide, default=40.0) + 14
    right = max((guess_width(value, is_bold=True) for value in values), default=20.0) + 14
    return Frame(names, middles, max(down, ROW), min(left, 220.0), right, values)


def lay_rows(
    frame: Frame, low: float, high: float, *, top: float, words: list[str], is_ratio: bool = False
) -> Plane:
    """An empty plane for the rows; y counts pixels up from the foot of the last row. `words` are to stand under the axis."""
    return Plane(
        x=(low, high),
        y=(0.0, frame.height),
        height=frame.height,
        left=frame.left,
        right=frame.right,
        top=top,
        bottom=AXIS + 6 + len(words) * LINE_HEIGHT,
        is_ratio=is_ratio,
    )


def say_rows(unit: str, ticks: Sequence[float], marks: tuple[Mark, ...], *more: str) -> list[str]:
    """What stands under the axis."""
    has_intervals = any(mark.lower is not None and mark.upper is not None for mark in marks)
    return say_axis(unit, ticks, *([INTERVALS] if has_intervals else []), *more)


def put_names(plane: Plane, frame: Frame, marks: tuple[Mark, ...]) -> None:
    """The names at the left, the figures at the right; those of the own mark are bold."""
    edge = plane.x[1]
    for mark, lines, middle, value in zip(marks, frame.names, frame.middles, frame.values, strict=True):
        weight, fill = ("bold" if mark.is_own else "normal"), (ACCENT if mark.is_own else INK)
        y = frame.height - middle
        for number, line in enumerate(lines):
            dy = LETTERS_DOWN + (number - (len(lines) - 1) / 2) * LINE_HEIGHT
            plane.texts.append(Text(plane.x[0], y, line, -10, dy, "right", weight, TEXT, fill))  # type: ignore[arg-type]
        plane.texts.append(
            Text(edge, y, value, plane.right - 4, LETTERS_DOWN, "right", weight, TEXT, fill)  # type: ignore[arg-type]
        )


def lay_out_dots(drawing: DotsDrawing) -> Plane:
    """A dot and its interval on each line; figures beside are rules through all of them, named above."""
    frame = measure_rows(drawing.marks, drawing.statistic)
    values = [end for mark in drawing.marks for end in (mark.value, mark.lower, mark.upper)]
    low, high = find_range([*values, drawing.even, *(value for _, value in drawing.beside)])
    ticks = choose_ticks(low, high, drawing.statistic, WIDTH - frame.left - frame.right)
    words = say_rows(drawing.unit, ticks, drawing.marks)
    has_key = any(mark.position and mark.value is not None for mark in drawing.marks)
    key = KEY if has_key else 0.0
    top = 8.0 + len(drawing.beside) * LINE_HEIGHT + key
    plane = lay_rows(frame, ticks[0], ticks[-1], top=top, words=words)
    put_across(plane, ticks, drawing.statistic, words, is_blank=is_blank(drawing.marks))
    if drawing.even is not None:
        plane.rules.append(Rule(drawing.even, 0, drawing.even, frame.height, INK, 1.2))
    put_beside(plane, drawing.beside, drawing.statistic)
    if has_key:
        put_key(plane, drawing.marks, 14 - top)
    put_names(plane, frame, drawing.marks)
    for mark, middle in zip(drawing.marks, frame.middles, strict=True):
        y = frame.height - middle
        put_interval(plane, mark, y)
        if mark.value is not None:
            put_mark(plane, mark, mark.value, y)
    return plane


def lay_out_bands(drawing: BandsDrawing) -> Plane:
    """On a scale of ratios: a broad pale band over every way of counting, the interval as a thick rule, the figure a dot."""
    frame = measure_rows(drawing.marks, drawing.statistic)
    ends = [
        end
        for mark in drawing.marks
        for end in (mark.value, mark.lower, mark.upper)
        if end is not None and end > 0
    ]
    ends += [end for band in drawing.bands if band for end in band if end > 0]
    ratios = place_ratios(min(ends, default=0.5), max(ends, default=2.0))
    low, high = ratios[0], ratios[-1]
    words = say_rows(drawing.unit, (), drawing.marks, *([BANDS] if any(drawing.bands) else []))
    plane = lay_rows(frame, low, high, top=28.0, words=words, is_ratio=True)
    put_across(plane, ratios, drawing.statistic, words)
    plane.rules.append(Rule(1, 0, 1, frame.height, INK, 1.4))
    plane.texts.append(
        Text(1, frame.height, "1: no difference", dy=-10, align="center", size=SMALL, fill=INK)
    )
    put_names(plane, frame, drawing.marks)
    for mark, band, middle in zip(drawing.marks, drawing.bands, frame.middles, strict=True):
        y = frame.height - middle
        if band:
            start, end = (min(max(value, low), high) for value in band)
            plane.boxes.append(Box(start, y - 6, end, y + 6, BAND, EDGE))
        put_interval(plane, mark, y, low=low, high=high, width=3.0)
        if mark.value is not None and low <= mark.value <= high:
            put_mark(plane, mark, mark.value, y, size=26.0, own_size=60.0)
    return plane


def lay_out_years(drawing: YearsDrawing) -> Plane:
    """A bar from 0 for each year, with its interval; "[x]" and no bar where there is no figure."""
    frame = measure_rows(drawing.marks, drawing.statistic)
    values = [end for mark in drawing.marks for end in (mark.value, mark.lower, mark.upper)]
    low, high = find_range(values, from_zero=True)
    ticks = choose_ticks(low, high, drawing.statistic, WIDTH - frame.left - frame.right)
    words = say_rows(drawing.unit, ticks, drawing.marks)
    plane = lay_rows(frame, ticks[0], ticks[-1], top=8.0, words=words)
    put_across(plane, ticks, drawing.statistic, words, is_blank=is_blank(drawing.marks))
    put_names(plane, frame, drawing.marks)
    for mark, middle in zip(drawing.marks, frame.middles, strict=True):
        y = frame.height - middle
        if mark.value is not None:
            fill, stroke = (ACCENT, ACCENT) if mark.is_own else (BAND, EDGE)
            plane.boxes.append(Box(0, y - 7, mark.value, y + 7, fill, stroke))
        put_interval(plane, mark, y)
    plane.rules.append(Rule(0, 0, 0, frame.height, INK, 1.2))
    return plane


def is_blank(marks: tuple[Mark, ...]) -> bool:
    """Whether no mark has a figure."""
    return all(mark.value is None for mark in marks)


def put_interval(
    plane: Plane,
    mark: Mark,
    y: float,
    *,
    low: float | None = None,
    high: float | None = None,
    width: float = 1.8,
) -> None:
    """The interval as a rule; cut at the ends of the scale where they are given."""
    if mark.lower is None or mark.upper is None:
        return
    start = mark.lower if low is None else min(max(mark.lower, low), plane.x[1])
    end = mark.upper if high is None else min(mark.upper, high)
    plane.rules.append(Rule(start, y, end, y, ACCENT if mark.is_own else MUTED, width))


def put_beside(plane: Plane, beside: tuple[tuple[str, float], ...], statistic: str) -> None:
    """Figures that are no mark: a rule each, its name and figure above in a line of its own."""
    foot, head = plane.y
    for number, (name, value) in enumerate(beside):
        up = 6.0 + (len(beside) - 1 - number) * LINE_HEIGHT
        dash = ((6, 3), (2, 3), (8, 3, 2, 3))[number % 3]
        _, top = plane.from_pixels(0, -up)
        plane.rules.append(Rule(value, foot, value, top, MUTED, 1.4, dash))
        across, _ = plane.to_pixels(value, head)
        room = max(plane.width + plane.right - across, plane.left + across) - 12
        words = cut(name, write_value(statistic, value), room, SMALL)
        wide = guess_width(words, SMALL)
        fits = across + wide + 6 <= plane.width + plane.right
        plane.texts.append(
            Text(
                value, head, words, 5 if fits else -5, -up, "left" if fits else "right", "normal", SMALL, INK
            )
        )
