"""In which forms the sample's councils publish their payments: headers, dates, amounts and oddities as the survey of what
the 33 authorities publish has them, and the plain names of the Transparency Code for councils that it could not read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["CARDS", "FORMS", "GENERAL", "PaymentForm"]

MONTH, QUARTER, YEAR, SO_FAR, WHOLE = "month", "quarter", "year", "so far", "whole"


@dataclass(frozen=True)
class PaymentForm:
    """How one council writes its files.

    `header`: name and what stands in the column, a key of a payment or `=words`. `every`: one file a month, a quarter or a
    financial year, a quarter's file with the year so far, or one file of all months. `above`: lines before the header;
    `{first}` and `{last}` are the months. `days`: as strftime has them, or serial. `amount`: plain, commas, pounds, padded,
    brackets or trailing. `before`: stands before each value. `redacted`: the council's word for a name left out. `is_book`:
    a workbook. `missing`: the months of the sample (from 0) that no file has.
    """

    header: tuple[tuple[str, str], ...]
    every: str = YEAR
    above: tuple[str, ...] = ()
    days: str = "%d/%m/%Y"
    amount: str = "plain"
    before: str = ""
    encoding: str = "utf-8"
    line_end: str = "\r\n"
    redacted: str = "REDACTED PERSONAL DATA"
    is_book: bool = False
    has_total: bool = False
    missing: tuple[int, ...] = ()


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    """`Header: key | Header: key`: the columns of a file."""
    pairs = (part.partition(": ") for part in text.split("|"))
    return tuple((name.strip(), key.strip()) for name, _, key in pairs)


GENERAL = PaymentForm(
    _columns(
        "Payment Date: date | Supplier Name: supplier | Net Amount: amount | Department: department | Service: service"
        " | Purpose: purpose | Transaction Number: reference"
    ),
    every=WHOLE,
)
_PAIR = _columns(
    "Directorate: department | Payment Date: date | Payment Amount: amount | Payee: supplier | Supplier No: number"
    " | Activity: purpose"
)
# Kingston and Sutton, of two councils the one whose name stands in the first column
_SHARED = (
    " | Date: date | TransNo: reference | Amount £ (Excl VAT): amount | Supplier name: supplier | Supplier Category: category"
    " | Expense Area: service | Expense Type: purpose | Expense Code: number | Unclaimed VAT: vat"
)

# by borough's number; the others write GENERAL
FORMS: dict[int, PaymentForm] = {
    1: PaymentForm(
        _columns(
            "Body: =City of London Corporation | Division of Service: service | Purpose of Expenditure: purpose"
            " | Merchant Category: category | Department: department | Payment Date: date | Transaction Code: reference"
            " | Net Amount: amount | Supplier Name: supplier"
        ),
        days="serial",
        is_book=True,
        redacted="Payment to Individual",
    ),
    3: PaymentForm(
        _columns(
            "Cost Centre Hierarchy - Directorate: department | Cost Centre Hierarchy - Department: service"
            " | Payment Reference Number: reference | Expenditure Type: purpose | Payment Number: number"
            " | Supplier Name: supplier |  Distribution Amount : amount | Payment Date: date"
        ),
        days="%d-%b-%Y",
        amount="pounds",
        encoding="cp1252",
    ),
    4: PaymentForm(
        _columns(
            "Payment Date: date | Transaction Number: reference | Non Recoverable VAT: vat | Amount: amount"
            " | Supplier: supplier | Supplier Number: number | Expense Type: purpose | Directorate: department"
            " | Service Area: service | : "
        ),
        above=("{first:%B %Y} to {last:%B %Y} £500 Spend Report,,,,,,,,,",),
        encoding="cp1252",
        missing=(8,),
    ),
    5: PaymentForm(
        _columns(
            "Payment Date: date | Vendor Name 2: supplier | Cost Centre Code: number | Cost Centre Description: service"
            " | Subjective Code: number | Subjective desctiption: purpose |  Amount : amount | Non Recoverable VAT: vat"
        ),
        every=QUARTER,
        above=("Transparency Report {first:%y %b} - {last:%y %b},,,,,,,",),
        amount="commas",
        before=" ",
    ),
    6: PaymentForm(
        _columns(
            "SERVICE_AREA: service | PORTFOLIO: department | SUBJ_DESCRIPTION: purpose | SUPPLIER_NAME_REDACTED: supplier"
            " | PAYMENT_NUMBER: reference | PAYMENT_DATE: date | Net Amount: amount | VENDOR_TYPE_LOOKUP_CODE: category"
        ),
        days="serial",
        is_book=True,
    ),
    7: PaymentForm(
        _columns(
            "organisation_label: =Camden | organisation_uri: =http://opendatacommunities.org/id/london-borough-council/camden"
            " | payment_date: date | beneficiary_name: supplier | purpose: purpose | organisational_unit: department"
            " | amount_gbp: amount | irrecoverable_vat_amount_gbp: vat | unique_identifier: reference"
        ),
        every=WHOLE,
        days="%Y-%m-%dT00:00:00.000",
        line_end="\n",
        redacted="REDACTED",
    ),
    9: PaymentForm(
        _columns(
            ": =INSERTED DETAIL | :  | Body Name: =London Borough of Ealing | Organisation Code: number"
            " | Service Label: service | Service Code: number | Organisation Unit: department"
            " | Expenditure Category: category | Expenditure Code: number | Narrative: purpose | Date: date"
            " | Transaction No: reference | Net Amount: amount | Supplier ID: number | Amended Supplier Name: supplier"
        ),
    ),
    12: PaymentForm(
        _columns(
            "1. YEAR: year | 2. MONTH: month | 3. DATE INCURRED: incurred | 4. DATE PAID: date | 5. BENEFICIARY: supplier"
            " | 6. SUPPLIER NO.: number | 7. DEPARTMENT: department | 8. PURPOSE OF EXPENDITURE: purpose"
            " | 9. MERCHANT CATEGORY: category | Total: amount"
        ),
        every=MONTH,
        amount="padded",
    ),
    14: PaymentForm(
        _columns(
            "Payment Date: date | Supplier Name: supplier | Purpose: purpose | Department: department | Sum of Amount: amount"
        ),
    ),
    16: PaymentForm(
        _columns(
            "Transaction Date: date | Local Authority Department: department | Beneficiary: supplier"
            " | Purpose of Expenditure: purpose | Amount (excluding VAT): amount | Non Recoverable VAT: vat"
            " | Merchant Category: category"
        ),
        days="%d-%m-%Y",
        before=" ",
    ),
    19: PaymentForm(
        _columns(
            "Supplier Name: supplier | Directorate: department | Input Date: date | Nominal Description: purpose"
            " | Amount: amount | Transaction Type: category | :  | :  | :  | : "
        ),
        days="%d-%b-%Y",
        amount="trailing",
    ),
    21: PaymentForm(
        _columns("Council Name: =Royal Borough of Kingston upon Thames" + _SHARED),
        encoding="cp1252",
        amount="commas",
    ),
    22: PaymentForm(
        _columns(
            "Over £500 Report Ref: reference | PAYMENT_DATE: date | Supplier Name *******: supplier | Vendor Type: category"
            " | Amount: amount | Directorate: department | Division: service | Subjective Description: purpose"
            " | Proclass Category: category"
        ),
        every=QUARTER,
        # month first, as in the second quarter of 2020-21
        days="%m/%d/%Y",
        amount="brackets",
        encoding="cp1252",
    ),
    23: PaymentForm(
        _columns(
            "PAYMENT DATE: date | SUPPLIER: supplier | SERVICE: service | DEPARTMENT: department | DESCRIPTION: purpose"
            " | £ SPEND (EXCLUDING VAT): amount"
        ),
        above=(",,Lewisham Council Expenditure over £250 {first:%B %Y} to {last:%B %Y},,,", ",,,,,"),
        amount="commas",
        encoding="cp1252",
        redacted="Redacted",
    ),
    24: PaymentForm(
        _columns(
            ":  | Directorate: department | Supplier Name: supplier | Supplier Invoice No: reference | Payment Date: date"
            " | Gross Invoice Value: gross | Vat Amount: vat | Vendor Id: number | Purpose of Expenditure: purpose"
            " | Description: category | Redact flag:  | Year: year | Period: month"
        ),
        every=SO_FAR,
    ),
    25: PaymentForm(
        _columns(
            "Transaction Date: date | Local Authority Department: department | BENEFICIARY: supplier | Purpose: purpose"
            " | Amount: amount | Non Recoverable: vat | Merchant Category: category"
        ),
        every=MONTH,
        days="%d-%m-%Y",
        amount="pounds",
        encoding="cp1252",
        missing=(15,),
    ),
    27: PaymentForm(_PAIR, days="%d %B %Y", encoding="utf-8-sig"),
    28: PaymentForm(
        _columns(
            "date: date | department: department | beneficiary: supplier | amount: amount | summary of purpose: purpose"
            " | category: category | Transaction number: reference | SAP vendor number: number"
        ),
        days="%d.%m.%Y",
        is_book=True,
    ),
    30: PaymentForm(
        _columns(
            "Directorate: department | Service: service | Division: category | Responsible Unit: category"
            " | Expense Type: purpose | Payment Date: date | Trans No: reference | Net Amount: amount"
            " | Supplier Name: supplier"
        ),
    ),
    31: PaymentForm(
        _columns(
            "Supplier Name: supplier | Unique Reference: reference | Invoice Amount: amount | Invoice Date: incurred"
            " | Payment Date: date | Division: department | Service: service | Subjective: purpose"
        ),
        days="serial",
        is_book=True,
    ),
    33: PaymentForm(
        _columns(
            "Posting date: date | Supplier number: number | Supplier name: supplier | Expense type: purpose"
            " | Department: department | Amount: amount"
        ),
        every=QUARTER,
        encoding="utf-8-sig",
    ),
}
FORMS[29] = replace(FORMS[21], header=(("Council Name", "=London Borough of Sutton"), *FORMS[21].header[1:]))
FORMS[32] = replace(FORMS[27], days="%d/%b/%Y", line_end="\n")

# Barnet's purchase cards, as in 2015 to 2017
CARDS = PaymentForm(
    _columns(
        "Service Area: department | Account Description: purpose | Creditor: supplier | Journal Date: date"
        " | Journal Reference: reference | Total: amount"
    ),
    amount="commas",
    has_total=True,
)
