"""The figures on the first page, in this order. A missing one keeps its place, with its reason."""

from dataclasses import dataclass

from api.cite import cite_row
from api.figures.coverage import WITHOUT_CITY, name_source
from api.report.cells import MARKS, read_position, tell_not_placed
from api.report.desk import Desk, measure_of
from api.report.model import Headline
from api.report.words import begin, name_unit, tell_change
from api.scorecard import ScorecardRow
from api.show import Placing, show_figure, show_limits
from sql.measure import TOTAL, load_measures

BLACK = "ethnicity:black"


@dataclass(frozen=True, slots=True)
class Choice:
    """A headline: the series, and its name for people."""

    metric: str
    title: str
    group: str = TOTAL


CHOICES = (
    Choice("stop_search_rate", "Searches"),
    Choice("stop_search_positive_outcome_share", "Searches with a positive outcome"),
    Choice("stop_search_rate_ratio", "Search rate ratio of Black to White residents", BLACK),
    Choice("use_of_force_rate", "Uses of force recorded"),
    Choice("strip_search_rate", "Strip searches"),
    Choice("crime_rate", "Recorded crime"),
    Choice("charged_share", "Crimes charged by the end of the next month"),
    Choice("trust_police_share", "Trust in the Met"),
    Choice("community_safety_spend_per_head", "Council budget for community safety"),
)


def list_headlines(desk: Desk) -> tuple[Headline, ...]:
    """The headlines of the area."""
    return tuple(_write(desk, choice, row) for choice, row in list_headline_rows(desk))


def list_headline_rows(desk: Desk) -> list[tuple[Choice, ScorecardRow]]:
    """The choices with their rows, those without a row left out."""
    rows = ((choice, desk.find(choice.metric, choice.group)) for choice in CHOICES)
    return [(choice, row) for choice, row in rows if row is not None]


def _write(desk: Desk, choice: Choice, row: ScorecardRow) -> Headline:
    measure = load_measures()[choice.metric]
    position = _find_position(row)
    return Headline(
        metric=row.metric,
        title=choice.title,
        figure=show_figure(measure, row) + (MARKS.get(row.status, "") if row.value is not None else ""),
        unit=name_unit(measure),
        interval=show_limits(measure, row.lower, row.upper) if row.value is not None else "",
        position=position,
        position_note=_tell_position(row, position) if desk.is_held(row) else _tell_no_file(row),
        change=tell_change(measure, row),
        period=begin(desk.months(row)),
        href=cite_row(row, desk.area.slug),
    )


def _find_position(row: ScorecardRow) -> Placing:
    found = read_position(row.position)
    return found if found not in (None, "No data") else "No data" if row.value is None else "Not placed"


def _tell_no_file(row: ScorecardRow) -> str:
    """Why a source has no file at all: it was not received, or of the City there is none to receive."""
    reason = row.reason or ""
    if reason.startswith(tuple(WITHOUT_CITY.values())):
        return reason
    return f"No {name_source(measure_of(row).source)} file was received."


def _tell_position(row: ScorecardRow, position: Placing) -> str:
    if row.value is None:
        return row.reason or "There is no figure."
    if position == "Not placed":
        return begin(tell_not_placed(measure_of(row), row).removeprefix("Not placed: "))
    limits = f"outside the {row.beyond} limits" if row.beyond else "within the 95% limits"
    rank = f"; {row.rank} of {row.rank_of} from the highest" if row.rank is not None else ""
    return f"{begin(limits)}{rank}"
