"""From boroughs as publishers name them to borough numbers, a column at a time."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geo.areas import resolve_name

NO_BOROUGH, OUTSIDE_LONDON = 0, -1
# Said in place of a borough by the Met and MOPAC: not recorded, or a command that has no borough. Airports are policed by
# the commands SO18, CO18 and SW18, and Heathrow is carved out of Hillingdon.
SAYS_NONE = re.compile(
    r"^(unknown|not (recorded|known|stated|specified|applicable|available)|n ?a|null|none|missing|blank|other|tbc"
    r"|(london )?(heathrow|city)( and london city)? airports?|heathrow|aviation security.*|[cs]o ?18.*|aviation policing.*)$"
)
SAYS_OUTSIDE = re.compile(
    r"^(out(side)? (of )?(the )?(force|met|mps|london)( area)?|non (met|mps)( police)?( force)?( area)?)$"
)


def find_boroughs(names: Sequence[str | None]) -> tuple[npt.NDArray[np.int16], list[str]]:
    """The borough of each name, and the distinct names that are not known, in alphabetical order.

    1 to 33: the borough; 0: none is named (blank, not recorded, an airport command of the Met, or a name not known);
    -1: outside London or out of force. Shape of the numbers: names.
    """
    numbers: dict[str | None, int] = {}
    unknown = set()
    for name in dict.fromkeys(names):
        number = find_borough(name)
        numbers[name] = NO_BOROUGH if number is None else number
        if number is None and name is not None:
            unknown.add(name.strip())
    return np.fromiter(map(numbers.__getitem__, names), dtype=np.int16, count=len(names)), sorted(unknown)


def find_borough(name: str | None) -> int | None:
    """The borough of one name, as `find_boroughs` has it; None where the name is not known."""
    if name is None:
        return NO_BOROUGH
    words = " ".join(re.sub(r"[^a-z0-9]", " ", name.casefold()).split())
    if not words or SAYS_NONE.match(words):
        return NO_BOROUGH
    return OUTSIDE_LONDON if SAYS_OUTSIDE.match(words) else resolve_name(name)
