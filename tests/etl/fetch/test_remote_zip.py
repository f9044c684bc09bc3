"""A zip on a server: its table of contents first, then the wanted members only."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed, KeptOut, NoRanges
from etl.fetch.wanted import Wanted
from etl.fetch.zip_directory import Member, Needed, NoZip, Place, find_directory, gather, read_members, unpack
from tests.etl.fetch.archive import (
    LONDON,
    QUICK,
    Unreliable,
    build_archive,
    fetch_members,
    find_wanted,
    kill_and_resume,
    want_archive,
)
from tests.etl.fetch.conftest import TestClock
from tests.etl.fetch.server import Reply, Request, Server, answer_file

MEGABYTES = 20


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 months of 44 forces."""
    path = tmp_path_factory.mktemp("archive") / "2024-02.zip"
    build_archive(path, MEGABYTES * 1_000_000)
    return path


def make(*members: tuple[str, bytes, int], comment: bytes = b"", before: bytes = b"") -> bytes:
    """A zip of (name, content, method)."""
    file = io.BytesIO()
    file.write(before)
    with zipfile.ZipFile(file, "a" if before else "w") as archive:
        for name, content, method in members:
            archive.writestr(name, content, method)
        archive.comment = comment
    return file.getvalue()


def read(data: bytes, tail: int = 65_536) -> tuple[Member, ...]:
    """The members of a zip, with only the bytes that were asked for."""
    end = data[-tail:]
    place = find_directory(end, len(data))
    if isinstance(place, Needed):
        place = find_directory(end, len(data), data[place.start : place.start + place.size])
    assert isinstance(place, Place)
    return read_members(data[place.start : place.start + place.size], place)


# through a server


async def test_two_forces_of_a_month_are_a_small_part_of_the_archive(
    server: Server, archive: Path, tmp_path: Path
) -> None:
    done = await fetch_members(archive, server, tmp_path / "raw")
    assert done["archive_bytes"] == archive.stat().st_size > MEGABYTES * 900_000
    assert (done["members"], done["members_fetched"]) == (36 * 44 * 3, 2 * 3)
    assert done["bytes_moved"] == done["bytes_sent"]
    assert done["share"] < 0.05
    # the end, the rest of the table of contents, then one for each force
    assert done["requests"] == 4


async def test_with_three_requests_in_ten_failing_the_members_still_arrive(
    server: Server, archive: Path, tmp_path: Path
) -> None:
    failed = 0
    for seed in range(5):
        server.fault = unreliable = Unreliable(server, 0.3, seed)
        done = await fetch_members(archive, server, tmp_path / str(seed))
        assert done["members_fetched"] == 6
        failed += unreliable.failed
    assert failed > 0.2 * len(server.requests)


async def test_killed_in_a_whole_download_it_goes_on(server: Server, archive: Path, tmp_path: Path) -> None:
    size = archive.stat().st_size
    done = await kill_and_resume(archive, server, tmp_path / "raw", size // 2)
    assert done["had_after_kill"] >= size // 2
    assert done["moved_again"] == done["remaining"]


async def test_with_three_requests_in_ten_failing_every_file_arrives_once(
    server: Server, tmp_path: Path
) -> None:
    rng = random.Random(3)
    files = {f"/{number}.zip": make(("a.csv", rng.randbytes(50_000), 0)) for number in range(60)}
    for path, data in files.items():
        server.file(path, data, etag=f'"{path}"')
    server.fault = unreliable = Unreliable(server, 0.3, 11)
    wanted = [replace_want(server.url(path), key=path, file_name=path.strip("/")) for path in files]
    clock = TestClock()
    for _ in range(2):
        async with Fetcher(tmp_path / "raw", QUICK, clock=clock) as fetcher:
            done = [await fetcher.get(one) for one in wanted]
        clock.later(days=1)
        statuses = {one.status for one in done}
        assert all(one.path and one.path.read_bytes() == files[one.wanted.key] for one in done)
    assert statuses == {"unchanged"}
    stored = [path.read_bytes() for path in (tmp_path / "raw").rglob("*.zip*") if path.suffix != ".json"]
    assert sorted(stored) == sorted(files.values())
    assert unreliable.failed > 0.2 * len(server.requests)


def replace_want(url: str, **fields: str) -> Wanted:
    """As `want_archive`, with other fields."""

    return msgspec.structs.replace(want_archive(url), **fields)


async def test_a_server_without_ranges_is_named(server: Server, fetcher: Fetcher, archive: Path) -> None:
    server.file("/a.zip", archive, ranges=False)
    with pytest.raises(NoRanges, match="sends whole files only"):
        await fetcher.open_zip(server.url("/a.zip"), "police", "police")
    assert server.sent < archive.stat().st_size / 2


async def test_a_server_that_does_not_count_from_the_end_is_asked_otherwise(
    server: Server, fetcher: Fetcher, archive: Path
) -> None:
    def answer(request: Request) -> Reply:
        ranges = not request.headers["range"].startswith("bytes=-")
        return answer_file(request, archive, '"1"', None, "application/zip", ranges, {})

    server.on("/a.zip", answer)
    remote = await fetcher.open_zip(server.url("/a.zip"), "police", "police")
    assert len(remote.members) == 36 * 44 * 3
    assert remote.bytes_moved < archive.stat().st_size / 20


async def test_an_archive_that_is_replaced_meanwhile_is_not_mixed(
    server: Server, fetcher: Fetcher, archive: Path
) -> None:
    server.file("/a.zip", archive, etag='"1"')
    remote = await fetcher.open_zip(server.url("/a.zip"), "police", "police")
    server.file("/a.zip", archive, etag='"2"')
    with pytest.raises(FetchFailed, match="was changed while it was read"):
        await remote.extract(remote.members[0])


async def test_a_member_garbled_on_its_way_is_asked_again(server: Server, fetcher: Fetcher) -> None:
    data = make(("a.csv", b"one,two\n" * 500, 8), ("b.csv", b"three\n", 0))
    server.file("/a.zip", data, etag='"1"')
    remote = await fetcher.open_zip(server.url("/a.zip"), "police", "police")
    first = remote.members[0]
    server.fault = garble_once(data)
    assert await remote.extract(first) == b"one,two\n" * 500
    assert len(server.requests) == 3


def garble_once(data: bytes) -> Callable[[Request], Reply | None]:
    """A fault: the first answer has one byte of its body wrong."""
    left = [1]

    def fault(request: Request) -> Reply | None:
        if not left:
            return None
        left.clear()
        reply = answer_file(request, data, '"1"', None, "application/zip", True, {})
        body = bytearray(reply.body)
        body[50] ^= 1
        return replace(reply, body=bytes(body))

    return fault


@pytest.mark.parametrize(
    ("body", "why"),
    [(b"<html>" * 50, "it does not end as a zip does"), (make(("a", b"1", 0))[:-5], "it does not end")],
    ids=["page", "cut"],
)
async def test_what_is_no_zip_is_said_so(server: Server, fetcher: Fetcher, body: bytes, why: str) -> None:
    server.file("/a.zip", body)
    with pytest.raises(FetchFailed, match=f"is no zip: {why}"):
        await fetcher.open_zip(server.url("/a.zip"), "police", "police")


async def test_a_refusal_is_kept_out(server: Server, fetcher: Fetcher) -> None:
    with pytest.raises(KeptOut, match="status 404"):
        await fetcher.open_zip(server.url("/2026-13.zip"), "police", "police")


async def test_neighbours_come_in_one_request(server: Server, fetcher: Fetcher) -> None:
    members = [(f"{number}.csv", bytes([number]) * 20_000, 0) for number in range(12)]
    server.file("/a.zip", make(*members))
    remote = await fetcher.open_zip(server.url("/a.zip"), "police", "police")
    wanted = [remote.members[number] for number in (9, 1, 2, 0, 8, 2)]
    found = [(member.name, content) async for member, content in remote.extract_many(wanted)]
    assert found == [(f"{number}.csv", bytes([number]) * 20_000) for number in (0, 1, 2, 8, 9)]
    assert len(server.requests) == 1 + 2


# the table of contents


@settings(deadline=None, max_examples=60)
@given(
    members=st.lists(
        st.tuples(st.text(min_size=1, max_size=20), st.binary(max_size=2000), st.sampled_from((0, 8))),
        max_size=8,
        unique_by=lambda member: member[0],
    ),
    # the library itself loses its way where a comment looks like the end of a zip
    comment=st.binary(max_size=200).map(lambda data: data.replace(b"PK", b"")),
    before=st.binary(max_size=50).map(lambda data: data.replace(b"P", b"")),
)
def test_every_zip_reads_as_the_library_reads_it(
    members: list[tuple[str, bytes, int]], comment: bytes, before: bytes
) -> None:
    members = [
        (name.encode("utf-8", "ignore").decode().replace("\0", "") or "x", data, how)
        for name, data, how in members
    ]
    members = list({name: (name, data, how) for name, data, how in members}.values())
    data = make(*members, comment=comment, before=before)
    with zipfile.ZipFile(io.BytesIO(data)) as library:
        expected = [(info.filename, info.file_size, info.CRC) for info in library.infolist()]
        found = read(data)
        assert [(one.name, one.size, one.crc) for one in found] == expected
        for one, info in zip(found, library.infolist(), strict=True):
            assert unpack(one, data[one.offset : one.end]) == library.read(info)


def test_an_archive_of_more_than_four_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        # a hole: the file takes no room
        file.truncate(5 << 30)
        file.seek(5 << 30)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(
                "2024-02/2024-02-metropolitan-street.csv", b"Crime ID\n" * 100, zipfile.ZIP_DEFLATED
            )
            # what stands behind the fourth gigabyte has its place in the extra field
            assert archive.infolist()[0].header_offset >= 5 << 30

    def at(start: int, size: int) -> bytes:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(size)

    total = path.stat().st_size
    # a short tail does not reach back to the 64-bit end, which has to be asked for
    for tail in (60, 65_536):
        place = find_directory(at(total - tail, tail), total)
        assert isinstance(place, Needed) == (tail == 60)
        if isinstance(place, Needed):
            place = find_directory(at(total - tail, tail), total, at(place.start, place.size))
        assert isinstance(place, Place)
        (member,) = read_members(at(place.start, place.size), place)
        assert member.offset >= 5 << 30
        assert unpack(member, at(member.offset, member.end - member.offset)) == b"Crime ID\n" * 100


def test_more_members_than_sixteen_bits_can_count() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(70_000):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    data = file.getvalue()
    # the end of a zip64 lies 98 bytes before the end: behind a short tail it has to be asked for
    assert isinstance(find_directory(data[-60:], len(data)), Needed)
    assert len(read(data, 60)) == len(read(data)) == 70_000


def damage(data: bytes, at: int, form: str, value: int) -> bytes:
    """The same bytes with one number changed."""
    out = bytearray(data)
    struct.pack_into(form, out, at, value)
    return bytes(out)


def test_damage_is_noticed() -> None:
    data = make(("a.csv", b"one,two\n" * 50, 8), ("b.csv", b"three\n", 0))
    directory = data.index(b"PK\x01\x02")
    end = len(data) - 22
    for spoilt in (
        damage(data, end + 10, "<H", 3),
        damage(data, end + 12, "<I", 1 << 20),
        damage(data, directory + 42, "<I", 30),
        damage(data, directory + 20, "<I", 5000),
        damage(data, directory + 20, "<I", 0xFFFFFFFF),
        data[: directory + 2] + b"x" + data[directory + 3 :],
    ):
        with pytest.raises(NoZip):
            read(spoilt)
    first, second = read(data)
    body = data[first.offset : first.end]
    for member, content, why in (
        (first, body[:-3], "cut short"),
        (first, b"x" + body[1:], "does not begin"),
        (first, body[:10], "does not begin"),
        (first, body[:40] + bytes([body[40] ^ 1]) + body[41:], "damaged"),
        (second, data[second.offset : second.end].replace(b"three", b"thrxe"), "checksum differs"),
    ):
        with pytest.raises(NoZip, match=why):
            unpack(member, content)

    for change, why in (
        ({"flags": 1}, "password"),
        ({"method": 9}, "method 9"),
        ({"size": 2 << 30}, "would be of"),
        ({"size": 10}, "checksum"),
    ):
        with pytest.raises(NoZip, match=why):
            unpack(msgspec.structs.replace(first, **change), body)


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=400), mark=st.sampled_from((b"", b"PK\x05\x06" + bytes(18))))
def test_any_bytes_are_a_zip_or_are_said_to_be_none(data: bytes, mark: bytes) -> None:
    try:
        members = read(data + mark)
    except NoZip:
        return
    assert all(member.end >= member.offset for member in members)


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(31, 900)), max_size=20, unique_by=lambda one: one[0])
)
def test_runs_hold_each_member_once_and_keep_their_limits(places: list[tuple[int, int]]) -> None:
    members = [Member(str(start), 0, 0, 0, 0, 0, start, start + size) for start, size in places]
    runs = list(gather(members + members, gap=100, most=1000))
    assert sorted(one.name for run in runs for one in run) == sorted(one.name for one in members)
    for run in runs:
        assert run[-1].end - run[0].offset <= 1000 or len(run) == 1
        assert all(later.offset - one.end <= 100 for one, later in pairwise(run))


def test_the_generated_archive_is_one_that_the_publisher_would_recognise(archive: Path) -> None:
    with zipfile.ZipFile(archive) as local:
        names = local.namelist()
        assert names[0] == "2021-03/2021-03-avon-and-somerset-street.csv"
        wanted = find_wanted(names)
        assert {name.split("/")[0] for name in wanted} == {"2024-02"}
        assert len(wanted) == 3 * len(LONDON)
        assert local.read(wanted[-1]).startswith(b"Crime ID,Month,Reported by")
