"""Searches counted by their words: what the measures read instead of the events. Pure."""

import polars as pl

KEYS = ("resource_id", "force", "month", "borough")
TALLIES = {
    "search": ("object", "legislation", "ethnicity_officer", "outcome", "linked", "clothing_removed"),
    "ethnicity": ("ethnicity_officer", "ethnicity_self", "legislation", "outcome"),
    "person": ("age", "gender"),
}
WORDS = (
    "object",
    "legislation",
    "ethnicity_officer",
    "ethnicity_self",
    "outcome",
    "linked",
    "clothing_removed",
    "age",
    "gender",
)
COLUMNS = (*KEYS, "tally", *WORDS, "searches")
TABLE = "stop_search_tally"


def tally_searches(rows: pl.DataFrame, person_types: tuple[int, ...]) -> pl.DataFrame:
    """Count the searches of people among fact rows; the columns are `COLUMNS`, null where a tally does not divide.

    `rows`: stop_search facts, words as codes. `person_types`: the codes of search types that have a person.
    """
    people = rows.filter(pl.col("search_type").is_in(person_types))
    return pl.concat(
        [
            people.group_by(*KEYS, *words, maintain_order=True)
            .agg(pl.len().cast(pl.Int32).alias("searches"))
            .with_columns(pl.lit(tally).alias("tally"))
            for tally, words in TALLIES.items()
        ],
        how="diagonal",
    ).select(COLUMNS)
