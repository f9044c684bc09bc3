"""The description of an export: `datapackage.json` (Frictionless Data Package) and a page to read first. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from api.bulk.tables import BulkTable
from api.bulk.write import WrittenFile, WrittenTable
from api.csvw import NULLS, list_columns
from api.envelope import ATTRIBUTION, LICENCE, LICENCE_NAME, SAMPLE_NOTICE
from api.negotiation import CSV, PARQUET
from api.respond import label_release
from api.show import SHORTHAND
from api.snapshot import Snapshot

NAME = "borough-accountability"
DESCRIPTOR, README = "datapackage.json", "README.md"
TITLE = "Police and council figures for London's boroughs and the Met's Basic Command Units"
SAID = (
    "Figures by borough, BCU and Met area with their intervals, status and coverage, what arrived and what changed, and the "
    "records behind the figures as far as they are given. What disclosure control withholds is in no file."
)
TYPES = {"dateTime": "datetime"}
PARTICULARS: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"trueValues": ["true"], "falseValues": ["false"]},
    "datetime": {"format": "any"},
}
DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
LICENCES = [{"name": "OGL-UK-3.0", "title": LICENCE_NAME, "path": LICENCE}]


def write_descriptor(
    snapshot: Snapshot,
    tables: Sequence[WrittenTable],
    sources: Sequence[Mapping[str, str]],
    as_of: str | None = None,
) -> bytes:
    """The descriptor of a package: a CSV and a Parquet for each table, with schemas, lengths and check sums.

    `sources` have a title and a path or address each.
    """
    release = label_release(snapshot)
    title = f"{SAMPLE_NOTICE} {TITLE}" if snapshot.is_sample else TITLE
    described = {
        "profile": "data-package",
        "name": NAME,
        "title": title,
        "description": f"{SAMPLE_NOTICE} {SAID}" if snapshot.is_sample else SAID,
        "version": release.release,
        "created": release.published_at.isoformat(),
        "licenses": LICENCES,
        "sources": list(sources),
        "attribution": ATTRIBUTION,
        "sample": snapshot.is_sample,
        **({"as_of": as_of} if as_of else {}),
        "resources": [one for table in tables for one in _list_resources(table)],
    }
    return msgspec.json.format(msgspec.json.encode(described), indent=2) + b"\n"


def _list_resources(written: WrittenTable) -> list[dict[str, Any]]:
    table = written.table
    return [
        {
            "name": table.name,
            "profile": "tabular-data-resource",
            **_describe_file(written.csv, table, "csv", CSV),
            "encoding": "utf-8",
            "dialect": DIALECT,
            "schema": write_schema(table),
            "rows": written.rows,
        },
        {
            "name": f"{table.name}.parquet",
            "type": "file",
            **_describe_file(written.parquet, table, "parquet", PARQUET),
        },
    ]


def _describe_file(file: WrittenFile, table: BulkTable, name: str, media_type: str) -> dict[str, Any]:
    return {
        "path": file.path,
        "title": table.title,
        "description": table.description,
        "format": name,
        "mediatype": media_type,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }


def write_schema(table: BulkTable) -> dict[str, Any]:
    """The Table Schema of a table's CSV."""
    fields = []
    for column in list_columns(table.row_type):
        kind = TYPES.get(column["datatype"], column["datatype"])
        said = column.get("dc:description", "")
        if "separator" in column:
            said = f"{said} (joined with {column['separator']!r})".strip()
        field = {"name": column["name"], "type": kind, **PARTICULARS.get(kind, {})}
        fields.append(field | ({"description": said} if said else {}))
    order = list(table.schema)
    fields.sort(key=lambda field: order.index(str(field["name"])))
    return {"fields": fields, "missingValues": list(NULLS)}


def write_readme(snapshot: Snapshot, tables: Sequence[WrittenTable], left_out: Sequence[str] = ()) -> bytes:
    """A page in Markdown: what this is, what the shorthand means, which tables there are. `left_out`: what is not, and why."""
    release = label_release(snapshot)
    lines = [
        f"# {TITLE}",
        "",
        *((f"**{SAMPLE_NOTICE}**", "") if snapshot.is_sample else ()),
        SAID,
        "",
        f"Release {release.release}, published on {release.published_at:%d %B %Y}.",
        "",
        f"Each table is in the folder data twice: as CSV (UTF-8) and as Parquet. `{DESCRIPTOR}` is a Frictionless Data Package: it "
        "says what every column means and holds the length and the SHA-256 of every file. `frictionless validate datapackage.json` "
        "checks all of it.",
        "",
        "In CSV no cell is empty. Where there is no value stands",
        "",
        *(f"- `{marker}` {SHORTHAND[marker]}" for marker in NULLS),
        "",
        "Lists are joined with `; `. Text that a spreadsheet would run as a formula has an apostrophe before it. In Parquet what "
        "is not there is null.",
        "",
        "| table | rows | what |",
        "|---|---|---|",
        *(f"| {one.table.name} | {one.rows:,} | {one.table.title} |" for one in tables),
        "",
        *(f"- {one}" for one in left_out),
        *(("",) if left_out else ()),
        f"Licence: {LICENCE_NAME}, {LICENCE}",
        "",
        ATTRIBUTION,
    ]
    return ("\n".join(lines) + "\n").encode()


def list_sources(rows: Sequence[Any]) -> list[dict[str, str]]:
    """The publishers, as a package names its sources."""
    return [{"title": f"{row.publisher}: {row.title}", "path": _write_path(row.address)} for row in rows]


def _write_path(address: str) -> str:
    return address if address.startswith("http") else f"https://{address}"
