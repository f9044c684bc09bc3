"""The sample repeats the oddities of real stop files, and its searches are plausible."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.sample import write_sample
from tests.etl.sample_files import (
    ALL_MONTHS,
    CITY,
    MET,
    SINCE_2024_02,
    STOPS,
    UNTIL_2024_01,
    Sample,
    count,
    find_boroughs,
    share,
    write_whole,
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_whole(tmp_path_factory)


# Oddities of stops.


def test_the_partial_month_is_the_fourth_whenever_the_sample_begins(tmp_path: Path) -> None:
    write_sample(tmp_path, months=4, first_month=date(2023, 3, 1), scale=0.5)
    assert str(Sample(tmp_path).month(MET, STOPS, "2023-06")["Date"].max())[:10] == "2023-06-17"


def test_stops_without_coordinates(sample: Sample) -> None:
    blank = pl.col("Latitude").is_null()
    assert 0.09 < share(sample.all(MET, STOPS, UNTIL_2024_01), blank) < 0.115
    assert 0.06 < share(sample.all(MET, STOPS, SINCE_2024_02[1:]), blank) < 0.09
    assert count(sample.all(MET, STOPS), blank != pl.col("Longitude").is_null()) == 0


def test_linked_outcome_is_blank_then_always_false_for_the_met_and_real_for_the_city(sample: Sample) -> None:
    column = "Outcome linked to object of search"
    assert set(sample.all(MET, STOPS, UNTIL_2024_01)[column].to_list()) == {None}
    assert set(sample.all(MET, STOPS, SINCE_2024_02)[column].to_list()) == {"False"}
    assert set(sample.all(CITY, STOPS)[column].to_list()) == {None, "True", "False"}
    for month in ALL_MONTHS:
        assert "True" in sample.month(CITY, STOPS, month)[column]


def test_clothing_removal_is_blank_for_the_met_to_2024_01(sample: Sample) -> None:
    column = "Removal of more than just outer clothing"
    assert set(sample.all(MET, STOPS, UNTIL_2024_01)[column].to_list()) == {None}
    later = sample.all(MET, STOPS, SINCE_2024_02)
    assert later[column].null_count() == 0
    assert 0.008 < share(later, pl.col(column) == "True") < 0.03
    assert sample.all(CITY, STOPS)[column].null_count() == 0


def test_gender_other_leaps_in_2024_03_while_blanks_vanish(sample: Sample) -> None:
    before, after = sample.all(MET, STOPS, UNTIL_2024_01), sample.all(MET, STOPS, SINCE_2024_02[1:])
    other, blank = pl.col("Gender") == "Other", pl.col("Gender").is_null()
    assert share(before, other) < 0.005
    assert 0.005 < share(before, blank) < 0.02
    assert 0.13 < share(after, other) < 0.19
    assert count(after, blank) == 0


def test_a_few_under_ten_more_from_2024_03(sample: Sample) -> None:
    under_ten = pl.col("Age range") == "under 10"
    before, after = sample.all(MET, STOPS, UNTIL_2024_01), sample.all(MET, STOPS, SINCE_2024_02[1:])
    assert 0 < share(before, under_ten) < 0.003
    assert count(after, under_ten) >= 6
    assert share(after, under_ten) > share(before, under_ten)


def test_ethnicity_is_often_unknown_when_self_defined_and_seldom_when_officer_defined(sample: Sample) -> None:
    stops = sample.all(MET, STOPS)
    self_defined, officer = pl.col("Self-defined ethnicity"), pl.col("Officer-defined ethnicity")
    unknown = self_defined.is_null() | (self_defined == "Other ethnic group - Not stated")
    assert 0.29 < share(stops, unknown) < 0.34
    assert 0.015 < share(stops, officer.is_null()) < 0.035
    assert (
        share(stops.filter(officer == "Black"), unknown)
        > share(stops.filter(officer == "White"), unknown) + 0.05
    )


def test_stamps_are_utc(sample: Sample) -> None:
    june = sample.month(MET, STOPS, "2023-06")["Date"]
    assert str(june[0]).startswith("2023-05-31T23:")
    assert str(june[0]).endswith(":00+00:00")
    assert str(june.max()) < "2023-06-30T23:00"
    assert str(sample.month(MET, STOPS, "2023-01")["Date"].min()) >= "2023-01-01T00:00"
    # The clocks change on 2023-10-29: the month begins an hour early and ends on time.
    october = sample.month(MET, STOPS, "2023-10")["Date"]
    assert "2023-09-30T23:00" <= str(october.min()) < "2023-10-01"
    assert "2023-10-31T23:00" <= str(october.max()) < "2023-11-01"


def test_every_stop_falls_in_its_month_in_london(sample: Sample) -> None:
    for force in (MET, CITY):
        stops = sample.all(force, STOPS).with_columns(
            local=pl.col("Date").str.to_datetime("%Y-%m-%dT%H:%M:%S%z").dt.convert_time_zone("Europe/London")
        )
        assert count(stops, pl.col("local").dt.strftime("%Y-%m") != pl.col("file")) == 0


def test_identical_rows_are_genuine_pairs(sample: Sample) -> None:
    for month in ALL_MONTHS:
        stops = sample.month(MET, STOPS, month)
        assert 1 <= stops.height - stops.unique().height < stops.height * 0.02


def test_vehicle_searches_mostly_describe_nobody(sample: Sample) -> None:
    stops = sample.all(MET, STOPS)
    vehicles = stops.filter(pl.col("Type") == "Vehicle search")
    assert 0.007 < vehicles.height / stops.height < 0.02
    assert share(vehicles, pl.col("Officer-defined ethnicity").is_null()) > 0.5
    assert set(stops["Type"].to_list()) == {"Person search", "Person and Vehicle search", "Vehicle search"}


def test_a_stop_in_newcastle_and_a_few_in_the_city(sample: Sample) -> None:
    stops = sample.all(MET, STOPS)
    assert count(stops, pl.col("Latitude") == "54.977475", pl.col("Longitude") == "-1.613881") >= 1
    assert count(stops.filter(find_boroughs(stops) == 1)) >= 2


def test_a_few_searches_have_no_outcome(sample: Sample) -> None:
    blank = pl.col("Outcome").is_null()
    assert (
        count(sample.all(MET, STOPS), blank)
        == count(sample.all(MET, STOPS, ["2024-05", "2024-06"]), blank)
        >= 2
    )


def test_older_months_have_older_words(tmp_path: Path) -> None:
    write_sample(tmp_path, months=2, first_month=date(2017, 3, 1), scale=0.5)
    older, newer = (Sample(tmp_path).month(MET, STOPS, month) for month in ("2017-03", "2017-04"))
    assert "White - White British (W1)" in older["Self-defined ethnicity"]
    assert "Not Stated (NS)" in older["Self-defined ethnicity"]
    assert older["Self-defined ethnicity"].drop_nulls().str.ends_with(")").all()
    assert "White - English/Welsh/Scottish/Northern Irish/British" in newer["Self-defined ethnicity"]
    assert not newer["Self-defined ethnicity"].drop_nulls().str.contains(r"\([A-Z]").any()
    for frame in (older, newer):
        assert {"Suspect arrested", "Nothing found - no further action"} < set(frame["Outcome"].to_list())
        assert "Arrest" not in frame["Outcome"]
