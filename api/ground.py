"""What figures stand on beside observations: frame, residents, and what may be said before anything is counted.

All of it follows from a snapshot, and requests with the same metric, series, areas and windows share it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.figures.councils import is_money, read_council_receipt
from api.figures.coverage import FORCES, read_receipt
from api.figures.exposure import BOROUGHS
from api.figures.money import MoneyFrame, count_residents, find_carried_residents, make_frame
from api.figures.rollup import Frame, add_person_time, find_carried_forward, spread
from api.figures.status import DAYTIME_BOROUGHS, ENOUGH_PLACED, Fact, combine, is_enough
from api.figures.weighted import SurveyFrame, find_residents
from api.figures.windows import Window, text_of
from api.members import resolve_members
from api.model import Selection
from api.series import SELF_DEFINED, Series, describe_series, list_siblings
from api.snapshot import Area, SeriesBreak, Snapshot, is_met_wide
from sql.measure import TOTAL, Measure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = tuple[str, tuple[str, ...], str | None]

# Of which areas it is said that far more people are there by day than live there.
DAYTIME_KINDS = {"rate": ("borough", "bcu"), "ratio": ("borough",), "per_head": ("borough", "bcu")}
# Figures whose ground is kept with a snapshot, of about so many bytes each; a month of a receipt has so many.
FIGURES_KEPT = 50_000
FIGURE_BYTES = 200
RECEIPT_BYTES = 36


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground of one metric's figures. `series` are those asked for (`asked`) and their companions.

    `facts` is asked × areas × windows, the person-years series × areas × windows, NaN where there are none.
    `heads` are the columns of the rows that name a figure: area code, name and kind, from, to, group, basis.
    `said` collects status, flags and reason of each setting met so far.
    """

    asked: tuple[Series, ...]
    series: tuple[Series, ...]
    frame: Frame
    person_years: Floats
    reference_years: Floats
    mixed_years: Floats
    facts: NDArray[np.int64]
    heads: tuple[list[str], ...]
    said: dict[tuple[int, ...], Words] = field(default_factory=dict)


def find_ground(snapshot: Snapshot, measure: Measure, selection: Selection, areas: tuple[str, ...]) -> Ground:
    """The ground of a selection; those asked for last are kept with the snapshot."""
    kept: dict[Any, Ground] = snapshot.memo.setdefault("grounds", {})
    key = selection, areas
    if key not in kept:
        found = _lay(snapshot, measure, selection, areas)
        if sum(map(weigh_ground, kept.values())) + weigh_ground(found) > FIGURES_KEPT:
            kept.clear()
        kept[key] = found
    return kept[key]


def weigh_ground(ground: Ground) -> int:
    """About how many figures' memory a ground takes: beside its own figures it knows what each month received."""
    frame = ground.frame
    bytes_a_month = len(frame.receipts) * (RECEIPT_BYTES + len(frame.membership.forces))
    return ground.facts.size + frame.months * bytes_a_month // FIGURE_BYTES


def _lay(snapshot: Snapshot, measure: Measure, selection: Selection, areas: tuple[str, ...]) -> Ground:
    asked = tuple(describe_series(snapshot, measure, *pair) for pair in selection.series)
    series = (*asked, *_find_companions(snapshot, measure, asked))
    frame = build_frame(snapshot, areas, selection.windows, series)
    heads = _list_heads([snapshot.areas[code] for code in areas], selection.windows, asked)
    return _stand(snapshot, measure, asked, series, frame, areas, heads)


def move_ground(
    snapshot: Snapshot, measure: Measure, ground: Ground, frame: Frame, areas: tuple[str, ...]
) -> Ground:
    """The same series on another frame: other months received, other places. `areas` as in the rows."""
    return _stand(snapshot, measure, ground.asked, ground.series, frame, areas, ground.heads)


def _stand(
    snapshot: Snapshot,
    measure: Measure,
    asked: tuple[Series, ...],
    series: tuple[Series, ...],
    frame: Frame,
    areas: tuple[str, ...],
    heads: tuple[list[str], ...],
) -> Ground:
    return Ground(
        asked=asked,
        series=series,
        frame=frame,
        person_years=_add_persons(snapshot, [one.population for one in series], frame),
        reference_years=_add_persons(snapshot, [one.reference_population for one in series], frame),
        mixed_years=_add_persons(snapshot, [one.mixed_population for one in series], frame),
        facts=_find_facts(snapshot, measure, asked, frame, areas),
        heads=heads,
    )


def _list_heads(
    areas: Sequence[Area], windows: Sequence[Window], asked: Sequence[Series]
) -> tuple[list[str], ...]:
    """By series, area and window, as the rows are."""
    in_series, in_all = len(areas) * len(windows), len(asked) * len(areas)
    return (
        _stretch([area.area_code for area in areas], len(windows)) * len(asked),
        _stretch([area.area_name for area in areas], len(windows)) * len(asked),
        _stretch([area.area_kind for area in areas], len(windows)) * len(asked),
        [text_of(window.first) for window in windows] * in_all,
        [text_of(window.last) for window in windows] * in_all,
        _stretch([one.group for one in asked], in_series),
        _stretch([one.basis for one in asked], in_series),
    )


def _stretch(values: Sequence[str], times: int) -> list[str]:
    """Each value so many times."""
    stretched: list[str] = []
    for value in values:
        stretched += [value] * times
    return stretched


def build_frame(
    snapshot: Snapshot, areas: Sequence[str], windows: tuple[Window, ...], series: Sequence[Series]
) -> Frame:
    """What the series are rolled up over: the months of all windows, the memberships, the receipts."""
    first, last = min(window.first for window in windows), max(window.last for window in windows)
    needs = {need: place for place, need in enumerate(dict.fromkeys(one.need for one in series))}
    frame = Frame(
        first=first,
        last=last,
        windows=windows,
        membership=resolve_members(snapshot, tuple(areas), windows),
        receipts=tuple(
            (read_council_receipt if is_money(need.source) else read_receipt)(
                snapshot.coverage, need, first, last
            )
            for need in needs
        ),
        needs=np.array([needs[one.need] for one in series]),
    )
    need = series[0].need
    if is_money(need.source):
        return make_frame(frame, need.period)
    if need.period == 1:
        return frame
    residents = find_residents(snapshot.exposures.get(series[0].population or ""), windows)
    return SurveyFrame(
        **{part.name: getattr(frame, part.name) for part in fields(frame)}, residents=residents
    )


def _find_companions(snapshot: Snapshot, measure: Measure, asked: Sequence[Series]) -> list[Series]:
    """What a figure needs beside its own series: a ratio's other bases, a self-defined share's unknowns."""
    pairs: dict[tuple[str, str], None] = {}
    for one in asked:
        if measure.statistic == "ratio":
            pairs |= {(basis, one.group): None for basis in list_siblings(measure, one.basis)}
        elif measure.statistic == "share" and one.basis == SELF_DEFINED and one.group != TOTAL:
            pairs |= {(one.basis, "ethnicity:unknown"): None, (measure.basis_codes[0], TOTAL): None}
    there = {(one.basis, one.group) for one in asked}
    return [describe_series(snapshot, measure, *pair) for pair in pairs if pair not in there]


def _add_persons(snapshot: Snapshot, populations: Sequence[str | None], frame: Frame) -> Floats:
    """Person-years of each series' population; NaN where it has none."""
    if not any(populations):
        return np.full((len(populations), *frame.membership.of.shape), np.nan)
    if isinstance(frame, MoneyFrame):
        return count_residents([snapshot.exposures.get(name or "") for name in populations], frame)
    names = {name: place for place, name in enumerate(dict.fromkeys(populations))}
    blank = np.full((BOROUGHS, frame.months), np.nan)
    found = [snapshot.exposures.get(name or "") for name in names]
    persons = [blank if one is None else one.persons_by_month(frame.first, frame.last) for one in found]
    return add_person_time(np.stack(persons), np.array([names[name] for name in populations]), frame)


def _find_facts(
    snapshot: Snapshot, measure: Measure, asked: Sequence[Series], frame: Frame, areas: Sequence[str]
) -> NDArray[np.int64]:
    """Everything true of the figures before anything is counted, as one number each."""
    member, needs = frame.membership, frame.needs[: len(asked)]
    received = spread(frame.months_received, frame)[needs]
    expected = frame.ends - frame.starts
    enough, none = is_enough(received, expected), received == 0
    young = none & (spread(frame.months_young, frame)[needs] > 0)
    placed_share = spread(frame.placed_share, frame)[needs]
    is_there = ~member.is_empty[member.of]
    has_unplaced = np.asarray(member.unplaced_cells.any(axis=1))[member.of]

    def by_series(truths: list[bool]) -> Bools:
        return np.array(truths, dtype=bool)[:, None, None]

    facts = {
        Fact.NO_AREA: ~is_there,
        Fact.NO_GROUP: by_series([one.is_absent for one in asked]),
        Fact.UNKNOWN_GROUP: by_series([one.is_unknown for one in asked]),
        Fact.MET_ONLY: by_series([one.is_met_only for one in asked])
        & ~_find_met_wide(snapshot, areas)[:, None],
        Fact.NOT_FINAL: by_series([bool(measure.provisional)] * len(asked)),
        Fact.FORBIDDEN: find_breaks(asked, frame, "forbid"),
        Fact.CROSSES_BREAK: find_breaks(asked, frame, "flag"),
        Fact.NOT_COUNTED: by_series([one.series_id in snapshot.uncounted for one in asked]),
        Fact.NONE_RECEIVED: none & ~young,
        Fact.YOUNG: young,
        Fact.FEW_RECEIVED: ~none & ~enough,
        Fact.SOME_MISSING: enough & (received < expected),
        Fact.UNPLACED: ~none & ~has_unplaced & (placed_share < ENOUGH_PLACED),
        Fact.CARRIED_FORWARD: _find_carried(snapshot, asked, frame),
        Fact.BEGAN_LATER: is_there & (member.began[member.of] > frame.first + frame.starts),
        Fact.DAYTIME: _find_daytime(snapshot, measure, frame, areas),
    }
    return combine(facts, received.shape)


def _find_met_wide(snapshot: Snapshot, areas: Sequence[str]) -> Bools:
    """Which areas hold the whole Met area."""
    return np.array([is_met_wide(snapshot.areas[code]) for code in areas], dtype=bool)


def find_breaks(asked: Sequence[Series], frame: Frame, effect: str) -> Bools:
    """Where a window lies on both sides of a break with this effect that concerns the area's forces."""
    member = frame.membership
    crossed: dict[tuple[SeriesBreak, ...], Bools] = {}
    for breaks in dict.fromkeys(one.breaks for one in asked):
        crossed[breaks] = np.zeros(member.of.shape, dtype=bool)
        for part in breaks:
            month = part.month - frame.first
            if part.effect == effect:
                is_concerned = [part.concerns((force,)) for force in FORCES]
                concerned = np.asarray(member.forces[:, is_concerned].any(axis=1))
                within = (frame.starts < month) & (month < frame.ends)
                crossed[breaks] |= within & concerned[member.of]
    return np.stack([crossed[one.breaks] for one in asked])


def _find_daytime(snapshot: Snapshot, measure: Measure, frame: Frame, areas: Sequence[str]) -> Bools:
    """Areas × windows: where far more people are by day than live there.

    That is said of boroughs, and of the rates of a BCU with such a borough.
    """
    kinds = DAYTIME_KINDS.get(measure.statistic, ())
    is_told = np.array([snapshot.areas[code].area_kind in kinds for code in areas], dtype=bool)
    member = frame.membership
    has_daytime = np.asarray(member.boroughs[:, list(DAYTIME_BOROUGHS)].any(axis=1))
    return np.asarray(is_told[:, None] & has_daytime[member.of])


def _find_carried(snapshot: Snapshot, asked: Sequence[Series], frame: Frame) -> Bools:
    """Where a figure stands on a population carried forward from an earlier year."""
    if isinstance(frame, MoneyFrame):
        found = [snapshot.exposures.get(one.population or "") for one in asked]
        return find_carried_residents(found, frame)
    none = np.zeros(frame.months, dtype=bool)
    carried = []
    for one in asked:
        exposure = snapshot.exposures.get(one.population or "")
        carried.append(none if exposure is None else exposure.is_carried_forward(frame.first, frame.last))
    counted = find_carried_forward(np.stack(carried), frame)
    # a survey's share of one borough stands on no residents
    return counted & frame.is_weighted if isinstance(frame, SurveyFrame) else counted
