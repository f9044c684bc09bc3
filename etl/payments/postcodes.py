"""The boroughs of suppliers, by their postcodes where a file has them. The postcode itself is never stored."""

import asyncpg
import polars as pl

from geo.postcode import normalise_postcode

OUTSIDE_LONDON = -1


async def place_suppliers(conn: asyncpg.Connection, facts: pl.DataFrame) -> pl.DataFrame:
    """The facts with the borough of each supplier: 0 where it has no postcode, -1 where its postcode is none of London's.

    Where no postcodes are loaded nothing can be said, and all are 0. `facts` loses its column supplier_postcode.
    """
    given = facts["supplier_postcode"]
    placed = facts.drop("supplier_postcode")
    whole = {text: code for text in given.drop_nulls().unique() if (code := normalise_postcode(text))}
    if not whole or not await conn.fetchval("select exists (select from postcode)"):
        return placed
    rows = await conn.fetch(
        "select postcode, borough from postcode where postcode = any ($1::text[])",
        sorted(set(whole.values())),
    )
    boroughs = {row["postcode"]: row["borough"] for row in rows}
    of_text = {text: boroughs.get(code, OUTSIDE_LONDON) for text, code in whole.items()}
    return placed.with_columns(
        given.replace_strict(of_text, default=0, return_dtype=pl.Int16).fill_null(0).alias("supplier_borough")
    )
