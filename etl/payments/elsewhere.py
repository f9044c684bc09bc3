"""A file of payments that was loaded under another payer or month than a person now says."""

import asyncpg

import sql.queries
from etl.copies import name_months
from etl.errors import Refused
from etl.prepared import Prepared


async def is_elsewhere(conn: asyncpg.Connection, prepared: Prepared) -> bool:
    """Whether the same bytes of payments count under another payer, or in months that they are not said to be of now."""
    if prepared.source != "payment":
        return False
    months = {month.month for month in prepared.months}
    rows = await conn.fetch(sql.queries.load("find_payments_elsewhere"), prepared.sha256)
    return any(row["force"] != prepared.force or not months.issuperset(row["months"]) for row in rows)


async def withdraw_elsewhere(
    conn: asyncpg.Connection, prepared: Prepared, resource_id: int, *, force: bool
) -> list[str]:
    """Take away what the same bytes stand for elsewhere, where that was asked for; a sentence for each.

    Nothing in the file tells who paid or when, so a person may have said it wrongly. `resource_id`: of the file that takes
    their place. Raises Refused without `force`.
    """
    if prepared.source != "payment":
        return []
    months = {month.month for month in prepared.months}
    said = []
    for row in await conn.fetch(sql.queries.load("find_payments_elsewhere"), prepared.sha256):
        if row["force"] == prepared.force and months.issuperset(row["months"]):
            continue
        where = f"{row['publisher']}, {name_months(row['months'])}"
        if not force:
            raise Refused(
                f"The same file is loaded already, of {where}. If that was wrong, --force takes it away there and loads it as said."
            )
        await conn.execute(
            "delete from payment where resource_id = $1 and force = $2 and month = any ($3::date[])",
            row["resource_id"],
            row["force"],
            row["months"],
        )
        await conn.execute(
            sql.queries.load("supersede"), row["resource_id"], row["force"], row["months"], resource_id
        )
        said.append(f"Taken away from {where}.")
    return said
