"""Of money: what stands where there is no position, and which figures beside another are not there, for want of whom. Pure."""

from collections.abc import Mapping

from api.circle import Circle
from api.figures.money import STATISTICS
from api.scene import Scene, list_members
from geo.areas import CITY

ABSENT = "A figure that would be added or left out is not there, so no figure is made with it."
CITY_CODE = f"E090000{CITY:02d}"
# Councils that a sentence names.
NAMED = 5


def write_no_position(statistic: str, value: float | None) -> str | None:
    """What stands for a position that there is none of: nothing beside an amount of money that is there."""
    return None if statistic in STATISTICS and value is not None else "No data"


def explain_lacking(scene: Scene, circle: Circle, code: str, beside: Mapping[str, object]) -> str | None:
    """Which of the figures beside that of the area `code` are null, and which councils have none; None where all are there."""
    met = [one for one, row in scene.rows.items() if row.area_kind == "borough" and one != CITY_CODE]
    neighbours = circle.resident_neighbours if scene.of_residents else circle.neighbours
    sums = {
        "met_value": ("the Met area", met),
        "rest_of_met_value": ("the rest of the Met area", met),
        "inner_outer_value": (
            f"{circle.part} London",
            [one for one in scene.members.get(circle.part or "", ()) if one != code],
        ),
        "neighbours_value": ("the neighbours", list(neighbours)),
        "bcu_value": ("the BCU", list_members(scene, circle.bcu.area_code) if circle.bcu else []),
    }
    lacking = {name: of for name, (_, of) in sums.items() if of and beside.get(name) is None}
    if not lacking:
        return None
    without = {one for of in lacking.values() for one in of if scene.amounts.get(one) is None}
    names = sorted(scene.rows[one].area_name for one in without if one in scene.rows)
    if not names:
        return ABSENT
    verb = "has" if len(names) == 1 else "have"
    return f"No figure stands here of {_join([sums[name][0] for name in lacking])}, since {_join(names)} {verb} none."


def _join(names: list[str]) -> str:
    """Names as a sentence has them, the first few of many."""
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
