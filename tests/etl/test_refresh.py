"""`borough refresh` from end to end: publishers on a local server, files in a folder, figures in a real database."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from cli import app
from etl.fetch.addresses import Datastore, Source
from etl.fetch.command import FetchBusy, hold
from etl.fetch.plan import make_request
from etl.fetch.show import FetchDisplay
from etl.fetch.store import Manifest, Store
from etl.fetch.window import Window
from etl.ledger import Due, Given, Ledger, choose_vintage, enter, read_ledger
from etl.refresh import refresh
from etl.refresh_report import Refreshed, render_refresh, tell_refresh
from etl.report import FileReport
from sql import Settings
from tests.etl.conftest import Base
from tests.etl.fetch.conftest import QUICK, TestClock
from tests.etl.fetch.server import Reply, Request, Server
from tests.etl.fetch.test_datastore import resource
from tests.etl.fetch.test_govuk import API, REVENUE, STEM, attachment, document
from tests.etl.fetch.world import TODAY, World, links_page, zip_of
from tests.etl.payments.files import make as make_payments
from tests.etl.payments.files import month
from tests.etl.returns.files import ra_2023
from tests.etl.rows import HACKNEY, POINTS, month_of_crimes, month_of_stops, stops_csv, street_csv
from tests.etl.test_control_total import LINES
from tests.etl.test_control_total import make as make_crimes

ROOT = Path(__file__).parents[2]
SOURCES = ("police", "met", "returns", "payments")
LEWISHAM = 23
PAGE = "https://lewisham.gov.uk/mayorandcouncil/aboutthecouncil/finances/council-spending-over-250"
JULY = "https://lewisham.gov.uk/-/media/spending-over-250/jul2026.csv"
JUNE = "https://lewisham.gov.uk/-/media/spending-over-250/jun2026.csv"
DATASET = "https://data.london.gov.uk/api/dataset/recorded_crime_summary"
CRIMES = resource("MPS Borough Level Crime (most recent 24 months)", id="3f1b")
BUDGET = f"{STEM}-2023-to-2024-budget-individual-local-authority-data"
MEDIA = "https://assets.publishing.service.gov.uk/media/6a2962166d178a6fb7e32089/RA_2023-24_data_Part_1.csv"


@dataclass
class Town:
    """A mini data.police.uk, London Datastore, GOV.UK and council, and the folder and database that they are fetched for."""

    world: World
    base: Base
    data: Path
    clock: TestClock = field(default_factory=TestClock)

    def publish(self) -> None:
        """Everything as it is at first: 2 months of police, a table of crime, a budget, 2 months of payments."""
        world = self.world
        self.publish_police(("2024-01", "2024-02"))
        world.json(DATASET, {"resources": {"3f1b": CRIMES}})
        world.file(str(CRIMES["url"]), make_crimes(), etag='"1"')
        world.json(API + REVENUE, {"links": {"documents": [document(BUDGET, "RA budget 2023 to 2024")]}})
        world.json(API + BUDGET, {"details": {"attachments": [attachment("RA_2023-24_data_Part_1.csv")]}})
        world.file(MEDIA, ra_2023(), etag='"1"')
        world.page(PAGE, links_page({JULY: "July 2026", JUNE: "June 2026"}))
        world.file(JULY, make_payments("lewisham", month(date(2026, 7, 1))), etag='"1"')
        world.file(JUNE, make_payments("lewisham", month(date(2026, 6, 1))), etag='"1"')

    def publish_police(self, months: tuple[str, ...]) -> None:
        members: dict[str, bytes] = {}
        for one in months:
            stops = month_of_stops(one, 40, point=POINTS[HACKNEY])
            members[f"{one}/{one}-metropolitan-stop-and-search.csv"] = stops_csv(stops)
            members[f"{one}/{one}-metropolitan-street.csv"] = street_csv(month_of_crimes(one))
            members[f"{one}/{one}-wiltshire-street.csv"] = random.Random(one).randbytes(50_000)
        self.world.json("https://data.police.uk/api/crime-last-updated", {"date": f"{months[-1]}-01"})
        self.world.json("https://data.police.uk/api/crimes-street-dates", [{"date": one} for one in months])
        self.world.file(f"https://data.police.uk/data/archive/{months[-1]}.zip", zip_of(members))

    def entries(self) -> dict[str, Source]:
        """The shipped table, of the Met's tables that of the last 24 months alone."""
        entries = self.world.entries()
        met = entries["met"]
        assert isinstance(met, Datastore)
        crimes = msgspec.structs.replace(met.datasets[0], rules=met.datasets[0].rules[:1])
        entries["met"] = msgspec.structs.replace(met, datasets=[crimes])
        # tests/etl/fetch measures the pace of requests; here nobody waits for it
        entries["payments"] = msgspec.structs.replace(entries["payments"], requests_per_second=None)
        return entries

    async def refresh(self, *sources: str) -> Refreshed:
        """Refresh, an hour after the last time."""
        self.clock.later(hours=1)
        entries = self.entries()
        request = make_request(entries, sources or SOURCES, Window(today=TODAY), ("lewisham",))
        return await refresh(
            entries,
            request,
            Settings(data=self.data),
            fetch_display=FetchDisplay(quiet=True),
            fetch_settings=QUICK,
            clock=self.clock,
            connection=self.base.conn,
        )

    def stored(self) -> list[Path]:
        """Every file of data in the folder, kept out or good."""
        return [
            file
            for file in (self.data / "raw").rglob("*")
            if file.is_file() and not file.name.endswith(".json") and "parts" not in file.parts
        ]

    async def paid(self, month: str) -> int | None:
        """Pence that Lewisham paid in a month, as published."""
        values = await self.base.values("payments_total", month, basis="over_500")
        return values.get((LEWISHAM, 100 + LEWISHAM))


@pytest.fixture
async def town(base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    async with Server() as http:
        town = Town(World(http), base, tmp_path / "data")
        town.data.mkdir()
        town.publish()
        yield town


def statuses(done: Refreshed) -> dict[str, str]:
    return {f"{one.wanted.source}/{one.wanted.key}": one.status for one in done.outcome.files}


def pence(first: date) -> int:
    return sum(row.pence for row in month(first))


async def test_all_is_fetched_loaded_and_published_and_a_second_time_nothing(town: Town) -> None:
    first = await town.refresh()
    assert set(statuses(first).values()) == {"new"}, [one.message for one in first.outcome.files]
    assert not first.refused, first.refused
    assert not first.is_wrong, first.outcome.notes
    # 4 police files, the table of crime, the budget, 2 months of payments
    assert len(first.loaded) == 8
    assert first.release is not None
    assert (await town.base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 40
    assert await town.paid("2026-07") == pence(date(2026, 7, 1))
    assert await town.base.count("release") == 1

    before, files = await town.base.state(), town.stored()
    second = await town.refresh()
    assert set(statuses(second).values()) == {"unchanged"}
    assert (second.loaded, second.unchanged, second.refused, second.release) == ([], 0, [], None)
    assert not second.is_news
    assert not second.is_wrong
    assert await town.base.state() == before
    assert town.stored() == files
    assert render_refresh(second).count("Nothing new to load.") == 1


async def test_a_changed_file_is_one_new_release_even_on_the_same_day(town: Town) -> None:
    """Lewisham corrects July, and the Met its table: expect both corrections, in one release, and the old figures as of before."""
    await town.refresh()
    release = await town.base.release_id()
    corrected = [*month(date(2026, 7, 1)), *month(date(2026, 7, 1))[:3]]
    town.world.file(JULY, make_payments("lewisham", corrected), etag='"2"')
    lines = [(*line[:3], str(int(line[3]) + 1), *line[4:]) for line in LINES]
    town.world.file(str(CRIMES["url"]), make_crimes(lines), etag='"2"')
    done = await town.refresh()
    assert not done.refused, done.refused
    assert sorted(one for one, status in statuses(done).items() if status == "new") == [
        "met/recorded_crime_summary/borough-level-crime-recent",
        "payments/lewisham/payments/2026-07",
    ]
    assert len(done.loaded) == 2
    assert await town.base.count("release") == 2
    assert await town.paid("2026-07") == sum(row.pence for row in corrected)
    assert await town.paid("2026-06") == pence(date(2026, 6, 1))
    was = await town.base.values("payments_total", "2026-07", basis="over_500", release=release)
    assert was[LEWISHAM, 100 + LEWISHAM] == pence(date(2026, 7, 1))
    # and once more on the same day, though what was given is forgotten
    (town.data / "refresh.json").unlink()
    assert (await town.refresh("payments")).release is None
    town.world.file(JULY, make_payments("lewisham", month(date(2026, 7, 1))[:38]), etag='"3"')
    again = await town.refresh("payments")
    assert len(again.loaded) == 1, again.refused
    assert await town.paid("2026-07") == sum(row.pence for row in month(date(2026, 7, 1))[:38])
    # and back to what was published first, and forth
    for rows in (month(date(2026, 7, 1)), corrected):
        town.world.file(JULY, make_payments("lewisham", rows), etag=f'"{len(rows)}"')
        back = await town.refresh("payments")
        assert len(back.loaded) == 1, back.refused
        assert await town.paid("2026-07") == sum(row.pence for row in rows)


async def test_the_next_archive_brings_the_next_month(town: Town) -> None:
    await town.refresh()
    town.publish_police(("2024-01", "2024-02", "2024-03"))
    done = await town.refresh("police")
    # the months that the archive repeats are the same bytes
    assert (len(done.loaded), done.unchanged, done.refused) == (2, 4, [])
    assert (await town.base.values("stop_search_rate", "2024-03"))[HACKNEY, 1] == 40
    assert (await town.refresh("police")).release is None


async def test_with_three_requests_of_ten_failing_all_comes_once(town: Town) -> None:
    chance = random.Random(4)

    def fault(request: Request) -> Reply | None:
        if chance.random() > 0.3:
            return None
        kind = chance.choice(["busy", "broken", "reset"])
        if kind == "busy":
            return Reply(429, {"Retry-After": "1"}, b"slower")
        return (
            Reply(500, {}, b"oops") if kind == "broken" else Reply(200, {}, b"x" * 5000, cut=100, reset=True)
        )

    town.world.server.fault = fault
    done = await town.refresh()
    assert set(statuses(done).values()) == {"new"}, [one.message for one in done.outcome.files]
    assert not done.is_wrong, done.outcome.notes
    assert len(done.loaded) == 8
    assert len(town.stored()) == 5, "each file is stored once"
    town.world.server.fault = lambda _: None
    calm = await town.refresh()
    assert not calm.is_news
    assert await town.base.count("resource") == 8


async def test_what_is_kept_out_leaves_the_last_good_copy_in_use(town: Town) -> None:
    await town.refresh()
    before = await town.base.current()
    town.world.page(
        JULY, "<!doctype html><html><title>Sign in</title><form><input type='password'></form></html>"
    )
    town.world.server.reply(town.world.path(DATASET), Reply(403, {}, b"forbidden"))
    done = await town.refresh()
    assert statuses(done)["payments/lewisham/payments/2026-07"] == "kept_out"
    assert [note.source for note in done.outcome.notes if note.status == "failed"] == ["met"]
    assert done.is_wrong
    assert done.release is None
    assert await town.base.current() == before
    text = render_refresh(done)
    lines = [line.strip() for line in text.splitlines()]
    # addresses have lines of their own
    assert all(len(line) <= 78 or (line.startswith("http") and " " not in line) for line in lines)
    assert town.world.local(DATASET) in lines
    (note,) = [note for note in done.outcome.notes if note.status == "failed"]
    assert note.url in lines[lines.index(town.world.local(DATASET)) + 1 :]
    assert any(line.endswith("Page:") for line in lines)
    assert "payments/lewisham/lewisham-2026-07.csv" in text
    assert "login page" in text
    assert "stays" in text
    assert tell_refresh(done)["fetched"]["kept_out"] == 1


async def test_a_refused_file_is_told_once_and_tried_again(town: Town) -> None:
    """A budget whose header lost its columns: refused, told; the same again is no news; mended it is loaded."""
    town.world.file(MEDIA, b"E-code,Something\n" + b"E5010,1\n" * 20, etag='"9"')
    first = await town.refresh()
    assert [file.file for file in first.refused] == ["RA_2023-24_data_Part_1.csv"]
    assert first.is_wrong
    second = await town.refresh()
    assert (second.refused, second.refused_before) == ([], 1)
    assert not second.is_wrong
    assert "refused as before" in render_refresh(second)
    town.world.file(MEDIA, ra_2023(), etag='"10"')
    third = await town.refresh()
    assert [file.source for file in third.loaded] == ["revenue_return"]
    assert third.release is not None


async def test_another_database_is_given_everything_again(town: Town) -> None:
    """The ledger holds for its own database alone."""
    await town.refresh()
    ledger = read_ledger(town.data)
    (town.data / "refresh.json").write_bytes(
        msgspec.json.encode(msgspec.structs.replace(ledger, database="another"))
    )
    await town.base.forget()
    done = await town.refresh()
    assert set(statuses(done).values()) == {"unchanged"}
    assert len(done.loaded) == 8
    assert await town.paid("2026-07") == pence(date(2026, 7, 1))


async def test_a_lost_ledger_loads_nothing_twice(town: Town) -> None:
    await town.refresh()
    before = await town.base.state()
    (town.data / "refresh.json").write_text("{spoilt")
    done = await town.refresh()
    assert (done.loaded, done.unchanged, done.release) == ([], 8, None)
    assert await town.base.state() == before


async def test_two_refreshes_at_once_are_one_too_many(town: Town) -> None:
    with hold(town.data), pytest.raises(FetchBusy):
        await town.refresh()


def copy_of(path: str, sha256: str, retrieved: str) -> Manifest:
    """The manifest of a copy."""
    moment = datetime.fromisoformat(retrieved).replace(tzinfo=UTC)
    return Manifest(
        source="payments", key="k", publisher="p", path=path, url="", final_url="", status=200, etag=None,
        last_modified=None, content_type=None, bytes=1, sha256=sha256, retrieved_at=moment, confirmed_at=moment,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "path", "vintage"),
    [
        # the first copy of its key: what its content says
        (None, "payments/x/hackney.csv", None),
        # never loaded: as the first
        (Given(sha256="a", vintage=None, status="refused"), "payments/x/hackney.csv", None),
        # the same bytes again, refused before: as then
        (Given(sha256="b", vintage=date(2026, 1, 2), status="refused", held=True), "payments/x/h.csv", date(2026, 1, 2)),
        # a later copy is of the day on which it came
        (Given(sha256="a", vintage=None, status="loaded", held=True), "payments/x/h.csv", date(2026, 11, 22)),
        # and later than its forerunner, if both came on one day
        (Given(sha256="a", vintage=date(2026, 11, 22), status="loaded", held=True), "payments/x/h.csv", date(2026, 11, 23)),
        # the content of its forerunner said a day to come: December, of November so far
        (Given(sha256="d", vintage=None, status="loaded", held=True), "payments/x/h.csv", date(2026, 12, 2)),
        # an archive stays within its month, before the next archive
        (Given(sha256="a", vintage=None, status="loaded", held=True), "police/x/2024-02.zip", date(2024, 2, 2)),
        (Given(sha256="a", vintage=date(2024, 2, 28), status="loaded", held=True), "police/x/2024-02.zip", date(2024, 2, 28)),
    ],
)  # fmt: skip
def test_the_vintage_of_a_copy(before: Given | None, path: str, vintage: date | None) -> None:
    assert (
        choose_vintage(copy_of(path, "b", "2026-11-22T10:00:00"), before, {"d": date(2026, 12, 1)}) == vintage
    )


def test_of_a_zip_that_was_refused_in_part_the_rest_is_held() -> None:
    due = Due("police/2024-02", Path("raw/police/x/2024-02.zip"), "a", None, None)
    reports = [
        FileReport(file=f"2024-02.zip:{member}.csv", source="stop_search", status=status)
        for member, status in (("a", "loaded"), ("b", "refused"))
    ]
    entered = enter(Ledger(), [due], reports).files["police/2024-02"]
    assert (entered.status, entered.held) == ("refused", True)
    assert choose_vintage(copy_of("police/y/2024-02.zip", "b", "2026-11-22T10:00:00"), entered, {}) == date(
        2024, 2, 2
    )
    assert not enter(Ledger(), [due], reports[1:]).files["police/2024-02"].held


# ---------------------------------------------------------------- the command itself


def command(town: Town, *words: str) -> tuple[list[str], dict[str, str]]:
    """`borough refresh` in a process of its own, on the test's database."""
    text = town.world.table().replace("months = 24\n", "months = 2400\n")
    text = text.replace("requests_per_second = 1.0\n", "")
    # of the Met's datasets the first, of its rules the first; of the councils Lewisham
    table = town.data.parent / "addresses.toml"
    table.write_text(trim(text), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {
        "BOROUGH_DATA": str(town.data),
        "DATABASE_URL": town.base.address,
        "BOROUGH_FETCH_REQUESTS_PER_SECOND": "1000",
    }
    only = [word for source in SOURCES for word in ("--only", source)]
    return [sys.executable, "-m", "cli", "refresh", *only, "--addresses", str(table), *words], environment


def trim(text: str) -> str:
    """The table without what the town does not publish."""
    head, _, rest = text.partition("[[payments.councils]]\n")
    councils = [part for part in rest.split("[[payments.councils]]\n") if 'council = "lewisham"' in part]
    parts = head.split("\n[")
    kept = []
    for part in parts:
        if part.startswith("[met.datasets]") and "recorded_crime_summary" not in part:
            continue
        kept.append(
            "\n".join(line for line in part.splitlines() if "borough-level-crime-historical" not in line)
        )
    return "\n[".join(kept) + "\n" + "".join(f"[[payments.councils]]\n{part}" for part in councils)


async def run(town: Town, *words: str) -> Result:
    """`borough refresh` as it is typed, in this process: the start of one of its own would take longer than the work."""
    line, environment = command(town, *words)
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, line[3:], env=environment))


async def test_the_summary_of_the_command_and_its_exit_codes(town: Town) -> None:
    first = await run(town)
    assert first.exit_code == 0, first.stdout + first.stderr
    summary = first.stdout[first.stdout.index("borough refresh, ") :]
    assert max(map(len, summary.splitlines())) <= 80
    assert "8 files loaded" in summary
    assert "Published release" in summary
    quiet = await run(town, "--quiet")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, "", "")
    town.world.page(JULY, "<html><title>Gone</title></html>")
    wrong = await run(town, "--quiet")
    assert wrong.exit_code == 1
    assert "lewisham-2026-07.csv" in wrong.stdout
    as_json = await run(town, "--json")
    assert as_json.exit_code == 1
    lines = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert lines[-1]["summary"] is True
    assert lines[-1]["fetched"] == {"new": 0, "unchanged": 4, "kept_out": 1, "failed": 0}
    usage = await run(town, "--only", "polise")
    assert usage.exit_code == 2


async def test_a_dry_run_of_the_command_loads_nothing(town: Town) -> None:
    done = await run(town, "--dry-run")
    assert done.exit_code == 0, done.stderr
    assert "payments/lewisham/lewisham-2026-07.csv" in done.stdout
    assert await town.base.count("resource") == 0
    assert not town.stored()


async def test_killed_while_it_fetches_it_goes_on(town: Town) -> None:
    """kill -9 in the middle of the budget's body, then again: expect everything, once."""
    body = ra_2023()
    town.world.file(MEDIA, body, etag='"1"', hold=len(body) // 2)
    line, environment = command(town, "--json")
    process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    await asyncio.wait_for(town.world.server.holding.wait(), 60)
    process.kill()
    await asyncio.to_thread(process.wait)
    assert await town.base.count("resource") == 0
    town.world.server.release.set()
    done = await run(town)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert await town.base.count("resource") == 8
    assert len(town.stored()) == 5
    assert await town.paid("2026-07") == pence(date(2026, 7, 1))
    copies = Store(town.data / "raw", town.clock).copies()
    assert len({copy.sha256 for copy in copies}) == len(copies) == 5


async def test_killed_while_it_loads_it_goes_on(town: Town) -> None:
    """kill -9 after the first file is in the database, then again: expect every file once, and its figures."""
    line, environment = command(town, "--json")
    process = subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None

    def wait_for_a_load() -> None:
        assert process.stdout is not None
        for said in process.stdout:
            if "rows_loaded" in said:
                return

    await asyncio.wait_for(asyncio.to_thread(wait_for_a_load), 60)
    process.kill()
    await asyncio.to_thread(process.wait)
    process.stdout.close()
    done = await run(town)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert await town.base.count("resource") == 8
    assert await town.base.count("stop_search") == 80
    assert await town.paid("2026-06") == pence(date(2026, 6, 1))
    assert await town.base.count("stale") == 0
