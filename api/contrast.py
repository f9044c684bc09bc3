"""What stands beside each figure of a comparison. Pure: rows of figures in, rows of the comparison out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Any

from api.ages import Standard
from api.circle import MET, Circle
from api.figures.amounts import add_amounts, divide_by_rest, subtract_rest
from api.figures.funnel import PER, Funnel, beyond, find_funnel, judge, position
from api.figures.money import STATISTICS
from api.figures.ranking import (
    ACROSS_FORCES,
    DAYTIME,
    LOW,
    NEVER_RANKED,
    NO_CHANCE,
    NO_VALUE,
    RETURNED_ZERO,
    rank,
    refuse_rank,
)
from api.lacking import ABSENT, explain_lacking, write_no_position
from api.model import ValueRow
from api.scene import Scene, tell_value
from api.series import is_ageless
from api.standing import BESIDE, DECOMPOSITION, LIMITS, ComparisonRow
from geo.areas import CITY

DAYTIME_FLAG = "daytime_population"
DOES_NOT_ADD = "Figures of this metric do not add up over areas, so none is made of several."
WITHHELD = "A figure that would be added or left out is withheld, so no figure is made with it."
FEWEST_AREAS = 5
TOO_FEW_AREAS = "Too few areas have a figure to tell what is usual."
WHOLE_MET = "Beside a ratio between groups stands that of the whole Met area, this area included, not that of the rest."


@dataclass(frozen=True, slots=True)
class Standing:
    """A scene with what is worked out of all its areas at once. `refused`: why an area is not ranked.

    `written` collects the rows that were asked for.
    """

    scene: Scene
    funnel: Funnel | None
    refused: Mapping[str, str | None]
    ranks: Mapping[str, int]
    standards: Mapping[str, Standard]
    written: dict[str, ComparisonRow] = field(default_factory=dict)


def find_standing(scene: Scene, standards: Mapping[str, Standard]) -> Standing:
    """The standing of the areas compared."""
    refused = {code: _refuse_rank(scene, scene.rows[code]) for code in scene.compared}
    ranks = rank({code: _value_of(scene, code) for code, why in refused.items() if why is None})
    if len(ranks) < FEWEST_AREAS:
        refused = {code: why or TOO_FEW_AREAS for code, why in refused.items()}
        ranks = {}
    return Standing(scene, _find_funnel(scene), refused, ranks, standards)


def write_standing(standing: Standing, code: str) -> ComparisonRow:
    """The row of one of the areas compared."""
    if code not in standing.written:
        standing.written[code] = _write(standing, code)
    return standing.written[code]


def _write(standing: Standing, code: str) -> ComparisonRow:
    scene, funnel, ranks = standing.scene, standing.funnel, standing.ranks
    place = scene.compared.index(code)
    return ComparisonRow(
        **_copy_figure(scene.rows[code]),
        rank=ranks.get(code),
        rank_of=len(ranks) if code in ranks else None,
        rank_reason=standing.refused[code],
        **_place_in_funnel(scene, funnel, place, code),
        **_set_beside(scene, code),
        **_take_apart(scene, funnel, place, code),
        **_standardise(standing.standards.get(code)),
    )


def _copy_figure(row: ValueRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIGURE_FIELDS}


def _value_of(scene: Scene, code: str) -> float:
    value = scene.rows[code].value
    assert value is not None
    return value


def _is_daytime(row: ValueRow) -> bool:
    return DAYTIME_FLAG in row.flags


def _is_across_forces(scene: Scene, row: ValueRow) -> bool:
    """Whether a figure is of the City's cases, as old as another force's copies."""
    return row.area_code == CITY_CODE and is_ageless(scene.measure, row.basis)


def _refuse_rank(scene: Scene, row: ValueRow) -> str | None:
    if _is_across_forces(scene, row):
        return ACROSS_FORCES
    if "returned_zero" in row.flags and row.area_kind == "borough":
        return RETURNED_ZERO
    return refuse_rank(
        scene.measure.statistic, row.value, row.status, row.months_received, is_daytime=_is_daytime(row)
    )


def _refuse_position(scene: Scene, row: ValueRow) -> str | None:
    """Why a figure has no place in the funnel; None where it has one."""
    if scene.measure.statistic in STATISTICS:
        return NO_CHANCE
    if scene.measure.statistic not in PER:
        return NEVER_RANKED[scene.measure.statistic]
    if _is_daytime(row):
        return DAYTIME
    if _is_across_forces(scene, row):
        return ACROSS_FORCES
    if row.value is None or row.denominator is None:
        return NO_VALUE
    return LOW if row.status == "low" else None


def _events_of(row: ValueRow) -> float:
    """What a funnel counts: events, or, of a survey, the share of its effective interviews."""
    if row.numerator is not None:
        return float(row.numerator)
    return (row.value or 0.0) * (row.denominator or 0.0)


def _find_funnel(scene: Scene) -> Funnel | None:
    rows = [scene.rows[code] for code in scene.compared]
    is_in = [_refuse_position(scene, row) is None for row in rows]
    if sum(is_in) < FEWEST_AREAS:
        return None
    met = scene.rows.get(MET)
    # Surveys weigh areas by residents, not by interviews, and so does their Met figure.
    target = met.value if scene.is_weighted and met is not None else None
    counted = [
        (_events_of(row), row.denominator or nan) if there else (nan, nan)
        for row, there in zip(rows, is_in, strict=True)
    ]
    events, under = zip(*counted, strict=True)
    return find_funnel(events, under, scene.measure.statistic, target)


def _place_in_funnel(scene: Scene, funnel: Funnel | None, place: int, code: str) -> dict[str, Any]:
    why = _refuse_position(scene, scene.rows[code])
    if why is None and funnel is None:
        why = TOO_FEW_AREAS
    if why is not None or funnel is None:
        limits: dict[str, Any] = dict.fromkeys(LIMITS)
        target = None if funnel is None else funnel.target
        return {
            "position": write_no_position(scene.measure.statistic, scene.rows[code].value),
            "beyond": None,
            "position_reason": why,
            "funnel_target": target,
            **limits,
        }
    z = float(funnel.z[place])
    return {
        "position": position(z),
        "beyond": beyond(z),
        "position_reason": None,
        "funnel_target": funnel.target,
        **{name: float(getattr(funnel, name.removeprefix("funnel_"))[place]) for name in LIMITS},
    }


def _set_beside(scene: Scene, code: str) -> dict[str, Any]:
    """The Met area, the rest of it, inner or outer London, neighbours, BCU: whatever can be told."""
    amounts = scene.amounts
    circle = scene.circles.get(code, NO_CIRCLE)
    if _is_across_forces(scene, scene.rows[code]):
        return dict.fromkeys(BESIDE) | {
            "inner_outer": circle.part,
            **_name_neighbours(scene, circle),
            "beside_reason": ACROSS_FORCES,
        }
    met, own = amounts.get(MET), amounts.get(code)
    is_ratio = scene.measure.statistic == "ratio"
    # Outside the Met area, as the City is, all of it is the rest.
    rest = met if code == CITY_CODE else met.without(own) if met is not None and own is not None else None
    part_members = [other for other in scene.members.get(circle.part or "", ()) if other != code]
    part = add_amounts(amounts.get(other) for other in part_members)
    neighbours = _list_neighbours(scene, circle)
    near = add_amounts(amounts.get(other) for other in neighbours)
    used = {
        MET,
        *part_members,
        *neighbours,
        *(() if code == CITY_CODE else (code,)),
        *((circle.bcu.area_code,) if circle.bcu else ()),
    }
    met_row = scene.rows.get(MET)
    bcu_row = scene.rows.get(circle.bcu.area_code) if circle.bcu else None
    beside = {
        "met_value": met_row.value if met_row else None,
        "rest_of_met_value": None if is_ratio else tell_value(scene, rest),
        "inner_outer": circle.part,
        "inner_outer_value": tell_value(scene, part),
        **_name_neighbours(scene, circle),
        "neighbours_value": tell_value(scene, near),
        "bcu_code": circle.bcu.area_code if circle.bcu else None,
        "bcu_name": circle.bcu.area_name if circle.bcu else None,
        "bcu_value": bcu_row.value if bcu_row else None,
    }
    why = _explain_absence(scene, used)
    if why == ABSENT and scene.measure.statistic in STATISTICS:
        why = explain_lacking(scene, circle, code, beside)
    return {**beside, "beside_reason": why}


def _list_neighbours(scene: Scene, circle: Circle) -> tuple[str, ...]:
    return circle.resident_neighbours if scene.of_residents else circle.neighbours


def _name_neighbours(scene: Scene, circle: Circle) -> dict[str, tuple[str, ...]]:
    """The statistical neighbours for people, by name, and for programs, by code."""
    codes = _list_neighbours(scene, circle)
    return {
        "neighbours": tuple(scene.rows[code].area_name for code in codes if code in scene.rows),
        "neighbour_codes": codes,
    }


def _explain_absence(scene: Scene, used: Iterable[str]) -> str | None:
    """Why something beside a figure is null; None where all of it can be told."""
    if not scene.measure.adds and not scene.is_weighted:
        return DOES_NOT_ADD
    absent = [code for code in used if scene.amounts.get(code) is None]
    if not absent:
        return WHOLE_MET if scene.measure.statistic == "ratio" else None
    statuses = {scene.rows[code].status for code in absent if code in scene.rows}
    return WITHHELD if "suppressed" in statuses else ABSENT


def _take_apart(scene: Scene, funnel: Funnel | None, place: int, code: str) -> dict[str, Any]:
    """A borough in its BCU: its part of it, its figure against the others', whether the BCU's figure hides it."""
    found: dict[str, Any] = dict.fromkeys(DECOMPOSITION)
    bcu = scene.circles.get(code, NO_CIRCLE).bcu
    if bcu is None:
        return found
    found["hidden_by_bcu"] = _is_hidden(scene, funnel, place, code, scene.rows[bcu.area_code])
    own, whole = scene.amounts.get(code), scene.amounts.get(bcu.area_code)
    if own is None or whole is None or scene.is_weighted:
        return found
    rest = whole.without(own)
    # what is below zero, as money can be, is no part of a whole
    if min(own.events, rest.events) >= 0:
        found["share_of_bcu_numerator"] = _divide(own.events, whole.events)
    found["share_of_bcu_denominator"] = _divide(own.under, whole.under)
    if scene.measure.statistic == "rate" and (ratio := divide_by_rest(own, rest)):
        found["ratio_to_rest_of_bcu"] = ratio.value
        found["ratio_to_rest_of_bcu_lower"] = ratio.lower
        found["ratio_to_rest_of_bcu_upper"] = ratio.upper
    if scene.measure.statistic == "share" and (difference := subtract_rest(own, rest)):
        found["difference_to_rest_of_bcu"] = difference.value
        found["difference_to_rest_of_bcu_lower"] = difference.lower
        found["difference_to_rest_of_bcu_upper"] = difference.upper
    return found


def _is_hidden(scene: Scene, funnel: Funnel | None, place: int, code: str, bcu: ValueRow) -> bool | None:
    """Whether a borough lies outside the 95% limits while its BCU, judged as a borough would be, does not, or
    lies on the other side; None where either cannot be judged.
    """
    if funnel is None or _refuse_position(scene, scene.rows[code]) is not None:
        return None
    if bcu.value is None or bcu.denominator is None:
        return None
    own = position(float(funnel.z[place]))
    return own != "Similar" and own != position(judge(funnel, _events_of(bcu), bcu.denominator))


def _divide(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _standardise(standard: Standard | None) -> dict[str, Any]:
    value, lower, upper = (standard.value, standard.lower, standard.upper) if standard else (None, None, None)
    return {"standardised_value": value, "standardised_lower": lower, "standardised_upper": upper}


NO_CIRCLE = Circle(bcu=None, part=None, part_members=(), neighbours=(), resident_neighbours=())
CITY_CODE = f"E090000{CITY:02d}"
FIGURE_FIELDS = tuple(
    name for name in ValueRow.__struct_fields__ if name in frozenset(ComparisonRow.__struct_fields__)
)
