"""Days as councils write them, and the months that names of files and lines above a header tell."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refused
from etl.payments.dates import find_period, parse_days


def parse(
    *texts: str | None, month_first: bool | None = None, serial: bool = True
) -> tuple[list[date | None], str]:
    days, how = parse_days(pl.Series("day", texts, dtype=pl.String), month_first=month_first, serial=serial)
    assert days.name == "day"
    assert days.dtype == pl.Date
    return days.to_list(), how


@pytest.mark.parametrize(
    ("text", "day", "how"),
    [
        ("21/07/2026", date(2026, 7, 21), "day first"),
        ("06/04/17", date(2017, 4, 6), "day first"),
        ("14.06.2018", date(2018, 6, 14), "day first"),
        ("22/12/14", date(2014, 12, 22), "day first"),
        (" 21-07-2026", date(2026, 7, 21), "day first"),
        ("10/6/2012 0:00", date(2012, 6, 10), "day first"),
        ("08-May-2026", date(2026, 5, 8), "month in letters"),
        ("02 January 2025", date(2025, 1, 2), "month in letters"),
        ("3 Aug 23", date(2023, 8, 3), "month in letters"),
        ("23/Nov/2023", date(2023, 11, 23), "month in letters"),
        ("01-JUN-2012", date(2012, 6, 1), "month in letters"),
        ("Monday, 2nd March 2020", date(2020, 3, 2), "month in letters"),
        ("March 2, 2020", date(2020, 3, 2), "month in letters"),
        ("2019-09-30T00:00:00.000", date(2019, 9, 30), "year first"),
        ("2026-07-21 00:00:00", date(2026, 7, 21), "year first"),
        ("2020-06-01", date(2020, 6, 1), "year first"),
        ("20190220", date(2019, 2, 20), "year first"),
        ("Jun-26", date(2026, 6, 1), "month without a day"),
        ("July 2026", date(2026, 7, 1), "month without a day"),
        ("40511", date(2010, 11, 29), "Excel serial"),
        ("40511.0", date(2010, 11, 29), "Excel serial"),
        ("46224.5", date(2026, 7, 21), "Excel serial"),
        ("21/07/2026†", date(2026, 7, 21), "day first"),
    ],
)
def test_a_day(text: str, day: date, how: str) -> None:
    assert parse(text) == ([day], how)


@pytest.mark.parametrize(
    "text", ["", "N/A", "#N/A", "31/02/2020", "13/13/2013", "2012-13-01", "99999", "500.00", "12/2012", "1"]
)
def test_no_day(text: str) -> None:
    assert parse(text) == ([None], "no dates")


def test_a_column_that_is_read_in_several_ways() -> None:
    days, how = parse("14-Jun-2018", "14.06.2018", "43265", None, "N/A")
    assert days == [date(2018, 6, 14)] * 3 + [None, None]
    assert how == "day first, month in letters, Excel serial"
    assert parse("43265", serial=False) == ([None], "no dates")


def test_month_first_is_found_where_one_row_can_be_nothing_else() -> None:
    """Lambeth 2020-Q2: 09/18/2020."""
    assert parse("09/08/2020", "09/18/2020") == (
        [date(2020, 9, 8), date(2020, 9, 18)],
        "month first (09/18/2020 can be nothing else)",
    )


def test_what_can_be_either_is_read_day_first() -> None:
    assert parse("09/08/2020") == ([date(2020, 8, 9)], "day first")
    assert parse("09/08/2020", month_first=True) == ([date(2020, 9, 8)], "month first (declared)")


def test_rows_that_contradict_each_other_are_refused_and_never_read_one_by_one() -> None:
    with pytest.raises(
        Refused, match=r"only be day first \(21/07/2026\) and others only month first \(07/22/2026\)"
    ):
        parse("21/07/2026", "07/22/2026", "05/06/2026")


def test_a_slip_of_the_keyboard_is_no_date() -> None:
    days, how = parse(*["21/07/2026"] * 150, "07/22/2026")
    assert days == [date(2026, 7, 21)] * 150 + [None]
    assert how == "day first"


@pytest.mark.parametrize(("text", "declared"), [("21/07/2026", True), ("07/21/2026", False)])
def test_a_wrong_declaration_is_refused(text: str, declared: bool) -> None:
    with pytest.raises(Refused, match="Correct the entry of this format"):
        parse(text, month_first=declared)


FORMS = [
    "%d/%m/%Y",
    "%d-%b-%Y",
    "%d.%m.%Y",
    "%d/%m/%y",
    " %d-%m-%Y",
    "%d %B %Y",
    "%d %b %y",
    "%d/%b/%Y",
    "%Y-%m-%d",
    "%Y-%m-%dT00:00:00.000",
    "%Y-%m-%d 00:00:00",
    "%Y%m%d",
    "%d/%m/%Y 00:00",
    "%A, %d %B %Y",
    "%B %d, %Y",
]


@given(
    st.lists(st.dates(date(2008, 1, 1), date(2049, 12, 31)), min_size=1, max_size=40), st.sampled_from(FORMS)
)
def test_any_days_written_in_any_way_are_read_back(days: list[date], form: str) -> None:
    assert parse(*[day.strftime(form) for day in days])[0] == days


@given(st.lists(st.dates(date(2008, 1, 1), date(2049, 12, 31)), min_size=1, max_size=40))
def test_days_with_the_month_first_are_read_back_where_they_can_be_told(days: list[date]) -> None:
    telling = [*days, date(2026, 7, 21)]
    assert parse(*[day.strftime("%m/%d/%Y") for day in telling])[0] == telling


@given(st.dates(date(2008, 1, 1), date(2049, 12, 31)))
def test_excel_days_are_read_back(day: date) -> None:
    assert parse(str((day - date(1899, 12, 30)) // timedelta(days=1)))[0] == [day]


@given(st.text(max_size=14))
def test_no_text_fails(text: str) -> None:
    assert len(parse(text)[0]) == 1
    assert find_period([text]) is None or len(text) > 3


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2011-04-payments.csv", "2011-04", "2011-04"),
        ("2011-12-payments.csv", "2011-12", "2011-12"),
        ("July 2026 £500 Spend Report", "2026-07", "2026-07"),
        (",,Lewisham Council Expenditure over £250 February 2023,,,", "2023-02", "2023-02"),
        ("Transparency Report 26 Apr - 26 Jun", "2026-04", "2026-06"),
        ("payments-over-500-april-to-june-2026.xlsx", "2026-04", "2026-06"),
        ("oct-dec 2024", "2024-10", "2024-12"),
        ("October 2025 - January 2026", "2025-10", "2026-01"),
        ("november to january 2026", "2025-11", "2026-01"),
        ("jul26.csv", "2026-07", "2026-07"),
        ("over_250_report_june_21.csv", "2021-06", "2021-06"),
        ("Council spending - 2014 June", "2014-06", "2014-06"),
        ("01-JUN-2012", "2012-06", "2012-06"),
        ("201105", "2011-05", "2011-05"),
        ("2024-04 to 2024-06", "2024-04", "2024-06"),
        ("Payments 01/04/2026 - 30/06/2026", "2026-04", "2026-06"),
        ("payments_1_april_2024_to_30_june_2024", "2024-04", "2024-06"),
        ("Q1 2024-25", "2024-04", "2024-06"),
        ("2024-25 Q3", "2024-10", "2024-12"),
        ("over-500-2021-22-q4", "2022-01", "2022-03"),
        ("Quarter 2 2024/25", "2024-07", "2024-09"),
        ("January 2024-25", "2025-01", "2025-01"),
        ("1718Pcard.csv", "2017-04", "2018-03"),
        ("PCard_1617.csv", "2016-04", "2017-03"),
        ("PCard_Transactions_15-16.txt", "2015-04", "2016-03"),
        ("Supplier payments 2017/18", "2017-04", "2018-03"),
        ("FY 2011-12", "2011-04", "2012-03"),
    ],
)
def test_a_period(text: str, first: str, last: str) -> None:
    found = find_period([text])
    assert found is not None
    assert (f"{found[0]:%Y-%m}", f"{found[1]:%Y-%m}", found[0].day, found[1].day) == (first, last, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "2022-P13.csv",
        "tfl_2021-P10.csv",
        "P01",
        "spend_2019",
        "Q4 2025",
        "May 500",
        "2012-2019",
        "Report Date: 02/07/2012 16:59",
    ],
)
def test_no_period(text: str) -> None:
    assert find_period([text]) is None


def test_the_period_of_a_report_is_not_the_day_it_was_printed() -> None:
    """The lines above the header of Lambeth 2012-06."""
    lines = [
        "Lambeth Invoices Over Specified Nett Amount",
        "Report Date:† 02/07/2012† 16:59:18",
        "Parameters:",
        "Invoice Approval Date From:† 01-JUN-2012",
        "Invoice Approval Date To:† † 30-JUN-2012",
        "Invoice Threshold Nett Amt: 500",
    ]
    assert find_period(lines) == (date(2012, 6, 1), date(2012, 6, 1))
    assert find_period(["no month", "August 2026", "July 2026"]) == (date(2026, 8, 1), date(2026, 8, 1))
    assert find_period([]) is None
