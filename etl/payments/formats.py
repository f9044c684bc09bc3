"""What each council publishes, and which column of its files is what: the reviewed table `formats.toml`."""

import re
import tomllib
import unicodedata
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

import msgspec

from geo.publishers import borough_of

# what a column may be; a form names those that its header has
FIELDS = (
    "date",
    "amount",
    "supplier",
    "department",
    "service",
    "purpose",
    "category",
    "reference",
    "vat",
    "payer",
    "kind",
    "grant",
    "redact",
    "postcode",
)
KINDS = ("over_500", "purchase_card", "grant")
GENERAL = "general"


class Form(msgspec.Struct, frozen=True):
    """One header that files of a publisher have. `columns`: of each field the spellings of its name, the first first.

    The other fields are explained in `formats.toml`. `publisher`: 0 of a general form.
    """

    publisher: int
    name: str
    columns: dict[str, tuple[str, ...]]
    kind: Literal["over_500", "purchase_card", "grant"] = "over_500"
    header: tuple[str, ...] = ()
    is_gross: bool = False
    first_filled: tuple[str, ...] = ()
    date_of: Literal["payment", "invoice", "posting"] = "payment"
    is_dateless: bool = False
    month_first: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()


class Publication(msgspec.Struct, frozen=True):
    """What a publisher says, or the survey found, of its payments. `slug`: its name in the table."""

    slug: str
    publisher: int
    aliases: tuple[str, ...]
    threshold: str
    frequency: str
    earliest: date | None
    latest: date | None
    is_verified: bool
    note: str
    forms: tuple[Form, ...]

    @property
    def is_gross(self) -> bool:
        """Whether its amounts are published with VAT."""
        return any(form.is_gross for form in self.forms)


@cache
def load_publications() -> tuple[Publication, ...]:
    """Every publisher of the table, by its number."""
    found = []
    for slug, entry in _read().items():
        if slug == GENERAL:
            continue
        publisher = entry["publisher"]
        found.append(
            Publication(
                slug=slug,
                publisher=publisher,
                aliases=tuple(entry.get("aliases", ())),
                threshold=entry["threshold"],
                frequency=entry["frequency"],
                earliest=entry.get("earliest"),
                latest=entry.get("latest"),
                is_verified=entry.get("is_verified", True),
                note=entry.get("note", ""),
                forms=tuple(_read_form(publisher, form) for form in entry.get("forms", ())),
            )
        )
    return tuple(sorted(found, key=lambda publication: publication.publisher))


@cache
def load_general_forms() -> tuple[Form, ...]:
    """The forms that are nobody's own."""
    return tuple(_read_form(0, form) for form in _read()[GENERAL]["forms"])


def forms_of(publisher: int | None) -> tuple[Form, ...]:
    """The forms in which a publisher's files may come, its own first; None: everybody's."""
    own = [
        form
        for publication in load_publications()
        if publisher is None or publication.publisher == publisher
        for form in publication.forms
    ]
    return (*own, *load_general_forms())


@cache
def load_spellings() -> dict[str, frozenset[str]]:
    """Of each field every spelling that any form has, plain (`plain_name`)."""
    spellings: dict[str, set[str]] = {field: set() for field in FIELDS}
    for form in forms_of(None):
        for field, names in form.columns.items():
            spellings[field].update(map(plain_name, names))
    # Merton's card payments are known by their supplier
    spellings["kind"] -= spellings["supplier"]
    return {field: frozenset(names) for field, names in spellings.items()}


@cache
def load_names() -> frozenset[str]:
    """Every spelling of a column's name as it is written in the table, and the names of the headers given there."""
    names = set[str]()
    for form in forms_of(None):
        names.update(form.header)
        for spellings in form.columns.values():
            names.update(spellings)
    return frozenset(names)


def list_publications() -> list[tuple[Any, ...]]:
    """The rows of table payment_publication, its columns in their order.

    The address of a council's page is with what is fetched from it (etl/fetch), and null here.
    """
    return [
        (
            borough,
            p.frequency,
            p.threshold,
            p.earliest,
            p.latest,
            p.is_gross,
            p.is_verified,
            None,
            p.note or None,
        )
        for p in load_publications()
        if (borough := borough_of(p.publisher)) is not None
    ]


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A column's name without case, spaces and punctuation; £, also where an encoding made œ or � of it, is `gbp`."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^a-z0-9]", "", re.sub("[£œ�\x9c]", "gbp", folded))


def _read_form(publisher: int, entry: dict[str, Any]) -> Form:
    columns = {field: tuple(entry[field]) for field in FIELDS if field in entry}
    other = {key: value for key, value in entry.items() if key not in FIELDS}
    return msgspec.convert({**other, "publisher": publisher, "columns": columns}, Form, strict=True)


def _read() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("formats.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
