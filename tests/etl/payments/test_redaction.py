"""Suppliers whose names are withheld, or seem to be a person's. All names of people here are invented."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refused
from etl.payments.grid import read_grid
from etl.payments.layout import find_layout
from etl.payments.redaction import find_redaction, find_redactions, read_words
from etl.reference import load_words


@pytest.mark.parametrize(
    "name",
    [
        "REDACTED PERSONAL DATA",
        "Redacted",
        "redacted - personal data",
        "Redacted Personal Information",
        "REDACTED COMMERCIAL CONFIDENTIALITY",
        "PAYPAL - REDACTED DATA",
        "Payment to Individual",
        "Payments to private individuals",
        "Name withheld",
        "NAME REMOVED",
        "Personal Data",
        "Individual",
        "Private Individual",
        "Foster Carer",
        "Foster carers payments",
        "xxxx",
        "XXXXX XXXX",
        "****",
        "Confidential",
        "Anonymised",
        "Section 40",
        "Not disclosed",
    ],
)
def test_a_name_that_the_publisher_left_out(name: str) -> None:
    assert find_redaction(name) == "by_publisher"


@pytest.mark.parametrize(
    "name", [None, "", "  ", "N/A", "#N/A", "-", "(blank)", "unknown", "none", "\xa0†", "Not applicable"]
)
def test_no_name(name: str | None) -> None:
    assert find_redaction(name) == "not_given"


@pytest.mark.parametrize(
    "name",
    [
        "MR Q ZZYZX",
        "Mrs. Quilla Zzyzx",
        "Miss Q-L Zzyzx",
        "Dr Q.L. Zzyzx",
        "Cllr Zzyzx",
        "Rev Quilla Zzyzx",
        "Mr Quilla Chambers",
        "Mr & Mrs Zzyzx",
        "MR Q ZZYZX T/A ZZYZX SCAFFOLDING",
        "Quilla Patel trading as Patel Stores",
        "ZZYZX, Q",
        "Zzyzx, Quilla",
        "Q L Zzyzx",
        "Q. L. Zzyzx",
        "Q.L.Zzyzx",
        "Zzyzx Q L",
        "Z Woldu Berhe",
        "John Zzyzx",
        "JOHN ZZYZX",
        "Zzyzx John",
        "Amina Zzyzx-Smythe",
        "Oluwaseun Zzyzx",
        "Małgorzata Zzyzx",
        "Zoë O’Zzyzx",
        "Jean-Luc van der Zzyzx",
        "Zzyzx Begum",
        "Quilla Zzyzx Singh",
        "Peter Zzyzx QC",
        "Executors of Quilla Zzyzx",
        "The Estate of the late Q Zzyzx",
    ],
)
def test_a_name_that_seems_to_be_a_persons(name: str) -> None:
    assert find_redaction(name) == "individual"
    assert find_redaction(f"  {name.replace(' ', '  ')}\xa0") == "individual"


@pytest.mark.parametrize(
    "name",
    [
        "Larkspur Paving Ltd",
        "John Zzyzx Ltd",
        "J Zzyzx & Sons",
        "John Zzyzx and Partners",
        "MR MOTORS LTD",
        "Zzyzx Ltd T/A Quilla Smith",
        "St Thomas",
        "L B Bexley",
        "John Lewis",
        "JOHN LEWIS PLC",
        "W H Smith",
        "T V Licensing",
        "HMCOURTS-SERVICE.G",
        "DRAGADOS S.A.",
        "Leonard Cheshire Chipstead Lake",
        "Grant Thornton",
        "Lord Technical Ltd",
        "Lady Margaret School",
        "Places for People Individual Support",
        "Orange Personal Communications",
        "Redactive Media Group",
        "Private Hire Cars",
        "A New Leaf",
        "Barnet",
        "Capita",
        "3663 First for Foodservice",
        "AMAZON.CO.UK",
        "Alexandra Palace",
        "Arbourthorne TARA",
        "Sarah’s Nursery",
        "HM Revenue & Customs",
        "Total Gas & Power",
        "Thames Water",
    ],
)
def test_a_name_of_an_organisation(name: str) -> None:
    assert find_redaction(name) == "named"


def test_a_publishers_own_words_are_known_as_well() -> None:
    assert find_redaction("Various SEN Parent") == "named"
    assert find_redaction(" various sen  parent", ["Various SEN Parent"]) == "by_publisher"


def test_a_column() -> None:
    names = pl.Series("supplier", ["Larkspur Ltd", None, "Redacted", "Mr Q Zzyzx", "Larkspur Ltd"])
    found = find_redactions(names)
    assert (found.name, found.to_list()) == (
        "supplier",
        ["named", "not_given", "by_publisher", "individual", "named"],
    )
    assert find_redactions(pl.Series("supplier", [None, None])).to_list() == ["not_given"] * 2


def test_the_words_are_those_of_the_vocabulary() -> None:
    words = {word.word for word in load_words() if word.field == "payment_redaction" and word.word}
    assert words == {"named", "by_publisher", "individual", "not_given"}


GIVEN = sorted(read_words().given)
SURNAME = st.text(st.sampled_from("aeiourstlnmz"), min_size=3, max_size=8).filter(
    lambda word: word not in read_words().organisation
)
FORMS = [
    "{g} {s}",
    "{G} {S}",
    "Mr {g} {s}",
    "{s}, {g}",
    "{g} A {s}",
    "{g} {s} T/A {s} Roofing",
    "Mrs {S}",
    "{i} {s}",
    "{S}, {i}",
]


@given(st.sampled_from(GIVEN), SURNAME, st.sampled_from(FORMS))
def test_any_given_name_with_a_surname_is_a_person(given_name: str, surname: str, form: str) -> None:
    words = {"g": given_name.title(), "s": surname.title(), "i": given_name[0].upper()}
    name = form.format(**words, G=given_name.upper(), S=surname.upper())
    firms = read_words().firms
    assert find_redaction(name) == "individual" or name.lower().replace(",", "") in firms
    assert find_redaction(f"{words['g']} {words['s']} Limited") == "named"


@given(st.text(max_size=30))
def test_no_text_fails(text: str) -> None:
    assert find_redaction(text) in {"named", "by_publisher", "individual", "not_given"}


def test_every_title_in_the_published_files_is_found(shared_data: Path) -> None:
    """Of 13,500 suppliers; and none of the forms of firms is taken for a person."""
    titled: Counter[str] = Counter()
    firms: Counter[str] = Counter()
    for path in sorted((shared_data / "council" / "payments").rglob("*.*")):
        try:
            layout = find_layout(read_grid(path.read_bytes(), path.name))
        except Refused:
            continue
        for place, name in enumerate(layout.header):
            if name.lower() not in ("supplier name", "supplier", "vendor name", "creditor"):
                continue
            suppliers = layout.frame[str(place)].drop_nulls().unique()
            found = pl.DataFrame({"name": suppliers, "word": find_redactions(suppliers)})
            lower = pl.col("name").str.to_lowercase()
            is_titled = lower.str.contains(r"^(mr|mrs|ms|miss)\b\.? ") & ~lower.str.contains(
                r"ltd|limited|gould & co"
            )
            is_firm = lower.str.contains(r"\b(ltd|limited|plc|llp)\.?$") & ~lower.str.contains(r" t/a ")
            titled.update(found.filter(is_titled)["word"].to_list())
            firms.update(found.filter(is_firm)["word"].to_list())
    assert titled["individual"] > 200
    assert set(titled) == {"individual"}
    assert firms["named"] > 4000
    assert set(firms) == {"named"}


@pytest.mark.parametrize("name", ["Mariama Ba", "BA MARIAMA", "Aaliyah Snr"])
def test_a_surname_that_looks_like_a_degree(name: str) -> None:
    assert find_redaction(name) == "individual"
