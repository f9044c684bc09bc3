"""The table of contents of a zip, from its last bytes. Pure: what to ask for next is answered, not asked.

APPNOTE.TXT of PKWARE, sections 4.3.7 to 4.3.16 and 4.5.3. Archives of more than 4 GB (zip64) too.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator

import msgspec

END = struct.Struct("<4sHHHHIIH")
END_64 = struct.Struct("<4sQHHIIQQQQ")
LOCATOR_64 = struct.Struct("<4sIQI")
ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
LOCAL = struct.Struct("<4sHHHHHIIIHH")
FULL_16, FULL_32 = 0xFFFF, 0xFFFFFFFF
STORED, DEFLATED = 0, 8
ENCRYPTED, UTF_8 = 1, 0x800
# a larger table of contents, or a larger member, is not believed
LARGEST_DIRECTORY = 256 << 20
LARGEST_MEMBER = 1 << 30


class NoZip(ValueError):  # noqa: N818
    """Bytes that are not of a zip, or of one that cannot be read."""


class Member(msgspec.Struct, frozen=True):
    """A file inside a zip. `size`, `compressed`: bytes. `offset`: of its header; `end`: where the next thing begins."""

    name: str
    size: int
    compressed: int
    crc: int
    method: int
    flags: int
    offset: int
    end: int = 0


class Place(msgspec.Struct, frozen=True):
    """Where the table of contents is: its first byte, its bytes, how many members, and how much stands before the zip."""

    start: int
    size: int
    count: int
    before: int = 0


class Needed(msgspec.Struct, frozen=True):
    """Bytes that have to be read first: from `start`, `size` of them."""

    start: int
    size: int


def find_directory(tail: bytes, total: int, end_64: bytes | None = None) -> Place | Needed:
    """Where the table of contents is, from the last bytes of a file of `total`. Raises NoZip.

    `end_64`: the bytes that an answer of Needed asked for.
    """
    at = _find_end(tail)
    _, disk, _, _, count, size, start, _ = END.unpack_from(tail, at)
    end = total - len(tail) + at
    locator = at - LOCATOR_64.size
    if (FULL_16 in (count, disk) or FULL_32 in (size, start)) and locator >= 0:
        mark, _, where, _ = LOCATOR_64.unpack_from(tail, locator)
        if mark == b"PK\x06\x07":
            if end_64 is None:
                first = where - (total - len(tail))
                end_64 = tail[first : first + END_64.size] if first >= 0 else None
            if end_64 is None:
                return Needed(where, END_64.size)
            if len(end_64) < END_64.size or end_64[:4] != b"PK\x06\x06":
                raise NoZip("the end of its table of contents is damaged")
            _, _, _, _, _, _, _, count, size, start = END_64.unpack_from(end_64)
            end = where
    before = end - size - start
    if before < 0 or size > LARGEST_DIRECTORY:
        raise NoZip("its table of contents is damaged")
    return Place(start + before, size, count, before)


def read_members(directory: bytes, place: Place) -> tuple[Member, ...]:
    """The members that a table of contents names, in the order of the archive. Raises NoZip."""
    members: list[Member] = []
    at = 0
    while at + ENTRY.size <= len(directory) and directory[at : at + 4] == b"PK\x01\x02":
        fields = ENTRY.unpack_from(directory, at)
        (_, _, _, flags, method, _, _, crc, compressed, size, name, extra, comment, _, _, _, offset) = fields
        at += ENTRY.size
        text = directory[at : at + name].decode("utf-8" if flags & UTF_8 else "cp437", errors="replace")
        more = directory[at + name : at + name + extra]
        if FULL_32 in (compressed, size, offset):
            size, compressed, offset = _read_64(more, size, compressed, offset)
        at += name + extra + comment
        members.append(Member(text, size, compressed, crc, method, flags, offset + place.before))
    if len(members) != place.count or at > len(directory):
        raise NoZip(f"its table of contents has {len(members)} of {place.count} members")
    members.sort(key=lambda member: member.offset)
    ends = [*(member.offset for member in members[1:]), place.start][: len(members)]
    whole = tuple(msgspec.structs.replace(one, end=end) for one, end in zip(members, ends, strict=True))
    # members that lie on top of each other are a bomb or damage
    if any(one.offset + LOCAL.size + one.compressed > one.end for one in whole):
        raise NoZip("its table of contents is damaged: members overlap")
    return whole


def gather(members: Iterable[Member], gap: int, most: int) -> Iterator[list[Member]]:
    """Runs of members to be asked for at once: no more than `gap` bytes between two, about `most` in all."""
    run: list[Member] = []
    for member in sorted(set(members), key=lambda one: one.offset):
        if run and (member.offset - run[-1].end > gap or member.end - run[0].offset > most):
            yield run
            run = []
        run.append(member)
    if run:
        yield run


def unpack(member: Member, data: bytes) -> bytes:
    """A member's content, from the archive's bytes of it: header and what follows. Raises NoZip where they are damaged."""
    if member.flags & ENCRYPTED:
        raise NoZip(f"{member.name} is protected by a password")
    if member.size > LARGEST_MEMBER:
        raise NoZip(f"{member.name} would be of {member.size:,} bytes")
    if len(data) < LOCAL.size or data[:4] != b"PK\x03\x04":
        raise NoZip(f"{member.name} does not begin where the table of contents says")
    fields = LOCAL.unpack_from(data)
    # the header's own extra field is often of another length than the one in the table of contents
    begin = LOCAL.size + fields[9] + fields[10]
    packed = data[begin : begin + member.compressed]
    if len(packed) != member.compressed:
        raise NoZip(f"{member.name} is cut short")
    if member.method == STORED:
        content = packed
    elif member.method == DEFLATED:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, member.size + 1)
        except zlib.error as error:
            raise NoZip(f"{member.name} is damaged ({error})") from error
    else:
        raise NoZip(f"{member.name} is packed by method {member.method}, which is not known here")
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise NoZip(f"{member.name} is damaged: its checksum differs")
    return content


def _find_end(tail: bytes) -> int:
    at = len(tail)
    while (at := tail.rfind(b"PK\x05\x06", 0, at)) >= 0:
        # the comment fills the rest, or these four bytes stand in a comment
        if at + END.size <= len(tail) and at + END.size + END.unpack_from(tail, at)[7] == len(tail):
            return at
    raise NoZip("it does not end as a zip does")


def _read_64(extra: bytes, size: int, compressed: int, offset: int) -> tuple[int, int, int]:
    """Sizes and offset of more than 32 bits, from the extra field that has those which are full, in this order."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            numbers = iter(struct.unpack_from(f"<{length // 8}Q", extra[at + 4 : at + 4 + length]))
            try:
                size = next(numbers) if size == FULL_32 else size
                compressed = next(numbers) if compressed == FULL_32 else compressed
                offset = next(numbers) if offset == FULL_32 else offset
            except StopIteration as error:
                raise NoZip("its table of contents is damaged") from error
            return size, compressed, offset
        at += 4 + length
    raise NoZip("its table of contents is damaged")
