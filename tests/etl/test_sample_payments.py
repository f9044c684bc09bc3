"""The sample's payments: each council's in its own form, marked in every row, with what the figures need."""

import csv
import io
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.months import add_months
from etl.payments.tags import find_tags, load_rules
from etl.sample.payment_forms import FORMS, GENERAL
from etl.sample.payments import THEMES, make_payments, write_payments
from etl.sample.workbook import write_workbook
from etl.sample_marks import SAMPLE_WORDS
from etl.workbook import read_workbook
from geo.areas import load_boroughs
from tests.etl.conftest import Base

MONTHS = [add_months(date(2022, 9, 1), at) for at in range(24)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("payments")
    list(write_payments(folder, MONTHS, 2026))
    return folder


def read(path: Path) -> list[list[str]]:
    """The cells of a file as text, the lines above its header too."""
    if path.suffix == ".xlsx":
        frame = read_workbook(path.read_bytes()).drop("line")
        return [frame.columns, *([str(cell) for cell in row] for row in frame.iter_rows())]
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    return list(csv.reader(io.StringIO(text)))


def test_every_council_has_a_folder_of_its_own(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(area.slug for area in load_boroughs())
    assert all(list(path.iterdir()) for path in folder.iterdir())


def test_every_row_says_that_it_is_sample(folder: Path) -> None:
    rows = 0
    for path in folder.glob("*/*"):
        lines = read(path)
        header = next(at for at, row in enumerate(lines) if sum(map(bool, row)) > 2)
        for row in lines[header + 1 :]:
            assert row[0] == "Grand Total" or any(SAMPLE_WORDS in cell for cell in row), (path.name, row)
            rows += 1
    assert 50_000 < rows < 80_000


def test_the_forms_have_the_oddities_of_the_survey(folder: Path) -> None:
    def first(slug: str) -> tuple[bytes, list[list[str]]]:
        path = min((folder / slug).glob("*spend*"))
        return path.read_bytes(), read(path)

    hackney = first("hackney")[1]
    assert hackney[0][3:5] == ["4. DATE PAID", "5. BENEFICIARY"]
    assert hackney[1][-1].startswith(" ")
    assert "£ " in hackney[1][-1]
    assert first("brent")[1][0][0] == "Transparency Report 22 Sep - 22 Sep"
    assert "Subjective desctiption" in first("brent")[1][1]
    assert first("lewisham")[1][1] == [""] * 6
    assert "£ SPEND (EXCLUDING VAT)".encode("cp1252") in first("lewisham")[0]
    assert first("richmond-upon-thames")[0].startswith(b"\xef\xbb\xbf")
    assert first("ealing")[1][1][:2] == ["INSERTED DETAIL", ""]
    assert zipfile.is_zipfile(io.BytesIO(first("southwark")[0]))
    days = [row[1] for row in first("lambeth")[1][1:]]
    assert all(day.startswith("09/") for day in days)
    assert any(int(day[3:5]) > 12 for day in days)
    amounts = [row[4] for path in (folder / "lambeth").glob("*") for row in read(path)[1:]]
    assert any(amount.startswith("(") for amount in amounts)
    assert any(
        row[2] == "REDACTED PERSONAL DATA" for path in (folder / "lambeth").glob("*") for row in read(path)
    )


def test_two_councils_lack_a_month_and_one_publishes_the_year_so_far(folder: Path) -> None:
    def months(slug: str) -> set[str]:
        return {path.stem[-7:] for path in (folder / slug).iterdir()}

    every = {f"{month:%Y-%m}" for month in MONTHS}
    assert every - months("newham") == {"2023-12"}
    assert not any("/05/2023" in row[0] for path in (folder / "bexley").iterdir() for row in read(path))
    spans = sorted(path.stem.partition("threshold ")[2] for path in (folder / "merton").iterdir())
    assert spans[:4] == ["2022-09", "2022-09 to 2022-12", "2022-09 to 2023-03", "2023-04 to 2023-06"]


def test_the_cards_of_barnet_end_with_their_sum(folder: Path) -> None:
    for path in (folder / "barnet").glob("*purchase cards*"):
        *rows, total = read(path)[1:]
        pence = [round(float(row[-1].replace(",", "")) * 100) for row in [*rows, total]]
        assert total[0] == "Grand Total"
        assert sum(pence[:-1]) == pence[-1]


@pytest.mark.parametrize("borough", range(1, 34))
def test_every_tag_stands_in_every_council_and_domestic_abuse_each_month(borough: int) -> None:
    form = FORMS.get(borough, GENERAL)
    held = [one for month in MONTHS for one in make_payments(borough, month, form, 2026)]
    frame = pl.DataFrame(
        {
            "supplier": [one.supplier for one in held],
            "purpose": [one.purpose for one in held],
            "month": [one.day.replace(day=1) for one in held],
        }
    )
    blank = [pl.lit(None, pl.String).alias(field) for field in ("department", "service", "category")]
    tagged = find_tags(frame.with_columns(blank), load_rules())
    found = Counter(tagged["tag"].to_list())
    assert sorted(tagged.filter(pl.col("tag") == "domestic_abuse")["month"]) == MONTHS
    assert {
        "community_safety",
        "cctv",
        "enforcement_wardens",
        "domestic_abuse",
        "youth_services",
        "youth_justice",
        "untagged",
    } == set(found)
    assert found["untagged"] > 0.6 * found.total()


def test_no_supplier_is_known_by_its_name_but_those_of_refuges() -> None:
    assert all(theme.purpose for theme in THEMES)
    for borough in (1, 12, 33):
        for one in make_payments(borough, MONTHS[0], GENERAL, 2026):
            if "Women's Aid" in one.supplier:
                assert one.purpose == "Refuge contract"


def test_a_month_is_the_same_whatever_others_are_written(folder: Path, tmp_path: Path) -> None:
    list(write_payments(tmp_path, MONTHS[:2], 2026))
    for path in sorted(tmp_path.glob("hackney/*")):
        assert path.read_bytes() == (folder / "hackney" / path.name).read_bytes()


def test_files_of_an_earlier_run_go(tmp_path: Path) -> None:
    list(write_payments(tmp_path, MONTHS[:3], 2026))
    written = list(write_payments(tmp_path, MONTHS[:1], 2026))
    assert sorted(written) == sorted(tmp_path.glob("*/*"))


def test_a_workbook_is_read_as_it_was_written() -> None:
    data = write_workbook("Pay & more", [["Name", "Sum", "Day"], ["a <b> & c", -12.5, date(2024, 5, 3)]])
    frame = read_workbook(data)
    assert frame.columns == ["line", "Name", "Sum", "Day"]
    assert [str(cell) for cell in frame.row(0)] == ["2", "a <b> & c", "-12.5", "45415"]
    assert data == write_workbook(
        "Pay & more", [["Name", "Sum", "Day"], ["a <b> & c", -12.5, date(2024, 5, 3)]]
    )


async def test_every_file_is_loaded_as_sample(base: Base, folder: Path) -> None:
    report = await base.load(folder)
    assert [file.message for file in report.files if file.status != "loaded"] == []
    assert await base.count("resource", "not is_sample") == 0
    # what a later file of the year so far took the place of is not counted twice
    assert await base.count("payment") == await base.count(
        "payment p join resource_scope s using (resource_id, month)"
    )
    counted = await base.conn.fetch(
        "select force, count(distinct month) as months, count(*) filter (where is_withheld) as withheld"
        "  from payment group by force order by force"
    )
    assert [row["force"] for row in counted] == list(range(101, 134))
    missing = {104: 1, 125: 1}
    for row in counted:
        assert row["months"] == 24 - missing.get(row["force"], 0)
        # the payment to a refuge, and four others, so that none is told by what is lacking
        assert row["withheld"] == 5 * row["months"]
    assert await base.count("payment", "supplier like '%Women%' or purpose like '%efuge contract%'") == 0
    assert await base.count("payment", "supplier like '%Ms A Sample%'") == 0
