"""Every metric of `sql/measures/`, from rows in the published words (methods.md, sections 1, 3 and 4).

A row is a dict with the columns of the published file, `force`, `month` (its first day) and `borough` (1 to
33; 0 no location, -1 outside London). A coverage row says what was received: `source`, `force`, `month`,
`status`, `words` (categories held; None: not divided so), `unusable` (fields that the file cannot answer).

An observation is (group_code, basis, force, borough, month) -> (numerator, reference, unknown, base).
"""

from collections.abc import Callable, Iterable
from datetime import date

from tests.oracle import words
from tests.oracle.words import UNKNOWN, Row

Key = tuple[str, str, int, int, date]
Observations = dict[Key, tuple[int, int | None, int | None, int | None]]

MET, CITY_POLICE = 1, 2
# The City is policed by its own force, the other 32 by the Met; unplaced events are their force's own.
HOME_CELLS = {MET: (*range(2, 34), 0, -1), CITY_POLICE: (1, 0, -1)}

BASES = ("officer_defined", "self_defined_filled", "self_defined")
SECTION_60 = "cjpoa_section_60"

# what a basis divides searches by
BASIS_FIELD = {
    "officer_defined": "ethnicity_officer",
    "self_defined_filled": "ethnicity_self",
    "self_defined": "ethnicity_self",
}


def received(coverage: Iterable[Row], source: str, *fields: str) -> list[tuple[int, date, Row]]:
    """The force-months whose file is there, whole, and can answer the fields."""
    return [
        (row["force"], row["month"], row)
        for row in coverage
        if row["source"] == source and row["status"] == "received" and not set(fields) & set(row["unusable"])
    ]


def cells(rows: list[Row], force: int, month: date) -> list[tuple[int, list[Row]]]:
    """(borough, its rows): every cell of the force's own ground, and others where it recorded something."""
    mine = [row for row in rows if row["force"] == force and row["month"] == month]
    boroughs = sorted({*HOME_CELLS[force], *(row["borough"] for row in mine)})
    return [(borough, [row for row in mine if row["borough"] == borough]) for borough in boroughs]


def searches(rows: Iterable[Row]) -> list[Row]:
    """Searches of persons: vehicle searches have no person."""
    return [row for row in rows if words.is_person(row)]


def stop_search_rate(rows: list[Row], coverage: list[Row]) -> Observations:
    """Person searches, in total and by object, power, age, gender and ethnicity."""
    out: Observations = {}
    dimensions: list[tuple[str, str, tuple[str, ...], Callable[[Row], str]]] = [
        ("object", "officer_defined", words.OBJECT_CLASSES, words.sought),
        ("legislation", "officer_defined", words.LEGISLATION_CLASSES, words.power),
        ("age", "officer_defined", words.AGE_CLASSES, words.age),
        ("gender", "officer_defined", words.GENDER_CLASSES, words.gender),
        ("ethnicity", "officer_defined", words.OFFICER_CLASSES, words.officer),
        ("ethnicity", "self_defined", words.STATED_CLASSES, words.stated),
        (
            "ethnicity",
            "self_defined_filled",
            words.STATED_CLASSES,
            lambda row: words.ethnicity(row, "self_defined_filled"),
        ),
    ]
    for force, month, file in received(coverage, "stop_search"):
        for borough, found in cells(searches(rows), force, month):
            out["total", "officer_defined", force, borough, month] = (len(found), None, 0, len(found))
            for dimension, basis, classes, of in dimensions:
                field = BASIS_FIELD[basis] if dimension == "ethnicity" else dimension
                if field in file["unusable"]:
                    continue
                unknown = sum(of(row) == UNKNOWN for row in found)
                for class_ in classes:
                    key = (f"{dimension}:{class_}", basis, force, borough, month)
                    out[key] = (sum(of(row) == class_ for row in found), None, unknown, len(found))
    return out


def stop_search_section_60_rate(rows: list[Row], coverage: list[Row]) -> Observations:
    """Person searches whose power was section 60."""
    out: Observations = {}
    for force, month, _ in received(coverage, "stop_search", "legislation"):
        for borough, found in cells(searches(rows), force, month):
            count = sum(words.power(row) == SECTION_60 for row in found)
            unknown = sum(words.power(row) == UNKNOWN for row in found)
            out["total", "recorded", force, borough, month] = (count, None, unknown, len(found))
    return out


def share(
    found: list[Row], known: Callable[[Row], bool], counted: Callable[[Row], bool]
) -> tuple[int, None, int, int]:
    """Counted among the known; the unknown stand outside the base."""
    base = [row for row in found if known(row)]
    return sum(counted(row) for row in base), None, len(found) - len(base), len(base)


def plain_share(
    rows: list[Row],
    coverage: list[Row],
    known: Callable[[Row], bool],
    counted: Callable[[Row], bool],
    *fields: str,
) -> Observations:
    """A share without groups."""
    return {
        ("total", "recorded", force, borough, month): share(found, known, counted)
        for force, month, _ in received(coverage, "stop_search", *fields)
        for borough, found in cells(searches(rows), force, month)
    }


def stop_search_arrest_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Arrests among searches with a recorded outcome."""
    return plain_share(rows, coverage, words.has_outcome, words.is_arrest, "search_outcome")


def stop_search_linked_outcome_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Positive and linked, among searches with the linked field filled."""
    field = "Outcome linked to object of search"
    return plain_share(
        rows,
        coverage,
        lambda row: row[field] != "",
        lambda row: row[field] == "True" and words.is_positive(row),
        "linked",
    )


def stop_search_clothing_removal_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """More than outer clothing removed, among searches with the field filled."""
    field = "Removal of more than just outer clothing"
    return plain_share(
        rows, coverage, lambda row: row[field] != "", lambda row: row[field] == "True", "clothing_removed"
    )


def stop_search_under_18_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Age 10 to 17 among searches with a known age."""
    return plain_share(
        rows, coverage, lambda row: words.age(row) != UNKNOWN, lambda row: words.age(row) == "10_17", "age"
    )


def stop_search_ethnicity_unknown_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Ethnicity not stated or blank, among all person searches, basis by basis."""
    return {
        ("total", basis, force, borough, month): (
            sum(words.ethnicity(row, basis) == UNKNOWN for row in found),
            None,
            0,
            len(found),
        )
        for basis in BASES
        for force, month, _ in received(coverage, "stop_search")
        for borough, found in cells(searches(rows), force, month)
    }


def stop_search_positive_outcome_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Positive outcomes among recorded ones, by object, by ethnicity, and by ethnicity within object."""
    out: Observations = {}
    for force, month, file in received(coverage, "stop_search", "search_outcome"):
        lacks = set(file["unusable"])
        for borough, found in cells(searches(rows), force, month):
            groups = {("total", "officer_defined"): found}
            for sought in words.OBJECT_CLASSES if "object" not in lacks else ():
                same = [row for row in found if words.sought(row) == sought]
                groups[f"object:{sought}", "officer_defined"] = same
                for seen in words.OFFICER_CLASSES if "ethnicity_officer" not in lacks else ():
                    both = [row for row in same if words.officer(row) == seen]
                    if both:  # these pairs alone have no row where there was no search
                        groups[f"object_ethnicity:{sought}/{seen}", "officer_defined"] = both
            for basis in (basis for basis in BASES if BASIS_FIELD[basis] not in lacks):
                for class_ in words.OFFICER_CLASSES if basis == "officer_defined" else words.STATED_CLASSES:
                    groups[f"ethnicity:{class_}", basis] = [
                        row for row in found if words.ethnicity(row, basis) == class_
                    ]
            for (group, basis), part in groups.items():
                out[group, basis, force, borough, month] = share(part, words.has_outcome, words.is_positive)
    return out


def stop_search_rate_ratio(rows: list[Row], coverage: list[Row]) -> Observations:
    """Each group's searches beside White people's, basis by basis, with and without section 60."""
    out: Observations = {}
    for force, month, file in received(coverage, "stop_search"):
        lacks = set(file["unusable"])
        for borough, found in cells(searches(rows), force, month):
            for suffix, part in (
                ("", found),
                ("_without_section_60", [row for row in found if words.power(row) != SECTION_60]),
            ):
                if suffix and "legislation" in lacks:
                    continue
                for basis in (basis for basis in BASES if BASIS_FIELD[basis] not in lacks):
                    groups = [words.ethnicity(row, basis) for row in part]
                    for group in ("black", "asian", "other", "mixed"):
                        # the officer's record knows no Mixed group
                        if basis == "officer_defined" and group == "mixed":
                            continue
                        key = (f"ethnicity:{group}", basis + suffix, force, borough, month)
                        out[key] = (
                            groups.count(group),
                            groups.count("white"),
                            groups.count(UNKNOWN),
                            len(part),
                        )
    return out


def crime_rate(rows: list[Row], coverage: list[Row]) -> Observations:
    """Crimes of each category that the file holds; the total only where it holds all thirteen."""
    out: Observations = {}
    thirteen = [words.slug(word) for word in words.CRIME_CATEGORIES]
    for force, month, file in received(coverage, "street"):
        held = [class_ for class_ in thirteen if class_ in file["words"]]
        crimes = [row for row in rows if words.category(row) in held]
        if not held:
            continue
        for borough, found in cells(crimes, force, month):
            counts = {class_: sum(words.category(row) == class_ for row in found) for class_ in held}
            for class_, count in counts.items():
                out[f"category:{class_}", "recorded", force, borough, month] = (count, None, None, None)
            if held == thirteen:
                out["total", "recorded", force, borough, month] = (sum(counts.values()), None, None, None)
    return out


def antisocial_behaviour_rate(rows: list[Row], coverage: list[Row]) -> Observations:
    """Records of anti-social behaviour, where the file holds that category."""
    records = [row for row in rows if words.category(row) == "anti_social_behaviour"]
    return {
        ("total", "recorded", force, borough, month): (len(found), None, None, None)
        for force, month, file in received(coverage, "street")
        if "anti_social_behaviour" in file["words"]
        for borough, found in cells(records, force, month)
    }


#: metric -> (kind of row, oracle)
MEASURES: dict[str, tuple[str, Callable[[list[Row], list[Row]], Observations]]] = {
    "antisocial_behaviour_rate": ("street", antisocial_behaviour_rate),
    "crime_rate": ("street", crime_rate),
    "stop_search_arrest_share": ("stop_search", stop_search_arrest_share),
    "stop_search_clothing_removal_share": ("stop_search", stop_search_clothing_removal_share),
    "stop_search_ethnicity_unknown_share": ("stop_search", stop_search_ethnicity_unknown_share),
    "stop_search_linked_outcome_share": ("stop_search", stop_search_linked_outcome_share),
    "stop_search_positive_outcome_share": ("stop_search", stop_search_positive_outcome_share),
    "stop_search_rate": ("stop_search", stop_search_rate),
    "stop_search_rate_ratio": ("stop_search", stop_search_rate_ratio),
    "stop_search_section_60_rate": ("stop_search", stop_search_section_60_rate),
    "stop_search_under_18_share": ("stop_search", stop_search_under_18_share),
}
