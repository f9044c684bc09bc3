"""The sample, loaded as `make demo` loads it: every metric has a figure there, and areas add up as their heads say."""

import math
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from api.app import create_app
from api.series import is_small
from etl.load import load
from etl.reference import seed
from geo.areas import load_members
from sql.measure import TOTAL, Measure, load_measures
from tests.api.conftest import running
from tests.etl.sample_files import write_whole

MEASURES = load_measures()
EITHER = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
MET_BOROUGHS = {f"E090000{number:02d}" for number in range(2, 34)}
Row = dict[str, Any]
Ask = dict[str, str]


@pytest.fixture(scope="module")
async def sample(
    pool: asyncpg.Pool, reader: asyncpg.Pool, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on the whole sample."""
    folder = write_whole(tmp_path_factory).folder
    async with pool.acquire() as conn:
        await seed(conn)
        report = await load(conn, [folder], index_folder=tmp_path_factory.mktemp("index"))
    assert {file.status for file in report.files} == {"loaded"}
    assert report.release is not None
    assert report.release.is_sample
    async with running(create_app(reader)) as client:
        yield client


def window_of(measure: Measure) -> Ask:
    """A year of which everything has come: cases need twelve months more."""
    if measure.kind == "survey":
        return {"window": "rolling_12", "from": "2024-06", "to": "2024-06"}
    if measure.kind == "cohort":
        return {"from": "2023-01", "to": "2023-08"}
    if measure.kind == "annual":
        return {"window": "financial_year"}
    if is_small(measure, TOTAL):
        return {"window": "financial_year", "from": "2024-03", "to": "2024-03"}
    return {"from": "2023-09", "to": "2024-08"}


async def ask(client: httpx.AsyncClient, measure: Measure, areas: list[str], **more: str) -> list[Row]:
    """The metric's rows of these areas."""
    parameters = {"metric": measure.metric, "area": areas, **window_of(measure), **more}
    answer = await client.get("/v1/values", params=parameters)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


async def ask_all(client: httpx.AsyncClient, measure: Measure) -> dict[tuple[str, str], dict[str, Row]]:
    """(group, basis) -> area -> row, of the groups that every window has."""
    found: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    areas = ["boroughs", "bcus", "met", "met-located", "metropolitan", "outer-london"]
    for row in await ask(client, measure, areas, group="*", basis="*"):
        found[row["group"], row["basis"]][row["area_code"]] = row
    return found


def members_of(code: str) -> set[str]:
    """The boroughs of a BCU."""
    return {
        f"E090000{one.borough:02d}"
        for one in load_members()
        if one.area_code == code and one.valid_to is None
    }


@EITHER
async def test_every_metric_has_a_figure_in_the_sample(sample: httpx.AsyncClient, measure: Measure) -> None:
    basis = "*" if measure.kind == "cohort" else measure.basis_codes[0]
    rows = await ask(sample, measure, ["boroughs"], basis=basis)
    there = [row for row in rows if row["value"] is not None]
    if measure.metric == "stop_search_linked_outcome_share":
        # the Met leaves the field blank or False, and the City has it
        assert {row["area_code"] for row in there} == {"E09000001"}
    elif measure.metric == "stop_search_clothing_removal_share":
        assert {row["status"] for row in rows} == {"incomplete", "ok"}
    else:
        assert len({row["area_code"] for row in there}) >= 20


def add(rows: list[Row], name: str) -> float | None:
    """The sum of a column; None where a part is withheld."""
    values = [row[name] for row in rows]
    return None if any(value is None for value in values) else math.fsum(values)


COUNTED = ("numerator", "denominator", "reference_numerator", "reference_denominator", "unknown_numerator")


@pytest.mark.parametrize(
    "measure",
    [measure for measure in MEASURES.values() if measure.adds],
    ids=[metric for metric, measure in MEASURES.items() if measure.adds],
)
async def test_boroughs_added_by_hand_are_their_areas(sample: httpx.AsyncClient, measure: Measure) -> None:
    compared = 0
    for rows in (await ask_all(sample, measure)).values():
        wholes = {code: members_of(code) for code in rows if rows[code]["area_kind"] == "bcu"}
        wholes["met-located"] = MET_BOROUGHS
        for code, boroughs in wholes.items():
            parts = [rows[borough] for borough in sorted(boroughs)]
            if {part["months_received"] for part in parts} != {rows[code]["months_received"]}:
                # what one council of a BCU lacks, the BCU lacks: the others have it for themselves alone
                assert measure.source in ("payment", "revenue_return", "section_251")
                continue
            for name in COUNTED:
                if name not in rows[code] or rows[code][name] is None:
                    continue
                total = add(parts, name)
                if total is not None:
                    assert rows[code][name] == pytest.approx(total, rel=1e-12), (
                        code,
                        name,
                        rows[code]["group"],
                    )
                    compared += 1
        met = rows["met"]
        located = add([rows[borough] for borough in sorted(MET_BOROUGHS)], "numerator")
        if met["unplaced_numerator"] is not None and located is not None:
            assert met["numerator"] == located + met["unplaced_numerator"]
            compared += 1
    # the shares of fields that the Met's files lack have no counts to add
    assert compared or measure.metric == "stop_search_linked_outcome_share"


async def test_everything_says_that_it_is_sample(sample: httpx.AsyncClient) -> None:
    card = (await sample.get("/v1/areas/hackney/scorecard")).json()
    assert card["sample"] is True
    assert card["release"]["release"].endswith("-sample")
    assert {row["metric"] for row in card["data"]} == set(MEASURES)
