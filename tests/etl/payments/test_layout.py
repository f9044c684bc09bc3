"""Where the header stands, and which rows are no payments. Every oddity is one that a council's file had."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import NotRecognised, Refused
from etl.payments.amounts import parse_pence
from etl.payments.grid import read_grid
from etl.payments.layout import Layout, find_layout

NAMES = [
    "OrganisationalUnit",
    "BeneficiaryName",
    "PaymentDate",
    "Amount",
    "Supplier Name",
    "Total",
    "Net Amount",
    "Payment Date",
    "Directorate",
]


def lay(text: str, header: list[str] | None = None, names: list[str] | None = None) -> Layout:
    return find_layout(read_grid(text.encode(), "x.csv"), NAMES if names is None else names, header)


def rows(layout: Layout) -> list[tuple[object, ...]]:
    return [tuple(cell or "" for cell in row[1:]) for row in layout.frame.rows()]


def kinds(layout: Layout) -> list[tuple[int, str, int | None]]:
    return [(footer.line, footer.kind, footer.amount_pence) for footer in layout.footers]


def test_a_header_in_the_first_line() -> None:
    layout = lay('\ufeff"Supplier  Name" , Total,\xa0Total\nLarkspur,5.00,1\n')
    assert layout.header == ["Supplier Name", "Total", "Total"]
    assert (layout.header_line, layout.preamble, layout.footers) == (1, [], [])
    assert layout.frame.columns == ["line", "0", "1", "2"]
    assert layout.frame.rows() == [(2, "Larkspur", "5.00", "1")]


def test_nine_lines_before_the_header_and_a_blank_end() -> None:
    """Lambeth 2012-06; † is a hard space that an earlier copy read in a wrong encoding."""
    layout = lay(
        "Invoices Over Specified Nett Amount,,,\n,,,\nReport Date:†  02/07/2012†  16:59:18,,,\n,,,\nParameters: ,,,\n"
        "From:† 01-JUN-2012,,,\nTo:† 30-JUN-2012,,,\nThreshold Nett Amt:† 500,,,\n,,,\n"
        "Body,Supplier Name,Invoice Creation Date,Invoice Nett Amount\n"
        'Council,Larkspur Homes† Ltd,08/06/2012,"1,534.24"\nCouncil,Oakfern  Trust ,06/06/2012,671.1\n,,,\n,††† ,,\n'
    )
    assert layout.header_line == 10
    assert layout.preamble[1] == "Report Date: 02/07/2012 16:59:18"
    assert len(layout.preamble) == 6
    assert rows(layout) == [
        ("Council", "Larkspur Homes Ltd", "08/06/2012", "1,534.24"),
        ("Council", "Oakfern Trust", "06/06/2012", "671.1"),
    ]
    assert (layout.body.lines, layout.footers) == ([11, 12], [])


def test_a_header_of_two_lines_and_a_grand_total() -> None:
    """Lambeth 2011-02 and 2012-05: a pivot table, a blank row before its total."""
    layout = lay(
        ' Sum of Invoice Nett Amount ,\n Supplier Name , Total \n Larkspur Ltd ," £3,562.12 "\n'
        ' Total Gas & Power ,620.00 \n,\n Grand Total ," £4,182.12 "\n,\n'
    )
    assert (layout.header, layout.header_line, layout.preamble) == (
        ["Supplier Name", "Total"],
        2,
        ["Sum of Invoice Nett Amount"],
    )
    assert rows(layout) == [("Larkspur Ltd", "£3,562.12"), ("Total Gas & Power", "620.00")]
    assert kinds(layout) == [(6, "grand_total", 418212)]


def test_a_total_without_a_word_is_one_at_the_end_only() -> None:
    """Barnet 2015-16 ends so."""
    header = "Service Area,Creditor,Journal Date,Total\n"
    body = "Families,LARKSPUR,18/08/2015,2\n,,,30.00\nFamilies,OAKFERN,19/08/2015,33.7\n"
    assert kinds(lay(header + body + ',,,"65.70"\n,,,\n')) == [(5, "grand_total", 6570)]
    assert kinds(lay(header + body)) == []


def test_of_a_row_of_totals_that_is_taken_which_its_column_adds_up_to() -> None:
    layout = lay("Supplier Name,VAT,Net Amount\nLarkspur,1.00,5.00\nOakfern,0.50,6.00\nTotal,1.50,11.00\n")
    assert kinds(layout) == [(4, "grand_total", 150)]
    layout = lay("Supplier Name,VAT,Net Amount\nLarkspur,1.00,5.00\nOakfern,0.50,6.00\nTotal,9.99,11.00\n")
    assert kinds(layout) == [(4, "grand_total", 1100)]


@pytest.mark.parametrize(
    ("row", "kind", "pence"),
    [
        ("Grand Total,,,11.00", "grand_total", 1100),
        (",,TOTAL:,11.00", "grand_total", 1100),
        ("Total spend for the month,,,11.00", "grand_total", 1100),
        ("Report Total (£),,,11.00", "grand_total", 1100),
        ("Sub Total,,,11.00", "note", 1100),
        ("APRIL,,,", "month", None),
        ("May 2015,,,", "month", None),
        ("Jun-15,,,", "month", None),
        ("Payment Date,Supplier Name,Directorate,Amount", "header", None),
        ("(1234 rows affected),,,", "sql", None),
        ("order by PaymentDate,,,", "sql", None),
        ("* amounts exclude VAT,,,", "note", None),
        ("Page 1 of 3,,,", "note", None),
        (",,End of report,", "note", None),
    ],
)
def test_a_row_that_is_no_payment(row: str, kind: str, pence: int | None) -> None:
    header = "Payment Date,Supplier Name,Directorate,Amount\n"
    layout = lay(f"{header}01/04/2015,Larkspur,Adults,5.00\n{row}\n02/04/2015,Oakfern,Adults,6.00\n")
    assert kinds(layout) == [(3, kind, pence)]
    assert layout.body.lines == [2, 4]


@pytest.mark.parametrize(
    "row",
    [
        ",Total Gas & Power Ltd,Adults,11.00",
        "Total Butler Ltd,,,11.00",
        "02/04/2015,April Cottage,,11.00",
        "02/04/2015,,,11.00",
        ",,,11.00",
        ",Oakfern,,11.00",
        "02/04/2015,Select Appointments,Adults,",
        "02/04/2015,Amount,Adults,11.00",
        "02/04/2015,Grand Total,Adults,11.00",
    ],
)
def test_a_row_that_may_be_a_payment_stays(row: str) -> None:
    header = "Payment Date,Supplier Name,Directorate,Amount\n"
    layout = lay(f"{header}{row}\n03/04/2015,Oakfern,Adults,6.00\n")
    assert (layout.body.lines, layout.footers) == ([2, 3], [])


def test_leaked_sql_before_the_header() -> None:
    """Hounslow 2021-03 and 2022-09: the header is in line 5, with a column more."""
    layout = lay(
        'SELECT OrganisationalUnit, BeneficiaryName, PaymentDate, Amount,,\n"FROM Spend s, Payee p",,,\n'
        "\"WHERE s.Id = p.Id AND PaymentDate >= '2021-03-01'\",,,\nORDER BY PaymentDate,,,\n"
        "INSERTED DETAIL,OrganisationalUnit,BeneficiaryName,PaymentDate,Amount\n"
        "INSERTED DETAIL,Adults,redacted - personal data,02/03/2021,550.00\n"
    )
    assert layout.header_line == 5
    assert layout.header == [
        "INSERTED DETAIL",
        "OrganisationalUnit",
        "BeneficiaryName",
        "PaymentDate",
        "Amount",
    ]
    assert rows(layout) == [("INSERTED DETAIL", "Adults", "redacted - personal data", "02/03/2021", "550.00")]
    assert len(layout.preamble) == 4


def test_a_header_with_blank_and_repeated_names_and_empty_columns_at_the_end() -> None:
    """Ealing's two unnamed columns; Wandsworth 2024-07 has PAYMENT AMOUNT twice; Islington four empty ones."""
    layout = lay(
        ",,Directorate,PAYMENT AMOUNT,PAYMENT AMOUNT,Payee,,\nINSERTED DETAIL,,Adults,02/07/2024,550.00,Larkspur,,\n"
    )
    assert layout.header == ["", "", "Directorate", "PAYMENT AMOUNT", "PAYMENT AMOUNT", "Payee", "", ""]
    assert rows(layout) == [("INSERTED DETAIL", "", "Adults", "02/07/2024", "550.00", "Larkspur", "", "")]


def test_a_file_without_a_header() -> None:
    """Tower Hamlets 2025-10, Havering 2013-05, Bexley 2015-07."""
    text = "Adult Services,Purchase of Service,01/10/2025,TH1,500.00,Larkspur Ltd\nChildren,Net,02/10/2025,TH2,6.00,Oakfern\n"
    header = ["Directorate", "Expense Type", "Payment Date", "Trans No", "Net Amount", "Supplier Name"]
    layout = lay(text, header)
    assert (layout.header, layout.header_line, layout.body.lines) == (header, None, [1, 2])
    assert rows(layout)[1] == ("Children", "Net", "02/10/2025", "TH2", "6.00", "Oakfern")
    with pytest.raises(
        NotRecognised, match="No row of names of columns was found; the first row is: Adult Services"
    ):
        lay(text)
    assert lay(text, header[:4]).header == [*header[:4], "", ""]


def test_a_header_in_the_file_goes_before_the_one_that_is_given() -> None:
    layout = lay("Supplier Name,Total\nLarkspur,5.00\n", ["Total", "Supplier Name"])
    assert (layout.header, layout.header_line) == (["Supplier Name", "Total"], 1)


def test_rows_of_other_widths_keep_all_their_cells() -> None:
    layout = lay(
        "Supplier Name,Directorate,Total\nLarkspur, Ltd,Adults,5.00\nOakfern,Adults\nBirch,Adults,7.00\n"
    )
    assert layout.header == ["Supplier Name", "Directorate", "Total", ""]
    assert rows(layout) == [
        ("Larkspur", "Ltd", "Adults", "5.00"),
        ("Oakfern", "Adults", "", ""),
        ("Birch", "Adults", "7.00", ""),
    ]


def test_letters_that_were_read_wrongly_before_are_mended() -> None:
    """GLA 2015-P13 (0x92 kept as a control), Lambeth 2011-10 and 2011-11 (ÿ and Ê for a hard space)."""
    layout = lay(
        "Supplier Name,Total\nWomen\x92s Place,Â£5.00\nOakfernÿ Manor,6\nOakfernÊ Manor,7\nBjÃ¶rk â€™n Co,8\n"
        "TEMPÊTE,9\nL’Haÿ Ltd,1\n"
    )
    assert [row[0] for row in rows(layout)] == [
        "Women’s Place",
        "Oakfern Manor",
        "Oakfern Manor",
        "BjÃ¶rk ’n Co",
        "TEMPÊTE",
        "L’Ha Ltd",
    ]
    assert rows(layout)[0][1] == "£5.00"


def test_a_header_alone_is_a_file_without_rows() -> None:
    layout = lay("Supplier Name,Payment Date,Total\n")
    assert (layout.header_line, layout.body.rows, layout.frame.height) == (1, [], 0)


@pytest.mark.parametrize(
    "text",
    ["1,2,3\n4,5,6\n", "a note\nand another\n", "x,y,z\np,q,r\n", "Supplier Name,Total\nno amounts,here\n"],
)
def test_a_table_without_a_header_of_payments_is_not_recognised(text: str) -> None:
    with pytest.raises(NotRecognised, match="No row of names"):
        lay(text)


CELLS = st.lists(
    st.sampled_from(["", "Larkspur", "5.00", "01/04/2015", "Total", "April", "Supplier Name"]),
    min_size=3,
    max_size=3,
)


@given(st.lists(CELLS, max_size=12))
def test_every_filled_row_is_a_payment_or_said_to_be_none(table: list[list[str]]) -> None:
    text = "".join(
        ",".join(row) + "\n"
        for row in [["Payment Date", "Supplier Name", "Amount"], ["01/04/2015", "A", "5.00"], *table]
    )
    layout = lay(text)
    filled = [line for line, row in enumerate(table, 3) if any(row)]
    assert layout.header_line == 1
    assert sorted([*layout.body.lines, *(footer.line for footer in layout.footers)]) == [2, *filled]
    assert layout.frame["line"].to_list() == layout.body.lines
    assert all(len(row) == len(layout.header) for row in layout.body.rows)


# Pence, as each file ends; 2011-01 has no total.
LAMBETH: dict[str, int | None] = {
    "2011-01": None,
    "2011-02": 4035408784,
    "2011-03": 4630712633,
    "2011-04": 3736128482,
    "2011-05": 4288186896,
    "2011-07": 3650844164,
    "2011-08": 4114609089,
    "2011-10": 3390861045,
    "2011-11": 3829362886,
    "2011-12": 2788318883,
    "2012-02": 4477300339,
    "2012-03": 5010701965,
    "2012-04": 3886445490,
    "2012-05": 4329272179,
    "2012-06": 4029233484,
}


def test_lambeth_rows_add_up_to_the_grand_totals_of_their_files(shared_data: Path) -> None:
    found = {}
    for path in sorted((shared_data / "council" / "payments" / "lambeth").iterdir()):
        layout = find_layout(read_grid(path.read_bytes(), path.name))
        place = next(at for at, name in enumerate(layout.header) if "Amount" in name or name == "Total")
        pence = parse_pence(layout.frame[str(place)])
        totals = [footer.amount_pence for footer in layout.footers if footer.kind == "grand_total"]
        found[path.name[:7]] = totals[0] if totals else None
        assert pence.null_count() == 0
        assert totals in ([], [pence.sum()])
    assert found == LAMBETH


def test_every_published_file_has_a_header_and_amounts(shared_data: Path) -> None:
    lines: dict[str, int | None] = {}
    for path in sorted((shared_data / "council" / "payments").rglob("*.*")):
        try:
            layout = find_layout(read_grid(path.read_bytes(), path.name))
        except Refused:
            continue
        lines[path.name] = layout.header_line
        assert (
            max(parse_pence(column).count() for column in layout.frame.get_columns()[1:])
            == layout.frame.height
        )
    assert len(lines) == 29
    assert {name: line for name, line in lines.items() if line != 1} == {
        **{f"{month}-payments.csv": 2 for month in LAMBETH if month not in ("2011-01", "2011-12")},
        "2011-10-payments.csv": 3,
        "2012-06-payments.csv": 10,
    }
