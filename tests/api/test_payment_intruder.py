"""Somebody asks everything of everything for the supplier, the address or a single payment of a refuge, and finds none.

Files as Hackney and Camden publish them, with invented suppliers, are loaded in two releases; some of their payments are
for domestic abuse. Every path of the OpenAPI document is asked, in every format, by every filter and total, and every table
that the role of the API may read is read whole.

What is left, and is not claimed: what a council published in a month, less what is listed of it, is what is withheld of that
month all together, of whichever suppliers. It has no name, no day, no department and no number of payments.
"""

import csv
import io
import itertools
import re
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import polars as pl
import pytest

from api.app import create_app
from api.bulk.tables import LISTED, list_tables
from api.datasets import DATASETS
from api.payment_question import TOTALS
from api.report.render import REPORT_FORMATS
from etl.load import Options, load
from etl.reference import seed
from tests.api.conftest import running
from tests.api.facts import months

YEAR = months("2023-04", "2024-03")
ORDINARY = [
    ("Alder Cameras Ltd", "Community Safety", "CCTV maintenance"),
    ("Birch Catering LLP", "Education", "School meals"),
    ("Cedar Roofing Limited", "Housing", "Roof repairs"),
    ("Dogwood Print plc", "Resources", "Printing"),
    ("Elm Youth Services Ltd", "Children", "Youth club"),
]
# Each is found by another rule, or by none but its supplier.
SECRET = [
    ("Quillfeather Women's Aid", "Adults", "Grant"),
    ("Marrowbone Lodge Trust Ltd", "Housing", "Domestic abuse refuge at E8 9ZQ"),
    ("Marrowbone Lodge Trust Ltd", "Housing", "Roof repairs at E8 9ZQ"),
    ("Thistledown House Ltd", "Violence against women and girls", "IDVA posts"),
]
TELLING = ("quillfeather", "marrowbone", "thistledown", "e8 9zq", "e89zq", "idva posts", "roof repairs at")
PLAIN = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)")
GROUPED = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)")


@dataclass
class World:
    """The application, and what is secret: the amounts in pence of withheld payments by council and month."""

    client: httpx.AsyncClient
    reader: asyncpg.Pool
    secret: dict[tuple[str, str], list[int]]
    asked: list[str] = field(default_factory=list)

    @property
    def amounts(self) -> set[int]:
        """Every secret amount."""
        return {pence for listed in self.secret.values() for pence in listed}


def write_hackney(rows: list[tuple[str, str, str, str, int]]) -> str:
    head = "1. YEAR,2. MONTH,3. DATE INCURRED,4. DATE PAID,5. BENEFICIARY,6. SUPPLIER NO.,7. DEPARTMENT,8. PURPOSE OF EXPENDITURE,9. MERCHANT CATEGORY,Total"  # noqa: E501
    return _write(
        head,
        [[day[6:], day[3:5], day, day, who, "1", where, why, "Third party", f"£{pence / 100:,.2f}"]
         for day, who, where, why, pence in rows],
    )  # fmt: skip


def write_camden(rows: list[tuple[str, str, str, str, int]]) -> str:
    head = "organisation_label,organisation_uri,payment_date,payment_month,payment_year,financial_year,beneficiary_name,purpose,organisational_unit,amount_gbp,irrecoverable_vat_amount_gbp,latest_financial_year,latest_year,latest_month,unique_identifier"  # noqa: E501
    return _write(
        head,
        [["Camden Council", "http://opendatacommunities.org/id/london-borough-council/camden", day, "", "", "", who, why, where,
          f"{pence / 100:.2f}", "", "", "", "", f"U{number}"]
         for number, (day, who, where, why, pence) in enumerate(rows)],
    )  # fmt: skip


def _write(head: str, rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    text.write(f"{head}\r\n")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def make_files(folder: Path) -> dict[tuple[str, str], list[int]]:
    """A file a month of each council; the secret amounts. Each amount is no other payment's."""
    unique = itertools.count(1)
    secret: dict[tuple[str, str], list[int]] = {}
    for number, text in enumerate(YEAR):
        for council, write in (("hackney", write_hackney), ("camden", write_camden)):
            rows = [
                (f"{n % 27 + 1:02d}/{text[5:]}/{text[:4]}", *ORDINARY[n % 5], 50_000 + 613 * next(unique))
                for n in range(60)
            ]
            # Camden pays few such suppliers, and none in most months.
            own = SECRET if council == "hackney" else SECRET[:1] if number == 2 else []
            hidden = [
                (f"{n + 3:02d}/{text[5:]}/{text[:4]}", *one, 7_000_000 + 613 * next(unique))
                for n, one in enumerate(own)
            ]
            secret[council, text] = [row[4] for row in hidden]
            name = folder / council / f"{council}-{text}.csv"
            name.parent.mkdir(parents=True, exist_ok=True)
            # by day, so that those to be hidden stand among the others
            name.write_text(write(sorted([*rows, *hidden])), encoding="utf-8")
    return secret


@pytest.fixture(scope="module")
async def world(
    pool: asyncpg.Pool, reader: asyncpg.Pool, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """All files in one release, and one of them again, with a payment more, in another."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    secret = make_files(first)
    again = (first / "hackney" / "hackney-2023-06.csv").read_text(encoding="utf-8")
    (second / "hackney").mkdir()
    more = '2023,06,09/06/2023,09/06/2023,Fir Tree Works Ltd,1,Housing,Fencing,Third party,"£1,234.56"\r\n'
    (second / "hackney" / "hackney-2023-06.csv").write_text(again + more, encoding="utf-8")
    async with pool.acquire() as conn:
        await seed(conn)
        for folder, vintage in ((first, date(2024, 5, 1)), (second, date(2024, 6, 1))):
            report = await load(
                conn, [folder], index_folder=folder / "index", options=Options(vintage=vintage)
            )
            assert {(file.status, file.rows_rejected) for file in report.files} == {("loaded", 0)}, report
        assert await conn.fetchval("select count(*) from payment where is_withheld") == 12 * 5 + 5
    async with running(create_app(reader)) as client:
        yield World(client, reader, secret)


def list_questions(path: str, names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What may be asked of a path of the document."""
    areas = ["hackney", "camden", "CE", "inner-london", "london"]
    if path.endswith("/payments") or path == "/reports/{area}":
        # The council that pays such suppliers, the one that does once, and the BCU of both; larger areas are sums of more.
        areas = areas[:3] if path.endswith("/payments") else ["hackney", "CE"]
    spots: list[tuple[str, list[str]]] = [
        ("{area}", areas),
        ("{metric}", ["payments_total", "payments_community_safety_total", "payments_youth_total"]),
        ("{dataset}", list(DATASETS)),
        ("{table}", [name for name in list_tables() if "payments" in name or name in LISTED]),
        ("{name}", ["site.js"]),
        ("{digest}", ["0" * 64]),
    ]
    addresses = [path]
    for spot, values in spots:
        if spot in path:
            addresses = [one.replace(spot, value) for one in addresses for value in values]
    assert not [address for address in addresses if "{" in address], "what is tried for that?"
    queries: list[dict[str, Any]] = [{}]
    if path.endswith("/payments"):
        queries = list(list_choices())
    elif path == "/reports/{area}":
        # The others are written from the document that json has.
        queries = [{"format": name} for name in REPORT_FORMATS if name in ("html", "json")]
    elif path in ("/figures/{metric}/{area}", "/feeds/areas/{area}", "/feeds/releases"):
        queries = [{}, {"format": "json"}]
    elif path == "/v1/bulk/{table}":
        queries = [{"format": "csv"}, {"format": "parquet"}]
    elif path == "/compare":
        queries = [{"area": ["hackney", "camden"]}]
    elif "metric" in names:
        queries = [
            {},
            *({"metric": metric} for metric in ("payments_total", "payments_community_safety_total")),
        ]
        queries += [
            {
                "metric": metric,
                "area": area,
                "window": window,
                "group": group,
                "from": "2023-04",
                "to": "2024-03",
            }
            for metric in ("payments_total", "payments_community_safety_total")
            for area in ("hackney", "camden", "CE", "london")
            for window in ("month", "financial_year", "calendar_year", "rolling_12", "whole")
            for group in (None, "*", "tag:domestic_abuse", "tag:untagged")
        ]
        every = {"metric": "payments_total", "area": "hackney", "group": "*", "window": "month"}
        queries += [{**every, "format": name} for name in ("xlsx", "ods")]
    asked = [name for name in names if f"{{{name}}}" not in path]
    known = [
        {name: value for name, value in query.items() if name in asked and value is not None}
        for query in queries
    ]
    for address in addresses:
        for number, query in enumerate(known):
            if query not in known[:number]:
                yield address, query


def list_choices() -> Iterator[dict[str, Any]]:
    """Filters and totals of payments that point at what is secret."""
    fiscal = {"from": "2023-04", "to": "2024-03"}
    filters: list[dict[str, Any]] = [
        {}, fiscal, {"from": "2023-06", "to": "2023-06"}, {"supplier": "Quillfeather"}, {"supplier": "lodge trust"},
        {"q": "E8 9ZQ"}, {"q": "refuge"}, {"q": "domestic"}, {"q": "IDVA"}, {"department": "violence"}, {"min_gbp": "70000"},
        {"min_gbp": "70000", **fiscal}, {"tag": "untagged"}, {"tag": "domestic_abuse"}, {"tag": "domestic_abuse", **fiscal},
        {"kind": "over_500", **fiscal}, {"payer": "camden", **fiscal}, {"supplier": "%"}, {"q": "_"},
    ]  # fmt: skip
    for chosen in filters:
        yield {**chosen, "limit": "5000"}
        for by in TOTALS:
            yield {**chosen, "totals": by, "limit": "5000"}
        yield {**chosen, "format": "csv"}
        yield {**chosen, "format": "parquet"}
        yield {**chosen, "format": "csv", "totals": "supplier"}


def read_text(answer: httpx.Response) -> str:
    """Everything that an answer says, its headers too."""
    said = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.headers.get("content-type", "").endswith("parquet"):
        return said + pl.read_parquet(answer.content).write_ndjson()
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
            return said + " ".join(
                pl.read_parquet(io.BytesIO(files.read(name))).write_ndjson()
                if name.endswith(".parquet")
                else files.read(name).decode("utf-8", "replace")
                for name in files.namelist()
            )
    return said + answer.text


def read_numbers(text: str) -> set[float]:
    """Every number, whether or not its thousands are set apart."""
    return {float(number.replace(",", "")) for number in (*PLAIN.findall(text), *GROUPED.findall(text))}


def find_secrets(text: str, amounts: set[int], *, has_asked: str = "") -> list[str]:
    """The secret words and amounts in a text; `has_asked`: the words of the question, which an answer may repeat."""
    folded = text.casefold()
    for word in has_asked.casefold().split():
        folded = folded.replace(word, "")
    found = [word for word in TELLING if word in folded]
    numbers = read_numbers(text)
    return found + [f"{pence}" for pence in amounts if {pence / 100, float(pence)} & numbers]


def test_the_search_itself_finds_what_is_there() -> None:
    assert find_secrets('{"amount_gbp":70613.0}', {7_061_300}) == ["7061300"]
    assert find_secrets("[x],70613.25,x", {7_061_325}) == ["7061325"]
    assert find_secrets('"£70,613.25"', {7_061_325}) == ["7061325"]
    assert find_secrets('{"supplier":"QUILLFEATHER"}', set()) == ["quillfeather"]
    assert find_secrets('{"supplier":"Alder"}', {7_061_300}) == []


async def test_no_answer_says_it(world: World) -> None:
    document = (await world.client.get("/schema/openapi.json")).json()
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        names = [parameter["name"] for parameter in methods["get"].get("parameters", ())]
        for address, query in list_questions(path, names):
            answer = await world.client.get(address, params=query)
            assert answer.status_code < 500 or answer.status_code == 503, f"{answer.url}: {answer.text[:300]}"
            if answer.status_code == 200:
                world.asked.append(path)
            repeated = " ".join(str(query[name]) for name in ("supplier", "q", "department") if name in query)
            found = find_secrets(read_text(answer), world.amounts, has_asked=repeated)
            assert found == [], f"{answer.url}"
    assert {
        "/v1/areas/{area}/payments",
        "/v1/values",
        "/v1/coverage",
        "/v1/records/{dataset}",
        "/v1/revisions",
        "/v1/bulk",
        "/v1/bulk/{table}",
        "/reports/{area}",
        "/compare",
        "/figures/{metric}",
        "/figures/{metric}/{area}",
        "/embed/chart/{metric}",
        "/embed/figure/{metric}/{area}",
        "/feeds/areas/{area}",
    } <= set(world.asked)


async def test_totals_are_never_more_than_the_rows_that_are_listed(world: World) -> None:
    for area in ("hackney", "camden", "CE", "london"):
        for chosen in list_choices():
            if "totals" in chosen or "format" in chosen or chosen.get("tag") == "domestic_abuse":
                continue
            path = f"/v1/areas/{area}/payments"
            answer = await world.client.get(path, params=chosen)
            if answer.status_code == 400:
                assert "payer" in chosen, answer.text
                continue
            rows = answer.json()["data"]
            assert {row["tag"] for row in rows} <= {"cctv", "youth_services", "community_safety", "untagged"}
            pence = sum(round(row["amount_gbp"] * 100) for row in rows)
            for by in TOTALS:
                lines = (await world.client.get(path, params={**chosen, "totals": by})).json()["data"]
                listed = [line for line in lines if line["key"] != "domestic_abuse"]
                assert sum(round(line["amount_gbp"] * 100) for line in listed) == pence, (area, chosen, by)
                assert sum(line["payments"] for line in listed) == len(rows), (area, chosen, by)
                told = [line for line in lines if line["key"] == "domestic_abuse"]
                assert all(line["payments"] >= 5 for line in told)
                assert not told or (by == "tag" and chosen.get("from") == "2023-04")


async def test_the_year_is_told_where_it_is_of_five_or_more(world: World) -> None:
    query = {"totals": "tag", "from": "2023-04", "to": "2024-03"}
    for area in ("hackney", "CE", "london"):
        lines = (await world.client.get(f"/v1/areas/{area}/payments", params=query)).json()["data"]
        (line,) = [line for line in lines if line["key"] == "domestic_abuse"]
        # Each month three such payments of Hackney; the fourth is to one of their suppliers, for something else.
        hackney = [listed for (council, _), listed in world.secret.items() if council == "hackney"]
        assert line["payments"] == 36
        assert round(line["amount_gbp"] * 100) == sum(
            pence for listed in hackney for place, pence in enumerate(listed) if place != 2
        )
    camden = (await world.client.get("/v1/areas/camden/payments", params=query)).json()["data"]
    assert "domestic_abuse" not in {line["key"] for line in camden}


@pytest.mark.parametrize("council", ["hackney", "camden"])
async def test_what_is_subtracted_is_no_single_payment(world: World, council: str) -> None:
    """Of each month all numbers that are given of the council, and every difference of two of them."""
    known: dict[str, set[int]] = defaultdict(set)
    for text in YEAR:
        months_asked = {"from": text, "to": text}
        for by in TOTALS:
            lines = await world.client.get(
                f"/v1/areas/{council}/payments", params={**months_asked, "totals": by, "limit": "5000"}
            )
            found = [round(line["amount_gbp"] * 100) for line in lines.json()["data"]]
            known[text] |= {*found, sum(found)}
        for metric in ("payments_total", "payments_community_safety_total", "payments_youth_total"):
            for group in (None, "*"):
                asked = {"metric": metric, "area": council, "window": "month", **months_asked}
                answer = await world.client.get(
                    "/v1/values", params={**asked, **({"group": group} if group else {})}
                )
                if answer.status_code == 200:
                    known[text] |= {
                        round(row["numerator"] * 100)
                        for row in answer.json()["data"]
                        if row["numerator"] is not None
                    }
        differences = {abs(a - b) for a, b in itertools.combinations(known[text], 2)} | known[text]
        assert not differences & set(world.secret[council, text]), text


async def test_no_table_says_it_to_the_role_of_the_api(world: World) -> None:
    async with world.reader.acquire() as conn:
        for denied in (
            "select amount_pence from payment",
            "select * from payment_sum",
            "select row_text from reject",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.fetch(denied)
        tables = [
            row["name"]
            for row in await conn.fetch(
                "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace "
                "and c.relkind in ('r', 'v', 'm') and has_table_privilege(c.oid, 'select') order by 1"
            )
        ]
        assert {"payment_row", "resource", "observation", "coverage"} <= set(tables)
        for table in tables:
            rows = await conn.fetch(f'select t::text as said from "{table}" t')
            text = "\n".join(row["said"] for row in rows)
            # An observation is a council's sum of a month, and may be the sum of one.
            amounts = set() if table == "observation" else world.amounts
            assert find_secrets(text, amounts) == [], table


async def test_no_line_is_lacking_where_one_is_withheld(world: World) -> None:
    for area in ("hackney", "camden"):
        answer = await world.client.get(f"/v1/areas/{area}/payments?limit=5000")
        lines = defaultdict(list)
        for row in answer.json()["data"]:
            lines[row["file"]].append(row["line"])
        assert len(lines) == 12
        assert all(sorted(listed) == list(range(2, 2 + len(listed))) for listed in lines.values())


async def test_nothing_of_it_is_stored_at_all(world: World, pool: asyncpg.Pool) -> None:
    tables = await pool.fetch(
        "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    )
    for table in tables:
        rows = await pool.fetch(f'select t::text as said from "{table["name"]}" t')
        assert find_secrets("\n".join(row["said"] for row in rows), set()) == [], table["name"]
    kept = await pool.fetchrow(
        "select count(*) as rows, max(line) as line, count(paid_on) as days, count(supplier) as names "
        "from payment where is_withheld"
    )
    assert dict(kept) == {"rows": 65, "line": 0, "days": 0, "names": 0}
