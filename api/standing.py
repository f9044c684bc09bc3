"""The rows of a comparison: one area's figure beside the others, as it goes over the wire."""

import msgspec

from api.figures.windows import WindowKind


class ComparisonRow(msgspec.Struct, frozen=True, rename={"from_month": "from", "to_month": "to"}):
    """One area of a comparison: its figure as `/v1/values` gives it, then what stands beside it.

    Whatever stands beside follows from figures that are themselves shown; where one is missing or withheld it is
    null, and `beside_reason` says why.
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
    status: str
    flags: tuple[str, ...]
    reason: str | None
    months_expected: int
    months_received: int
    release: str | None
    rank: int | None
    rank_of: int | None
    rank_reason: str | None
    position: str | None
    beyond: str | None
    position_reason: str | None
    funnel_target: float | None
    funnel_lower_95: float | None
    funnel_upper_95: float | None
    funnel_lower_998: float | None
    funnel_upper_998: float | None
    met_value: float | None
    rest_of_met_value: float | None
    inner_outer: str | None
    inner_outer_value: float | None
    neighbours: tuple[str, ...]
    neighbour_codes: tuple[str, ...]
    neighbours_value: float | None
    bcu_code: str | None
    bcu_name: str | None
    bcu_value: float | None
    share_of_bcu_numerator: float | None
    share_of_bcu_denominator: float | None
    ratio_to_rest_of_bcu: float | None
    ratio_to_rest_of_bcu_lower: float | None
    ratio_to_rest_of_bcu_upper: float | None
    difference_to_rest_of_bcu: float | None
    difference_to_rest_of_bcu_lower: float | None
    difference_to_rest_of_bcu_upper: float | None
    hidden_by_bcu: bool | None
    standardised_value: float | None
    standardised_lower: float | None
    standardised_upper: float | None
    beside_reason: str | None


STANDING_COLUMNS: tuple[str, ...] = ComparisonRow.__struct_encode_fields__
# Names of the fields that stand beside a figure, that are limits, that take a borough's BCU apart.
BESIDE = (
    *("met_value", "rest_of_met_value", "inner_outer_value"),
    *("neighbours_value", "bcu_code", "bcu_name", "bcu_value"),
)
LIMITS = ("funnel_lower_95", "funnel_upper_95", "funnel_lower_998", "funnel_upper_998")
DECOMPOSITION = (
    "share_of_bcu_numerator",
    "share_of_bcu_denominator",
    "ratio_to_rest_of_bcu",
    "ratio_to_rest_of_bcu_lower",
    "ratio_to_rest_of_bcu_upper",
    "difference_to_rest_of_bcu",
    "difference_to_rest_of_bcu_lower",
    "difference_to_rest_of_bcu_upper",
    "hidden_by_bcu",
)
