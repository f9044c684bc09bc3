"""The table of formats: every header of the survey is read by its council's own form, each column as what it is."""

import json
from datetime import date
from pathlib import Path

import pytest

from etl.payments.formats import (
    KINDS,
    forms_of,
    list_publications,
    load_general_forms,
    load_publications,
    plain_name,
)
from etl.payments.match import choose, match_form, match_forms, name_owners
from geo.publishers import GLA, TFL, borough_of, council_of
from tests.etl.payments.files import CODE, HEADERS, PLAIN

BY_SLUG = {publication.slug: publication for publication in load_publications()}
UNVERIFIED = {
    "barking-and-dagenham", "enfield", "greenwich", "hammersmith-and-fulham", "harrow", "hillingdon",
    "kensington-and-chelsea",
}  # fmt: skip


def names(header: list[tuple[str, str]]) -> list[str]:
    return [name for name, _ in header]


def test_all_33_councils_and_the_two_london_wide_payers_are_there() -> None:
    assert [p.publisher for p in load_publications()] == [*map(council_of, range(1, 34)), GLA, TFL]
    assert {slug for slug, publication in BY_SLUG.items() if not publication.is_verified} == UNVERIFIED
    assert set(HEADERS) == set(BY_SLUG) - UNVERIFIED - {"gla", "tfl"}


@pytest.mark.parametrize("slug", sorted(HEADERS))
def test_the_header_that_a_council_uses_now_is_read_by_its_own_form(slug: str) -> None:
    header = HEADERS[slug]
    publisher = BY_SLUG[slug].publisher
    match = choose(match_forms(names(list(header)), forms_of(publisher)), publisher)
    assert match is not None
    assert match.form is not None
    assert match.form.publisher == publisher
    taken = {place: field for field, places in match.columns.items() for place in places[:1]}
    expected = {place: field for place, (_, field) in enumerate(header) if field}
    # Merton's cards are known by their supplier
    assert taken | {p: f for p, f in expected.items() if taken.get(p) == "kind"} == expected


@pytest.mark.parametrize(
    ("slug", "header", "expected"),
    [
        (
            "barnet",
            "Directorate|Service Area|Vendor|Expenditure Type|Expenditure over £500 (exc VAT)|Payment Date|Ref.Doc.",
            "to 2023",
        ),
        (
            "barnet",
            "Directorate|Department|Vendor Name|Expenditure Type|Expenditure Amount (exc VAT)|Payment Date|Ref.Doc.1",
            "to 2023",
        ),
        (
            "barnet",
            "Service Area|Account Description|Creditor|Journal Date|Journal Reference|Total",
            "purchase cards, 2015 to 2017",
        ),
        (
            "barnet",
            "FIN.TRANSACTION DATE|FIN.POSTING DATE|FIN.TRANSACTION AMOUNT|MCH.MERCHANT NAME|MCH.CITY NAME",
            "purchase cards, 2017-18",
        ),
        (
            "bexley",
            "Payment Date|Transcation Number|Non Recoverable VAT|£|Supplier|Description|Directorate",
            "before 2022",
        ),
        (
            "bexley",
            "Payment Date|Transaction Number|Non Recoverable VAT|œ|Supplier|Description|Directorate|Service Area|",
            "before 2022",
        ),
        ("haringey", "Payment date|Supplier Name|Purpose|Department|Amount", "2023 on"),
        ("havering", "Fiscal Date|Supplier Name|Dir|Serv|Activity|Amount £)|Purchase Invoice Number", "2011 to 2014"),
        (
            "havering",
            "Invoice Receipt Date|Supplier Name|Directorate|Service|Subjective Name|AP Document Amount",
            "2011 to 2014",
        ),
        (
            "havering",
            "Date|Supplier Name|Directorate|Service|Expenses Type|Amount (œ)|Transaction Number",
            "2011 to 2014",
        ),
        (
            "hounslow",
            "OrganisationalUnit|ServiceCategoryLabel|SupplierName|PaymentDate|TransactionNumber|Amount|Purpose",
            "2012",
        ),
        (
            "hounslow",
            "INSERTED DETAIL|OrganisationalUnit|BeneficiaryName|SupplierName|PaymentDate|Amount|Purpose",
            "2013 on",
        ),
        ("islington", "Entry Date|Supplier Name|Department|Service|Spend Type|Net Amount", "earlier"),
        (
            "lambeth",
            "Body|Department|Supplier Name|Invoice Creation Date|Invoice Nett Amount|Subj Description",
            "2012 to 2015",
        ),
        (
            "lambeth",
            "Body|Department|Supplier Name|Invoice Creation Date|Invoice Net Amount|Subjective Name",
            "2012 to 2015",
        ),
        (
            "lambeth",
            "Invoice_Payment_Date|Supplier_Name|Org_Level_2_Desc|Nominal_Desc|Invoice_Line_Net_Amount",
            "2015 to 2017",
        ),
        ("lambeth", "Supplier Name|Total", "2011 and 2012, totals by supplier"),
        ("lambeth", "Supplier Name|Sum of Invoice Nett Amount", "2011 and 2012, totals by supplier"),
        (
            "newham",
            "Date Incurred|Directorate|BENEFICIARY|Purpose of Expenditure|Amount (excluding VAT)|Non Recoverable VAT",
            "2018 and 2019",
        ),
        ("richmond-upon-thames", "DIRECTORATE|PAYMENT DATE|PAYMENT AMOUNT|PAYEE|SUPPLIER NO|ACTIVITY", "2019 on"),
        ("wandsworth", "DIRECTORATE|PAYMENT AMOUNT|PAYMENT AMOUNT|PAYEE|SUPPLIER NO|ACTIVTY", "2019 on"),
        (
            "westminster",
            "Posting date|Supplier name|FINAL Supplier name (takes precedence)|Expense type|Department|Amount",
            "2021 on",
        ),
        (
            "gla",
            "Vendor ID|Vendor Name|Cost Element|Expenditure Account Code Description|Document No|Amount|Clearing Date",
            "2013 on",
        ),
        (
            "tfl",
            "Entity|Vendor Name|Expenditure Account|Document Number|Clearing Date|Amount|Merchant Category",
            "latest",
        ),
    ],
)  # fmt: skip
def test_older_headers_are_read_by_their_own_form(slug: str, header: str, expected: str) -> None:
    publisher = BY_SLUG[slug].publisher
    match = choose(match_forms(header.split("|"), forms_of(publisher)), publisher)
    assert match is not None
    assert match.form is not None
    assert (match.form.publisher, match.form.name) == (publisher, expected)


def test_a_form_of_totals_is_not_taken_for_one_of_payments() -> None:
    """With a column that it does not know, a table of suppliers and totals may be anything."""
    assert match_forms(["Supplier Name", "Total", "Contract end"], BY_SLUG["lambeth"].forms) == []


@pytest.mark.parametrize(("header", "form"), [(CODE, 0), (PLAIN, 1)])
def test_the_general_forms_are_read_for_every_council(header: list[tuple[str, str]], form: int) -> None:
    for publisher in (council_of(10), council_of(12)):
        match = choose(match_forms(names(header), forms_of(publisher)), publisher)
        assert match is not None
        assert match.form is not None
        assert match.form.publisher == 0
    whole = match_form(names(header), load_general_forms()[form])
    assert whole is not None
    taken = {place: field for field, places in whole.columns.items() for place in places[:1]}
    assert taken == {place: field for place, (_, field) in enumerate(header) if field}


def test_two_councils_may_share_a_header_and_the_payer_decides() -> None:
    header = names(list(HEADERS["sutton"]))
    matches = match_forms(header, forms_of(None))
    assert {council_of(21), council_of(29)} <= set(name_owners(matches))
    for publisher in (council_of(21), council_of(29)):
        match = choose(matches, publisher)
        assert match is not None
        assert match.form is not None
        assert match.form.publisher == publisher


@pytest.mark.parametrize("lost", ["date", "amount", "supplier"])
@pytest.mark.parametrize("slug", ["hackney", "bexley", "redbridge"])
def test_a_header_without_a_needed_column_matches_nothing_of_the_council(slug: str, lost: str) -> None:
    header = [name for name, field in HEADERS[slug] if field != lost]
    assert [
        m for m in match_forms(header, BY_SLUG[slug].forms) if m.form and m.form.name != "before 2022"
    ] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amount £ (Excl VAT)", " amount £(excl vat) "),
        ("£", "œ"),
        ("Amount (£)", "Amount (\ufffd)"),
        ("PaymentDate", "Payment\u00a0Date"),
        ("Supplier Name *******", "supplier_name"),
    ],
)
def test_case_spaces_and_punctuation_of_names_do_not_matter(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other) != ""


def test_forms_are_whole() -> None:
    for form in forms_of(None):
        assert {"amount", "supplier"} <= form.columns.keys()
        assert ("date" in form.columns) is not form.is_dateless
        assert form.kind in KINDS
        for spelled in form.month_first:
            assert date.fromisoformat(f"{spelled}-01")
        if form.header:
            assert match_form(form.header, form) is not None


def test_the_rows_of_the_publication_table() -> None:
    rows = {row[0]: row for row in list_publications()}
    assert sorted(rows) == list(range(1, 34))
    assert rows[12][1:5] == ("monthly", "£250", date(2018, 3, 1), date(2026, 7, 1))
    assert [borough for borough, row in rows.items() if row[5]] == [24]
    assert sum(row[6] for row in rows.values()) == 26
    assert rows[10][3] is None


def test_the_table_says_what_the_survey_says(shared_data: Path) -> None:
    survey = json.loads((shared_data / "council" / "payment-formats-33-authorities.json").read_text("utf-8"))
    by_code = {
        f"E090000{borough_of(p.publisher):02d}": p for p in load_publications() if borough_of(p.publisher)
    }
    assert len(survey["boroughs"]) == 33
    for entry in survey["boroughs"]:
        publication = by_code[entry["gss"]]
        assert publication.is_verified is entry["columns_verified"], entry["borough"]
        if entry["earliest"] and len(entry["earliest"]) >= 7:
            assert publication.earliest is not None
            assert f"{publication.earliest:%Y-%m}" == entry["earliest"][:7]
        if entry["latest"]:
            assert publication.latest is not None
            assert f"{publication.latest:%Y-%m}" == entry["latest"][:7]
        if entry["threshold"].startswith("£"):
            assert publication.threshold.split()[0] == entry["threshold"].split()[0]
        header = entry["header"]
        if header and publication.slug not in ("croydon", "redbridge"):
            assert match_forms(header, publication.forms), entry["borough"]
