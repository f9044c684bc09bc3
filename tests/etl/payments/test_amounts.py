"""Amounts as councils write them, in pence."""

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.payments.amounts import parse_pence


def parse(*texts: str | None) -> list[int | None]:
    return parse_pence(pl.Series("amount", texts, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        # Lambeth
        ("£2,909,121.01", 290912101),
        (" 4,046,158.25 ", 404615825),
        ("(1,040.22)", -104022),
        ("895.00 ", 89500),
        # Newham, Hackney, Merton, Barnet
        ("-£25.60", -2560),
        (" £ 1,450.00 ", 145000),
        ("000000000.00", 0),
        ("£-25.60", -2560),
        ("(£1,040.22)", -104022),
        ("£(1,040.22)", -104022),
        ("-(5.00)", -500),
        ("25.60-", -2560),
        ("25.60 -", -2560),
        ("25.00CR", -2500),
        ("1,234.56 cr", -123456),
        ("25.00 DR", 2500),
        ("−7.00", -700),
        # £ in the wrong encoding
        ("Â£1,000.00", 100000),
        ("œ500", 50000),
        ("\x9c500", 50000),
        ("£\xa01,450.00", 145000),
        ("GBP 5.00", 500),
        ("5.00 £", 500),
        ("1,234.5", 123450),
        ("5.", 500),
        (".5", 50),
        ("500", 50000),
        ("'500.00", 50000),
        ('"1,000.00"', 100000),
        ("1 234 567.89", 123456789),
        # what a spreadsheet makes of numbers and of nought
        ("1E3", 100000),
        ("-1.2E+05", -12000000),
        ("1.5E-2", 2),
        ("0.30000000000000004", 30),
        ("12.345", 1235),
        ("-12.345", -1235),
        (" £-   ", 0),
        (" - ", 0),
        ("999999999999999.99", 99999999999999999),
    ],
)
def test_an_amount(text: str, pence: int) -> None:
    assert parse(text) == [pence]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "N/A",
        "#N/A",
        "£",
        "CR",
        "()",
        "1.234,56",
        "12,34",
        "1,23",
        "-1,0",
        "1.2.3",
        "5%",
        "€5",
        "01/02/2012",
        "2012-04",
        "12-13",
        "12:30",
        "0207 364 5000",
        "12 34",
        "(500.00",
        "5)",
        "--5",
        "5.00E",
        "9999999999999999",
        "1,000,00",
    ],
)
def test_no_amount(text: str) -> None:
    assert parse(text) == [None]


def test_a_column_keeps_its_name_and_its_blanks() -> None:
    parsed = parse_pence(pl.Series("net", ["5.00", None, "x"]))
    assert (parsed.name, parsed.to_list()) == ("net", [500, None, None])
    assert parsed.dtype == pl.Int64
    assert parse_pence(pl.Series("net", [None, None])).to_list() == [None, None]
    assert parse_pence(pl.Series("net", [], dtype=pl.String)).dtype == pl.Int64


POUNDS = "{:,.2f}".format
WAYS = {
    "plain": lambda size: f"{size / 100:.2f}",
    "thousands": lambda size: POUNDS(size / 100),
    "pound": lambda size: f"£{POUNDS(size / 100)}",
    "pound apart": lambda size: f" £ {POUNDS(size / 100)} ",
    "padded": lambda size: f"{size / 100:015.2f}",
    "twice encoded": lambda size: f"Â£{POUNDS(size / 100)}",
    "hard spaces": lambda size: f"\xa0{POUNDS(size / 100)}\xa0",
    "apart by spaces": lambda size: POUNDS(size / 100).replace(",", " "),
    "as short as can be": lambda size: str(Decimal(size) / 100),
}
SIGNS = {
    "before": "-{}".format,
    "after": "{}-".format,
    "brackets": "({})".format,
    "credit": "{} CR".format,
}


@given(st.integers(0, 10**12), st.sampled_from(sorted(WAYS)))
def test_any_amount_written_in_any_way_is_read_back(size: int, way: str) -> None:
    # floats of pounds are exact to the penny below 10**12
    assert parse(WAYS[way](size)) == [size]


@given(st.integers(1, 10**12), st.sampled_from(sorted(WAYS)), st.sampled_from(sorted(SIGNS)))
def test_any_credit_written_in_any_way_is_read_back(size: int, way: str, sign: str) -> None:
    assert parse(SIGNS[sign](WAYS[way](size).strip())) == [-size]


@given(st.decimals(-(10**9), 10**9, places=5))
def test_parts_of_a_penny_are_rounded_away_from_nought(amount: Decimal) -> None:
    expected = int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert parse(f"{amount:f}") == [expected]


@given(st.text(max_size=12))
def test_no_text_fails(text: str) -> None:
    assert len(parse(text, "1.00")) == 2
