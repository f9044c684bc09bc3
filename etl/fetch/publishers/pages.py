"""Links to files: on web pages, in lists of portals. Pure."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import msgspec
from bs4 import BeautifulSoup

from etl.fetch.errors import FetchFailed
from etl.fetch.step import FORMS, name_file


class Link(msgspec.Struct, frozen=True):
    """An address and the words that lead to it."""

    url: str
    text: str

    @property
    def name(self) -> str:
        """The name of the file: the last part of its address that says more than its form (`…/aug-2026/CSV`)."""
        parts = urlsplit(self.url)
        path = parts.path.rstrip("/")
        if path.rpartition("/")[2].lower() in FORMS:
            path, _, ending = path.rpartition("/")
            return name_file(path, ending.lower())
        return name_file(self.url)

    @property
    def form(self) -> str:
        """The ending of its address where it is one of a form of data, else ''."""
        ending = self.name.rpartition(".")[2].lower()
        return ending if ending in FORMS else ""


def read_links(html: str, page: str) -> list[Link]:
    """The links of a page in their order, each address once, absolute. `page`: its address."""
    soup = BeautifulSoup(html, "html.parser")
    base = soup.find("base", href=True)
    start = urljoin(page, str(base["href"])) if base else page
    found: dict[str, Link] = {}
    for anchor in soup.find_all("a", href=True):
        url = _join(start, str(anchor["href"]).strip()).partition("#")[0].replace(" ", "%20")
        if url.startswith(("http://", "https://")):
            found.setdefault(url, Link(download_of(url), " ".join(anchor.get_text(" ").split())))
    return list(found.values())


def _join(page: str, address: str) -> str:
    """An address as the page means it; '' for one that is none, such as `http://[draft]/`: other links are not spoilt by it."""
    try:
        joined = urljoin(page, address)
        urlsplit(joined)
    except ValueError:
        return ""
    return joined


def download_of(url: str) -> str:
    """The file itself, where an address leads to a page of Google Drive that shows it."""
    parts = urlsplit(url)
    if parts.hostname == "drive.google.com" and parts.path.startswith("/file/d/"):
        return f"https://drive.google.com/uc?export=download&id={parts.path.split('/')[3]}"
    return url


def name_drive(url: str) -> str | None:
    """The id of a file of Google Drive, whose address ends in nothing that could name it."""
    ids = parse_qs(urlsplit(url).query).get("id")
    return ids[0] if ids and "/uc" in urlsplit(url).path else None


def read_package(answer: Any, url: str) -> list[Link]:
    """The files of a dataset, as the action API of CKAN and DataPress lists them. Raises FetchFailed."""
    result = answer.get("result") if isinstance(answer, dict) else None
    listed = result.get("resources") if isinstance(result, dict) else None
    if not isinstance(listed, list):
        raise FetchFailed(f"The portal lists no files at {url}. Look whether the dataset has moved.")
    return list(_read_resources(listed, url))


def read_next(html: str, page: str) -> list[Link]:
    """The files that a page of Next.js holds as JSON in itself. Raises FetchFailed."""
    script = BeautifulSoup(html, "html.parser").find("script", id="__NEXT_DATA__")
    try:
        data = json.loads(script.get_text()) if script else None
    except ValueError:
        data = None
    lists = list(_find_lists(data, "resources"))
    if not lists:
        raise FetchFailed(f"The page {page} holds no list of files as it used to.")
    return list(_read_resources(max(lists, key=len), page))


def _read_resources(listed: list[Any], page: str) -> Iterator[Link]:
    seen = set()
    for row in listed:
        if isinstance(row, dict) and (url := row.get("url")) and url not in seen:
            seen.add(url)
            words = (row.get("title"), row.get("name"))
            text = next((str(word) for word in words if word), "")
            if joined := _join(page, str(url)).replace(" ", "%20"):
                yield Link(joined, text)


def _find_lists(data: Any, name: str) -> Iterator[list[Any]]:
    """Every list under that name, however deep."""
    waiting = [data]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(held := one.get(name), list):
                yield held
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
