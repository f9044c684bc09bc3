"""How one metric compares over the areas of a kind: rank, funnel position, neighbours, BCU, rest of the Met area.

Everything beside a figure is worked out from rows as `/v1/values` gives them, so a comparison never tells more
than the figures shown: what is withheld has no number here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from api.ages import find_standards
from api.circle import MET
from api.contrast import Standing, find_standing, write_standing
from api.errors import BadParameter, NotFound, find_close
from api.figures.windows import WindowKind, parse_month, text_of
from api.model import Selection, ValueRow, ValuesRequest
from api.questions import gather
from api.request import Raw, resolve_request
from api.scene import set_scene
from api.series import is_small
from api.snapshot import Snapshot
from api.standing import ComparisonRow
from api.survey import list_published
from api.values import compute_values
from sql.measure import TOTAL, Measure, load_measures

KINDS = ("borough", "bcu")
WINDOWS: tuple[WindowKind, ...] = ("rolling_12", "calendar_year", "financial_year")
STANDINGS_KEPT = 128


async def compare_areas(
    conn: Any,
    snapshot: Snapshot,
    metric: str,
    *,
    kind: str = "borough",
    to: str | None = None,
    window: str | None = None,
    group: str | None = None,
    basis: str | None = None,
) -> list[ComparisonRow]:
    """A row for each area of the kind (borough or bcu), by area code: the latest year up to the month `to`.

    `window` is a rolling year by default, a financial year where disclosure control holds; without a group the
    total, or the first group of a metric that has none. Raises NotFound for a metric, BadParameter for anything
    else that is not there.
    """
    request = resolve_comparison(snapshot, metric, to=to, window=window, group=group, basis=basis)
    standing = await stand(conn, snapshot, kind, request)
    return [write_standing(standing, code) for code in standing.scene.compared]


async def compare_area(
    conn: Any, snapshot: Snapshot, metric: str, area_code: str, **given: str | None
) -> ComparisonRow | None:
    """The row of one borough or BCU in the comparison of its kind, a tenth of the work of all rows; None for
    other areas. `given` and errors as for `compare_areas`, but for the kind.
    """
    kind = snapshot.areas[area_code].area_kind
    if kind not in KINDS:
        return None
    standing = await stand(conn, snapshot, kind, resolve_comparison(snapshot, metric, **given))
    return write_standing(standing, area_code)


async def stand(
    conn: Any,
    snapshot: Snapshot,
    kind: str,
    request: ValuesRequest,
    figures: Mapping[str, ValueRow] | None = None,
) -> Standing:
    """How the areas of a kind stand in a request of `resolve_comparison`; `write_standing` gives the row of one.

    `figures`: those of the request, by area code, where they are known already. Those asked for last are kept with the
    snapshot. Raises BadParameter for another kind than borough or bcu.
    """
    if kind not in KINDS:
        raise BadParameter("kind", kind, KINDS)
    kept: dict[Any, Standing] = snapshot.memo.setdefault("standings", {})
    key = kind, request.window, request.selections
    if key not in kept:
        found = await _compare(conn, snapshot, kind, request, figures)
        if len(kept) >= STANDINGS_KEPT:
            kept.clear()
        kept[key] = found
    return kept[key]


async def _compare(
    conn: Any,
    snapshot: Snapshot,
    kind: str,
    request: ValuesRequest,
    figures: Mapping[str, ValueRow] | None,
) -> Standing:
    (selection,) = request.selections
    measure = load_measures()[selection.metric]
    if figures is None:
        rows = await compute_values(conn, snapshot, request)
    else:
        rows = [figures[code] for code in request.areas]
    standards = await find_standards(conn, snapshot, measure, request)
    return find_standing(set_scene(snapshot, measure, rows, kind, selection.windows[0]), standards)


def resolve_comparison(
    snapshot: Snapshot,
    metric: str,
    *,
    to: str | None = None,
    window: str | None = None,
    group: str | None = None,
    basis: str | None = None,
) -> ValuesRequest:
    """The request for one series in one year, of all boroughs, all BCUs and the Met area's located events.

    Raises NotFound for a metric, BadParameter for anything else that is not there or is several.
    """
    measure = find_measure(metric)
    if window is not None and window not in WINDOWS:
        raise BadParameter("window", window, WINDOWS)
    is_few = is_small(measure, (group or TOTAL).strip().casefold())
    if measure.kind == "annual":
        to = _find_year(snapshot, measure, to)
    raw: dict[str, list[str]] = {
        "metric": [metric],
        "area": ["boroughs", "bcus", MET],
        "window": [window or ("financial_year" if is_few or measure.kind == "annual" else "rolling_12")],
    }
    asked: Raw = gather(to=to, group=group, basis=basis)
    request = resolve_request(snapshot, {**raw, **asked})
    (selection,) = request.selections
    series = _choose_one(selection, group)
    return msgspec.structs.replace(
        request, selections=(Selection(metric, selection.windows[-1:], (series,)),)
    )


def _find_year(snapshot: Snapshot, measure: Measure, to: str | None) -> str | None:
    """The month with which the latest financial year of a metric ends that ends by `to`; `to` itself where none does."""
    try:
        last = None if to is None else parse_month(to.strip())
    except ValueError:
        return to
    ended = [month for month in list_published(snapshot, measure) if last is None or month <= last]
    return text_of(ended[-1]) if ended else to


def keep_within(snapshot: Snapshot, rows: Sequence[ComparisonRow], within: str) -> list[ComparisonRow]:
    """The rows of the boroughs of a BCU, by its code or slug. Raises BadParameter where there are none."""
    area = snapshot.find_area(within)
    kept = [row for row in rows if area is not None and row.bcu_code == area.area_code]
    if not kept:
        sentence = f"within={within!r} names no BCU whose boroughs are compared: name one, with kind=borough."
        bcus = [one.slug for one in snapshot.areas.values() if one.area_kind == "bcu"]
        raise BadParameter("within", within, bcus, sentence)
    return kept


def find_measure(metric: str) -> Measure:
    """The measure of a metric's id. Raises NotFound with what is close, and all there are."""
    measures = load_measures()
    if metric not in measures:
        close = find_close(metric, list(measures))
        hint = f": did you mean {' or '.join(close)}?" if close else "."
        raise NotFound(
            f"There is no metric {metric!r}{hint} /v1/metrics lists them all.",
            found=metric,
            allowed=[*close, *(name for name in measures if name not in close)],
        )
    return measures[metric]


def _choose_one(selection: Selection, group: str | None) -> tuple[str, str]:
    """The one series asked for; the first where no group was. Raises BadParameter where there are several."""
    if group is not None and len(selection.series) > 1:
        codes: Sequence[str] = [code for _, code in selection.series]
        raise BadParameter(
            "group",
            group,
            codes,
            f"A comparison is of one group, and group={group!r} is {len(codes)}: choose one of "
            f"{', '.join(codes)}.",
        )
    return selection.series[0]
