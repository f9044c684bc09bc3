"""Statistical neighbours, and the land areas under them."""

import math
import statistics
from pathlib import Path

import geopandas
import pytest

from api.figures.neighbours import find_neighbours
from geo.areas import CITY, load_hectares


def slow_neighbours(residents: dict[int, int], hectares: dict[int, int]) -> dict[int, list[int]]:
    compared = [number for number in residents if number != CITY]
    people = {number: math.log(residents[number]) for number in compared}
    density = {number: math.log(residents[number] / hectares[number]) for number in compared}
    for trait in (people, density):
        mean, spread = statistics.fmean(trait.values()), statistics.pstdev(trait.values())
        for number in compared:
            trait[number] = (trait[number] - mean) / spread
    return {
        number: sorted(
            (other for other in compared if other != number),
            key=lambda other: math.dist((people[number], density[number]), (people[other], density[other])),
        )[:5]
        for number in compared
    }


def test_neighbours_are_those_of_the_slow_version() -> None:
    residents = {number: 90_000 + 7_919 * number * number % 260_000 for number in range(1, 34)}
    found = find_neighbours(residents, load_hectares())
    assert {number: list(near) for number, near in found.items()} == slow_neighbours(
        residents, load_hectares()
    )


def test_the_city_has_none_and_is_nobodys() -> None:
    found = find_neighbours(dict.fromkeys(range(1, 34), 250_000), load_hectares())
    assert CITY not in found
    assert len(found) == 32
    assert all(len(near) == 5 and CITY not in near for near in found.values())


def test_neither_of_a_borough_alone_is_there_a_neighbour() -> None:
    assert find_neighbours({CITY: 9_000, 12: 260_000}, load_hectares()) == {}
    assert find_neighbours({12: 260_000, 6: 330_000, 7: 0}, load_hectares()) == {12: (6,), 6: (12,)}


def test_the_land_of_the_33_boroughs() -> None:
    hectares = load_hectares()
    assert sorted(hectares) == list(range(1, 34))
    # Office for National Statistics: 1,572 square kilometres of land in Greater London
    assert sum(hectares.values()) == pytest.approx(157_200, rel=0.001)


def test_the_areas_are_those_of_the_boundaries_without_their_water(shared_data: Path) -> None:
    table = geopandas.read_file(shared_data / "geo" / "london_boroughs_gla_datastore.gpkg")
    for row in table.itertuples():
        land = row.geometry.area / 10_000 - row.nonld_area
        assert load_hectares()[int(row.gss_code[-2:])] == pytest.approx(land, abs=1)
