"""Given a million rows, expect files of all of them, and memory that does not grow with them."""

import json
import subprocess
import sys
from pathlib import Path

import polars
import pytest

ROOT = Path(__file__).parents[2]
MILLION = 1_000_000
MEGABYTES_ALLOWED = 80
# Writes a tenth of the rows, then all of them, and says how much more memory that took at its highest.
WRITER = """
import asyncio, datetime, itertools, json, resource, sys, tempfile
from pathlib import Path
import polars as pl
from api.bulk.read import Frame, Rows
from api.bulk.tables import list_tables
from api.bulk.write import write_pieces
from api.fields import AreaMemberRow
from api.render.workbook import write_workbook_to
from api.render.workbook_parts import Cover, Sheet
from api.report.model import Column
from api.snapshot import Snapshot

folder, kind, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
snapshot = Snapshot(None, True, (), {}, {}, {}, {}, {}, {}, (), {}, {})
PIECE = 10_000
tables = list_tables()

async def frames(table, rows):
    texts = {name: ["=1+1", None] * (PIECE // 2) for name, kind in table.schema.items() if kind == pl.String}
    for start in range(0, rows, PIECE):
        numbers = {
            name: [float(start)] * PIECE if kind == pl.Float64 else [start] * PIECE
            for name, kind in table.schema.items()
            if name not in texts
        }
        made = {**texts, **numbers}
        yield Frame(pl.DataFrame({name: made[name] for name in table.schema}, schema=table.schema))

async def structs(table, rows):
    day = datetime.date(2024, 1, 1)
    for start in range(0, rows, PIECE):
        yield Rows(table, [AreaMemberRow(str(start + n), "=x", None, "y", None, day, None) for n in range(PIECE)])

def write(rows):
    if kind == "frames":
        table = tables["records-survey"]
        asyncio.run(write_pieces(folder, snapshot, table, frames(table, rows)))
    elif kind == "structs":
        table = tables["area-members"]
        asyncio.run(write_pieces(folder, snapshot, table, structs(table, rows)))
    else:
        cover = Cover(title="Many", lines=(), made=datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC))
        columns = (Column("name", "Name"), Column("value", "Value", "number"))
        sheet = Sheet(name="Many", title="Many", columns=columns, rows=(("a", n) for n in range(rows)))
        with (folder / "many.xlsx").open("wb") as file:
            write_workbook_to(file, cover, [sheet], is_long=True)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

write(count // 10)
before = peak()
write(count)
print(json.dumps({"grown": peak() - before}))
"""


def write(folder: Path, kind: str, rows: int) -> float:
    """How many megabytes more all rows take than a tenth of them, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(folder), kind, str(rows)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return float(json.loads(done.stdout)["grown"])


@pytest.mark.parametrize(
    ("kind", "rows", "name"),
    [("frames", MILLION, "records-survey"), ("structs", 60_000, "area-members")],
)
def test_a_table_is_written_in_constant_memory(tmp_path: Path, kind: str, rows: int, name: str) -> None:
    grown = write(tmp_path, kind, rows)
    assert grown < MEGABYTES_ALLOWED
    table = polars.scan_parquet(tmp_path / "data" / f"{name}.parquet")
    assert table.select(polars.len()).collect().item() == rows
    with (tmp_path / "data" / f"{name}.csv").open("rb") as lines:
        assert sum(1 for _ in lines) == rows + 1


def test_a_long_workbook_is_written_in_constant_memory(tmp_path: Path) -> None:
    assert write(tmp_path, "workbook", 30_000) < MEGABYTES_ALLOWED
