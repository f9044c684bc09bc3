"""How charts look: sizes in pixels of the picture, and colours under names that are filled in at the end.

A specification holds stand-ins, no colours. A page fills them with the variables of its style sheet, so that dark mode, high
contrast and forced colours need no second picture; a file gets the light ones (text 4.5:1, marks 3:1 on paper).
"""

import math

# A picture is as wide as a phone shows without making its text unreadable; a page may show it half as large again.
WIDTH = 440
TEXT = 13
SMALL = 12
# The mean width of a letter, of its size, in the widest of the fonts that pages have (DejaVu Sans, Verdana); Source Sans needs 0.5.
LETTER = 0.6
BOLD_LETTER = 0.67
LINE_HEIGHT = 16
FONT = "Source Sans Pro"

INK = "#a0b001"
MUTED = "#a0b002"
LINE = "#a0b003"
ACCENT = "#a0b004"
BAND = "#a0b005"
PAPER = "#a0b006"
EDGE = "#a0b007"
STEPS = ("#a0b011", "#a0b012", "#a0b013", "#a0b014", "#a0b015")

# Stand-in: the style sheet's variable, and the colour where there is no style sheet.
COLOURS = {
    INK: ("ink", "#1a1d24"),
    MUTED: ("muted", "#4d5764"),
    LINE: ("line", "#b9c1ca"),
    ACCENT: ("accent", "#1c4e80"),
    BAND: ("band", "#dde8f2"),
    PAPER: ("paper", "#ffffff"),
    EDGE: ("edge", "#75808d"),
    STEPS[0]: ("step1", "#e4edf6"),
    STEPS[1]: ("step2", "#b4cee5"),
    STEPS[2]: ("step3", "#7ca9cf"),
    STEPS[3]: ("step4", "#3f7bad"),
    STEPS[4]: ("step5", "#163f68"),
}
# "No data" on a mark that has a figure: it is not placed among the others.
SYMBOLS = {"Higher": "triangle-up", "Similar": "circle", "Lower": "triangle-down", "No data": "diamond"}
NOT_PLACED = "Not placed"


def guess_width(text: str, size: float = TEXT, *, is_bold: bool = False) -> float:
    """About how wide a text is, in pixels: measuring it takes the drawing process ten times as long as all else."""
    return len(text) * size * (BOLD_LETTER if is_bold else LETTER)


def wrap(text: str, width: float, size: float = TEXT, *, is_bold: bool = False) -> list[str]:
    """The text in lines that are about as wide as that, at the most; a long word stays whole."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and guess_width(longer, size, is_bold=is_bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def cut(name: str, rest: str, width: float, size: float = TEXT, *, is_bold: bool = False) -> str:
    """The name and the rest as one line of about that width at the most; what is too long of the name is "…"."""
    over = guess_width(f"{name} {rest}", size, is_bold=is_bold) - width
    if over <= 0:
        return f"{name} {rest}"
    letters = len(name) - 1 - math.ceil(over / guess_width("x", size, is_bold=is_bold))
    return f"{name[: max(letters, 1)].rstrip()}… {rest}"
