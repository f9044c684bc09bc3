"""The measures of returns say what the oracle says of any amounts, returned in any way and in any prices."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.reference import load_deflators
from etl.returns.lines import COMMUNITY_SAFETY, SERVICES, YOUTH, class_of, word_of
from sql.measure import load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import cover, write
from tests.oracle import returns as oracle

METRICS = tuple(oracle.LINES)
YEARS = (2010, 2021, 2026)  # shipped deflators reach 2025-26
SHIPPED = load_deflators()
LINES = {line.line: line for line in (*COMMUNITY_SAFETY, *SERVICES, *YOUTH)}
KEPT = ("crime_reduction", "safety_services", "cctv", "education", "youth_universal", "youth_targeted")
FORCES = {"revenue_return": 150, "section_251": 151}

AMOUNTS = st.dictionaries(
    st.tuples(
        st.sampled_from(("budget", "outturn")),
        st.sampled_from(KEPT),
        st.sampled_from(YEARS),
        st.sampled_from((1, 12, 33)),
    ),
    st.one_of(st.none(), st.just(0), st.integers(-(10**11), 10**12)),
    min_size=20,
    max_size=60,
)


def source_of(line: str) -> str:
    return "section_251" if line.startswith("youth") else "revenue_return"


@st.composite
def statuses(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[tuple[str, int], str]:
    """Of each source and financial year: received, partial, or nothing."""
    options = st.sampled_from(("received", "received", "received", "partial", "missing"))
    return {(source, year): draw(options) for source in FORCES for year in YEARS}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(amounts=AMOUNTS, received=statuses(), whole=st.booleans())
async def test_every_measure_equals_its_oracle(
    bench: Workbench,
    amounts: dict[tuple[str, str, int, int], int | None],
    received: dict[tuple[str, int], str],
    whole: bool,
) -> None:
    # section 251 is outturn only
    amounts = {key: pence for key, pence in amounts.items() if key[0] == "outturn" or key[1] in KEPT[:4]}
    years = YEARS if whole else (2021,)
    async with bench.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await hold(conn, bench, amounts, received)
            for metric in METRICS:
                source = oracle.SOURCES[metric]
                counted = {
                    key: pence
                    for key, pence in amounts.items()
                    if received[source_of(key[1]), key[2]] == "received"
                }
                assert await compute(conn, metric, years) == oracle.measure(
                    metric, counted, SHIPPED, years
                ), source
        finally:
            await transaction.rollback()


async def compute(conn: Any, metric: str, years: tuple[int, ...]) -> dict[tuple[str, int, int], int]:
    """Numerators by basis, borough and year, after a look at all else that a row says."""
    first, last = date(min(years), 4, 1), date(max(years), 4, 1)
    found = {}
    for row in await conn.fetch(load_measures()[metric].sql, first, last):
        assert (row["group_code"], row["force"]) == ("total", FORCES[oracle.SOURCES[metric]])
        assert (row["reference_numerator"], row["unknown_numerator"], row["base"]) == (None, None, None)
        start, end = row["period_start"], row["period_end"]
        assert (start.month, start.day, end) == (4, 1, date(start.year + 1, 3, 31))
        key = row["basis"], row["borough"], start.year
        assert key not in found
        found[key] = row["numerator"]
    return found


async def hold(
    conn: Any,
    bench: Workbench,
    amounts: dict[tuple[str, str, int, int], int | None],
    received: dict[tuple[str, int], str],
) -> None:
    """Amounts in the table, and what was received of each financial year."""
    coverage = [
        cover(source, force=FORCES[source], month=date(year + 1, 3, 1), status=status)
        for (source, year), status in received.items()
        if status != "missing"
    ]
    await write(conn, bench.codes, coverage)
    await conn.executemany(
        "insert into spending_return (resource_id, force, month, line, amount_pence, borough, place)"
        " values (1, $1, $2, $3, $4, $5, 6)",
        [
            (
                FORCES[source_of(line)],
                date(year + 1, 3, 1),
                bench.codes["spending_line", word_of(stage, LINES[line])],
                pence,
                borough,
            )
            for (stage, line, year, borough), pence in amounts.items()
        ],
    )


@pytest.mark.parametrize("metric", METRICS)
def test_a_basis_needs_the_lines_that_it_adds(metric: str) -> None:
    head = load_measures()[metric]
    assert head.source == oracle.SOURCES[metric]
    for basis in head.bases:
        stage = basis.basis.partition("_")[0] if "_" in basis.basis else "outturn"
        assert basis.needs == tuple(class_of(stage, LINES[line]) for line in oracle.LINES[metric])


def test_the_change_in_real_terms_is_that_of_the_treasurys_table(shared_data: Path) -> None:
    """Camden's community safety budgets of 2021-22 and 2023-24, in thousands: 661 + 2,850 + 0 and 591 + 2,244 + 0."""
    treasury = oracle.read_treasury(shared_data / "council" / "hmt-gdp-deflators-2026-06.csv")
    assert treasury == SHIPPED
    before, after = (
        oracle.put_in_prices(thousands * 100_000, year, SHIPPED)
        for thousands, year in ((3_511, 2021), (2_835, 2023))
    )
    assert before is not None
    assert after is not None
    # by hand: 2,835 / 3,511 x 82.4554 / 92.8945, the indices of 2021-22 and 2023-24
    by_hand = Decimal(2_835) / Decimal(3_511) * treasury[2021] / treasury[2023]
    assert abs(Decimal(after) / Decimal(before) - by_hand) < Decimal("1e-8")
    assert before > 3_511 * 100_000
