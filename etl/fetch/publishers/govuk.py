"""GOV.UK: by its content API a collection, its documents, and the files attached to them.

The address of a file changes whenever it is corrected, so no address of a file stands in the table.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from etl.fetch.addresses import DocumentRule, Govuk
from etl.fetch.errors import FetchError, FetchFailed
from etl.fetch.step import Note, Plan, Sources, Step, matches, name_file
from etl.fetch.wanted import Wanted
from etl.fetch.window import Period, Window, read_period

# what is added to the name of the same file when it is published again
EDITION = re.compile(r"([_ -]+(v\d+|revised|live|final|updated|correct(ed|ion)))+$", re.IGNORECASE)


class Document(msgspec.Struct, frozen=True):
    """A page of a collection: where it is, what it is called, when it was last changed."""

    path: str
    title: str
    updated: str

    @property
    def period(self) -> Period | None:
        """The financial year that its path names, such as `england-2026-to-2027`."""
        return read_period(self.path.replace("-", " "))


class Attachment(msgspec.Struct, frozen=True):
    """A file attached to a document."""

    title: str
    url: str
    form: str
    size: int | None

    @property
    def name(self) -> str:
        """As the publisher named the file."""
        return name_file(self.url, self.form)


async def make_plan(sources: Sources, source: str, entry: Govuk, window: Window) -> Plan:
    """One step a file; a document that does not answer, or in which a rule finds nothing, is a note."""
    read = sources.fetcher.read_json
    answer = await read(entry.api + entry.collection, entry.publisher)
    documents = read_documents(answer, entry.collection)
    steps: list[Step] = []
    notes: list[Note] = []
    for rule in entry.rules:
        for document in choose_documents(documents, rule, entry, window):
            url = entry.api + document.path
            try:
                attachments = read_attachments(await read(url, entry.publisher))
            except FetchError as error:
                notes.append(_note(source, entry, url, "failed", str(error)))
                continue
            chosen = choose_attachments(attachments, rule)
            if not chosen:
                said = f"No file of {document.title!r} fits the rule {rule.name}."
                notes.append(_note(source, entry, url, "passed_over", said))
            steps += [_make_step(source, entry, rule, document, attachment) for attachment in chosen]
    if not steps and not notes:
        said = f"No document of {entry.collection} fits the rules. Correct them in the table of addresses."
        notes.append(_note(source, entry, entry.page, "failed", said))
    return Plan(tuple(steps), tuple(notes))


def read_documents(answer: Any, collection: str) -> list[Document]:
    """The documents of a collection. Raises FetchFailed."""
    links = answer.get("links") if isinstance(answer, dict) else None
    listed = links.get("documents") if isinstance(links, dict) else None
    if not isinstance(listed, list):
        raise FetchFailed(
            f"GOV.UK answers about {collection} in another way than it used to: it lists no documents."
        )
    return [
        Document(str(row["base_path"]), str(row.get("title") or ""), str(row.get("public_updated_at") or ""))
        for row in listed
        if isinstance(row, dict) and row.get("base_path")
    ]


def choose_documents(
    documents: Iterable[Document], rule: DocumentRule, entry: Govuk, window: Window
) -> list[Document]:
    """The documents of a rule, the newest first: those of the months asked for, else of the entry's last years."""
    found = [
        one
        for one in documents
        if matches(rule.document, one.path, one.title)
        and not matches(rule.document_but_not, one.path, one.title)
    ]
    if entry.newest_document:
        return sorted(found, key=lambda one: one.updated, reverse=True)[:1]
    if window.is_all and not window.first:
        return found
    if window.first or window.last:
        span = window.span(12 * entry.years)
        return [one for one in found if (p := one.period) is None or (p[0] <= span[1] and p[1] >= span[0])]
    years = sorted({p[0] for one in found if (p := one.period)}, reverse=True)[: entry.years]
    return [one for one in found if (p := one.period) is None or p[0] in years]


def read_attachments(answer: Any) -> list[Attachment]:
    """The files of a document. Raises FetchFailed."""
    details = answer.get("details") if isinstance(answer, dict) else None
    listed = details.get("attachments") if isinstance(details, dict) else None
    if not isinstance(listed, list):
        raise FetchFailed("GOV.UK answers in another way than it used to: the document lists no attachments.")
    return [
        Attachment(
            str(row.get("title") or ""),
            str(row["url"]),
            name_file(str(row["url"])).rpartition(".")[2].lower(),
            row["file_size"] if isinstance(row.get("file_size"), int) else None,
        )
        for row in listed
        # an attachment may be a page of GOV.UK
        if isinstance(row, dict) and row.get("url") and row.get("attachment_type", "file") == "file"
    ]


def choose_attachments(attachments: Iterable[Attachment], rule: DocumentRule) -> list[Attachment]:
    """The files of a rule; of a file in several forms the one whose form comes first in the rule."""
    found = [
        one
        for one in attachments
        if one.form in rule.forms
        and matches(rule.attachment, one.title, one.name)
        and not matches(rule.but_not, one.title, one.name)
    ]
    found.sort(key=lambda one: rule.forms.index(one.form))
    if rule.one:
        return found[:1]
    taken: dict[str, Attachment] = {}
    for one in found:
        taken.setdefault(one.name.rpartition(".")[0].casefold(), one)
    return list(taken.values())


def _make_step(
    source: str, entry: Govuk, rule: DocumentRule, document: Document, attachment: Attachment
) -> Step:
    period = document.period
    year = f"{period[0]:%Y}-{period[1]:%y}" if period and not entry.newest_document else ""
    stem = EDITION.sub("", attachment.name.rpartition(".")[0])
    return Step(
        wanted=Wanted(
            source=source,
            publisher=entry.publisher,
            url=attachment.url,
            file_name=attachment.name,
            expects=attachment.form,
            key=rule.name if rule.one else "/".join(part for part in (rule.name, year, stem) if part),
        ),
        size=attachment.size,
        is_confirmed=entry.is_confirmed,
    )


def _note(source: str, entry: Govuk, url: str, status: str, message: str) -> Note:
    return Note(source=source, publisher=entry.publisher, url=url, status=status, message=message)
