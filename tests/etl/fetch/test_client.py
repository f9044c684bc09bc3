"""Fetching a file: what is taken, what is asked again, what is not moved twice, what ends it."""

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import brotli
import httpx
import msgspec
import pytest

from etl.fetch.client import Fetcher
from etl.fetch.coding import decode
from etl.fetch.errors import FetchFailed, KeptOut
from etl.fetch.limits import MOST_FAILURES
from etl.fetch.show import FetchDisplay
from etl.fetch.wanted import Fetched, FetchProgress, FetchSettings, Wanted
from sql.errors import SettingRefused
from sql.settings import read
from tests.etl.fetch.conftest import QUICK, TestClock
from tests.etl.fetch.server import Reply, Request, Server

TABLE = b"supplier,amount\n" + b"Brook Lane Fencing Ltd,501.20\n" * 2000
DATED = "Mon, 02 Nov 2026 09:00:00 GMT"


def want(server: Server, path: str = "/spend.csv", **fields: object) -> Wanted:
    given: dict[str, object] = {
        "source": "payments",
        "publisher": "hackney",
        "url": server.url(path),
        "file_name": "hackney/2026-07.csv",
        "expects": "csv",
        "key": "hackney/2026-07",
    }
    return Wanted(**given | fields)  # type: ignore[arg-type]


async def run(
    tmp_path: Path, clock: TestClock, *wanted: Wanted, settings: FetchSettings = QUICK
) -> list[Fetched]:
    """Each in one run of its own time."""
    async with Fetcher(tmp_path / "raw", settings, clock=clock) as fetcher:
        return [await fetcher.get(one) for one in wanted]


def stored(tmp_path: Path) -> list[str]:
    """Files of raw, manifests and index apart."""
    raw = tmp_path / "raw"
    return sorted(
        path.relative_to(raw).as_posix()
        for path in raw.rglob("*")
        if path.is_file() and path.suffix != ".json"
    )


# what is taken


async def test_a_file_is_stored_whole_with_its_manifest(
    server: Server, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.file("/spend.csv", TABLE, etag='"1"', last_modified=DATED, content_type="text/csv")
    fetched = await fetcher.get(want(server))
    place = tmp_path / "raw/payments/2026-11-22T101500Z/hackney/2026-07.csv"
    assert (fetched.status, fetched.path, fetched.bytes_moved) == ("new", place, len(TABLE))
    assert place.read_bytes() == TABLE
    manifest = json.loads(place.with_name("2026-07.csv.manifest.json").read_text())
    assert manifest["etag"] == '"1"'
    assert manifest["last_modified"] == DATED
    assert (manifest["url"], manifest["key"]) == (server.url("/spend.csv"), "hackney/2026-07")
    assert (manifest["bytes"], manifest["sha256"]) == (len(TABLE), fetched.sha256)
    assert manifest["retrieved_at"] == "2026-11-22T10:15:00Z"
    # loaders take the time of a file as the day when it was retrieved
    assert datetime.fromtimestamp(place.stat().st_mtime, UTC) == datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
    assert stored(tmp_path) == ["payments/2026-11-22T101500Z/hackney/2026-07.csv"]


async def test_the_program_says_who_it_is_and_whom_to_write_to(server: Server, tmp_path: Path) -> None:
    server.file("/spend.csv", TABLE)
    settings = FetchSettings(contact="data@example.org", requests_per_second=1000)
    await run(tmp_path, TestClock(), want(server), settings=settings)
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("borough-accountability/")
    assert agent.endswith(" (+data@example.org)")


def test_the_settings_of_the_program_say_how_to_ask() -> None:
    asked = FetchSettings.of(
        read({"BOROUGH_FETCH_CONTACT": "data@example.org", "BOROUGH_FETCH_REQUESTS_PER_SECOND": "0.5"})
    )
    assert (asked.contact, asked.requests_per_second) == ("data@example.org", 0.5)
    plain = FetchSettings.of(read({}))
    assert plain == FetchSettings()
    with pytest.raises(SettingRefused, match="BOROUGH_FETCH_CONTACT"):
        read({"BOROUGH_FETCH_CONTACT": "one\r\nHost: two"})


@pytest.mark.parametrize("validators", [{"etag": '"1"'}, {"last_modified": DATED}], ids=["etag", "date"])
async def test_a_file_that_has_not_changed_is_not_moved(
    server: Server, tmp_path: Path, clock: TestClock, validators: dict[str, str]
) -> None:
    server.file("/spend.csv", TABLE, **validators)  # type: ignore[arg-type]
    (first,) = await run(tmp_path, clock, want(server))
    clock.later(days=1)
    (second,) = await run(tmp_path, clock, want(server))
    assert (second.status, second.bytes_moved, second.path) == ("unchanged", 0, first.path)
    assert second.retrieved == first.retrieved
    assert len(stored(tmp_path)) == 1


async def test_an_etag_that_cannot_be_said_back_is_not_said(
    server: Server, tmp_path: Path, clock: TestClock
) -> None:
    server.file("/spend.csv", TABLE, etag='"caf\xe9"')
    await run(tmp_path, clock, want(server))
    (again,) = await run(tmp_path, clock, want(server))
    assert (again.status, again.bytes_moved) == ("unchanged", len(TABLE))
    assert "if-none-match" not in server.requests[-1].headers


async def test_the_same_bytes_are_not_stored_again(server: Server, tmp_path: Path, clock: TestClock) -> None:
    server.file("/spend.csv", TABLE)
    (first,) = await run(tmp_path, clock, want(server))
    clock.later(days=1)
    again, copied = await run(
        tmp_path, clock, want(server), want(server, key="hackney/2026-07-b", file_name="hackney/b.csv")
    )
    assert (again.status, again.bytes_moved, again.path) == ("unchanged", len(TABLE), first.path)
    assert (copied.status, copied.path) == ("unchanged", first.path)
    assert len(stored(tmp_path)) == 1


async def test_a_changed_file_is_stored_beside_the_former_one(
    server: Server, tmp_path: Path, clock: TestClock
) -> None:
    server.file("/spend.csv", TABLE, etag='"1"')
    (first,) = await run(tmp_path, clock, want(server))
    server.file("/spend.csv", TABLE + b"Another Ltd,900\n", etag='"2"')
    clock.later(days=1)
    (second,) = await run(tmp_path, clock, want(server))
    assert second.status == "new"
    assert first.path
    assert second.path
    assert first.path.read_bytes() == TABLE
    assert second.path.read_bytes() == TABLE + b"Another Ltd,900\n"
    # and back again: the older copy is what is published
    server.file("/spend.csv", TABLE, etag='"3"')
    clock.later(days=1)
    (third,) = await run(tmp_path, clock, want(server))
    assert (third.status, third.path) == ("new", first.path)
    assert "went back to the copy of 2026-11-22" in third.message
    assert len(stored(tmp_path)) == 2
    clock.later(days=1)
    (fourth,) = await run(tmp_path, clock, want(server))
    assert (fourth.status, fourth.path, fourth.bytes_moved) == ("unchanged", first.path, 0)


async def test_another_address_is_not_asked_whether_it_has_changed(
    server: Server, tmp_path: Path, clock: TestClock
) -> None:
    server.file("/spend.csv", TABLE, etag='"1"')
    server.file("/spend-v2.csv", TABLE + b"Another Ltd,900\n", etag='"1"')
    await run(tmp_path, clock, want(server))
    clock.later(days=1)
    (second,) = await run(tmp_path, clock, want(server, "/spend-v2.csv"))
    assert second.status == "new"
    assert "if-none-match" not in server.asked("/spend-v2.csv")[0].headers


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(TABLE, mtime=0)),
        ("deflate", zlib.compress(TABLE)),
        ("br", brotli.compress(TABLE)),
    ],
)
async def test_compression_on_the_way_is_undone(
    server: Server, fetcher: Fetcher, encoding: str, body: bytes
) -> None:
    server.reply("/spend.csv", Reply(headers={"Content-Encoding": encoding}, body=body))
    fetched = await fetcher.get(want(server))
    assert fetched.status == "new"
    assert fetched.path
    assert fetched.path.read_bytes() == TABLE
    assert fetched.bytes_moved == len(body)


async def test_compression_that_is_damaged_is_no_file(
    server: Server, fetcher: Fetcher, tmp_path: Path
) -> None:
    body = gzip.compress(TABLE)
    server.reply("/spend.csv", Reply(headers={"Content-Encoding": "gzip"}, body=body[: len(body) // 2]))
    fetched = await fetcher.get(want(server))
    assert (fetched.status, fetched.path) == ("failed", None)
    assert "garbled" in fetched.message
    assert stored(tmp_path) == []


async def test_a_body_without_a_length_ends_with_its_connection(server: Server, fetcher: Fetcher) -> None:
    server.reply("/spend.csv", Reply(body=TABLE, is_endless=True))
    assert (await fetcher.get(want(server))).bytes_moved == len(TABLE)


# redirects


async def test_a_redirect_is_followed(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    server.reply("/old", Reply(301, {"Location": "/download?id=7"}))
    server.file("/download", TABLE)
    fetched = await fetcher.get(want(server, "/old", headers={"X-Key": "1"}))
    assert fetched.status == "new"
    assert [request.headers.get("x-key") for request in server.requests] == ["1", "1"]
    manifest = fetcher.last(want(server, "/old"))
    assert manifest
    assert manifest.final_url == server.url("/download?id=7")


async def test_headers_for_one_server_are_not_shown_to_another(server: Server, fetcher: Fetcher) -> None:
    async with Server() as other:
        other.file("/spend.csv", TABLE)
        elsewhere = other.url("/spend.csv").replace("127.0.0.1", "localhost")
        server.reply("/old", Reply(302, {"Location": elsewhere}))
        fetched = await fetcher.get(want(server, "/old", headers={"X-Key": "secret"}))
        assert fetched.status == "new"
        assert "x-key" not in other.requests[0].headers


async def test_a_loop_of_redirects_ends(server: Server, fetcher: Fetcher) -> None:
    server.reply("/spend.csv", Reply(302, {"Location": "/spend.csv"}))
    fetched = await fetcher.get(want(server))
    assert fetched.status == "failed"
    assert "more than 5 times" in fetched.message
    assert len(server.requests) == 6


async def test_a_redirect_to_a_login_page_is_a_wall(server: Server, fetcher: Fetcher) -> None:
    server.reply("/spend.csv", Reply(302, {"Location": "/users/sign_in?back=1"}))
    fetched = await fetcher.get(want(server))
    assert fetched.status == "kept_out"
    assert "redirects to a login page" in fetched.message
    assert len(server.requests) == 1


async def test_a_redirect_to_an_address_without_encryption_is_not_followed(
    fetcher: Fetcher, server: Server
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://council.example/spend.csv"})

    await fetcher._client.aclose()
    fetcher._client = fetcher._asker.client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    fetched = await fetcher.get(want(server, url="https://council.example/spend.csv"))
    assert fetched.status == "kept_out"
    assert "which is not encrypted" in fetched.message
    assert asked == ["https://council.example/spend.csv"]


# what fails and is tried again


@pytest.mark.parametrize(
    "failure",
    [
        Reply(500),
        Reply(502, body=b"<html>bad gateway</html>"),
        Reply(503),
        Reply(408),
        Reply(429),
        Reply(body=TABLE, cut=1000),
        Reply(body=TABLE, cut=1000, reset=True),
        Reply(body=TABLE, cut=0, reset=True),
        Reply(body=TABLE, drip=0.002),
    ],
    ids=[
        "500",
        "502",
        "503",
        "408",
        "429",
        "truncated",
        "reset",
        "reset-at-once",
        "drip",
    ],
)
async def test_what_may_mend_itself_is_tried_again(
    server: Server, fetcher: Fetcher, tmp_path: Path, failure: Reply
) -> None:
    server.file("/spend.csv", TABLE)
    server.script("/spend.csv", failure)
    fetched = await fetcher.get(want(server))
    assert fetched.status == "new"
    assert fetched.path
    assert fetched.path.read_bytes() == TABLE
    assert len(server.requests) == 2
    assert len(stored(tmp_path)) == 1


@pytest.mark.parametrize(
    "failure",
    [Reply(body=TABLE, hold=100), Reply(body=TABLE, drip_head=0.05)],
    ids=["in the body", "a byte of the header at a time"],
)
async def test_silence_ends_a_try(server: Server, tmp_path: Path, clock: TestClock, failure: Reply) -> None:
    server.file("/spend.csv", TABLE)
    server.script("/spend.csv", failure)
    settings = msgspec.structs.replace(QUICK, timeout_seconds=0.4)
    (fetched,) = await run(tmp_path, clock, want(server), settings=settings)
    assert fetched.status == "new"
    assert len(server.requests) >= 2


@pytest.mark.parametrize("status", [500, 503])
async def test_tries_end(server: Server, fetcher: Fetcher, status: int) -> None:
    server.reply("/spend.csv", Reply(status))
    fetched = await fetcher.get(want(server))
    assert (fetched.status, fetched.path) == ("failed", None)
    assert f"answers {status}" in fetched.message
    assert len(server.requests) == QUICK.attempts


async def test_a_name_that_nobody_has_is_not_asked_for_again(server: Server, fetcher: Fetcher) -> None:
    """A machine without a network is told in a second, not after all tries of each address. RFC 6761: never a name."""
    fetched = await fetcher.get(want(server, url="http://spend.invalid/spend.csv"))
    assert fetched.status == "failed"
    assert "there is no spend.invalid. Check that this machine is on the network" in fetched.message


async def test_nobody_there_is_a_failure(server: Server, fetcher: Fetcher, tmp_path: Path) -> None:
    async with Server() as gone:
        url = gone.url("/spend.csv")
    fetched = await fetcher.get(want(server, url=url))
    assert fetched.status == "failed"
    assert "the connection broke" in fetched.message
    assert stored(tmp_path) == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
async def test_a_refusal_is_not_asked_again(
    server: Server, fetcher: Fetcher, tmp_path: Path, status: int
) -> None:
    server.reply("/spend.csv", Reply(status, body=b"<html>no</html>"))
    fetched = await fetcher.get(want(server))
    assert (fetched.status, fetched.path) == ("kept_out", None)
    assert f"status {status}" in fetched.message
    assert len(server.requests) == 1
    assert stored(tmp_path) == ["payments/kept-out/2026-11-22T101500Z/hackney/2026-07.csv.kept-out"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_pause_in_seconds_is_kept(
    server: Server, fetcher: Fetcher, clock: TestClock, said: list[str], status: int
) -> None:
    server.file("/spend.csv", TABLE)
    server.script("/spend.csv", Reply(status, {"Retry-After": "120"}))
    assert (await fetcher.get(want(server))).status == "new"
    assert any(120 <= wait <= 120 + QUICK.first_wait_seconds for wait in clock.waits)
    assert said == ["hackney asks for a pause of 2 minutes."]


@pytest.mark.parametrize("is_reached", [False, True])
async def test_a_machine_that_is_cut_off_does_not_try_everybody(
    server: Server, fetcher: Fetcher, *, is_reached: bool
) -> None:
    if is_reached:
        server.file("/spend.csv", TABLE)
        await fetcher.get(want(server))
    said = []
    for name in ("camden", "brent", "barnet", "merton"):
        away = want(server, publisher=name, key=name, url="http://127.0.0.1:1/a.csv")
        said.append((await fetcher.get(away)).message)
    assert ["was not asked" in one for one in said] == [False, False, False, not is_reached]


async def test_whoever_waits_long_is_told_for_whom(
    server: Server, tmp_path: Path, clock: TestClock, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = msgspec.structs.replace(QUICK, first_wait_seconds=4, longest_wait_seconds=60, attempts=4)
    server.reply("/spend.csv", Reply(500))
    async with Fetcher(tmp_path / "raw", settings, FetchProgress(say=said.append), clock=clock) as fetcher:
        assert (await fetcher.get(want(server))).status == "failed"
    # pauses of 4, 8 and 16 seconds: of the last alone
    assert [line.partition(". ")[0] for line in said] == ["waiting for hackney: 16 s, then try 4 of 4"]
    for quiet in (False, True):
        FetchDisplay(quiet=quiet).progress().say("waiting for hackney")
    assert capsys.readouterr().out == "waiting for hackney\n"


async def test_a_pause_until_a_date_is_kept(server: Server, fetcher: Fetcher, clock: TestClock) -> None:
    server.file("/spend.csv", TABLE)
    until = format_datetime(datetime(2026, 11, 22, 10, 16, 30, tzinfo=UTC), usegmt=True)
    server.script("/spend.csv", Reply(503, {"Retry-After": until}))
    assert (await fetcher.get(want(server))).status == "new"
    assert any(90 <= wait <= 90 + QUICK.first_wait_seconds for wait in clock.waits)


async def test_a_pause_is_kept_for_all_that_is_asked_of_the_publisher(
    server: Server, fetcher: Fetcher, clock: TestClock
) -> None:
    server.file("/spend.csv", TABLE)
    server.script("/spend.csv", Reply(429, {"Retry-After": "60"}))
    await fetcher.get(want(server))
    before = len(clock.waits)
    await fetcher.get(want(server, key="hackney/2026-08", file_name="hackney/2026-08.csv"))
    # this clock takes a pause for done without the time having passed: the next request has to wait as well
    assert any(wait > 55 for wait in clock.waits[before:])
    before = len(clock.waits)
    await fetcher.get(want(server, publisher="bromley", key="bromley/1", file_name="bromley/1.csv"))
    assert not any(wait > 55 for wait in clock.waits[before:])


async def test_a_pause_that_is_too_long_ends_it(server: Server, fetcher: Fetcher) -> None:
    server.script("/spend.csv", Reply(429, {"Retry-After": "86400"}))
    fetched = await fetcher.get(want(server))
    assert fetched.status == "failed"
    assert "left alone for 24 hours: run the command again then" in fetched.message
    assert len(server.requests) == 1


async def test_after_such_a_pause_the_publisher_is_not_asked_again_in_this_run(
    server: Server, fetcher: Fetcher
) -> None:
    server.file("/spend.csv", TABLE)
    server.script("/spend.csv", Reply(503, {"Retry-After": "7200"}))
    await fetcher.get(want(server))
    fetched = await fetcher.get(want(server, key="hackney/2026-08"))
    assert fetched.message == "hackney asks to be left alone for 2 hours: run the command again then."
    assert len(server.requests) == 1
    assert (await fetcher.get(want(server, publisher="bromley", key="bromley/1"))).status == "new"


async def test_a_publisher_that_keeps_failing_is_left_for_the_next_run(
    server: Server, tmp_path: Path, clock: TestClock
) -> None:
    server.file("/spend.csv", TABLE)
    server.reply("/broken.csv", Reply(500))
    wanted = [want(server, "/broken.csv", key=f"hackney/{number}") for number in range(7)]
    done = await run(tmp_path, clock, *wanted[:4], want(server), *wanted)
    assert [one.status for one in done] == ["failed"] * 4 + ["new"] + ["failed"] * 7
    assert "hackney failed 5 times in a row" in done[-1].message
    assert len(server.asked("/broken.csv")) == (4 + 5) * QUICK.attempts


async def test_requests_to_one_publisher_keep_their_pace(server: Server, tmp_path: Path) -> None:
    server.file("/spend.csv", TABLE)
    settings = FetchSettings(requests_per_second=50)
    wanted = [want(server, key=f"hackney/{number}", file_name=f"hackney/{number}.csv") for number in range(6)]
    began = datetime.now(UTC)
    async with Fetcher(tmp_path / "raw", settings, rates={"hackney": 20}) as fetcher:
        for one in wanted:
            await fetcher.get(one)
    # five gaps of a twentieth of a second
    assert (datetime.now(UTC) - began).total_seconds() >= 0.25


async def test_a_file_that_takes_too_long_in_all_is_left_for_the_next_run(
    server: Server, tmp_path: Path, clock: TestClock
) -> None:
    server.file("/spend.csv", TABLE, etag='"1"', hold=1000)
    settings = FetchSettings(requests_per_second=1000, timeout_seconds=30, longest_seconds=0.3)
    (first,) = await run(tmp_path, clock, want(server), settings=settings)
    assert first.status == "failed"
    assert "run the command again and it goes on" in first.message
    server.release.set()
    (second,) = await run(tmp_path, clock, want(server))
    assert second.status == "new"
    assert first.bytes_moved + second.bytes_moved <= len(TABLE)


# what was begun


async def test_a_broken_download_goes_on_where_it_stopped(server: Server, fetcher: Fetcher) -> None:
    server.file("/spend.csv", TABLE, etag='"1"')
    server.script("/spend.csv", Reply(200, {"ETag": '"1"'}, TABLE, cut=30_000))
    fetched = await fetcher.get(want(server))
    assert fetched.path
    assert fetched.path.read_bytes() == TABLE
    assert fetched.bytes_moved == len(TABLE)
    assert server.requests[1].headers["range"] == "bytes=30000-"
    assert server.requests[1].headers["if-range"] == '"1"'


async def test_a_file_that_changed_meanwhile_begins_anew(server: Server, fetcher: Fetcher) -> None:
    changed = TABLE.replace(b"501.20", b"777.70")
    server.file("/spend.csv", changed, etag='"2"')
    server.script("/spend.csv", Reply(200, {"ETag": '"1"'}, TABLE, cut=30_000))
    fetched = await fetcher.get(want(server))
    assert fetched.path
    assert fetched.path.read_bytes() == changed


@pytest.mark.parametrize(
    "rest",
    [
        Reply(
            206,
            {"ETag": '"2"', "Content-Range": f"bytes 30000-{len(TABLE) - 1}/{len(TABLE)}"},
            TABLE[30_000:],
        ),
        Reply(206, {"ETag": '"1"', "Content-Range": "bytes 0-9/10"}, TABLE[:10]),
        Reply(206, {"ETag": '"1"'}, TABLE[30_000:]),
        Reply(206, {"ETag": '"1"', "Content-Range": "bytes 30000-39999/40000"}, TABLE[30_000:40_000]),
        Reply(416, {"Content-Range": "bytes */10"}),
    ],
    ids=["other-version", "other-range", "no-range-named", "other-length", "416"],
)
async def test_a_rest_of_something_else_is_not_joined(server: Server, fetcher: Fetcher, rest: Reply) -> None:
    server.file("/spend.csv", TABLE, etag='"1"')
    server.script("/spend.csv", Reply(200, {"ETag": '"1"'}, TABLE, cut=30_000), rest)
    fetched = await fetcher.get(want(server))
    assert fetched.path
    assert fetched.path.read_bytes() == TABLE


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"1"'}], ids=["nothing", "weak"])
async def test_without_a_sure_version_it_begins_anew(
    server: Server, fetcher: Fetcher, headers: dict[str, str]
) -> None:
    server.file("/spend.csv", TABLE)
    server.script("/spend.csv", Reply(200, headers, TABLE, cut=30_000))
    fetched = await fetcher.get(want(server))
    assert fetched.bytes_moved == len(TABLE) + 30_000
    assert "range" not in server.requests[1].headers


async def test_a_download_that_breaks_more_often_than_is_tried_still_ends_where_each_part_is_new(
    server: Server, fetcher: Fetcher
) -> None:
    data = b"supplier,amount\n" + b"Brook Lane Fencing Ltd,501.20\n" * 150_000

    def cut(request: Request) -> Reply | None:
        first = int(request.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        more = {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"} if first else {}
        return Reply(206 if first else 200, {"ETag": '"1"', **more}, data[first:], cut=100_000)

    server.file("/spend.csv", data, etag='"1"')
    server.fault = cut
    fetched = await fetcher.get(want(server))
    assert fetched.status == "new"
    assert fetched.bytes_moved == len(data)
    # more than all the tries of as many files as a publisher may fail
    assert len(server.requests) == len(data) // 100_000 + 1 > QUICK.attempts * MOST_FAILURES


async def test_a_part_outlives_its_run(server: Server, tmp_path: Path, clock: TestClock) -> None:
    server.file("/spend.csv", TABLE, etag='"1"')
    server.script(
        "/spend.csv", *[Reply(200, {"ETag": '"1"'}, TABLE, cut=30_000)], *[Reply(500)] * (QUICK.attempts - 1)
    )
    (first,) = await run(tmp_path, clock, want(server))
    assert first.status == "failed"
    clock.later(hours=1)
    (second,) = await run(tmp_path, clock, want(server))
    assert (second.status, second.bytes_moved) == ("new", len(TABLE) - 30_000)
    assert second.path
    assert second.path.read_bytes() == TABLE
    assert stored(tmp_path) == ["payments/2026-11-22T111500Z/hackney/2026-07.csv"]


# small answers


async def test_the_answers_of_an_api_are_read_once_a_run(server: Server, fetcher: Fetcher) -> None:
    server.reply("/api", Reply(headers={"Content-Type": "application/json"}, body=b'{"date": "2026-09-01"}'))
    server.script("/api", Reply(500))
    for _ in range(2):
        assert await fetcher.read_json(server.url("/api"), "police") == {"date": "2026-09-01"}
    assert len(server.requests) == 2


async def test_an_api_that_answers_with_a_page_is_said_so(server: Server, fetcher: Fetcher) -> None:
    server.reply("/api", Reply(body=b"<html><title>Just a moment...</title></html>"))
    with pytest.raises(KeptOut, match=r"A wall against robots \(Cloudflare\)"):
        await fetcher.read_json(server.url("/api"), "police")


async def test_an_api_that_drips_is_cut(server: Server, tmp_path: Path, clock: TestClock) -> None:
    server.reply("/api", Reply(body=b" " * 2000, drip=0.1))
    settings = FetchSettings(requests_per_second=1000, timeout_seconds=0.15, attempts=2)
    async with Fetcher(tmp_path / "raw", settings, clock=clock) as fetcher:
        with pytest.raises(FetchFailed, match="came too slowly"):
            await fetcher.read_json(server.url("/api"), "police")


async def test_an_answer_that_never_ends_is_cut(server: Server, tmp_path: Path, clock: TestClock) -> None:
    server.reply("/api", Reply(body=b" " * 5_000_000))
    settings = FetchSettings(requests_per_second=1000, largest_answer_bytes=1_000_000)
    async with Fetcher(tmp_path / "raw", settings, clock=clock) as fetcher:
        with pytest.raises(KeptOut, match="more than 1,000,000 bytes"):
            await fetcher.read_json(server.url("/api"), "police")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html; charset=iso-8859-1", "Spend over £500".encode("latin-1")),
        ("text/html", "Spend over £500".encode()),
        ("text/html", "\ufeffSpend over £500".encode()),
        ("text/html", "Spend over £500".encode("cp1252")),
        ("text/html; charset=nonsense", "Spend over £500".encode()),
    ],
)
async def test_a_page_is_read_in_its_encoding(
    server: Server, fetcher: Fetcher, content_type: str, body: bytes
) -> None:
    server.reply("/page", Reply(headers={"Content-Type": content_type}, body=body))
    assert await fetcher.read_text(server.url("/page"), "hackney") == "Spend over £500"


async def test_a_size_is_asked_without_the_file(server: Server, fetcher: Fetcher) -> None:
    server.file("/spend.csv", TABLE)
    server.reply("/other.csv", Reply(405))
    assert await fetcher.measure(server.url("/spend.csv"), "hackney") == len(TABLE)
    assert await fetcher.measure(server.url("/other.csv"), "hackney") is None
    assert [request.method for request in server.requests] == ["HEAD", "HEAD"]
    with pytest.raises(KeptOut, match="status 404"):
        await fetcher.measure(server.url("/nothing.csv"), "hackney")


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://example.org/a", "http://", "http://[::", "spend.csv"]
)
async def test_what_is_no_address_fails(server: Server, fetcher: Fetcher, url: str) -> None:
    fetched = await fetcher.get(want(server, url=url))
    assert fetched.status == "failed"
    assert "no address of a web page" in fetched.message


# what is put together, and what is borrowed


async def test_what_is_put_together_is_kept_like_a_file(
    server: Server, tmp_path: Path, clock: TestClock
) -> None:
    wanted = want(server, expects="geojson", file_name="boroughs.geojson", source="boundaries")
    data = b'{"type": "FeatureCollection", "features": []}'
    async with Fetcher(tmp_path / "raw", QUICK, clock=clock) as fetcher:
        first = await fetcher.keep(wanted, data, etag='"9"', bytes_moved=7)
        assert (first.status, first.bytes_moved) == ("new", 7)
        assert first.path
        assert first.path.read_bytes() == data
        again = await fetcher.keep(wanted, data)
        assert (again.status, again.path) == ("unchanged", first.path)
        made = tmp_path / "raw" / "made"
        made.write_bytes(data)
        moved = await fetcher.keep(msgspec.structs.replace(wanted, key="file"), made)
        assert (moved.status, moved.path, made.exists()) == ("unchanged", first.path, False)
        wrong = await fetcher.keep(wanted, b'{"error": {"code": 400}}')
        assert (wrong.status, wrong.path) == ("kept_out", first.path)
        last = fetcher.last(wanted)
        assert last
        assert last.etag == '"9"'
        clock.later(days=3)
        confirmed = fetcher.confirm(wanted)
        assert (confirmed.status, confirmed.path) == ("unchanged", first.path)
        with pytest.raises(FetchFailed, match="no copy"):
            fetcher.confirm(want(server, key="never"))


async def test_a_borrowed_file_goes_and_one_that_broke_off_stays(
    server: Server, tmp_path: Path, fetcher: Fetcher
) -> None:
    wanted = want(server)
    server.file("/spend.csv", TABLE, etag='"1"')
    with pytest.raises(RuntimeError):
        async with fetcher.borrow(wanted) as path:
            raise RuntimeError("killed while it was unpacked")
    before = server.sent
    async with fetcher.borrow(wanted) as path:
        assert path.read_bytes() == TABLE
    # one byte tells that the file has not changed
    assert server.sent - before == 1
    assert stored(tmp_path) == []
    server.reply("/spend.csv", Reply(body=b"<html>gone</html>"))
    with pytest.raises(KeptOut, match="A web page came"):
        async with fetcher.borrow(wanted):
            pass
    assert stored(tmp_path) == []


async def test_who_waits_is_told(server: Server, tmp_path: Path, clock: TestClock) -> None:
    server.file("/spend.csv", TABLE)
    told: list[object] = []
    progress = FetchProgress(
        started=lambda wanted, size: told.append((wanted.key, size)),
        moved=lambda wanted, size: told.append(size),
        ended=lambda fetched: told.append(fetched.status),
    )
    async with Fetcher(tmp_path / "raw", QUICK, progress, clock=clock) as fetcher:
        await fetcher.get(want(server))
    assert told[0] == ("hackney/2026-07", len(TABLE))
    assert told[-2:] == [len(TABLE), "new"]


def test_a_bomb_of_brotli_is_unpacked_piece_by_piece(tmp_path: Path) -> None:
    """64 MB of zeros in few bytes: expect that it is given up after the first piece or two."""
    packer = brotli.Compressor(quality=1)
    (tmp_path / "bomb").write_bytes(packer.process(bytes(64 << 20)) + packer.finish())
    with pytest.raises(KeptOut, match="more than"):
        decode(tmp_path / "bomb", "br", tmp_path / "out", 1 << 20)
    assert (tmp_path / "out").stat().st_size <= 1 << 20


def brotli_bomb(size: int) -> bytes:
    """Zeros in few bytes."""
    packer = brotli.Compressor(quality=1)
    packed: bytes = packer.process(bytes(size)) + packer.finish()
    return packed


@pytest.mark.parametrize(
    ("encoding", "pack"), [("br", brotli_bomb), ("gzip", lambda size: gzip.compress(bytes(size)))]
)
async def test_a_bomb_in_place_of_a_small_answer_takes_no_memory(
    server: Server, tmp_path: Path, clock: TestClock, encoding: str, pack: Callable[[int], bytes]
) -> None:
    """128 MB of zeros for a page, for an API, as a refusal: expect that little of them is ever unpacked."""
    bomb = pack(128 << 20)
    server.reply("/page", Reply(headers={"Content-Encoding": encoding}, body=bomb))
    server.reply("/no", Reply(404, {"Content-Encoding": encoding}, bomb))
    settings = msgspec.structs.replace(QUICK, largest_answer_bytes=1_000_000)
    async with Fetcher(tmp_path / "raw", settings, clock=clock) as fetcher:
        tracemalloc.start()
        try:
            with pytest.raises(KeptOut, match="more than 1,000,000 bytes"):
                await fetcher.read_text(server.url("/page"), "hackney")
            with pytest.raises(KeptOut, match="status 404"):
                await fetcher.read_text(server.url("/no"), "hackney")
            assert tracemalloc.get_traced_memory()[1] < 16 << 20
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(b"page", mtime=0)), ("br", brotli.compress(b"page")), ("identity", b"page")],
)
async def test_a_compressed_page_is_read(
    server: Server, fetcher: Fetcher, encoding: str, body: bytes
) -> None:
    server.reply("/page", Reply(headers={"Content-Encoding": encoding}, body=body))
    assert await fetcher.read_text(server.url("/page"), "hackney") == "page"


async def test_a_page_compressed_in_an_unknown_way_is_kept_out(server: Server, fetcher: Fetcher) -> None:
    server.reply("/page", Reply(headers={"Content-Encoding": "zstd"}, body=b"page"))
    with pytest.raises(KeptOut, match="'zstd', which was not asked for"):
        await fetcher.read_text(server.url("/page"), "hackney")


async def test_a_file_that_unpacks_to_too_much_is_kept_out(
    server: Server, tmp_path: Path, clock: TestClock
) -> None:
    body = gzip.compress(TABLE + bytes(2_000_000))
    server.reply("/spend.csv", Reply(headers={"Content-Encoding": "gzip"}, body=body))
    settings = msgspec.structs.replace(QUICK, largest_bytes=1_000_000)
    async with Fetcher(tmp_path / "raw", settings, clock=clock) as fetcher:
        fetched = await fetcher.get(want(server))
    assert (fetched.status, fetched.path) == ("kept_out", None)
    assert "more than 1,000,000 bytes" in fetched.message


class PausingClock(TestClock):
    """Pauses take a moment."""

    def wait(self, seconds: float) -> float:
        self.waits.append(seconds)
        return 0.3


async def test_publishers_that_are_dead_keep_nobody_else_waiting(server: Server, tmp_path: Path) -> None:
    """Two places for all, two publishers that always fail: expect that the third is served in their first pause."""
    server.reply("/dead", Reply(500))
    server.file("/spend.csv", TABLE)
    settings = msgspec.structs.replace(QUICK, concurrency=2)
    ended: list[str] = []
    progress = FetchProgress(ended=lambda fetched: ended.append(fetched.wanted.publisher))
    async with Fetcher(tmp_path / "raw", settings, progress, clock=PausingClock()) as fetcher:
        dead = [want(server, "/dead", publisher=name, key=name, file_name=name) for name in ("one", "two")]
        alive = [want(server, publisher="alive", key=f"{n}", file_name=f"{n}.csv") for n in range(4)]
        done = await asyncio.gather(*(fetcher.get(one) for one in (*dead, *alive)))
        assert fetcher._limits._all._value == 2
    # two of one publisher are on the way at once: which of the same bytes is stored first is open
    assert sorted(one.status for one in done) == ["failed"] * 2 + ["new"] + ["unchanged"] * 3
    assert ended == ["alive"] * 4 + ended[4:]
    assert sorted(ended[4:]) == ["one", "two"]
