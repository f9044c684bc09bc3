"""Deflators: files in two forms, and on which vintage real terms stand."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.deflator_tables import read_deflators
from etl.deflators import Vintage, choose_vintage, is_deflators
from etl.errors import Refused
from etl.reference import DEFLATORS, load_deflators
from tests.etl.conftest import Base
from tests.etl.returns.files import write_book

SHIPPED = load_deflators()
IN_USE = Vintage(DEFLATORS, None, SHIPPED)
TODAY = date(2026, 11, 22)


def spell_year(year: int, mark: str = "/") -> str:
    return f"{year}{mark}{(year + 1) % 100:02d}"


def as_csv(index: dict[int, Decimal]) -> bytes:
    """The CSV that is made of the Treasury's workbook, forecasts without an index at its end."""
    rows = [f"{spell_year(year)},{value},1.5,{year},9,2.5,ONS outturn" for year, value in index.items()]
    rows += [f"{spell_year(max(index) + 1)},,2.0,{max(index) + 1},,2.1,OBR forecast (percentage change only)"]
    header = "financial_year,fy_index_2025_26_eq_100,fy_pct_change,calendar_year,cy_index_2025_eq_100,cy_pct_change,status"
    return "\n".join([header, *rows, ""]).encode()


def as_workbook(index: dict[int, Decimal], form: str = "xlsx", month: str = "June 2026") -> bytes:
    """The Treasury's own layout as it is remembered (check with the next one): headings of several rows, calendar years beside."""
    rows: list[list[Any]] = [
        [f"GDP Deflators at Market Prices, and Money GDP: {month} (Quarterly National Accounts)"],
        ["Financial years from 1955-56 to the last for which data are there"],
        [],
        [
            "Financial year",
            "GDP deflator at market prices",
            "",
            "Money GDP",
            "",
            "Calendar year",
            "GDP deflator at market prices",
        ],
        ["", "2025-26 = 100", "per cent change on previous year", "£ million", "", "", "2025 = 100"],
        *[
            [spell_year(year, "-"), float(value), 2.5, 1_000_000, "", str(year), 50.5]
            for year, value in index.items()
        ],
        [spell_year(max(index) + 1, "-"), "", 2.0, "", "", str(max(index) + 1), ""],
        ["Source: ONS, and the OBR's forecast"],
    ]
    return write_book({"Notes": [["About the deflators"]], "Deflators": rows}, form)


class TestReading:
    def test_the_csv(self) -> None:
        assert read_deflators(as_csv(SHIPPED), TODAY) == SHIPPED

    @pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
    def test_the_workbook(self, form: str) -> None:
        found = read_deflators(as_workbook(SHIPPED, form), TODAY)
        assert found.keys() == SHIPPED.keys()
        assert all(abs(found[year] - value) < Decimal("1e-9") for year, value in SHIPPED.items())

    @given(st.integers(1950, 2060), st.lists(st.decimals("0.01", 999, places=4), min_size=10, max_size=30))
    def test_any_years(self, first: int, values: list[Decimal]) -> None:
        index = dict(enumerate(values, first))
        assert read_deflators(as_csv(index), date(2200, 1, 1)) == index

    def test_an_index_that_is_forecast_is_left_out(self) -> None:
        more = {**SHIPPED, 2026: Decimal(102), 2027: Decimal(104)}
        assert read_deflators(as_csv(more), TODAY) == SHIPPED
        # downloaded years later: the title says of when it is
        assert read_deflators(as_workbook(more), date(2030, 1, 1)).keys() == SHIPPED.keys()
        marked = as_csv(SHIPPED).replace(b"2025,9,2.5,ONS outturn", b"2025,9,2.5,OBR forecast")
        assert max(read_deflators(marked, TODAY)) == 2024

    def test_a_head_is_known(self) -> None:
        assert is_deflators(as_csv(SHIPPED)[:300])
        assert not is_deflators(b"borough,year,population\nBarnet,2021,1\n")
        assert not is_deflators(b"Financial year,Supplier,Amount\n2021/22,Index Ltd,100\n")
        assert not is_deflators(as_workbook(SHIPPED))

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (
                as_csv({year: SHIPPED[year] for year in range(2020, 2026)}),
                "an index of 6 financial years only",
            ),
            (as_csv({year: value for year, value in SHIPPED.items() if year != 1999}), "no index of 1999-00"),
            (as_csv(SHIPPED).replace(b"2001/02,", b"2000/01,"), "2000/01 stands twice"),
            (as_csv(SHIPPED).replace(b",3.2472,", b",n/a,"), "'n/a' is no index"),
            (as_csv(SHIPPED).replace(b",3.2472,", b",-1,"), "'-1' is no index"),
            (b"a,b\n1,2\n", "no table of deflators"),
        ],
    )
    def test_refusals(self, data: bytes, said: str) -> None:
        with pytest.raises(Refused, match=said):
            read_deflators(data, TODAY)


class TestVintages:
    def test_what_stands_already(self) -> None:
        assert choose_vintage(SHIPPED, TODAY, [IN_USE]) == (
            None,
            f"These figures stand already ({DEFLATORS}).",
        )

    def test_the_first(self) -> None:
        assert choose_vintage(SHIPPED, TODAY, [])[0] == "HM Treasury, copy of 2026-11-22"

    def test_another_takes_its_place(self) -> None:
        label, told = choose_vintage({**SHIPPED, 2021: Decimal(80)}, TODAY, [IN_USE])
        assert label == "HM Treasury, copy of 2026-11-22"
        assert told == f"Takes the place of {DEFLATORS}: real terms are in prices of 2025-26."

    @pytest.mark.parametrize(
        ("index", "published", "said"),
        [
            ({2024: Decimal(1)}, TODAY, "lacks 1955-56"),
            ({year: SHIPPED[year] for year in range(1955, 2025)}, TODAY, "lacks 2025-26"),
        ],
    )
    def test_refusals(self, index: dict[int, Decimal], published: date, said: str) -> None:
        with pytest.raises(Refused, match=said):
            choose_vintage(index, published, [IN_USE])

    def test_an_older_copy_never_takes_the_place_of_a_newer_one(self) -> None:
        newer = Vintage("HM Treasury, copy of 2026-12-20", date(2026, 12, 20), {**SHIPPED, 2020: Decimal(80)})
        with pytest.raises(Refused, match="not newer than the one in use"):
            choose_vintage({**SHIPPED, 2021: Decimal(80)}, TODAY, [IN_USE, newer])
        with pytest.raises(Refused, match="not newer than the one in use"):
            choose_vintage({**SHIPPED, 2021: Decimal(80)}, date(2026, 12, 20), [IN_USE, newer])


@pytest.fixture
async def shelf(base: Base) -> AsyncIterator[Base]:
    """A database; deflators that a test loads are gone when it ends."""
    try:
        yield base
    finally:
        await base.conn.execute("delete from deflator where origin <> 'shipped'")


async def prices(base: Base) -> dict[int, tuple[Decimal, str]]:
    """The factor and the vintage in use, by year."""
    rows = await base.conn.fetch("select financial_year, factor, vintage from deflator_in_use")
    return {row["financial_year"]: (row["factor"], row["vintage"]) for row in rows}


async def test_the_shipped_table_is_in_use(base: Base) -> None:
    found = await prices(base)
    assert found.keys() == SHIPPED.keys()
    assert found[2025][0] == 1
    assert all(abs(found[year][0] - 100 / value) < Decimal("1e-12") for year, value in SHIPPED.items())


@pytest.mark.parametrize(
    ("name", "write"),
    [("d.csv", as_csv), ("GDP_Deflators_June_2027.xlsx", partial(as_workbook, month="June 2027"))],
)
async def test_a_file_takes_the_place_of_the_shipped_table(shelf: Base, name: str, write: Any) -> None:
    index = {**SHIPPED, 2026: Decimal(102)}
    path = shelf.folder / name
    path.write_bytes(write(index))
    (done,) = (await shelf.load(path, vintage=date(2027, 6, 30))).files
    assert (done.status, done.source, done.rows_loaded) == ("loaded", "deflator", 72)
    found = await prices(shelf)
    assert found[2026] == (Decimal(1), "HM Treasury, copy of 2027-06-30")
    assert abs(found[2010][0] - Decimal(102) / SHIPPED[2010]) < Decimal("1e-9")
    # again: they stand already
    (again,) = (await shelf.load(path, vintage=date(2027, 7, 1))).files
    assert again.status == "unchanged"


async def test_the_real_file_is_the_table_that_ships(base: Base, shared_data: Path) -> None:
    path = shared_data / "council" / "hmt-gdp-deflators-2026-06.csv"
    assert read_deflators(path.read_bytes(), TODAY) == SHIPPED
    (done,) = (await base.load(path)).files
    assert done.status == "unchanged"
    assert "stand already" in done.message
