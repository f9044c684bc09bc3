"""Section 251: services for young people and youth justice, whose lines are named differently from year to year."""

import pytest

from etl.errors import Refused
from etl.returns.section_251 import read_section_251
from etl.returns.sheets import read_sheets
from etl.returns.table import Return
from tests.etl.returns.files import amount, section_251

HELD = {
    2008: {"youth_justice": 0},
    2010: {"youth_justice": 0, "youth_universal": 1, "youth_targeted": 2},
    2011: {"youth_justice": 0, "youth_universal": 1, "youth_targeted": 2, "youth_total": 3},
    2013: {"youth_justice": 0, "youth_universal": 1, "youth_targeted": 2, "youth_total": 3},
}


def read(data: bytes, name: str) -> Return:
    return read_section_251(read_sheets(data), name)


@pytest.mark.parametrize("year", HELD)
def test_the_lines_of_each_layout(year: int) -> None:
    found = read(section_251(year), f"outturn_{year % 100:02d}{year % 100 + 1:02d}.csv")
    assert (found.stage, found.year) == ("outturn", year)
    assert {(one.borough, one.line.line): one.pence for one in found.figures} == {
        (borough, line): amount(borough, place) * 100 + 25
        for borough in range(1, 34)
        for line, place in HELD[year].items()
    }
    # West Sussex
    assert found.others == 1


@pytest.mark.parametrize("blank", ["NULL", ""])
def test_blank_is_not_zero(blank: str) -> None:
    found = read(section_251(2011, {(7, 1): blank, (7, 2): "0"}), "outturn_1112.csv")
    of_camden = {one.line.line: one.pence for one in found.figures if one.borough == 7}
    assert (of_camden["youth_universal"], of_camden["youth_targeted"]) == (None, 0)
    told = f"{blank} in the file" if blank else "blank in the file"
    assert found.unusable == {"borough:7/outturn_youth_universal": f"Camden did not return it ({told})"}


def test_a_council_that_is_not_there() -> None:
    found = read(section_251(2013, without=[1]), "outturn_1314.csv")
    assert (
        found.unusable["borough:1/outturn_youth_targeted"] == "City of London is not in the file of 2013-14"
    )


def test_the_year_is_in_the_name_alone() -> None:
    with pytest.raises(Refused, match="does not say of which year it is"):
        read(section_251(2013), "outturn.csv")


def test_a_budget_is_refused() -> None:
    with pytest.raises(Refused, match="Only outturn is kept"):
        read(section_251(2013), "s251_budget_2013-14.csv")


def test_a_number_that_is_another_councils() -> None:
    data = section_251(2013).replace(b"202,Camden", b"202,Barnet")
    with pytest.raises(Refused, match="202 is the code of Camden"):
        read(data, "outturn_1314.csv")
