"""The running server of a cluster: who may start or stop it now, and what its `postmaster.pid` is worth."""

import contextlib
import fcntl
import os
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
import psutil

from sql.cluster import PORT, Cluster
from sql.errors import EmbeddedFailed

# Crash recovery replays at most max_wal_size of log, which can take a slow disk this long.
START_SECONDS = 120

# The shortest question in PostgreSQL's protocol: the length, then the number that asks for SSL.
SSL_REQUEST = struct.pack("!ll", 8, 80877103)


class Server(msgspec.Struct, frozen=True):
    """A running postmaster, as its postmaster.pid describes it."""

    pid: int
    socket_folder: Path
    state: Literal["starting", "stopping", "ready"]

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.socket_folder / f".s.PGSQL.{PORT}"


def read_server(cluster: Cluster) -> Server | None:
    """The running server, or None; a postmaster.pid that a crash left behind counts for nothing."""
    try:
        lines = (cluster.files / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].isdigit() or not _is_server(int(lines[0]), cluster):
        return None
    # Line 5 is the socket's folder; line 8 the state, which is written last.
    said = lines[7].strip() if len(lines) > 7 else "starting"
    folder = Path(lines[4] if len(lines) > 4 else "")
    return Server(
        int(lines[0]),
        folder,
        "ready" if said == "ready" else "stopping" if said == "stopping" else "starting",
    )


def _is_server(pid: int, cluster: Cluster) -> bool:
    """Whether this process works in the cluster's folder: after a reboot, its number may be anybody's."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == cluster.files
    except (psutil.Error, OSError):
        return False


def drop_borrowed_pid(file: Path) -> None:
    """Remove a dead server's lock file whose number is another process's by now, which PostgreSQL heeds.

    Were the server alive after all, nothing would be lost: a second one stops at the first's shared memory.
    """
    number = file.read_text().partition("\n")[0].strip() if file.exists() else ""
    if number.isdigit() and psutil.pid_exists(int(number)):
        file.unlink()


def answers(server: Server) -> bool:
    """Whether the server answers at its socket. That it lets callers in is not enough: a dying one does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(5)
        try:
            caller.connect(str(server.socket))
            caller.sendall(SSL_REQUEST)
            return caller.recv(1) != b""
        except (FileNotFoundError, ConnectionError, TimeoutError):
            return False


@contextlib.contextmanager
def locked(cluster: Cluster) -> Iterator[None]:
    """Hold the data folder's lock, which the system lets go of when its holder dies."""
    deadline = time.monotonic() + START_SECONDS + 30
    # Opened for reading, so that a lock file that root made serves the user too.
    file = os.open(cluster.data / "postgres.lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EmbeddedFailed(
                        f"Another process has been starting or stopping the server of {cluster.data} for "
                        f"{START_SECONDS + 30} seconds: end it and run the same command again."
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(file)
