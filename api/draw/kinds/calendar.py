"""Which months arrived: for each source a row a year, a cell a month."""

from api.draw.drawings import CalendarDrawing
from api.draw.kinds.parts import LETTERS_DOWN
from api.draw.looks import EDGE, INK, LINE_HEIGHT, MUTED, PAPER, SMALL, STEPS, TEXT, WIDTH, guess_width, wrap
from api.draw.plane import Box, Plane, Text

CELL = 30.0
ROW = 22.0
NAME = 16.0
HEAD = 24.0
KEY = 38.0
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LETTERS = {"received": "R", "partial": "P", "missing": "M"}
WORDS = {"received": "Received", "partial": "In part", "missing": "Missing"}


def lay_out_calendar(drawing: CalendarDrawing) -> Plane:
    """Months across, and under each source's name a row for each year; a letter and a shade say the state of a month."""
    years = sorted({month[:4] for month in drawing.months})
    names = [wrap(name, WIDTH - 12, is_bold=True) for name, _ in drawing.lines]
    height = HEAD + sum(NAME + len(years) * ROW + len(lines) * LINE_HEIGHT for lines in names)
    left = 52.0
    plane = Plane(
        x=(0.0, 12 * CELL),
        y=(0.0, height),
        height=height,
        left=left,
        right=WIDTH - left - 12 * CELL,
        bottom=KEY,
    )
    for place, month_name in enumerate(NAMES):
        x, y = plane.from_pixels((place + 0.5) * CELL, 16)
        plane.texts.append(Text(x, y, month_name, align="center", size=SMALL, fill=MUTED))
    top = HEAD
    for lines, (_, states) in zip(names, drawing.lines, strict=True):
        for line in lines:
            top += LINE_HEIGHT
            plane.texts.append(Text(*plane.from_pixels(4 - left, top), line, weight="bold", size=TEXT))
        top += 8
        for number, year in enumerate(years):
            x, y = plane.from_pixels(-8, top + (number + 0.5) * ROW)
            plane.texts.append(Text(x, y, year, 0, LETTERS_DOWN, "right", size=SMALL, fill=MUTED))
        for month, state in zip(drawing.months, states, strict=True):
            put_cell(plane, (int(month[5:7]) - 1) * CELL, top + years.index(month[:4]) * ROW, state)
        top += len(years) * ROW + NAME - 8
    across = 8 - left
    for state, words in WORDS.items():
        put_cell(plane, across, height + 8, state)
        x, y = plane.from_pixels(across + CELL + 4, height + 8 + ROW / 2)
        plane.texts.append(Text(x, y, words, 0, LETTERS_DOWN, size=SMALL, fill=MUTED))
        across += CELL + guess_width(words, SMALL) + 20
    return plane


def put_cell(plane: Plane, across: float, down: float, state: str) -> None:
    """A month: filled where it was received, half filled where in part, empty with a thick edge where it is missing."""
    if state not in LETTERS:
        return
    x, y = plane.from_pixels(across + 1.5, down + ROW - 1.5)
    x2, y2 = plane.from_pixels(across + CELL - 1.5, down + 1.5)
    if state == "received":
        plane.boxes.append(Box(x, y, x2, y2, STEPS[1], EDGE))
    elif state == "partial":
        plane.boxes.append(Box(x, y, x2, y2, PAPER, EDGE))
        plane.boxes.append(Box(x, y, x + (x2 - x) / 3, y2, STEPS[1], EDGE))
    else:
        plane.boxes.append(Box(x, y, x2, y2, PAPER, INK, (3, 2)))
    middle = x + (x2 - x) * (2 / 3 if state == "partial" else 1 / 2)
    plane.texts.append(Text(middle, (y + y2) / 2, LETTERS[state], 0, LETTERS_DOWN, "center", size=SMALL))
