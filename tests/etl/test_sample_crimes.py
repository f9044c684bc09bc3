"""The sample repeats the oddities of real street and outcome files."""

import polars as pl
import pytest
import shapely

from geo.areas import load_boroughs
from tests.etl.sample_files import (
    ALL_MONTHS,
    CITY,
    MET,
    OUTCOMES,
    STREET,
    Sample,
    count,
    find_boroughs,
    lsoa_boroughs,
    outline,
    share,
    write_whole,
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_whole(tmp_path_factory)


# Oddities of crimes and outcomes.


def test_antisocial_behaviour_has_no_id_and_no_outcome(sample: Sample) -> None:
    street = sample.all(MET, STREET)
    antisocial = pl.col("Crime type") == "Anti-social behaviour"
    assert 0.17 < share(street, antisocial) < 0.23
    assert count(street, antisocial != pl.col("Crime ID").is_null()) == 0
    assert count(street, antisocial != pl.col("Last outcome category").is_null()) == 0


def test_no_location_has_neither_point_nor_lsoa(sample: Sample) -> None:
    empty = pl.all_horizontal(pl.col("Longitude", "Latitude", "LSOA code", "LSOA name").is_null())
    for kind, words in ((STREET, "No Location"), (OUTCOMES, "No location")):
        for force, low, high in ((MET, 0.01, 0.03), (CITY, 0.05, 0.14)):
            rows = sample.all(force, kind)
            assert low < share(rows, empty) < high
            assert count(rows, empty != (pl.col("Location") == words)) == 0
            assert rows["Location"].null_count() == 0


def test_on_or_near_with_nothing_after_it(sample: Sample) -> None:
    nameless = pl.col("Location") == "On or near "
    assert 0.06 < share(sample.month(MET, STREET, "2022-12"), nameless) < 0.10
    assert count(sample.all(MET, STREET, ALL_MONTHS[8:]), nameless) == 0
    assert count(sample.all(CITY, STREET, ALL_MONTHS[8:]), nameless) > 0
    assert b",On or near ,E01" in sample.path(MET, STREET, "2022-12").read_bytes()


def test_commas_are_quoted(sample: Sample) -> None:
    assert b',"On or near ' in sample.path(MET, STREET, "2023-06").read_bytes()
    assert (
        count(sample.month(MET, STREET, "2023-06"), pl.col("Location").str.contains(", ", literal=True)) > 10
    )


def test_crimes_far_away_carry_codes_of_no_london_borough(sample: Sample) -> None:
    london = lsoa_boroughs()
    for kind in (STREET, OUTCOMES):
        rows = sample.all(MET, kind)
        for name in ("Birmingham 138A", "Bolton 016E"):
            codes = set(rows.filter(pl.col("LSOA name") == name)["LSOA code"].to_list())
            assert len(codes) == 1
            assert codes.isdisjoint(london)


def test_ids_repeat_in_one_street_file_with_different_outcomes(sample: Sample) -> None:
    def repeats(month: str) -> pl.DataFrame:
        rows = sample.month(MET, STREET, month).filter(pl.col("Crime ID").is_not_null())
        return (
            rows.group_by("Crime ID")
            .agg(pl.len(), pl.col("Last outcome category").n_unique().alias("words"))
            .filter(pl.col("len") > 1)
        )

    assert repeats("2023-06").height > 3 * repeats("2023-07").height > 0
    for month in ("2023-06", "2023-07"):
        assert (repeats(month)["words"] == 2).all()
    ids = sample.all(CITY, STREET)["Crime ID"].drop_nulls()
    assert ids.n_unique() == len(ids)


def test_a_burglary_whose_point_and_lsoa_disagree_near_a_border(sample: Sample) -> None:
    rows = sample.all(MET, STREET).filter(pl.col("LSOA name").is_not_null())
    by_point, by_lsoa = (
        find_boroughs(rows),
        rows["LSOA code"].replace_strict(lsoa_boroughs(), default=-1, return_dtype=pl.Int64),
    )
    differ = rows.filter(by_point != by_lsoa)
    assert 24 <= differ.height < rows.height / 1_000
    assert set(differ["Crime type"].to_list()) == {"Burglary"}
    gaps = [
        shapely.distance(outline()[borough - 1], shapely.points(float(lon), float(lat)))
        for lon, lat, borough in zip(
            differ["Longitude"], differ["Latitude"], by_lsoa.filter(by_point != by_lsoa), strict=True
        )
    ]
    assert max(gaps) < 0.01


def test_names_of_lsoas_are_those_of_the_borough(sample: Sample) -> None:
    names = {area.borough: area.area_name for area in load_boroughs()}
    rows = pl.concat([sample.month(force, kind, "2023-05") for force in (MET, CITY) for kind in (STREET,)])
    rows = rows.filter(pl.col("LSOA code").is_in(list(lsoa_boroughs()))).unique("LSOA code")
    assert rows.height > 2_000
    for code, name in rows.select("LSOA code", "LSOA name").iter_rows():
        borough, _, number = name.rpartition(" ")
        assert borough == names[lsoa_boroughs()[code]]
        assert len(number) == 4
        assert number[:3].isdigit()
        assert number[3] in "ABCDE"


@pytest.mark.parametrize("force", [MET, CITY])
def test_last_outcome_is_what_the_months_outcomes_said(sample: Sample, force: str) -> None:
    """As seen at publication: the outcomes of the month itself, in the street file's words."""
    charged = {"Awaiting court outcome", "Court result unavailable"}
    for month in ("2022-09", "2023-06", "2024-08"):
        street = sample.month(force, STREET, month).filter(pl.col("Crime ID").is_not_null())
        outcomes = sample.month(force, OUTCOMES, month)
        said: dict[str, list[str]] = {}
        for crime, word in outcomes.select("Crime ID", "Outcome type").iter_rows():
            said.setdefault(crime, []).append(word)
        for crime, word in street.select("Crime ID", "Last outcome category").iter_rows():
            words = said.get(crime)
            if words is None:
                assert word in ("Under investigation", "Status update unavailable")
            elif word in charged:
                assert "Suspect charged" in words
            else:
                assert word in words


def test_outcomes_follow_their_crimes_for_up_to_a_year(sample: Sample) -> None:
    street = sample.all(MET, STREET).filter(pl.col("Crime ID").is_not_null()).unique("Crime ID")
    outcomes = sample.all(MET, OUTCOMES)
    pairs = outcomes.join(street.select("Crime ID", crime=pl.col("file")), on="Crime ID")
    months = {month: at for at, month in enumerate(ALL_MONTHS)}
    age = pairs["file"].replace_strict(months) - pairs["crime"].replace_strict(months)
    assert (age.min(), age.max()) == (0, 12)
    # The cohort of the first month, by age: it matures, and hardly anything is left open after a year.
    first = pairs.with_columns(age=age).filter(pl.col("crime") == "2022-09")
    cohort = count(street, pl.col("file") == "2022-09")
    done = [first.filter(pl.col("age") <= k)["Crime ID"].n_unique() / cohort for k in (0, 1, 3, 6, 12)]
    assert done == sorted(done)
    assert 0.2 < done[0] < 0.4
    assert 0.85 < done[-1] < 0.97
    # An outcome file's ids match a quarter or so of the same month's street ids.
    june = set(sample.month(MET, STREET, "2023-06")["Crime ID"].drop_nulls().to_list())
    known = set(sample.month(MET, OUTCOMES, "2023-06")["Crime ID"].to_list())
    assert 0.2 < len(june & known) / len(june) < 0.4
    # The first outcome file tells of crimes of months before the sample.
    unknown = set(sample.month(MET, OUTCOMES, "2022-09")["Crime ID"].to_list()) - set(
        street["Crime ID"].to_list()
    )
    assert len(unknown) > 1_000


def test_some_crimes_have_several_outcomes(sample: Sample) -> None:
    outcomes = sample.all(MET, OUTCOMES)
    words = (
        outcomes.group_by("Crime ID", maintain_order=True)
        .agg("Outcome type", "file")
        .filter(pl.col("file").list.len() > 1)
    )
    stories = set(words["Outcome type"].list.join(" > ").to_list())
    assert words.height > 500
    assert "Investigation complete; no suspect identified > Suspect charged" in stories
    # A charge, then a word of administration, which must not overwrite it.
    assert "Suspect charged > Unable to prosecute suspect" in stories
    later = words.filter(pl.col("file").list.first() < pl.col("file").list.last())
    assert later.height > 300
