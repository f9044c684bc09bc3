"""Feeds: news with lasting ids, written as Atom (RFC 4287) and as JSON Feed 1.1. Pure, the same bytes for the same feed."""

from datetime import datetime
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from feedgen.feed import FeedGenerator

from api.envelope import ATTRIBUTION, LICENCE_NAME, SAMPLE_NOTICE

AUTHOR = "Borough accountability"
LANGUAGE = "en-GB"
ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"
# What ids are made under: names of this software, whichever server gives them, so a copy gives the same id.
NAMESPACE = uuid5(NAMESPACE_URL, "tag:borough-accountability,2026:feeds")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of news. `key` names it for ever; `path` is where it leads; `sentences` are what it says."""

    key: str
    title: str
    path: str
    published_at: datetime
    sentences: tuple[str, ...]


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """News with the latest first. `path` is the feed's own address, `page` the page of the same thing for people."""

    key: str
    title: str
    subtitle: str
    path: str
    page: str
    updated_at: datetime
    entries: tuple[Entry, ...]
    is_sample: bool


def name_for_ever(key: str) -> str:
    """The id of a feed or an entry: the same wherever and whenever it is written."""
    return f"urn:uuid:{uuid5(NAMESPACE, key)}"


def write_atom(feed: Feed, origin: str) -> bytes:
    """The feed as Atom. `origin`: under which address the server was asked."""
    written = FeedGenerator()
    written.id(name_for_ever(feed.key))
    written.title(_mark(feed))
    written.subtitle(feed.subtitle)
    written.author({"name": AUTHOR})
    written.language(LANGUAGE)
    written.rights(f"{LICENCE_NAME}. {ATTRIBUTION}")
    written.generator(AUTHOR)
    written.link(href=origin + feed.path, rel="self", type=ATOM)
    written.link(href=origin + feed.page, rel="alternate", type="text/html")
    written.updated(feed.updated_at)
    for entry in feed.entries:
        one = written.add_entry(order="append")
        one.id(name_for_ever(entry.key))
        one.title(entry.title)
        one.link(href=origin + entry.path, rel="alternate", type="text/html")
        one.published(entry.published_at)
        one.updated(entry.published_at)
        one.content(_write_html(entry), type="html")
    return bytes(written.atom_str(pretty=True))


def write_json_feed(feed: Feed, origin: str) -> bytes:
    """The feed as JSON Feed 1.1."""
    items: list[dict[str, Any]] = [
        {
            "id": name_for_ever(entry.key),
            "url": origin + entry.path,
            "title": entry.title,
            "content_text": "\n".join(entry.sentences),
            "content_html": _write_html(entry),
            "date_published": entry.published_at,
            "date_modified": entry.published_at,
        }
        for entry in feed.entries
    ]
    return msgspec.json.encode(
        {
            "version": VERSION,
            "title": _mark(feed),
            "home_page_url": origin + feed.page,
            "feed_url": f"{origin}{feed.path}?format=json",
            "description": f"{feed.subtitle} {ATTRIBUTION}",
            "language": LANGUAGE,
            "authors": [{"name": AUTHOR}],
            "items": items,
        }
    )


def _mark(feed: Feed) -> str:
    return f"{feed.title}. {SAMPLE_NOTICE}" if feed.is_sample else feed.title


def _write_html(entry: Entry) -> str:
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in entry.sentences)
