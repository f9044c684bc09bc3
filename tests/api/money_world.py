"""A database with the money of all councils, written by hand, for the tests of what the API says of it.

Payments over the threshold, 2023-04 to 2024-03 of every council (Tower Hamlets without 2023-12, Hackney also 2022-04 to
2023-03, and Harrow but for 2022-12): a council with number b pays b × £1,000.01 a month, Hackney in 2024-03 £50,000,000
besides. Budgets of 2021-22 and
2023-24, in pence b × 100,000 a line; Hillingdon did not return 2023-24, Ealing not its CCTV, Bexley returned zero for CCTV.
"""

from typing import Any

from etl.reference import seed
from tests.api.facts import add_coverage, add_observations, add_persons, add_release, months

COUNCILS = range(1, 34)
CITY, BEXLEY, EALING, HACKNEY, HILLINGDON, TOWER_HAMLETS = 1, 4, 9, 12, 17, 30
PAID = months("2023-04", "2024-03")
EARLIER = months("2022-04", "2023-03")
BEFORE = "2024-25 prices (GDP deflators, June 2025)"
PRICES = "2025-26 prices (GDP deflators, June 2026)"
TOTAL, SAFETY = "payments_total", "payments_community_safety_total"
SPENDING, CRIME, CCTV = (
    "community_safety_spend_per_head",
    "crime_reduction_spend_per_head",
    "cctv_spend_per_head",
)
YOUTH, YOUTH_PER_HEAD = "youth_services_spend", "youth_services_spend_per_head"
LINES = ("budget_crime_reduction", "budget_safety_services", "budget_cctv")
WINDFALL = 5_000_000_000
# Payments for domestic abuse of a council in the year: how many, in 2023-05.
ABUSE = {HACKNEY: 7, TOWER_HAMLETS: 0, 14: 3}
HARROW = 15


def monthly(borough: int) -> int:
    """What a council pays in a month, in pence."""
    return borough * 100_001


def line(borough: int, times: int = 1) -> int:
    """What a council returned on a line, in pence."""
    return borough * 100_000 * times


async def build_money(conn: Any) -> None:
    """Two releases; the second has Hackney's windfall, and other prices, by which its crime reduction of 2021-22 moved."""
    await seed(conn)
    for name, published in (
        ("2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00"),
        ("2026-02-10-bbbbbbbb", "2026-02-10T12:00:00+00:00"),
    ):
        number = await add_release(conn, name, published)
        prices = BEFORE if number == 1 else PRICES
        await conn.execute("update release set deflators = $2 where release_id = $1", number, prices)
    for year in (2021, 2022, 2023, 2024):
        await add_persons(
            conn, "residents", year, {b: 10_000 * b + (year - 2021) * 1_000 for b in COUNCILS}, "mid-2024"
        )
    await add_persons(conn, "age:5-17", 2019, dict.fromkeys(COUNCILS, 20_000), "mid-2019")
    await _pay(conn)
    await _return_budgets(conn)
    await _return_youth(conn)


async def _pay(conn: Any) -> None:
    for borough in COUNCILS:
        listed = [one for one in PAID if (borough, one) != (TOWER_HAMLETS, "2023-12")]
        listed += EARLIER if borough == HACKNEY else []
        listed += EARLIER[:8] + EARLIER[9:] if borough == HARROW else []
        await add_coverage(conn, "payment", 100 + borough, listed, words=["over_500"], events=100)
        await _observe(conn, TOTAL, "total", borough, listed, monthly(borough), 100)
        await _tag(conn, borough, listed)
    # of no borough, and later than any council's
    await add_coverage(conn, "payment", 140, ["2024-12"], words=["over_500"])
    # in the first release the last month of Hackney was as the others
    await conn.execute(
        "update observation set last_release = 1 where period_start = '2024-03-01' and borough = $1"
        " and series_id = (select series_id from series where metric = $2 and group_code = 'total')",
        HACKNEY,
        TOTAL,
    )
    after = {HACKNEY: (monthly(HACKNEY) + WINDFALL, 0, 0, 101)}
    await add_observations(
        conn, TOTAL, "over_500", "total", ["2024-03"], after, force=100 + HACKNEY, first=2, revision=1
    )


async def _tag(conn: Any, borough: int, listed: list[str]) -> None:
    """£100 a month for CCTV and in 2023-05 £10 a payment for domestic abuse, which stand with the untagged too."""
    count = ABUSE.get(borough, 6)
    for month in listed:
        abuse = count if month == "2023-05" else 0
        await _observe(conn, TOTAL, "tag:cctv", borough, [month], 10_000, 1)
        await _observe(conn, TOTAL, "tag:domestic_abuse", borough, [month], abuse * 1_000, abuse)
        await _observe(conn, TOTAL, "tag:untagged", borough, [month], monthly(borough) - 10_000, 99)
        await _observe(conn, SAFETY, "total", borough, [month], 10_000 + abuse * 1_000, 1 + abuse)


async def _observe(
    conn: Any, metric: str, group: str, borough: int, listed: list[str], pence: int, payments: int
) -> None:
    counts = {borough: (pence, 0, 0, payments)}
    await add_observations(conn, metric, "over_500", group, listed, counts, force=100 + borough)


async def _return_budgets(conn: Any) -> None:
    gaps = {
        f"borough:{HILLINGDON}": "Hillingdon did not return it ('...' in the file)",
        f"borough:{EALING}/budget_cctv": "Ealing did not return it (an empty cell in the file)",
    }
    await add_coverage(conn, "revenue_return", 150, ["2022-03"], words=list(LINES), events=99)
    await add_coverage(conn, "revenue_return", 150, ["2024-03"], words=list(LINES), unusable=gaps, events=99)
    for start, times in (("2021-04", 1), ("2023-04", 2)):
        is_later = start == "2023-04"
        lacking = {HILLINGDON} if is_later else set()
        cctv = {b: line(b, times) for b in COUNCILS if b not in lacking}
        crime = dict(cctv)
        if is_later:
            del cctv[EALING]
            cctv[BEXLEY] = 0
        both = {b: cctv[b] + 2 * crime[b] for b in cctv}
        for prices, share in (("nominal", 100), ("real", 110)):
            for metric, pence in ((SPENDING, both), (CRIME, crime), (CCTV, cctv)):
                rows = {b: (amount * share // 100, 0, 0, 0) for b, amount in pence.items()}
                await add_observations(conn, metric, f"budget_{prices}", "total", [start], rows, force=150)
    await conn.execute(
        "update observation set last_release = 1, numerator = numerator - 100 where borough = $1"
        " and period_start = '2021-04-01'"
        " and series_id = (select series_id from series where metric = $2 and basis = 'budget_real')",
        HACKNEY,
        CRIME,
    )
    later = {HACKNEY: (line(HACKNEY) * 110 // 100, 0, 0, 0)}
    await add_observations(
        conn, CRIME, "budget_real", "total", ["2021-04"], later, force=150, first=2, revision=1
    )


async def _return_youth(conn: Any) -> None:
    words = ["outturn_youth_universal", "outturn_youth_targeted"]
    await add_coverage(conn, "section_251", 151, ["2011-03", "2020-03"], words=words, events=99)
    for metric in (YOUTH, YOUTH_PER_HEAD):
        for start in ("2010-04", "2019-04"):
            rows = {b: (line(b, 3), 0, 0, 0) for b in COUNCILS}
            await add_observations(conn, metric, "nominal", "total", [start], rows, force=151)
