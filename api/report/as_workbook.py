"""The workbook of a report: a sheet for each of its tables, and one with every figure and where it comes from."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from api.render.as_csv import MARKERS, NOT_APPLICABLE, NOT_AVAILABLE
from api.render.workbook import Cover, Note, Sheet, Shown, Value, write_workbook
from api.render.workbook_forms import form_of_statistic, read_text
from api.report.closing import SOURCE_COLUMNS
from api.report.model import Cell, Column, FigureRow, Headline, Report, Section, Table
from sql.measure import load_measures

NOTE_COLUMN = Column("notes", "Notes")
# What a table has where there is nothing to say.
NOTHING = ("-", "–", "—")
FIGURE_FIELDS = ("value", "lower", "upper")
COUNTED = ("numerator", "denominator")
HEADLINE_COLUMNS = (
    Column("title", "Figure"),
    Column("figure", "Value", "number"),
    Column("unit", "Unit"),
    Column("interval", "95% interval"),
    Column("position", "Position"),
    Column("position_note", "Among"),
    Column("change", "Change"),
    Column("period", "Months"),
    Column("cite", "Address of the figure"),
)
# Columns of the last sheet that hold numbers.
NUMBERS = frozenset({*FIGURE_FIELDS, *COUNTED, "method_version", "months_expected", "months_received"})


def write_report_workbook(report: Report) -> bytes:
    """The report as .xlsx: cover, notes, headlines, questions, a sheet for each table, definitions, sources, all figures."""
    sheets = [_list_headlines(report), _list_questions(report)]
    for section in report.sections:
        sheets += [_write_table(section, table) for table in section.tables]
    return write_workbook(
        _write_cover(report),
        [*sheets, _list_definitions(report), _list_sources(report), _list_figures(report)],
    )


def _write_cover(report: Report) -> Cover:
    release = report.release
    published = f"{release.published_at:%-d %B %Y}"
    lines = (
        report.subtitle,
        f"Area: {report.area_name} ({report.area_code}).",
        f"Period: {report.period}.",
        report.known,
        f"Release {release.release}, published {published}. Boundaries: {release.boundary_vintage}.",
        f"This report as a page: {report.address} of the server that it came from.",
        *report.summary,
    )
    notes = [Note("The report", f"Note {number}", text) for number, text in enumerate(report.notes, 1)]
    for section in report.sections:
        said = (*section.sentences, *section.notes)
        notes += [Note(section.title, f"Note {number}", text) for number, text in enumerate(said, 1)]
    notes += [
        Note("Cannot be answered", one.question, f"{one.why} Ask: {one.ask}") for one in report.cannot_say
    ]
    return Cover(
        title=report.title,
        lines=tuple(f"{line[:1].upper()}{line[1:].rstrip('.')}." for line in lines if line),
        made=release.published_at,
        notes=tuple(notes),
        is_sample=report.is_sample,
    )


def _list_headlines(report: Report) -> Sheet:
    by_address = {row.cite: row for row in report.figures}
    rows = [
        (
            one.title,
            _show_headline(one, by_address),
            one.unit,
            one.interval or _mark_interval(one),
            one.position,
            one.position_note or NOT_APPLICABLE,
            one.change or NOT_APPLICABLE,
            one.period,
            one.href,
        )
        for one in report.headlines
    ]
    return Sheet(
        name="Headlines", title=f"{report.area_name}: headline figures", columns=HEADLINE_COLUMNS, rows=rows
    )


def _show_headline(headline: Headline, by_address: Mapping[str, FigureRow]) -> Value:
    row = by_address.get(headline.href)
    return _show(headline.figure, row.value if row is not None else None)


def _mark_interval(headline: Headline) -> str:
    """In the place of an interval: why there is no figure, or that the figure has none by its kind."""
    return headline.figure if headline.figure.startswith("[") else NOT_APPLICABLE


def _list_questions(report: Report) -> Sheet:
    columns = (
        Column("question", "Question"),
        Column("rests_on", "The figure it rests on"),
        Column("whom", "Who may know"),
        Column("cite", "Address of the figure"),
    )
    rows = [(one.question, one.rests_on, one.whom, one.href) for one in report.questions]
    return Sheet(name="Questions", title="Questions the figures raise", columns=columns, rows=rows)


def _write_table(section: Section, table: Table) -> Sheet:
    """A table of the report; what stands small under a cell comes into a last column."""
    is_noted = any(cell.note for row in table.rows for cell in row)
    columns = (*table.columns, NOTE_COLUMN) if is_noted else table.columns
    return Sheet(
        name=_name_sheet(section, table),
        title=name_table(section, table),
        columns=columns,
        rows=[_write_row(table.columns, row, is_noted=is_noted) for row in table.rows],
        notes=table.notes,
    )


def name_table(section: Section, table: Table) -> str:
    """The title of a table where its section does not stand above it."""
    is_said = table.title.startswith(section.title)
    return table.title if is_said else f"{section.title}: {table.title}"


def _name_sheet(section: Section, table: Table) -> str:
    words = table.key.replace("-", " ").replace("_", " ").capitalize()
    words = words.replace("Bcu", "BCU")
    return words if table.key.startswith(section.key) else f"{section.title} {words.lower()}"


def _write_row(columns: Sequence[Column], row: Sequence[Cell], *, is_noted: bool) -> list[Value]:
    values: list[Value] = [_show(cell.text, cell.value) for cell in row]
    if is_noted:
        noted = [
            f"{column.title}: {cell.note}" for column, cell in zip(columns, row, strict=True) if cell.note
        ]
        values.append("; ".join(noted) or NOT_APPLICABLE)
    return values


def _show(text: str, value: float | str | None) -> Value:
    """A number that a sheet shows as this text; the text itself where it is no number, or says something else."""
    if text.strip() in NOTHING:
        return NOT_APPLICABLE
    if value is None or isinstance(value, str | bool):
        return text or NOT_AVAILABLE
    read = read_text(text)
    if read is None or abs(read.value - value) > read.step:
        return text or NOT_AVAILABLE
    return Shown(value, read.form)


def _list_definitions(report: Report) -> Sheet:
    columns = (
        Column("metric", "Metric"),
        Column("title", "Title"),
        Column("definition", "What it means"),
        Column("numerator", "What is counted"),
        Column("denominator", "Of what"),
        Column("interval", "Interval"),
        Column("caveats", "What to keep in mind"),
        Column("cite", "Address of the metric"),
    )
    rows = [
        (
            one.metric,
            one.title,
            one.definition,
            one.numerator,
            one.denominator,
            one.interval,
            " ".join(one.caveats) or NOT_APPLICABLE,
            one.href,
        )
        for one in report.definitions
    ]
    return Sheet(name="Definitions", title="What each figure means", columns=columns, rows=rows)


def _list_sources(report: Report) -> Sheet:
    rows = [(one.title, one.publisher, one.months, one.licence) for one in report.sources]
    return Sheet(name="Sources", title="Where the figures come from", columns=SOURCE_COLUMNS, rows=rows)


def _list_figures(report: Report) -> Sheet:
    """Every figure with the columns of the CSV: the numbers as they are, shown as the report shows them."""
    fields = msgspec.structs.fields(FigureRow)
    columns = [
        Column(field.encode_name, field.encode_name, "number" if field.name in NUMBERS else "text")
        for field in fields
    ]
    names = [field.name for field in fields]
    return Sheet(
        name="All figures",
        title="Every figure of this report, as in its CSV",
        columns=columns,
        rows=[list(_write_figure(row, names)) for row in report.figures],
    )


def _write_figure(row: FigureRow, names: Sequence[str]) -> Iterator[Value]:
    measure = load_measures().get(row.metric)
    form = form_of_statistic(measure.statistic) if measure else "General"
    missing = MARKERS.get(row.status, NOT_AVAILABLE)
    for name in names:
        value = getattr(row, name)
        if name in FIGURE_FIELDS:
            yield missing if value is None else Shown(value, form)
        elif name in COUNTED:
            yield missing if value is None else value
        elif isinstance(value, tuple):
            yield "; ".join(value) or NOT_APPLICABLE
        else:
            yield value if value not in (None, "") else NOT_APPLICABLE
