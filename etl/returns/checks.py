"""What shows that a copy of a return is no whole one, beside the copy whose place it would take."""

import asyncpg

import sql.queries
from etl.copies import lacks
from etl.errors import Refused
from etl.prepared import Prepared
from etl.returns.councils import name_council
from etl.vocabulary import Codes


async def check_return(
    conn: asyncpg.Connection, prepared: Prepared, copy: asyncpg.Record, codes: Codes
) -> None:
    """Raise Refused where a copy of a return lacks a line or a council that the one in the database has."""
    check_lines(prepared, copy, codes)
    rows = await conn.fetch(sql.queries.load("find_councils_of_return"), copy["resource_id"], copy["month"])
    check_councils(prepared, copy, {row["borough"] for row in rows})


def check_lines(prepared: Prepared, copy: asyncpg.Record, codes: Codes) -> None:
    """Raise Refused where a line is gone: it may have been renamed."""
    if not lacks(prepared.words, copy["words"]):
        return
    lost = set(copy["words"] or ()) - set(prepared.words or ())
    names = ", ".join(sorted(word for word, code in codes["spending_line"].items() if code in lost))
    raise Refused(
        f"This copy lacks {names}, which the one in the database holds ({copy['file']}): a line may have been renamed. If this"
        " one is whole, --force loads it."
    )


def check_councils(prepared: Prepared, copy: asyncpg.Record, held: set[int]) -> None:
    """Raise Refused where a council is gone: its figures would vanish. A council that is there and did not return is none.

    `held`: the boroughs with an amount in the copy.
    """
    assert prepared.facts is not None
    if lost := held - set(prepared.facts["borough"].to_list()):
        names = ", ".join(name_council(borough) for borough in sorted(lost))
        raise Refused(
            f"This copy has no row of {names}, and the one in the database does ({copy['file']}): its figures would vanish. Get a"
            " whole copy from the publisher. If this one is right, --force loads it."
        )
