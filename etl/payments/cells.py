"""Cells of a payment file, made fit to compare: spaces folded, letters mended that an earlier copy read in a wrong encoding."""

import re

import polars as pl

# C1 controls are letters of cp1252 that somebody read as Latin-1 (GLA 2015-P13: the apostrophe of women’s).
C1 = {chr(byte): bytes([byte]).decode("cp1252", errors="ignore") for byte in range(0x80, 0xA0)}
# UTF-8 read as cp1252 and written as UTF-8 again.
TWICE = {"Â£": "£", "Â\xa0": " ", "â€™": "’", "â€˜": "‘", "â€œ": "“", "â€\x9d": "”", "â€“": "–"}
# The hard space: as it is, and as † in Lambeth 2011-01 to 2012-06, where Mac Roman was read for cp1252.
HARD = {"\xa0": " ", "†": " ", "\ufeff": "", "\u200b": "", "\u2007": " ", "\u202f": " "}
MEND = TWICE | C1 | HARD
# The same at the end of a word: Ê in Lambeth 2011-11 (Mac Roman read as Latin-1), ÿ in 2011-10 (MS-DOS).
HARD_AT_END = r"[Êÿ](\s|$)"
STRANGE = r"[^\x00-\x7f]"
UNEVEN = r"\s{2,}|[\t\r\n\x0b\x0c]"


def clean_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Each cell trimmed and mended; null where nothing is left. `frame`: columns of text.

    All columns at a time: in a small file each question put to polars costs more than its rows.
    """
    if not frame.width:
        return frame
    strange = frame.select(pl.all().str.contains(STRANGE).any()).row(0, named=True)
    uneven = frame.select(pl.all().str.contains(UNEVEN).any()).row(0, named=True)
    cleaned = []
    for name in frame.columns:
        cell = pl.col(name)
        if strange[name]:
            cell = cell.str.replace_many(list(MEND), list(MEND.values())).str.replace_all(HARD_AT_END, "$1")
        cell = cell.str.strip_chars()
        if strange[name] or uneven[name]:
            cell = cell.str.replace_all(r"\s+", " ")
        cleaned.append(pl.when(cell != "").then(cell).alias(name))
    return frame.select(cleaned)


def clean_cell(cell: str) -> str:
    """One cell as `clean_columns` has it, '' for none."""
    if not cell.isascii():
        for wrong, right in MEND.items():
            cell = cell.replace(wrong, right)
        cell = re.sub(HARD_AT_END, r"\1", cell)
    return " ".join(cell.split())


def clean_name(cell: str) -> str:
    """A name of a column: a cell without quotation marks about it."""
    return clean_cell(cell).strip("\"'").strip()


def fold_name(name: str) -> str:
    """A name of a column in letters and figures alone, lower case: `Payment_Date` and ` payment date ` are the same."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return "".join(re.findall(r"[a-z0-9£]+", words.lower()))
