"""Delimited text to rows: any separator, any line ends, quotation marks that do not pair up."""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterator

from etl.errors import Refused

SEPARATORS = (",", ";", "\t", "|")
HEAD_ROWS = 400
# fewer rows do not tell how wide a file is
MANY_ROWS = 20
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
# 'sep=;' in the first line tells Excel the separator
HINT = re.compile(r'^"?sep=([,;|\t])"?\s*$', re.IGNORECASE)
# how a short last row begins that is a total or a note
LAST_WORDS = re.compile(
    r"\W*(?:(?:grand|report|overall|sub)?[\s-]*total|sum\b|note|source|end\b|page\b|\*|\(?\d+ rows?\b)",
    re.IGNORECASE,
)
Rows = list[list[str]]


def read_delimited(
    text: str, most_rows: int | None = None, *, is_head: bool = False
) -> tuple[Rows, list[int], str]:
    """The rows that have a filled cell, the number of the line each begins on, and the separator.

    Line ends may be LF, CRLF, CR or a mixture (Lambeth 2011-11). A quotation mark that is left open swallows lines: those
    are read again one by one. Raises Refused where the marks cannot be made to pair, and where a file read whole stops
    in the middle of its last line.
    """
    hint = HINT.match(_first_line(text))
    separator = hint[1] if hint else _find_separator(text)
    rows: Rows = []
    lines: list[int] = []
    long: dict[int, int] = {}
    reader = csv.reader(_lines(text), delimiter=separator)
    memo: dict[str, str] = {}
    end = 0
    try:
        for row in reader:
            start, end = end + 1, reader.line_num
            if not any(row) or (start == 1 and hint):
                continue
            if end > start:
                long[len(rows)] = end
            # of half a million rows most cells stand many times: one copy of each
            rows.append([memo.setdefault(cell, cell) for cell in row])
            lines.append(start)
            if most_rows is not None and len(rows) >= most_rows:
                break
    except csv.Error as error:
        if not is_head:
            raise Refused(
                f"The quotation marks do not pair up ({error}). The file may be cut short: get it again.",
                line=end + 1,
            ) from error
    if long:
        rows, lines = _mend(text, rows, lines, long, separator)
    if most_rows is None and rows:
        _check_end(text, rows, lines)
    keep = [place for place, row in enumerate(rows) if any(map(str.strip, row))]
    return ([rows[place] for place in keep], [lines[place] for place in keep], separator)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends: of these three kinds only, where str.splitlines knows more."""
    return (found[0] for found in LINE.finditer(text) if found[0])


def _first_line(text: str) -> str:
    found = LINE.match(text)
    return found[0] if found else ""


def _find_separator(text: str) -> str:
    """What cuts the first lines into the most cells, as many in each."""
    head = text[: 1 << 18]

    def judge(separator: str) -> float:
        reader = csv.reader(_lines(head), delimiter=separator)
        widths: list[int] = []
        try:
            for row in reader:
                if any(row):
                    widths.append(len(row))
                if len(widths) == HEAD_ROWS:
                    break
        except csv.Error:
            pass
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            return 0.0
        width, count = counts.most_common(1)[0]
        # the share of rows so cut matters more than their width
        return (count / len(widths)) ** 2 * math.log(width)

    return max(SEPARATORS, key=judge)


def _mend(
    text: str, rows: Rows, lines: list[int], long: dict[int, int], separator: str
) -> tuple[Rows, list[int]]:
    """The rows with those read anew, line by line, that a quotation mark left open has put together.

    `long`: the last line of each row that runs over several. Such a row is put together of others if it has another width
    than they, and one of its lines has theirs; or if its marks do not pair up, and most of its lines have.
    """
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    wanted = {number for place, end in long.items() for number in range(lines[place], end + 1)}
    texts = {number: line.rstrip("\r\n") for number, line in enumerate(_lines(text), 1) if number in wanted}
    mended: Rows = []
    numbers: list[int] = []
    for place, row in enumerate(rows):
        parts = []
        for number in range(lines[place], long.get(place, 0) + 1):
            cells = next(csv.reader([texts[number]], delimiter=separator), [])
            parts.append((number, cells if len(cells) == width else _read_plain(texts[number], separator)))
        alike = sum(len(cells) == width for _, cells in parts)
        is_broken = 2 * alike > len(parts) and not _is_sound(
            [texts[number] for number, _ in parts], separator
        )
        if (len(row) != width and alike) or is_broken:
            mended += [cells for _, cells in parts if any(cells)]
            numbers += [number for number, cells in parts if any(cells)]
        else:
            mended.append(row)
            numbers.append(lines[place])
    return mended, numbers


def _is_sound(lines: list[str], separator: str) -> bool:
    """Whether each quotation mark in these lines stands where one may."""
    try:
        return len(list(csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True))) == 1
    except csv.Error:
        return False


def _read_plain(line: str, separator: str) -> list[str]:
    """A line in which a quotation mark is a letter like others."""
    return next(csv.reader([line], delimiter=separator, quoting=csv.QUOTE_NONE), [])


def _check_end(text: str, rows: Rows, lines: list[int]) -> None:
    """Raise Refused where the file stops in the middle of a row: all others are wider.

    A short last row that a line end follows may be a total or a note, unless most of its cells are there (Sheffield
    2012-10, as it was kept).
    """
    if len(rows) < MANY_ROWS:
        return
    last, width = len(rows[-1]), len(rows[-2])
    is_open = not text.endswith(("\n", "\r"))
    is_cut = last < width and (is_open or (last > 2 and 2 * sum(map(bool, rows[-1])) > width))
    if (
        is_cut
        and not LAST_WORDS.match("".join(rows[-1]))
        and all(len(row) == width for row in rows[MANY_ROWS // 2 : -1])
    ):
        raise Refused(
            f"The file stops in the middle of a line: its last has {last} cells where all others have {width}. It was cut"
            " short: get it again.",
            line=lines[-1],
        )
