"""Given who asks and what for, expect the right answer from memory, or none from there."""

import asyncpg
import httpx
import pytest

from api.finish import Entry, is_unchanged
from api.render.formats import choose_format
from api.respond import file_headers


@pytest.mark.parametrize(
    ("since", "is_same"),
    [
        ("Sat, 31 Jan 2026 12:00:00 GMT", True),
        ("Sat, 31 Jan 2026 12:00:00 -0000", True),
        ("Sat, 31 Jan 2026 12:00:00", True),
        ("Sat, 31 Jan 2026 11:59:59 -0000", False),
        ("Sat, 31 Jan 99999999999999999999 12:00:00 GMT", False),
        ("Sat, 31 Jan 0001 00:00:00 +2300", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_a_date_however_it_is_written(since: str, is_same: bool) -> None:
    entry = Entry(200, [], b"", '"tag"', "Sat, 31 Jan 2026 12:00:00 GMT", is_lasting=True)
    assert is_unchanged(entry, [(b"if-modified-since", since.encode())]) == is_same


async def test_a_page_and_a_document_of_one_address_are_kept_apart(client: httpx.AsyncClient) -> None:
    # All three weigh every media type alike; only the second names HTML.
    for accept, content_type in (
        ("*/*", "application/vnd.oai.openapi+json"),
        ("text/html, */*", "text/html"),
        ("*/*", "application/vnd.oai.openapi+json"),
    ):
        answer = await client.get("/schema", headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(content_type), accept


async def test_places_are_looked_up_each_time(client: httpx.AsyncClient, world: asyncpg.Pool) -> None:
    path = "/v1/locate?postcode=N1C4AG"
    first = await client.get(path)
    assert first.status_code == 200
    assert "last-modified" not in first.headers
    again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    await world.execute("delete from postcode where postcode = 'N1C 4AG'")
    assert (await client.get(path)).status_code == 404


async def test_the_link_to_the_values_of_a_metric_works(client: httpx.AsyncClient) -> None:
    for metric in ("stop_search_rate", "stop_search_under_18_share"):
        link = (await client.get(f"/v1/metrics/{metric}")).json()["links"]["values"]
        answer = await client.get(link)
        assert answer.status_code == 200, answer.text


def test_a_file_of_sample_data_says_so_in_its_name() -> None:
    csv = choose_format("csv", "", ("json", "csv"))
    named = 'attachment; filename="borough-values{}.csv"'
    assert file_headers(csv, "values", True) == {"Content-Disposition": named.format("-sample")}
    assert file_headers(csv, "values", False) == {"Content-Disposition": named.format("")}
