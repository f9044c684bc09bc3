"""Control totals: our count of crimes beside the Met's own, by SQL and by the oracle."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import hypothesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sql.measure import group_codes, load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import ALL_CATEGORIES, DECEMBER, JANUARY, NOVEMBER, cover, crime, write
from tests.measures.test_measures import tell
from tests.oracle.control_total import CATEGORIES, control_total_ratio
from tests.oracle.measures import Observations
from tests.oracle.words import CRIME_CATEGORIES, Row

MONTHS = (NOVEMBER, DECEMBER)
HACKNEY = 12
OFFENCES = (
    ("BURGLARY", "DOMESTIC BURGLARY"),
    ("BURGLARY", "RES BURGLARY OF A HOME"),
    ("THEFT", "SHOPLIFTING"),
    ("THEFT", "OTHER THEFT"),
    ("SEXUAL OFFENCES", "RAPE"),
    ("VIOLENCE AGAINST THE PERSON", "HOMICIDE"),
    ("MISCELLANEOUS CRIMES AGAINST SOCIETY", "MISC CRIMES AGAINST SOCIETY"),
    ("FRAUD AND FORGERY", "FRAUD AND FORGERY"),
)
ADD = """
insert into control_total (resource_id, force, month, offence, offences, borough, place)
select 1, $1, $2, code, $4, $5, 6 from vocabulary where field = 'control_offence' and word = $3
"""


def offence(**given: Any) -> Row:
    """Seven domestic burglaries that the Met counted in Hackney in December, with what is given changed."""
    return {
        "force": 1,
        "month": DECEMBER,
        "borough": HACKNEY,
        "offences": 7,
        "MajorText": "BURGLARY",
        "MinorText": "DOMESTIC BURGLARY",
        **given,
    }


@asynccontextmanager
async def holding(
    bench: Workbench, coverage: Sequence[Row], crimes: Sequence[Row], offences: Sequence[Row]
) -> AsyncIterator[Callable[[date, date], Awaitable[Observations]]]:
    """Give `measure(first, last)` over these facts; undo them at the end."""
    async with bench.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await write(conn, bench.codes, coverage, crimes=crimes)
            for row in offences:
                word = f"{row['MajorText']}: {row['MinorText']}"
                added = await conn.execute(
                    ADD, row["force"], row["month"], word, row["offences"], row["borough"]
                )
                assert added == "INSERT 0 1"

            async def measure(first: date, last: date) -> Observations:
                found = await conn.fetch(load_measures()["control_total_ratio"].sql, first, last)
                cells = {
                    (r["group_code"], r["basis"], r["force"], r["borough"], r["period_start"]): (
                        *(r["numerator"], r["reference_numerator"], r["unknown_numerator"], r["base"]),
                    )
                    for r in found
                }
                assert len(cells) == len(found)
                return cells

            yield measure
        finally:
            await transaction.rollback()


WHERE = {
    "force": st.just(1),
    "month": st.sampled_from(MONTHS),
    "borough": st.sampled_from((1, 2, HACKNEY, 33, 0, -1)),
}
CRIMES = st.fixed_dictionaries(
    {**WHERE, "Crime type": st.sampled_from((*CRIME_CATEGORIES, "Anti-social behaviour", ""))}
)
COUNTS = st.builds(
    lambda where, words, count: offence(**where, MajorText=words[0], MinorText=words[1], offences=count),
    st.fixed_dictionaries(WHERE),
    st.sampled_from(OFFENCES),
    st.integers(0, 40),
)
STATUS = st.sampled_from(("received", "received", "received", "partial", None))
HELD = st.sampled_from((ALL_CATEGORIES, ("burglary",), ALL_CATEGORIES[:-1], ("anti_social_behaviour",)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@hypothesis.given(
    statuses=st.fixed_dictionaries({(s, m): STATUS for s in ("street", "control_total") for m in MONTHS}),
    held=HELD,
    crimes=st.lists(CRIMES, max_size=30),
    offences=st.lists(COUNTS, max_size=15),
)
async def test_the_measure_equals_its_oracle(
    bench: Workbench,
    statuses: dict[tuple[str, date], str | None],
    held: tuple[str, ...],
    crimes: list[Row],
    offences: list[Row],
) -> None:
    coverage = [
        cover(source, month=month, status=status, words=held if source == "street" else None)
        for (source, month), status in statuses.items()
        if status
    ]
    async with holding(bench, coverage, crimes, offences) as measure:
        expected = control_total_ratio(crimes, offences, coverage)
        assert tell(await measure(NOVEMBER, JANUARY), expected) == ""


async def test_both_files_of_the_month_are_needed(bench: Workbench) -> None:
    for coverage in (
        [cover("street")],
        [cover("control_total")],
        [cover("street"), cover("control_total", month=NOVEMBER)],
    ):
        async with holding(bench, coverage, [crime()], [offence()]) as measure:
            assert await measure(NOVEMBER, JANUARY) == {}


async def test_three_of_ours_against_seven_and_five_of_theirs(bench: Workbench) -> None:
    coverage = [cover("street", words=("burglary",)), cover("control_total")]
    offences = [
        offence(),
        offence(MinorText="RES BURGLARY OF A HOME", offences=5),
        offence(MajorText="ROBBERY", MinorText="ROBBERY OF PERSONAL PROPERTY", offences=100),
        offence(borough=0, offences=2),
    ]
    crimes = [*[crime()] * 3, crime(borough=0), crime(borough=-1), crime(borough=1)]
    async with holding(bench, coverage, crimes, offences) as measure:
        found = await measure(DECEMBER, DECEMBER)
    burglary = {key[3]: value for key, value in found.items() if key[0] == "category:burglary"}
    assert burglary[HACKNEY] == (3, None, None, 12)
    # without a place beside no borough; outside London and the City's ground have nothing to be set against
    assert burglary[0] == (1, None, None, 2)
    assert set(burglary) == {0, *range(2, 34)}
    # a copy that holds burglary only says nothing of robbery, nor of all crime
    assert {key[0] for key in found} == {"category:burglary"}


async def test_fraud_is_set_against_nothing(bench: Workbench) -> None:
    offences = [offence(MajorText="FRAUD AND FORGERY", MinorText="FRAUD AND FORGERY", offences=9), offence()]
    async with holding(bench, [cover("street"), cover("control_total")], [crime()], offences) as measure:
        found = await measure(DECEMBER, DECEMBER)
    assert found["total", "recorded", 1, HACKNEY, DECEMBER] == (1, None, None, 7)


async def test_rows_are_of_the_series_that_the_head_declares(bench: Workbench) -> None:
    measure = load_measures()["control_total_ratio"]
    declared = set(group_codes(measure, "recorded", {"category": (*ALL_CATEGORIES, "unknown")}))
    assert declared == {"total", *(f"category:{name}" for name in CATEGORIES)}
    async with holding(bench, [cover("street"), cover("control_total")], [], []) as measured:
        assert {key[0] for key in await measured(DECEMBER, DECEMBER)} == declared
