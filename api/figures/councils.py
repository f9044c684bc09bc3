"""Whose money is known: what was received of each council, and why it was not.

Payments come from each council's own files, month by month. Returns come from one file of a department with every
council in it, by financial year; a council, or a line of it, that is not in it is named in the month's unusable fields
as `borough:17` or `borough:17/budget_cctv`.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from api.figures.coverage import Coverage, CoverageOf, Need, Receipt, explain_gap, name_source
from api.figures.exposure import BOROUGHS
from api.figures.windows import describe_months
from geo.publishers import DFE, MHCLG, council_of, name_publisher

PAYMENTS = "payment"
# Who publishes the returns of all councils.
DEPARTMENTS = {"revenue_return": MHCLG, "section_251": DFE}
COUNCILS = range(1, BOROUGHS)
# Gaps, and councils of one gap, that a sentence names.
NAMED = 5


def is_money(source: str) -> bool:
    """Whether a source is of money, and so known by council."""
    return source == PAYMENTS or source in DEPARTMENTS


def read_council_receipt(coverage: CoverageOf, need: Need, first: int, last: int) -> Receipt:
    """The receipt of a need over the months `first` to `last`: arrays of 34 boroughs by number × months.

    A return stands at the last month of its financial year.
    """
    shape = BOROUGHS, last - first + 1
    received = np.zeros(shape, dtype=bool)
    for borough in COUNCILS:
        for month in coverage.get((need.source, publisher_of(need.source, borough)), {}):
            if first <= month <= last:
                gap = find_council_gap(coverage, need, borough, month)
                received[borough, month - first] = gap is None
    return Receipt(received, np.zeros(shape), np.zeros(shape))


def publisher_of(source: str, borough: int) -> int:
    """Whose file a borough's money is in."""
    return DEPARTMENTS.get(source) or council_of(borough)


def find_council_gap(coverage: CoverageOf, need: Need, borough: int, month: int) -> str | None:
    """Why a month of a council, or its year that ends with the month, does not count as received; None where it does."""
    row = coverage.get((need.source, publisher_of(need.source, borough)), {}).get(month)
    if need.source == PAYMENTS:
        return explain_gap(row, need)
    return _explain_return(row, need, borough, month)


def list_paid_months(coverage: CoverageOf, bases: Collection[str], boroughs: Collection[int]) -> list[int]:
    """The months for which any of these councils published payments of any of these kinds, in order."""
    return sorted(
        {
            month
            for borough in boroughs
            for month, row in coverage.get((PAYMENTS, council_of(borough)), {}).items()
            if row.status == "received" and (row.words is None or not row.words.isdisjoint(bases))
        }
    )


def _explain_return(row: Coverage | None, need: Need, borough: int, month: int) -> str | None:
    publisher = name_publisher(DEPARTMENTS[need.source])
    kind = _find_kind(need.words)
    of = f" ({kind})" if kind else ""
    is_there = row is not None and (
        row.words is None or not kind or any(word.partition("_")[0] == kind for word in row.words)
    )
    if row is None or not is_there:
        return f"no {name_source(need.source)}{of} of {name_year(month)} is loaded: it is published by the {publisher}"
    if row.words is not None and not need.words & row.words:
        told = f"the {name_source(need.source)}{of} of {name_year(month)} that is loaded has no such line"
        # the department puts services in detail into files of their own
        elsewhere = f": the file that has it is published by the {publisher}"
        return f"{told}{elsewhere}" if need.source == "revenue_return" else told
    if row.status != "received":
        return f"the file is partial: {row.reason}" if row.reason else "the file is partial"
    if row.words is not None and not need.words <= row.words:
        lacking = ", ".join(sorted(word.replace("_", " ") for word in need.words - row.words))
        return f"the {name_source(need.source)} file of {name_year(month)} does not have {lacking}"
    keys = [f"borough:{borough}", *(f"borough:{borough}/{word}" for word in sorted(need.words))]
    return next((row.unusable_fields[key] for key in keys if key in row.unusable_fields), None)


def _find_kind(words: Iterable[str]) -> str:
    """Budget or outturn, where the lines needed are all of the one; else empty."""
    kinds = {word.partition("_")[0] for word in words}
    return next((kind for kind in ("budget", "outturn") if kinds == {kind}), "")


def name_year(month: int) -> str:
    """The financial year that ends with a month: `2023-24`."""
    year = month // 12
    return f"{year - 1}-{year % 100:02d}"


def name_council(borough: int) -> str:
    """A council by name."""
    return name_publisher(council_of(borough)) or ""


def describe_council_gaps(
    coverage: CoverageOf, need: Need, boroughs: Sequence[int], first: int, last: int
) -> str:
    """What is not received of councils, as one clause without a full stop."""
    told = [
        why
        if need.source in DEPARTMENTS
        else f"{_name_councils(found)}, {describe_months(list(months))}: {why}"
        for (why, months), found in _gather_gaps(coverage, need, boroughs, first, last).items()
    ]
    more = len(told) - NAMED
    listed = "; ".join(told[:NAMED])
    return f"{listed}; and {more} more like it" if more > 0 else listed


def explain_no_money(coverage: CoverageOf, need: Need, boroughs: Sequence[int], first: int, last: int) -> str:
    """Why there is nothing in a window, as a sentence."""
    if need.source in DEPARTMENTS:
        told = describe_council_gaps(coverage, need, boroughs, first, last)
        return f"There is no figure for {name_year(last)}: {told}."
    gaps = _gather_gaps(coverage, need, boroughs, first, last)
    if len(gaps) == 1:
        ((why, months),) = gaps
        if why == explain_gap(None, need):
            (found,) = gaps.values()
            when = describe_months(list(months))
            return f"No {name_source(need.source)} file of {_name_councils(found)} was received for {when}."
    which = "This month cannot" if first == last else "None of these months can"
    return f"{which} be used ({describe_council_gaps(coverage, need, boroughs, first, last)})."


def _gather_gaps(
    coverage: CoverageOf, need: Need, boroughs: Sequence[int], first: int, last: int
) -> dict[tuple[str, tuple[int, ...]], list[int]]:
    """The councils by what is missing of them: why, and in which months."""
    found: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for borough in boroughs:
        by_why: dict[str, list[int]] = {}
        for month in range(first + need.period - 1, last + 1):
            why = find_council_gap(coverage, need, borough, month)
            if why is not None:
                by_why.setdefault(why, []).append(month)
        for why, months in by_why.items():
            found.setdefault((why, tuple(months)), []).append(borough)
    return found


def _name_councils(boroughs: Sequence[int]) -> str:
    names = [name_council(borough) for borough in boroughs]
    more = len(names) - NAMED
    if more > 0:
        return f"{', '.join(names[:NAMED])} and {more} more councils"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
