"""Given two to six areas, expect their figures side by side, and whether chance could explain how they differ."""

import math
import re

import httpx
import msgspec
import pytest

from api.model import ValueRow
from api.pages.compare_page import DAYTIME, Tally, set_against
from sql.measure import load_measures
from tests.api.test_pages import Page

PAIR = "/compare?area=hackney&area=bromley"


def cells(text: str, title: str) -> list[str]:
    """The cells of a line of the tables, in plain text."""
    row = next(
        found for found in re.findall(r"<tr><th scope=\"row\">.*?</tr>", text, re.DOTALL) if title in found
    )
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip()
        for cell in re.findall(r"<td>.*?</td>", row, re.DOTALL)
    ]


async def test_without_areas_there_is_a_form(client: httpx.AsyncClient) -> None:
    answer = await client.get("/compare")
    page = Page(answer.text)
    assert page.tags.count("select") == 6
    assert "table" not in page.tags
    one = await client.get("/compare?area=hackney&area=&area=")
    assert "Choose a second area to set beside Hackney." in one.text
    assert '<option value="hackney" selected>' in one.text


async def test_figures_are_those_of_the_scorecards(client: httpx.AsyncClient) -> None:
    text = (await client.get(PAIR)).text
    shown = cells(text, "Searches per 1,000 residents")
    for cell, slug in zip(shown, ("hackney", "bromley"), strict=True):
        rows = (await client.get(f"/v1/areas/{slug}/scorecard")).json()["data"]
        row = next(row for row in rows if row["metric"] == "stop_search_rate")
        assert cell.startswith(f"{row['value']:.1f} {row['lower']:.1f} to {row['upper']:.1f}")
        assert "11 of 12 months" in cell


async def test_figures_that_no_area_has_are_named_and_take_no_line(client: httpx.AsyncClient) -> None:
    text = (await client.get(PAIR)).text
    folded = text[text.index("Figures that none of these areas has") :]
    assert "<li>Share who trust the Met</li>" in folded[: folded.index("</details>")]
    assert 'scope="row"><a href="/figures/trust_police_share"' not in text


async def test_the_difference_has_the_interval_of_a_rate_ratio(client: httpx.AsyncClient) -> None:
    """By logs (shared/methods.md, section 2), from the counts and residents of /v1/values."""
    address = "/v1/values?metric=stop_search_rate&area=bromley&area=hackney"
    rows = {row["area_name"]: row for row in (await client.get(address)).json()["data"]}
    a, n = rows["Bromley"]["numerator"], rows["Bromley"]["denominator"]
    b, m = rows["Hackney"]["numerator"], rows["Hackney"]["denominator"]
    spread = math.exp(1.959964 * math.sqrt(1 / a + 1 / b))
    ratio = (a / n) / (b / m)
    assert ratio * spread < 1
    (hackney, bromley) = cells((await client.get(PAIR)).text, "Searches per 1,000 residents")
    assert bromley.endswith(f"lower than Hackney ({ratio / spread:.2f} to {ratio * spread:.2f} times)")
    assert "than" not in hackney
    assert "Bromley differs from Hackney by more than chance in 1 of the 1 figures" in (
        (await client.get(PAIR)).text
    )


async def test_areas_that_share_ground_are_not_set_against_each_other(client: httpx.AsyncClient) -> None:
    text = (await client.get("/compare?area=hackney&area=CE&area=met")).text
    assert text.count("share ground, so their figures are not set against each other") == 2
    assert "times)" not in text


async def test_six_are_shown_and_seven_refused(client: httpx.AsyncClient) -> None:
    six = ["hackney", "bromley", "haringey", "camden", "CE", "met"]
    answer = await client.get("/compare", params={"area": six})
    assert len(cells(answer.text, "Searches per 1,000 residents")) == 6
    # the same area again, by its code, is no seventh
    assert (await client.get("/compare", params={"area": [*six, "E09000012"]})).status_code == 200
    seven = await client.get("/compare", params={"area": [*six, "barnet"]})
    assert seven.status_code == 400
    assert "choose fewer" in seven.json()["detail"]


@pytest.mark.parametrize(
    "query", ["area=hackny&area=bromley", "area=met-located&area=hackney", "to=2024", "areas=x"]
)
async def test_what_is_not_there_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/compare?{query}")).status_code == 400


async def test_nothing_is_ranked_across_groups(client: httpx.AsyncClient) -> None:
    rows = (await client.get("/v1/areas/hackney/scorecard")).json()["data"]
    row = msgspec.convert(next(one for one in rows if one["metric"] == "stop_search_rate"), ValueRow)
    tally = Tally()
    assert set_against(load_measures()["stop_search_rate_ratio"], row, row, "Other", tally) == ""
    assert tally.compared == 0
    assert "are not set against each other" in (await client.get(PAIR)).text


async def test_rates_on_residents_of_areas_full_by_day_are_not_set_against_others(
    client: httpx.AsyncClient,
) -> None:
    """The people there by day are many times the residents, whichever of the two areas it is."""
    rows = (await client.get("/v1/areas/hackney/scorecard")).json()["data"]
    row = msgspec.convert(next(one for one in rows if one["metric"] == "stop_search_rate"), ValueRow)
    measure = load_measures()["stop_search_rate"]
    by_day = msgspec.structs.replace(row, flags=("daytime_population",), numerator=10 * (row.numerator or 0))
    for pair in ((by_day, row), (row, by_day)):
        tally = Tally()
        assert set_against(measure, *pair, "Other", tally) == DAYTIME
        assert tally.compared == 0
    assert set_against(measure, row, row, "Other", Tally()).startswith("within chance")
