"""The measures of payments say what the oracle says of any payments, received in any way."""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sql.measure import load_measures
from tests.measures.conftest import Workbench
from tests.measures.facts import cover, write
from tests.oracle import payments as oracle

MEASURES = load_measures()
METRICS = ("payments_total", "payments_community_safety_total", "payments_youth_total")
MONTHS = (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
# Hackney, Westminster, the GLA
PAYERS = (112, 133, 140)
KINDS = {
    "over_500": "over_500",
    "over_500 P03": "over_500",
    "purchase_card": "purchase_card",
    "grant": "grant",
}
TAGS = (*oracle.COMMUNITY_SAFETY, *oracle.YOUTH, "untagged")
FOLDER = Path(__file__).parents[2] / "etl" / "payments"

PAID = st.fixed_dictionaries(
    {
        "force": st.sampled_from(PAYERS),
        "month": st.sampled_from(MONTHS),
        "word": st.sampled_from(tuple(KINDS)),
        "tag": st.sampled_from(TAGS),
        # a month of a council is more pence than an integer holds
        "pence": st.integers(-(10**10), 10**11),
    }
)


@st.composite
def coverages(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[dict[str, Any]]:
    """For each payer and month: nothing, or some kinds of payment, whole or in part; at times a former release's."""
    rows = []
    for force in PAYERS:
        for month in MONTHS:
            words = draw(st.sets(st.sampled_from(sorted(set(KINDS.values())))))
            status = draw(st.sampled_from(("received", "received", "partial")))
            if words:
                rows.append(cover("payment", force, month, words=sorted(words), status=status))
            if draw(st.booleans()):
                rows.append(cover("payment", force, month, words=["grant"], first_release=1, last_release=1))
    return rows


async def hold(
    conn: Any, bench: Workbench, rows: list[dict[str, Any]], received: list[dict[str, Any]]
) -> None:
    """Payments in the table, and what was received."""
    await write(conn, bench.codes, received)
    await conn.executemany(
        "insert into payment (resource_id, force, month, line, kind, tag, is_withheld, amount_pence, redaction, supplier_borough,"
        " borough, place) values (1, $1, $2, $3, $4, $5, false, $6, $7, 0, $8, 6)",
        [
            (
                *(row["force"], row["month"], line, bench.codes["payment_kind", row["word"]]),
                *(
                    bench.codes["payment_tag", row["tag"]],
                    row["pence"],
                    bench.codes["payment_redaction", "named"],
                ),
                row["force"] - 100 if row["force"] < 140 else 0,
            )
            for line, row in enumerate(rows)
        ],
    )


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(rows=st.lists(PAID, min_size=8, max_size=50), received=coverages())
async def test_every_measure_equals_its_oracle(
    bench: Workbench, rows: list[dict[str, Any]], received: list[dict[str, Any]]
) -> None:
    rows = [{**row, "kind": KINDS[row["word"]]} for row in rows]
    current = [row for row in received if row.get("last_release") is None]
    # the payments of a month are those of its kinds that were received
    held = {(row["force"], row["month"], word) for row in current for word in row["words"]}
    rows = [row for row in rows if (row["force"], row["month"], row["kind"]) in held]
    expected = oracle.count(rows, current)
    async with bench.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await hold(conn, bench, rows, received)
            for metric in METRICS:
                for first, last in ((MONTHS[0], MONTHS[2]), (MONTHS[1], MONTHS[1])):
                    found: oracle.Observations = {}
                    for r in await conn.fetch(MEASURES[metric].sql, first, last):
                        key = (r["group_code"], r["basis"], r["force"], r["borough"], r["period_start"])
                        assert key not in found
                        assert r["period_end"].month == r["period_start"].month
                        found[key] = (
                            r["numerator"],
                            r["reference_numerator"],
                            r["unknown_numerator"],
                            r["base"],
                        )
                    assert found == {k: v for k, v in expected[metric].items() if first <= k[-1] <= last}, (
                        metric
                    )
        finally:
            await transaction.rollback()


def test_the_groups_add_up_to_the_total_where_every_tag_is_published() -> None:
    """A tag whose precision is not enough is untagged from the load on, so that nothing falls out of the groups."""
    measured = tomllib.loads((FOLDER / "precision.toml").read_text("utf-8"))["tags"]
    published = {tag for tag, found in measured.items() if found["published"]}
    (grouping,) = MEASURES["payments_total"].groups
    assert set(grouping.classes) == published | {"untagged"} == set(oracle.GROUPS)
    assert set(grouping.bases) == {"over_500", "purchase_card", "grant"}


@pytest.mark.parametrize("metric", METRICS)
def test_the_heads_are_of_money(metric: str) -> None:
    measure = MEASURES[metric]
    assert (measure.source, measure.kind, measure.statistic, measure.unit) == (
        "payment",
        "flow",
        "amount",
        "£",
    )
    assert measure.basis_codes == ("over_500", "purchase_card", "grant")
    assert measure.interval == "none"
    assert measure.direction == "neither"
    said = " ".join(measure.caveats)
    for word in ("threshold", "salaries", "Not to be reconciled", "estimate", "docs/tags.md", "precision"):
        assert word in said, word


async def test_no_month_of_domestic_abuse_follows_from_the_groups(bench: Workbench) -> None:
    """The groups told by any month add up to the total: nothing is left of it that would be domestic abuse."""
    rows = [
        {"force": 112, "month": MONTHS[0], "word": "over_500", "tag": tag, "pence": 10 ** (4 + place)}
        for place, tag in enumerate(tag for tag in TAGS if tag != "enforcement_wardens")
    ]
    received = [cover("payment", 112, MONTHS[0], words=["over_500"])]
    async with bench.pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        try:
            await hold(conn, bench, rows, received)
            found = await conn.fetch(MEASURES["payments_total"].sql, MONTHS[0], MONTHS[0])
        finally:
            await transaction.rollback()
    told = {r["group_code"]: r["numerator"] for r in found}
    by_tag = {row["tag"]: row["pence"] for row in rows}
    assert told["total"] == sum(by_tag.values())
    assert told["tag:domestic_abuse"] == by_tag["domestic_abuse"]
    assert told["tag:untagged"] == by_tag["untagged"] + by_tag["domestic_abuse"]
    others = {"total", "tag:domestic_abuse"}
    assert sum(pence for group, pence in told.items() if group not in others) == told["total"]
