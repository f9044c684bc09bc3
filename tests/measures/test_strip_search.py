"""The strip search measures: their SQL says what the oracle says, on drawn, on invented and on published rows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.areas import load_boroughs
from sql.measure import load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import DECEMBER, JANUARY, NOVEMBER, UNSEEN, cover, write
from tests.oracle.measures import Observations
from tests.oracle.strip_search import MEASURES, read_rows

HACKNEY, NOWHERE, OUTSIDE = 12, 0, -1
MONTHS = (NOVEMBER, DECEMBER, JANUARY)
ANSWERS = {"Yes": True, "No": False, "": None}
Measure = Callable[..., Awaitable[Observations]]


def strip(**given: Any) -> dict[str, Any]:
    """A thorough search of an adult in Hackney in December, with what is given changed."""
    return {
        "month": DECEMBER,
        "borough": HACKNEY,
        "age_group": "18 or older",
        "sex": "M",
        "ethnic_appearance": "White",
        "outcome": "No",
        **given,
    }


@asynccontextmanager
async def holding(
    bench: Workbench, coverage: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> AsyncIterator[Measure]:
    """Give `measure(metric, first, last)` over these rows; undo them at the end."""
    async with bench.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await write(conn, bench.codes, coverage)
            await conn.copy_records_to_table(
                "thorough_search",
                columns=[
                    *("resource_id", "force", "month", "occurred_on", "borough", "place"),
                    *("age", "gender", "ethnicity_officer", "reason", "positive"),
                ],
                records=[
                    (
                        *(1, 1, row["month"], row["month"], row["borough"], 6),
                        bench.codes["thorough_age", row["age_group"]],
                        bench.codes["gender", row["sex"]],
                        bench.codes["ethnicity_officer", row["ethnic_appearance"]],
                        bench.codes["thorough_reason", ""],
                        ANSWERS[row["outcome"]],
                    )
                    for row in rows
                ],
            )

            # without statistics the planner takes a table of thousands for a small one
            await conn.execute("analyze thorough_search, coverage, vocabulary, vocabulary_class, area")

            async def measure(metric: str, first: date = DECEMBER, last: date = DECEMBER) -> Observations:
                found = await conn.fetch(load_measures()[metric].sql, first, last)
                cells = {
                    (r["group_code"], r["basis"], r["force"], r["borough"], r["period_start"]): (
                        *(r["numerator"], r["reference_numerator"]),
                        *(r["unknown_numerator"], r["base"]),
                    )
                    for r in found
                }
                assert len(cells) == len(found), f"{metric} gives a cell twice"
                return cells

            yield measure
        finally:
            await transaction.rollback()


def pick(found: Observations, borough: int = HACKNEY) -> dict[str, tuple[Any, ...]]:
    """group -> numerator, reference, unknown, base of one cell in December."""
    return {key[0]: value for key, value in found.items() if key[3:] == (borough, DECEMBER)}


async def test_a_month_received_is_dense_with_real_zeros(bench: Workbench) -> None:
    async with holding(bench, [cover("thorough_search")], [strip(), strip(borough=NOWHERE)]) as measure:
        found = await measure("strip_search_rate", NOVEMBER, JANUARY)
    assert {key[3:] for key in found} == {(b, DECEMBER) for b in (*range(2, 34), NOWHERE, OUTSIDE)}
    assert pick(found) == pick(found, NOWHERE) == {"total": (1, None, 0, 1)}
    assert pick(found, 2) == {"total": (0, None, 0, 0)}


async def test_what_is_not_said_to_be_under_18_is_not_counted_as_under_18(bench: Workbench) -> None:
    ages = ("Under 18", "Under 18", "18 or over", "Not Recorded", "Recorded as 0 or Not Known", "", "Klingon")
    async with holding(bench, [cover("thorough_search")], [strip(age_group=age) for age in ages]) as measure:
        found = pick(await measure("strip_search_under_18_count"))
    assert found["total"] == (2, None, 4, 7)
    assert found["ethnicity:white"] == (2, None, 0, 2)


async def test_under_18s_by_ethnic_group(bench: Workbench) -> None:
    seen = ("Black", "Black", "#N/A", "White", "Unknown")
    rows = [strip(age_group="Under 18", ethnic_appearance=word) for word in seen]
    async with holding(
        bench, [cover("thorough_search")], [*rows, strip(ethnic_appearance="Asian")]
    ) as measure:
        found = pick(await measure("strip_search_under_18_count"))
    assert {group: row[0] for group, row in found.items()} == {
        "total": 5,
        "ethnicity:black": 2,
        "ethnicity:white": 1,
        "ethnicity:asian": 0,
        "ethnicity:other": 0,
        "ethnicity:unknown": 2,
    }


async def test_the_ratio_counts_all_ages(bench: Workbench) -> None:
    seen = ("Black", "Black", "Black", "White", "White", "Asian", "Not Recorded")
    rows = [strip(ethnic_appearance=word) for word in seen]
    rows += [strip(age_group="Under 18", ethnic_appearance="Black")]
    async with holding(bench, [cover("thorough_search")], rows) as measure:
        assert pick(await measure("strip_search_rate_ratio")) == {
            "ethnicity:black": (4, 2, 1, 8),
            "ethnicity:asian": (1, 2, 1, 8),
            "ethnicity:other": (0, 2, 1, 8),
        }


async def test_an_outcome_without_an_answer_is_in_no_share(bench: Workbench) -> None:
    rows = [strip(outcome=word) for word in ("Yes", "No", "No", "")]
    async with holding(bench, [cover("thorough_search")], rows) as measure:
        assert pick(await measure("strip_search_positive_outcome_share")) == {"total": (1, None, 1, 3)}


def any_of(*known: str) -> st.SearchStrategy[str]:
    return st.sampled_from((*known, "", *UNSEEN[:2]))


ROWS = st.fixed_dictionaries(
    {
        "month": st.sampled_from(MONTHS),
        "borough": st.sampled_from((1, 2, HACKNEY, 33, NOWHERE, OUTSIDE)),
        "age_group": any_of("Under 18", "18 or older", "18 or over", "Not Recorded"),
        "sex": any_of("M", "F", "U", "V", "Male"),
        "ethnic_appearance": any_of("Black", "White", "Asian", "Other", "Unknown", "#N/A"),
        "outcome": st.sampled_from(tuple(ANSWERS)),
    }
)
FIELDS = st.sets(st.sampled_from(("thorough_age", "ethnicity_officer", "positive")), max_size=2)


@st.composite
def coverages(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[dict[str, Any]]:
    """For each month: nothing, a partial or a whole month; at times a former release's."""
    rows = []
    for month in MONTHS:
        row = cover("thorough_search", month=month, unusable=draw(FIELDS))
        if (status := draw(st.sampled_from(("received", "received", "partial", "missing")))) != "missing":
            rows.append({**row, "status": status})
        if draw(st.booleans()):
            rows.append({**row, "first_release": 1, "last_release": 1})
    return rows


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(coverage=coverages(), rows=st.lists(ROWS, min_size=5, max_size=60))
async def test_every_measure_equals_its_oracle(
    bench: Workbench, coverage: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    current = [row for row in coverage if row.get("last_release") is None]
    async with holding(bench, coverage, rows) as measure:
        for metric, oracle in MEASURES.items():
            expected = oracle(rows, current)
            assert await measure(metric, NOVEMBER, JANUARY) == expected, metric
            december = {key: value for key, value in expected.items() if key[-1] == DECEMBER}
            assert await measure(metric) == december, metric


def test_every_measure_of_the_source_has_an_oracle() -> None:
    assert set(MEASURES) == {
        metric for metric, measure in load_measures().items() if measure.source == "thorough_search"
    }


def test_every_measure_is_small_and_provisional_and_says_why() -> None:
    for metric in MEASURES:
        measure = load_measures()[metric]
        assert measure.small
        assert "4,009" in measure.provisional
        assert "4,287" in measure.provisional


def test_by_ethnic_group_for_the_met_area_only() -> None:
    count = load_measures()["strip_search_under_18_count"]
    assert count.statistic == "count"
    assert [(group.dimension, group.met_only) for group in count.groups] == [("ethnicity", True)]


@pytest.mark.parametrize(("name", "all_ages"), [("2019-01 to 2022-08", 4009), ("2019-01 to 2024-01", 4012)])
async def test_the_published_files(bench: Workbench, shared_data: Path, name: str, all_ages: int) -> None:
    boroughs = {area.area_name: area.borough for area in load_boroughs() if area.borough}
    rows = read_rows(shared_data / "mps" / f"thorough-searches {name}.csv", boroughs)
    months = sorted({row["month"] for row in rows})
    coverage = [cover("thorough_search", month=month) for month in months]
    async with holding(bench, coverage, rows) as measure:
        for metric, oracle in MEASURES.items():
            assert await measure(metric, months[0], months[-1]) == oracle(rows, coverage), metric
        young = await measure("strip_search_under_18_count", date(2021, 1, 1), date(2021, 12, 1))
        every = await measure("strip_search_rate", date(2021, 1, 1), date(2021, 12, 1))
    # methods.md section 5, of 2021
    assert sum(row[0] for key, row in young.items() if key[0] == "total") == 268
    assert sum(row[0] for key, row in young.items() if key[0] != "total") == 268
    assert sum(row[0] for row in every.values()) == all_ages
