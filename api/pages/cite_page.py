"""The page of one figure: what it says, what it means, what it stands on, how it came to be, how to cite it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from api.cite import cite, cite_metric, cite_row
from api.cited import CitedFigure, list_data_links
from api.embedding import link_embed, write_snippet
from api.figure_files import FileRow, count_files
from api.figure_history import VersionRow
from api.figures.money import STATISTICS
from api.history import words_of
from api.pages.page import show_day
from api.period_words import WINDOW_WORDS, name_period
from api.report.model import Cell, Column, Table
from api.show import STATUS_WORDS, mark_status, show_figure, show_limits, show_percent, show_pounds
from api.snapshot import Area, Release
from sql.measure import Measure

FORMATS = {"JSON": "json", "CSV": "csv", "Parquet": "parquet", "GeoJSON": "geojson"}
# More rows than this are shown closed at first.
ROWS_OPEN = 14
MANY = 40


def write_cited(
    cited: CitedFigure, measure: Measure, area: Area, newest: Release, origin: str, formats: Sequence[str]
) -> dict[str, Any]:
    """The variables of the template `cite.html`. `newest` is the latest release, `formats` are those of `/v1/values`."""
    row = cited.figure
    names = _name_formats(formats)
    asked = {"from": row.from_month, "to": row.to_month, "window": row.window}
    asked |= {"group": row.group, "basis": row.basis}
    moving = cite(row.metric, area.slug, asked)
    lasting = cite_row(row, area.slug)
    return {
        "cited": cited,
        "row": row,
        "measure": measure,
        "area": area,
        "shown": show_figure(measure, row),
        "limits": show_limits(measure, row.lower, row.upper),
        "period": name_period(row.from_month, row.to_month),
        "window": WINDOW_WORDS[row.window],
        "status_words": STATUS_WORDS.get(row.status, row.status),
        "facts": list_facts(cited, measure),
        "now": tell_now(cited, measure, newest),
        "history": tabulate_history(measure, cited.history),
        "files": tabulate_files(cited.files),
        "file_count": count_files(cited.files),
        "metric_page": cite_metric(row.metric),
        "moving": moving,
        "lasting": lasting,
        "is_latest": row.release == newest.release,
        "json": f"{lasting}&format=json",
        "data": list_data_links(row, area, names),
        "snippet": write_snippet(origin, link_embed("figure", row, area), cited.title),
    }


def _name_formats(formats: Sequence[str]) -> dict[str, str]:
    known = {**FORMATS, "XLSX": "xlsx", "ODS": "ods", "GeoPackage": "gpkg"}
    return {words: name for words, name in known.items() if name in formats}


def list_facts(cited: CitedFigure, measure: Measure) -> list[tuple[str, str]]:
    """What the figure is made of, as pairs of words."""
    row = cited.figure
    is_money = measure.statistic in STATISTICS
    facts = [("Months", f"{name_period(row.from_month, row.to_month)} ({WINDOW_WORDS[row.window]})")]
    facts.append(("Group", cited.group_label or "all together"))
    facts.append(("Way of counting", cited.basis_label))
    if row.numerator is not None:
        told = show_pounds(row.numerator) if is_money else f"{row.numerator:,.0f}"
        facts.append(("Counted", f"{told}: {measure.numerator}"))
    elif measure.kind != "survey":
        facts.append(("Counted", f"{mark_status(row.status)} {measure.numerator}"))
    if row.denominator is not None:
        facts.append(("Divided by", f"{row.denominator:,.0f}: {measure.denominator}"))
    reference = getattr(row, "reference_numerator", None)
    if reference is not None:
        facts.append(("Counted of White people", f"{reference:,}"))
    facts.append(("Months that could be used", f"{row.months_received} of {row.months_expected}"))
    if row.placed_share is not None:
        facts.append(
            ("Events with a location", f"{show_percent(row.placed_share)}, in all files of the force")
        )
    if row.known_share is not None and row.known_share < 1:
        facts.append(("Attribute known", show_percent(row.known_share)))
    if row.unplaced_numerator:
        facts.append(("Of them without a location", f"{row.unplaced_numerator:,}"))
    if row.other_forces_numerator:
        facts.append(("Of them recorded by another force", f"{row.other_forces_numerator:,}"))
    facts.append(("Interval by", row.method if row.value is not None else measure.interval))
    facts.append(("Method", f"version {row.method_version}"))
    return facts


def tell_now(cited: CitedFigure, measure: Measure, newest: Release) -> tuple[str, str] | None:
    """What the figure is now and how it was first published, and why they differ; None where it never changed."""
    history = [version for version in cited.history if version.value is not None]
    if not history or history[0].release == cited.history[-1].release:
        return None
    first, last = history[0], cited.history[-1]
    told = f"Now {last.shown}; as first published {first.shown} ({show_day(first.published_at)})."
    if cited.figure.release != newest.release:
        shown = show_figure(measure, cited.figure)
        told = (
            f"This page shows the figure as it was known in release {cited.figure.release}: {shown}. {told}"
        )
    return told, " ".join(last.why)


def tabulate_history(measure: Measure, history: Sequence[VersionRow]) -> Table:
    """The versions, the latest first."""
    is_money = measure.statistic in STATISTICS
    rows = [
        (
            Cell(show_day(version.published_at), version.published_at.isoformat(), note=version.release),
            Cell(version.shown, version.value),
            Cell(version.interval or "[z]"),
            Cell(_count(version, is_money=is_money), version.numerator),
            Cell(
                " ".join(
                    [*version.why, *([version.reason] if version.reason and version.value is None else [])]
                )
            ),
        )
        for version in reversed(history)
    ]
    return Table(
        key="history",
        title="The figure in every release that knew it, the latest first",
        columns=(
            Column("release", "Published"),
            Column("value", "Figure", "number"),
            Column("interval", "95% interval"),
            Column("numerator", "Counted", "number"),
            Column("why", "Why it changed"),
        ),
        rows=tuple(rows),
    )


def _count(version: VersionRow, *, is_money: bool) -> str:
    if version.numerator is None:
        return mark_status(version.status) if version.value is None else "[z]"
    return show_pounds(version.numerator) if is_money else f"{version.numerator:,.0f}"


def tabulate_files(files: Sequence[FileRow]) -> Table:
    """The months under a figure with their files, in runs of those of which the same is said."""
    runs = list_runs(files)
    shown = runs[:MANY]
    rows = [
        (
            Cell(name_period(run[0].month, run[-1].month)),
            Cell(words_of(run[0].source)),
            Cell(run[0].force_name.removeprefix("the ")),
            Cell(run[0].status, note=run[0].reason),
            Cell("; ".join(run[0].files) or "[x] none", note=_replaced(run[0])),
        )
        for run in shown
    ]
    more = len(runs) - len(shown)
    return Table(
        key="files",
        title="The months under this figure and the files that count for them",
        columns=(
            Column("months", "Months"),
            Column("source", "Source"),
            Column("force", "From"),
            Column("status", "Arrived"),
            Column("files", "Files"),
        ),
        rows=tuple(rows),
        notes=(f"And {more:,} more rows: the JSON of this page has them all.",) if more > 0 else (),
        is_folded=len(shown) > ROWS_OPEN,
    )


def list_runs(files: Sequence[FileRow]) -> list[list[FileRow]]:
    """Months in a row of one source and force that have the same state, reason and files."""
    runs: list[list[FileRow]] = []
    for one in files:
        last = runs[-1][-1] if runs else None
        if last is not None and msgspec.structs.replace(one, month=last.month) == last:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _replaced(one: FileRow) -> str | None:
    return f"Earlier copies: {'; '.join(one.superseded_files)}" if one.superseded_files else None
