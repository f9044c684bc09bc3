"""Revenue returns: which cells of a form are kept, by label, and what stands for a council that did not return."""

from decimal import Decimal
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import NotRecognised, Refused
from etl.reference import load_words
from etl.returns.amounts import is_not_returned, read_pence
from etl.returns.councils import DFE_NUMBERS, E_CODES
from etl.returns.lines import COMMUNITY_SAFETY, YOUTH, class_of, find_line, word_of
from etl.returns.lines import SERVICES as KEPT
from etl.returns.recognise import is_return
from etl.returns.revenue import read_revenue
from etl.returns.sheets import read_sheets
from etl.returns.table import Return, find_day, find_year
from tests.etl.returns.files import (
    COMMUNITY,
    E_CODE_OF,
    HILLINGDON,
    NAMES,
    SERVICES,
    amount,
    ra_2021,
    ra_2023,
    ro5,
    rs,
    rsx,
    section_251,
    write_book,
    write_csv,
)

THOUSAND = 100_000  # pence


def write_any(rows: list[list[str]]) -> bytes:
    """Rows of any text under the header of a return."""
    return write_csv([["E-code", "Local authority", "Central services"], *rows])


def read(data: bytes, name: str = "data.csv") -> Return:
    return read_revenue(read_sheets(data), name)


def pence(found: Return, line: str, borough: int = 12) -> int | None:
    (figure,) = [one for one in found.figures if one.line.line == line and one.borough == borough]
    return figure.pence


class TestBudgets:
    def test_a_budget_is_known_as_one_with_its_year(self) -> None:
        found = read(ra_2021())
        assert (found.stage, found.year, found.month.isoformat()) == ("budget", 2021, "2022-03-01")
        assert {figure.borough for figure in found.figures} == set(range(1, 34))

    def test_lines_are_found_by_their_label(self) -> None:
        found = read(ra_2021())
        held = {
            "crime_reduction": 2,
            "safety_services": 3,
            "cctv": 4,
            "education": 1,
            "environmental": 5,
            "total_service": 6,
        }
        assert {line.line for line in found.lines} == set(held)
        for line, place in held.items():
            assert pence(found, line) == amount(12, place) * THOUSAND

    def test_aggregates_and_other_authorities_are_passed_over(self) -> None:
        found = read(ra_2021())
        assert len(found.figures) == 33 * 6
        # Bath, the GLA, England and the class of London boroughs
        assert found.others == 4

    def test_dots_are_not_zero(self) -> None:
        found = read(ra_2023({(12, 1): "0"}))
        assert pence(found, "crime_reduction", 12) == 0
        assert pence(found, "crime_reduction", HILLINGDON) is None
        assert found.unusable == {
            f"borough:17/budget_{line}": "Hillingdon did not return it (... in the file)"
            for line in ("crime_reduction", "safety_services", "cctv", "education", "total_service")
        }
        assert "Not returned: Hillingdon (5 of 5 lines)" in found.tell()

    def test_a_council_without_a_row_is_not_in_the_file(self) -> None:
        found = read(ra_2021(boroughs=[n for n in range(1, 34) if n != 5]))
        assert found.unusable["borough:5/budget_cctv"] == "Brent is not in the file of 2021-22"
        assert len(found.figures) == 32 * 6

    def test_when_it_was_published(self) -> None:
        assert read(ra_2023()).vintage.isoformat() == "2023-06-22"
        # nothing says so: before the year began
        assert read(ra_2021()).vintage.isoformat() == "2021-04-01"

    def test_a_macintosh_ellipsis_is_not_returned(self) -> None:
        assert pence(read(ra_2023({(3, 2): "É"})), "safety_services", 3) is None

    def test_a_cell_that_is_no_amount_is_a_reject(self) -> None:
        found = read(ra_2021({(3, 3): "Category discontinued"}))
        (reject,) = found.rejects
        assert "community safety (safety services) of Barnet" in reject.reason
        assert reject.text == "Category discontinued"
        assert len(found.figures) == 33 * 6 - 1
        assert found.unusable == {
            "borough:3/budget_safety_services": "what Barnet returned cannot be read (Category discontinued)"
        }


class TestOutturn:
    @pytest.mark.parametrize("form", ["xls", "xlsx", "ods"])
    @pytest.mark.parametrize("gss", [False, True])
    def test_a_summary_of_several_sheets(self, form: str, gss: bool) -> None:
        found = read(rs(2013, form, gss=gss), f"RS_2013-14_-_Revised_28-Jan-2015.{form}")
        assert (found.stage, found.year, found.vintage.isoformat()) == ("outturn", 2013, "2015-01-28")
        # net current expenditure, not capital items nor net total cost; the first of two columns of education
        assert pence(found, "education") == amount(12, 0) * THOUSAND
        assert pence(found, "total_service", 33) == amount(33, 13) * THOUSAND
        assert len(found.lines) == 14

    def test_net_current_expenditure_of_seven_columns(self) -> None:
        found = read(rsx())
        assert (found.stage, found.year) == ("outturn", 2021)
        kept = [find_line(service) for service in (*SERVICES, "Total Service Expenditure")]
        for place, line in enumerate(kept):
            assert line is not None
            assert pence(found, line.line) == amount(12, place) * THOUSAND

    def test_the_column_that_lacks_its_service(self) -> None:
        place = SERVICES.index("Environmental and regulatory services")
        assert pence(read(rsx()), "environmental") == amount(12, place) * THOUSAND

    def test_returns_that_are_not_certified_are_kept_and_told(self) -> None:
        found = read(rsx(2022, certified=("Ealing", "Enfield")))
        assert found.not_certified == 2
        assert "2 of the returns are not certified" in found.tell()
        assert pence(found, "police", 9) == amount(9, 9) * THOUSAND

    @pytest.mark.parametrize("form", ["xlsx", "ods", "csv"])
    @pytest.mark.parametrize("two_rows", [True, False])
    def test_the_detail_of_community_safety(self, form: str, two_rows: bool) -> None:
        found = read(ro5(2015, form, two_rows=two_rows))
        assert (found.stage, found.year) == ("outturn", 2015)
        # its total of the service is left to RS and RSX
        assert {line.line for line in found.lines} == {"crime_reduction", "safety_services", "cctv"}
        assert pence(found, "crime_reduction") == amount(12, 1) * THOUSAND
        assert pence(found, "cctv", 1) == amount(1, 3) * THOUSAND


class TestRefusals:
    def test_a_file_of_nothing_like_it(self) -> None:
        with pytest.raises(NotRecognised):
            read(b"borough,year\nBarnet,2021\n")

    def test_a_return_without_a_kept_line(self) -> None:
        data = write_csv(
            [
                ["Revenue Outturn 2019-20 £ thousand"],
                ["E-code", "Local authority", "Parish precepts"],
                ["E5011", "Camden", "1"],
            ]
        )
        with pytest.raises(Refused, match="without a line that is kept"):
            read(data)

    def test_no_unit(self) -> None:
        data = ra_2021().replace("(£ thousand)".encode(), b"")
        with pytest.raises(Refused, match="in which unit its amounts are"):
            read(data)

    def test_neither_budget_nor_outturn(self) -> None:
        data = ra_2021().replace(b"Revenue Account Budget (RA) ", b"")
        with pytest.raises(Refused, match="whether it is a budget or an outturn"):
            read(data)

    def test_no_year(self) -> None:
        data = ra_2021().replace(b"2021-22: ", b"")
        with pytest.raises(Refused, match="of which financial year it is"):
            read(data)
        assert read(data, "RA_2021-22_data_by_LA.csv").year == 2021

    def test_shifted_columns(self) -> None:
        data = ra_2021().replace(b"E5011,E09000007,Camden", b"E5011,E09000007,Barnet")
        with pytest.raises(Refused, match="E09000007 is the code of Camden, and the row is named 'Barnet'"):
            read(data)

    def test_a_council_twice(self) -> None:
        with pytest.raises(Refused, match=r"Barnet has the line .* twice"):
            read(ra_2021(boroughs=[*range(1, 34), 3]))

    def test_a_broken_workbook(self) -> None:
        with pytest.raises(Refused, match="broken, cut short"):
            read(rs(2013, "xls")[:3000])
        with pytest.raises(Refused, match="broken or cut short"):
            read(ro5(2013, "xlsx")[:3000])

    def test_only_blanks(self) -> None:
        cells = {(borough, place): "..." for borough in range(1, 34) for place in range(9)}
        with pytest.raises(Refused, match="No London council has a figure"):
            read(ra_2021(cells))


class TestRecognition:
    @pytest.mark.parametrize("data", [ra_2021(), ra_2023(), rsx(), section_251(2008), section_251(2011)])
    def test_a_text_is_known_by_its_header(self, data: bytes) -> None:
        assert is_return("whatever.csv", data[:65_536])

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"Supplier,Amount\nE-code Ltd,12\n",
            b"\xd0\xcf\x11\xe0",
            write_book({"a": [["E-code"]]}, "xlsx"),
            b'"E-code',
        ],
    )
    def test_others_are_not(self, data: bytes) -> None:
        assert not is_return("whatever.csv", data)


class TestYears:
    @pytest.mark.parametrize(
        ("text", "year"),
        [
            ("Revenue Outturn Summary (RS): 2010-11 data", 2010),
            ("RO5 2010_2011", 2010),
            ("Revenue 2010/11", 2010),
            ("1999-00 and 2012-13", 2012),
            ("2010-12, three years", None),
            ("table 1011", None),
        ],
    )
    def test_in_titles(self, text: str, year: int | None) -> None:
        assert find_year(text) == year

    @pytest.mark.parametrize(
        ("name", "year"),
        [
            ("outturn_0809.csv", 2008),
            ("s251-2013-14.csv", 2013),
            ("outturn_2021.csv", None),
            ("a1.csv", None),
        ],
    )
    def test_in_names(self, name: str, year: int | None) -> None:
        assert find_year(name, short=True) == year

    def test_days(self) -> None:
        assert str(find_day("Last updated: 6 June 2024")) == "2024-06-06"
        assert str(find_day("by_LA_-_27-Nov-2012-v2.xls")) == "2012-11-27"
        assert find_day("31 June 2024") is None


class TestAmounts:
    @given(st.integers(-(10**8), 10**8), st.sampled_from(["{:,}", "{}", " {:,} ", "£{:,}"]))
    def test_whole_thousands_in_any_style(self, thousands: int, style: str) -> None:
        assert read_pence(style.format(thousands), THOUSAND) == thousands * THOUSAND

    @given(st.decimals(-(10**8), 10**8, places=2))
    def test_pounds_and_pence(self, pounds: Decimal) -> None:
        assert read_pence(str(pounds), 100) == int(pounds * 100)

    @given(st.integers(1, 10**8))
    def test_brackets_are_negative(self, thousands: int) -> None:
        assert read_pence(f"({thousands:,})", THOUSAND) == -thousands * THOUSAND

    def test_what_a_spreadsheet_leaves_of_a_zero(self) -> None:
        assert read_pence("-7.45058E-09", 100) == 0

    @pytest.mark.parametrize("text", ["", "abc", "1.2.3", "NaN", "Infinity", "9" * 30, "--5"])
    def test_what_is_no_amount(self, text: str) -> None:
        with pytest.raises(ValueError, match="is no amount"):
            read_pence(text, THOUSAND)

    @pytest.mark.parametrize("text", ["", " ", "...", "..", "…", "[x]", "NULL", "n/a"])
    def test_what_is_not_returned(self, text: str) -> None:
        assert is_not_returned(text)

    @pytest.mark.parametrize("text", ["0", "0.00", "-", "nil"])
    def test_a_zero_is_returned_and_a_dash_says_nothing(self, text: str) -> None:
        assert not is_not_returned(text)


LABELS = {
    "crime_reduction": COMMUNITY[0],
    "cctv": COMMUNITY[2],
    "police": "TOTAL POLICE SERVICES",
    None: "Parish precepts",
}


class TestAnyLayout:
    @given(
        order=st.permutations(list(LABELS)),
        codes=st.sampled_from((("E-code",), ("ONS Code",), ("E-code", "ONS Code"), ("ONS Code", "E-code"))),
        above=st.lists(
            st.lists(st.sampled_from(("", "531", "Central services", "edutot")), max_size=7), max_size=6
        ),
        boroughs=st.permutations(range(1, 34)),
        amounts=st.lists(st.one_of(st.none(), st.integers(-(10**6), 10**6)), min_size=10, max_size=10),
        encoding=st.sampled_from(("utf-8", "utf-8-sig", "cp1252")),
        newline=st.sampled_from(("\n", "\r\n")),
    )
    def test_is_read_back(
        self,
        order: list[str | None],
        codes: tuple[str, ...],
        above: list[list[str]],
        boroughs: list[int],
        amounts: list[int | None],
        encoding: str,
        newline: str,
    ) -> None:
        # eleven in turn over four columns: each line has one figure at least
        cells = cycle([7, *amounts])
        expected: dict[tuple[int, str], int | None] = {}
        rows: list[list[str]] = [["Revenue Account Budget (RA) 2019-20 £ thousand"], *above]
        rows.append([*codes, "Local authority", *(LABELS[line] for line in order)])
        for borough in boroughs:
            code = {"E-code": E_CODE_OF[borough], "ONS Code": f"E090000{borough:02d}"}
            row = [*(code[name] for name in codes), NAMES[borough]]
            for line in order:
                number = next(cells)
                row.append("..." if number is None else f"{number:,}")
                if line:
                    expected[borough, line] = None if number is None else number * THOUSAND
            rows.append(row)
        found = read(write_csv(rows, encoding, newline))
        assert {(one.borough, one.line.line): one.pence for one in found.figures} == expected

    @given(
        st.binary(max_size=400)
        | st.lists(st.lists(st.text(max_size=9), max_size=5), max_size=6).map(write_any)
    )
    def test_anything_else_is_refused_with_a_sentence(self, data: bytes) -> None:
        assert is_return("a.csv", data) in (True, False)
        with pytest.raises(Refused):
            read(data)


def test_every_kept_line_is_a_word_of_the_vocabulary() -> None:
    words = {word.word: word.class_ for word in load_words() if word.field == "spending_line" and word.word}
    revenue = (*COMMUNITY_SAFETY, *KEPT)
    expected = {word_of("outturn", line): class_of("outturn", line) for line in (*revenue, *YOUTH)}
    expected |= {word_of("budget", line): class_of("budget", line) for line in revenue}
    assert words == expected


def test_every_council_has_its_codes() -> None:
    assert sorted(E_CODES.values()) == sorted(DFE_NUMBERS.values()) == list(range(1, 34))
    assert (E_CODES["E5013"], DFE_NUMBERS["202"], DFE_NUMBERS["320"]) == (12, 7, 31)
