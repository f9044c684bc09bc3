"""The way to the database: one `connect`, whichever server is behind it.

`DATABASE_URL` set: that server, PostgreSQL 15 or later, brought up to date by `borough migrate`. Unset: the
embedded server of `BOROUGH_DATA`, started and brought up to date here.
"""

import asyncio
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import asyncpg

from sql import embedded
from sql import settings as settings_room
from sql.errors import MigrationRefused, NotMigrated, VersionTooOld, explain
from sql.migrate import migrate, pending
from sql.settings import Settings

READER = "borough_reader"
OLDEST_VERSION = 15
CONNECT_SECONDS = 15

Role = Literal["owner", "reader"]


def dsn(settings: Settings | None = None) -> str:
    """The address of the database. Starts the embedded server if that is the one: may block for seconds."""
    settings = settings_room.read() if settings is None else settings
    return settings.database_url or embedded.start(settings.data)


async def connect(
    settings: Settings | None = None,
    *,
    role: Role = "owner",
    min_size: int | None = None,
    max_size: int | None = None,
) -> asyncpg.Pool:
    """A pool of connections, of the settings' sizes; close it with `async with` or `await pool.close()`.

    `owner` may do everything. `reader` is for the API: the role borough_reader, read-only transactions and
    the statement timeout of the settings. These three are given when a connection is opened, so they are what
    the reset of a returned connection goes back to. Every connection has the time zone UTC.
    Raises errors of `sql.errors` only.
    """
    settings = settings_room.read() if settings is None else settings
    address = await asyncio.to_thread(dsn, settings)
    where = place(address)
    if settings.database_url is None:
        await _bring_up_to_date(address)
    max_size = settings.pool_max if max_size is None else max_size
    min_size = min(settings.pool_min if min_size is None else min_size, max_size)
    try:
        pool = await asyncpg.create_pool(
            address,
            min_size=min_size,
            max_size=max_size,
            timeout=CONNECT_SECONDS,
            server_settings=session_settings(settings, role),
            command_timeout=settings.statement_timeout_seconds + 5 if role == "reader" else None,
        )
    except Exception as error:
        raise _explain_login(error, where) from error
    try:
        async with pool.acquire() as connection:
            await _check(connection, where, role)
    except Exception as error:
        await pool.close()
        raise _explain_login(error, where) from error
    except BaseException:
        pool.terminate()
        raise
    return pool


def session_settings(settings: Settings, role: Role) -> dict[str, str]:
    """What a connection of this role asks of the server when it opens."""
    common = {"application_name": f"borough {role}", "timezone": "UTC", "jit": "off"}
    if role == "owner":
        return common
    milliseconds = str(round(settings.statement_timeout_seconds * 1000))
    return common | {
        "role": READER,
        "default_transaction_read_only": "on",
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": "60000",
    }


def place(address: str) -> str:
    """A database's address for people: without user and password."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "the server of DATABASE_URL"
    if not host:
        folder = "".join(parse_qs(parts.query).get("host", []))
        return f"the PostgreSQL server at {folder}" if folder else "the server of DATABASE_URL"
    return f"the PostgreSQL server at {host}:{port or 5432}{parts.path}"


async def _bring_up_to_date(address: str) -> None:
    try:
        connection = await asyncpg.connect(address, timeout=CONNECT_SECONDS)
        try:
            await migrate(connection)
        finally:
            await connection.close()
    except Exception as error:
        raise explain(error, place(address)) from error


async def _check(connection: Any, where: str, role: Role) -> None:
    version = connection.get_server_version()
    if version.major < OLDEST_VERSION:
        raise VersionTooOld(
            f"{where} is PostgreSQL {version.major}, and {OLDEST_VERSION} or later is needed: update the "
            f"server, name another in DATABASE_URL, or unset it to use the embedded one."
        )
    if role == "reader" and (names := await pending(connection)):
        raise NotMigrated(
            f"{where} lacks {len(names)} of the migrations ({', '.join(names)}): run `borough migrate`."
        )


def _explain_login(error: Exception, where: str) -> Exception:
    said = str(error)
    if isinstance(error, asyncpg.PostgresError) and READER in said:
        if "does not exist" in said:
            return NotMigrated(f"{where} is not prepared, it has no role {READER}: run `borough migrate`.")
        return NotMigrated(
            f"{where} does not let this user act as {READER} ({said}): run `borough migrate` as it."
        )
    return error if isinstance(error, MigrationRefused) else explain(error, where)
