"""One figure with all that it takes to check it: definition, sources, files, history, and how to cite it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from api.citation import Citation, write_citation
from api.cite import cite_row
from api.comparison import WINDOWS, compare_area
from api.errors import ApiError
from api.figure_files import FileRow, read_files, read_sources
from api.figure_history import VersionRow, read_history
from api.figure_question import Given, ask_again, resolve_figure
from api.flag_words import explain_flag
from api.model import ValueRow
from api.recall import recall
from api.respond import label_release
from api.routes.metrics import describe_metric
from api.series import label_group
from api.snapshot import Area, Snapshot
from api.standing import ComparisonRow
from api.values import compute_values, row_type
from api.wire import MetricRow, SourceRow
from sql.measure import Measure


class CitedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure (`figure`, as `/v1/values` gives it), what it means, what it stands on, and every version of it.

    `group_label` is None for the total. `flags_explained` are the flags of the figure in sentences, in their order.
    `position` is its place among the areas of its kind. `history` begins with the oldest version.
    """

    title: str
    figure: ValueRow
    group_label: str | None
    basis_label: str
    position: str | None
    position_note: str | None
    flags_explained: tuple[str, ...]
    definition: MetricRow
    sources: tuple[SourceRow, ...]
    files: tuple[FileRow, ...]
    history: tuple[VersionRow, ...]
    citation: Citation


async def read_figure(
    conn: Any, newest: Snapshot, measure: Measure, area: Area, given: Given
) -> tuple[Snapshot, ValueRow]:
    """The figure that parameters choose, with the snapshot that it is from. Raises BadParameter."""
    snapshot = await recall(conn, newest, given.get("as_of"))
    request = resolve_figure(snapshot, measure, area, given)
    (row,) = await compute_values(conn, snapshot, request)
    assert isinstance(row, row_type(request))
    return snapshot, row


async def read_cited(
    conn: Any, newest: Snapshot, measure: Measure, area: Area, given: Given, origin: str
) -> tuple[Snapshot, CitedFigure]:
    """The figure with what it takes to check it. `origin`: under which address the server was asked. Raises BadParameter."""
    snapshot, row = await read_figure(conn, newest, measure, area, given)
    label_release(snapshot)
    assert snapshot.release is not None
    request = resolve_figure(snapshot, measure, area, given)
    place = await find_place(conn, snapshot, row)
    label = label_group(snapshot, measure, row.basis, row.group)
    return snapshot, CitedFigure(
        title=f"{measure.title}{f', {label}' if label else ''}: {row.area_name}",
        figure=row,
        group_label=label,
        basis_label=next(one.label for one in measure.bases if one.basis == row.basis),
        position=place.position if place else None,
        position_note=note_place(place),
        flags_explained=tuple(explain_flag(flag, snapshot.breaks) for flag in row.flags),
        definition=describe_metric(snapshot, measure),
        sources=tuple(await read_sources(conn, snapshot, measure, row.basis)),
        files=tuple(await read_files(conn, snapshot, measure, area, row)),
        history=tuple(await read_history(conn, newest, request)),
        citation=write_citation(
            measure,
            row,
            label,
            snapshot.release,
            area.slug,
            origin + cite_row(row, area.slug),
            is_sample=snapshot.is_sample,
        ),
    )


async def find_place(conn: Any, snapshot: Snapshot, row: ValueRow) -> ComparisonRow | None:
    """Where a figure lies among those of the areas of its kind; None where they are not compared in its window."""
    if row.window not in WINDOWS:
        return None
    try:
        return await compare_area(
            conn,
            snapshot,
            row.metric,
            row.area_code,
            to=row.to_month,
            window=row.window,
            group=row.group,
            basis=row.basis,
        )
    except ApiError:
        return None


def note_place(place: ComparisonRow | None) -> str | None:
    """What a position means, in words."""
    if place is None or place.position is None:
        return None
    others = "boroughs" if place.area_kind == "borough" else "BCUs"
    match place.position:
        case "Similar":
            return f"to most {others}: within the 95% limits of chance"
        case "Higher" | "Lower":
            return f"than most {others}: outside the {place.beyond} limits of chance"
        case _:
            return place.position_reason


def list_data_links(row: ValueRow, area: Area, names: Mapping[str, str]) -> dict[str, str]:
    """The same figure as a file of `/v1/values`, by the words of each format (`names`: format by words)."""
    query = urlencode(ask_again(row, area), doseq=True, safe=":*")
    return {words: f"/v1/values?{query}&format={name}" for words, name in names.items()}
