"""Nomis: cells of every district, 25,000 at a time, become files that the loader's reader of populations takes."""

import csv
import io
from collections.abc import Iterator

import msgspec
import pytest

from etl.fetch.addresses import Nomis, read_addresses
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.publishers.nomis import check_cells, read_rows
from etl.fetch.window import Window
from etl.population_tables import read_population
from tests.etl.fetch.server import Reply, Request, Server
from tests.etl.fetch.world import TODAY, World, fetch_all, plan_of, read_raw

YEARS = range(2012, 2026)
# districts of London, and others that are sent with them
CODES = [f"E090000{borough:02d}" for borough in range(1, 34)] + ["E06000001", "E07000223", "W06000001"]
HEADER = ("DATE_NAME", "GEOGRAPHY_CODE", "C_AGE", "OBS_VALUE", "RECORD_COUNT")


def persons(code: str, year: int, age: str = "200") -> int:
    """An invented number of residents."""
    return int(code[-2:]) * 1000 + year - 2000 + int(age)


class Service:
    """The API: cells in their order from an offset on, at most `most` of them, the number of all in each row."""

    def __init__(self, most: int = 100, lacks: tuple[str, int] | None = None) -> None:
        self.most = most
        self.lacks = lacks

    def cells(self, request: Request) -> Iterator[tuple[str, str, str, str]]:
        query = request.query
        years = [YEARS[-1]] if query["date"] == "latest" else list(YEARS)
        ages = ["200"] if query["c_age"] == "200" else [str(age) for age in range(101, 192)]
        for year in years:
            for code in CODES:
                if (code, year) != self.lacks:
                    for age in ages:
                        yield str(year), code, age, str(persons(code, year, age))

    def __call__(self, request: Request) -> Reply:
        query = request.query
        assert query["geography"] == "TYPE464"
        assert query["measures"] == "20100"
        cells = list(self.cells(request))
        start = int(query["recordoffset"])
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerows((*cell, len(cells)) for cell in cells[start : start + self.most])
        return Reply(200, {"Content-Type": "text/csv"}, out.getvalue().encode())


def entry() -> Nomis:
    found = read_addresses()["population"]
    assert isinstance(found, Nomis)
    return found


@pytest.fixture
def world(server: Server) -> World:
    return World(server)


def serve(world: World, service: Service) -> str:
    path = world.path(entry().api.format(dataset=entry().dataset))
    world.server.on(path, service)
    return path


async def test_residents_over_the_years_are_read_by_the_loader(fetcher: Fetcher, world: World) -> None:
    path = serve(world, Service(most=100))
    plan = await plan_of(fetcher, world, "population")
    assert [step.wanted.key for step in plan.steps] == ["residents"]
    (fetched,) = (await fetch_all(fetcher, plan)).values()
    assert fetched.status == "new", fetched.message
    # 36 districts and 14 years, 100 cells at a time
    assert [int(one.query["recordoffset"]) for one in world.server.asked(path)] == list(range(0, 504, 100))
    rows = read_population(read_raw(fetcher, fetched), "residents.csv")
    assert {row.population for row in rows} == {"residents"}
    assert {(row.borough, row.year): row.persons for row in rows} == {
        (borough, year): persons(f"E090000{borough:02d}", year) for borough in range(1, 34) for year in YEARS
    }


async def test_with_all_the_latest_year_by_age_is_read_by_the_loader_too(
    fetcher: Fetcher, world: World
) -> None:
    serve(world, Service(most=1000))
    plan = await plan_of(fetcher, world, "population", window=Window(today=TODAY, is_all=True))
    fetched = (await fetch_all(fetcher, plan))["single-years"]
    assert fetched.status == "new", fetched.message
    assert fetched.path is not None
    assert fetched.path.name == "population2025_single_years_london.csv"
    rows = read_population(read_raw(fetcher, fetched), fetched.path.name)
    found = {(row.population, row.borough): row.persons for row in rows}
    assert {row.year for row in rows} == {2025}
    # ages 10 to 17 are the codes 111 to 118
    expected = sum(persons("E09000012", 2025, str(code)) for code in range(111, 119))
    assert found["age:10_17", 12] == expected


async def test_a_borough_that_lacks_a_year_stores_nothing(fetcher: Fetcher, world: World) -> None:
    serve(world, Service(lacks=("E09000012", 2020)))
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "population"))).values()
    assert fetched.status == "failed"
    assert "no residents of E09000012 of 2020" in fetched.message
    assert fetched.path is None


async def test_an_answer_of_another_form_stores_nothing(fetcher: Fetcher, world: World) -> None:
    path = world.path(entry().api.format(dataset=entry().dataset))
    world.server.reply(path, Reply(200, {"Content-Type": "text/csv"}, b"ERROR\nThe query is too large\n"))
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "population"))).values()
    assert fetched.status == "failed"
    assert "in another way than it used to" in fetched.message


def test_what_a_row_may_be() -> None:
    row = {"DATE_NAME": "2024", "GEOGRAPHY_CODE": "E09000012", "C_AGE": "200", "OBS_VALUE": "259146"}
    assert read_rows([row, {**row, "GEOGRAPHY_CODE": "W06000001"}]) == {(12, 2024, "200"): 259_146}
    for broken in ({}, {**row, "OBS_VALUE": ""}, {**row, "DATE_NAME": "mid"}, {**row, "OBS_VALUE": None}):
        with pytest.raises(FetchFailed):
            read_rows([broken])
    with pytest.raises(FetchFailed, match="every district of London"):
        check_cells({})


def test_the_shipped_years_are_among_those_asked_for() -> None:
    """Vintages are never mixed: a file that lacks a year in use is refused when it is loaded."""
    assert TODAY.year - entry().years < 2019
    assert msgspec.structs.asdict(entry())["page_size"] == 25_000
