"""A scorecard: every metric for one area, beside the other areas, a year before, and in a plain sentence.

Figures come as `/v1/values` gives them, positions as the comparison does, signals as `/v1/signals` does, so the
same figure is the same everywhere.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.cards import Card, choose_series, list_own_cards
from api.charts import KINDS as CHARTED
from api.charts import MONTHS, find_chart
from api.comparison import KINDS as COMPARED
from api.comparison import resolve_comparison, stand
from api.contrast import Standing, write_standing
from api.errors import BadParameter
from api.figures.councils import is_money
from api.figures.coverage import FORCES
from api.figures.signals import describe_signal
from api.figures.windows import Window, WindowKind, list_windows, text_of
from api.lacking import write_no_position
from api.model import USUAL, ComparedRow, Selection, ValueRow, ValuesRequest
from api.scene import list_members
from api.sentences import write_hidden, write_hides, write_sentence
from api.series import is_small, label_group
from api.snapshot import Area, Snapshot
from api.standing import ComparisonRow
from api.values import compute_values
from geo.areas import MET_FORCE
from sql.measure import TOTAL, Measure, load_measures

YEAR = 12
# Metrics in one year, of all areas: about 150 KB each; scorecards: about 100 KB each.
FIGURES_KEPT = 128
SCORECARDS_KEPT = 64


class ScorecardRow(ComparedRow, frozen=True, gc=False, rename={"from_month": "from", "to_month": "to"}):
    """A figure of a scorecard: as `/v1/values?compare=` gives it, then its place among the areas of its kind.

    `hides` are the boroughs of a BCU that lie elsewhere than its figure. `signals` are those of the monthly
    series that reach into the window. `section` is policing or, after it, money.
    """

    section: str
    title: str
    unit: str
    rank: int | None
    rank_of: int | None
    rank_reason: str | None
    position: str | None
    beyond: str | None
    position_reason: str | None
    inner_outer: str | None
    inner_outer_value: float | None
    bcu_code: str | None
    bcu_name: str | None
    bcu_value: float | None
    hidden_by_bcu: bool | None
    hides: tuple[str, ...]
    hides_codes: tuple[str, ...]
    signals: tuple[str, ...]
    sentence: str


SCORECARD_COLUMNS: tuple[str, ...] = ScorecardRow.__struct_encode_fields__
NO_YEAR = "No year of this metric ends by this month."
NO_KIND = "Only boroughs and Basic Command Units are placed among others of their kind."
_BESIDE = (
    "rank",
    "rank_of",
    "rank_reason",
    "position",
    "beyond",
    "position_reason",
    "inner_outer",
    "inner_outer_value",
    "bcu_code",
    "bcu_name",
    "bcu_value",
    "hidden_by_bcu",
)


async def write_scorecard(
    conn: Any, snapshot: Snapshot, area: Area, to: int | None = None, as_of: str | None = None
) -> list[ScorecardRow]:
    """The rows of an area's scorecard, by metric; kept with the snapshot. `as_of` is what was asked."""
    kept: dict[Any, list[ScorecardRow]] = snapshot.memo.setdefault("scorecards", {})
    key = area.area_code, to
    if key not in kept:
        rows = [await _write_row(conn, snapshot, area, card) for card in _list_cards(snapshot, area, to)]
        if len(kept) >= SCORECARDS_KEPT:
            kept.clear()
        kept[key] = rows
    return kept[key] if as_of is None else [msgspec.structs.replace(row, as_of=as_of) for row in kept[key]]


def _list_cards(snapshot: Snapshot, area: Area, to: int | None) -> tuple[Card, ...]:
    return list_own_cards(snapshot, to, area.home_force or MET_FORCE, area.borough)


async def prepare_scorecards(conn: Any, snapshot: Snapshot, card: Card) -> None:
    """Work out ahead what every area's scorecard takes for one of its figures."""
    await _find_figures(conn, snapshot, card)
    for kind in COMPARED:
        await _stand(conn, snapshot, kind, card)


async def _write_row(conn: Any, snapshot: Snapshot, area: Area, card: Card) -> ScorecardRow:
    measure = load_measures()[card.metric]
    figure = (await _find_figures(conn, snapshot, card))[area.area_code]
    named: dict[str, Any] = {name: getattr(figure, name, None) for name in ComparedRow.__struct_fields__}
    row = ComparedRow(**named)
    standing = await _find_standing(conn, snapshot, area, card)
    hidden = await _find_hidden(conn, snapshot, area, card)
    signals = await _find_signals(conn, snapshot, area, card, measure, row.months_received)
    sentence = write_sentence(measure, row, label_group(snapshot, measure, card.basis, card.group), standing)
    if standing is not None and standing.hidden_by_bcu:
        sentence += write_hidden(standing.bcu_name)
    if hidden:
        sentence += write_hides([one.area_name for one in hidden])
    beside = _find_place(area, standing, measure, row)
    return ScorecardRow(
        **named,
        section="money" if is_money(measure.source) else "policing",
        title=measure.title,
        unit=measure.unit,
        **beside,
        hides=tuple(one.area_name for one in hidden),
        hides_codes=tuple(one.area_code for one in hidden),
        signals=signals,
        sentence=sentence,
    )


def _find_place(
    area: Area, standing: ComparisonRow | None, measure: Measure, row: ComparedRow
) -> dict[str, Any]:
    if standing is not None:
        return {name: getattr(standing, name) for name in _BESIDE}
    why = NO_YEAR if area.area_kind in COMPARED else NO_KIND
    nothing = write_no_position(measure.statistic, row.value)
    return dict.fromkeys(_BESIDE) | {"rank_reason": why, "position": nothing, "position_reason": why}


async def _find_figures(conn: Any, snapshot: Snapshot, card: Card) -> Mapping[str, ValueRow]:
    """The figure of every area with all that `compare` adds, by area code; kept with the snapshot.

    One area's take as long as all of them, and a group as long as all groups of the scorecard.
    """
    kept: dict[Any, dict[str, dict[str, ValueRow]]] = snapshot.memo.setdefault("scorecard_figures", {})
    key = card.metric, card.window, card.last
    if key not in kept:
        measure = load_measures()[card.metric]
        series = tuple(
            dict.fromkeys(pair for force in FORCES for pair in choose_series(snapshot, measure, force))
        )
        request = _ask(
            tuple(snapshot.areas), card.metric, series, card.window, (_find_year(card),), is_compared=True
        )
        found: dict[str, dict[str, ValueRow]] = {}
        for row in await compute_values(conn, snapshot, request):
            found.setdefault(row.group, {})[row.area_code] = row
        if len(kept) >= FIGURES_KEPT:
            kept.clear()
        kept[key] = found
    return kept[key][card.group]


def _find_year(card: Card) -> Window:
    return Window(card.last - YEAR + 1, card.last)


def _ask(
    areas: tuple[str, ...],
    metric: str,
    series: tuple[tuple[str, str], ...],
    window: WindowKind,
    windows: tuple[Window, ...],
    *,
    is_compared: bool = False,
) -> ValuesRequest:
    return ValuesRequest(
        metrics=(metric,),
        areas=areas,
        first_month=None,
        last_month=None,
        window=window,
        groups=tuple(group for _, group in series),
        bases=tuple(dict.fromkeys(basis for basis, _ in series)),
        as_of=None,
        as_of_text=None,
        selections=(Selection(metric, windows, series),),
        compare=USUAL if is_compared else (),
    )


async def _stand(conn: Any, snapshot: Snapshot, kind: str, card: Card) -> Standing | None:
    """How all areas of a kind stand; None where the metric has no year that ends by then."""
    try:
        request = resolve_comparison(
            snapshot,
            card.metric,
            to=text_of(card.last),
            window=card.window,
            group=None if card.group == TOTAL else card.group,
            basis=card.basis,
        )
    except BadParameter:
        return None
    series = Selection(card.metric, (_find_year(card),), ((card.basis, card.group),))
    figures = await _find_figures(conn, snapshot, card) if request.selections == (series,) else None
    return await stand(conn, snapshot, kind, request, figures)


async def _find_standing(conn: Any, snapshot: Snapshot, area: Area, card: Card) -> ComparisonRow | None:
    """The area's row in the comparison of its kind; None where its kind, or that year, is not compared."""
    if area.area_kind not in COMPARED:
        return None
    standing = await _stand(conn, snapshot, area.area_kind, card)
    return None if standing is None else write_standing(standing, area.area_code)


async def _find_hidden(conn: Any, snapshot: Snapshot, area: Area, card: Card) -> list[ComparisonRow]:
    """The boroughs of a BCU that lie elsewhere among the boroughs than its figure."""
    if area.area_kind != "bcu" or (standing := await _stand(conn, snapshot, "borough", card)) is None:
        return []
    rows = [write_standing(standing, code) for code in list_members(standing.scene, area.area_code)]
    return [row for row in rows if row.hidden_by_bcu]


async def _find_signals(
    conn: Any, snapshot: Snapshot, area: Area, card: Card, measure: Measure, months_received: int
) -> tuple[str, ...]:
    """The signals of the monthly series that reach into the last twelve months, as sentences."""
    if measure.kind not in CHARTED or is_small(measure, card.group) or not months_received:
        return ()
    months = list_windows("month", card.last - MONTHS + 1, card.last)
    rows = await compute_values(
        conn, snapshot, _ask((area.area_code,), card.metric, ((card.basis, card.group),), "month", months)
    )
    if all(row.value is None for row in rows):
        return ()
    signals = find_chart(snapshot, measure, rows).signals
    return tuple(f"{describe_signal(one)}." for one in signals if one.last > card.last - YEAR)
