"""What a source module gives: how to recognise its files and how to make rows of them."""

from collections.abc import Callable
from datetime import date

import msgspec
import polars as pl

from etl.vocabulary import Codes, Vocabulary


class Tidy(msgspec.Struct, frozen=True):
    """Rows typed and worded.

    `rows`: the columns of the source's table but for resource, force, month, borough and place; words as codes.
    `rejects`: columns line, reason. `unseen`: words of a field that have no code yet; where there are any, `rows` is
    not to be loaded: give the words codes and tidy again.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    unseen: dict[str, list[str]]
    is_sample: bool
    unusable_fields: dict[str, str]
    classes: tuple[int, ...] | None = None


class Source(msgspec.Struct, frozen=True):
    """One source: its name, its table, the header of its files, and its tidying.

    `copied`: columns of the tidied rows that go into the table. `scope_field`: the vocabulary field by whose classes a
    copy may be partial. `fields`: the vocabulary fields of its words. `tally`: counts the fact rows for the measures,
    into etl.tally.TABLE. `repeats`: rows may rightly stand twice, so that a file of copies cannot be told by its repeats.
    """

    source: str
    table: str
    columns: tuple[str, ...]
    copied: tuple[str, ...]
    fields: tuple[str, ...]
    scope_field: str | None
    tidy: Callable[[pl.DataFrame, date, Codes], Tidy]
    repeats: bool = False
    tally: Callable[[pl.DataFrame, Vocabulary], pl.DataFrame] | None = None


def to_codes(
    frame: pl.DataFrame, words: dict[str, tuple[str, str]], codes: Codes
) -> tuple[pl.DataFrame, dict[str, list[str]]]:
    """Put integer codes for words.

    words: new column -> (published column, vocabulary field). Returns the frame with the new columns (null where a
    word has no code) and the words without a code, by field.
    """
    coded = frame.with_columns(
        pl.col(column)
        .fill_null("")
        .replace_strict(codes[field], default=None, return_dtype=pl.Int16)
        .alias(name)
        for name, (column, field) in words.items()
    )
    unseen: dict[str, list[str]] = {}
    for name, (column, field) in words.items():
        if coded[name].null_count():
            strange = coded.filter(pl.col(name).is_null())[column].unique().sort().to_list()
            unseen[field] = sorted({*unseen.get(field, []), *strange})
    return coded, unseen


def split_rejects(frame: pl.DataFrame, reason: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows without a reason to reject them, and (line, reason) of the others."""
    checked = frame.with_columns(reason.alias("reason"))
    if checked["reason"].null_count() == checked.height:
        return frame, checked.select("line", "reason").clear()
    return (
        checked.filter(pl.col("reason").is_null()).drop("reason"),
        checked.filter(pl.col("reason").is_not_null()).select("line", "reason"),
    )
