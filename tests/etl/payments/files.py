"""Files of payments as councils publish them, with invented suppliers: headers and quirks from the survey, rows from here."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P


@dataclass(frozen=True)
class Payment:
    """One payment; `other` has the cells of columns that are nobody's field."""

    day: date
    pence: int
    supplier: str
    department: str = "Adults"
    service: str = "Care"
    purpose: str = "Residential care"
    category: str = "Third party payments"
    reference: str = "R1"
    vat: str = ""
    payer: str = ""
    kind: str = ""
    grant: str = ""
    redact: str = ""
    postcode: str = ""
    other: dict[str, str] = field(default_factory=dict)


NAMES = (
    "Alder Grounds Ltd",
    "Birch Catering LLP",
    "Cedar Roofing Limited",
    "Dogwood Print plc",
    "Elm Lodge Care Ltd",
)


def payments(first: date, days: int, count: int, pence: int = 50_001) -> list[Payment]:
    """So many payments over so many days, each of another amount."""
    return [
        Payment(
            first + timedelta(days=n * days // count),
            pence + 137 * n,
            NAMES[n % len(NAMES)],
            reference=f"R{n}",
        )
        for n in range(count)
    ]


def month(first: date, count: int = 40) -> list[Payment]:
    """A month's payments."""
    return payments(first, 28, count)


# The headers of the survey, and what a reader takes each column for ("" for none): written by hand, not from the table.
Header = Sequence[tuple[str, str]]
HEADERS: dict[str, Header] = {
    "city-of-london": [
        ("Body", "payer"), ("Division of Service", "service"), ("Purpose of Expenditure", "purpose"),
        ("Merchant Category", "category"), ("Department", "department"), ("Payment Date", "date"),
        ("Transaction Code", "reference"), ("Net Amount", "amount"), ("Supplier Name", "supplier"),
    ],
    "barnet": [
        ("Cost Centre Hierarchy - Directorate", "department"), ("Cost Centre Hierarchy - Department", "service"),
        ("Payment Reference Number", "reference"), ("Expenditure Type", "purpose"), ("Payment Number", ""),
        ("Supplier Name", "supplier"), (" Distribution Amount ", "amount"), ("Payment Date", "date"),
    ],
    "bexley": [
        ("Payment Date", "date"), ("Transaction Number", "reference"), ("Non Recoverable VAT", "vat"), ("Amount", "amount"),
        ("Supplier", "supplier"), ("Supplier Number", ""), ("Expense Type", "purpose"), ("Directorate", "department"),
        ("Service Area", "service"),
    ],
    "brent": [
        ("Payment Date", "date"), ("Vendor Name 2", "supplier"), ("Cost Centre Code", ""),
        ("Cost Centre Description", "department"), ("Subjective Code", ""), ("Subjective desctiption", "purpose"),
        (" Amount ", "amount"), ("Non Recoverable VAT", "vat"),
    ],
    "bromley": [
        ("SERVICE_AREA", "service"), ("PORTFOLIO", "department"), ("SUBJ_DESCRIPTION", "purpose"),
        ("SUPPLIER_NAME_REDACTED", "supplier"), ("PAYMENT_NUMBER", "reference"), ("PAYMENT_DATE", "date"),
        ("Net Amount", "amount"), ("VENDOR_TYPE_LOOKUP_CODE", "category"),
    ],
    "camden": [
        ("organisation_label", "payer"), ("organisation_uri", ""), ("payment_date", "date"), ("payment_month", ""),
        ("payment_year", ""), ("financial_year", ""), ("beneficiary_name", "supplier"), ("purpose", "purpose"),
        ("organisational_unit", "department"), ("amount_gbp", "amount"), ("irrecoverable_vat_amount_gbp", "vat"),
        ("latest_financial_year", ""), ("latest_year", ""), ("latest_month", ""), ("unique_identifier", "reference"),
    ],
    "ealing": [
        ("", ""), ("", ""), ("Body Name", "payer"), ("Organisation Code", ""), ("Service Label", "service"),
        ("Service Code", ""), ("Organisation Unit", "department"), ("Expenditure Category", "category"),
        ("Expenditure Code", ""), ("Narrative", "purpose"), ("Date", "date"), ("Transaction No", "reference"),
        ("Net Amount", "amount"), ("Supplier ID", ""), ("Amended Supplier Name", "supplier"),
    ],
    "hackney": [
        ("1. YEAR", ""), ("2. MONTH", ""), ("3. DATE INCURRED", ""), ("4. DATE PAID", "date"),
        ("5. BENEFICIARY", "supplier"), ("6. SUPPLIER NO.", ""), ("7. DEPARTMENT", "department"),
        ("8. PURPOSE OF EXPENDITURE", "purpose"), ("9. MERCHANT CATEGORY", "category"), ("Total", "amount"),
    ],
    "haringey": [
        ("Payment Date", "date"), ("Supplier Name", "supplier"), ("Purpose", "purpose"), ("Department", "department"),
        ("Sum of Amount", "amount"),
    ],
    "havering": [
        ("Transaction Date", "date"), ("Local Authority Department", "department"), ("Beneficiary", "supplier"),
        ("Purpose of Expenditure", "purpose"), ("Amount (excluding VAT)", "amount"), ("Non Recoverable VAT", "vat"),
        ("Merchant Category", "category"),
    ],
    "hounslow": [
        ("OrganisationalUnit", "department"), ("ServiceCategoryLabel", "service"), ("Redaction Necessary", "redact"),
        ("BeneficiaryName", "supplier"), ("SupplierID", ""), ("SupplierName", ""), ("PaymentDate", "date"),
        ("TransactionNumber", "reference"), ("Amount", "amount"), ("IrrecoverableVATAmount", "vat"), ("Purpose", "purpose"),
        ("CategoryInternalName", "category"),
    ],
    "islington": [
        ("Supplier Name", "supplier"), ("Directorate", "department"), ("Input Date", "date"),
        ("Nominal Description", "purpose"), ("Amount", "amount"), ("Transaction Type", "category"),
        ("", ""), ("", ""), ("", ""), ("", ""),
    ],
    "kingston-upon-thames": [
        ("Council Name", "payer"), ("Date", "date"), ("TransNo", "reference"), ("Amount £ (Excl VAT)", "amount"),
        ("Supplier name", "supplier"), ("Supplier Category", "category"), ("Expense Area", "service"),
        ("Expense Type", "purpose"), ("Expense Code", ""), ("Unclaimed VAT", "vat"),
    ],
    "lambeth": [
        ("Over £500 Report Ref", "reference"), ("PAYMENT_DATE", "date"), ("Supplier Name *******", "supplier"),
        ("Vendor Type", ""), ("Amount", "amount"), ("Directorate", "department"), ("Division", "service"),
        ("Subjective Description", "purpose"), ("Proclass Category", "category"),
    ],
    "lewisham": [
        ("PAYMENT DATE", "date"), ("SUPPLIER", "supplier"), ("SERVICE", "service"), ("DEPARTMENT", "department"),
        ("DESCRIPTION", "purpose"), ("£ SPEND (EXCLUDING VAT)", "amount"),
    ],
    "merton": [
        ("", ""), ("Directorate", "department"), ("Supplier Name", "supplier"), ("Supplier Invoice No", "reference"),
        ("Payment Date", "date"), ("Gross Invoice Value", "amount"), ("Vat Amount", "vat"), ("Vendor Id", ""),
        ("Purpose of Expenditure", "purpose"), ("Description", "category"), ("Redact flag", "redact"), ("Year", ""), ("Period", ""),
    ],
    "newham": [
        ("Transaction Date", "date"), ("Local Authority Department", "department"), ("BENEFICIARY", "supplier"),
        ("Purpose", "purpose"), ("Amount", "amount"), ("Non Recoverable", "vat"), ("Merchant Category", "category"),
    ],
    "redbridge": [
        ("Publisher Label", "payer"), ("Publisher URI", ""), ("Directorate code", ""), ("Directorate", "department"),
        ("Service code", ""), ("Service", "service"), ("Revenue or capital code", ""), ("Revenue capital", ""),
        ("Cost centre", ""), ("Cost centre description", ""), ("Bvsub Category", ""), ("Bvsub description", ""),
        ("Bvsum code", ""), ("Bvsum description", ""), ("Account code", ""), ("Account description", "purpose"),
        ("Transaction No", "reference"), ("Period", ""), ("Transaction Date", "date"), ("Amount", "amount"),
        ("Classification code", ""), ("Classification description", "category"), ("Supplier ID", ""),
        ("Supplier description", "supplier"), ("Company registration number", ""),
    ],
    "richmond-upon-thames": [
        ("Directorate", "department"), ("Payment Date", "date"), ("Payment Amount", "amount"), ("Payee", "supplier"),
        ("Supplier No", ""), ("Activity", "purpose"),
    ],
    "southwark": [
        ("date", "date"), ("department", "department"), ("beneficiary", "supplier"), ("amount", "amount"),
        ("summary of purpose", "purpose"), ("category", "category"), ("Transaction number", "reference"),
        ("SAP vendor number", ""),
    ],
    "tower-hamlets": [
        ("Directorate", "department"), ("Service", "service"), ("Division", "category"), ("Responsible Unit", ""),
        ("Expense Type", "purpose"), ("Payment Date", "date"), ("Trans No", "reference"), ("Net Amount", "amount"),
        ("Supplier Name", "supplier"),
    ],
    "waltham-forest": [
        ("Supplier Name", "supplier"), ("Unique Reference", "reference"), ("Invoice Amount", "amount"), ("Invoice Date", ""),
        ("Payment Date", "date"), ("Division", "department"), ("Service", "service"), ("Subjective", "purpose"),
    ],
    "westminster": [
        ("Posting date", "date"), ("Supplier number", ""), ("Supplier name", "supplier"), ("Expense type", "purpose"),
        ("Department", "department"), ("Amount", "amount"),
    ],
}  # fmt: skip
HEADERS["sutton"] = HEADERS["kingston-upon-thames"]
HEADERS["wandsworth"] = HEADERS["richmond-upon-thames"]
# the survey has of Croydon no spelling of the amount
HEADERS["croydon"] = [
    ("Payment Date", "date"), ("Vendor Name", "supplier"), ("Vendor Type", "category"), ("Cost Centre Code", ""),
    ("Cost Centre Description", "service"), ("Cost Centre Level 2 Code", ""),
    ("Cost Centre Level 2 Description", "department"), ("Net Amount", "amount"),
]  # fmt: skip
CODE: Header = [
    ("OrganisationLabel", "payer"), ("OrganisationURI", ""), ("OrganisationalUnit", "department"),
    ("ServiceCategoryLabel", "service"), ("BeneficiaryName", "supplier"), ("VCSEGrant", "grant"), ("PaymentDate", "date"),
    ("TransactionNumber", "reference"), ("Amount", "amount"), ("IrrecoverableVATAmount", "vat"), ("Purpose", "purpose"),
    ("CategoryInternalName", "category"), ("CardTransaction", "kind"),
]  # fmt: skip
PLAIN: Header = [
    ("Payment Date", "date"), ("Supplier Name", "supplier"), ("Net Amount", "amount"), ("Department", "department"),
    ("Purpose", "purpose"), ("Transaction Number", "reference"),
]  # fmt: skip


def british(day: date) -> str:
    """dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def pounds(pence: int) -> str:
    """1,234.56."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def lay_out(
    header: Header,
    rows: Sequence[Payment],
    *,
    day: Callable[[date], str] = british,
    amount: Callable[[int], str] = pounds,
) -> list[list[str]]:
    """The payments under a header, as cells."""
    cells = []
    for row in rows:
        given = {
            "date": day(row.day), "amount": amount(row.pence), "": "",
            **{name: getattr(row, name) for name in ("supplier", "department", "service", "purpose", "category", "reference",
                                                     "vat", "payer", "kind", "grant", "redact", "postcode")},
        }  # fmt: skip
        cells.append([row.other.get(name, given[role]) for name, role in header])
    return cells


def write(
    header: Header | None,
    cells: Sequence[Sequence[str]],
    *,
    above: Sequence[str] = (),
    below: Sequence[Sequence[str]] = (),
    encoding: str = "utf-8",
    end: str = "\r\n",
    separator: str = ",",
) -> bytes:
    """A text file: lines above the header, the header (None: without one), the rows, rows below them."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator=end)
    if header is not None:
        writer.writerow([name for name, _ in header])
    writer.writerows(cells)
    writer.writerows(below)
    return ("".join(line + end for line in above) + stream.getvalue()).encode(encoding)


def make(slug: str, rows: Sequence[Payment], **how: object) -> bytes:
    """A file as a council publishes it now, as UTF-8 text."""
    return write(HEADERS[slug], lay_out(HEADERS[slug], rows), **how)  # type: ignore[arg-type]


def write_book(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook (.xlsx); numbers and days stay what they are, days as serials with a date's look."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return stream.getvalue()


def write_old_book(rows: Sequence[Sequence[object]]) -> bytes:
    """An old workbook (.xls)."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(at, place, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_open_book(rows: Sequence[Sequence[str]]) -> bytes:
    """An open document sheet (.ods)."""
    book = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    for row in rows:
        line = TableRow()
        for cell in row:
            box = TableCell(valuetype="string")
            box.addElement(P(text=cell))
            line.addElement(box)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
