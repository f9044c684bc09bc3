"""From the parameters of a request to what is to be computed, checked against what there is.

`group`: none is the total (all groups of a metric that has no total), `*` all groups, a dimension
(`ethnicity`), a group (`ethnicity:black`), or a class (`black`) where it belongs to one dimension only.
`basis`: none is the metric's first, `*` all. With several metrics a group or basis must exist in one of them;
the others are left out. Groups under disclosure control are left out of `*` unless the window is a year.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TypeVar

from api.base_year import read_base_year
from api.errors import BadParameter
from api.figures.councils import PAYMENTS
from api.figures.disclosure import MET_WINDOWS, WINDOWS_ALLOWED
from api.figures.windows import KINDS, Window, WindowKind, list_windows, number_of, parse_month, text_of
from api.model import COMPARATORS, Comparator, Selection, ValuesRequest
from api.money import find_last_paid, keep_told
from api.series import Groups, catalogue, is_small
from api.snapshot import Release, Snapshot, is_met_wide
from api.survey import has_years, keep_published, list_published, refuse_windows
from sql.measure import TOTAL, Measure, load_measures

AREA_KINDS = {"boroughs": "borough", "bcus": "bcu"}
ALL = "*"
Raw = Mapping[str, Sequence[str]]
Thing = TypeVar("Thing")


def resolve_request(snapshot: Snapshot, raw: Raw) -> ValuesRequest:
    """The request of raw parameters (each name with its values). Raises BadParameter with what is allowed.

    Pass the snapshot of the release that `as_of` names (`find_release`): the latest months depend on it.
    """
    measures = load_measures()
    metrics = _choose("metric", raw.get("metric", ()), measures)
    window = _read_window(raw)
    areas = _read_areas(snapshot, raw.get("area", ()))
    chosen = [measures[metric] for metric in metrics]
    bases = _read_bases(chosen, raw.get("basis", ()))
    groups = {m.metric: catalogue(snapshot, m) for m in chosen}
    wanted = _read_groups(groups, raw.get("group", ()))
    first, last = _read_month(raw, "from"), _read_month(raw, "to")
    if first is not None and last is not None and last < first:
        raise BadParameter(
            "to", text_of(last), (), f"to={text_of(last)} is before from={text_of(first)}: swap them."
        )
    selections = []
    refused: BadParameter | None = None
    for measure in chosen:
        series = _select_series(measure, groups[measure.metric], bases, wanted, raw)
        series = _refuse_small(snapshot, measure, series, window, areas, raw.get("group", ()))
        if series:
            windows = _list_windows(window, *_default_months(snapshot, measure, series, areas, first, last))
            if has_years(measure):
                published = list_published(snapshot, measure)
                windows = keep_published(windows, published, is_financial=measure.kind == "annual")
                refused = None if windows else refuse_windows(measure, window, published)
            if not windows:
                continue
            selections.append(Selection(measure.metric, windows, series))
    if not selections:
        if refused is not None:
            raise refused
        options = sorted({f"{group} ({basis})" for found in groups.values() for basis, group in found.codes})
        raise BadParameter(
            "group",
            ", ".join(raw.get("group", ())) or None,
            options,
            "No metric asked for has this group on this basis.",
        )
    release = find_release(snapshot, raw)
    compare = _read_comparators(raw.get("compare", ()))
    return ValuesRequest(
        metrics=tuple(metrics),
        areas=areas,
        first_month=None if first is None else text_of(first),
        last_month=None if last is None else text_of(last),
        window=window,
        groups=tuple(raw.get("group", ())) or (TOTAL,),
        bases=tuple(raw.get("basis", ())),
        as_of=None if release is None else release.release_id,
        as_of_text=_single(raw, "as_of"),
        selections=tuple(selections),
        compare=compare,
        base_year=read_base_year(
            snapshot, chosen, _single(raw, "base_year"), is_compared="base_year" in compare
        ),
    )


def find_release(snapshot: Snapshot, raw: Raw) -> Release | None:
    """The release of `as_of`. None: not asked."""
    return read_release(snapshot, "as_of", _single(raw, "as_of"))


def read_release(snapshot: Snapshot, parameter: str, text: str | None) -> Release | None:
    """The release that a parameter names: by name, or the latest by the end of a day (UTC). None: not given.

    Raises BadParameter.
    """
    if text is None:
        return None
    names = [release.release for release in snapshot.releases]
    by_name = next((release for release in snapshot.releases if release.release == text), None)
    if by_name is not None:
        return by_name
    try:
        day = date.fromisoformat(text)
    except ValueError:
        sentence = (
            f"{parameter}={text!r} is neither a day like 2026-11-22 nor a release that /v1/releases lists."
        )
        raise BadParameter(parameter, text, names[:20], sentence) from None
    end = datetime.combine(day, time.max, tzinfo=UTC)
    found = next((release for release in snapshot.releases if release.published_at <= end), None)
    if found is None:
        first = f" The first is of {snapshot.releases[-1].published_at:%Y-%m-%d}." if names else ""
        raise BadParameter(parameter, text, names[:20], f"Nothing had been published by {text}.{first}")
    return found


def _read_comparators(texts: Sequence[str]) -> tuple[Comparator, ...]:
    """What to set beside each figure, in the order of the columns."""
    asked = _choose("compare", texts, COMPARATORS) if texts else ()
    return tuple(name for name in COMPARATORS if name in asked)


def _read_window(raw: Raw) -> WindowKind:
    text = _single(raw, "window")
    if text is None:
        return "whole"
    kind = next((kind for kind in KINDS if kind == text.strip().casefold()), None)
    if kind is None:
        raise BadParameter("window", text, KINDS)
    return kind


def _read_areas(snapshot: Snapshot, texts: Sequence[str]) -> tuple[str, ...]:
    kinds = [*AREA_KINDS, "all"]
    if not texts:
        sentence = f"Say which area: a code, a slug, or {', '.join(kinds)}."
        raise BadParameter("area", None, [*kinds, *_list_slugs(snapshot)], sentence)
    found: list[str] = []
    for text in texts:
        word = text.strip().casefold()
        if word in kinds:
            found += [
                a.area_code
                for a in snapshot.areas.values()
                if word == "all" or a.area_kind == AREA_KINDS[word]
            ]
        elif (area := snapshot.find_area(text)) is not None:
            found.append(area.area_code)
        else:
            raise BadParameter("area", text, [*kinds, *_list_slugs(snapshot)])
    return tuple(dict.fromkeys(found))


def _list_slugs(snapshot: Snapshot) -> list[str]:
    return [area.slug for area in snapshot.areas.values()]


def _read_month(raw: Raw, name: str) -> int | None:
    text = _single(raw, name)
    if text is None:
        return None
    try:
        return parse_month(text.strip())
    except ValueError as error:
        raise BadParameter(name, text, (), f"{name}: {error}") from None


def _read_bases(measures: Sequence[Measure], texts: Sequence[str]) -> set[str] | None:
    """The bases asked for; None for each metric's first."""
    if not texts:
        return None
    every = dict.fromkeys(code for measure in measures for code in measure.basis_codes)
    return set(every) if ALL in texts else set(_choose("basis", texts, every, (ALL,)))


def _read_groups(groups: Mapping[str, Groups], texts: Sequence[str]) -> set[str] | None:
    """The group codes asked for; None for the total."""
    if not texts:
        return None
    every = dict.fromkeys(code for found in groups.values() for _, code in found.codes)
    if ALL in texts:
        return set(every)
    wanted: set[str] = set()
    for text in texts:
        word = text.strip().casefold()
        matched = [code for code in every if word in (code, code.partition(":")[0])]
        matched = matched or [code for code in every if code.partition(":")[2] == word]
        if not matched:
            raise BadParameter("group", text, [ALL, *every])
        if ":" not in word and matched[0].partition(":")[0] != word and len(matched) > 1:
            sentence = f"group={text!r} could be {' or '.join(matched)}: say which."
            raise BadParameter("group", text, matched, sentence)
        wanted.update(matched)
    return wanted


def _select_series(
    measure: Measure, groups: Groups, bases: set[str] | None, wanted: set[str] | None, raw: Raw
) -> tuple[tuple[str, str], ...]:
    chosen = {measure.basis_codes[0]} if bases is None else bases
    codes = [pair for pair in groups.codes if pair[0] in chosen]
    if wanted is None:
        totals = [pair for pair in codes if pair[1] == TOTAL]
        return tuple(totals if totals or any(group == TOTAL for _, group in groups.codes) else codes)
    return tuple(pair for pair in codes if pair[1] in wanted)


def _refuse_small(
    snapshot: Snapshot,
    measure: Measure,
    series: tuple[tuple[str, str], ...],
    window: WindowKind,
    areas: tuple[str, ...],
    raw_groups: Sequence[str],
) -> tuple[tuple[str, str], ...]:
    small = [pair for pair in series if is_small(measure, pair[1])]
    if not small:
        return series
    if measure.source == PAYMENTS:
        return keep_told(measure, series, window, raw_groups)
    local = [snapshot.areas[code] for code in areas if not is_met_wide(snapshot.areas[code])]
    if window in WINDOWS_ALLOWED and not (window in MET_WINDOWS and local):
        return series
    if ALL in raw_groups and not measure.small:
        return tuple(pair for pair in series if pair not in small)
    what = measure.metric if measure.small else f"{measure.metric} by {small[0][1].partition(':')[0]}"
    if window in WINDOWS_ALLOWED:
        wide = [area.slug for area in snapshot.areas.values() if is_met_wide(area)]
        sentence = (
            f"{what} counts few people: by {window} it is given for the whole Met area only ({', '.join(wide)}), "
            f"not for {local[0].area_name}, since calendar and financial years overlap and together would tell of "
            "less than a year. Ask for window=financial_year."
        )
        raise BadParameter("window", window, [kind for kind in WINDOWS_ALLOWED if kind != window], sentence)
    sentence = (
        f"{what} counts few people: it is given by {' or '.join(WINDOWS_ALLOWED)} only, not by {window}."
    )
    raise BadParameter("window", window, WINDOWS_ALLOWED, sentence)


def _default_months(
    snapshot: Snapshot,
    measure: Measure,
    series: Sequence[tuple[str, str]],
    areas: Sequence[str],
    first: int | None,
    last: int | None,
) -> tuple[int, int]:
    """From and to, by default the latest 12 months of the metric's source; of payments those of the kinds asked for."""
    if last is None:
        latest = snapshot.last_month(measure.source)
        if measure.source == PAYMENTS:
            latest = find_last_paid(snapshot, {basis for basis, _ in series}, areas) or latest
        if latest is None:
            published = snapshot.release.published_at if snapshot.release else datetime.now(UTC)
            latest = number_of(published.date()) - 1
        last = latest if first is None else max(first, latest)
    return (last - 11 if first is None else first), last


def _list_windows(kind: WindowKind, first: int, last: int) -> tuple[Window, ...]:
    windows = list_windows(kind, first, last)
    if not windows:
        words = kind.replace("_", " ")
        sentence = (
            f"No {words} ends between {text_of(first)} and {text_of(last)}: from and to bound its last month."
        )
        raise BadParameter("window", kind, (), sentence)
    return windows


def _choose(name: str, texts: Sequence[str], known: Iterable[str], also: Sequence[str] = ()) -> list[str]:
    options = {word.casefold(): word for word in known}
    allowed = [*also, *options.values()]
    if not texts:
        raise BadParameter(name, None, allowed)
    for text in texts:
        if text.strip().casefold() not in options:
            raise BadParameter(name, text, allowed)
    return list(dict.fromkeys(options[text.strip().casefold()] for text in texts))


def _single(raw: Raw, name: str) -> str | None:
    texts = raw.get(name, ())
    if len(texts) > 1:
        raise BadParameter(name, ", ".join(texts), (), f"{name} is given {len(texts)} times: give it once.")
    return texts[0] if texts else None
