"""Given figures, expect the same numbers in every file, none that is withheld, and nothing that a spreadsheet runs."""

import csv
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import asyncpg
import fastexcel
import geopandas
import httpx
import openpyxl
import polars
import pypdf
import pytest

from api.app import create_app
from api.render.formats import MAP, PICTURES
from etl.reference import seed
from tests.api.conftest import running
from tests.api.hand_made import write_facts

FIGURES = (
    "/v1/values?metric=stop_search_rate&area=hackney&area=city-of-london&area=met&from=2023-09&to=2024-08"
)
WITHHELD = (
    "/v1/values?metric=stop_search_under_18_share&area=boroughs&window=financial_year&from=2023-04&to=2024-03"
)
SERIES = "/v1/values?metric=stop_search_rate&area=hackney&window=month&from=2023-09&to=2024-08"
COMPARISON = "/v1/metrics/stop_search_rate/comparison?to=2024-08"
SIGNALS = "/v1/signals?metric=stop_search_rate&area=hackney"
MAPPED = "/v1/boundaries?metric=stop_search_rate&to=2024-08"
HEAD_ROWS = 3
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
NUMBERS = ("numerator", "denominator", "value", "lower", "upper")


@pytest.fixture(scope="module")
async def client(pool: asyncpg.Pool, reader: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on the hand-made world."""
    async with pool.acquire() as connection:
        await seed(connection)
        await write_facts(connection)
    async with running(create_app(reader)) as client:
        yield client


async def ask(client: httpx.AsyncClient, address: str, name: str) -> httpx.Response:
    """The answer at an address in a format."""
    answer = await client.get(f"{address}&format={name}")
    assert answer.status_code == 200, answer.text
    return answer


async def ask_rows(client: httpx.AsyncClient, address: str) -> list[dict[str, Any]]:
    """The rows at an address."""
    rows: list[dict[str, Any]] = (await client.get(address)).json()["data"]
    return rows


def read_lines(content: bytes) -> list[list[str]]:
    """The lines of a CSV, the header first."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def read_xlsx(content: bytes) -> list[list[Any]]:
    """The table of the last sheet of a workbook, the header first."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[:2] == ["Cover", "Notes"]
    page = book.worksheets[-1]
    assert not page.merged_cells.ranges
    assert page.freeze_panes == f"B{HEAD_ROWS + 2}"
    return [list(row) for row in page.iter_rows(min_row=HEAD_ROWS + 1, values_only=True)]


def read_ods(content: bytes) -> list[list[Any]]:
    """The same of an OpenDocument spreadsheet."""
    book = fastexcel.read_excel(content)
    assert book.sheet_names[:2] == ["Cover", "Notes"]
    sheet = book.load_sheet(book.sheet_names[-1], header_row=None, dtypes="string")
    return [list(row) for row in sheet.to_polars().rows()[HEAD_ROWS:]]


def same(cell: Any, text: str) -> bool:
    """Whether a cell holds what the CSV does: a number as one, 91% being 0.91."""
    try:
        if str(cell).endswith("%"):
            return abs(float(str(cell)[:-1]) - 100 * float(text)) < 1e-9
        return abs(float(cell) - float(text)) < 1e-9
    except ValueError:
        return str(cell) == text


@pytest.mark.parametrize(
    "address", [FIGURES, WITHHELD, f"{FIGURES}&compare=rest_of_met", COMPARISON, SIGNALS]
)
async def test_spreadsheets_hold_the_cells_of_the_csv(client: httpx.AsyncClient, address: str) -> None:
    lines = read_lines((await ask(client, address, "csv")).content)
    for name, read in (("xlsx", read_xlsx), ("ods", read_ods)):
        cells = read((await ask(client, address, name)).content)
        assert [len(row) for row in cells] == [len(line) for line in lines], name
        for row, line in zip(cells, lines, strict=True):
            assert not [pair for pair in zip(row, line, strict=True) if not same(*pair)], name


async def test_a_spreadsheet_has_numbers_with_formats_and_says_what_they_are(
    client: httpx.AsyncClient,
) -> None:
    rows = await ask_rows(client, FIGURES)
    book = openpyxl.load_workbook(io.BytesIO((await ask(client, FIGURES, "xlsx")).content))
    page = book.worksheets[-1]
    header = [cell.value for cell in page[HEAD_ROWS + 1]]
    value = page.cell(HEAD_ROWS + 2, header.index("value") + 1)
    assert value.value == rows[0]["value"]
    assert value.number_format.startswith("[>=1]#,##0.0")
    assert page.cell(HEAD_ROWS + 2, header.index("placed_share") + 1).number_format == "0.0%"
    notes = [[cell.value for cell in row] for row in book["Notes"].iter_rows()]
    assert any("[c]" in row for row in notes)
    said = {row[1]: row[2] for row in notes if row[0] == "Column"}
    assert set(said) == set(header)
    assert all(said.values())


@pytest.mark.parametrize(
    ("address", "title"),
    [
        (SERIES, "Searches per 1,000 residents: Hackney, September 2023 to August 2024"),
        (FIGURES, "Searches per 1,000 residents: 3 areas, September 2023 to August 2024"),
    ],
)
async def test_a_spreadsheet_is_titled_in_words(client: httpx.AsyncClient, address: str, title: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO((await ask(client, address, "xlsx")).content))
    assert [book[name]["A1"].value for name in ("Cover", book.sheetnames[-1])] == [title, title]


async def test_long_text_of_an_open_spreadsheet_stays_in_its_column(client: httpx.AsyncClient) -> None:
    package = zipfile.ZipFile(io.BytesIO((await ask(client, FIGURES, "ods")).content))
    styles = ElementTree.fromstring(package.read("content.xml")).iter(f"{STYLE}style")
    wraps = {
        one.get(f"{STYLE}name"): [
            cell.get(f"{FO}wrap-option") for cell in one.iter(f"{STYLE}table-cell-properties")
        ]
        for one in styles
        if one.get(f"{STYLE}family") == "table-cell"
    }
    assert set(wraps) >= {"title", "head", "plain"}
    assert set(map(tuple, wraps.values())) == {("wrap",)}


def read_map(content: bytes, folder: Path, name: str) -> Any:
    """The features of a file of a format."""
    path = folder / f"figures.{name}"
    path.write_bytes(content)
    return geopandas.read_file(path)


async def test_maps_hold_the_same_figures(client: httpx.AsyncClient, tmp_path: Path) -> None:
    rows = await ask_rows(client, FIGURES)
    for name in ("gpkg", "geojson"):
        table = read_map((await ask(client, FIGURES, name)).content, tmp_path, name)
        assert table["area_code"].tolist() == [row["area_code"] for row in rows]
        assert [None if found != found else found for found in table["value"].tolist()] == [
            row["value"] for row in rows
        ]
        assert table.crs.to_epsg() == 4326
        assert table.geometry.iloc[0].contains(geopandas.points_from_xy([-0.0562], [51.5451])[0]), (
            "Hackney Town Hall lies in Hackney"
        )


async def test_a_picture_is_drawn_of_each_that_offers_one(client: httpx.AsyncClient) -> None:
    for address in (SERIES, FIGURES, COMPARISON, f"{COMPARISON}&chart=funnel", SIGNALS, MAPPED):
        svg = await ask(client, address, "svg")
        assert svg.headers["content-type"] == "image/svg+xml"
        assert "<title" in svg.text, address
        assert "<desc" in svg.text, address
    picture = await client.get(SIGNALS, headers={"Accept": "image/png"})
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["content-disposition"].startswith(
        'inline; filename="borough-stop-search-rate-hackney-signals-'
    )
    document = await ask(client, COMPARISON, "pdf")
    said = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document.content)).pages)
    assert "Hackney" in said


async def test_what_is_no_one_chart_is_refused_with_what_would_be(client: httpx.AsyncClient) -> None:
    for more in ("&area=bromley&window=month", "&metric=crime_rate", "&group=*&window=month"):
        answer = await client.get(f"/v1/values?metric=stop_search_rate&area=hackney&format=svg{more}")
        assert answer.status_code == 400
        assert "A chart is of one metric" in answer.json()["detail"]
    answer = await client.get("/v1/boundaries?format=png")
    assert answer.json()["allowed"] == ["geojson", "gpkg"]
    answer = await client.get(f"{COMPARISON}&chart=pie&format=svg")
    assert answer.json()["allowed"] == ["intervals", "funnel"]
    assert (await client.get(f"{COMPARISON}&chart=funnel")).status_code == 400


async def test_what_is_withheld_is_in_no_file(client: httpx.AsyncClient, tmp_path: Path) -> None:
    rows = await ask_rows(client, WITHHELD)
    places = [place for place, row in enumerate(rows) if row["status"] == "suppressed"]
    assert places
    assert all(rows[place][name] is None for place in places for name in NUMBERS)
    header, *lines = read_lines((await ask(client, WITHHELD, "csv")).content)
    at = [header.index(name) for name in NUMBERS]
    for read, name in ((read_xlsx, "xlsx"), (read_ods, "ods"), (read_lines, "csv")):
        _, *cells = read((await ask(client, WITHHELD, name)).content)
        assert {cells[place][column] for place in places for column in at} == {"[c]"}, name
    assert len(lines) == len(rows)
    table = polars.read_parquet(io.BytesIO((await ask(client, WITHHELD, "parquet")).content))
    drawn = read_map((await ask(client, WITHHELD, "gpkg")).content, tmp_path, "gpkg")
    features = json.loads((await ask(client, WITHHELD, "geojson")).content)["features"]
    for place in places:
        assert {table[name][place] for name in NUMBERS} == {None}
        assert drawn.iloc[place][list(NUMBERS)].isna().all()
        assert {features[place]["properties"][name] for name in NUMBERS} == {None}


async def test_files_say_what_they_hold(client: httpx.AsyncClient) -> None:
    for address, name in (
        (SERIES, "borough-stop-search-rate-hackney-2023-09-to-2024-08-by-month.csv"),
        (FIGURES, "borough-stop-search-rate-3-areas-2023-09-to-2024-08.csv"),
        (WITHHELD, "borough-stop-search-under-18-share-boroughs-2023-04-to-2024-03-by-financial-year.csv"),
        (COMPARISON, "borough-stop-search-rate-comparison-borough-2023-09-to-2024-08.csv"),
        (
            f"{SERIES}&as_of=2026-02-01",
            "borough-stop-search-rate-hackney-2023-09-to-2024-08-by-month-as-of-2026-02-01.csv",
        ),
    ):
        said = (await client.get(f"{address}&format=csv")).headers["content-disposition"]
        assert name in said
    assert (await client.get(f"{COMPARISON}&format=gpkg")).headers["content-disposition"].endswith('.gpkg"')


async def test_every_format_is_linked_and_works(client: httpx.AsyncClient) -> None:
    links = (await client.get(FIGURES)).json()["links"]
    assert set(links) == {"self", "licence", *MAP, *PICTURES}
    for name in MAP:
        answer = await client.get(links[name])
        assert answer.status_code == 200
        assert answer.content == (await client.get(links[name])).content, name


async def test_the_office_program_reads_the_same_numbers(client: httpx.AsyncClient, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        assert os.environ.get("BOROUGH_REQUIRE_ALL") != "1", "soffice is not installed"
        pytest.skip("soffice is not installed")
    lines = read_lines((await ask(client, FIGURES, "csv")).content)
    wanted = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,3"
    for name in ("xlsx", "ods"):
        (tmp_path / f"figures.{name}").write_bytes((await ask(client, FIGURES, name)).content)
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", wanted]
        + [str(tmp_path / f"figures.{name}") for name in ("xlsx", "ods")]
        + ["--outdir", str(tmp_path / "read")],
        check=True,
        capture_output=True,
        timeout=60,
    )
    found = sorted((tmp_path / "read").iterdir())
    assert found
    for path in found:
        cells = read_lines(path.read_bytes())[HEAD_ROWS:]
        assert [len(row) for row in cells] == [len(line) for line in lines]
        for row, line in zip(cells, lines, strict=True):
            assert not [pair for pair in zip(row, line, strict=True) if not same(*pair)]


async def test_the_export_has_of_few_people_what_the_api_has(client: httpx.AsyncClient) -> None:
    """Line by line: financial years of all areas, calendar years of those that hold the whole Met area."""
    metric = "stop_search_under_18_share"
    header, *lines = read_lines((await client.get(f"/v1/bulk/values-{metric}?format=csv")).content)
    months = "from=2015-01&to=2025-12"
    wide = "&".join(f"area={name}" for name in ("met", "met-located", "metropolitan", "london"))
    given = []
    for asked in ("area=all&window=financial_year", f"{wide}&window=calendar_year"):
        address = f"/v1/values?metric={metric}&{asked}&{months}&format=csv"
        first, *more = read_lines((await client.get(address)).content)
        assert first == header
        given += more
    status, received = header.index("status"), header.index("months_received")
    assert not [line for line in lines if line not in given]
    # Left out are years of which nothing arrived.
    left_out = {(line[status], line[received]) for line in given if line not in lines}
    assert left_out <= {("missing", "0"), ("not_applicable", "0")}
    withheld = [line for line in lines if line[status] == "suppressed"]
    assert withheld
    assert {line[header.index(name)] for line in withheld for name in NUMBERS} == {"[c]"}
