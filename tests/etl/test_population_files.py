"""Population files: five forms, each read to persons by borough; whole and free of contradiction, or refused."""

from pathlib import Path
from typing import Any

import pytest

from etl.errors import Refused
from etl.population_rows import CENSUS_2011, MID_YEAR, SINGLE_YEARS, Population
from etl.population_tables import is_population_header, read_population
from etl.reference import load_populations
from etl.sources import TABLE_SOURCES
from tests.etl.population_files import (
    census_2011,
    detailed,
    ethnic_groups,
    mid_years,
    sexes,
    single_years,
    write_rows,
)

SHIPPED = {(p.population, p.borough, p.year, p.vintage): p.persons for p in load_populations()}
NO_NAME = "file.csv"


def persons(rows: list[Population]) -> dict[tuple[str, int, int, str], int]:
    found = {(p.population, p.borough, p.year, p.vintage): p.persons for p in rows}
    assert len(found) == len(rows)
    return found


def shipped(*prefixes: str, year: int | None = None) -> dict[tuple[str, int, int, str], int]:
    return {
        key: count
        for key, count in SHIPPED.items()
        if key[0].partition(":")[0] in prefixes and year in (None, key[2])
    }


class TestForms:
    def test_mid_years(self) -> None:
        assert persons(read_population(mid_years(), NO_NAME)) == shipped("residents")

    def test_sexes(self) -> None:
        assert persons(read_population(sexes(), NO_NAME)) == shipped("gender")

    @pytest.mark.parametrize("year", [2019, 2020])
    def test_single_years_of_age(self, year: int) -> None:
        name = f"population{year % 100}_ltla{year % 100}_london.csv"
        assert persons(read_population(single_years(year), name)) == shipped("age", year=year)

    def test_ages_belong_to_their_range_to_the_last(self) -> None:
        edges = {"4": 5, "9": 1, "17": 10, "24": 100, "34": 1_000, "35": 10_000}
        plain, more = (
            persons(read_population(single_years(2020, added), "population20.csv")) for added in ({}, edges)
        )
        grown = {key[0]: count - plain[key] for key, count in more.items() if key[1] == 12}
        assert grown == {
            "age:10_17": 10,
            "age:18_24": 100,
            "age:25_34": 1_000,
            "age:over_34": 10_000,
            "age:5-17": 11,
        }

    def test_a_series_of_single_years(self) -> None:
        rows = read_population(detailed(range(2010, 2021)), "MYEB1_detailed_population_estimates_series.csv")
        assert {row.vintage for row in rows} == {"ONS mid-year estimates 2010 to 2020 by single year of age"}
        found = {(row.population, row.borough, row.year): row.persons for row in rows}
        # 13 years of age, two sexes, 12 + 13 persons each
        assert found["age:5-17", 12, 2013] == 13 * 2 * 25
        assert found["age:over_34", 1, 2010] == 56 * 2 * 11
        assert len(found) == 5 * 33 * 11

    def test_a_series_that_lacks_an_age(self) -> None:
        with pytest.raises(Refused, match="ages or a sex are missing"):
            read_population(detailed([2012, 2013], without=(7, "2", 40)), NO_NAME)

    def test_ethnic_groups_of_2021(self) -> None:
        found = persons(read_population(ethnic_groups(outside="Bolton"), NO_NAME))
        assert found == shipped("ethnicity", "ethnicity_officer", "ethnicity_perceived")

    def test_ethnic_groups_of_2011(self) -> None:
        found = persons(read_population(census_2011(), NO_NAME))
        assert {(key[2], key[3]) for key in found} == {(2011, CENSUS_2011)}
        # borough 1: White 1 to 4, Mixed 5 to 8, Asian 9 to 13 with Chinese 12, Black 14 to 16, Other 17 and 18
        city = {key[0]: count for key, count in found.items() if key[1] == 1}
        assert city == {
            "ethnicity:white": 10,
            "ethnicity:mixed": 26,
            "ethnicity:asian": 55,
            "ethnicity:black": 45,
            "ethnicity:other": 35,
            "ethnicity:black_or_mixed_black": 45 + 5 + 6,
            "ethnicity_officer:white": 10,
            "ethnicity_officer:asian": 43,
            "ethnicity_officer:black": 45,
            "ethnicity_officer:other": 47,
            "ethnicity_officer:black_or_mixed_black": 56,
            "ethnicity_perceived:white": 10,
            "ethnicity_perceived:mixed": 26,
            "ethnicity_perceived:asian": 43,
            "ethnicity_perceived:black": 45,
            "ethnicity_perceived:other": 47,
            "ethnicity_perceived:black_or_mixed_black": 56,
        }
        assert {key[1] for key in found} == set(range(1, 34))

    def test_other_years_are_another_vintage(self) -> None:
        rows = read_population(mid_years(years=range(2019, 2026)), NO_NAME)
        assert {row.vintage for row in rows} == {"ONS mid-year estimates 2019 to 2025"}
        assert {row.vintage for row in read_population(mid_years(), NO_NAME)} == {MID_YEAR}
        assert {row.vintage for row in read_population(single_years(2020), "population20.csv")} == {
            SINGLE_YEARS
        }

    def test_headers_are_known_and_no_other_source_takes_them(self) -> None:
        files = (mid_years(), sexes(), single_years(2020), ethnic_groups(), census_2011())
        for data in files:
            header = data.split(b"\n", 1)[0].decode().replace('"', "").split(",")
            assert is_population_header(header)
            assert not any(source.is_header(header) for source in TABLE_SOURCES)
        assert not is_population_header(["Date", "Survey", "Borough", "Measure", "Proportion", "MPS"])


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (mid_years().replace(b"Barnet,2021,", b"Barnet,2011,"), "lacks 32 of the 33 boroughs in 2011"),
            (mid_years(more=[["Barnet", 2021, 5]]), "E09000003 stands twice"),
            (mid_years().replace(b"Barnet", b"Burnet"), "'Burnet' is not the name of a London borough"),
            (mid_years({(12, 2021): -5}), "'-5' is not a number of persons"),
            (mid_years().replace(b"Hackney,2021,", b"Hackney,2021,c"), "is not a number"),
            (sexes(total=1), "The sexes add up to"),
            (sexes().replace(b"E09000012", b"E08000012"), r"lacks 1 of the 33 boroughs \(E09000012\)"),
            (ethnic_groups(percent=0.2), "The number and the percentage of"),
            (
                ethnic_groups().replace(b'Chinese (number)",545.0', b'Chineese (number)",545.0'),
                "lacks the group",
            ),
            (
                ethnic_groups().replace(b"White: Irish", b"Wight: Irish"),
                "is not an ethnic group of Census 2021",
            ),
            (census_2011(total=1), "The ethnic groups add up to"),
            (census_2011(without=12), "lacks 1 of the 33 boroughs"),
            (
                census_2011().replace(b": Chinese;", b" Chinese;"),
                "The columns of the group 'Asian' are not all there",
            ),
        ],
        ids=range(13),
    )
    def test_a_file_that_is_not_whole_or_contradicts_itself(self, data: bytes, sentence: str) -> None:
        with pytest.raises(Refused, match=sentence):
            read_population(data, NO_NAME)

    def test_ages_that_do_not_add_up(self) -> None:
        with pytest.raises(Refused, match=r"The ages add up to .* and the file says") as refusal:
            read_population(single_years(2020, total=7), "population20_ltla21_london.csv")
        assert refusal.value.line == 2

    @pytest.mark.parametrize("name", ["ages.csv", "population.csv", "population_by_age_20205.csv"])
    def test_ages_of_no_year(self, name: str) -> None:
        with pytest.raises(Refused, match="does not say of which year it is"):
            read_population(single_years(2020), name)

    def test_another_table(self) -> None:
        with pytest.raises(Refused, match="not those of a population file"):
            read_population(write_rows(("borough", "year"), [("Barnet", 2021)]), NO_NAME)


def test_the_real_files_are_the_tables_that_ship(shared_data: Path) -> None:
    kinds: dict[str, Any] = {}
    for path in sorted((shared_data / "population").glob("*.csv")):
        found = persons(read_population(path.read_bytes(), path.name))
        kinds[path.name.split("_")[0]] = len(found), len(found.items() & SHIPPED.items())
    assert kinds == {
        "age": (66, 66),
        "ethnicity21": (561, 561),
        "oliversis": (198, 198),
        "population19": (165, 165),
        "population20": (165, 165),
        # none of the Census of 2011 ships
        "qs201ew": (561, 0),
    }
