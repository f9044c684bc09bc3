"""Given rows of figures, expect drawings that hold the same figures, in words that say what was found."""

import re
from typing import Any

import msgspec
import pytest

from api.charts import SignalRow
from api.draw.drawings import DotsDrawing, FunnelDrawing, MapDrawing
from api.draw.fair import draw_areas, draw_comparison, draw_funnel, draw_map
from api.draw.from_rows import draw_months, draw_signals, draw_years
from api.draw.row_words import name_months, name_years
from api.model import ValueRow
from api.standing import ComparisonRow
from sql.measure import Measure, load_measures

RATE = load_measures()["stop_search_rate"]
FORBIDDEN = re.compile(
    r"\b(good|bad|because|due to|hotspot|excess|find rate|hit rate|incidents)\b", re.IGNORECASE
)


def make(row_type: Any, **given: Any) -> Any:
    """A row with these fields, the others empty."""
    empty = {
        field.name: () if "tuple" in str(field.type) else None for field in msgspec.structs.fields(row_type)
    }
    usual = {"area_kind": "borough", "from_month": "2023-09", "to_month": "2024-08", "window": "rolling_12"}
    known = {name: value for name, value in usual.items() if name in empty}
    return row_type(**{**empty, **known, **given})


ROWS = [
    make(
        ComparisonRow,
        area_code=code,
        area_name=name,
        value=value,
        lower=None if value is None else value - 1,
        upper=None if value is None else value + 1,
        denominator=size,
        position=position,
        met_value=11.7,
        funnel_target=10.0,
        funnel_lower_998=5.0,
        funnel_lower_95=7.0,
        funnel_upper_95=14.0,
        funnel_upper_998=17.0,
    )
    for code, name, value, size, position in (
        ("A", "Ashby", 9.0, 300.0, "Similar"),
        ("B", "Barley", 21.5, 200.0, "Higher"),
        ("C", "Corby", None, None, "No data"),
        ("D", "Denby", 50.0, 100.0, "No data"),
    )
]


def test_a_comparison_stands_from_high_to_low_and_says_how_many_lie_where() -> None:
    drawing = draw_comparison(RATE, ROWS)
    assert [mark.name for mark in drawing.marks] == ["Denby", "Barley", "Ashby", "Corby"]
    assert drawing.title.endswith(
        "September 2023 to August 2024, each with its 95% interval: 1 Higher, 1 Similar"
    )
    assert "The highest is Denby with 50.0, the lowest Ashby with 9.0. No figure: Corby." in drawing.text
    assert "Not placed among the others: Denby." in drawing.text
    assert drawing.beside == (("Met area", 11.7),)
    own = draw_comparison(RATE, ROWS, own="B")
    assert own.title.endswith(": Barley 21.5 (Higher)")
    assert [mark.is_own for mark in own.marks] == [False, True, False, False]


def test_a_funnel_has_the_limits_of_each_size_in_order() -> None:
    drawing = draw_funnel(RATE, ROWS)
    assert [mark.name for mark in drawing.marks] == ["Ashby", "Barley", "Denby"]
    assert drawing.sizes == (300.0, 200.0, 100.0)
    assert [limit[0] for limit in drawing.limits] == [100.0, 200.0, 300.0]
    assert drawing.limits[0][1:] == (5.0, 7.0, 14.0, 17.0)
    assert "Outside the 95% limits: Barley (Higher)." in drawing.text


def test_a_map_leaves_out_what_has_no_shape_and_keeps_what_has_no_figure() -> None:
    drawing = draw_map(RATE, ROWS, {"A": b"{}", "C": b"{}", "D": b"null"})
    assert [(mark.name, mark.value) for mark in drawing.marks] == [("Ashby", 9.0), ("Corby", None)]
    assert len(drawing.shapes) == 2


RATIO = load_measures()["stop_search_rate_ratio"]
SPENT = next(measure for measure in load_measures().values() if measure.statistic == "amount")
COUNT = next(measure for measure in load_measures().values() if measure.statistic == "count")
SHAPES = dict.fromkeys("ABCD", b"{}")


@pytest.mark.parametrize("measure", [RATIO, SPENT, COUNT], ids=lambda one: one.statistic)
def test_what_is_never_ranked_stands_by_name_and_nobody_is_first(measure: Measure) -> None:
    reverse = ROWS[::-1]
    values = [make_value(row.area_code, row.area_name, row.value) for row in reverse]
    drawn: list[DotsDrawing | MapDrawing | FunnelDrawing] = [
        draw_comparison(measure, reverse),
        draw_areas(measure, values),
        draw_map(measure, values, SHAPES),
        draw_funnel(measure, reverse),
    ]
    for drawing in drawn:
        assert not re.search(r"highest is|lowest|from .+ in .+ to ", drawing.title + drawing.text)
        assert {mark.position for mark in drawing.marks if mark.value is not None} == {None}
    for dots in drawn[:2]:
        assert [mark.name for mark in dots.marks] == ["Ashby", "Barley", "Corby", "Denby"]


def test_rates_on_residents_where_many_more_are_by_day_stand_beside_nobody() -> None:
    flags = ("daytime_population",)
    values = [
        make_value("A", "Ashby", 9.0),
        make_value("B", "Barley", 21.5),
        make_value("D", "Denby", 50.0, flags=flags),
    ]
    compared = [msgspec.structs.replace(row, flags=flags if row.area_code == "D" else ()) for row in ROWS]
    areas, ground = draw_areas(RATE, values), draw_map(RATE, values, SHAPES)
    assert areas.title.endswith("2 boroughs: from 9.0 in Ashby to 21.5 in Barley")
    assert ground.title.endswith("from 9.0 in Ashby to 21.5 in Barley")
    for drawing in (areas, ground, draw_comparison(RATE, compared), draw_funnel(RATE, compared)):
        assert "50" not in drawing.title + drawing.text
        assert "Left out of the picture: Denby" in drawing.text
        assert 50.0 not in [mark.value for mark in drawing.marks]
    # alone it stands beside nobody
    assert [mark.value for mark in draw_areas(RATE, values[2:]).marks] == [50.0]


def make_value(code: str, area: str, value: float | None, **given: Any) -> ValueRow:
    row: ValueRow = make(
        ValueRow,
        area_code=code,
        area_name=area,
        value=value,
        lower=None if value is None else value - 1,
        upper=None if value is None else value + 1,
        **given,
    )
    return row


def test_a_series_keeps_its_gaps_and_names_its_signals() -> None:
    stretch = {
        "stretch_from": "2024-01",
        "stretch_to": "2024-03",
        "centre": 10.0,
        "limit_lower": 5.0,
        "limit_upper": 15.0,
    }
    rows = [
        make(SignalRow, month=month, area_name="Ashby", value=value, rules=rules, signals=said, **stretch)
        for month, value, rules, said in (
            ("2024-01", 9.0, (), ()),
            ("2024-02", None, (), ()),
            ("2024-03", 20.0, ("outside",), ("2024-03 lies above the upper limit",)),
        )
    ]
    drawing = draw_signals(RATE, rows)
    assert drawing.points == (("2024-01", 9.0), ("2024-02", None), ("2024-03", 20.0))
    assert len(drawing.stretches) == 1
    assert drawing.signals == ("2024-03",)
    assert drawing.title.endswith("1 signal of a change")
    assert "1 month without a figure. 2024-03 lies above the upper limit." in drawing.text


def test_windows_are_drawn_by_month_or_by_year() -> None:
    rows = [
        make(ValueRow, area_name="Ashby", from_month=f"{year}-04", to_month=f"{year + 1}-03", value=value)
        for year, value in ((2021, 3.0), (2022, None), (2023, 4.5))
    ]
    years = draw_years(RATE, rows)
    assert [(mark.name, mark.value) for mark in years.marks] == [
        ("2021-22", 3.0),
        ("2022-23", None),
        ("2023-24", 4.5),
    ]
    assert years.title.endswith("by year: 3.0 in 2021-22, 4.5 in 2023-24")
    months = draw_months(RATE, rows)
    assert [point[0] for point in months.points] == ["2022-03", "2023-03", "2024-03"]


def test_words_are_plain() -> None:
    for drawing in (draw_comparison(RATE, ROWS), draw_funnel(RATE, ROWS), draw_map(RATE, ROWS, {"A": b"{}"})):
        assert not FORBIDDEN.search(f"{drawing.title} {drawing.text}")


@pytest.mark.parametrize(
    ("first", "last", "months", "year"),
    [
        ("2024-08", "2024-08", "August 2024", "2024-08"),
        ("2023-01", "2023-12", "January 2023 to December 2023", "2023"),
        ("2023-04", "2024-03", "April 2023 to March 2024", "2023-24"),
        ("1999-04", "2000-03", "April 1999 to March 2000", "1999-00"),
    ],
)
def test_months_in_words(first: str, last: str, months: str, year: str) -> None:
    assert name_months(first, last) == months
    assert name_years(first, last) == year
