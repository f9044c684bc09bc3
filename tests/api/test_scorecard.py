"""Given an area, expect every metric once, each figure as the other endpoints give it, and a sentence for it."""

import csv
import io
from typing import Any

import httpx
import pytest

from api.model import COMPARED_COLUMNS
from api.scorecard import SCORECARD_COLUMNS
from api.series import is_small
from sql.measure import load_measures
from tests.api.given import HACKNEY_SEARCHES

RATIO_GROUPS = ["ethnicity:black", "ethnicity:asian", "ethnicity:other"]
AREAS = ["hackney", "CE", "city-of-london", "westminster", "met", "met-located", "london", "inner-london"]


async def read(client: httpx.AsyncClient, address: str) -> list[dict[str, Any]]:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["data"]
    return rows


@pytest.fixture(scope="module")
async def hackney(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The scorecard of Hackney."""
    return await read(client, "/v1/areas/hackney/scorecard")


@pytest.fixture(scope="module")
def searches(hackney: list[dict[str, Any]]) -> dict[str, Any]:
    """Its row of searches."""
    return next(row for row in hackney if row["metric"] == "stop_search_rate")


async def test_every_metric_is_there(hackney: list[dict[str, Any]]) -> None:
    measures = load_measures()
    listed = list(dict.fromkeys(row["metric"] for row in hackney))
    money = [name for name, one in measures.items() if one.statistic in ("amount", "per_head")]
    assert listed == [*(name for name in measures if name not in money), *money]
    assert {row["metric"] for row in hackney if row["section"] == "money"} == set(money)
    for metric, measure in measures.items():
        groups = [row["group"] for row in hackney if row["metric"] == metric]
        if measure.statistic == "ratio":
            assert groups == RATIO_GROUPS
        elif metric == "crime_rate":
            # the street files at hand hold nothing but burglary, so that there is no total
            assert groups == ["total", "category:burglary"]
        else:
            assert len(groups) == 1
        bases = {row["basis"] for row in hackney if row["metric"] == metric}
        assert bases == {measure.basis_codes[0]}
    assert all(list(row) == list(SCORECARD_COLUMNS) for row in hackney)


@pytest.mark.parametrize("area", AREAS)
async def test_every_kind_of_area_has_one(client: httpx.AsyncClient, area: str) -> None:
    rows = await read(client, f"/v1/areas/{area}/scorecard")
    assert len(rows) >= len(load_measures())
    for row in rows:
        assert row["status"]
        assert row["sentence"].endswith((".", ")."))
        assert row["value"] is not None or (row["reason"] and row["reason"] in row["sentence"])


async def test_what_counts_few_people_is_of_a_financial_year(hackney: list[dict[str, Any]]) -> None:
    for row in hackney:
        measure = load_measures()[row["metric"]]
        if is_small(measure, row["group"]) or measure.kind == "annual":
            assert (row["window"], row["from"][5:], row["to"][5:]) == ("financial_year", "04", "03")
        else:
            assert row["window"] == "rolling_12"


async def test_the_latest_twelve_months_of_searches(searches: dict[str, Any]) -> None:
    assert (searches["from"], searches["to"]) == ("2023-09", "2024-08")
    assert (searches["numerator"], searches["months_received"]) == (HACKNEY_SEARCHES, 11)
    assert (searches["bcu_code"], searches["inner_outer"]) == ("CE", "inner")
    # 12 of 12 months are needed for a rank
    assert searches["rank"] is None
    assert searches["rank_reason"] == "Only figures of all 12 months are ranked."


async def test_figures_are_those_of_values(client: httpx.AsyncClient, hackney: list[dict[str, Any]]) -> None:
    for row in hackney:
        group = "" if row["group"] == "total" else f"&group={row['group']}"
        (value,) = await read(
            client,
            f"/v1/values?metric={row['metric']}&area=hackney&window={row['window']}&from={row['to']}"
            f"&to={row['to']}&basis={row['basis']}{group}&compare=rest_of_met&compare=year_before",
        )
        assert {name: row[name] for name in value} == value
        assert value.keys() <= set(COMPARED_COLUMNS)


async def test_places_are_those_of_the_comparison(
    client: httpx.AsyncClient, searches: dict[str, Any]
) -> None:
    rows = await read(client, "/v1/metrics/stop_search_rate/comparison?to=2024-08")
    row = next(one for one in rows if one["area_code"] == "E09000012")
    names = [name for name in SCORECARD_COLUMNS if name in row]
    assert {"rank", "position", "bcu_value", "inner_outer_value"} <= set(names)
    assert {name: searches[name] for name in names} == {name: row[name] for name in names}


async def test_signals_are_those_that_reach_into_the_year(
    client: httpx.AsyncClient, searches: dict[str, Any]
) -> None:
    months = await read(client, "/v1/signals?metric=stop_search_rate&area=hackney&from=2021-09&to=2024-08")
    reached = {text for row in months if row["month"] >= "2023-09" for text in row["signals"]}
    assert {signal.rstrip(".") for signal in searches["signals"]} == reached


async def test_a_bcu_names_the_boroughs_that_its_figure_hides(client: httpx.AsyncClient) -> None:
    boroughs = await read(client, "/v1/metrics/stop_search_rate/comparison?to=2024-08")
    hidden: dict[str, list[tuple[str, str]]] = {}
    for row in boroughs:
        if row["hidden_by_bcu"]:
            hidden.setdefault(row["bcu_code"], []).append((row["area_name"], row["area_code"]))
    assert hidden
    for code, names in hidden.items():
        rows = await read(client, f"/v1/areas/{code}/scorecard")
        found = next(row for row in rows if row["metric"] == "stop_search_rate")
        assert list(zip(found["hides"], found["hides_codes"], strict=True)) == names
        assert "This figure does not show that" in found["sentence"]


async def test_a_sentence_says_figure_interval_and_place(searches: dict[str, Any]) -> None:
    value, lower, upper = searches["value"], searches["lower"], searches["upper"]
    stated = f"{value:.1f} searches per 1,000 residents a year ({lower:.1f} to {upper:.1f})"
    assert searches["sentence"].startswith(stated)
    place = {
        "Higher": f", higher than most boroughs (outside the {searches['beyond']} limits)",
        "Similar": ", similar to most boroughs (within the 95% limits)",
        "Lower": f", lower than most boroughs (outside the {searches['beyond']} limits)",
        "No data": "",
    }[searches["position"]]
    assert searches["sentence"].startswith(f"{stated}{place}.")


async def test_the_city_and_london_have_no_figure_and_say_why(client: httpx.AsyncClient) -> None:
    for area in ("city-of-london", "london"):
        rows = await read(client, f"/v1/areas/{area}/scorecard")
        found = next(row for row in rows if row["metric"] == "stop_search_rate")
        assert (found["status"], found["value"], found["rank"]) == ("missing", None, None)
        assert "City of London Police" in found["sentence"]


async def test_what_is_no_borough_and_no_bcu_is_not_placed(client: httpx.AsyncClient) -> None:
    rows = await read(client, "/v1/areas/met/scorecard")
    assert {row["position"] for row in rows} == {"No data"}
    assert {row["rank_reason"] for row in rows} == {
        "Only boroughs and Basic Command Units are placed among others of their kind."
    }


async def test_to_bounds_the_months(client: httpx.AsyncClient) -> None:
    rows = await read(client, "/v1/areas/hackney/scorecard?to=2024-02")
    assert all(row["to"] <= "2024-02" for row in rows)
    found = next(row for row in rows if row["metric"] == "stop_search_rate")
    assert (found["from"], found["to"], found["months_received"]) == ("2023-03", "2024-02", 5)
    assert found["status"] == "incomplete"


async def test_before_anything_was_received_all_is_missing(client: httpx.AsyncClient) -> None:
    rows = await read(client, "/v1/areas/hackney/scorecard?to=2001-01")
    assert {row["value"] for row in rows} == {None}
    assert {row["position"] for row in rows} == {"No data"}


async def test_what_these_data_cannot_answer_is_said(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/areas/hackney/scorecard")).json()
    asked = " ".join(one["question"] + one["why"] for one in body["cannot_say"]).casefold()
    for topic in (
        "complaints",
        "restraint",
        "facial recognition",
        "handcuff",
        "drivers",
        "body-worn video",
        "territorial support group",
        "grounds",
        "conviction",
        "misconduct",
    ):
        assert topic in asked, topic
    assert all(one["ask"] for one in body["cannot_say"])


async def test_as_of_is_echoed_and_names_the_release(client: httpx.AsyncClient) -> None:
    release = (await client.get("/v1/areas/hackney/scorecard")).json()["release"]["release"]
    rows = await read(client, f"/v1/areas/hackney/scorecard?as_of={release}")
    assert {(row["as_of"], row["release"]) for row in rows} == {(release, release)}


async def test_every_format_has_the_same_rows(
    client: httpx.AsyncClient, hackney: list[dict[str, Any]], searches: dict[str, Any]
) -> None:
    text = (await client.get("/v1/areas/hackney/scorecard?format=csv")).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(hackney)
    assert list(rows[0]) == list(SCORECARD_COLUMNS)
    found = next(row for row in rows if row["metric"] == "stop_search_rate")
    assert float(found["value"]) == searches["value"]
    assert found["sentence"] == searches["sentence"]
    drawn = (await client.get("/v1/areas/hackney/scorecard?format=geojson")).json()
    assert [one["properties"]["sentence"] for one in drawn["features"]] == [
        row["sentence"] for row in hackney
    ]
    assert (await client.get("/v1/areas/hackney/scorecard?format=parquet")).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/areas/hackny/scorecard", 404),
        ("/v1/areas/hackney/scorecard?to=2999-01", 400),
        ("/v1/areas/hackney/scorecard?to=May", 400),
        ("/v1/areas/hackney/scorecard?group=object", 400),
        ("/v1/areas/hackney/scorecard?as_of=yesterday", 400),
    ],
)
async def test_what_is_not_there_is_refused(client: httpx.AsyncClient, address: str, status: int) -> None:
    answer = await client.get(address)
    assert answer.status_code == status
    assert answer.json()["detail"]
