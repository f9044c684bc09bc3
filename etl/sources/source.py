"""What a source module gives: how to recognise its files and how to make rows of them."""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
import polars as pl

from etl.read import Table
from etl.tally import Tally
from etl.vocabulary import Codes


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
    copy may be partial. `fields`: the vocabulary fields of its words. `tally`: how its facts are counted
    for the measures. `repeats`: rows may rightly stand twice, so that a file of copies cannot be told by its repeats.
    """

    source: str
    table: str
    columns: tuple[str, ...]
    copied: tuple[str, ...]
    fields: tuple[str, ...]
    scope_field: str | None
    tidy: Callable[[pl.DataFrame, date, Codes], Tidy]
    repeats: bool = False
    tally: Tally | None = None


class TidyTable(msgspec.Struct, frozen=True):
    """Rows of a file of many months, typed and worded.

    `rows`: columns line, month (its first day), borough (Int16: 1 to 33; 0 none named; -1 outside London) and the
    source's copied columns; words as codes. A column `occurred_on` (Date) or `occurred_at` (Datetime, UTC), copied or
    not, tells whether a month stops short. A month without a row counts as not received: where the file says that nothing
    happened, give it rows that say so. `rejects`: columns line, reason. `unseen`: words of a field that have no
    code yet; where there are any, `rows` is not to be loaded. `unusable_fields`: fields that a month's rows cannot
    answer, with the reason. `unknown_boroughs`: names of boroughs that are not known; their rows are of borough 0.
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    unseen: dict[str, list[str]]
    is_sample: bool = False
    unusable_fields: dict[date, dict[str, str]] = {}
    unknown_boroughs: Sequence[str] = ()


class TableSource(msgspec.Struct, frozen=True):
    """A source of the Met or of MOPAC whose files hold many months each and name boroughs instead of points.

    `title`: what messages call its files. `is_header`: recognises a file by the names in its first row, trimmed.
    `columns`: those that its files must have, each in its spellings, by which a file that lacks one is known. `read`:
    bytes to a frame of text with a column `line`; raises Refused. `check`: raises Refused where the tidied rows as a whole
    show that the file may not be used. `copied`: columns of the tidied rows that go into the table, beside resource_id,
    force, month, borough and place. `fields`: the vocabulary fields of its words. `period`: how many months a row of
    `month` covers, `month` being the last. `most_change`: the share by which the rows of a vintage may differ from those
    of another over the months that both hold, where a greater difference shows that one of them is no whole vintage.
    """

    source: str
    table: str
    title: str
    publisher: str
    is_header: Callable[[Sequence[str]], bool]
    columns: tuple[tuple[str, ...], ...]
    read: Callable[[bytes], Table]
    tidy: Callable[[pl.DataFrame, Codes], TidyTable]
    check: Callable[[Table, TidyTable], None]
    copied: tuple[str, ...]
    fields: tuple[str, ...]
    period: int = 1
    most_change: float | None = None


def to_codes(
    frame: pl.DataFrame, words: dict[str, tuple[str, str]], codes: Codes
) -> tuple[list[pl.Series], dict[str, list[str]]]:
    """Put integer codes for words.

    words: new column -> (published column, vocabulary field). Returns the new columns and the words without a code, by
    field: where there are any, the columns are wrong.
    """
    coded = []
    unseen: dict[str, set[str]] = {}
    for name, (column, field) in words.items():
        published = frame[column]
        known = published.cast(_list_words(codes[field]), strict=False)
        if known.null_count() > published.null_count():
            strange = published.filter(known.is_null() & published.is_not_null())
            unseen.setdefault(field, set()).update(strange.unique())
        coded.append(known.to_physical().cast(pl.Int16).fill_null(codes[field][""]).alias(name))
    return coded, {field: sorted(strange) for field, strange in unseen.items()}


def _list_words(codes: dict[str, int]) -> pl.Enum:
    """The words of a field, each in the place of its code; where a number is no code, something that is no word."""
    words = [f"\0{place}" for place in range(max(codes.values()) + 1)]
    for word, code in codes.items():
        words[code] = word
    return pl.Enum(words)


def split_rejects(frame: pl.DataFrame, *checks: tuple[pl.Expr, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that pass all checks (true: the row is bad; null: it is not), and (line, reason) of the others.

    The reason is that of the first check that a row fails.
    """
    fails = [check.fill_null(False) for check, _ in checks]
    is_bad = frame.select(pl.any_horizontal(fails)).to_series()
    if not is_bad.any():
        return frame, pl.DataFrame(schema={"line": pl.UInt32, "reason": pl.String})
    reasons = [pl.when(fail).then(pl.lit(reason)) for fail, (_, reason) in zip(fails, checks, strict=True)]
    rejects = frame.filter(is_bad).select("line", pl.coalesce(reasons).alias("reason"))
    return frame.filter(~is_bad), rejects
