"""What a file of returns is read to, whichever department it is from."""

import re
from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from etl.errors import Refused
from etl.read import Reject
from etl.returns.amounts import is_not_returned, read_pence, tell_mark
from etl.returns.councils import name_council
from etl.returns.lines import BUDGET, Line, class_of, word_of
from etl.sample_marks import SAMPLE_WORDS
from geo.areas import BOROUGHS

YEAR = re.compile(r"(?<!\d)20(\d\d)[ ]?[-–/_ ][ ]?(?:20)?(\d\d)(?!\d)")
# outturn_1011.csv; 2021 may be a calendar year as well, and is none
SHORT_YEAR = re.compile(r"(?<!\d)(\d\d)(\d\d)(?!\d)")
DAY = re.compile(r"(?<!\d)(\d{1,2})[- ]([A-Z][a-z]{2,8})[- ](20\d\d)(?!\d)")


class Figure(msgspec.Struct, frozen=True):
    """A council's amount in a line; `pence` None: not returned."""

    borough: int
    line: Line
    pence: int | None


class Return(msgspec.Struct, frozen=True):
    """A file of returns: the figures of London councils of one financial year, which begins in April of `year`.

    `unusable`: why there is no figure, by council and line (`borough:17/budget_cctv`). `others`: other authorities and
    totals, passed over. `published`: when, as the file says, or its name.
    """

    stage: str
    year: int
    figures: list[Figure]
    rejects: list[Reject]
    lines: tuple[Line, ...]
    unusable: dict[str, str]
    others: int
    published: date | None
    is_sample: bool
    not_certified: int = 0

    @property
    def month(self) -> date:
        """The last month of the financial year."""
        return date(self.year + 1, 3, 1)

    @property
    def vintage(self) -> date:
        """When it was published; where nothing says so, a budget when its year begins and an outturn when it has ended."""
        return self.published or date(self.year if self.stage == BUDGET else self.year + 1, 4, 1)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the lines that it holds."""
        return tuple(word_of(self.stage, line) for line in self.lines)

    def tell(self) -> str:
        """What was read and what not, in a sentence or two."""
        councils = len({figure.borough for figure in self.figures})
        lines = "1 line" if len(self.lines) == 1 else f"{len(self.lines)} lines"
        told = (
            f"{self.stage.capitalize()} of {name_year(self.year)}: {councils} councils, {lines};"
            f" {self.others:,} other authorities and totals passed over."
        )
        missing: dict[str, int] = {}
        present = {figure.borough for figure in self.figures}
        if absent := [name_council(borough) for borough in BOROUGHS if borough not in present]:
            told += f" Not in the file: {', '.join(absent)}."
        for key in self.unusable:
            if int(key.removeprefix("borough:").partition("/")[0]) not in present:
                continue
            name = name_council(int(key.removeprefix("borough:").partition("/")[0]))
            missing[name] = missing.get(name, 0) + 1
        if missing:
            listed = ", ".join(
                f"{name} ({count} of {len(self.lines)} lines)" for name, count in missing.items()
            )
            told += f" Not returned: {listed}."
        if self.not_certified:
            told += f" {self.not_certified} of the returns are not certified by their council."
        return told


class Cells(msgspec.Struct):
    """The cells of London councils as they are gathered: (borough, line) → (line of the file, text)."""

    stage: str
    unit: int
    found: dict[tuple[int, str], tuple[int, str]] = {}

    def add(self, borough: int, line: Line, number: int, text: str) -> None:
        """Add a cell. Raises Refused where the council has the line twice."""
        if (borough, line.line) in self.found:
            raise Refused(
                f"{name_council(borough)} has the line {line.label!r} twice: copies seem to lie on top of each other in this"
                " file. Get it again as published.",
                line=number,
            )
        self.found[borough, line.line] = number, text

    def close(
        self, lines: Iterable[Line], year: int, others: int, published: date | None, *, is_sample: bool
    ) -> Return:
        """The return that these cells are. Raises Refused where no council has a figure in any line."""
        figures: list[Figure] = []
        rejects: list[Reject] = []
        unusable: dict[str, str] = {}
        held = tuple(line for line in lines if self._holds(line))
        if not held:
            raise Refused("No London council has a figure in this file. Get it again as published.")
        for borough in BOROUGHS:
            for line in held:
                key = f"borough:{borough}/{class_of(self.stage, line)}"
                if (borough, line.line) not in self.found:
                    unusable[key] = f"{name_council(borough)} is not in the file of {name_year(year)}"
                    continue
                number, text = self.found[borough, line.line]
                if is_not_returned(text):
                    unusable[key] = f"{name_council(borough)} did not return it ({tell_mark(text)})"
                    figures.append(Figure(borough, line, None))
                    continue
                try:
                    figures.append(Figure(borough, line, read_pence(text, self.unit)))
                except ValueError as error:
                    unusable[key] = f"what {name_council(borough)} returned cannot be read ({text.strip()})"
                    reason = f"{line.label} of {name_council(borough)}: {error}"
                    rejects.append(Reject(number, reason, text))
        return Return(self.stage, year, figures, rejects, held, unusable, others, published, is_sample)

    def _holds(self, line: Line) -> bool:
        return any(
            name == line.line and not is_not_returned(text) for (_, name), (_, text) in self.found.items()
        )


def find_year(text: str, *, short: bool = False) -> int | None:
    """The year in which the first financial year that a text names begins: 2010 for 2010-11 or 2010_2011, `short`: 1011."""
    for match in YEAR.finditer(text):
        if (int(match[1]) + 1) % 100 == int(match[2]):
            return 2000 + int(match[1])
    for match in SHORT_YEAR.finditer(text) if short else ():
        if match[0] != "2021" and int(match[1]) + 1 == int(match[2]):
            return 2000 + int(match[1])
    return None


def find_day(text: str) -> date | None:
    """The first day that a text names as "22 June 2023" or "27-Nov-2012"."""
    for match in DAY.finditer(text):
        try:
            return datetime.strptime(f"{match[1]} {match[2][:3]} {match[3]}", "%d %b %Y").date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def name_year(year: int) -> str:
    """2010 → 2010-11."""
    return f"{year}-{(year + 1) % 100:02d}"


def is_marked(rows: Iterable[Iterable[str]]) -> bool:
    """Whether a row bears the mark of sample data."""
    return any(SAMPLE_WORDS in cell for row in rows for cell in row)
