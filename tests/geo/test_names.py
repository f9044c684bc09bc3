"""Boroughs as the Met and MOPAC spell them."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import load_boroughs
from geo.names import find_borough, find_boroughs

SPELLINGS = {
    "City of Westminster": 33,
    "Westminster": 33,
    "City of London": 1,
    "Kingston Upon Thames": 21,
    "Kingston upon Thames": 21,
    "RICHMOND UPON THAMES": 27,
    "Hammersmith & Fulham": 13,
    "Kensington and Chelsea": 20,
    "London Borough of Hackney": 12,
    "Royal Borough of Kensington & Chelsea": 20,
    " Barking and Dagenham ": 2,
}
NOT_NAMED = [
    *("London Heathrow and London City Airports", "Aviation Security (SO18)", "Aviation Security(SO18)"),
    *("Heathrow", "CO18 (City Airport)", "CO18 (Heathrow Airport) (Legacy Only)", "London City Airport"),
    *("Unknown", "#N/A", "N/A", "NA", "Not Recorded", "NOT KNOWN", "NULL", "-", "", " ", None),
]
ELSEWHERE = ["Out of force", "Out of Force", "Non MET police force", "Outside London", "Outside MPS"]


@pytest.mark.parametrize(("name", "borough"), SPELLINGS.items())
def test_a_borough_however_it_is_spelt(name: str, borough: int) -> None:
    assert find_borough(name) == borough


@pytest.mark.parametrize("name", NOT_NAMED)
def test_no_borough_is_named(name: str | None) -> None:
    assert find_borough(name) == 0


@pytest.mark.parametrize("name", ELSEWHERE)
def test_outside_london(name: str) -> None:
    assert find_borough(name) == -1


def test_a_column_keeps_its_order_and_names_what_it_does_not_know() -> None:
    numbers, unknown = find_boroughs(
        ["Hackney", "Gotham", None, "Out of force", " Gotham", "Bromley", "Arkham"]
    )
    assert numbers.dtype == np.int16
    assert numbers.tolist() == [12, 0, 0, -1, 0, 6, 0]
    assert unknown == ["Arkham", "Gotham"]
    assert find_boroughs([])[0].shape == (0,)


@given(st.sampled_from([area.area_name for area in load_boroughs()]), st.sampled_from([str.upper, str.lower]))
def test_case_does_not_matter(name: str, change: object) -> None:
    assert callable(change)
    number = find_borough(name)
    assert number is not None
    assert 1 <= number <= 33
    assert find_borough(change(name)) == number


@given(st.text(max_size=30))
def test_no_text_is_an_error(name: str) -> None:
    assert find_borough(name) is None or -1 <= (find_borough(name) or 0) <= 33


def test_every_spelling_in_the_published_files(shared_data: Path) -> None:
    named: set[str] = set()
    for path in (*shared_data.glob("mps/**/*.csv"), *shared_data.glob("mopac/*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=";" if "semicolon" in path.name else ",")
            header = [name.lower() for name in next(rows)]
            at = next(
                i for i, name in enumerate(header) if name in ("borough", "boroughname", "lookup_boroughname")
            )
            named |= {row[at] for row in rows}
    numbers, unknown = find_boroughs(sorted(named))
    assert unknown == []
    assert set(numbers.tolist()) == {-1, 0, *range(2, 34)}
