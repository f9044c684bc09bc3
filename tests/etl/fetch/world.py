"""Publishers rebuilt on a local server: every address of the shipped table, with its host as the first part of the path."""

import io
import random
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from etl.fetch.addresses import Source, parse_addresses
from etl.fetch.client import Fetcher
from etl.fetch.plan import make_plan, make_request
from etl.fetch.run import run_plan
from etl.fetch.step import Plan, Sources
from etl.fetch.wanted import Fetched
from etl.fetch.window import Window
from tests.etl.fetch.server import Reply, Request, Server

TODAY = date(2026, 11, 22)
HOST = re.compile(r"https://([a-z0-9.-]+)")


class World:
    """A server that stands for every publisher. Addresses are given as they are published, and told as the server has them."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def local(self, text: str) -> str:
        """A text with its addresses turned to the server."""
        return HOST.sub(lambda match: f"{self.server.base}/{match[1]}", text)

    def path(self, url: str) -> str:
        """The path of an address on the server, without its query."""
        return self.local(url).removeprefix(self.server.base).partition("?")[0]

    def table(self) -> str:
        """The shipped table of addresses, turned to the server."""
        return self.local(resources.files("etl.fetch").joinpath("addresses.toml").read_text(encoding="utf-8"))

    def entries(self) -> dict[str, Source]:
        """Its entries."""
        return parse_addresses(self.table())

    def file(self, url: str, data: bytes | Path, **more: Any) -> None:
        """Publish a file."""
        self.server.file(self.path(url), data, **more)

    def json(self, url: str, answer: object) -> None:
        """Publish the answer of an API, addresses in it turned to the server."""
        body = self.local(msgspec.json.encode(answer).decode()).encode()
        self.server.reply(self.path(url), Reply(200, {"Content-Type": "application/json"}, body))

    def page(self, url: str, html: str) -> None:
        """Publish a web page, addresses in it turned to the server."""
        self.server.reply(
            self.path(url), Reply(200, {"Content-Type": "text/html"}, self.local(html).encode())
        )

    def asked(self, url: str) -> list[Request]:
        """What was asked of an address."""
        return self.server.asked(self.path(url))


async def plan_of(
    fetcher: Fetcher,
    world: World,
    *sources: str,
    window: Window | None = None,
    councils: tuple[str, ...] = (),
    entries: Mapping[str, Source] | None = None,
) -> Plan:
    """What there is to fetch of some sources."""
    entries = entries or world.entries()
    request = make_request(entries, sources, window or Window(today=TODAY), councils)
    return await make_plan(Sources(fetcher, fetcher.store.raw), entries, request)


async def fetch_all(fetcher: Fetcher, plan: Plan) -> dict[str, Fetched]:
    """What became of the files of a plan, by key."""
    return {one.wanted.key: one for one in await run_plan(fetcher, plan)}


def read_raw(fetcher: Fetcher, fetched: Fetched) -> bytes:
    """The stored bytes."""
    assert fetched.path is not None
    assert fetched.path.is_relative_to(fetcher.store.raw)
    return fetched.path.read_bytes()


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """A zip as data.police.uk makes them: deflated, with dates of the day it was made."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 9, 1, 4, 30, 0)), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def unzip(data: bytes) -> dict[str, bytes]:
    """The members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_members(
    months: Iterable[str],
    forces: Iterable[str],
    kinds: Iterable[str] = ("street", "outcomes", "stop-and-search"),
    size: int = 20_000,
    seed: int = 1,
) -> dict[str, bytes]:
    """Members of an archive of all forces, each of bytes that hardly shrink when they are packed."""
    chance = random.Random(seed)
    return {
        f"{month}/{month}-{force}-{kind}.csv": b"Crime ID,Month\n" + chance.randbytes(size)
        for month in months
        for force in forces
        for kind in kinds
    }


def links_page(links: Mapping[str, str]) -> str:
    """A page with links: text by address."""
    items = "".join(f'<li><a href="{url}">{text}</a></li>' for url, text in links.items())
    return f"<!doctype html><html><head><title>Spending</title></head><body><ul>{items}</ul></body></html>"
