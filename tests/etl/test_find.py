"""Finding what there is to load: files, folders, zips, and what is wrong with them."""

import os
import struct
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.candidate import MAX_MEMBER_BYTES, Candidate, read_bytes
from etl.errors import Refused
from etl.find import Found, archive_month, find
from etl.sources.police import FileName, read_name
from tests.etl.rows import (
    damage,
    make_crime,
    month_of_crimes,
    month_of_stops,
    name_file,
    put,
    stops_csv,
    street_csv,
    zip_files,
)

FEBRUARY = date(2024, 2, 1)
STREET = street_csv(month_of_crimes("2024-02"))
STOPS = stops_csv(month_of_stops("2024-02"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where property tests put their files, one after the other."""
    return tmp_path_factory.mktemp("find")


def files(found: Found) -> list[str]:
    return [candidate.file for candidate in found.candidates]


def refusals(found: Found) -> dict[str, str]:
    return {name: str(refusal) for name, refusal in found.refusals}


def only(found: Found) -> Candidate:
    assert found.refusals == []
    (candidate,) = found.candidates
    return candidate


# Names.


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2024-02-metropolitan-street.csv", FileName(FEBRUARY, 1, "street")),
        ("2024-02-city-of-london-stop-and-search.csv", FileName(FEBRUARY, 2, "stop_search")),
        ("2024-02/2024-02-metropolitan-outcomes.csv", FileName(FEBRUARY, 1, "outcomes")),
        ("2024-02\\2024-02-metropolitan-outcomes.csv", FileName(FEBRUARY, 1, "outcomes")),
        ("2024-02-avon-and-somerset-street.csv", FileName(FEBRUARY, None, "street")),
        ("2024-13-metropolitan-street.csv", None),
        ("2024-02-metropolitan-street.csv.part", None),
        ("2024-02-metropolitan-street (1).csv", None),
        ("2024-02-metropolitan-neighbourhood.csv", None),
        ("._2024-02-metropolitan-street.csv", None),
        ("__MACOSX/2024-02/._2024-02-metropolitan-street.csv", None),
        ("12024-02-metropolitan-street.csv", None),
        ("metropolitan-street.csv", None),
    ],
)
def test_a_file_is_known_by_its_name(name: str, expected: FileName | None) -> None:
    assert read_name(name) == expected


@given(st.dates(date(2010, 12, 1), date(2026, 11, 1)), st.sampled_from(["metropolitan", "city-of-london"]))
def test_every_month_and_force_is_read_back_from_its_name(day: date, force: str) -> None:
    for kind, source in (("stop-and-search", "stop_search"), ("street", "street"), ("outcomes", "outcomes")):
        number = {"metropolitan": 1, "city-of-london": 2}[force]
        assert read_name(name_file(f"{day:%Y-%m}", kind, force)) == FileName(
            day.replace(day=1), number, source
        )


@pytest.mark.parametrize(
    ("name", "month"),
    [("2024-02.zip", FEBRUARY), ("2024-13.zip", None), ("latest.zip", None), ("2024-02 (1).zip", None)],
)
def test_an_archive_is_named_after_its_month(name: str, month: date | None) -> None:
    assert archive_month(name) == month


# Where files are.


def test_a_file_has_the_day_it_was_retrieved_as_its_vintage(tmp_path: Path) -> None:
    path = put(tmp_path, name_file("2024-02", "street"), STREET)
    os.utime(path, (0, datetime(2024, 5, 6, 12, tzinfo=UTC).timestamp()))
    candidate = only(find([path]))
    assert (candidate.kind, candidate.member, candidate.file) == ("police", None, path.name)
    assert (candidate.name, candidate.bytes) == (FileName(FEBRUARY, 1, "street"), len(STREET))
    assert candidate.vintage == date(2024, 5, 6)
    assert read_bytes(candidate) == STREET


def test_a_folder_is_searched_to_its_depths_in_order_of_month(tmp_path: Path) -> None:
    for month in ("2024-03", "2024-01", "2024-02"):
        put(tmp_path, f"some/where/{month}/{name_file(month, 'street')}", STREET)
    put(tmp_path, f"2024-01/{name_file('2024-01', 'stop-and-search')}", STOPS)
    assert files(find([tmp_path])) == [
        "2024-01-metropolitan-stop-and-search.csv",
        "2024-01-metropolitan-street.csv",
        "2024-02-metropolitan-street.csv",
        "2024-03-metropolitan-street.csv",
    ]


def test_boundaries_and_postcodes_come_before_the_events(tmp_path: Path) -> None:
    put(tmp_path, name_file("2024-01", "street"), STREET)
    put(tmp_path, "boroughs.gpkg", b"")
    put(tmp_path, "a_codepoint.zip", zip_files({"Doc/readme.txt": b"", "Data/e.csv": b""}))
    assert [candidate.kind for candidate in find([tmp_path]).candidates] == ["boundary", "postcode", "police"]


def test_what_is_no_data_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, name_file("2024-02", "street"), STREET)
    for name in ("README.md", "notes.txt", "report.pdf", "other.zip", ".DS_Store", ".hidden.csv"):
        put(tmp_path, name, zip_files({"a.txt": b"a"}) if name.endswith("zip") else b"text")
    found = find([tmp_path])
    assert files(found) == ["2024-02-metropolitan-street.csv"]
    assert found.refusals == []
    assert found.not_data == 4


def test_what_is_no_data_is_refused_where_it_was_named(tmp_path: Path) -> None:
    path = put(tmp_path, "README.md", b"text")
    assert refusals(find([path])) == {
        "README.md": "This is not a file that can be loaded: expected .csv, .txt, .tsv, .xlsx, .xls, .ods, .zip, .gpkg,"
        " .geojson or .shp."
    }


@pytest.mark.parametrize("is_named", [True, False])
def test_an_unknown_csv_is_refused_with_a_name_that_would_do(tmp_path: Path, is_named: bool) -> None:
    path = put(tmp_path, "crimes.csv", STREET)
    found = find([path if is_named else tmp_path])
    assert found.candidates == []
    assert "keep that name" in refusals(found)["crimes.csv"]


def test_a_path_that_is_not_there_is_refused_and_the_others_are_found(tmp_path: Path) -> None:
    path = put(tmp_path, name_file("2024-02", "street"), STREET)
    found = find([tmp_path / "missing.zip", path])
    assert files(found) == [path.name]
    assert list(refusals(found).values()) == ["There is no such file or folder. Check the path."]


def test_the_vintage_that_was_said_goes_for_all(tmp_path: Path) -> None:
    put(tmp_path, name_file("2024-02", "street"), STREET)
    put(tmp_path, "2024-02.zip", zip_files({name_file("2024-02", "stop-and-search"): STOPS}))
    found = find([tmp_path], date(2024, 7, 8))
    assert {candidate.vintage for candidate in found.candidates} == {date(2024, 7, 8)}


# Zips.


def test_the_members_of_a_zip_have_the_archives_month_whatever_their_dates(tmp_path: Path) -> None:
    member = f"2024-02/{name_file('2024-02', 'street')}"
    for when in ((1998, 1, 1), (2030, 1, 1)):
        path = put(tmp_path, "2024-05.zip", zip_files({member: STREET}, when))
        candidate = only(find([path]))
        assert (candidate.vintage, candidate.member) == (date(2024, 5, 1), member)
        assert read_bytes(candidate) == STREET


def test_a_zip_of_another_name_has_the_day_it_was_retrieved(tmp_path: Path) -> None:
    path = put(tmp_path, "download.zip", zip_files({name_file("2024-02", "street"): STREET}))
    os.utime(path, (0, datetime(2024, 5, 6, 12, tzinfo=UTC).timestamp()))
    assert only(find([path])).vintage == date(2024, 5, 6)


def test_other_forces_are_passed_over_without_being_unpacked(tmp_path: Path) -> None:
    """The all-forces archive: neither a damaged file of another force nor one that would burst does harm."""
    bomb, broken = "2024-02-essex-street.csv", "2024-02-kent-street.csv"
    ours = name_file("2024-02", "street")
    data = zip_files({ours: STREET, bomb: b"0" * 3_000_000, broken: STREET, "readme.txt": b"hello"})
    path = put(tmp_path, "2024-02.zip", damage(data, broken))
    with zipfile.ZipFile(path) as archive, pytest.raises(Exception, match=r"CRC|decompress"):
        archive.read(broken)
    found = find([path])
    assert found.other_forces == 2
    assert read_bytes(only(found)) == STREET


def test_junk_that_a_mac_put_in_is_passed_over(tmp_path: Path) -> None:
    name = name_file("2024-02", "street")
    path = put(tmp_path, "2024-02.zip", zip_files({name: STREET, f"__MACOSX/._{name}": b"\0\5\x16\7"}))
    assert only(find([path])).member == name


@pytest.mark.parametrize("keep", [0, 3, 100, -30])
def test_a_zip_cut_short_is_refused(tmp_path: Path, keep: int) -> None:
    data = zip_files({name_file("2024-02", "street"): STREET})
    path = put(tmp_path, "2024-02.zip", data[:keep])
    found = find([path])
    assert found.candidates == []
    assert "broken or cut short" in refusals(found)["2024-02.zip"]


@given(st.binary(max_size=200))
def test_no_bytes_named_zip_do_harm(folder: Path, data: bytes) -> None:
    for name, content in (
        ("2024-02.zip", data),
        ("2024-03.zip", b"PK\x05\x06" + data),
        ("2024-04.zip", b"PK\x03\x04" + data),
    ):
        assert find([put(folder, name, content)]).candidates == []


@given(st.integers(0, 100_000), st.integers(1, 255))
def test_one_wrong_byte_in_a_zip_is_refused_or_does_no_harm(folder: Path, at: int, flip: int) -> None:
    name = name_file("2024-02", "street")
    data = bytearray(zip_files({name: STREET}))
    data[at % len(data)] ^= flip
    path = put(folder, "2024-05.zip", bytes(data))
    for candidate in find([path]).candidates:
        try:
            data_read = read_bytes(candidate)
        except Refused:
            continue
        assert data_read == STREET


def test_a_zip_that_holds_nothing_of_ours_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "2024-02.zip", zip_files({"holiday.jpg": b"jpg"}))
    assert "holds no file with a name as data.police.uk publishes" in refusals(find([path]))["2024-02.zip"]


def test_a_file_that_would_burst_is_not_unpacked(tmp_path: Path) -> None:
    name = name_file("2024-02", "street")
    path = put(tmp_path, "2024-02.zip", zip_files({name: b"0" * 2_000_000}))
    found = find([path])
    assert found.candidates == []
    assert "which no real month does. It was not unpacked." in refusals(found)[f"2024-02.zip:{name}"]


def test_a_file_that_says_it_is_huge_is_not_unpacked(tmp_path: Path) -> None:
    name = name_file("2024-02", "street")
    data = declare(zip_files({name: STREET}), len(STREET), MAX_MEMBER_BYTES + 1)
    assert (
        "It was not unpacked" in refusals(find([put(tmp_path, "2024-02.zip", data)]))[f"2024-02.zip:{name}"]
    )


def test_a_file_that_lies_about_its_size_is_read_no_further_than_it_said(tmp_path: Path) -> None:
    """The table of contents says 1,000 bytes, and 50 MB are inside."""
    name = name_file("2024-02", "street")
    data = declare(zip_files({name: b"0" * 50_000_000}), 50_000_000, 1000)
    candidate = only(find([put(tmp_path, "2024-02.zip", data)]))
    with pytest.raises(Refused, match=r"Get the zip again|longer than the zip says"):
        read_bytes(candidate)


def test_a_damaged_file_in_a_zip_is_refused_when_it_is_read(tmp_path: Path) -> None:
    name = name_file("2024-02", "street")
    candidate = only(find([put(tmp_path, "2024-02.zip", damage(zip_files({name: STREET}), name))]))
    with pytest.raises(Refused, match="cannot be unpacked"):
        read_bytes(candidate)


def test_a_file_under_a_password_is_refused(tmp_path: Path) -> None:
    name = name_file("2024-02", "street")
    data = bytearray(zip_files({name: STREET}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    found = find([put(tmp_path, "2024-02.zip", bytes(data))])
    assert "protected by a password" in refusals(found)[f"2024-02.zip:{name}"]


@pytest.mark.parametrize("compression", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_STORED])
def test_a_damaged_file_of_another_compression_is_refused(tmp_path: Path, compression: int) -> None:
    name = name_file("2024-02", "street")
    path = tmp_path / "2024-02.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(name, STREET)
    path.write_bytes(damage(path.read_bytes(), name))
    with pytest.raises(Refused, match="Get the zip again"):
        read_bytes(only(find([path])))


def test_a_file_that_went_away_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, name_file("2024-02", "street"), street_csv([make_crime(1)]))
    candidate = only(find([path]))
    path.unlink()
    with pytest.raises(Refused, match="cannot be read"):
        read_bytes(candidate)


def declare(data: bytes, size: int, said: int) -> bytes:
    """The zip whose headers say another size of what is inside."""
    return data.replace(struct.pack("<L", size), struct.pack("<L", said))
