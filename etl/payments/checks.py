"""What shows that a file of payments is no whole copy, or more than one. Pure."""

from collections.abc import Sequence

import polars as pl

from etl.errors import Refused
from etl.payments.layout import Footer

# In the files at hand the same row stands up to 33 times (payments to carers whose names are left out), side by side or
# scattered; of rows a hundred and more apart no more than two pairs are at one distance.
LEAST_BLOCK = 100
BLOCK_SHARE = 0.25


def refuse_copies(frame: pl.DataFrame) -> None:
    """Raise Refused where a block of rows stands twice: two copies of a file, or parts of them, in one.

    The same payment may rightly be made many times, so repeats alone say nothing. A copy laid below another has its rows at
    one distance from the first's, at least a hundred of them and a quarter of the file; rows each written twice side by
    side leave none that stands once. `frame`: a column `line` and those as published.
    """
    rows = frame.height
    if rows < 2 * LEAST_BLOCK:
        return
    hashes = frame.drop("line").hash_rows()
    places = pl.DataFrame({"hash": hashes, "place": pl.Series(range(rows), dtype=pl.Int64)})
    steps = places.select(
        step=pl.col("place") - pl.col("place").shift(1).over("hash"), place="place"
    ).drop_nulls()
    far = steps.filter(pl.col("step") >= LEAST_BLOCK)["step"].value_counts(sort=True)
    if far.height and far["count"][0] >= max(LEAST_BLOCK, BLOCK_SHARE * rows / 2):
        raise Refused(
            f"{far['count'][0]:,} of {rows:,} rows stand twice in the same order, {far['step'][0]:,} rows apart: copies of the data"
            " seem to lie below each other in this file. Get a whole copy from the publisher."
        )
    if places.group_by("hash").len()["len"].min() >= 2:  # type: ignore[operator]
        raise Refused(
            f"Every one of the {rows:,} rows stands twice or more in this file. Get a whole copy from the publisher."
        )


def check_total(footers: Sequence[Footer], pence: int) -> str:
    """What the file's own grand total says of its rows' sum, '' where it has none. Raises Refused where they differ.

    Of several totals one is that of all rows, or all of them together are.
    """
    totals = [
        footer for footer in footers if footer.kind == "grand_total" and footer.amount_pence is not None
    ]
    if not totals:
        return ""
    amounts = [footer.amount_pence or 0 for footer in totals]
    if pence in (*amounts, sum(amounts)):
        return f"Its own grand total, {format_pence(pence)}, is equal to the sum of its rows."
    total = totals[-1]
    raise Refused(
        f"Its own grand total is {format_pence(total.amount_pence or 0)} and its rows add up to {format_pence(pence)}: rows may be"
        " missing. Get the file again; if it is as published, load it with --accept-rejects.",
        line=total.line,
    )


def explain_footer(footer: Footer, pence: int) -> str:
    """Why a row that is no payment was not loaded."""
    if footer.kind == "grand_total":
        if footer.amount_pence is None:
            return "a line of totals"
        relation = "equal to" if footer.amount_pence == pence else "not equal to"
        own, rows = format_pence(footer.amount_pence), format_pence(pence)
        return f"the file's own grand total, {own}; {relation} the sum of its rows, {rows}"
    return {
        "month": "a line that names the month of those under it",
        "header": "the header again",
        "sql": "part of a database query",
    }.get(footer.kind, "a note, no payment")


def format_pence(pence: int) -> str:
    """1234567 → £12,345.67."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"
