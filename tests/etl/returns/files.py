"""Returns in their publishers' layouts, rebuilt row by row: amounts are invented, oddities are those of the real files."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from etl.returns.councils import DFE_NUMBERS, E_CODES
from geo.areas import load_boroughs

Rows = list[list[Any]]
E_CODE_OF = {borough: code for code, borough in E_CODES.items()}
NUMBER_OF = {borough: number for number, borough in DFE_NUMBERS.items()}
NAMES = {area.borough: area.area_name.replace(" and ", " & ") for area in load_boroughs() if area.borough}
COMMUNITY = (
    "Community safety (Crime reduction)",
    "Community safety (Safety services)",
    "Community safety (CCTV)",
)
SERVICES = (
    *("Education services", "Highways and transport services", "Children Social Care", "Adult Social Care"),
    *("Public Health", "Housing services (GFRA only)", "Cultural and related services"),
    *("Environmental and regulatory services", "Planning and development services", "Police services"),
    *("Fire and rescue services", "Central services", "Other services"),
)
COLUMNS = (
    *("Employees\n (C1)", "Running Expenses\n (C2)", "Total Expenditure\n (C3 = C1 + C2)"),
    *("Sales, Fees and Charges\n (C4)", "Other Income\n (C5)", "Total Income\n (C6 = C4 + C5)"),
    "Net Current Expenditure\n (C7 = C3 - C6)",
)
HILLINGDON = 17

# (borough, place of the line) → cell
Cells = Mapping[tuple[int, int], str]


def amount(borough: int, place: int) -> int:
    """Thousands of pounds of a council on a line, as the builders have them."""
    return 1000 * (place + 1) + 7 * borough


def write_csv(rows: Iterable[Iterable[Any]], encoding: str = "utf-8-sig", newline: str = "\r\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=newline).writerows(rows)
    return text.getvalue().encode(encoding)


def write_book(sheets: Mapping[str, Rows], form: str) -> bytes:
    """A workbook with these sheets: xlsx, xls or ods. Numbers are numbers, all else text."""
    stream = io.BytesIO()
    if form == "xlsx":
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
        book.close()
    elif form == "xls":
        old = xlwt.Workbook()
        for name, rows in sheets.items():
            sheet = old.add_sheet(name)
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write(at, place, cell)
        old.save(stream)
    else:
        document = OpenDocumentSpreadsheet()
        for name, rows in sheets.items():
            table = Table(name=name)
            for row in rows:
                line = TableRow()
                for cell in row:
                    line.addElement(_write_cell(cell))
                table.addElement(line)
            document.spreadsheet.addElement(table)
        document.save(stream)
    return stream.getvalue()


def _write_cell(cell: Any) -> TableCell:
    if isinstance(cell, int | float):
        return TableCell(valuetype="float", value=str(cell))
    written = TableCell(valuetype="string")
    written.addElement(P(text=str(cell)))
    return written


def ra_2021(cells: Cells | None = None, boroughs: Iterable[int] = range(1, 34)) -> bytes:
    """RA 2021-22: a blank header beside the name, numbers of lines above, totals and notes below, thousands with commas."""
    labels = [
        "Early years",
        "TOTAL EDUCATION SERVICES",
        *COMMUNITY,
        "TOTAL ENVIRONMENTAL AND REGULATORY SERVICES",
    ]
    labels += [
        "TOTAL SERVICE EXPENDITURE",
        "Adjustments to net current expenditure",
        "NET CURRENT EXPENDITURE",
    ]
    rows: Rows = [
        ["Revenue Account Budget (RA) 2021-22: Revenue Account data"],
        ["Net current expenditure (£ thousand)", "", "", "", "", *range(4, 4 + len(labels))],
        ["", "", "1", "", "", *range(4, 4 + len(labels))],
        ["", "", "", "", "", "Education Services", "", "Environmental and Regulatory Services"],
        ["", "", "", "", "", *range(110, 110 + len(labels))],
        ["E-code", "ONS Code", "Local authority", "", "Class", *labels],
        ["E0101", "E06000022", "Bath & North East Somerset UA", "", "UA", *["11,896"] * len(labels)],
        *_councils(("", "L"), range(len(labels)), cells, boroughs, gss=True),
        ["E5100", "E12000007", "Greater London Authority", "", "O", *["41,224"] * len(labels)],
        ["", "", "ENGLAND", "", "", *["9,999,999"] * len(labels)],
        ["", "", "LONDON BOROUGHS", "", "L", *["999,999"] * len(labels)],
        ["S RA return not received in time for publication, therefore imputed figures used."],
    ]
    return write_csv(rows)


def ra_2023(cells: Cells | None = None) -> bytes:
    """RA 2023-24: when it was updated, hidden codes, a column of notes, cp1252; Hillingdon returned nothing."""
    labels = ["TOTAL EDUCATION SERVICES", *COMMUNITY, "TOTAL SERVICE EXPENDITURE"]
    dots = {(HILLINGDON, place): "..." for place in range(len(labels))}
    rows: Rows = [
        ["Worksheet 2: Revenue Account Budget (RA) 2023-24: Revenue Account data"],
        ["Data are reported in £ thousand. "],
        ["Source: Local authorities' Revenue Account Budget (RA) returns 2023-24 to the Department"],
        ["Last updated: 22 June 2023"],
        [
            "This row contains the data base Asset ID code",
            "",
            "",
            "",
            "",
            "",
            "edutot",
            "cscrm",
            "cscsfs",
            "cctv",
            "tse",
        ],
        ["E-code", "ONS Code", "Local authority", "Class", "Subclass", "Notes", *labels],
        ["E3831", "E07000223", "Adur", "SD", "SD", "", *["0"] * len(labels)],
        *_councils(
            ("LB", "London", ""), range(len(labels)), {**dots, **(cells or {})}, range(1, 34), gss=True
        ),
    ]
    return write_csv(rows, "cp1252")


def rs(year: int, form: str = "xls", *, gss: bool = False) -> bytes:
    """RS as a workbook: a front page, sheets of the same columns for other concepts first, and services again to the right."""
    labels = [
        *SERVICES,
        "TOTAL SERVICE EXPENDITURE (TOTAL OF LINES 190 to 698)",
        "Adjustments to net current expenditure",
    ]
    labels += ["NET CURRENT EXPENDITURE (TOTAL OF LINES 699 TO 748)", "Education services"]

    def sheet(concept: str, more: int) -> Rows:
        codes = ["E-code", "ONS Code", "Local authority"] if gss else ["E-code", "Local authority"]
        return [
            [f"Revenue Outturn Summary (RS): {year}-{(year + 1) % 100:02d} data"],
            [],
            [f"{concept} (£ thousand)"],
            [],
            [*[""] * (len(codes) + 2), "Capital charges", "Equal pay costs"],
            [*codes, "", "Class", *labels],
            [],
            *[
                [*row[: len(codes) + 2], *(float(cell) + more for cell in row[len(codes) + 2 :])]
                for row in _councils(("", "L"), range(len(labels)), None, range(1, 34), gss=gss, commas=False)
            ],
            ["", *[""] * (len(codes) - 1), "", "", *[9_999_999.0] * len(labels)],
        ]

    return write_book(
        {
            "Front page": [["General Fund Revenue Account Outturn"], [f"RS {year}"]],
            "Data (2)": sheet("Capital items", 500_000),
            "Data (1)": sheet("Net current expenditure", 0),
            "Data (3)": sheet("Net total cost excluding specific grants", 700_000),
        },
        form,
    )


def rsx(year: int = 2021, cells: Cells | None = None, certified: Sequence[str] = ()) -> bytes:
    """RSX: seven columns a service, hidden rows, one label without its service (2021-22), a second table of classes below."""
    services = (*SERVICES, "Total Service Expenditure")
    labels, shorts = [], []
    for service in services:
        for column in COLUMNS:
            labels.append(f"{service}- {column}" if service[0] == "E" else f"{service} - {column}")
            shorts.append(f"RSX-{service[:3].lower()}-{column[:4].lower()}")
    nameless = SERVICES.index("Environmental and regulatory services") * 7 + 6
    labels[nameless] = COLUMNS[-1]
    lead = ["Notes", "Class", "Detailed Class", *(["Certified"] if certified else [])]

    def fill(row: list[Any], place: int = 0) -> list[Any]:
        """The seven columns of each service: the net is the amount of the line, the others are far from it."""
        filled = row[: 3 + len(lead)]
        for net in row[3 + len(lead) :]:
            filled += [*["77,777"] * 6, net]
        return filled

    councils = _councils(
        ("", "LB", "LB", *("?" for _ in certified[:1])), range(len(services)), cells, range(1, 34), gss=True
    )
    for row in councils:
        if certified:
            row[6] = "N" if row[2] in certified else "Y"
    rows: Rows = [
        [
            f"Worksheet 2: Revenue Outturn (RO) {year}-{(year + 1) % 100:02d}: Service Expenditure Summary (RSX) data"
        ],
        ["This worksheet contains 2 tables. Data is reported in £ thousand. "],
        ["Last updated: 6 June 2024" if year == 2022 else "Last updated: 23 November 2023"],
        [*[""] * (3 + len(lead)), *shorts],
        ["Hide ", "", "", "", "", "Row_no", *([""] if certified else []), *range(190, 190 + len(labels))],
        ["E-code", "ONS Code", "Local authority", *lead, *labels],
        *map(fill, councils),
        [""],
        ["E-code", "ONS Code", "Class of authority", "", "Class", "Detailed Class", *labels],
        ["[Y]", "E09", "London Boroughs", "", "LB", "LB", "24", *["999,999"] * len(labels)],
        ["E5100", "", "Greater London Authority", "", "O", "GLA", "1", *["999"] * len(labels)],
    ]
    return write_csv(rows)


def ro5(year: int, form: str = "xlsx", *, two_rows: bool = True, cells: Cells | None = None) -> bytes:
    """RO5 by its description (no file ships: check with a real one): lines of community safety in seven columns each.

    two_rows: the line stands over its first column, and the header has the names of the columns.
    """
    services = ("Waste collection", *COMMUNITY, "TOTAL ENVIRONMENTAL AND REGULATORY SERVICES")
    names = [column.partition("\n")[0] for column in COLUMNS]
    heading = [cell for service in services for cell in (service, *[""] * 6)]
    header = names * len(services) if two_rows else [f"{s} - {name}" for s in services for name in names]
    rows: Rows = [
        [
            f"Revenue Outturn (RO5) {year}-{(year + 1) % 100:02d}: Cultural, Environmental, Regulatory and Planning data"
        ],
        ["£ thousand"],
        ["", "", "", *(heading if two_rows else [])],
        ["E-code", "ONS Code", "Local authority", *header],
    ]
    for row in _councils((), range(len(services)), cells, range(1, 34), gss=True, commas=False):
        rows.append([*row[:3], *(cell for net in row[3:] for cell in (*[5] * 6, net))])
    if form == "csv":
        return write_csv(rows)
    return write_book({"Notes": [["Notes to the return"]], "RO5 LA data": rows}, form)


YOUTH_LINES = {
    2008: ("4 Total Youth Justice", "25 Substances misuse services (Drugs, Alcohol and Volatile substances)"),
    2010: (
        "Total Youth Justice",
        "Universal services for young people (including youth work, positive activities and  information, advice and guidance)",
        "Targeted services for young people (including youth work, positive activities and information, advice and guidance)",
        "Connexions",
        "Youth work - (memorandum expenditure Included in\xa0lines 41 and 42 above)",
    ),
    2011: (
        "Youth Justice",
        "Universal services for young people (including youth work, positive",
        "Targeted services for young people (including youth work, positive",
        "Total Services for Young People",
        "Youth work - (memorandum expenditure Included in\xa0lines 29 and 30 ab",
    ),
    2013: (
        "31 Youth Justice",
        "28 Universal services for young people",
        "29 Targeted services for young people ",
        "30 Total Services for Young People ",
        "36 Teenage pregnancy services(included in lines 27 and 28 above)",
    ),
}
HEADERS_251 = {
    2008: (
        "LEA Number:",
        "LA Name:",
        "S52 Line Reference:",
        "TOTAL EXPENDITURE (k)",
        "NET Current Expenditure (m)",
    ),
    2010: ("LA", "LA Name", "S52 Line Reference", "Total Expenditure (k)", "NET Current Expenditure (m)"),
    2011: ("LA", "LA Name", "CYPServiceDescription", "TotalExpenditure", "NetCurrentExpenditure"),
    2013: ("LA", "LA Name", "CYPServiceDescription", "TotalExpenditure", "NetCurrentExpenditure"),
}


def section_251(year: int, cells: Cells | None = None, without: Iterable[int] = ()) -> bytes:
    """Section 251 outturn: one row an authority and line, in pounds and pence, memoranda without net expenditure."""
    rows: Rows = [list(HEADERS_251[year])]
    blank = "NULL" if year == 2011 else ""
    for place, line in enumerate(YOUTH_LINES[year]):
        rows.append(["938", "West Sussex", line, "1", "1.5"])
        for borough in (b for b in range(1, 34) if b not in set(without)):
            net = blank if "memorandum" in line else f"{amount(borough, place)}.25"
            given = (cells or {}).get((borough, place), net)
            rows.append([NUMBER_OF[borough], f"{NAMES[borough].replace('&', 'and')} ", line, "88", given])
    return write_csv(rows, "cp1252")


def _councils(
    between: Sequence[str],
    places: Iterable[int],
    cells: Cells | None,
    boroughs: Iterable[int],
    *,
    gss: bool,
    commas: bool = True,
) -> Rows:
    rows: Rows = []
    for borough in boroughs:
        row: list[Any] = [
            E_CODE_OF[borough],
            *([f"E090000{borough:02d}"] if gss else []),
            NAMES[borough],
            *between,
        ]
        for place in places:
            plain = amount(borough, place)
            row.append((cells or {}).get((borough, place), f"{plain:,}" if commas else plain))
        rows.append(row)
    return rows
