"""`compare=`: what stands beside each figure of an answer, as columns after its own (`api.model.ComparedRow`).

The rest of the Met area is its 32 boroughs' located events without those of the area itself. A year before is
the window twelve months earlier; both years are counted on the calendar months that both received, in the
boroughs that make up the area at the end of the later one.

Nothing withheld may follow from a comparison. Of what is marked small there is no rest, since with it the area
would follow from the Met; and a year before only where it says what the two years' own figures say already.
"""

from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np

from api.base_year import compare_with_base_year
from api.before import compare_with_before
from api.beside import (
    ABSENT,
    BELOW_ZERO,
    NO_EVENT,
    NO_FIGURE,
    NO_MONEY,
    Reasons,
    by_series,
    count_again,
    explain_statistic,
    explain_withheld,
    set_beside,
)
from api.figures.beside import leave_out
from api.figures.ranking import ACROSS_FORCES
from api.figures.status import NO_COUNT, NO_VALUE, Fact
from api.ground import build_frame, move_ground
from api.model import ValuesRequest
from api.rows import Bits, Column, Part, gather_facts, list_numerators, list_plain
from api.series import is_ageless
from api.snapshot import Snapshot
from api.withholding import find_suppressed

MET_LOCATED = "met-located"
# The place of City of London Police among `FORCES`.
CITY_POLICE = 1
# Columns of the rest that are numbers.
NUMBERS = 9
HOLDS_ALL = "This area holds the whole Met area: there is no rest of it."
NO_REST = "The rest of the Met area has no figure for these months."
RATIO_REST = (
    "Beside a ratio between groups stands that of the whole Met area, this area included; "
    "the two are not divided, and ratios are never ranked."
)
NO_RESIDENTS = "A count has no residents or cases under it, so it is not compared with that of other areas."
NO_SCALE = (
    "An amount has no residents under it, and payments depend on what each council publishes, so it is not divided by that "
    "of other areas."
)


async def compare_part(conn: Any, snapshot: Snapshot, request: ValuesRequest, part: Part) -> list[Column]:
    """The columns that `request.compare` asks for, in the order of `api.model.COMPARATORS`."""
    columns: list[Column] = []
    bits = gather_facts(part)
    if "rest_of_met" in request.compare:
        columns += await _compare_with_rest(conn, snapshot, request.areas, part, bits)
    if "year_before" in request.compare:
        columns += await compare_with_before(conn, snapshot, request.areas, part, bits)
    if "base_year" in request.compare:
        columns += await compare_with_base_year(conn, snapshot, request, part, bits)
    return columns


async def _compare_with_rest(
    conn: Any, snapshot: Snapshot, areas: tuple[str, ...], part: Part, bits: Bits
) -> list[Column]:
    ground, statistic = part.ground, part.measure.statistic
    is_ratio = statistic == "ratio"
    whole = build_frame(snapshot, (*areas, MET_LOCATED), ground.frame.windows, ground.series)
    left = leave_out(whole.membership)
    holds_all = left.is_empty[left.of]
    if is_ratio:
        of = np.repeat(whole.membership.of[-1:], len(areas), axis=0)
        frame = replace(whole, membership=replace(whole.membership, of=of))
    else:
        frame = replace(whole, membership=left)
    moved = move_ground(snapshot, part.measure, ground, frame, areas)
    small = np.array([one.is_small for one in ground.asked])[:, None, None]
    withheld = np.broadcast_to(small, bits.shape)
    if is_ratio and small.any():
        windows = ground.frame.windows
        met = await find_suppressed(conn, snapshot, part.measure, ground.asked, (MET_LOCATED,), windows)
        withheld = np.broadcast_to(met, bits.shape)
    reasons = Reasons(np.zeros(bits.shape, dtype=np.int64), [None])
    reasons.add((bits & ABSENT) != 0, NO_FIGURE)
    reasons.add(withheld, explain_withheld(part.measure))
    reasons.add(np.broadcast_to(holds_all, bits.shape), HOLDS_ALL)
    other_force = whole.membership.forces[whole.membership.of[:-1], CITY_POLICE]
    ageless = by_series([is_ageless(part.measure, one.basis) for one in ground.asked], bits)
    reasons.add(ageless & other_force, ACROSS_FORCES)
    nothing = reasons.of > 0
    if (nothing | ((moved.facts & Fact.NONE_RECEIVED) != 0)).all():
        reasons.add(~nothing, NO_REST)
        return [*(repeat(None) for _ in range(NUMBERS)), reasons.list()]
    (rest,) = await count_again(conn, snapshot, [moved], part)
    theirs = gather_facts(rest)
    no_count, no_value = nothing | ((theirs & NO_COUNT) != 0), nothing | ((theirs & NO_VALUE) != 0)
    reasons.add(no_value, NO_REST)
    if (alone := explain_statistic(statistic, RATIO_REST, NO_RESIDENTS, NO_SCALE)) is not None:
        reasons.add(np.ones(bits.shape, dtype=bool), alone)
    reasons.add((bits & NO_VALUE) != 0, NO_FIGURE)
    ratio, difference = set_beside(part, rest)
    if statistic == "rate":
        reasons.add(np.isnan(ratio[0]), NO_EVENT)
    if statistic == "per_head":
        reasons.add(rest.figures.value[: len(ground.asked)] == 0, NO_MONEY)
        reasons.add(np.isnan(ratio[0]), BELOW_ZERO)
    if is_ratio:
        no_count = np.ones_like(no_count)
    silent = reasons.of > 0
    count = len(ground.asked)
    return [
        list_numerators(rest, no_count),
        list_plain(rest.figures.denominator[:count], no_count),
        list_plain(rest.figures.value[:count], no_value),
        *(list_plain(one, silent) for one in (*ratio, *difference)),
        reasons.list(),
    ]
