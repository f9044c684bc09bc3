"""Tags by reviewed rules, each with its rule and words; and nothing stored that could lead to a refuge."""

import re
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.payments import suppression, tags
from etl.payments.suppression import find_fingerprint
from etl.payments.tags import (
    FIELDS,
    LEAST_WITHHELD,
    TAGS,
    Rule,
    find_tags,
    load_published,
    load_rules,
    tag_payments,
    withhold,
)
from etl.reference import read_toml

DAY = date(2024, 5, 3)
ALL_PUBLISHED = frozenset(TAGS)


def make(*rows: dict[str, Any]) -> pl.DataFrame:
    """Payments as a file's tidied rows have them: what is not given is blank."""
    whole = [
        {
            "line": at,
            "month": DAY.replace(day=1),
            "kind": "over_500",
            "paid_on": DAY,
            "amount_pence": 100 * at,
            "vat_pence": 20,
            "redaction": "named",
            "supplier_borough": 12,
            "supplier": None,
            **dict.fromkeys((*FIELDS[1:], "reference", "supplier_postcode")),
            **row,
        }
        for at, row in enumerate(rows, start=2)
    ]
    texts = dict.fromkeys((*FIELDS, "reference", "supplier_postcode"), pl.String)
    return pl.DataFrame(whole, schema_overrides=texts)


def find(**row: str) -> tuple[str, str | None, str | None]:
    """Tag, rule and words of one payment, published or not."""
    found = find_tags(make(row), load_rules())
    return found["tag"][0], found["tag_rule"][0], found["tag_words"][0]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"service": "Community Safety", "supplier": "Alder Ltd"}, ("community_safety", "community_safety", "Community Safety")),
        ({"purpose": "Grant - Crime  Reduction"}, ("community_safety", "community_safety", "Crime Reduction")),
        ({"department": "ANTI-SOCIAL BEHAVIOUR TEAM"}, ("community_safety", "antisocial_behaviour", "ANTI-SOCIAL BEHAVIOUR")),
        ({"service": "Antisocial behavior"}, ("community_safety", "antisocial_behaviour", "Antisocial behavior")),
        ({"service": "ASB Team"}, ("community_safety", "antisocial_behaviour", "ASB Team")),
        ({"service": "Gangs and Youth Violence"}, ("community_safety", "serious_violence", "Gangs and Youth Violence")),
        ({"purpose": "Prevent Engagement"}, ("community_safety", "prevent", "Prevent Engagement")),
        ({"purpose": "CCTV Monitoring Charge"}, ("cctv", "cctv", "CCTV")),
        ({"supplier": "Elm CCTV Ltd", "service": "Security"}, ("cctv", "cctv", "CCTV")),
        ({"service": "Street Wardens Support"}, ("enforcement_wardens", "wardens", "Street Wardens")),
        ({"service": "Environmental Enforcement"}, ("enforcement_wardens", "street_enforcement", "Environmental Enforcement")),
        ({"service": "Integrated Youth Support Service"}, ("youth_services", "youth_service", "Integrated Youth Support Service")),
        ({"supplier": "Elm Street Youth Club"}, ("youth_services", "youth_clubs", "Youth Club")),
        ({"supplier": "Elm Young People’s Club"}, ("youth_services", "youth_clubs", "Young People’s Club")),
        ({"service": "Youth Offending Team"}, ("youth_justice", "youth_justice", "Youth Offending")),
        ({"purpose": "SECURE PLACEMENTS - REMAND"}, ("youth_justice", "youth_remand", "REMAND")),
        ({"service": "YOT", "purpose": "Youth Justice Board"}, ("youth_justice", "youth_justice", "YOT; Youth Justice")),
        ({"supplier": "Elm Women's Aid"}, ("domestic_abuse", "womens_aid", "Women's Aid")),
        ({"supplier": "ELM WOMENS AID"}, ("domestic_abuse", "womens_aid", "WOMENS AID")),
        ({"supplier": "Refuge"}, ("domestic_abuse", "refuge", "Refuge")),
        ({"category": "Domestic Violence Services"}, ("domestic_abuse", "domestic_abuse_words", "Domestic Violence")),
        ({"purpose": "IDVA contract"}, ("domestic_abuse", "domestic_abuse_words", "IDVA")),
        ({"purpose": "VAWG"}, ("domestic_abuse", "violence_against_women", "VAWG")),
        ({"supplier": "nia"}, ("domestic_abuse", "domestic_abuse_suppliers", "nia")),
    ],
    ids=str,
)  # fmt: skip
def test_a_payment_has_the_tag_the_rule_and_the_words(row: dict[str, str], expected: tuple[str, ...]) -> None:
    assert find(**row) == expected


@pytest.mark.parametrize(
    "row",
    [
        # words that only look like it
        {"service": "Westgate ASB"},
        {"department": "Children and Young People's Service"},
        {"supplier": "Elm Refugee Agency"},
        {"purpose": "Refuse collection"},
        {"purpose": "Refuge collection vehicles"},
        {"purpose": "Pedestrian refuge islands"},
        {"purpose": "Cleaning & Domestic Supplies"},
        {"purpose": "Non Domestic Ratepayers Refunds"},
        {"supplier": "California Nia Foods Ltd"},
        {"supplier": "Chain Gang Limited"},
        {"supplier": "Connexions PR & Marketing Ltd"},
        {"supplier": "Elm Youth Hostels Association"},
        {"supplier": "Elm Youth Theatre"},
        {"supplier": "Elm Youth Club", "service": "National Elections", "purpose": "Hire of premises"},
        {"service": "Homelessness", "purpose": "Prevent homelessness grant"},
        # parking is no enforcement here, and other wardens are not a council's patrol
        {"service": "Parking Enforcement Contract"},
        {"supplier": "Elm Civil Enforcement Solutions"},
        {"service": "Bus Lane Enforcement"},
        {"service": "Wardens Service", "purpose": "Electricity, Elm Court"},
        {"service": "Animal Wardens"},
        {"service": "Dog wardens"},
        # cameras for something else
        {"purpose": "CCTV survey of drains"},
        {"purpose": "Drainage: CCTV"},
        {"service": "Bus lane CCTV"},
        # what the supplier deals in is not what was bought
        {"supplier": "Elm Locks Ltd", "category": "CCTV & Video Equipment"},
        {"supplier": "Elm Hall", "category": "Youth clubs and centres"},
        # drug treatment, welfare
        {"supplier": "Crime Reduction Initiatives"},
        {"service": "Secure Accom Welfare"},
    ],
    ids=str,
)
def test_a_payment_that_only_looks_like_it_has_no_tag(row: dict[str, str]) -> None:
    assert find(**row) == ("untagged", None, None)


def test_a_payment_has_one_tag_and_domestic_abuse_comes_first() -> None:
    assert (
        find(service="Community Safety", purpose="Domestic abuse, CCTV at a youth centre")[0]
        == "domestic_abuse"
    )
    assert find(service="Youth Justice", purpose="Youth work")[0] == "youth_justice"
    assert load_rules()[0].tag == "domestic_abuse"


def test_words_do_not_reach_from_one_field_into_the_next() -> None:
    assert find(supplier="Elm Community", department="Safety") == ("untagged", None, None)


def test_domestic_abuse_leaves_only_month_kind_tag_and_amount() -> None:
    row = {
        "supplier": "Elm Women's Aid",
        "department": "Adults",
        "service": "Refuge",
        "purpose": "Rent of 5 Elm Road",
        "category": "Charities",
        "reference": "INV-1",
        "supplier_postcode": "E8 1AA",
    }
    (got,) = tag_payments(make(row)).to_dicts()
    assert {name: value for name, value in got.items() if value is not None} == {
        "month": date(2024, 5, 1),
        "kind": "over_500",
        "tag": "domestic_abuse",
        "amount_pence": 200,
        "redaction": "not_given",
        "is_withheld": True,
        "supplier_borough": 0,
        "line": 0,
    }


def test_other_payments_of_the_file_to_the_same_supplier_are_withheld_too() -> None:
    got = tag_payments(
        make(
            {"supplier": "Elm Lettings Ltd", "purpose": "Rent"},
            {"supplier": "ELM  LETTINGS, LTD.", "purpose": "Rent of a refuge"},
            {"supplier": "Elm Lettings (North) Ltd", "purpose": "Rent"},
            {"supplier": "Oak Lettings Ltd", "purpose": "Rent"},
        )
    )
    assert got["tag"].to_list() == ["untagged", "domestic_abuse", "untagged", "untagged"]
    assert got["is_withheld"].to_list() == [True, True, False, False]
    assert got["supplier"].to_list() == [None, None, "Elm Lettings (North) Ltd", "Oak Lettings Ltd"]
    assert got["purpose"].to_list() == [None, None, "Rent", "Rent"]
    assert got["tag_words"].to_list() == [None] * 4


@pytest.mark.parametrize(("refuges", "withheld"), [(0, 0), (1, 5), (4, 5), (5, 5), (7, 7)])
def test_others_of_the_month_are_withheld_with_a_few(refuges: int, withheld: int) -> None:
    paid = [{"supplier": f"Firm {at} Ltd", "purpose": "Paper"} for at in range(12)]
    rows = [*paid[:6], *({"supplier": "Refuge", "purpose": "Advice"} for _ in range(refuges)), *paid[6:]]
    elsewhere: list[dict[str, Any]] = [
        {"supplier": "Firm Ltd", "month": date(2024, 6, 1)},
        {"supplier": "Firm Ltd", "kind": "purchase_card"},
    ]
    frame = make(*rows, *elsewhere)
    got = tag_payments(frame, LEAST_WITHHELD)
    assert got["is_withheld"].to_list()[-2:] == [False, False]
    assert got["is_withheld"].sum() == withheld
    assert got.filter(pl.col("tag") == "domestic_abuse")["is_withheld"].to_list() == [True] * refuges
    assert got["amount_pence"].to_list() == frame["amount_pence"].to_list()
    gone = got.filter("is_withheld").select("supplier", "purpose", "reference", "paid_on", "tag_words")
    assert all(value is None for row in gone.rows() for value in row)


def test_a_month_of_few_payments_is_withheld_whole_where_one_is() -> None:
    got = tag_payments(make({"supplier": "Refuge"}, {"supplier": "Elm Ltd"}), LEAST_WITHHELD)
    assert got["is_withheld"].to_list() == [True, True]


@pytest.mark.parametrize("redaction", ["by_publisher", "individual", "not_given"])
def test_a_redacted_name_leads_to_no_other_row(redaction: str) -> None:
    name = None if redaction == "not_given" else "REDACTED PERSONAL DATA"
    got = tag_payments(
        make(
            {"supplier": name, "redaction": redaction, "purpose": "Refuge"},
            {"supplier": name, "redaction": redaction, "purpose": "Foster care"},
        )
    )
    assert got["is_withheld"].to_list() == [True, False]
    assert got["purpose"].to_list() == [None, "Foster care"]


def test_a_supplier_of_which_it_cannot_be_told_has_no_tag_and_is_not_shown() -> None:
    got = tag_payments(make({"supplier": "Hestia Housing And Support", "purpose": "Floating support"}))
    assert got.select("tag", "tag_rule", "supplier", "is_withheld").row(0) == ("untagged", None, None, True)


def test_a_tag_of_another_kind_stays_though_its_row_is_withheld() -> None:
    got = tag_payments(
        make(
            {"supplier": "Elm Trust", "service": "Domestic abuse"},
            {"supplier": "Elm Trust", "service": "Youth centre"},
        )
    )
    assert got["tag"].to_list() == ["domestic_abuse", "youth_services"]
    assert got["service"].to_list() == [None, None]


def test_a_tag_that_is_not_published_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "load_published", lambda: ALL_PUBLISHED - {"cctv", "domestic_abuse"})
    got = tag_payments(make({"service": "CCTV"}, {"service": "Community Safety"}, {"supplier": "Refuge"}))
    assert got["tag"].to_list() == ["untagged", "community_safety", "untagged"]
    assert got["tag_rule"].to_list() == [None, "community_safety", None]
    # not told apart, and not shown either
    assert got["supplier"][2] is None
    assert got["is_withheld"].to_list() == [False, False, True]


def test_a_suppressed_supplier_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "load_suppressed", lambda: frozenset({find_fingerprint("Elm House")}))
    got = tag_payments(make({"supplier": "ELM-HOUSE", "purpose": "Youth club"}, {"supplier": "Oak House"}))
    assert got["supplier"].to_list() == [None, "Oak House"]
    assert got["tag"].to_list() == ["youth_services", "untagged"]


def test_a_fingerprint_is_printed_for_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert suppression.main(["Elm House"]) == 0
    assert capsys.readouterr().out == f'    "{find_fingerprint("ELM HOUSE")}",\n'


def test_a_file_without_payments_and_texts_is_left_as_it_is() -> None:
    empty = tag_payments(make({}).clear())
    assert empty.columns[-4:] == ["tag", "tag_rule", "tag_words", "is_withheld"]
    assert empty.height == 0
    assert tag_payments(make({}))["tag"].to_list() == ["untagged"]


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_whole(rule: Rule) -> None:
    vocabulary = read_toml("vocabulary.toml")["payment_tag"]
    assert rule.tag in vocabulary
    assert rule.tag in TAGS
    assert set(rule.fields) <= set(FIELDS)
    assert rule.why.endswith(".")
    assert rule.is_shown or rule.tag == "domestic_abuse"
    for word in (*rule.words, *rule.excluded):
        assert word
        assert not word[0].isspace()
        assert pl.Series(["anything"]).str.contains(f"(?im){word}").dtype == pl.Boolean


def test_rules_have_different_names_and_every_tag_that_is_published_has_one() -> None:
    rules = load_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    assert load_published() <= {rule.tag for rule in rules}


PIECES = [
    "community safety", "Safer Neighbourhoods", "CCTV", "drain", "youth", "club", "Youth Justice", "refuge", "collection",
    "women's aid", "Elm", "Ltd", "street wardens", "parking", "remand", "prevent", "team", "domestic", "abuse", "violence",
    "gangs and", "asb", "  ", "\u00a0", "Hestia", "elections", "London", "scout group",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join)


@given(st.lists(st.tuples(*[st.none() | TEXTS] * len(FIELDS)), min_size=1, max_size=6))
def test_tags_are_those_of_a_slow_reading_of_the_rules(rows: list[tuple[str | None, ...]]) -> None:
    frame = make(*(dict(zip(FIELDS, row, strict=True)) for row in rows))
    found = find_tags(frame, load_rules())
    assert found.select("tag", "tag_rule", "is_withheld").rows() == [read_slowly(row) for row in rows]


@given(
    st.lists(
        st.tuples(st.sampled_from(["Elm Ltd", "Oak Ltd", "Refuge"]), TEXTS), min_size=1, max_size=8
    )
)  # fmt: skip
def test_nothing_of_a_supplier_of_domestic_abuse_is_left(rows: list[tuple[str, str]]) -> None:
    frame = make(*({"supplier": name, "purpose": text, "reference": f"ref {name}"} for name, text in rows))
    found = find_tags(frame, load_rules())
    hidden = set(found.filter(pl.col("is_withheld"))["supplier"])
    left = withhold(found)
    assert left["amount_pence"].to_list() == frame["amount_pence"].to_list()
    assert left["tag"].to_list() == found["tag"].to_list()
    kept = left.filter(~pl.col("is_withheld"))
    assert set(kept["supplier"]) == {name for name, _ in rows} - hidden
    gone = left.filter(pl.col("is_withheld")).select(
        "supplier", "purpose", "reference", "tag_words", "tag_rule", "paid_on"
    )
    assert all(value is None for row in gone.rows() for value in row)


def read_slowly(row: tuple[str | None, ...]) -> tuple[str, str | None, bool]:
    """The first rule that a payment meets, field by field and word by word."""
    texts = {field: " ".join((text or "").split()) for field, text in zip(FIELDS, row, strict=True)}

    def stands(words: tuple[str, ...], fields: tuple[str, ...]) -> bool:
        return any(
            re.search(rf"\b(?:{word})(?:\b|$)", texts[field], re.IGNORECASE)
            for word in words
            for field in fields
        )

    for rule in load_rules():
        if stands(rule.words, rule.fields) and not stands(rule.excluded, FIELDS):
            return (rule.tag if rule.is_shown else "untagged", rule.id, rule.tag == "domestic_abuse")
    return ("untagged", None, False)


@pytest.mark.parametrize(
    "words",
    [
        "Domestic-abuse support",
        "DOMESTIC_ABUSE",
        "DomesticViolence",
        "Dom. Violence",
        "Dom Abuse",
        "DV accommodation",
        "survivors of DV",
        "Domestic & Sexual Abuse",
    ],
)
def test_other_spellings_of_domestic_abuse_are_withheld(words: str) -> None:
    assert find(purpose=words)[0] == "untagged"
    assert tag_payments(make({"supplier": "Elm Lettings Ltd", "purpose": words}))["supplier"].to_list() == [
        None
    ]


def test_a_column_that_is_not_used_may_say_that_a_row_is_withheld() -> None:
    """Responsible Unit (Tower Hamlets), Cost centre description (Redbridge) are no field of a payment."""
    rows = make(
        {"supplier": "Elm Lettings Ltd", "purpose": "Rent"}, {"supplier": "Oak Ltd", "purpose": "Rent"}
    )
    other = pl.Series("other", ["Unit 7\nDomestic Abuse Team", "Unit 7\nBus refuges"])
    tagged = tag_payments(rows.with_columns(other))
    assert tagged["is_withheld"].to_list() == [True, False]
    assert tagged["supplier"].to_list() == [None, "Oak Ltd"]
    assert tagged["other"].to_list()[0] is None


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("PQ Dr C Lachmann April 2020 Monthly payment", False),
        ("Fostering - Mrs Joan Smith", False),
        ("Rent 12 Elm Road HG4 2NB", False),
        ("MR Construction Costs", True),
        ("Printing P12 2024", True),
    ],
)
def test_a_text_that_names_a_person_or_a_home_is_not_kept(text: str, is_kept: bool) -> None:
    tagged = tag_payments(make({"supplier": "Elm Ltd", "purpose": text}))
    assert tagged["purpose"].to_list() == [text if is_kept else None]


def test_a_text_that_is_not_kept_still_tells_that_a_payment_is_withheld() -> None:
    tagged = tag_payments(make({"supplier": "Elm Ltd", "purpose": "Refuge place for Mrs Joan Smith"}))
    assert (tagged["tag"][0], tagged["supplier"][0]) == ("domestic_abuse", None)
