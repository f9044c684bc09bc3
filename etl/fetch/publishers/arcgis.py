"""ONS Open Geography: the features of a layer, asked page by page and put together into one GeoJSON file."""

import json
from collections import Counter
from functools import partial
from typing import Any
from urllib.parse import urlencode

from etl.fetch.addresses import Arcgis
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.step import Plan, Sources, Step
from etl.fetch.wanted import Fetched, Wanted
from etl.fetch.window import Window

# more pages than any layer of London has
MOST_PAGES = 200


async def make_plan(sources: Sources, source: str, entry: Arcgis, window: Window) -> Plan:
    """The one file that the features become."""
    wanted = Wanted(
        source=source,
        publisher=entry.publisher,
        url=make_url(entry, 0),
        file_name=entry.file_name,
        expects="geojson",
        key=entry.file_name.rpartition(".")[0],
    )
    get = partial(get_features, entry=entry)
    parts = f"{entry.features} features, {entry.page_size} at a time"
    return Plan((Step(wanted=wanted, get=get, is_confirmed=entry.is_confirmed, parts=parts),))


def make_url(entry: Arcgis, offset: int) -> str:
    """The address of the page that begins at a feature, in longitude and latitude."""
    query = {
        "where": entry.where,
        "outFields": ",".join(entry.fields),
        "outSR": "4326",
        "orderByFields": entry.code,
        "resultOffset": str(offset),
        "resultRecordCount": str(entry.page_size),
        "f": "geojson",
    }
    return f"{entry.service}?{urlencode(query)}"


async def get_features(fetcher: Fetcher, wanted: Wanted, *, entry: Arcgis) -> Fetched:
    """Ask page by page, and store them as one. Raises FetchError; FetchFailed where they are not as many as there must be."""
    features: list[dict[str, Any]] = []
    for _ in range(MOST_PAGES):
        page = await fetcher.read_json(make_url(entry, len(features)), wanted.publisher)
        found, more = read_page(page)
        features += found
        if not (found and more):
            break
    data = join_features(features, entry)
    return await fetcher.keep(wanted, data, bytes_moved=len(data))


def read_page(page: Any) -> tuple[list[dict[str, Any]], bool]:
    """The features of a page, and whether there are more. An error comes with status 200. Raises FetchFailed."""
    if not isinstance(page, dict) or not isinstance(page.get("features"), list):
        error = page.get("error") if isinstance(page, dict) else None
        said = error.get("message") if isinstance(error, dict) else str(page)[:80]
        raise FetchFailed(
            f"The feature service answers with no features ({said}): its layer may have been renamed. Look for the newest layer at"
            " geoportal.statistics.gov.uk and correct `service`, `code` and `where` in the table of addresses."
        )
    properties = page.get("properties")
    in_properties = isinstance(properties, dict) and bool(properties.get("exceededTransferLimit"))
    return page["features"], in_properties or bool(page.get("exceededTransferLimit"))


def join_features(features: list[dict[str, Any]], entry: Arcgis) -> bytes:
    """One feature collection, in the order of the codes. Raises FetchFailed where a code lacks or stands twice."""
    codes = [str((feature.get("properties") or {}).get(entry.code)) for feature in features]
    twice = [code for code, count in Counter(codes).items() if count > 1]
    if twice or len(features) != entry.features:
        said = f"{twice[0]} stands twice" if twice else f"{entry.features} were expected"
        raise FetchFailed(
            f"The feature service sent {len(features)} features, and {said}. Nothing was stored; try again."
        )
    ordered = [feature for _, feature in sorted(zip(codes, features, strict=True), key=lambda pair: pair[0])]
    return json.dumps(
        {"type": "FeatureCollection", "features": ordered}, ensure_ascii=False, separators=(",", ":")
    ).encode()
