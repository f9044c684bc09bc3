"""The sample: the same for a seed everywhere, never among real files, and of steady volume."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from etl.errors import EtlError
from etl.sample import write_sample
from etl.sample.draws import Draws
from tests.etl.sample_files import (
    ALL_MONTHS,
    CITY,
    MET,
    OUTCOMES,
    STOPS,
    STREET,
    Sample,
    write_whole,
)

CATEGORIES = {
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_whole(tmp_path_factory)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    write_sample(folder, months=4, scale=0.1)
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# The same for a seed.


def test_two_runs_write_the_same_bytes(small: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, months=4, scale=0.1)
    assert digests(tmp_path) == digests(small)


def test_writing_again_into_the_same_folder_changes_nothing(small: Path) -> None:
    before = digests(small)
    write_sample(small, months=4, scale=0.1)
    assert digests(small) == before


def test_another_seed_changes_every_file(small: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, seed=7, months=4, scale=0.1)
    here, there = digests(tmp_path), digests(small)
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] == there[name]] == []


def test_a_month_does_not_depend_on_how_many_follow(small: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, months=2, scale=0.1)
    here, there = digests(tmp_path), digests(small)
    of_months = {name: digest for name, digest in here.items() if name.startswith("20")}
    assert len(of_months) == 2 * 6
    assert {name: there[name] for name in of_months} == of_months


def test_choices_are_those_of_the_raw_stream() -> None:
    """Pinned: a machine or a numpy that drew otherwise would write another sample."""
    raw = np.random.PCG64(np.random.SeedSequence([2026, 1])).random_raw(6).tolist()
    assert Draws(2026, 1).below(10, 6).tolist() == [(bits >> 32) * 10 >> 32 for bits in raw]
    assert Draws(2026, 1).hexadecimal(2, 20) == [
        f"{raw[0]:016x}{raw[1]:016x}"[:20],
        f"{raw[2]:016x}{raw[3]:016x}"[:20],
    ]


def test_picks_keep_to_their_weights() -> None:
    picked = Draws(1).pick([0, 3, 0, 1], 40_000)
    assert set(picked.tolist()) == {1, 3}
    assert 0.74 < float((picked == 1).mean()) < 0.76
    by_row = Draws(1).pick_by([[1, 0, 0], [0, 1, 1]], np.array([0, 1] * 1_000, dtype=np.int64))
    assert set(by_row[::2].tolist()) == {0}
    assert set(by_row[1::2].tolist()) == {1, 2}


# About a tenth of real volume, steady enough not to look partial.


def test_volume_is_about_a_tenth(sample: Sample) -> None:
    assert 25_000 < sample.all(MET, STOPS).height < 31_000
    assert 210_000 < sample.all(MET, STREET).height < 250_000
    assert 140_000 < sample.all(MET, OUTCOMES).height < 200_000
    assert 280 < sample.all(CITY, STOPS).height < 440
    assert 1_600 < sample.all(CITY, STREET).height < 2_100


def test_scale_ten_is_ten_times_as_much(tmp_path: Path) -> None:
    for scale in (0.1, 1.0):
        write_sample(tmp_path / str(scale), months=1, scale=scale)
    rows = [
        sum(
            len(path.read_bytes().splitlines()) - 1
            for path in (tmp_path / scale).glob("*/*metropolitan*.csv")
        )
        for scale in ("0.1", "1.0")
    ]
    assert 8.5 < rows[1] / rows[0] < 11.5


def test_the_city_keeps_a_tenth_at_any_scale(small: Path) -> None:
    files = Sample(small)
    for month in ALL_MONTHS[:4]:
        assert files.month(CITY, STREET, month).height > 60
        assert files.month(CITY, STOPS, month).height >= 12


@pytest.mark.parametrize("kind", [STREET, OUTCOMES])
@pytest.mark.parametrize("force", [MET, CITY])
def test_no_month_falls_under_60_percent_of_its_neighbours(sample: Sample, force: str, kind: str) -> None:
    rows = [sample.month(force, kind, month).height for month in ALL_MONTHS]
    for at in range(len(rows)):
        around = [*rows[max(0, at - 2) : at], *rows[at + 1 : at + 3]]
        assert rows[at] > 0.6 * median(around), ALL_MONTHS[at]


@pytest.mark.parametrize("force", [MET, CITY])
def test_every_street_month_has_every_category(sample: Sample, force: str) -> None:
    for month in ALL_MONTHS:
        assert set(sample.month(force, STREET, month)["Crime type"].to_list()) == CATEGORIES


@pytest.mark.parametrize("force", [MET, CITY])
def test_no_stop_month_but_the_partial_one_ends_early(sample: Sample, force: str) -> None:
    for month in ALL_MONTHS:
        first = date.fromisoformat(f"{month}-01")
        last_day = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        latest = datetime.fromisoformat(str(sample.month(force, STOPS, month)["Date"].max())).date()
        if (force, month) == (MET, "2022-12"):
            assert latest == date(2022, 12, 17)
        else:
            assert last_day - latest <= timedelta(days=4), month


# What is refused.


def test_sample_files_never_land_among_others(tmp_path: Path) -> None:
    (tmp_path / "2023-01-metropolitan-street.csv").write_text("real")
    with pytest.raises(EtlError, match="is not empty and holds no sample"):
        write_sample(tmp_path, months=1, scale=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["2023-01-metropolitan-street.csv"]


def test_months_of_an_earlier_sample_are_not_left_behind(small: Path) -> None:
    with pytest.raises(EtlError, match="holds 2022-11, which this run would leave as it is"):
        write_sample(small, months=2, scale=0.1)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "sample"
    path.write_text("")
    with pytest.raises(EtlError, match="is a file"):
        write_sample(path)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"months": 0}, "Ask for 1 month or more"),
        ({"scale": 0.0}, "Give a number above 0"),
        ({"scale": float("nan")}, "Give a number above 0"),
        ({"seed": -1}, "Give a whole number of 0 or more"),
        ({"first_month": date(2022, 9, 2)}, "Give the first day of a month"),
        ({"first_month": date(2011, 1, 1)}, "earlier files have no stops"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_with_a_sentence(
    tmp_path: Path, arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(EtlError, match=sentence):
        write_sample(tmp_path / "new", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()
