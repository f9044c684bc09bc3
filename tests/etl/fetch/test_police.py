"""data.police.uk: which archives are asked for which months, and what of them is moved and kept."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etl.fetch.addresses import Police, read_addresses
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.plan import make_plan, make_request
from etl.fetch.publishers.police import (
    choose_archives,
    choose_months,
    list_missing,
    read_available,
    read_latest,
)
from etl.fetch.step import Sources
from etl.fetch.window import Window
from etl.find import find
from tests.etl.fetch.conftest import TestClock
from tests.etl.fetch.server import Reply, Server
from tests.etl.fetch.world import (
    TODAY,
    World,
    archive_members,
    fetch_all,
    plan_of,
    read_raw,
    unzip,
    zip_of,
)

OURS = ("metropolitan", "city-of-london")
OTHERS = ("avon-and-somerset", "bedfordshire", "btp", "west-midlands", "wiltshire")
ARCHIVE = "https://data.police.uk/data/archive/2026-09.zip"


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def entry() -> Police:
    found = read_addresses()["police"]
    assert isinstance(found, Police)
    return found


def publish(world: World, members: dict[str, bytes], latest: str = "2026-09", **more: bool) -> bytes:
    """The publisher's two answers about its months, and its latest archive."""
    world.json("https://data.police.uk/api/crime-last-updated", {"date": f"{latest}-01"})
    months = sorted({name[:7] for name in members})
    world.json(
        "https://data.police.uk/api/crimes-street-dates",
        [{"date": one, "stop-and-search": ["metropolitan", "btp"]} for one in reversed(months)],
    )
    data = zip_of(members)
    world.file(f"https://data.police.uk/data/archive/{latest}.zip", data, etag=f'"{hash(data)}"', **more)
    return data


@pytest.fixture
def world(server: Server) -> World:
    return World(server)


def test_a_month_is_taken_from_the_newest_archive_that_holds_it() -> None:
    months = [month(text) for text in ("2020-01", "2023-10", "2026-08", "2026-09")]
    assert choose_archives(entry(), months, month("2026-09"), is_all=False) == {
        # 36 months, of which the first is January 2020
        month("2022-12"): [month("2020-01")],
        month("2026-09"): [month("2023-10"), month("2026-08"), month("2026-09")],
    }


def test_with_all_each_month_comes_from_its_own_archive_too() -> None:
    months = [month("2026-08"), month("2026-09")]
    assert choose_archives(entry(), months, month("2026-09"), is_all=True) == {
        month("2026-08"): [month("2026-08")],
        month("2026-09"): months,
    }


@pytest.mark.parametrize(
    ("window", "first", "last", "count"),
    [
        (Window(today=TODAY), "2023-10", "2026-09", 36),
        (Window(today=TODAY, first=month("2024-01"), last=month("2024-12")), "2024-01", "2024-12", 12),
        (Window(today=TODAY, first=month("2026-08")), "2026-08", "2026-09", 2),
        # nobody has published what is after the latest
        (Window(today=TODAY, first=month("2026-08"), last=month("2027-12")), "2026-08", "2026-09", 2),
        (Window(today=TODAY, is_all=True), "2023-01", "2026-09", 45),
    ],
)
def test_the_months_that_are_wanted(window: Window, first: str, last: str, count: int) -> None:
    available = {month("2023-01"): None, month("2026-09"): None}
    months = choose_months(entry(), window, month("2026-09"), available)
    assert (months[0], months[-1], len(months)) == (month(first), month(last), count)


def test_answers_of_another_form_are_said_to_be_so() -> None:
    assert read_latest({"date": "2026-09-01"}) == month("2026-09")
    assert read_available([{"date": "2026-09", "stop-and-search": ["btp"]}, {"date": "2026-08"}]) == {
        month("2026-09"): {"btp"},
        month("2026-08"): frozenset(),
    }
    wrong: tuple[Any, ...] = ({}, {"date": "soon"}, [], None, "2026-09")
    for answer in wrong:
        with pytest.raises(FetchFailed, match="in another way"):
            read_latest(answer)
    wrong = ({"date": 1}, [["2026-09"]], [{"date": "September"}], None)
    for answers in wrong:
        with pytest.raises(FetchFailed, match="in another way"):
            read_available(answers)


async def test_only_the_two_forces_files_of_the_months_are_moved(fetcher: Fetcher, world: World) -> None:
    """Given an archive of seven forces and three months: expect one zip of the wanted members, and few bytes moved."""
    members = archive_members(("2026-07", "2026-08", "2026-09"), (*OURS, *OTHERS), size=60_000)
    data = publish(world, members)
    window = Window(today=TODAY, first=month("2026-08"), last=month("2026-08"))
    plan = await plan_of(fetcher, world, "police", window=window)
    (fetched,) = (await fetch_all(fetcher, plan)).values()
    assert fetched.status == "new"
    assert fetched.path is not None
    assert fetched.path.name == "2026-09.zip"
    wanted = {name: body for name, body in members.items() if "2026-08-" in name and is_ours(name)}
    assert len(wanted) == 6
    assert unzip(read_raw(fetcher, fetched)) == wanted
    # 6 of 63 members, and the table of contents
    assert fetched.bytes_moved < 0.15 * len(data)
    assert sum(map(len, wanted.values())) < fetched.bytes_moved
    asked = world.asked(ARCHIVE)
    assert all("range" in request.headers for request in asked if request.method == "GET")


def is_ours(name: str) -> bool:
    return any(f"-{force}-" in name for force in OURS)


async def test_an_archive_that_has_not_changed_is_not_moved_again(fetcher: Fetcher, world: World) -> None:
    members = archive_members(("2026-08", "2026-09"), (*OURS, *OTHERS))
    publish(world, members)
    plan = await plan_of(fetcher, world, "police")
    (first,) = (await fetch_all(fetcher, plan)).values()
    (second,) = (await fetch_all(fetcher, plan)).values()
    assert (first.status, second.status) == ("new", "unchanged")
    assert second.path == first.path
    # the end of the archive, where its table of contents is
    assert second.bytes_moved <= 65_536
    assert len(list(fetcher.store.raw.rglob("*.zip"))) == 1


async def test_more_months_of_an_archive_move_only_what_is_not_here(
    fetcher: Fetcher, world: World, clock: TestClock
) -> None:
    members = archive_members(("2026-07", "2026-08", "2026-09"), (*OURS, *OTHERS))
    publish(world, members)
    narrow = Window(today=TODAY, first=month("2026-09"), last=month("2026-09"))
    (first,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "police", window=narrow))).values()
    clock.later(days=1)
    wide = Window(today=TODAY, first=month("2026-08"), last=month("2026-09"))
    (second,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "police", window=wide))).values()
    assert (first.status, second.status) == ("new", "new")
    assert len(unzip(read_raw(fetcher, second))) == 12
    assert 6 * 20_000 < second.bytes_moved < 6 * 20_500 + 65_536
    # asked for the one month again, what is here beside it stays
    (third,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "police", window=narrow))).values()
    assert third.status == "unchanged"
    assert third.path == second.path


async def test_a_revised_archive_moves_only_the_member_that_was_revised(
    fetcher: Fetcher, world: World
) -> None:
    members = archive_members(("2026-08", "2026-09"), (*OURS, *OTHERS))
    publish(world, members)
    plan = await plan_of(fetcher, world, "police")
    await fetch_all(fetcher, plan)
    revised = {
        **members,
        "2026-08/2026-08-metropolitan-outcomes.csv": b"Crime ID,Month\n" + b"abc,2026-08\n" * 1600,
    }
    publish(world, revised)
    (fetched,) = (await fetch_all(fetcher, plan)).values()
    assert fetched.status == "new"
    assert not list((fetcher.store.raw / "police" / "parts").iterdir())
    assert unzip(read_raw(fetcher, fetched)) == {n: b for n, b in revised.items() if is_ours(n)}
    assert fetched.bytes_moved < 65_536 + 1_000


async def test_a_file_inside_that_shrank_or_went_keeps_the_archive_out(
    fetcher: Fetcher, world: World
) -> None:
    members = archive_members(("2026-08", "2026-09"), (*OURS, *OTHERS))
    publish(world, members)
    plan = await plan_of(fetcher, world, "police")
    (first,) = (await fetch_all(fetcher, plan)).values()
    name = "2026-08/2026-08-metropolitan-outcomes.csv"
    fewer = {**members, name: members[name][:10_000]}
    gone = {other: data for other, data in members.items() if other != name}
    for worse, why in ((fewer, "shrunk by 50%"), (gone, "gone from the archive")):
        publish(world, worse)
        (kept,) = (await fetch_all(fetcher, plan)).values()
        assert (kept.status, kept.path) == ("kept_out", first.path)
        assert name in kept.message
        assert why in kept.message
    request = make_request(world.entries(), ["police"], Window(today=TODAY), accept_smaller=True)
    accepted = await make_plan(Sources(fetcher, fetcher.store.raw), world.entries(), request)
    (taken,) = (await fetch_all(fetcher, accepted)).values()
    assert taken.status == "new"
    assert name not in unzip(read_raw(fetcher, taken))


async def test_a_server_without_ranges_is_asked_for_all_and_the_rest_is_dropped(
    fetcher: Fetcher, world: World
) -> None:
    members = archive_members(("2026-09",), (*OURS, *OTHERS))
    publish(world, members, ranges=False)
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "police"))).values()
    assert fetched.status == "new"
    assert unzip(read_raw(fetcher, fetched)) == {n: b for n, b in members.items() if is_ours(n)}
    stored = sum(file.stat().st_size for file in fetcher.store.raw.rglob("*") if file.is_file())
    assert stored < 7 * 20_100


async def test_files_that_an_archive_lacks_are_named(fetcher: Fetcher, world: World) -> None:
    """The City's searches lack in many months: expect a word on it, and the rest."""
    members = archive_members(("2026-09",), (*OURS, *OTHERS))
    del members["2026-09/2026-09-city-of-london-stop-and-search.csv"]
    publish(world, members)
    window = Window(today=TODAY, first=month("2026-09"))
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "police", window=window))).values()
    assert fetched.status == "new"
    assert "lacks 2026-09-city-of-london-stop-and-search." in fetched.message
    assert list_missing(entry(), members, [month("2026-09")]) == ["2026-09-city-of-london-stop-and-search"]


async def test_an_archive_that_is_not_there_has_failed_and_the_copy_stays(
    fetcher: Fetcher, world: World
) -> None:
    publish(world, archive_members(("2026-09",), OURS))
    plan = await plan_of(fetcher, world, "police")
    (first,) = (await fetch_all(fetcher, plan)).values()
    world.server.reply(world.path(ARCHIVE), Reply(404, {"Content-Type": "text/plain"}, b"gone"))
    (second,) = (await fetch_all(fetcher, plan)).values()
    assert second.status in ("failed", "kept_out")
    assert second.path == first.path
    assert "stays" in second.message


async def test_the_loader_finds_the_months_and_their_vintage_in_what_is_kept(
    fetcher: Fetcher, world: World
) -> None:
    publish(world, archive_members(("2026-08", "2026-09"), (*OURS, "wiltshire")))
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "police"))).values()
    assert fetched.path is not None
    found = find([fetched.path])
    assert len(found.candidates) == 12
    assert not found.refusals
    assert not found.other_forces
    assert {candidate.vintage for candidate in found.candidates} == {date(2026, 9, 1)}
    assert found.candidates[0].retrieved_at == fetcher.clock.now()


async def test_the_wanted_zip_is_the_same_bytes_however_it_came(
    fetcher: Fetcher, world: World, tmp_path: Path
) -> None:
    """By ranges or whole: expect the same file, so that it is not loaded twice."""
    members = archive_members(("2026-09",), (*OURS, *OTHERS))
    publish(world, members)
    plan = await plan_of(fetcher, world, "police")
    (ranged,) = (await fetch_all(fetcher, plan)).values()
    publish(world, members, ranges=False)
    other = tmp_path / "other"
    async with Fetcher(other, fetcher.settings, clock=fetcher.clock) as again:
        entries = world.entries()
        (whole,) = (await fetch_all(again, await plan_of(again, world, "police", entries=entries))).values()
    assert whole.sha256 == ranged.sha256
    assert msgspec.structs.replace(whole, path=None).status == "new"
