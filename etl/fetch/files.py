"""Names that are safe to store files under, and files that are written whole or not at all."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

MANIFEST = ".manifest.json"
KEPT_OUT = "kept-out"
PARTS = "parts"
# folders of a source that have a meaning of their own
RESERVED = (KEPT_OUT, PARTS)
UNSAFE = re.compile(r"[^\w .,&'()+=@\[\]{}~£-]+")
LONGEST_NAME = 120
# as `write_whole` names what it has not ended
UNFINISHED = re.compile(r"\..+\.\d+\.tmp")


def safe_name(text: str) -> str:
    """A file name made of a title or of the end of an address: one part, no sign that a system forbids, not too long.

    >>> safe_name("Spend over £500: July/2026.csv")
    'Spend over £500_ July_2026.csv'
    """
    name = UNSAFE.sub("_", text).strip(" .") or "file"
    name = f"_{name}" if name.startswith("~") else name
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, suffix = name, ""
    room = LONGEST_NAME - len(suffix.encode()) - 1
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip(' .')}{dot and '.'}{suffix}".rstrip(".")


def check_name(name: str) -> str:
    """A relative path without surprises. Raises ValueError: `safe_name` makes a safe part of any text."""
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or any(part.startswith(".") or "\\" in part or "\0" in part for part in parts)
    ):
        raise ValueError(f"{name!r} is no name for a stored file")
    if parts[0] in RESERVED or name.endswith(MANIFEST):
        raise ValueError(f"{name!r} has another meaning among stored files")
    return name


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        part.write_bytes(data)
        sync(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sweep_unfinished(paths: Iterable[Path]) -> None:
    """Remove those of some files that `write_whole` began and a killed process left; nobody else may be writing there."""
    for path in paths:
        if UNFINISHED.fullmatch(path.name):
            path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_file(file: Path) -> str:
    """The sha256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
