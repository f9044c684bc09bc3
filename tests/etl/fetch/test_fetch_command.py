"""`borough fetch` as a person and a program see it: what it lists, what it prints, how it ends."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from etl.fetch.addresses import AddressesRefused, list_rates, parse_addresses, read_addresses
from etl.fetch.command import Asked, FetchBusy, FolderUnusable, hold, list_sources, split_words
from etl.fetch.show import describe_size
from tests.etl.fetch.conftest import TestClock
from tests.etl.fetch.server import Reply, Server
from tests.etl.fetch.world import World, links_page

ROOT = Path(__file__).parents[3]
SOURCES = (
    "police", "boundaries", "postcodes", "population", "met", "survey", "returns", "section251", "deflators",
    "payments",
)  # fmt: skip
LEWISHAM = "https://lewisham.gov.uk/mayorandcouncil/aboutthecouncil/finances/council-spending-over-250"
FILES = "https://lewisham.gov.uk/-/media/spending-over-250"
POSTCODES = "https://api.os.uk/downloads/v1/products/CodePointOpen/downloads"
Borough = Callable[..., "subprocess.CompletedProcess[str]"]


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
    """Run the command in a process of its own, with the table of addresses turned to the server."""
    table = tmp_path / "addresses.toml"
    table.write_text(world.table(), encoding="utf-8")
    data = tmp_path / "data"
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {"BOROUGH_DATA": str(data), "BOROUGH_FETCH_REQUESTS_PER_SECOND": "1000"}

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "cli", *words, "--addresses", str(table)],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


async def in_thread(
    run: Callable[[], "subprocess.CompletedProcess[str]"],
) -> "subprocess.CompletedProcess[str]":
    """The server answers in this loop, so the process is waited for in a thread."""
    return await asyncio.to_thread(run)


async def test_what_came_what_was_kept_out_and_exit_1(borough: Borough, world: World, tmp_path: Path) -> None:
    done = await in_thread(lambda: borough("fetch", "--council", "lewisham"))
    assert done.returncode == 1, done.stderr
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
    first = await in_thread(lambda: borough("fetch", "payments", "--council", "lewisham", "--json"))
    assert first.returncode == 0, first.stdout + first.stderr
    files = [json.loads(line) for line in first.stdout.splitlines()]
    assert [file["status"] for file in files] == ["new", "new"]
    assert {file["file"] for file in files} == {
        "lewisham/lewisham-2026-07.csv",
        "lewisham/lewisham-2026-08.csv",
    }
    assert all(Path(file["path"]).read_bytes() for file in files)
    second = await in_thread(lambda: borough("fetch", "payments", "--council", "lewisham", "--json"))
    assert [json.loads(line)["status"] for line in second.stdout.splitlines()] == ["unchanged", "unchanged"]
    assert sum(json.loads(line)["bytes_moved"] for line in second.stdout.splitlines()) == 0


async def test_a_dry_run_lists_and_moves_no_file(borough: Borough, world: World, tmp_path: Path) -> None:
    world.file(POSTCODES, b"x" * 1_500_000)
    done = await in_thread(
        lambda: borough("fetch", "payments,postcodes", "--council", "lewisham", "--dry-run")
    )
    assert done.returncode == 0, done.stderr
    assert "payments/lewisham/lewisham-2026-07.csv, 46 bytes; no copy yet" in done.stdout
    assert "postcodes/codepo_gb.zip, 1.5 MB; no copy yet" in done.stdout
    assert f"{world.server.base}/lewisham.gov.uk/-/media/spending-over-250/jul2026.csv" in done.stdout
    assert {request.method for request in world.asked(f"{FILES}/jul2026.csv")} == {"HEAD"}
    assert world.server.sent < 10_000
    assert not [file for file in (tmp_path / "data" / "raw").rglob("*") if file.suffix in (".csv", ".zip")]


async def test_a_dry_run_says_which_addresses_nobody_has_confirmed(borough: Borough, world: World) -> None:
    done = await in_thread(lambda: borough("fetch", "population", "--dry-run", "--json"))
    (one,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (one["status"], one["is_confirmed"]) == ("would_fetch", False)
    walls = await in_thread(lambda: borough("fetch", "--council", "enfield", "--dry-run"))
    assert "by hand" in walls.stdout
    assert "borough load --council enfield FOLDER" in walls.stdout
    assert walls.returncode == 0


async def test_wrong_usage_is_exit_2(borough: Borough, world: World) -> None:
    for words, said in (
        (("fetch", "polise"), "'polise' is no source"),
        (("fetch", "payments", "--council", "leeds"), "'leeds' is no council"),
        (("fetch", "police", "--from", "2024"), "--from 2024 is no month"),
        (("fetch", "police", "--from", "2024-05", "--to", "2024-01"), "is after"),
    ):
        done = await in_thread(lambda words=words: borough(*words))  # type: ignore[misc]
        assert done.returncode == 2, done.stdout + done.stderr
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
    done = await in_thread(lambda: borough("fetch", "survey", "payments", "--council", "lewisham"))
    assert done.returncode == 1
    assert "failed      survey London Datastore:" in done.stdout
    assert "new        payments/lewisham/lewisham-2026-07.csv" in done.stdout
