"""Population files in the database: which vintage figures stand on, and what a revision changes."""

import zipfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.snapshot import load_snapshot
from api.values import get_values
from etl.reference import seed
from tests.etl.conftest import Base
from tests.etl.population_files import census_2011, ethnic_groups, mid_years, single_years
from tests.etl.rows import month_of_stops, name_file, put, stops_csv

RATE = "stop_search_rate"
HACKNEY = 12


@pytest.fixture
async def stops(base: Base) -> AsyncIterator[Base]:
    """A database with a month of searches; populations that a test loads are gone when it ends."""
    await base.load(
        put(
            base.folder / "stops",
            name_file("2024-02", "stop-and-search"),
            stops_csv(month_of_stops("2024-02", 60)),
        )
    )
    try:
        yield base
    finally:
        await base.conn.execute("delete from population where origin <> 'shipped'")


async def load_file(base: Base, name: str, data: bytes, vintage: str = "2026-11-22") -> Any:
    path = base.folder / name
    path.write_bytes(data)
    report = await base.load(path, vintage=date.fromisoformat(vintage))
    return report.files[0]


async def rates(base: Base, release: int | None = None, **more: str) -> dict[tuple[str, str, str], Any]:
    """Rates of every borough and of Hackney's BCU, by area, group and basis."""
    names = dict(await base.conn.fetch("select release_id, release from release"))
    raw = {"metric": [RATE], "area": ["boroughs", "ce"], "from": ["2024-02"], "to": ["2024-02"]}
    raw |= {name: [value] for name, value in more.items()}
    if release is not None:
        raw["as_of"] = [names[release]]
    _, _, rows = await get_values(base.conn, await load_snapshot(base.conn), raw)
    return {(row.area_name, row.group, row.basis): row for row in rows}


def values(rows: dict[tuple[str, str, str], Any]) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    return {
        key: (row.numerator, row.denominator, row.value, row.lower, row.upper) for key, row in rows.items()
    }


async def residents_in_use(base: Base) -> set[str]:
    rows = await base.conn.fetch(
        "select distinct vintage from population_in_use where population = 'residents'"
    )
    return {row["vintage"] for row in rows}


class TestSameFigures:
    async def test_what_ships_changes_nothing(self, stops: Base) -> None:
        before = await stops.release_id()
        for name, data in (
            ("mid.csv", mid_years()),
            ("population20.csv", single_years(2020)),
            ("groups.csv", ethnic_groups()),
        ):
            done = await load_file(stops, name, data)
            assert (done.status, done.source, done.rows_loaded) == ("unchanged", "population", 0)
            assert "stand already" in done.message
        assert await stops.release_id() == before
        assert await stops.count("population", "origin <> 'shipped'") == 0

    async def test_a_zip_of_such_files(self, stops: Base) -> None:
        path = stops.folder / "population2021.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("london/population20_ltla21_london.csv", single_years(2020))
            archive.writestr("london/population19_ltla19_london.csv", single_years(2019))
        report = await stops.load(path)
        assert [(file.source, file.status) for file in report.files] == [("population", "unchanged")] * 2

    async def test_some_of_the_years_change_nothing(self, stops: Base) -> None:
        assert (await load_file(stops, "mid.csv", mid_years(years=(2023, 2024)))).status == "unchanged"

    async def test_the_census_of_2011_stays_beside_that_of_2021(self, stops: Base) -> None:
        before, released = values(await rates(stops, group="ethnicity")), await stops.release_id()
        done = await load_file(stops, "qs201ew.csv", census_2011())
        assert (done.status, done.rows_loaded) == ("loaded", 561)
        assert "beside Census 2021" in done.message
        assert await stops.count("population", "vintage = 'Census 2011'") == 561
        assert await stops.count("population_in_use", "vintage = 'Census 2011'") == 0
        # no figure follows from it, so there is no new release
        assert await stops.release_id() == released
        assert values(await rates(stops, group="ethnicity")) == before
        again = await load_file(stops, "qs201ew.csv", census_2011(), "2026-12-01")
        assert again.status == "unchanged"

    async def test_the_real_files_leave_every_rate_as_it_was(self, stops: Base, shared_data: Path) -> None:
        before = [
            values(await rates(stops, group=group)) for group in ("total", "age", "gender", "ethnicity")[:1]
        ]
        report = await stops.load(shared_data / "population")
        assert sorted(file.status for file in report.files) == ["loaded", *["unchanged"] * 5]
        assert report.release is None
        after = [
            values(await rates(stops, group=group)) for group in ("total", "age", "gender", "ethnicity")[:1]
        ]
        assert after == before


class TestRevision:
    async def test_only_what_stands_on_the_revised_figure_changes(self, stops: Base) -> None:
        before, first = await rates(stops), await stops.release_id()
        hackney = before["Hackney", "total", "officer_defined"]
        revised = round(hackney.denominator * 12) + 26_000
        done = await load_file(stops, "revised.csv", mid_years({(HACKNEY, 2024): revised}))
        assert done.status == "loaded"
        assert "1 of 198 figures differ" in done.message
        assert await stops.release_id() == first + 1
        after = await rates(stops)
        changed = {key[0] for key, one in values(after).items() if one != values(before)[key]}
        assert changed == {"Hackney", "Central East"}
        now = after["Hackney", "total", "officer_defined"]
        assert now.denominator == pytest.approx(revised / 12)
        assert now.numerator == hackney.numerator
        # every rate names the one vintage it stands on, and none is mixed of two
        vintage = "ONS mid-year estimates 2019 to 2024 (revised after Census 2021), copy of 2026-11-22"
        assert {row.method.partition("; residents: ")[2] for row in after.values() if row.value} == {vintage}
        assert await residents_in_use(stops) == {vintage}
        # and the release before still says what it said
        assert values(await rates(stops, first)) == values(before)
        other_year = await get_2023(stops)
        assert other_year == await get_2023(stops, first)

    async def test_loaded_figures_outlive_the_seed(self, stops: Base) -> None:
        await load_file(stops, "revised.csv", mid_years({(HACKNEY, 2024): 300_000}))
        before = await residents_in_use(stops)
        await seed(stops.conn)
        assert await residents_in_use(stops) == before
        assert await stops.count("population", "origin = 'revised.csv'") == 198

    async def test_the_same_file_again_changes_nothing(self, stops: Base) -> None:
        data = mid_years({(HACKNEY, 2024): 300_000})
        await load_file(stops, "revised.csv", data)
        release = await stops.release_id()
        assert (await load_file(stops, "again.csv", data, "2027-01-01")).status == "unchanged"
        assert await stops.release_id() == release

    async def test_a_later_copy_takes_the_place_of_an_earlier_one_and_never_the_other_way(
        self, stops: Base
    ) -> None:
        await load_file(stops, "one.csv", mid_years({(HACKNEY, 2024): 300_000}), "2026-06-01")
        older = await load_file(stops, "two.csv", mid_years({(HACKNEY, 2024): 310_000}), "2026-05-01")
        same = await load_file(stops, "two.csv", mid_years({(HACKNEY, 2024): 310_000}), "2026-06-01")
        assert (older.status, same.status) == ("refused", "refused")
        assert "is not newer than the one in use" in older.message
        newer = await load_file(stops, "two.csv", mid_years({(HACKNEY, 2024): 310_000}), "2026-07-01")
        assert newer.status == "loaded"
        row = (await rates(stops))["Hackney", "total", "officer_defined"]
        assert row.denominator == pytest.approx(310_000 / 12)

    async def test_a_further_year_takes_over_with_all_the_years_before(self, stops: Base) -> None:
        done = await load_file(stops, "mid25.csv", mid_years(years=range(2019, 2026)))
        assert done.status == "loaded"
        assert await residents_in_use(stops) == {"ONS mid-year estimates 2019 to 2025"}

    async def test_a_further_year_alone_would_leave_the_others_without_residents(self, stops: Base) -> None:
        before = await residents_in_use(stops)
        done = await load_file(stops, "mid25.csv", mid_years(years=(2025,)))
        assert done.status == "refused"
        assert "lacks residents of 2019" in done.message
        assert await residents_in_use(stops) == before

    async def test_one_revised_year_by_age_would_leave_the_other_without_residents(self, stops: Base) -> None:
        done = await load_file(stops, "population20.csv", single_years(2020, {"10": 3}))
        assert done.status == "refused"
        assert "of 2019" in done.message

    async def test_a_year_that_has_not_come(self, stops: Base) -> None:
        done = await load_file(stops, "mid.csv", mid_years(years=range(2019, 2031)))
        assert done.status == "refused"
        assert "lies in the future" in done.message

    async def test_a_file_with_a_borough_missing_changes_nothing(self, stops: Base) -> None:
        whole = mid_years({(HACKNEY, 2024): 300_000})
        short = b"\n".join(line for line in whole.split(b"\n") if not line.startswith(b"Barnet"))
        done = await load_file(stops, "short.csv", short)
        assert done.status == "refused"
        assert "lacks 1 of the 33 boroughs" in done.message
        assert await stops.count("population", "origin <> 'shipped'") == 0


async def get_2023(base: Base, release: int | None = None) -> int:
    """Hackney's residents of 2023, as a release has them."""
    found = await base.conn.fetchval(
        "select persons from exposure where population = 'residents' and borough = $1 and year = 2023"
        " and first_release <= $2 and (last_release is null or last_release >= $2)",
        HACKNEY,
        release or await base.release_id(),
    )
    return int(found)
