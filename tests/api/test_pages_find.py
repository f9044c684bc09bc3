"""Given a postcode or a name in the find box, expect the way to one report, or what to do; and nothing kept."""

import httpx
import pytest

from tests.api.test_pages import Page

PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("E8 1EA", "hackney"),
        ("e81ea", "hackney"),
        (" n1c  4ag ", "camden"),
        ("Hackney", "hackney"),
        ("hackney council", "hackney"),
        ("London Borough of Tower Hamlets", "tower-hamlets"),
        ("E09000006", "bromley"),
        ("Hackny", "hackney"),
        ("CE", "central-east"),
        ("Central East BCU", "central-east"),
        ("hammersmith & fulham", "hammersmith-and-fulham"),
        ("the City of London", "city-of-london"),
        ("Westminster City Council", "westminster"),
        ("london", "london"),
    ],
)
async def test_what_fits_once_leads_to_the_report(client: httpx.AsyncClient, text: str, slug: str) -> None:
    answer = await client.get("/find", params={"q": text})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/reports/{slug}"
    assert answer.headers["cache-control"] == "no-store"


async def test_several_names_are_a_choice(client: httpx.AsyncClient) -> None:
    answer = await client.get("/find?q=Kingston+or+Richmond")
    assert answer.status_code == 404
    answer = await client.get("/find?q=upon")
    assert answer.status_code == 200
    links = Page(answer.text).links
    assert {"/reports/kingston-upon-thames", "/reports/richmond-upon-thames"} <= set(links)
    assert "/reports/hackney" not in links


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("E8 9ZZ", "not among London&#39;s live postcodes"),
        ("E8", "Write the whole postcode"),
        ("Birmingham", "No borough and no Basic Command Unit fits"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
async def test_what_is_not_known_is_said_with_every_name(
    client: httpx.AsyncClient, text: str, said: str
) -> None:
    answer = await client.get("/find", params={"q": text}, headers=PERSON)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text
    assert "<b>x" not in answer.text
    assert "/reports/hackney" in Page(answer.text).links


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("E8 9ZZ", "The postcode 'E8 9ZZ' is not among London's live postcodes"),
        ("E8", "Write the whole postcode"),
        ("Birmingham", "No borough and no Basic Command Unit fits 'Birmingham'"),
    ],
)
async def test_a_program_gets_what_is_not_known_as_a_problem(
    client: httpx.AsyncClient, text: str, said: str
) -> None:
    answer = await client.get("/find", params={"q": text}, headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert (problem["status"], problem["found"]) == (404, text)
    assert problem["detail"].startswith(said)
    # every report there is, by the name in its address
    assert len(problem["allowed"]) == len(set(problem["allowed"])) == 33 + 12 + 1 + 1
    assert {"hackney", "central-east", "met", "london"} <= set(problem["allowed"])


async def test_nothing_asked_is_the_form(client: httpx.AsyncClient) -> None:
    for address in ("/find", "/find?q=", "/find?q=+"):
        answer = await client.get(address)
        assert answer.status_code == 200
        assert 'name="q"' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


async def test_too_long_or_another_parameter_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/find", params={"q": "x" * 81})).status_code == 400
    assert (await client.get("/find?postcode=E81EA")).status_code == 400


async def test_the_list_of_reports(client: httpx.AsyncClient) -> None:
    answer = await client.get("/reports")
    links = [link for link in Page(answer.text).links if link.startswith("/reports/")]
    pages = [link for link in links if "?" not in link]
    assert len(pages) == len(set(pages)) == 33 + 12 + 1 + 1
    assert {"/reports/hackney", "/reports/central-east", "/reports/met", "/reports/london"} <= set(pages)
    for page in pages:
        assert {f"{page}?format={name}" for name in ("pdf", "xlsx")} <= set(links)


async def test_the_script_is_kept_for_ever_under_its_own_hash(client: httpx.AsyncClient) -> None:
    (script,) = Page((await client.get("/")).text).scripts
    answer = await client.get(script["src"] or "")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert "http" not in answer.text
    for other in ("/assets/site.js", "/assets/page.css", "/assets/..%2Fapp.py"):
        assert (await client.get(other)).status_code == 404
