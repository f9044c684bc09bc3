"""Given a figure, expect one plain sentence that names its uncertainty, and never why, good or bad."""

import re
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from api.cannot_say import CANNOT_SAY
from api.model import ComparedRow
from api.sentences import write_hides, write_sentence
from sql.measure import load_measures

AVOID = (
    "find rate",
    "hit rate",
    "incident",
    "bame",
    "hotspot",
    "excess",
    "good",
    "bad",
    r"red\b",
    "amber",
    "because",
)


def row(metric: str, **given: Any) -> ComparedRow:
    """A row of a figure with what the sentence needs."""
    blank: dict[str, Any] = dict.fromkeys(ComparedRow.__struct_fields__)
    base = {
        "metric": metric,
        "area_name": "Hackney",
        "area_kind": "borough",
        "from_month": "2023-04",
        "to_month": "2024-03",
        "basis": load_measures()[metric].basis_codes[0],
        "months_expected": 12,
        "months_received": 12,
        "method": "no interval",
        "status": "ok",
        "flags": (),
        "change_flags": (),
        "rest_reason": None,
    }
    return msgspec.structs.replace(ComparedRow(**blank), **{**base, **given})


def say(metric: str, label: str | None = None, place: Any = None, **given: Any) -> str:
    return write_sentence(load_measures()[metric], row(metric, **given), label, place)


SIMILAR = SimpleNamespace(position="Similar", beyond=None)
HIGHER = SimpleNamespace(position="Higher", beyond="99.8%")


def test_a_rate() -> None:
    assert say("stop_search_rate", place=HIGHER, value=12.372, lower=11.95, upper=12.801) == (
        "12.4 searches per 1,000 residents a year (11.9 to 12.8), higher than most boroughs "
        "(outside the 99.8% limits)."
    )


def test_a_change_beyond_chance_and_one_within() -> None:
    change: dict[str, Any] = {
        "value": 12.1,
        "lower": 11.7,
        "upper": 12.5,
        "before_value": 15.76,
        "change_ratio": 0.78,
    }
    told = say("stop_search_rate", **change, change_ratio_lower=0.746, change_ratio_upper=0.821)
    assert told.endswith(" Lower than the 15.8 of a year before (0.75 to 0.82 times).")
    told = say("stop_search_rate", **change, change_ratio_lower=0.6, change_ratio_upper=1.1)
    assert told.endswith(
        " It differs from the 15.8 of a year before by no more than chance could explain (0.60 to 1.10 times)."
    )
    told = say(
        "stop_search_rate",
        **change,
        change_ratio_lower=0.746,
        change_ratio_upper=0.821,
        before_months=11,
        months_expected=12,
    )
    assert told.endswith(" (0.75 to 0.82 times, on the 11 calendar months that both years have).")
    told = say(
        "stop_search_rate",
        **change,
        change_ratio_lower=0.6,
        change_ratio_upper=1.1,
        change_flags=("break:met-crime-system-2024-02",),
    )
    assert told.endswith("The series changed its meaning between the two years: read the change with care.")


def test_a_share_changes_in_points() -> None:
    told = say(
        "stop_search_arrest_share",
        place=SIMILAR,
        value=0.199,
        lower=0.186,
        upper=0.213,
        before_value=0.161,
        change_difference=0.038,
        change_difference_lower=0.018,
        change_difference_upper=0.055,
    )
    assert told == (
        "Share of searches that ended in arrest: 19.9% (18.6% to 21.3%), similar to most boroughs (within the 95% "
        "limits). Higher than the 16.1% of a year before (+1.8 to +5.5 points)."
    )


def test_a_survey_moves_only_beyond_its_own_limit() -> None:
    change: dict[str, Any] = {
        "value": 0.5,
        "lower": 0.44,
        "upper": 0.56,
        "before_value": 0.57,
        "change_difference": -0.07,
        "change_difference_lower": -0.139,
        "change_difference_upper": -0.001,
    }
    assert say("trust_police_share", **change).endswith(
        "(44.0% to 56.0%). A year before it was 57.0%: a change of less than 7.9 points may be chance."
    )
    wide = say("trust_police_share", **change, area_kind="met_area")
    assert wide.endswith(" A year before it was 57.0%: a change of -7.0 points (-13.9 to -0.1).")
    fallen = {**change, "before_value": 0.6, "change_difference": -0.1}
    told = say("trust_police_share", **fallen, change_flags=("change_beyond_7.9_points",))
    assert told.endswith(" Lower than the 60.0% of a year before (-10.0 points), by more than 7.9 points.")


def test_a_rate_where_few_live_and_many_come() -> None:
    told = say("crime_rate", value=571.8, lower=559.6, upper=584.2, flags=("daytime_population",))
    assert told.endswith(
        "Far more people are here by day than live here, so a rate on residents says little."
    )


def test_a_ratio_speaks_of_events_per_residents() -> None:
    told = say(
        "stop_search_rate_ratio",
        "Black",
        value=4.13,
        lower=3.82,
        upper=4.46,
        numerator=1800,
        reference_numerator=1050,
        verdict="Higher under every way of counting we tried (3.12 to 4.36).",
    )
    assert told == (
        "Searches per 1,000 Black residents are 4.13 times those per 1,000 White residents (3.82 to 4.46), from 1,800 "
        "and 1,050 searches. Higher under every way of counting we tried (3.12 to 4.36)."
    )
    even: dict[str, Any] = {"value": 1.2, "lower": 0.9, "upper": 1.6, "flags": ("interval_includes_1",)}
    assert "(0.90 to 1.60). Chance alone could explain this ratio." in say(
        "use_of_force_rate_ratio", "Asian", **even
    )
    assert say("stop_search_rate_ratio", "Black", reason="None.") == (
        "Rate ratio of searches, Black against White: no figure. None."
    )
    assert "residents of other ethnic groups are" in say(
        "use_of_force_rate_ratio", "Other", value=1.0, lower=0.5
    )
    chinese = say("stop_search_rate_ratio", "Other, Chinese included", value=1.0, lower=0.5)
    assert "residents of other ethnic groups (Chinese included) are" in chinese


def test_no_figure_gives_its_reason() -> None:
    told = say("crime_rate", reason="None of these months can be used.", status="missing")
    assert told == "Recorded crimes per 1,000 residents: no figure. None of these months can be used."


def test_few_events_are_said() -> None:
    assert say("stop_search_rate", value=0.5, lower=0.1, upper=1.2, status="low").endswith(
        "Few events or residents: read it with care."
    )


def test_boroughs_that_a_bcu_hides() -> None:
    assert write_hides(["Hackney"]).endswith("that Hackney lies elsewhere among the boroughs.")
    assert "Hackney and Harrow lie" in write_hides(["Hackney", "Harrow"])


@pytest.mark.parametrize("metric", sorted(load_measures()))
@pytest.mark.parametrize("place", [None, SIMILAR, HIGHER], ids=["alone", "similar", "higher"])
def test_no_sentence_uses_a_word_to_avoid(metric: str, place: Any) -> None:
    told = say(
        metric,
        place=place,
        value=0.5,
        lower=0.4,
        upper=0.6,
        numerator=10,
        before_value=0.4,
        change_ratio=1.2,
        change_ratio_lower=1.1,
        change_ratio_upper=1.3,
    )
    assert not [word for word in AVOID if re.search(rf"\b{word}", told.casefold())], told


def test_nor_does_what_these_data_cannot_say() -> None:
    for one in CANNOT_SAY:
        text = f"{one.question} {one.why} {one.ask}".casefold()
        assert not [word for word in AVOID if re.search(rf"\b{word}", text)], text
