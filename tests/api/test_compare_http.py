"""Given `compare=` in an address, expect its columns in every format, and a refusal that lists what there is."""

import csv
import io

import httpx

from api.model import COLUMNS, COMPARED_COLUMNS

ADDRESS = "/v1/values?metric=stop_search_rate&area=hackney&area=met&from=2023-09&to=2024-08"
REST = [name for name in COMPARED_COLUMNS if name.startswith("rest_")]


async def test_json_has_the_columns_after_its_own(client: httpx.AsyncClient) -> None:
    plain = (await client.get(ADDRESS)).json()["data"]
    rows = (await client.get(f"{ADDRESS}&compare=rest_of_met")).json()["data"]
    assert [list(row) for row in rows] == [[*COLUMNS, *REST]] * 2
    assert [{name: row[name] for name in COLUMNS} for row in rows] == plain
    # 32 boroughs of 10 b + m searches in eleven months, without Hackney's (b = 12) and the City (b = 1)
    months = [month for month in range(1, 13) if month != 4]
    assert rows[0]["rest_numerator"] == sum(
        10 * borough + month for borough in range(2, 34) if borough != 12 for month in months
    )


async def test_csv_marks_what_does_not_apply_and_what_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{ADDRESS}&compare=rest_of_met&compare=year_before&format=csv")
    hackney, met = csv.DictReader(io.StringIO(answer.text))
    assert hackney["rest_difference"] == hackney["rest_reason"] == "[z]"
    assert float(hackney["rest_ratio"]) > 0
    assert met["rest_ratio"] == met["rest_value"] == "[x]"
    assert met["rest_reason"] == "This area holds the whole Met area: there is no rest of it."
    assert (hackney["before_from"], hackney["before_months"]) == ("2022-09", "0")
    assert hackney["change_ratio"] == "[x]"


async def test_csv_marks_what_is_withheld(client: httpx.AsyncClient) -> None:
    answer = await client.get(
        "/v1/values?metric=stop_search_under_18_share&area=hackney&window=financial_year"
        "&from=2024-03&to=2024-03&compare=rest_of_met&format=csv"
    )
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert {row[name] for name in REST if name != "rest_reason"} == {"[c]"}


async def test_geojson_has_them_too(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{ADDRESS}&compare=rest_of_met&format=geojson")
    assert answer.json()["features"][0]["properties"]["rest_value"] > 0


async def test_another_word_is_refused_with_those_there_are(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{ADDRESS}&compare=bcu")
    assert answer.status_code == 400
    problem = answer.json()
    assert (problem["parameter"], problem["allowed"]) == (
        "compare",
        ["rest_of_met", "year_before", "base_year"],
    )
