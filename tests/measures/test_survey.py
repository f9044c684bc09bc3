"""The survey's measures say what the oracle says of any estimates, received in any way."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sql.measure import load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import UNSEEN, cover, write
from tests.oracle.survey import METRICS

# the last months of rolling years, and the first days of those years
YEARS = {
    date(2019, 12, 1): date(2019, 1, 1),
    date(2020, 3, 1): date(2019, 4, 1),
    date(2020, 6, 1): date(2019, 7, 1),
}

Estimates = dict[tuple[date, str, int], tuple[int, int | None]]


@st.composite
def years(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[date, tuple[str, set[str]]]:
    """Of each rolling year: received, partial, or nothing; and the metrics that its file cannot answer."""
    found = {}
    for month in YEARS:
        status = draw(st.sampled_from(("received", "received", "received", "partial", "missing")))
        found[month] = status, draw(st.sets(st.sampled_from(sorted(METRICS.values())), max_size=2))
    return found


ESTIMATES = st.dictionaries(
    st.tuples(
        st.sampled_from(sorted(YEARS)),
        st.sampled_from((*METRICS, UNSEEN[0])),
        st.sampled_from((2, 12, 33)),
    ),
    st.tuples(st.integers(0, 10_000), st.one_of(st.none(), st.integers(1, 2_000))),
    min_size=12,
    max_size=40,
)


def expect(
    estimates: Estimates, received: dict[date, tuple[str, set[str]]], first: date, last: date
) -> dict[Any, Any]:
    """Observations of estimates, by metric, borough and first day of the year: the share and how many were asked."""
    found = {}
    for (month, word, borough), (share, interviews) in estimates.items():
        metric = METRICS.get(word)
        status, silent = received[month]
        if metric and status == "received" and metric not in silent and first <= YEARS[month] <= last:
            found[metric, borough, YEARS[month]] = share, interviews or 400
    return found


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(estimates=ESTIMATES, received=years(), whole=st.booleans())
async def test_every_measure_equals_its_oracle(
    bench: Workbench, estimates: Estimates, received: dict[date, tuple[str, set[str]]], whole: bool
) -> None:
    first, last = (date(2019, 1, 1), date(2019, 12, 1)) if whole else (date(2019, 4, 1), date(2019, 4, 1))
    found: dict[Any, Any] = {}
    async with bench.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await hold(conn, bench, estimates, received)
            for metric in METRICS.values():
                for row in await conn.fetch(load_measures()[metric].sql, first, last):
                    assert (row["group_code"], row["basis"], row["force"]) == ("total", "published", 1)
                    key = metric, row["borough"], row["period_start"]
                    assert key not in found
                    found[key] = row["numerator"], row["base"]
        finally:
            await transaction.rollback()
    assert found == expect(estimates, received, first, last)


async def hold(
    conn: Any, bench: Workbench, estimates: Estimates, received: dict[date, tuple[str, set[str]]]
) -> None:
    """Estimates in the table, and what was received of each rolling year."""
    coverage = [
        cover(
            "survey",
            month=month,
            status=status,
            unusable=[metric.removesuffix("_share") for metric in silent],
        )
        for month, (status, silent) in received.items()
        if status != "missing"
    ]
    await write(conn, bench.codes, coverage)
    await conn.executemany(
        "insert into survey_estimate (resource_id, force, month, measure, share, met_share, interviews, borough, place)"
        " values (1, 1, $1, $2, $3, 5000, $4, $5, 6)",
        [
            (month, bench.codes["survey_measure", word], share, interviews, borough)
            for (month, word, borough), (share, interviews) in estimates.items()
        ],
    )
