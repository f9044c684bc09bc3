"""Calendar years beside financial years, of areas that hold the whole Met area (shared/methods.md, section 2).

The two overlap: a calendar year less the financial year that begins in it gives January to March less January to March
a year later, and a chain of them can give each quarter. So a calendar year of a group is shown only where all that the
chain could ever give is 0 or 5 and more: its count in January to March and in April to December, of the year itself
and of the halves that the neighbouring financial years share with it, in every release.

Where one group of a division is withheld all of it is, so that what is left of the total gives nothing away. But where
only the two groups of the family's pair would be, the two are enough: one more of the one in January to March, one
less of the other, and the reverse in the rest of the financial year, changes nothing that is shown, since the calendar
years on both sides share the small count and so withhold the pair too.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from api.figures.disclosure import is_small_count
from api.figures.families import Family

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]

# The four parts of the two financial years: which is the other part of the same year.
REST_OF_YEAR = (1, 0, 3, 2)


def find_withheld_calendar(family: Family, hidden_years: Bools, versions: Sequence[Counts]) -> Bools:
    """Which calendar-year counts to withhold: groups × areas, the areas in the order in which they are preferred.

    `hidden_years`: those withheld in either financial year that shares months with it. `versions`: for each release
    the counts of the four parts (April to December, January to March, and the same of the next year) as parts ×
    groups × areas, and so too the counts that one release has beyond another.
    """
    hidden: Bools = hidden_years.copy()
    accepted: list[int] = []
    for area in range(hidden.shape[1]):
        failed = hidden[:, area].copy()
        for parts in versions:
            failed |= is_small_count(parts[:, :, area]).any(axis=0)
            for other in accepted:
                # What lies in one area and not in the other: the searches that no borough is named for.
                apart = np.asarray(is_small_count(np.abs(parts[:, :, area] - parts[:, :, other])).any(axis=0))
                failed[1:] |= apart[1:]
        hidden[:, area] = _spread(family, failed, [parts[:, :, area] for parts in versions])
        accepted.append(area)
    return hidden


def _spread(family: Family, failed: Bools, versions: Sequence[Counts]) -> Bools:
    """All of each division that holds a group that failed, or its pair where that is enough."""
    groups = family.groups
    names = [group.name for group in groups]
    can = np.array([not group.is_fixed for group in groups])
    failed = failed & can
    if failed[0]:
        return can
    whole = np.zeros_like(failed)
    for division in family.divisions:
        kin = {group.name for group in division}
        # A remainder tells the group that it is the remainder of.
        of = {name: part for name, (_, part) in family.remainders.items() if part in kin}
        sums = {name for name, parts in family.sums.items() if kin & set(parts)}
        bad = {of.get(name, name) for name in np.array(names)[failed].tolist()} & (kin | sums)
        if not bad:
            continue
        chosen = kin | sums
        if family.pair is not None and bad <= set(family.pair):
            pair = [names.index(name) for name in family.pair]
            if all(_can_stand_alone(parts[:, pair]) for parts in versions):
                chosen = set(family.pair)
        chosen |= {name for name, part in of.items() if part in chosen}
        whole |= np.isin(names, list(chosen)) & can
    return whole


def _can_stand_alone(parts: Counts) -> bool:
    """Whether each small count of a pair (parts × 2) has one of the other in the rest of its financial year."""
    small = is_small_count(parts)
    partner = parts[list(REST_OF_YEAR)][:, ::-1]
    return bool((~small | (partner > 0)).all())
