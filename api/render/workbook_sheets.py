"""The sheets of a workbook, cell by cell."""

import itertools
import math
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from api.envelope import ATTRIBUTION, LICENCE, LICENCE_NAME, SAMPLE_NOTICE
from api.render.as_csv import NOT_AVAILABLE, disarm
from api.render.workbook_forms import WHOLE, form_of_column
from api.render.workbook_parts import Cover, Sheet, Shown, Value
from api.report.model import Column

NARROWEST, WIDEST, COVER_WIDTH = 9, 60, 88
# So many rows tell how wide a column has to be.
LOOKED_AT = 200
LONGEST_NUMBER = 10**15
A4 = 9
# Heights of rows, in points: not every program finds for itself how many lines a cell takes.
LINE, TITLE_LINE = 15.0, 21.0
BODY: dict[str, Any] = {"font_name": "Arial", "font_size": 11, "valign": "top"}


class Exact(float):
    """A number that is written with all its digits: xlsxwriter formats numbers with 16, one too few for some."""

    def __format__(self, form: str) -> str:
        return repr(float(self)).removesuffix(".0")


class Writer:
    """A workbook being written, with its formats by what they are."""

    def __init__(self, book: Any, *, is_long: bool) -> None:
        self.book = book
        self.is_long = is_long
        self.formats: dict[tuple[str, ...], Any] = {}
        self.tables = 0

    def format(self, *names: str, form: str = "") -> Any:
        """A format, made once: of "title", "head", "wrap", "right", "bold", "link" and a number's form."""
        if (names_and_form := (*names, form)) not in self.formats:
            looks: dict[str, dict[str, Any]] = {
                "title": {"bold": True, "font_size": 16},
                "head": {"bold": True, "text_wrap": True, "bottom": 1},
                "wrap": {"text_wrap": True},
                "right": {"align": "right", "indent": 1},
                "bold": {"bold": True},
                "link": {"font_color": "#0B3D91", "underline": 1},
            }
            made = dict(BODY)
            for name in names:
                made |= looks[name]
            self.formats[names_and_form] = self.book.add_format(made | ({"num_format": form} if form else {}))
        return self.formats[names_and_form]

    def write_cover(self, cover: Cover, contents: Sequence[tuple[str, str]]) -> None:
        """The first sheet: one column of text, with links to the other sheets and to the web."""
        page = self.book.add_worksheet("Cover")
        page.set_column(0, 0, COVER_WIDTH)
        page.hide_gridlines(2)
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.set_row(0, TITLE_LINE * count_lines(cover.title, COVER_WIDTH / 1.5))
        page.write_string(0, 0, cover.title, self.format("title", "wrap"))
        lines = [*((SAMPLE_NOTICE,) if cover.is_sample else ()), *cover.lines]
        at = 0
        for line in lines:
            at += 1
            bold = ("bold",) if cover.is_sample and at == 1 else ()
            page.set_row(at, LINE * count_lines(line, COVER_WIDTH))
            page.write_string(at, 0, disarm(line), self.format("wrap", *bold))
        at += 1
        page.write_string(at, 0, "Contents", self.format("bold"))
        for name, title in contents:
            at += 1
            words = disarm(f"{name}: {title}" if title != name else name)
            page.set_row(at, LINE * count_lines(words, COVER_WIDTH))
            page.write_url(at, 0, f"internal:'{name}'!A1", self.format("link", "wrap"), words)
        at += 1
        page.write_string(at, 0, "Source and licence", self.format("bold"))
        page.set_row(at + 1, LINE * count_lines(ATTRIBUTION, COVER_WIDTH))
        page.write_string(at + 1, 0, ATTRIBUTION, self.format("wrap"))
        for below, (words, address) in enumerate(((LICENCE_NAME, LICENCE), *cover.links), at + 2):
            page.write_url(below, 0, address, self.format("link", "wrap"), disarm(words))

    def write_sheet(self, name: str, sheet: Sheet, *, is_sample: bool) -> None:
        """A title, a line about the sheet, the table."""
        page = self.book.add_worksheet(name)
        rows = iter(sheet.rows)
        first = list(itertools.islice(rows, LOOKED_AT))
        widths = measure(sheet.columns, first)
        for number, width in enumerate(widths):
            page.set_column(number, number, width)
        page.set_row(0, TITLE_LINE)
        page.write_string(0, 0, disarm(sheet.title), self.format("title"))
        said = f"{SAMPLE_NOTICE} " if is_sample else ""
        noted = " Notes on it stand in the sheet Notes." if sheet.notes else ""
        page.write_string(1, 0, f"{said}This sheet has one table.{noted}", self.format())
        page.write_url(2, 0, "internal:'Cover'!A1", self.format("link"), "Back to the cover")
        head = 3
        titles = name_columns(sheet.columns)
        nothing = [("No rows", *(NOT_AVAILABLE for _ in titles[1:]))]
        whole = itertools.chain(first, rows) if first else iter(nothing)
        last = head + self._write_rows(page, sheet.columns, titles, widths, head, whole)
        page.freeze_panes(head + 1, 1)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(head)
        page.set_header(f"&L{said.replace('&', '&&')}&R{name.replace('&', '&&')}")
        page.set_footer("&CPage &P of &N")
        if self.is_long:
            page.autofilter(head, 0, last, len(titles) - 1)

    def _write_rows(
        self,
        page: Any,
        columns: Sequence[Column],
        titles: Sequence[str],
        widths: Sequence[float],
        head: int,
        rows: Iterator[Sequence[Value]],
    ) -> int:
        """Write the header at `head` and the rows below it; how many rows there were."""
        if not self.is_long:
            rows = iter(listed := list(rows))
            self.tables += 1
            page.add_table(
                head,
                0,
                head + len(listed),
                len(titles) - 1,
                {
                    "name": f"Table_{self.tables}",
                    "style": "Table Style Light 1",
                    "columns": [{"header": title, "header_format": self.format("head")} for title in titles],
                },
            )
        page.set_row(head, LINE * max(map(count_lines, titles, widths)))
        for number, title in enumerate(titles):
            page.write_string(head, number, title, self.format("head"))
        forms = [(form_of_column(column), column.is_number) for column in columns]
        count = 0
        for count, row in enumerate(rows, 1):
            if not self.is_long:
                lines = max(count_lines(cell, width) for cell, width in zip(row, widths, strict=True))
                page.set_row(head + count, LINE * lines)
            for number, (value, (form, is_number)) in enumerate(zip(row, forms, strict=True)):
                self._write_value(page, head + count, number, value, form, is_number=is_number)
        return count

    def _write_value(
        self, page: Any, row: int, column: int, value: Value, form: str, *, is_number: bool
    ) -> None:
        match value:
            case Shown():
                if math.isfinite(value.value):
                    page.write_number(row, column, Exact(value.value), self.format("right", form=value.form))
                else:
                    self._write_value(page, row, column, None, form, is_number=True)
            case bool():
                page.write_string(row, column, "true" if value else "false", self.format("wrap"))
            case int() | float() if math.isfinite(value) and abs(value) < LONGEST_NUMBER:
                # A figure with decimals in a column of whole numbers shows them.
                plain = "General" if form == WHOLE and value != int(value) else form
                page.write_number(row, column, Exact(value), self.format("right", form=plain or "General"))
            case datetime():
                page.write_string(row, column, value.isoformat(), self.format())
            case date():
                page.write_datetime(row, column, value, self.format("right", form="yyyy-mm-dd"))
            case None | "" | float():
                page.write_string(row, column, NOT_AVAILABLE, self.format("right" if is_number else "wrap"))
            case _:
                looks = self.format("right" if is_number else "wrap")
                page.write_string(row, column, disarm(str(value)), looks)


def name_columns(columns: Sequence[Column]) -> list[str]:
    """The header, no two alike, as Excel's tables demand."""
    used: set[str] = set()
    titles = []
    for column in columns:
        title = plain = disarm(column.title) or column.key
        for number in itertools.count(2):
            if title.casefold() not in used:
                break
            title = f"{plain} ({number})"
        used.add(title.casefold())
        titles.append(title)
    return titles


def count_lines(value: Value, width: float) -> int:
    """How many lines a cell takes in a column of this width."""
    if not isinstance(value, str) or len(value) <= width:
        return 1
    # A letter is a little narrower on average than the figure by which columns are measured.
    return len(textwrap.wrap(value, max(1, int(width * 1.1)))) or 1


def measure(columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> list[float]:
    """How wide each column has to be: its longest cell among the first rows, or half of a long header."""
    widths = []
    for number, column in enumerate(columns):
        cells = [_length(row[number]) for row in rows]
        words = max((len(word) for word in column.title.split()), default=0) + 3
        longest = max([NARROWEST, words, len(column.title) / 2, *(length + 2 for length in cells)])
        widths.append(min(longest, WIDEST))
    return widths


def _length(value: Value) -> int:
    match value:
        case Shown():
            return len(f"{value.value:,.2f}")
        case bool() | None | str():
            return len(str(value))
        case int() | float():
            return len(f"{value:,.2f}")
        case _:
            return len(str(value))
