"""Given releases, expect an export that holds what the API gives, no more, and that validates."""

import asyncio
import csv
import hashlib
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import frictionless
import httpx
import polars
import pytest
from litestar.exceptions import LitestarException
from typer.testing import CliRunner

from api.bulk import folder as folders
from api.bulk.package import DESCRIPTOR
from api.bulk.plan import plan_values
from api.bulk.read import Rows
from api.bulk.stream import stream_package
from api.bulk.tables import choose_tables, list_tables
from api.record_files import Exports
from api.snapshot import load_snapshot
from api.values import compute_values
from api.wire import RevisionSummary
from cli import app
from sql.measure import load_measures
from tests.api.loaded import FORMULA

MEASURED = ("stop_search_rate", "crime_rate", "stop_search_rate_ratio", "stop_search_under_18_share")
WANTED = (
    "areas",
    "coverage",
    "values-crime_rate",
    "values-stop_search_under_18_share",
    "records-stop_search",
)


def read_lines(content: bytes) -> list[dict[str, str]]:
    """The lines of a CSV by their header."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


async def test_the_list_leads_to_every_table(loaded: httpx.AsyncClient) -> None:
    answer = (await loaded.get("/v1/bulk")).json()
    names = [row["name"] for row in answer["data"]]
    assert names == list(list_tables())
    assert {f"values-{metric}" for metric in load_measures()} < set(names)
    assert not [name for name in names if "strip" in name and name.startswith("records")]
    assert answer["links"]["zip"] == "/v1/bulk?format=zip"
    for row in answer["data"]:
        if row["name"].startswith("values-") and row["name"].removeprefix("values-") not in MEASURED:
            continue
        lines = (await loaded.get(row["csv"])).content
        assert lines.decode().splitlines()[0].split(",") == row["columns"], row["name"]
        table = polars.read_parquet(io.BytesIO((await loaded.get(row["parquet"])).content))
        assert table.columns == row["columns"]
        assert len(table) == len(read_lines(lines)), row["name"]
        assert (await loaded.get(row["metadata"])).status_code == 200


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("areas", "/v1/areas?"),
        ("metrics", "/v1/metrics?"),
        ("coverage", "/v1/coverage?"),
        ("sources", "/v1/sources?"),
        ("releases", "/v1/releases?"),
        ("revisions", "/v1/revisions?"),
        ("records-stop_search", "/v1/records/stop_search?"),
        ("records-crimes", "/v1/records/crimes?"),
        ("records-outcomes", "/v1/records/outcomes?"),
    ],
)
async def test_a_list_is_the_one_that_the_api_gives(loaded: httpx.AsyncClient, table: str, path: str) -> None:
    for name in ("csv", "parquet"):
        whole = await loaded.get(f"/v1/bulk/{table}?format={name}")
        given = await loaded.get(f"{path}format={name}")
        if name == "csv":
            assert whole.content == given.content
        else:
            frames = [polars.read_parquet(io.BytesIO(one.content)) for one in (whole, given)]
            assert frames[0].rows() == frames[1].rows()


@pytest.mark.parametrize("metric", MEASURED)
async def test_figures_are_those_of_the_api(loaded: httpx.AsyncClient, metric: str) -> None:
    """Every line of the table is a line of /v1/values, asked window by window and area by area."""
    found = read_lines((await loaded.get(f"/v1/bulk/values-{metric}?format=csv")).content)
    assert found
    keys = ("area_code", "window", "from", "to", "group", "basis")
    by_key = {tuple(line[name] for name in keys): line for line in found}
    assert len(by_key) == len(found), "a figure is there twice"
    checked = 0
    for window in dict.fromkeys(line["window"] for line in found):
        given = await loaded.get(
            f"/v1/values?metric={metric}&area=hackney&area=CE&area=london&window={window}&group=*&basis=*"
            "&from=2023-06&to=2025-03&format=csv"
        )
        for line in read_lines(given.content):
            key = tuple(line[name] for name in keys)
            if key in by_key:
                assert by_key[key] == line
                checked += 1
    assert checked > 0


async def test_pieces_leave_nothing_out(loaded: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    """What is computed in many small pieces is what is computed at once."""
    async with pool.acquire() as connection:
        snapshot = await load_snapshot(connection)
        measure = load_measures()["stop_search_rate"]
        at_once = [
            (row.window, row.group, row.basis, row.area_code, row.to_month)
            for request in plan_values(snapshot, measure)
            for row in await compute_values(connection, snapshot, request)
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("api.bulk.plan.PIECE_ROWS", 200)
            requests = list(plan_values(snapshot, measure))
            assert max(request.count_rows() for request in requests) <= max(
                200, len(snapshot.areas) * max(len(one.selections[0].windows) for one in requests)
            )
            pieces = [
                (row.window, row.group, row.basis, row.area_code, row.to_month)
                for request in requests
                for row in await compute_values(connection, snapshot, request)
            ]
    assert pieces == at_once


async def test_a_former_release_has_its_figures_and_no_records(loaded: httpx.AsyncClient) -> None:
    latest, former = [row["release"] for row in (await loaded.get("/v1/releases")).json()["data"]]
    table = "/v1/bulk/values-charged_share?format=parquet"
    frames = [
        polars.read_parquet(io.BytesIO((await loaded.get(f"{table}&as_of={name}")).content))
        for name in (latest, former)
    ]
    assert [frame["release"].unique().to_list() for frame in frames] == [[latest], [former]]
    refused = await loaded.get(f"/v1/bulk/records-crimes?as_of={former}")
    assert refused.status_code == 400
    names = [row["name"] for row in (await loaded.get(f"/v1/bulk?as_of={former}")).json()["data"]]
    assert not [name for name in names if name.startswith("records-")]


async def test_what_is_no_table_is_refused_with_what_is(loaded: httpx.AsyncClient) -> None:
    answer = await loaded.get("/v1/bulk/values-crime_rat")
    assert answer.status_code == 404
    assert "values-crime_rate" in answer.json()["detail"]
    answer = await loaded.get("/v1/bulk?format=zip&table=nothing")
    assert answer.status_code == 400
    assert "areas" in answer.json()["allowed"]
    assert (await loaded.get("/v1/bulk?format=csv")).json()["allowed"] == ["json", "zip"]
    head = await loaded.head("/v1/bulk?format=zip")
    assert head.headers["content-type"] == "application/zip"
    assert head.content == b""


async def test_too_many_figures_at_once_are_led_to_the_export(loaded: httpx.AsyncClient) -> None:
    address = (
        "/v1/values?metric=stop_search_rate&area=all&group=*&basis=*&window=month&from=1990-01&to=2024-03"
    )
    answer = await loaded.get(address)
    assert answer.status_code == 400
    assert "/v1/bulk" in answer.json()["detail"]
    assert "borough export" in answer.json()["detail"]


async def test_the_package_is_whole_and_valid(loaded: httpx.AsyncClient, tmp_path: Path) -> None:
    query = "&".join(f"table={name}" for name in WANTED)
    answer = await loaded.get(f"/v1/bulk?format=zip&{query}")
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="borough-package-' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert package.testzip() is None
        package.extractall(tmp_path)
    check_package(tmp_path, WANTED)


def check_package(place: Path, wanted: tuple[str, ...]) -> None:
    """Fail unless a folder is a valid package of these tables, whose check sums hold and whose files agree."""
    descriptor = json.loads((place / DESCRIPTOR).read_text(encoding="utf-8"))
    resources = descriptor["resources"]
    assert [one["name"] for one in resources if one["format"] == "csv"] == list(wanted)
    assert {file.name for file in (place / "data").iterdir()} == {Path(one["path"]).name for one in resources}
    for one in resources:
        content = (place / one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
    report: Any = frictionless.validate(str(place / DESCRIPTOR))
    assert report.valid, report.flatten(["type", "note", "rowNumber", "fieldName"])
    for name in wanted:
        with frictionless.Package(str(place / DESCRIPTOR)).get_resource(name) as resource:
            rows = [row.to_dict() for row in resource.row_stream]
        table = polars.read_parquet(place / "data" / f"{name}.parquet")
        assert len(rows) == len(table)
        for column in (
            one for one in table.columns if table[one].dtype in (polars.Int64, polars.Float64, polars.Boolean)
        ):
            there = [None if row[column] is None else float(row[column]) for row in rows]
            assert there == [None if value is None else float(value) for value in table[column]], column
    assert "OGL" in descriptor["licenses"][0]["name"]
    assert "Shorthand" not in descriptor


@pytest.fixture
def at_database(database: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on the database of this module."""
    monkeypatch.setenv("DATABASE_URL", database)
    return CliRunner()


def export(runner: CliRunner, *words: str) -> Any:
    """What `borough export` says, and its exit code."""
    return runner.invoke(app, ["export", *words])


@pytest.mark.usefixtures("loaded")
def test_the_command_writes_the_same_package(at_database: CliRunner, tmp_path: Path) -> None:
    place = tmp_path / "figures"
    only = [word for name in WANTED for word in ("--only", name)]
    done = export(at_database, str(place), *only)
    assert done.exit_code == 0, done.output
    assert "Wrote 5 tables" in done.output
    check_package(place, WANTED)
    assert [one.name for one in tmp_path.iterdir()] == ["figures"]
    lines = (place / "data" / "records-stop_search.csv").read_text(encoding="utf-8")
    assert FORMULA in lines
    assert f",{FORMULA}" not in lines
    # A former export gives way to the next.
    done = export(at_database, str(place), "--only", "areas")
    assert done.exit_code == 0, done.output
    check_package(place, ("areas",))
    assert [one.name for one in tmp_path.iterdir()] == ["figures"]


@pytest.mark.usefixtures("loaded")
def test_the_command_takes_no_place_that_holds_something_else(at_database: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    for place in (tmp_path / "mine", tmp_path / "mine" / "letter.txt"):
        done = export(at_database, str(place), "--only", "areas")
        assert done.exit_code == 1
        assert "name a folder" in done.output
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"
    done = export(at_database, str(tmp_path / "new"), "--only", "aeras")
    assert done.exit_code == 2
    assert "did you mean areas" in " ".join(done.output.split())
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("loaded")
def test_what_breaks_off_leaves_the_former_export(
    at_database: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "figures"
    assert export(at_database, str(place), "--only", "areas").exit_code == 0
    before = {file.name: file.read_bytes() for file in place.rglob("*") if file.is_file()}

    async def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(folders, "write_table", fail)
    done = export(at_database, str(place), "--only", "sources")
    assert done.exit_code == 1
    assert {file.name: file.read_bytes() for file in place.rglob("*") if file.is_file()} == before
    assert [one.name for one in tmp_path.iterdir()] == ["figures"]


async def test_who_goes_away_keeps_nobody_waiting(reader: asyncpg.Pool, loaded: httpx.AsyncClient) -> None:
    """More readers leave in the middle than there are threads; the next gets the whole package."""
    exports, tables = Exports(most=1), choose_tables(("values-stop_search_rate", "records-crimes"))
    async with reader.acquire() as connection:
        snapshot = await load_snapshot(connection)
    for _ in range(12):
        pieces = stream_package(exports, reader.acquire, snapshot, tables, None)
        task = asyncio.ensure_future(anext(pieces))
        await asyncio.sleep(0.02)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await pieces.aclose()
        assert (exports.writing, exports.tasks) == (0, set())
    pieces = stream_package(exports, reader.acquire, snapshot, tables, None)
    content = b"".join([piece async for piece in pieces])
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert (await loaded.get("/v1/bulk/sources?format=csv")).status_code == 200


def test_what_changed_may_be_pounds_and_pence() -> None:
    """The list of what changed is of metrics that count and of metrics of money, in one column."""
    tables = list_tables()
    counted, paid = [
        RevisionSummary(
            from_release="a", to_release="b", metric=metric, source="x", small=False, reason="new_files",
            figures_changed=1, known_shares_changed=0, figures_new=0, figures_withdrawn=0, first_month="2023-06",
            last_month="2023-06", largest_change=change, sentence="One figure changed.",
        )
        for metric, change in (("crime_rate", 3), ("payments_total", 1234.56))
    ]  # fmt: skip
    table = Rows(tables["revisions"], [counted, paid]).tabulate()
    assert table["largest_change"].to_list() == [3.0, 1234.56]
    whole = {name for name, one in tables.items() if one.schema.get("numerator") == polars.Int64}
    assert {"values-crime_rate", "values-stop_search_rate"} <= whole
    assert not whole & {"values-payments_total", "values-youth_services_spend"}


@pytest.mark.parametrize(
    "address",
    [
        "/v1/bulk/values-crime_rate?format=csv",
        "/v1/bulk/values-crime_rate?format=parquet",
        "/v1/bulk?format=zip&table=values-crime_rate",
    ],
)
async def test_what_breaks_off_never_looks_whole(
    loaded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """The answer is not ended, and the server is told: it cuts the connection, and clients see a body that is not whole."""
    whole = (await loaded.get(address)).content
    assert whole
    sent: list[Any] = []
    pieces = 0

    async def fail_later(*given: Any) -> Any:
        nonlocal pieces
        pieces += 1
        if pieces > 2:
            raise OSError("the disk is gone")
        return await compute_values(*given)

    async def take(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("api.bulk.plan.PIECE_ROWS", 200)
    monkeypatch.setattr("api.bulk.read.compute_values", fail_later)
    path, query = address.split("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": [],
        "server": ("borough.test", 80), "client": ("127.0.0.1", 1), "state": {},
    }  # fmt: skip
    transport = loaded._transport
    assert isinstance(transport, httpx.ASGITransport)
    with pytest.raises(LitestarException, match="after response started"):
        await transport.app(scope, receive, take)
    assert pieces == 3
    assert sent[0]["status"] == 200
    assert "content-length" not in {bytes(name).decode() for name, _ in sent[0]["headers"]}
    assert all(message["more_body"] for message in sent[1:]), "nothing says that it is the end"
    assert b"".join(message["body"] for message in sent[1:]) != whole
