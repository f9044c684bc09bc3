"""Rows of a scorecard, written by hand, and a snapshot that knows no more than they need."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from api.model import ComparedRow
from api.scorecard import ScorecardRow
from api.sentences import write_sentence
from api.series import label_group
from api.snapshot import Area, Release, Snapshot
from sql.measure import load_measures

HACKNEY = Area("E09000012", "Hackney", "borough", "hackney", 12, "GD", 1)
CITY = Area("E09000001", "City of London", "borough", "city-of-london", 1, None, 2)
CENTRAL_EAST = Area("CE", "Central East", "bcu", "central-east", None, "CE", 1)
MET = Area("met", "Met area (32 boroughs)", "met_area", "met", None, None, 1)
LONDON = Area("london", "London", "london", "london", None, None, None)
LABELS = (
    ("black", "Black"),
    ("asian", "Asian"),
    ("other", "Other, Chinese included"),
    ("burglary", "Burglary"),
)


def make_snapshot(published: str = "2024-10-01") -> Snapshot:
    """A release of a day, and the words of groups."""
    at = datetime.fromisoformat(published).replace(tzinfo=UTC)
    release = Release(1, "2024-10-01-0000aaaa", at, False, "outline")
    fields = ("ethnicity_self", "ethnicity_officer", "ethnicity_perceived", "category")
    return Snapshot(
        release=release,
        is_latest=True,
        releases=(release,),
        areas={one.area_code: one for one in (HACKNEY, CITY, CENTRAL_EAST, MET, LONDON)},
        members={},
        exposures={},
        coverage={},
        series={},
        classes=dict.fromkeys(fields, LABELS),
        breaks=(),
        names={},
        memo={},
    )


SNAPSHOT = make_snapshot()


def make_row(metric: str, area: Area = HACKNEY, **given: Any) -> ScorecardRow:
    """A row with its sentence; what is not given is as of a figure about which there is nothing to say."""
    measure = load_measures()[metric]
    blank: dict[str, Any] = dict.fromkeys(ScorecardRow.__struct_fields__)
    base: dict[str, Any] = {
        "metric": metric,
        "area_code": area.area_code,
        "area_name": area.area_name,
        "area_kind": area.area_kind,
        "from_month": "2023-09",
        "to_month": "2024-08",
        "window": "rolling_12",
        "group": "total",
        "basis": measure.basis_codes[0],
        "method": "",
        "method_version": 1,
        "status": "ok",
        "flags": (),
        "change_flags": (),
        "months_expected": 12,
        "months_received": 12,
        "release": "2024-10-01-0000aaaa",
        "section": "policing",
        "title": measure.title,
        "unit": measure.unit,
        "hides": (),
        "hides_codes": (),
        "signals": (),
        "sentence": "",
    }
    row = msgspec.structs.replace(ScorecardRow(**blank), **{**base, **given})
    if row.sentence:
        return row
    named = {name: getattr(row, name) for name in ComparedRow.__struct_fields__}
    label = label_group(SNAPSHOT, measure, row.basis, row.group)
    return msgspec.structs.replace(row, sentence=write_sentence(measure, ComparedRow(**named), label, row))
