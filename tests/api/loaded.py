"""A world that was loaded from files, in two releases, for the tests of what arrived, what changed, and records.

Release one: Met searches of 2024-01 to 2024-03, the Met's and the City's street crime of 2024-02 and -03. Release two:
a later copy of the City's 2024-02, in which two cases ended otherwise and one crime is gone.
"""

from datetime import date
from pathlib import Path

import asyncpg

from etl.load import LoadReport, Options, load
from etl.reference import seed
from tests.etl.rows import (
    BROMLEY,
    CATEGORIES,
    CITY,
    CITY_OF_LONDON,
    NEWCASTLE,
    NOWHERE,
    POINTS,
    Row,
    make_crime,
    make_stop,
    month_of_crimes,
    month_of_stops,
    name_file,
    put,
    stops_csv,
    street_csv,
)

CHARGED, CLOSED = "Suspect charged", "Investigation complete; no suspect identified"
# Words that a spreadsheet would run.
FORMULA = "=HYPERLINK(1)"
BEFORE_MIDNIGHT = "2024-03-31T23:30:00+00:00"
CITY_OF = {"Reported_by": CITY, "Falls_within": CITY, "Month": "2024-02"}


def city_crimes() -> list[Row]:
    """Ten burglaries in the City, two of them charged, and one of every other kind."""
    return [
        make_crime(
            7_000 + number,
            "Burglary",
            POINTS[CITY_OF_LONDON],
            Last_outcome_category=CHARGED if number < 2 else "Under investigation",
            **CITY_OF,
        )
        for number in range(10)
    ] + [
        make_crime(7_100 + number, category, POINTS[CITY_OF_LONDON], **CITY_OF)
        for number, category in enumerate(CATEGORIES)
        if category != "Burglary"
    ]


def city_crimes_later() -> list[Row]:
    """The same as published later: four burglaries charged, the others closed, the last one gone."""
    crimes = city_crimes()
    burglaries = [
        {**row, "Last outcome category": CHARGED if number < 4 else CLOSED}
        for number, row in enumerate(crimes[:9])
    ]
    return burglaries + crimes[10:]


def searches(month: str) -> list[Row]:
    """Sixty searches in Hackney; in March four more, one in Bromley, one nowhere, one far away, one odd."""
    rows = month_of_stops(month)
    if month == "2024-03":
        rows += [
            make_stop(POINTS[BROMLEY], Date=BEFORE_MIDNIGHT, Object_of_search="Firearms"),
            make_stop(NOWHERE, Date="2024-03-05T10:00:00+00:00"),
            make_stop(NEWCASTLE, Date="2024-03-06T10:00:00+00:00"),
            {
                **make_stop(Date="2024-03-07T10:00:00+00:00", Age_range="10-17", Policing_operation=FORMULA),
                "Officer-defined ethnicity": "Black",
            },
        ]
    return rows


async def build_loaded(pool: asyncpg.Pool, folder: Path) -> list[LoadReport]:
    """Seed, load and publish twice."""
    first, second = folder / "first", folder / "second"
    for month in ("2024-01", "2024-02", "2024-03"):
        put(first, name_file(month, "stop-and-search"), stops_csv(searches(month)))
    for month in ("2024-02", "2024-03"):
        put(first, name_file(month, "street"), street_csv(month_of_crimes(month)))
    march = [
        {**row, "Month": "2024-03", "Crime ID": row["Crime ID"] and f"{n:064x}"}
        for n, row in enumerate(city_crimes(), 1)
    ]
    put(first, name_file("2024-02", "street", "city-of-london"), street_csv(city_crimes()))
    put(first, name_file("2024-03", "street", "city-of-london"), street_csv(march))
    put(second, name_file("2024-02", "street", "city-of-london"), street_csv(city_crimes_later()))
    async with pool.acquire() as connection:
        await seed(connection)
        return [
            await load(
                connection,
                [path],
                index_folder=folder / "index",
                options=Options(vintage=vintage, force=True),
            )
            for path, vintage in ((first, date(2024, 4, 20)), (second, date(2024, 9, 1)))
        ]
