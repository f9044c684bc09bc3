"""The check values of methods.md section 3, straight from the files: polars, geopandas, nothing of ours.

Met files 2023-09 to 2024-08, person searches, full-resolution boundary.
"""

import csv
import zipfile
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import geopandas
import polars

from tests.oracle import words
from tests.oracle.figures import (
    Populations,
    band,
    months_between,
    per_1000,
    person_years,
    rate_interval,
    ratio,
    ratio_interval,
    share_interval,
    verdict,
)

FIRST, LAST = date(2023, 9, 1), date(2024, 8, 1)
MONTHS = months_between(FIRST, LAST)
REFERENCE = Path(__file__).parents[2] / "etl" / "reference"
BASES = ("officer_defined", "self_defined_filled", "self_defined")
GROUPS = ("black", "asian", "other", "mixed")
SECTION_60 = "Criminal Justice and Public Order Act 1994 (section 60)"

MET_BOROUGHS = tuple(range(2, 34))
#: area slug -> (boroughs whose events count, boroughs whose residents count)
AREAS = {
    "hackney": ((12,), (12,)),
    "bromley": ((6,), (6,)),
    "haringey": ((14,), (14,)),
    "met-located": (MET_BOROUGHS, MET_BOROUGHS),
    "met": ((*MET_BOROUGHS, 0), MET_BOROUGHS),
    # all that the Met recorded, in the City and outside London too
    "metropolitan": ((*MET_BOROUGHS, 0, 1, -1), MET_BOROUGHS),
}


def read_searches(shared: Path, first: date, last: date) -> polars.DataFrame:
    """Met searches as published, all text, with `month` and `borough` (0 no location, -1 outside London)."""
    frames = []
    for month in months_between(first, last):
        name = f"{month:%Y-%m}"
        with zipfile.ZipFile(shared / "police" / "whole" / f"{name}.zip") as archive:
            data = archive.read(f"{name}/{name}-metropolitan-stop-and-search.csv")
        frames.append(
            polars.read_csv(data, infer_schema_length=0).with_columns(polars.lit(month).alias("month"))
        )
    rows = polars.concat(frames).with_row_index("row")
    return rows.join(place(shared, rows), on="row", how="left").with_columns(
        polars.col("borough").fill_null(-1)
    )


def place(shared: Path, rows: polars.DataFrame) -> polars.DataFrame:
    """row -> borough, by a spatial join with the full-resolution outlines; rows outside all are left out."""
    outlines = geopandas.read_file(shared / "geo" / "london_boroughs_gla_datastore.gpkg")[
        ["gss_code", "geometry"]
    ]
    placed = rows.filter(polars.col("Latitude").is_not_null()).select(
        "row", polars.col("Longitude").cast(polars.Float64), polars.col("Latitude").cast(polars.Float64)
    )
    points = geopandas.GeoDataFrame(
        {"row": placed["row"].to_list()},
        geometry=geopandas.points_from_xy(placed["Longitude"].to_list(), placed["Latitude"].to_list()),
        crs="EPSG:4326",
    ).to_crs(outlines.crs)
    inside = geopandas.sjoin(points, outlines, predicate="within").drop_duplicates("row")
    nowhere = rows.filter(polars.col("Latitude").is_null())["row"]
    return polars.DataFrame(
        {
            "row": [*inside["row"].tolist(), *nowhere.to_list()],
            "borough": [*(int(code[-2:]) for code in inside["gss_code"]), *([0] * len(nowhere))],
        },
        schema={"row": rows.schema["row"], "borough": polars.Int64},
    )


def read_populations() -> Populations:
    """Mid-year residents and Census groups, from the small tables of the project."""
    populations: Populations = {}
    for row in read_table("residents.csv"):
        for year in row.keys() - {"borough"}:
            populations["residents", row["borough"], int(year)] = row[year]
    for row in read_table("ethnicity.csv"):
        stated = {group: row[group] for group in ("white", "mixed", "asian", "black", "other")}
        # officers record no Mixed group, and Chinese people under Other
        recorded = {
            "white": row["white"],
            "asian": row["asian"] - row["chinese"],
            "black": row["black"],
            "other": row["other"] + row["chinese"],
        }
        for prefix, groups in (("stated", stated), ("officer", recorded)):
            groups["black_or_mixed_black"] = row["black"] + row["mixed_white_black"]
            for group, count in groups.items():
                populations[f"{prefix}:{group}", row["borough"], 2021] = count
    return populations


def read_table(name: str) -> list[dict[str, int]]:
    """A reference table; its comments begin with #."""
    lines = (REFERENCE / name).read_text(encoding="utf-8").splitlines()
    return [
        {k: int(v) for k, v in row.items()}
        for row in csv.DictReader(line for line in lines if line[0] != "#")
    ]


@cache
def expected_figures(shared: Path) -> dict[str, dict[str, Any]]:
    """area slug -> figures of 2023-09 to 2024-08 from Met searches alone.

    `searches`, `unplaced`, `person_years`; `rate`: value, lower, upper; `positive`: numerator, denominator,
    value, lower, upper; `ratios`: (group, basis) -> numerator, reference_numerator, unknown_numerator, value,
    lower, upper, assumption_low, assumption_high, verdict (its beginning), difference_per_1000 and
    difference_in_number.
    """
    facts = [simplify(row) for row in read_people(shared).iter_rows(named=True)]
    populations = read_populations()
    return {area: describe(facts, populations, *places) for area, places in AREAS.items()}


def read_people(shared: Path) -> polars.DataFrame:
    """Met searches of persons of the twelve months, blanks as empty text."""
    rows = read_searches(shared, FIRST, LAST).filter(polars.col("Type").is_in(words.PERSON_TYPES))
    return rows.with_columns(polars.col(polars.String).fill_null(""))


def simplify(row: dict[str, Any]) -> dict[str, Any]:
    """What the figures need to know of a search."""
    return {
        "borough": row["borough"],
        "has_outcome": words.has_outcome(row),
        "is_positive": words.is_positive(row),
        "is_section_60": row["Legislation"] == SECTION_60,
        **{basis: words.ethnicity(row, basis) for basis in BASES},
    }


def describe(
    facts: list[dict[str, Any]], populations: Populations, where: tuple[int, ...], residents: tuple[int, ...]
) -> dict[str, Any]:
    """The figures of one area: events of `where` over residents of `residents`."""
    found = [row for row in facts if row["borough"] in where]
    years = person_years(populations, "residents", residents, MONTHS)
    assert years is not None
    lower, upper = rate_interval(len(found), years)
    answered = sum(row["has_outcome"] for row in found)
    positive = sum(row["is_positive"] for row in found)
    low, high = share_interval(positive, answered)
    figures: dict[str, Any] = {
        "searches": len(found),
        "unplaced": sum(row["borough"] == 0 for row in found),
        "person_years": float(years),
        "rate": {"value": per_1000(len(found), years), "lower": lower, "upper": upper},
        "positive": {
            "numerator": positive,
            "denominator": answered,
            "value": positive / answered,
            "lower": low,
            "upper": high,
        },
        "ratios": {},
    }
    for suffix, part in (
        ("", found),
        ("_without_section_60", [row for row in found if not row["is_section_60"]]),
    ):
        figures["ratios"] |= compare(part, populations, residents, suffix)
    return figures


def compare(
    found: list[dict[str, Any]], populations: Populations, residents: tuple[int, ...], suffix: str
) -> dict[tuple[str, str], dict[str, Any]]:
    """The ratios to White of every group on every basis, with the band over all of them."""
    counts: dict[str, dict[str, int]] = {}
    for basis in BASES:
        classes = words.OFFICER_CLASSES if basis == "officer_defined" else words.STATED_CLASSES
        groups = [row[basis] for row in found]
        counts[basis] = {class_: groups.count(class_) for class_ in classes}

    def years(basis: str, class_: str) -> Fraction | None:
        prefix = "officer" if basis == "officer_defined" else "stated"
        return person_years(populations, f"{prefix}:{class_}", residents, MONTHS)

    ratios = {}
    for group in GROUPS:
        limits = band(group, counts, years)
        assert limits is not None
        for basis in BASES:
            if group not in counts[basis]:
                continue
            a, b = counts[basis][group], counts[basis]["white"]
            a_years, b_years = years(basis, group), years(basis, "white")
            assert a_years is not None
            assert b_years is not None
            lower, upper = ratio_interval(a, a_years, b, b_years)
            ratios[group, basis + suffix] = {
                "numerator": a,
                "reference_numerator": b,
                "unknown_numerator": counts[basis]["unknown"],
                "value": ratio(a, a_years, b, b_years),
                "lower": lower,
                "upper": upper,
                "assumption_low": limits[0],
                "assumption_high": limits[1],
                "verdict": verdict(*limits),
                "difference_per_1000": per_1000(a, a_years) - per_1000(b, b_years),
                "difference_in_number": float(a - b * a_years / b_years),
            }
    return ratios
