"""Whether a copy is whole enough to take the place of the one in the database."""

from collections.abc import Sequence

import asyncpg

from etl.copies import lacks
from etl.errors import Refused
from etl.prepared import Prepared
from etl.returns.checks import check_return
from etl.vocabulary import Codes

# a revised copy of a small force's month may lack a rare kind or two
LACKING_SHARE = 0.2


async def check_whole(
    conn: asyncpg.Connection,
    prepared: Prepared,
    copy: asyncpg.Record,
    *,
    only: Sequence[int],
    codes: Codes,
    force: bool,
) -> None:
    """Raise Refused where what the other copy holds would be lost. `only`: the codes that --only names."""
    if only and lacks(prepared.words, copy["words"]):
        raise Refused(
            f"The database holds a fuller copy of this month ({copy['file']}); a partial copy cannot take its place."
        )
    if force:
        return
    if prepared.table == "spending_return":
        await check_return(conn, prepared, copy, codes)
    elif lacks(prepared.words, copy["words"], most=LACKING_SHARE):
        raise Refused(
            f"This copy lacks more than a fifth of the kinds of event that the one in the database holds ({copy['file']})."
            " A partial copy cannot take its place; if this one is whole, --force loads it."
        )
