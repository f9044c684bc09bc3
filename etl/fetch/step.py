"""One file that would be fetched, what there is to say of what would not, and both together."""

import re
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from etl.fetch.client import Fetcher
from etl.fetch.files import safe_name
from etl.fetch.wanted import Fetched, Wanted


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A file to fetch. `get`: how, where it is put together from several answers; None: as it is, from its address.

    `size`: in bytes, where the publisher says it. `is_confirmed`: whether its address was seen to answer with the data.
    `parts`: what of it is taken, in words.
    """

    wanted: Wanted
    get: Callable[[Fetcher, Wanted], Awaitable[Fetched]] | None = None
    size: int | None = None
    is_confirmed: bool = True
    parts: str = ""

    async def run(self, fetcher: Fetcher) -> Fetched:
        """Fetch it. Raises FetchError where it is put together and a part of it did not come."""
        return await (self.get(fetcher, self.wanted) if self.get else fetcher.get(self.wanted))


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What is not fetched. status: failed (a list of files did not come), by_hand, or passed_over."""

    source: str
    publisher: str
    url: str
    status: str
    message: str


class Plan(msgspec.Struct, frozen=True):
    """What would be fetched, and what would not."""

    steps: tuple[Step, ...] = ()
    notes: tuple[Note, ...] = ()

    @classmethod
    def join(cls, plans: Iterable["Plan"]) -> "Plan":
        """Several plans as one, in their order."""
        listed = list(plans)
        return cls(
            tuple(step for plan in listed for step in plan.steps),
            tuple(note for plan in listed for note in plan.notes),
        )


class Sources(msgspec.Struct, frozen=True):
    """What every publisher's module is given: the fetcher, and the folder in which it stores."""

    fetcher: Fetcher
    raw: Path


def name_file(url: str, form: str = "") -> str:
    """The name of the file at an address, fit for a folder; with `form` for its ending where it has none that is known."""
    name = safe_name(unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2])
    _, dot, ending = name.rpartition(".")
    return name if not form or (dot and ending.lower() in FORMS) else safe_name(f"{name}.{form}")


FORMS = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "zip", "json", "geojson", "gpkg")


def matches(pattern: str | None, *texts: str) -> bool:
    """Whether a pattern of the table is found in one of the texts; an empty one never is."""
    return bool(pattern) and any(re.search(pattern or "", text, re.IGNORECASE) for text in texts)
