"""Given a CSV, expect metadata by which a program that knows nothing else reads every cell of it."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.csvw import TABLES, find_table, name_table
from api.fields import describe_fields, load_fields
from api.model import RatioRow, ValueRow, extend_row

ROOT = Path(__file__).parents[2]
READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "dateTime": datetime.fromisoformat,
}
LINK = re.compile(r'<(/v1/csvw/[^>]+)>; rel="describedby"; type="application/csvm\+json"')
CSVS = (
    "/v1/values?metric=stop_search_rate&area=boroughs&from=2024-01&to=2024-03",
    "/v1/values?metric=stop_search_rate_ratio&metric=stop_search_rate&area=hackney&from=2024-01&to=2024-03&compare=rest_of_met"
    "&compare=year_before",
    "/v1/metrics/stop_search_rate/comparison?to=2024-03",
    "/v1/signals?metric=stop_search_rate&area=hackney",
    "/v1/areas?kind=bcu",
    "/v1/areas/hackney?on=2024-03-31",
    "/v1/areas/hackney/scorecard?to=2024-03",
    "/v1/metrics?",
    "/v1/coverage?source=street",
    "/v1/sources?",
    "/v1/releases?",
    "/v1/revisions?",
    "/v1/revisions?detail=true",
    "/v1/records/stop_search?",
    "/v1/records/crimes?area=city-of-london",
    "/v1/bulk/values-crime_rate?",
    "/v1/bulk/area-members?",
)


def read_cell(text: str, column: dict[str, Any], nulls: list[str]) -> Any:
    """A cell as its column's metadata say (CSV on the Web, section 6.4)."""
    if text in nulls:
        return None
    parts = text.split(column["separator"]) if "separator" in column else [text]
    return [READ[column["datatype"]](part) for part in parts]


@pytest.mark.parametrize("address", CSVS)
async def test_a_csv_is_what_its_metadata_say(loaded: httpx.AsyncClient, address: str) -> None:
    answer = await loaded.get(f"{address}&format=csv")
    assert answer.status_code == 200, answer.text
    link = LINK.search(answer.headers["link"])
    assert link is not None, answer.headers["link"]
    described = await loaded.get(link[1])
    assert described.status_code == 200, described.text
    assert described.headers["content-type"].startswith("application/csvm+json")
    metadata = described.json()
    assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
    # The metadata name the very bytes that they came with.
    assert (await loaded.get(metadata["url"])).content == answer.content
    header, *lines = csv.reader(
        io.StringIO(answer.content.decode(metadata["dialect"]["encoding"]), newline="")
    )
    columns = metadata["tableSchema"]["columns"]
    assert header == [column["name"] for column in columns]
    assert all(column["dc:description"] for column in columns)
    for line in lines:
        for text, column in zip(line, columns, strict=True):
            assert text != ""
            read_cell(text, column, metadata["null"])


async def test_a_file_of_records_keeps_its_link_to_what_arrived(loaded: httpx.AsyncClient) -> None:
    link = (await loaded.get("/v1/records/crimes?format=csv")).headers["link"]
    assert "</v1/coverage" in link
    assert "/v1/csvw/records-crimes" in link
    parquet = (await loaded.get("/v1/records/crimes?format=parquet")).headers["link"]
    assert "csvw" not in parquet


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/v1/sources?format=csv",
        "//elsewhere.example/v1/sources",
        "/v1/releases?format=csv",
        "/v1/sources/../../etc/passwd",
        '/v1/sources?x="><script>',
        "",
    ],
)
async def test_only_our_own_csvs_are_described(loaded: httpx.AsyncClient, address: str) -> None:
    answer = await loaded.get("/v1/csvw/sources", params={"url": address})
    assert answer.status_code == 400
    assert "url" in answer.json()["detail"]


async def test_what_is_no_table_is_named(loaded: httpx.AsyncClient) -> None:
    for name in ("nothing", "values.year_before.rest_of_met", "sources.rest_of_met"):
        answer = await loaded.get(f"/v1/csvw/{name}?url=/v1/sources")
        assert answer.status_code == 404
        assert "values" in answer.json()["allowed"]
    assert (await loaded.get("/v1/csvw/sources")).status_code == 400


def test_tables_and_rows_have_the_same_names() -> None:
    for table in TABLES.values():
        assert name_table(table.row_type) == table.name
    for base, name in ((ValueRow, "values.year_before"), (RatioRow, "ratios.rest_of_met.base_year")):
        compare: Any = tuple(name.split(".")[1:])
        row_type = extend_row(base, compare)
        assert name_table(row_type) == name
        assert find_table(name).row_type is row_type


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: str(table.name))
def test_every_column_is_explained(table: Any) -> None:
    assert not [name for name, text in describe_fields(table.row_type).items() if not text]


def test_columns_mean_what_the_docs_say() -> None:
    """What docs/fields.md says of a column stands in fields.toml in the same words."""
    page = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    known = {name for section in load_fields().values() for name in section}
    said = {text for section in load_fields().values() for text in section.values()}
    checked = 0
    for names, meaning in re.findall(r"^\| (`.+?) \| (.+) \|$", page, re.MULTILINE):
        plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", meaning).replace("`", "")
        if known & set(re.findall(r"`(\w+)`", names)):
            assert plain in said, names
            checked += 1
    assert checked > 60
