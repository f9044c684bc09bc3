"""What payments seem to be for, by reviewed rules (tags.toml), and what of them may be stored.

A payment has one tag, that of the first rule that it meets, with the rule's id and the words that it met. A tag whose
precision was not measured, or falls short, is not given (precision.toml). A payment for domestic abuse, and every other
payment of the file to the same supplier, loses all that could lead to the place: see `withhold`.
"""

import re
import tomllib
from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import polars as pl

from etl.payments.redaction import PERSON_WITHIN
from etl.payments.suppression import find_suppressed, fold_name, load_suppressed

RULES = Path(__file__).with_name("tags.toml")
MEASURED = Path(__file__).with_name("precision.toml")
FIELDS = ("supplier", "department", "service", "purpose", "category")
UNTAGGED, DOMESTIC_ABUSE = "untagged", "domestic_abuse"
TAGS = (DOMESTIC_ABUSE, "cctv", "youth_justice", "enforcement_wardens", "community_safety", "youth_services")
# what a payment that is withheld keeps of its texts, and what stands in columns that cannot be empty
KEPT_TEXTS = frozenset({"tag", "redaction", "kind"})
KEPT_DATES = frozenset({"month"})
REPLACED = {"redaction": "not_given", "supplier_borough": 0}
EMPTIED = frozenset({"vat_pence"})
# so many payments of a month and kind are withheld where one is, as many as a figure of them needs to be told
LEAST_WITHHELD = 5
# scatter the lines of a file
SCATTER, PRIME = 48_271, 2_147_483_647
FOUND = {
    "at": pl.UInt32,
    "tag": pl.String,
    "tag_rule": pl.String,
    "tag_words": pl.String,
    "is_withheld": pl.Boolean,
}


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of tags.toml, whose head says what its fields mean."""

    id: str
    tag: str
    words: tuple[str, ...]
    why: str
    reviewed: date
    fields: tuple[str, ...] = FIELDS[:4]
    excluded: tuple[str, ...] = msgspec.field(name="not", default=())
    is_shown: bool = True


@cache
def load_rules() -> tuple[Rule, ...]:
    """The rules of tags.toml, in their order."""
    table = tomllib.loads(RULES.read_text(encoding="utf-8"))
    return msgspec.convert(table["rule"], tuple[Rule, ...])


@cache
def load_published() -> frozenset[str]:
    """The tags whose measured precision allows them to be published."""
    table = tomllib.loads(MEASURED.read_text(encoding="utf-8"))
    return frozenset(tag for tag, measured in table["tags"].items() if measured["published"])


def tag_payments(frame: pl.DataFrame, least: int = 1) -> pl.DataFrame:
    """The rows of one file with `tag`, `tag_rule`, `tag_words` and `is_withheld`, in their order.

    `frame` has the text columns supplier, department, service, purpose and category, null where absent, and redaction;
    `other`, where it has one, is what stands in columns that are not used: a row whose other columns say domestic abuse is
    withheld, and has the tag that the rest gives it (precision was not measured there).
    What may not be stored of rows that are withheld is gone: `withhold` says what that is, and what `least` is.
    """
    tagged = find_tags(frame, load_rules())
    if "other" in frame.columns:
        tagged = tagged.with_columns(pl.col("is_withheld") | pl.Series(_find_others(frame["other"])))
    is_published = pl.col("tag").is_in(sorted(load_published()))
    given = tagged.with_columns(
        pl.when(is_published).then("tag").otherwise(pl.lit(UNTAGGED)).alias("tag"),
        pl.when(is_published).then("tag_rule").alias("tag_rule"),
        pl.when(is_published).then("tag_words").alias("tag_words"),
    )
    return hide_persons(withhold(given, least))


def hide_persons(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows without the texts about a payment that seem to name a person, or the place where one lives.

    After tags are given, since such a text may say that a payment is for a refuge.
    """
    return frame.with_columns(
        pl.when(~pl.col(column).str.contains(PERSON_WITHIN)).then(column).alias(column)
        for column in (*FIELDS[1:], "reference", "tag_words")
        if column in frame.columns
    )


def find_tags(frame: pl.DataFrame, rules: Collection[Rule]) -> pl.DataFrame:
    """The rows with the tag of the first rule that each meets, whether it may be published or not.

    `tag` is untagged where no rule is met; `is_withheld`: the row itself is, or may be, of domestic abuse.
    """
    texts = frame.select(
        *(fold_spaces(field).fill_null("").alias(field) for field in FIELDS),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"),
    )
    # few rows meet any rule: one search over all tells which, and the rules are tried on those one by one
    any_word = _pattern([word for rule in rules for word in rule.words])
    near = texts.filter(pl.concat_str(FIELDS, separator="\n").str.contains(any_word))
    # the same words often stand in many rows
    tried = {row: _try(row, rules) for row in near.select(FIELDS).unique().iter_rows()}
    found = [(at, *met) for *row, at in near.iter_rows() if (met := tried[tuple(row)])]
    joined = texts.select("at").join(
        pl.DataFrame(found, schema=FOUND, orient="row"), on="at", how="left", maintain_order="left"
    )
    return frame.with_columns(
        joined["tag"].fill_null(UNTAGGED),
        joined["tag_rule"],
        joined["tag_words"],
        joined["is_withheld"].fill_null(False),
    )


def withhold(frame: pl.DataFrame, least: int = 1) -> pl.DataFrame:
    """The rows of a file, those withheld and all others to the same suppliers without what could lead to a place.

    So are the payments to suppliers that are suppressed (suppressed.toml). `least`: how many of a month, kind and tag are
    withheld where any is; the rest of them are any payments, so that a total less what is listed is no single payment.

    Of a withheld row month, kind, tag and amount stay. Gone are every text, its day, its VAT, its supplier's borough, its
    line in the file, and by which rule it was found. A name that was redacted is no one supplier, and leads to no other row.
    The lines of the others are counted as though it were not there (`close_lines`).
    """
    hidden = frame.with_columns(_find_hidden(frame).alias("is_withheld"))
    if least > 1:
        hidden = hidden.with_columns(_mix_in(least).alias("is_withheld"))
    emptied = [
        column
        for column, kind in frame.schema.items()
        if (kind == pl.String and column not in KEPT_TEXTS)
        or (kind.is_temporal() and column not in KEPT_DATES)
        or column in EMPTIED
    ]
    replaced = {column: value for column, value in REPLACED.items() if column in frame.columns}
    lines = [close_lines().cast(frame.schema["line"])] if "line" in frame.columns else []
    return hidden.with_columns(
        *lines,
        *(pl.when(~pl.col("is_withheld")).then(column).alias(column) for column in emptied),
        *(
            pl.when(pl.col("is_withheld"))
            .then(pl.lit(value))
            .otherwise(column)
            .cast(frame.schema[column])
            .alias(column)
            for column, value in replaced.items()
        ),
    )


def _find_hidden(frame: pl.DataFrame) -> pl.Expr:
    named = pl.col("supplier").is_not_null() & (pl.col("redaction") == "named")
    names = frame.filter(named)["supplier"].unique().to_list()
    folded = {name: fold_name(name) for name in names}
    hidden = find_suppressed(names, load_suppressed()) | {
        folded[name] for name in frame.filter(pl.col("is_withheld") & named)["supplier"].unique()
    }
    spellings = [name for name in names if folded[name] in hidden]
    return pl.col("is_withheld") | (named & pl.col("supplier").is_in(spellings)).fill_null(False)


def _mix_in(least: int) -> pl.Expr:
    """The rows withheld, and any others of the same total until there are `least`, where there are any.

    Totals are told by month, kind and tag, and those of domestic abuse with the untagged.
    """
    told = pl.when(pl.col("tag") == DOMESTIC_ABUSE).then(pl.lit(UNTAGGED)).otherwise("tag")
    shuffled = (pl.col("line").cast(pl.Int64) * SCATTER) % PRIME
    # those to be withheld first, the others in an order that has nothing to do with theirs
    place = (shuffled + pl.when("is_withheld").then(-PRIME).otherwise(0)).rank("ordinal")
    return pl.col("is_withheld") | (pl.col("is_withheld").any() & (place <= least)).over(
        "month", "kind", told
    )


def close_lines() -> pl.Expr:
    """The lines of a file's payments, counted one by one from its first without those withheld, which have 0: a line that
    is lacking would be one of them.
    """
    is_listed = ~pl.col("is_withheld")
    counted = pl.col("line").first().cast(pl.Int64) + is_listed.cast(pl.Int64).cum_sum() - 1
    return pl.when(is_listed).then(counted).otherwise(0).alias("line")


def _find_others(texts: pl.Series) -> list[bool]:
    """Whether a text of columns that are not used meets a rule on domestic abuse that looks in more than the supplier."""
    rules = [rule for rule in load_rules() if rule.tag == DOMESTIC_ABUSE and len(rule.fields) > 1]
    near = texts.str.contains(_pattern([word for rule in rules for word in rule.words])).fill_null(False)
    met = {
        text: any(
            _search(rule.words, line) and not _search(rule.excluded, line)
            for rule in rules
            for line in text.split("\n")
        )
        for text in texts.filter(near).unique()
    }
    return [met.get(text, False) for text in texts]


def fold_spaces(column: str) -> pl.Expr:
    """A text column with each run of spaces as one, none at the ends."""
    return pl.col(column).str.replace_all(r"\s+", " ").str.strip_chars()


def _try(row: tuple[str, ...], rules: Collection[Rule]) -> tuple[str, str, str, bool] | None:
    """Tag, rule, words and whether to withhold, by the first rule that the texts of FIELDS meet; None where none is."""
    for rule in rules:
        words = [word for field in rule.fields for word in _search(rule.words, row[FIELDS.index(field)])]
        if words and not any(_search(rule.excluded, text) for text in row):
            tag = rule.tag if rule.is_shown else UNTAGGED
            return tag, rule.id, "; ".join(dict.fromkeys(words)), rule.tag == DOMESTIC_ABUSE
    return None


def _search(words: tuple[str, ...], text: str) -> list[str]:
    """What of the words stands in a text, as it stands there."""
    return [found[0] for found in _compile(words).finditer(text)] if words and text else []


@cache
def _compile(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_pattern(words))


def _pattern(words: Collection[str]) -> str:
    return rf"(?im)\b(?:{'|'.join(words)})(?:\b|$)"
