"""The table of addresses, read: one entry a source, in the form that its publisher's module takes."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from etl.errors import EtlError

Rate = Annotated[float, msgspec.Meta(gt=0, le=1000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class AddressesRefused(EtlError):  # noqa: N818
    """A table of addresses that cannot be used."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="how", forbid_unknown_fields=True):
    """What is known of every source. `checked`: the day when its addresses were seen to answer with the data.

    `confirmed`: false where some were not seen to; without a day none was.
    """

    title: str
    publisher: str
    licence: str
    every: str
    page: str
    requests_per_second: Rate | None = None
    confirmed: bool = True
    checked: date | None = None

    @property
    def is_confirmed(self) -> bool:
        """Whether its addresses were seen to answer with the data, as far as this entry says."""
        return self.confirmed and self.checked is not None


class Police(Entry, frozen=True, kw_only=True, tag="police", forbid_unknown_fields=True):
    """data.police.uk. `archive`: the address of an archive, with {month}, which holds `archive_months`."""

    last_updated: str
    available: str
    archive: str
    archive_months: Count
    forces: list[str]
    kinds: list[str]
    months: Count


class Arcgis(Entry, frozen=True, kw_only=True, tag="arcgis", forbid_unknown_fields=True):
    """A layer of an ArcGIS feature service, asked `page_size` features at a time, that must come to `features`."""

    service: str
    where: str
    code: str
    fields: list[str]
    page_size: Count
    features: Count
    file_name: str


class File(Entry, frozen=True, kw_only=True, tag="file", forbid_unknown_fields=True):
    """One file at one address."""

    url: str
    file_name: str
    expects: str
    key: str


class Nomis(Entry, frozen=True, kw_only=True, tag="nomis", forbid_unknown_fields=True):
    """Population estimates of Nomis: all ages over the last `years`, and single years of age of the latest."""

    api: str
    dataset: str
    geography: str
    page_size: Count
    years: Count
    total_age: str
    single_ages: str


class DatasetRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files of a dataset: by title and form; the `newest` so many, 0 all."""

    name: str
    title: str
    but_not: str | None = None
    forms: list[str]
    newest: int = 0


class Dataset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dataset of the London Datastore by its id or name."""

    dataset: str
    rules: list[DatasetRule]
    confirmed: bool = True


class Datastore(Entry, frozen=True, kw_only=True, tag="datastore", forbid_unknown_fields=True):
    """Datasets of the London Datastore. `api`: the address of a dataset, with {dataset}."""

    api: str
    datasets: list[Dataset]


class DocumentRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which documents of a collection, and which of their attachments, in the order of `forms`; `one`: the first alone."""

    name: str
    document: str
    document_but_not: str | None = None
    attachment: str
    but_not: str | None = None
    forms: list[str]
    one: bool = False


class Govuk(Entry, frozen=True, kw_only=True, tag="govuk", forbid_unknown_fields=True):
    """A collection of GOV.UK: of its documents the last `years` financial years, or the newest document alone."""

    api: str
    collection: str
    rules: list[DocumentRule]
    years: Count = 5
    newest_document: bool = False


class Council(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one council publishes one kind of payments: see the head of the entry in the table."""

    council: str
    by: Literal["links", "ckan", "socrata", "next", "hand"]
    page: str
    kind: str = "payments"
    confirmed: bool = True
    form: str = "csv"
    hops: list[str] = []
    link: str = ""
    text_but_not: str | None = None
    api: str = ""
    datasets: list[str] = []
    date: str = ""
    order: str = ""
    page_size: Count = 10_000
    why: str = ""


class Councils(Entry, frozen=True, kw_only=True, tag="councils", forbid_unknown_fields=True):
    """The councils, each in its own way."""

    councils: list[Council]
    months: Count


Source = Police | Arcgis | File | Nomis | Datastore | Govuk | Councils


def read_addresses(file: Path | None = None) -> dict[str, Source]:
    """The entries by the name of their source: of the table that ships, or of another. Raises AddressesRefused."""
    if file is None:
        return parse_addresses(
            resources.files(__package__).joinpath("addresses.toml").read_text(encoding="utf-8")
        )
    try:
        return parse_addresses(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise AddressesRefused(f"The table of addresses {file} cannot be read ({error}).") from error


def parse_addresses(text: str) -> dict[str, Source]:
    """The entries of a table. Raises AddressesRefused where it has not the form of addresses.toml."""
    try:
        entries = msgspec.convert(tomllib.loads(text), dict[str, Source])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise AddressesRefused(f"The table of addresses cannot be used: {error}. Correct it.") from error
    for pattern in _list_patterns(entries):
        try:
            re.compile(pattern)
        except re.error as error:
            raise AddressesRefused(
                f"The pattern {pattern!r} of the table of addresses cannot be used: {error}. Correct it."
            ) from error
    return entries


def list_rates(entries: Mapping[str, Source]) -> dict[str, float]:
    """Requests a second of the publishers that want fewer than the setting says; of councils, of each."""
    rates: dict[str, float] = {}
    for entry in entries.values():
        if entry.requests_per_second is None:
            continue
        names = {one.council for one in entry.councils} if isinstance(entry, Councils) else {entry.publisher}
        rates |= dict.fromkeys(names, entry.requests_per_second)
    return rates


def _list_patterns(entries: Mapping[str, Source]) -> list[str]:
    found: list[str | None] = []
    for entry in entries.values():
        match entry:
            case Datastore():
                found += [p for d in entry.datasets for r in d.rules for p in (r.title, r.but_not)]
            case Govuk():
                found += [
                    p for r in entry.rules for p in (r.document, r.document_but_not, r.attachment, r.but_not)
                ]
            case Councils():
                found += [p for c in entry.councils for p in (*c.hops, c.link, c.text_but_not)]
            case _:
                pass
    return [pattern for pattern in found if pattern]
