"""From the bytes of a published CSV to a frame of text, one row a line, and the lines that are no rows.

Nothing is changed here: no trimming, no types. Rows read = rows of the frame + rejects.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import msgspec
import numpy as np
import polars as pl

from etl.errors import Refused
from etl.names import name_columns

SEPARATORS = (",", ";", "\t", "|")
# how much of a large file is worked on at a time: all of it at once would take its memory many times over
CHUNK = 1 << 24
ROWS = 10_000
FIRST_LINE = re.compile(rb"[^\r\n]*")
OTHER_KINDS = {
    b"PK\x03\x04": "a zip or a modern Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}


class Reject(msgspec.Struct, frozen=True):
    """A line that is not loaded: its number in the file (the header is line 1), why, and its text."""

    line: int
    reason: str
    text: str


class Table(msgspec.Struct, frozen=True):
    """A CSV as published: `frame` of text with a column `line`, and the lines that could not be rows.

    `names`: of columns that a source has renamed, the file's own name by ours.
    """

    frame: pl.DataFrame
    rejects: tuple[Reject, ...]
    names: Mapping[str, str] = {}

    @property
    def rows_read(self) -> int:
        """Lines under the header."""
        return self.frame.height + len(self.rejects)


def check_kind(data: bytes) -> None:
    """Raise Refused where the bytes are plainly not a CSV: a web page, a workbook, nothing at all."""
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise Refused("The file is empty. Get it again from its publisher.")
    for mark, kind in OTHER_KINDS.items():
        if data.startswith(mark):
            raise Refused(f"The file is named .csv but is {kind}. Get the CSV from its publisher.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise Refused(
            "The file is a web page, not data: probably an error or login page saved under the file's name. Get it again."
        )
    if b"\0" in data:
        raise Refused(
            "The file is named .csv but is no text: it holds zero bytes. Get it again from its publisher."
        )


def read_header(data: bytes, separator: str = ",") -> list[str]:
    """The names in the first line. Raises Refused where the bytes are not UTF-8 text."""
    line = FIRST_LINE.match(data)
    try:
        return next(csv.reader([_decode(line[0] if line else b"", 1)], delimiter=separator), [])
    except csv.Error as error:
        raise Refused(
            f"The first line is no header ({error}). Get the file again as published.", line=1
        ) from error


def read_csv(data: bytes, columns: Sequence[str]) -> Table:
    """Read a CSV whose header must be `columns`, in that order.

    A blank cell is null, quoted or not. Raises Refused where the header differs, the text is not UTF-8 or the file stops
    in the middle of a line; another line with too many or too few fields is a reject.
    """
    check_kind(data)
    check_header(read_header(data), columns)
    body = data.removeprefix(b"\xef\xbb\xbf")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(body, error) from error
    return _read_body(body, columns, ",")


def read_any_csv(
    data: bytes,
    encodings: Sequence[str] = ("utf-8-sig", "cp1252"),
    separator: str | None = None,
    keep: Callable[[str], bool] | None = None,
) -> Table:
    """Read a CSV whatever its header: the columns are those of its first line.

    `encodings`: tried in their order; the first in which all the bytes are text is taken. `separator`: None finds it, the
    one of `SEPARATORS` that stands most often in the header. Names of columns are trimmed, and blank or repeated ones
    made unique (`etl.names.name_columns`); cells are as published, and a blank one is null. `keep`: whether a column is
    of use, by its name; of hundreds of columns the others need not fill the memory. Raises Refused as `read_csv` does.
    """
    check_kind(data)
    body = _to_utf8(data, encodings)
    first = FIRST_LINE.match(body)
    mark = separator or find_separator(first[0].decode() if first else "")
    header = read_header(body, mark)
    if len(header) < 2:
        raise Refused("The first line is no header of a table. Get the file again as published.", line=1)
    return _read_body(body, name_columns(header), mark, keep)


def find_separator(line: str) -> str:
    """What separates the names in a header line: what stands most often in it outside quotation marks."""
    plain = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=plain.count)


def _to_utf8(data: bytes, encodings: Sequence[str]) -> bytes:
    """The same text in UTF-8 without a mark of byte order. Raises Refused where it is text in none of the encodings."""
    for encoding in encodings:
        decode = codecs.getincrementaldecoder(encoding)().decode
        chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
        try:
            parts = [decode(chunk).encode() for chunk in chunks]
            decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return b"".join(parts)
    names = " nor ".join(encodings)
    raise Refused(f"The text is neither {names}. Get the file again as published.")


def _read_body(
    body: bytes, columns: Sequence[str], separator: str, keep: Callable[[str], bool] | None = None
) -> Table:
    kept = [name for name in columns if keep is None or keep(name)]
    if (frame := _read_regular(body, columns, separator.encode(), kept)) is not None:
        return Table(frame, ())
    return _read_line_by_line(body, columns, separator, kept)


def check_header(found: Sequence[str], columns: Sequence[str]) -> None:
    """Raise Refused, naming the column that is missing and what stands in its place."""
    names = [name.strip() for name in found]
    if names == list(columns):
        return
    missing = [name for name in columns if name not in names]
    strange = [name for name in names if name not in columns]
    if missing:
        what = f"The column {missing[0]!r} is missing"
        what += f"; {strange[0]!r} was found, which is not a column of this kind of file" if strange else ""
    elif strange:
        what = f"The column {strange[0]!r} is not a column of this kind of file"
    elif len(names) != len(columns):
        what = f"A column stands twice: {', '.join(names)}"
    else:
        what = f"The columns are in another order than published: {', '.join(names)}"
    raise Refused(f"{what}. Get the file again as published.", line=1)


@cache
def _quoted(separator: bytes) -> re.Pattern[bytes]:
    """A quoted field between its two separators: a quotation mark that is left over makes a file irregular."""
    mark = re.escape(separator)
    return re.compile(rb'(?<![^%b\n])"(?:[^"\r\n]|"")*"(?![^%b\r\n])' % (mark, mark))


def _read_regular(
    body: bytes, columns: Sequence[str], separator: bytes, kept: Sequence[str]
) -> pl.DataFrame | None:
    """The `kept` columns of a body in which every line has a field for each column, None for any other."""
    places = [place for place, name in enumerate(columns) if name in kept]
    frames = []
    for block in _cut(body):
        if (frame := _read_block(block, len(columns), separator, places)) is None:
            return None
        frames.append(frame)
    frame = pl.concat(frames)
    frame.columns = list(kept)
    return frame.with_row_index("line", 2)


def _cut(body: bytes) -> Iterator[bytes]:
    """A large body in blocks of whole lines, each under the header."""
    start = body.find(b"\n") + 1
    if len(body) <= CHUNK or not start:
        yield body
        return
    header = body[:start]
    while start < len(body):
        end = body.find(b"\n", start + CHUNK) + 1 or len(body)
        yield header + body[start:end]
        start = end


def _read_block(body: bytes, width: int, separator: bytes, places: Sequence[int]) -> pl.DataFrame | None:
    """The columns at these places of so many, None where the lines under the header are not as regular as that.

    A line too long is an error to the parser; where none is and the commas add up, none is too short or blank either.
    Quotation marks and line ends that are not where a field or a line ends are left to the slower reader.
    """
    plain = _quoted(separator).sub(b"", body) if b'"' in body else body
    if b'"' in plain or (b"\r" in plain and plain.count(b"\r") != plain.count(b"\r\n")):
        return None
    lines = _count(plain, b"\n") + (not plain.endswith(b"\n"))
    if _count(plain, separator) != lines * (width - 1):
        return None
    try:
        frame = pl.read_csv(
            body,
            separator=separator.decode(),
            infer_schema=False,
            null_values="",
            columns=places,
        )
    except pl.exceptions.PolarsError:
        return None
    return frame if frame.height == lines - 1 else None


def _count(data: bytes, mark: bytes) -> int:
    """How often a byte stands in the data: by the chunk, since each takes as much memory again."""
    marks = np.frombuffer(data, dtype=np.uint8)
    starts = range(0, len(marks), CHUNK)
    return sum(int(np.count_nonzero(marks[start : start + CHUNK] == ord(mark))) for start in starts)


def _read_line_by_line(body: bytes, columns: Sequence[str], separator: str, kept: Sequence[str]) -> Table:
    schema = {"line": pl.UInt32, **dict.fromkeys(kept, pl.String)}
    places = [place for place, name in enumerate(columns) if name in kept]
    frames: list[pl.DataFrame] = []
    rows: list[list[str | int | None]] = []
    rejects: list[Reject] = []
    is_short = False
    for line, fields in _rows(body, separator):
        is_short = 0 < len(fields) < len(columns)
        if len(fields) == len(columns):
            rows.append([line, *(fields[place] or None for place in places)])
            if len(rows) == ROWS:
                frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
                rows.clear()
        elif fields:
            reason = f"{len(fields)} fields where {len(columns)} were expected"
            rejects.append(Reject(line, reason, ",".join(fields)))
    if is_short and not body.endswith((b"\n", b"\r")):
        raise Refused(
            "The file stops in the middle of a line: it was cut short. Get it again.", line=rejects[-1].line
        )
    frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
    return Table(pl.concat(frames), tuple(rejects))


def _rows(body: bytes, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record under the header with the number of its first line. Raises Refused where quotes are broken."""
    lines = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="")
    reader = csv.reader(lines, delimiter=separator, strict=True)
    start = 1
    try:
        for number, fields in enumerate(reader):
            if number:
                yield start, fields
            start = reader.line_num + 1
    except csv.Error as error:
        raise Refused(
            f"The quotation marks do not pair up ({error}). The file may be cut short: get it again.",
            line=start,
        ) from error


def _decode(line: bytes, number: int) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("The text is not UTF-8. Get the file again as published.", line=number) from error


def _not_utf8(body: bytes, error: UnicodeDecodeError) -> Refused:
    line = body[: error.start].count(b"\n") + 1
    return Refused(
        "The text is not UTF-8 from here on. Get the file again as published, without opening it in a spreadsheet.",
        line=line,
    )
