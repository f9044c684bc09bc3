"""Every true count of strip searches that a release held, and the sums of them that a figure is.

A cell is (part of a year, borough, people): the finest that two overlapping kinds of year can tell apart. Parts are
`2021a` (January to March) and `2021b` (April to December). People are children and others by ethnicity, and searches
by outcome.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tests.oracle.intruder import Sum

RATE, CHILDREN = "strip_search_rate", "strip_search_under_18_count"
RATIO, OUTCOME = "strip_search_rate_ratio", "strip_search_positive_outcome_share"
SMALL = (RATE, CHILDREN, RATIO, OUTCOME)
ETHNICITIES = ("white", "black", "asian", "other", "unknown")
OUTCOMES = ("positive", "negative", "no answer")
Cell = tuple[str, int, str]
KNOWN = """
select s.metric, s.group_code, o.period_start, o.borough, o.numerator, o.reference_numerator, o.unknown_numerator, o.base
  from observation o
  join series s using (series_id)
 where s.metric = any ($1::text[])
   and o.first_release <= $2 and (o.last_release is null or o.last_release >= $2)
"""


async def read_truth(conn: Any, release: int) -> dict[Cell, int]:
    """The count of every cell, straight from the observations of a release."""
    counts: Counter[Cell] = Counter()
    for row in await conn.fetch(KNOWN, list(SMALL), release):
        part, borough = part_of(row["period_start"]), row["borough"]
        name = row["group_code"].partition(":")[2]

        def add(people: str, count: int, part: str = part, borough: int = borough) -> None:
            counts[part, borough, people] += count

        match row["metric"]:
            case "strip_search_under_18_count" if name:
                add(f"child {name}", row["numerator"])
                add(f"adult {name}", -row["numerator"])
            case "strip_search_rate_ratio":
                add(f"adult {name}", row["numerator"])
                if name == "black":
                    add("adult white", row["reference_numerator"])
                    add("adult unknown", row["unknown_numerator"])
            case "strip_search_positive_outcome_share":
                add("positive", row["numerator"])
                add("negative", row["base"] - row["numerator"])
                add("no answer", row["unknown_numerator"])
    busy = {(part, borough) for (part, borough, _), count in counts.items() if count}
    assert min(counts.values()) >= 0
    return {cell: count for cell, count in counts.items() if cell[:2] in busy}


def part_of(day: date) -> str:
    """The part of a year that a day lies in."""
    return f"{day.year}{'a' if day.month <= 3 else 'b'}"


def parts_between(first: str, last: str) -> tuple[str, ...]:
    """The parts of a year from 2021-04 to 2022-03, or from 2021-01 to 2021-12."""
    year = int(first[:4])
    assert last == (f"{year + 1}-03" if first.endswith("-04") else f"{year}-12"), (
        f"{first} to {last} is no year"
    )
    return (f"{year}b", f"{year + 1}a") if first.endswith("-04") else (f"{year}a", f"{year}b")


def people_of(metric: str, group: str) -> list[tuple[str, ...]]:
    """The people that a figure counts, each as the kinds that add up to them."""
    name = group.partition(":")[2]
    if metric == CHILDREN:
        return [tuple(f"child {one}" for one in ([name] if name else ETHNICITIES))]
    if metric == RATIO:
        return [of_ethnicity(name), of_ethnicity("white")]
    if metric == OUTCOME:
        return [("positive",), ("negative",)]
    return [EVERYBODY]


def of_ethnicity(name: str) -> tuple[str, ...]:
    """Children and adults of an ethnicity."""
    return f"child {name}", f"adult {name}"


EVERYBODY = tuple(f"{who} {name}" for who in ("child", "adult") for name in ETHNICITIES)
ADULTS = tuple(f"adult {name}" for name in ETHNICITIES)
CHILDREN_ALL = tuple(f"child {name}" for name in ETHNICITIES)


def add_up(
    truth: Mapping[Cell, int], parts: Iterable[str], boroughs: Iterable[int], people: Iterable[str]
) -> Sum:
    """The sum over parts of years, boroughs and people, of the cells that there are."""
    listed = [(part, borough, who) for part in parts for borough in boroughs for who in people]
    return dict.fromkeys((cell for cell in listed if cell in truth), 1.0)


def list_relations(truth: Mapping[Cell, int]) -> list[Sum]:
    """What everybody knows to be 0: searches by outcome are as many as by ethnicity and age."""
    places = dict.fromkeys((part, borough) for part, borough, _ in truth)
    return [
        {
            **add_up(truth, (part,), (borough,), EVERYBODY),
            **dict.fromkeys(add_up(truth, (part,), (borough,), OUTCOMES), -1.0),
        }
        for part, borough in places
    ]
