"""Who publishes what is counted: the number under which each stands in the columns named `force`.

1 and 2 are the police forces, as `geo.areas` has them. A council stands under 100 and its borough's number, so that its
own files are received, superseded and missing by themselves, as a force's are.
"""

from functools import cache

from geo.areas import BOROUGHS, load_boroughs

COUNCILS = 100
# London-wide, and no borough's
GLA, TFL = 140, 141
# of returns from every council in one file
MHCLG, DFE = 150, 151
PUBLISHERS = {
    GLA: "Greater London Authority",
    TFL: "Transport for London",
    MHCLG: "Ministry of Housing, Communities and Local Government",
    DFE: "Department for Education",
}
SLUGS = {GLA: "gla", TFL: "tfl", MHCLG: "mhclg", DFE: "dfe"}


def council_of(borough: int) -> int:
    """The publisher number of a borough's council. Raises ValueError where there is no such borough."""
    if borough not in BOROUGHS:
        raise ValueError(f"{borough} is no borough of London.")
    return COUNCILS + borough


def borough_of(publisher: int) -> int | None:
    """The borough whose council has this number, None where it is no council's."""
    borough = publisher - COUNCILS
    return borough if borough in BOROUGHS else None


def is_publisher(number: int) -> bool:
    """Whether a number under `force` is of somebody who is no police force."""
    return number > COUNCILS


def name_publisher(publisher: int) -> str | None:
    """A council or a London-wide or national publisher by name; None for a force or a number without a name."""
    borough = borough_of(publisher)
    if borough is None:
        return PUBLISHERS.get(publisher)
    name = next(area.area_name for area in load_boroughs() if area.borough == borough)
    return f"{name} council" if borough > 1 else "City of London Corporation"


@cache
def slug_publisher(publisher: int) -> str | None:
    """A council by its borough's slug, others in short; None for a force or a number without a name."""
    borough = borough_of(publisher)
    if borough is None:
        return SLUGS.get(publisher)
    return next(area.slug for area in load_boroughs() if area.borough == borough)
