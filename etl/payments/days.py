"""One day as councils write it."""

import re
from datetime import date, timedelta

import msgspec

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        1,
    )
    for name in names.split()
}
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
# 2 March 2012 00:00:00, 2012-03-02T00:00:00.000Z: the time of day is left out
TIME = r"(?:[t\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:am|pm)?\s*(?:z|utc|[+-]\d{2}:?\d{2})?)?"
WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?,?\s+)?"
GAP = r"[\s/.,_-]*"
YEAR = r"(?P<year>\d{4}|\d{2})"
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<a>\d{{1,2}})(?P=sep)(?P<b>\d{{1,2}}){TIME}")
COMPACT = re.compile(r"(?P<year>20\d\d)(?P<a>\d\d)(?P<b>\d\d)(?:\.0+)?")
NUMERIC = re.compile(rf"(?P<a>\d{{1,2}})\s*[-/. ]\s*(?P<b>\d{{1,2}})\s*[-/. ]\s*{YEAR}{TIME}")
NAMED = re.compile(rf"{WEEKDAY}(?P<a>\d{{1,2}})(?:st|nd|rd|th)?{GAP}{MONTH}{GAP}{YEAR}{TIME}")
NAMED_FIRST = re.compile(
    rf"{WEEKDAY}{MONTH}{GAP}(?P<a>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|[\s/.-]+){YEAR}{TIME}"
)
MONTH_ONLY = re.compile(rf"{MONTH}[\s/.'’_-]*(?P<year>20\d\d|\d{{2}})")
SERIAL = re.compile(r"(?P<days>\d{5})(?:\.\d+)?")
SERIAL_ORIGIN = date(1899, 12, 30)
# 1 January 2000 and 31 December 2050
SERIALS = range(36_526, 55_153)
DAY_FIRST, MONTH_FIRST, YEAR_FIRST_WORDS = "day first", "month first", "year first"
MONTH_IN_LETTERS, MONTH_ALONE, EXCEL = "month in letters", "month without a day", "Excel serial"
FORMS = (YEAR_FIRST_WORDS, DAY_FIRST, MONTH_FIRST, MONTH_IN_LETTERS, MONTH_ALONE, EXCEL)


class Reading(msgspec.Struct, frozen=True):
    """What a cell may mean: the day where day comes first, where month comes first, and its form."""

    form: str
    day_first: date | None
    month_first: date | None


def read_day(text: str, *, serial: bool = True) -> Reading | None:
    """What one cell may mean, None where it is no date."""
    clean = " ".join(text.replace("\xa0", " ").replace("†", " ").strip(" '\"").lower().split())
    if found := YEAR_FIRST.fullmatch(clean) or COMPACT.fullmatch(clean):
        return _same(YEAR_FIRST_WORDS, make_day(found["year"], int(found["a"]), int(found["b"])))
    if found := NUMERIC.fullmatch(clean):
        a, b = int(found["a"]), int(found["b"])
        either = Reading(DAY_FIRST, make_day(found["year"], b, a), make_day(found["year"], a, b))
        return either if either.day_first or either.month_first else None
    if found := NAMED.fullmatch(clean) or NAMED_FIRST.fullmatch(clean):
        return _same(MONTH_IN_LETTERS, make_day(found["year"], MONTHS[found["month"]], int(found["a"])))
    if found := MONTH_ONLY.fullmatch(clean):
        return _same(MONTH_ALONE, make_day(found["year"], MONTHS[found["month"]], 1))
    if serial and (found := SERIAL.fullmatch(clean)) and (days := int(found["days"])) in SERIALS:
        return _same(EXCEL, SERIAL_ORIGIN + timedelta(days=days))
    return None


def make_day(year: str, month: int, day: int) -> date | None:
    """The day, None where there is none such. Two figures of a year are of this century, from 70 on of the last."""
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 70 else 1900
    try:
        return date(number, month, day)
    except ValueError:
        return None


def _same(form: str, day: date | None) -> Reading | None:
    return Reading(form, day, day) if day else None
