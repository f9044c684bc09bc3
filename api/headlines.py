"""The headline figures of the boroughs as a table on a terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table

from api.model import ValueRow
from api.show import show_figure, show_limits, show_value
from api.snapshot import Snapshot, load_snapshot
from api.values import get_values
from sql import Settings, connect
from sql.measure import load_measures

HEADLINES = (
    ("stop_search_rate", None, "Searches\nper 1,000 residents"),
    ("stop_search_positive_outcome_share", None, "Searches with a\npositive outcome"),
    ("stop_search_rate_ratio", "ethnicity:black", "Rate ratio, Black to\nWhite (officer-defined)"),
    ("crime_rate", None, "Crimes\nper 1,000 residents"),
)
WIDTH = 124
CAPTION = r"95% intervals in brackets. \[x]: no figure; /v1/values says why. \[low]: few events or residents."


async def print_headlines(settings: Settings) -> None:
    """Print the latest 12 months of the boroughs and the Met area, each figure with its 95% interval."""
    async with await connect(settings, role="reader", max_size=1) as pool, pool.acquire() as conn:
        table = await make_table(conn)
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    console.print(table)


async def make_table(conn: Any) -> Table:
    """The headline figures as a table."""
    snapshot = await load_snapshot(conn)
    columns = [await _read_column(conn, snapshot, metric, group) for metric, group, _ in HEADLINES]
    window = f"{columns[0][0].from_month} to {columns[0][0].to_month}"
    marked = "SAMPLE DATA, NOT REAL. " if snapshot.is_sample else ""
    table = Table(title=f"{marked}London boroughs, {window}, a year", caption=CAPTION)
    table.add_column("Area")
    for _, _, title in HEADLINES:
        table.add_column(title, justify="right")
    for cells in zip(*columns, strict=True):
        table.add_row(cells[0].area_name, *(write_figure(cell) for cell in cells))
    return table


async def _read_column(conn: Any, snapshot: Snapshot, metric: str, group: str | None) -> list[ValueRow]:
    raw = {"metric": [metric], "area": ["boroughs", "met-located"], **({"group": [group]} if group else {})}
    return (await get_values(conn, snapshot, raw))[2]


def write_figure(row: ValueRow) -> str:
    """A figure with its interval; a marker where there is none."""
    measure = load_measures()[row.metric]
    if row.value is None or row.lower is None or row.upper is None:
        return show_figure(measure, row).replace("[", r"\[")
    low = r" \[low]" if row.status == "low" else ""
    return f"{show_value(measure, row.value)} ({show_limits(measure, row.lower, row.upper)}){low}"
