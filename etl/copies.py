"""Which copy of a month takes the place of which. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import asyncpg
import msgspec

from etl.errors import Refused
from etl.months import month_ranges
from etl.prepared import Prepared
from etl.report import Options
from etl.vocabulary import Codes

Copies = Sequence[asyncpg.Record]

HALVES = (
    "If they are two parts of a month or a quarter, put their rows into one file and load that with --force. "
)


class Plan(msgspec.Struct, frozen=True):
    """What becomes of the months of a file. `overtaken`: the copies of single months that it takes the place of.

    `held`: the months that a later vintage holds already, and by which resource; they are recorded and not stored.
    """

    overtaken: tuple[asyncpg.Record, ...]
    held: dict[date, asyncpg.Record]

    def taken(self, prepared: Prepared) -> list[date]:
        """The months that are stored."""
        return [month.month for month in prepared.months if month.month not in self.held]

    def by_resource(self) -> dict[int, list[asyncpg.Record]]:
        """The copies that are taken the place of, by their resource."""
        grouped: dict[int, list[asyncpg.Record]] = defaultdict(list)
        for copy in self.overtaken:
            grouped[copy["resource_id"]].append(copy)
        return grouped


def plan(prepared: Prepared, copies: Copies, *, force: bool) -> Plan:
    """Decide month by month: a later vintage takes the place of an earlier one, never the other way round.

    Raises Refused where no month is left to store, or where which copy is newer cannot be told.
    """
    overtaken: list[asyncpg.Record] = []
    held: dict[date, asyncpg.Record] = {}
    rivals: dict[date, list[asyncpg.Record]] = defaultdict(list)
    for copy in copies:
        if copy["is_current"] and overlap(copy["words"], prepared.words):
            rivals[copy["month"]].append(copy)
    for month in prepared.months:
        others = rivals[month.month]
        newer = [copy for copy in others if copy["vintage"] > prepared.vintage]
        if newer and not force:
            held[month.month] = newer[0]
            continue
        if not force:
            _refuse_equal(prepared, others)
        overtaken += others
    if len(held) == len(prepared.months):
        copy = next(iter(held.values()))
        raise Refused(
            f"This copy (vintage {prepared.vintage}) is older than the one in the database ({copy['file']}, vintage"
            f" {copy['vintage']}), and an older copy never takes the place of a newer one. --force loads it all the same."
        )
    return Plan(tuple(overtaken), held)


def _refuse_equal(prepared: Prepared, copies: Iterable[asyncpg.Record]) -> None:
    is_payment = prepared.source == "payment"
    for copy in copies:
        if copy["vintage"] == prepared.vintage:
            raise Refused(
                f"This copy differs from the one in the database ({copy['file']}), and both have the vintage {copy['vintage']}:"
                f" which is newer cannot be told. {HALVES if is_payment else ''}Say with --vintage YYYY-MM-DD when this one was"
                f" published{', if it is a correction' if is_payment else ''}."
            )


def check_change(prepared: Prepared, copies: Copies) -> None:
    """Raise Refused where a table's rows differ too much from another vintage's over the months that both hold."""
    if prepared.most_change is None:
        return
    events = {month.month: month.events for month in prepared.months}
    resources: dict[int, list[asyncpg.Record]] = defaultdict(list)
    for copy in copies:
        if copy["is_current"] and copy["month"] in events:
            resources[copy["resource_id"]].append(copy)
    for held in resources.values():
        ours, theirs = sum(events[copy["month"]] for copy in held), sum(copy["events"] for copy in held)
        if abs(ours - theirs) > prepared.most_change * theirs:
            raise Refused(
                f"For {name_months(copy['month'] for copy in held)} this file has {ours:,} rows and {held[0]['file']}"
                f" (vintage {held[0]['vintage']}) {theirs:,}, which is more than {prepared.most_change:.0%} apart: one of them is"
                " no whole copy. Get a whole copy from the publisher; if this one is right, --force loads it."
            )


def check_shrunk(prepared: Prepared, copies: Copies) -> None:
    """Raise Refused where of a month the later copy has less than half of the earlier one's rows.

    A file that does not name its month is of all those that its dates have: the last days of a month before are no copy of
    that month.
    """
    if prepared.least_share is None:
        return
    events = {month.month: month.events for month in prepared.months}
    for copy in copies:
        if not (copy["is_current"] and copy["month"] in events and overlap(copy["words"], prepared.words)):
            continue
        ours, theirs = events[copy["month"]], copy["events"]
        is_later = prepared.vintage >= copy["vintage"]
        fewer, more = (ours, theirs) if is_later else (theirs, ours)
        if fewer < prepared.least_share * more:
            which = "this file" if is_later else copy["file"]
            raise Refused(
                f"Of {copy['month']:%Y-%m} this file has {ours:,} rows and {copy['file']} (vintage {copy['vintage']}) {theirs:,}:"
                f" {which} is hardly a whole copy of that month. If it is of another, load it with --period YYYY-MM"
                f"{'' if is_later else ' --force, and then this file'}; if it is right, --force loads this file. {HALVES.strip()}"
            )


def name_months(months: Iterable[date]) -> str:
    """Months in words: 2019-01 to 2022-08, 2023-01."""
    return ", ".join(
        f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"
        for first, last in month_ranges(months)
    )


def describe_plan(prepared: Prepared, plan: Plan) -> list[str]:
    """What a file replaces, what of it is not stored and what was not understood, in sentences."""
    sentences = []
    for copies in plan.by_resource().values():
        copy = copies[0]
        if prepared.facts is None:
            what = f"{copy['file']} (vintage {copy['vintage']}, {copy['rows_loaded']:,} rows)"
        else:
            what = f"{name_months(c['month'] for c in copies)} of {copy['file']} (vintage {copy['vintage']})"
        sentences.append(f"Replaces {what}.")
    by_file: dict[tuple[str, date], list[date]] = defaultdict(list)
    for month, copy in plan.held.items():
        by_file[copy["file"], copy["vintage"]].append(month)
    sentences += [
        f"Its {name_months(months)} are not stored: {file} (vintage {vintage}) is newer."
        for (file, vintage), months in by_file.items()
    ]
    if prepared.unknown_boroughs:
        sentences.append(
            f"Boroughs not known, counted in none: {', '.join(map(repr, prepared.unknown_boroughs))}."
        )
    return [*sentences, *prepared.remarks]


def why_unchanged(copies: Copies, *, force: bool, vintage: date | None = None) -> str:
    """Why these bytes change nothing, or '': they are loaded already, or a later copy took their place.

    `vintage`: of the bytes now, where it was said. A publisher that went back to them after the later copy brings them back.
    """
    same = [copy for copy in copies if copy["is_same"]]
    counting = {copy["month"] for copy in same if copy["is_current"]}
    gone = [copy["superseding_vintage"] for copy in same if not copy["is_current"]]
    is_back = force or (vintage is not None and any(other is not None and other < vintage for other in gone))
    if same and (counting == {copy["month"] for copy in same} or (counting and not is_back)):
        return "The same file is loaded already."
    if same and not is_back:
        return f"This copy was superseded by a later one ({same[0]['superseding_file']}). --force brings it back."
    return ""


def find_other_form(prepared: Prepared, copies: Copies) -> str:
    """Why a file with other bytes changes nothing, or '': the same figures of the same vintage are loaded already."""
    for copy in copies:
        is_equal = prepared.content is not None and copy["content"] == prepared.content
        if is_equal and copy["is_current"] and copy["vintage"] == prepared.vintage:
            return f"The same figures are loaded already, from {copy['file']}."
    return ""


def overlap(words: Sequence[int] | None, others: Sequence[int] | None) -> bool:
    """Whether two copies hold a kind of event in common; None: all kinds."""
    return words is None or others is None or not set(words).isdisjoint(others)


def lacks(words: Sequence[int] | None, others: Sequence[int] | None, most: float = 0.0) -> bool:
    """Whether a copy with these kinds of event lacks more than a share of the kinds that another holds; None: all kinds."""
    if words is None:
        return False
    return others is None or len(set(others) - set(words)) > most * len(set(others))


def find_only(options: Options, codes: Codes) -> tuple[int, ...]:
    """The codes of the classes that --only names. Raises Refused where one is none."""
    by_class = {_slug(word): code for word, code in codes["category"].items()}
    if strange := [name for name in options.only if name not in by_class]:
        raise Refused(f"--only names {strange[0]!r}, which is no category. Nothing was loaded.")
    return tuple(sorted(by_class[name] for name in set(options.only)))


def _slug(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")
