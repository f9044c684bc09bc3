"""What may be said of a figure: one status, flags, a reason (shared/methods.md, rules 2 to 10).

Everything true of a figure is a bit. The status is the first in `PRECEDENCE` with a bit set; the flags are
all of them. How much is enough: at least three quarters of a window's months (9 of 12; a month needs itself).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.figures.coverage import (
    FORCES,
    WITHOUT_CITY,
    CoverageOf,
    Need,
    describe_gaps,
    explain_young,
    name_source,
)
from api.figures.windows import Window, text_of

ENOUGH_MONTHS = 0.75
ENOUGH_PLACED = 0.8
FEW_EVENTS, FEW_RESIDENTS, FEW_CASES = 10, 1000, 20
UNKNOWN_LIMIT = 0.2
DAYTIME_BOROUGHS = (1, 33)
SURVEY = "survey"
NOT_WHOLE = (
    'An area with the City in it has none either: take "Met area (32 boroughs)" for comparison instead.'
)


class Fact:
    """Something true of a figure, in the order in which reasons are told. Plain numbers: flags of an
    enumeration cost a microsecond at each use.
    """

    NO_AREA = 1 << 0
    NO_GROUP = 1 << 1
    UNKNOWN_GROUP = 1 << 2
    FORBIDDEN = 1 << 3
    NONE_RECEIVED = 1 << 4
    FEW_RECEIVED = 1 << 5
    UNPLACED = 1 << 6
    NO_POPULATION = 1 << 7
    SUPPRESSED = 1 << 8
    UNDEFINED = 1 << 9
    FEW_EVENTS = 1 << 10
    FEW_RESIDENTS = 1 << 11
    FEW_CASES = 1 << 12
    MANY_UNKNOWN = 1 << 13
    CARRIED_FORWARD = 1 << 14
    REVISED = 1 << 15
    SOME_MISSING = 1 << 16
    CROSSES_BREAK = 1 << 17
    BEGAN_LATER = 1 << 18
    DAYTIME = 1 << 19
    INTERVAL_HAS_ONE = 1 << 20
    HAS_UNPLACED = 1 << 21
    MET_ONLY = 1 << 22
    NOT_FINAL = 1 << 23
    UNKNOWN_WITHHELD = 1 << 24
    YOUNG = 1 << 25
    NOT_COUNTED = 1 << 26


NOT_APPLICABLE = Fact.NO_AREA | Fact.NO_GROUP | Fact.UNKNOWN_GROUP | Fact.FORBIDDEN | Fact.MET_ONLY
MISSING = Fact.NONE_RECEIVED | Fact.NOT_COUNTED
INCOMPLETE = Fact.YOUNG | Fact.FEW_RECEIVED | Fact.UNPLACED | Fact.NO_POPULATION
FEW = Fact.FEW_EVENTS | Fact.FEW_RESIDENTS | Fact.FEW_CASES
LOW = FEW | Fact.MANY_UNKNOWN
PRECEDENCE: tuple[tuple[str, int], ...] = (
    ("not_applicable", NOT_APPLICABLE),
    ("missing", MISSING),
    ("incomplete", INCOMPLETE),
    ("suppressed", Fact.SUPPRESSED),
    # After what is withheld, of which it would tell that it is nothing.
    ("not_applicable", Fact.UNDEFINED),
    ("low", LOW),
    ("provisional", Fact.CARRIED_FORWARD | Fact.NOT_FINAL),
    ("revised", Fact.REVISED),
    ("ok", 0),
)
NO_VALUE = NOT_APPLICABLE | MISSING | INCOMPLETE | Fact.SUPPRESSED | Fact.UNDEFINED
NO_COUNT = (
    Fact.NO_AREA
    | Fact.YOUNG
    | Fact.NO_GROUP
    | Fact.MET_ONLY
    | Fact.FORBIDDEN
    | MISSING
    | Fact.UNPLACED
    | Fact.SUPPRESSED
)
# What follows from counts or residents over the months received, and says nothing where there are none.
NEEDS_EVENTS = Fact.NO_POPULATION | Fact.UNDEFINED | FEW
# What is said in words that depend on the window; all else is said alike of every window.
OF_WINDOW = (
    Fact.FORBIDDEN
    | Fact.YOUNG
    | Fact.NONE_RECEIVED
    | Fact.FEW_RECEIVED
    | Fact.NO_POPULATION
    | Fact.SOME_MISSING
    | Fact.CROSSES_BREAK
)

WHY_UNDEFINED: Mapping[str, str] = {
    "ratio": "There is no event of the reference group, so the ratio is undefined.",
    "share": "There is no event with the field known, so there is no share.",
    "completeness": "The publisher's own count is 0, so ours is no part of it.",
}
# Flags with a fixed name; months, breaks and beginnings carry their own data.
FLAGS: Mapping[int, str] = {
    Fact.UNPLACED: "placed_share_below_0.8",
    Fact.NO_POPULATION: "no_population",
    Fact.FEW_EVENTS: "fewer_than_10_events",
    Fact.FEW_RESIDENTS: "fewer_than_1000_residents",
    Fact.FEW_CASES: "fewer_than_20_cases",
    Fact.MANY_UNKNOWN: "unknown_share_above_0.2",
    Fact.CARRIED_FORWARD: "population_carried_forward",
    Fact.REVISED: "revised",
    Fact.DAYTIME: "daytime_population",
    Fact.INTERVAL_HAS_ONE: "interval_includes_1",
    Fact.HAS_UNPLACED: "includes_unplaced",
    Fact.UNKNOWN_WITHHELD: "unknown_count_withheld",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reason or a flag may need to know of a figure, beside its facts.

    `breaks`: name, month, effect and explanation of those that concern the area's forces. `provisional`: why no
    figure of the metric is final.
    """

    statistic: str
    need: Need
    forces: tuple[int, ...]
    window: Window
    months_received: int
    breaks: tuple[tuple[str, int, str, str], ...]
    began: int
    first_estimate: int | None
    provisional: str = ""


def combine(facts: Mapping[int, NDArray[np.bool_]], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """The facts of each figure as one number, from an array of truths for each (broadcast to `shape`)."""
    bits = np.zeros(shape, dtype=np.int64)
    for fact, truth in facts.items():
        if truth.any():
            bits |= np.where(truth, fact, 0)
    return bits


def choose_status(bits: int) -> str:
    """The one status of a figure with these facts."""
    return next(status for status, facts in PRECEDENCE if bits & facts or not facts)


def is_enough(received: NDArray[np.int64], expected: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the months received are at least three quarters of those expected."""
    return np.asarray(received >= np.ceil(ENOUGH_MONTHS * expected))


def list_flags(bits: int, setting: Setting) -> tuple[str, ...]:
    """Everything true of a figure, by name, in the order of the facts."""
    flags = [name for fact, name in FLAGS.items() if bits & fact]
    if bits & _PART_RECEIVED:
        flags.append(f"{setting.months_received} of {setting.window.months} months")
    if choose_status(bits) not in ("missing", "not_applicable"):
        flags += [f"break:{name}" for name, *_ in _breaks_crossed(setting)]
    if bits & Fact.BEGAN_LATER:
        flags.append(f"began:{text_of(setting.began)}")
    return tuple(flags)


def explain(bits: int, setting: Setting, coverage: CoverageOf) -> str | None:
    """Why a figure is absent or weak, in sentences; None where there is nothing to explain."""
    if not bits & _NEEDS_REASON:
        return None
    if bits & Fact.NO_AREA:
        return "This area did not exist at the end of this window."
    if bits & Fact.NO_GROUP:
        return (
            "This way of counting lacks the group: officers record White, Black, Asian or Other, never Mixed."
        )
    if bits & Fact.MET_ONLY:
        return "These groups are given for the whole Met area only: in one borough they are too few people."
    if bits & Fact.FORBIDDEN:
        why = next((text for _, _, effect, text in _breaks_crossed(setting) if effect == "forbid"), "")
        return f"Figures before and after a break in the series cannot be added. {why}".rstrip()
    if bits & Fact.NONE_RECEIVED:
        return _explain_missing(setting, coverage)
    if bits & Fact.NOT_COUNTED:
        return "This release had the files and did not count this figure yet: later ones do."
    if bits & Fact.YOUNG:
        return explain_young(
            coverage, setting.need, setting.forces, setting.window.first, setting.window.last
        )
    told: list[str] = []
    if bits & Fact.UNKNOWN_GROUP:
        told.append("A group of people whose attribute is unknown has a count and no residents, so no rate.")
    if bits & (Fact.FEW_RECEIVED | Fact.SOME_MISSING):
        only = "Only " if bits & Fact.FEW_RECEIVED else ""
        gaps = describe_gaps(
            coverage, setting.need, setting.forces, setting.window.first, setting.window.last
        )
        verb = "was" if setting.months_received == 1 else "were"
        told.append(
            f"{only}{setting.months_received} of {setting.window.months} months {verb} received ({gaps})."
        )
    if bits & Fact.UNPLACED:
        told.append(
            "Less than 80% of the events have a location, so the figure of one borough would be too low."
        )
    if bits & Fact.NO_POPULATION:
        told.append(_explain_population(setting))
    if bits & Fact.SUPPRESSED:
        told.append("Withheld so that no count of 1 to 4 people can be seen or worked out.")
        return " ".join(told)
    told += _explain_weakness(bits, setting)
    return " ".join(told) or None


def _explain_missing(setting: Setting, coverage: CoverageOf) -> str:
    words = name_source(setting.need.source)
    city = FORCES[1]
    without = WITHOUT_CITY.get(setting.need.source) or WITHOUT_CITY.get(setting.need.follows or "")
    if without is not None and city in setting.forces:
        return without if setting.forces == (city,) else f"{without} {NOT_WHOLE}"
    first, last = setting.window.first, setting.window.last
    city_files = coverage.get((setting.need.source, city), {})
    no_city_file = city in setting.forces and not any(first <= month <= last for month in city_files)
    sentence = f"No {words} file of City of London Police was received for these months, so "
    if setting.forces == (city,) and no_city_file:
        return (
            f"{sentence}the City's own figures are missing; "
            "other forces' events in the City are counted apart."
        )
    gaps = describe_gaps(coverage, setting.need, setting.forces, first, last)
    if len(setting.forces) > 1:
        instead = 'take "Met area (32 boroughs)" for comparison instead'
        if no_city_file:
            return f"{sentence}an area that needs both forces has no figure: {instead}."
        return f"This area needs both forces, and no month has the files of both ({gaps}): {instead}."
    months = "This month cannot" if setting.window.months == 1 else "None of these months can"
    return f"{months} be used ({gaps})."


def _explain_population(setting: Setting) -> str:
    year = setting.first_estimate
    if setting.need.source == SURVEY:
        since = f"begin with mid-{year}" if year is not None else "are not loaded"
        return f"The boroughs' shares cannot be weighted by residents: populations {since}. Take the boroughs one by one."
    if year is not None and setting.window.first // 12 < year:
        return f"Populations begin with mid-{year}: earlier months have a count and no rate."
    return "No population of this group is loaded for every part of the area: there is a count and no rate."


def _explain_weakness(bits: int, setting: Setting) -> list[str]:
    told = []
    if bits & Fact.UNDEFINED:
        told.append(WHY_UNDEFINED.get(setting.statistic, WHY_UNDEFINED["share"]))
    if bits & Fact.FEW_EVENTS:
        told.append("One of the two groups has fewer than 10 events.")
    if bits & Fact.FEW_RESIDENTS:
        told.append("One of the two groups has fewer than 1,000 residents here.")
    if bits & Fact.FEW_CASES:
        told.append("The share is of fewer than 20 events.")
    if bits & Fact.MANY_UNKNOWN:
        told.append("Self-defined ethnicity is unknown in more than 20% of these events, and not at random.")
    if bits & Fact.NOT_FINAL:
        told.append(setting.provisional)
    if bits & Fact.CARRIED_FORWARD:
        told.append("The latest population estimate is carried forward to later months.")
    if bits & Fact.BEGAN_LATER:
        told.append(
            f"The boundaries of this area date from {text_of(setting.began)}, within or after this window."
        )
    return told


def _breaks_crossed(setting: Setting) -> list[tuple[str, int, str, str]]:
    return [part for part in setting.breaks if setting.window.first < part[1] <= setting.window.last]


_NEEDS_REASON = ~(
    Fact.REVISED
    | Fact.CROSSES_BREAK
    | Fact.DAYTIME
    | Fact.INTERVAL_HAS_ONE
    | Fact.HAS_UNPLACED
    | Fact.UNKNOWN_WITHHELD
)
_PART_RECEIVED = Fact.SOME_MISSING | Fact.FEW_RECEIVED
