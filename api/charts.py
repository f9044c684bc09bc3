"""Monthly series with their limits and signals: does this area's figure signal a change?"""

from collections.abc import Sequence
from typing import Any

import msgspec

from api.errors import BadParameter
from api.figures.councils import is_money
from api.figures.coverage import FORCES
from api.figures.signals import Chart, Segment, describe_signal, explain_segment, find_signals
from api.figures.windows import list_windows, parse_month, text_of
from api.model import Selection, ValueRow, ValuesRequest
from api.request import Raw, resolve_request
from api.series import describe_series, is_small
from api.snapshot import Snapshot
from api.values import compute_values
from sql.measure import TOTAL, Measure, load_measures

MONTHS = 36
KINDS = ("flow", "cohort")
# What a figure cannot exceed.
CEILINGS = {"share": 1.0}
# More may be credited than paid in a month.
FLOORS = {"amount": float("-inf")}


class SignalRow(msgspec.Struct, frozen=True):
    """A month of a series with the limits that hold for it, and the signals that it is part of.

    `centre`, `limit_lower` and `limit_upper` are those of the stretch `stretch_from` to `stretch_to` between two
    breaks of the series, null where it has fewer than 12 points (`note` says so). `rules` and `signals` go
    together: outside, one_side or trend, and the sentence with its months.
    """

    metric: str
    area_code: str
    area_name: str
    area_kind: str
    month: str
    group: str
    basis: str
    numerator: float | None
    denominator: float | None
    value: float | None
    status: str
    flags: tuple[str, ...]
    reason: str | None
    centre: float | None
    limit_lower: float | None
    limit_upper: float | None
    stretch_from: str
    stretch_to: str
    rules: tuple[str, ...]
    signals: tuple[str, ...]
    note: str | None
    release: str | None


SIGNAL_COLUMNS: tuple[str, ...] = SignalRow.__struct_encode_fields__


async def draw_series(conn: Any, snapshot: Snapshot, raw: Raw) -> list[SignalRow]:
    """The months of one series of one area, from raw parameters: metric, area, from, to, group, basis.

    By default the latest 36 months. Raises BadParameter.
    """
    request = resolve_series(snapshot, raw)
    (selection,) = request.selections
    rows = await compute_values(conn, snapshot, request)
    return write_chart(snapshot, load_measures()[selection.metric], rows)


def resolve_series(snapshot: Snapshot, raw: Raw) -> ValuesRequest:
    """The request by month for one series of one area. Raises BadParameter where it is none, or several."""
    metrics = raw.get("metric", ())
    measure = load_measures().get(metrics[0].strip().casefold()) if len(metrics) == 1 else None
    if measure is not None:
        _refuse_series(measure, raw)
    request = resolve_request(snapshot, {**raw, "window": ["month"]})
    if len(request.areas) > 1:
        raise BadParameter("area", raw["area"][0], (), "A chart is of one area: say which.")
    (selection,) = request.selections
    _refuse_basis(selection)
    if "group" in raw and len(selection.series) > 1:
        codes = [group for _, group in selection.series]
        sentence = f"A chart is of one group: choose one of {', '.join(codes)}."
        raise BadParameter("group", raw["group"][0], codes, sentence)
    windows = selection.windows
    if "from" not in raw:
        windows = list_windows("month", windows[-1].last - MONTHS + 1, windows[-1].last)
    chosen = Selection(selection.metric, windows, selection.series[:1])
    return msgspec.structs.replace(request, selections=(chosen,))


def _refuse_series(measure: Measure, raw: Raw) -> None:
    if measure.kind not in KINDS:
        sentence = (
            f"{measure.metric} has no figures by month, so there is no monthly series to look for signals in."
        )
        raise BadParameter("metric", measure.metric, _list_charted(), sentence)
    groups = [text.strip().casefold() for text in raw.get("group", ())]
    if is_small(measure, TOTAL) or any(is_small(measure, group) for group in groups):
        why = "holds payments for domestic abuse" if is_money(measure.source) else "counts few people"
        sentence = f"{measure.metric} {why} here, so it is given by the year only and has no months."
        raise BadParameter("metric", measure.metric, _list_charted(), sentence)


def _refuse_basis(selection: Selection) -> None:
    """Refuse cases whose age differs from month to month: their series would fall for that alone."""
    measure = load_measures()[selection.metric]
    aged = [one.basis for one in measure.bases if one.ahead is not None]
    asked = selection.series[0][0]
    if measure.kind == "cohort" and asked not in aged:
        sentence = (
            f"basis={asked} has cases of a different age in each month: choose one of {', '.join(aged)}."
        )
        raise BadParameter("basis", asked, aged, sentence)


def _list_charted() -> list[str]:
    return [one.metric for one in load_measures().values() if one.kind in KINDS and not is_small(one, TOTAL)]


def write_chart(snapshot: Snapshot, measure: Measure, rows: Sequence[ValueRow]) -> list[SignalRow]:
    """The rows of a chart from the figures of one series of one area, month by month without a gap.

    A series restarts at every break that concerns it, whatever its effect.
    """
    if not rows:
        return []
    chart = find_chart(snapshot, measure, rows)
    first = parse_month(rows[0].from_month)
    return [_write_month(row, first + place, chart) for place, row in enumerate(rows)]


def find_chart(snapshot: Snapshot, measure: Measure, rows: Sequence[ValueRow]) -> Chart:
    """Limits and signals of the figures of one series of one area, month by month without a gap."""
    head = rows[0]
    force = snapshot.areas[head.area_code].home_force
    series = describe_series(snapshot, measure, head.basis, head.group)
    forces = FORCES if force is None else (force,)
    return find_signals(
        [float("nan") if row.value is None else row.value for row in rows],
        parse_month(head.from_month),
        {part.month for part in series.breaks if part.concerns(forces)},
        floor=FLOORS.get(measure.statistic, 0.0),
        ceiling=CEILINGS.get(measure.statistic, float("inf")),
    )


def _write_month(row: ValueRow, month: int, chart: Chart) -> SignalRow:
    stretch = next(one for one in chart.segments if one.first <= month <= one.last)
    signals = [one for one in chart.signals if one.first <= month <= one.last]
    return SignalRow(
        metric=row.metric,
        area_code=row.area_code,
        area_name=row.area_name,
        area_kind=row.area_kind,
        month=row.from_month,
        group=row.group,
        basis=row.basis,
        numerator=row.numerator,
        denominator=row.denominator,
        value=row.value,
        status=row.status,
        flags=row.flags,
        reason=row.reason,
        **_write_limits(stretch),
        rules=tuple(one.rule for one in signals),
        signals=tuple(describe_signal(one) for one in signals),
        note=explain_segment(stretch),
        release=row.release,
    )


def _write_limits(stretch: Segment) -> dict[str, Any]:
    return {
        "centre": stretch.centre,
        "limit_lower": stretch.lower,
        "limit_upper": stretch.upper,
        "stretch_from": text_of(stretch.first),
        "stretch_to": text_of(stretch.last),
    }
