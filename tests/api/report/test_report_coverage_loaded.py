"""What stands under a report of files that were loaded: a later copy of the City's crimes took the place of an earlier one."""

import asyncpg
import httpx

from tests.api.report.test_report_coverage import calendar, cover


async def test_copies_that_gave_way_are_counted(loaded: httpx.AsyncClient, reader: asyncpg.Pool) -> None:
    del loaded
    section = await cover(reader, "city-of-london")
    (told,) = [sentence for sentence in section.sentences if "gave way" in sentence]
    assert "1 of street-level crime and anti-social behaviour (City of London Police)" in told
    states = dict(calendar(section).lines)[
        "Street-level crime and anti-social behaviour (City of London Police)"
    ]
    assert states.count("received") == 2
