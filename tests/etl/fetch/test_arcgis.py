"""ONS Open Geography: pages of features become one file, which the loader's reader of boundaries takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from etl.fetch.addresses import Arcgis, read_addresses
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.publishers.arcgis import join_features, read_page
from geo.boundary import load_outline, read_boundary_file, to_geojson
from tests.etl.fetch.server import Reply, Request, Server
from tests.etl.fetch.world import World, fetch_all, plan_of, read_raw


def entry() -> Arcgis:
    found = read_addresses()["boundaries"]
    assert isinstance(found, Arcgis)
    return found


def features() -> list[dict[str, Any]]:
    """The 33 boroughs of the shipped outline, as the service describes them."""
    return [
        {
            "type": "Feature",
            "id": number,
            "geometry": feature["geometry"],
            "properties": {
                "LAD24CD": feature["properties"]["gss_code"],
                "LAD24NM": feature["properties"]["name"],
            },
        }
        for number, feature in enumerate(to_geojson(load_outline())["features"], 1)
    ]


class Service:
    """A feature service that sends no more than `most` features at once, whatever it is asked for."""

    def __init__(self, rows: list[dict[str, Any]], most: int, *, in_properties: bool) -> None:
        self.rows = rows
        self.most = most
        self.in_properties = in_properties

    def __call__(self, request: Request) -> Reply:
        query = request.query
        assert query["f"] == "geojson"
        assert query["outSR"] == "4326"
        assert query["where"] == "LAD24CD LIKE 'E09%'"
        start = int(query["resultOffset"])
        count = min(int(query["resultRecordCount"]), self.most)
        page = self.rows[start : start + count]
        answer: dict[str, Any] = {"type": "FeatureCollection", "features": page}
        if start + count < len(self.rows):
            answer |= (
                {"properties": {"exceededTransferLimit": True}}
                if self.in_properties
                else {"exceededTransferLimit": True}
            )
        return Reply(200, {"Content-Type": "application/geo+json"}, json.dumps(answer).encode())


@pytest.fixture
def world(server: Server) -> World:
    return World(server)


@pytest.mark.parametrize(("most", "pages"), [(33, 4), (7, 5)])
async def test_the_pages_become_one_file_that_the_loader_reads(
    fetcher: Fetcher, world: World, most: int, pages: int
) -> None:
    world.server.on(world.path(entry().service), Service(features(), most, in_properties=most == 7))
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "boundaries"))).values()
    assert fetched.status == "new", fetched.message
    assert len(world.asked(entry().service)) == pages
    assert fetched.path is not None
    boundaries = read_boundary_file(fetched.path)
    assert boundaries.polygons.shape == (33,)
    expected = load_outline().polygons
    for ours, theirs in zip(boundaries.polygons, expected, strict=True):
        assert ours.symmetric_difference(theirs).area < 1e-3 * theirs.area


async def test_the_same_features_in_another_order_are_the_same_file(fetcher: Fetcher, world: World) -> None:
    path = world.path(entry().service)
    world.server.on(path, Service(features(), 33, in_properties=True))
    plan = await plan_of(fetcher, world, "boundaries")
    (first,) = (await fetch_all(fetcher, plan)).values()
    # answers are kept for a run: another run asks again
    async with Fetcher(fetcher.store.raw, fetcher.settings, clock=fetcher.clock) as again:
        world.server.on(path, Service(features()[::-1], 33, in_properties=True))
        (second,) = (await fetch_all(again, await plan_of(again, world, "boundaries"))).values()
    assert (first.status, second.status) == ("new", "unchanged")
    assert second.path == first.path


async def test_too_few_features_store_nothing(fetcher: Fetcher, world: World) -> None:
    world.server.on(world.path(entry().service), Service(features()[:32], 33, in_properties=True))
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "boundaries"))).values()
    assert fetched.status == "failed"
    assert "32 features, and 33 were expected" in fetched.message
    assert fetched.path is None
    assert not list(Path(fetcher.store.raw).rglob("*.geojson"))


async def test_an_error_with_status_200_says_what_to_correct(fetcher: Fetcher, world: World) -> None:
    world.json(entry().service, {"error": {"code": 400, "message": "Invalid URL", "details": []}})
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "boundaries"))).values()
    assert fetched.status == "failed"
    assert "(Invalid URL)" in fetched.message
    assert "correct `service`" in fetched.message


def test_what_a_page_may_be() -> None:
    assert read_page({"features": [{"a": 1}], "exceededTransferLimit": True}) == ([{"a": 1}], True)
    assert read_page({"features": [], "properties": {"exceededTransferLimit": False}}) == ([], False)
    pages: tuple[Any, ...] = (None, [], "x", {}, {"features": None}, {"error": "no"})
    for page in pages:
        with pytest.raises(FetchFailed, match="no features"):
            read_page(page)


def test_a_borough_that_stands_twice_is_refused() -> None:
    rows = features()
    with pytest.raises(FetchFailed, match="E09000001 stands twice"):
        join_features([*rows[:32], rows[0]], entry())


async def test_the_stored_file_holds_what_was_sent_and_nothing_else(fetcher: Fetcher, world: World) -> None:
    world.server.on(world.path(entry().service), Service(features(), 33, in_properties=True))
    (fetched,) = (await fetch_all(fetcher, await plan_of(fetcher, world, "boundaries"))).values()
    stored = json.loads(read_raw(fetcher, fetched))
    assert stored == {"type": "FeatureCollection", "features": features()}
