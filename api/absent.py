"""Which months of the records asked for are not there, or only in part, so that no row is never read as none. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from api.areas import name_force
from api.figures.coverage import FORCES, WITHOUT_CITY, Coverage
from api.figures.windows import text_of
from api.grid import MONTHS_APART, Ends, judge_month, list_forces, list_months
from api.publisher_grid import RETURNS, list_not_returned
from api.record_scopes import FIRST_MONTH, LAST_MONTH
from api.records import Question, list_boroughs
from api.snapshot import Snapshot
from api.wire import AbsentRow

CITY_POLICE = FORCES[1]


def list_absent(snapshot: Snapshot, question: Question, ends: Ends) -> list[AbsentRow]:
    """The months × forces asked for that are not whole, runs of the same kind together.

    The forces are those that police the areas, as for figures. Where no months are named it is those of /v1/coverage. Of
    returns it is the financial years that are not there, and those in which a council of the areas did not return a line.
    """
    return [row for source in question.dataset.sources for row in _list_of(snapshot, question, source, ends)]


def _list_of(snapshot: Snapshot, question: Question, source: str, ends: Ends) -> list[AbsentRow]:
    expected = list_forces(snapshot, source)
    months = _list_months(snapshot, question, source)
    asked = _list_asked(question)
    is_return = source in RETURNS
    rows: list[AbsentRow] = []
    for force in (_list_homes(question) if not is_return else []) or expected:
        slug = name_force(force) or str(force)
        by_month = snapshot.coverage.get((source, force), {})
        if force not in expected:
            rows.append(AbsentRow(slug, *asked, "missing", WITHOUT_CITY.get(source)))
        elif not months:
            rows.append(AbsentRow(slug, *asked, *judge_month((source, force, 0), by_month, ends)))
        else:
            told = [(month, *judge_month((source, force, month), by_month, ends)) for month in months]
            rows += _join(slug, [one for one in told if one[1] != "received"], MONTHS_APART.get(source, 1))
        if is_return:
            rows += _list_not_returned(snapshot, question, slug, force, by_month)
    return rows


def _list_not_returned(
    snapshot: Snapshot, question: Question, slug: str, force: int, by_month: Mapping[int, Coverage]
) -> Iterator[AbsentRow]:
    """A row for each line that a council of the areas did not return."""
    for month, found in sorted(by_month.items()):
        if question.first <= month <= question.last:
            boroughs = list_boroughs(snapshot, question.areas, month, force)
            for why in list_not_returned(found.unusable_fields, None if boroughs is None else set(boroughs)):
                yield AbsentRow(slug, text_of(month), text_of(month), "missing", why)


def write_coverage(snapshot: Snapshot, question: Question) -> str:
    """The address at which /v1/coverage tells of the months asked for; of all months where it has none of them."""
    held = {name for name, _ in snapshot.coverage}
    source = next((one for one in question.dataset.sources if one in held), question.dataset.source)
    given = {"source": source} if source in held else {}
    if any(question.first <= month <= question.last for month in list_months(snapshot, source)):
        first, last = _list_asked(question)
        given |= {name: text for name, text in (("from", first), ("to", last)) if text is not None}
    return f"/v1/coverage?{urlencode(given)}" if given else "/v1/coverage"


def _list_homes(question: Question) -> list[int]:
    """The forces that police the areas asked for; none where no area is named."""
    if question.areas is None:
        return []
    homes = [(area.home_force,) if area.home_force else FORCES for area in question.areas]
    return sorted({force for forces in homes for force in forces})


def _list_asked(question: Question) -> tuple[str | None, str | None]:
    return (
        None if question.first == FIRST_MONTH else text_of(question.first),
        None if question.last == LAST_MONTH else text_of(question.last),
    )


def _list_months(snapshot: Snapshot, question: Question, source: str) -> list[int]:
    """The months asked for in which the source should have a file; none where neither they nor files say which."""
    known = list_months(snapshot, source)
    bounds = [
        None if question.first == FIRST_MONTH else question.first,
        None if question.last == LAST_MONTH else question.last,
    ]
    if None in bounds and not known:
        return []
    first = min(known[0], bounds[1] or known[0]) if bounds[0] is None else bounds[0]
    last = max(known[-1], first) if bounds[1] is None else bounds[1]
    apart = MONTHS_APART.get(source, 1)
    anchor = known[0] if known else first
    return [month for month in range(first, last + 1) if (month - anchor) % apart == 0 or month in known]


def _join(slug: str, told: Sequence[tuple[int, str, str | None]], apart: int) -> Iterator[AbsentRow]:
    """Runs of months of which the same is said, each as a row."""
    start = 0
    for place, (month, *said) in enumerate(told):
        is_last = place + 1 == len(told)
        if is_last or told[place + 1][0] - month > apart or list(told[place + 1][1:]) != said:
            yield AbsentRow(slug, text_of(told[start][0]), text_of(month), told[start][1], told[start][2])
            start = place + 1
