"""Sample and real never mix; loaders wait for each other; one that dies leaves nothing half done."""

import asyncio
from pathlib import Path
from typing import Any, NoReturn

import asyncpg
import pytest

import etl.load
import etl.write
from etl.copy import send
from etl.load import FileReport, LoadReport, Progress, load
from etl.publish import publish
from etl.sample_marks import SAMPLE_ID_PREFIX, SAMPLE_WORDS
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.etl.rows import (
    HACKNEY,
    Row,
    make_outcome,
    month_of_crimes,
    month_of_stops,
    name_file,
    outcomes_csv,
    put,
    stops_csv,
    street_csv,
)

REAL: dict[str, Any] = {"Policing_operation": ""}
SAMPLE: dict[str, Any] = {"Policing_operation": SAMPLE_WORDS}


def put_stops(
    base: Base, month: str, folder: str = "real", marks: dict[str, Any] = REAL, count: int = 60
) -> Path:
    rows = month_of_stops(month, count, **marks)
    return put(base.folder / folder, name_file(month, "stop-and-search"), stops_csv(rows))


def statuses(report: LoadReport) -> list[str]:
    return [file.status for file in report.files]


# Sample and real.


async def test_real_files_are_refused_where_the_sample_is_and_the_sentence_says_how(base: Base) -> None:
    await base.load(put_stops(base, "2024-01", "sample", SAMPLE))
    assert await base.conn.fetchval("select bool_and(is_sample) from release")
    before = await base.state()
    report = await base.load(put_stops(base, "2024-02"))
    assert only(report).status == "refused"
    assert "--replace-sample" in only(report).message
    assert await base.state() == before


async def test_replace_sample_drops_every_trace_of_the_sample(base: Base) -> None:
    put_stops(base, "2024-01", "sample", SAMPLE)
    put_stops(base, "2024-02", "sample", SAMPLE)
    crimes: list[Row] = [{**row, "Context": SAMPLE_WORDS} for row in month_of_crimes("2024-01")]
    put(base.folder / "sample", name_file("2024-01", "street"), street_csv(crimes))
    await base.load(base.folder / "sample")
    put_stops(base, "2024-02")
    put_stops(base, "2024-03")
    report = await base.load(base.folder / "real", replace_sample=True)
    assert statuses(report) == ["loaded", "loaded"]
    assert report.release is not None
    assert not report.release.is_sample
    assert await base.count("release", "is_sample") == await base.count("resource", "is_sample") == 0
    assert await base.count("stop_search", "operation is not null") == await base.count("crime") == 0
    # what is left is what a database that never held the sample would hold
    assert {row[3].month for row in await base.current()} == {2, 3}
    assert await base.coverage("stop_search", "2024-01") is None
    assert (await base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 60


async def test_the_sample_is_refused_where_real_files_are_whatever_is_asked(base: Base) -> None:
    await base.load(put_stops(base, "2024-01"))
    before = await base.state()
    sample = put_stops(base, "2024-02", "sample", SAMPLE)
    choices: list[dict[str, Any]] = [{}, {"replace_sample": True}, {"force": True}]
    for options in choices:
        report = only(await base.load(sample, **options))
        assert report.status == "refused"
        assert "This is sample data, and the database holds real data." in report.message
    assert await base.state() == before


async def test_a_bad_real_file_does_not_cost_the_sample(base: Base) -> None:
    await base.load(put_stops(base, "2024-01", "sample", SAMPLE))
    before = await base.state()
    bad = put(base.folder, name_file("2024-02", "stop-and-search"), b"<html>")
    assert statuses(await base.load(bad, replace_sample=True)) == ["refused"]
    assert await base.state() == before


async def test_a_folder_that_mixes_them_is_loaded_as_what_came_first(base: Base) -> None:
    put_stops(base, "2024-01", "both")
    put_stops(base, "2024-02", "both", SAMPLE)
    assert statuses(await base.load(base.folder)) == ["loaded", "refused"]
    assert await base.count("resource", "is_sample") == 0


async def test_every_family_knows_its_sample(base: Base) -> None:
    rows: list[Row] = [
        make_outcome(n, Month="2024-01", Crime_ID=f"{SAMPLE_ID_PREFIX}{n:052x}") for n in range(30)
    ]
    put(base.folder, name_file("2024-01", "outcomes"), outcomes_csv(rows))
    crimes: list[Row] = [{**row, "Context": SAMPLE_WORDS} for row in month_of_crimes("2024-01")]
    put(base.folder, name_file("2024-01", "street"), street_csv(crimes))
    put_stops(base, "2024-01", ".", SAMPLE)
    assert statuses(await base.load(base.folder)) == ["loaded"] * 3
    assert await base.count("resource", "is_sample") == 3


# Two loaders at once.


async def test_the_second_loader_says_that_it_waits_and_then_loads(base: Base) -> None:
    first, second = put_stops(base, "2024-01", "one"), put_stops(base, "2024-02", "two")
    said: list[str] = []
    progress = Progress(say=said.append)
    other = await asyncpg.connect(base.address)
    try:
        reports = await asyncio.gather(
            base.load(first, progress=progress),
            load(other, [second], index_folder=base.index_folder, progress=progress),
        )
    finally:
        await other.close()
    assert [statuses(report) for report in reports] == [["loaded"], ["loaded"]]
    assert len(said) == 1
    assert said[0].startswith("Another load is at work on this database.")
    assert await base.count("release") == 2
    for month in ("2024-01", "2024-02"):
        assert (await base.values("stop_search_rate", month))[HACKNEY, 1] == 60


async def test_two_loaders_of_one_file_load_it_once(base: Base) -> None:
    path = put_stops(base, "2024-01")
    other = await asyncpg.connect(base.address)
    try:
        reports = await asyncio.gather(
            base.load(path), load(other, [path], index_folder=base.index_folder), return_exceptions=False
        )
    finally:
        await other.close()
    assert sorted(statuses(report)[0] for report in reports) == ["loaded", "unchanged"]
    assert await base.count("stop_search") == 60
    assert await base.count("release") == 1


async def test_a_loader_that_failed_does_not_keep_the_next_one_waiting(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put_stops(base, "2024-01")
    with monkeypatch.context() as broken:
        broken.setattr(etl.load, "publish", die)
        with pytest.raises(DiedError):
            await base.load(path)
    other = await asyncpg.connect(base.address)
    try:
        report = await asyncio.wait_for(load(other, [path], index_folder=base.index_folder), 30)
    finally:
        await other.close()
    assert statuses(report) == ["unchanged"]
    assert report.release is not None


# A loader that dies.


class DiedError(Exception):
    """What stands for a sudden end."""


async def die(*_: object, **__: object) -> NoReturn:
    raise DiedError


async def test_the_next_load_publishes_what_a_dead_loader_left(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_stops(base, "2024-01")
    await base.load(base.folder)
    path = put_stops(base, "2024-02", "next")
    with monkeypatch.context() as broken:
        broken.setattr(etl.load, "publish", die)
        with pytest.raises(DiedError):
            await base.load(path)
    # the old release, whole; the new facts and what they made stale beside it
    assert await base.release_id() == 1
    assert await base.values("stop_search_rate", "2024-02") == {}
    assert await base.count("observation", "first_release <> 1") == 0
    assert await base.count("stop_search") == 120
    assert await base.count("stale") > 0
    report = await base.load(path)
    assert statuses(report) == ["unchanged"]
    assert report.release is not None
    assert (await base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 60
    assert await base.count("stale") == 0


async def test_publish_alone_finishes_too_and_only_once(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(etl.load, "publish", die)
        with pytest.raises(DiedError):
            await base.load(put_stops(base, "2024-02"))
    assert await publish(base.conn) is not None
    assert await publish(base.conn) is None
    assert (await base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 60


async def test_a_publisher_that_dies_leaves_the_old_release(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    await base.load(put_stops(base, "2024-01"))
    before = {
        key: value
        for key, value in (await base.state()).items()
        if key in ("release", "observation", "coverage")
    }

    def stop_at_the_fourth(_: str, done: int, __: int) -> None:
        if done == 4:
            raise DiedError

    path = put_stops(base, "2024-02", "next")
    with pytest.raises(DiedError):
        await base.load(path, progress=Progress(metric=stop_at_the_fourth))
    after = await base.state()
    assert {key: after[key] for key in before} == before
    assert (await base.load(path)).release is not None
    assert (await base.values("stop_search_rate", "2024-02"))[HACKNEY, 1] == 60


async def test_a_loader_that_dies_within_a_file_leaves_nothing_of_that_file(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_stops(base, "2024-01")
    put_stops(base, "2024-02")
    calls = 0
    honest = send

    # three copies a file: the searches, their totals, their tally
    async def die_at_the_fifth(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise DiedError
        await honest(*arguments)

    with monkeypatch.context() as broken:
        broken.setattr(etl.write, "send", die_at_the_fifth)
        with pytest.raises(DiedError):
            await base.load(base.folder)
    assert await base.count("resource") == await base.count("resource_scope") == 1
    assert await base.count("stop_search") == 60
    assert statuses(await base.load(base.folder)) == ["unchanged", "loaded"]
    assert await base.count("release") == 1


async def test_a_load_that_is_cancelled_can_be_taken_up_again(base: Base) -> None:
    for month in ("2024-01", "2024-02", "2024-03"):
        put_stops(base, month)

    def cancel(_: FileReport) -> None:
        task.cancel()

    task = asyncio.ensure_future(base.load(base.folder, progress=Progress(file=cancel)))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await base.count("resource") in (1, 2)
    assert await base.count("release") == 0
    report = await base.load(base.folder)
    assert set(statuses(report)) == {"loaded", "unchanged"}
    for month in ("2024-01", "2024-02", "2024-03"):
        assert (await base.values("stop_search_rate", month))[HACKNEY, 1] == 60
