"""`borough fetch` as a person and a program see it: what it lists, what it prints, how it ends."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from etl.fetch.addresses import AddressesRefused, list_rates, parse_addresses, read_addresses
from etl.fetch.client import Fetcher
from etl.fetch.command import Asked, FetchBusy, FolderUnusable, hold, list_sources, split_words
from etl.fetch.show import FetchDisplay, describe_size
from etl.fetch.wanted import Wanted
from tests.etl.fetch.conftest import QUICK, TestClock
from tests.etl.fetch.server import Reply, Server
from tests.etl.fetch.world import World, links_page

SOURCES = (
    "police", "boundaries", "postcodes", "population", "met", "survey", "returns", "section251", "deflators",
    "payments",
)  # fmt: skip
LEWISHAM = "https://lewisham.gov.uk/mayorandcouncil/aboutthecouncil/finances/council-spending-over-250"
FILES = "https://lewisham.gov.uk/-/media/spending-over-250"
POSTCODES = "https://api.os.uk/downloads/v1/products/CodePointOpen/downloads"
Borough = Callable[..., Awaitable[Result]]


@pytest.fixture
def world(server: Server) -> World:
    """Lewisham with two months, one of which is a page that asks for a password."""
    world = World(server)
    links = {f"{FILES}/jul2026.csv": "July 2026", f"{FILES}/aug2026.csv": "August 2026"}
    world.page(LEWISHAM, links_page(links))
    world.file(f"{FILES}/jul2026.csv", b"PAYMENT DATE,SUPPLIER\n01/07/2026,Invented Ltd\n", etag='"1"')
    world.page(f"{FILES}/aug2026.csv", "<html><form><input type='password'></form></html>")
    return world


@pytest.fixture
async def borough(world: World, tmp_path: Path) -> Borough:
    """Run the command, with the table of addresses turned to the server.

    In this process, in another thread, since the server answers in this one: a process of its own would take seconds to start.
    """
    table = tmp_path / "addresses.toml"
    # a council is asked once a second, which a test need not wait for
    table.write_text(world.table().replace("requests_per_second = 1.0\n", ""), encoding="utf-8")
    data = tmp_path / "data"
    environment = {"BOROUGH_DATA": str(data), "BOROUGH_FETCH_REQUESTS_PER_SECOND": "1000"}

    async def run(*words: str) -> Result:
        line = [*words, "--addresses", str(table)]
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, line, env=environment))

    return run


async def test_what_came_what_was_kept_out_and_exit_1(borough: Borough, world: World, tmp_path: Path) -> None:
    done = await borough("fetch", "--council", "lewisham")
    assert done.exit_code == 1, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("new        payments/lewisham/lewisham-2026-07.csv:") for line in lines)
    kept_out = next(
        line for line in lines if line.startswith("kept out   payments/lewisham/lewisham-2026-08.csv")
    )
    assert "login" in kept_out
    assert lines[-1].startswith("1 new, 0 unchanged, 1 kept out, 0 failed;")
    (stored,) = (tmp_path / "data" / "raw" / "payments").glob("2*/lewisham/*.csv")
    assert stored.read_bytes().endswith(b"Invented Ltd\n")
    manifest = json.loads(stored.with_name(stored.name + ".manifest.json").read_text())
    # the name that the council gave it can be found again
    assert manifest["url"].endswith("/jul2026.csv")


async def test_all_well_is_exit_0_and_a_second_time_moves_nothing(borough: Borough, world: World) -> None:
    world.file(f"{FILES}/aug2026.csv", b"PAYMENT DATE,SUPPLIER\n01/08/2026,Invented Ltd\n", etag='"2"')
    first = await borough("fetch", "payments", "--council", "lewisham", "--json")
    assert first.exit_code == 0, first.stdout + first.stderr
    files = [json.loads(line) for line in first.stdout.splitlines()]
    assert [file["status"] for file in files] == ["new", "new"]
    assert {file["file"] for file in files} == {
        "lewisham/lewisham-2026-07.csv",
        "lewisham/lewisham-2026-08.csv",
    }
    assert all(Path(file["path"]).read_bytes() for file in files)
    second = await borough("fetch", "payments", "--council", "lewisham", "--json")
    assert [json.loads(line)["status"] for line in second.stdout.splitlines()] == ["unchanged", "unchanged"]
    assert sum(json.loads(line)["bytes_moved"] for line in second.stdout.splitlines()) == 0


async def test_a_dry_run_lists_and_moves_no_file(borough: Borough, world: World, tmp_path: Path) -> None:
    world.file(POSTCODES, b"x" * 1_500_000)
    done = await borough("fetch", "payments,postcodes", "--council", "lewisham", "--dry-run")
    assert done.exit_code == 0, done.stderr
    assert "payments/lewisham/lewisham-2026-07.csv, 46 bytes; no copy yet" in done.stdout
    assert "postcodes/codepo_gb.zip, 1.5 MB; no copy yet" in done.stdout
    assert f"{world.server.base}/lewisham.gov.uk/-/media/spending-over-250/jul2026.csv" in done.stdout
    assert {request.method for request in world.asked(f"{FILES}/jul2026.csv")} == {"HEAD"}
    assert world.server.sent < 10_000
    assert not [file for file in (tmp_path / "data" / "raw").rglob("*") if file.suffix in (".csv", ".zip")]


async def test_a_dry_run_says_which_addresses_nobody_has_confirmed(borough: Borough, world: World) -> None:
    done = await borough("fetch", "population", "--dry-run", "--json")
    (one,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (one["status"], one["is_confirmed"]) == ("would_fetch", False)
    walls = await borough("fetch", "--council", "enfield", "--dry-run")
    assert "by hand" in walls.stdout
    assert "borough load --council enfield FOLDER" in walls.stdout
    assert walls.exit_code == 0


async def test_a_dry_run_of_a_list_that_failed_is_exit_1(borough: Borough, world: World) -> None:
    world.server.reply(world.path(LEWISHAM), Reply(403, {}, b"no"))
    for words in (
        ("fetch", "payments", "--council", "lewisham"),
        ("refresh", "--only", "survey", "--only", "postcodes"),
    ):
        done = await borough(*words, "--dry-run")
        assert done.exit_code == 1, done.stdout
        assert "failed" in done.stdout
        assert "Page: http://" in done.stdout


def test_an_entry_without_a_day_is_not_confirmed() -> None:
    entries = read_addresses()
    doubted = {name for name, entry in entries.items() if not entry.is_confirmed}
    assert doubted == {"boundaries", "postcodes", "population", "met", "survey", "section251", "deflators"}
    text = resources.files("etl.fetch").joinpath("addresses.toml").read_text(encoding="utf-8")
    assert not parse_addresses(text.replace('checked = "2026-09-16"\n', ""))["police"].is_confirmed
    with pytest.raises(AddressesRefused, match="checked"):
        parse_addresses(text.replace('checked = "2026-09-16"', 'checked = "some day"'))


async def test_of_payments_without_a_day_no_address_is_confirmed(borough: Borough, tmp_path: Path) -> None:
    table = tmp_path / "addresses.toml"
    for text, is_confirmed in (
        (table.read_text(), True),
        (table.read_text().replace('checked = "2026-09-19"\n', ""), False),
    ):
        table.write_text(text)
        done = await borough("fetch", "--council", "lewisham", "--dry-run", "--json")
        assert {json.loads(line)["is_confirmed"] for line in done.stdout.splitlines()} == {is_confirmed}


def test_what_a_killed_process_left_unfinished_goes_at_the_next_start(tmp_path: Path) -> None:
    left = [
        tmp_path / ".refresh.json.77.tmp",
        tmp_path / "raw" / "met" / "x" / ".a.csv.manifest.json.4242.tmp",
    ]
    stays = [tmp_path / "raw" / "met" / "x" / name for name in ("a.csv", ".a.tmp", "a.1.tmp")]
    for path in (*left, *stays):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    with hold(tmp_path):
        assert not any(path.exists() for path in left)
        assert all(path.exists() for path in stays)


async def test_who_does_not_answer_is_told_of_once_on_stderr(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A port where nobody listens: expect one line before the pauses, none with --quiet."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a.csv"
        wanted = Wanted(source="met", publisher="Nowhere", url=url, file_name="a.csv", expects="csv", key="a")
        for quiet in (False, True):
            display = FetchDisplay(quiet=quiet)
            async with Fetcher(tmp_path / "raw", QUICK, display.progress(), clock=TestClock()) as fetcher:
                assert (await fetcher.get(wanted)).status == "failed"
            told = [line for line in capsys.readouterr().err.splitlines() if "Nowhere" in line]
            assert len(told) == (0 if quiet else 1)
            assert all(line.startswith("asking Nowhere again, up to 8 times.") for line in told)


async def test_wrong_usage_is_exit_2(borough: Borough, world: World) -> None:
    for words, said in (
        (("fetch", "polise"), "'polise' is no source"),
        (("fetch", "payments", "--council", "leeds"), "'leeds' is no council"),
        (("fetch", "police", "--from", "2024"), "--from 2024 is no month"),
        (("fetch", "police", "--from", "2024-05", "--to", "2024-01"), "is after"),
    ):
        done = await borough(*words)
        assert done.exit_code == 2, done.stdout + done.stderr
        assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not world.server.requests


def test_without_a_source_every_source_is_listed(tmp_path: Path, clock: TestClock) -> None:
    lines = list_sources(Asked(), tmp_path, clock)
    assert [line.split()[0] for line in lines] == list(SOURCES)
    assert all("not fetched yet" in line for line in lines)
    assert any("35 councils" in line for line in lines)


def test_a_folder_that_cannot_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "raw").write_text("a file where a folder should be")
    with pytest.raises(FolderUnusable, match="Correct BOROUGH_DATA"), hold(tmp_path):
        pass


async def test_two_at_once_in_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with (
        hold(tmp_path),
        pytest.raises(FetchBusy, match="Another fetch or refresh is at work"),
        hold(tmp_path),
    ):
        pass
    with hold(tmp_path):
        pass


def test_the_shipped_table_is_whole() -> None:
    entries = read_addresses()
    assert tuple(entries) == SOURCES
    text = resources.files("etl.fetch").joinpath("addresses.toml").read_text(encoding="utf-8")
    assert "http://" not in text
    for entry in entries.values():
        assert entry.licence.startswith("Open Government Licence")
    rates = list_rates(entries)
    assert rates["hackney"] == 1.0
    assert rates["Nomis"] == 0.5
    assert "data.police.uk" not in rates


def test_a_table_that_cannot_be_used_says_what_to_correct(tmp_path: Path) -> None:
    text = resources.files("etl.fetch").joinpath("addresses.toml").read_text(encoding="utf-8")
    for wrong, said in (
        (text.replace('how = "police"', 'how = "polise"'), "Invalid value 'polise'"),
        (text.replace("archive_months = 36", "archive_month = 36"), "archive_month"),
        (text.replace("link = '/spending-over-250/", "link = '(/spending-over-250/"), "pattern"),
        (text + "\n[[", "cannot be used"),
    ):
        assert wrong != text
        with pytest.raises(AddressesRefused, match=said):
            parse_addresses(wrong)
    with pytest.raises(AddressesRefused, match="cannot be read"):
        read_addresses(tmp_path / "none.toml")


def test_words_and_sizes() -> None:
    assert split_words(["police, Met", "survey,"]) == ("police", "met", "survey")
    assert [describe_size(n) for n in (0, 999, 1000, 1_733_868_300)] == [
        "0 bytes",
        "999 bytes",
        "1 kB",
        "1.73 GB",
    ]


async def test_one_publisher_that_is_down_does_not_stop_another(borough: Borough, world: World) -> None:
    """The Datastore answers 403, Lewisham is there: expect Lewisham's file and exit 1."""
    world.server.reply(
        world.path("https://data.london.gov.uk/api/dataset/mopac-surveys"), Reply(403, {}, b"no")
    )
    done = await borough("fetch", "survey", "payments", "--council", "lewisham")
    assert done.exit_code == 1
    assert "failed      survey London Datastore:" in done.stdout
    assert "new        payments/lewisham/lewisham-2026-07.csv" in done.stdout
