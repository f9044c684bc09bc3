"""Given how often a payer publishes and which files are here, expect the months that are due, and the gaps among them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.datasets import ReturnRecord
from api.figures.coverage import Coverage
from api.figures.windows import first_day, number_of, parse_month, text_of
from api.payers import Payer
from api.payment_calendar import Publication, find_latest_due, list_kinds, write_calendar
from api.payment_question import TOTALS, Months
from api.payment_rows import PaymentCoverage, PaymentGap, PaymentRow, PaymentTotal
from tests.conftest import ROOT

PAYER = Payer(112, "E09000012", "hackney", "Hackney council")


def world(held: dict[str, tuple[str, ...]], published: str = "2024-06") -> Any:
    """A snapshot with the kinds held of each month of the payer."""
    by_month = {
        parse_month(text): Coverage("received", None, frozenset(kinds), {}, 1, 1, 0, 0)
        for text, kinds in held.items()
    }
    day = first_day(parse_month(published))
    release = SimpleNamespace(published_at=SimpleNamespace(date=lambda: day))
    return cast(Any, SimpleNamespace(release=release, coverage={("payment", 112): by_month}))


def asked(first: str | None, last: str | None) -> Months:
    return Months(first and parse_month(first), last and parse_month(last))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("frequency", "now", "latest"),
    [
        ("monthly", "2026-11", "2026-09"),
        ("monthly, batched", "2026-01", "2025-11"),
        (None, "2026-11", "2026-09"),
        # A quarter is due a month after its end: in October that of July to September is not yet.
        ("quarterly", "2026-10", "2026-06"),
        ("quarterly", "2026-11", "2026-09"),
        ("quarterly, cumulative YTD file", "2027-01", "2026-09"),
        ("Quarterly from Jan 2026, monthly before", "2027-02", "2026-12"),
        ("annual", "2026-04", "2025-03"),
        ("annual", "2026-05", "2026-03"),
    ],
)
def test_the_latest_month_that_is_due(frequency: str | None, now: str, latest: str) -> None:
    assert text_of(find_latest_due(Publication(frequency=frequency), parse_month(now))) == latest


@given(st.dates())
def test_a_quarterly_payer_is_two_to_four_months_behind_and_ends_with_a_quarter(day: Any) -> None:
    now = number_of(day)
    latest = find_latest_due(Publication(frequency="quarterly"), now)
    assert 2 <= now - latest <= 4
    assert latest % 3 == 2
    assert find_latest_due(Publication(frequency="monthly"), now) >= latest


def test_months_before_the_first_and_after_the_last_due_are_not_expected() -> None:
    held = world({"2024-01": ("over_500",), "2024-03": ("over_500",)})
    known = Publication(frequency="monthly", earliest=parse_month("2023-12"))
    found = write_calendar(held, PAYER, "over_500", asked("2020-01", "2024-12"), known)
    assert [text_of(month) for month in found.expected] == [
        "2023-12", "2024-01", "2024-02", "2024-03", "2024-04",
    ]  # fmt: skip
    assert [text_of(month) for month in found.published] == ["2024-01", "2024-03"]
    assert [(text_of(gap.first), text_of(gap.last), gap.reason) for gap in found.gaps] == [
        ("2023-12", "2023-12", "No file was loaded; the first is of 2024-01."),
        ("2024-02", "2024-02", "No file was loaded, though there are earlier and later ones."),
        ("2024-04", "2024-04", "No file was loaded; the last is of 2024-03."),
    ]  # fmt: skip


def test_a_month_that_came_before_it_was_due_is_published() -> None:
    held = world({"2024-05": ("over_500",)})
    found = write_calendar(held, PAYER, "over_500", asked("2024-05", "2024-06"), Publication("monthly"))
    assert [text_of(month) for month in found.expected] == ["2024-05"]
    assert found.gaps == ()


def test_where_no_month_is_asked_for_it_is_those_of_all_files() -> None:
    held = world({"2023-11": ("over_500",), "2024-01": ("over_500",)})
    found = write_calendar(held, PAYER, "over_500", asked(None, None), Publication("monthly"))
    assert [text_of(month) for month in found.expected] == ["2023-11", "2023-12", "2024-01"]
    empty = cast(Any, SimpleNamespace(release=held.release, coverage={}))
    assert write_calendar(empty, PAYER, "over_500", asked(None, None), Publication()).expected == ()


def test_purchase_cards_are_expected_between_their_own_first_and_last_file() -> None:
    held = world(
        {"2023-11": ("over_500", "purchase_card"), "2024-01": ("purchase_card",), "2024-03": ("over_500",)}
    )
    found = write_calendar(held, PAYER, "purchase_card", asked("2023-01", "2024-03"), Publication("monthly"))
    assert [text_of(month) for month in found.expected] == ["2023-11", "2023-12", "2024-01"]
    assert [text_of(month) for month in found.published] == ["2023-11", "2024-01"]
    assert list_kinds(held, PAYER, ()) == ["over_500", "purchase_card"]
    assert list_kinds(held, PAYER, ("grant",)) == ["grant"]
    none = write_calendar(held, PAYER, "grant", asked("2023-01", "2024-03"), Publication("monthly"))
    assert (none.expected, none.gaps) == ((), ())


def test_every_name_of_a_payment_is_explained() -> None:
    text = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    rows = (PaymentRow, PaymentTotal, PaymentCoverage, PaymentGap, ReturnRecord)
    names = {name for row in rows for name in row.__struct_encode_fields__}
    assert not sorted(
        name for name in names | {"withheld", "coverage", "gaps", *TOTALS} if f"`{name}`" not in text
    )
