"""A financial year as base beside each figure of money (`compare=base_year&base_year=2010-11`), and the change since."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np

from api.before import FORBIDDEN, find_crossed
from api.beside import BELOW_ZERO, NO_FIGURE, Reasons, count_again, set_beside
from api.errors import BadParameter
from api.figures.councils import name_year
from api.figures.status import NO_COUNT, NO_VALUE, Fact
from api.figures.windows import MARCH, Window, text_of
from api.ground import build_frame, move_ground
from api.model import ValuesRequest
from api.rows import Bits, Bools, Column, Part, gather_facts, list_numerators, list_plain
from api.snapshot import Snapshot
from api.survey import list_published
from sql.measure import Measure

YEAR = 12
# Columns that are numbers of the figure.
NUMBERS = 4
NO_YEARS = "Only figures of financial years have a base year."
ZERO = "The figure of the base year is zero, so nothing is divided by it."


def read_base_year(
    snapshot: Snapshot, measures: Sequence[Measure], text: str | None, *, is_compared: bool
) -> int | None:
    """The last month of the financial year that a text like `2010-11` names, None where no base year is asked for.

    Raises BadParameter where the year is not given, or none of the metrics has it.
    """
    if not is_compared:
        if text is not None:
            raise BadParameter(
                "base_year",
                text,
                (),
                "base_year is the year that compare=base_year stands on: add that, or leave it out.",
            )
        return None
    months = {month for one in measures if one.kind == "annual" for month in list_published(snapshot, one)}
    allowed = [name_year(month) for month in sorted(months)]
    if text is None:
        sentence = "compare=base_year needs a financial year to compare with: add base_year=, like base_year=2010-11."
        raise BadParameter("base_year", None, allowed, sentence)
    found = next((month for month in months if name_year(month) == text.strip()), None)
    if found is None:
        which = (
            f"it can be {', '.join(allowed)}"
            if allowed
            else "none of these metrics has financial years of its own"
        )
        raise BadParameter(
            "base_year", text, allowed, f"base_year={text!r} is no year to compare with: {which}."
        )
    return found


async def compare_with_base_year(
    conn: Any, snapshot: Snapshot, request: ValuesRequest, part: Part, bits: Bits
) -> list[Column]:
    """The columns of the base year. Of an area those councils count that make it up at the end of the figure's own year."""
    last = request.base_year
    if last is None or last % YEAR != MARCH or part.measure.kind != "annual":
        return [*(repeat(None) for _ in range(2 + NUMBERS)), repeat(()), repeat(NO_YEARS)]
    ground = part.ground
    windows = ground.frame.windows
    base = Window(last - YEAR + 1, last)
    both = build_frame(snapshot, request.areas, (base, *windows), ground.series)
    members = replace(both.membership, of=both.membership.of[:, 1:])
    frame = replace(both, windows=(base,) * len(windows), membership=members)
    moved = move_ground(snapshot, part.measure, ground, frame, request.areas)
    (then,) = await count_again(conn, snapshot, [moved], part)
    theirs = gather_facts(then)
    no_count, no_value = (theirs & NO_COUNT) != 0, (theirs & NO_VALUE) != 0
    count = len(ground.asked)
    ratio = set_beside(part, then)[0][0]
    flagged: list[tuple[str, Bools]] = []
    reasons = Reasons(np.zeros(bits.shape, dtype=np.int64), [None])
    reasons.add((bits & NO_VALUE) != 0, NO_FIGURE)
    reasons.add(
        no_value, f"There is no figure of {name_year(last)} for this area: ask for that year to read why."
    )
    reasons.add(then.figures.value[:count] == 0, ZERO)
    reasons.add(np.isnan(ratio), BELOW_ZERO)
    between = tuple(Window(min(base.first, one.first), max(base.last, one.last)) for one in windows)
    drawn = replace(frame, first=min(one.first for one in between), windows=between)
    for effect in ("forbid", "flag"):
        for crossed, where in find_crossed(ground, drawn, effect):
            if effect == "forbid":
                reasons.add(where, f"{FORBIDDEN} {crossed.explanation}")
            else:
                flagged.append((f"break:{crossed.series_break}", where))
    carried = Fact.CARRIED_FORWARD
    flagged.append(("population_carried_forward", (ground.facts & carried) != (moved.facts & carried)))
    flagged.append(("returned_zero", ((bits | theirs) & Fact.RETURNED_ZERO) != 0))
    silent = reasons.of > 0
    return [
        repeat(text_of(base.first)),
        repeat(text_of(base.last)),
        list_numerators(then, no_count),
        list_plain(then.figures.denominator[:count], no_count),
        list_plain(then.figures.value[:count], no_value),
        list_plain(ratio, silent),
        [
            tuple(name for name, where in flagged if where.flat[place] and not silent.flat[place])
            for place in range(bits.size)
        ],
        reasons.list(),
    ]
