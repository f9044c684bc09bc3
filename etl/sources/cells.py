"""Cells of spreadsheets, as text: days in several forms, yes and no in several spellings."""

import polars as pl

YES = ("yes", "y", "true", "1")
NO = ("no", "n", "false", "0")
NOT_SAID = (
    "unknown",
    "not known",
    "don't know",
    "don’t know",
    "not stated",
    "not recorded",
    "not applicable",
    "n/a",
    "#n/a",
)

ISO_DAY = r"^(\d{4}-\d\d-\d\d)(?:$|[ T])"
BRITISH_DAY = r"^(\d{1,2}/\d{1,2}/\d{4})(?:$|[ T])"
# the days of a spreadsheet, counted from 1899-12-30, show their number where a cell lost its form
SHEET_DAY = r"^(\d{5})(?:\.\d+)?$"


def read_day(column: str) -> pl.Expr:
    """The day in a cell written `2024-02-10`, `10/02/2024` (never month first) or `45332`, with or without a time.

    Null for a blank and for anything else.
    """
    text = pl.col(column).str.strip_chars()
    count = text.str.extract(SHEET_DAY, 1).cast(pl.Int64)
    return pl.coalesce(
        text.str.extract(ISO_DAY, 1).str.to_date("%Y-%m-%d", strict=False),
        text.str.extract(BRITISH_DAY, 1).str.to_date("%d/%m/%Y", strict=False),
        pl.date(1899, 12, 30) + pl.duration(days=count),
    )


def read_yes(column: str) -> pl.Expr:
    """True for yes, False for no, however spelled; null for a blank, for "not known" and for anything else."""
    word = pl.col(column).str.strip_chars().str.to_lowercase()
    return pl.when(word.is_in(YES)).then(True).when(word.is_in(NO)).then(False)


def is_no_answer(column: str) -> pl.Expr:
    """Whether a cell that should say yes or no says something that is neither, nor that it is not known."""
    word = pl.col(column).str.strip_chars().str.to_lowercase()
    return word.is_not_null() & ~word.is_in([*YES, *NO, *NOT_SAID, ""])
