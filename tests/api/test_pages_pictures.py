"""Given rows of a comparison, expect drawings that put nobody first where ranking is not fair."""

from typing import Any

import msgspec
import pytest

from api.draw.drawings import DotsDrawing, FunnelDrawing, MapDrawing
from api.draw.fair import draw_pictures
from api.pages.metric_table import make_table
from api.snapshot import Area
from api.standing import ComparisonRow
from sql.measure import load_measures

MEASURES = load_measures()
SHAPE = b'{"type":"Polygon","coordinates":[[[0,51],[0,52],[1,52],[0,51]]]}'


def make_row(name: str, value: float | None, **given: Any) -> ComparisonRow:
    blank: dict[str, Any] = dict.fromkeys(ComparisonRow.__struct_fields__)
    blank |= {
        "metric": "stop_search_rate",
        "area_code": name.lower(),
        "area_name": name,
        "area_kind": "borough",
        "from_month": "2023-09",
        "to_month": "2024-08",
        "window": "rolling_12",
        "group": "total",
        "basis": "officer_defined",
        "numerator": 100,
        "denominator": 1000.0,
        "value": value,
        "lower": None if value is None else value * 0.9,
        "upper": None if value is None else value * 1.1,
        "status": "missing" if value is None else "ok",
        "flags": (),
        "months_expected": 12,
        "months_received": 12,
        "position": "No data" if value is None else "Similar",
        "neighbours": (),
        "neighbour_codes": (),
    }
    return ComparisonRow(**(blank | given))


ROWS = [
    make_row("Ayre", 3.0),
    make_row("Bede", 9.0, position="Higher"),
    make_row("City", 50.0, flags=("daytime_population",), position="No data"),
    make_row("Dene", 1.0, status="low"),
    make_row("Esk", None),
]
GROUNDS = {row.area_code: SHAPE for row in ROWS}


def draw(metric: str, rows: list[ComparisonRow] = ROWS) -> dict[str, Any]:
    return dict(draw_pictures(MEASURES[metric], rows, GROUNDS, None))


def test_who_has_more_people_by_day_stands_beside_nobody() -> None:
    drawn = draw("stop_search_rate")
    ground, dots = drawn["map"], drawn["dots"]
    assert isinstance(ground, MapDrawing)
    assert isinstance(dots, DotsDrawing)
    assert [mark.name for mark in dots.marks] == ["Bede", "Ayre", "Dene", "Esk"]
    assert {mark.name: mark.value for mark in ground.marks} == {
        "Ayre": 3.0,
        "Bede": 9.0,
        "City": None,
        "Dene": None,
        "Esk": None,
    }
    for one in (ground, dots):
        assert "50" not in one.title + one.text
        assert "Left out of the picture: City" in one.text
    assert ground.title.endswith("from 3.0 in Ayre to 9.0 in Bede")
    assert dots.title.endswith("1 Higher, 2 Similar")


def test_ratios_are_never_put_in_order() -> None:
    dots = draw("stop_search_rate_ratio")["dots"]
    assert [mark.name for mark in dots.marks] == ["Ayre", "Bede", "Dene", "Esk"]
    words = " ".join(one.title + one.text for one in draw("stop_search_rate_ratio").values())
    assert "highest is" not in words
    # 3.0 and 9.0 and 50.0 lie above 1 with their intervals, 1.0 does not
    assert "above 1 by more than chance in 3 of 4" in words
    columns = [
        column.key for column in make_table(MEASURES["stop_search_rate_ratio"], ROWS, AREAS, "Ratios").columns
    ]
    assert "rank" not in columns
    assert "position" not in columns


def test_a_funnel_only_where_there_are_limits() -> None:
    assert "funnel" not in draw("stop_search_rate")
    limits = {
        "funnel_target": 4.0,
        "funnel_lower_998": 1.0,
        "funnel_lower_95": 2.0,
        "funnel_upper_95": 6.0,
        "funnel_upper_998": 7.0,
    }
    judged = [msgspec.structs.replace(row, **limits) for row in ROWS[:2]]
    funnel = draw("stop_search_rate", [*judged, *ROWS[2:]])["funnel"]
    assert isinstance(funnel, FunnelDrawing)
    assert [mark.name for mark in funnel.marks] == ["Ayre", "Bede"]
    assert funnel.title.endswith("outside the 95% limits is Bede (Higher)")


def test_no_picture_of_nothing() -> None:
    assert draw("stop_search_rate", [ROWS[4], ROWS[2]]) == {}


AREAS = {
    row.area_code: Area(row.area_code, row.area_name, "borough", row.area_code, 1, None, 1) for row in ROWS
}


@pytest.mark.parametrize("metric", MEASURES)
def test_no_cell_is_ever_empty(metric: str) -> None:
    table = make_table(MEASURES[metric], ROWS, AREAS, "All")
    assert all(len(line) == len(table.columns) for line in table.rows)
    assert [cell for line in table.rows for cell in line if not cell.text.strip()] == []
    city = next(line for line in table.rows if line[0].text == "City")
    # no number by which a script could put it in order
    assert city[1].value is None
