"""Which months are wanted, and which months a link says that its file is of. Pure."""

import re
from datetime import date

import msgspec

from etl.months import add_months, parse_month

Period = tuple[date, date]

NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = re.compile(
    r"(?<![a-z])(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])(?:[\s_'’.,-]*(20\d\d|\d\d)(?!\d))?"
)
QUARTER = re.compile(r"(?<![a-z])q(?:uarter|tr)?[\s_-]*([1-4]|one|two|three|four)(?![a-z0-9])")
QUARTERS = {"one": 1, "two": 2, "three": 3, "four": 4}
# 2026-27, 2026/27, 2026 to 2027, 2026_2027, 20262027
FINANCIAL_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:[\s_/–-]*(?:to)?[\s_/–-]*)(20)?(\d\d)(?!\d)")
SHORT_FINANCIAL_YEAR = re.compile(r"(?<![\d-])(\d\d)[/-](\d\d)(?![\d-])")
ISO_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_](0[1-9]|1[0-2])(?!\d)")
MONTH_FIRST = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[-_](20\d\d)(?!\d)")
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
# payments-to-suppliers---0826, as Bromley names a month
SHORT_MONTH = re.compile(r"(?<!\d)(0[1-9]|1[0-2])(\d\d)$")


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The months asked for. `first`, `last`: as a person said, both included. `is_all`: everything there is.

    `today` bounds the months that are taken where nobody said from when.
    """

    today: date
    first: date | None = None
    last: date | None = None
    is_all: bool = False

    def span(self, months: int) -> Period:
        """The months that are wanted where, unless asked, the last `months` are."""
        last = self.last or self.today.replace(day=1)
        if self.first:
            return self.first, last
        return (date(2000, 1, 1), last) if self.is_all else (add_months(last, 1 - months), last)

    def wants(self, period: Period | None, months: int) -> bool:
        """Whether a file of that period is wanted; one of an unknown period only where everything is."""
        if period is None:
            return self.is_all
        first, last = self.span(months)
        return period[0] <= last and period[1] >= first


def parse_window(first: str | None, last: str | None, *, is_all: bool, today: date) -> Window:
    """The window of `--from` and `--to`. Raises ValueError with a sentence."""
    window = Window(
        today=today,
        first=_parse("--from", first) if first else None,
        last=_parse("--to", last) if last else None,
        is_all=is_all,
    )
    if window.first and window.last and window.first > window.last:
        raise ValueError(f"--from {first} is after --to {last}. Turn them round.")
    return window


def _parse(option: str, text: str) -> date:
    try:
        return parse_month(text)
    except ValueError:
        raise ValueError(f"{option} {text} is no month. Write it as 2024-01.") from None


def read_period(*texts: str) -> Period | None:
    """The months that a link's text or a file's name speaks of, first and last; the narrowest where several speak.

    A quarter is one of the financial year (Q1 is April to June); two years beside each other are a financial year.
    """
    found = [period for text in texts if (period := _read_one(text.casefold()))]
    return min(found, key=lambda period: period[1] - period[0], default=None)


def name_period(period: Period) -> str:
    """`2026-07`, or `2026-04_2026-06`, as the loader reads them in the name of a file."""
    first, last = (f"{month:%Y-%m}" for month in period)
    return first if first == last else f"{first}_{last}"


def _read_one(text: str) -> Period | None:
    if found := _read_months(text):
        return found
    if quarter := QUARTER.search(text):
        start = _find_start(text[: quarter.start()] + " " + text[quarter.end() :])
        number = QUARTERS.get(quarter[1]) or int(quarter[1])
        if start is not None:
            first = add_months(date(start, 4, 1), 3 * (number - 1))
            return first, add_months(first, 2)
    for match in FINANCIAL_YEAR.finditer(text):
        if int(match[3]) == (int(match[1]) + 1) % 100:
            return date(int(match[1]), 4, 1), date(int(match[1]) + 1, 3, 1)
    for match in SHORT_FINANCIAL_YEAR.finditer(text):
        if int(match[2]) == (int(match[1]) + 1) % 100:
            return date(2000 + int(match[1]), 4, 1), date(2001 + int(match[1]), 3, 1)
    if turned := MONTH_FIRST.search(text):
        month = date(int(turned[2]), int(turned[1]), 1)
        return month, month
    if iso := ISO_MONTH.search(text):
        month = date(int(iso[1]), int(iso[2]), 1)
        return month, month
    if short := SHORT_MONTH.search(re.sub(r"\.[a-z]{3,4}$", "", text)):
        month = date(2000 + int(short[2]), int(short[1]), 1)
        return month, month
    if year := YEAR.search(text):
        return date(int(year[1]), 1, 1), date(int(year[1]), 12, 1)
    return None


def _read_months(text: str) -> Period | None:
    """`July 2026`, `Jul-26`, `april_june_2026`, `September 2010 to March 2011`; None where no year is said."""
    named = [
        (NAMES.index(match[1][:3]) + 1, int(match[2]) % 100 + 2000 if match[2] else None)
        for match in MONTH.finditer(text)
    ]
    if not named:
        return None
    fallback = YEAR.search(text)
    year = next((year for _, year in reversed(named) if year), int(fallback[1]) if fallback else None)
    if year is None:
        return None
    months: list[date] = []
    for number, said in reversed(named):
        year = said or (year - 1 if months and number > months[-1].month else year)
        months.append(date(year, number, 1))
    return min(months), max(months)


def _find_start(text: str) -> int | None:
    """The year in which the financial year of a quarter begins."""
    for match in FINANCIAL_YEAR.finditer(text):
        if int(match[3]) == (int(match[1]) + 1) % 100:
            return int(match[1])
    if short := SHORT_FINANCIAL_YEAR.search(text):
        return 2000 + int(short[1])
    year = YEAR.search(text)
    return int(year[1]) if year else None
