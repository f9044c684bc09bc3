"""What the areas are and what each adds up. Expected values are typed from the sources."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from geo.areas import DATA, borough_of_gss, load_areas, load_boroughs, load_forces, load_members, resolve_name

# The Met's statement of 12 February 2018.
GROUPS = {
    "AW": ("Hammersmith and Fulham", "Kensington and Chelsea", "Westminster"),
    "SW": ("Kingston upon Thames", "Merton", "Richmond upon Thames", "Wandsworth"),
    "SN": ("Bromley", "Croydon", "Sutton"),
    "SE": ("Bexley", "Greenwich", "Lewisham"),
    "EA": ("Barking and Dagenham", "Havering", "Redbridge"),
    "WA": ("Ealing", "Hillingdon", "Hounslow"),
    "AS": ("Lambeth", "Southwark"),
    "NA": ("Enfield", "Haringey"),
    "CE": ("Hackney", "Tower Hamlets"),
    "CN": ("Camden", "Islington"),
    "NW": ("Barnet", "Brent", "Harrow"),
    "NE": ("Newham", "Waltham Forest"),
}


def pairs(area_code: str) -> set[tuple[int, int | None]]:
    return {(member.borough, member.force) for member in load_members() if member.area_code == area_code}


def test_there_are_33_boroughs_12_bcus_2_forces_and_the_wider_areas() -> None:
    kinds = Counter(area.area_kind for area in load_areas())
    assert kinds == {
        "borough": 33,
        "bcu": 12,
        "force": 2,
        "met_area": 2,
        "inner_london": 1,
        "outer_london": 1,
        "london": 1,
    }


@pytest.mark.parametrize(
    ("number", "code", "name", "slug", "met_code", "force"),
    [
        (1, "E09000001", "City of London", "city-of-london", None, 2),
        (3, "E09000003", "Barnet", "barnet", "SX", 1),
        (12, "E09000012", "Hackney", "hackney", "GD", 1),
        (20, "E09000020", "Kensington and Chelsea", "kensington-and-chelsea", "BS", 1),
        (27, "E09000027", "Richmond upon Thames", "richmond-upon-thames", "TW", 1),
        (33, "E09000033", "Westminster", "westminster", "CW", 1),
    ],
)
def test_a_borough(number: int, code: str, name: str, slug: str, met_code: str | None, force: int) -> None:
    area = load_boroughs()[number - 1]
    assert (area.borough, area.area_code, area.area_name, area.slug) == (number, code, name, slug)
    assert (area.met_borough_code, area.home_force) == (met_code, force)


def test_every_area_can_be_named_by_code_or_slug_without_doubt() -> None:
    areas = load_areas()
    names = Counter(name for area in areas for name in {area.area_code.lower(), area.slug})
    assert max(names.values()) == 1
    assert all(area.source for area in areas)


def test_north_area_is_not_taken_for_a_null_by_any_reader() -> None:
    assert "NA" in {area.area_code for area in load_areas()}
    assert pairs("NA") == {(10, None), (14, None)}
    for name, column in (("areas.csv", "area_code"), ("bcu_members.csv", "bcu_code")):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            by_csv = [row[column] for row in csv.DictReader(file)]
        assert pl.read_csv(DATA / name)[column].to_list() == by_csv
        assert "NA" in by_csv


def test_bcus_are_the_mets_groups() -> None:
    expected = {code: {(resolve_name(name), None) for name in names} for code, names in GROUPS.items()}
    assert {code: pairs(code) for code in GROUPS} == expected
    everyone = [borough for code in GROUPS for borough, _ in pairs(code)]
    assert sorted(everyone) == list(range(2, 34)), "each Met borough in exactly one BCU, the City in none"


def test_bcus_began_between_2017_and_march_2019_and_go_on() -> None:
    dates = {m.area_code: (m.valid_from, m.valid_to) for m in load_members() if m.area_code in GROUPS}
    assert dates["WA"] == (datetime.date(2018, 6, 6), None)
    assert dates["NA"] == (datetime.date(2019, 1, 9), None)
    assert dates["CN"] == dates["EA"] == (datetime.date(2017, 4, 1), None)
    last = datetime.date(2019, 3, 21)  # the Mayor said that day that all were live
    assert all(datetime.date(2017, 1, 1) <= since <= last for since, _ in dates.values())


def test_each_bcu_date_has_bounds_a_precision_and_a_source() -> None:
    with (DATA / "bcu_members.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["earliest"] <= row["valid_from"] <= row["latest"]
            assert row["precision"] in {"day", "month", "planned", "bound"}
            assert len(row["source"]) > 20


def test_a_borough_counts_events_of_any_force() -> None:
    assert pairs("E09000012") == {(12, None)}


def test_the_met_area_is_32_boroughs_and_the_mets_events_without_a_location() -> None:
    assert pairs("met") == {(borough, None) for borough in range(2, 34)} | {(0, 1)}
    assert pairs("met-located") == {(borough, None) for borough in range(2, 34)}


def test_london_is_33_boroughs_and_both_forces_events_without_a_location() -> None:
    assert pairs("london") == {(borough, None) for borough in range(1, 34)} | {(0, 1), (0, 2)}


@pytest.mark.parametrize(("area_code", "force"), [("metropolitan", 1), ("city-of-london-police", 2)])
def test_a_force_counts_all_its_own_events_wherever_they_were(area_code: str, force: int) -> None:
    assert pairs(area_code) == {(borough, force) for borough in range(-1, 34)}


def test_inner_and_outer_london_are_those_of_the_ons() -> None:
    inner = {borough for borough, _ in pairs("inner-london")}
    assert {resolve_name(name) for name in ("Haringey", "Newham", "City of London")} < inner
    assert resolve_name("Greenwich") not in inner
    assert len(inner) == 14
    assert pairs("outer-london") == {(b, None) for b in set(range(1, 34)) - inner}


def test_forces_are_named_as_in_file_names() -> None:
    assert [(f.force, f.slug, f.area_code) for f in load_forces()] == [
        (1, "metropolitan", "metropolitan"),
        (2, "city-of-london", "city-of-london-police"),
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Kingston upon Thames", 21),
        ("Kingston Upon Thames", 21),
        ("KINGSTON-UPON-THAMES", 21),
        ("Royal Borough of Kingston upon Thames", 21),
        ("Richmond Upon Thames", 27),
        ("London Borough of Richmond upon Thames", 27),
        ("City of Westminster", 33),
        ("Westminster", 33),
        ("CITY OF WESTMINSTER COUNCIL", 33),
        ("Westminster City Council", 33),
        ("City of London", 1),
        ("City of London Corporation", 1),
        ("Barking & Dagenham", 2),
        ("Hammersmith & Fulham", 13),
        ("L B HAMMERSMITH & FULHAM", 13),
        ("LB OF HAMMERSMITH AND FULHAM", 13),
        ("Kensington & Chelsea", 20),
        ("The Royal Borough of Kensington and Chelsea", 20),
        ("LONDON BOROUGH OF  WALTHAM FOREST", 31),
        ("London Borough Hackney", 12),
        ("  hackney ", 12),
        ("Royal Borough of Greenwich", 11),
        ("Tower Hamlets LB", 30),
        ("L.B. Tower Hamlets", 30),
    ],
)
def test_a_name_as_files_spell_it(text: str, number: int) -> None:
    assert resolve_name(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "London Heathrow and London City Airports",
        "Aviation Security (SO18)",
        "CO18 (Heathrow Airport)",
        "Unknown",
        "Out of force",
        "Non MET police force",
        "Kingston upon Hull",
        "Richmondshire",
        "Brentwood",
        "London Borough of",
        "City",
        "",
    ],
)
def test_a_name_that_is_no_borough(text: str) -> None:
    assert resolve_name(text) is None


def test_a_gss_code_gives_its_last_two_digits() -> None:
    assert borough_of_gss("E09000012") == 12
    assert borough_of_gss(" E09000033 ") == 33
    assert [borough_of_gss(code) for code in ("E09000000", "E09000034", "E08000012", "E0900001", "")] == [
        None
    ] * 5


def test_every_spelling_of_a_borough_in_the_real_tables_is_known(shared: Path) -> None:
    not_boroughs = {
        "London Heathrow and London City Airports",
        "Aviation Security (SO18)",
        "Unknown",
        "Out of force",
        "Heathrow",
    }
    names: set[str] = set()
    for path in sorted((shared / "mps").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for column in ("BoroughName", "LookUp_BoroughName", "Borough"):
                    names.add((row.get(column) or "").strip())
    with (shared / "geo" / "met_bcu_borough_lookup.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names.add(row["area_name"])
            if row["mps_borough_code"] and row["lad_code"]:
                area = load_boroughs()[int(row["lad_code"][-2:]) - 1]
                assert area.met_borough_code == row["mps_borough_code"]
    assert len(names) > 33
    assert {name for name in names if resolve_name(name) is None} <= not_boroughs | {""}
