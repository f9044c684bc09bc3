"""What the cells of a use of force say together: the Taser, the places, and what a month's file cannot answer."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from etl.sources.cells import read_yes

# up to four devices, of which the second to the fourth are not in every year
DISCHARGES = {
    f"{device} {how}": f"{device} {how}"
    for device in ("CED", "CED2", "CED3", "CED4")
    for how in ("Drive Stun", "Angle Drive Stun", "Fired")
}
LOCATION = "Incident Location:"
# words of tactics, for rows whose questions on the device are blank
TASER_WORD = r"(?i)\b(?:ced|taser)\b"
DISCHARGE_WORD = r"(?i)\b(?:ced|taser)\b.*\b(?:fired|drive stun)"
LACKING = {
    "ethnicity_perceived": "the ethnicity is blank in every row of the month",
    "tactics": "no row of the month names a tactic",
    "subject_injured": "the question on injury is blank in every row of the month",
    "ced_used": "the question on the Taser is blank in every row of the month, and no tactic names one",
    "ced_discharged": "no row of the month with a Taser says whether it was discharged",
}


def decide_ced() -> pl.Expr:
    """The column `ced_used`: the answer; where it is blank, what the tactics say; null where they are blank too.

    In the file of 2020-21 it is blank in more than 87% of the rows, since it is put only to officers who had a device with
    them (check). A blank beside tactics without one is no use of it.
    """
    by_tactics = pl.col("tactics").str.contains(TASER_WORD)
    return pl.coalesce(read_yes("ced"), by_tactics).alias("ced_used")


def decide_discharged() -> pl.Expr:
    """The column `ced_discharged`: fired or (angle) drive stun, of any device; null where that was not said.

    Where nothing is answered on a device that was used, its tactics are named, and tell.
    """
    answers = [read_yes(name) for name in DISCHARGES]
    is_named = pl.col("tactics").str.contains(TASER_WORD)
    by_tactics = pl.col("tactics").str.contains(DISCHARGE_WORD)
    told = (
        pl.when(pl.any_horizontal(answers).fill_null(False) | by_tactics.fill_null(False))
        .then(True)
        .when(pl.any_horizontal([answer.is_not_null() for answer in answers]) | is_named)
        .then(False)
    )
    return pl.when("ced_used").then(told).when(~pl.col("ced_used")).then(False).alias("ced_discharged")


def name_locations(columns: Sequence[str]) -> pl.Expr:
    """The column `locations`: the kinds of place that are answered with yes, with | between them; null where none is."""
    kinds = [
        pl.when(read_yes(name)).then(pl.lit(name.removeprefix(LOCATION).strip()))
        for name in columns
        if name.startswith(LOCATION)
    ]
    if not kinds:
        return pl.lit(None, dtype=pl.String).alias("locations")
    return pl.concat_str(kinds, separator="|", ignore_nulls=True).replace("", None).alias("locations")


def find_unusable(good: pl.DataFrame, rows: pl.DataFrame) -> dict[date, dict[str, str]]:
    """The fields that no row of a month can answer, month by month."""
    used = pl.col("ced_used").fill_null(False)
    by_month = (
        rows.with_columns(
            ethnicity_perceived=good["ethnicity"].is_not_null(), ced_asked=good["ced"].is_not_null()
        )
        .group_by("month")
        .agg(
            pl.col("ethnicity_perceived").any(),
            pl.col("tactics", "subject_injured").is_not_null().any(),
            # a month in which the question is blank and no tactic names a device is not one without devices
            (pl.col("ced_asked") | used).any().alias("ced_used"),
            (~used.any() | (used & pl.col("ced_discharged").is_not_null()).any()).alias("ced_discharged"),
        )
        .with_columns((pl.col("ced_used") & pl.col("ced_discharged")).alias("ced_discharged"))
    )
    return {
        row["month"]: lacks
        for row in by_month.iter_rows(named=True)
        if (lacks := {field: why for field, why in LACKING.items() if not row[field]})
    }
