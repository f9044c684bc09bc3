"""What the API says of the Public Attitude Survey: the publisher's years and no others, weights, gaps."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from api.errors import BadParameter
from api.figures.windows import Window, parse_month
from api.survey import keep_published
from etl.reference import seed
from tests.api.facts import MET, add_coverage, add_observations, add_persons, add_release, months
from tests.api.hand_made import ask, ask_one

TRUST, GOOD_JOB = "trust_police_share", "good_job_local_share"
HACKNEY, TOWER_HAMLETS = 12, 30
MET_BOROUGHS = range(2, 34)
# Rolling years that end in these months were published; that to 2023-03 was not received.
ENDS = ("2018-12", "2020-12", "2021-03", "2022-12", "2023-06", "2023-09", "2023-12")


@pytest.fixture(scope="module")
async def conn(pool: asyncpg.Pool) -> AsyncIterator[Any]:
    """Shares of 50% everywhere, 60% in Hackney, 40% in Tower Hamlets, in the second of two releases 64% in Hackney.

    Residents are 1,000 × the borough's number from 2019 on, twice that in 2023, and nothing is known after 2023.
    """
    async with pool.acquire() as connection:
        await seed(connection)
        await add_release(connection, "2026-01-31-aaaaaaaa", "2026-01-31T12:00:00+00:00")
        await add_release(connection, "2026-02-10-bbbbbbbb", "2026-02-10T12:00:00+00:00")
        await add_coverage(connection, "survey", MET, ENDS[1:], events=256)
        gap = {"trust_police": "the survey's table does not give this measure at all"}
        await add_coverage(connection, "survey", MET, ENDS[:1], events=224, unusable=gap)
        await add_coverage(connection, "stop_search", MET, months("2023-01", "2023-12"))
        for year in (2019, 2020, 2021, 2022, 2023):
            times = 2_000 if year == 2023 else 1_000
            await add_persons(connection, "residents", year, {b: times * b for b in range(1, 34)})
        shares = dict.fromkeys(MET_BOROUGHS, (5000, 0, 0, 400)) | {
            HACKNEY: (6000, 0, 0, 400),
            TOWER_HAMLETS: (4000, 0, 0, 500),
        }
        for metric in (TRUST, GOOD_JOB):
            starts = [begin(end) for end in (ENDS[1:] if metric == TRUST else ENDS)]
            await add_observations(connection, metric, "published", "total", starts[:-1], shares)
            others = {b: share for b, share in shares.items() if b != HACKNEY}
            await add_observations(connection, metric, "published", "total", starts[-1:], others)
            hackney = {HACKNEY: shares[HACKNEY]}
            await add_observations(connection, metric, "published", "total", starts[-1:], hackney, last=1)
            later = {HACKNEY: (6400, 0, 0, 400)}
            await add_observations(
                connection, metric, "published", "total", starts[-1:], later, first=2, revision=1
            )
        yield connection


def begin(end: str) -> str:
    """The first month of the twelve that end in a month."""
    year, month = int(end[:4]), int(end[5:])
    return f"{year}-01" if month == 12 else f"{year - 1}-{month + 1:02d}"


class TestFigures:
    async def test_a_borough_as_published(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TRUST, area="hackney", from_="2022-10", to="2023-09")
        assert row.value == 0.6
        assert row.numerator is None
        assert row.denominator == pytest.approx(400 / 1.3)
        # ±5.5 points at 60%
        assert (row.upper - row.lower) / 2 == pytest.approx(0.0545, abs=0.0005)
        assert (row.status, row.flags, row.reason) == ("ok", (), None)
        assert (row.months_expected, row.months_received) == (12, 12)
        assert row.method == "Wilson"
        assert (row.placed_share, row.known_share) == (None, None)
        assert (row.unplaced_numerator, row.other_forces_numerator) == (None, None)

    async def test_a_bcu_weighs_its_boroughs_by_residents(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TRUST, area="ce", from_="2022-10", to="2023-09")
        assert row.value == pytest.approx((12 * 0.6 + 30 * 0.4) / 42)
        assert row.denominator == pytest.approx(42**2 * 1 / (12**2 * 1.3 / 400 + 30**2 * 1.3 / 500))
        assert row.method == "Wilson; residents: V1"

    async def test_the_met_area_weighs_all_32(self, conn: Any) -> None:
        met, located = await ask(
            conn, metric=TRUST, area=["met", "met-located"], from_="2022-10", to="2023-09"
        )
        total = sum(MET_BOROUGHS)
        expected = (0.5 * total + 0.1 * HACKNEY - 0.1 * TOWER_HAMLETS) / total
        assert met.value == located.value == pytest.approx(expected)
        assert met.denominator > 20 * 400 / 1.3

    async def test_nobody_is_interviewed_in_the_city(self, conn: Any) -> None:
        city, london = await ask(
            conn, metric=TRUST, area=["city-of-london", "london"], from_="2022-10", to="2023-09"
        )
        assert (city.status, city.value, city.months_received) == ("missing", None, 0)
        assert city.reason == (
            "The Public Attitude Survey does not interview in the City of London, so the City has no figure."
        )
        assert (london.status, london.value) == ("missing", None)
        assert "Met area (32 boroughs)" in london.reason

    async def test_without_residents_only_boroughs_have_a_figure(self, conn: Any) -> None:
        hackney, ce = await ask(conn, metric=GOOD_JOB, area=["hackney", "ce"], from_="2018-01", to="2018-12")
        assert (hackney.status, hackney.value) == ("ok", 0.6)
        assert (ce.status, ce.value) == ("incomplete", None)
        assert "mid-2019" in ce.reason

    async def test_a_year_that_lacks_the_measure_is_missing(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TRUST, area="hackney", from_="2018-01", to="2018-12")
        assert (row.status, row.value, row.denominator) == ("missing", None, None)
        assert "2018-12" in row.reason
        assert "does not give this measure" in row.reason

    async def test_a_quarter_between_published_ones_is_missing(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TRUST, area="hackney", from_="2022-04", to="2023-03")
        assert row.status == "missing"
        assert "2023-03: no Public Attitude Survey file was received" in row.reason
        assert "2022-04" not in row.reason

    async def test_a_year_of_interviews_face_to_face_and_by_telephone_is_flagged(self, conn: Any) -> None:
        mixed = await ask_one(conn, metric=GOOD_JOB, area="hackney", from_="2020-01", to="2020-12")
        by_telephone = await ask_one(conn, metric=GOOD_JOB, area="hackney", from_="2020-04", to="2021-03")
        assert (mixed.status, mixed.flags) == ("ok", ("break:survey-mode-2020-04",))
        assert (by_telephone.status, by_telephone.flags) == ("ok", ())

    async def test_as_of_the_release_before(self, conn: Any) -> None:
        now = await ask_one(conn, metric=TRUST, area="hackney")
        then = await ask_one(conn, metric=TRUST, area="hackney", as_of="2026-01-31-aaaaaaaa")
        assert (now.value, now.status) == (pytest.approx(0.64), "revised")
        assert (then.value, then.status) == (pytest.approx(0.6), "ok")


class TestWindows:
    async def test_the_latest_year_by_default(self, conn: Any) -> None:
        row = await ask_one(conn, metric=TRUST, area="bromley")
        assert (row.from_month, row.to_month) == ("2023-01", "2023-12")

    async def test_rolling_years_end_with_quarters(self, conn: Any) -> None:
        rows = await ask(
            conn, metric=TRUST, area="bromley", window="rolling_12", from_="2022-12", to="2023-12"
        )
        assert [row.to_month for row in rows] == ["2022-12", "2023-03", "2023-06", "2023-09", "2023-12"]
        assert [row.status for row in rows] == ["ok", "missing", "ok", "ok", "ok"]

    async def test_calendar_and_financial_years(self, conn: Any) -> None:
        (calendar,) = await ask(conn, metric=TRUST, area="bromley", window="calendar_year")
        (financial,) = await ask(
            conn, metric=TRUST, area="bromley", window="financial_year", from_="2021-01", to="2021-12"
        )
        assert (calendar.from_month, calendar.to_month) == ("2023-01", "2023-12")
        assert (financial.from_month, financial.to_month) == ("2020-04", "2021-03")

    @pytest.mark.parametrize(
        "asked",
        [
            {"window": "month"},
            {"from_": "2023-09", "to": "2023-12"},
            {"from_": "2022-12", "to": "2023-11"},
            {"from_": "2021-01", "to": "2022-12"},
            {"window": "rolling_12", "from_": "2023-10", "to": "2023-11"},
            {"window": "calendar_year", "from_": "2012-01", "to": "2012-12"},
        ],
    )
    async def test_other_windows_are_refused(self, conn: Any, asked: dict[str, str]) -> None:
        with pytest.raises(BadParameter, match="end with a quarter from 2018-12 to 2023-12") as refusal:
            await ask(conn, metric=TRUST, area="bromley", **asked)
        assert "rolling_12" in str(refusal.value)

    async def test_beside_other_metrics_a_survey_is_left_out(self, conn: Any) -> None:
        rows = await ask(
            conn,
            metric=["stop_search_rate", TRUST],
            area="bromley",
            window="month",
            from_="2023-01",
            to="2023-02",
        )
        assert {row.metric for row in rows} == {"stop_search_rate"}
        rows = await ask(conn, metric=["stop_search_rate", TRUST], area="bromley")
        assert {row.metric for row in rows} == {"stop_search_rate", TRUST}

    def test_where_nothing_is_published_any_year_may_be_asked_for(self) -> None:
        first = parse_month("2023-02")
        year = Window(first, first + 11)
        assert keep_published([year, Window(first, first)], ()) == (year,)
        assert keep_published([year], [first]) == ()
