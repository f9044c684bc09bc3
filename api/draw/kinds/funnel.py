"""Figures over the size of what they stand on, with the limits of chance."""

from api.draw.drawings import FunnelDrawing, Mark
from api.draw.kinds.parts import (
    LETTERS_DOWN,
    Rectangle,
    choose_ticks,
    find_margin,
    put_across,
    put_key,
    put_label,
    put_mark,
    put_upward,
    say_axis,
    say_missing,
)
from api.draw.looks import INK, LINE_HEIGHT, MUTED, SMALL, WIDTH, cut, guess_width
from api.draw.plane import Plane, Rule, Step, Text
from api.draw.ticks import find_range, place_ticks, write_value

HEIGHT = 260.0
RIGHT = 26.0
KEY = 24.0
Found = tuple[Mark, float, float]
DASHES: tuple[tuple[int, ...], ...] = ((), (5, 4), (5, 4), ())
MOST_NAMES = 8


def lay_out_funnel(drawing: FunnelDrawing) -> Plane:
    """Marks in the shape of their position, the 95% limits dashed, the 99.8% limits solid, the target a rule."""
    found = [
        (mark, size, mark.value)
        for mark, size in zip(drawing.marks, drawing.sizes, strict=True)
        if size is not None and mark.value is not None
    ]
    # The limits of the smallest areas go far out: they are drawn as far as the figures go, and a little further.
    values = [value for _, _, value in found]
    low, high = find_range([*values, drawing.target])
    inner = [end for _, _, lower, upper, _ in drawing.limits for end in (lower, upper)]
    high = max(high, min(max(inner, default=high), high * 1.25))
    low = min(low, max(min(inner, default=low), low * 0.8))
    ticks = place_ticks(low, high)
    left = find_margin(ticks, drawing.statistic)
    across = choose_ticks(
        0.0, max([size for _, size, _ in found], default=1.0), "count", WIDTH - left - RIGHT
    )
    above = say_axis(drawing.unit, ticks)
    below = say_axis(drawing.size_unit, (), *say_missing(drawing.marks))
    plane = Plane(
        x=(across[0], across[-1]),
        y=(ticks[0], ticks[-1]),
        height=HEIGHT,
        left=left,
        right=RIGHT,
        top=12.0 + len(above) * LINE_HEIGHT,
        bottom=32.0 + len(below) * LINE_HEIGHT + 2 * KEY,
    )
    put_across(plane, across, "count", below, is_blank=not found)
    put_upward(plane, ticks, drawing.statistic, above, is_blank=not found)
    put_limits(plane, drawing)
    if drawing.target is not None:
        plane.rules.append(Rule(plane.x[0], drawing.target, plane.x[1], drawing.target, INK, 1.2))
    for mark, size, value in sorted(found, key=lambda one: one[0].is_own):
        put_mark(plane, mark, size, value)
    put_names(plane, drawing, found)
    if not found:
        plane.texts.append(Text(sum(plane.x) / 2, sum(plane.y) / 2, "[x] No figures", align="center"))
    put_legend(plane, drawing, plane.bottom - 2 * KEY + 12)
    return plane


def put_limits(plane: Plane, drawing: FunnelDrawing) -> None:
    """Four curves, cut at the edges of the plane."""
    foot, head = plane.y
    run = 0
    for number, dash in enumerate(DASHES):
        run += 1
        before: tuple[float, float] | None = None
        for limit in sorted(drawing.limits):
            x, y = limit[0], limit[number + 1]
            if not plane.x[0] <= x <= plane.x[1]:
                continue
            if before is not None and (foot <= before[1] <= head) != (foot <= y <= head):
                edge = head if max(y, before[1]) > head else foot
                share = (edge - before[1]) / (y - before[1])
                plane.steps.append(Step(run, before[0] + share * (x - before[0]), edge, MUTED, 1.2, dash))
            if foot <= y <= head:
                plane.steps.append(Step(run, x, y, MUTED, 1.2, dash))
            else:
                run += 1
            before = (x, y)


def put_names(plane: Plane, drawing: FunnelDrawing, found: list[Found]) -> None:
    """The own name always; of the others those outside the limits, as far as there is room."""
    taken: list[Rectangle] = []
    for _, size, value in found:
        across, down = plane.to_pixels(size, value)
        taken.append((across - 5, down - 5, across + 5, down + 5))
    for mark, size, value in found:
        if mark.is_own:
            words = cut(mark.name, write_value(drawing.statistic, value), plane.width / 2, is_bold=True)
            put_label(plane, taken, words, size, value, is_own=True, must=True)
    outside = [one for one in found if one[0].position in ("Higher", "Lower") and not one[0].is_own]
    middle = drawing.target if drawing.target is not None else 0.0
    for mark, size, value in sorted(outside, key=lambda one: -abs(one[2] - middle))[:MOST_NAMES]:
        put_label(plane, taken, mark.name, size, value, is_own=False)


def put_legend(plane: Plane, drawing: FunnelDrawing, down: float) -> None:
    """What the curves and the shapes mean, in two lines below."""
    across = 8 - plane.left
    entries: list[tuple[str, tuple[int, ...], str]] = []
    if drawing.limits:
        entries += [("95% limits", (5, 4), MUTED), ("99.8% limits", (), MUTED)]
    if drawing.target is not None:
        entries.append((f"All together {write_value(drawing.statistic, drawing.target)}", (), INK))
    for words, dash, stroke in entries:
        x, y = plane.from_pixels(across, plane.height + down)
        x2, _ = plane.from_pixels(across + 22, plane.height + down)
        plane.rules.append(Rule(x, y, x2, y, stroke, 1.4, dash))
        plane.texts.append(Text(x2, y, words, 6, LETTERS_DOWN, size=SMALL, fill=MUTED))
        across += 28 + guess_width(words, SMALL) + 16
    put_key(plane, drawing.marks, plane.height + down + 22)
