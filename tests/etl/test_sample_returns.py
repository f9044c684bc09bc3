"""Sample returns: in the departments' layouts, marked, with a council that did not return and one that returned zero."""

from datetime import date
from pathlib import Path

import pytest

from etl.months import add_months
from etl.returns.revenue import read_revenue
from etl.returns.section_251 import read_section_251
from etl.returns.sheets import read_sheets
from etl.returns.table import Return
from etl.sample.returns import write_returns
from etl.sample_marks import SAMPLE_WORDS
from tests.etl.conftest import Base

HACKNEY = 12
MONTHS = [add_months(date(2022, 9, 1), at) for at in range(24)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample returns of 24 months."""
    list(write_returns(tmp_path / "returns", MONTHS, 2026))
    return tmp_path / "returns"


def read(path: Path) -> Return:
    sheets = read_sheets(path.read_bytes())
    return read_section_251(sheets, path.name) if "251" in path.name else read_revenue(sheets, path.name)


def test_budgets_reach_further_than_outturn(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        *("RA_2022-23_data_by_LA.csv", "RA_2023-24_data_by_LA.csv", "RA_2024-25_data_by_LA.csv"),
        *("RO5_2022-23_data_by_LA.csv", "RO5_2023-24_data_by_LA.csv"),
        *("section-251-outturn-2022-23.csv", "section-251-outturn-2023-24.csv"),
    ]


def test_every_file_is_marked_and_read(folder: Path) -> None:
    for path in folder.iterdir():
        found = read(path)
        assert found.is_sample
        assert SAMPLE_WORDS in path.read_text(encoding="utf-8-sig")
        assert not found.rejects
        assert {figure.borough for figure in found.figures} == set(range(1, 34))


def test_oddities(folder: Path) -> None:
    found = read(folder / "RA_2022-23_data_by_LA.csv")
    assert {figure.borough for figure in found.figures if figure.pence is None} == {17}
    assert {figure.borough for figure in found.figures if figure.pence == 0} == {4}


def test_the_borough_of_the_examples_has_a_figure_in_every_budget(folder: Path) -> None:
    for path in folder.glob("RA_*.csv"):
        assert all(figure.pence for figure in read(path).figures if figure.borough == HACKNEY)


def test_the_lines_of_young_people_add_up(folder: Path) -> None:
    found = read(folder / "section-251-outturn-2023-24.csv")
    for borough in range(1, 34):
        parts = {one.line.line: one.pence or 0 for one in found.figures if one.borough == borough}
        assert parts["youth_total"] == parts["youth_universal"] + parts["youth_targeted"]


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = list(write_returns(tmp_path / "again", MONTHS, 2026))
    assert [path.read_bytes() for path in again] == [(folder / path.name).read_bytes() for path in again]
    other = list(write_returns(tmp_path / "other", MONTHS, 1))
    assert other[0].read_bytes() != again[0].read_bytes()


def test_years_of_an_earlier_run_go(folder: Path) -> None:
    written = list(write_returns(folder, MONTHS[:3], 2026))
    assert [path.name for path in written] == ["RA_2022-23_data_by_LA.csv"]
    assert list(folder.iterdir()) == written


async def test_the_sample_loads_as_a_sample(base: Base, folder: Path) -> None:
    report = await base.load(folder)
    assert {(file.status, file.rows_rejected) for file in report.files} == {("loaded", 0)}
    assert report.release is not None
    assert report.release.is_sample
    values = await base.values("community_safety_spend_per_head", "2022-04", basis="outturn_nominal")
    assert len(values) == 33
    budgets = await base.values("community_safety_spend_per_head", "2022-04", basis="budget_nominal")
    assert {borough for borough, _ in budgets} == set(range(1, 34)) - {17}
    assert len(await base.values("youth_services_spend", "2023-04", basis="real")) == 33
