"""A world of payments, written straight into the tables as loading leaves them, and the same rows in Python to count from.

Published in June 2024: a year of Hackney (cards too), Camden (which publishes by quarter), Lambeth (without October) and
the GLA, a month of the City. Some payments are for domestic abuse: what is true of them stands here alone, in the tables
they are blank.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import asyncpg

from etl.reference import seed
from tests.api.facts import add_observations, month, months

CITY, CAMDEN, HACKNEY, LAMBETH, GLA = 101, 107, 112, 122, 140
PAYERS = {
    CITY: "City of London Corporation",
    CAMDEN: "Camden council",
    HACKNEY: "Hackney council",
    LAMBETH: "Lambeth council",
    GLA: "Greater London Authority",
}
CODES = {CITY: "E09000001", CAMDEN: "E09000007", HACKNEY: "E09000012", LAMBETH: "E09000022", GLA: "GLA"}
YEAR = months("2023-04", "2024-03")
RELEASE, PUBLISHED, LOADED = "2024-06-15-0000cccc", "2024-06-15T12:00:00+00:00", "2024-06-14T12:00:00+00:00"
LATER = "2024-06-16T12:00:00+00:00"
FORMULA = "=HYPERLINK(1) Ltd"
PERCENT = "100% Under_score Ltd"
# What nobody may find: suppliers, their postcode, purposes; and amounts that no other payment has.
REFUGE, SHELTER = "Quillfeather Women's Aid", "Marrowbone Lodge Trust"
POSTCODE = "E8 9ZQ"
SECRETS = (REFUGE, SHELTER, POSTCODE, "Quillfeather", "Marrowbone", "IDVA service", "refuge provision")
FIRST_SECRET = 98_700_01

PUBLICATION = [
    (12, "monthly", "£250", date(2020, 1, 1), None, False, True),
    (7, "quarterly", "£500", date(2023, 4, 1), None, False, True),
    (22, "monthly", "£500", date(2023, 7, 1), None, True, True),
    (2, "monthly", "£500", date(2024, 1, 1), None, False, False),
]


@dataclass(frozen=True)
class Paid:
    """One payment. `is_secret`: for domestic abuse, or to a supplier of such a payment in the same file."""

    force: int
    month: str
    line: int
    pence: int
    supplier: str | None = None
    redaction: str = "named"
    kind: str = "over_500"
    tag: str = "untagged"
    department: str | None = "Resources"
    service: str | None = None
    purpose: str | None = None
    category: str | None = None
    reference: str | None = None
    vat: int | None = None
    supplier_borough: int = 0
    is_secret: bool = False
    file: str = ""


@dataclass
class World:
    """All payments, those that are secret among them."""

    rows: list[Paid] = field(default_factory=list)

    @property
    def listed(self) -> list[Paid]:
        """Those that may be given, in the order in which they are."""
        return [row for row in self.rows if not row.is_secret]

    @property
    def secret(self) -> list[Paid]:
        """Those that may not."""
        return [row for row in self.rows if row.is_secret]


def make_world() -> World:
    """The payments, by month, publisher, file and line."""
    rows: list[Paid] = []
    secrets = iter(range(FIRST_SECRET, FIRST_SECRET + 100_000, 37))
    for number, text in enumerate(YEAR):
        rows += _camden(text, number, secrets)
        rows += _hackney(text, number, secrets)
        if text != "2023-10":
            rows += _lambeth(text, number, secrets)
        rows += [Paid(GLA, text, 2, 900_000 + number, "Orbit Works Ltd", kind="over_500 P01")]
        if text == "2024-01":
            rows.append(Paid(CITY, text, 2, 12_345, "Guild Repairs Ltd"))
    return World(sorted(rows, key=lambda row: (row.month, row.force, row.kind, row.line)))


def _hackney(text: str, number: int, secrets: Iterator[int]) -> list[Paid]:
    paid = partial(Paid, HACKNEY, text)
    rows = [
        paid(line=10, pence=145_000 + number, supplier="Alder Cameras Ltd", tag="cctv", department="Community Safety",
             purpose="CCTV maintenance", reference=f"R{number:03d}", vat=29_000, supplier_borough=14),
        paid(line=11, pence=-2_560, supplier="ALDER CAMERAS LTD", department="Community Safety", purpose="Credit note"),
        paid(line=12, pence=75_050, redaction="by_publisher", department="Adults"),
        paid(line=13, pence=61_000, redaction="individual", department="Adults", supplier_borough=-1),
        paid(line=14, pence=200_000 + number * 1_000, supplier="Beacon Youth Ltd", tag="youth_services",
             department=None, purpose="Youth club"),
        paid(line=15, pence=50_001, supplier=FORMULA, purpose="@SUM(1)"),
        paid(line=16, pence=50_002, supplier=PERCENT, category="Fees"),
        paid(line=10, pence=1_299, supplier="Corner Stationers", kind="purchase_card"),
    ]  # fmt: skip
    if number % 2 == 0:
        rows.append(_secret(HACKNEY, text, 20, next(secrets), REFUGE, "domestic_abuse"))
    if number == 3:
        rows.append(_secret(HACKNEY, text, 21, next(secrets), REFUGE, "untagged"))
    if number in (1, 5):
        rows.append(_secret(HACKNEY, text, 11, next(secrets), SHELTER, "domestic_abuse", "purchase_card"))
    return rows


def _camden(text: str, number: int, secrets: Iterator[int]) -> list[Paid]:
    rows = [
        Paid(CAMDEN, text, 3, 800_000 + number, "Delta Wardens Ltd", tag="enforcement_wardens"),
        Paid(CAMDEN, text, 4, 10_000, None, "not_given"),
    ]
    if number < 3:
        rows.append(_secret(CAMDEN, text, 5, next(secrets), SHELTER, "domestic_abuse"))
    return rows


def _lambeth(text: str, number: int, secrets: Iterator[int]) -> list[Paid]:
    return [
        Paid(LAMBETH, text, 7, 333_300, "Alder Cameras Ltd", tag="cctv", department="Community Safety"),
        _secret(LAMBETH, text, 8, next(secrets), REFUGE, "domestic_abuse"),
    ]


def _secret(
    force: int, text: str, line: int, pence: int, supplier: str, tag: str, kind: str = "over_500"
) -> Paid:
    return Paid(
        force, text, line, pence, supplier, kind=kind, tag=tag, department="refuge provision", purpose=f"IDVA service {POSTCODE}",
        reference=f"SECRET{line}", is_secret=True,
    )  # fmt: skip


ADD_RESOURCE = """
insert into resource (source, publisher, file, sha256, bytes, retrieved_at, vintage, is_sample, rows_read, rows_loaded,
       rows_rejected, rows_placed, rows_unplaced, notes, loaded_at)
values ('payment', $1, $2, md5($2), 1, now(), $3, false, $4 + 2, $4, 2, $4, 0, '{}', $5::text::timestamptz)
returning resource_id
"""
ADD_SCOPE = """
insert into resource_scope (resource_id, source, force, month, words, events, placed, no_location, outside, unusable_fields)
values ($1, 'payment', $2, $3, $4, $5, $5, 0, 0, '{}')
"""
ADD_PAYMENT = """
insert into payment (resource_id, force, month, line, kind, tag, tag_rule, tag_words, is_withheld, paid_on, amount_pence,
       vat_pence, supplier, redaction, department, service, purpose, category, reference, supplier_borough, borough, place)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 6)
"""


async def build_paid(pool: asyncpg.Pool) -> World:
    """The world in the database, and one file that was loaded after the release."""
    world = make_world()
    async with pool.acquire() as conn, conn.transaction():
        await seed(conn)
        await conn.execute("delete from payment_publication")
        await conn.executemany(
            "insert into payment_publication (borough, frequency, threshold, earliest, latest, is_gross, is_verified) "
            "values ($1, $2, $3, $4, $5, $6, $7)",
            PUBLICATION,
        )
        await conn.execute(
            "insert into release (release, published_at, is_sample, content_sha256, boundary_vintage, changes) "
            "values ($1, $2::text::timestamptz, false, 'x', 'outline', '{}')",
            RELEASE,
            PUBLISHED,
        )
        for file, rows in by_file(world.rows).items():
            await add_file(conn, file, rows, LOADED)
        await add_abuse(conn, world)
        after = [Paid(HACKNEY, "2024-04", 2, 77_777, "Too Early Ltd")]
        await add_file(conn, "hackney-2024-04-over_500.csv", after, LATER, is_covered=False)
    return world


async def add_abuse(conn: Any, world: World) -> None:
    """The figures of payments for domestic abuse: of each council, kind and month that is covered."""
    held = sorted({(row.force, row.month, row.kind) for row in world.rows if row.force < GLA})
    for force, text, kind in held:
        amounts = [
            row.pence
            for row in world.secret
            if (row.force, row.month, row.kind, row.tag) == (force, text, kind, "domestic_abuse")
        ]
        counts = {force - 100: (sum(amounts), 0, 0, len(amounts))}
        await add_observations(
            conn, "payments_total", kind, "tag:domestic_abuse", [text], counts, force=force
        )


def by_file(rows: Iterable[Paid]) -> dict[str, list[Paid]]:
    """The rows of each file: one for each publisher, month and kind."""
    files: dict[str, list[Paid]] = {}
    for row in rows:
        files.setdefault(name_file(row), []).append(row)
    return files


def name_file(row: Paid) -> str:
    """The file that a payment stands in."""
    return f"{CODES[row.force]}-{row.month}-{row.kind.partition(' ')[0]}.csv"


async def add_file(conn: Any, file: str, rows: list[Paid], loaded: str, *, is_covered: bool = True) -> int:
    """A file as loading leaves it: resource, scope, payments, and what the release knows of it."""
    force, text, kind = rows[0].force, rows[0].month, rows[0].kind
    words = await read_words(conn)
    number: int = await conn.fetchval(ADD_RESOURCE, PAYERS[force], file, month(text), len(rows), loaded)
    await conn.execute(ADD_SCOPE, number, force, month(text), [words["payment_kind", kind]], len(rows))
    await conn.executemany(ADD_PAYMENT, [_store(number, row, words) for row in rows])
    if is_covered:
        await cover(conn, force, text, kind.partition(" ")[0], len(rows))
    return number


async def cover(conn: Any, force: int, text: str, kind: str, events: int) -> None:
    """A month of a publisher received, with one kind more."""
    found = await conn.fetchrow(
        "update coverage set words = words || $3::text, events = events + $4 "
        "where source = 'payment' and force = $1 and month = $2 returning force",
        force, month(text), kind, events,
    )  # fmt: skip
    if found is None:
        await conn.execute(
            "insert into coverage values ('payment', $1, $2, 'received', null, $3, $4::jsonb, $5, $5, 0, 0, 1, null)",
            force, month(text), [kind], json.dumps({}), events,
        )  # fmt: skip


async def read_words(conn: Any) -> Mapping[tuple[str, str], int]:
    """The codes of words by field and word."""
    rows = await conn.fetch("select field, word, code from vocabulary where field like 'payment%'")
    return {(row["field"], row["word"]): row["code"] for row in rows}


def _store(number: int, row: Paid, words: Mapping[tuple[str, str], int]) -> tuple[Any, ...]:
    head = (
        number, row.force, month(row.month), row.line, words["payment_kind", row.kind], words["payment_tag", row.tag],
    )  # fmt: skip
    borough = row.force - 100 if row.force < GLA else 0
    if row.is_secret:
        redaction = words["payment_redaction", "not_given"]
        blank = (None, None, True, None, row.pence, None, None, redaction)
        head = (*head[:3], 0, *head[4:])
        return (*head, *blank, None, None, None, None, None, 0, borough)
    rule = None if row.tag == "untagged" else f"{row.tag}-words"
    return (
        *head, rule, None if rule is None else "words", False, date.fromisoformat(f"{row.month}-15"), row.pence, row.vat,
        row.supplier, words["payment_redaction", row.redaction], row.department, row.service, row.purpose, row.category,
        row.reference, row.supplier_borough, borough,
    )  # fmt: skip
