"""Every real police file loads: rows read are rows loaded and rejected, and loading again changes nothing."""

from collections import Counter
from pathlib import Path

from tests.etl.conftest import Base

# the check figures of the methods, section 3: person searches in Met files of 2023-09 to 2024-08, full-resolution boundary
YEAR = [f"2023-{month:02d}" for month in range(9, 13)] + [f"2024-{month:02d}" for month in range(1, 9)]
BROMLEY, HACKNEY, HARINGEY = 6, 12, 14


async def check_searches(base: Base) -> None:
    """The published check figures, to the last search."""
    searches: Counter[int] = Counter()
    for month in YEAR:
        for (borough, force), count in (await base.values("stop_search_rate", month)).items():
            assert force == 1
            searches[borough] += count
    assert searches[HACKNEY] == 3294
    assert searches[BROMLEY] == 2429
    assert searches[HARINGEY] == 4042
    # the check figure has no search that lies outside every boundary; we give those within 50 m to the nearest
    nearest = await base.count(
        "stop_search",
        "place = 3 and borough > 1 and month between '2023-09-01' and '2024-08-01'"
        " and search_type in (select code from vocabulary where class = 'person' and field = 'search_type')",
    )
    assert sum(count for borough, count in searches.items() if borough > 1) == 105_805 + nearest
    assert searches.total() == 116_524


async def test_every_real_police_file_loads_and_again_changes_nothing(base: Base, shared_data: Path) -> None:
    police = shared_data / "police"
    reports = [
        await base.load(shared_data / "geo" / "london_boroughs_gla_datastore.gpkg", police / "whole"),
        await base.load(police / "met-burglary-only", only=("burglary",)),
        await base.load(police / "awkward"),
    ]
    files = [file for report in reports for file in report.files]
    assert {file.status for file in files} == {"loaded"}
    assert {file.message for file in files if file.source != "boundaries"} == {""}
    assert [file.file for file in files if file.rows_rejected] == []
    assert sum(file.rows_loaded for file in files if file.source == "stop_search") == await base.count(
        "stop_search"
    )
    # one month of all stops early; every other is whole
    partial = await base.conn.fetch(
        "select source, force, to_char(month, 'YYYY-MM') as month from coverage"
        " where last_release is null and status = 'partial'"
    )
    assert [tuple(row) for row in partial] == [("stop_search", 1, "2022-12")]
    # burglary is known of the Met, and no other category became zero
    burglaries = await base.values("crime_rate", "2023-06", "category:burglary")
    assert {(borough, 1) for borough in (-1, 0, *range(2, 34))} <= set(burglaries)
    for group in ("category:drugs", "total"):
        assert {force for _, force in await base.values("crime_rate", "2023-06", group)} == {2}
    await check_searches(base)
    before = await base.state()
    again = [
        await base.load(police / "whole"),
        await base.load(police / "met-burglary-only", only=("burglary",)),
        await base.load(police / "awkward"),
    ]
    assert {file.status for report in again for file in report.files} == {"unchanged"}
    assert [report.release for report in again] == [None] * 3
    assert await base.state() == before
