"""What the columns of answers mean, in words: for spreadsheets, CSV on the Web and data packages."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files

import msgspec

from api.charts import SignalRow
from api.datasets import Record
from api.model import ValueRow
from api.payment_rows import PaymentRow, PaymentTotal
from api.report.model import FigureRow
from api.scorecard import ScorecardRow
from api.standing import ComparisonRow
from api.wire import (
    AreaRow,
    CoverageRow,
    MetricRow,
    PlaceRow,
    ReleaseRow,
    RevisionRow,
    RevisionSummary,
    SourceRow,
)


class AreaMemberRow(msgspec.Struct, frozen=True):
    """A part of an area and since when it is one, as a line of its own."""

    area_code: str
    area_name: str
    member_code: str | None
    member_name: str
    force: str | None
    valid_from: date
    valid_to: date | None


# The sections of fields.toml that tell of a kind of row, the first that has a column before the others.
SECTIONS: tuple[tuple[type[msgspec.Struct], tuple[str, ...]], ...] = (
    (ScorecardRow, ("scorecard", "comparison", "figures", "signals")),
    (ValueRow, ("figures",)),
    (ComparisonRow, ("comparison", "figures")),
    (SignalRow, ("signals", "figures")),
    (FigureRow, ("report", "figures")),
    (AreaMemberRow, ("members",)),
    (AreaRow, ("areas",)),
    (MetricRow, ("metrics",)),
    (CoverageRow, ("coverage",)),
    (SourceRow, ("sources",)),
    (ReleaseRow, ("releases",)),
    (RevisionSummary, ("revisions",)),
    (RevisionRow, ("revisions",)),
    (PlaceRow, ("places",)),
    (Record, ("records",)),
    (PaymentRow, ("payments",)),
    (PaymentTotal, ("payments",)),
)


def describe_fields(row_type: type[msgspec.Struct]) -> dict[str, str]:
    """What each column of a kind of row means, by its name in answers; empty for one that nothing is said of."""
    wanted = next((sections for kind, sections in SECTIONS if issubclass(row_type, kind)), ())
    known = load_fields()
    return {
        field.encode_name: next(
            (known[section][field.encode_name] for section in wanted if field.encode_name in known[section]),
            "",
        )
        for field in msgspec.structs.fields(row_type)
    }


@lru_cache(maxsize=1)
def load_fields() -> Mapping[str, Mapping[str, str]]:
    """The sections of fields.toml: what is said of each column."""
    return tomllib.loads(files("api").joinpath("fields.toml").read_text(encoding="utf-8"))
