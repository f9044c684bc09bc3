"""Migrations: numbered plain SQL files, applied forward, once, in order, and recorded in `schema_migration`.

A file is applied and recorded in one transaction, so a database is always at a whole number of them. To
change the tables, add a file `NNNN_name.sql`; a file that has been released is never changed.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from sql.errors import DatabaseError, DiskFull, MigrationRefused, RightsMissing, explain

FOLDER = Path(__file__).parent / "migrations"

# Any number will do; it is the same in every version, so that two versions exclude each other too.
LOCK = 0x626F726F756768

CREATE_RECORD = """
create table if not exists schema_migration (
    number     int         primary key,
    name       text        not null,
    sha256     text        not null,
    applied_at timestamptz not null default clock_timestamp()
)
"""


class Migration(msgspec.Struct, frozen=True):
    """One file of migrations: its number, its name without the ending, its text."""

    number: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Of the text with LF line ends, so that a checkout with CRLF is the same migration."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_files(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The migrations of a folder in their order: 1, 2, 3, … without gap or repeat, else MigrationRefused."""
    found = []
    for file in sorted(folder.glob("*.sql")):
        parts = re.fullmatch(r"(\d{4})_[a-z0-9_]+", file.stem)
        if parts is None:
            raise MigrationRefused(
                f"The file {file.name} is not named as a migration: call it NNNN_name.sql."
            )
        # Text mode turns CRLF into LF.
        found.append(Migration(int(parts[1]), file.stem, file.read_text(encoding="utf-8")))
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise MigrationRefused(
            f"The migrations are numbered {numbers}: number them 1, 2, 3, … without gap or repeat."
        )
    return tuple(found)


def choose(files: Sequence[Migration], recorded: Sequence[tuple[int, str, str]]) -> list[Migration]:
    """The migrations to apply, given those recorded as (number, name, sha256) in order of number.

    Raises MigrationRefused if the record is not a beginning of the files.
    """
    for migration, (number, name, sha256) in zip(files, recorded, strict=False):
        if (migration.number, migration.name) != (number, name):
            raise MigrationRefused(
                f"The database has migration {name} where this version has {migration.name}: it belongs to "
                f"another program or branch; use another database, or the version that made this one."
            )
        if migration.sha256 != sha256:
            raise MigrationRefused(
                f"Migration {name} was applied to this database and its file has changed since: restore the "
                f"file and put the change into a new migration, or load the data into a new database."
            )
    if len(recorded) > len(files):
        raise MigrationRefused(
            f"The database is newer than this program (it has migration {recorded[-1][1]}): update the "
            f"program, or use another database."
        )
    return list(files[len(recorded) :])


async def pending(connection: Any, folder: Path = FOLDER) -> list[str]:
    """The names of what `migrate` would apply. Changes nothing; raises MigrationRefused as it would."""
    return [migration.name for migration in choose(read_files(folder), await _read_record(connection))]


async def migrate(connection: Any, folder: Path = FOLDER) -> list[str]:
    """Apply what is pending and return the names of what was applied. A second migrator waits for the first.

    `connection` is an asyncpg connection, or one from a pool, outside any transaction.
    Raises MigrationRefused; RightsMissing or DiskFull if the server says so. What was applied before it
    stays.
    """
    files = read_files(folder)
    applied = []
    await connection.execute("select pg_advisory_lock($1::bigint)", LOCK)
    try:
        await _create_record(connection)
        for migration in choose(files, await _read_record(connection)):
            await _apply(connection, migration)
            applied.append(migration.name)
    finally:
        if not connection.is_closed():
            await connection.execute("select pg_advisory_unlock($1::bigint)", LOCK)
    return applied


async def _read_record(connection: Any) -> list[tuple[int, str, str]]:
    if await connection.fetchval("select to_regclass('schema_migration') is null"):
        return []
    rows = await connection.fetch("select number, name, sha256 from schema_migration order by number")
    return [(row["number"], row["name"], row["sha256"]) for row in rows]


async def _create_record(connection: Any) -> None:
    try:
        if await connection.fetchval("select to_regclass('schema_migration') is null"):
            await connection.execute(CREATE_RECORD)
    except asyncpg.InsufficientPrivilegeError as error:
        raise RightsMissing(
            f"The user of DATABASE_URL may not create tables ({error}): make it the owner of the database, "
            f"or let the owner run `borough migrate`."
        ) from error


async def _apply(connection: Any, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.text)
            await connection.execute(
                "insert into schema_migration (number, name, sha256) values ($1::int, $2::text, $3::text)",
                migration.number,
                migration.name,
                migration.sha256,
            )
    except asyncpg.InsufficientPrivilegeError as error:
        raise RightsMissing(
            f"The user of DATABASE_URL may not apply {migration.name} ({error}): ask the server's "
            f"administrator to run `create role borough_reader nologin` if that role is missing and `grant "
            f"borough_reader to` that user, or to run `borough migrate`. Nothing of it was kept."
        ) from error
    except asyncpg.PostgresError as error:
        explained: DatabaseError = explain(error, "the database")
        if isinstance(explained, DiskFull):
            raise explained from error
        raise MigrationRefused(
            f"Migration {migration.name} failed ({error}): nothing of it was kept. It is a defect of this "
            f"version, or the database holds tables of another program; use an empty database or report it."
        ) from error
