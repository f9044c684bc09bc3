"""Given payments in the tables, expect them again: in pages and files, chosen and added up, without what is withheld."""

import csv
import io
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import polars as pl
import pytest

from api.app import create_app
from api.payment_question import ROWS_WITHHELD, escape, read_patterns
from api.payment_rows import PaymentRow
from api.payments import divide
from api.record_scopes import Scope
from tests.api.conftest import running
from tests.api.paid import (
    CAMDEN,
    CITY,
    CODES,
    FORMULA,
    GLA,
    HACKNEY,
    LAMBETH,
    PAYERS,
    PERCENT,
    RELEASE,
    YEAR,
    Paid,
    World,
    build_paid,
    name_file,
)

HACKNEY_PATH = "/v1/areas/hackney/payments"
LONDON = "/v1/areas/london/payments"
FISCAL = "from=2023-04&to=2024-03"
Keep = Callable[[Paid], bool]


@pytest.fixture(scope="module")
async def world(pool: asyncpg.Pool) -> World:
    return await build_paid(pool)


@pytest.fixture(scope="module")
async def paid(world: World, reader: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create_app(reader)) as client:
        yield client


async def ask(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read_pages(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        found = await ask(client, following)
        rows += found["data"]
        following = found["links"].get("next")
    return rows


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["month"], row["payer_code"], row["file"], row["line"], row["amount_gbp"]


def expect(world: World, keep: Keep) -> list[tuple[Any, ...]]:
    return [
        (row.month, CODES[row.force], name_file(row), row.line, row.pence / 100)
        for row in world.listed
        if keep(row)
    ]


async def test_a_page_goes_on_in_its_own_list_only(paid: httpx.AsyncClient) -> None:
    """In another list the place would lie months in, and the rows before it be lost without a word."""
    following = (await ask(paid, f"{HACKNEY_PATH}?limit=3&tag=cctv&from=2023-05"))["links"]["next"]
    cursor = following.rpartition("cursor=")[2]
    for same in (
        f"{HACKNEY_PATH}?tag=cctv&from=2023-05",
        "/v1/areas/E09000012/payments?from=2023-05&tag=cctv&limit=9&format=json",
        f"{HACKNEY_PATH}?tag=cctv&from=2023-05&as_of={RELEASE}",
    ):
        assert (await ask(paid, f"{same}&cursor={cursor}"))["data"][0]["month"] == "2023-08"
    for other in (
        "/v1/areas/camden/payments?tag=cctv&from=2023-05",
        f"{HACKNEY_PATH}?tag=cctv",
        f"{HACKNEY_PATH}?from=2023-05",
        f"{HACKNEY_PATH}?tag=cctv&tag=untagged&from=2023-05",
        f"{HACKNEY_PATH}?tag=cctv&from=2023-05&min_gbp=1",
    ):
        answer = await paid.get(f"{other}{'&' if '?' in other else '?'}cursor={cursor}")
        assert answer.status_code == 400, other
        assert "follow links.next of this list, or leave it out" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/v1/areas/gla", 404, "/v1/areas/london/payments?payer=gla."),
        ("/v1/areas/TfL/payments", 404, "London is no area: its payments are in /v1/areas/london/payments?payer=tfl."),
        ("/v1/records/payment", 404, "at /v1/areas/{area}/payments"),
        ("/v1/coverage?area=hackney", 400, "Did you mean force?"),
    ],
)  # fmt: skip
async def test_a_refusal_says_where_payments_are(
    paid: httpx.AsyncClient, path: str, status: int, said: str
) -> None:
    answer = await paid.get(path)
    assert answer.status_code == status
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("query", ["limit=7", f"totals=supplier&limit=3&{FISCAL}"])
async def test_the_links_to_files_lead_to_files(paid: httpx.AsyncClient, query: str) -> None:
    links = (await ask(paid, f"{HACKNEY_PATH}?{query}"))["links"]
    for name in ("csv", "parquet"):
        answer = await paid.get(links[name])
        assert answer.status_code == 200, (links[name], answer.text)


async def test_pages_hold_every_payment_once_and_in_order(paid: httpx.AsyncClient, world: World) -> None:
    rows = await read_pages(paid, f"{LONDON}?limit=7")
    assert [key(row) for row in rows] == expect(world, lambda row: True)
    assert rows == (await ask(paid, f"{LONDON}?limit=5000"))["data"]


async def test_a_row_says_what_the_file_says(paid: httpx.AsyncClient) -> None:
    (row,) = (await ask(paid, f"{HACKNEY_PATH}?q=R003"))["data"]
    assert tuple(row) == PaymentRow.__struct_fields__
    assert row == {
        "payer_code": "E09000012", "payer": "Hackney council", "month": "2023-07", "paid_on": "2023-07-15", "kind": "over_500",
        "supplier": "Alder Cameras Ltd", "redaction": "named", "department": "Community Safety", "service": None,
        "purpose": "CCTV maintenance", "category": None, "reference": "R003", "amount_gbp": 1450.03, "vat_gbp": 290.0,
        "tag": "cctv", "tag_rule": "cctv-words", "tag_words": "words", "supplier_borough": "E09000014",
        "file": "E09000012-2023-07-over_500.csv", "line": 10, "release": RELEASE,
    }  # fmt: skip
    rows = (await ask(paid, f"{HACKNEY_PATH}?from=2023-07&to=2023-07"))["data"]
    people = [row for row in rows if row["redaction"] == "individual"]
    assert [(row["supplier"], row["supplier_borough"]) for row in people] == [(None, "outside London")]


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        ("kind=purchase_card", lambda row: row.kind == "purchase_card"),
        ("kind=over_500&kind=grant", lambda row: row.kind.startswith("over_500")),
        ("tag=cctv", lambda row: row.tag == "cctv"),
        ("tag=cctv&tag=youth_services", lambda row: row.tag in ("cctv", "youth_services")),
        ("supplier=cameras+alder", lambda row: row.supplier in ("Alder Cameras Ltd", "ALDER CAMERAS LTD")),
        ("supplier=100%25", lambda row: row.supplier == PERCENT),
        ("supplier=under_", lambda row: row.supplier == PERCENT),
        ("supplier=%25%25%25", lambda row: False),
        ("department=community", lambda row: row.department == "Community Safety"),
        ("q=fees", lambda row: row.category == "Fees"),
        ("q=youth+club", lambda row: row.purpose == "Youth club"),
        ("max_gbp=-0.01", lambda row: row.pence < 0),
        ("min_gbp=7999.99&max_gbp=8000.03", lambda row: 799_999 <= row.pence <= 800_003),
        ("payer=gla", lambda row: row.force == GLA),
        ("payer=hackney&payer=E09000007", lambda row: row.force in (HACKNEY, CAMDEN)),
        ("from=2023-09&to=2023-10", lambda row: row.month in ("2023-09", "2023-10")),
        ("to=2023-04", lambda row: row.month == "2023-04"),
    ],
)
async def test_what_is_asked_for(paid: httpx.AsyncClient, world: World, query: str, keep: Keep) -> None:
    expected = expect(world, keep)
    assert [key(row) for row in await read_pages(paid, f"{LONDON}?{query}&limit=11")] == expected
    answer = await paid.get(f"{LONDON}?{query}&format=csv")
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(line["month"], int(line["line"]), float(line["amount_gbp"])) for line in lines] == [
        (month, line, amount) for month, _, _, line, amount in expected
    ]


@pytest.mark.parametrize(
    ("area", "forces"),
    [
        ("hackney", {HACKNEY}),
        ("city-of-london", {CITY}),
        ("CE", {HACKNEY}),
        ("CN", {CAMDEN}),
        ("AS", {LAMBETH}),
        ("metropolitan", {CAMDEN, HACKNEY, LAMBETH}),
        ("met-located", {CAMDEN, HACKNEY, LAMBETH}),
        ("inner-london", {CITY, CAMDEN, HACKNEY, LAMBETH}),
        ("london", {CITY, CAMDEN, HACKNEY, LAMBETH, GLA}),
        ("bromley", set()),
    ],
)
async def test_whose_payments_an_area_has(
    paid: httpx.AsyncClient, world: World, area: str, forces: set[int]
) -> None:
    found = await ask(paid, f"/v1/areas/{area}/payments?limit=5000")
    assert [key(row) for row in found["data"]] == expect(world, lambda row: row.force in forces)
    assert {row["payer"] for row in found["data"]} == {PAYERS[force] for force in forces}


async def test_files_hold_the_rows_of_the_pages(paid: httpx.AsyncClient) -> None:
    rows = await read_pages(paid, f"{LONDON}?limit=5000")
    answer = await paid.get(f"{LONDON}?format=csv")
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    table = pl.read_parquet((await paid.get(f"{LONDON}?format=parquet")).content)
    assert list(lines[0]) == table.columns == list(rows[0])
    assert table.with_columns(pl.col("paid_on").cast(pl.String)).to_dicts() == rows
    assert [line["supplier"] for line in lines if line["supplier"].startswith("'")] == [f"'{FORMULA}"] * 12
    assert not any(cell == "" for line in lines for cell in line.values())
    assert 'rel="describedby"' in answer.headers["link"]
    assert "Months are missing of" in answer.headers["link"]
    assert answer.headers["content-disposition"] == 'attachment; filename="borough-payments-london.csv"'


KEYS: dict[str, Callable[[Paid], str | None]] = {
    "tag": lambda row: row.tag,
    "kind": lambda row: row.kind.partition(" ")[0],
    "month": lambda row: row.month,
    "payer": lambda row: CODES[row.force],
    "department": lambda row: row.department,
    "supplier": lambda row: row.supplier.casefold() if row.supplier else row.redaction,
}
UNNAMED = {
    "Redacted by the publisher": "by_publisher",
    "Individuals, whose names are not given": "individual",
    "The file names no supplier": "not_given",
}


@pytest.mark.parametrize("by", KEYS)
@pytest.mark.parametrize("query", ["", "from=2023-05&to=2023-07", "tag=cctv", "supplier=ltd", "max_gbp=700"])
async def test_totals_are_sums_of_the_rows(
    paid: httpx.AsyncClient, world: World, by: str, query: str
) -> None:
    keeps: dict[str, Keep] = {
        "": lambda row: True,
        "from=2023-05&to=2023-07": lambda row: row.month in ("2023-05", "2023-06", "2023-07"),
        "tag=cctv": lambda row: row.tag == "cctv",
        "supplier=ltd": lambda row: "ltd" in (row.supplier or "").casefold(),
        "max_gbp=700": lambda row: row.pence <= 70_000,
    }
    sums: dict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for row in world.listed:
        if keeps[query](row):
            sums[KEYS[by](row)][0] += 1
            sums[KEYS[by](row)][1] += row.pence
    whole = sum(pence for _, pence in sums.values())
    lines = (await ask(paid, f"{LONDON}?{query}&totals={by}"))["data"]
    found = {
        (UNNAMED[line["name"]] if line["key"] is None else line["key"].casefold())
        if by == "supplier"
        else line["key"]: line
        for line in lines
    }
    assert len(found) == len(lines)
    assert {name: [line["payments"], line["amount_gbp"]] for name, line in found.items()} == {
        name: [count, float(Decimal(pence) / 100)] for name, (count, pence) in sums.items()
    }
    for line in lines:
        assert line["share"] == (pytest.approx(line["amount_gbp"] * 100 / whole) if whole > 0 else None)
    amounts = [line["key"] if by == "month" else -line["amount_gbp"] for line in lines]
    assert amounts == sorted(amounts)


async def test_the_top_suppliers(paid: httpx.AsyncClient) -> None:
    lines = (await ask(paid, f"{LONDON}?totals=supplier&limit=2"))["data"]
    assert [line["name"] for line in lines] == [
        "Orbit Works Ltd",
        "Delta Wardens Ltd",
        "Redacted by the publisher",
        "Individuals, whose names are not given",
        "The file names no supplier",
    ]
    table = pl.read_parquet((await paid.get(f"{LONDON}?totals=supplier&limit=2&format=parquet")).content)
    assert table.to_dicts() == lines


async def test_only_what_the_release_counts(paid: httpx.AsyncClient) -> None:
    assert (await ask(paid, f"{HACKNEY_PATH}?from=2024-04"))["data"] == []
    assert (await ask(paid, f"{HACKNEY_PATH}?q=early"))["data"] == []
    assert (await ask(paid, f"{HACKNEY_PATH}?totals=month"))["data"][-1]["key"] == "2024-03"


async def test_what_is_known_of_the_months(paid: httpx.AsyncClient) -> None:
    found = await ask(paid, f"{HACKNEY_PATH}?{FISCAL}")
    assert found["coverage"] == [
        {
            "payer_code": "E09000012", "payer": "Hackney council", "kind": "over_500", "months_expected": 12,
            "months_published": 12, "share_redacted": pytest.approx(24 / 84), "rows_refused": 24, "frequency": "monthly",
            "threshold": "£250", "is_gross": False, "is_verified": True,
        },
        {
            "payer_code": "E09000012", "payer": "Hackney council", "kind": "purchase_card", "months_expected": 12,
            "months_published": 12, "share_redacted": 0.0, "rows_refused": 24, "frequency": "monthly",
            "threshold": "£250", "is_gross": False, "is_verified": True,
        },
    ]  # fmt: skip
    assert found["gaps"] == []
    assert found["links"]["coverage"] == "/v1/coverage?source=payment&from=2023-04&to=2024-03&force=hackney"


async def test_months_that_are_not_there(paid: httpx.AsyncClient) -> None:
    found = await ask(
        paid, f"{LONDON}?from=2022-01&to=2024-06&payer=lambeth&payer=camden&payer=barking-and-dagenham"
    )
    told = {row["payer"]: (row["months_expected"], row["months_published"]) for row in found["coverage"]}
    # Lambeth has files from before the first month that it is known to publish; the release is of June: monthly files
    # are due to April, quarterly ones to March.
    assert told == {
        "Barking and Dagenham council": (4, 0),
        "Camden council": (12, 12),
        "Lambeth council": (13, 11),
    }
    assert [(gap["payer"], gap["from"], gap["to"], gap["status"], gap["reason"]) for gap in found["gaps"]] == [
        ("Barking and Dagenham council", "2024-01", "2024-04", "missing",
         "No payments file of Barking and Dagenham council was loaded."),
        ("Lambeth council", "2023-10", "2023-10", "missing",
         "No file was loaded, though there are earlier and later ones."),
        ("Lambeth council", "2024-04", "2024-04", "missing",
         "No file was loaded; the last is of 2024-03."),
    ]  # fmt: skip


async def test_a_year_of_domestic_abuse_is_one_line(paid: httpx.AsyncClient, world: World) -> None:
    lines = {line["key"]: line for line in (await ask(paid, f"{HACKNEY_PATH}?{FISCAL}&totals=tag"))["data"]}
    whole = [
        row for row in world.secret
        if row.force == HACKNEY and row.kind == "over_500" and row.tag == "domestic_abuse"
    ]  # fmt: skip
    assert len(whole) == 6
    assert (lines["domestic_abuse"]["payments"], lines["domestic_abuse"]["amount_gbp"]) == (
        6,
        sum(row.pence for row in whole) / 100,
    )
    # Camden paid three, Lambeth lacks a month: neither is told, alone or as a part of London.
    london = {line["key"]: line for line in (await ask(paid, f"{LONDON}?{FISCAL}&totals=tag"))["data"]}
    assert london["domestic_abuse"] == {
        **lines["domestic_abuse"],
        "share": london["domestic_abuse"]["share"],
    }
    only = (await ask(paid, f"{HACKNEY_PATH}?{FISCAL}&totals=tag&tag=domestic_abuse"))["data"]
    assert [line["key"] for line in only] == ["domestic_abuse"]


@pytest.mark.parametrize(
    "query",
    [
        "totals=tag",
        "totals=tag&from=2023-04&to=2024-02",
        "totals=tag&from=2023-01&to=2023-12",
        "totals=tag&from=2023-04",
        f"totals=tag&{FISCAL}&q=refuge",
        f"totals=tag&{FISCAL}&supplier=women",
        f"totals=tag&{FISCAL}&department=a",
        f"totals=tag&{FISCAL}&min_gbp=1",
        f"totals=tag&{FISCAL}&max_gbp=1000000",
        f"totals=tag&{FISCAL}&kind=purchase_card",
        f"totals=tag&{FISCAL}&payer=camden",
        f"totals=tag&{FISCAL}&payer=lambeth",
        f"totals=tag&{FISCAL}&tag=cctv",
        f"totals=kind&{FISCAL}",
    ],
)
async def test_in_any_other_choice_it_is_none(paid: httpx.AsyncClient, query: str) -> None:
    found = await ask(paid, f"{LONDON}?{query}")
    assert "domestic_abuse" not in {line["key"] for line in found["data"]}
    assert found["withheld"] is True
    assert found["withheld_reason"] == ROWS_WITHHELD


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("suplier=x", "Did you mean supplier?"),
        ("tag=domestic_abuse", "never row by row"),
        ("tag=domestic_abuse&totals=supplier", "never row by row"),
        ("tag=ctv", "did you mean cctv?"),
        (
            "tag=enforcement_wardens",
            "is not published, since its precision could not be measured (docs/tags.md). Such payments are among the untagged. "
            "Allowed: community_safety, cctv, youth_services, youth_justice, untagged.",
        ),
        ("tag=enforcement_wardens&totals=tag", "is not published"),
        (
            "tag=unknown",
            "tag='unknown' is not known. Allowed: community_safety, cctv, domestic_abuse, youth_services, youth_justice, untagged.",
        ),
        ("min_gbp=1_000", "is no amount"),
        ("kind=cards", "Allowed: over_500, purchase_card, grant"),
        ("payer=camden", "Allowed: hackney."),
        ("totals=year", "Allowed: tag, supplier, month, department, kind, payer."),
        ("min_gbp=lots", "is no amount"),
        ("min_gbp=1.005", "is no amount"),
        ("min_gbp=NaN", "is no amount"),
        ("min_gbp=1e99999999", "is no amount"),
        ("min_gbp=2&max_gbp=1", "swap them"),
        ("from=2024-02&to=2024-01", "swap them"),
        ("from=2024-13", "from:"),
        ("to=2098-01", "has not come yet"),
        ("supplier=%20", "from 1 to 20 words"),
        ("q=" + "a" * 201, "200 letters at most"),
        ("q=%00", "from 1 to 20 words"),
        ("cursor=1.2.3", "no place in a list"),
        ("cursor=9.24287.112.1.1.00000000", "former release"),
        ("cursor=1.24287.112.1.1.00000000", "a place in another list"),
        ("cursor=1.24287.112.1.1&totals=tag", "leave cursor out"),
        ("limit=5&format=csv", "leave limit out"),
        ("limit=0", "limit='0' cannot be used"),
        ("as_of=2020-01-01", "Nothing had been published"),
    ],
)
async def test_what_is_refused_says_what_is_allowed(paid: httpx.AsyncClient, query: str, said: str) -> None:
    answer = await paid.get(f"{HACKNEY_PATH}?{query}")
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["detail"]


async def test_an_area_that_had_no_boroughs_yet(paid: httpx.AsyncClient) -> None:
    answer = await paid.get("/v1/areas/AS/payments?to=2012-06")
    assert answer.status_code == 400
    assert "had no borough in 2012-06" in answer.json()["detail"]
    assert (await paid.get("/v1/areas/hackny/payments")).status_code == 404


async def test_while_a_file_is_being_replaced_its_months_are_refused(
    paid: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    where = "source = 'payment' and force = $1 and month = '2023-05-01'"
    await pool.execute(
        f"update resource_scope set superseded_by = resource_id, superseded_at = now() where {where}", CAMDEN
    )
    try:
        moving = await paid.get("/v1/areas/camden/payments?from=2023-05&q=moving")
        assert moving.status_code == 503
        assert "are being loaded" in moving.json()["detail"]
        assert (await paid.get("/v1/areas/camden/payments?from=2023-07&q=moving")).status_code == 200
        assert (await paid.get(f"{HACKNEY_PATH}?from=2023-05&q=moving")).status_code == 200
    finally:
        await pool.execute(
            f"update resource_scope set superseded_by = null, superseded_at = null where {where}", CAMDEN
        )


async def test_the_grid_of_months_by_council(paid: httpx.AsyncClient) -> None:
    rows = (await ask(paid, "/v1/coverage?source=payment"))["data"]
    by_force: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        by_force[row["force"]][row["month"]] = row
    assert set(by_force) >= {"hackney", "camden", "lambeth", "city-of-london", "gla", "bromley"}
    assert "tfl" not in by_force
    assert [month for month, row in by_force["lambeth"].items() if row["status"] == "missing"] == ["2023-10"]
    assert by_force["hackney"]["2023-04"]["words"] == ["over_500", "purchase_card"]
    # The number of all payments would tell how many are left out.
    assert {row["events"] for row in rows} == {None}
    assert {row["placed"] for row in rows} == {None}
    assert "is not told" in by_force["hackney"]["2023-04"]["reason"]
    # It publishes since January 2024, and none of its files is here.
    assert list(by_force["barking-and-dagenham"]) == ["2024-01", "2024-02", "2024-03"]
    assert list(by_force["bromley"]) == YEAR
    only = (await ask(paid, "/v1/coverage?source=payment&force=hackney&from=2023-05&to=2023-05"))["data"]
    assert only == [by_force["hackney"]["2023-05"]]
    sources = {row["source"]: row for row in (await ask(paid, "/v1/sources"))["data"]}
    assert (sources["payment"]["first_month"], sources["payment"]["months_received"]) == ("2023-04", 12)


def test_a_page_is_looked_for_among_ever_more_months() -> None:
    scopes = [Scope(n, 100 + n // 2, 101 + n % 2, 6_000, False) for n in range(100)]
    parts = list(divide(scopes, 103))
    assert [scope for part in parts for scope in part] == scopes[6:]
    assert [len(part) for part in parts] == [4, 14, 54, 22]
    months = [{scope.month for scope in part} for part in parts]
    assert not any(one & other for one, other in itertools.combinations(months, 2))
    assert list(divide([], 0)) == []


def test_words_of_a_search_are_taken_by_their_letters() -> None:
    assert escape(r"5%_\x") == r"5\%\_\\x"
    assert read_patterns("q", " CCTV  5% ") == ["%CCTV%", r"%5\%%"]
    assert read_patterns("q", None) is None
