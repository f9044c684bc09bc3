"""Hand-made observations, coverage and populations, written straight into the tables."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

MET, CITY = 1, 2


def month(text: str) -> date:
    """The first day of a month written 2023-09."""
    return date.fromisoformat(f"{text}-01")


def months(first: str, last: str) -> list[str]:
    """The months from first to last, both included."""
    year, number = int(first[:4]), int(first[5:])
    found = []
    while f"{year:04d}-{number:02d}" <= last:
        found.append(f"{year:04d}-{number:02d}")
        year, number = (year, number + 1) if number < 12 else (year + 1, 1)
    return found


async def add_release(conn: Any, name: str, published: str, *, is_sample: bool = False) -> int:
    """A release, published at an instant like 2026-01-31T12:00:00+00:00."""
    number: int = await conn.fetchval(
        "insert into release (release, published_at, is_sample, content_sha256, boundary_vintage, changes)"
        " values ($1, $2::text::timestamptz, $3, '', 'outline', '{}') returning release_id",
        name,
        published,
        is_sample,
    )
    return number


async def add_coverage(
    conn: Any,
    source: str,
    force: int,
    listed: Iterable[str],
    *,
    status: str = "received",
    reason: str | None = None,
    words: list[str] | None = None,
    unusable: Mapping[str, str] | None = None,
    events: int = 1000,
    no_location: int = 0,
    first: int = 1,
    last: int | None = None,
) -> None:
    """Months that a source covers, all alike."""
    for text in listed:
        await conn.execute(
            "insert into coverage values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, 0, $11, $12)",
            source,
            force,
            month(text),
            status,
            reason,
            words,
            json.dumps(dict(unusable or {})),
            events,
            events - no_location,
            no_location,
            first,
            last,
        )


async def add_persons(
    conn: Any, population: str, year: int, persons: Mapping[int, int], vintage: str = "V1"
) -> None:
    """Persons of a population by borough."""
    await conn.executemany(
        "insert into exposure values ($1, $2, $3, $4, $5, 1, null)",
        [(population, borough, year, count, vintage) for borough, count in persons.items()],
    )


async def add_observations(
    conn: Any,
    metric: str,
    basis: str,
    group: str,
    listed: Iterable[str],
    counts: Mapping[int, int | tuple[int, ...]],
    *,
    force: int = MET,
    first: int = 1,
    last: int | None = None,
    revision: int = 0,
) -> None:
    """The same observation each month: by borough a numerator, or (numerator, reference, unknown, base)."""
    series = await conn.fetchval(
        "insert into series (metric, basis, group_code) values ($1, $2, $3)"
        " on conflict (metric, basis, group_code) do update set metric = excluded.metric returning series_id",
        metric,
        basis,
        group,
    )
    rows = []
    for text in listed:
        start = month(text)
        for borough, count in counts.items():
            numerator, reference, unknown, base = (
                (*count, 0, 0, 0)[:4] if isinstance(count, tuple) else (count, 0, 0, 0)
            )
            rows.append(
                (series, start, borough, force, numerator, reference, unknown, base, revision, first, last)
            )
    await conn.executemany(
        "insert into observation values"
        " ($1, $2::date, ($2::date + interval '1 month - 1 day')::date,"
        " $3, $4, $5, $6, $7, $8, 1, $9, $10, $11)",
        rows,
    )
