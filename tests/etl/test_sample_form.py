"""The sample has the publisher's form, and every row says that it is not real."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from etl.sample import write_sample
from etl.sample.writing import PAYMENTS_FOLDER, POSTCODES_FOLDER, RETURNS_FOLDER, TABLES_FOLDER
from etl.sample_marks import SAMPLE_ID_PREFIX, SAMPLE_README, SAMPLE_WORDS
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

STOP_HEADER = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)
STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
OUTCOME_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"
)
HEADERS = {STOPS: STOP_HEADER, STREET: STREET_HEADER, OUTCOMES: OUTCOME_HEADER}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_whole(tmp_path_factory)


# The publisher's form.


def test_a_folder_a_month_with_three_files_a_force(sample: Sample) -> None:
    expected = [
        f"{month}/{month}-{force}-{kind}.csv"
        for month in ALL_MONTHS
        for force in (MET, CITY)
        for kind in (STOPS, STREET, OUTCOMES)
    ]
    tables = [
        f"{TABLES_FOLDER}/{name} 2022-09 to 2024-08.csv"
        for name in ("thorough-searches", "use-of-force", "MPS Borough Level Crime", "PAS_borough")
    ]
    tables += [
        f"{RETURNS_FOLDER}/{name}"
        for name in (
            *("RA_2022-23_data_by_LA.csv", "RA_2023-24_data_by_LA.csv", "RA_2024-25_data_by_LA.csv"),
            *("RO5_2022-23_data_by_LA.csv", "RO5_2023-24_data_by_LA.csv"),
            *("section-251-outturn-2022-23.csv", "section-251-outturn-2023-24.csv"),
        )
    ]
    payments = sample.folder / PAYMENTS_FOLDER
    files = [path for path in sample.folder.rglob("*") if path.is_file() and payments not in path.parents]
    assert sorted(str(path.relative_to(sample.folder)) for path in files) == sorted(
        [*expected, *tables, f"{POSTCODES_FOLDER}/postcodes.csv", SAMPLE_README]
    )


def test_the_paths_of_the_files_are_returned(tmp_path: Path) -> None:
    said: list[str] = []
    written = write_sample(tmp_path, months=2, scale=0.1, on_progress=said.append)
    assert sorted(written) == sorted([*tmp_path.rglob("*.csv"), *tmp_path.rglob("*.xlsx")])
    assert len(said) == 2
    assert "2022-10" in said[1]


@pytest.mark.parametrize("kind", [STOPS, STREET, OUTCOMES])
@pytest.mark.parametrize("force", [MET, CITY])
def test_headers_are_those_of_the_real_files(sample: Sample, force: str, kind: str) -> None:
    for month in ALL_MONTHS:
        with sample.path(force, kind, month).open(encoding="utf-8", newline=None) as file:
            assert file.readline() == HEADERS[kind] + "\n"


def real_files(shared_data: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    names = [
        "whole/2022-09",
        "whole/2024-02",
        "whole/2024-05",
        "whole/2024-08",
        "awkward/2017-03",
        "awkward/2017-04",
    ]
    for name in [*names, "met-burglary-only/2024-01", "met-burglary-only/2024-08"]:
        with zipfile.ZipFile(shared_data / "police" / f"{name}.zip") as archive:
            for member in archive.namelist():
                if member.endswith(".csv"):
                    kind = next(kind for kind in (STOPS, STREET, OUTCOMES) if member.endswith(f"-{kind}.csv"))
                    yield kind, pl.read_csv(archive.read(member), infer_schema=False)


def test_headers_and_words_are_found_in_real_files(sample: Sample, shared_data: Path) -> None:
    words: dict[tuple[str, str], set[str | None]] = {}
    for kind, frame in real_files(shared_data):
        assert ",".join(frame.columns) == HEADERS[kind]
        for column in frame.columns:
            words.setdefault((kind, column), set()).update(frame[column].unique().to_list())
    named = {
        STOPS: set(STOP_HEADER.split(",")) - {"Date", "Latitude", "Longitude", "Policing operation"},
        STREET: {"Reported by", "Falls within", "Crime type", "Last outcome category"},
        OUTCOMES: {"Reported by", "Falls within", "Outcome type"},
    }
    for kind, columns in named.items():
        frame = pl.concat([sample.all(force, kind) for force in (MET, CITY)])
        for column in columns:
            assert set(frame[column].unique().to_list()) - words[kind, column] == set(), (kind, column)


def test_line_ends_differ_between_files(sample: Sample) -> None:
    crlf = {
        f"{force} {month}"
        for force in (MET, CITY)
        for month in ALL_MONTHS
        for kind in (STOPS, STREET, OUTCOMES)
        if b"\r\n" in sample.path(force, kind, month).read_bytes()
    }
    assert crlf == {f"{CITY} 2024-0{month}" for month in range(1, 9)}
    for path in sample.folder.glob("*/*.csv"):
        text = path.read_bytes()
        assert text.endswith(b"\n")
        assert text.count(b"\r") in (0, text.count(b"\n"))


# Marked as sample.


def test_every_row_says_that_it_is_sample(sample: Sample) -> None:
    assert SAMPLE_WORDS == "SAMPLE DATA, NOT REAL"
    assert bytes.fromhex(SAMPLE_ID_PREFIX) == b"SAMPLE"
    for force in (MET, CITY):
        assert set(sample.all(force, STOPS)["Policing operation"].to_list()) == {SAMPLE_WORDS}
        street, outcomes = sample.all(force, STREET), sample.all(force, OUTCOMES)
        assert set(street["Context"].to_list()) == {SAMPLE_WORDS}
        for ids in (street["Crime ID"].drop_nulls(), outcomes["Crime ID"]):
            assert ids.null_count() == 0
            assert ids.str.contains(f"^{SAMPLE_ID_PREFIX}[0-9a-f]{{52}}$").all()


def test_a_readme_says_in_plain_words_that_all_is_invented(sample: Sample) -> None:
    text = (sample.folder / SAMPLE_README).read_text(encoding="utf-8")
    assert text.startswith("SAMPLE DATA, NOT REAL")
    assert "Every row in this folder is invented" in text
    assert "24 months from 2022-09 to 2024-08, seed 2026, scale 1 " in text
