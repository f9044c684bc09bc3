"""Given a question, expect the same figures in every format."""

import csv
import io
import json
from typing import Any

import httpx
import polars

from api.envelope import ATTRIBUTION
from tests.api.given import HACKNEY_SEARCHES, OLD

VALUES = "/v1/values?metric=stop_search_rate&area=hackney&area=city-of-london&from=2023-09&to=2024-08"
NAMED = "borough-stop-search-rate-hackney-and-city-of-london-2023-09-to-2024-08"


def read_rows(answer: httpx.Response) -> list[dict[str, str]]:
    """The lines of a CSV by their header."""
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))


async def test_json_says_where_it_comes_from(client: httpx.AsyncClient) -> None:
    body = (await client.get(VALUES)).json()
    assert list(body) == ["data", "links", "release", "sample", "attribution"]
    assert body["attribution"] == ATTRIBUTION
    assert body["sample"] is False
    assert body["release"]["release"] == OLD
    assert body["links"]["csv"] == f"{VALUES}&format=csv"
    hackney, city = body["data"]
    assert hackney["numerator"] == HACKNEY_SEARCHES
    assert (hackney["months_received"], hackney["months_expected"]) == (11, 12)
    assert city["status"] == "missing"
    assert city["value"] is None


async def test_csv_holds_the_same_rows(client: httpx.AsyncClient) -> None:
    rows = (await client.get(VALUES)).json()["data"]
    answer = await client.get(f"{VALUES}&format=csv")
    assert answer.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{NAMED}.csv"'
    lines = read_rows(answer)
    assert list(lines[0]) == list(rows[0])
    hackney, city = lines
    assert float(hackney["value"]) == rows[0]["value"]
    assert int(hackney["numerator"]) == HACKNEY_SEARCHES
    assert {city[name] for name in ("numerator", "value", "lower", "upper")} == {"[x]"}
    assert hackney["unplaced_numerator"] == "[z]"


async def test_csv_has_no_empty_cell(client: httpx.AsyncClient) -> None:
    for path in ("/v1/areas", "/v1/metrics", "/v1/coverage", "/v1/sources", "/v1/releases", VALUES):
        answer = await client.get(path, headers={"Accept": "text/csv"})
        assert answer.status_code == 200, path
        for line in read_rows(answer):
            assert all(cell != "" for cell in line.values()), (path, line)


async def test_geojson_draws_each_row(client: httpx.AsyncClient) -> None:
    body = (await client.get(VALUES, headers={"Accept": "application/geo+json"})).json()
    assert body["type"] == "FeatureCollection"
    assert body["attribution"] == ATTRIBUTION
    assert [feature["id"] for feature in body["features"]] == ["E09000012", "E09000001"]
    hackney = body["features"][0]
    assert hackney["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert hackney["properties"]["numerator"] == HACKNEY_SEARCHES
    assert json.dumps(hackney["geometry"]).count("0000000") == 0


async def test_a_unit_is_drawn_as_its_boroughs(client: httpx.AsyncClient) -> None:
    (unit,) = (await client.get("/v1/areas/CE?format=geojson")).json()["features"]
    parts = (await client.get("/v1/boundaries")).json()["features"]
    boroughs = {
        member["area_code"] for member in (await client.get("/v1/areas/CE")).json()["data"]["members"]
    }
    assert boroughs == {"E09000012", "E09000030"}
    corners = {point for part in parts if part["id"] in boroughs for point in list_points(part["geometry"])}
    assert list_points(unit["geometry"]) <= corners


def list_points(geometry: dict[str, Any]) -> set[tuple[float, float]]:
    """The corners of a polygon or multipolygon."""
    shapes = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return {(x, y) for rings in shapes for ring in rings for x, y in ring}


async def test_boundaries_carry_figures(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/boundaries?kind=bcu&metric=stop_search_rate")).json()
    assert len(body["features"]) == 12
    found = {feature["id"]: feature["properties"] for feature in body["features"]}
    tower_hamlets = 11 * 300 + sum(range(1, 13)) - 4
    assert found["CE"]["numerator"] == HACKNEY_SEARCHES + tower_hamlets


async def test_a_map_shows_one_figure_an_area(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/boundaries?metric=stop_search_rate&window=month")
    assert answer.status_code == 400
    assert "window=whole" in answer.json()["detail"]


async def test_accept_decides_and_format_decides_before_it(client: httpx.AsyncClient) -> None:
    for accept, expected in (
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/csv;q=0.9, application/json;q=0.5", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
    ):
        answer = await client.get("/v1/areas", headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(expected), accept
    answer = await client.get("/v1/areas?format=json", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "application/json"


async def test_what_cannot_be_given_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/areas", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/csv" in answer.json()["allowed"]
    answer = await client.get("/v1/metrics?format=geojson")
    assert answer.status_code == 400
    assert answer.json()["allowed"] == ["json", "csv", "xlsx", "ods", "parquet"]


async def test_parquet_holds_the_same_rows(client: httpx.AsyncClient) -> None:
    rows = (await client.get(VALUES)).json()["data"]
    answer = await client.get(f"{VALUES}&format=parquet")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.headers["content-disposition"] == f'attachment; filename="{NAMED}.parquet"'
    table = polars.read_parquet(io.BytesIO(answer.content))
    assert table.columns == list(rows[0])
    assert table.to_dicts() == rows
    # Nothing that is not there has a value, and the status says why.
    assert table.filter(polars.col("value").is_null())["status"].to_list() == ["missing"]
    told = polars.read_parquet_metadata(io.BytesIO(answer.content))
    assert told["release"] == OLD
    assert told["attribution"] == ATTRIBUTION
    for path in ("/v1/areas", "/v1/metrics", "/v1/coverage", "/v1/sources", "/v1/releases", "/v1/revisions"):
        table = polars.read_parquet(io.BytesIO((await client.get(f"{path}?format=parquet")).content))
        data = (await client.get(path)).json()["data"]
        assert len(table) == len(data), path
        assert not data or table.columns == list(data[0])
