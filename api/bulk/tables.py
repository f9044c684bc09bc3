"""The tables of an export of everything. Pure."""

from collections.abc import Mapping, Sequence

import msgspec
import polars as pl

from api.datasets import DATASETS, Dataset
from api.errors import NotFound, find_close
from api.fields import AreaMemberRow
from api.figures.money import STATISTICS
from api.model import RatioRow, ValueRow
from api.record_rows import read_schema as read_record_schema
from api.render.as_parquet import read_schema
from api.wire import AreaRow, CoverageRow, MetricRow, ReleaseRow, RevisionSummary, SourceRow
from sql.measure import Measure, load_measures

VALUES, RECORDS = "values-", "records-"
WINDOWS_SAID = (
    "by month, by rolling year (of which nine months at least can have arrived), by financial and by calendar year, as far as "
    "the metric has them; for every group, every way of counting and every area. `reason` says why a figure is not there; a "
    "window of which no file arrived is left out, and the table coverage says which those are."
)
LISTED: dict[str, tuple[type[msgspec.Struct], str, str]] = {
    "areas": (AreaRow, "Areas", "Boroughs, BCUs, forces, inner and outer London, the Met area, London."),
    "area-members": (
        AreaMemberRow,
        "What areas are made of",
        "Which boroughs make up an area, and since when; events without a place are parts too.",
    ),
    "metrics": (MetricRow, "Metrics", "What each figure means, how it is computed, and what to know of it."),
    "coverage": (CoverageRow, "Months received", "A row for each month of each source that should be there."),
    "sources": (SourceRow, "Sources", "Who publishes what, under which licence."),
    "releases": (ReleaseRow, "Releases", "Every publication of figures, the latest first."),
    "revisions": (
        RevisionSummary,
        "Revisions",
        "What changed from each release to the next, by metric and reason.",
    ),
}


class BulkTable(msgspec.Struct, frozen=True):
    """One table. `csvw`: the kind of CSV that it is. Figures have a `measure`, records a `dataset`."""

    name: str
    title: str
    description: str
    row_type: type[msgspec.Struct]
    csvw: str
    measure: Measure | None = None
    dataset: Dataset | None = None

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The columns of its Parquet."""
        if self.dataset is not None:
            return read_record_schema(self.row_type)
        # A list may tell of several metrics at once, some of them in pounds and pence.
        are_events = self.measure is not None and self.measure.statistic not in STATISTICS
        return read_schema(self.row_type, are_counts_whole=are_events)


def list_tables(*, has_records: bool = True) -> dict[str, BulkTable]:
    """Every table by its name: lists, the figures of each metric, records."""
    tables = [
        BulkTable(name, title, said, row_type, name) for name, (row_type, title, said) in LISTED.items()
    ]
    for measure in load_measures().values():
        row_type = RatioRow if measure.statistic == "ratio" else ValueRow
        tables.append(
            BulkTable(
                f"{VALUES}{measure.metric}",
                f"Figures: {measure.title}",
                f"{measure.definition} Figures {WINDOWS_SAID}",
                row_type,
                "ratios" if row_type is RatioRow else "values",
                measure=measure,
            )
        )
    for dataset in DATASETS.values() if has_records else ():
        kept_back = f" Left out: {dataset.kept_back}." if dataset.kept_back else ""
        tables.append(
            BulkTable(
                f"{RECORDS}{dataset.dataset}",
                f"Records: {dataset.title}",
                f"The rows behind the figures, as in /v1/records/{dataset.dataset}.{kept_back}",
                dataset.record,
                f"{RECORDS}{dataset.dataset}",
                dataset=dataset,
            )
        )
    return {table.name: table for table in tables}


def find_table(name: str) -> BulkTable:
    """The table of a name. Raises NotFound, with what is close."""
    tables = list_tables()
    if name not in tables:
        close = find_close(name, list(tables))
        hint = f": did you mean {' or '.join(close)}?" if close else "."
        raise NotFound(
            f"There is no table {name!r}{hint} /v1/bulk lists them.", found=name, allowed=list(tables)
        )
    return tables[name]


def choose_tables(only: Sequence[str], *, has_records: bool = True) -> list[BulkTable]:
    """The tables named, all by default. `values` and `records` stand for all of theirs. Raises NotFound."""
    tables = list_tables(has_records=has_records)
    if not only:
        return list(tables.values())
    wanted: set[str] = set()
    for name in only:
        of_kind = [
            table for table in tables if name in ("values", "records") and table.startswith(f"{name}-")
        ]
        wanted.update(of_kind or [find_table(name).name])
    return [table for name, table in tables.items() if name in wanted]
