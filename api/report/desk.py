"""What a report is written from: the scorecard's rows, and more figures of the same area as they are asked for.

All figures come through `api.values` and `api.comparison`, which withhold what may not be shown; observations are never read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from api.charts import MONTHS
from api.comparison import KINDS, resolve_comparison, stand
from api.contrast import Standing
from api.errors import BadParameter
from api.figures.windows import parse_month, text_of
from api.model import ComparedRow, ValueRow
from api.questions import gather
from api.report.request import ReportRequest
from api.report.words import name_window
from api.request import resolve_request
from api.scorecard import ScorecardRow
from api.series import label_group
from api.snapshot import Area, Snapshot
from api.values import compute_values
from sql.measure import TOTAL, Measure, load_measures

# Months that are shown month by month, where no beginning was asked for; years that are shown by year.
SHOWN_MONTHS = 24
SHOWN_YEARS = 10
YEAR = 12
NOT_HELD = "no months here"


@dataclass(frozen=True, slots=True)
class Desk:
    """A report in the writing. `rows` are those of the area's scorecard, by metric and group."""

    conn: Any
    snapshot: Snapshot
    request: ReportRequest
    rows: Mapping[tuple[str, str], ScorecardRow]

    @property
    def area(self) -> Area:
        """The area that it is about."""
        return self.request.area

    def find(self, metric: str, group: str = TOTAL) -> ScorecardRow | None:
        """The scorecard's row of a series; None where it has none."""
        return self.rows.get((metric, group))

    def list_rows(self, metric: str) -> list[ScorecardRow]:
        """The scorecard's rows of a metric: the total, or its groups, or both."""
        return [row for (name, _), row in self.rows.items() if name == metric]

    def is_held(self, row: ValueRow) -> bool:
        """Whether any file of a row's source is held: without one its window is only the year before the release."""
        source = measure_of(row).source
        return row.value is not None or any(name == source for name, _ in self.snapshot.coverage)

    def months(self, row: ValueRow) -> str:
        """The months of a row in words; of one whose source has no file at all, that there are none."""
        return name_window(row) if self.is_held(row) else NOT_HELD

    def lead(self, metric: str) -> ScorecardRow | None:
        """The row of a metric to begin with: the first that has a figure, else the first."""
        rows = self.list_rows(metric)
        return next((row for row in rows if row.value is not None), rows[0] if rows else None)

    def label(self, row: ValueRow) -> str | None:
        """The words of a row's group; None for the total."""
        return label_group(self.snapshot, measure_of(row), row.basis, row.group)


def set_desk(conn: Any, snapshot: Snapshot, request: ReportRequest, rows: Sequence[ScorecardRow]) -> Desk:
    """A desk with the rows of the area's scorecard."""
    return Desk(conn, snapshot, request, {(row.metric, row.group): row for row in rows})


def measure_of(row: ValueRow) -> Measure:
    """The measure of a row."""
    return load_measures()[row.metric]


async def fetch(desk: Desk, metric: str, **given: str | Sequence[str] | None) -> list[ComparedRow]:
    """Figures of the report's area as `/v1/values` gives them; those of `compare=year_before` have all of `ComparedRow`'s
    fields of it. Empty where there are none, as of years that no publisher gave.
    """
    raw = gather(metric=metric, area=desk.area.area_code, **given)
    try:
        request = resolve_request(desk.snapshot, raw)
    except BadParameter:
        return []
    return cast(list[ComparedRow], await compute_values(desk.conn, desk.snapshot, request))


async def fetch_months(desk: Desk, row: ScorecardRow) -> list[ComparedRow]:
    """The months of the series of a row up to its last: those shown, and as many before as its limits stand on."""
    last = parse_month(row.to_month)
    first = min(find_first(desk, row), last - MONTHS + 1)
    return await fetch(
        desk,
        row.metric,
        from_=text_of(first),
        to=row.to_month,
        window="month",
        group=None if row.group == TOTAL else row.group,
        basis=row.basis,
    )


def find_first(desk: Desk, row: ScorecardRow) -> int:
    """The first month to be shown of a series."""
    return parse_month(row.to_month) - SHOWN_MONTHS + 1 if desk.request.first is None else desk.request.first


async def fetch_years(desk: Desk, row: ScorecardRow, *bases: str) -> list[ComparedRow]:
    """The financial years of the metric of a row up to its own, on some bases (the row's own by default), the latest ten."""
    last = parse_month(row.to_month)
    first = max(_find_beginning(desk.snapshot, measure_of(row).source, last), last - SHOWN_YEARS * YEAR + 1)
    return await fetch(
        desk,
        row.metric,
        from_=text_of(first),
        to=row.to_month,
        window="financial_year",
        group=None if row.group == TOTAL else row.group,
        basis=bases or (row.basis,),
    )


def _find_beginning(snapshot: Snapshot, source: str, last: int) -> int:
    """The first month that the files of a source reach; the last where there is none."""
    months = [month for (name, _), held in snapshot.coverage.items() if name == source for month in held]
    return min([*months, last])


async def find_stand(desk: Desk, row: ScorecardRow, kind: str | None = None) -> Standing | None:
    """How the areas of a kind stand in the series and window of a row: by default of the report's own kind, and of the
    boroughs where it is of all of them.

    None where they are not compared in it.
    """
    if kind is None:
        kind = desk.area.area_kind if desk.area.area_kind in KINDS else "borough"
    try:
        request = resolve_comparison(
            desk.snapshot,
            row.metric,
            to=row.to_month,
            window=row.window,
            group=None if row.group == TOTAL else row.group,
            basis=row.basis,
        )
    except BadParameter:
        return None
    (window,) = request.selections[0].windows
    if text_of(window.first) != row.from_month or text_of(window.last) != row.to_month:
        return None
    return await stand(desk.conn, desk.snapshot, kind, request)
