"""Workbooks (.xlsx) that people and screen readers can read, after the Government Analysis Function's guidance.

A cover, a sheet of notes, then one table a sheet: it begins in the first column, no cell is merged or empty, the header
stays in sight, numbers are numbers with a format, and where there is no number stands the shorthand that says why.
"""

import io
import itertools
import re
from collections.abc import Iterable, Sequence
from typing import IO

import xlsxwriter

from api.envelope import SAMPLE_NOTICE
from api.render.workbook_parts import Cover, Note, Sheet, Shown, Value
from api.render.workbook_sheets import BODY, Writer
from api.report.model import Column
from api.show import SHORTHAND

__all__ = (
    "Column",
    "Cover",
    "Note",
    "Sheet",
    "Shown",
    "Value",
    "name_sheets",
    "write_workbook",
    "write_workbook_to",
)

AUTHOR = "Borough accountability"
NAME_LENGTH = 31
# What the name of a sheet may not hold.
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_workbook(cover: Cover, sheets: Sequence[Sheet]) -> bytes:
    """The workbook as bytes; equal ones for equal contents. For tables that fit into memory."""
    file = io.BytesIO()
    write_workbook_to(file, cover, sheets)
    return file.getvalue()


def write_workbook_to(
    file: IO[bytes], cover: Cover, sheets: Sequence[Sheet], *, is_long: bool = False
) -> None:
    """Write the workbook into a file. `is_long`: rows go out as they come, in constant memory, and the tables are plain
    rows with a filter on the header, since Excel's own tables need all of it at once.
    """
    options = {"constant_memory": is_long, "in_memory": not is_long, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {**options, "default_format_properties": dict(BODY)})
    writer = Writer(book, is_long=is_long)
    book.set_properties(
        {
            "title": cover.title,
            "author": AUTHOR,
            "company": AUTHOR,
            "created": cover.made.replace(tzinfo=None),
        }
        | ({"comments": SAMPLE_NOTICE} if cover.is_sample else {})
    )
    names = name_sheets([sheet.name for sheet in sheets])
    notes = list_notes(cover, sheets, names)
    titles = [(name, sheet.title) for name, sheet in zip(names, sheets, strict=True)]
    writer.write_cover(cover, [("Notes", "What the shorthand means, and what to know"), *titles])
    writer.write_sheet("Notes", notes, is_sample=cover.is_sample)
    for name, sheet in zip(names, sheets, strict=True):
        writer.write_sheet(name, sheet, is_sample=cover.is_sample)
    book.close()


def list_notes(cover: Cover, sheets: Sequence[Sheet], names: Sequence[str]) -> Sheet:
    """The sheet of notes: the shorthand, the notes of the cover, those of each sheet."""
    rows = [Note("Shorthand", marker, meaning) for marker, meaning in SHORTHAND.items()]
    rows += cover.notes
    rows += [
        Note(f"Sheet {name}", f"Note {number}", text)
        for name, sheet in zip(names, sheets, strict=True)
        for number, text in enumerate(sheet.notes, 1)
    ]
    columns = (Column("about", "About"), Column("name", "Name"), Column("text", "What it says"))
    return Sheet(
        name="Notes", title="Notes", columns=columns, rows=[(row.about, row.name, row.text) for row in rows]
    )


def name_sheets(names: Iterable[str], taken: Iterable[str] = ("cover", "notes", "history")) -> list[str]:
    """Names that a tab can bear, no two alike: at most 31 characters, without those that Excel forbids."""
    used, fitting = set(taken), []
    for name in names:
        plain = FORBIDDEN.sub(" ", name).strip() or "Table"
        fit = plain[:NAME_LENGTH].strip()
        for number in itertools.count(2):
            if fit.casefold() not in used:
                break
            ending = f" {number}"
            fit = plain[: NAME_LENGTH - len(ending)].strip() + ending
        used.add(fit.casefold())
        fitting.append(fit)
    return fitting
