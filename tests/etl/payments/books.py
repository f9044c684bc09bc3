"""Workbooks of each form with given cells: what a council's spreadsheet saves. The suppliers are invented."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Cell = str | float | date | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]
PAYMENTS: list[list[Cell]] = [
    ["Payment Date", "Vendor Name", "Net Amount", "Transaction Code"],
    [date(2026, 7, 21), "Larkspur Paving Ltd", 1450.5, 5100001],
    [date(2026, 7, 22), "Oakfern Trust", -25.6, 5100002],
]


def write_xlsx(sheets: Sheets, hidden: Sequence[str] = ()) -> bytes:
    """A workbook of Excel 2007 and later."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, place, cell, day)
                elif cell is not None:
                    sheet.write(at, place, cell)
    book.close()
    return stream.getvalue()


def write_xls(sheets: Sheets) -> bytes:
    """A workbook of Excel 97 to 2003."""
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, place, cell, *([day] if isinstance(cell, date) else []))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_ods(sheets: Sheets, repeat: int | None = None) -> bytes:
    """A workbook of LibreOffice; `repeat`: how often its rows say they stand."""
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow(numberrowsrepeated=repeat) if repeat else TableRow()
            for cell in row:
                line.addElement(_make_ods_cell(cell))
            table.addElement(line)
        book.spreadsheet.addElement(table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _make_ods_cell(cell: Cell) -> TableCell:
    if cell is None or cell == "":
        return TableCell()
    if isinstance(cell, date):
        made = TableCell(valuetype="date", datevalue=cell.isoformat())
    elif isinstance(cell, str):
        made = TableCell(valuetype="string")
    else:
        made = TableCell(valuetype="float", value=str(cell))
    made.addElement(P(text=str(cell)))
    return made
