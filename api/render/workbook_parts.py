"""What a workbook is made of: a cover, notes, sheets with one table each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from api.report.model import Column


class Shown(NamedTuple):
    """A number with a format of its own (`api.render.workbook_forms`), where that of its column does not fit."""

    value: float
    form: str


Value = str | float | bool | date | Shown | None


class Note(msgspec.Struct, frozen=True):
    """A line of the sheet of notes: what it is about, a word for it, and what is to be said."""

    about: str
    name: str
    text: str


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """The first sheet: sentences, then links to the web (words, address). `notes` go to the second sheet.

    `made`: when the figures were published, so that equal workbooks are equal bytes.
    """

    title: str
    lines: tuple[str, ...]
    made: datetime
    links: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    is_sample: bool = False


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One table. `rows` have a value or a shorthand for each column; `name` is made to fit a tab. `notes` go to the notes."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    notes: tuple[str, ...] = ()
