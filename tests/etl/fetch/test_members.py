"""Members of an archive that came before a run was killed are not moved again."""

import asyncio
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from etl.fetch.members import Members
from etl.fetch.wanted import Wanted
from etl.fetch.zip_directory import Member
from tests.etl.fetch.archive import LONDON, Unreliable, build_archive, run_child, want_archive
from tests.etl.fetch.server import Reply, Request, Server
from tests.etl.fetch.world import unzip

MEGABYTES = 12
ALL = 36 * 3 * len(LONDON)
RANGE = re.compile(r"bytes=(\d+)-(\d+)$")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 months of 44 forces."""
    path = tmp_path_factory.mktemp("archive") / "2024-02.zip"
    build_archive(path, MEGABYTES * 1_000_000)
    return path


def london(archive: Path) -> dict[str, bytes]:
    """The members that are wanted."""
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if any(f"-{force}-" in name for force in LONDON)]
        return {name: opened.read(name) for name in names}


def asked(requests: list[Request]) -> list[tuple[int, int]]:
    """The ranges that were asked for, but for the end of the archive."""
    found = (RANGE.match(request.headers["range"]) for request in requests)
    return [(int(match[1]), int(match[2])) for match in found if match]


class Holding:
    """Holds back the answer after the first so many requests, in its middle; fails others as `also` does."""

    def __init__(self, server: Server, after: int, also: Unreliable | None = None) -> None:
        self.server, self.after, self.also = server, after, also

    def __call__(self, request: Request) -> Reply | None:
        if len(self.server.requests) >= self.after:
            right = self.server.right(request)
            return replace(right, hold=max(1, right.length // 2))
        return self.also(request) if self.also else None


async def test_killed_between_its_members_it_goes_on(server: Server, archive: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle of the 41st request: expect the second run to move the rest, and nothing that was here."""
    url = server.url("/2024-02.zip")
    server.file("/2024-02.zip", archive, etag='"a"')
    whole = await run_child(tmp_path / "unbroken", url, what="members")
    assert whole
    assert whole["moved"] == server.sent
    # the end of the archive and its table of contents, then about one a force and month
    directory = 2
    many = len(server.requests)
    assert many > 60
    server.requests.clear()
    server.fault = Holding(server, 41)
    await run_child(tmp_path / "raw", url, what="members", kill_when=server.holding.is_set)
    first = asked(server.requests[:-1])[directory - 1 :]
    kept = [path for path in (tmp_path / "raw/police/parts").rglob("*.member") if path.stat().st_size]
    assert len(kept) > 41
    assert not list((tmp_path / "raw").rglob("*.zip"))
    server.requests.clear()
    server.fault = lambda _: None
    server.release.set()
    # the answer that was held goes on into a connection of which the other end is gone
    await asyncio.sleep(0.1)
    before = server.sent
    again = await run_child(tmp_path / "raw", url, what="members")
    assert again
    assert (again["status"], again["sha256"]) == ("new", whole["sha256"])
    came = sum(end - start + 1 for start, end in first)
    assert came > 0.3 * whole["moved"]
    assert again["moved"] == server.sent - before == whole["moved"] - came
    assert not set(first) & set(asked(server.requests)[directory - 1 :])
    assert not list((tmp_path / "raw/police/parts").rglob("*"))
    (stored,) = (tmp_path / "raw").rglob("*.zip")
    assert unzip(stored.read_bytes()) == london(archive)


async def test_killed_while_three_requests_in_ten_fail_it_goes_on(
    server: Server, archive: Path, tmp_path: Path
) -> None:
    url = server.url("/2024-02.zip")
    server.file("/2024-02.zip", archive, etag='"a"')
    unreliable = Unreliable(server, 0.3, 5)
    server.fault = Holding(server, 70, unreliable)
    await run_child(tmp_path / "raw", url, what="members", kill_when=server.holding.is_set)
    # what was asked for after a range came is a sign that the range had come
    first = asked(server.requests)
    done = {run for at, run in enumerate(first[1:-1], 1) if first[at + 1] != run}
    assert len(done) > 20
    server.requests.clear()
    server.fault = unreliable
    server.release.set()
    again = await run_child(tmp_path / "raw", url, what="members")
    assert again
    assert again["status"] == "new"
    runs = {run for run in asked(server.requests) if run[0] != first[0][0]}
    assert not done & runs
    assert unreliable.failed > 0.2 * (len(first) + len(server.requests))
    assert len(list((tmp_path / "raw").rglob("*.zip"))) == 1
    (stored,) = (tmp_path / "raw").rglob("*.zip")
    assert unzip(stored.read_bytes()) == london(archive)
    assert len(london(archive)) == ALL


MEMBER = Member("a/b.csv", 5, 7, 0x3610A686, 8, 0, 0)


def want() -> Wanted:
    return want_archive("https://data.police.uk/data/archive/2024-02.zip")


def test_a_kept_member_is_read_back_and_a_spoilt_one_is_not_here(tmp_path: Path) -> None:
    come = Members(tmp_path, want(), 100, '"a"', None)
    come.begin()
    assert not come.has(MEMBER)
    come.write(MEMBER, b"hello")
    assert come.read(MEMBER) == b"hello"
    (path,) = come.folder.iterdir()
    for spoilt in (b"", b"x", path.read_bytes()[:-6], b"\0" * 20):
        path.write_bytes(spoilt)
        assert not come.has(MEMBER)
    # of another content than what was expected
    come.write(MEMBER, b"hallo")
    with pytest.raises(FileNotFoundError, match="not whole"):
        come.read(MEMBER)
    come.remove()
    assert not come.folder.exists()


@pytest.mark.parametrize(
    ("size", "etag", "modified", "is_here"),
    [
        (100, '"a"', "Mon", True),
        (101, '"a"', "Mon", False),
        (100, '"b"', "Mon", False),
        (100, '"a"', "Tue", False),
        (100, None, None, False),
    ],
)
def test_members_of_another_version_are_not_taken(
    tmp_path: Path, size: int, etag: str | None, modified: str | None, is_here: bool
) -> None:
    first = Members(tmp_path, want(), 100, '"a"', "Mon")
    first.begin()
    first.write(MEMBER, b"hello")
    second = Members(tmp_path, want(), size, etag, modified)
    second.begin()
    assert second.has(MEMBER) == is_here
    # and go: nobody will want them
    assert first.folder.exists() == is_here
