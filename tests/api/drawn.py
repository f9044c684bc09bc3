"""Drawings of every kind with invented figures, for the tests of pictures."""

import json
from typing import Any

from api.draw.drawings import (
    BandsDrawing,
    CalendarDrawing,
    DotsDrawing,
    Drawing,
    FunnelDrawing,
    MapDrawing,
    Mark,
    SeriesDrawing,
    Stretch,
    StripDrawing,
    YearsDrawing,
)

TITLE = "Hackney is <Higher> & above"
TEXT = 'Hackney has 13.0 "searches" per 1,000 residents & the others 0.0 to 32.0.'
MONTHS = tuple(f"{2022 + (8 + number) // 12}-{(8 + number) % 12 + 1:02d}" for number in range(24))
AWKWARD = "Kensington & <b>Chelsea</b>, with the name of a BCU that takes several lines \"quoted\" and 'so'"
WORDS: dict[str, Any] = {
    "title": TITLE,
    "text": TEXT,
    "unit": "searches per 1,000 residents",
    "statistic": "rate",
}


def make_marks(count: int) -> tuple[Mark, ...]:
    """Marks with figures 0, 1, 2 …, every seventh without one; the fourteenth (or the only) is Hackney, own."""
    own = min(13, count - 1)
    return tuple(
        Mark(
            "Hackney",
            float(number) or 13.0,
            number - 0.5 if number else 12.0,
            number + 0.5 if number else 14.0,
            "Higher",
            True,
        )
        if number == own
        else Mark(f"Borough {number}", None, position="No data")
        if number % 7 == 3
        else Mark(AWKWARD if number == 1 else f"Borough {number}", float(number), position="Similar")
        for number in range(count)
    )


def make_series(points: tuple[tuple[str, float | None], ...]) -> SeriesDrawing:
    """A series over those points, with what else a series has."""
    return SeriesDrawing(
        **WORDS,
        points=points,
        stretches=(
            Stretch("2022-09", "2023-12", 1.5, 1.0, 2.0),
            Stretch("2024-01", "2024-08", None, None, None),
        ),
        signals=("2023-12",),
        breaks=(("2024-01", AWKWARD),),
    )


def make_all(marks: tuple[Mark, ...]) -> dict[str, Drawing]:
    """Every kind of drawing of those marks."""
    beside = (("All boroughs", 9.0), ("The rest of the Met area", 11.0))
    square = "[[[{0},51],[{1},51],[{1},51.2],[{0},51.2],[{0},51]]]"
    shapes = tuple(
        f'{{"type":"Polygon","coordinates":{square.format(number / 10, number / 10 + 0.1)}}}'.encode()
        for number, _ in enumerate(marks)
    )
    assert all(json.loads(shape) for shape in shapes)
    points = tuple(
        (month, mark.value)
        for month, mark in zip(MONTHS, (marks * 24)[:24] if marks else [Mark("", None)] * 24, strict=True)
    )
    states = ("received", "partial", "missing", "none")
    return {
        "series": make_series(points),
        "strip": StripDrawing(**WORDS, marks=marks, beside=beside),
        "dots": DotsDrawing(**WORDS, marks=marks, beside=beside, even=1.0),
        "funnel": FunnelDrawing(
            **WORDS,
            marks=marks,
            sizes=tuple(
                None if mark.value is None else 1000.0 * (number + 1) for number, mark in enumerate(marks)
            ),
            size_unit="residents",
            target=12.0,
            limits=tuple(
                (size * 1000.0, 12 - 40 / size, 12 - 20 / size, 12 + 20 / size, 12 + 40 / size)
                for size in range(1, 40)
            ),
        ),
        "map": MapDrawing(**WORDS, marks=marks, shapes=shapes),
        "years": YearsDrawing(**WORDS, marks=marks),
        "bands": BandsDrawing(
            **{**WORDS, "statistic": "ratio"},
            marks=marks,
            bands=tuple((mark.value * 0.8, mark.value * 1.2) if mark.value else None for mark in marks),
        ),
        "calendar": CalendarDrawing(
            **WORDS,
            months=MONTHS,
            lines=tuple(
                (mark.name, tuple(states[(place + number) % 4] for place in range(24)))
                for number, mark in enumerate(marks)
            ),
        ),
    }
