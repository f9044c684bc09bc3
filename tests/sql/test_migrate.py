"""Migrations: forward, once, in order, whole, one migrator at a time; contradictions are refused."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from sql import migrate, pending
from sql.errors import MigrationRefused, RightsMissing
from sql.migrate import FOLDER, Migration, choose, read_files
from tests.conftest import name_database

ONE = "create table one (n int)"
TWO = "create table two (n int); insert into one values (2)"


@pytest.fixture
async def empty(server: str) -> AsyncIterator[str]:
    """The address of a database without any table."""
    name = f"empty_{os.getpid()}"
    administrator = await asyncpg.connect(server)
    await administrator.execute(f'drop database if exists "{name}" with (force)')
    await administrator.execute(f'create database "{name}"')
    yield name_database(server, name)
    await administrator.execute(f'drop database "{name}" with (force)')
    await administrator.close()


@pytest.fixture
async def connection(empty: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(empty)
    yield connection
    await connection.close()


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.removeprefix('m')}.sql").write_text(text)
    return folder


async def tables(connection: asyncpg.Connection) -> set[str]:
    rows = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    return {row["tablename"] for row in rows}


async def test_what_is_pending_is_applied_once_in_order(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    folder = write(tmp_path, m0001_one=ONE, m0002_two=TWO)
    assert await pending(connection, folder) == ["0001_one", "0002_two"]
    assert await tables(connection) == set()
    assert await migrate(connection, folder) == ["0001_one", "0002_two"]
    assert await tables(connection) == {"one", "two", "schema_migration"}
    assert await pending(connection, folder) == []
    assert await migrate(connection, folder) == []
    assert await connection.fetchval("select count(*) from one") == 1


async def test_a_later_file_is_applied_to_what_is_there(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(connection, write(tmp_path, m0001_one=ONE))
    assert await migrate(connection, write(tmp_path, m0002_two=TWO)) == ["0002_two"]
    rows = await connection.fetch(
        "select number, name, length(sha256), applied_at <= now() from schema_migration"
    )
    assert [tuple(row) for row in rows] == [(1, "0001_one", 64, True), (2, "0002_two", 64, True)]


async def test_migrators_at_once_apply_everything_once(empty: str, tmp_path: Path) -> None:
    folder = write(tmp_path, m0001_one=f"select pg_sleep(0.2); {ONE}", m0002_two=TWO)
    connections = [await asyncpg.connect(empty) for _ in range(4)]
    try:
        applied = await asyncio.gather(*(migrate(each, folder) for each in connections))
    finally:
        for each in connections:
            await each.close()
    assert sorted(applied) == [[], [], [], ["0001_one", "0002_two"]]


async def test_of_a_file_that_fails_nothing_is_kept_and_of_those_before_it_all(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    folder = write(
        tmp_path, m0001_one=ONE, m0002_two="create table two (n int); insert into nowhere values (1)"
    )
    with pytest.raises(
        MigrationRefused, match=r'0002_two failed .*"nowhere" does not exist.*nothing of it was kept'
    ):
        await migrate(connection, folder)
    assert await tables(connection) == {"one", "schema_migration"}
    assert await migrate(connection, write(tmp_path, m0002_two=TWO)) == ["0002_two"]


async def test_an_applied_file_that_changed_is_refused(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(connection, write(tmp_path, m0001_one=ONE))
    folder = write(tmp_path, m0001_one=f"{ONE} -- changed", m0002_two=TWO)
    for refusing in (migrate, pending):
        with pytest.raises(MigrationRefused, match=r"0001_one was applied .* its file has changed since"):
            await refusing(connection, folder)
    assert await tables(connection) == {"one", "schema_migration"}


async def test_a_database_newer_than_the_program_is_refused(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    await migrate(connection, write(tmp_path, m0001_one=ONE, m0002_two=TWO))
    (tmp_path / "0002_two.sql").unlink()
    with pytest.raises(
        MigrationRefused, match=r"newer than this program \(it has migration 0002_two\): update"
    ):
        await migrate(connection, tmp_path)


async def test_after_a_refusal_the_lock_is_free(empty: str, tmp_path: Path) -> None:
    folder = write(tmp_path, m0001_one="this is not SQL")
    first, second = await asyncpg.connect(empty), await asyncpg.connect(empty)
    try:
        with pytest.raises(MigrationRefused):
            await migrate(first, folder)
        assert await asyncio.wait_for(migrate(second, write(tmp_path, m0001_one=ONE)), 10) == ["0001_one"]
    finally:
        await first.close()
        await second.close()


def test_another_programs_record_is_refused() -> None:
    files = [Migration(1, "0001_one", ONE)]
    with pytest.raises(MigrationRefused, match="has migration 0001_other where this version has 0001_one"):
        choose(files, [(1, "0001_other", files[0].sha256)])


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["0001_one", "0003_three"], r"numbered \[1, 3\]"),
        (["0001_one", "0001_two"], r"numbered \[1, 1\]"),
        (["0002_two"], r"numbered \[2\]"),
        (["one"], "one.sql is not named as a migration"),
    ],
)
def test_files_are_numbered_from_one_without_gap_or_repeat(
    tmp_path: Path, names: list[str], sentence: str
) -> None:
    for name in names:
        (tmp_path / f"{name}.sql").write_text(ONE)
    with pytest.raises(MigrationRefused, match=sentence):
        read_files(tmp_path)


def test_line_ends_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_bytes(b"select 1\nfrom x\n")
    lf = read_files(tmp_path)[0].sha256
    (tmp_path / "0001_one.sql").write_bytes(b"select 1\r\nfrom x\r\n")
    assert read_files(tmp_path)[0].sha256 == lf


def test_the_shipped_migrations_leave_transactions_to_the_migrator() -> None:
    for migration in read_files(FOLDER):
        assert not re.search(r"^\s*(begin|commit|rollback)\s*;", migration.text, re.MULTILINE | re.IGNORECASE)


async def test_the_shipped_migrations_can_run_in_two_databases_at_once(server: str) -> None:
    names = [f"twin_{os.getpid()}_{number}" for number in range(2)]
    administrator = await asyncpg.connect(server)
    try:
        for name in names:
            await administrator.execute(f'create database "{name}"')
        twins = [await asyncpg.connect(name_database(server, name)) for name in names]
        first, second = await asyncio.gather(*(migrate(twin) for twin in twins))
        for twin in twins:
            await twin.close()
        assert first == second == [migration.name for migration in read_files(FOLDER)]
    finally:
        for name in names:
            await administrator.execute(f'drop database if exists "{name}" with (force)')
        await administrator.close()


@pytest.fixture
async def plain_user(server: str) -> AsyncIterator[tuple[asyncpg.Connection, str, str]]:
    """A user without rights who owns a database: (administrator, the user's name, the database's address)."""
    user = f"plain_{os.getpid()}"
    administrator = await asyncpg.connect(server)
    await administrator.execute(f'drop database if exists "{user}" with (force)')
    await administrator.execute(f'drop role if exists "{user}"')
    await administrator.execute(f"create role \"{user}\" login password 'plain'")
    await administrator.execute(f'create database "{user}" owner "{user}"')
    await administrator.execute(
        "do $$ begin create role borough_reader nologin; exception when duplicate_object then null; end $$"
    )
    yield administrator, user, name_database(server, user).replace("postgres@", f"{user}:plain@", 1)
    await administrator.execute(f'drop database "{user}" with (force)')
    await administrator.execute(f'drop role "{user}"')
    await administrator.close()


async def test_a_user_who_may_not_take_the_readers_role_is_told_what_to_ask_for(
    plain_user: tuple[asyncpg.Connection, str, str],
) -> None:
    administrator, user, address = plain_user
    connection = await asyncpg.connect(address)
    try:
        with pytest.raises(RightsMissing, match=r"ask the server's administrator .*grant borough_reader to"):
            await migrate(connection)
        await administrator.execute(f'grant borough_reader to "{user}"')
        assert "0002_reader" in await migrate(connection)
    finally:
        await connection.close()


async def test_a_user_who_may_not_make_tables_is_told_so(
    plain_user: tuple[asyncpg.Connection, str, str],
) -> None:
    administrator, user, address = plain_user
    await administrator.execute(f'alter database "{user}" owner to current_user')
    connection = await asyncpg.connect(address)
    try:
        with pytest.raises(RightsMissing, match=r"may not create tables .* owner of the database"):
            await migrate(connection)
    finally:
        await connection.close()
