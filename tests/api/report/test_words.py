"""Given a figure and the year before, expect the change in words that its interval allows."""

from typing import Any

import pytest

from api.model import ComparedRow
from api.report.words import find_change, lower_title, name_window, tell_change
from sql.measure import load_measures


def make(metric: str, **given: Any) -> ComparedRow:
    """A row of Hackney in the year to August 2024 with nothing in it but what is given."""
    nothing: dict[str, Any] = dict.fromkeys(ComparedRow.__struct_fields__)
    usual = {
        "metric": metric,
        "area_kind": "borough",
        "from_month": "2023-09",
        "to_month": "2024-08",
        "window": "rolling_12",
        "flags": (),
        "change_flags": (),
        "months_expected": 12,
        "months_received": 12,
        "before_months": 12,
    }
    return ComparedRow(**(nothing | usual | given))


RATE = {"value": 12.5, "before_value": 16.6, "change_ratio": 0.75}
SHARE = {"value": 0.36, "before_value": 0.30, "change_difference": 0.06}
TRUST = {
    "value": 0.59,
    "before_value": 0.65,
    "change_difference_lower": -0.14,
    "change_difference_upper": 0.02,
}


@pytest.mark.parametrize(
    ("metric", "given", "way", "told"),
    [
        (
            "stop_search_rate",
            {**RATE, "change_ratio_lower": 0.73, "change_ratio_upper": 0.80},
            "fell",
            "Fell from 16.6 (0.73 to 0.80 times)",
        ),
        (
            "stop_search_rate",
            {**RATE, "change_ratio_lower": 0.73, "change_ratio_upper": 1.02},
            "unclear",
            "16.6 a year before. No clear change: chance could explain it (0.73 to 1.02 times)",
        ),
        (
            "stop_search_rate",
            {**RATE, "change_ratio_lower": 1.2, "change_ratio_upper": 1.4, "before_months": 11},
            "rose",
            "Rose from 16.6 (1.20 to 1.40 times, on the 11 calendar months that both years have)",
        ),
        (
            "stop_search_positive_outcome_share",
            {
                **SHARE,
                "change_difference_lower": 0.047,
                "change_difference_upper": 0.092,
                "change_flags": ("break:x",),
            },
            "rose",
            "Rose from 30.0% (+4.7 to +9.2 points) [b]",
        ),
        (
            "trust_police_share",
            {**TRUST, "change_difference": -0.06},
            "unclear",
            "65.0% a year before. No clear change: chance could explain it (-6.0 points)",
        ),
        (
            "trust_police_share",
            {**TRUST, "change_difference": -0.11, "change_flags": ("change_beyond_7.9_points",)},
            "fell",
            "Fell from 65.0% (-11.0 points)",
        ),
        (
            "community_safety_spend_per_head",
            {"value": 8.84, "before_value": 9.49, "change_ratio": 0.931},
            "fell",
            "Fell from £9.49 (-6.9%)",
        ),
    ],
)
def test_a_change_is_said_as_far_as_it_can_be(
    metric: str, given: dict[str, Any], way: str, told: str
) -> None:
    measure, row = load_measures()[metric], make(metric, **given)
    change = find_change(measure, row)
    assert change is not None
    assert (change.way, tell_change(measure, row)) == (way, told)


def test_without_an_interval_no_change_is_claimed() -> None:
    measure = load_measures()["stop_search_rate_ratio"]
    row = make(measure.metric, value=4.11, before_value=3.77)
    assert find_change(measure, row) is None
    assert tell_change(measure, row) == "3.77 a year before; no interval of the change is given"
    assert tell_change(measure, make(measure.metric, value=4.11)) == "No year before to compare with"
    assert tell_change(measure, make(measure.metric)) == "No figure to compare"


@pytest.mark.parametrize(
    ("window", "first", "last", "told"),
    [
        ("rolling_12", "2023-09", "2024-08", "year to August 2024"),
        ("financial_year", "2022-04", "2023-03", "financial year 2022-23"),
        ("month", "2024-08", "2024-08", "August 2024"),
        ("whole", "2024-06", "2024-08", "June 2024 to August 2024"),
    ],
)
def test_windows_have_names(window: str, first: str, last: str, told: str) -> None:
    assert name_window(make("crime_rate", window=window, from_month=first, to_month=last)) == told


def test_a_title_in_a_sentence_keeps_its_capitals_where_they_are_a_name() -> None:
    assert lower_title("CCTV spending per resident") == "CCTV spending per resident"
    assert lower_title("Searches per 1,000 residents") == "searches per 1,000 residents"
