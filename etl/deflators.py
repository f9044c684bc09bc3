"""GDP deflators: a file of HM Treasury, beside the table that ships with the project.

Real terms stand on one vintage of deflators (the view `deflator_in_use`). A file that says what stands already changes
nothing; one that says otherwise is a vintage of its own, holds every year that the one in use holds, and takes its place
as a whole. What was returned is then put in its prices with the next release.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import asyncpg
import msgspec

import sql.queries
from etl.candidate import Candidate, read_bytes
from etl.deflator_tables import is_deflator_table, read_deflators
from etl.errors import NotRecognised, Refused
from etl.publish import mark_stale, read_months
from etl.report import FileReport
from etl.returns.sheets import is_book, read_rows

# the sources whose real terms stand on deflators
SOURCES = ("revenue_return", "section_251")
FIRST = date.min


class Vintage(msgspec.Struct, frozen=True):
    """One vintage of deflators: the index by the year in which a financial year begins. `published` None: shipped."""

    vintage: str
    published: date | None
    index: dict[int, Decimal]


def is_deflators(head: bytes) -> bool:
    """Whether a CSV begins as a file of deflators does. `head`: its first bytes."""
    if is_book(head) or b"inancial" not in head:
        return False
    try:
        return is_deflator_table(read_rows(head))
    except NotRecognised:
        return False


async def load_deflators(conn: asyncpg.Connection, candidate: Candidate) -> FileReport:
    """Load a file of deflators in one transaction. Raises Refused."""
    start = time.perf_counter()
    published = candidate.vintage or candidate.retrieved_at.date()
    index = read_deflators(read_bytes(candidate), published)
    async with conn.transaction():
        stored = gather(await conn.fetch(sql.queries.load("read_deflators")))
        vintage, message = choose_vintage(index, published, stored)
        if vintage is not None:
            await conn.executemany(
                sql.queries.load("add_deflator"),
                [(year, value, vintage, candidate.file, published) for year, value in index.items()],
            )
            await mark_real_terms(conn)
    count = len(index) if vintage is not None else 0
    return FileReport(
        file=candidate.file,
        source="deflator",
        status="loaded" if vintage is not None else "unchanged",
        rows_read=count,
        rows_loaded=count,
        seconds=round(time.perf_counter() - start, 3),
        message=message,
    )


async def mark_real_terms(conn: asyncpg.Connection) -> None:
    """Note that what was returned is to be put in other prices."""
    for source in SOURCES:
        await mark_stale(conn, source, await read_months(conn, source))


def gather(rows: Iterable[Mapping[str, object]]) -> list[Vintage]:
    """Stored rows as vintages."""
    found: dict[tuple[str, date | None], dict[int, Decimal]] = {}
    for row in rows:
        key = msgspec.convert((row["vintage"], row["published"]), tuple[str, date | None])
        found.setdefault(key, {})[msgspec.convert(row["financial_year"], int)] = msgspec.convert(
            row["index_value"], Decimal
        )
    return [Vintage(vintage, published, index) for (vintage, published), index in found.items()]


def choose_vintage(
    index: dict[int, Decimal], published: date, stored: Iterable[Vintage]
) -> tuple[str | None, str]:
    """Under which vintage a file's index goes into the database, None where it changes nothing; and what to tell.

    Raises Refused where it may not take the place of the one in use.
    """
    last = max(index)
    label = f"HM Treasury, copy of {published}"
    kept = list(stored)
    if not kept:
        return label, f"The first deflators, to {name_year(last)}."
    in_use = max(kept, key=_rank)
    if index == in_use.index:
        return None, f"These figures stand already ({in_use.vintage})."
    if lost := sorted(in_use.index.keys() - index.keys()):
        raise Refused(
            f"The file differs from the deflators in use ({in_use.vintage}) and lacks {name_year(lost[0])}, which they hold."
            " Vintages are never mixed: load a file that holds every year."
        )
    is_later = last > max(in_use.index)
    if published <= (in_use.published or FIRST) and not is_later:
        raise Refused(
            f"This copy (vintage {published}) is not newer than the one in use ({in_use.vintage}), and differs from it. Say with"
            " --vintage YYYY-MM-DD when this one was published."
        )
    if label in {one.vintage for one in kept}:
        raise Refused(
            f"Deflators of the same vintage ({published}) are loaded and differ from these. Say with --vintage YYYY-MM-DD when"
            " these were published."
        )
    return label, f"Takes the place of {in_use.vintage}: real terms are in prices of {name_year(last)}."


def name_year(year: int) -> str:
    """2010 → 2010-11."""
    return f"{year}-{(year + 1) % 100:02d}"


def _rank(vintage: Vintage) -> tuple[int, date, str]:
    """As in the view `deflator_in_use`: what reaches furthest, then what was published last."""
    return max(vintage.index), vintage.published or FIRST, vintage.vintage
