"""What may be said of a figure: one status, flags (shared/methods.md, rules 2 to 10).

Everything true of a figure is a bit. The status is the first in `PRECEDENCE` with a bit set; the flags are
all of them. How much is enough: at least three quarters of a window's months (9 of 12; a month needs itself).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.figures.coverage import Need
from api.figures.windows import Window, text_of

ENOUGH_MONTHS = 0.75
ENOUGH_PLACED = 0.8
FEW_EVENTS, FEW_RESIDENTS, FEW_CASES = 10, 1000, 20
UNKNOWN_LIMIT = 0.2
DAYTIME_BOROUGHS = (1, 33)


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
    NOT_HELD = 1 << 27
    RETURNED_ZERO = 1 << 28


NOT_APPLICABLE = Fact.NO_AREA | Fact.NO_GROUP | Fact.UNKNOWN_GROUP | Fact.FORBIDDEN | Fact.MET_ONLY
MISSING = Fact.NONE_RECEIVED | Fact.NOT_COUNTED | Fact.NOT_HELD
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
NEEDS_EVENTS = Fact.NO_POPULATION | Fact.UNDEFINED | FEW | Fact.NOT_HELD | Fact.RETURNED_ZERO
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
    Fact.RETURNED_ZERO: "returned_zero",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reason or a flag may need to know of a figure, beside its facts.

    `breaks`: name, month, effect and explanation of those that concern the area's forces. `provisional`: why no
    figure of the metric is final. `boroughs`: those whose councils' money it is.
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
    boroughs: tuple[int, ...] = ()


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
        flags += [f"break:{name}" for name, *_ in list_crossed(setting)]
    if bits & Fact.BEGAN_LATER:
        flags.append(f"began:{text_of(setting.began)}")
    return tuple(flags)


def list_crossed(setting: Setting) -> list[tuple[str, int, str, str]]:
    """The breaks of the series that the window crosses."""
    return [part for part in setting.breaks if setting.window.first < part[1] <= setting.window.last]


_PART_RECEIVED = Fact.SOME_MISSING | Fact.FEW_RECEIVED
