"""The row-level datasets: what a record holds, by which words it can be chosen, and what is kept back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What every record has. `placed` says how the borough was found: point, lsoa, nearest, named, outside, none."""

    month: str
    force: str
    area_code: str | None
    area_name: str | None
    placed: str


class SearchRecord(Record, frozen=True, kw_only=True):
    """One search, without age, gender and what clothing was removed. `hour` is in Europe/London, `occurred_at` in UTC."""

    occurred_at: datetime | None
    hour: int | None
    search_type: str | None
    ethnicity_officer: str | None
    ethnicity_self: str | None
    legislation: str | None
    object: str | None
    outcome: str | None
    linked: bool | None
    operation: str | None
    longitude: float | None
    latitude: float | None


class CrimeRecord(Record, frozen=True, kw_only=True):
    """One recorded crime, or one record of anti-social behaviour (which has no `crime_id`).

    `crime_id` is the first half of the publisher's.
    """

    crime_id: str | None
    category: str | None
    last_outcome: str | None
    location: str | None
    lsoa: str | None
    longitude: float | None
    latitude: float | None


class OutcomeRecord(Record, frozen=True, kw_only=True):
    """One outcome of a crime, in the month in which it came."""

    crime_id: str | None
    outcome: str | None
    lsoa: str | None
    longitude: float | None
    latitude: float | None


class ForceRecord(Record, frozen=True, kw_only=True):
    """One officer's use of force on one subject, without anything that says who the subject was."""

    occurred_on: date
    main_duty: str | None
    conduct: str | None
    locations: str | None
    tactics: str | None
    ced_used: bool | None
    ced_discharged: bool | None
    firearm_aimed: bool | None
    firearm_fired: bool | None
    subject_injured: bool | None
    arrested: bool | None
    escaped: bool | None


class ControlRecord(Record, frozen=True, kw_only=True):
    """The Met's own count of one offence in one borough and month."""

    offence: str | None
    offences: int


class SurveyRecord(Record, frozen=True, kw_only=True):
    """One published survey estimate: a share of those asked in the twelve months that end with `month`."""

    measure: str | None
    share: float
    met_share: float | None
    interviews: int | None


class ReturnRecord(Record, frozen=True, kw_only=True):
    """One line of a council's return of a financial year. `month` is its last, `force` who publishes the return.

    `stage` is budget or outturn. `status`: returned, returned_zero (which is not the same as nothing spent), not_returned.
    """

    financial_year: str
    publisher: str
    stage: str
    line: str | None
    amount_gbp: float | None
    status: str
    file: str


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """One dataset. `words`: columns of words, in the order of the query's parameters, with their vocabulary field.

    `beside`: other sources whose rows it holds too.
    `kept_back`: what its records do not say, and why; `withheld`: the names by which somebody may ask for it.
    """

    dataset: str
    title: str
    source: str
    query: str
    record: type[Record]
    words: Mapping[str, str] = {}
    beside: tuple[str, ...] = ()
    kept_back: str = ""
    withheld: tuple[str, ...] = ()

    @property
    def sources(self) -> Sequence[str]:
        """The sources whose rows it holds."""
        return (self.source, *self.beside)


DATASETS = {
    one.dataset: one
    for one in (
        Dataset(
            dataset="stop_search",
            title="Stop and search",
            source="stop_search",
            query="api_records_stop_search",
            record=SearchRecord,
            words={
                "search_type": "search_type",
                "ethnicity_officer": "ethnicity_officer",
                "ethnicity_self": "ethnicity_self",
                "legislation": "legislation",
                "object": "object",
                "outcome": "search_outcome",
            },
            kept_back="age and gender, which with a time and a place would single out people, children among them; and whether "
            "more than outer clothing was removed, which would tell of strip searches one by one",
            withheld=("age", "age_range", "gender", "sex", "clothing_removed", "under_18"),
        ),
        Dataset(
            dataset="crimes",
            title="Recorded crime and anti-social behaviour",
            source="street",
            query="api_records_crimes",
            record=CrimeRecord,
            words={"category": "category", "last_outcome": "crime_outcome"},
        ),
        Dataset(
            dataset="outcomes",
            title="Outcomes of recorded crime",
            source="outcomes",
            query="api_records_outcomes",
            record=OutcomeRecord,
            words={"outcome": "crime_outcome"},
        ),
        Dataset(
            dataset="use_of_force",
            title="Use of force",
            source="use_of_force",
            query="api_records_use_of_force",
            record=ForceRecord,
            kept_back="age, gender, ethnicity, injuries in detail, detention under the Mental Health Act and death, "
            "which with a day and a borough would single out people",
            withheld=(
                *("age", "subject_age", "gender", "sex", "subject_gender", "ethnicity", "subject_ethnicity"),
                *("injury", "nature_of_injury", "detained_mental_health", "mental_disability"),
                *("physical_disability", "fatality"),
            ),
        ),
        Dataset(
            dataset="control_totals",
            title="The Met's own counts of offences",
            source="control_total",
            query="api_records_control_totals",
            record=ControlRecord,
            words={"offence": "control_offence"},
        ),
        Dataset(
            dataset="survey",
            title="Public Attitude Survey, published estimates",
            source="survey",
            query="api_records_survey",
            record=SurveyRecord,
            words={"measure": "survey_measure"},
        ),
        Dataset(
            dataset="spending_return",
            title="Councils' returns of what they budget and spend",
            source="revenue_return",
            beside=("section_251",),
            query="api_records_spending_return",
            record=ReturnRecord,
            words={"line": "spending_line"},
        ),
    )
}
FILTERS = tuple(dict.fromkeys(name for one in DATASETS.values() for name in one.words))
# Asked for by these names and not given, with the sentence that says why.
WITHHELD = dict.fromkeys(
    ("thorough_search", "thorough_searches", "strip_search", "strip_searches"),
    "Records of thorough searches (strip searches) are not given: they tell of children and of people who could be "
    "named, and that a publisher put them out is no reason to list them here. Figures by year are in /v1/values.",
)
