"""Given a feed reader, expect valid Atom and JSON Feed of releases and of what is new in an area."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element, fromstring

import httpx
import msgspec
import pytest

from api.feed_entries import tell_findings
from api.feeds import Entry, Feed, name_for_ever, write_atom, write_json_feed
from api.report.finding import Finding
from api.snapshot import Release

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("/feeds/releases", "/feeds/areas/city-of-london", "/feeds/areas/hackney", "/feeds/areas/met")
WHEN = datetime(2024, 10, 1, 9, 30, tzinfo=UTC)


def read_one(parent: Element, name: str) -> str:
    (found,) = parent.findall(f"{ATOM}{name}")
    assert found.text, name
    return found.text


def check_atom(content: bytes, address: str) -> list[Element]:
    """What RFC 4287 requires of a feed and of each entry."""
    root = fromstring(content)
    assert root.tag == f"{ATOM}feed"
    ids = [read_one(root, "id")]
    assert read_one(root, "title")
    updated = datetime.fromisoformat(read_one(root, "updated"))
    assert updated.tzinfo is not None
    assert root.findall(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"] == address
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        ids.append(read_one(entry, "id"))
        assert read_one(entry, "title")
        assert datetime.fromisoformat(read_one(entry, "updated")) <= updated
        (link,) = entry.findall(f"{ATOM}link")
        assert link.get("rel") in (None, "alternate")  # the one is the other (RFC 4287, section 4.2.7.2)
        assert str(link.get("href")).startswith("http://borough.test/")
        (words,) = entry.findall(f"{ATOM}content")
        assert words.get("type") == "html"
    assert len(ids) == len(set(ids))
    for one in ids:
        assert one.startswith("urn:uuid:")
        UUID(one.removeprefix("urn:uuid:"))
    return entries


@pytest.mark.parametrize("address", FEEDS)
async def test_atom_is_valid_and_the_same_each_time(loaded: httpx.AsyncClient, address: str) -> None:
    answer = await loaded.get(address)
    assert answer.headers["content-type"].split(";")[0] == "application/atom+xml"
    entries = check_atom(answer.content, f"http://borough.test{address}")
    assert entries
    assert (await loaded.get(address)).content == answer.content
    for entry in entries:
        (link,) = entry.findall(f"{ATOM}link")
        assert (await loaded.get(str(link.get("href")))).status_code == 200
    again = await loaded.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("address", FEEDS)
async def test_json_feed_says_the_same(loaded: httpx.AsyncClient, address: str) -> None:
    """JSON Feed 1.1: version and title; of each item an id and content; all ids texts, each once."""
    entries = check_atom((await loaded.get(address)).content, f"http://borough.test{address}")
    answer = await loaded.get(f"{address}?format=json")
    assert answer.headers["content-type"].split(";")[0] == "application/feed+json"
    feed: dict[str, Any] = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"http://borough.test{address}?format=json"
    assert feed["home_page_url"].startswith("http://borough.test/")
    assert [item["id"] for item in feed["items"]] == [read_one(entry, "id") for entry in entries]
    assert [item["title"] for item in feed["items"]] == [read_one(entry, "title") for entry in entries]
    for item in feed["items"]:
        assert item["content_text"]
        assert datetime.fromisoformat(item["date_published"]).tzinfo is not None
    accepted = await loaded.get(address, headers={"Accept": "application/feed+json"})
    assert accepted.json() == feed


async def test_releases_are_told_with_what_changed(loaded: httpx.AsyncClient) -> None:
    feed = (await loaded.get("/feeds/releases?format=json")).json()
    rows = (await loaded.get("/v1/releases")).json()["data"]
    assert [item["title"] for item in feed["items"]] == [f"Release {row['release']}" for row in rows]
    for item, row in zip(feed["items"], rows, strict=True):
        assert item["content_text"].startswith(row["sentence"])
        assert item["date_published"] == row["published_at"]
    changes = (await loaded.get("/v1/revisions")).json()["data"]
    told = feed["items"][0]["content_text"].splitlines()[1:]
    assert told == [row["sentence"] for row in changes if row["figures_changed"]]
    assert 1 < len(told) < 12
    assert feed["items"][-1]["content_text"].endswith("It is the first release.")


async def test_only_what_is_new_is_told(loaded: httpx.AsyncClient) -> None:
    """The second release brought another copy of the City's crimes: of Hackney's searches nothing is new with it."""
    new, old = (row["published_at"] for row in (await loaded.get("/v1/releases")).json()["data"])
    items = (await loaded.get("/feeds/areas/hackney?format=json")).json()["items"]
    assert items
    assert {item["date_published"] for item in items} == {old}
    assert new not in {item["date_published"] for item in items}


def test_two_findings_that_say_the_same_of_a_figure_are_one_entry() -> None:
    """That a figure is higher, and that its BCU hides it, are two findings told in one sentence."""
    given: dict[str, Any] = dict.fromkeys(Finding.__struct_fields__, "") | {"weight": 1}
    higher = Finding(**given | {"id": "a", "title": "Burglary", "words": "Higher.", "href": "/figures/x/y"})
    hidden = msgspec.structs.replace(higher, id="b")
    other = msgspec.structs.replace(higher, id="c", words="A signal.")
    release = Release(1, "2024-10-01-a", WHEN, False, "v")
    told = tell_findings(release, [higher, hidden, other])
    assert [one.key for one in told] == ["finding/a/2024-10-01-a", "finding/c/2024-10-01-a"]


async def test_what_is_refused(loaded: httpx.AsyncClient) -> None:
    assert (await loaded.get("/feeds/releases?format=rss")).json()["allowed"] == ["atom", "json"]
    assert (await loaded.get("/feeds/areas/atlantis")).status_code == 404


def test_ids_are_of_what_is_told_and_not_of_who_tells_it() -> None:
    entry = Entry(key="release/a", title="A <b>", path="/x?a=1&b=2", published_at=WHEN, sentences=("1 < 2.",))
    feed = Feed(
        key="releases",
        title="News",
        subtitle="All.",
        path="/feeds/releases",
        page="/coverage",
        updated_at=WHEN,
        entries=(entry,),
        is_sample=True,
    )
    one, other = (
        fromstring(write_atom(feed, origin)) for origin in ("http://a.example", "https://b.example")
    )
    assert [found.text for found in one.iter(f"{ATOM}id")] == [
        found.text for found in other.iter(f"{ATOM}id")
    ]
    assert one.findtext(f"{ATOM}entry/{ATOM}title") == "A <b>"
    assert one.findtext(f"{ATOM}entry/{ATOM}content") == "<p>1 &lt; 2.</p>"
    assert one.findtext(f"{ATOM}title") == "News. Sample data, not real."
    assert name_for_ever("release/a") != name_for_ever("release/b")
    assert write_json_feed(feed, "") == write_json_feed(feed, "")
