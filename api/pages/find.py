"""From what a person writes into the find box to areas. Pure."""

import re
from collections.abc import Sequence

import msgspec

from api.errors import find_close
from api.report.request import list_reported
from api.snapshot import Area, Snapshot

# What people write around a name.
AROUND = re.compile(
    r"\b(the|royal|london borough of|borough of|borough|city council|council|bcu|basic command unit)\b"
)
OUTWARD = re.compile(r"^[a-z]{1,2}[0-9][a-z0-9]?( ?[0-9][a-z]?)?$", re.IGNORECASE)
MOST_CHARACTERS = 80
# Others are kinds of whole areas.
KIND_WORDS = {"borough": "borough", "bcu": "Basic Command Unit", "met_area": "Met area", "london": "London"}
PART = "Write the whole postcode, like E8 1EA: a part of one can lie in several boroughs."
UNKNOWN = "No borough and no Basic Command Unit fits {text!r}. Write a postcode of London, or choose a name."
NOT_LONDON = "The postcode {text!r} is not among London's live postcodes. Check it, or choose a name."
NO_POSTCODES = "Postcodes cannot be found here: no file of postcodes is loaded. Choose the name of a borough."
SEVERAL = "Several names fit {text!r}. Choose one."


class Choice(msgspec.Struct, frozen=True):
    """A name that can be chosen."""

    name: str
    kind: str
    href: str


def list_choices(areas: Sequence[Area]) -> list[Choice]:
    """The areas as names with the addresses of their reports."""
    return [
        Choice(area.area_name, KIND_WORDS.get(area.area_kind, "area"), f"/reports/{area.slug}")
        for area in areas
    ]


def find_named(snapshot: Snapshot, text: str) -> list[Area]:
    """The areas with a report whose name, code or slug is this; else those whose name holds it; else those that look alike."""
    areas = list_reported(snapshot)
    wanted = fold(text)
    if not wanted:
        return []
    by_name = {fold(area.area_name): area for area in areas}
    exact = [
        area
        for area in areas
        if text.strip().casefold() in (area.area_code.casefold(), area.slug.casefold())
        or wanted == fold(area.area_name)
    ]
    if exact:
        return exact[:1]
    words = [area for area in areas if re.search(rf"\b{re.escape(wanted)}", fold(area.area_name))]
    found = words or [area for area in areas if wanted in fold(area.area_name)]
    return found or [by_name[name] for name in find_close(wanted, list(by_name))]


def fold(text: str) -> str:
    """A name without case, marks and the words around it: "London Borough of Hackney" is "hackney"."""
    plain = re.sub(r"[^a-z0-9]+", " ", text.casefold().replace("&", " and ").replace("'", "")).strip()
    return re.sub(r" +", " ", AROUND.sub(" ", plain)).strip() or plain


def is_part_of_postcode(text: str) -> bool:
    """Whether it is shaped like the beginning of a postcode."""
    return OUTWARD.match(text.strip()) is not None
