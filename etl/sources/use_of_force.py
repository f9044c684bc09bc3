"""Use of force by the Met (London Datastore): one row is one officer's use of force on one subject, about 270 columns.

A workbook a year, or the same as CSV in cp1252. The published workbook is not among the files at hand: the columns
and words are those of the specification and of public programs that read the years 2020 to 2023; what is assumed
beyond them says (check).
"""

import re
from collections.abc import Sequence

import polars as pl

from etl.errors import Refused
from etl.read import Table, read_any_csv
from etl.sample_marks import SAMPLE_WORDS
from etl.sources.cells import is_no_answer, read_day, read_yes
from etl.sources.force import (
    DISCHARGES,
    LOCATION,
    decide_ced,
    decide_discharged,
    find_unusable,
    name_locations,
)
from etl.sources.source import TableSource, TidyTable, split_rejects, to_codes
from etl.vocabulary import Codes
from etl.workbook import is_workbook, read_workbook
from geo.names import find_boroughs

# our name -> the published one
NEEDED = {
    "day": "IncidentDate",
    "borough_name": "Borough",
    "age": "SubjectAge",
    "gender": "SubjectGender",
    "ethnicity": "SubjectEthnicity",
    "ced": "CED Used",
    "subject_injured": "SubjectInjured",
}
OPTIONAL = {
    "time": "IncidentTime",
    "main_duty": "MainDuty",
    "conduct": "PrimaryConduct",
    "firearm_aimed": "Firearms Aimed",
    "firearm_fired": "Firearms Fired",
    "arrested": "Outcome: Arrested",
    "hospitalised": "Outcome: Hospitalised",
    "detained_mental_health": "Outcome: Detained - Mental Health Act",
    "escaped": "Outcome: Made off/escaped",
    "fatality": "Outcome: Fatality",
}
ANSWERS = (
    *("subject_injured", "firearm_aimed", "firearm_fired"),
    *("arrested", "hospitalised", "detained_mental_health", "escaped", "fatality"),
)
WORDS = {
    "age": ("age", "force_age"),
    "gender": ("gender", "force_gender"),
    "ethnicity": ("ethnicity", "ethnicity_perceived"),
}
FIRST_TACTIC = "Tactic 1"
TACTIC = re.compile(r"^tactic\d+$")
# a summary by borough, which others make of the rows, has this column
SUMMARY = "UseOfForceCount"

# a spreadsheet takes the age "11-17" for November 2017; a copy of the workbook as CSV may say either
AGE_AS_DAY = r"^(?:2017-11-01(?: 00:00:00)?|01/11/2017|Nov-17|17-Nov|43040(?:\.0)?)$"

STACKED_SHARE, STACKED_ROWS = 0.5, 200


def is_header(names: Sequence[str]) -> bool:
    """Whether these are columns of the row-level file, or of a summary of it, which has to be refused."""
    held = set(map(_plain, names))
    told = {_plain(name) for name in (NEEDED["day"], NEEDED["ethnicity"], FIRST_TACTIC)}
    return _plain(SUMMARY) in held or told <= held


def is_used(name: str) -> bool:
    """Whether a column of the file is one of the sixty of its 271 that are read."""
    plain = _plain(name)
    known = {_plain(one) for one in (SUMMARY, *NEEDED.values(), *OPTIONAL.values(), *DISCHARGES.values())}
    return plain in known or bool(TACTIC.match(plain)) or name.startswith(LOCATION)


def read(data: bytes) -> Table:
    """The columns that are used, as text: those above under our names, tactics, devices and locations under theirs.

    Raises Refused for a summary, and where a column is missing that figures need.
    """
    table = Table(read_workbook(data), ()) if is_workbook(data) else read_any_csv(data, keep=is_used)
    published = {_plain(name): name for name in table.frame.columns}
    if _plain(SUMMARY) in published:
        raise Refused(
            "This is a summary of use of force by borough, not the row-level file: it does not say what force was used, nor"
            " with what outcome. Load the yearly workbook or CSV of the Metropolitan Police Service, which has a row for each"
            " officer's use of force on each subject.",
            line=1,
        )
    for name in (*NEEDED.values(), FIRST_TACTIC):
        if _plain(name) not in published:
            raise Refused(f"The column {name!r} is missing. Get the file again as published.", line=1)
    wanted = {
        ours: published.get(_plain(name)) for ours, name in {**NEEDED, **OPTIONAL, **DISCHARGES}.items()
    }
    same = [name for name in table.frame.columns if TACTIC.match(_plain(name)) or name.startswith(LOCATION)]
    frame = table.frame.select(
        "line",
        *(
            pl.col(name).str.strip_chars().replace("", None).alias(ours)
            if name
            else pl.lit(None, dtype=pl.String).alias(ours)
            for ours, name in {**wanted, **{name: name for name in same}}.items()
        ),
    )
    return Table(frame, table.rejects)


def tidy(frame: pl.DataFrame, codes: Codes) -> TidyTable:
    """Type and word the rows of a file.

    A row is rejected whose day is blank or none, or where a question of yes or no has another answer. A borough that is
    blank, not known or an airport's counts as none (0), `Out of force` as outside London (-1).
    """
    tactics = [name for name in frame.columns if TACTIC.match(_plain(name))]
    asked = ("ced", *ANSWERS, *DISCHARGES)
    good, rejects = split_rejects(
        frame.with_columns(
            read_day("day").alias("occurred_on"),
            pl.col("age").str.replace(AGE_AS_DAY, "11-17"),
            pl.concat_str(tactics, separator="|", ignore_nulls=True).replace("", None).alias("tactics"),
        ),
        (pl.col("day").is_null(), "the date is blank"),
        (pl.col("occurred_on").is_null(), "the date is not a day"),
        *((is_no_answer(name), f"the field {name!r} is neither yes nor no") for name in asked),
    )
    coded, unseen = to_codes(good, WORDS, codes)
    strange = sorted(
        set(good.select(pl.concat_list(tactics).explode().unique()).to_series())
        - {None, *codes["force_tactic"]}
    )
    if strange:
        unseen["force_tactic"] = strange
    boroughs, unknown = find_boroughs(good["borough_name"].to_list())
    rows = good.with_columns(*map(read_answer, ANSWERS), decide_ced()).select(
        "line",
        pl.col("occurred_on").dt.truncate("1mo").alias("month"),
        pl.Series("borough", boroughs, dtype=pl.Int16),
        "occurred_on",
        *coded,
        *("main_duty", "conduct"),
        name_locations(frame.columns),
        *("tactics", "ced_used"),
        decide_discharged(),
        *ANSWERS,
    )
    is_sample = bool((good["main_duty"] == SAMPLE_WORDS).any())
    return TidyTable(rows, rejects, unseen, is_sample, find_unusable(good, rows), unknown)


def read_answer(name: str) -> pl.Expr:
    """The yes or no of a column, in its place."""
    return read_yes(name).alias(name)


def check(table: Table, tidied: TidyTable) -> None:
    """Raise Refused where most rows stand twice or more: copies of a file laid on each other."""
    rows = table.frame.height
    distinct = table.frame.drop("line").hash_rows().n_unique()
    if rows >= STACKED_ROWS and distinct <= STACKED_SHARE * rows:
        raise Refused(
            f"Only {distinct:,} of {rows:,} rows are different: copies of the data seem to lie on top of each other in this"
            " file. Get a whole copy from the publisher."
        )


def _plain(name: str) -> str:
    """A column's name without what its spellings differ by."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


USE_OF_FORCE = TableSource(
    source="use_of_force",
    table="use_of_force",
    title="use of force by the Met",
    publisher="Metropolitan Police Service",
    is_header=is_header,
    columns=tuple((name,) for name in (*NEEDED.values(), FIRST_TACTIC)),
    read=read,
    tidy=tidy,
    check=check,
    copied=(
        *(
            "occurred_on",
            *WORDS,
            "main_duty",
            "conduct",
            "locations",
            "tactics",
            "ced_used",
            "ced_discharged",
        ),
        *ANSWERS,
    ),
    fields=("force_age", "force_gender", "ethnicity_perceived", "force_tactic"),
)
