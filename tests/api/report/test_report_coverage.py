"""What stands under a report: the calendar against the months of the hand-made and the loaded world, and its sources."""

import asyncpg

from api.draw.drawings import CalendarDrawing
from api.report.coverage import MONTHS, write_coverage
from api.report.definitions import write_definitions
from api.report.model import Section, Table
from api.report.request import ReportRequest
from api.report.sources import list_sources, name_sources
from api.snapshot import load_snapshot
from sql.measure import load_measures
from tests.api.given import REASON


async def cover(pool: asyncpg.Pool, slug: str, last: int | None = None) -> Section:
    async with pool.acquire() as conn:
        snapshot = await load_snapshot(conn)
        area = snapshot.find_area(slug)
        assert area is not None
        return await write_coverage(conn, snapshot, ReportRequest(area=area, last=last))


def calendar(section: Section) -> CalendarDrawing:
    (chart,) = section.charts
    assert isinstance(chart.drawing, CalendarDrawing)
    assert chart.table == section.tables[0].key
    return chart.drawing


def line(table: Table, name: str) -> list[str]:
    (found,) = [row for row in table.rows if row[0].text == name]
    return [cell.text for cell in found]


async def test_each_month_of_a_source_has_its_state(world: asyncpg.Pool) -> None:
    section = await cover(world, "hackney")
    drawn = calendar(section)
    assert drawn.months[0] == "2022-09"
    assert (drawn.months[-1], len(drawn.months)) == ("2024-08", MONTHS)
    states = dict(drawn.lines)["Stop and search (Met)"]
    expected = {month: "received" for month in drawn.months if month >= "2023-09"} | {"2023-12": "partial"}
    assert dict(zip(drawn.months, states, strict=True)) == {
        month: expected.get(month, "none") for month in drawn.months
    }
    told = line(section.tables[0], "Stop and search (Met)")
    assert told[2:] == ["11", "12", f"December 2023: in part. {REASON}"]


async def test_a_file_of_some_kinds_only_is_in_part(world: asyncpg.Pool) -> None:
    told = line(
        (await cover(world, "hackney")).tables[0], "Street-level crime and anti-social behaviour (Met)"
    )
    assert told[2] == "0"
    assert told[4].endswith("August 2024: in part. The file holds only burglary.")


async def test_a_source_without_a_file_is_missing_and_never_blank(world: asyncpg.Pool) -> None:
    section = await cover(world, "hackney")
    states = dict(calendar(section).lines)
    assert set(states["Use of force"]) == {"missing"}
    assert set(states["Council payments (Hackney council)"]) == {"missing"}
    # a rolling year ends with a quarter, a financial year with a March
    assert states["Public Attitude Survey"].count("missing") == 8
    assert states["Revenue returns"].count("missing") == 2
    assert all(cell.text for table in section.tables for row in table.rows for cell in row)
    assert any("Use of force" in sentence for sentence in section.sentences)


async def test_of_the_city_only_what_is_of_its_own(world: asyncpg.Pool) -> None:
    section = await cover(world, "city-of-london")
    names = [name for name, _ in calendar(section).lines]
    assert names[0] == "Stop and search (City of London Police)"
    assert "Use of force" not in names
    assert any("of the Met alone" in note for note in section.notes)


async def test_an_area_of_both_forces_has_a_line_for_each(world: asyncpg.Pool) -> None:
    section = await cover(world, "london")
    names = [name for name, _ in calendar(section).lines]
    assert {"Stop and search (Met)", "Stop and search (City of London Police)"} <= set(names)
    assert not any(name.startswith("Council payments") for name in names)
    assert any("of the 33 councils 0 have a file" in note for note in section.notes)


async def test_breaks_in_the_months_are_told(world: asyncpg.Pool) -> None:
    section = await cover(world, "hackney")
    breaks = next(table for table in section.tables if table.key == "coverage-breaks")
    assert [row[0].text for row in breaks.rows] == ["January 2023", "February 2024", "March 2024"]
    earlier = await cover(world, "hackney", last=2016 * 12)
    assert not any(table.key == "coverage-breaks" for table in earlier.tables)


async def test_sources_of_the_metrics_that_a_report_shows(world: asyncpg.Pool) -> None:
    async with world.acquire() as conn:
        snapshot = await load_snapshot(conn)
        found = {
            one.source: one
            for one in await list_sources(conn, snapshot, ["stop_search_rate", "use_of_force_rate"])
        }
    assert set(found) == {"stop_search", "use_of_force", "population", "boundaries"}
    assert found["stop_search"].months == "September 2023 to August 2024: 11 months whole, 1 in part"
    assert found["use_of_force"].months == "[x] no file is held"
    assert found["boundaries"].months == "outline"
    assert "mid-year estimates" in found["population"].months
    assert all(one.publisher and one.licence for one in found.values())


def test_a_metric_names_every_source_that_it_takes() -> None:
    measures = load_measures()
    assert name_sources(measures["charged_share"]) == {"street", "outcomes", "boundaries"}
    assert name_sources(measures["cctv_spend_per_head"]) == {"revenue_return", "population", "deflator"}
    assert name_sources(measures["payments_total"]) == {"payment"}


def test_definitions_are_those_of_the_measures() -> None:
    rate, again = load_measures()["stop_search_rate"], ["stop_search_rate", "crime_rate", "stop_search_rate"]
    first, second = write_definitions(again)
    assert (first.metric, second.metric) == ("stop_search_rate", "crime_rate")
    assert (first.definition, first.numerator, first.denominator) == (
        rate.definition,
        rate.numerator,
        rate.denominator,
    )
    assert first.caveats[: len(rate.caveats)] == rate.caveats
    assert first.href == "/figures/stop_search_rate"
    assert {one.metric for one in write_definitions(list(load_measures()))} == set(load_measures())
