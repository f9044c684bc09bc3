"""Two copies of one month: the later counts, the earlier never, a partial one takes no whole one's place."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sql.measure import load_measures
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.etl.rows import (
    BROMLEY,
    CATEGORIES,
    HACKNEY,
    POINTS,
    Row,
    month_of_crimes,
    month_of_stops,
    name_file,
    put,
    stops_csv,
    street_csv,
    zip_files,
)

MARCH, APRIL, MAY = date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)


def copy(base: Base, name: str, rows: list[Row], month: str = "2024-02", newline: str = "\n") -> Path:
    """A stop file in a folder of its own."""
    return put(base.folder / name, name_file(month, "stop-and-search"), stops_csv(rows, newline))


def street(base: Base, name: str, rows: list[Row]) -> Path:
    return put(base.folder / name, name_file("2024-02", "street"), street_csv(rows))


async def hackney(base: Base, release: int | None = None) -> int:
    return (await base.values("stop_search_rate", "2024-02", release=release))[HACKNEY, 1]


async def test_a_later_copy_changes_that_months_figures_and_nothing_else(base: Base) -> None:
    for month in ("2024-01", "2024-02", "2024-03"):
        copy(
            base,
            "first",
            [*month_of_stops(month, 60), *month_of_stops(month, 40, point=POINTS[BROMLEY])],
            month,
        )
    await base.load(base.folder / "first", vintage=MARCH)
    before = await base.current()
    fewer = [*month_of_stops("2024-02", 50), *month_of_stops("2024-02", 40, point=POINTS[BROMLEY])]
    report = await base.load(copy(base, "second", fewer), vintage=APRIL)
    assert only(report).status == "loaded"
    name = name_file("2024-02", "stop-and-search")
    assert only(report).message == f"Replaces {name} (vintage 2024-03-01, 100 rows)."
    assert report.release is not None
    changed = before ^ await base.current()
    assert {row[3] for row in changed} == {date(2024, 2, 1)}
    assert {row[4] for row in changed} == {HACKNEY}
    # the months before and after, and Bromley, stand as the first release said
    touched = "period_start = '2024-02-01' and borough = 12"
    assert await base.count("observation", f"first_release = 2 and not ({touched})") == 0
    assert await base.count("observation", f"last_release is not null and not ({touched})") == 0
    # two clocks
    assert await hackney(base) == 50
    assert await hackney(base, release=2) == 50
    assert await hackney(base, release=1) == 60
    assert (
        report.release.closed == report.release.added == await base.count("observation", "first_release = 2")
    )
    assert await base.count("observation", "last_release is not null") == report.release.closed
    assert await base.count("observation", "first_release = 2 and revision <> 1") == 0
    # the rows of the former copy are gone, its record is not
    assert await base.count("stop_search") == 290
    assert await base.count("resource") == 4
    assert await base.count("resource_scope", "superseded_by is not null") == 1


async def test_an_earlier_copy_never_supersedes(base: Base) -> None:
    await base.load(copy(base, "later", month_of_stops("2024-02", 50)), vintage=APRIL)
    before = await base.state()
    report = only(await base.load(copy(base, "earlier", month_of_stops("2024-02", 60)), vintage=MARCH))
    assert report.status == "refused"
    assert "vintage 2024-03-01) is older than the one in the database" in report.message
    assert "--force" in report.message
    assert await base.state() == before
    await base.load(base.folder / "earlier", vintage=MARCH, force=True)
    assert await hackney(base) == 60


async def test_equal_vintages_with_different_bytes_are_refused(base: Base) -> None:
    await base.load(copy(base, "one", month_of_stops("2024-02", 50)), vintage=MARCH)
    before = await base.state()
    report = only(await base.load(copy(base, "two", month_of_stops("2024-02", 60)), vintage=MARCH))
    assert report.status == "refused"
    assert "which is newer cannot be told. Say with --vintage" in report.message
    assert await base.state() == before


@pytest.mark.parametrize("again", [MARCH, APRIL, MAY, None])
async def test_a_superseded_copy_comes_back_only_by_force(base: Base, again: date | None) -> None:
    first = copy(base, "first", month_of_stops("2024-02", 60))
    await base.load(first, vintage=MARCH)
    await base.load(copy(base, "second", month_of_stops("2024-02", 50)), vintage=APRIL)
    before = await base.state()
    report = await base.load(first, vintage=again)
    assert only(report).status == "unchanged"
    assert "superseded by a later one" in only(report).message
    assert report.release is None
    assert await base.state() == before
    assert only(await base.load(first, vintage=again, force=True)).status == "loaded"
    assert [await hackney(base, release) for release in (1, 2, 3)] == [60, 50, 60]
    # and the later copy is now the superseded one
    assert only(await base.load(base.folder / "second", vintage=APRIL)).status == "unchanged"
    assert await hackney(base) == 60


async def test_an_archives_month_is_its_vintage(base: Base) -> None:
    def archive(name: str, count: int) -> Path:
        member = f"2024-02/{name_file('2024-02', 'stop-and-search')}"
        return put(base.folder, name, zip_files({member: stops_csv(month_of_stops("2024-02", count))}))

    assert only(await base.load(archive("2024-04.zip", 50))).status == "loaded"
    assert only(await base.load(archive("2024-03.zip", 60))).status == "refused"
    assert only(await base.load(archive("2024-05.zip", 70))).status == "loaded"
    assert await hackney(base) == 70


async def test_of_two_copies_in_one_folder_the_later_counts_however_they_are_named(base: Base) -> None:
    for name, count in (("z/2024-03.zip", 60), ("a/2024-04.zip", 50)):
        put(
            base.folder,
            name,
            zip_files({name_file("2024-02", "stop-and-search"): stops_csv(month_of_stops("2024-02", count))}),
        )
    report = await base.load(base.folder)
    assert [file.status for file in report.files] == ["loaded", "loaded"]
    assert await hackney(base) == 50
    assert await base.count("release") == 1


async def test_a_later_copy_with_the_same_rows_changes_no_figure(base: Base) -> None:
    await base.load(copy(base, "lf", month_of_stops("2024-02")), vintage=MARCH)
    before = await base.current()
    report = await base.load(copy(base, "crlf", month_of_stops("2024-02"), newline="\r\n"), vintage=APRIL)
    assert only(report).status == "loaded"
    assert await base.current() == before
    assert await base.count("observation", "last_release is not null or first_release > 1") == 0


async def test_a_later_copy_that_stops_early_takes_the_months_figures_away(base: Base) -> None:
    await base.load(copy(base, "whole", month_of_stops("2024-02", 900)), vintage=MARCH)
    await base.load(copy(base, "cut", month_of_stops("2024-02", 500, days=16)), vintage=APRIL)
    assert await base.values("stop_search_rate", "2024-02") == {}
    assert (await base.values("stop_search_rate", "2024-02", release=1))[HACKNEY, 1] == 900
    coverage = await base.coverage("stop_search", "2024-02")
    assert coverage is not None
    assert (coverage["status"], coverage["reason"]) == (
        "partial",
        "the file stops on 16 February 2024, though the month ends on 29 February",
    )


async def test_forces_do_not_supersede_each_other(base: Base) -> None:
    await base.load(copy(base, "met", month_of_stops("2024-02", 60)), vintage=MARCH)
    name = name_file("2024-02", "stop-and-search", "city-of-london")
    await base.load(put(base.folder, name, stops_csv(month_of_stops("2024-02", 7))), vintage=MARCH)
    values = await base.values("stop_search_rate", "2024-02")
    assert (values[HACKNEY, 1], values[HACKNEY, 2], values[1, 2]) == (60, 7, 0)


# Partial copies of crime.


async def test_a_partial_copy_takes_no_whole_copys_place(base: Base) -> None:
    await base.load(street(base, "whole", month_of_crimes("2024-02")), vintage=MARCH)
    before = await base.state()
    partial = street(base, "partial", month_of_crimes("2024-02", 9, categories=["Burglary"]))
    report = only(await base.load(partial, vintage=APRIL, only=("burglary",)))
    assert report.status == "refused"
    assert "holds a fuller copy of this month" in report.message
    assert await base.state() == before


async def test_nor_does_one_of_which_nobody_says_that_it_is_partial(base: Base) -> None:
    await base.load(street(base, "whole", month_of_crimes("2024-02")), vintage=MARCH)
    before = await base.state()
    partial = street(base, "partial", month_of_crimes("2024-02", 9, categories=["Burglary"]))
    report = only(await base.load(partial, vintage=APRIL))
    assert report.status == "refused"
    assert "lacks more than a fifth of the kinds of event" in report.message
    assert await base.state() == before
    assert only(await base.load(partial, vintage=APRIL, force=True)).status == "loaded"
    assert await base.values("crime_rate", "2024-02", "category:drugs") == {}


async def test_a_whole_copy_that_lacks_a_rare_kind_supersedes(base: Base) -> None:
    await base.load(street(base, "first", month_of_crimes("2024-02")), vintage=MARCH)
    rest = [category for category in CATEGORIES if category != "Possession of weapons"]
    report = only(
        await base.load(street(base, "second", month_of_crimes("2024-02", 5, categories=rest)), vintage=APRIL)
    )
    assert report.status == "loaded"
    assert await base.values("crime_rate", "2024-02", "category:possession_of_weapons") == {}
    assert (await base.values("crime_rate", "2024-02", "category:drugs"))[HACKNEY, 1] == 5


async def test_a_whole_copy_takes_a_partial_ones_place(base: Base) -> None:
    partial = street(base, "partial", month_of_crimes("2024-02", 9, categories=["Burglary"]))
    await base.load(partial, vintage=MARCH, only=("burglary",))
    await base.load(street(base, "whole", month_of_crimes("2024-02", 4)), vintage=APRIL)
    assert (await base.values("crime_rate", "2024-02", "category:burglary"))[HACKNEY, 1] == 4
    assert (await base.values("crime_rate", "2024-02"))[HACKNEY, 1] == 52
    assert await base.count("crime") == 56


# Real files, where they are at hand.


async def count_events(base: Base) -> set[tuple[Any, ...]]:
    """The current observations, but for what became of crimes: that is what the revised file changes."""
    cohorts = {measure.metric for measure in load_measures().values() if measure.kind == "cohort"}
    return {row for row in await base.current() if row[0] not in cohorts}


async def test_the_revised_city_file_of_2024_02_needs_its_vintage_and_changes_no_count(
    base: Base, shared_data: Path
) -> None:
    await base.load(shared_data / "police" / "whole" / "2024-02.zip")
    before = await count_events(base)
    revised = shared_data / "police" / "revised" / "2024-02.zip"
    assert [file.status for file in (await base.load(revised)).files] == ["refused"]
    assert [file.status for file in (await base.load(revised, vintage=APRIL)).files] == ["loaded"]
    assert await count_events(base) == before
    with zipfile.ZipFile(revised) as archive:
        lines = archive.read(archive.namelist()[0]).count(b"\n")
    assert await base.count("crime", "force = 2") == lines - 1
