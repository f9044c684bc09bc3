"""What is loaded, what is published, what is not yet."""

from collections.abc import Mapping
from typing import Any

import asyncpg

import sql.queries
from geo.publishers import name_publisher

# what the rows of a source are, where they are no events
RETURNS = ("revenue_return", "section_251")
ROWS = {
    "control_total": "counts by borough, month and offence",
    "survey": "shares of boroughs",
    "payment": "payments",
    **dict.fromkeys(RETURNS, "figures of councils"),
}
# whose rows are not placed: the council is the publisher, or is named in each row
NOT_PLACED = ("payment", *RETURNS)
# who publishes, where it is not the force whose area it is of
PUBLISHERS = {"survey": "Mayor's Office for Policing and Crime"}


async def read_status(conn: asyncpg.Connection) -> dict[str, Any]:
    """The latest release, the boundaries, the coverage by source and force, and what is stale."""
    release = await conn.fetchrow(
        "select release, published_at, is_sample from release order by release_id desc limit 1"
    )
    boundary = await conn.fetchrow("select vintage, resolution from boundary_set where is_current")
    coverage = await conn.fetch(sql.queries.load("sum_coverage"))
    return {
        "release": dict(release) if release else None,
        "boundaries": dict(boundary) if boundary else None,
        "postcodes": await conn.fetchval("select count(*) from postcode"),
        "coverage": [dict(row) for row in coverage],
        "missing": [row["missing"] for row in await conn.fetch(sql.queries.load("list_missing"))],
        "stale_metric_months": await conn.fetchval("select count(*) from stale"),
        "rows_rejected": await conn.fetchval("select count(*) from reject"),
        "unseen_words": [
            f"{row['word']} ({row['field']})"
            for row in await conn.fetch("select field, word from vocabulary where is_unseen order by 1, 2")
        ],
    }


def render_status(status: dict[str, Any]) -> str:
    """The status for a person, in lines."""
    release = status["release"]
    if release is None:
        lines = ["Nothing is published yet. Load files with: borough load PATH"]
    else:
        marked = " SAMPLE DATA, NOT REAL." if release["is_sample"] else ""
        lines = [
            f"Release {release['release']}, published {release['published_at']:%-d %B %Y %H:%M} UTC.{marked}"
        ]
    if status["boundaries"]:
        lines.append(f"Boundaries: {status['boundaries']['vintage']} ({status['boundaries']['resolution']}).")
    lines.append(f"Postcodes: {status['postcodes']:,}.")
    for row in status["coverage"]:
        partial = f", {row['partial']} partial ({', '.join(row['partial_months'])})" if row["partial"] else ""
        publisher = PUBLISHERS.get(row["source"]) or row["force_name"] or name_publisher(row["force"])
        placed = "" if row["source"] in NOT_PLACED else f", {row['placed_share']:.1%} placed in a borough"
        lines.append(
            f"{row['source']}, {publisher}: {describe_span(row)}{partial}{describe_kinds(row)};"
            f" {row['events']:,} {ROWS.get(row['source'], 'events')}{placed}."
        )
    lines += [f"Missing: {text}." for text in status["missing"]]
    if status["stale_metric_months"]:
        lines.append(
            f"{status['stale_metric_months']:,} metric months are loaded and not published: run borough publish."
        )
    if status["rows_rejected"]:
        lines.append(f"{status['rows_rejected']:,} rows were rejected and are kept apart with their reasons.")
    if status["unseen_words"]:
        lines.append(f"Words not known, counted as unknown: {'; '.join(status['unseen_words'])}.")
    return "\n".join(lines)


def describe_span(row: Mapping[str, Any]) -> str:
    """How many months, or rolling years, there are of a source, and from when to when."""
    first, last = f"{row['first_month']:%Y-%m}", f"{row['last_month']:%Y-%m}"
    if row["source"] == "survey":
        return (
            f"1 rolling year, to {last}"
            if row["months"] == 1
            else f"{row['months']} rolling years, which end from {first} to {last}"
        )
    if row["source"] in RETURNS:
        years = (
            "1 financial year, which ends"
            if row["months"] == 1
            else f"{row['months']} financial years, to that which ends"
        )
        return f"{years} in {last}"
    return f"1 month, {last}" if row["months"] == 1 else f"{row['months']} months from {first} to {last}"


def describe_kinds(row: Mapping[str, Any]) -> str:
    """Of how many months only a few kinds of event are held, and which."""
    few, months = row["months_of_few"], row["months"]
    if not few or row["source"] in RETURNS:
        return ""
    if row["source"] == "payment":
        return f" ({', '.join(sorted({kind for held in row['few_kinds'] for kind in held.split(', ')}))})"
    kinds = row["few_kinds"][0].replace("_", " ") if len(row["few_kinds"]) == 1 else "a few kinds of crime"
    if few < months:
        return f", {few} of them with only {kinds}"
    return f", all with only {kinds}" if months > 1 else f", with only {kinds}"
