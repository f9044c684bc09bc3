"""The connection: settings, the two roles, and a sentence for everything that can be wrong."""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import msgspec
import pytest

from sql import Settings, connect, embedded, errors, migrate
from sql.connection import _check, place
from sql.errors import explain
from sql.settings import describe, read
from tests.conftest import name_database

WHERE = "the PostgreSQL server at db:5432/borough"


@contextlib.asynccontextmanager
async def new_database(server: str) -> AsyncIterator[str]:
    """The address of an empty database, for the length of an `async with`."""
    name = f"connection_{os.getpid()}"
    administrator = await asyncpg.connect(server)
    try:
        await administrator.execute(f'create database "{name}"')
        yield name_database(server, name)
    finally:
        await administrator.execute(f'drop database if exists "{name}" with (force)')
        await administrator.close()


# ---------------------------------------------------------------- settings


def test_without_any_variable_the_defaults_hold() -> None:
    assert read({}) == Settings(
        database_url=None, data=Path(".borough"), statement_timeout_seconds=15.0, pool_min=1, pool_max=8
    )


def test_variables_are_read_and_empty_ones_count_as_unset() -> None:
    settings = read({"DATABASE_URL": " ", "BOROUGH_DATA": "/srv/borough", "BOROUGH_POOL_MAX": "3"})
    assert (settings.database_url, settings.data, settings.pool_max) == (None, Path("/srv/borough"), 3)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"BOROUGH_POOL_MAX": "many"}, "BOROUGH_POOL_MAX='many' cannot be used: Expected `int`"),
        ({"BOROUGH_POOL_MAX": "0"}, "BOROUGH_POOL_MAX='0' cannot be used: Expected `int` >= 1"),
        ({"BOROUGH_STATEMENT_TIMEOUT_SECONDS": "0"}, "BOROUGH_STATEMENT_TIMEOUT_SECONDS='0' cannot be used"),
        ({"BOROUGH_POOL_MIN": "9"}, r"BOROUGH_POOL_MIN \(9\) is above BOROUGH_POOL_MAX \(8\)"),
    ],
)
def test_a_wrong_setting_is_named(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(errors.SettingRefused, match=sentence):
        read(environment)


def test_every_setting_describes_itself() -> None:
    rows = describe()
    assert [name for name, _, _ in rows] == [field.encode_name for field in msgspec.structs.fields(Settings)]
    assert ("BOROUGH_POOL_MAX", "8", "Connections that each process may open at most.") in rows
    assert all(sentence.endswith(".") for _, _, sentence in rows)


def test_a_password_is_never_shown() -> None:
    address = "postgresql://borough:secret@db.example:6000/figures"
    assert "secret" not in repr(Settings(database_url=address))
    assert place(address) == "the PostgreSQL server at db.example:6000/figures"
    assert place("postgresql://borough:secret@/figures?host=/run/pg") == "the PostgreSQL server at /run/pg"
    assert "secret" not in place("postgresql://borough:secret@db:port/figures")


# ---------------------------------------------------------------- the two roles


async def test_the_owner_writes_and_the_clock_is_utc(pool: asyncpg.Pool) -> None:
    await pool.execute("create table owned (n int); insert into owned values (1)")
    assert await pool.fetchval("select n from owned") == 1
    assert await pool.fetchval("show timezone") == "UTC"


# Payments are read through the view payment_row; of rows that were not loaded the text is nobody's business.
KEPT_FROM_READER = ("payment", "payment_sum", "reject")


async def test_the_reader_reads_every_table_later_ones_too(pool: asyncpg.Pool, reader: asyncpg.Pool) -> None:
    await pool.execute("create table later (n int); insert into later values (7)")
    assert await reader.fetchval("select n from later") == 7
    assert await reader.fetchval("select current_user::text") == "borough_reader"
    tables = await pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    assert len(tables) > 3
    for row in tables:
        if row["tablename"] not in KEPT_FROM_READER:
            await reader.fetch(f'select * from "{row["tablename"]}" limit 1')


@pytest.mark.parametrize("table", KEPT_FROM_READER)
async def test_the_reader_reads_no_payment_that_is_withheld(reader: asyncpg.Pool, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.fetch(f'select * from "{table}" limit 1')
    await reader.fetch("select * from payment_row limit 1")
    await reader.fetch("select resource_id, line, reason from reject limit 1")


@pytest.mark.parametrize(
    "statement",
    [
        "insert into read_only values (1)",
        "update read_only set n = 2",
        "delete from read_only",
        "truncate read_only",
        "drop table read_only",
        "alter table read_only add column m int",
        "create table of_the_reader (n int)",
        "copy read_only to program 'true'",
        "select pg_read_file('PG_VERSION')",
    ],
)
@pytest.mark.parametrize(
    "before", ["select 1", "set default_transaction_read_only = off", "reset role", "reset all"]
)
async def test_the_reader_cannot_write_whatever_it_sets(
    pool: asyncpg.Pool, reader: asyncpg.Pool, before: str, statement: str
) -> None:
    await pool.execute("create table if not exists read_only (n int)")
    async with reader.acquire() as connection:
        await connection.execute(before)
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
            await connection.execute(statement)
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
            await connection.execute(f"begin read write; {statement}; commit")


async def test_a_returned_connection_is_again_what_it_was(database: str) -> None:
    settings = Settings(database_url=database, statement_timeout_seconds=0.2)
    async with await connect(settings, role="reader", min_size=1, max_size=1) as pool:
        for _ in range(3):
            async with pool.acquire() as connection:
                shown = [
                    await connection.fetchval(f"show {name}")
                    for name in ("role", "default_transaction_read_only", "statement_timeout", "timezone")
                ]
                assert shown == ["borough_reader", "on", "200ms", "UTC"]
                with pytest.raises(asyncpg.QueryCanceledError):
                    await connection.execute("select pg_sleep(20)")
                await connection.execute("set statement_timeout = 0")
                await connection.execute("set default_transaction_read_only = off")
                await connection.execute("set timezone = 'Asia/Tokyo'")
                await connection.execute("reset role")


async def test_a_database_that_was_never_migrated_gives_the_reader_a_sentence(server: str) -> None:
    async with new_database(server) as address:
        with pytest.raises(errors.NotMigrated, match="run `borough migrate`"):
            await connect(Settings(database_url=address), role="reader")
        async with (
            await connect(Settings(database_url=address), max_size=1) as pool,
            pool.acquire() as connection,
        ):
            await migrate(connection)
        async with await connect(Settings(database_url=address), role="reader") as pool:
            assert await pool.fetchval("select 1") == 1


# ---------------------------------------------------------------- what can be wrong


async def test_nobody_listening(unused_tcp_port: int) -> None:
    with pytest.raises(
        errors.ServerUnreachable, match=f"No server answers at .* 127.0.0.1:{unused_tcp_port}/figures"
    ):
        await connect(Settings(database_url=f"postgresql://u:secret@127.0.0.1:{unused_tcp_port}/figures"))


async def test_something_else_listening() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(
            errors.PortTaken, match=r"not PostgreSQL, or hung up at once .*DATABASE_URL's host"
        ):
            await connect(Settings(database_url=f"postgresql://u@127.0.0.1:{port}/figures"))


async def test_a_host_that_is_not_known() -> None:
    with pytest.raises(errors.ServerUnreachable, match=r"host of .* is not known"):
        await connect(Settings(database_url="postgresql://u@host.invalid/figures"))


@pytest.mark.parametrize("address", ["mysql://u@h/d", "postgresql://u:p@h:port/d", "nonsense"])
async def test_an_address_that_cannot_be_read(address: str) -> None:
    with pytest.raises(errors.SettingRefused, match="DATABASE_URL cannot be read"):
        await connect(Settings(database_url=address))


async def test_a_database_that_is_not_there(server: str) -> None:
    with pytest.raises(errors.LoginRefused, match="no such database"):
        await connect(Settings(database_url=name_database(server, "not_there")))


async def test_a_wrong_password(data: Path) -> None:
    server = embedded.start(data)
    administrator = await asyncpg.connect(server)
    rules = data / "postgres" / "pg_hba.conf"
    text = rules.read_text()
    try:
        await administrator.execute("create role guarded login password 'right'")
        rules.write_text(f"local all guarded scram-sha-256\n{text}")
        await administrator.execute("select pg_reload_conf()")
        address = server.replace("postgres@", "guarded:right@")
        for _ in range(100):
            if await administrator.fetchval(
                "select count(*) from pg_hba_file_rules where user_name = '{guarded}'"
            ):
                break
        async with await connect(Settings(database_url=address), max_size=1) as pool:
            assert await pool.fetchval("select current_user::text") == "guarded"
        with pytest.raises(errors.LoginRefused, match=r"refused the login \(password .*user and password"):
            await connect(Settings(database_url=address.replace("right@", "wrong@")))
    finally:
        rules.write_text(text)
        await administrator.execute("select pg_reload_conf()")
        await administrator.execute("drop role guarded")
        await administrator.close()


async def test_a_server_that_is_too_old() -> None:
    old = SimpleNamespace(get_server_version=lambda: SimpleNamespace(major=14))
    with pytest.raises(errors.VersionTooOld, match="is PostgreSQL 14, and 15 or later is needed"):
        await _check(old, "It", "owner")


async def test_too_many_connections(server: str) -> None:
    async with new_database(server) as address:
        administrator = await asyncpg.connect(server)
        name = address.partition("?")[0].rpartition("/")[2]
        await administrator.execute(
            f'create role crowd login connection limit 0; grant connect on database "{name}" to crowd'
        )
        try:
            with pytest.raises(
                errors.ServerUnreachable, match=r"takes no more connections: .*BOROUGH_POOL_MAX"
            ):
                await connect(Settings(database_url=address.replace("postgres@", "crowd@")))
        finally:
            await administrator.execute(f'revoke connect on database "{name}" from crowd; drop role crowd')
            await administrator.close()


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (asyncpg.DiskFullError("could not extend file"), errors.DiskFull, "free some room"),
        (OSError(errno.ENOSPC, "No space left on device"), errors.DiskFull, "free some room"),
        (
            asyncpg.InsufficientPrivilegeError("permission denied for table x"),
            errors.RightsMissing,
            "ask its administrator",
        ),
        (asyncpg.ReadOnlySQLTransactionError("read-only"), errors.RightsMissing, "may be a standby"),
        (asyncpg.CannotConnectNowError("starting up"), errors.ServerUnreachable, "try again in a minute"),
        (TimeoutError(), errors.ServerUnreachable, "did not answer in time"),
        (socket.gaierror(-2, "Name or service not known"), errors.ServerUnreachable, "is not known"),
        (PermissionError(13, "Permission denied"), errors.RightsMissing, "may not open"),
        (OSError(113, "No route to host"), errors.ServerUnreachable, "cannot be reached"),
        (RuntimeError("odd"), errors.DatabaseError, "RuntimeError: odd"),
    ],
)
def test_an_error_of_the_system_becomes_a_sentence_that_says_what_to_do(
    error: Exception, kind: type[Exception], sentence: str
) -> None:
    explained = explain(error, WHERE)
    assert type(explained) is kind
    assert sentence in str(explained)
    assert WHERE[1:] in str(explained)
    assert str(explained)[0].isupper()
    assert str(explained).endswith((".", ")"))
