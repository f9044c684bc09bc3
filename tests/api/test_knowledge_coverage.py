"""Given files that were loaded, expect the page of what arrived to count as the data do."""

from itertools import groupby

import httpx

from tests.api.pages_read import check_structure

PAGE = {"Accept": "text/html"}


async def test_coverage_counts_what_the_data_say(loaded: httpx.AsyncClient) -> None:
    """The table of years against the rows of /v1/coverage, counted here."""
    answer = await loaded.get("/coverage", headers=PAGE)
    page = check_structure(answer.text, answer.headers["content-security-policy"])
    rows = [row for row in (await loaded.get("/v1/coverage")).json()["data"] if row["source"] != "payment"]
    assert rows
    for (source, force), listed in groupby(rows, key=lambda row: (row["source"], row["force"])):
        months = list(listed)
        held = sum(row["status"] == "received" for row in months)
        years = {row["month"][:4] for row in months}
        if len(years) == 1:
            assert f"{held} of {len(months)}" in page.text, (source, force)
        for row in months:
            if row["status"] != "received" and row["reason"]:
                assert row["reason"] in page.text
    total = sum(row["status"] == "received" for row in rows)
    assert f"{total} of {len(rows)} months arrived whole" in page.text
    assert page.tags.count("svg") == 1


async def test_coverage_as_it_was_known(loaded: httpx.AsyncClient) -> None:
    old = (await loaded.get("/v1/releases")).json()["data"][-1]["release"]
    answer = await loaded.get(f"/coverage?as_of={old}", headers=PAGE)
    assert answer.headers["x-release"] == old
    assert f"/v1/coverage?format=csv&amp;as_of={old}" in answer.text
