"""Parts that several kinds of charts share: axes, marks with the shapes of positions, labels that keep clear of each other."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from api.draw.drawings import Mark
from api.draw.looks import (
    ACCENT,
    EDGE,
    INK,
    LINE,
    LINE_HEIGHT,
    MUTED,
    NOT_PLACED,
    PAPER,
    SMALL,
    SYMBOLS,
    WIDTH,
    guess_width,
    wrap,
)
from api.draw.plane import Align, Plane, Point, Rule, Text
from api.draw.ticks import place_ticks, write_tick

Rectangle = tuple[float, float, float, float]
OWN_SIZE = 190.0
OTHER_SIZE = 44.0
LETTERS_DOWN = 4.5
MOST_MISSING = 3
# How far from its point a label goes at the most, in pixels: then a rule joins the two.
FAR = (-30.0, 40.0, -50.0, 60.0)


def put_across(
    plane: Plane, ticks: list[float], statistic: str, words: Sequence[str], *, is_blank: bool = False
) -> None:
    """The axis below: a thin line up from each number, and sentences under them (`say_axis`).

    `is_blank`: no numbers, for there is nothing to be read by them.
    """
    bottom, top = plane.y
    step = min((b - a for a, b in pairwise(ticks)), default=1.0)
    for tick in ticks:
        plane.grid.append(Rule(tick, bottom, tick, top))
        number = "" if is_blank else write_tick(statistic, tick, tick if plane.is_ratio else step)
        plane.texts.append(Text(tick, bottom, number, dy=16, align="center", size=SMALL, fill=MUTED))
    for number_of, line in enumerate(words):
        dy = 34 + number_of * LINE_HEIGHT
        plane.texts.append(Text(plane.x[0], bottom, line, 4 - plane.left, dy, size=SMALL, fill=MUTED))


def put_upward(
    plane: Plane, ticks: list[float], statistic: str, words: Sequence[str], *, is_blank: bool = False
) -> None:
    """The axis at the left: a thin line across from each number, and sentences at the top of the picture."""
    step = ticks[1] - ticks[0]
    for tick in ticks:
        plane.grid.append(Rule(plane.x[0], tick, plane.x[1], tick, EDGE if tick == 0 else LINE))
        number = "" if is_blank else write_tick(statistic, tick, step)
        plane.texts.append(Text(plane.x[0], tick, number, -6, LETTERS_DOWN, "right", size=SMALL, fill=MUTED))
    for number_of, line in enumerate(words):
        dy = 14 - plane.top + number_of * LINE_HEIGHT
        plane.texts.append(Text(plane.x[0], plane.y[1], line, 4 - plane.left, dy, size=SMALL, fill=MUTED))


def say_axis(unit: str, ticks: Sequence[float] = (), *more: str) -> list[str]:
    """The lines beside an axis: its unit, that it does not begin at 0 where it does not, and more sentences."""
    far = ticks and (ticks[0] > 0 or ticks[-1] < 0)
    sentences = [f"{unit} (the scale does not begin at 0)" if far else unit, *more]
    return [line for sentence in sentences for line in wrap(sentence, WIDTH - 12, SMALL)]


def say_missing(marks: Iterable[Mark]) -> list[str]:
    """A sentence on the marks without a figure, where a chart has no place for them."""
    names = [mark.name for mark in marks if mark.value is None]
    if not names:
        return []
    return [
        f"[x] No figure: {', '.join(names)}."
        if len(names) <= MOST_MISSING
        else f"[x] No figure for {len(names)} areas."
    ]


def choose_ticks(low: float, high: float, statistic: str, width: float, most: int = 5) -> list[float]:
    """Ticks of an axis below: as many as there is room for beside each other."""
    for count in range(most, 1, -1):
        ticks = place_ticks(low, high, count)
        step = ticks[1] - ticks[0]
        wide = max(guess_width(write_tick(statistic, tick, step), SMALL) for tick in ticks)
        if (wide + 14) * (len(ticks) - 1) <= width:
            break
    return ticks


def find_margin(ticks: list[float], statistic: str) -> float:
    """How many pixels the numbers of an upward axis take."""
    step = ticks[1] - ticks[0]
    return max(guess_width(write_tick(statistic, tick, step), SMALL) for tick in ticks) + 12


def put_mark(
    plane: Plane, mark: Mark, x: float, y: float, *, size: float = OTHER_SIZE, own_size: float = OWN_SIZE
) -> None:
    """A mark with the shape of its position: the own one larger and filled, the others outlined on paper."""
    shape = SYMBOLS[mark.position] if mark.position else "circle"
    if mark.is_own:
        plane.points.append(Point(x, y, shape, own_size, ACCENT, PAPER, 1.5))
    else:
        plane.points.append(Point(x, y, shape, size, PAPER, MUTED, 1.4))


def put_label(
    plane: Plane, taken: list[Rectangle], words: str, x: float, y: float, *, is_own: bool, must: bool = False
) -> bool:
    """A label beside a point where it hides no other; whether there was room. `must`: put it even so."""
    across, down = plane.to_pixels(x, y)
    size = 13.0 if is_own else SMALL
    wide = guess_width(words, size, is_bold=is_own)
    tries: list[tuple[float, float, Align]] = [
        (9, LETTERS_DOWN, "left"),
        (-9, LETTERS_DOWN, "right"),
        (0, -9, "center"),
        (0, 19, "center"),
        (9, -8, "left"),
        (9, 16, "left"),
        (-9, -8, "right"),
        (-9, 16, "right"),
    ]
    if must:
        tries += [(0, dy, "center") for dy in FAR]
    found: list[tuple[int, float, float, Align, Rectangle]] = []
    for dx, dy, align in tries:
        left = across + dx - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        place = (left, down + dy - 10, left + wide, down + dy + 3)
        inside = place[0] >= 2 - plane.left and place[2] <= plane.width + plane.right - 1
        if inside and place[1] >= -plane.top and place[3] <= plane.height:
            found.append((sum(overlap(place, other) for other in taken), dx, dy, align, place))
    hidden, dx, dy, align, place = min(
        found, key=lambda one: one[0], default=(1, 0.0, -9.0, "center", (0.0,) * 4)
    )
    if hidden and not must:
        return False
    taken.append(place)
    if dy in FAR:
        _, end = plane.from_pixels(across, down + dy + (4 if dy < 0 else -12))
        plane.rules.append(Rule(x, y, x, end, ACCENT if is_own else MUTED, 1.0))
        taken.append((across - 3, min(down, down + dy), across + 3, max(down, down + dy)))
    plane.texts.append(
        Text(
            x, y, words, dx, dy, align, "bold" if is_own else "normal", size, ACCENT if is_own else INK, PAPER
        )
    )
    return True


def overlap(one: Rectangle, other: Rectangle) -> bool:
    """Whether two rectangles (left, top, right, bottom) share a point."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def put_key(plane: Plane, marks: Iterable[Mark], down: float) -> None:
    """What the shapes of the drawn marks mean, in a line so many pixels below the top of the scales."""
    across = 10 - plane.left
    drawn = {mark.position for mark in marks if mark.value is not None}
    for position, shape in SYMBOLS.items():
        if position in drawn:
            words = NOT_PLACED if position == "No data" else position
            x, y = plane.from_pixels(across, down)
            plane.points.append(Point(x, y, shape, OTHER_SIZE, PAPER, MUTED, 1.4))
            plane.texts.append(Text(x, y, words, 9, LETTERS_DOWN, size=SMALL, fill=MUTED))
            across += guess_width(words, SMALL) + 34
