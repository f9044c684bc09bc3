"""Given files, expect their rows again: in pages, in files, by area, month and word, without what singles out."""

import csv
import io
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import polars as pl
import pytest

from api.datasets import DATASETS, FILTERS
from api.errors import Unavailable
from api.history import REASONS
from api.record_files import Exports
from api.record_rows import HEAD
from api.routes.records import RecordController
from api.wire import AbsentRow, CoverageRow, RevisionSummary
from tests.api.loaded import CHARGED, CLOSED, FORMULA
from tests.conftest import ROOT

SEARCHES = "/v1/records/stop_search"
CRIMES = "/v1/records/crimes"


def read_lines(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


async def read_pages(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """The rows of all pages, by their links."""
    rows: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        answer = await client.get(following)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["data"]
        following = answer.json()["links"].get("next")
        assert ('rel="next"' in answer.headers["link"]) is (following is not None)
    return rows


async def test_pages_hold_every_row_once(loaded: httpx.AsyncClient) -> None:
    rows = await read_pages(loaded, f"{SEARCHES}?limit=7")
    assert Counter(row["month"] for row in rows) == {"2024-01": 60, "2024-02": 60, "2024-03": 64}
    assert len({(row["month"], row["occurred_at"], row["area_code"]) for row in rows}) == 184
    assert rows == (await loaded.get(f"{SEARCHES}?limit=5000")).json()["data"]


async def test_a_page_goes_on_in_its_own_list_only(loaded: httpx.AsyncClient) -> None:
    asked = f"{SEARCHES}?area=hackney&object=controlled_drugs"
    following = (await loaded.get(f"{asked}&limit=2")).json()["links"]["next"]
    cursor = following.rpartition("cursor=")[2]
    assert (await loaded.get(f"{asked}&limit=50&format=json&cursor={cursor}")).status_code == 200
    for other in (
        f"{SEARCHES}?area=hackney",
        f"{SEARCHES}?area=camden&object=controlled_drugs",
        f"{asked}&from=2024-01",
        "/v1/records/outcomes?area=hackney",
    ):
        answer = await loaded.get(f"{other}&cursor={cursor}")
        assert answer.status_code == 400, other
        assert "is a place in another list" in answer.json()["detail"]


async def test_files_hold_the_rows_of_the_pages(loaded: httpx.AsyncClient) -> None:
    rows = await read_pages(loaded, f"{SEARCHES}?limit=100")
    lines = read_lines(await loaded.get(f"{SEARCHES}?format=csv"))
    table = pl.read_parquet((await loaded.get(f"{SEARCHES}?format=parquet")).content)
    assert list(lines[0]) == table.columns == list(rows[0])
    assert [line["occurred_at"] for line in lines] == [row["occurred_at"] for row in rows]
    assert table["hour"].to_list() == [row["hour"] for row in rows]
    assert table["area_code"].to_list() == [row["area_code"] for row in rows]
    assert {line["linked"] for line in lines} == {"[x]"}
    assert table["linked"].null_count() == len(rows)
    assert table.schema["occurred_at"] == pl.Datetime("us", "UTC")
    assert not any(cell == "" for line in lines for cell in line.values())


async def test_where_and_when(loaded: httpx.AsyncClient) -> None:
    rows = (await loaded.get(f"{SEARCHES}?from=2024-03")).json()["data"]
    places = Counter((row["area_name"], row["placed"]) for row in rows)
    assert places == {
        ("Hackney", "point"): 61,
        ("Bromley", "point"): 1,
        (None, "none"): 1,
        (None, "outside"): 1,
    }
    # 23:30 UTC on the last day of March 2024, the day on which summer time began: half past midnight in London.
    (bromley,) = [row for row in rows if row["area_name"] == "Bromley"]
    assert (bromley["occurred_at"], bromley["hour"]) == ("2024-03-31T23:30:00Z", 0)
    noon = [row for row in rows if row["occurred_at"] == "2024-03-05T10:00:00Z"]
    assert [row["hour"] for row in noon] == [10]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("area=hackney", 181),
        ("area=hackney&area=bromley", 182),
        ("area=met-located", 182),
        ("area=met", 183),
        ("area=metropolitan", 184),
        ("area=city-of-london", 0),
        ("area=SN&from=2024-03", 1),
        ("to=2024-01", 60),
        ("from=2024-02&to=2024-02", 60),
        ("object=firearms", 1),
        ("object=FIREARMS&object=controlled_drugs", 184),
        ("object=Controlled drugs&from=2024-03", 63),
        ("ethnicity_officer=black", 1),
        ("search_type=vehicle", 0),
        ("legislation=Misuse of Drugs Act 1971 (section 23)&area=bromley", 1),
    ],
)
async def test_what_is_asked_for(loaded: httpx.AsyncClient, query: str, count: int) -> None:
    assert len(await read_pages(loaded, f"{SEARCHES}?{query}&limit=61")) == count
    assert len(read_lines(await loaded.get(f"{SEARCHES}?{query}&format=csv"))) == count


async def test_only_rows_that_count_now(loaded: httpx.AsyncClient) -> None:
    rows = await read_pages(loaded, f"{CRIMES}?area=city-of-london&category=burglary&from=2024-02&to=2024-02")
    assert Counter(row["last_outcome"] for row in rows) == {CHARGED: 4, CLOSED: 5}
    assert {row["force"] for row in rows} == {"city-of-london"}
    # The first half of 64 digits.
    assert rows[0]["crime_id"] == f"{7000:08x}" * 4
    charged = await read_pages(loaded, f"{CRIMES}?last_outcome=charged&area=city-of-london")
    assert Counter(row["month"] for row in charged) == {"2024-02": 4, "2024-03": 2}


async def test_nothing_that_singles_out(loaded: httpx.AsyncClient) -> None:
    columns = {name: set(one.record.__struct_fields__) for name, one in DATASETS.items()}
    told = {"age", "gender", "sex"}
    assert not any(told & names for names in columns.values())
    assert not {"ethnicity", "fatality", "detained_mental_health"} & columns["use_of_force"]
    # More than outer clothing removed is a strip search: 1,164 of the Met's rows of 2024-02 to 2024-08, 135 of children.
    assert not [name for name in columns["stop_search"] if "clothing" in name]
    for text in (
        (await loaded.get(SEARCHES)).text,
        (await loaded.get(f"{SEARCHES}?format=csv")).text,
    ):
        assert "10-17" not in text
        assert "Male" not in text
    for name in ("thorough_search", "thorough_searches", "strip-search"):
        answer = await loaded.get(f"/v1/records/{name}")
        assert answer.status_code == 404
        assert "children" in answer.json()["detail"]


async def test_no_cell_runs_in_a_spreadsheet(loaded: httpx.AsyncClient) -> None:
    lines = read_lines(await loaded.get(f"{SEARCHES}?format=csv&ethnicity_officer=black"))
    assert [line["operation"] for line in lines] == [f"'{FORMULA}"]
    rows = (await loaded.get(f"{SEARCHES}?ethnicity_officer=black")).json()["data"]
    assert [row["operation"] for row in rows] == [FORMULA]
    # A western longitude is a number, and stays one.
    assert float(lines[0]["longitude"]) < 0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{SEARCHES}?category=burglary", "cannot be chosen by category"),
        (f"{SEARCHES}?object=spoons", "controlled_drugs"),
        (f"{SEARCHES}?object=", "controlled_drugs"),
        (f"{SEARCHES}?area=hackny", "hackney"),
        (f"{SEARCHES}?from=2024-13", "is not a month"),
        (f"{SEARCHES}?from=2024-03&to=2024-01", "swap them"),
        (f"{SEARCHES}?limit=0", "1 to 5000"),
        (f"{SEARCHES}?limit=5001", "1 to 5000"),
        (f"{SEARCHES}?cursor=here", "no place in a list"),
        (f"{SEARCHES}?cursor=99.1.1.1.1.1.00000000", "former release"),
        (f"{SEARCHES}?format=csv&limit=5", "leave limit out"),
        (f"{SEARCHES}?format=geojson", "parquet"),
        (f"{SEARCHES}?as_of=1999-01-01", "Nothing had been published"),
        (f"{SEARCHES}?age=10_17", "Withheld on purpose are age and gender"),
        (f"{SEARCHES}?clothing_removed=true", "strip searches one by one"),
        ("/v1/records/use_of_force?subject_ethnicity=Black", "single out people"),
        (f"{SEARCHES}?colour=red", "There is no parameter 'colour'"),
        ("/v1/records/crimes?age=10-17", "There is no parameter 'age'"),
    ],
)
async def test_what_is_refused(loaded: httpx.AsyncClient, path: str, said: str) -> None:
    answer = await loaded.get(path)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("name", DATASETS)
async def test_a_refusal_lists_the_filters_of_its_own_dataset(loaded: httpx.AsyncClient, name: str) -> None:
    for given in ("age", "colour"):
        body = (await loaded.get(f"/v1/records/{name}?{given}=10-17")).json()
        assert set(body["allowed"]) & set(FILTERS) == set(DATASETS[name].words)
        assert {"area", "from", "to"} <= set(body["allowed"])


async def test_what_is_not_there_is_said(loaded: httpx.AsyncClient) -> None:
    """Searches of the Met only, from 2024-01 to 2024-03; no use of force at all."""
    answer = await loaded.get(f"{SEARCHES}?area=hackney&from=2010-01&to=2011-01")
    body = answer.json()
    assert body["data"] == []
    (gone,) = body["missing"]
    assert (gone["force"], gone["from"], gone["to"], gone["status"]) == (
        "metropolitan",
        "2010-01",
        "2011-01",
        "missing",
    )
    assert gone["reason"]
    assert body["links"]["coverage"] == "/v1/coverage?source=stop_search"
    assert 'rel="describedby"; title="Months asked for are missing' in answer.headers["link"]

    whole = await loaded.get(f"{SEARCHES}?area=hackney&from=2024-01&to=2024-03&limit=1")
    assert whole.json()["missing"] == []
    assert 'title="All months asked for are there."' in whole.headers["link"]
    part = (await loaded.get(f"{SEARCHES}?area=hackney&from=2024-03&to=2024-05&limit=1")).json()
    assert [(one["from"], one["to"]) for one in part["missing"]] == [("2024-04", "2024-05")]
    assert part["links"]["coverage"] == "/v1/coverage?source=stop_search&from=2024-03&to=2024-05"

    (city,) = (await loaded.get(f"{SEARCHES}?area=city-of-london")).json()["missing"]
    assert (city["force"], city["from"], city["to"]) == ("city-of-london", "2024-01", "2024-03")
    assert "from this force" in city["reason"]

    (force,) = (await loaded.get("/v1/records/use_of_force")).json()["missing"]
    assert (force["force"], force["from"], force["to"], force["status"]) == (
        "metropolitan",
        None,
        None,
        "missing",
    )
    never = (await loaded.get("/v1/records/use_of_force?area=london&from=2023-01")).json()["missing"]
    assert [(one["force"], one["from"]) for one in never] == [
        ("metropolitan", "2023-01"),
        ("city-of-london", "2023-01"),
    ]
    assert "of the Met alone" in never[1]["reason"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_a_file_links_to_what_arrived(loaded: httpx.AsyncClient, form: str) -> None:
    for name in (f"{SEARCHES}?area=city-of-london&format={form}", f"/v1/records/use_of_force?format={form}"):
        link = (await loaded.get(name)).headers["link"]
        assert "</v1/coverage" in link
        assert "Months asked for are missing or partial" in link
        assert (await loaded.get(link[1 : link.index(">")])).status_code == 200


async def test_records_are_of_the_current_release(loaded: httpx.AsyncClient) -> None:
    new, old = [row["release"] for row in (await loaded.get("/v1/releases")).json()["data"]]
    assert (await loaded.get(f"{CRIMES}?as_of={new}")).status_code == 200
    answer = await loaded.get(f"{CRIMES}?as_of={old}")
    assert answer.status_code == 400
    assert "/v1/values with as_of" in answer.json()["detail"]


async def test_head_and_dates_of_a_file(loaded: httpx.AsyncClient) -> None:
    for name, kind in (("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")):
        path = f"{CRIMES}?format={name}"
        head, whole = await loaded.head(path), await loaded.get(path)
        assert head.status_code == whole.status_code == 200
        assert head.content == b""
        assert whole.headers["content-type"].startswith(kind)
        assert whole.headers["content-disposition"] == f'attachment; filename="borough-records-crimes.{name}"'
        for header in (
            "x-release",
            "x-attribution",
            "last-modified",
            "content-type",
            "access-control-allow-origin",
        ):
            assert head.headers[header] == whole.headers[header]
        assert 'rel="license"' in whole.headers["link"]
        since = {"If-Modified-Since": whole.headers["last-modified"]}
        again = await loaded.get(path, headers=since)
        assert (again.status_code, again.content) == (304, b"")


async def test_a_page_is_kept_with_its_tag(loaded: httpx.AsyncClient) -> None:
    answer = await loaded.get(f"{CRIMES}?limit=3")
    again = await loaded.get(f"{CRIMES}?limit=3", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_load_that_is_not_published_yet(loaded: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    """Rows of the release are gone, those of the next are there: neither is given, the other months are."""
    async with pool.acquire() as connection:
        number = await connection.fetchval(
            "update resource_scope set superseded_by = resource_id, superseded_at = now()"
            " where source = 'stop_search' and month = '2024-02-01' returning resource_id"
        )
        try:
            for path in (f"{SEARCHES}?limit=4999", f"{SEARCHES}?format=csv&to=2024-02"):
                answer = await loaded.get(path)
                assert answer.status_code == 503
                assert "not published yet" in answer.json()["detail"]
                assert answer.headers["retry-after"] == "60"
            assert (await loaded.get(f"{SEARCHES}?from=2024-03&limit=4999")).status_code == 200
        finally:
            await connection.execute(
                "update resource_scope set superseded_by = null, superseded_at = null where resource_id = $1",
                number,
            )


async def test_a_few_files_at_a_time() -> None:
    exports = Exports(most=1)
    async with exports.take_turn():
        with pytest.raises(Unavailable, match="ask again"):
            exports.check()
    exports.check()


async def test_too_many_records_for_a_file(
    loaded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.records.RECORDS_PER_FILE", 100)
    answer = await loaded.get(f"{SEARCHES}?format=parquet&area=hackney")
    assert answer.status_code == 400
    assert "184 records" in answer.json()["detail"]
    assert "from= and to=" in answer.json()["detail"]
    assert (await loaded.get(f"{SEARCHES}?format=parquet&to=2024-01&area=hackney")).status_code == 200


async def test_every_dataset_can_be_asked(loaded: httpx.AsyncClient) -> None:
    for name, one in DATASETS.items():
        answer = await loaded.get(f"/v1/records/{name}?limit=1")
        assert answer.status_code == 200, answer.text
        for form in ("csv", "parquet"):
            assert (await loaded.get(f"/v1/records/{name}?format={form}")).status_code == 200
        header = (await loaded.get(f"/v1/records/{name}?format=csv")).text.splitlines()[0].split(",")
        assert sorted(header) == sorted(one.record.__struct_fields__)


def test_every_filter_is_a_parameter() -> None:
    parameters = RecordController.list_records.fn.__annotations__
    assert {name.rstrip("_") for name in parameters} >= set(FILTERS)


async def test_links_lead_to_the_same_rows(loaded: httpx.AsyncClient) -> None:
    body = (await loaded.get(f"{CRIMES}?limit=2&area=hackney")).json()
    query = urlsplit(body["links"]["next"]).query
    assert "area=hackney" in query
    assert "limit=2" in query


def test_every_name_in_a_row_of_history_is_explained() -> None:
    text = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    explained = {*HEAD, "occurred_at", "hour", "crime_id"}
    explained |= {
        "months_partly_held",
        "before_unknown",
        "after_unknown",
        "left_out",
        "missing",
        "older_cases",
    }
    for row in (AbsentRow, CoverageRow, RevisionSummary):
        explained |= set(row.__struct_encode_fields__)
    explained |= {
        "files_loaded",
        "files_replaced",
        "before_numerator",
        "before_base",
        "before_value",
        *REASONS,
    }
    assert not sorted(name for name in explained - {"metric"} if f"`{name}`" not in text)
