"""Payments as they are given: rows, totals, and what is known of the months they are of. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import polars as pl

from api.figures.windows import text_of
from api.payers import Payer
from api.payment_question import KIND, REDACTION, TAG, Vocabulary
from api.render.as_parquet import read_type
from api.snapshot import Snapshot
from geo.areas import BOROUGHS

PENCE = 100
OUTSIDE = "outside London"


class PaymentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as its publisher gives it. Amounts are in pounds.

    `month`: the one under which its file publishes it; `paid_on` what the row says. `redaction`: why no supplier is named.
    `tag`: what a rule takes it to be for, by `tag_rule` and the words `tag_words`. `supplier_borough`: of the supplier's
    postcode, where the file has one. `line`: of the file, counted from its first payment without the lines that are not
    listed, so it may be less than in the file itself.
    """

    payer_code: str
    payer: str
    month: str
    paid_on: date | None
    kind: str | None
    supplier: str | None
    redaction: str | None
    department: str | None
    service: str | None
    purpose: str | None
    category: str | None
    reference: str | None
    amount_gbp: float
    vat_gbp: float | None
    tag: str | None
    tag_rule: str | None
    tag_words: str | None
    supplier_borough: str | None
    file: str
    line: int
    release: str


class PaymentTotal(msgspec.Struct, frozen=True, kw_only=True):
    """Payments added up. `key` null: those of which the file does not say it. `share`: of all that are listed."""

    key: str | None
    name: str
    payments: int
    amount_gbp: float
    share: float | None


class PaymentCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the payments of a payer and kind in the months asked for.

    `share_redacted`: of the payments that are listed, those without the supplier's name. `rows_refused`: lines of the files
    that are no payment that can be read, a file's own totals among them.
    """

    payer_code: str
    payer: str
    kind: str
    months_expected: int
    months_published: int
    share_redacted: float | None
    rows_refused: int
    frequency: str | None
    threshold: str | None
    is_gross: bool | None
    is_verified: bool | None


class PaymentGap(msgspec.Struct, frozen=True, kw_only=True, rename={"from_month": "from", "to_month": "to"}):
    """Months of a payer and kind that should be there and are not, or not whole, and why."""

    payer_code: str
    payer: str
    kind: str
    from_month: str
    to_month: str
    status: str
    reason: str


COLUMNS = PaymentRow.__struct_fields__
# Of the query, in its order.
FETCHED = (
    "month", "force", "resource_id", "line", "paid_on", "kind", "supplier", "redaction", "department", "service", "purpose",
    "category", "reference", "amount_gbp", "vat_gbp", "tag", "tag_rule", "tag_words", "supplier_borough", "file",
)  # fmt: skip


class PaymentWriter:
    """Makes tables of payments."""

    def __init__(self, snapshot: Snapshot, vocabulary: Vocabulary, payers: Sequence[Payer]) -> None:
        self.schema = read_schema()
        self.release = snapshot.release.release if snapshot.release else ""
        self.classes = {
            "kind": vocabulary.classes[KIND],
            "tag": vocabulary.classes[TAG],
            "redaction": vocabulary.classes[REDACTION],
        }
        self.codes = {payer.force: payer.payer_code for payer in payers}
        self.names = {payer.force: payer.name for payer in payers}
        areas = {area.borough: area.area_code for area in snapshot.areas.values()}
        self.boroughs: dict[int, str | None] = {borough: areas.get(borough) for borough in BOROUGHS}
        self.boroughs[-1] = OUTSIDE

    def tabulate(self, rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
        """Rows of api_payments.sql in the columns of PaymentRow."""
        listed = list(zip(*rows, strict=True)) or [()] * len(FETCHED)
        found = dict(zip(FETCHED, listed, strict=True))
        made: dict[str, Sequence[Any]] = {
            **found,
            "payer_code": [self.codes[force] for force in found["force"]],
            "payer": [self.names[force] for force in found["force"]],
            "month": [f"{month:%Y-%m}" for month in found["month"]],
            "supplier_borough": [self.boroughs.get(number) for number in found["supplier_borough"]],
            "release": [self.release] * len(rows),
        }
        for name, classes in self.classes.items():
            made[name] = [classes.get(code) for code in found[name]]
        return pl.DataFrame(
            [pl.Series(name, made[name], dtype=kind) for name, kind in self.schema.items()],
            schema=self.schema,
        )


def read_schema() -> dict[str, pl.DataType]:
    """The columns of PaymentRow with their types."""
    types = {field.name: read_type(field.type) for field in msgspec.structs.fields(PaymentRow)}
    return {name: kind for name, kind in types.items() if kind is not None}


def list_payments(frame: pl.DataFrame) -> list[PaymentRow]:
    """The rows of a table as payments."""
    return [PaymentRow(**row) for row in frame.iter_rows(named=True)]


def in_pounds(pence: int) -> float:
    """An amount in pounds."""
    return pence / PENCE


def write_gap(payer: Payer, kind: str, first: int, last: int, status: str, reason: str) -> PaymentGap:
    """A run of months that is not there."""
    return PaymentGap(
        payer_code=payer.payer_code,
        payer=payer.name,
        kind=kind,
        from_month=text_of(first),
        to_month=text_of(last),
        status=status,
        reason=reason,
    )


def share_of(part: int, whole: int) -> float | None:
    """A part of a whole; None where there is none, or where money paid back leaves none."""
    return part / whole if whole > 0 else None


Counts = Mapping[tuple[int, str], tuple[int, int]]
