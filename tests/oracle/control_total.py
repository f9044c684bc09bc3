"""Control totals (methods.md, sections 4 and 7): our count of crimes beside the Met's own, borough by borough.

An offence row has `force`, `month`, `borough`, the published `MajorText` and `MinorText`, and `offences`, a number.
"""

from datetime import date
from pathlib import Path

import polars as pl

from tests.oracle import words
from tests.oracle.measures import MET, Observations, received
from tests.oracle.words import UNKNOWN, Row

#: MajorText -> category of data.police.uk; None: MinorText decides, or there is none
HEADINGS: dict[str, str | None] = {
    "ARSON AND CRIMINAL DAMAGE": "criminal_damage_and_arson",
    "BURGLARY": "burglary",
    "DRUG OFFENCES": "drugs",
    "FRAUD AND FORGERY": None,
    "MISCELLANEOUS CRIMES AGAINST SOCIETY": "other_crime",
    "NFIB FRAUD": None,
    "POSSESSION OF WEAPONS": "possession_of_weapons",
    "PUBLIC ORDER OFFENCES": "public_order",
    "ROBBERY": "robbery",
    "SEXUAL OFFENCES": "violence_and_sexual_offences",
    "THEFT": None,
    "VEHICLE OFFENCES": "vehicle_crime",
    "VIOLENCE AGAINST THE PERSON": "violence_and_sexual_offences",
}
THEFTS = {
    "BICYCLE THEFT": "bicycle_theft",
    "OTHER THEFT": "other_theft",
    "SHOPLIFTING": "shoplifting",
    "THEFT FROM THE PERSON": "theft_from_the_person",
}
CATEGORIES = tuple(words.slug(word) for word in words.CRIME_CATEGORIES)


def category(row: Row) -> str:
    """The category of data.police.uk that an offence belongs to."""
    if row["MajorText"] == "THEFT":
        return THEFTS.get(row["MinorText"], UNKNOWN)
    return HEADINGS.get(row["MajorText"]) or UNKNOWN


def control_total_ratio(crimes: list[Row], offences: list[Row], coverage: list[Row]) -> Observations:
    """Ours beside theirs, in the force's boroughs and in none, by category; the total only with all thirteen."""
    out: Observations = {}
    counted = {(force, month) for force, month, _ in received(coverage, "control_total")}
    for force, month, file in received(coverage, "street"):
        if (force, month) not in counted:
            continue
        held = [class_ for class_ in CATEGORIES if class_ in file["words"]]
        for borough in (0, *(range(2, 34) if force == MET else (1,))):
            here = {"force": force, "month": month, "borough": borough}
            mine = [words.category(row) for row in crimes if here.items() <= row.items()]
            theirs = [(category(row), row["offences"]) for row in offences if here.items() <= row.items()]
            pairs = {
                class_: (mine.count(class_), sum(count for one, count in theirs if one == class_))
                for class_ in held
            }
            for class_, (count, base) in pairs.items():
                out[f"category:{class_}", "recorded", force, borough, month] = (count, None, None, base)
            if held == list(CATEGORIES):
                sums = (sum(count for count, _ in pairs.values()), sum(base for _, base in pairs.values()))
                out["total", "recorded", force, borough, month] = (sums[0], None, None, sums[1])
    return out


def read_offences(path: Path, month: date, major: str) -> dict[str, int]:
    """The Met's count of one heading in one month, by borough as it names them, from a published file."""
    rows = pl.read_csv(path, infer_schema=False).filter(pl.col("MajorText") == major)
    sums = rows.group_by("BoroughName").agg(pl.col(f"{month:%Y%m}").cast(pl.Int64).sum().alias("offences"))
    return dict(sums.iter_rows())
