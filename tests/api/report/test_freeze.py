"""Given a report that was frozen, expect the same bytes for ever: after another release, another method, another template."""

import asyncio
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from api.draw.workshop import Workshop
from api.pages.page import open_templates
from api.report.frozen import File, make_files
from api.report.model import Report
from api.report.request import resolve
from api.report.write import write_report
from api.snapshot import load_snapshot
from etl.freeze import Kept, freeze, write_sums
from etl.load import Options, load
from sql.measure import load_measures
from tests.etl.rows import month_of_stops, name_file, put, stops_csv

MEETING = "2099-12-03"
ABOUT: dict[str, Any] = {
    "area_code": "E09000012",
    "slug": "hackney",
    "title": "Hackney",
    "meeting": date(2099, 12, 3),
    "release": "a release",
    "is_sample": False,
    "app_version": "1",
}


class Tabled(msgspec.Struct, frozen=True):
    """A report that was frozen: its hash, and its files as they were made."""

    sha256: str
    files: dict[str, bytes]


@pytest.fixture(scope="module")
async def tabled(loaded: httpx.AsyncClient, pool: asyncpg.Pool, reader: asyncpg.Pool) -> Tabled:
    """Hackney's report for a meeting, frozen."""
    report = await compose(reader)
    workshop = Workshop()
    try:
        document, files = await make_files(report, workshop)
    finally:
        await workshop.close()
    async with pool.acquire() as conn:
        kept = await freeze(
            conn, document, files, **{**ABOUT, "title": report.title, "release": report.release.release}
        )
        assert kept.is_new
    return Tabled(kept.sha256, {name: body for name, _, _, body, _ in files})


async def compose(reader: asyncpg.Pool) -> Report:
    async with reader.acquire() as conn:
        snapshot = await load_snapshot(conn)
        return await write_report(conn, snapshot, resolve(snapshot, "hackney", meeting=MEETING))


async def read_all(client: httpx.AsyncClient, digest: str) -> dict[str, bytes]:
    answers = {}
    for form in ("html", "pdf", "xlsx", "csv", "json"):
        answer = await client.get(f"/reports/frozen/{digest}?format={form}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        answers[form] = answer.content
    return answers


async def test_it_opens_as_it_was_made(loaded: httpx.AsyncClient, tabled: Tabled) -> None:
    assert await read_all(loaded, tabled.sha256) == tabled.files
    assert sha256(tabled.files["json"]).hexdigest() == tabled.sha256
    page = await loaded.get(f"/reports/frozen/{tabled.sha256}")
    assert tabled.sha256 in page.text
    assert "style-src 'sha256-" in page.headers["content-security-policy"]
    assert "3 December 2099" in page.text


async def test_the_first_letters_of_the_hash_are_enough(loaded: httpx.AsyncClient, tabled: Tabled) -> None:
    short = await loaded.get(f"/reports/frozen/{tabled.sha256[:12]}")
    assert short.content == tabled.files["html"]
    assert f'</reports/frozen/{tabled.sha256}>; rel="canonical"' in short.headers["link"]


async def test_it_can_be_checked_by_others_means(loaded: httpx.AsyncClient, tabled: Tabled) -> None:
    sums = (await loaded.get(f"/reports/frozen/{tabled.sha256}?format=sums")).text
    lines = dict(line.split("  ") for line in sums.splitlines())
    assert lines == {
        sha256(body).hexdigest(): f"borough-report-hackney-frozen-{tabled.sha256[:12]}.{form}"
        for form, body in tabled.files.items()
    }
    # Every file is saved under the name that the list has for it, or `sha256sum --check` does not find it.
    for form, way in (("pdf", "attachment"), ("csv", "attachment"), ("html", "inline"), ("json", "inline")):
        file = await loaded.get(f"/reports/frozen/{tabled.sha256}?format={form}")
        name = lines[sha256(file.content).hexdigest()]
        assert file.headers["content-disposition"] == f'{way}; filename="{name}"'


async def test_lists_and_the_report_of_the_meeting_lead_to_it(
    loaded: httpx.AsyncClient, tabled: Tabled
) -> None:
    listed = await loaded.get("/reports/hackney/frozen?format=json")
    (row,) = listed.json()["data"]
    assert (row["hash"], row["meeting"], row["sample"]) == (tabled.sha256, "2099-12-03", False)
    assert listed.headers["cache-control"] == "no-store"
    address = f'href="/reports/frozen/{tabled.sha256}"'
    assert address in (await loaded.get("/reports/hackney/frozen")).text
    assert address in (await loaded.get(f"/reports/hackney?meeting={MEETING}")).text
    assert address not in (await loaded.get("/reports/hackney")).text
    assert "No report of Bromley was frozen here yet" in (await loaded.get("/reports/bromley/frozen")).text


async def test_the_same_document_again_changes_nothing(pool: asyncpg.Pool, tabled: Tabled) -> None:
    other: list[File] = [("html", "text/html", None, b"another page", "x.html")]
    async with pool.acquire() as conn:
        again = await freeze(conn, tabled.files["json"], other, **ABOUT)
    assert not again.is_new
    assert again.sha256 == tabled.sha256
    assert {name: body for name, body in again.files.items() if name != "sums"} == tabled.files


async def test_two_who_freeze_the_same_at_once_keep_one_and_get_the_same(pool: asyncpg.Pool) -> None:
    document = b'{"frozen": "at once"}'

    async def keep(number: int) -> Kept:
        files: list[File] = [
            ("json", "application/json", None, document, "a.json"),
            ("html", "text/html", None, b"page %d" % number, "a.html"),
        ]
        async with pool.acquire() as conn:
            return await freeze(conn, document, files, **{**ABOUT, "area_code": "nowhere"})

    kept = await asyncio.gather(*(keep(number) for number in range(6)))
    assert sorted(one.is_new for one in kept) == [False] * 5 + [True]
    assert len({one.files["html"] for one in kept}) == 1


async def test_other_files_another_method_and_another_template_change_nothing(
    loaded: httpx.AsyncClient,
    tabled: Tabled,
    pool: asyncpg.Pool,
    reader: asyncpg.Pool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await compose(reader)
    measures = load_measures()
    searches = measures["stop_search_rate"]
    monkeypatch.setitem(measures, searches.metric, msgspec.structs.replace(searches, method_version=77))
    put(tmp_path, name_file("2024-04", "stop-and-search"), stops_csv(month_of_stops("2024-04")))
    async with pool.acquire() as conn:
        await load(
            conn,
            [tmp_path],
            index_folder=tmp_path / "index",
            options=Options(vintage=date(2024, 10, 1), force=True),
        )
    after = await compose(reader)
    assert after.release.release != before.release.release
    assert {row.method_version for row in after.figures if row.metric == searches.metric} == {77}
    assert after.figures != before.figures

    def fail(*_: object) -> object:
        raise AssertionError("a frozen report is never written anew")

    monkeypatch.setattr(type(open_templates()), "get_template", fail)
    monkeypatch.setattr("api.routes.reports.render", fail)
    monkeypatch.setattr("api.routes.reports.fetch_report", fail)
    assert await read_all(loaded, tabled.sha256) == tabled.files


async def test_what_was_frozen_cannot_be_changed(
    pool: asyncpg.Pool, reader: asyncpg.Pool, tabled: Tabled
) -> None:
    for table in ("frozen_report", "frozen_file"):
        for statement in (
            f"delete from {table}",
            f"update {table} set hash = hash",
            f"truncate {table} cascade",
        ):
            with pytest.raises(asyncpg.RaiseError, match="does not change"):
                await pool.execute(statement)
    with pytest.raises(asyncpg.PostgresError):
        await reader.execute("insert into frozen_file values ($1, 'x', 'x', null, 'x')", tabled.sha256)


async def test_what_was_damaged_is_refused(
    loaded: httpx.AsyncClient, pool: asyncpg.Pool, tabled: Tabled
) -> None:
    document = b'{"another": "document"}'
    files: list[File] = [
        ("html", "text/html", None, b"a page", "a.html"),
        ("json", "application/json", None, document, "a.json"),
    ]
    async with pool.acquire() as conn:
        kept = await freeze(conn, document, files, **ABOUT)
        assert (await loaded.get(f"/reports/frozen/{kept.sha256}?format=html")).content == b"a page"
        await conn.execute("alter table frozen_file disable trigger all")
        await conn.execute(
            "update frozen_file set body = 'other' where hash = $1 and format = 'html'", kept.sha256
        )
        await conn.execute("alter table frozen_file enable trigger all")
    # By other letters: the answer from before is still in this server's memory.
    damaged = await loaded.get(f"/reports/frozen/{kept.sha256[:20]}?format=html")
    assert damaged.status_code == 500
    assert "Restore the tables" in damaged.json()["detail"]
    assert (await loaded.get(f"/reports/frozen/{kept.sha256}?format=json")).content == document
    unknown = await loaded.get(f"/reports/frozen/{kept.sha256}?format=pdf")
    assert unknown.status_code == 400
    assert unknown.json()["allowed"] == ["html", "json", "sums"]


async def test_nothing_is_kept_where_a_file_is_refused(pool: asyncpg.Pool, tabled: Tabled) -> None:
    before = await pool.fetchval("select count(*) from frozen_report")
    twice: list[File] = [("csv", "text/csv", None, b"1", "a.csv"), ("csv", "text/csv", None, b"2", "a.csv")]
    async with pool.acquire() as conn:
        with pytest.raises(asyncpg.UniqueViolationError):
            await freeze(conn, b"{}", twice, **ABOUT)
    assert await pool.fetchval("select count(*) from frozen_report") == before


def test_check_sums_are_as_other_programs_write_them() -> None:
    # The SHA-256 of nothing.
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert write_sums([("csv", "text/csv", None, b"", "a.csv")]) == f"{empty}  a.csv\n".encode()
