"""What a report says: words, tables and drawings, in order. Every format is written from this and from nothing else.

A page, a printed report, a workbook and a file of a report therefore hold the same figures and the same words.
"""

from typing import Literal

import msgspec

from api.cannot_say import CannotSay
from api.draw.drawings import Drawing
from api.envelope import ReleaseLabel
from api.show import Placing

Kind = Literal["text", "number", "percent", "pounds", "pounds_small", "month"]


class Column(msgspec.Struct, frozen=True):
    """A column of a table. `kind` and `decimals` are how a spreadsheet shows its numbers."""

    key: str
    title: str
    kind: Kind = "text"
    decimals: int = 0

    @property
    def is_number(self) -> bool:
        """Whether its cells stand to the right."""
        return self.kind not in ("text", "month")


class Cell(msgspec.Struct, frozen=True):
    """A cell: as people read it (`text`), as a program does (`value`), and where it leads.

    Where there is no value, `text` begins with the shorthand that says so ("[x]"), never blank and never 0.
    `position` puts its shape before the word. `note` is a small second line.
    """

    text: str
    value: float | int | str | None = None
    href: str | None = None
    position: Placing | None = None
    note: str | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table. The first cell of a row is its head. `own` is the place of the row that the report is about, if any.

    `is_folded`: a page may show it closed at first (print and files show it always).
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    own: int | None = None
    notes: tuple[str, ...] = ()
    is_folded: bool = False


class Chart(msgspec.Struct, frozen=True):
    """A drawing, and the key of the table in the same section that says the same."""

    key: str
    drawing: Drawing
    table: str


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the report: sentences, then charts each followed by its table, then the other tables, then notes."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """One of the figures on the first page. `position` is its place among the areas of its kind."""

    metric: str
    title: str
    figure: str
    unit: str
    interval: str
    position: Placing
    position_note: str
    change: str
    period: str
    href: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question that a figure raises, from a reviewed template. It names the figure it rests on, no person, no supplier.

    `template` is the template's id; `rests_on` says the figure in words; `whom` may know the answer.
    """

    template: str
    question: str
    rests_on: str
    href: str
    whom: str


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """What a metric of the report means, for the last pages."""

    metric: str
    title: str
    definition: str
    numerator: str
    denominator: str
    interval: str
    caveats: tuple[str, ...]
    href: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Whose files the figures come from, and for which months they are here."""

    source: str
    publisher: str
    title: str
    months: str
    licence: str


class FigureRow(msgspec.Struct, frozen=True, kw_only=True, rename={"from_month": "from", "to_month": "to"}):
    """A figure of the report as a line of its CSV and of the workbook's last sheet: names as in `/v1/values`.

    `cite` is the address of the figure in this release.
    """

    section: str
    metric: str
    title: str
    area_code: str
    area_name: str
    area_kind: str
    from_month: str
    to_month: str
    window: str
    group: str
    basis: str
    numerator: float | None
    denominator: float | None
    value: float | None
    lower: float | None
    upper: float | None
    unit: str
    method: str
    method_version: int
    status: str
    flags: tuple[str, ...]
    reason: str | None
    months_expected: int
    months_received: int
    position: str | None
    sentence: str
    release: str | None
    cite: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole report.

    `address` is the path and query at which it stands; `meeting` a day (ISO). `period` says which months in words. `known`
    says as known when. `summary` are the first sentences, `notes` what holds for every figure.
    """

    area_code: str
    area_name: str
    area_kind: str
    slug: str
    title: str
    subtitle: str
    address: str
    meeting: str | None
    period: str
    known: str
    release: ReleaseLabel
    is_sample: bool
    summary: tuple[str, ...]
    headlines: tuple[Headline, ...]
    questions: tuple[Question, ...]
    sections: tuple[Section, ...]
    cannot_say: tuple[CannotSay, ...]
    definitions: tuple[Definition, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    figures: tuple[FigureRow, ...]
    links: dict[str, str] = {}

    def list_drawings(self) -> list[Drawing]:
        """The drawings, in the order of the sections."""
        return [chart.drawing for section in self.sections for chart in section.charts]
