"""What takes the place of the last good copy, and what does not."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet

from etl.fetch.checks import KINDS, check_content, check_size, find_wall, is_login_address
from etl.fetch.client import Fetcher
from etl.fetch.limits import read_retry_after, write_pause
from tests.etl.fetch.server import Reply, Server
from tests.etl.fetch.test_client import TABLE, stored, want

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
PAGE = b'<!DOCTYPE html>\n<html lang="en"><head><title>Page not found</title></head></html>'


def write_xlsx() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(0, 0, "Supplier")
    return file.getvalue()


def write_xls() -> bytes:
    file = io.BytesIO()
    book = xlwt.Workbook()
    book.add_sheet("Spend").write(0, 0, "Supplier")
    book.save(file)
    return file.getvalue()


def write_ods() -> bytes:
    file = io.BytesIO()
    OpenDocumentSpreadsheet().save(file)
    return file.getvalue()


def write_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("2024-02/2024-02-metropolitan-street.csv", TABLE)
    return file.getvalue()


GOOD = {
    "csv": [TABLE, b"\xef\xbb\xbfa,b\n1,2\n", "a\tb\n1\t2\n".encode("utf-16"), "Dép£t,1\n".encode("cp1252")],
    "xlsx": [write_xlsx()],
    "xls": [write_xls()],
    "ods": [write_ods()],
    "zip": [write_zip()],
    "pdf": [b"%PDF-1.7\n"],
    "json": [b'{"date": "2026-09-01"}', b"[]"],
    "geojson": [b' {"type": "FeatureCollection", "features": []}'],
    "html": [
        PAGE,
        b"<html><body><a href='a.csv'>July</a>",
        b"<!-- made by x -->\n<html>",
        b'<?xml version="1.0"?><html>',
    ],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize(("kind", "data"), [(kind, data) for kind, many in GOOD.items() for data in many])
def test_each_kind_is_known_and_is_no_other(file: Path, kind: str, data: bytes) -> None:
    file.write_bytes(data)
    assert check_content(file, kind) is None
    assert check_content(file, f"pdf|{kind}") is None
    assert (check_content(file, "any") is None) == (kind != "html")
    for other in set(KINDS) - {kind, "any"} - ({"json"} if kind == "geojson" else set()):
        assert check_content(file, other), other


@pytest.mark.parametrize(
    ("data", "expects", "why"),
    [
        (PAGE, "csv", 'A web page ("Page not found") came. It stands in place of a table as text.'),
        (PAGE, "xlsx|csv", "It stands in place of an Excel workbook or a table as text."),
        (b"<html><form><input type='password'></form>", "csv", "A login page came."),
        (b"<html><title>Just a moment...</title>", "csv", "A wall against robots (Cloudflare) stands"),
        (b"<html><script>window.gokuProps = {}</script>", "csv", "A wall against robots (AWS) stands"),
        (b"<table><tr><td>1</td></tr></table>", "xls", "should be an old Excel workbook, and it is markup"),
        (write_zip()[:-30], "zip", "it is a zip that is cut short or damaged"),
        (
            write_zip().replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x63"),
            "zip",
            "cut short or damaged",
        ),
        (b"[" * 200_000, "json", "cannot be read as such"),
        (b"[" * 200_000, "csv", "it is broken JSON"),
        (write_xlsx()[:2000], "xlsx", "it is a zip that is cut short or damaged"),
        (b'{"error": {"code": 400, "message": "Invalid query"}}', "geojson", "should be GeoJSON"),
        (b'{"error": true, "message": "no such column"}', "csv", "and it is an error in JSON"),
        (b'{"message": "rate limit"}', "json", "cannot be read as such"),
        (b'{"data": [1, 2', "json", "it is cut short or something else"),
        (b'{"type": "Feature"}', "geojson", "and it is other JSON"),
        (b" \r\n ", "csv", "it is empty"),
        (b"\x1f\x8b\x08\x00", "csv", "it is a gzip file"),
        (b"a,b\n\x00\x01", "csv", "it is no text"),
    ],
)
def test_what_is_something_else_is_said_to_be(file: Path, data: bytes, expects: str, why: str) -> None:
    file.write_bytes(data)
    reason = check_content(file, expects)
    assert reason
    assert why in reason


def test_the_content_decides_and_a_page_without_a_table_is_none(file: Path) -> None:
    file.write_bytes(TABLE)
    assert check_content(file, "csv", "text/html; charset=utf-8") is None
    file.write_bytes(b"You have no access to this file")
    assert check_content(file, "csv", "text/csv") is None
    assert (
        check_content(file, "csv", "text/html")
        == "The server calls its answer a web page, and it holds no table."
    )
    file.write_bytes(write_xlsx())
    assert check_content(file, "xlsx", "text/plain") is None


def test_a_kind_that_nobody_knows_is_a_mistake_of_ours(file: Path) -> None:
    file.write_bytes(TABLE)
    with pytest.raises(ValueError, match="parquet: no kind of file"):
        check_content(file, "csv|parquet")


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_bytes(data)
    fits = {kind for kind in KINDS if check_content(file, kind, "text/csv") is None}
    assert fits - {"any"} in [*({kind} for kind in KINDS), {"json", "geojson"}, set()]
    assert ("any" in fits) == bool(fits - {"any", "html"})


@pytest.mark.parametrize(
    ("size", "before", "smaller", "is_good"),
    [(100, None, False, True), (80, 100, False, True), (79, 100, False, False), (79, 100, True, True),
     (0, None, False, False), (0, 100, True, False), (200, 100, False, True), (5, 0, False, True)],
)  # fmt: skip
def test_a_file_may_lose_a_fifth(size: int, before: int | None, smaller: bool, is_good: bool) -> None:
    assert (check_size(size, before, smaller) is None) == is_good


@pytest.mark.parametrize(
    ("url", "is_login"),
    [
        ("https://login.microsoftonline.com/x/oauth2/authorize", True),
        ("https://council.example/users/sign_in", True),
        ("https://council.example/users/sign-in?back=1", True),
        ("https://council.example/login.aspx", True),
        ("https://council.example/adfs/ls", True),
        ("https://accounts.google.com/v3/x", True),
        ("https://council.example/blogging/spend.csv", False),
        ("https://council.example/catalogin/spend.csv", False),
        ("https://council.example/files/statement-of-accounts.csv", False),
    ],
)
def test_the_address_of_a_login_page(url: str, is_login: bool) -> None:
    assert is_login_address(url) == is_login


@pytest.mark.parametrize(
    ("status", "headers", "body", "owner"),
    [
        (202, {"x-amzn-waf-action": "challenge"}, b"", "(AWS)"),
        (403, {"cf-mitigated": "challenge"}, b"", "(Cloudflare)"),
        (403, {}, b"<html><title>Just a moment...</title>", "(Cloudflare)"),
        (200, {}, b"<html><script src='/_Incapsula_Resource?x'>", "(Imperva)"),
        (202, {}, b"", "status 202"),
        (403, {}, b"<html>no</html>", None),
        (404, {}, b"", None),
    ],
)
def test_walls_against_robots(status: int, headers: dict[str, str], body: bytes, owner: str | None) -> None:
    wall = find_wall(status, headers, body)
    assert wall is None if owner is None else wall and owner in wall


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 0 ", 0), ("Sun, 22 Nov 2026 10:16:30 GMT", 90), ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
     ("Sunday, 22-Nov-26 10:16:30 GMT", 90), ("", None), (None, None), ("soon", None), ("-5", None), ("1.5", None), ("١٢", None)],
)  # fmt: skip
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_gets_an_answer(value: str) -> None:
    seconds = read_retry_after(value, NOW)
    assert seconds is None or 0 <= seconds < timedelta.max.total_seconds()


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "5 s"), (119, "119 s"), (600, "10 minutes"), (86_400, "24 hours")]
)
def test_a_pause_in_words(seconds: float, text: str) -> None:
    assert write_pause(seconds) == text


# through the fetcher: the last good copy stays


@pytest.mark.parametrize(
    "bad",
    [
        Reply(body=PAGE, headers={"Content-Type": "text/html"}),
        Reply(body=b""),
        Reply(body=TABLE[: len(TABLE) // 2]),
        Reply(403, body=PAGE),
        Reply(404),
        Reply(202, {"x-amzn-waf-action": "challenge"}),
        Reply(302, {"Location": "/login"}),
        Reply(body=write_xlsx()),
    ],
    ids=["page", "empty", "shrunk", "403", "404", "wall", "login", "workbook"],
)
async def test_the_last_good_copy_stays(server: Server, fetcher: Fetcher, tmp_path: Path, bad: Reply) -> None:
    server.file("/spend.csv", TABLE)
    first = await fetcher.get(want(server))
    server.reply("/spend.csv", bad)
    for _ in range(2):
        second = await fetcher.get(want(server))
        assert (second.status, second.path, second.sha256) == ("kept_out", first.path, first.sha256)
        assert second.message.endswith(" The copy of 2026-11-22 stays.")
    # kept once for the same bytes, where no loader looks for it
    assert len(stored(tmp_path)) == 2
    assert [name.split("/")[1] for name in stored(tmp_path)] == ["2026-11-22T101500Z", "kept-out"]
    server.file("/spend.csv", TABLE + b"Another Ltd,900\n")
    assert (await fetcher.get(want(server))).status == "new"


async def test_a_smaller_file_is_taken_where_somebody_says_so(server: Server, fetcher: Fetcher) -> None:
    server.file("/spend.csv", TABLE)
    await fetcher.get(want(server))
    half = TABLE[: len(TABLE) // 2]
    server.file("/spend.csv", half)
    refused = await fetcher.get(want(server))
    assert "shrunk by 50%" in refused.message
    taken = await fetcher.get(want(server, accept_smaller=True))
    assert taken.status == "new"
    assert taken.path
    assert taken.path.read_bytes() == half


async def test_a_wall_says_what_to_do(server: Server, fetcher: Fetcher) -> None:
    server.reply("/spend.csv", Reply(202, {"x-amzn-waf-action": "challenge"}))
    fetched = await fetcher.get(want(server))
    assert "A wall against robots (AWS)" in fetched.message
    assert "Open the address in a browser, save the file into a folder and load that." in fetched.message
