"""Which source a file of many months is of, by the names in its header."""

import csv
import re
from collections.abc import Sequence

from etl.population_tables import is_population_header
from etl.read import FIRST_LINE, find_separator
from etl.sources import TABLE_SOURCES
from etl.sources.source import TableSource

# a header of 270 columns is about 6,000 bytes long
HEAD_BYTES = 65_536

# how many names of a strange header are told
MOST_NAMED = 12

UNKNOWN_HEADER = (
    "This file is of none of the kinds that can be loaded yet: police files of data.police.uk, boundaries, postcodes,"
    " populations, tables of the Met and of MOPAC, returns and payments of councils. Police files are recognised by the name they"
    " are published under, such as 2024-02-metropolitan-street.csv; keep that name. Tables are recognised by the names in their"
    " first line; get the file again as published. borough load --explain --council hackney FILE says what a file of payments"
    " lacks."
)


def recognise(head: bytes) -> TableSource | None:
    """The source whose header a CSV begins with, None for any other. `head`: its first bytes."""
    return recognise_names(_read_names(head))


def is_population(head: bytes) -> bool:
    """Whether a CSV begins with the header of a population file. `head`: its first bytes."""
    return is_population_header(_read_names(head))


def _read_names(head: bytes) -> list[str]:
    first = FIRST_LINE.match(head.removeprefix(b"\xef\xbb\xbf"), 0, HEAD_BYTES)
    text = first[0] if first else b""
    try:
        line = text.decode("utf-8")
    except UnicodeDecodeError:
        line = text.decode("cp1252", errors="ignore")
    try:
        return next(csv.reader([line], delimiter=find_separator(line)), [])
    except csv.Error:
        return []


def explain_unknown(head: bytes) -> str:
    """Why a CSV is of no known kind. `head`: its first bytes."""
    return explain_names(_read_names(head))


def explain_names(header: Sequence[str]) -> str:
    """Why a header is of no known kind: of a table that lacks a column or two of three at least, which they are."""
    held = {_plain(name) for name in header}
    for source in TABLE_SOURCES:
        lacking = [spellings[0] for spellings in source.columns if held.isdisjoint(map(_plain, spellings))]
        if 0 < len(lacking) <= len(source.columns) // 3:
            found = ", ".join(repr(name.strip()) for name in list(header)[:MOST_NAMED])
            more = ", …" if len(header) > MOST_NAMED else ""
            return (
                f"This seems to be a file of {source.title} without the column {' or '.join(map(repr, lacking))}; found were"
                f" {found}{more}. Get the file again as published."
            )
    return UNKNOWN_HEADER


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def recognise_names(header: Sequence[str]) -> TableSource | None:
    """The source of a header, None where no source knows it."""
    names = [name.strip() for name in header]
    return next((source for source in TABLE_SOURCES if source.is_header(names)), None)
