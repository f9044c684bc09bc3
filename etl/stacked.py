"""Files in which copies lie on top of each other."""

import polars as pl

from etl.errors import Refused

STACKED_SHARE = 0.5
STACKED_ROWS = 200


def refuse_stacked(frame: pl.DataFrame) -> None:
    """Raise Refused where most lines stand twice or more: copies of a file laid on top of each other.

    Genuine repeats are common (two people searched together; 2,347 of 14,000 Met searches in 2022-08), so only a file
    in which fewer than half of the lines are distinct is refused.
    """
    rows = frame.height
    if rows < STACKED_ROWS:
        return
    distinct = frame.drop("line").hash_rows().n_unique()
    if distinct <= STACKED_SHARE * rows:
        raise Refused(
            f"Only {distinct:,} of {rows:,} rows are different: copies of the data seem to lie on top of each other in this file."
            " Get a whole copy from the publisher."
        )
