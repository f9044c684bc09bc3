"""Whom to ask about an area: roles and bodies, never a person. Pure."""

from api.report.words import name_place
from api.snapshot import Area
from geo.areas import CITY


def name_police(area: Area) -> str:
    """The body to ask about policing."""
    if area.borough == CITY:
        return "City of London Police"
    match area.area_kind:
        case "borough":
            return "the borough commander"
        case "bcu":
            return "the BCU commander"
        case "met_area":
            return "the Metropolitan Police"
        case _:
            return "the Metropolitan Police and City of London Police"


def name_council(area: Area) -> str:
    """The council of a borough, or the councils of a larger area."""
    if area.borough == CITY:
        return "the City of London Corporation"
    return (
        f"{area.area_name} council" if area.area_kind == "borough" else f"the councils of {name_place(area)}"
    )
