"""Postcodes: spelling, and the two layouts of Code-Point files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import polars as pl
import pytest

from geo.postcode import PostcodeError, normalise_postcode, read_codepoint

# OS Code-Point Open rebuilt: no header, eastings and northings, quality 90 where there is no location.
COUNTRY = '"E92000001","E19000003","E18000007",""'
OPEN_ROWS = f"""\
"E8 1EA",10,534750,184950,{COUNTRY},"E09000012","E05009373"
"EC2R8AH",10,532700,181200,{COUNTRY},"E09000001","E05009288"
"E8 9ZZ",90,0,0,{COUNTRY},"E09000012","E05009373"
"TN1 1AA",10,558500,139500,{COUNTRY},"E07000116","E05009999"
"""
HEADINGS = """\
PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC
Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,NHS_regional_HA_code,NHS_HA_code,Admin,D,W
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e8 1ea", "E8 1EA"),
        ("E81EA", "E8 1EA"),
        ("  ec1a  1bb ", "EC1A 1BB"),
        ("SW1A1AA", "SW1A 1AA"),
        ("w1a 0ax", "W1A 0AX"),
        ("BR1\u00a01AA", "BR1 1AA"),
        ("E8", None),
        ("E8 1E", None),
        ("Hackney", None),
        ("E8 1EA; drop", None),
        ("", None),
    ],
)
def test_a_postcode_has_one_spelling(text: str, expected: str | None) -> None:
    assert normalise_postcode(text) == expected


def test_a_file_with_degrees_and_districts(tmp_path: Path) -> None:
    path = tmp_path / "codepoint.csv"
    path.write_text(
        "postcode,pqi,easting,northing,lat,lon,lad_code,ward_code\n"
        "br1 1aa,10,540291,168873,51.401546,0.015415,E09000006,E05013991\n"
        "E81EA,10,534750,184950,51.5455,-0.0571,E09000012,E05009373\n"
        "TN1 1AA,10,558500,139500,51.13,0.26,E07000116,E05009999\n"
    )
    table = read_codepoint(path)
    assert table.schema == {"postcode": pl.String, "lon": pl.Float64, "lat": pl.Float64, "borough": pl.Int16}
    assert table.rows() == [("BR1 1AA", 0.015415, 51.401546, 6), ("E8 1EA", -0.0571, 51.5455, 12)]


def test_the_zip_of_ordnance_survey(tmp_path: Path) -> None:
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", HEADINGS)
        archive.writestr("Data/CSV/e.csv", OPEN_ROWS)
        archive.writestr("Data/CSV/tn.csv", OPEN_ROWS.splitlines()[3] + "\n")
    table = read_codepoint(path)
    assert table["postcode"].to_list() == ["E8 1EA", "EC2R 8AH"]
    assert table["borough"].to_list() == [12, 1]
    # The Bank of England stands at 51.5142 N, 0.0885 W; the point above is within a few hundred metres.
    lon, lat = table.row(1)[1:3]
    assert (lon, lat) == (pytest.approx(-0.0885, abs=0.005), pytest.approx(51.5142, abs=0.003))


def test_a_file_without_districts_leaves_the_borough_to_the_point(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("Postcode,Latitude,Longitude\nE8 1EA,51.5455,-0.0571\nnot one,51,0\nE8 1EB,,\n")
    assert read_codepoint(path).rows() == [("E8 1EA", -0.0571, 51.5455, 0)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"<!DOCTYPE html>\n<html></html>\n", "columns"),
        ("a.csv", b"name,value\na,1\n", "name, value"),
        ("a.csv", b"E8 1EA,10,534750\n", "3 columns, not 10"),
        ("a.csv", b"", "could not be read"),
        ("a.csv", b"postcode,lat,lon,lad_code\nTN1 1AA,51.1,0.2,E07000116\n", "no London postcode"),
        ("a.zip", b"PK\x03\x04 cut short", "not a whole zip"),
    ],
)
def test_what_is_no_postcode_file_is_refused_with_a_sentence(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PostcodeError, match=words) as caught:
        read_codepoint(tmp_path / name)
    assert name in str(caught.value)


def test_a_zip_without_postcodes_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(PostcodeError, match="no CSV of postcodes"):
        read_codepoint(tmp_path / "a.zip")
    with pytest.raises(PostcodeError, match="no such file"):
        read_codepoint(tmp_path / "b.zip")


def test_the_real_file(shared: Path) -> None:
    table = read_codepoint(shared / "geo" / "london_postcodes_codepoint_2025.4.0.zip")
    assert table.height == 180_792
    assert table["borough"].unique().sort().to_list() == list(range(1, 34))
    assert table["postcode"].is_unique().all()
    assert table.filter(pl.col("postcode") == "E8 1EA")["borough"].to_list() == [12], "Hackney Town Hall"
