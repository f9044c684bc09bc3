"""Which report may be asked for, and what is said to who asks for another."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest

from api.errors import BadParameter, NotFound
from api.figures.windows import parse_month
from api.report.request import list_reported, resolve, write_address
from api.snapshot import Snapshot, load_snapshot
from etl.reference import seed
from tests.api.facts import add_release

TODAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
async def snapshot(pool: asyncpg.Pool) -> AsyncIterator[Snapshot]:
    """Two releases, of 31 January and of 10 February 2026."""
    async with pool.acquire() as connection:
        await seed(connection)
        await add_release(connection, "2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00")
        await add_release(connection, "2026-02-10-bbbbbbbb", "2026-02-10T12:00:00+00:00")
        yield await load_snapshot(connection)


def test_boroughs_bcus_the_met_area_and_london_have_one(snapshot: Snapshot) -> None:
    kinds = [area.area_kind for area in list_reported(snapshot)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "borough": 33,
        "bcu": 12,
        "met_area": 1,
        "london": 1,
    }


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Hackney", "hackney"), ("E09000012", "hackney"), ("ce", "central-east"), ("met", "met")],
)
def test_an_area_by_code_or_slug(snapshot: Snapshot, text: str, slug: str) -> None:
    assert resolve(snapshot, text).area.slug == slug


@pytest.mark.parametrize("text", ["met-located", "inner-london", "metropolitan", "hackny", ""])
def test_other_areas_have_none_and_the_sentence_says_what_has(snapshot: Snapshot, text: str) -> None:
    with pytest.raises(NotFound, match="each borough and each Basic Command Unit has one") as caught:
        resolve(snapshot, text)
    assert "hackney" in caught.value.members["allowed"]  # type: ignore[operator]


def test_months_are_read(snapshot: Snapshot) -> None:
    request = resolve(snapshot, "hackney", "2023-09", "2024-08", today=TODAY)
    assert (request.first, request.last) == (parse_month("2023-09"), parse_month("2024-08"))
    assert write_address(request) == "/reports/hackney?from=2023-09&to=2024-08"


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"to": "2999-01"}, "to"),
        ({"from_": "August"}, "from"),
        ({"from_": "2024-09", "to": "2024-08"}, "to"),
        ({"from_": "1990-01", "to": "2024-08"}, "from"),
        ({"as_of": "2020-01-01"}, "as_of"),
        ({"as_of": "soon"}, "as_of"),
        ({"meeting": "3 December"}, "meeting"),
        ({"meeting": "2026-01-05"}, "meeting"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(
    snapshot: Snapshot, given: dict[str, Any], parameter: str
) -> None:
    with pytest.raises(BadParameter) as caught:
        resolve(snapshot, "hackney", **given, today=TODAY)
    assert caught.value.members["parameter"] == parameter


@pytest.mark.parametrize(
    ("meeting", "as_of", "expected"),
    [
        ("2026-02-01", None, "2026-02-01"),
        ("2026-02-01", "2026-02-10-bbbbbbbb", "2026-02-10-bbbbbbbb"),
        ("2026-03-10", None, None),
        ("2026-12-03", None, None),
    ],
)
def test_a_meeting_that_is_over_shows_what_was_known_on_its_day(
    snapshot: Snapshot, meeting: str, as_of: str | None, expected: str | None
) -> None:
    request = resolve(snapshot, "hackney", as_of=as_of, meeting=meeting, today=TODAY)
    assert (request.meeting, request.as_of) == (meeting, expected)
