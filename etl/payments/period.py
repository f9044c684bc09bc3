"""The months that a file's name, or the lines above its header, say it covers."""

import re
from collections.abc import Iterable
from datetime import date

from etl.payments.days import MONTHS, read_day

NAME = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
Y4 = r"(?:19|20)\d\d"
END = r"(?![\da-z])"
START = r"(?<![\da-z])"
DAY = rf"(?:\d{{1,2}}[\s/.-]\d{{1,2}}[\s/.-]{Y4}|{Y4}-\d\d-\d\d|\d{{1,2}}[\s./-]{NAME}[\s./-](?:{Y4}|\d\d))"
# When a report was printed is no period.
PRINTED = re.compile(
    r"\b(?:report|run|print(?:ed)?|creat(?:ed|ion)|generated|produced|updated|prepared|reviewed|published|as at)\b[^|]{0,20}?"
    rf"(?:date|on|at|by|:)[^|]{{0,20}}?{DAY}"
)
BETWEEN = re.compile(
    rf"\bfrom\b[^|\d]{{0,40}}(?P<a>{DAY}).{{0,80}}?\bto\b[^|\d]{{0,40}}(?P<b>{DAY})", re.DOTALL
)
TWO_DAYS = re.compile(rf"(?P<a>{DAY})\s*(?:-|–|to|and|until)\s*(?P<b>{DAY})")
QUARTER = r"(?:q|qtr|quarter)[\s.-]*(?P<quarter>[1-4])"
TWO_YEARS = rf"(?P<first>{Y4}|\d\d)\s*(?:-|–|/|\s|to)\s*(?P<second>{Y4}|\d\d)"
QUARTER_FIRST = re.compile(rf"{START}{QUARTER}[\s,(of-]*{TWO_YEARS}{END}")
QUARTER_LAST = re.compile(rf"{START}{TWO_YEARS}[\s,(-]*{QUARTER}{END}")
ISO_RANGE = re.compile(rf"{START}(?P<a>{Y4}[-.]\d\d)\s*(?:-|–|to|\s)\s*(?P<b>{Y4}[-.]\d\d){END}")
ISO_MONTH = re.compile(rf"{START}(?P<year>20\d\d)[-./\s]?(?P<month>0[1-9]|1[0-2])(?:[-./\s]?[0-3]\d)?{END}")
YEARS_OF_MONTH = re.compile(
    rf"{START}(?P<a>\d\d)\s+(?P<am>{NAME})\s*(?:-|–|to)\s*(?P<b>\d\d)\s+(?P<bm>{NAME}){END}"
)
# 'July 2026', 'Jul-26', 'jul26', 'April to June 2026', '01-JUN-2012', '2026 July'
NAMED = re.compile(
    rf"(?<![a-z])(?:(?P<before>{Y4})[\s.-]*)?(?P<name>{NAME})(?![a-z])(?:[\s.,'’-]*(?P<after>{Y4}(?:[-/–](?P<next>\d\d)(?!\d))?|\d\d(?![\d/:]|\s*(?:{NAME}|to\b|-)))(?!\d))?"
)
NUMERIC_DAY = re.compile(rf"{START}\d{{1,2}}[/.-]\d{{1,2}}[/.-]{Y4}{END}")
YEAR_PAIR = re.compile(rf"{START}{TWO_YEARS}{END}")
# 2021 is a year, not 2020-21
YEAR_RUN = re.compile(r"(?<!\d)(?!2021)(?P<first>\d\d)(?P<second>\d\d)(?!\d)")
IS_YEAR = re.compile(r"\bfy\b|financial|year")
Months = tuple[date, date]


def find_period(texts: Iterable[str]) -> Months | None:
    """The first days of the first and the last month that are named, by the first text that names any; None: none does.

    Names of files: `2011-04`, `July 2026 £500 Spend Report`, `Q1 2024-25` (of a financial year), `26 Apr - 26 Jun` (years and
    months), `1718` and `15-16` (financial years). Lines above a header: `From: 01-JUN-2012` and `To: 30-JUN-2012`. When a
    report was printed is no period, and neither are a year alone, a quarter of one year alone, and the GLA's `P13`.
    """
    cleaned = [_clean(text) for text in texts]
    if found := BETWEEN.search(" | ".join(cleaned)):
        return _order(_month_of(found["a"]), _month_of(found["b"]))
    return next((period for text in cleaned if (period := _find(text))), None)


def _clean(text: str) -> str:
    plain = text.lower().replace("%20", " ")
    plain = re.sub(r"\.(?:csv|txt|tsv|xlsx?|ods|xlsm)\b", " ", plain)
    plain = re.sub(r"[_+\s\xa0†]+", " ", plain).strip()
    return PRINTED.sub(" ", plain)


def _find(text: str) -> Months | None:
    if found := TWO_DAYS.search(text):
        return _order(_month_of(found["a"]), _month_of(found["b"]))
    if found := QUARTER_FIRST.search(text) or QUARTER_LAST.search(text):
        return _quarter(found)
    if re.search(rf"{START}{QUARTER}{END}", text):
        # of a calendar year or of a financial one: it does not say
        return None
    if found := ISO_RANGE.search(text):
        return _order(_iso(found["a"]), _iso(found["b"]))
    if found := YEARS_OF_MONTH.search(text):
        return _order(
            date(2000 + int(found["a"]), MONTHS[found["am"]], 1),
            date(2000 + int(found["b"]), MONTHS[found["bm"]], 1),
        )
    if period := _named(text):
        return period
    if (found := ISO_MONTH.search(text)) and not IS_YEAR.search(text):
        return _one(date(int(found["year"]), int(found["month"]), 1))
    if found := NUMERIC_DAY.search(text):
        return _one(_month_of(found[0]))
    return _year(text)


def _named(text: str) -> Months | None:
    """Months by name; one without a year has that of the next which has one (April to June 2026), or of the last."""
    found = list(NAMED.finditer(text))
    years = [_find_year(match) for match in found]
    if not found:
        return None
    if not any(years):
        return _years_of_named(text, [MONTHS[match["name"]] for match in found])
    months: list[date] = []
    for place, match in enumerate(found):
        number = MONTHS[match["name"]]
        year = years[place]
        if not year:
            later = next((at for at in range(place + 1, len(found)) if years[at]), None)
            if later is None:
                continue
            # October to January 2026 begins in 2025
            year = years[later] - (number > MONTHS[found[later]["name"]])
        months.append(date(year, number, 1))
    return min(months), max(months)


def _find_year(found: re.Match[str]) -> int:
    """The year that stands by a month's name, 0 where none does. January 2024-25 is in 2025."""
    year = _century((found["after"] or found["before"] or "")[:4])
    is_financial = found["next"] is not None and int(found["next"]) == (year + 1) % 100
    return year + (is_financial and MONTHS[found["name"]] < 4)


def _years_of_named(text: str, months: list[int]) -> Months | None:
    """Months by name in a financial year: 'April 2024-25' is in 2024, 'January 2024-25' in 2025."""
    found = YEAR_PAIR.search(text)
    if not found or (first := _pair(found)) is None:
        return None
    days = [date(first + (month < 4), month, 1) for month in months]
    return min(days), max(days)


def _quarter(found: re.Match[str]) -> Months | None:
    if (first := _pair(found)) is None:
        return None
    start = int(found["quarter"]) * 3 + 1
    year, month = (first, start) if start < 13 else (first + 1, start - 12)
    return date(year, month, 1), date(year, month + 2, 1)


def _year(text: str) -> Months | None:
    for pattern in (YEAR_PAIR, YEAR_RUN):
        for found in pattern.finditer(text):
            if (first := _pair(found)) is not None:
                return date(first, 4, 1), date(first + 1, 3, 1)
    return None


def _pair(found: re.Match[str]) -> int | None:
    """The first of two years that follow each other, from 2008 to 2050: the financial year."""
    first, second = _century(found["first"]), _century(found["second"])
    return first if second == first + 1 and 2008 <= first <= 2050 else None


def _century(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0) if text else 0


def _iso(text: str) -> date | None:
    month = int(text[5:7])
    return date(int(text[:4]), month, 1) if 1 <= month <= 12 else None


def _month_of(text: str) -> date | None:
    reading = read_day(text, serial=False)
    day = (reading.day_first or reading.month_first) if reading else None
    return day.replace(day=1) if day else None


def _one(month: date | None) -> Months | None:
    return (month, month) if month else None


def _order(first: date | None, last: date | None) -> Months | None:
    return (first, last) if first and last and first <= last else None
