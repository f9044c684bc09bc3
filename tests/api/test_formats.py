"""Given a question, expect the same figures in every format."""

import csv
import io

import httpx

from api.envelope import ATTRIBUTION
from tests.api.given import OLD

HACKNEY = "/v1/values?metric=stop_search_rate&area=hackney&from=2023-09&to=2024-08"


async def test_json(client: httpx.AsyncClient) -> None:
    answer = await client.get(HACKNEY)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert list(body) == ["data", "links", "release", "sample", "attribution"]
    assert body["attribution"] == ATTRIBUTION
    assert body["sample"] is False
    assert body["release"]["release"] == OLD
    (row,) = body["data"]
    # 11 months of 120 + m searches: all but the fourth.
    assert row["numerator"] == 11 * 120 + sum(range(1, 13)) - 4
