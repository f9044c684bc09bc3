"""Tables of the censuses by borough: sex and ethnic group of 2021, ethnic group of 2011."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from etl.errors import Refused
from etl.population_rows import (
    BOROUGHS,
    CENSUS,
    CENSUS_2011,
    Population,
    check_total,
    check_whole,
    read_count,
    read_london_rows,
    read_number,
)
from etl.read import Table

# a percentage with one decimal
ROUNDING = 0.051

GROUPS_2021 = {
    "Asian, Asian British or Asian Welsh": "asian",
    "Black, Black British, Black Welsh, Caribbean or African": "black",
    "Mixed or Multiple ethnic groups": "mixed",
    "White": "white",
    "Other ethnic group": "other",
}
# the main groups of table QS201EW, and the number of groups that each is divided into
GROUPS_2011 = {"White": 4, "Mixed": 4, "Asian": 5, "Black": 3, "Other": 2}
TOTAL_2011 = "All categories: Ethnic group"


def list_ethnic_groups(borough: int, year: int, persons: Mapping[str, int], vintage: str) -> list[Population]:
    """Census groups as people state them, as officers record them at a search (no Mixed, Chinese people under Other), and as
    officers perceive them at a use of force (Mixed is told apart, Chinese people under Other).

    persons: white, mixed, asian, black, other; of asian: chinese; of mixed: mixed_white_black.
    """
    stated = {group: persons[group] for group in ("white", "mixed", "asian", "black", "other")}
    recorded = {
        "white": persons["white"],
        "asian": persons["asian"] - persons["chinese"],
        "black": persons["black"],
        "other": persons["other"] + persons["chinese"],
    }
    perceived = {**recorded, "mixed": persons["mixed"]}
    black_or_mixed = persons["black"] + persons["mixed_white_black"]
    groups_of = {"ethnicity": stated, "ethnicity_officer": recorded, "ethnicity_perceived": perceived}
    return [
        Population(f"{prefix}:{group}", borough, year, count, vintage)
        for prefix, groups in groups_of.items()
        for group, count in {**groups, "black_or_mixed_black": black_or_mixed}.items()
    ]


def read_sexes(table: Table, _: str) -> list[Population]:
    """Census 2021 by sex. Its three ages leave some people out, so that only the sexes add up to the total."""
    found = []
    for borough, line, row in read_london_rows(table, "ltla21_code"):
        persons = {group: read_count(row[f"total_{group}s"], line) for group in ("female", "male")}
        check_total(read_count(row["total_population"], line), persons.values(), "sexes", line)
        found += [Population(f"gender:{group}", borough, 2021, n, CENSUS) for group, n in persons.items()]
    return found


def read_ethnicity_2021(table: Table, _: str) -> list[Population]:
    """One row an area and ethnic group, each group twice: "(number)" and "(percent)"."""
    numbers: dict[tuple[int, str], int] = {}
    percents: dict[tuple[int, str], float] = {}
    for borough, line, row in read_london_rows(table, "ltla21_code", once=False):
        group, _, measure = (row["ethnic_group"] or "").strip().rpartition(" ")
        key = borough, group.strip()
        if measure == "(number)":
            if key in numbers:
                raise Refused(
                    f"The group {group!r} stands twice for a borough. Get the file again.", line=line
                )
            numbers[key] = read_count(row["value"], line)
        elif measure == "(percent)":
            percents[key] = read_number(row["value"], line)
    totals: Counter[int] = Counter()
    for (borough, _), count in numbers.items():
        totals[borough] += count
    groups = {group for _, group in numbers}
    check_whole((borough, 2021) for borough in totals)
    if missing := [key for key in ((b, group) for b in BOROUGHS for group in groups) if key not in numbers]:
        raise Refused(
            f"Borough {missing[0][0]} lacks the group {missing[0][1]!r}. Get the file again as published."
        )
    for key, percent in percents.items():
        if key not in numbers or abs(100 * numbers[key] / totals[key[0]] - percent) > ROUNDING:
            raise Refused(
                f"The number and the percentage of {key[1]!r} in borough {key[0]} contradict each other. Get the file again as"
                " published."
            )
    return list(chain.from_iterable(_group_2021(borough, numbers, groups) for borough in sorted(totals)))


def _group_2021(
    borough: int, numbers: Mapping[tuple[int, str], int], groups: Iterable[str]
) -> list[Population]:
    persons: Counter[str] = Counter()
    for group in groups:
        main, _, part = group.partition(": ")
        if main not in GROUPS_2021:
            raise Refused(
                f"{group!r} is not an ethnic group of Census 2021. Get the file again as published."
            )
        count = numbers[borough, group]
        persons[GROUPS_2021[main]] += count
        persons["chinese"] += count if part == "Chinese" else 0
        persons["mixed_white_black"] += count if part.startswith("White and Black") else 0
    return list_ethnic_groups(borough, 2021, persons, CENSUS)


def read_ethnicity_2011(table: Table, _: str) -> list[Population]:
    """Table QS201EW, many areas: a column for each ethnic group, and one for each of the five main groups."""
    names = {_name_2011(name): name for name in table.frame.columns}
    found = []
    for borough, line, row in read_london_rows(table, "geography code"):
        persons = {
            group: read_count(row[name], line)
            for group, name in names.items()
            if name.startswith("Ethnic Group")
        }
        parts = {main: _parts_2011(main, persons) for main in GROUPS_2011}
        for main, count in GROUPS_2011.items():
            if main not in persons or len(parts[main]) != count:
                raise Refused(
                    f"The columns of the group {main!r} are not all there. Get the file again.", line=1
                )
            check_total(persons[main], parts[main].values(), f"parts of the group {main!r}", line)
        check_total(persons[TOTAL_2011], (persons[main] for main in GROUPS_2011), "ethnic groups", line)
        main_groups = {main.lower(): persons[main] for main in GROUPS_2011}
        chinese = parts["Asian"]["Chinese"]
        mixed_black = sum(n for part, n in parts["Mixed"].items() if part.startswith("White and Black"))
        whole = {**main_groups, "chinese": chinese, "mixed_white_black": mixed_black}
        found += list_ethnic_groups(borough, 2011, whole, CENSUS_2011)
    return found


def _name_2011(column: str) -> str:
    return column.removeprefix("Ethnic Group: ").removesuffix("; measures: Value")


def _parts_2011(main: str, persons: Mapping[str, int]) -> dict[str, int]:
    """Persons of the groups that a main group is divided into, by their own name."""
    split = {group: group.partition(": ") for group in persons if ": " in group and group != TOTAL_2011}
    return {part: persons[group] for group, (head, _, part) in split.items() if head.startswith(main)}
