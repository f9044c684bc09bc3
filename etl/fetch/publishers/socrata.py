"""A Socrata portal (Camden's): one table of all payments, asked month by month and page by page."""

import calendar
import csv
import io
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from etl.fetch.addresses import Council
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.step import Step
from etl.fetch.wanted import Fetched, Wanted
from etl.fetch.window import Window
from etl.months import add_months

MOST_PAGES = 500


async def make_steps(
    fetcher: Fetcher, source: str, council: Council, window: Window, months: int
) -> tuple[Step, ...]:
    """One step a month that the table holds. Raises FetchError."""
    steps = []
    for dataset in council.datasets:
        select = f"min({council.date}) as first, max({council.date}) as last"
        url = f"{council.api.format(dataset=dataset)}.json?{urlencode({'$select': select})}"
        held = read_span(await fetcher.read_json(url, council.council))
        month = held[0]
        while month <= held[1]:
            if window.wants((month, month), months):
                steps.append(_make_step(source, council, dataset, month))
            month = add_months(month, 1)
    return tuple(steps)


def read_span(answer: Any) -> tuple[date, date]:
    """The first and the last month of the table: [{"first": "2019-09-16T…", "last": …}]. Raises FetchFailed."""
    try:
        first, last = (date.fromisoformat(str(answer[0][name])[:10]) for name in ("first", "last"))
    except (TypeError, LookupError, ValueError) as error:
        raise FetchFailed(
            f"The portal does not say of which months its table is ({str(answer)[:80]!r})."
        ) from error
    return first.replace(day=1), last.replace(day=1)


def make_url(council: Council, dataset: str, month: date, offset: int) -> str:
    """The address of the page of a month that begins at a row."""
    last = calendar.monthrange(month.year, month.month)[1]
    where = f"{council.date} between '{month:%Y-%m}-01T00:00:00' and '{month:%Y-%m}-{last}T23:59:59'"
    query = {"$where": where, "$order": council.order, "$limit": council.page_size, "$offset": offset}
    return f"{council.api.format(dataset=dataset)}.csv?{urlencode(query)}"


async def get_month(
    fetcher: Fetcher, wanted: Wanted, *, council: Council, dataset: str, month: date
) -> Fetched:
    """Ask page by page, and store them as one file with one header. Raises FetchError."""
    pages: list[str] = []
    rows = 0
    for _ in range(MOST_PAGES):
        text = await fetcher.read_text(make_url(council, dataset, month, rows), council.council)
        header, _, body = text.removeprefix("\ufeff").partition("\n")
        if council.date not in header:
            raise FetchFailed(f"The portal's answer has no column {council.date} ({header[:80]!r}).")
        if body and not body.endswith("\n"):
            body += "\n"
        pages.append(body if pages else f"{header}\n{body}")
        found = sum(1 for row in csv.reader(io.StringIO(body)) if row)
        rows += found
        if found < council.page_size:
            break
    data = "".join(pages).encode()
    return await fetcher.keep(wanted, data, bytes_moved=len(data))


def _make_step(source: str, council: Council, dataset: str, month: date) -> Step:
    wanted = Wanted(
        source=source,
        publisher=council.council,
        url=make_url(council, dataset, month, 0),
        file_name=f"{council.council}/{council.council}-{month:%Y-%m}.csv",
        expects="csv",
        key=f"{council.council}/{council.kind}/{month:%Y-%m}",
    )
    get = partial(get_month, council=council, dataset=dataset, month=month)
    return Step(wanted=wanted, get=get, is_confirmed=council.confirmed, parts="asked month by month")
