"""Members of an archive far away that have come, kept until all of them are here: a run that was killed goes on with them.

They lie in `raw/<source>/parts/<key>-<hash>/`, packed, one file a member. The hash is of what the server says of the archive:
members of another version of it are not mixed in.
"""

import hashlib
import re
import shutil
import zlib
from pathlib import Path

import msgspec

from etl.fetch.files import PARTS, check_name, write_whole
from etl.fetch.wanted import Wanted
from etl.fetch.zip_directory import Member

# packed as quickly as can be: they are here for as long as the rest comes
LEVEL = 1


class Members:
    """The kept members of one version of an archive. `wanted`: what they will be put together to."""

    def __init__(
        self, raw: Path, wanted: Wanted, size: int, etag: str | None, last_modified: str | None
    ) -> None:
        words = re.sub(r"[^A-Za-z0-9]+", "-", wanted.key).strip("-")[:60]
        self._key = f"{words}-{_hash(wanted.key)}"
        self.folder = (
            raw
            / check_name(wanted.source)
            / PARTS
            / f"{self._key}-{_hash(wanted.url, size, etag, last_modified)}"
        )

    def begin(self) -> None:
        """Make their folder, and take those of other versions of the archive away."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for other in self.folder.parent.glob(f"{self._key}-*"):
            if other.is_dir() and other != self.folder:
                shutil.rmtree(other)

    def has(self, member: Member) -> bool:
        """Whether it is here, whole."""
        return self._read(member) is not None

    def read(self, member: Member) -> bytes:
        """The content of one that is here. Raises FileNotFoundError where it is not, or is spoilt."""
        if (content := self._read(member)) is None:
            raise FileNotFoundError(f"{member.name} is not whole in {self.folder}")
        return content

    def write(self, member: Member, content: bytes) -> None:
        """Keep one, whole or not at all."""
        write_whole(self._path(member), zlib.compress(content, LEVEL))

    def remove(self) -> None:
        """Take all away: they have been put together."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self, member: Member) -> bytes | None:
        try:
            content = zlib.decompressobj().decompress(self._path(member).read_bytes(), member.size + 1)
        except (FileNotFoundError, zlib.error):
            return None
        return content if len(content) == member.size and zlib.crc32(content) == member.crc else None

    def _path(self, member: Member) -> Path:
        return self.folder / f"{_hash(member.name, member.size, member.crc)}.member"


def _hash(*facts: str | int | None) -> str:
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()[:12]
