"""Use of force: from published words through the tidying and the SQL to what the oracle says."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import hypothesis
import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from etl.copy import send, to_binary
from etl.reference import load_populations
from etl.sources.use_of_force import USE_OF_FORCE
from etl.vocabulary import read_vocabulary
from sql.measure import group_codes, load_measures
from tests.etl.force_files import make_use, write_csv
from tests.measures.conftest import Workbench
from tests.measures.facts import DECEMBER, JANUARY, NOVEMBER, cover, write
from tests.measures.test_measures import tell
from tests.oracle import use_of_force as oracle
from tests.oracle.measures import Observations
from tests.oracle.words import Row

MONTHS = (NOVEMBER, DECEMBER, JANUARY)
# as the file names it -> our number
BOROUGHS = {
    "Hackney": 12,
    "City of Westminster": 33,
    "Barking and Dagenham": 2,
    "City of London": 1,
    "Heathrow": 0,
    "": 0,
    "Out of force": -1,
}
HACKNEY = 12
Measured = Callable[..., Awaitable[Observations]]


@asynccontextmanager
async def holding(
    bench: Workbench, folder: Any, coverage: Sequence[Row], rows: Sequence[Row]
) -> AsyncIterator[Measured]:
    """Give `measure(metric, first, last)` over a published file of these rows; undo all at the end."""
    async with bench.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await write(conn, bench.codes, coverage)
            if rows:
                codes = (await read_vocabulary(conn)).codes
                file = write_csv(folder / "force.csv", rows)
                tidied = USE_OF_FORCE.tidy(USE_OF_FORCE.read(file.read_bytes()).frame, codes)
                assert not tidied.unseen
                assert not tidied.rejects.height
                facts = tidied.rows.drop("line").with_columns(
                    resource_id=pl.lit(1, pl.Int32), force=pl.lit(1, pl.Int16), place=pl.lit(6, pl.Int16)
                )
                await send(conn, to_binary("use_of_force", facts))

            async def measure(metric: str, first: date = DECEMBER, last: date = DECEMBER) -> Observations:
                found = await conn.fetch(load_measures()[metric].sql, first, last)
                cells = {
                    (r["group_code"], r["basis"], r["force"], r["borough"], r["period_start"]): (
                        *(r["numerator"], r["reference_numerator"], r["unknown_numerator"], r["base"]),
                    )
                    for r in found
                }
                assert len(cells) == len(found), f"{metric} gives a cell twice"
                return cells

            yield measure
        finally:
            await transaction.rollback()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("force")


def a(*known: str) -> st.SearchStrategy[str]:
    return st.sampled_from((*known, ""))


ANSWER = a("Yes", "No", "Not known")
TACTICS = st.lists(st.sampled_from((*oracle.KNOWN_TACTICS[:5], *oracle.KNOWN_TACTICS, "Klingon")), max_size=4)


@st.composite
def uses(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, str]:
    """What is given of a row; the others as the form would have them."""
    month = draw(st.sampled_from(MONTHS))
    tactics = draw(TACTICS)
    day = st.sampled_from((f"{month:%Y-%m}-09", f"09/{month:%m/%Y}", f"{month:%Y-%m}-28 23:59:00"))
    return {
        "IncidentDate": draw(day),
        "Borough": draw(st.sampled_from(tuple(BOROUGHS))),
        "SubjectEthnicity": draw(a(*oracle.PERCEIVED, "Don't know", "Klingon")),
        "CED_Used": draw(ANSWER),
        "CED_Fired": draw(ANSWER),
        "CED_Drive_Stun": draw(ANSWER),
        "CED4_Angle_Drive_Stun": draw(ANSWER),
        "SubjectInjured": draw(ANSWER),
        **{f"Tactic_{n}": tactics[n - 1] if n <= len(tactics) else "" for n in range(1, 5)},
    }


def tell_where(row: Row) -> Row:
    """A row with where and when it counts, as the oracle wants it."""
    month = next(
        month
        for month in MONTHS
        if f"{month:%Y-%m}" in row["IncidentDate"] or f"{month:%m/%Y}" in row["IncidentDate"]
    )
    return {**row, "force": 1, "month": month, "borough": BOROUGHS[row["Borough"]]}


FIELDS = st.sets(
    st.sampled_from(("ethnicity_perceived", "tactics", "subject_injured", "ced_used", "ced_discharged")),
    max_size=2,
)


@st.composite
def coverages(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[Row]:
    rows = []
    for month in MONTHS:
        status = draw(st.sampled_from(("received", "received", "partial", "missing")))
        row = cover("use_of_force", month=month, unusable=draw(FIELDS), status=status)
        rows += [row] if status != "missing" else []
    return rows


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@hypothesis.given(coverage=coverages(), given=st.lists(uses(), min_size=5, max_size=30))
async def test_every_measure_equals_its_oracle(
    bench: Workbench, folder: Any, coverage: list[Row], given: list[dict[str, str]]
) -> None:
    rows = [make_use(**one) for one in given]
    async with holding(bench, folder, coverage, rows) as measure:
        for metric, expected_of in oracle.MEASURES.items():
            expected = expected_of([tell_where(row) for row in rows], coverage)
            assert tell(await measure(metric, NOVEMBER, JANUARY), expected) == "", metric


def test_every_measure_has_an_oracle() -> None:
    assert {m.metric for m in load_measures().values() if m.source == "use_of_force"} == set(oracle.MEASURES)


@pytest.mark.parametrize("metric", oracle.MEASURES)
async def test_rows_are_of_the_series_that_the_head_declares(
    bench: Workbench, folder: Any, metric: str
) -> None:
    async with bench.pool.acquire() as conn:
        rows = await conn.fetch("select field, array_agg(class) as c from vocabulary_class group by field")
    classes = {row["field"]: tuple(row["c"]) for row in rows}
    measure = load_measures()[metric]
    declared = {
        (basis, code) for basis in measure.basis_codes for code in group_codes(measure, basis, classes)
    }
    async with holding(bench, folder, [cover("use_of_force")], [make_use()]) as measured:
        found = await measured(metric)
    assert {(key[1], key[0]) for key in found} == declared
    # dense over the Met's own ground, with a real zero where there was none
    assert {key[3] for key in found} == {*range(2, 34), 0, -1}


# CED Used | CED Fired | CED2 Drive Stun | tactics          | Taser used, discharged; handcuffs only
ROWS = """
           |           |                 | Compliant Handcuffing                          | no  -   yes
           |           |                 | Tactical Communications, Compliant Handcuffing | no  -   yes
           |           |                 | Tactical Communications                        | no  -   no
           |           |                 | Compliant Handcuffing, Ground Restraint        | no  -   no
           |           |                 |                                                | ?   -   ?
           |           |                 | CED (Taser) Red-Dotted                         | yes no  no
           |           |                 | CED (Taser) Fired                              | yes yes no
Yes        | No        |                 | Non-compliant handcuffing                      | yes no  yes
Yes        | No        | Yes             | Ground Restraint                               | yes yes no
Yes        |           |                 | Ground Restraint                               | yes ?   no
No         |           |                 | Ground Restraint                               | no  -   no
Not known  |           |                 |                                                | ?   -   ?
"""


async def test_drawn_rows_of_tasers_and_handcuffs(bench: Workbench, folder: Any) -> None:
    given, told = [], []
    for line in ROWS.strip("\n").split("\n"):
        used, fired, stunned, tactics, expected = (cell.strip() for cell in line.split("|"))
        words = [*filter(None, tactics.split(", ")), "", ""]
        given.append(
            make_use(
                CED_Used=used, CED_Fired=fired, CED2_Drive_Stun=stunned, Tactic_1=words[0], Tactic_2=words[1]
            )
        )
        told.append(expected.split())
    async with holding(bench, folder, [cover("use_of_force")], given) as measure:
        for place, metric in enumerate(("taser_share", "taser_discharged_share", "handcuffs_only_share")):
            column = [row[place] for row in told]
            counts = (column.count("yes"), None, column.count("?"), column.count("yes") + column.count("no"))
            found = await measure(f"use_of_force_{metric}")
            assert found["total", "recorded", 1, HACKNEY, DECEMBER] == counts, metric


async def test_two_officers_and_one_subject_are_two_uses_of_force(bench: Workbench, folder: Any) -> None:
    async with holding(bench, folder, [cover("use_of_force")], [make_use(), make_use()]) as measure:
        found = await measure("use_of_force_rate")
    assert found["total", "officer_defined", 1, HACKNEY, DECEMBER] == (2, None, 0, 2)


async def test_chinese_people_count_under_other_and_mixed_is_a_group(bench: Workbench, folder: Any) -> None:
    seen = ("Chinese", "Other", "Mixed", "Asian (or Asian British)", "Don't know", "White", "White")
    given = [make_use(SubjectEthnicity=word) for word in seen]
    async with holding(bench, folder, [cover("use_of_force")], given) as measure:
        ratio = await measure("use_of_force_rate_ratio")
    counts = {key[0].partition(":")[2]: value for key, value in ratio.items() if key[3] == HACKNEY}
    assert counts == {
        "other": (2, 2, 1, 7),
        "mixed": (1, 2, 1, 7),
        "asian": (1, 2, 1, 7),
        "black": (0, 2, 1, 7),
    }


@pytest.mark.parametrize("metric", oracle.MEASURES)
async def test_nothing_received_nothing_said(bench: Workbench, folder: Any, metric: str) -> None:
    async with holding(bench, folder, [cover("use_of_force", status="partial")], [make_use()]) as measure:
        assert await measure(metric, NOVEMBER, JANUARY) == {}


def test_every_resident_is_in_one_perceived_group_and_chinese_people_are_in_other() -> None:
    persons = {(row.population, row.borough): row.persons for row in load_populations() if row.year == 2021}
    groups = ("white", "mixed", "asian", "black", "other")
    for borough in range(1, 34):
        stated = {group: persons[f"ethnicity:{group}", borough] for group in groups}
        perceived = {group: persons[f"ethnicity_perceived:{group}", borough] for group in groups}
        moved = stated["asian"] - perceived["asian"]
        assert moved > 0
        assert perceived == {**stated, "asian": stated["asian"] - moved, "other": stated["other"] + moved}
    # Chinese residents of the City and of Hackney in the Census of 2021, table TS021
    assert [persons["ethnicity:asian", n] - persons["ethnicity_perceived:asian", n] for n in (1, 12)] == [
        545,
        3459,
    ]
