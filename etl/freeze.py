"""Reports are frozen: what was tabled is kept with its hash, and opens the same for ever.

The document and its files are given as they were made; nothing here knows what they say.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from hashlib import sha256

import asyncpg
import msgspec

import sql
from etl.errors import EtlError
from sql.queries import load
from sql.settings import Settings

SUMS = "sums"
SUMS_TYPE = "text/plain"


class NotKept(EtlError):  # noqa: N818
    """What the database gives back is not what was put into it."""


# The format of a file, its media type, the policy of a page, the file, and its name for the list of check sums.
File = tuple[str, str, str | None, bytes, str]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of frozen reports says of one."""

    area_code: str
    slug: str
    title: str
    meeting: date | None
    release: str
    is_sample: bool
    app_version: str


class Kept(msgspec.Struct, frozen=True):
    """A frozen report: its hash, whether it is new, and its files by format as they were first made."""

    sha256: str
    is_new: bool
    files: dict[str, bytes]


async def freeze(
    conn: asyncpg.Connection, document: bytes, files: Sequence[File], **about: str | bool | date | None
) -> Kept:
    """Keep a report under the SHA-256 of its document, with its files and their check sums; all of it or nothing.

    `about`: the fields of `Label`. The same document again changes nothing, and gives the files of the first time. `conn`
    may write. Raises asyncpg errors, NotKept, and msgspec.ValidationError for `about`.
    """
    label = msgspec.convert(about, Label)
    key = sha256(document).hexdigest()
    async with conn.transaction():
        added = await conn.fetchval(
            load("add_frozen_report"),
            key,
            label.area_code,
            label.slug,
            label.title,
            label.meeting,
            label.release,
            label.is_sample,
            label.app_version,
            document,
        )
        if added is not None:
            sums = write_sums(files)
            for name, media_type, policy, body in [
                *(file[:4] for file in files),
                (SUMS, SUMS_TYPE, None, sums),
            ]:
                await conn.execute(load("add_frozen_file"), key, name, media_type, policy, body)
        kept = {row["format"]: row["body"] for row in await conn.fetch(load("list_frozen_files"), key)}
        if added is not None and any(kept.get(name) != body for name, _, _, body, _ in files):
            raise NotKept(
                "The report could not be frozen: the database did not give back what was put into it."
            )
    return Kept(key, added is not None, kept)


def write_sums(files: Sequence[File]) -> bytes:
    """The check sums of the files, a line each, as `sha256sum --check` reads them."""
    return "".join(f"{sha256(body).hexdigest()}  {name}\n" for _, _, _, body, name in files).encode()


@asynccontextmanager
async def freezing(settings: Settings | None = None) -> AsyncIterator[Callable[..., Awaitable[Kept]]]:
    """`freeze` on a connection of its own. Raises errors of `sql.errors`."""
    async with await sql.connect(settings, min_size=1, max_size=1) as pool, pool.acquire() as conn:

        async def keep(document: bytes, files: Sequence[File], **about: str | bool | date | None) -> Kept:
            return await freeze(conn, document, files, **about)

        yield keep
