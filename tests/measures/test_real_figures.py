"""The check values of methods.md section 3, and what it says of the files, straight from the files."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import polars
import pytest

from tests.oracle import partial, words
from tests.oracle.figures import HIGHER
from tests.oracle.real import expected_figures, read_people

# area: searches, per 1,000, officer-defined Black–White ratio, positive outcomes in %
CHECK = {
    "hackney": (3294, 12.37, 4.13, 36.7),
    "bromley": (2429, 7.26, 4.58, 36.6),
    "haringey": (4042, 15.33, 3.33, 31.0),
    "met-located": (105_805, 11.70, 4.06, 31.6),
}


@pytest.mark.parametrize("area", CHECK)
def test_the_check_values(shared_data: Path, area: str) -> None:
    searches, rate, ratio, positive = CHECK[area]
    found = expected_figures(shared_data)[area]
    assert found["searches"] == searches
    assert found["rate"]["value"] == pytest.approx(rate, abs=0.005)
    assert found["ratios"]["black", "officer_defined"]["value"] == pytest.approx(ratio, abs=0.005)
    assert 100 * found["positive"]["value"] == pytest.approx(positive, abs=0.05)


def test_hackneys_intervals(shared_data: Path) -> None:
    found = expected_figures(shared_data)["hackney"]
    assert (found["rate"]["lower"], found["rate"]["upper"]) == pytest.approx((11.95, 12.80), abs=0.005)
    ratio = found["ratios"]["black", "officer_defined"]
    assert (ratio["lower"], ratio["upper"]) == pytest.approx((3.82, 4.46), abs=0.006)


def test_all_met_rows(shared_data: Path) -> None:
    found = expected_figures(shared_data)
    assert found["metropolitan"]["searches"] == 116_524
    # 9% have no location; the rest lie in the City or outside London
    assert found["met"]["searches"] - found["met-located"]["searches"] == found["met"]["unplaced"] == 10_356
    assert found["metropolitan"]["searches"] - found["met"]["searches"] == 363


@pytest.mark.parametrize("area", ["hackney", "bromley", "haringey", "met-located", "met"])
def test_every_basis_lies_in_the_band_and_says_higher(shared_data: Path, area: str) -> None:
    ratios = expected_figures(shared_data)[area]["ratios"]
    for basis in ("officer_defined", "self_defined_filled", "self_defined"):
        one = ratios["black", basis]
        assert one["assumption_low"] <= one["value"] <= one["assumption_high"]
        assert one["verdict"] == HIGHER


def test_the_unknown_shares_that_methods_state(shared_data: Path) -> None:
    met, haringey = (expected_figures(shared_data)[area] for area in ("met-located", "haringey"))
    for found, share in ((met, 0.315), (haringey, 0.336)):
        unknown = found["ratios"]["black", "self_defined"]["unknown_numerator"]
        assert unknown / found["searches"] == pytest.approx(share, abs=0.0005)
    assert met["ratios"]["black", "officer_defined"]["unknown_numerator"] / met["searches"] == pytest.approx(
        0.02, abs=0.0005
    )


def test_no_published_word_is_unknown_to_the_oracle(shared_data: Path) -> None:
    rows = read_people(shared_data)
    assert set(rows["Self-defined ethnicity"].unique()) <= {*words.STATED_WORDS, ""}
    assert set(rows["Officer-defined ethnicity"].unique()) == {"White", "Black", "Asian", "Other", ""}
    assert set(rows["Outcome"].unique()) <= {*words.OUTCOME_WORDS, ""}


def files(shared: Path, folder: str, ending: str) -> Iterator[tuple[str, date, polars.DataFrame]]:
    """(force, month, rows) of each file of a kind."""
    for path in sorted((shared / "police" / folder).glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(ending):
                    force = name.split("/")[-1][8:].removesuffix(ending)
                    rows = polars.read_csv(archive.read(name), infer_schema_length=0)
                    yield force, date.fromisoformat(f"{path.stem}-01"), rows


def test_one_stop_file_is_cut_short(shared_data: Path) -> None:
    cut = {
        (force, month)
        for folder in ("whole", "awkward")
        for force, month, rows in files(shared_data, folder, "-stop-and-search.csv")
        if partial.stops_early([datetime.fromisoformat(text) for text in rows["Date"]], month)
    }
    assert cut == {("metropolitan", date(2022, 12, 1))}


def test_no_street_file_falls_short_of_its_neighbours(shared_data: Path) -> None:
    # the City's street files begin in 2023-01
    for folder, months in (("whole", 20), ("met-burglary-only", 24)):
        counts = [(month, rows.height) for _, month, rows in files(shared_data, folder, "-street.csv")]
        assert len(counts) == months
        for place, (month, rows) in enumerate(counts):
            around = [
                count for _, count in (*counts[max(0, place - 3) : place], *counts[place + 1 : place + 4])
            ]
            assert not partial.falls_short(rows, around), month
