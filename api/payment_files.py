"""Files of payments, written as they are read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

from api.payment_question import Question
from api.payment_rows import PaymentWriter
from api.payments import check_payments, find_payment_scopes, read_all_payments
from api.record_files import Frames
from api.record_scopes import Scope
from api.releases import Releases
from api.snapshot import Snapshot


@asynccontextmanager
async def open_payments(
    releases: Releases, snapshot: Snapshot, question: Question, writer: PaymentWriter
) -> AsyncIterator[tuple[Frames, PaymentWriter]]:
    """The payments of a question as tables of some thousands of rows, and what makes them."""
    async with (
        releases.connection() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        scopes = await find_payment_scopes(connection, snapshot, question)
        check_payments(scopes)
        async with aclosing(_tabulate(connection, question, scopes, writer)) as frames:
            yield frames, writer


async def _tabulate(
    connection: Any, question: Question, scopes: Sequence[Scope], writer: PaymentWriter
) -> Frames:
    async for rows in read_all_payments(connection, question, scopes):
        yield await asyncio.to_thread(writer.tabulate, rows)
