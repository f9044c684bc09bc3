"""Given hand-made facts, expect a report that says them: the figures of the API, missing as missing, nothing withheld."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import asyncpg
import msgspec
import pytest

from api import snapshot as snapshots
from api.comparison import compare_area
from api.draw.drawings import SeriesDrawing, StripDrawing
from api.report.model import Report, Section, Table
from api.report.request import resolve
from api.report.write import write_report
from api.scorecard import write_scorecard
from api.series import is_small
from api.show import show_value
from api.snapshot import load_snapshot
from etl.reference import seed
from sql.measure import load_measures
from tests.api.facts import MET, add_coverage, add_observations, months
from tests.api.hand_made import BOROUGHS, CHILDREN, RATE, RATIO, SHARE, ask_one, write_facts

KEYS = ["searches", "force", "strip-search", "crime", "trust", "money", "disproportionality"]
AREAS = ("hackney", "bromley", "city-of-london", "westminster", "central-east", "met", "london")
FORCE = "use_of_force_rate"
PLACED = ("Higher", "Similar", "Lower")
FORBIDDEN = (
    r"find rate",
    r"hit rate",
    r"\bincidents?\b",
    r"\bBAME\b",
    r"hotspot",
    r"\bexcess\b",
    r"\bnan\b",
)


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """The facts of `hand_made`, and uses of force: 2 a month in each borough, 30 in Bromley from 2024-03 on."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
        year = months("2022-09", "2024-08")
        await add_coverage(connection, "use_of_force", MET, year, events=500)
        early, late = year[:-6], year[-6:]
        usual = dict.fromkeys([b for b in BOROUGHS if b > 1], 2)
        await add_observations(connection, FORCE, "officer_defined", "total", early, usual)
        await add_observations(connection, FORCE, "officer_defined", "total", late, usual | {6: 30})
        yield connection


async def write(conn: Any, area: str, **given: Any) -> Report:
    snapshot = await load_snapshot(conn)
    return await write_report(conn, snapshot, resolve(snapshot, area, **given))


@pytest.fixture(scope="module")
async def reports(conn: Any) -> dict[str, Report]:
    """The reports of areas of every kind."""
    return {area: await write(conn, area) for area in AREAS}


def find(report: Report, key: str) -> Section:
    return next(section for section in report.sections if section.key == key)


def find_table(report: Report, key: str) -> Table:
    return next(table for section in report.sections for table in section.tables if table.key == key)


def list_texts(value: Any) -> Iterator[str]:
    """Every text of a document, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from list_texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from list_texts(part)


class TestEveryArea:
    @pytest.mark.parametrize("area", AREAS)
    async def test_the_same_sections_in_the_same_order(self, reports: dict[str, Report], area: str) -> None:
        keys = [section.key for section in reports[area].sections]
        assert keys[: len(KEYS)] == KEYS
        assert keys[-1] == "coverage"
        assert len(set(keys)) == len(keys)
        assert all(section.sentences for section in reports[area].sections)

    @pytest.mark.parametrize("area", AREAS)
    async def test_each_chart_has_its_table_its_finding_and_its_text(
        self, reports: dict[str, Report], area: str
    ) -> None:
        for section in reports[area].sections:
            tables = {table.key for table in section.tables}
            charts = [chart.key for chart in section.charts]
            assert len(set(charts)) == len(charts)
            assert len(tables) == len(section.tables)
            for chart in section.charts:
                assert chart.table in tables
                assert chart.drawing.title
                assert len(chart.drawing.text) > 20

    @pytest.mark.parametrize("area", AREAS)
    async def test_no_cell_is_blank_and_rows_fit_their_columns(
        self, reports: dict[str, Report], area: str
    ) -> None:
        for section in reports[area].sections:
            for table in section.tables:
                assert all(len(row) == len(table.columns) for row in table.rows), table.key
                assert all(cell.text.strip() for row in table.rows for cell in row), table.key
                assert table.own is None or 0 <= table.own < len(table.rows)

    @pytest.mark.parametrize("area", AREAS)
    async def test_the_summary_is_three_to_five_sentences(
        self, reports: dict[str, Report], area: str
    ) -> None:
        assert 3 <= len(reports[area].summary) <= 5

    @pytest.mark.parametrize("area", AREAS)
    async def test_no_word_is_used_that_is_not_to_be(self, reports: dict[str, Report], area: str) -> None:
        report = msgspec.structs.replace(reports[area], cannot_say=(), definitions=())
        for text in list_texts(msgspec.to_builtins(report)):
            for word in FORBIDDEN:
                assert not re.search(word, text, re.IGNORECASE), (word, text)

    @pytest.mark.parametrize("area", AREAS)
    async def test_full_count_place_and_transport_police_are_said(
        self, reports: dict[str, Report], area: str
    ) -> None:
        notes = " ".join(reports[area].notes)
        assert "not a sample; the interval shows how far the figure would move by chance alone" in notes
        assert "British Transport Police is not included" in notes
        assert "not where the people concerned live" in notes


class TestFigures:
    @pytest.mark.parametrize("area", ["hackney", "central-east", "met"])
    async def test_every_line_is_the_figure_of_v1_values(
        self, conn: Any, reports: dict[str, Report], area: str
    ) -> None:
        assert len(reports[area].figures) > 60
        for line in reports[area].figures:
            same = await ask_one(
                conn,
                metric=line.metric,
                area=line.area_code,
                from_=line.from_month,
                to=line.to_month,
                # the one window that holds exactly these months, of what is given by some windows only
                window="whole" if line.window in ("month", "rolling_12") else line.window,
                group=line.group,
                basis=line.basis,
            )
            told = (
                line.numerator,
                line.denominator,
                line.value,
                line.lower,
                line.upper,
                line.status,
                line.reason,
            )
            assert told == (
                same.numerator,
                same.denominator,
                same.value,
                same.lower,
                same.upper,
                same.status,
                same.reason,
            ), line

    @pytest.mark.parametrize("area", ["hackney", "central-east", "met", "city-of-london"])
    async def test_positions_and_sentences_are_the_scorecards(
        self, conn: Any, reports: dict[str, Report], area: str
    ) -> None:
        snapshot = await load_snapshot(conn)
        found = snapshot.find_area(area)
        assert found is not None
        rows = {(row.metric, row.group): row for row in await write_scorecard(conn, snapshot, found)}
        cards = [
            line for line in reports[area].figures if line.position is not None and line.section != "bcu"
        ]
        assert cards
        for line in cards:
            row = rows[line.metric, line.group]
            if (line.from_month, line.to_month) == (row.from_month, row.to_month):
                assert (line.position, line.sentence) == (row.position, row.sentence)
        for headline in reports[area].headlines:
            listed = [row for (metric, _), row in rows.items() if metric == headline.metric]
            assert headline.position in {
                row.position if row.position in PLACED else "No data" if row.value is None else "Not placed"
                for row in listed
            }

    async def test_a_headline_is_the_figure_with_its_place(
        self, conn: Any, reports: dict[str, Report]
    ) -> None:
        # Hackney has 12 searches in each of 12 months; residents are 144,000 in 2023, 158,400 in 2024
        rate = 1000 * 144 / ((4 * 144_000 + 8 * 158_400) / 12)
        headline = reports["hackney"].headlines[0]
        assert (headline.metric, headline.figure) == (RATE, f"{rate:.2f}")
        placed = await compare_area(conn, await load_snapshot(conn), RATE, "E09000012")
        assert placed is not None
        assert headline.position == placed.position == "Similar"
        assert f"{placed.rank} of {placed.rank_of} from the highest" in headline.position_note
        assert headline.href.startswith("/figures/stop_search_rate/hackney?from=2023-09&to=2024-08")

    async def test_a_series_is_the_months_and_its_table_says_the_same(
        self, reports: dict[str, Report]
    ) -> None:
        chart = find(reports["hackney"], "searches").charts[0]
        table = find_table(reports["hackney"], chart.table)
        assert isinstance(chart.drawing, SeriesDrawing)
        points = dict(chart.drawing.points)
        assert list(points) == months("2022-09", "2024-08")
        assert points["2024-05"] == pytest.approx(12_000 * 12 / 158_400)
        # no residents are known before 2023, and 2022-12 is partial
        assert points["2022-11"] is points["2022-12"] is None
        assert [row[0].value for row in table.rows] == list(points)
        assert [row[2].value for row in table.rows] == list(points.values())
        by_month = {row[0].value: row for row in table.rows}
        assert by_month["2022-12"][1].text == "[x]"
        assert "no search after 17 December" in by_month["2022-12"][5].text
        assert by_month["2024-05"][4].text == "12"

    async def test_what_changed_is_said_as_far_as_chance_lets_it(self, conn: Any) -> None:
        report = await write(conn, "bromley")
        drawing = find(report, "force").charts[0].drawing
        assert isinstance(drawing, SeriesDrawing)
        # the chart of individual values, worked out from the points shown: mean and 2.66 mean moving ranges
        values = [value for _, value in drawing.points if value is not None]
        mean = sum(values) / len(values)
        spread = 2.66 * sum(abs(b - a) for a, b in pairwise(values)) / (len(values) - 1)
        outside = {month for month, value in drawing.points if value is not None and value > mean + spread}
        assert outside == set(months("2024-03", "2024-08"))
        assert outside <= set(drawing.signals)
        (stretch,) = drawing.stretches
        assert (stretch.centre, stretch.upper) == pytest.approx((mean, mean + spread))
        assert "March 2024 above the upper limit" in drawing.text
        before = await ask_one(conn, metric=FORCE, area="bromley", from_="2023-09", to="2024-08")
        assert before.numerator == 6 * 2 + 6 * 30
        row = next(line for line in report.figures if line.metric == FORCE and line.window == "rolling_12")
        assert row.value == before.value
        assert show_value(load_measures()[FORCE], row.value) in drawing.title

    async def test_the_areas_beside_are_those_of_the_comparison(
        self, conn: Any, reports: dict[str, Report]
    ) -> None:
        table = find_table(reports["bromley"], "force-standing")
        snapshot = await load_snapshot(conn)
        assert len(table.rows) == 33
        assert table.own is not None
        assert table.rows[table.own][0].text == "Bromley"
        for row in table.rows:
            area = next(one for one in snapshot.areas.values() if one.area_name == row[0].text)
            placed = await compare_area(conn, snapshot, FORCE, area.area_code)
            assert placed is not None
            assert row[1].value == placed.value
            if placed.position in ("Higher", "Similar", "Lower"):
                assert (row[4].text, row[4].position) == (placed.position, placed.position)
        ranks = [row[5].value for row in table.rows if row[5].value is not None]
        assert ranks == sorted(ranks)

    async def test_a_ratio_stands_with_counts_rates_and_ranges(self, reports: dict[str, Report]) -> None:
        table = find_table(reports["hackney"], "disproportionality-stop-search")
        black = {column.key: cell for column, cell in zip(table.columns, table.rows[0], strict=True)}
        white = {column.key: cell for column, cell in zip(table.columns, table.rows[-1], strict=True)}
        line = next(one for one in reports["hackney"].figures if one.metric == RATIO)
        # 40 and 20 searches a month of 60,000 Black and 120,000 White residents
        assert (black["events"].value, white["events"].value) == (40 * 12, 20 * 12)
        assert black["rate"].value == pytest.approx(1000 * 480 / 60_000)
        assert black["ratio"].value == line.value == pytest.approx(4.0)
        assert black["difference_in_number"].text == "+360"
        assert (
            find(reports["hackney"], "disproportionality").sentences[-1].startswith("This does not show why")
        )


class TestWhatIsNotThere:
    async def test_a_missing_headline_keeps_its_place_with_its_reason(
        self, reports: dict[str, Report]
    ) -> None:
        headline = next(one for one in reports["hackney"].headlines if one.metric == "trust_police_share")
        assert (headline.figure, headline.position, headline.interval) == ("[x]", "No data", "")
        assert headline.position_note == "No Public Attitude Survey file was received."
        assert {len(report.headlines) for report in reports.values()} == {9}

    async def test_a_section_without_figures_names_its_file(self, reports: dict[str, Report]) -> None:
        section = find(reports["hackney"], "strip-search")
        assert section.charts == ()
        assert "No data: there is no figure on strip search for Hackney" in section.sentences[0]
        assert "the Met's file of thorough searches" in section.sentences[0]
        values = [row[1] for row in find_table(reports["hackney"], "strip-search-figures").rows]
        assert {(cell.text, cell.value) for cell in values} == {("[x]", None)}

    async def test_the_city_is_not_told_to_load_what_never_has_it(self, reports: dict[str, Report]) -> None:
        (sentence,) = find(reports["city-of-london"], "trust").sentences
        assert "It would take" not in sentence
        assert "does not interview in the City of London" in sentence

    async def test_only_burglary_is_called_so(self, reports: dict[str, Report]) -> None:
        titles = [chart.drawing.title for chart in find(reports["hackney"], "crime").charts]
        assert titles
        assert all("burglary" in title for title in titles)

    @pytest.mark.parametrize("area", ["city-of-london", "westminster"])
    async def test_no_rate_of_a_daytime_borough_is_set_beside_others(
        self, reports: dict[str, Report], area: str
    ) -> None:
        strips = [
            chart.drawing
            for section in reports[area].sections
            for chart in section.charts
            if isinstance(chart.drawing, StripDrawing) and chart.drawing.statistic == "rate"
        ]
        assert strips == []
        assert any("by day than live there" in note for note in reports[area].notes)

    async def test_a_daytime_borough_is_on_nobody_elses_strip(self, reports: dict[str, Report]) -> None:
        strip = find(reports["hackney"], "searches").charts[1].drawing
        assert isinstance(strip, StripDrawing)
        names = [mark.name for mark in strip.marks]
        assert not {"City of London", "Westminster"} & set(names)
        assert [mark.name for mark in strip.marks if mark.is_own] == ["Hackney"]
        assert {"City of London", "Westminster"} <= {
            row[0].text for row in find_table(reports["hackney"], "searches-standing").rows
        }

    async def test_the_met_area_says_how_many_have_no_location(self, reports: dict[str, Report]) -> None:
        # each month 560 in its boroughs and 50 without a location (the City's 1 and 7 elsewhere are not of the area); once 126 more
        total = 12 * (sum(BOROUGHS) - 1 + 50) + 126
        note = next(note for note in reports["met"].notes if "without a location" in note)
        assert f"Of {total:,} searches" in note
        assert f"{12 * 50:,} were published without a location" in note
        assert all("without a location" not in note for note in reports["hackney"].notes)


class TestWhatIsWithheld:
    async def test_a_withheld_figure_has_no_number_anywhere(self, conn: Any) -> None:
        report = await write(conn, "hackney", to="2024-03")
        line = next(one for one in report.figures if one.metric == CHILDREN)
        assert (line.status, line.numerator, line.value, line.lower) == ("suppressed", None, None, None)
        table = find_table(report, "searches-figures")
        row = next(row for row in table.rows if "10 to 17" in row[0].text)
        assert [cell.text for cell in row[1:4]] == ["[c]", "[c]", "[c]"]
        assert all(cell.value is None for cell in row[1:6])

    async def test_reports_are_the_same_whatever_is_withheld(self, conn: Any) -> None:
        """Of children searched, 3 in Hackney and 9 in Tower Hamlets are withheld: 4 and 8 make the same reports."""
        areas = ("hackney", "tower-hamlets", "central-east", "met", "harrow")
        before = [msgspec.json.encode(await write(conn, area, to="2024-03")) for area in areas]
        assert b"suppressed" in before[0]
        for borough, was, now in ((12, 3, 4), (30, 9, 8)):
            await _change(conn, CHILDREN, "total", borough, was, now)
            await _change(conn, RATE, "age:10_17", borough, was, now)
            await _change(conn, RATE, "age:18_24", borough, 40 - was, 40 - now)
        snapshots._kept.clear()
        after = [msgspec.json.encode(await write(conn, area, to="2024-03")) for area in areas]
        assert after == before

    @pytest.mark.parametrize("area", AREAS)
    async def test_few_people_are_given_by_financial_year_only(
        self, reports: dict[str, Report], area: str
    ) -> None:
        measures = load_measures()
        for line in reports[area].figures:
            if is_small(measures[line.metric], line.group):
                assert line.window == "financial_year"


async def _change(conn: Any, metric: str, group: str, borough: int, was: int, now: int) -> None:
    done = await conn.execute(
        "update observation set numerator = $5 from series where series.series_id = observation.series_id"
        " and metric = $1 and group_code = $2 and borough = $3 and numerator = $4 and period_start = $6",
        metric,
        group,
        borough,
        was,
        now,
        date(2023, 4, 1),
    )
    assert done == "UPDATE 1"


class TestWhatIsAsked:
    async def test_from_begins_the_months_and_to_ends_the_figures(self, conn: Any) -> None:
        report = await write(conn, "hackney", from_="2023-05", to="2024-03")
        drawing = find(report, "searches").charts[0].drawing
        assert isinstance(drawing, SeriesDrawing)
        assert [month for month, _ in drawing.points] == months("2023-05", "2024-03")
        assert (report.headlines[0].period, report.address) == (
            "Year to March 2024",
            "/reports/hackney?from=2023-05&to=2024-03",
        )
        assert report.title == "Policing and community safety in Hackney"

    async def test_a_beginning_after_the_last_month_leaves_the_months_out(self, conn: Any) -> None:
        report = await write(conn, "hackney", from_="2025-01")
        kinds = [type(chart.drawing) for chart in find(report, "searches").charts]
        assert SeriesDrawing not in kinds
        assert StripDrawing in kinds

    async def test_the_meeting_is_named(self, conn: Any) -> None:
        report = await write(conn, "hackney", meeting="2099-12-03")
        assert report.subtitle == "Prepared for the meeting on 3 December 2099"
        assert report.meeting == "2099-12-03"

    async def test_a_former_release_has_its_own_figures(self, conn: Any) -> None:
        # Haringey had 100 searches in 2024-05 as known in January, 140 from March on
        snapshot = await load_snapshot(conn)
        request = resolve(snapshot, "haringey", to="2024-05", as_of="2026-01-31-aaaaaaaa")
        former = await write_report(conn, await load_snapshot(conn, 1), request)
        now = await write(conn, "haringey", to="2024-05")
        counts = [
            next(
                one.numerator for one in report.figures if one.metric == RATE and one.from_month == "2024-05"
            )
            for report in (former, now)
        ]
        assert counts == [100, 140]
        assert "Later releases may have other figures" in former.known
        assert former.release.release == "2026-01-31-aaaaaaaa"
        assert all("as_of=2026-01-31-aaaaaaaa" in one.cite for one in former.figures)

    async def test_equal_questions_make_equal_reports(self, conn: Any) -> None:
        first, second = [msgspec.json.encode(await write(conn, "hackney")) for _ in range(2)]
        assert first == second
        assert SHARE.encode() in first


def test_a_source_without_any_file_names_no_months(reports: dict[str, Report]) -> None:
    """Trust has no file in these facts: the year before the release is none of its months."""
    report = reports["hackney"]
    headline = next(one for one in report.headlines if one.metric == "trust_police_share")
    assert (headline.figure, headline.period) == ("[x]", "No months here")
    assert {row[0].note for row in find_table(report, "trust-figures").rows} == {"no months here"}
    # Of the City there is nothing to receive, which is another reason.
    of_city = next(one for one in reports["city-of-london"].headlines if one.metric == headline.metric)
    assert of_city.position_note.startswith("The Public Attitude Survey does not interview in the City")


def test_a_chart_of_all_boroughs_says_who_is_set_apart(reports: dict[str, Report]) -> None:
    table = find_table(reports["met"], "searches-standing")
    assert "Westminster" in [row[0].text for row in table.rows]
    (title,) = [
        one.title
        for one in reports["met"].list_drawings()
        if one.title.startswith("How the boroughs differ: searches")
    ]
    assert "Westminster set apart" in title
