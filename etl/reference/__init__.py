"""Reference facts the system cannot do without, as small reviewed tables, and their way into the database."""

import csv
import tomllib
from decimal import Decimal
from importlib import resources
from itertools import chain
from typing import Any

import asyncpg
import msgspec

import sql.queries
from etl import deflators
from etl.geography import tally_again
from etl.payments.formats import list_publications
from etl.population_census import list_ethnic_groups
from etl.population_rows import CENSUS, MID_YEAR, SINGLE_YEARS, Population
from etl.publish import lock_facts, mark_stale, read_months
from etl.sources import SOURCES, TABLE_SOURCES
from geo.areas import load_areas, load_members

# the deflators that ship, as they are named in the prices of real terms
DEFLATORS = "HM Treasury, June 2026"


class Word(msgspec.Struct, frozen=True):
    """A word of a vocabulary field and the class it counts under."""

    field: str
    word: str
    class_: str


def read_table(name: str) -> list[dict[str, int]]:
    """The rows of a reference CSV, all integers; comment lines begin with #."""
    return [{key: int(value) for key, value in row.items()} for row in _read_rows(name)]


def _read_rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def load_deflators() -> dict[int, Decimal]:
    """The GDP deflator that ships, by the year in which a financial year begins."""
    rows = _read_rows("deflators.csv")
    return {int(row["financial_year"]): Decimal(row["index_value"]) for row in rows}


def read_toml(name: str) -> dict[str, Any]:
    """A reference TOML file."""
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text(encoding="utf-8"))


def load_words() -> list[Word]:
    """Every word we know, the blank of each field included."""
    fields = read_toml("vocabulary.toml")
    return [Word(field, "", "unknown") for field in fields] + [
        Word(field, word, class_)
        for field, classes in fields.items()
        for class_, entry in classes.items()
        for word in entry["words"]
    ]


def load_classes() -> list[tuple[str, str, str, int]]:
    """(field, class, label, order) of every class, the class `unknown` in every field."""
    rows = []
    for field, classes in read_toml("vocabulary.toml").items():
        labels = {class_: entry["label"] for class_, entry in classes.items()}
        labels.setdefault("unknown", "Unknown")
        rows += [(field, class_, label, order) for order, (class_, label) in enumerate(labels.items())]
    return rows


def load_populations() -> list[Population]:
    """Residents, and residents by age range, sex and ethnic group, of the 33 boroughs."""
    return list(chain(_residents(), _ages(), _genders(), _ethnic_groups()))


def _residents() -> list[Population]:
    return [
        Population("residents", row["borough"], int(year), persons, MID_YEAR)
        for row in read_table("residents.csv")
        for year, persons in row.items()
        if year != "borough"
    ]


def _ages() -> list[Population]:
    return [
        Population(f"age:{group}", row["borough"], row["year"], persons, SINGLE_YEARS)
        for row in read_table("age.csv")
        for group, persons in row.items()
        if group not in ("borough", "year")
    ]


def _genders() -> list[Population]:
    return [
        Population(f"gender:{group}", row["borough"], 2021, row[group], CENSUS)
        for row in read_table("gender.csv")
        for group in ("female", "male")
    ]


def _ethnic_groups() -> list[Population]:
    rows = read_table("ethnicity.csv")
    return list(chain.from_iterable(list_ethnic_groups(row["borough"], 2021, row, CENSUS) for row in rows))


async def seed(conn: asyncpg.Connection) -> None:
    """Write the reference facts: idempotent, in one transaction; rows that changed or are gone are so in the database.

    Where a word that was known changed its class, what was counted by classes is counted again and becomes stale.
    """
    async with conn.transaction():
        await conn.execute("select pg_advisory_xact_lock(hashtext('borough.seed'))")
        areas = load_areas()
        await conn.executemany(
            sql.queries.load("seed_area"),
            [
                (
                    a.area_code,
                    a.area_name,
                    a.area_kind,
                    a.slug,
                    a.borough,
                    a.met_borough_code,
                    a.home_force,
                    n,
                    a.source,
                )
                for n, a in enumerate(areas)
            ],
        )
        await conn.executemany(
            sql.queries.load("seed_area_member"),
            [(m.area_code, m.borough, m.force, m.valid_from, m.valid_to, m.source) for m in load_members()],
        )
        await conn.executemany(
            sql.queries.load("seed_source"),
            [
                (
                    *(key, s["title"], s["publisher"], s["licence"], s["address"], s["description"]),
                    *(s.get("whole_to"), s.get("after_that")),
                )
                for key, s in read_toml("sources.toml").items()
            ],
        )
        await conn.executemany(sql.queries.load("seed_vocabulary_class"), load_classes())
        await _drop_former(conn)
        words = load_words()
        # with the loader's lock before the words: a loader that learns words would wait for them, and this for it
        if {(word.field, word.word, word.class_) for word in words} - await _read_words(conn):
            await lock_facts(conn)
        changed = await conn.fetch(
            sql.queries.load("seed_vocabulary"),
            [word.field for word in words],
            [word.word for word in words],
            [word.class_ for word in words],
        )
        await conn.executemany(
            sql.queries.load("seed_population"),
            [(p.population, p.borough, p.year, p.persons, p.vintage) for p in load_populations()],
        )
        await _seed_deflators(conn)
        await conn.executemany(
            sql.queries.load("seed_series_break"),
            [
                (
                    key,
                    b["month"],
                    b["sources"],
                    b.get("dimensions"),
                    b["effect"],
                    b["explanation"],
                    b["reference"],
                    b.get("force"),
                )
                for key, b in read_toml("breaks.toml").items()
            ],
        )
        await conn.executemany(sql.queries.load("seed_payment_publication"), list_publications())
        await _count_again(conn, {row["field"] for row in changed})


async def _seed_deflators(conn: asyncpg.Connection) -> None:
    """Write the deflators that ship. Where prices change with them, real terms become stale."""
    rows = [(year, value, DEFLATORS) for year, value in sorted(load_deflators().items())]
    held = [tuple(row) for row in await conn.fetch(sql.queries.load("read_shipped_deflators"))]
    if held == rows:
        return
    await lock_facts(conn)
    before = await conn.fetch(sql.queries.load("read_prices"))
    await conn.execute(sql.queries.load("drop_deflators"), [year for year, *_ in rows], DEFLATORS)
    await conn.executemany(sql.queries.load("seed_deflator"), rows)
    if await conn.fetch(sql.queries.load("read_prices")) != before:
        await deflators.mark_real_terms(conn)


async def _read_words(conn: asyncpg.Connection) -> set[tuple[str, str, str]]:
    """The words that a person has filed, with their classes."""
    rows = await conn.fetch("select field, word, class from vocabulary where not is_unseen")
    return {(row["field"], row["word"], row["class"]) for row in rows}


async def _drop_former(conn: asyncpg.Connection) -> None:
    """Drop the populations, memberships and breaks that the reference tables no longer have."""
    populations = [(p.population, p.borough, p.year, p.vintage) for p in load_populations()]
    members = [(m.area_code, m.borough, m.force or 0, m.valid_from) for m in load_members()]
    for query, rows in (("drop_populations", populations), ("drop_area_members", members)):
        await conn.execute(sql.queries.load(query), *(list(column) for column in zip(*rows, strict=True)))
    await conn.execute(
        "delete from series_break where series_break <> all ($1::text[])", list(read_toml("breaks.toml"))
    )


async def _count_again(conn: asyncpg.Connection, fields: set[str]) -> None:
    """Make stale, and count anew, what was counted by the classes of these vocabulary fields."""
    if fields:
        await lock_facts(conn)
    sources = [source for source in SOURCES if not fields.isdisjoint(source.fields)]
    await tally_again(conn, sources)
    tables = [source.source for source in TABLE_SOURCES if not fields.isdisjoint(source.fields)]
    returns = deflators.SOURCES if "spending_line" in fields else ()
    for name in (*(source.source for source in sources), *tables, *returns):
        await mark_stale(conn, name, await read_months(conn, name))
