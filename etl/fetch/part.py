"""A download that has begun: the bytes so far and what the server said of the whole, so that it can go on later.

The bytes outlive a `kill -9`. They are gone on with only where the server still has the same version of the file.
"""

import fcntl
import hashlib
import os
import re
import shutil
import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from etl.fetch.errors import FetchFailed

# a begun download that nobody went on with for so long is given up
KEEP_SECONDS = 30 * 86_400


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What a server said of a file when its download began. `total`: its bytes as sent, None where it did not say."""

    url: str
    final_url: str
    total: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None
    encoding: str | None = None

    @property
    def validator(self) -> str | None:
        """What If-Range may carry: a strong ETag, else the date (RFC 9110, section 13.1.5)."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        return self.last_modified


class Part:
    """A begun download, locked. `begun`: how often it began from nothing while it was open."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self.begun = 0
        self._facts = path.with_suffix(".json")
        self._file = file
        self.version = self._read_version()

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self._file.seek(0, os.SEEK_END)

    def begin(self, version: Version) -> None:
        """Begin from nothing, with this version."""
        self.clear()
        self.begun += 1
        self.version = version
        other = self._facts.with_suffix(".tmp")
        other.write_bytes(msgspec.json.encode(version))
        other.replace(self._facts)

    def cut(self, size: int) -> None:
        """Keep the first `size` bytes."""
        self._file.truncate(size)
        self._file.seek(0, os.SEEK_END)

    def write(self, data: bytes) -> None:
        """Add to the end, at once: nothing waits in this process to be lost with it."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def clear(self) -> None:
        """Forget what is here."""
        # the facts first: bytes without them are begun again, facts without bytes too
        self._facts.unlink(missing_ok=True)
        self.version = None
        self.cut(0)

    def remove(self) -> None:
        """Take the bytes and what is known of them away."""
        self._facts.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let another process go on with it; an empty one goes."""
        if self.path.exists() and not self.size:
            self.remove()
        elif not self.path.exists():
            self._facts.unlink(missing_ok=True)
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read_version(self) -> Version | None:
        try:
            return msgspec.json.decode(self._facts.read_bytes(), type=Version)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None


def open_part(folder: Path, key: str, purpose: str) -> Part:
    """The begun download of a key, for this process only. Raises FetchFailed where another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    words = re.sub(r"[^A-Za-z0-9]+", "-", key).strip("-")[:60]
    name = hashlib.sha256(f"{purpose} {key}".encode()).hexdigest()[:12]
    path = folder / f"{words}-{name}.part"
    while True:
        # not for appending: such a file cannot be cut and gone on with at once everywhere
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+b", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise FetchFailed(f"Another process is fetching {key}. Let it end.") from error
        try:
            is_here = path.stat().st_ino == os.fstat(file.fileno()).st_ino
        except FileNotFoundError:
            is_here = False
        if is_here:
            file.seek(0, os.SEEK_END)
            return Part(path, file)
        # it got its place, or went, between opening and locking
        file.close()


def _sweep(folder: Path) -> None:
    """Remove what nobody goes on with."""
    for path in folder.iterdir():
        try:
            if time.time() - path.stat().st_mtime <= KEEP_SECONDS:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:
            continue
