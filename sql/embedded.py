"""The embedded PostgreSQL: one server a data folder, started by the first who needs it, stopped by name.

The server belongs to no process of ours. It has its own session and holds none of our pipes, so it outlives a
caller that ends or is killed, and the next caller finds it by its `postmaster.pid`. So there is no list of
holders that could go stale; `stop` (`borough stop`) is the only thing that ends it.
"""

import contextlib
import errno
import os
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

import msgspec

from sql import cluster as clusters
from sql.cluster import PORT, VERSION, Cluster
from sql.errors import DatabaseError, DataFolderRefused, EmbeddedFailed, VersionTooOld, full
from sql.postmaster import START_SECONDS, answers, drop_borrowed_pid, locked, read_server

LARGEST_LOG_BYTES = 2_000_000

SERVER_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        # Reached through its socket only, which lies in a folder that nobody else may enter.
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "max_connections": "100",
        # A published release is on the disk before anybody is told of it.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        # Small machines, a few large loads, many small reads.
        "shared_buffers": "256MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
    }
)

State = Literal["absent", "stopped", "starting", "stopping", "ready"]


class Status(msgspec.Struct, frozen=True):
    """The state of the server of a data folder and, while it runs, its process and its address."""

    state: State
    data: Path
    pid: int | None = None
    dsn: str | None = None


def start(data: Path, *, extra: Mapping[str, str] = MappingProxyType({})) -> str:
    """Make sure that the server of `data` runs, creating it on first use, and return its address.

    Any number of processes may call this at once: one starts it, the others wait. Blocks for about a second
    on first use, and for up to START_SECONDS while the server recovers from a crash. `extra` server settings
    hold for the server that this call starts.
    Raises DataFolderRefused, DiskFull, VersionTooOld, RightsMissing, EmbeddedFailed.
    """
    with _sentences(data):
        cluster = clusters.find(data)
        clusters.make_data_folder(cluster)
        with locked(cluster):
            if not cluster.files.exists():
                _create(cluster)
            _check_version(cluster)
            return _run_until_ready(cluster, {**SERVER_SETTINGS, **extra})


def stop(data: Path) -> bool:
    """Stop the server of `data`, ending its connections; whether there was one to stop. Its data stay."""
    with _sentences(data):
        if not (data.expanduser().resolve() / "postgres").exists():
            return False
        cluster = clusters.find(data)
        with locked(cluster):
            server = read_server(cluster)
            if server is None:
                return False
            _stop(cluster)
            with contextlib.suppress(OSError):
                server.socket_folder.rmdir()
            return True


def status(data: Path) -> Status:
    """The state of the server of `data`. Starts, waits for and creates nothing."""
    with _sentences(data):
        data = data.expanduser().resolve()
        if not (data / "postgres").exists():
            return Status("absent", data)
        server = read_server(clusters.find(data))
        if server is None:
            return Status("stopped", data)
        return Status(server.state, data, server.pid, _address(server.socket_folder))


def _create(cluster: Cluster) -> None:
    """Make the cluster beside its place and move it there, so that a killed first start leaves no half."""
    for leftover in cluster.data.glob("postgres.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=cluster.data))
    try:
        if cluster.uid != os.geteuid():
            os.chown(staging, cluster.uid, cluster.gid)
        options = [
            "-U",
            "postgres",
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
        ]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        code, said = clusters.run([clusters.programs(cluster) / "initdb", "-D", staging, *options], cluster)
        if code != 0:
            raise _failure(cluster, said)
        staging.rename(cluster.files)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check_version(cluster: Cluster) -> None:
    found = (cluster.files / "PG_VERSION").read_text().strip()
    if found != str(VERSION):
        raise VersionTooOld(
            f"{cluster.files} was made by PostgreSQL {found}, and this program brings PostgreSQL {VERSION}: "
            f"set BOROUGH_DATA to a new folder and load the files again, or move the data with pg_dump."
        )


def _run_until_ready(cluster: Cluster, settings: Mapping[str, str]) -> str:
    deadline = time.monotonic() + START_SECONDS
    while True:
        server = read_server(cluster)
        if server is None:
            _launch(cluster, settings, deadline)
        elif server.state == "ready" and answers(server):
            return _address(server.socket_folder)
        elif server.state == "ready" and not server.socket.exists():
            # Something emptied the temporary folder: the server runs where nobody can reach it.
            _stop(cluster)
        else:
            time.sleep(0.05)
        if time.monotonic() > deadline:
            raise EmbeddedFailed(
                f"The embedded server does not answer after {START_SECONDS} seconds, perhaps because it is "
                f"still recovering from a crash: run the same command again in a few minutes; {cluster.log} "
                f"tells how far it is."
            )


def _launch(cluster: Cluster, settings: Mapping[str, str], deadline: float) -> None:
    """One attempt. Returns when the server is ready or another attempt may help, raises when none will."""
    sockets = clusters.make_socket_folder(cluster)
    for lock in (cluster.files / "postmaster.pid", sockets / f".s.PGSQL.{PORT}.lock"):
        drop_borrowed_pid(lock)
    size = cluster.log.stat().st_size if cluster.log.exists() else 0
    if size > LARGEST_LOG_BYTES:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
        size = 0
    settings = {**settings, "unix_socket_directories": str(sockets)}
    if _has_little_shared_memory():
        settings["max_parallel_workers_per_gather"] = "0"
    options = shlex.join(f"--{name}={value}" for name, value in settings.items())
    seconds = max(1, int(deadline - time.monotonic()))
    command: list[str | Path] = [clusters.programs(cluster) / "pg_ctl", "start", "--wait"]
    command += [
        "--timeout",
        str(seconds),
        "--pgdata",
        cluster.files,
        "--log",
        cluster.log,
        "--options",
        options,
    ]
    code, said = clusters.run(command, cluster)
    if code == 0 or read_server(cluster) is not None:
        return
    with contextlib.suppress(FileNotFoundError), cluster.log.open("rb") as log:
        log.seek(size)
        said += log.read().decode(errors="replace")
    if "is still in use" not in said:
        with contextlib.suppress(OSError):
            sockets.rmdir()
        raise _failure(cluster, said)
    # The last queries of a server that was killed are still ending.
    time.sleep(0.5)


def _stop(cluster: Cluster) -> None:
    command: list[str | Path] = [clusters.programs(cluster) / "pg_ctl", "stop", "--mode", "fast", "--wait"]
    command += ["--timeout", str(START_SECONDS), "--pgdata", cluster.files]
    code, said = clusters.run(command, cluster)
    if code != 0 and read_server(cluster) is not None:
        raise _failure(cluster, said)


def _address(socket_folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={quote(str(socket_folder))}&port={PORT}"


def _has_little_shared_memory() -> bool:
    """Containers get 64 MB of /dev/shm unless told otherwise, which one parallel query can fill."""
    if sys.platform != "linux" or not Path("/dev/shm").exists():
        return False
    memory = os.statvfs("/dev/shm")
    return memory.f_blocks * memory.f_frsize < 256 * 1024 * 1024


def _failure(cluster: Cluster, said: str) -> DatabaseError:
    lines = said.splitlines()
    if any("No space left on device" in line and "shared memory" not in line for line in lines):
        return full(str(cluster.data))
    serious = [line for line in lines if any(word in line for word in ("FATAL:", "PANIC:", "error:"))]
    reason = (serious or lines or ["it said nothing"])[0].strip()
    advice = f"see {cluster.log}, put right what it names" if cluster.log.exists() else "put that right"
    return EmbeddedFailed(
        f"The embedded server did not start or stop ({reason}): {advice} and run the same command again, or "
        f"set DATABASE_URL to use another server."
    )


@contextlib.contextmanager
def _sentences(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full(str(data)) from error
        raise DataFolderRefused(
            f"The data folder {data} cannot be used ({error.strerror or error}: {error.filename}): set "
            f"BOROUGH_DATA to a folder that you may write to, or set DATABASE_URL."
        ) from error
