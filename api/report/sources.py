"""Whose files the figures of a report come from, and for which months they are held."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.arrivals import describe_source
from api.figures.councils import name_year
from api.figures.windows import MARCH, parse_month
from api.publisher_grid import RETURNS
from api.report.model import Source
from api.report.statement import name_month
from api.snapshot import Snapshot
from api.wire import SourceRow
from sql.measure import Measure, load_measures
from sql.queries import load

BOUNDARIES, POPULATION, DEFLATOR = "boundaries", "population", "deflator"
NONE_HELD = "[x] no file is held"
# Sources whose events are placed by a boundary.
PLACED = ("stop_search", "street", "outcomes")
REAL = "real"
YEAR = 12


async def list_sources(conn: Any, snapshot: Snapshot, metrics: Sequence[str]) -> tuple[Source, ...]:
    """The sources of some metrics, with those that their denominators, places and prices come from; by source."""
    wanted = {source for metric in metrics for source in name_sources(load_measures()[metric])}
    records = await conn.fetch(load("api_sources"))
    return tuple(
        write_source(snapshot, describe_source(snapshot, dict(record)))
        for record in records
        if record["source"] in wanted
    )


def name_sources(measure: Measure) -> set[str]:
    """Every source that a metric takes."""
    found = {measure.source, *((measure.follows,) if measure.follows else ())}
    if measure.statistic in ("rate", "ratio", "per_head") or measure.kind == "survey":
        found.add(POPULATION)
    if found & set(PLACED):
        found.add(BOUNDARIES)
    if any(basis.basis.endswith(REAL) for basis in measure.bases):
        found.add(DEFLATOR)
    return found


def write_source(snapshot: Snapshot, row: SourceRow) -> Source:
    """A source with the months that are held of it, or the vintage of what has none."""
    vintages: Mapping[str, str | None] = {
        BOUNDARIES: snapshot.boundary_vintage,
        POPULATION: _name_populations(snapshot),
        DEFLATOR: snapshot.release.deflators if snapshot.release else None,
    }
    months = (vintages[row.source] or NONE_HELD) if row.source in vintages else _name_months(row)
    return Source(
        source=row.source, publisher=row.publisher, title=row.title, months=months, licence=row.licence
    )


def _name_populations(snapshot: Snapshot) -> str | None:
    return "; ".join(sorted({one.vintage for one in snapshot.exposures.values()})) or None


def _name_months(row: SourceRow) -> str:
    """ "September 2022 to August 2024, 23 months whole and 1 in part"; of returns the financial years."""
    if row.first_month is None or row.last_month is None:
        return NONE_HELD
    if row.source in RETURNS:
        first, last = (_name_year(text) for text in (row.first_month, row.last_month))
        return f"financial year {first}" if first == last else f"financial years {first} to {last}"
    span = f"{name_month(row.first_month)} to {name_month(row.last_month)}"
    whole = row.months_received - row.months_partly_held
    told = [f"{whole} months whole"] if whole else []
    if part := row.months_partial + row.months_partly_held:
        told.append(f"{part} in part")
    return f"{span}: {', '.join(told)}"


def _name_year(text: str) -> str:
    month = parse_month(text)
    return name_year(month + (MARCH - month) % YEAR)
