"""Where one area stands among the others of its kind, on one line."""

from api.draw.drawings import StripDrawing
from api.draw.kinds.parts import choose_ticks, put_across, put_key, put_mark, say_axis, say_missing
from api.draw.kinds.rows import AXIS, put_beside
from api.draw.looks import ACCENT, LINE_HEIGHT, PAPER, WIDTH, cut, guess_width
from api.draw.plane import Plane, Rule, Text
from api.draw.ticks import find_range, write_value

# Marks that would hide each other stand this far above each other, and hide each other when nearer than that across.
APART = 9.0
OWN_APART = 13.0
FOOT = 10.0
NAME = 34.0
BODY = 54.0
LEFT = 18.0
RIGHT = 24.0


def lay_out_strip(drawing: StripDrawing) -> Plane:
    """A heap of marks over the line, each at its figure; the own one named above, figures beside as rules named above that."""
    figures = [(mark, mark.value) for mark in drawing.marks if mark.value is not None]
    low, high = find_range([*(value for _, value in figures), *(value for _, value in drawing.beside)])
    ticks = choose_ticks(low, high, drawing.statistic, WIDTH - LEFT - RIGHT)
    words = say_axis(drawing.unit, ticks, *say_missing(drawing.marks))
    key = 26.0 if any(mark.position for mark, _ in figures) else 4.0
    plane = Plane(
        x=(ticks[0], ticks[-1]),
        y=(0.0, 1.0),
        height=1.0,
        left=LEFT,
        right=RIGHT,
        top=6.0 + len(drawing.beside) * LINE_HEIGHT + key,
        bottom=AXIS + 6 + len(words) * LINE_HEIGHT,
    )
    levels = stack(
        [plane.to_pixels(value, 0)[0] for _, value in figures], [mark.is_own for mark, _ in figures]
    )
    highest = FOOT + max(levels, default=0) * APART
    plane.height = max(highest + NAME, BODY)
    plane.y = (0.0, plane.height)
    put_across(plane, ticks, drawing.statistic, words, is_blank=not figures)
    put_beside(plane, drawing.beside, drawing.statistic)
    put_key(plane, drawing.marks, 12 - plane.top)
    for (mark, value), level in sorted(zip(figures, levels, strict=True), key=lambda one: one[0][0].is_own):
        y = FOOT + level * APART
        if mark.is_own:
            put_own(
                plane,
                cut(mark.name, write_value(drawing.statistic, value), WIDTH - 12, is_bold=True),
                value,
                y,
            )
        put_mark(plane, mark, value, y)
    if not figures:
        plane.texts.append(Text(sum(plane.x) / 2, plane.height / 2, "[x] No figures", align="center"))
    return plane


def put_own(plane: Plane, words: str, value: float, y: float) -> None:
    """The name and the figure of the own mark above the heap, and a thin rule down to the mark."""
    across, _ = plane.to_pixels(value, y)
    half = guess_width(words, is_bold=True) / 2
    moved = min(max(across, half + 4 - plane.left), plane.width + plane.right - 4 - half) - across
    plane.rules.append(Rule(value, y, value, plane.height - 18, ACCENT, 1.2))
    plane.texts.append(
        Text(value, plane.height - 14, words, moved, 0, "center", "bold", fill=ACCENT, halo=PAPER)
    )


def stack(places: list[float], is_own: list[bool]) -> list[int]:
    """For each place across, the lowest level at which no other is nearer than a mark's width; the own one is lowest."""
    levels = [0] * len(places)
    order = sorted(range(len(places)), key=lambda one: (not is_own[one], places[one]))
    done: list[int] = []
    for one in order:
        near = {
            levels[other]
            for other in done
            if abs(places[other] - places[one]) < (OWN_APART if is_own[other] else APART)
        }
        levels[one] = next(level for level in range(len(places) + 1) if level not in near)
        done.append(one)
    return levels
