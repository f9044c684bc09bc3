"""Somebody asks every endpoint for all it has on strip searches and tries to work out a count of 1 to 4.

The published files are loaded as two releases. Whatever is served about them is taken as known exactly, each ratio or
comparison as if it gave both counts away. The paths are those of the OpenAPI document, so that a new one is asked too;
a number on a row about few people whose meaning is not written down here fails the test. What pages, pictures and
reports show must be a number of those rows.
"""

import csv
import io
import itertools
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import polars
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from api.app import create_app
from api.draw.drawings import Drawing
from api.draw.workshop import Workshop
from api.render.as_csv import FIGURES
from api.snapshot import _kept
from etl.load import Options, load
from etl.reference import seed
from geo.areas import load_areas, load_members
from tests.api import strip_truth
from tests.api.conftest import running
from tests.api.hand_made import ask
from tests.api.intruder_eyes import list_cells, list_drawn, list_small_words
from tests.api.strip_truth import (
    CHILDREN,
    EVERYBODY,
    OUTCOME,
    RATE,
    RATIO,
    SMALL,
    Cell,
    add_up,
    parts_between,
    people_of,
)
from tests.oracle.intruder import Intruder, Sum

FILES = ("thorough-searches 2019-01 to 2022-08.csv", "thorough-searches 2019-01 to 2024-01.csv")
YEARS = {"from": "2019-01", "to": "2024-12"}
# Numbers that say nothing of how many were searched.
HARMLESS = {
    "method_version", "months_expected", "months_received", "denominator", "reference_denominator", "rank", "rank_of",
    "share_of_bcu_denominator", "rest_denominator", "before_denominator", "before_months", "centroid_lat", "centroid_lon",
}  # fmt: skip
# Numbers that give the counts of the row's own area and year.
OWN = {
    "numerator", "value", "lower", "upper", "reference_numerator", "difference_per_1000", "difference_in_number",
}  # fmt: skip
# Numbers that give, or help to give, how many there are of whom something is not known.
OF_UNKNOWN = {"unknown_numerator", "known_share", "assumption_low", "assumption_high"}


TELLING = {
    "fewer_than_10_events", "fewer_than_1000_residents", "fewer_than_20_cases", "interval_includes_1", "revised",
    "includes_unplaced", "unknown_count_withheld",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """The application on two releases of the published files, and what is true in each."""

    client: httpx.AsyncClient
    truths: Mapping[str, dict[Cell, int]]
    asked: list[str] = field(default_factory=list)
    given: set[tuple[str, float]] = field(default_factory=set)

    async def ask(self, path: str, **query: Any) -> httpx.Response:
        """An answer that is no failure of the server."""
        # None, or the query that the path has would be taken off.
        answer = await self.client.get(path, params={k: v for k, v in query.items() if v is not None} or None)
        assert answer.status_code < 500, f"{answer.url}: {answer.text[:300]}"
        return answer


@pytest.fixture(scope="module")
async def world(
    pool: asyncpg.Pool, reader: asyncpg.Pool, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """Both vintages, loaded one after the other."""
    async with pool.acquire() as conn:
        await seed(conn)
        for name in FILES:
            folder = tmp_path_factory.mktemp("index")
            report = await load(conn, [shared_data / "mps" / name], index_folder=folder, options=Options())
            assert [file.status for file in report.files] == ["loaded"]
        releases = await conn.fetch("select release_id, release from release order by release_id")
        truths = {row["release"]: await strip_truth.read_truth(conn, row["release_id"]) for row in releases}
    async with running(create_app(reader)) as client:
        yield World(client, truths)


def hold(code: str) -> list[int]:
    """The boroughs that an area holds today, as the Met's events fall into them; 0 has none."""
    return sorted(
        member.borough
        for member in load_members()
        if member.area_code == code and member.valid_to is None and member.force in (None, 1)
    )


AREAS = {area.area_code: hold(area.area_code) for area in load_areas()}
INNER_OUTER = {"inner": "inner-london", "outer": "outer-london"}


def list_lessons(row: Mapping[str, Any], truth: Mapping[Cell, int]) -> Iterator[Sum]:
    """The sums that a row about few people gives, each number taken as giving its counts exactly."""
    numbers = {
        name for name, value in row.items() if isinstance(value, int | float) and value is not True | False
    }
    numbers -= {name for name in numbers if isinstance(row[name], bool)} | HARMLESS
    if not numbers:
        return
    parts, area = parts_between(row["from"], row["to"]), row["area_code"]

    def of(code: str, sign: float = 1.0, years: tuple[str, ...] = parts) -> list[dict[Any, float]]:
        return [
            dict.fromkeys(add_up(truth, years, AREAS[code], people), sign)
            for people in people_of(row["metric"], row["group"])
        ]

    for name in sorted(numbers):
        if name in OWN:
            yield from of(area)
        elif name == "known_share" and row["metric"] == RATE:
            assert row[name] == 1.0, "nothing has to be known of a search to be counted"
        elif name.startswith("funnel_"):
            # test_a_funnel_is_made_of_figures_that_are_shown
            continue
        elif name in OF_UNKNOWN:
            unknown = ("no answer",) if row["metric"] == OUTCOME else strip_truth.of_ethnicity("unknown")
            yield add_up(truth, parts, AREAS[area], unknown)
        elif name == "placed_share":
            yield add_up(truth, parts, [0], EVERYBODY)
            yield add_up(truth, parts, range(-1, 34), EVERYBODY)
        elif name == "met_value":
            yield from of("met")
        elif name == "inner_outer_value":
            # the other boroughs of that part
            for whole, own in zip(of(INNER_OUTER[row["inner_outer"]]), of(area), strict=True):
                yield {cell: sign for cell, sign in whole.items() if cell not in own}
        elif name == "bcu_value":
            yield from of(row["bcu_code"])
        elif name == "neighbours_value":
            for several in zip(*(of(code) for code in row["neighbour_codes"]), strict=True):
                yield {cell: 1.0 for one in several for cell in one}
        elif name.startswith(("share_of_bcu", "ratio_to_rest_of_bcu", "difference_to_rest_of_bcu")):
            yield from (*of(area), *of(row["bcu_code"]))
        elif name == "rest_value" and row["metric"] == RATIO:
            # Beside a ratio stands the Met area's own, and not one of the rest.
            yield from of("met-located")
        elif name.startswith(("rest_", "standardised_")):
            yield from of("met-located")
            yield from of(area)
        elif name.startswith(("before_", "change_")):
            yield from of(area)
            yield from of(area, years=parts_between(row["before_from"], row["before_to"]))
        else:
            pytest.fail(
                f"{name} = {row[name]} of {row['metric']} has no meaning here: what does it give away?"
            )


def find_rows(answer: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer that is about one of the metrics of few people."""
    if isinstance(answer, dict):
        if answer.get("metric") in SMALL and "area_code" in answer:
            yield answer
        for version in answer.get("history", ()):
            if answer["figure"]["metric"] in SMALL:
                yield {name: answer["figure"][name] for name in ABOUT} | version
        for part in answer.values():
            yield from find_rows(part)
    elif isinstance(answer, list):
        for part in answer:
            yield from find_rows(part)


# What says which figure a row is.
ABOUT = ("metric", "area_code", "area_name", "group", "from", "to")
# What to try for each parameter; None: leave it out. Parameters that are not named here are left out.
TRIED: dict[str, tuple[Any, ...]] = {
    "metric": SMALL,
    "area": ("all",),
    "dataset": ("thorough_search", "strip_search"),
    "table": tuple(f"values-{metric}" for metric in SMALL),
    "digest": ("0" * 64,),
    "name": ("site.js",),
    "window": ("financial_year", "calendar_year"),
    "group": (None, "*", "ethnicity:other"),
    "kind": ("borough", "bcu"),
    "source": ("thorough_search",),
    "compare": (["rest_of_met", "year_before"],),
    "from": ("2019-01",),
    "to": ("2024-12",),
}
CITED = "/figures/{metric}/{area}"
ENDS = {
    "financial_year": [f"{year}-03" for year in range(2020, 2025)],
    "calendar_year": ["2021-12", "2022-12"],
}


def list_questions(path: str, names: list[str], releases: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The ways to ask a path for all it has; a path that gives one year at a time is asked for each."""
    tried = {name: TRIED[name] for name in names if name in TRIED}
    if "as_of" in names:
        tried["as_of"] = (None, releases[0]) if "{" not in path else (releases[-1],)
    if path == "/v1/revisions":
        tried |= {
            "from": (releases[0],),
            "to": (releases[-1],),
            "metric": (None, *SMALL),
            "detail": (None, "true"),
        }
    elif path == CITED:
        tried = {
            "metric": SMALL,
            "area": ("met", "hackney", "SW"),
            "group": (None, "ethnicity:other"),
            "window": ("financial_year", "calendar_year"),
            "as_of": tuple(releases),
        }
    elif "{area}" in path:
        tried |= {"area": ("met", "hackney", "SW"), "to": (None, "2022-03")}
    for values in itertools.product(*tried.values()):
        query = dict(zip(tried, values, strict=True))
        if query.get("group") and query["metric"] not in (RATIO, CHILDREN):
            continue
        query["area"] = query.get("area") if query.get("window") != "calendar_year" else "met"
        ends = (
            ENDS[query["window"]] if path.endswith(("comparison", "boundaries")) or path == CITED else [None]
        )
        for end in ends:
            if end is not None:
                query |= {"to": end, **({"from": end} if "from" in names and path != CITED else {})}
            rest = {
                name: value for name, value in query.items() if name in names and f"{{{name}}}" not in path
            }
            # A table of the export has figures in its Parquet; what is a page by itself has a JSON.
            form = {} if "format" not in names or path.startswith("/v1/") else {"format": "json"}
            if path == "/v1/bulk/{table}":
                form = {"format": "parquet"}
            yield path.format(**query), rest | form


def list_numbers(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The numbers of a row with the name of its area, and each under no name too."""
    for value in row.values():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield from ((row["area_name"], round(value, 9)), ("", round(value, 9)))


async def interrogate(world: World) -> dict[str, Intruder]:
    """All that can be learned, by release."""
    intruders, told_before = {}, set()
    for release, truth in world.truths.items():
        intruders[release] = Intruder(truth)
        for relation in strip_truth.list_relations(truth):
            intruders[release].learn(relation, 0)
    document = (await world.ask("/schema/openapi.json")).json()
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        names = [parameter["name"] for parameter in methods["get"].get("parameters", ())]
        for address, query in list_questions(path, names, list(world.truths)):
            answer = await world.ask(address, **query)
            content = answer.headers["content-type"]
            if answer.status_code != 200 or not ("json" in content or "parquet" in content):
                continue
            told = polars.read_parquet(answer.content).to_dicts() if "parquet" in content else answer.json()
            for row in find_rows(told):
                world.asked.append(path)
                # The same row of another place teaches nothing more.
                said = msgspec.json.encode(row)
                if said in told_before:
                    continue
                told_before.add(said)
                world.given.update(list_numbers(row))
                truth = world.truths[row["release"]]
                for lesson in list_lessons(row, truth):
                    intruders[row["release"]].learn(lesson)
    await check_coverage(world)
    return intruders


async def check_coverage(world: World) -> None:
    """What arrived is told by month, and how many searches a month had is not."""
    rows = (await world.ask("/v1/coverage", source="thorough_search")).json()["data"]
    assert len(rows) == 61
    for row in rows:
        assert {row[name] for name in ("events", "placed", "no_location", "outside")} == {None}
        assert not row["known_shares"]
        assert row["placed_share"] == round(row["placed_share"], 2)


def list_small(truth: Mapping[Cell, int]) -> list[Sum]:
    """Every true count of 1 to 4 in a year: by borough and larger area, by age, ethnicity and outcome; of children by
    ethnicity for the Met area. Of the Met area in calendar years too, and in their parts.
    """
    intruder = Intruder(truth)
    kinds = {
        "all": EVERYBODY,
        "children": strip_truth.CHILDREN_ALL,
        "adults": strip_truth.ADULTS,
        **{name: strip_truth.of_ethnicity(name) for name in strip_truth.ETHNICITIES},
        **{name: (name,) for name in strip_truth.OUTCOMES},
    }
    by_ethnicity = {name: (name,) for name in EVERYBODY}
    years = range(2018, 2025)
    found = []
    for year in years:
        financial, calendar = (f"{year}b", f"{year + 1}a"), (f"{year}a", f"{year}b")
        for code, boroughs in AREAS.items():
            if code == "city-of-london-police":
                continue
            found += [add_up(truth, financial, boroughs, people) for people in kinds.values()]
        unplaced = [people for name, people in kinds.items() if name != "all"]
        found += [add_up(truth, financial, [0], people) for people in unplaced]
        for parts in (financial, calendar, calendar[:1], calendar[1:]):
            met = {**kinds, **by_ethnicity}.values()
            found += [add_up(truth, parts, AREAS["met"], people) for people in met]
    return [one for one in found if 1 <= intruder.value(one) <= 4]


async def test_no_count_of_1_to_4_can_be_worked_out(world: World) -> None:
    intruders = await interrogate(world)
    assert {
        "/v1/values", "/v1/boundaries", "/v1/metrics/{metric}/comparison", "/v1/bulk/{table}", "/reports/{area}", CITED,
    } <= set(world.asked)  # fmt: skip
    for release, intruder in intruders.items():
        questions = list_small(world.truths[release])
        assert len(questions) > 300, "the published files have many small counts"
        assert intruder.find_given_away(questions, whole=False) == []


def test_no_way_out_is_left_out_of_the_document(reader: asyncpg.Pool) -> None:
    application: Any = create_app(reader).application
    while not isinstance(application, Litestar):
        application = application.application
    served = {
        re.sub(r":\w+}", "}", route.path)
        for route in application.routes
        if isinstance(route, HTTPRoute) and "GET" in route.methods
    }
    undocumented = served - set(application.openapi_schema.paths or {})
    assert [path for path in undocumented if not path.startswith("/schema")] == []


async def test_what_is_drawn_and_said_is_among_the_figures_that_are_given(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not world.given:
        await interrogate(world)
    drawings: list[Drawing] = []

    async def draw(_: Workshop, drawing: Drawing, form: str = "page") -> bytes:
        drawings.append(drawing)
        return b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'

    monkeypatch.setattr(Workshop, "draw", draw)
    slugs = ["met", "hackney", "kingston-upon-thames", "SW"]
    places = [f"/reports/{slug}" for slug in slugs] + [f"/feeds/areas/{slug}" for slug in slugs]
    places.append("/compare?" + "&".join(f"area={slug}" for slug in ("hackney", "bromley", "merton")))
    for metric in SMALL:
        for end in ENDS["financial_year"][1:4:2]:
            asked = f"{metric}?window=financial_year&to={end}"
            places += [f"/figures/{asked}&kind={kind}" for kind in ("borough", "bcu")]
            places += [
                f"/embed/chart/{asked}&area=hackney",
                f"/v1/metrics/{metric}/comparison?{asked[len(metric) + 1 :]}&format=svg",
            ]
        places += [f"/figures/{metric}/{slug}?window=financial_year" for slug in slugs]
        places += [f"/embed/figure/{metric}/{slug}?window=financial_year" for slug in slugs]
        places += [
            f"/v1/values?metric={metric}&area={slug}&window=financial_year&format=svg" for slug in slugs
        ]
    seen = drawn = 0
    for place in places:
        answer = await world.ask(place)
        if answer.status_code != 200:
            assert answer.status_code == 400, f"{place}: {answer.text[:300]}"
            continue
        seen += 1
        assert list_small_words(answer.text) == [], place
        for drawing in drawings:
            assert [one for one in list_drawn(drawing) if one not in world.given] == [], (
                f"{place}: {drawing.title}"
            )
            assert list_small_words(f"{drawing.title} {drawing.text}") == [], f"{place}: {drawing.title}"
        drawn += sum(1 for drawing in drawings if any(list_drawn(drawing)))
        drawings.clear()
    assert seen > len(places) * 0.7
    assert drawn > 60
    for slug in slugs:
        report = (await world.ask(f"/reports/{slug}", format="json")).json()
        cells = list(list_cells(report))
        assert cells, slug
        assert [cell for cell in cells if ("", cell) not in world.given] == [], slug


async def test_an_intruder_who_is_told_the_next_smallest_finds_out(world: World) -> None:
    """The search for other worlds does find what is given away: with every borough's count of children but one."""
    truth = world.truths[list(world.truths)[-1]]
    intruder, parts = Intruder(truth), ("2021b", "2022a")
    intruder.learn(add_up(truth, parts, AREAS["met"], strip_truth.CHILDREN_ALL))
    small = next(
        borough
        for borough in AREAS["met"]
        if 1 <= intruder.value(add_up(truth, parts, [borough], strip_truth.CHILDREN_ALL)) <= 4
    )
    question = add_up(truth, parts, [small], strip_truth.CHILDREN_ALL)
    assert intruder.find_given_away([question], whole=False) == []
    for borough in AREAS["met"]:
        if borough != small:
            intruder.learn(add_up(truth, parts, [borough], strip_truth.CHILDREN_ALL))
    assert intruder.find_given_away([question], whole=False) == [question]


async def test_the_pattern_is_the_same_in_every_release_order_of_asking_and_worker(
    world: World, reader: asyncpg.Pool
) -> None:
    query = {"metric": RATIO, "area": "boroughs", "window": "financial_year", **YEARS}

    def list_withheld(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, ...]]:
        return {(row["area_code"], row["to"], row["group"]) for row in rows if row["status"] == "suppressed"}

    now = list_withheld((await world.ask("/v1/values", **query)).json()["data"])
    assert now
    then = await world.ask("/v1/values", **query, as_of=next(iter(world.truths)))
    # The older release has no figure at all for the last two years
    assert list_withheld(then.json()["data"]) == {key for key in now if key[1] <= "2022-03"}
    # A worker that starts anew, and is asked for one borough of one year only
    _kept.clear()
    async with reader.acquire() as conn:
        for area, year in (("E09000021", "2024-03"), ("E09000027", "2020-03")):
            rows = await ask(
                conn, **{**query, "area": area, "from": year, "to": year, "group": "ethnicity:other"}
            )
            found = list_withheld(msgspec.to_builtins(rows))
            assert found == {key for key in now if key == (area, year, "ethnicity:other")}


async def test_a_funnel_is_made_of_figures_that_are_shown(world: World) -> None:
    answer = await world.ask(f"/v1/metrics/{OUTCOME}/comparison", to="2023-03", window="financial_year")
    rows = answer.json()["data"]
    shown = [row for row in rows if row["position"] != "No data"]
    assert 0 < len(shown) < len(rows)
    pooled = sum(row["numerator"] for row in shown) / sum(row["denominator"] for row in shown)
    assert all(row["funnel_target"] == pytest.approx(pooled) for row in shown)
    assert len({row["funnel_target"] for row in rows}) == 1


async def test_268_children_were_searched_in_2021(world: World) -> None:
    for release in (None, *world.truths):
        answer = await world.ask(
            "/v1/values", metric=CHILDREN, area="met", window="calendar_year", to="2021-12", **{"from": "2021-12"}, as_of=release
        )  # fmt: skip
        assert [row["numerator"] for row in answer.json()["data"]] == [268]


@pytest.mark.parametrize("metric", SMALL)
async def test_a_withheld_figure_is_withheld_in_every_format(world: World, metric: str) -> None:
    query = {"metric": metric, "area": "all", "window": "financial_year", "group": "*", **YEARS}
    rows = (await world.ask("/v1/values", **query)).json()["data"]
    withheld = [place for place, row in enumerate(rows) if row["status"] == "suppressed"]
    assert withheld
    figures = [*sorted(FIGURES & set(rows[0])), "known_share"]
    for place in withheld:
        assert {rows[place][name] for name in figures} == {None}
        # Nor does a flag tell that the count is low, or that it changed
        assert not set(rows[place]["flags"]) & TELLING
        assert rows[place]["reason"].endswith(
            "Withheld so that no count of 1 to 4 people can be seen or worked out."
        )
    lines = list(csv.DictReader(io.StringIO((await world.ask("/v1/values", **query, format="csv")).text)))
    assert len(lines) == len(rows)
    for place in withheld:
        assert {lines[place][name] for name in FIGURES & set(lines[place])} == {"[c]"}
    counts = [
        row[name] for row in rows for name in figures if name.endswith("numerator") and row[name] is not None
    ]
    assert counts
    assert not [count for count in counts if 1 <= count <= 4]
    parquet = await world.ask("/v1/values", **query, format="parquet")
    if parquet.status_code == 200:
        table = polars.read_parquet(parquet.content)
        assert table.filter(polars.col("status") == "suppressed")["numerator"].null_count() == len(withheld)


@pytest.mark.parametrize("metric", SMALL)
async def test_a_map_draws_no_withheld_figure(world: World, metric: str) -> None:
    query = {
        "kind": "borough",
        "metric": metric,
        "window": "financial_year",
        "from": "2023-03",
        "to": "2023-03",
    }
    if metric == RATIO:
        query["group"] = "asian"
    shapes = (await world.ask("/v1/boundaries", **query)).json()["features"]
    properties = [shape["properties"] for shape in shapes]
    withheld = [one for one in properties if one["status"] == "suppressed"]
    if metric != "strip_search_rate":
        assert withheld
    for one in withheld:
        assert {one.get(name) for name in (*FIGURES, "known_share")} == {None}


@pytest.mark.parametrize("metric", SMALL)
@pytest.mark.parametrize("window", [None, "month", "rolling_12", "whole"])
async def test_no_month_and_no_window_of_ones_own(world: World, metric: str, window: str | None) -> None:
    answer = await world.ask("/v1/values", metric=metric, area="met", window=window, **YEARS)
    assert answer.status_code == 400
    assert answer.json()["allowed"] == ["financial_year", "calendar_year"]


@pytest.mark.parametrize("area", ["hackney", "boroughs", "bcus", "inner-london", "all"])
async def test_no_calendar_year_of_a_part_of_the_met_area(world: World, area: str) -> None:
    answer = await world.ask("/v1/values", metric=CHILDREN, area=area, window="calendar_year", **YEARS)
    assert answer.status_code == 400
    assert "for the whole Met area only" in answer.json()["detail"]
    assert answer.json()["allowed"] == ["financial_year"]


async def test_children_by_ethnicity_are_given_for_the_met_area_only(world: World) -> None:
    query = {"metric": CHILDREN, "group": "ethnicity", "window": "financial_year", **YEARS}
    rows = (await world.ask("/v1/values", area="all", **query)).json()["data"]
    assert {row["area_code"] for row in rows if row["numerator"] is not None} == {"met"}


async def test_there_are_no_records_of_strip_searches(world: World) -> None:
    for name in ("thorough_search", "thorough_searches", "strip_search"):
        assert (await world.ask(f"/v1/records/{name}")).status_code == 404
