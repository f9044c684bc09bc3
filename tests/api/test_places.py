"""Given a point or a postcode, expect its borough, Basic Command Unit and force."""

import httpx
import pytest


async def test_a_point(client: httpx.AsyncClient) -> None:
    (row,) = (await client.get("/v1/locate?lat=51.5450&lon=-0.0553")).json()["data"]
    assert row == {
        "latitude": 51.5450,
        "longitude": -0.0553,
        "postcode": None,
        "placed": "point",
        "area_code": "E09000012",
        "area_name": "Hackney",
        "bcu_code": "CE",
        "bcu_name": "Central East",
        "force": "metropolitan",
    }


async def test_the_city_has_its_own_force(client: httpx.AsyncClient) -> None:
    (row,) = (await client.get("/v1/locate?lat=51.5138&lon=-0.0984")).json()["data"]
    assert (row["area_name"], row["bcu_code"], row["force"]) == ("City of London", None, "city-of-london")


async def test_outside_london(client: httpx.AsyncClient) -> None:
    (row,) = (await client.get("/v1/locate?lat=54.977475&lon=-1.613881")).json()["data"]
    assert (row["placed"], row["area_code"]) == ("outside", None)


@pytest.mark.parametrize("text", ["E8 1EA", "e81ea", " e8  1ea "])
async def test_a_postcode(client: httpx.AsyncClient, text: str) -> None:
    answer = await client.get("/v1/locate", params={"postcode": text})
    (row,) = answer.json()["data"]
    assert (row["postcode"], row["area_name"], row["placed"]) == ("E8 1EA", "Hackney", "postcode")


async def test_an_unknown_postcode(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/locate?postcode=E8+9ZZ")
    assert answer.status_code == 404
    assert "E8 9ZZ" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "lat"),
        ("?lat=51.5", "lat"),
        ("?lat=51.5&lon=0&postcode=E81EA", "postcode"),
        ("?lat=north&lon=0", "lat"),
        ("?lat=nan&lon=0", "lat"),
        ("?lat=51.5&lon=inf", "lon"),
        ("?lat=91&lon=0", "lat"),
        ("?lat=51.5&lon=-181", "lon"),
        ("?postcode=E8", "postcode"),
    ],
)
async def test_refused(client: httpx.AsyncClient, query: str, parameter: str) -> None:
    answer = await client.get(f"/v1/locate{query}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


async def test_many(client: httpx.AsyncClient) -> None:
    places = [{"postcode": "N1C 4AG"}, {"lat": 51.545, "lon": -0.0553}, {"postcode": "E8 9ZZ"}]
    answer = await client.post("/v1/locate", json=places)
    assert answer.status_code == 200
    rows = answer.json()["data"]
    assert [row["area_name"] for row in rows] == ["Camden", "Hackney", None]
    assert rows[2]["placed"] == "none"


async def test_many_answer_like_one(client: httpx.AsyncClient) -> None:
    points = [{"lat": 51.3 + step / 300, "lon": -0.5 + step / 150} for step in range(120)]
    rows = (await client.post("/v1/locate", json=points)).json()["data"]
    for point, row in list(zip(points, rows, strict=True))[::15]:
        (one,) = (await client.get("/v1/locate", params=point)).json()["data"]
        assert one == row


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"nonsense", "cannot be read"),
        (b"{}", "cannot be read"),
        (b'[{"lat": 51.5, "lon": 0, "height": 3}]', "height"),
        (b'[{"postcode": "E8 1EA"}, {"lat": 51.5}]', "Place 1: lon is missing"),
        (b"[" + b",".join([b"{}"] * 10_001) + b"]", "10,000"),
    ],
)
async def test_bulk_refused(client: httpx.AsyncClient, body: bytes, said: str) -> None:
    answer = await client.post("/v1/locate", content=body)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


async def test_a_large_body_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/locate", content=b" " * 1_000_001)
    assert answer.status_code == 413
    assert "1,000,000" in answer.json()["detail"]


async def test_an_area_has_parts_and_neighbours(client: httpx.AsyncClient) -> None:
    hackney = (await client.get("/v1/areas/e09000012")).json()["data"]
    assert {part["area_code"] for part in hackney["part_of"]} == {
        "CE",
        "metropolitan",
        "met",
        "met-located",
        "inner-london",
        "london",
    }
    assert [other["area_name"] for other in hackney["neighbours"]] == ["Haringey", "Tower Hamlets"]
    assert hackney["members"] == []
    before = (await client.get("/v1/areas/hackney?on=2015-01-01")).json()["data"]
    assert "CE" not in {part["area_code"] for part in before["part_of"]}
