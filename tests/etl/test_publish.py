"""Publishing: never between two files of a load, and what a release, a revision and a population are."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

import etl.publish
import etl.reference
from etl.publish import LOAD_LOCK, publish
from etl.reference import Word, load_populations, load_words, seed
from etl.sample_marks import SAMPLE_WORDS
from sql.measure import load_measures
from tests.etl.conftest import Base
from tests.etl.rows import CITY_OF_LONDON, HACKNEY, POINTS, month_of_stops, name_file, put, stops_csv

RATE = "stop_search_rate"


def put_stops(base: Base, folder: str, count: int = 60, month: str = "2024-02", **changes: Any) -> Path:
    rows = month_of_stops(month, count, **changes)
    return put(base.folder / folder, name_file(month, "stop-and-search"), stops_csv(rows))


async def mark(base: Base, month: str = "2024-02") -> None:
    """Make a month stale, as a load does."""
    await base.conn.execute(
        "insert into stale values ($1, to_date($2, 'YYYY-MM')) on conflict do nothing", RATE, month
    )


# One key for loaders, publishers and what counts again.


async def test_a_publisher_waits_for_the_loader_of_another_session(base: Base) -> None:
    await base.load(put_stops(base, "first"))
    await mark(base)
    loader = await asyncpg.connect(base.address)
    try:
        await loader.execute("select pg_advisory_lock(hashtext($1))", LOAD_LOCK)
        task = asyncio.ensure_future(publish(base.conn))
        await asyncio.sleep(0.3)
        assert not task.done()
        assert await loader.fetchval("select count(*) from release") == 1
        await loader.execute("select pg_advisory_unlock(hashtext($1))", LOAD_LOCK)
        release = await task
    finally:
        await loader.close()
    assert release is not None
    assert release.release_id == 2


async def test_one_that_may_not_wait_leaves_it_to_the_loader(base: Base) -> None:
    await base.load(put_stops(base, "first"))
    await mark(base)
    loader = await asyncpg.connect(base.address)
    try:
        await loader.execute("select pg_advisory_lock(hashtext($1))", LOAD_LOCK)
        assert await publish(base.conn, wait=False) is None
        assert await base.count("stale") == 1
    finally:
        await loader.close()
    # the lock of a session that is gone may take a moment to go
    for _ in range(50):
        if await publish(base.conn, wait=False):
            break
        await asyncio.sleep(0.1)
    assert await base.release_id() == 2


async def test_only_the_stale_months_that_were_read_are_done_with(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    await base.load(put_stops(base, "first"))
    await mark(base)
    honest = etl.publish.read_stale

    async def read_then_another_comes(conn: asyncpg.Connection) -> dict[str, list[Any]]:
        stale = await honest(conn)
        await mark(base, "2024-03")
        return stale

    monkeypatch.setattr(etl.publish, "read_stale", read_then_another_comes)
    assert await publish(base.conn) is not None
    assert await base.count("stale") == await base.count("stale", "month = '2024-03-01'") == 1


async def test_counting_again_waits_for_the_loader(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    await base.load(put_stops(base, "first"))
    words = [
        Word(word.field, word.word, "unknown") if (word.field, word.word) == ("gender", "Male") else word
        for word in load_words()
    ]
    loader = await asyncpg.connect(base.address)
    try:
        await loader.execute("select pg_advisory_lock(hashtext($1))", LOAD_LOCK)
        with monkeypatch.context() as changed:
            changed.setattr(etl.reference, "load_words", lambda: words)
            task = asyncio.ensure_future(seed(base.conn))
            await asyncio.sleep(0.3)
            assert not task.done()
            await loader.execute("select pg_advisory_unlock(hashtext($1))", LOAD_LOCK)
            await task
        assert await publish(base.conn) is not None
        assert (await base.values(RATE, "2024-02", "gender:unknown"))[HACKNEY, 1] == 60
    finally:
        await loader.close()
        await seed(base.conn)


# Revisions.


async def test_another_method_alone_is_no_revision(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    await base.load(put_stops(base, "first"))
    next_version = msgspec.structs.replace(load_measures()[RATE], method_version=2)
    monkeypatch.setitem(load_measures(), RATE, next_version)
    release = await publish(base.conn)
    assert release is not None
    assert release.added == release.closed > 0
    assert await base.count("observation", "last_release is null and method_version = 2") == release.added
    assert await base.count("observation", "revision <> 0") == 0


@pytest.mark.parametrize("has_neighbours", [True, False])
async def test_a_figure_that_went_and_comes_back_is_a_revision(base: Base, has_neighbours: bool) -> None:
    """The linked field is filled, then blank in the next copy, then filled again."""
    if has_neighbours:
        # the City's figures of the month stay, so that it is compared and not only added to
        rows = month_of_stops(
            "2024-02", point=POINTS[CITY_OF_LONDON], Outcome_linked_to_object_of_search="True"
        )
        name = name_file("2024-02", "stop-and-search", "city-of-london")
        await base.load(put(base.folder / "city", name, stops_csv(rows)))
    for folder, answer in (("first", "True"), ("second", ""), ("third", "True")):
        path = put_stops(base, folder, Outcome_linked_to_object_of_search=answer)
        await base.load(path, force=True)
    current = """
        select distinct o.revision
          from observation o
          join series s using (series_id)
         where s.metric = 'stop_search_linked_outcome_share'
           and o.period_start = '2024-02-01'
           and o.last_release is null
           and o.force = 1
    """
    assert [row["revision"] for row in await base.conn.fetch(current)] == [1]


# What a release follows from.


async def test_a_population_of_a_new_vintage_takes_the_place_of_the_former_once(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    await base.load(put_stops(base, "first"))
    revised = [
        msgspec.structs.replace(p, persons=p.persons + 1, vintage=f"{p.vintage}, revised")
        for p in load_populations()
    ]
    try:
        with monkeypatch.context() as changed:
            changed.setattr(etl.reference, "load_populations", lambda: revised)
            await seed(base.conn)
        assert await base.count("population") == len(revised)
        assert await publish(base.conn) is not None
        assert await publish(base.conn) is None
        assert await base.count("exposure", "last_release is null") == len(revised)
        assert await base.count("exposure", "last_release is null and vintage not like '%revised'") == 0
    finally:
        await seed(base.conn)


async def test_what_the_reference_tables_no_longer_have_is_dropped(base: Base) -> None:
    members, breaks = await base.count("area_member"), await base.count("series_break")
    await base.conn.execute(
        "insert into area_member select area_code, borough, 2, '1999-01-01', null, 'former' from area_member limit 1"
    )
    await base.conn.execute(
        'insert into series_break select (jsonb_populate_record(b, \'{"series_break": "former"}\')).* from series_break b limit 1'
    )
    await seed(base.conn)
    assert (await base.count("area_member"), await base.count("series_break")) == (members, breaks)


async def test_a_samples_release_says_so_in_its_name(base: Base) -> None:
    report = await base.load(put_stops(base, "sample", Policing_operation=SAMPLE_WORDS))
    assert report.release is not None
    assert report.release.release.endswith("-sample")
    await mark(base)
    again = await publish(base.conn)
    assert again is not None
    assert again.release == report.release.release.removesuffix("-sample") + "-2-sample"


async def test_a_releases_hash_follows_from_the_classes_of_words_and_no_word_left_unfiled(base: Base) -> None:
    await base.load(put_stops(base, "first"))
    hashes = []
    for change in (
        "select 1",
        "insert into vocabulary (field, code, word, class, is_unseen) values ('gender', 99, 'New', 'unknown', true)",
        "update vocabulary set class = 'unknown' where field = 'gender' and word = 'Male'",
    ):
        await base.conn.execute(change)
        await mark(base)
        assert await publish(base.conn) is not None
        hashes.append(
            await base.conn.fetchval("select content_sha256 from release order by release_id desc limit 1")
        )
    await seed(base.conn)
    assert hashes[0] == hashes[1] != hashes[2]
