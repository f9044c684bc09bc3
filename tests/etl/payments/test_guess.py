"""A header that is not known: what is guessed, how it is explained, and how a person confirms it."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from etl.errors import NotRecognised
from etl.payments.guess import guess_columns
from etl.payments.prepare import tell_rows
from etl.payments.reading import read_payments, refuse_guess
from etl.payments.tidy import tidy
from geo.publishers import council_of
from tests.etl.payments.files import Header, lay_out, month, write

TODAY = date(2026, 11, 22)
STRANGE: Header = [
    ("Dir", "department"), ("Cheque no", "reference"), ("Paid on", "date"), ("Who we paid", ""), ("Company paid", "supplier"),
    ("What for", ""), ("Subjective text", "purpose"), ("Cost £", "amount"), ("VAT amt", "vat"),
]  # fmt: skip


def strange(rows: int = 30) -> bytes:
    return write(STRANGE, lay_out(STRANGE, month(date(2026, 7, 1), rows)))


def test_columns_are_found_by_their_names_and_their_cells() -> None:
    read = read_payments(strange(), "july.csv", ["enfield", "july 2026"])
    assert read.guess is not None
    assert read.match.form is None
    found = {field: STRANGE[places[0]][0] for field, places in read.match.columns.items()}
    assert found["date"] == "Paid on"
    assert found["amount"] == "Cost £"
    assert found["supplier"] == "Company paid"
    assert found["purpose"] == "Subjective text"


def test_a_guess_is_refused_with_its_reasons_its_first_rows_and_the_command_that_confirms_it() -> None:
    read = read_payments(strange(), "july.csv", ["enfield", "july 2026"])
    assert not read.is_confirmed
    said = str(refuse_guess(read, tell_rows(tidy(read, TODAY).rows)))
    assert "The header in line 1 is not one that Enfield council is known to use." in said
    assert "'Cost £' → amount (100% of its cells are amounts" in said
    assert "'Paid on' → date (100% of its cells are days)" in said
    assert "2026-07-01, £500.01, Alder Grounds Ltd" in said
    assert said.count("£") >= 3
    assert "borough load --council enfield FILE" in said


def test_naming_the_council_confirms_the_guess() -> None:
    read = read_payments(strange(), "x.csv", ["x"], council=council_of(10))
    assert read.is_confirmed
    rows = tidy(read, TODAY).rows
    assert rows.height == 30
    assert rows["amount_pence"].sum() == sum(payment.pence for payment in month(date(2026, 7, 1), 30))
    assert rows["supplier"].to_list()[:2] == ["Alder Grounds Ltd", "Birch Catering LLP"]


def test_a_known_header_is_no_guess_though_the_council_is_another() -> None:
    """Enfield's files have no form in the table; those with names that everybody uses are read by the general one."""
    header: Header = [
        ("Payment Date", "date"),
        ("Supplier Name", "supplier"),
        ("Net Amount", "amount"),
        ("Purpose", "purpose"),
    ]
    read = read_payments(write(header, lay_out(header, month(date(2026, 7, 1)))), "a.csv", ["enfield", "a"])
    assert read.guess is None
    assert read.match.form is not None
    assert read.match.form.publisher == 0


def test_the_refusal_names_the_council_whose_header_it_is() -> None:
    header: Header = [
        ("4. DATE PAID", "date"),
        ("5. BENEFICIARY", "supplier"),
        ("Total", "amount"),
        ("7. DEPARTMENT", "department"),
    ]
    read = read_payments(write(header, lay_out(header, month(date(2026, 7, 1)))), "a.csv", ["enfield", "a"])
    assert not read.is_confirmed
    assert "Hackney council publishes files with this header." in str(refuse_guess(read, []))


@pytest.mark.parametrize(
    "header",
    [
        ["stop_date", "age", "gender", "ethnicity"],
        ["Supplier Name", "Supplier Number", "Category"],
        ["Date", "Amount", "VAT"],
    ],
)
def test_a_table_without_amounts_or_suppliers_is_no_payments(header: list[str]) -> None:
    cells = {"Date": "01/07/2026", "Amount": "12.00", "VAT": "2.00"}
    rows = [[cells.get(name, "word") for name in header]] * 5
    data = "\n".join(",".join(row) for row in [header, *rows]).encode()
    with pytest.raises(NotRecognised, match="no file of council payments"):
        read_payments(data, "a.csv", ["hackney", "a"])


def test_codes_and_numbers_are_not_taken_for_amounts() -> None:
    frame = pl.DataFrame(
        {
            "0": ["100234", "100235"],
            "1": ["Alder Ltd", "Birch Ltd"],
            "2": ["10.50", "12.00"],
            "3": ["2026", "2026"],
        }
    )
    guess = guess_columns(["Vendor number", "Vendor", "Value", "Year"], frame)
    assert guess is not None
    assert guess.match.columns["amount"] == (2,)
    assert guess.match.columns["supplier"] == (1,)


def test_the_real_file_of_darlington_is_guessed(shared_data: Path) -> None:
    """No form of the table has its header; a person who loads it for a council confirms the guess."""
    path = shared_data / "council" / "payments" / "elsewhere-in-england" / "darlington_2014-08.csv"
    read = read_payments(path.read_bytes(), path.name, ["darlington_2014-08"], council=council_of(12))
    columns = {field: read.layout.header[places[0]] for field, places in read.match.columns.items()}
    assert columns == {
        "amount": "Invoice Line Value (net of VAT)", "supplier": "Supplier", "department": "Directotate",
        "service": "Service", "purpose": "Account", "reference": "Order",
    }  # fmt: skip
