"""The time series of a metric: which there are, and what each needs to become a figure."""

from dataclasses import dataclass

from api.figures.councils import PAYMENTS, is_money
from api.figures.coverage import Need
from api.figures.weighted import YEAR
from api.money import is_withheld_kind
from api.snapshot import SeriesBreak, Snapshot
from sql.measure import TOTAL, Grouping, Measure, group_codes

OFFICER, SELF_DEFINED = "officer_defined", "self_defined"
WITHOUT_SECTION_60 = "_without_section_60"
OFFICER_POPULATION = "ethnicity_officer"
BLACK_OR_MIXED = "black_or_mixed_black"


@dataclass(frozen=True, slots=True)
class Groups:
    """The (basis, group) pairs of a metric, in order; `absent`: those that the basis does not know."""

    codes: tuple[tuple[str, str], ...]
    absent: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Series:
    """One time series and what it needs. `series_id` is None where nothing was ever published in it.

    Populations by name, None where the statistic has none. `is_unknown`: a group of people without residents
    of its own. `is_absent`: the basis has no such group. `is_met_only`: given for the whole Met area alone.
    """

    basis: str
    group: str
    series_id: int | None
    need: Need
    population: str | None
    reference_population: str | None
    mixed_population: str | None
    is_unknown: bool
    is_absent: bool
    is_small: bool
    is_met_only: bool
    breaks: tuple[SeriesBreak, ...]


def catalogue(snapshot: Snapshot, measure: Measure) -> Groups:
    """Every (basis, group) of a metric. Groups that only other bases have are listed as absent."""
    key = ("groups", measure.metric)
    if key not in snapshot.memo:
        snapshot.memo[key] = _list_groups(snapshot, measure)
    found: Groups = snapshot.memo[key]
    return found


def describe_series(snapshot: Snapshot, measure: Measure, basis: str, group: str) -> Series:
    """What one series of a metric needs."""
    key = ("series", measure.metric, basis, group)
    if key not in snapshot.memo:
        snapshot.memo[key] = _describe(snapshot, measure, basis, group)
    found: Series = snapshot.memo[key]
    return found


def is_small(measure: Measure, group: str) -> bool:
    """Whether disclosure control holds for a group of a metric."""
    grouping = find_grouping(measure, group)
    return measure.small or (grouping is not None and grouping.small) or is_withheld_kind(measure, group)


def is_ageless(measure: Measure, basis: str) -> bool:
    """Whether a basis counts cases of no set age: as old as the copy of the file that they were published in."""
    return measure.kind == "cohort" and any(one.basis == basis and one.ahead is None for one in measure.bases)


def find_grouping(measure: Measure, group: str) -> Grouping | None:
    """The grouping that a group code belongs to; None for the total."""
    dimension = group.partition(":")[0]
    return next((grouping for grouping in measure.groups if grouping.dimension == dimension), None)


def label_group(snapshot: Snapshot, measure: Measure, basis: str, group: str) -> str | None:
    """The words for a group, pairs with a stroke between; None for the total.

    The officer's record of a search has groups of its own: Chinese people are of Other there.
    """
    grouping = find_grouping(measure, group)
    if grouping is None:
        return None
    fields = [_find_field(grouping, basis), grouping.within]
    names = group.partition(":")[2].split("/")
    labels = [dict(snapshot.classes.get(field or "", ())) for field in fields]
    return " / ".join(
        known.get(name, name.replace("_", " ")) for name, known in zip(names, labels, strict=False)
    )


def _find_field(grouping: Grouping, basis: str) -> str:
    """The vocabulary field whose classes are the groups on a basis."""
    is_officers = grouping.field == "ethnicity_self" and basis.startswith(OFFICER)
    return OFFICER_POPULATION if is_officers else grouping.field


def list_siblings(measure: Measure, basis: str) -> tuple[str, ...]:
    """The bases that share this one's setting of section 60, itself included, in the metric's order."""
    with_it = not basis.endswith(WITHOUT_SECTION_60)
    return tuple(code for code in measure.basis_codes if with_it != code.endswith(WITHOUT_SECTION_60))


def _list_groups(snapshot: Snapshot, measure: Measure) -> Groups:
    classes = {field: tuple(name for name, _ in listed) for field, listed in snapshot.classes.items()}
    there = {basis: group_codes(measure, basis, classes) for basis in measure.basis_codes}
    codes: list[tuple[str, str]] = []
    absent: set[tuple[str, str]] = set()
    for basis, found in there.items():
        ethnic = [code for other in there.values() for code in other if code.startswith("ethnicity:")]
        order = {code: place for place, code in enumerate(_order_ethnic(measure, classes, ethnic))}
        if any(code in order for code in found):
            plain = [code for code in found if code not in order]
            at = next(place for place, code in enumerate(found) if code in order)
            absent.update((basis, code) for code in order if code not in found)
            found = [*plain[:at], *order, *plain[at:]]
        codes += [(basis, code) for code in found]
    return Groups(tuple(codes), frozenset(absent))


def _order_ethnic(measure: Measure, classes: dict[str, tuple[str, ...]], found: list[str]) -> list[str]:
    grouping = find_grouping(measure, "ethnicity:")
    names = (grouping.classes or classes.get(grouping.field, ())) if grouping else ()
    return [code for code in (f"ethnicity:{name}" for name in names) if code in found]


def _describe(snapshot: Snapshot, measure: Measure, basis: str, group: str) -> Series:
    dimension, _, name = group.partition(":")
    grouping = find_grouping(measure, group)
    people = grouping is not None and grouping.people and measure.statistic in ("rate", "ratio")
    populations = grouping.populations if grouping else {}
    prefix = populations.get(basis, dimension)
    is_unknown = people and name == "unknown"
    is_ratio = measure.statistic == "ratio"
    ahead = next((one.ahead for one in measure.bases if one.basis == basis), None)
    has_residents = measure.statistic in ("rate", "per_head") or measure.kind == "survey"
    own = f"{prefix}:{name}" if people and not is_unknown else None
    reference = grouping.reference if grouping else None
    return Series(
        basis=basis,
        group=group,
        series_id=snapshot.series.get((measure.metric, basis, group)),
        need=Need(
            measure.source,
            _needed_fields(measure, basis, grouping),
            needed_lines(measure, basis) if is_money(measure.source) else needed_words(measure, group),
            YEAR if measure.kind in ("survey", "annual") else 1,
            measure.follows if ahead is not None else None,
            ahead or 0,
        ),
        population=own if people else measure.population if has_residents else None,
        reference_population=f"{prefix}:{reference}" if is_ratio and reference else None,
        mixed_population=f"{prefix}:{BLACK_OR_MIXED}" if is_ratio and name == "black" else None,
        is_unknown=is_unknown,
        is_absent=(basis, group) in catalogue(snapshot, measure).absent,
        is_small=is_small(measure, group),
        is_met_only=grouping is not None and grouping.met_only,
        breaks=tuple(part for part in snapshot.breaks if _touches(part, measure, grouping)),
    )


def _needed_fields(measure: Measure, basis: str, grouping: Grouping | None) -> tuple[str, ...]:
    """The fields a month's file must have filled: the metric's own, and what its events are divided by.

    A month without them has no rows for the groups: Met ages are blank in 2018-02. Its total stands.
    """
    fields: list[str | None] = [measure.field]
    if grouping is not None:
        fields += [
            grouping.dimension,
            _find_field(grouping, basis),
            grouping.within,
            "legislation" if basis.endswith("_without_section_60") else None,
        ]
    return tuple(dict.fromkeys(field for field in fields if field is not None))


def needed_words(measure: Measure, group: str) -> frozenset[str]:
    """The classes a month's file must hold. The total needs every class of its list; a group its own."""
    if measure.words is None:
        return frozenset()
    if measure.needs:
        return frozenset(measure.needs)
    grouping = next((part for part in measure.groups if part.field == measure.words), None)
    if grouping is None:
        return frozenset()
    return frozenset(grouping.classes) if group == TOTAL else frozenset({group.partition(":")[2]})


def needed_lines(measure: Measure, basis: str) -> frozenset[str]:
    """What of a council's money a basis needs: payments of its kind; of returns the lines of budget or of outturn."""
    if measure.source == PAYMENTS:
        return frozenset({basis})
    return frozenset(next((one.needs for one in measure.bases if one.basis == basis), ()))


def _touches(part: SeriesBreak, measure: Measure, grouping: Grouping | None) -> bool:
    """Whether a break touches a series: by its source, and by what its figures depend on."""
    if measure.source not in part.sources and measure.follows not in part.sources:
        return False
    if part.dimensions is None:
        return True
    fields = [measure.field or "", measure.metric if not measure.groups else ""]
    if grouping is not None:
        fields += [grouping.dimension, grouping.field, grouping.within or ""]
    # stop_search_ethnicity_unknown_share has no groups and is about ethnicity by its name only
    return any(
        field == name or field.startswith(f"{name}_") or f"_{name}_" in field
        for field in fields
        for name in part.dimensions
    )
