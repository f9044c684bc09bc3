"""Which months were received for a metric, force by force, and why others were not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.figures.windows import describe_months

FORCES = (1, 2)
FORCE_NAMES = {1: "the Metropolitan Police Service", 2: "City of London Police"}
SOURCE_WORDS = {"stop_search": "stop and search", "street": "street crime", "outcomes": "crime outcomes"}


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
    """What a series needs of a month's file: the source, usable fields, classes that the file holds."""

    source: str
    fields: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Arrays over (force, month): received or not, events in the file, and those of them without location."""

    received: NDArray[np.bool_]
    events: NDArray[np.float64]
    no_location: NDArray[np.float64]


def read_receipt(coverage: CoverageOf, need: Need, first: int, last: int) -> Receipt:
    """The receipt of a need over the months `first` to `last`: arrays of 2 forces × months."""
    shape = (len(FORCES), last - first + 1)
    received, events, no_location = np.zeros(shape, dtype=bool), np.zeros(shape), np.zeros(shape)
    for index, force in enumerate(FORCES):
        by_month = coverage.get((need.source, force), {})
        for month, row in by_month.items():
            if first <= month <= last and explain_gap(row, need) is None:
                at = index, month - first
                received[at], events[at], no_location[at] = True, row.events, row.no_location
    return Receipt(received, events, no_location)


def explain_gap(row: Coverage | None, need: Need) -> str | None:
    """Why a month does not count as received for a need; None where it does."""
    words = SOURCE_WORDS.get(need.source, need.source.replace("_", " "))
    if row is None:
        return f"no {words} file was received"
    if row.status != "received":
        return f"the file is partial: {row.reason}" if row.reason else "the file is partial"
    unusable = [row.unusable_fields[field] for field in need.fields if field in row.unusable_fields]
    if unusable:
        return f"the field it needs cannot be used: {unusable[0]}"
    if row.words is not None and not need.words <= row.words:
        return f"the {words} file received holds only some of the categories needed"
    return None


def describe_gaps(coverage: CoverageOf, need: Need, forces: tuple[int, ...], first: int, last: int) -> str:
    """The months not received, with the force and the reason of each, as one clause without a full stop."""
    gaps: dict[tuple[int, str], list[int]] = {}
    for force in forces:
        by_month = coverage.get((need.source, force), {})
        for month in range(first, last + 1):
            why = explain_gap(by_month.get(month), need)
            if why is not None:
                gaps.setdefault((force, why), []).append(month)
    return "; ".join(
        f"{FORCE_NAMES[force]}, {describe_months(months)}: {why}" for (force, why), months in gaps.items()
    )
