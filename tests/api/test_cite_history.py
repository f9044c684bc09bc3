"""Given two releases, expect a figure's page to tell of both, and why they differ."""

import httpx

from sql.measure import load_measures
from tests.api.pages_read import check_structure

PAGE = {"Accept": "text/html"}
CHARGED = "/figures/charged_share/city-of-london?basis=as_published&from=2024-02&to=2024-02&window=month"


async def test_both_versions_and_why(loaded: httpx.AsyncClient) -> None:
    """Two of 22 cases charged in the City, then four of 21."""
    new, old = [row["release"] for row in (await loaded.get("/v1/releases")).json()["data"]]
    found = (await loaded.get(f"{CHARGED}&format=json")).json()["data"]
    first, last = found["history"]
    assert (first["release"], first["numerator"], first["denominator"]) == (old, 2, 22)
    assert (last["release"], last["numerator"], last["denominator"]) == (new, 4, 21)
    assert (first["value"], last["value"]) == (2 / 22, 4 / 21)
    assert first["why"] == ["The first release with these months."]
    (why,) = last["why"]
    assert "the street crime file of 2024-02 from City of London Police was published again" in why
    assert "of 2024-09-01 took the place of" in why
    for version in (first, last):
        url = "/v1/values?metric=charged_share&basis=as_published&area=city-of-london&from=2024-02&to=2024-02"
        (row,) = (await loaded.get(f"{url}&as_of={version['release']}")).json()["data"]
        same = ("value", "lower", "upper", "numerator", "denominator")
        assert [row[name] for name in same] == [version[name] for name in same]


async def test_the_page_says_so_plainly(loaded: httpx.AsyncClient) -> None:
    answer = await loaded.get(CHARGED, headers=PAGE)
    page = check_structure(answer.text, answer.headers["content-security-policy"])
    assert "Now 19.0%; as first published 9.1% (" in page.text
    assert "was published again" in page.text
    assert "Earlier copies: 2024-02-city-of-london-street.csv of 2024-04-20, replaced by" in page.text


async def test_a_former_release_shows_its_own_figure(loaded: httpx.AsyncClient) -> None:
    new, old = [row["release"] for row in (await loaded.get("/v1/releases")).json()["data"]]
    answer = await loaded.get(f"{CHARGED}&as_of={old}", headers=PAGE)
    page = check_structure(answer.text, answer.headers["content-security-policy"])
    assert "9.1% " in page.text.partition("What it stands on")[0]
    assert f"This page shows the figure as it was known in release {old}: 9.1%. Now 19.0%" in page.text
    assert "A later release has been published" in page.text
    assert answer.headers["x-release"] == old
    assert (await loaded.get(f"{CHARGED}&as_of={new}", headers=PAGE)).text.count("A later release") == 0


async def test_what_did_not_change_has_one_version(loaded: httpx.AsyncClient) -> None:
    """The second release brought crimes of the City; searches in Hackney stayed as they were."""
    url = "/figures/stop_search_rate/hackney?from=2024-03&to=2024-03&format=json"
    (version,) = (await loaded.get(url)).json()["data"]["history"]
    old = (await loaded.get("/v1/releases")).json()["data"][-1]["release"]
    assert version["release"] == old


async def test_every_metric_has_a_page_for_every_kind_of_area(loaded: httpx.AsyncClient) -> None:
    for metric in load_measures():
        for slug in ("city-of-london", "CE", "london"):
            answer = await loaded.get(f"/figures/{metric}/{slug}", headers=PAGE)
            assert answer.status_code == 200, (metric, slug, answer.text[-2000:])
            assert not [word for word in ("None", "nan", "Undefined") if f" {word}" in answer.text], (
                metric,
                slug,
            )


async def test_few_people_are_told_of_no_further_than_the_values_do(loaded: httpx.AsyncClient) -> None:
    """One search of a person aged 10 to 17: withheld in the page, in its data and in every version."""
    url = "/figures/stop_search_rate/hackney?group=age:10_17"
    found = (await loaded.get(f"{url}&format=json")).json()["data"]
    assert found["figure"]["window"] == "financial_year"
    for version in [found["figure"], *found["history"]]:
        assert (version["value"], version["numerator"]) == (None, None)
        asked = (
            f"window=financial_year&group=age:10_17&to={found['figure']['to']}&from={found['figure']['to']}"
        )
        values = f"/v1/values?metric=stop_search_rate&area=hackney&{asked}&as_of={version['release']}"
        (row,) = (await loaded.get(values)).json()["data"]
        assert (row["status"], row["reason"]) == (version["status"], version["reason"])
