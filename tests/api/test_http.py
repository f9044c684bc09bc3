"""Given how HTTP is spoken, expect the answers of RFC 9110."""

import gzip

import brotli
import httpx

from api.envelope import ATTRIBUTION
from tests.api.given import OLD

PATHS = (
    "/",
    "/v1/areas",
    "/v1/areas/hackney",
    "/v1/locate?postcode=E81EA",
    "/v1/metrics",
    "/v1/metrics/crime_rate",
    "/v1/values?metric=stop_search_rate&area=hackney",
    "/v1/boundaries",
    "/v1/coverage",
    "/v1/sources",
    "/v1/releases",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/schema",
    "/schema/openapi.json",
    "/schema/explorer",
)


async def test_head_is_get_without_its_body(client: httpx.AsyncClient) -> None:
    for path in PATHS:
        get, head = await client.get(path), await client.head(path)
        assert get.status_code == head.status_code == 200, (path, get.text)
        assert head.content == b""
        if path not in ("/metrics",):
            assert dict(head.headers) == dict(get.headers), path
    assert (await client.head("/nothing")).status_code == 404


async def test_every_answer_thanks_and_protects(client: httpx.AsyncClient) -> None:
    for path in (*PATHS, "/nothing", "/v1/values"):
        headers = (await client.get(path)).headers
        assert headers["x-attribution"] == ATTRIBUTION.replace("©", "(c)"), path
        assert 'rel="license"' in headers["link"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["access-control-allow-origin"] == "*"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "x-sample-data" not in headers


async def test_a_tag_and_a_date(client: httpx.AsyncClient) -> None:
    path = "/v1/areas"
    first = await client.get(path)
    tag, date = first.headers["etag"], first.headers["last-modified"]
    assert first.headers["x-release"] == OLD
    assert "no-cache" in first.headers["cache-control"]
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": date},
    ):
        for method in ("GET", "HEAD"):
            again = await client.request(method, path, headers=headers)
            assert again.status_code == 304, headers
            assert again.content == b""
            assert again.headers["etag"] == tag
            assert "content-length" not in again.headers
            assert "content-type" not in again.headers
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": date},
        {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert (await client.get(path, headers=headers)).status_code == 200, headers


async def test_another_question_has_another_tag(client: httpx.AsyncClient) -> None:
    tags = {
        (await client.get(path, headers=headers)).headers["etag"]
        for path, headers in (
            ("/v1/areas", {"Accept-Encoding": "identity"}),
            ("/v1/areas", {"Accept-Encoding": "gzip"}),
            ("/v1/areas", {"Accept-Encoding": "br"}),
            ("/v1/areas?format=csv", {"Accept-Encoding": "identity"}),
            ("/v1/areas?kind=borough", {"Accept-Encoding": "identity"}),
        )
    }
    assert len(tags) == 5


async def test_the_same_question_in_other_words_has_the_same_tag(client: httpx.AsyncClient) -> None:
    one = await client.get("/v1/values?metric=stop_search_rate&area=hackney&from=2023-09")
    other = await client.get("/v1/values?from=2023-09&area=hackney&metric=stop_search_rate")
    assert one.headers["etag"] == other.headers["etag"]


async def test_compression(client: httpx.AsyncClient) -> None:
    plain = await client.get("/v1/areas", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept, Accept-Encoding"
    for name, decompress in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        async with client.stream("GET", "/v1/areas", headers={"Accept-Encoding": name}) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == name
        assert int(answer.headers["content-length"]) == len(raw) < len(plain.content)
        assert decompress(raw) == plain.content


async def test_what_must_be_fresh_is_not_kept(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/health/ready", "/metrics", "/nothing", "/v1/values?x=1"):
        answer = await client.get(path)
        assert answer.headers["cache-control"] == "no-store", path
        assert "etag" not in answer.headers


async def test_pages_of_other_sites_may_read(client: httpx.AsyncClient) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = await client.options("/v1/values", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"


async def test_counts(client: httpx.AsyncClient) -> None:
    text = (await client.get("/metrics")).text
    assert "borough_answers_remembered_total" in text
    assert "borough_database_reachable 1.0" in text
