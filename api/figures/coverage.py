"""Which months were received for a metric, force by force, and why others were not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.figures.windows import describe_months, text_of

FORCES = (1, 2)
FORCE_NAMES = {1: "the Metropolitan Police Service", 2: "City of London Police"}
SOURCE_WORDS = {
    "stop_search": "stop and search",
    "street": "street crime",
    "outcomes": "crime outcomes",
    "survey": "Public Attitude Survey",
    "control_total": "borough-level crime",
    "payment": "payments",
    "revenue_return": "revenue return",
    "section_251": "section 251 return",
}
# Up to so many kinds of event a partial file is described by naming them.
FEW_WORDS = 3
# Sources that have nothing of the City of London, whatever is loaded.
WITHOUT_CITY = {
    "survey": "The Public Attitude Survey does not interview in the City of London, so the City has no figure.",
    "control_total": "The borough-level crime files are of the Met alone, so the City of London has no figure.",
    "thorough_search": "The files of thorough searches are of the Met alone, so the City of London has no figure.",
    "use_of_force": "The files of use of force are of the Met alone, so the City of London has no figure.",
}
# What outcomes files lack that were cut by the crimes of their own month.
OLDER_CASES = "older_cases"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a release knew of a month of a force in a source. `words`: the classes it holds, None all."""

    status: str
    reason: str | None
    words: frozenset[str] | None
    unusable_fields: Mapping[str, str]
    events: int
    placed: int
    no_location: int
    outside: int


CoverageOf = Mapping[tuple[str, int], Mapping[int, Coverage]]


@dataclass(frozen=True, slots=True)
class Need:
    """What a series needs of a month's file: the source, usable fields, classes that the file holds.

    `period`: how many months a figure of the publisher covers; it is in the file of the last of them.
    `follows`: a second source whose files a month needs too, from its own to that of `ahead` months later.
    """

    source: str
    fields: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    period: int = 1
    follows: str | None = None
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Arrays over (force, month): received or not, events in the file, and those of them without location.

    `young`: the month's own file is there, and files that follow it have not come yet.
    """

    received: NDArray[np.bool_]
    events: NDArray[np.float64]
    no_location: NDArray[np.float64]
    young: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a month does not count as received; `is_young`: it will, when files come that follow it."""

    why: str
    is_young: bool = False


def read_receipt(coverage: CoverageOf, need: Need, first: int, last: int) -> Receipt:
    """The receipt of a need over the months `first` to `last`: arrays of 2 forces × months."""
    shape = (len(FORCES), last - first + 1)
    received, young = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    events, no_location = np.zeros(shape), np.zeros(shape)
    for index, force in enumerate(FORCES):
        by_month = coverage.get((need.source, force), {})
        for month, row in by_month.items():
            if first <= month <= last:
                at = index, month - first
                gap = find_gap(coverage, need, force, month)
                if gap is None:
                    received[at], events[at], no_location[at] = True, row.events, row.no_location
                else:
                    young[at] = gap.is_young
    return Receipt(received, events, no_location, young)


def find_gap(coverage: CoverageOf, need: Need, force: int, month: int) -> Gap | None:
    """Why a month of a force does not count as received, the files that follow it included; None where it does."""
    why = explain_gap(coverage.get((need.source, force), {}).get(month), need)
    if why is not None or need.follows is None:
        return None if why is None else Gap(why)
    followed = coverage.get((need.follows, force), {})
    latest = max(followed, default=None)
    words, then = name_source(need.follows), Need(need.follows, words=need.words)
    for needed in range(month, month + need.ahead + 1):
        if need.ahead and latest is not None and needed > latest:
            return Gap(f"the {words} files reach {text_of(latest)}, not yet {_count(need.ahead)} on", True)
        row = followed.get(needed)
        why = explain_gap(row, then)
        if why is None and row is not None and needed > month and OLDER_CASES in row.unusable_fields:
            return Gap(f"a later {words} file lacks its cases: {row.unusable_fields[OLDER_CASES]}")
        if why is not None:
            is_plain = latest is None or needed == month
            return Gap(why if is_plain else f"{words} of {text_of(needed)}: {why}")
    return None


def explain_gap(row: Coverage | None, need: Need) -> str | None:
    """Why a month does not count as received for a need; None where it does."""
    if row is None:
        return f"no {name_source(need.source)} file was received"
    if row.status != "received":
        return f"the file is partial: {row.reason}" if row.reason else "the file is partial"
    unusable = [row.unusable_fields[field] for field in need.fields if field in row.unusable_fields]
    if unusable:
        return f"the field it needs cannot be used: {unusable[0]}"
    if row.words is not None and not need.words <= row.words:
        held = ", ".join(sorted(word.replace("_", " ") for word in row.words))
        only = held if 0 < len(row.words) <= FEW_WORDS else "some of the categories needed"
        return f"the {name_source(need.source)} file received holds only {only}"
    return None


def describe_gaps(coverage: CoverageOf, need: Need, forces: tuple[int, ...], first: int, last: int) -> str:
    """The months not received, with the force and the reason of each, as one clause without a full stop."""
    gaps: dict[tuple[int, str], list[int]] = {}
    for force in forces:
        for month in range(first + need.period - 1, last + 1):
            gap = find_gap(coverage, need, force, month)
            if gap is not None:
                gaps.setdefault((force, gap.why), []).append(month)
    return "; ".join(
        f"{FORCE_NAMES[force]}, {describe_months(months)}: {why}" for (force, why), months in gaps.items()
    )


def explain_young(coverage: CoverageOf, need: Need, forces: tuple[int, ...], first: int, last: int) -> str:
    """Why months whose own files are there have no figure yet, as sentences."""
    gaps = {
        month: [find_gap(coverage, need, force, month) for force in forces]
        for month in range(first, last + 1)
    }
    young = [month for month, found in gaps.items() if all(gap is None or gap.is_young for gap in found)]
    reached = [max(followed) for force in forces if (followed := coverage.get((need.follows or "", force)))]
    sentence = (
        f"The {name_source(need.follows or '')} files reach {text_of(min(reached))}; cases of "
        f"{describe_months(young)} at {_count(need.ahead)} need those up to {text_of(young[-1] + need.ahead)}."
    )
    if len(young) == len(gaps):
        return sentence
    return f"{sentence} No month of these can be used ({describe_gaps(coverage, need, forces, first, last)})."


def name_source(source: str) -> str:
    """A source in the words of sentences."""
    return SOURCE_WORDS.get(source, source.replace("_", " "))


def _count(months: int) -> str:
    return f"{months} month" if months == 1 else f"{months} months"
