"""What there is to fetch of the sources that were asked for: one plan, whatever their publishers."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from etl.errors import EtlError
from etl.fetch.addresses import Arcgis, Councils, Datastore, File, Govuk, Nomis, Police, Source
from etl.fetch.errors import UNLIKE, FetchError
from etl.fetch.publishers import arcgis, councils, datastore, files, govuk, nomis, police
from etl.fetch.step import Note, Plan, Sources, Step
from etl.fetch.window import Window


class UnknownSource(EtlError):  # noqa: N818
    """A source or a council that the table of addresses does not have."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for. `councils`: of the payments those of these alone; () all."""

    sources: tuple[str, ...]
    window: Window
    councils: tuple[str, ...] = ()
    accept_smaller: bool = False


def make_request(
    entries: Mapping[str, Source],
    sources: Sequence[str],
    window: Window,
    council_slugs: Sequence[str] = (),
    *,
    accept_smaller: bool = False,
) -> Request:
    """What was asked for, in the words of the table. No source: all of them. Raises UnknownSource."""
    if unknown := [source for source in sources if source not in entries]:
        raise UnknownSource(f"{unknown[0]!r} is no source. Name one of: {', '.join(entries)}.")
    known = {c.council for e in entries.values() if isinstance(e, Councils) for c in e.councils}
    if strange := [slug for slug in council_slugs if slug not in known]:
        raise UnknownSource(f"{strange[0]!r} is no council. Name one of: {', '.join(sorted(known))}.")
    return Request(
        sources=tuple(dict.fromkeys(sources or entries)),
        window=window,
        councils=tuple(council_slugs),
        accept_smaller=accept_smaller,
    )


async def make_plan(given: Sources, entries: Mapping[str, Source], request: Request) -> Plan:
    """What there is to fetch. A source whose publisher does not say it is a note, and the others are planned."""
    plans = await asyncio.gather(
        *(_plan_source(given, source, entries[source], request) for source in request.sources)
    )
    return _part_keys(Plan.join(plans), accept_smaller=request.accept_smaller)


async def _plan_source(given: Sources, source: str, entry: Source, request: Request) -> Plan:
    window = request.window
    try:
        match entry:
            case Police():
                return await police.make_plan(given, source, entry, window)
            case Datastore():
                return await datastore.make_plan(given, source, entry, window)
            case Arcgis():
                return await arcgis.make_plan(given, source, entry, window)
            case Nomis():
                return await nomis.make_plan(given, source, entry, window)
            case Govuk():
                return await govuk.make_plan(given, source, entry, window)
            case File():
                return await files.make_plan(given, source, entry, window)
            case Councils():
                return await councils.make_plan(given, source, entry, window, request.councils)
    except FetchError as error:
        said = str(error)
    except UNLIKE as error:
        said = f"{entry.publisher} answers in another way than it used to ({type(error).__name__}: {error})."
    note = Note(source=source, publisher=entry.publisher, url=entry.page, status="failed", message=said)
    return Plan(notes=(note,))


def _part_keys(plan: Plan, *, accept_smaller: bool) -> Plan:
    """Give each file a key and a name of its own, so that two files of one run never take each other's place."""
    seen: Counter[tuple[str, str]] = Counter()
    names: Counter[tuple[str, str]] = Counter()
    urls: set[tuple[str, str]] = set()
    steps: list[Step] = []
    for step in plan.steps:
        wanted = step.wanted
        if (wanted.source, wanted.url) in urls:
            continue
        urls.add((wanted.source, wanted.url))
        seen[wanted.source, wanted.key] += 1
        names[wanted.source, wanted.file_name] += 1
        changed: dict[str, object] = {}
        if (number := seen[wanted.source, wanted.key]) > 1:
            changed["key"] = f"{wanted.key}/{number}"
        if (number := names[wanted.source, wanted.file_name]) > 1:
            stem, dot, ending = wanted.file_name.rpartition(".")
            changed["file_name"] = f"{stem}-{number}{dot}{ending}"
        if accept_smaller:
            changed["accept_smaller"] = True
        if changed:
            step = msgspec.structs.replace(step, wanted=msgspec.structs.replace(wanted, **changed))
        steps.append(step)
    return Plan(tuple(steps), plan.notes)
