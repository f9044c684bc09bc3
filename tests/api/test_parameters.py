"""Given what the API does not take, expect a refusal that lists what it does."""

import httpx
import pytest

VALUES = "/v1/values?metric=stop_search_rate&area=hackney"


@pytest.mark.parametrize(
    ("path", "parameter", "said"),
    [
        (f"{VALUES}&frm=2023-09", "frm", "Did you mean from"),
        ("/v1/areas?colour=red", "colour", "Allowed: kind, on, format"),
        ("/health/live?x=1", "x", "no parameters"),
        ("/schema?x=1", "x", "no parameters"),
        ("/v1/values?metric=stop_search_rte&area=hackney", "metric", "did you mean stop_search_rate"),
        ("/v1/values?metric=stop_search_rate&area=hackny", "area", "did you mean hackney"),
        ("/v1/values?metric=stop_search_rate", "area", "Say which area"),
        (f"{VALUES}&window=weekly", "window", "Allowed: month"),
        (f"{VALUES}&group=shoe_size", "group", "ethnicity:black"),
        (f"{VALUES}&basis=guess", "basis", "officer_defined"),
        (f"{VALUES}&format=xml", "format", "Allowed: json, csv, geojson"),
        (f"{VALUES}&from=2023-9", "from", "like 2023-09"),
        (f"{VALUES}&from=2023-13", "from", "like 2023-09"),
        (f"{VALUES}&to=September", "to", "like 2023-09"),
        (f"{VALUES}&to=", "to", "like 2023-09"),
        (f"{VALUES}&to=2199-01", "to", "has not come yet"),
        (f"{VALUES}&from=2024-08&to=2024-07", "to", "before"),
        (f"{VALUES}&from=2024-01&from=2024-02", "from", "given 2 times"),
        (f"{VALUES}&as_of=yesterday", "as_of", "neither a day"),
        ("/v1/coverage?source=gossip", "source", "stop_search"),
        ("/v1/coverage?force=kent", "force", "metropolitan"),
        ("/v1/coverage?to=2199-01", "to", "has not come yet"),
        ("/v1/areas?kind=planet", "kind", "borough"),
        ("/v1/areas?on=01/02/2023", "on", "like 2023-09-01"),
        ("/v1/boundaries?group=total", "group", "say which metric"),
        ("/v1/releases?limit=1000", "limit", "from 1 to 100"),
        ("/v1/releases?cursor=nonsense", "cursor", "links.next"),
    ],
)
async def test_refused(client: httpx.AsyncClient, path: str, parameter: str, said: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 400
    assert problem["title"] == "Bad Request"
    assert problem["parameter"] == parameter
    assert said in problem["detail"]


async def test_what_is_allowed_is_listed(client: httpx.AsyncClient) -> None:
    problem = (await client.get("/v1/values?metric=stop_search_rate&area=hackny")).json()
    assert "hackney" in problem["allowed"]
    assert problem["found"] == "hackny"
    problem = (await client.get(f"{VALUES}&nonsense=1")).json()
    assert problem["allowed"] == [
        "metric",
        "area",
        "from",
        "to",
        "window",
        "group",
        "basis",
        "as_of",
        "compare",
        "base_year",
        "format",
    ]


async def test_not_found_lists_what_there_is(client: httpx.AsyncClient) -> None:
    for path, close in (("/v1/areas/hackny", "hackney"), ("/v1/metrics/crime_rat", "crime_rate")):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.json()["allowed"][0] == close
    answer = await client.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_other_methods_are_refused(client: httpx.AsyncClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = await client.request(method, "/v1/values")
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_a_person_gets_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/areas/<script>alert(1)", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert "There is no area" in answer.text


async def test_too_much_is_refused(client: httpx.AsyncClient) -> None:
    path = "/v1/values?metric=stop_search_rate&area=all&group=*&basis=*&window=month&from=2000-01&to=2024-08"
    answer = await client.get(path)
    assert answer.status_code == 400
    assert "50,000" in answer.json()["detail"]
    assert "/v1/bulk" in answer.json()["detail"]
