"""`borough report` as a person and a script see it: files, sentences, exit codes."""

import asyncio
import csv
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner, Result

from api.errors import Unavailable
from api.report.command import describe_size, write_file
from cli import app

Borough = Callable[..., Awaitable[Result]]


@pytest.fixture
def borough(loaded: httpx.AsyncClient, database: str) -> Borough:
    """Run the command on the loaded database, in another thread: it has an event loop of its own."""

    async def run(*words: str) -> Result:
        line = ["report", *words]
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, line, env={"DATABASE_URL": database}))

    return run


@pytest.mark.parametrize(
    ("ending", "begins"), [("pdf", b"%PDF-"), ("html", b"<!DOCTYPE"), ("xlsx", b"PK"), ("json", b"{")]
)
async def test_the_ending_of_the_file_says_its_format(
    borough: Borough, tmp_path: Path, ending: str, begins: bytes
) -> None:
    path = tmp_path / "new" / f"hackney.{ending}"
    done = await borough("hackney", "-o", str(path), "--to", "2024-03")
    assert done.exit_code == 0, done.stderr
    assert path.read_bytes().startswith(begins)
    assert done.stdout.startswith(f"Wrote {path} (")
    assert [found.name for found in path.parent.iterdir()] == [path.name]


async def test_a_page_in_a_file_leads_to_no_server(borough: Borough, tmp_path: Path) -> None:
    path = tmp_path / "hackney.html"
    assert (await borough("hackney", "-o", str(path))).exit_code == 0
    assert not re.search(r'href="/', path.read_text(encoding="utf-8"))


async def test_all_areas_into_a_folder(borough: Borough, tmp_path: Path) -> None:
    done = await borough("--all", "-o", str(tmp_path / "all"), "--format", "csv", "--to", "2024-03")
    assert done.exit_code == 0, done.stderr
    paths = sorted((tmp_path / "all").iterdir())
    assert len(paths) == 33 + 12 + 2
    assert {path.suffix for path in paths} == {".csv"}
    lines = done.stdout.splitlines()
    assert len(lines) == len(paths) + 1
    assert lines[-1].startswith("47 reports in ")
    hackney = next(path for path in paths if "-hackney-" in path.name)
    assert hackney.name == "borough-report-hackney-2024-03.csv"
    with hackney.open(newline="", encoding="utf-8") as file:
        assert {row["area_name"] for row in csv.DictReader(file)} == {"Hackney"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["hackny", "-o", "x.pdf"], "Did you mean hackney?"),
        (["hackney", "-o", "x.docx"], ".html, .pdf, .xlsx, .csv, .json"),
        (["hackney", "-o", "x.pdf", "--format", "csv"], "leave one of them out"),
        (["hackney", "-o", "x.pdf", "--format", "odt"], "choose one of"),
        (["-o", "x.pdf"], "Name one area"),
        (["hackney", "--all", "-o", "x"], "Name one area"),
        (["hackney", "-o", "x.pdf", "--from", "soon"], "is not a month"),
        (["hackney", "-o", "x.pdf", "--meeting", "soon"], "is not a day"),
        (["hackney", "-o", "x.pdf", "--as-of", "1999-01-01"], "Nothing had been published"),
        (["hackney"], "Missing option"),
    ],
)
async def test_wrong_usage_is_exit_2_with_a_sentence(borough: Borough, words: list[str], says: str) -> None:
    done = await borough(*words)
    assert done.exit_code == 2, done.stdout
    assert says in " ".join(done.stderr.split())
    assert not Path("x.pdf").exists()


async def test_what_cannot_be_written_is_exit_1_with_a_sentence(borough: Borough, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = await borough("hackney", "-o", str(tmp_path / "file" / "hackney.csv"))
    assert done.exit_code == 1
    assert "Nothing can be written into" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_folder_that_takes_nothing_is_refused_once_and_before_a_report_is_written(
    borough: Borough, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise AssertionError("no report is written that nothing can take")

    monkeypatch.setattr("api.report.command.write_report", fail)
    (tmp_path / "file").write_text("in the way")
    done = await borough("--all", "-o", str(tmp_path / "file" / "all"))
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(
        f"Nothing can be written into {tmp_path / 'file' / 'all'}: Not a directory."
    )


async def test_an_interrupt_says_what_stays_of_reports_and_nothing_of_loading(
    borough: Borough, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("api.report.command.write_report", stop)
    done = await borough("--all", "-o", str(tmp_path))
    assert done.exit_code == 130
    assert (
        done.stderr
        == "Stopped. Files that were written whole stay; run the same command again for the rest.\n"
    )


async def test_who_may_only_read_cannot_freeze_and_is_told(
    loaded: httpx.AsyncClient, pool: asyncpg.Pool, database: str, tmp_path: Path
) -> None:
    name = f"reads_only_{os.getpid()}"
    await pool.execute(f"create role {name} login in role borough_reader")
    try:
        parts = urlsplit(database)
        address = urlunsplit(parts._replace(netloc=f"{name}@{parts.netloc.rpartition('@')[2]}"))
        line = ["report", "hackney", "-o", str(tmp_path / "hackney.csv"), "--to", "2024-03", "--freeze"]
        done = await asyncio.to_thread(lambda: CliRunner().invoke(app, line, env={"DATABASE_URL": address}))
    finally:
        await pool.execute(f"drop role {name}")
    assert done.exit_code == 1
    assert "may not do this" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_one_that_fails_does_not_keep_the_others(
    borough: Borough, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def render(report: object, *_: object) -> bytes:
        if report.slug == "hackney":  # type: ignore[attr-defined]
            raise Unavailable("This report took too long.")
        return b"a report"

    monkeypatch.setattr("api.report.command.render", render)
    done = await borough("--all", "-o", str(tmp_path), "--format", "csv", "--to", "2024-03")
    assert done.exit_code == 1
    assert len(list(tmp_path.iterdir())) == 46
    assert done.stderr.strip() == "Not written: Hackney: This report took too long."


async def test_freezing_prints_the_link_and_writes_what_was_kept(
    borough: Borough, loaded: httpx.AsyncClient, tmp_path: Path
) -> None:
    words = [
        "hackney",
        "-o",
        str(tmp_path / "hackney.html"),
        "--to",
        "2024-03",
        "--meeting",
        "2099-12-03",
        "--freeze",
    ]
    first = await borough(*words)
    assert first.exit_code == 0, first.stderr
    (address,) = re.findall(r"^Frozen: (/reports/frozen/[0-9a-f]{64})$", first.stdout, re.MULTILINE)
    assert f"SHA-256 of its JSON: {address.rpartition('/')[2]}" in first.stdout
    assert (await loaded.get(address)).content == (tmp_path / "hackney.html").read_bytes()
    again = await borough(*words)
    assert f"Frozen before, and the same: {address}" in again.stdout


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"the old one")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(KeyboardInterrupt):
        write_file(path, b"the new one")
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("count", "said"), [(10, "1 KB"), (999, "1 KB"), (12_400, "12 KB"), (2_340_000, "2.3 MB")]
)
def test_sizes_for_people(count: int, said: str) -> None:
    assert describe_size(count) == said
