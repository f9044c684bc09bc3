"""Councils' payments: what each lists on its page or portal, as the table of addresses says of it.

A file is stored as `<council>/<council>-<months>.<form>`, so that its folder says who paid and its name when; the name that
the council gave it stands in its manifest.
"""

import asyncio
import re
from collections.abc import Collection
from functools import partial

import msgspec

from etl.fetch.addresses import Council, Councils
from etl.fetch.errors import UNLIKE, FetchError
from etl.fetch.publishers import socrata
from etl.fetch.publishers.pages import Link, name_drive, read_links, read_next, read_package
from etl.fetch.step import Note, Plan, Sources, Step, matches
from etl.fetch.wanted import Wanted
from etl.fetch.window import Period, Window, name_period, read_period

TABLES = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods")
# whatever an address says, councils put workbooks behind .csv, and the loader reads both
EXPECTS = "csv|xlsx|xls|ods"
CARD = re.compile(r"p[ _-]?card|pcard|purchas\w*[ _-]*card|procurement[ _-]*card|gpc\b|LCC", re.IGNORECASE)
# more pages of one council than any has years
MOST_PAGES = 60


class File(msgspec.Struct, frozen=True):
    """A link to a file, and the months that it is of."""

    link: Link
    kind: str
    period: Period | None


async def make_plan(
    sources: Sources, source: str, entry: Councils, window: Window, councils: Collection[str] = ()
) -> Plan:
    """One step a file; a council whose page does not answer, or is fetched by hand, is a note. `councils`: these alone."""
    chosen = [
        msgspec.structs.replace(one, confirmed=one.confirmed and entry.is_confirmed)
        for one in entry.councils
        if not councils or one.council in councils
    ]
    plans = await asyncio.gather(*(_plan_council(sources, source, entry, one, window) for one in chosen))
    return Plan.join(plans)


async def _plan_council(
    sources: Sources, source: str, entry: Councils, council: Council, window: Window
) -> Plan:
    note = partial(Note, source=source, publisher=council.council, url=council.page)
    if council.by == "hand":
        said = (
            f"{council.why}. Fetch by hand: open the page, save the files into a folder, then borough load --council"
            f" {council.council} FOLDER"
        )
        return Plan(notes=(note(status="by_hand", message=said),))
    try:
        if council.by == "socrata":
            return Plan(await socrata.make_steps(sources.fetcher, source, council, window, entry.months))
        links = await list_links(sources, council, window, entry.months)
    except FetchError as error:
        return Plan(notes=(note(status="failed", message=str(error)),))
    except UNLIKE as error:
        said = f"Its page or portal answers in another way than it used to ({type(error).__name__}: {error})."
        return Plan(notes=(note(status="failed", message=said),))
    files = choose_files(links, council)
    wanted = [file for file in files if window.wants(file.period, entry.months)]
    notes = []
    if not files:
        said = (
            "No link of the page fits its pattern in the table of addresses. Look at the page and correct it."
        )
        notes.append(note(status="failed", message=said))
    elif not wanted:
        notes.append(
            note(status="passed_over", message=f"None of its {len(files)} files is of these months.")
        )
    nameless = sum(file.period is None for file in files)
    if nameless and not window.is_all:
        said = f"{nameless} of its {len(files)} files do not say of which month they are; --all fetches them."
        notes.append(note(status="passed_over", message=said))
    steps = tuple(Step(wanted=want(source, council, file), is_confirmed=council.confirmed) for file in wanted)
    return Plan(steps, tuple(notes))


async def list_links(sources: Sources, council: Council, window: Window, months: int) -> list[Link]:
    """All links that the council's pages or portal have. Raises FetchError."""
    read_text = sources.fetcher.read_text
    if council.by == "next":
        return read_next(await read_text(council.page, council.council), council.page)
    if council.by == "ckan":
        found: list[Link] = []
        for dataset in council.datasets:
            url = council.api.format(dataset=dataset)
            found += read_package(await sources.fetcher.read_json(url, council.council), url)
        return found
    pages = [council.page]
    links: list[Link] = []
    for pattern in (*council.hops, None):
        links = []
        for page in pages[:MOST_PAGES]:
            links += read_links(await read_text(page, council.council), page)
        if pattern:
            # a page of a year that is not wanted need not be asked for; one that names none may hold anything
            pages = [
                link.url
                for link in links
                if matches(pattern, link.url)
                and ((p := read_period(link.text, link.name)) is None or window.wants(p, months))
            ]
    return list({link.url: link for link in links}.values())


def choose_files(links: list[Link], council: Council) -> list[File]:
    """The links to files of payments: of the same months and kind in two forms, that which stands first in TABLES."""
    files: dict[tuple[str, Period | str], File] = {}
    for link in links:
        if council.link and not matches(council.link, link.url):
            continue
        form = link.form or council.form
        if form not in TABLES or matches(council.text_but_not, link.text):
            continue
        words = f"{link.text} {link.name}"
        kind = "purchase-card" if CARD.search(words) else council.kind
        file = File(link, kind, read_period(link.text, link.name))
        key = (kind, file.period or link.url)
        held = files.get(key)
        if held is None or TABLES.index(form) < TABLES.index(held.link.form or council.form):
            files[key] = file
        elif form == (held.link.form or council.form):
            # two files of the same months: a correction, or two halves; both are wanted, each under its own name
            files[kind, link.url] = file
    return list(files.values())


def want(source: str, council: Council, file: File) -> Wanted:
    """The file as it is wanted."""
    form = file.link.form or council.form
    kind = "" if file.kind == "payments" else f"-{file.kind}"
    when = name_period(file.period) if file.period else None
    own = name_drive(file.link.url) or file.link.name.rpartition(".")[0] or file.link.name
    slug = re.sub(r"[^a-z0-9]+", "-", own.casefold()).strip("-")[:60]
    return Wanted(
        source=source,
        publisher=council.council,
        url=file.link.url,
        file_name=f"{council.council}/{council.council}-{when or slug}{kind}.{form}",
        expects=EXPECTS,
        key=f"{council.council}/{file.kind}/{when or slug}",
    )
