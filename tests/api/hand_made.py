"""A database whose every fact is written by hand, and a way to ask for figures of it."""

from typing import Any

from api.snapshot import load_snapshot
from api.values import get_values
from tests.api.facts import CITY, MET, add_coverage, add_observations, add_persons, add_release, months

YEAR = months("2023-09", "2024-08")
BOROUGHS = range(1, 34)
RATE = "stop_search_rate"
RATIO = "stop_search_rate_ratio"
SHARE = "stop_search_positive_outcome_share"
CHILDREN = "stop_search_under_18_share"
HACKNEY, BROMLEY, HARINGEY, HARROW, TOWER_HAMLETS, CITY_OF_LONDON = 12, 6, 14, 15, 30, 1


async def write_facts(conn: Any) -> None:
    """Three releases. Met stops for 2022-09 to 2024-08: 2022-12 partial, 2022-10 mostly without location."""
    for name, published in (
        ("2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00"),
        ("2026-02-10-bbbbbbbb", "2026-02-10T23:59:00+00:00"),
        ("2026-03-01-cccccccc", "2026-03-01T00:00:00+00:00"),
    ):
        await add_release(conn, name, published)
    whole = [text for text in months("2022-11", "2024-08") if text != "2022-12"]
    await add_coverage(conn, "stop_search", MET, whole, events=1000, no_location=90)
    await add_coverage(conn, "stop_search", MET, ["2022-09", "2022-10"], events=1000, no_location=950)
    await add_coverage(
        conn, "stop_search", MET, ["2022-12"], status="partial", reason="no search after 17 December"
    )
    # Residents: 12,000 × the borough's number, and 1,200 × more in 2024. None before 2023.
    await add_persons(conn, "residents", 2023, {b: 12_000 * b for b in BOROUGHS})
    await add_persons(conn, "residents", 2024, {b: 13_200 * b for b in BOROUGHS})
    received = ["2022-09", "2022-10", *whole]
    counts = {b: b for b in BOROUGHS} | {0: 50, -1: 7}
    await add_observations(conn, RATE, "officer_defined", "total", received, counts)
    await write_ratio(conn, whole)
    await write_shares(conn, whole)
    await write_children(conn)
    await write_revision(conn)
    await write_street(conn)


async def write_ratio(conn: Any, listed: list[str]) -> None:
    """120,000 White, 60,000 Black residents (90,000 with Mixed); officers: 40 Black, 20 White searches."""
    everywhere = dict.fromkeys(BOROUGHS, 1)
    for prefix in ("ethnicity", "ethnicity_officer"):
        for name, persons in (
            ("white", 120_000),
            ("black", 60_000),
            ("black_or_mixed_black", 90_000),
            ("asian", 900),
        ):
            await add_persons(
                conn, f"{prefix}:{name}", 2021, dict.fromkeys(everywhere, persons), "Census 2021"
            )
    await add_persons(conn, "ethnicity:mixed", 2021, dict.fromkeys(BOROUGHS, 30_000), "Census 2021")
    for suffix in ("", "_without_section_60"):
        for basis, black in (
            ("officer_defined", (40, 20, 4, 70)),
            ("self_defined_filled", (36, 20, 3, 70)),
            ("self_defined", (24, 16, 25, 70)),
        ):
            await add_observations(
                conn,
                RATIO,
                basis + suffix,
                "ethnicity:black",
                listed,
                {HACKNEY: black, BROMLEY: (3, 0, 0, 3)},
            )
    await add_observations(
        conn,
        RATIO,
        "officer_defined",
        "ethnicity:asian",
        listed,
        {HACKNEY: (2, 20, 4, 70), BROMLEY: (0, 1, 0, 1)},
    )
    await add_observations(conn, RATIO, "self_defined", "ethnicity:mixed", listed, {HACKNEY: (5, 16, 25, 70)})


async def write_shares(conn: Any, listed: list[str]) -> None:
    """Positive outcomes: 30 of 100 known and 10 unknown in Hackney, 1 of 1 in Bromley."""
    await add_observations(
        conn, SHARE, "officer_defined", "total", listed, {HACKNEY: (30, 0, 10, 100), BROMLEY: (1, 0, 0, 1)}
    )
    await add_observations(conn, SHARE, "self_defined", "ethnicity:black", listed, {HACKNEY: (10, 0, 5, 40)})
    await add_observations(
        conn, SHARE, "self_defined", "ethnicity:unknown", listed, {HACKNEY: (10, 0, 3, 30)}
    )


async def write_children(conn: Any) -> None:
    """Searches by age in 2023-04, 40 in each borough, of people of 10 to 17 or of 18 to 24.

    Of children there are 3 in Hackney, 9 in Tower Hamlets, 38 in Harrow, 20 elsewhere. In 2021-05 ages are blank
    in every row, so that only the total of 40 in each borough is known.
    """
    children = dict.fromkeys(BOROUGHS, 20) | {HACKNEY: 3, TOWER_HAMLETS: 9, HARROW: 38}
    known = {borough: (count, 0, 0, 40) for borough, count in children.items()}
    await add_observations(conn, CHILDREN, "recorded", "total", ["2023-04"], known)
    nobody = dict.fromkeys(BOROUGHS, 0)
    await add_observations(conn, CHILDREN, "recorded", "total", months("2023-05", "2024-03"), nobody)
    adults = {borough: 40 - count for borough, count in children.items()}
    ages = {"10_17": children, "18_24": adults, "25_34": nobody, "over_34": nobody, "unknown": nobody}
    for name, counts in ages.items():
        by_age = {borough: (count, 0, 0, 40) for borough, count in counts.items()}
        await add_observations(conn, RATE, "officer_defined", f"age:{name}", ["2023-04"], by_age)
        if name != "unknown":
            await add_persons(conn, f"age:{name}", 2020, dict.fromkeys(BOROUGHS, 24_000), "mid-2020")
    blank = {"age": "the field is blank in every row of the file"}
    await add_coverage(conn, "stop_search", MET, ["2021-05"], unusable=blank)
    total = dict.fromkeys(BOROUGHS, 40)
    await add_observations(conn, RATE, "officer_defined", "total", ["2021-05"], total)


async def write_revision(conn: Any) -> None:
    """In release 1 and 2 Haringey had 100 searches in 2024-05; from release 3 on 140."""
    series = "select series_id from series where metric = 'stop_search_rate' and group_code = 'total'"
    await conn.execute(
        f"update observation set numerator = 140, revision = 1, first_release = 3"
        f" where series_id = ({series}) and borough = {HARINGEY} and period_start = '2024-05-01'"
    )
    await add_observations(
        conn, RATE, "officer_defined", "total", ["2024-05"], {HARINGEY: 100}, first=1, last=2
    )
    # In the first release 2024-08 had not come yet.
    await conn.execute("update coverage set first_release = 2 where month = '2024-08-01'")


async def write_street(conn: Any) -> None:
    """Met street files that hold burglary only; whole City files."""
    every = await conn.fetch(
        "select class from vocabulary_class where field = 'category' and class <> 'unknown'"
    )
    words = [row["class"] for row in every]
    await add_coverage(conn, "street", MET, YEAR, words=["burglary"])
    await add_coverage(conn, "street", CITY, YEAR, words=words)
    await add_observations(
        conn, "crime_rate", "recorded", "category:burglary", YEAR, dict.fromkeys(range(2, 34), 2)
    )
    await add_observations(
        conn, "crime_rate", "recorded", "category:burglary", YEAR, {1: 1, 2: 1}, force=CITY
    )
    await add_observations(conn, "crime_rate", "recorded", "total", YEAR, {1: 11}, force=CITY)
    later = months("2025-01", "2025-12")
    await add_coverage(conn, "street", CITY, later, words=["anti_social_behaviour"])
    await add_observations(conn, "antisocial_behaviour_rate", "recorded", "total", later, {1: 10}, force=CITY)


async def ask(conn: Any, **raw: str | list[str]) -> list[Any]:
    snapshot = await load_snapshot(conn)
    given = {name.rstrip("_"): [text] if isinstance(text, str) else text for name, text in raw.items()}
    _, _, rows = await get_values(conn, snapshot, given)
    return rows


async def ask_one(conn: Any, **raw: str | list[str]) -> Any:
    rows = await ask(conn, **raw)
    assert len(rows) == 1
    return rows[0]
