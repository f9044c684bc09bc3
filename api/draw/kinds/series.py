"""A series month by month."""

from itertools import groupby

from api.draw.drawings import SeriesDrawing
from api.draw.kinds.parts import LETTERS_DOWN, find_margin, put_upward, say_axis
from api.draw.looks import ACCENT, EDGE, INK, LINE_HEIGHT, MUTED, PAPER, SMALL, guess_width, wrap
from api.draw.plane import Plane, Point, Rule, Step, Text
from api.draw.ticks import find_range, place_ticks, write_value

HEIGHT = 190.0
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LIMITS = (5, 4)


def lay_out_series(drawing: SeriesDrawing) -> Plane:
    """Points joined where months follow each other, the centre and the limits of each stretch, breaks, signals ringed."""
    months = [month for month, _ in drawing.points]
    at = {month: float(number) for number, month in enumerate(months)}
    ends = [end for stretch in drawing.stretches for end in (stretch.lower, stretch.centre, stretch.upper)]
    ticks = place_ticks(*find_range([*(value for _, value in drawing.points), *ends]))
    breaks = [(at[month], wrap(words, 130.0, SMALL)) for month, words in drawing.breaks if month in at]
    head = max((len(lines) for _, lines in breaks), default=0) * LINE_HEIGHT
    key = 22.0 if drawing.stretches or drawing.signals else 0.0
    last = next((value for _, value in reversed(drawing.points) if value is not None), None)
    words = say_axis(drawing.unit, ticks)
    plane = Plane(
        x=(-0.5, max(len(months) - 0.5, 0.5)),
        y=(ticks[0], ticks[-1]),
        height=HEIGHT,
        left=find_margin(ticks, drawing.statistic),
        right=guess_width(write_value(drawing.statistic, last), is_bold=True) + 10.0,
        top=12.0 + len(words) * LINE_HEIGHT + head,
        bottom=44.0 + key,
    )
    put_upward(plane, ticks, drawing.statistic, words, is_blank=last is None)
    put_months(plane, months)
    put_stretches(plane, drawing, at)
    for x, lines in breaks:
        put_break(plane, x, lines)
    put_gaps(plane, drawing)
    put_points(plane, drawing, at)
    put_legend(plane, drawing)
    return plane


def put_months(plane: Plane, months: list[str]) -> None:
    """A tick for each month, a name for as many as there is room, the year under the first that is named in it."""
    foot = plane.y[0]
    every = next((step for step in (1, 2, 3, 6, 12) if len(months) / step * 34 <= plane.width), 12)
    year = ""
    for number, month in enumerate(months):
        place = int(month[5:7]) - 1
        _, down = plane.from_pixels(0, plane.height + (6 if place % every == 0 else 3))
        plane.rules.append(Rule(number, foot, number, down, EDGE))
        if place % every and len(months) > 2:
            continue
        plane.texts.append(Text(number, foot, MONTHS[place], 0, 19, "center", size=SMALL, fill=MUTED))
        if month[:4] != year:
            year = month[:4]
            plane.texts.append(Text(number, foot, year, 0, 34, "center", size=SMALL, fill=MUTED))


def put_stretches(plane: Plane, drawing: SeriesDrawing, at: dict[str, float]) -> None:
    """The centre as a thin rule, the limits dashed, from the first month of a stretch to its last."""
    for stretch in drawing.stretches:
        if stretch.first not in at or stretch.last not in at:
            continue
        start, end = at[stretch.first] - 0.4, at[stretch.last] + 0.4
        if stretch.centre is not None:
            plane.rules.append(Rule(start, stretch.centre, end, stretch.centre, MUTED, 1.2))
        for limit in (stretch.lower, stretch.upper):
            if limit is not None:
                plane.rules.append(Rule(start, limit, end, limit, MUTED, 1.2, LIMITS))


def put_break(plane: Plane, x: float, lines: list[str]) -> None:
    """A rule before the month in which the series changed, and what changed above it."""
    x -= 0.5
    _, top = plane.from_pixels(0, -4.0)
    plane.rules.append(Rule(x, plane.y[0], x, top, INK, 1.4, (2, 2)))
    across, _ = plane.to_pixels(x, 0)
    wide = max(guess_width(line, SMALL) for line in lines)
    room = plane.width + plane.right - across
    align, dx = ("left", 3.0) if wide < room else ("right", -3.0)
    for number, line in enumerate(lines):
        dy = -6 - (len(lines) - 1 - number) * LINE_HEIGHT
        plane.texts.append(Text(x, plane.y[1], line, dx, dy, align, size=SMALL))  # type: ignore[arg-type]


def put_gaps(plane: Plane, drawing: SeriesDrawing) -> None:
    """ "[x]" over the axis in the middle of each run of months without a figure."""
    for is_gap, run in groupby(enumerate(drawing.points), lambda one: one[1][1] is None):
        places = [number for number, _ in run]
        if is_gap and len(places) < len(drawing.points):
            middle = (places[0] + places[-1]) / 2
            plane.texts.append(Text(middle, plane.y[0], "[x]", 0, -6, "center", size=SMALL, fill=MUTED))


def put_points(plane: Plane, drawing: SeriesDrawing, at: dict[str, float]) -> None:
    """The points, joined where no month lies between; signals ringed; the last one with its figure."""
    run, broken = 0, {month for month, _ in drawing.breaks}
    last: tuple[float, float] | None = None
    for month, value in drawing.points:
        if value is None or month in broken:
            run += 1
        if value is None:
            continue
        x = at[month]
        last = (x, value)
        plane.steps.append(Step(run, x, value, ACCENT, 2.0))
        plane.points.append(Point(x, value, "circle", 22.0, ACCENT, PAPER, 0.8))
        if month in drawing.signals:
            plane.points.append(Point(x, value, "circle", 170.0, None, INK, 1.8))
    if last is None:
        plane.texts.append(
            Text((plane.x[0] + plane.x[1]) / 2, sum(plane.y) / 2, "[x] No figures", align="center")
        )
        return
    words = write_value(drawing.statistic, last[1])
    plane.texts.append(Text(*last, words, 8, LETTERS_DOWN, "left", "bold", fill=ACCENT, halo=PAPER))


def put_legend(plane: Plane, drawing: SeriesDrawing) -> None:
    """What the rules and the rings mean."""
    across, down = 8 - plane.left, plane.height + 54.0
    if drawing.stretches:
        for words, dash in (("Mean", ()), ("Natural limits", LIMITS)):
            x, y = plane.from_pixels(across, down)
            x2, _ = plane.from_pixels(across + 22, down)
            plane.rules.append(Rule(x, y, x2, y, MUTED, 1.4, dash))
            plane.texts.append(Text(x2, y, words, 6, LETTERS_DOWN, size=SMALL, fill=MUTED))
            across += 28 + guess_width(words, SMALL) + 16
    if drawing.signals:
        x, y = plane.from_pixels(across + 8, down)
        plane.points.append(Point(x, y, "circle", 150.0, None, INK, 1.8))
        plane.texts.append(Text(x, y, "Signal of a change", 14, LETTERS_DOWN, size=SMALL, fill=MUTED))
