"""Money from the database, added up over the areas and windows of frames, and what of it is withheld.

Payments for domestic abuse are told as totals only (docs/disclosure.md): of whole financial years, where each council of
the area has five of them or more, or none. The same holds for what counts them among others, since the others are
told by themselves.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.errors import BadParameter
from api.figures.councils import COUNCILS, PAYMENTS, list_paid_months
from api.figures.exposure import BOROUGHS
from api.figures.money import MoneyFrame, MoneySums, add_money, build_table
from api.figures.windows import MARCH, Window, WindowKind, first_day
from api.snapshot import Snapshot
from geo.publishers import council_of
from sql.measure import TOTAL, Measure
from sql.queries import load

YEAR, ENOUGH = 12, 9
TAGGED, WITHHELD_GROUP = "payments_total", "tag:domestic_abuse"
# Metrics of which a part is that group; the other parts are groups of their own.
WITHHELD_METRICS = ("payments_community_safety_total",)
# Financial years alone: two kinds of year overlap, and their difference is a quarter.
WITHHELD_WINDOWS: tuple[WindowKind, ...] = ("financial_year",)
WITHHELD_WINDOW = (
    "{what} holds payments for domestic abuse, which are told as totals of whole financial years: ask for "
    "window=financial_year, not {window}."
)
WORD = np.dtype(">i8")
COLUMNS = 5
SERIES_BITS = 32

Bools = NDArray[np.bool_]


def is_withheld_kind(measure: Measure, group: str) -> bool:
    """Whether a figure holds payments for domestic abuse that could be told from it."""
    if measure.source != PAYMENTS:
        return False
    return group == WITHHELD_GROUP or (group == TOTAL and measure.metric in WITHHELD_METRICS)


def keep_told(
    measure: Measure, series: tuple[tuple[str, str], ...], window: WindowKind, groups: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """The series (basis, group) that may be told by a kind of window; `groups` as they were asked for.

    Raises BadParameter where one that may not was asked for by its name, or is all there is.
    """
    if window in WITHHELD_WINDOWS:
        return series
    told = tuple(pair for pair in series if not is_withheld_kind(measure, pair[1]))
    names = {text.strip().casefold() for text in groups}
    is_named = bool(names & {WITHHELD_GROUP, WITHHELD_GROUP.partition(":")[2]})
    if told and not is_named:
        return told
    what = WITHHELD_GROUP if is_named else measure.metric
    raise BadParameter("window", window, WITHHELD_WINDOWS, WITHHELD_WINDOW.format(what=what, window=window))


def find_last_paid(snapshot: Snapshot, bases: Collection[str], areas: Sequence[str]) -> int | None:
    """The latest month of payments of these kinds that any council of the areas published, else any council at all."""
    members = [part for area in areas for part in snapshot.members.get(area, ())]
    held = {part.borough for part in members if part.borough in COUNCILS}
    paid = list_paid_months(snapshot.coverage, bases, held)
    paid = paid or list_paid_months(snapshot.coverage, bases, COUNCILS)
    return paid[-1] if paid else None


async def fetch_money(
    conn: Any, snapshot: Snapshot, series: Sequence[int | None], frames: Sequence[MoneyFrame]
) -> list[MoneySums]:
    """The sums of each series (by number, None: never published) over frames of the same months, read once."""
    frame = frames[0]
    first, last = first_day(frame.first), first_day(frame.last)
    starts = [(first_day(month) - first).days for month in range(frame.first, frame.last + 1)]
    ids = [-1 - place if one is None else one for place, one in enumerate(series)]
    rows, version = await _fetch(conn, snapshot, [one for one in ids if one >= 0], first, last)
    table = build_table(rows, ids, starts)
    return [replace(add_money(table, one), method_version=version) for one in frames]


async def _fetch(
    conn: Any, snapshot: Snapshot, ids: list[int], first: date, last: date
) -> tuple[NDArray[np.int64], int]:
    """Rows of the columns that `build_table` names, and the version of their method."""
    arguments = ids, first, last, list(range(1, BOROUGHS))
    if snapshot.is_latest:
        row = await conn.fetchrow(load("money_current"), *arguments)
        # a release may have come since the snapshot was loaded
        if (row["release_id"] or 0) == snapshot.release_id:
            return _read(row["observations"]), row["method_version"] or 0
    row = await conn.fetchrow(load("money_past"), *arguments, snapshot.release_id)
    return _read(row["observations"]), row["method_version"] or 0


def _read(observations: bytes | None) -> NDArray[np.int64]:
    words = np.frombuffer(observations or b"", dtype=WORD).reshape(-1, COLUMNS).astype(np.int64)
    series, days = words[:, 0] >> SERIES_BITS, words[:, 0] & ((1 << SERIES_BITS) - 1)
    return np.column_stack([series, days, words[:, 1:]])


async def find_withheld(
    conn: Any, snapshot: Snapshot, bases: Sequence[str | None], frame: MoneyFrame
) -> Bools:
    """Which figures are withheld: series × areas × windows. `bases`: of each series, None where nothing is.

    Every area's figure is the sum of councils' figures that are themselves given, so nothing follows by subtracting areas;
    and no two windows share a month. Where any release had few payments, or a few more than another, none has the figure.
    """
    found = np.zeros((len(bases), *frame.membership.of.shape), dtype=bool)
    boroughs = frame.membership.boroughs[frame.membership.of]  # areas × windows × boroughs
    received = frame.months_received
    for row, basis in enumerate(bases):
        if basis is None:
            continue
        for column, window in enumerate(frame.windows):
            few = await find_few(conn, snapshot, basis, window)
            holds = boroughs[:, column]
            months = received[frame.needs[row], frame.membership.of[:, column], column]
            # of several councils the months must be those of each: else one less the others would tell a month
            goes_on = (holds.sum(axis=1) == 1) & (holds @ find_going_on(snapshot, basis, window) > 0)
            found[row, :, column] = (holds @ few > 0) | ~is_whole(months, goes_on)
    return found


def is_whole(months: NDArray[np.int64], goes_on: Bools) -> Bools:
    """Whether years are told that have so many months: all of them, or nine where the council went on publishing."""
    whole: Bools = (months == YEAR) | (goes_on & (months >= ENOUGH))
    return whole


def find_going_on(snapshot: Snapshot, basis: str, window: Window) -> NDArray[np.float64]:
    """Boroughs (1, else 0) whose council published a kind of payment after a window, so that what the window lacks is
    hardly to come: each month that came would be told by the difference of two releases.
    """
    found = np.zeros(BOROUGHS)
    for borough in range(1, BOROUGHS):
        by_month = snapshot.coverage.get((PAYMENTS, council_of(borough)), {})
        found[borough] = any(
            month > window.last and row.status == "received" and (row.words is None or basis in row.words)
            for month, row in by_month.items()
        )
    return found


async def find_few(conn: Any, snapshot: Snapshot, basis: str, window: Window) -> NDArray[np.float64]:
    """Boroughs (1, else 0) whose council's figure is withheld in a window: all of them but in a financial year."""
    kept: dict[tuple[str, Window], NDArray[np.float64]] = snapshot.memo.setdefault("withheld_payments", {})
    key = basis, window
    if key not in kept:
        few = np.ones(BOROUGHS)
        number = snapshot.series.get((TAGGED, basis, WITHHELD_GROUP))
        if window.months == YEAR and window.last % YEAR == MARCH and number is not None:
            few = np.zeros(BOROUGHS)
            rows = await conn.fetch(
                load("money_withheld"), number, first_day(window.first), first_day(window.last), basis
            )
            few[[row["borough"] for row in rows]] = 1
        kept[key] = few
    return kept[key]
