"""What somebody sees of strip searches who looks at pictures, sentences and tables instead of rows."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from api.draw.drawings import BandsDrawing, CalendarDrawing, Drawing, FunnelDrawing, SeriesDrawing
from geo.areas import load_areas

ABOUT = re.compile("strip search|thorough search", re.IGNORECASE)
# A count of 1 to 4 with what it counts.
SMALL_COUNT = re.compile(
    r"(?<![\d.,–-])[1-4] (?:strip search|thorough search|under-18|child|of \d+ strip)", re.IGNORECASE
)
NAMES = {area.area_name for area in load_areas()}
# Columns of a report's tables that hold figures; ranks and months received are not.
FIGURES = re.compile("value|number|year_before|rest")


def list_small_words(text: str) -> list[str]:
    """Counts of 1 to 4 that a text tells in words."""
    return [found.group() for found in SMALL_COUNT.finditer(text)]


def list_drawn(drawing: Drawing) -> Iterator[tuple[str, float]]:
    """Each number that a picture about strip searches has a place for, with the name of its area, if it names one.

    The limits of a funnel follow from its target.
    """
    if not ABOUT.search(drawing.title + drawing.unit) or isinstance(drawing, CalendarDrawing):
        return
    if isinstance(drawing, SeriesDrawing):
        yield from (("", round(value, 9)) for _, value in drawing.points if value is not None)
        return
    for mark in drawing.marks:
        for value in (mark.value, mark.lower, mark.upper):
            if value is not None:
                yield (mark.name if mark.name in NAMES else "", round(value, 9))
    loose: list[float | None] = []
    if isinstance(drawing, FunnelDrawing):
        loose += [*drawing.sizes, drawing.target]
    elif isinstance(drawing, BandsDrawing):
        loose += [end for band in drawing.bands if band is not None for end in band]
    else:
        loose += [value for _, value in getattr(drawing, "beside", ())]
    yield from (("", round(value, 9)) for value in loose if value is not None)


def list_cells(report: Mapping[str, Any]) -> Iterator[float]:
    """The numbers in the tables of a report's section on strip searches, and in all rows of a table about them."""
    for section in report["sections"]:
        for table in section["tables"]:
            for row in table["rows"]:
                if not (section["key"] == "strip-search" or ABOUT.search(row[0]["text"] + table["title"])):
                    continue
                for column, cell in zip(table["columns"], row, strict=True):
                    value = cell["value"]
                    if FIGURES.match(column["key"]) and isinstance(value, int | float):
                        yield round(value, 9)
