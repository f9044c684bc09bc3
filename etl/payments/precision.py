"""How often a tag is right, measured on real payments that were read and judged one by one.

`python -m etl.payments.precision` reads the labels (file, line, label; the rows themselves stay where they were published),
tags the same files, and writes precision.toml, by which `tags` gives a tag or does not, and the tables of docs/tags.md.
A label is a tag, `untagged`, or `unclear` where the row does not say; a tag on a row of another label is wrong.
"""

import csv
import io
import math
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import polars as pl

from etl.payments.tags import FIELDS, MEASURED, TAGS, UNTAGGED, find_tags, load_rules

ROOT = Path(__file__).parent.parent.parent
LABELS = ROOT / "tests" / "etl" / "payments" / "labels.csv"
FILES = ROOT.parent / "shared" / "data" / "council" / "payments"
DOCS = ROOT / "docs" / "tags.md"
UNCLEAR = "unclear"
MARKS = ("<!-- tags: written by python -m etl.payments.precision -->", "<!-- end of tags -->")
# A tag is published from this precision on. Fewer labelled rows than FEWEST are no measurement; with fewer than FEW the
# precision is called low, as methods.md, section 2, calls a share of fewer than 20.
LEAST, FEWEST, FEW = 0.9, 10, 20
Z = 1.959964
# the headers of the labelled files that hold text, and the field that each is; several of one field are joined
HEADERS = {
    "supplier": "Creditor|MCH.MERCHANT NAME|Supplier|Supplier (Beneficiary) Name|Supplier Name|Supplier name|Vendor Name",
    "department": "Department|Directorate|Directorate / Service Where Expenditure Incurred|Directotate|Entity|Service label",
    "service": "Business Unit Description|Cost Centre Name|Expense Area|Service|Service Area|Service Category Label|Service Code"
    "|Service Expenditure Analysis|Service Label|Service divison label",
    "purpose": "Account|Account Description|Detailed expenditure type|Expenditure Account|Expenditure Account Code Description"
    "|Expenditure Code|Expense Code Description|Expense Type|Expenses Type|Narrative|Purpose of Spend|Subj Description",
    "category": "Expenditure Category|Expenditure category|Group Description|Merchant Category|Merchant Category Group"
    "|Procurement Classification|Proclass Details Level 1|SeRCOP Expenditure Category|Thomson Classification Description",
}
FIELD_OF = {header: field for field, headers in HEADERS.items() for header in headers.split("|")}


class Precision(msgspec.Struct, frozen=True):
    """What the labels say of one tag.

    `rows`: the labelled payments that have the tag, `wordings` in how many different wordings, `correct` of the rows that
    label. `lower`, `upper`: the Wilson interval of the precision, null without rows. `labelled`: the rows of that label,
    `found` those of them with the tag. `published`: whether the tag is given.
    """

    rows: int
    wordings: int
    correct: int
    precision: float | None
    lower: float | None
    upper: float | None
    labelled: int
    found: int
    published: bool


def read_labels(path: Path) -> pl.DataFrame:
    """The labels: `file`, `line`, `label`."""
    schema = {"file": pl.String, "line": pl.Int64, "label": pl.String}
    return pl.read_csv(path, schema=schema)


def read_files(folder: Path, names: Iterable[str]) -> pl.DataFrame:
    """The payments of these files of the folder: `file`, `line` and the text fields, null where blank."""
    return pl.concat([_read_file(folder / name, name) for name in sorted(names)])


def measure(labels: pl.DataFrame, payments: pl.DataFrame) -> dict[str, Precision]:
    """The precision of each tag. Raises ValueError for a label of no row, and for a payment that has a tag and no label."""
    tagged = find_tags(payments, load_rules()).select("file", "line", "tag", *FIELDS)
    joined = labels.join(tagged, on=["file", "line"], how="left", validate="1:1")
    lost = joined.filter(pl.col("tag").is_null())
    if lost.height:
        file, line = lost.select("file", "line").row(0)
        raise ValueError(f"{lost.height} labels are of no payment, the first of line {line} of {file}.")
    unlabelled = tagged.filter(pl.col("tag") != UNTAGGED).join(labels, on=["file", "line"], how="anti")
    if unlabelled.height:
        file, line, tag = unlabelled.select("file", "line", "tag").row(0)
        raise ValueError(
            f"{unlabelled.height} payments have a tag and no label, the first {tag} on line {line} of {file}."
        )
    return {tag: _measure_tag(tag, joined) for tag in TAGS}


def wilson(correct: int, rows: int) -> tuple[float, float]:
    """The 95% score interval of a share (Wilson 1927)."""
    share = correct / rows
    middle, scale = share + Z**2 / (2 * rows), 1 + Z**2 / rows
    half = Z * math.sqrt(share * (1 - share) / rows + Z**2 / (4 * rows**2))
    return max(0.0, (middle - half) / scale), 1.0 if correct == rows else (middle + half) / scale


def describe(tag: str, one: Precision) -> str:
    """A sentence on the measured precision of a tag."""
    name = tag.replace("_", " ")
    if one.precision is None or one.lower is None or one.upper is None or one.rows < FEWEST:
        return f"{name}: not published, since only {one.rows} labelled payments have the tag, too few to measure its precision"
    said = (
        f"{name}: {one.correct} of {one.rows} labelled payments are rightly tagged (precision {one.precision:.2f},"
        f" {one.lower:.2f} to {one.upper:.2f}{'; few' if one.rows < FEW else ''})"
    )
    return said if one.published else f"{said}, not published, since that is under {LEAST}"


def write_toml(measured: dict[str, Precision], labels: pl.DataFrame) -> str:
    """The text of precision.toml."""
    head = "# Written by `python -m etl.payments.precision` from the labels. Do not edit.\n\n"
    counts = f"labelled_rows = {labels.height}\nfiles = {labels['file'].n_unique()}\n"
    return head + counts + "".join(_write_tag(tag, one) for tag, one in measured.items())


def write_tables(measured: dict[str, Precision]) -> str:
    """The tables of docs/tags.md: what was measured, and every rule."""
    lines = [
        "| tag | tagged | in wordings | right | precision | 95% interval | judged so | found | published |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for tag, one in measured.items():
        share = "" if one.precision is None else f"{one.precision:.3f}"
        interval = "" if one.lower is None else f"{one.lower:.3f} to {one.upper:.3f}"
        lines.append(
            f"| `{tag}` | {one.rows} | {one.wordings} | {one.correct} | {share} | {interval} | {one.labelled} | {one.found}"
            f" | {'yes' if one.published else 'no'} |"
        )
    lines += ["", "| rule | tag | why | reviewed |", "| --- | --- | --- | --- |"]
    for rule in load_rules():
        tag = f"`{rule.tag}`" if rule.is_shown else "none: withheld only"
        lines.append(f"| `{rule.id}` | {tag} | {rule.why.replace('|', chr(92) + '|')} | {rule.reviewed} |")
    return "\n".join(lines) + "\n"


def put_tables(text: str, measured: dict[str, Precision]) -> str:
    """docs/tags.md with its tables written again."""
    before, rest = text.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    return f"{before}{MARKS[0]}\n\n{write_tables(measured)}\n{MARKS[1]}{after}"


def load_measured() -> dict[str, Precision]:
    """What precision.toml holds."""
    table = tomllib.loads(MEASURED.read_text(encoding="utf-8"))
    empty = {"precision": None, "lower": None, "upper": None}
    return {tag: msgspec.convert(empty | values, Precision) for tag, values in table["tags"].items()}


def main(arguments: Sequence[str]) -> int:
    """Measure, write precision.toml and docs/tags.md, and print a sentence a tag."""
    labels = read_labels(Path(arguments[0]) if arguments else LABELS)
    folder = Path(arguments[1]) if len(arguments) > 1 else FILES
    if not folder.is_dir():
        print(f"The labelled files are not at {folder}. Name their folder after the labels.")
        return 1
    measured = measure(labels, read_files(folder, labels["file"].unique()))
    MEASURED.write_text(write_toml(measured, labels), encoding="utf-8")
    DOCS.write_text(put_tables(DOCS.read_text(encoding="utf-8"), measured), encoding="utf-8")
    for tag, one in measured.items():
        print(describe(tag, one))
    return 0


def _measure_tag(tag: str, joined: pl.DataFrame) -> Precision:
    mine = joined.filter(pl.col("tag") == tag)
    labelled = joined.filter(pl.col("label") == tag)
    rows = mine.height
    correct = mine.filter(pl.col("label") == tag).height
    precision = correct / rows if rows else None
    lower, upper = wilson(correct, rows) if rows else (None, None)
    return Precision(
        rows=rows,
        wordings=mine.select(FIELDS).unique().height,
        correct=correct,
        precision=precision,
        lower=lower,
        upper=upper,
        labelled=labelled.height,
        found=correct,
        published=precision is not None and precision >= LEAST and rows >= FEWEST,
    )


def _write_tag(tag: str, one: Precision) -> str:
    values: dict[str, str] = {}
    for name, value in msgspec.structs.asdict(one).items():
        if isinstance(value, float):
            values[name] = f"{value:.4f}"
        elif value is not None:
            values[name] = str(value).lower()
    return f"\n[tags.{tag}]\n" + "".join(f"{name} = {value}\n" for name, value in values.items())


def _read_file(path: Path, name: str) -> pl.DataFrame:
    """The payments of one file, by the csv module: the lines are the file's own, whatever a loader makes of it."""
    rows = _read_rows(path.read_bytes())
    fields = next(found for _, row in rows if "supplier" in (found := _find_fields(row)))
    body = [(line, *_read_row(row, fields)) for line, row in rows if any(cell.strip() for cell in row)]
    frame = pl.DataFrame(body, schema={"line": pl.Int64, **dict.fromkeys(FIELDS, pl.String)}, orient="row")
    return frame.select(pl.lit(name).alias("file"), "line", *FIELDS)


def _read_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1


def _find_fields(row: Iterable[str]) -> list[str | None]:
    """The field of each cell of a header; no field at all where the row is no header."""
    cells = [" ".join(cell.split()) for cell in row]
    return [FIELD_OF.get(cell) for cell in cells] if sum(map(bool, cells)) > 1 else []


def _read_row(row: list[str], fields: list[str | None]) -> list[str | None]:
    texts: dict[str, list[str]] = {}
    for field, cell in zip(fields, row, strict=False):
        if field and cell.strip():
            texts.setdefault(field, []).append(" ".join(cell.split()))
    return ["; ".join(texts[field]) if field in texts else None for field in FIELDS]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
