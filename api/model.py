"""The figures as they go over the wire. The same names are the CSV header and the JSON keys."""

from functools import lru_cache
from typing import Literal, cast

import msgspec

from api.figures.windows import Window, WindowKind


class ValueRow(msgspec.Struct, frozen=True, gc=False, rename={"from_month": "from", "to_month": "to"}):
    """One figure: a metric of an area over a window, for a group, on a basis.

    `value` of a rate is per 1,000 residents a year, of a share between 0 and 1, of money in pounds or in pounds for each
    resident. `denominator` of a rate is person-years, of money residents. `numerator` counts what was received, of money
    in pounds; `unplaced_numerator` is the part of it without a borough (areas that include such events) and
    `other_forces_numerator` the part recorded by a force other than the one that polices the place; where the home
    force's file is missing altogether, all that other forces recorded there.
    """

    metric: str
    area_code: str
    area_name: str
    area_kind: str
    from_month: str
    to_month: str
    window: WindowKind
    group: str
    basis: str
    numerator: float | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    method: str
    method_version: int
    status: str
    flags: tuple[str, ...]
    reason: str | None
    months_expected: int
    months_received: int
    placed_share: float | None
    known_share: float | None
    unplaced_numerator: int | None
    other_forces_numerator: int | None
    release: str | None
    as_of: str | None


class RatioRow(ValueRow, frozen=True, gc=False, rename={"from_month": "from", "to_month": "to"}):
    """A rate ratio, its band and its verdict.

    `difference_per_1000` is the group's rate less the reference group's. `difference_in_number` is how many
    events of the group there were beyond what the reference group's rate would give.
    """

    reference_numerator: int | None
    reference_denominator: float | None
    unknown_numerator: int | None
    assumption_low: float | None
    assumption_high: float | None
    difference_per_1000: float | None
    difference_in_number: float | None
    verdict: str | None


class ComparedRow(RatioRow, frozen=True, gc=False, rename={"from_month": "from", "to_month": "to"}):
    """A figure beside others, as `compare` asks: `rest_…` of the rest of the Met area (its located events
    without those of the area itself), `before_…` of the window a year earlier and `change_…` since.

    A `…_ratio` divides the area's figure by the other, a `…_difference` subtracts the other from it: rates have
    the one, shares the other. Before and change are of the calendar months received in both years
    (`before_months` of them), the area's own figure too.
    """

    rest_numerator: float | None
    rest_denominator: float | None
    rest_value: float | None
    rest_ratio: float | None
    rest_ratio_lower: float | None
    rest_ratio_upper: float | None
    rest_difference: float | None
    rest_difference_lower: float | None
    rest_difference_upper: float | None
    rest_reason: str | None
    before_from: str | None
    before_to: str | None
    before_months: int | None
    before_numerator: float | None
    before_denominator: float | None
    before_value: float | None
    change_ratio: float | None
    change_ratio_lower: float | None
    change_ratio_upper: float | None
    change_difference: float | None
    change_difference_lower: float | None
    change_difference_upper: float | None
    change_flags: tuple[str, ...]
    change_reason: str | None


class BaseYearRow(ComparedRow, frozen=True, gc=False, rename={"from_month": "from", "to_month": "to"}):
    """A figure beside that of a financial year chosen as base, on the same basis and of the same area: nominal amounts
    stand beside nominal ones, real beside real. `base_year_change_ratio` divides the figure by that of the base year.
    """

    base_year_from: str | None
    base_year_to: str | None
    base_year_numerator: float | None
    base_year_denominator: float | None
    base_year_value: float | None
    base_year_change_ratio: float | None
    base_year_flags: tuple[str, ...]
    base_year_reason: str | None


COLUMNS: tuple[str, ...] = ValueRow.__struct_encode_fields__
RATIO_COLUMNS: tuple[str, ...] = RatioRow.__struct_encode_fields__
COMPARED_COLUMNS: tuple[str, ...] = ComparedRow.__struct_encode_fields__
BASE_YEAR_COLUMNS: tuple[str, ...] = BaseYearRow.__struct_encode_fields__

Comparator = Literal["rest_of_met", "year_before", "base_year"]
# What each `compare` adds, by the beginnings of the names.
COMPARATORS: dict[Comparator, tuple[str, ...]] = {
    "rest_of_met": ("rest_",),
    "year_before": ("before_", "change_"),
    "base_year": ("base_year_",),
}
# Those that need nothing chosen.
USUAL: tuple[Comparator, ...] = ("rest_of_met", "year_before")


@lru_cache
def extend_row(row_type: type[ValueRow], compare: tuple[Comparator, ...]) -> type[ValueRow]:
    """The row type with the columns of some comparators after its own, in the order of `COMPARATORS`."""
    if not compare:
        return row_type
    starts = tuple(start for name, listed in COMPARATORS.items() if name in compare for start in listed)
    more = [
        (field.name, field.type)
        for field in msgspec.structs.fields(BaseYearRow)
        if field.name.startswith(starts)
    ]
    extended = msgspec.defstruct(
        f"Compared{row_type.__name__}",
        more,
        bases=(row_type,),
        frozen=True,
        gc=False,
        rename={"from_month": "from", "to_month": "to"},
    )
    return cast(type[ValueRow], extended)


class Selection(msgspec.Struct, frozen=True):
    """What is asked of one metric: its windows, and its series as (basis, group) pairs, in order."""

    metric: str
    windows: tuple[Window, ...]
    series: tuple[tuple[str, str], ...]


class ValuesRequest(msgspec.Struct, frozen=True):
    """A request that was checked against a snapshot and can be computed.

    `first_month` and `last_month` are as asked, None where the metric's latest 12 months were chosen (each
    selection has its own windows). `as_of` is a release id, None for the current release; `as_of_text` is
    what was asked. `base_year` is the last month of the financial year to compare with.
    """

    metrics: tuple[str, ...]
    areas: tuple[str, ...]
    first_month: str | None
    last_month: str | None
    window: WindowKind
    groups: tuple[str, ...]
    bases: tuple[str, ...]
    as_of: int | None
    as_of_text: str | None
    selections: tuple[Selection, ...]
    compare: tuple[Comparator, ...] = ()
    base_year: int | None = None

    def count_rows(self) -> int:
        """How many rows the answer has."""
        return len(self.areas) * sum(len(part.windows) * len(part.series) for part in self.selections)

    def count_months(self) -> int:
        """How many monthly counts are added up for it: of each area and series those that its windows span."""
        return len(self.areas) * sum(
            (part.windows[-1].last - part.windows[0].first + 1) * len(part.series) for part in self.selections
        )
