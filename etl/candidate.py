"""A file that was found: where it is, what is known of it before it is read, and its bytes."""

import lzma
import struct
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

import msgspec

from etl.errors import Refused
from etl.sources.police import FileName

# a month of Met street crime is about 25 MB, a year of Met uses of force row by row about 200 MB
MAX_MEMBER_BYTES = 150_000_000
MAX_TABLE_BYTES = 400_000_000
MAX_INFLATION = 200

# what zipfile raises on a damaged zip or one of a kind it does not know
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
)


class Candidate(msgspec.Struct, frozen=True):
    """A file to load: where it is, what its name says, and the vintage that its place implies.

    kind: police, table (a file of many months), payment, population, deflator, boundary or postcode. member: the name
    inside the zip, where it is one. source: what its name or header says it is of; None
    where only its content will tell (a workbook). vintage: None where only its content will tell (a table without --vintage).
    """

    kind: str
    path: Path
    member: str | None
    name: FileName | None
    bytes: int
    vintage: date | None
    retrieved_at: datetime
    source: str | None = None

    @property
    def file(self) -> str:
        """The file as people know it: its path, and for a zip its member."""
        return f"{self.path.name}:{self.member}" if self.member else self.path.name


def read_bytes(candidate: Candidate) -> bytes:
    """The bytes of a candidate. Raises Refused where the zip is damaged or grows beyond what it declared."""
    if candidate.member is None:
        if candidate.bytes > (MAX_TABLE_BYTES if candidate.kind == "table" else MAX_MEMBER_BYTES):
            raise Refused(
                f"The file has {candidate.bytes:,} bytes, which no real month has. It was not read."
            )
        try:
            return candidate.path.read_bytes()
        except OSError as error:
            raise Refused(f"The file cannot be read ({error.strerror}). Check its rights.") from error
    try:
        with zipfile.ZipFile(candidate.path) as archive, archive.open(candidate.member) as stream:
            data = stream.read(candidate.bytes + 1)
    except BROKEN as error:
        raise Refused(
            f"The file inside the zip cannot be unpacked ({error}). Get the zip again from its publisher."
        ) from error
    if len(data) > candidate.bytes:
        raise Refused("The file inside the zip is longer than the zip says. It was not unpacked.")
    return data
