"""What areas are made of, against sums of the hand-made world by hand: in month m borough b has 10·b + m searches."""

from typing import Any

import asyncpg
import pytest

from api.report.decomposition import CITY_SENTENCE, LEADS, write_decomposition
from api.report.model import Section, Table
from api.report.request import ReportRequest
from api.report.sections.blocks import Draft
from api.scorecard import write_scorecard
from api.snapshot import load_snapshot
from sql.measure import load_measures
from tests.api.given import HACKNEY_SEARCHES, PARTIAL, months

HACKNEY, TOWER_HAMLETS = 12, 30
BCUS = 12


def count(borough: int) -> int:
    """Searches of a borough in the eleven months that are whole."""
    return sum(10 * borough + number for number, month in enumerate(months(), 1) if month != PARTIAL)


async def draft_of(world: asyncpg.Pool, slug: str) -> Draft:
    async with world.acquire() as conn:
        snapshot = await load_snapshot(conn)
        area = snapshot.find_area(slug)
        assert area is not None
        rows = await write_scorecard(conn, snapshot, area)
        draft = await write_decomposition(conn, snapshot, ReportRequest(area=area), rows)
    assert draft is not None
    return draft


async def take(world: asyncpg.Pool, slug: str) -> Section:
    return (await draft_of(world, slug)).finish()


def read(table: Table, column: str) -> dict[str, Any]:
    place = [one.key for one in table.columns].index(column)
    return {row[0].text: row[place].value for row in table.rows}


async def test_a_borough_in_its_bcu(world: asyncpg.Pool) -> None:
    section = await take(world, "hackney")
    (table,) = section.tables
    assert [row[0].text for row in table.rows] == ["Hackney", "Tower Hamlets", "Central East"]
    assert table.own == 0
    events = read(table, "number")
    assert events == {
        "Hackney": HACKNEY_SEARCHES,
        "Tower Hamlets": count(TOWER_HAMLETS),
        "Central East": HACKNEY_SEARCHES + count(TOWER_HAMLETS),
    }
    share = read(table, "share_events")
    assert share["Hackney"] == pytest.approx(HACKNEY_SEARCHES / events["Central East"])
    assert section.title == "Hackney in its BCU, Central East"
    assert "Hackney and Tower Hamlets from November 2018 on" in section.notes[0]


async def test_the_lines_of_the_csv_are_those_of_the_table(world: asyncpg.Pool) -> None:
    draft = await draft_of(world, "hackney")
    (table,) = draft.tables
    assert {one.area_name: one.numerator for one in draft.figures} == read(table, "number")
    assert {one.area_name: one.value for one in draft.figures} == read(table, "value")
    assert all(one.section == draft.key and f"/{one.metric}/" in one.cite for one in draft.figures)
    placed = {name: word for name, word in read(table, "position").items() if word}
    assert {one.area_name: one.position for one in draft.figures if one.position} == placed


@pytest.mark.parametrize("slug", ["hackney", "central-east", "south-west", "met"])
async def test_shares_of_parts_add_up_to_the_whole(world: asyncpg.Pool, slug: str) -> None:
    (table,) = (await take(world, slug)).tables
    whole = table.rows[-1][0].text
    for column in ("share_events", "share_residents"):
        shares = read(table, column)
        assert shares.pop(whole) == 1
        assert sum(shares.values()) == pytest.approx(1)
    numbers = read(table, "number")
    assert sum(number for name, number in numbers.items() if name != whole) == numbers[whole]


async def test_shares_of_residents_are_those_of_the_reference_table(world: asyncpg.Pool) -> None:
    (table,) = (await take(world, "central-east")).tables
    persons = dict(
        await world.fetch(
            "select borough, sum(persons)::float8 from population where population = 'residents' and borough = any($1) "
            "and year = 2023 group by borough",
            [HACKNEY, TOWER_HAMLETS],
        )
    )
    # 2023 stands under four months, 2024 under eight: the shares of 2023 are close
    share = read(table, "share_residents")["Hackney"]
    assert share == pytest.approx(persons[HACKNEY] / sum(persons.values()), abs=0.01)


async def test_the_met_area_bcu_by_bcu(world: asyncpg.Pool) -> None:
    section = await take(world, "met")
    (table,) = section.tables
    assert len(table.rows) == BCUS + 1
    assert table.rows[-1][0].text.startswith("Met area")
    # boroughs 2 to 33, without the unplaced, and without the City, where the Met counted three a month
    assert read(table, "number")[table.rows[-1][0].text] == sum(count(borough) for borough in range(2, 34))


async def test_westminster_is_in_the_table_and_not_drawn(world: asyncpg.Pool) -> None:
    section = await take(world, "central-west")
    (table,) = section.tables
    assert "Westminster" in read(table, "number")
    (chart,) = section.charts
    assert [mark.name for mark in chart.drawing.marks] == ["Kensington and Chelsea", "Hammersmith and Fulham"]  # type: ignore[union-attr]
    assert "Westminster set apart" in chart.drawing.title
    position = next(row for row in table.rows if row[0].text == "Westminster")
    assert [cell.text for cell in position][-2:] == ["[z] not placed", "[x] cannot be judged"]


async def test_a_chart_and_its_table_hold_the_same_figures(world: asyncpg.Pool) -> None:
    section = await take(world, "south-west")
    (chart,), (table,) = section.charts, section.tables
    assert chart.table == table.key
    values = read(table, "value")
    assert {mark.name: mark.value for mark in chart.drawing.marks} == {  # type: ignore[union-attr]
        name: value for name, value in values.items() if name != "South West"
    }


async def test_the_city_is_in_no_bcu_and_london_says_what_is_not_held(world: asyncpg.Pool) -> None:
    assert (await take(world, "city-of-london")).sentences == (CITY_SENTENCE,)
    london = await take(world, "london")
    assert london.tables == ()
    assert london.sentences[0].startswith("No data: ")


def test_no_figure_of_few_people_is_taken_apart() -> None:
    assert not any(load_measures()[metric].small for metric in LEADS)
