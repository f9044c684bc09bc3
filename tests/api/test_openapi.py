"""Given the document at /schema, expect it to be valid, whole and true, and the explorer to stay at home."""

import re
from typing import Any

import httpx
from litestar import Litestar
from openapi_spec_validator import validate

from api.app import create_app

METHODS = ("get", "post", "put", "patch", "delete")


async def read(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/schema/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


async def test_the_document_is_valid(client: httpx.AsyncClient) -> None:
    document = await read(client)
    assert str(document["openapi"]).startswith("3.1")
    validate(document)
    assert (await client.get("/schema")).json() == document


async def test_every_route_is_documented(client: httpx.AsyncClient) -> None:
    router = create_app().application
    assert isinstance(router, Litestar)
    routes = {
        (route.path_format, method.lower())
        for route in router.routes
        if not route.path.startswith("/schema")
        for method in route.methods
        if method != "OPTIONS"
    }
    document = await read(client)
    documented = {
        (path, method) for path, item in document["paths"].items() for method in item if method in METHODS
    }
    assert documented == routes
    assert {path for path, _ in routes} >= {
        "/",
        "/v1/areas",
        "/v1/areas/{area}",
        "/v1/locate",
        "/v1/metrics",
        "/v1/metrics/{metric}",
        "/v1/values",
        "/v1/boundaries",
        "/v1/coverage",
        "/v1/sources",
        "/v1/releases",
        "/health/live",
        "/health/ready",
        "/metrics",
    }


async def test_every_operation_has_its_id_and_an_example(client: httpx.AsyncClient) -> None:
    document = await read(client)
    ids = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            ids.append(operation["operationId"])
            assert operation["summary"], where
            assert operation["description"], where
            responses = operation["responses"]
            assert any("examples" in media for media in responses["200"]["content"].values()), where
            for parameter in operation.get("parameters", []):
                assert parameter["description"], (where, parameter["name"])
                assert parameter["name"] == "format" or "examples" in parameter, (where, parameter["name"])
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", str(name)) for name in ids)


async def test_a_person_gets_the_explorer(client: httpx.AsyncClient) -> None:
    answer = await client.get("/schema", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == (await client.get("/schema/explorer")).text


async def test_the_explorer_refers_to_no_other_host(client: httpx.AsyncClient) -> None:
    answer = await client.get("/schema/explorer")
    assert "://" not in answer.text
    assert "//" not in re.sub(r"<!DOCTYPE html>", "", answer.text).replace("</", "")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    files = re.findall(r'(?:src|href)="(/schema/explorer/[^"]+)"', answer.text)
    assert len(files) == 3
    for file in files:
        found = await client.get(file)
        assert found.status_code == 200
        assert found.headers["content-type"].startswith(("text/javascript", "text/css"))
    start = (await client.get("/schema/explorer/start.js")).text
    assert "validatorUrl: null" in start
    assert "://" not in start
    assert "://" not in re.sub(
        r"url\(data:[^)]*\)", "", (await client.get("/schema/explorer/swagger-ui.css")).text
    ).replace("http://www.w3.org/2000/svg", "")


async def test_the_explorer_can_read_this_version(client: httpx.AsyncClient) -> None:
    script = (await client.get("/schema/explorer/swagger-ui-bundle.js")).text
    (version,) = set(re.findall(r'PACKAGE_VERSION:"(\d+)\.', script)) or {"0"}
    assert int(version) >= 5


async def test_only_the_explorers_own_files_are_given(client: httpx.AsyncClient) -> None:
    for name in ("index.html", "swagger-ui.js.map", "..%2f..%2f__init__.py", "nothing"):
        assert (await client.get(f"/schema/explorer/{name}")).status_code == 404
