"""OpenDocument spreadsheets (.ods): the sheets of the Excel workbook, for LibreOffice and whoever asks for the open format."""

import io
import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from odf import number, style, table, text
from odf.config import (
    ConfigItem,
    ConfigItemMapEntry,
    ConfigItemMapIndexed,
    ConfigItemMapNamed,
    ConfigItemSet,
)
from odf.dc import Title
from odf.opendocument import OpenDocumentSpreadsheet

from api.envelope import ATTRIBUTION, LICENCE, SAMPLE_NOTICE
from api.errors import TooMuch
from api.render.answer import Answer
from api.render.as_csv import NOT_AVAILABLE, disarm
from api.render.sheets import write_cover, write_sheet
from api.render.workbook import list_notes, name_sheets
from api.render.workbook_forms import PERCENT, POUNDS, POUNDS_SMALL, RATE, RATIO, WHOLE
from api.render.workbook_parts import Cover, Sheet, Shown, Value
from api.render.workbook_sheets import measure

MOST_ROWS = 20_000
# Every file has the same date inside.
EPOCH = (1980, 1, 1, 0, 0, 0)
# Of a number's format: decimals, and what stands around it.
DECIMALS = {WHOLE: 0, RATE: 2, RATIO: 2, PERCENT: 1, POUNDS: 0, POUNDS_SMALL: 2}
HEAD_ROW = 3
CONTENT = "content.xml"
ROW, ROW_END = "<table:table-row>", "</table:table-row>"
CELL_END = "</text:p></table:table-cell>"
NUMBER_CELL = (
    '<table:table-cell office:value-type="float" office:value="{0}" table:style-name="{1}"><text:p>{0}'
    + CELL_END
)
TEXT_CELL = '<table:table-cell office:value-type="string" table:style-name="plain"><text:p>{}' + CELL_END
PLACE = ROW + '<table:table-cell office:value-type="string" office:string-value="{}"'
# What XML cannot hold.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CM_A_LETTER = 0.22


def render_ods(answer: Answer) -> bytes:
    """The rows as a spreadsheet. Raises TooMuch above 20,000."""
    if len(answer.rows) > MOST_ROWS:
        raise TooMuch(
            f"That would be {len(answer.rows):,} rows, and an .ods takes {MOST_ROWS:,} at most: ask for fewer, or for "
            "format=csv, which the same programs open."
        )
    return write_ods(write_cover(answer), [write_sheet(answer)])


def write_ods(cover: Cover, sheets: Sequence[Sheet]) -> bytes:
    """The spreadsheet of a cover, notes and tables: the same sheets as `api.render.workbook` writes."""
    book = _Book()
    names = name_sheets([sheet.name for sheet in sheets])
    book.doc.meta.addElement(Title(text=cover.title))
    lines = [*((SAMPLE_NOTICE,) if cover.is_sample else ()), *cover.lines]
    contents = ["Contents: Notes", *(f"{name}: {one.title}" for name, one in zip(names, sheets, strict=True))]
    book.add_lines("Cover", [cover.title, *lines, *contents, ATTRIBUTION, LICENCE])
    book.add_sheet("Notes", list_notes(cover, sheets, names), cover)
    for name, sheet in zip(names, sheets, strict=True):
        book.add_sheet(name, sheet, cover)
    book.freeze(["Notes", *names])
    file = io.BytesIO()
    book.doc.save(file)
    return _pack(file, book.rows)


class _Book:
    """A spreadsheet being written, with its styles by what they are."""

    def __init__(self) -> None:
        self.doc = OpenDocumentSpreadsheet()
        self.widths: set[str] = set()
        self.forms: dict[str, str] = {}
        self.rows: dict[str, str] = {}
        self.title = self._add_style("title", fontweight="bold", fontsize="16pt")
        self.head = self._add_style("head", fontweight="bold")
        self.plain = self._add_style("plain")

    def _add_style(self, name: str, data: str | None = None, **looks: str) -> str:
        given = {"datastylename": data} if data else {}
        made = style.Style(name=name, family="table-cell", parentstylename="Default", **given)
        # Long text stays within its column, and is not cut off by the next.
        made.addElement(style.TableCellProperties(wrapoption="wrap", verticalalign="top"))
        if data:
            made.addElement(style.ParagraphProperties(textalign="end"))
        made.addElement(style.TextProperties(fontfamily="Arial", **{"fontsize": "11pt", **looks}))
        self.doc.automaticstyles.addElement(made)
        return name

    def find_style(self, form: str) -> str:
        """The style of numbers of a form of `api.render.workbook_forms`, made once."""
        if form not in self.forms:
            name = f"n{len(self.forms)}"
            decimals = str(DECIMALS.get(form, 0))
            if form == PERCENT:
                made = number.PercentageStyle(name=f"{name}f")
                made.addElement(number.Number(decimalplaces=decimals, minintegerdigits="1"))
                made.addElement(number.Text(text="%"))
            else:
                made = number.NumberStyle(name=f"{name}f")
                if form in (POUNDS, POUNDS_SMALL):
                    made.addElement(number.Text(text="£"))
                places = {"decimalplaces": decimals} if form in DECIMALS else {}
                grouped = "true" if form in DECIMALS else "false"
                made.addElement(number.Number(minintegerdigits="1", grouping=grouped, **places))
            self.doc.automaticstyles.addElement(made)
            self.forms[form] = self._add_style(name, f"{name}f")
        return self.forms[form]

    def add_lines(self, name: str, lines: Iterable[str]) -> None:
        """A sheet of one column of text, the first line its title."""
        page = table.Table(name=name)
        page.addElement(table.TableColumn(stylename=self._add_width(80)))
        for place, line in enumerate(lines):
            row = table.TableRow()
            row.addElement(self._write_text(line, self.title if place == 0 else self.plain))
            page.addElement(row)
        self.doc.spreadsheet.addElement(page)

    def add_sheet(self, name: str, sheet: Sheet, cover: Cover) -> None:
        """A title, a line about the sheet, an empty one for none; then the table with its header."""
        page = table.Table(name=name)
        rows = list(sheet.rows)
        for width in measure(sheet.columns, rows[:200]):
            page.addElement(table.TableColumn(stylename=self._add_width(width)))
        said = f"{SAMPLE_NOTICE} " if cover.is_sample else ""
        lines = (
            (sheet.title, self.title),
            (f"{said}This sheet has one table.", self.plain),
            ("The cover says where it comes from.", self.plain),
        )
        for line, looks in lines:
            row = table.TableRow()
            row.addElement(self._write_text(line, looks))
            page.addElement(row)
        head = table.TableRow()
        for column in sheet.columns:
            head.addElement(self._write_text(column.title, self.head))
        top = table.TableHeaderRows()
        top.addElement(head)
        page.addElement(top)
        # odfpy takes 3 ms for a row of figures: it writes a line that stands for them, and they are put in its place.
        mark = f"rows-of-{len(self.rows)}"
        self.rows[mark] = "".join(f"{ROW}{''.join(map(self._write_cell, cells))}{ROW_END}" for cells in rows)
        row = table.TableRow()
        row.addElement(table.TableCell(valuetype="string", stringvalue=mark))
        # It also leaves styles out that no element names.
        for form in self.forms.values():
            row.addElement(table.TableCell(stylename=form))
        page.addElement(row)
        self.doc.spreadsheet.addElement(page)

    def _add_width(self, letters: float) -> str:
        name = f"w{round(letters * 10)}"
        if name not in self.widths:
            made = style.Style(name=name, family="table-column")
            made.addElement(style.TableColumnProperties(columnwidth=f"{letters * CM_A_LETTER:.2f}cm"))
            self.doc.automaticstyles.addElement(made)
            self.widths.add(name)
        return name

    def _write_cell(self, value: Value) -> str:
        shown = value if isinstance(value, Shown) else None
        form = shown.form if shown else ""
        value = shown.value if shown else value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            said = repr(value)
            return NUMBER_CELL.format(said, self.find_style(form))
        words = NOT_AVAILABLE if value is None or value == "" else str(value)
        return TEXT_CELL.format(escape(UNPRINTABLE.sub(" ", disarm(words))))

    def _write_text(self, words: str, looks: str) -> table.TableCell:
        cell = table.TableCell(valuetype="string", stylename=looks)
        cell.addElement(text.P(text=disarm(words)))
        return cell

    def freeze(self, names: Iterable[str]) -> None:
        """Keep the header and the first column of these sheets in sight."""
        settings = ConfigItemSet(name="ooo:view-settings")
        views = ConfigItemMapIndexed(name="Views")
        view = ConfigItemMapEntry()
        sheets = ConfigItemMapNamed(name="Tables")
        for name in names:
            entry = ConfigItemMapEntry(name=name)
            for item, kind, value in (
                ("HorizontalSplitMode", "short", 2),
                ("VerticalSplitMode", "short", 2),
                ("HorizontalSplitPosition", "int", 1),
                ("VerticalSplitPosition", "int", HEAD_ROW + 1),
                ("PositionRight", "int", 1),
                ("PositionBottom", "int", HEAD_ROW + 1),
            ):
                entry.addElement(ConfigItem(name=item, type=kind, text=str(value)))
            sheets.addElement(entry)
        view.addElement(sheets)
        views.addElement(view)
        settings.addElement(views)
        self.doc.settings.addElement(settings)


def _pack(file: io.BytesIO, rows: Mapping[str, str]) -> bytes:
    """The same package with the rows in their places, one date in it, and compressed but for the member that says what it is."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as made, zipfile.ZipFile(packed, "w") as package:
        for info in made.infolist():
            body = made.read(info)
            if info.filename == CONTENT:
                text_body = body.decode()
                for mark, written in rows.items():
                    before, _, rest = text_body.partition(PLACE.format(mark))
                    text_body = f"{before}{written}{rest.partition(ROW_END)[2]}"
                body = text_body.encode()
            kind = zipfile.ZIP_STORED if info.filename == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(zipfile.ZipInfo(info.filename, EPOCH), body, compress_type=kind)
    return packed.getvalue()
