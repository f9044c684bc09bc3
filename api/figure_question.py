"""One figure, by the parameters that choose it: checked, with the usual ones where they are left out. Pure.

`from` and `to` are the figure's own first and last month. In `/v1/values` they bound the last months of windows, so the
question here is put in its words before it is answered.
"""

from collections.abc import Mapping, Sequence

from api.cards import Card, choose_series, list_own_cards
from api.errors import BadParameter
from api.figures.windows import DECEMBER, KINDS, MARCH, WindowKind, parse_month, text_of
from api.model import ValueRow, ValuesRequest
from api.questions import refuse_future
from api.request import resolve_request
from api.series import catalogue, is_small
from api.snapshot import Area, Snapshot
from geo.areas import MET_FORCE
from sql.measure import TOTAL, Measure

YEAR = 12
ENDS = {"financial_year": MARCH, "calendar_year": DECEMBER}
Given = Mapping[str, str | None]


def resolve_figure(snapshot: Snapshot, measure: Measure, area: Area, given: Given) -> ValuesRequest:
    """The request for exactly one figure. `given`: from, to, window, group, basis and as_of, None where left out.

    Left out, they are the metric's latest usual year, its total (else its first group) and its first basis. Raises
    BadParameter, which names what there is.
    """
    refuse_future(("from", given.get("from")), ("to", given.get("to")))
    basis = _choose_basis(measure, given.get("basis"))
    group = _choose_group(snapshot, measure, basis, given.get("group"))
    kind, first, last = _choose_months(snapshot, measure, area, basis, group, given)
    raw = write_question(measure.metric, area, kind, first, last, basis, group)
    if (as_of := given.get("as_of")) is not None:
        raw["as_of"] = [as_of]
    request = resolve_request(snapshot, raw)
    (selection,) = request.selections
    window = selection.windows[-1]
    if (window.first, window.last) != (first, last) or len(selection.windows) != 1:
        raise BadParameter(
            "from", text_of(first), (), f"There is no {kind} {text_of(first)} to {text_of(last)}."
        )
    return request


def write_question(
    metric: str, area: Area, kind: WindowKind, first: int, last: int, basis: str, group: str
) -> dict[str, list[str]]:
    """The same question as `/v1/values` takes it."""
    raw: dict[str, list[str]] = {
        "metric": [metric],
        "area": [area.slug],
        "from": [text_of(first if kind == "whole" else last)],
        "to": [text_of(last)],
        "window": [kind],
        "basis": [basis],
    }
    if group != TOTAL:
        raw["group"] = [group]
    return raw


def ask_again(row: ValueRow, area: Area) -> dict[str, list[str]]:
    """The question of `/v1/values` whose only row is this one, in the release it is from."""
    first, last = parse_month(row.from_month), parse_month(row.to_month)
    raw = write_question(row.metric, area, row.window, first, last, row.basis, row.group)
    return raw if row.release is None else {**raw, "as_of": [row.release]}


def _choose_basis(measure: Measure, text: str | None) -> str:
    if text is None:
        return measure.basis_codes[0]
    found = next((code for code in measure.basis_codes if code == text.strip().casefold()), None)
    if found is None:
        raise BadParameter("basis", text, measure.basis_codes)
    return found


def _choose_group(snapshot: Snapshot, measure: Measure, basis: str, text: str | None) -> str:
    codes = [code for other, code in catalogue(snapshot, measure).codes if other == basis]
    if text is None:
        usual = [group for _, group in choose_series(snapshot, measure)]
        return next((code for code in (TOTAL, *usual, *codes) if code in codes), TOTAL)
    word = text.strip().casefold()
    matched = [code for code in codes if code == word]
    matched = matched or [code for code in codes if code.partition(":")[2] == word]
    if len(matched) == 1:
        return matched[0]
    several = [code for code in codes if code.partition(":")[0] == word]
    if several or matched:
        options = matched or several
        sentence = f"group={text!r} is {len(options)} groups, and a figure is of one: choose one of {', '.join(options)}."
        raise BadParameter("group", text, options, sentence)
    sentence = f"{measure.metric} has no group {text!r} on basis={basis}. It has: {', '.join(codes)}."
    raise BadParameter("group", text, codes, sentence)


def _choose_months(
    snapshot: Snapshot, measure: Measure, area: Area, basis: str, group: str, given: Given
) -> tuple[WindowKind, int, int]:
    """The window, and its first and last month."""
    first, last = (
        None if (text := given.get(name)) is None else parse_month(text) for name in ("from", "to")
    )
    if first is not None and last is not None and last < first:
        raise BadParameter(
            "to", text_of(last), (), f"to={text_of(last)} is before from={text_of(first)}: swap them."
        )
    is_yearly = is_small(measure, group) or measure.kind == "annual"
    kind = _read_window(given.get("window"))
    if kind is None:
        is_free = first is not None and last is not None and not is_yearly
        kind = "whole" if is_free else "financial_year" if is_yearly else "rolling_12"
    if kind == "whole":
        end = _find_usual_end(snapshot, area, measure, basis, group) if last is None else last
        return kind, end - YEAR + 1 if first is None else first, end
    length = 1 if kind == "month" else YEAR
    if last is None:
        usual = _find_usual_end(snapshot, area, measure, basis, group)
        last = usual - (usual - ENDS[kind]) % YEAR if kind in ENDS else usual
        last = last if first is None else first + length - 1
    if kind in ENDS and last % YEAR != ENDS[kind]:
        ended = last - (last - ENDS[kind]) % YEAR
        sentence = f"No {kind.replace('_', ' ')} ends with {text_of(last)}: one ends with {text_of(ended)}, another with "
        sentence += f"{text_of(ended + YEAR)}."
        raise BadParameter("to", text_of(last), [text_of(ended), text_of(ended + YEAR)], sentence)
    if first is not None and first != last - length + 1:
        begins = text_of(last - length + 1)
        sentence = (
            f"window={kind} that ends with {text_of(last)} begins with {begins}, not with {text_of(first)}: leave from out, "
            "or ask for window=whole."
        )
        raise BadParameter("from", text_of(first), [begins], sentence)
    return kind, last - length + 1, last


def _read_window(text: str | None) -> WindowKind | None:
    if text is None:
        return None
    found = next((kind for kind in KINDS if kind == text.strip().casefold()), None)
    if found is None:
        raise BadParameter("window", text, KINDS)
    return found


def _find_usual_end(snapshot: Snapshot, area: Area, measure: Measure, basis: str, group: str) -> int:
    """The last month of the year that the area's scorecard shows."""
    cards: Sequence[Card] = [
        card
        for card in list_own_cards(snapshot, None, area.home_force or MET_FORCE, area.borough)
        if card.metric == measure.metric
    ]
    exact = [card for card in cards if (card.basis, card.group) == (basis, group)]
    return (exact or cards)[0].last
