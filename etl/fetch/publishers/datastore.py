"""The London Datastore: a dataset's list of files, then those of them that the table's rules choose."""

from collections.abc import Mapping
from typing import Any

import msgspec

from etl.fetch.addresses import Dataset, DatasetRule, Datastore
from etl.fetch.checks import KINDS
from etl.fetch.errors import FetchError, FetchFailed
from etl.fetch.step import Note, Plan, Sources, Step, matches, name_file
from etl.fetch.wanted import Wanted
from etl.fetch.window import Window, read_period


class Resource(msgspec.Struct, frozen=True):
    """A file of a dataset. `stamp`: what sorts the newer after the older."""

    resource: str
    title: str
    url: str
    form: str
    size: int | None
    stamp: tuple[str, str, str]


async def make_plan(sources: Sources, source: str, entry: Datastore, window: Window) -> Plan:
    """One step a file; a dataset that does not answer, or in which a rule finds nothing, is a note."""
    steps: list[Step] = []
    notes: list[Note] = []
    for dataset in entry.datasets:
        url = entry.api.format(dataset=dataset.dataset)
        try:
            resources = read_resources(await sources.fetcher.read_json(url, entry.publisher), dataset.dataset)
        except FetchError as error:
            notes.append(_note(source, entry, url, str(error)))
            continue
        for rule in dataset.rules:
            chosen = choose(resources, rule, window)
            if not chosen:
                titles = "; ".join(resource.title for resource in resources[:5]) or "none"
                said = f"No file of the dataset {dataset.dataset} fits the rule {rule.name} (its files: {titles})."
                notes.append(_note(source, entry, url, f"{said} Correct the rule in the table of addresses."))
            steps += [_make_step(source, entry, dataset, rule, resource) for resource in chosen]
    return Plan(tuple(steps), tuple(notes))


def read_resources(answer: Any, dataset: str) -> list[Resource]:
    """The files of a dataset: by id in an object, as this API has them, or in a list. Raises FetchFailed."""
    held = answer.get("resources") if isinstance(answer, dict) else None
    if isinstance(held, list):
        held = {str(row.get("id", number)): row for number, row in enumerate(held) if isinstance(row, dict)}
    if not isinstance(held, dict):
        raise FetchFailed(
            f"The London Datastore answers about the dataset {dataset} in another way than it used to: it lists no files."
        )
    return [
        _read_resource(str(key), row)
        for key, row in held.items()
        if isinstance(row, Mapping) and row.get("url")
    ]


def choose(resources: list[Resource], rule: DatasetRule, window: Window) -> list[Resource]:
    """The files of a rule, the newest first: of those asked for, all; else the rule's number of them, by title and stamp."""
    found = [
        one
        for one in resources
        if one.form in rule.forms and matches(rule.title, one.title) and not matches(rule.but_not, one.title)
    ]
    found.sort(key=lambda one: (_last_month(one), one.stamp), reverse=True)
    if window.first or window.last:
        span = window.span(1)
        said = [one for one in found if (period := read_period(one.title))]
        found = [
            one
            for one in found
            if one not in said
            or ((period := read_period(one.title)) and period[0] <= span[1] and period[1] >= span[0])
        ]
    elif rule.newest and not window.is_all:
        found = found[: rule.newest]
    return found


def _last_month(resource: Resource) -> str:
    period = read_period(resource.title)
    return f"{period[1]:%Y-%m}" if period else ""


def _read_resource(key: str, row: Mapping[str, Any]) -> Resource:
    url = str(row["url"])
    form = str(row.get("format") or "").lower().lstrip(".")
    ending = name_file(url).rpartition(".")[2].lower()
    size = row.get("check_size") or row.get("size")
    return Resource(
        resource=key,
        title=str(row.get("title") or row.get("filename") or name_file(url)),
        url=url,
        # what the Datastore calls `spreadsheet` may be of any form: the address tells
        form=form if form in ("csv", "xlsx", "xls", "ods", "zip", "json") else ending,
        size=size if isinstance(size, int) else None,
        stamp=tuple(
            str(row.get(name) or "") for name in ("temporal_coverage_to", "timestamp", "check_timestamp")
        ),  # type: ignore[arg-type]
    )


def _make_step(
    source: str, entry: Datastore, dataset: Dataset, rule: DatasetRule, resource: Resource
) -> Step:
    return Step(
        wanted=Wanted(
            source=source,
            publisher=entry.publisher,
            url=resource.url,
            file_name=name_file(resource.url, resource.form),
            expects=resource.form if resource.form in KINDS else "any",
            # a rule for one file names it for good; of several each has the id that the publisher gave it
            key=f"{dataset.dataset}/{rule.name if rule.newest == 1 else resource.resource}",
        ),
        size=resource.size,
        is_confirmed=entry.is_confirmed and dataset.confirmed,
    )


def _note(source: str, entry: Datastore, url: str, message: str) -> Note:
    return Note(source=source, publisher=entry.publisher, url=url, status="failed", message=message)
