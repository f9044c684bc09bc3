"""Who paid: by what a person says, a column, the lines above the header, the names of the file and its folders."""

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refused
from etl.payments.payer import find_named, find_path_payer, find_payer, resolve_payer, split_path
from geo.areas import load_boroughs
from geo.publishers import GLA, TFL, council_of

HACKNEY, LAMBETH, CITY = council_of(12), council_of(22), council_of(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hackney", HACKNEY),
        ("hackney", HACKNEY),
        ("E09000012", HACKNEY),
        ("London Borough of Hackney", HACKNEY),
        ("Hackney Council", HACKNEY),
        ("LB Hackney", HACKNEY),
        ("00AM", HACKNEY),
        ("00AA", CITY),
        ("00AJ", council_of(9)),
        ("00AP", council_of(14)),
        ("00AW", council_of(20)),
        ("00BA", council_of(24)),
        ("00BK", council_of(33)),
        ("http://statistics.data.gov.uk/id/local-authority/00AY", LAMBETH),
        ("http://statistics.data.gov.uk/doc/statistical-geography/E09000022", LAMBETH),
        ("http://opendatacommunities.org/id/london-borough-council/tower-hamlets", council_of(30)),
        ("https://opendatacommunities.org/id/london-borough-council/tower-hamlets/", council_of(30)),
        ("City of London Corporation", CITY),
        ("Westminster City Council", council_of(33)),
        ("City of Westminster", council_of(33)),
        ("RBKC", council_of(20)),
        ("The Mayor and Burgesses of the London Borough of Lambeth", LAMBETH),
        ("Kingston", council_of(21)),
        ("gla", GLA),
        ("Greater London Authority", GLA),
        ("TfL", TFL),
        ("Transport for London", TFL),
    ],
)
def test_names_codes_and_addresses_of_london(text: str, expected: int) -> None:
    assert resolve_payer(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Leeds City Council", "00DA", "00CY", "http://statistics.data.gov.uk/doc/local-authority/00DA",
        "E08000035", "Kingston upon Hull City Council", "E09000034", "E09000000", "", "London", "Adults and Communities", "00AI",
    ],
)  # fmt: skip
def test_nobody_else_is_one_of_london(text: str) -> None:
    assert resolve_payer(text) is None


@given(
    st.sampled_from(load_boroughs()),
    st.sampled_from(["{}", "{} council", "The London Borough of {}", "LONDON BOROUGH OF {}"]),
)
def test_every_borough_is_found_by_each_of_its_names(area: object, form: str) -> None:
    borough = area.borough  # type: ignore[attr-defined]
    assert resolve_payer(form.format(area.area_name)) == council_of(borough)  # type: ignore[attr-defined]
    assert resolve_payer(area.slug) == council_of(borough)  # type: ignore[attr-defined]
    assert find_named([f"Payments of {area.area_name} over £500, July 2026"]) == {council_of(borough)}  # type: ignore[attr-defined]


def test_what_a_person_says_comes_first_and_may_not_contradict_the_file() -> None:
    payer = find_payer(said=HACKNEY, preamble=["Lambeth payments"], path=["lambeth spend", "july"])
    assert (payer.publisher, payer.how) == (HACKNEY, "--council says so")
    assert find_payer(said=HACKNEY, column=["Adults", "LB Hackney"]).publisher == HACKNEY
    with pytest.raises(
        Refused, match="--council says that Hackney council paid, and the file says Lambeth council"
    ):
        find_payer(said=HACKNEY, column=["Lambeth"])
    with pytest.raises(Refused, match="the file lies in a folder named 'lambeth'"):
        find_payer(said=HACKNEY, path=["data", "lambeth", "july"])
    with pytest.raises(Refused, match="The payer, Leeds City Council, is no London authority"):
        find_payer(said=HACKNEY, column=["Leeds City Council"])


def test_a_column_then_the_lines_above_then_the_name_then_the_folder() -> None:
    path = ["camden", "brent july"]
    assert find_payer(said=None, column=["E09000022"], preamble=["Ealing"], path=path).publisher == LAMBETH
    above = find_payer(said=None, column=["Adults"], preamble=["", "Ealing expenditure over £250"], path=path)
    assert (above.publisher, above.how) == (council_of(9), "the lines above the header name it")
    named = find_payer(said=None, path=path)
    assert (named.publisher, named.how) == (council_of(5), "Its name 'brent july' names it")
    folder = find_payer(said=None, path=["camden", "july"])
    assert (folder.publisher, folder.how) == (council_of(7), "Its folder 'camden' names it")


def test_a_payer_that_is_none_of_london_is_told_by_its_name() -> None:
    with pytest.raises(Refused, match="The payer, The Borough of Calderdale, is no London authority"):
        find_payer(
            said=None,
            column=[
                "http://statistics.data.gov.uk/doc/local-authority-district/00CY",
                "The Borough of Calderdale",
            ],
            path=["hackney", "july"],
        )


@pytest.mark.parametrize("cells", [["Hackney", "Lambeth"], ["Hackney", "Leeds City Council"]])
def test_a_file_of_several_payers_is_refused(cells: list[str]) -> None:
    with pytest.raises(Refused, match="several payers"):
        find_payer(said=None, column=cells)


def test_nothing_that_tells_who_paid() -> None:
    with pytest.raises(Refused, match="borough load --council hackney FILE"):
        find_payer(said=None, preamble=["Transparency report"], path=["elsewhere", "sheffield_2012-10"])
    with pytest.raises(Refused, match="names Camden council and Hackney council"):
        find_payer(said=None, path=["hackney and camden"])


@pytest.mark.parametrize(
    ("path", "member", "expected"),
    [
        ("/data/raw/payments/2026-11-22/hackney/Spend July.csv", None, HACKNEY),
        ("barnet-purchase-cards/1718Pcard.csv", None, council_of(3)),
        ("/x/tfl_2021-P10.csv", None, TFL),
        ("gla/2013-P01.csv", None, GLA),
        ("hackney2024.xlsx.csv", None, HACKNEY),
        ("all.zip", "payments/city-of-london/2025-04.csv", CITY),
        ("all.zip", "Kensington & Chelsea Q1.csv", council_of(20)),
        ("richmond-upon-thames/july.csv", None, council_of(27)),
        ("city of westminster.csv", None, council_of(33)),
        ("elsewhere-in-england/newcastle_2017-04.csv", None, None),
        ("2024.csv", None, None),
    ],
)
def test_names_of_files_and_folders(path: str, member: str | None, expected: int | None) -> None:
    assert find_path_payer(split_path(PurePath(path), member)) == expected


def test_a_folder_far_up_is_not_looked_at() -> None:
    assert find_path_payer(split_path(PurePath("/srv/camden/papers/data/more/july.csv"))) is None
