"""Given what is covered, expect the status in plain English."""

from datetime import date
from typing import Any

import pytest

from etl.status import describe_kinds, describe_span, render_status


def covered(
    months: int, few: int = 0, kinds: list[str] | None = None, source: str = "street"
) -> dict[str, Any]:
    return {
        "source": source,
        "force": 1,
        "force_name": "Metropolitan Police",
        "months": months,
        "first_month": date(2023, 12 if months == 1 else 1, 1),
        "last_month": date(2023, 12, 1),
        "partial": 0,
        "partial_months": [],
        "months_of_few": few,
        "few_kinds": kinds,
        "events": 4986,
        "placed_share": 0.991,
    }


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (covered(1), "1 month, 2023-12"),
        (covered(12), "12 months from 2023-01 to 2023-12"),
        (covered(1, source="survey"), "1 rolling year, to 2023-12"),
        (covered(4, source="survey"), "4 rolling years, which end from 2023-01 to 2023-12"),
    ],
)
def test_how_many_months(row: dict[str, Any], said: str) -> None:
    assert describe_span(row) == said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (covered(12), ""),
        (covered(12, 12, ["burglary"]), ", all with only burglary"),
        (covered(12, 3, ["anti_social_behaviour"]), ", 3 of them with only anti social behaviour"),
        (covered(12, 3, ["burglary", "drugs, robbery"]), ", 3 of them with only a few kinds of crime"),
        (covered(1, 1, ["burglary"]), ", with only burglary"),
    ],
)
def test_months_of_only_some_kinds(row: dict[str, Any], said: str) -> None:
    assert describe_kinds(row) == said


def test_the_survey_is_not_of_the_police() -> None:
    status = {
        "release": None,
        "boundaries": None,
        "postcodes": 0,
        "coverage": [covered(4, source="survey"), covered(1, 1, ["burglary"])],
        "missing": [],
        "stale_metric_months": 0,
        "rows_rejected": 0,
        "unseen_words": [],
    }
    assert render_status(status).splitlines()[2:] == [
        "survey, Mayor's Office for Policing and Crime: 4 rolling years, which end from 2023-01 to 2023-12; 4,986 shares of"
        " boroughs, 99.1% placed in a borough.",
        "street, Metropolitan Police: 1 month, 2023-12, with only burglary; 4,986 events, 99.1% placed in a borough.",
    ]


def test_councils_and_departments_are_named_and_their_years_counted() -> None:
    payments = covered(12, 12, ["over_500", "over_500, purchase_card"], source="payment")
    returns = covered(2, 2, ["budget_cctv"], source="revenue_return")
    status = {
        "release": None,
        "boundaries": None,
        "postcodes": 0,
        "coverage": [
            {**payments, "force": 112, "force_name": None},
            {**returns, "force": 150, "force_name": None},
        ],
        "missing": [],
        "stale_metric_months": 0,
        "rows_rejected": 0,
        "unseen_words": [],
    }
    assert render_status(status).splitlines()[2:] == [
        "payment, Hackney council: 12 months from 2023-01 to 2023-12 (over_500, purchase_card); 4,986 payments.",
        "revenue_return, Ministry of Housing, Communities and Local Government: 2 financial years, to that which ends in 2023-12;"
        " 4,986 figures of councils.",
    ]
