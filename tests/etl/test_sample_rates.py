"""The sample is plausible: what a reader knows of London, in round numbers not taken from the generator."""

import polars as pl
import pytest

from tests.etl.sample_files import (
    CITY,
    MET,
    STOPS,
    STREET,
    Sample,
    count,
    find_boroughs,
    share,
    write_whole,
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_whole(tmp_path_factory)


RESIDENTS = {
    "Westminster": 204_000,
    "Hackney": 259_000,
    "Bromley": 330_000,
    "Harrow": 261_000,
    "Bexley": 246_000,
    "Richmond upon Thames": 195_000,
}


def test_crime_rates_are_high_in_the_centre_and_low_at_the_edge(sample: Sample) -> None:
    name = pl.col("LSOA name").str.head(-5)
    counts = dict(sample.all(MET, STREET).group_by(name.alias("borough")).len().iter_rows())
    per_1000 = {borough: counts[borough] * 10 / 2 / people * 1_000 for borough, people in RESIDENTS.items()}
    assert per_1000["Westminster"] > 300
    assert 120 < per_1000["Hackney"] < 230
    for quiet in ("Harrow", "Bexley", "Richmond upon Thames", "Bromley"):
        assert 40 < per_1000[quiet] < 100
    in_the_city = count(sample.all(CITY, STREET), pl.col("LSOA name").str.starts_with("City of London"))
    assert in_the_city * 10 / 2 / 9_000 * 1_000 > 500


def test_black_people_are_searched_three_to_five_times_as_often_with_variation(sample: Sample) -> None:
    """Residents by broad group in thousands, Census 2021, rounded."""
    residents = {
        12: (137, 55),
        6: (253, 25),
        14: (151, 46),
        22: (175, 76),
        25: (108, 61),
        28: (158, 77),
        8: (189, 89),
    }
    stops = sample.all(MET, STOPS)
    stops = stops.with_columns(borough=find_boroughs(stops)).filter(pl.col("Type") != "Vehicle search")
    ratios = []
    for borough, (white, black) in residents.items():
        here = stops.filter(pl.col("borough") == borough)["Officer-defined ethnicity"]
        ratios.append((int((here == "Black").sum()) / black) / (int((here == "White").sum()) / white))
    assert all(2.6 < ratio < 5.6 for ratio in ratios), ratios
    assert max(ratios) / min(ratios) > 1.15


def test_positive_outcomes_are_a_quarter_to_two_fifths(sample: Sample) -> None:
    stops = sample.all(MET, STOPS)
    stops = stops.with_columns(borough=find_boroughs(stops)).filter(pl.col("borough") > 1)
    shares = [
        share(here, pl.col("Outcome") != "A no further action disposal")
        for _, here in stops.group_by("borough")
        if here.height > 400
    ]
    assert len(shares) > 25
    assert 0.22 < min(shares) < max(shares) < 0.45
    assert max(shares) - min(shares) > 0.06


def test_search_rates_differ_between_boroughs(sample: Sample) -> None:
    stops = sample.all(MET, STOPS)
    found = dict(stops.group_by(find_boroughs(stops).alias("borough")).len().iter_rows())
    assert set(range(1, 34)) <= set(found)
    rate = {
        borough: found[borough] * 10 / 2 / people * 1_000
        for borough, people in {33: 204_000, 12: 259_000, 6: 330_000, 15: 261_000}.items()
    }
    assert rate[33] > rate[12] > 12 > 10 > rate[6] > 4
    assert 4 < rate[15] < 10
