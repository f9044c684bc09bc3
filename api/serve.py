"""The server: granian, one parent and some workers.

The parent finds the database once (it starts the embedded one where that is the one) and hands its address to
the workers through the environment; each worker makes the application for itself (`api.app.create_served_app`).
"""

import asyncio
import errno
import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from api.errors import ServeError
from sql import Settings, connect, dsn
from sql import settings as settings_room

TARGET = "api.app:create_served_app"
STOP_SECONDS = 5
ADDRESS_NAME = "DATABASE_URL"
# Named here and not taken from api.telemetry: importing prometheus_client before this is set would make every
# worker count for itself.
COUNTS_NAME = "PROMETHEUS_MULTIPROC_DIR"
# Products of small matrices: threads of numpy's own would only keep the other workers from their cores.
THREADS_NAME = "OPENBLAS_NUM_THREADS"


def serve(
    settings: Settings | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    *,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve until a signal (SIGINT, SIGTERM) ends it.

    Raises ServeError where the port cannot be had, and errors of `sql.errors` where the database cannot.
    The embedded server keeps running afterwards: other commands may be using it.
    """
    check_port(host, port)
    settings = settings_room.read() if settings is None else settings
    address = dsn(settings)
    asyncio.run(_check_database(settings))
    server = Server(
        TARGET,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    shown = f"[{host}]" if ":" in host else host
    with _environment({ADDRESS_NAME: address, THREADS_NAME: "1", **_name_settings(settings)}), _counts():
        tell(
            f"Serving http://{shown}:{port}, {workers} worker{'s' if workers > 1 else ''}. Stop with Ctrl+C."
        )
        server.serve()


def check_port(host: str, port: int) -> None:
    """Raise ServeError, with what to do, where nobody may listen at this address."""
    if not 1 <= port <= 65535:
        raise ServeError(f"There is no port {port}: choose one from 1 to 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise ServeError(
            f"{host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all."
        ) from error
    except OSError as error:
        raise ServeError(_explain(error, host, port)) from error


def _explain(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} of {host} is taken: stop what listens there, or choose another with --port."
        case errno.EACCES:
            return f"This user may not listen at port {port}: choose one above 1023 with --port."
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all."
        case _:
            return f"Nobody can listen at port {port} of {host}: {error.strerror}."


async def _check_database(settings: Settings) -> None:
    """Bring the embedded database up to date, or see that the other one is."""
    if settings.database_url is None:
        pool = await connect(settings, max_size=1)
        await pool.close()
    pool = await connect(settings, role="reader", max_size=1)
    await pool.close()


def _name_settings(settings: Settings) -> dict[str, str]:
    return {
        "BOROUGH_DATA": str(settings.data),
        "BOROUGH_STATEMENT_TIMEOUT_SECONDS": str(settings.statement_timeout_seconds),
        "BOROUGH_POOL_MIN": str(settings.pool_min),
        "BOROUGH_POOL_MAX": str(settings.pool_max),
    }


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """These variables while it lasts, what was there before afterwards."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _counts() -> Iterator[None]:
    """A folder in which the workers keep their counts, empty at the start."""
    with (
        tempfile.TemporaryDirectory(prefix="borough-counts-", ignore_cleanup_errors=True) as folder,
        _environment({COUNTS_NAME: folder}),
    ):
        yield
