"""`borough load --explain`: how a file of payments would be read, in words, without loading it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import polars as pl

from etl.candidate import Candidate, read_bytes
from etl.errors import NotRecognised, Refused
from etl.find import find
from etl.payments.checks import format_pence
from etl.payments.covering import Period
from etl.payments.payer import split_path
from etl.payments.prepare import check, describe_footers, tell_rows
from etl.payments.reading import Reading, read_payments, refuse_guess
from etl.payments.tags import tag_payments
from etl.payments.tidy import Tidied, tidy
from etl.report import Options
from etl.returns.prepare import REVENUE, SECTION_251, read_return
from etl.returns.table import name_year
from etl.tables import find_source

MOST_FOOTERS = 5
# files that are known before they are read
OTHERS = {
    "police": "a police file",
    "population": "a file of residents",
    "deflator": "a file of GDP deflators",
    "boundary": "a file of boundaries",
    "postcode": "a file of postcodes",
}
RETURNS = {REVENUE: "a revenue return", SECTION_251: "a section 251 return"}


class Explanation(msgspec.Struct, frozen=True):
    """How a file would be read: lines of (what, how), and whether it would be loaded."""

    file: str
    is_loadable: bool
    lines: tuple[tuple[str, str], ...]


def explain_files(paths: Sequence[Path], options: Options) -> Iterator[Explanation]:
    """How each file under the paths would be read."""
    found = find(paths, options.vintage, options.council)
    for name, refusal in found.refusals:
        yield Explanation(name, False, (("refused", str(refusal)),))
    for candidate in found.candidates:
        yield explain_file(candidate, options)


def explain_file(candidate: Candidate, options: Options) -> Explanation:
    """How one file would be read. Of a file of another kind it is said what it is, and no more."""
    lines: list[tuple[str, str]] = []
    path = split_path(candidate.path, candidate.member)
    try:
        data = b"" if candidate.kind in OTHERS else read_bytes(candidate)
        if other := OTHERS.get(candidate.kind) or name_other(candidate, data):
            return Explanation(candidate.file, True, (("kind", f"{other}; --explain shows payments only"),))
        reading = read_payments(
            data,
            candidate.member or candidate.path.name,
            path,
            council=options.council,
            period=options.period,
        )
        lines += explain_reading(reading)
        tidied = tidy(reading, datetime.now(UTC).date())
        lines += explain_rows(reading, tidied)
        rejects, remarks = check(reading, tidied, accept=options.accept_rejects)
        would = "would load" if reading.is_confirmed else "could load"
        lines.append((would, f"{tidied.rows.height:,} rows of {tidied.rows.height + len(rejects):,}"))
        lines += [("note", remark) for remark in remarks[1:]]
        if not reading.is_confirmed:
            raise refuse_guess(reading, tell_rows(tidied.rows))
    except Refused as refusal:
        return Explanation(candidate.file, False, (*lines, ("refused", str(refusal))))
    return Explanation(candidate.file, True, tuple(lines))


def name_other(candidate: Candidate, data: bytes) -> str:
    """What a file is that is read before payments are thought of: a table, or a return. '' where it is neither."""
    try:
        return f"a file of {find_source(candidate, data).title}"
    except Refused:
        pass
    try:
        source, _, found = read_return(candidate, data)
    except NotRecognised:
        return ""
    return f"{RETURNS[source]}, {found.stage} of {name_year(found.year)}"


def explain_reading(reading: Reading) -> list[tuple[str, str]]:
    """What is known of a file before its rows are typed."""
    header = reading.layout.header
    columns = [
        f"{header[place].strip() or f'column {place + 1}'} → {field}"
        for field, places in reading.match.columns.items()
        for place in places
    ]
    taken = {place for places in reading.match.columns.values() for place in places}
    left = [name for place, name in enumerate(header) if place not in taken and name.strip()]
    line = reading.layout.header_line
    form = reading.match.form
    said = f"{form.name} ({'general' if not form.publisher else reading.payer.name})" if form else "guessed"
    return [
        ("payer", f"{reading.payer.name}: {reading.payer.how}"),
        (
            "form",
            ", ".join(
                filter(None, (reading.form, reading.encoding, reading.sheet and f"sheet {reading.sheet!r}"))
            ),
        ),
        ("header", f"line {line}" if line else "none in the file"),
        *([("above it", " | ".join(reading.layout.preamble))] if reading.layout.preamble else []),
        ("read as", said),
        ("columns", "; ".join(columns)),
        *([("not used", "; ".join(left))] if left else []),
        *([("guessed", "; ".join(reading.guess.reasons))] if reading.guess else []),
        ("period", describe_period(reading.named)),
    ]


def explain_rows(reading: Reading, tidied: Tidied) -> list[tuple[str, str]]:
    """How the rows are read."""
    tags = tag_payments(tidied.rows)["tag"].value_counts().sort("tag")
    footers = describe_footers(reading.layout.footers, tidied.sum_pence)
    more = len(footers) - MOST_FOOTERS
    redacted = tidied.rows.filter(pl.col("redaction") != "named").height
    return [
        ("months", ", ".join(f"{month:%Y-%m}" for month in tidied.covered) or "none"),
        ("dates", tidied.how_dates),
        ("amounts", f"{format_pence(tidied.sum_pence)} in all{describe_vat(reading)}"),
        ("kind", ", ".join(tidied.kinds)),
        *(("no payment", footer) for footer in footers[:MOST_FOOTERS]),
        *([("no payment", f"and {more} more")] if more > 0 else []),
        *(
            ("bad row", f"line {line}: {reason}")
            for line, reason in tidied.rejects.head(MOST_FOOTERS).iter_rows()
        ),
        ("names", f"{redacted:,} of {tidied.rows.height:,} rows without a supplier's name"),
        ("tags", ", ".join(f"{tag} {count:,}" for tag, count in tags.iter_rows())),
        *(("first rows", row) for row in tell_rows(tidied.rows)),
        *([("sample", "sample data, not real")] if tidied.is_sample else []),
    ]


def describe_vat(reading: Reading) -> str:
    """What is said of VAT."""
    if reading.match.form and reading.match.form.is_gross:
        return ", with VAT, which is taken off where the file gives it"
    return ""


def describe_period(named: Period | None) -> str:
    """The months that the file names."""
    if named is None:
        return "not named: as its dates have it"
    first, last = named
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"


def render(explanation: Explanation) -> str:
    """An explanation as text."""
    return "\n".join([explanation.file, *(f"  {what:<11}{how}" for what, how in explanation.lines)])
