"""MHCLG revenue returns: budgets (RA), outturn in detail (RO5) and in summary (RS, RSX). One row an authority.

The header is the row with the codes and the local authority. Above it stand titles, headings of sections, numbers of lines
and codes, hidden rows among them; below it, after the authorities, totals and a second table of classes of authority.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

import msgspec

from etl.errors import NotRecognised, Refused
from etl.returns.amounts import POUNDS, THOUSANDS
from etl.returns.councils import find_council
from etl.returns.lines import BUDGET, COMMUNITY_SAFETY, OUTTURN, SERVICES, Line, find_line, spell
from etl.returns.sheets import Sheet
from etl.returns.table import Cells, Return, find_day, find_year, is_marked

# rows of titles and headings above the header: 10 in RSX 2022-23
TOP_ROWS = 40
CODES, NAMES = (
    ("e code", "ecode", "ons code", "ons la code"),
    ("local authority", "local authority name", "authority", "la name"),
)
MEASURES = (
    "employees",
    "running expenses",
    "total expenditure",
    "sales fees and charges",
    "other income",
    "total income",
    "net current expenditure",
)
NET = "net current expenditure"
# RS of 2010-11 to 2014-15 has a sheet of the same columns for each of these
OTHER_CONCEPTS = ("capital charges (", "capital items (", "net total cost", "financial reserves levels (")
STAGES = (
    (BUDGET, re.compile(r"\bbudget\b|\bra\b")),
    (OUTTURN, re.compile(r"\boutturn\b|\bro\d?\b|\brsx?\b")),
)
UPDATED = re.compile(r"last upd\w*:", re.IGNORECASE)


class Table(msgspec.Struct, frozen=True):
    """The table of a sheet: the place of its header, of the columns that say whose a row is, and of the kept lines.

    `title`: what stands above the header. `says_net`: that or a label says that the amounts are net current expenditure.
    """

    sheet: Sheet
    header: int
    gss: int | None
    e_code: int | None
    name: int
    certified: int | None
    columns: dict[str, tuple[Line, int]]
    title: str
    says_net: bool


def read_revenue(sheets: Iterable[Sheet], file_name: str) -> Return:
    """The figures of London councils. Raises NotRecognised where no sheet has the table, Refused."""
    read = list(sheets)
    tables = [table for sheet in read if (table := find_table(sheet)) is not None]
    if not tables:
        raise NotRecognised("This is no return of councils: no row names codes and local authorities.")
    kept = [table for table in tables if table.columns]
    if not kept:
        raise Refused(
            "This is a file by local authority without a line that is kept: community safety (RA or RO5) or the totals of services"
            " (RA, RS or RSX). Get the part of the return that has them."
        )
    table = max(kept, key=lambda one: (one.says_net, len(one.columns)))
    texts = [table.title, *(_title(sheet.rows[:TOP_ROWS]) for sheet in read), file_name.replace("_", " ")]
    stage = next(filter(None, map(find_stage, texts)), None)
    year = next((year for text in texts if (year := find_year(text)) is not None), None)
    if stage is None or year is None:
        what = "of which financial year it is" if stage else "whether it is a budget or an outturn"
        raise Refused(
            f"Neither the file nor its name says {what}. Keep the name under which it was published."
        )
    published = find_day(match) if (match := _after(UPDATED, table.title)) else find_day(texts[-1])
    return _gather(table, stage, year, published, _find_unit(texts), is_marked(table.sheet.rows))


def find_table(sheet: Sheet) -> Table | None:
    """The table of a sheet, None where no row is its header."""
    at = next((place for place, row in enumerate(sheet.rows[:TOP_ROWS]) if is_header(row)), None)
    if at is None:
        return None
    header = [spell(cell) for cell in sheet.rows[at]]
    above = sheet.rows[:at]
    title = _title(above)
    columns, has_net = _find_columns(sheet.rows[at], above)
    is_other = any(concept in title.casefold() for concept in OTHER_CONCEPTS)
    return Table(
        sheet,
        at,
        _place(header, ("ons code", "ons la code")),
        _place(header, ("e code", "ecode")),
        next(place for name in NAMES if (place := _place(header, (name,))) is not None),
        _place(header, ("certified",)),
        {} if is_other else columns,
        title,
        has_net or NET in title.casefold(),
    )


def is_header(row: Sequence[str]) -> bool:
    """Whether a row names a column of codes and one of local authorities."""
    names = {spell(cell) for cell in row}
    return not names.isdisjoint(CODES) and not names.isdisjoint(NAMES)


def find_stage(text: str) -> str | None:
    """Whether a text is of a budget or of an outturn, by the word that stands first; None where it does not say."""
    plain = spell(text)
    found = [(match.start(), stage) for stage, words in STAGES if (match := words.search(plain))]
    return min(found)[1] if found else None


def _find_columns(
    header: Sequence[str], above: Sequence[Sequence[str]]
) -> tuple[dict[str, tuple[Line, int]], bool]:
    """The place of each kept line, and whether its label says net current expenditure.

    A label is a line (RA, RS), or a service and one of its seven columns (RSX, RO5), of which net current expenditure is taken.
    """
    parts = [_split(label) for label in header]
    measures = {measure for _, measure in parts}
    # RA and RS have lines "Net current expenditure" and "Adjustments to net current expenditure", and no employees
    has_net = {NET, MEASURES[0]} <= measures or any(m == NET and find_line(service) for service, m in parts)
    found: dict[str, tuple[Line, int]] = {}
    for place, (service, measure) in enumerate(parts):
        if measure != (NET if has_net else ""):
            continue
        line = find_line(service) if service else _find_service(place, parts, above)
        # RS 2010-11 has the services again to the right, on another basis of accounting: the first are the return
        if line is not None and line.line not in found:
            found[line.line] = line, place
    if has_net and any(line.line in found for line in COMMUNITY_SAFETY):
        # RO5: the totals of its services stand in RS and RSX as well, and are taken from there
        found = {key: entry for key, entry in found.items() if entry[0] in COMMUNITY_SAFETY}
    return found, has_net


def _find_service(
    place: int, parts: Sequence[tuple[str, str]], above: Sequence[Sequence[str]]
) -> Line | None:
    """The line of a column that names only its measure: by the heading over it, else by the column to its left.

    RSX 2021-22 has "Net Current Expenditure" without "Environmental and regulatory services" before it.
    """
    for row in reversed(above):
        heading = next((cell for cell in reversed(row[: place + 1]) if cell.strip()), "")
        if (line := find_line(heading)) is not None:
            return line
    left = next((service for service, _ in reversed(parts[:place]) if service), "")
    return find_line(left)


def _split(label: str) -> tuple[str, str]:
    """A label as service and measure: "Education services- Net Current Expenditure\\n (C7 = C3 - C6)"."""
    plain = spell(label)
    for measure in MEASURES:
        if plain == measure or plain.endswith(f" {measure}"):
            return plain.removesuffix(measure).strip(), measure
    return label, ""


def _gather(
    table: Table, stage: str, year: int, published: date | None, unit: int, is_sample: bool
) -> Return:
    cells = Cells(stage, unit)
    others = not_certified = 0
    for number, row in enumerate(table.sheet.rows[table.header + 1 :], table.header + 2):
        code, e_code, name = _cell(row, table.gss), _cell(row, table.e_code), _cell(row, table.name)
        if not (code.strip() or e_code.strip() or name.strip()):
            continue
        try:
            borough = find_council(code, e_code, name)
        except ValueError as error:
            raise Refused(
                f"The columns seem to have shifted: {error}. Get the file again.", line=number
            ) from error
        if borough is None:
            others += bool(name.strip())
            continue
        not_certified += _cell(row, table.certified).strip().casefold() == "n"
        for line, place in table.columns.values():
            cells.add(borough, line, number, _cell(row, place))
    kept = [line for line in (*COMMUNITY_SAFETY, *SERVICES) if line.line in table.columns]
    found = cells.close(kept, year, others, published, is_sample=is_sample)
    return msgspec.structs.replace(found, not_certified=not_certified)


def _find_unit(texts: Sequence[str]) -> int:
    """Pence in one unit of the amounts. Raises Refused where the file does not say that they are thousands of pounds."""
    said = " ".join(texts[:-1]).casefold()
    if "thousand" in said or "£000" in said or "£k" in said:
        return THOUSANDS
    if re.search(r"£ ?million|\(£\)|in pounds", said):
        return POUNDS * 1_000_000 if "million" in said else POUNDS
    raise Refused(
        "The file does not say in which unit its amounts are: expected £ thousand above the header. Get it again as published."
    )


def _title(rows: Iterable[Sequence[str]]) -> str:
    """The first cells of the rows above a header, numbers apart."""
    cells = chain.from_iterable(row[:6] for row in rows)
    return " ".join(cell.strip() for cell in cells if cell.strip() and not cell.strip().isdigit())


def _after(mark: re.Pattern[str], text: str) -> str:
    match = mark.search(text)
    return text[match.end() :][:30] if match else ""


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((place for place, cell in enumerate(header) if cell in names), None)


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""
