"""Areas: boroughs, BCUs, forces, the Met area, inner and outer London, London; and what belongs to what when.

Membership is over pairs (borough, force): force `None` means events of any force; borough 0 is the events of
a force that were published without a location, -1 those outside London. BCU membership is dated;
`bcu_members.csv` says how well each date is known (`precision`: day, month, planned, or bound where only the
latest possible date is known).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

DATA = Path(__file__).parent / "data"
CITY = 1
BOROUGHS = range(1, 34)
MET_BOROUGHS = range(2, 34)
MET_FORCE, CITY_FORCE = 1, 2
# London Government Act 1963. The Met's district follows the boroughs since the GLA Act 1999 took effect.
LONDON_SINCE = date(1965, 4, 1)
MET_SINCE = date(2000, 4, 1)


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """One area. `area_kind` is borough, bcu, force, met_area, inner_london, outer_london or london.

    `home_force` is the force whose file makes a month "received" here; None where both forces are needed.
    """

    area_code: str
    area_name: str
    area_kind: str
    slug: str
    borough: int | None
    met_borough_code: str | None
    home_force: int | None
    source: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Events of `borough` by `force` (None: any force) count in `area_code`; both dates are included."""

    area_code: str
    borough: int
    force: int | None
    valid_from: date
    valid_to: date | None
    source: str


class Force(msgspec.Struct, frozen=True, kw_only=True):
    """A police force; `slug` is its name in data.police.uk file names, `area_code` its area here."""

    force: int
    slug: str
    force_name: str
    area_code: str
    source: str


@cache
def load_areas() -> tuple[Area, ...]:
    """All areas, boroughs first by number, then BCUs by code, forces, and the wider areas."""
    return tuple(
        Area(
            area_code=row["area_code"],
            area_name=row["area_name"],
            area_kind=row["area_kind"],
            slug=row["slug"],
            borough=int(row["borough"]) if row["borough"] else None,
            met_borough_code=row["met_borough_code"] or None,
            home_force=int(row["home_force"]) if row["home_force"] else None,
            source=row["source"],
        )
        for row in _read("areas.csv")
    )


def load_boroughs() -> tuple[Area, ...]:
    """The 33 authorities in the order of their numbers."""
    return tuple(area for area in load_areas() if area.area_kind == "borough")


@cache
def load_forces() -> tuple[Force, ...]:
    """The two forces whose files are read: 1 Metropolitan, 2 City of London."""
    return tuple(msgspec.convert(_read("forces.csv"), list[Force], strict=False))


@cache
def load_members() -> tuple[Member, ...]:
    """Every membership of every area; what each area adds up is here and nowhere else."""
    source = {area.area_code: area.source for area in load_areas()}
    members: list[Member] = []

    def add(area_code: str, pairs: list[tuple[int, int | None]], since: date) -> None:
        members.extend(
            Member(
                area_code=area_code,
                borough=borough,
                force=force,
                valid_from=since,
                valid_to=None,
                source=source[area_code],
            )
            for borough, force in pairs
        )

    for area in load_boroughs():
        assert area.borough is not None
        add(area.area_code, [(area.borough, None)], LONDON_SINCE)
    members.extend(_load_bcu_members())
    for force in load_forces():
        placed: list[tuple[int, int | None]] = [(borough, force.force) for borough in (*BOROUGHS, 0, -1)]
        add(force.area_code, placed, MET_SINCE)
    met: list[tuple[int, int | None]] = [(borough, None) for borough in MET_BOROUGHS]
    add("met", [*met, (0, MET_FORCE)], MET_SINCE)
    add("met-located", met, MET_SINCE)
    inner = inner_boroughs()
    add("inner-london", [(borough, None) for borough in sorted(inner)], LONDON_SINCE)
    add("outer-london", [(borough, None) for borough in BOROUGHS if borough not in inner], LONDON_SINCE)
    everywhere: list[tuple[int, int | None]] = [(borough, None) for borough in BOROUGHS]
    add("london", [*everywhere, (0, MET_FORCE), (0, CITY_FORCE)], LONDON_SINCE)
    return tuple(members)


@cache
def inner_boroughs() -> frozenset[int]:
    """Inner London as the ONS draws it: 14 authorities.

    The London Government Act 1963 has Greenwich in place of Haringey and Newham, and leaves the City apart.
    """
    return frozenset(int(row["borough"]) for row in _read("areas.csv") if row["inner_outer"] == "inner")


@cache
def load_hectares() -> dict[int, int]:
    """Land area of each borough in hectares, by borough number; rivers, docks and foreshore are left out."""
    return {int(row["borough"]): int(row["land_hectares"]) for row in _read("borough_hectares.csv")}


def borough_of_gss(code: str) -> int | None:
    """E09000012 → 12; None for any other code."""
    match = re.fullmatch(r"E090000(0[1-9]|[12]\d|3[0-3])", code.strip())
    return int(match[1]) if match else None


def resolve_name(text: str) -> int | None:
    """The borough number of a name as files spell it, or None.

    Case, "&", hyphens, "London Borough of", "Royal Borough of", "LB" and a final "Council" do not matter.
    Airports, "Unknown" and names outside London give None.
    """
    names = _load_names()
    key = _normalise(text)
    if key in names:
        return names[key]
    bare = re.sub(r"^(the )?((london|royal) borough( of)?|l ?b( of)?|rb( of)?) ", "", key)
    bare = re.sub(
        r" (city council|london borough council|borough council|council|london borough|lb)$", "", bare
    )
    return names.get(bare)


@cache
def _load_names() -> dict[str, int]:
    names = {}
    for row in _read("areas.csv"):
        if row["area_kind"] == "borough":
            for spelling in (row["area_name"], *row["spellings"].split("|")):
                if spelling:
                    names[_normalise(spelling)] = int(row["borough"])
    return names


def _load_bcu_members() -> list[Member]:
    return [
        Member(
            area_code=row["bcu_code"],
            borough=int(row["borough"]),
            force=None,
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            source=f"{row['source']} (date: {row['precision']}, {row['earliest']} to {row['latest']})",
        )
        for row in _read("bcu_members.csv")
    ]


def _normalise(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", folded).split())


def _read(name: str) -> list[dict[str, str]]:
    # The csv module has no null words: BCU code "NA" stays "NA".
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
