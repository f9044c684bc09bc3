"""From the bytes of a spreadsheet workbook (.xlsx) to a frame of text, one row a line. Nothing is changed here."""

import io
import re
import zipfile
import zlib

import fastexcel
import polars as pl

from etl.errors import Refused
from etl.names import name_columns

# a year of row-level uses of force, unpacked, is some hundreds of megabytes
MOST_BYTES = 2_000_000_000
MOST_INFLATION = 200
TOP_ROWS = 20
# A cell to the right of 416 columns or below 400,000 rows: the reader lays out every cell up to the farthest, and one
# stray cell would take more memory than there is. Use of force has 270 columns and about 200,000 rows a year.
FAR_CELL = re.compile(rb"""\br=["'](?:(?:[A-Z]{3}|[P-Z][A-Z])\d|[A-Z]+(?:[4-9]\d{5}|\d{7}))""")
CHUNK = 1 << 20
OVERLAP = 32
WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as a modern workbook (or another zip) does."""
    return data.startswith(WORKBOOK)


def read_names(data: bytes) -> list[str]:
    """The names of the columns that `read_workbook` gives, without `line`, from the top of the workbook alone."""
    return read_workbook(data, most_rows=TOP_ROWS).columns[1:]


def read_workbook(data: bytes, most_rows: int | None = None) -> pl.DataFrame:
    """The first sheet that has rows under a header: columns `line` (of the sheet, counted from 1) and, as text, its own.

    The header is the first row in which two cells or more are filled. Column names are trimmed; blank and repeated ones
    are made unique (`etl.names.name_columns`). Dates become `2024-02-10` or `2024-02-10 14:05:00`. A blank cell is
    null, and a row without any filled cell is left out. `most_rows`: how many rows of a sheet to read.

    Raises Refused for what is no workbook, is broken, protected by a password, or has no sheet with rows.
    """
    if data.startswith(OLD_WORKBOOK):
        raise Refused(
            "The workbook is protected by a password or is in the old Excel form. Open it, save it as .xlsx without a"
            " password, and load that."
        )
    check_zip(data)
    try:
        workbook = fastexcel.read_excel(data)
        for name in workbook.sheet_names:
            cells = workbook.load_sheet(
                name, header_row=None, skip_rows=0, n_rows=most_rows, dtypes="string"
            ).to_polars()
            if (rows := _find_rows(cells)) is not None:
                return rows
    except fastexcel.FastExcelError as error:
        raise broken(error) from error
    raise Refused("The workbook has no sheet with a header and rows. Get it again from its publisher.")


def _find_rows(cells: pl.DataFrame) -> pl.DataFrame | None:
    """The rows under the header, None where there is no header or nothing under it."""
    if not cells.width:
        return None
    numbered = cells.with_row_index("line", 1)
    filled = cells.select(pl.sum_horizontal(pl.all().is_not_null())).to_series()
    starts = (filled > 1).arg_true()
    if not len(starts):
        return None
    header = starts[0]
    names = name_columns([value or "" for value in cells.row(header)])
    rows = numbered.filter((filled > 0) & (pl.int_range(pl.len()) > header))
    rows.columns = ["line", *names]
    return rows if rows.height else None


def check_zip(data: bytes, part: str = "xl/") -> None:
    """Raise Refused where the bytes are no workbook, or would unpack to far more than any real one.

    `part`: how the name of a member begins that every workbook of its form has.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > MOST_BYTES or size > MOST_INFLATION * len(data):
                raise Refused(
                    f"The workbook would unpack from {len(data):,} to {size:,} bytes, which no real one does. It was not"
                    " opened."
                )
            if not any(member.filename.startswith(part) for member in members):
                raise Refused(
                    "The file is a zip and no workbook. Get the workbook or the CSV from its publisher."
                )
            is_vast = any(_is_vast(archive, member) for member in members)
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise broken(error) from error
    if is_vast:
        raise Refused(
            "The workbook has a cell far to the right of or below any table. Delete the columns and rows without data,"
            " or save the sheet as CSV, and load that."
        )


def _is_vast(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part of a workbook names a cell farther out than any table reaches."""
    if not member.filename.endswith(".xml") or member.filename.endswith("sharedStrings.xml"):
        return False
    with archive.open(member) as stream:
        rest = b""
        while chunk := stream.read(CHUNK):
            if FAR_CELL.search(rest + chunk):
                return True
            rest = chunk[-OVERLAP:]
    return False


def broken(error: Exception) -> Refused:
    """The refusal of a workbook that the reader gave up on."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return Refused(f"The workbook is broken or cut short ({reason}). Get it again from its publisher.")
