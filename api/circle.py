"""Which areas stand beside which: BCU, inner or outer London, statistical neighbours. Pure, from a snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.figures.neighbours import find_neighbours
from api.figures.status import DAYTIME_BOROUGHS
from api.figures.windows import Window, last_day
from api.snapshot import Area, Snapshot
from geo.areas import CITY, load_hectares

MET = "met-located"
CIRCLES_KEPT = 64
INNER_OUTER = {"inner-london": "inner", "outer-london": "outer"}


@dataclass(frozen=True, slots=True)
class Circle:
    """What stands beside a borough at a window's end, by area code; `part` is inner or outer.

    `part_members` are the boroughs of that part of London without the City. `resident_neighbours` are the nearest
    where figures stand on residents, which say little of Westminster: it is none of them and has none.
    """

    bcu: Area | None
    part: str | None
    part_members: tuple[str, ...]
    neighbours: tuple[str, ...]
    resident_neighbours: tuple[str, ...]


def find_circles(snapshot: Snapshot, window: Window) -> dict[str, Circle]:
    """The circle of each borough; those asked for last are kept with the snapshot."""
    kept: dict[int, dict[str, Circle]] = snapshot.memo.setdefault("circles", {})
    if window.last not in kept:
        if len(kept) >= CIRCLES_KEPT:
            kept.clear()
        kept[window.last] = _draw_circles(snapshot, window)
    return kept[window.last]


def _draw_circles(snapshot: Snapshot, window: Window) -> dict[str, Circle]:
    code_of = {area.borough: area.area_code for area in snapshot.areas.values() if area.borough is not None}
    held = _find_holders(snapshot, window)
    parts = {
        name: tuple(code_of[borough] for borough in boroughs if borough in code_of and borough != CITY)
        for name, boroughs in _list_parts(held).items()
    }
    bcus = {
        borough: snapshot.areas[code]
        for code, boroughs in held.items()
        if snapshot.areas[code].area_kind == "bcu"
        for borough in boroughs
    }
    residents, hectares = find_residents(snapshot, window), load_hectares()
    near = find_neighbours(residents, hectares)
    by_night = {borough: count for borough, count in residents.items() if borough not in DAYTIME_BOROUGHS}
    near_by_residents = find_neighbours(by_night, hectares)
    circles = {}
    for borough, code in code_of.items():
        part = next((name for name, boroughs in _list_parts(held).items() if borough in boroughs), None)
        circles[code] = Circle(
            bcu=bcus.get(borough),
            part=part,
            part_members=parts.get(part or "", ()),
            neighbours=tuple(code_of[other] for other in near.get(borough, ()) if other in code_of),
            resident_neighbours=tuple(
                code_of[other] for other in near_by_residents.get(borough, ()) if other in code_of
            ),
        )
    return circles


def find_residents(snapshot: Snapshot, window: Window) -> dict[int, float]:
    """Residents of each borough in a window's last month, by borough number; none where they are not known."""
    exposure = snapshot.exposures.get("residents")
    if exposure is None:
        return {}
    persons = exposure.persons_by_month(window.last, window.last)[:, 0].tolist()
    return {borough: count for borough, count in enumerate(persons) if borough > 0 and count > 0}


def list_boroughs(snapshot: Snapshot, area_code: str, window: Window) -> tuple[int, ...]:
    """The boroughs of an area at a window's end, by number."""
    return _find_holders(snapshot, window).get(area_code, ())


def _find_holders(snapshot: Snapshot, window: Window) -> Mapping[str, tuple[int, ...]]:
    kept: dict[int, Mapping[str, tuple[int, ...]]] = snapshot.memo.setdefault("holders", {})
    if window.last not in kept:
        if len(kept) >= CIRCLES_KEPT:
            kept.clear()
        kept[window.last] = _list_holders(snapshot, window)
    return kept[window.last]


def _list_holders(snapshot: Snapshot, window: Window) -> Mapping[str, tuple[int, ...]]:
    end = last_day(window.last)
    return {
        code: tuple(
            member.borough
            for member in members
            if member.borough > 0 and member.valid_from <= end <= member.valid_to
        )
        for code, members in snapshot.members.items()
    }


def _list_parts(held: Mapping[str, Sequence[int]]) -> dict[str, Sequence[int]]:
    return {name: held.get(code, ()) for code, name in INNER_OUTER.items()}
