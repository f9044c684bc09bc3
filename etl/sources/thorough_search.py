"""Met thorough searches, known as strip searches: whole files of many months, one row a search, from the London Datastore.

Every column but two changes its name or its words from file to file. The file has no label for searches in which
intimate parts were exposed.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from etl.errors import Refused
from etl.read import Table, read_any_csv
from etl.sample_marks import SAMPLE_WORDS
from etl.sources.cells import is_no_answer, read_day, read_yes
from etl.sources.source import TableSource, TidyTable, split_rejects, to_codes
from etl.stacked import refuse_stacked
from etl.vocabulary import Codes
from etl.workbook import is_workbook, read_workbook
from geo.names import find_boroughs

# our names for the columns -> theirs, in the spellings of the files 2019-01 to 2022-08, 2019-01 to 2024-01, 2022-04 to
# 2025-05 and 2023-07 to 2026-02
SPELLINGS = {
    "date": ("stop_date",),
    "area": ("area",),
    "borough": ("borough",),
    "age_group": ("age_group",),
    "sex": ("sex",),
    "ethnic_appearance": ("ethnic_appearance",),
    "stop_reason": ("stop_reason",),
    "outcome_reason": ("outcome_reason",),
    "adult_present": (
        "appropriate_adult_present",
        "approporiate_adult_present_if_required?",
        "appropriate_adult_present_if_required?",
        "approporiate_adult_present",
    ),
    "outcome": (
        *("positive_outcome_of_stop", "postive_outcome_of_stop", "positve_outcome_of_stop"),
        *("positive_outcome", "positve_outcome", "postive_outcome"),
    ),
}
# what a file may lack
OPTIONAL = ("area", "outcome_reason", "adult_present")
INDEX = ("col_0", "column_1", "index", "unnamed: 0")

WORDS = {
    "age": ("age_group", "thorough_age"),
    "gender": ("sex", "gender"),
    "ethnicity_officer": ("ethnic_appearance", "ethnicity_officer"),
    "reason": ("stop_reason", "thorough_reason"),
}
FIELDS = tuple(field for _, field in WORDS.values())
ANSWERS = {"positive": "outcome", "adult": "adult_present"}
SAID = {
    "outcome": "the field that says whether the outcome was positive",
    "adult_present": "the field that says whether an appropriate adult was present",
}
# what figures are made of or divided by
NEEDED = {"thorough_age": "age_group", "ethnicity_officer": "ethnic_appearance", "positive": "outcome"}
COPIED = ("occurred_on", *WORDS, *ANSWERS)

# In whole files 6 of 731 filled rows have a twin that is blank in one column (children of one age group searched on one
# day); in the file 2022-04 to 2025-05, 782 of 1,517.
MOST_TWINS = 0.1
LEAST_TWINS = 20
LEAST_MONTHS = 2
MOST_CHANGE = 0.1


def is_header(header: Sequence[str]) -> bool:
    """Whether a file with this header is of thorough searches: what its columns mean tells, not how they are spelt."""
    names = set(_rename(header).values())
    return names >= {name for name in SPELLINGS if name not in OPTIONAL}


def read(data: bytes) -> Table:
    """The rows of a CSV or a workbook, as published but for the names of their columns. Raises Refused."""
    table = Table(read_workbook(data), ()) if is_workbook(data) else read_any_csv(data)
    ours = _rename(table.frame.columns)
    return Table(table.frame.rename(ours), table.rejects, {our: their for their, our in ours.items()})


def _rename(header: Sequence[str]) -> dict[str, str]:
    """Their name -> ours, of the columns that we know."""
    ours = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}
    return {name: ours[key] for name in header if (key := name.strip().lower()) in ours}


def tidy(frame: pl.DataFrame, codes: Codes) -> TidyTable:
    """Type and word the rows: the date alone (times are all midnight), boroughs by name, words as codes.

    A row is rejected whose date cannot be read or whose yes/no fields are something else. A cell that holds blanks only
    is blank.
    """
    text = _trim(frame)
    lacking = [name for name in OPTIONAL if name not in text.columns]
    good, rejects = split_rejects(
        text.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in lacking).with_columns(
            read_day("date").alias("occurred_on"),
            *(read_yes(column).alias(answer) for answer, column in ANSWERS.items()),
        ),
        (pl.col("occurred_on").is_null(), "the date is not a date such as 2022-08-14"),
        *((is_no_answer(column), f"{SAID[column]} is neither yes nor no") for column in ANSWERS.values()),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    boroughs, unknown = find_boroughs(good["borough"].to_list())
    rows = good.select(
        "line",
        pl.col("occurred_on").dt.month_start().alias("month"),
        "occurred_on",
        *coded,
        *ANSWERS,
        pl.Series("borough", boroughs, dtype=pl.Int16),
    )
    is_sample = bool((good["area"] == SAMPLE_WORDS).any())
    return TidyTable(rows, rejects, unseen, is_sample, find_unusable(good), unknown)


def find_unusable(good: pl.DataFrame) -> dict[date, dict[str, str]]:
    """The fields that every row of a month leaves blank, with the reason in words."""
    blank = good.group_by(pl.col("occurred_on").dt.month_start().alias("month")).agg(
        pl.col(column).is_null().all().alias(field) for field, column in NEEDED.items()
    )
    return {
        row["month"]: dict.fromkeys(fields, "the field is blank in every row of the month")
        for row in blank.iter_rows(named=True)
        if (fields := [field for field in NEEDED if row[field]])
    }


def _trim(frame: pl.DataFrame) -> pl.DataFrame:
    """Cells without blanks at their ends; nothing left: null. `appropriate_adult_present` is ' ' in 2023-07 to 2026-02."""
    columns = [name for name in frame.columns if name != "line"]
    trimmed = frame.with_columns(pl.col(columns).str.strip_chars())
    return trimmed.with_columns(
        pl.when(pl.col(column).str.len_bytes() > 0).then(pl.col(column)) for column in columns
    )


def check(table: Table, tidied: TidyTable) -> None:
    """Raise Refused for what is no whole file: copies laid on top of each other, or a single month."""
    frame = _trim(table.frame)
    refuse_repeated_index(frame)
    refuse_twins(frame, table.names)
    refuse_stacked(frame.drop([name for name in frame.columns if name.lower() in INDEX]))
    months = tidied.rows["month"].n_unique()
    if months < LEAST_MONTHS:
        month = tidied.rows["month"][0]
        raise Refused(
            f"The file holds the single month {month:%Y-%m}, and thorough searches are published as whole files of many"
            " months, of which the latest counts. Load the whole file."
        )


def refuse_repeated_index(frame: pl.DataFrame) -> None:
    """Raise Refused where the first column numbers the rows and a number stands twice.

    The file 2023-07 to 2026-02 has 9,958 rows and an index of 1,855 values: six copies of most months.
    """
    name = frame.columns[1]
    if name.lower() not in INDEX:
        return
    rows, values = frame.height, frame[name].n_unique()
    if values < rows:
        raise Refused(
            f"The index column {name!r} has {values:,} values for {rows:,} rows, so that it repeats: copies of the data lie on"
            " top of each other in this file. Get a whole copy from the publisher."
        )


def refuse_twins(frame: pl.DataFrame, theirs: Mapping[str, str]) -> None:
    """Raise Refused where many rows stand twice, once with a column blank and once with it filled.

    `theirs`: the file's own name of a column, by ours.

    So they do where two extracts were laid on top of each other that differ in one column: rows that are otherwise
    equal happen by chance, since the rows are coarse, but rarely.
    """
    columns = [name for name in frame.columns if name != "line" and name.lower() not in INDEX]
    for column in columns:
        others = [name for name in columns if name != column]
        is_blank = frame[column].is_null()
        filled = frame.filter(~is_blank).select(others).unique()
        blank = frame.filter(is_blank).select(others).unique()
        twins = blank.join(filled, on=others, how="semi", nulls_equal=True).height
        fewer = min(blank.height, filled.height)
        if twins >= LEAST_TWINS and twins > MOST_TWINS * fewer:
            name = theirs.get(column, column)
            raise Refused(
                f"{twins:,} rows stand twice, once with {name!r} blank and once with it filled: copies of the data lie on top"
                " of each other in this file. Get a whole copy from the publisher."
            )


THOROUGH_SEARCH = TableSource(
    source="thorough_search",
    table="thorough_search",
    title="thorough searches",
    publisher="Metropolitan Police Service",
    is_header=is_header,
    columns=tuple(spellings for name, spellings in SPELLINGS.items() if name not in OPTIONAL),
    read=read,
    tidy=tidy,
    check=check,
    copied=COPIED,
    fields=FIELDS,
    most_change=MOST_CHANGE,
)
