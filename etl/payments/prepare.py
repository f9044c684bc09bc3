"""A file of payments, from bytes to rows ready to copy. Pure."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date

import polars as pl

from etl.errors import Refused
from etl.months import add_months
from etl.payments.checks import check_total, explain_footer, format_pence, refuse_copies
from etl.payments.guess import FIRST_ROWS
from etl.payments.layout import Footer
from etl.payments.payer import Payer, split_path
from etl.payments.reading import Reading, read_payments, refuse_guess
from etl.payments.tags import LEAST_WITHHELD, tag_payments
from etl.payments.tidy import Tidied, tidy
from etl.prepared import Month, Prepared, Task, refuse_rejects
from etl.read import Reject
from etl.vocabulary import Codes

SOURCE, TABLE = "payment", "payment"
# how a row came to its borough: its council is known; London-wide payers have none
NAMED, NOT_NAMED = 6, 5
# a later copy of a month with a smaller part of its rows is none of that month
LEAST_SHARE = 0.5
# rows that are no payments whose text is kept: they hold no supplier
TOLD = ("grand_total", "month", "header")
# of files of more months than these only the span is told
MOST_MONTHS = 12
# what tells two copies of the same figures from two that differ, whatever their form
CONTENT = (
    "month",
    "kind",
    "paid_on",
    "amount_pence",
    "supplier",
    "department",
    "service",
    "purpose",
    "reference",
)


def prepare_payments(task: Task, data: bytes, sha256: str) -> Prepared:
    """Read, tidy, tag and check a file of payments. Raises NotRecognised where it is none, Refused where it may not be used.

    Rows read = the rows under the header that are not blank: payments, and what is none of them (totals, notes), which is
    kept among the rejects and does not count towards the share of rows that may not be bad. Its vintage: what --vintage
    said, else the first day of the month after the last one that it holds.
    """
    candidate = task.candidate
    path = split_path(candidate.path, candidate.member)
    reading = read_payments(
        data, candidate.member or candidate.path.name, path, council=task.council, period=task.period
    )
    if not reading.frame.height:
        raise Refused("The file has a header and no rows. Get it again from its publisher.")
    tidied = tidy(reading, task.today)
    if not reading.is_confirmed:
        raise refuse_guess(reading, tell_rows(tidied.rows))
    rejects, note = check(reading, tidied, accept=task.accept_rejects)
    rows_read = reading.frame.height + len(reading.layout.footers)
    vintage = candidate.vintage or add_months(tidied.covered[-1], 1)
    return Prepared(
        sha256=sha256,
        source=SOURCE,
        publisher=reading.payer.name,
        force=reading.payer.publisher,
        vintage=vintage,
        months=tuple(sum_months(tidied.rows, reading.payer)),
        table=TABLE,
        facts=make_facts(task.resource_id, tidied.rows, reading.payer, task.vocabulary.codes),
        content=hash_content(tidied.rows, reading.payer),
        least_share=LEAST_SHARE,
        rows_read=rows_read,
        rejects=rejects,
        words=tuple(sorted(task.vocabulary.codes["payment_kind"][kind] for kind in tidied.kinds)),
        is_sample=tidied.is_sample,
        remarks=(*note, *tell_months(reading, tidied)),
    )


def check(reading: Reading, tidied: Tidied, *, accept: bool) -> tuple[tuple[Reject, ...], tuple[str, ...]]:
    """The rows that are not loaded, each with its reason, and what is to be said of the file. Raises Refused."""
    refuse_copies(reading.frame)
    footers = reading.layout.footers
    rows_read = reading.frame.height + len(footers)
    bad = explain(tidied)
    refuse_rejects(rows_read, tuple(bad), accept=accept)
    if not tidied.rows.height:
        raise Refused(f"None of its {rows_read:,} rows can be used. Get the file again as published.")
    remarks = [f"{reading.payer.name}: {reading.payer.how}."]
    try:
        remarks.append(check_total(footers, tidied.sum_pence))
    except Refused as refusal:
        if not accept:
            raise
        remarks.append(refusal.sentence)
    aside = [
        Reject(f.line, explain_footer(f, tidied.sum_pence), f.text if f.kind in TOLD else "") for f in footers
    ]
    if reading.guess is not None:
        confirmed = ", and confirmed by naming the council" if reading.is_confirmed else ""
        remarks.append(f"Its columns were guessed{confirmed}.")
    if reading.match.form and reading.match.form.is_gross:
        remarks.append("Its amounts are published with VAT, which was taken off where the file gives it.")
    return tuple(sorted([*bad, *aside], key=lambda reject: reject.line)), tuple(filter(None, remarks))


def tell_months(reading: Reading, tidied: Tidied) -> list[str]:
    """How many rows of a file stand under each of its months, and how many of them are dated in none of these.

    Said where it covers several, and where its dates alone tell which. Empty where there is nothing to say.
    """
    counts = [f"{month:%Y-%m} {rows:,}" for month, rows in _count_months(tidied.rows)]
    told = []
    if 1 < len(counts) <= MOST_MONTHS:
        told.append(f"Rows by month: {', '.join(counts)}.")
    elif counts[1:]:
        told.append(f"Rows of {len(counts)} months: {counts[0]} to {counts[-1]}.")
    strays = tidied.rows.filter(~pl.col("paid_on").dt.truncate("1mo").is_in(tidied.covered))
    if reading.named is None and strays.height:
        by_month = Counter(strays["paid_on"].dt.strftime("%Y-%m").to_list())
        dated = ", ".join(f"{rows:,} in {month}" for month, rows in sorted(by_month.items())[:MOST_MONTHS])
        told.append(
            f"{strays.height:,} of its rows are dated in other months, too few to be whole ones, and count in the nearest: {dated}."
        )
    return told


def _count_months(rows: pl.DataFrame) -> list[tuple[date, int]]:
    return list(rows.group_by("month").len().sort("month").iter_rows())


def explain(tidied: Tidied) -> list[Reject]:
    """The rows that cannot be used. Their text is not kept: it may name a person, or a place that must not be found."""
    return [Reject(line, reason, "") for line, reason in tidied.rejects.iter_rows()]


def make_facts(resource_id: int, rows: pl.DataFrame, payer: Payer, codes: Codes) -> pl.DataFrame:
    """The rows of table payment, tagged, and without what may not be stored; `supplier_postcode` beside them.

    The postcode is taken out, and the supplier's borough put in, by `etl.payments.postcodes` before they are copied.
    """
    tagged = tag_payments(rows, LEAST_WITHHELD)
    borough = payer.borough
    return tagged.select(
        pl.lit(resource_id, dtype=pl.Int32).alias("resource_id"),
        pl.lit(payer.publisher, dtype=pl.Int16).alias("force"),
        "month",
        pl.col("line").cast(pl.Int32),
        *(_encode(field, codes[f"payment_{field}"]) for field in ("kind", "tag")),
        "tag_rule",
        "tag_words",
        "is_withheld",
        "paid_on",
        "amount_pence",
        "vat_pence",
        "supplier",
        _encode("redaction", codes["payment_redaction"]),
        "department",
        "service",
        "purpose",
        "category",
        "reference",
        pl.lit(0, dtype=pl.Int16).alias("supplier_borough"),
        pl.lit(borough, dtype=pl.Int16).alias("borough"),
        pl.lit(NAMED if borough else NOT_NAMED, dtype=pl.Int16).alias("place"),
        "supplier_postcode",
    )


def _encode(field: str, codes: dict[str, int]) -> pl.Expr:
    return pl.col(field).replace_strict(codes, return_dtype=pl.Int16)


def sum_months(rows: pl.DataFrame, payer: Payer) -> list[Month]:
    """What the file holds of each month. Payments of a council are in its borough, London-wide ones in none."""
    return [
        Month(
            month=month,
            events=events,
            placed=events if payer.borough else 0,
            no_location=0 if payer.borough else events,
            outside=0,
        )
        for month, events in _count_months(rows)
    ]


def hash_content(rows: pl.DataFrame, payer: Payer) -> str:
    """A hash of the payments, whatever their order and the form in which they were written."""
    content = rows.select(CONTENT).sort(CONTENT, nulls_last=True).write_csv(include_header=False)
    return hashlib.sha256(f"{payer.publisher}\n{content}".encode()).hexdigest()


def tell_rows(rows: pl.DataFrame) -> Sequence[str]:
    """The first rows as they would be loaded, in words, without those that are withheld."""
    shown = tag_payments(rows).filter(~pl.col("is_withheld")).head(FIRST_ROWS)
    return [
        ", ".join(
            str(part)
            for part in (
                row["paid_on"] or f"{row['month']:%Y-%m}",
                format_pence(row["amount_pence"]),
                row["supplier"] or f"(supplier {row['redaction'].replace('_', ' ')})",
                row["department"],
                row["purpose"],
            )
            if part is not None
        )
        for row in shown.iter_rows(named=True)
    ]


def describe_footers(footers: Sequence[Footer], pence: int) -> list[str]:
    """The rows that are no payments, in words."""
    return [f"line {footer.line}: {explain_footer(footer, pence)}" for footer in footers]
