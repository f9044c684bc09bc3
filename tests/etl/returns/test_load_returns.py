"""Returns in the database: what is stored, what is published, and what a later copy changes."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from etl.reference import DEFLATORS, load_deflators, seed
from tests.etl.conftest import Base
from tests.etl.returns.files import HILLINGDON, amount, ra_2021, ra_2023, ro5, rs, rsx, section_251
from tests.oracle.returns import put_in_prices

CRIME = "crime_reduction_spend_per_head"
YOUTH = "youth_services_spend"
HACKNEY, MHCLG, DFE = 12, 150, 151
SHIPPED = load_deflators()


async def load_file(base: Base, name: str, data: bytes, **options: Any) -> Any:
    path = base.folder / name
    path.write_bytes(data)
    report = await base.load(path, **options)
    return report.files[0]


@pytest.fixture
async def shelf(base: Base) -> AsyncIterator[Base]:
    """A database; deflators that a test loads are gone when it ends."""
    try:
        yield base
    finally:
        await base.conn.execute("delete from deflator where origin <> 'shipped'")


class TestLoading:
    async def test_a_budget_is_stored_and_published(self, base: Base) -> None:
        done = await load_file(base, "RA_2023-24.csv", ra_2023())
        assert (done.status, done.source) == ("loaded", "revenue_return")
        assert done.rows_read == done.rows_loaded == done.rows_placed == 33 * 5
        assert "Budget of 2023-24: 33 councils, 5 lines" in done.message
        values = await base.values(CRIME, "2023-04", basis="budget_nominal")
        assert values[HACKNEY, MHCLG] == amount(12, 1) * 100_000
        # not returned is no row, never 0
        assert set(values) == {(borough, MHCLG) for borough in range(1, 34) if borough != HILLINGDON}
        assert await base.values(CRIME, "2023-04", basis="outturn_nominal") == {}

    async def test_real_terms(self, base: Base) -> None:
        await load_file(base, "RA_2021-22.csv", ra_2021())
        values = await base.values("community_safety_spend_per_head", "2021-04", basis="budget_real")
        pence = sum(amount(12, place) for place in (2, 3, 4)) * 100_000
        assert values[HACKNEY, MHCLG] == put_in_prices(pence, 2021, SHIPPED)
        deflators = await base.conn.fetchval("select deflators from release")
        assert deflators == f"2025-26 prices ({DEFLATORS})"

    async def test_a_returned_zero_is_published_as_zero(self, base: Base) -> None:
        await load_file(base, "RA_2021-22.csv", ra_2021({(5, 2): "0", (6, 2): "..."}))
        values = await base.values(CRIME, "2021-04", basis="budget_nominal")
        assert values[5, MHCLG] == 0
        assert (6, MHCLG) not in values

    async def test_coverage_says_what_is_held_and_who_did_not_return(self, base: Base) -> None:
        await load_file(base, "RA_2023-24.csv", ra_2023())
        row = await base.coverage("revenue_return", "2024-03", MHCLG)
        assert row is not None
        assert sorted(row["words"]) == sorted(
            f"budget_{line}"
            for line in ("education", "crime_reduction", "safety_services", "cctv", "total_service")
        )
        assert "borough:17/budget_cctv" in row["unusable_fields"]
        assert row["events"] == 165

    async def test_budget_and_outturn_of_a_year_stand_beside_each_other(self, base: Base) -> None:
        for name, data in (
            ("RA_2021-22.csv", ra_2021()),
            ("RSX_2021-22.csv", rsx()),
            ("RO5_2021-22.ods", ro5(2021, "ods")),
        ):
            assert (await load_file(base, name, data)).status == "loaded"
        assert await base.count("resource_scope", "superseded_by is not null") == 0
        budget = await base.values(CRIME, "2021-04", basis="budget_nominal")
        outturn = await base.values(CRIME, "2021-04", basis="outturn_nominal")
        assert (budget[HACKNEY, MHCLG], outturn[HACKNEY, MHCLG]) == (
            amount(12, 2) * 100_000,
            amount(12, 1) * 100_000,
        )

    @pytest.mark.parametrize("form", ["xls", "xlsx", "ods"])
    async def test_workbooks_are_found_and_read(self, base: Base, form: str) -> None:
        done = await load_file(base, f"RS_2012-13.{form}", rs(2012, form))
        assert (done.status, done.rows_loaded) == ("loaded", 33 * 14)

    async def test_youth_services(self, base: Base) -> None:
        done = await load_file(base, "outturn_1112.csv", section_251(2011, {(7, 1): "NULL"}))
        assert (done.source, done.rows_loaded) == ("section_251", 132)
        values = await base.values(YOUTH, "2011-04", basis="nominal")
        assert values[HACKNEY, DFE] == (amount(12, 1) + amount(12, 2)) * 100 + 50
        # a part is no total
        assert (7, DFE) not in values
        real = await base.values("youth_services_spend_per_head", "2011-04", basis="real")
        assert real[HACKNEY, DFE] == put_in_prices(values[HACKNEY, DFE], 2011, SHIPPED)

    async def test_a_year_without_lines_for_young_people_has_no_figure(self, base: Base) -> None:
        done = await load_file(base, "outturn_0809.csv", section_251(2008))
        assert (done.status, done.rows_loaded) == ("loaded", 33)
        assert await base.values(YOUTH, "2008-04", basis="nominal") == {}


class TestCopies:
    async def test_the_same_figures_in_another_form_change_nothing(self, base: Base) -> None:
        await load_file(base, "a.xlsx", ro5(2015, "xlsx"))
        done = await load_file(base, "b.csv", ro5(2015, "csv", two_rows=False))
        assert done.status == "unchanged"
        assert "The same figures are loaded already, from a.xlsx" in done.message

    async def test_a_revision_that_lacks_a_line_or_a_council_does_not_pass_in_silence(
        self, base: Base
    ) -> None:
        await load_file(base, "RA.csv", ra_2023())
        late = ra_2023().replace(b"22 June 2023", b"14 September 2023")
        renamed = late.replace(b"Community safety (CCTV)", b"Community safety: cameras")
        done = await load_file(base, "RA renamed.csv", renamed)
        assert done.status == "refused"
        assert "lacks budget: community safety (CCTV)" in done.message
        without = b"\n".join(line for line in late.split(b"\n") if b"E09000007" not in line)
        before = await base.state()
        done = await load_file(base, "RA short.csv", without)
        assert done.status == "refused"
        assert "no row of Camden, and the one in the database does (RA.csv)" in done.message
        assert await base.state() == before
        done = await load_file(base, "RA short.csv", without, force=True)
        assert done.status == "loaded"
        assert "Not in the file: Camden." in done.message
        assert "Not returned: Camden" not in done.message

    async def test_a_revision_takes_the_place_of_what_was_published_before(self, base: Base) -> None:
        await load_file(base, "RA.csv", ra_2023())
        first = await base.release_id()
        late = ra_2023({(12, 1): "9,999"}).replace(b"22 June 2023", b"14 September 2023")
        done = await load_file(base, "RA revised.csv", late)
        assert "Replaces 2024-03 of RA.csv (vintage 2023-06-22)." in done.message
        now = await base.values(CRIME, "2023-04", basis="budget_nominal")
        then = await base.values(CRIME, "2023-04", basis="budget_nominal", release=first)
        assert (then[HACKNEY, MHCLG], now[HACKNEY, MHCLG]) == (amount(12, 1) * 100_000, 999_900_000)
        assert {key for key in now if now[key] != then[key]} == {(HACKNEY, MHCLG)}
        again = await load_file(base, "RA old.csv", ra_2023({(3, 1): "1"}))
        assert again.status == "refused"

    async def test_a_revision_without_a_council_that_had_not_returned(self, base: Base) -> None:
        await load_file(base, "RA.csv", ra_2023())
        late = ra_2023().replace(b"22 June 2023", b"14 September 2023")
        without = b"\n".join(line for line in late.split(b"\n") if b"E09000017" not in line)
        done = await load_file(base, "RA short.csv", without)
        assert (done.status, "Not in the file: Hillingdon." in done.message) == ("loaded", True)

    async def test_a_council_that_returns_late(self, base: Base) -> None:
        await load_file(base, "RA.csv", ra_2023())
        cells = {(HILLINGDON, place): "12" for place in range(5)}
        await load_file(base, "late.csv", ra_2023(cells).replace(b"22 June 2023", b"1 December 2023"))
        assert (await base.values(CRIME, "2023-04", basis="budget_nominal"))[HILLINGDON, MHCLG] == 1_200_000
        row = await base.coverage("revenue_return", "2024-03", MHCLG)
        assert row is not None
        assert row["unusable_fields"] == "{}"


class TestRefusals:
    async def test_an_outturn_of_a_year_that_has_not_ended(self, base: Base) -> None:
        done = await load_file(base, "ro5.csv", ro5(date.today().year + 1, "csv"))  # noqa: DTZ011
        assert done.status == "refused"
        assert "lies in the future" in done.message

    async def test_too_many_cells_that_cannot_be_read(self, base: Base) -> None:
        cells = {(borough, 2): "see note" for borough in range(1, 31)}
        done = await load_file(base, "RA.csv", ra_2021(cells))
        assert done.status == "refused"
        assert "--accept-rejects" in done.message
        done = await load_file(base, "RA.csv", ra_2021(cells), accept_rejects=True)
        assert (done.rows_read, done.rows_loaded, done.rows_rejected) == (198, 168, 30)
        assert await base.count("reject") == 30
        assert set(await base.values(CRIME, "2021-04", basis="budget_nominal")) == {
            (borough, MHCLG) for borough in (31, 32, 33)
        }


async def test_other_deflators_put_what_is_there_in_other_prices(shelf: Base) -> None:
    await load_file(shelf, "RA_2021-22.csv", ra_2021())
    before = await shelf.values(CRIME, "2021-04", basis="budget_real")
    first = await shelf.release_id()
    index = {year: value / 2 if year <= 2021 else value for year, value in SHIPPED.items()}
    rows = "".join(f"{year}/{(year + 1) % 100:02d},{value},,\n" for year, value in index.items())
    data = f"financial_year,fy_index_2025_26_eq_100,fy_pct_change,status\n{rows}".encode()
    done = await load_file(shelf, "deflators.csv", data, vintage=date(2026, 11, 20))
    assert done.status == "loaded", done.message
    after = await shelf.values(CRIME, "2021-04", basis="budget_real")
    assert await shelf.release_id() == first + 1
    pence = amount(12, 2) * 100_000
    assert after[HACKNEY, MHCLG] == put_in_prices(pence, 2021, index)
    assert Decimal(after[HACKNEY, MHCLG]) / Decimal(before[HACKNEY, MHCLG]) == pytest.approx(2)
    # nominal amounts are what they were
    assert await shelf.values(CRIME, "2021-04", basis="budget_nominal") == await shelf.values(
        CRIME, "2021-04", basis="budget_nominal", release=first
    )
    name = await shelf.conn.fetchval("select deflators from release order by release_id desc limit 1")
    assert name == "2025-26 prices (HM Treasury, copy of 2026-11-20)"


async def test_deflators_that_ship_anew_make_real_terms_stale(shelf: Base) -> None:
    await load_file(shelf, "RA_2021-22.csv", ra_2021())
    await seed(shelf.conn)
    assert await shelf.count("stale") == 0
    # as an older version of the project would have shipped them
    await shelf.conn.execute("update deflator set index_value = 90 where financial_year = 2021")
    await seed(shelf.conn)
    stale = {row["metric"] for row in await shelf.conn.fetch("select metric from stale")}
    assert stale == {CRIME, "cctv_spend_per_head", "community_safety_spend_per_head"}
