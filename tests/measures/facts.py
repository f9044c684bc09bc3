"""Facts in the published words, and their way into the tables that the measures read."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import asyncpg

from etl.geography import tally_again
from tests.oracle import words

#: No vocabulary has them: kept, counted as unknown. The second and third look like groups that we know.
UNSEEN = ("Klingon", "White - Cornish", "Black")

# Column of the table -> (published column, vocabulary field)
SEARCH_WORDS = {
    "search_type": ("Type", "search_type"),
    "gender": ("Gender", "gender"),
    "age": ("Age range", "age"),
    "ethnicity_self": ("Self-defined ethnicity", "ethnicity_self"),
    "ethnicity_officer": ("Officer-defined ethnicity", "ethnicity_officer"),
    "legislation": ("Legislation", "legislation"),
    "object": ("Object of search", "object"),
    "outcome": ("Outcome", "search_outcome"),
}
SEARCH_FLAGS = {
    "linked": "Outcome linked to object of search",
    "clothing_removed": "Removal of more than just outer clothing",
}
FLAG = {"True": True, "False": False, "": None}

NOVEMBER, DECEMBER, JANUARY = date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)

ALL_CATEGORIES = tuple(words.slug(word) for word in (*words.CRIME_CATEGORIES, words.ANTI_SOCIAL))


def search(**given: Any) -> dict[str, Any]:
    """A search of a person by the Met in Hackney in December, with what is given changed."""
    return {
        "force": 1,
        "month": DECEMBER,
        "borough": 12,
        "Type": "Person search",
        "Gender": "Male",
        "Age range": "18-24",
        "Self-defined ethnicity": "White - Irish",
        "Officer-defined ethnicity": "White",
        "Legislation": "Misuse of Drugs Act 1971 (section 23)",
        "Object of search": "Controlled drugs",
        "Outcome": "A no further action disposal",
        "Outcome linked to object of search": "",
        "Removal of more than just outer clothing": "",
        **given,
    }


def crime(**given: Any) -> dict[str, Any]:
    """A burglary recorded by the Met in Hackney in December, with what is given changed."""
    return {"force": 1, "month": DECEMBER, "borough": 12, "Crime type": "Burglary", **given}


def cover(source: str, force: int = 1, month: date = DECEMBER, **given: Any) -> dict[str, Any]:
    """A whole month received, with what is given changed."""
    held = ALL_CATEGORIES if source == "street" else None
    return {
        "source": source,
        "force": force,
        "month": month,
        "status": "received",
        "words": held,
        "unusable": (),
        **given,
    }


async def add_unseen(conn: asyncpg.Connection) -> None:
    """Give the unseen words codes, as a load does."""
    fields = {row["field"] for row in await conn.fetch("select distinct field from vocabulary")}
    for field in sorted(fields):
        for word in UNSEEN:
            await conn.execute(
                """insert into vocabulary (field, code, word, class, is_unseen)
                   select $1::text, max(code) + 1, $2::text, 'unknown', true
                     from vocabulary
                    where field = $1::text
                   on conflict (field, word) do nothing""",
                field,
                word,
            )


async def write(
    conn: asyncpg.Connection,
    codes: dict[tuple[str, str], int],
    coverage: Sequence[dict[str, Any]],
    searches: Sequence[dict[str, Any]] = (),
    crimes: Sequence[dict[str, Any]] = (),
    outcomes: Sequence[dict[str, Any]] = (),
) -> None:
    """Put facts, their tallies and coverage into the tables; `codes`: (vocabulary field, word) -> code."""
    await conn.copy_records_to_table(
        "stop_search",
        columns=["resource_id", "force", "month", "borough", "place", *SEARCH_WORDS, *SEARCH_FLAGS],
        records=[
            (
                *(1, row["force"], row["month"], row["borough"], 1),
                *(codes[field, row[column]] for column, field in SEARCH_WORDS.values()),
                *(FLAG[row[column]] for column in SEARCH_FLAGS.values()),
            )
            for row in searches
        ],
    )
    await conn.copy_records_to_table(
        "crime",
        columns=["resource_id", "force", "month", "borough", "place", "crime_id", "category", "last_outcome"],
        records=[
            (
                *(1, row["force"], row["month"], row["borough"], 1, row.get("Crime ID") or None),
                codes["category", row["Crime type"]],
                codes["crime_outcome", row.get("Last outcome category", "")],
            )
            for row in crimes
        ],
    )
    await conn.copy_records_to_table(
        "crime_outcome",
        columns=["resource_id", "force", "month", "borough", "place", "crime_id", "outcome"],
        records=[
            (
                1,
                row["force"],
                row["month"],
                0,
                5,
                row["Crime ID"],
                codes["crime_outcome", row["Outcome type"]],
            )
            for row in outcomes
        ],
    )
    await tally_again(conn)
    await conn.executemany(
        """insert into coverage (source, force, month, status, words, unusable_fields,
                                 events, placed, no_location, outside, first_release, last_release)
           values ($1, $2, $3, $4, $5, $6::jsonb, 1, 1, 0, 0, $7, $8)""",
        [
            (
                *(row["source"], row["force"], row["month"], row["status"]),
                list(row["words"]) if row["words"] is not None else None,
                json.dumps(dict.fromkeys(row["unusable"], "blank in every row")),
                *(row.get("first_release", 2), row.get("last_release")),
            )
            for row in coverage
        ],
    )
