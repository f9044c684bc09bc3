"""What became of crimes (methods.md, section 4): cohorts of a force and month, followed by the crime's identifier.

A crime is a street row with `force`, `month`, `borough`, `Crime ID` (blank: none), `Crime type` and `Last outcome
category`; an outcome has `force`, `month`, `Crime ID`, `Outcome type`. A case is an identifier of a force and month.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from tests.oracle import words
from tests.oracle.figures import months_between
from tests.oracle.measures import Observations, received
from tests.oracle.words import UNKNOWN, Row

CHARGED, OPEN = "charged", "open"
COURT = (
    "Suspect charged",
    "Suspect charged as part of another case",
    "Awaiting court outcome",
    "Defendant sent to Crown Court",
    "Court result unavailable",
    "Court case unable to proceed",
    "Defendant found not guilty",
)
#: "Offender …" that are no disposals of a court
OUT_OF_COURT = {
    "Offender given a caution": "formal_out_of_court",
    "Offender given penalty notice": "formal_out_of_court",
    "Offender given a drugs possession warning": "informal",
}
OTHERS = {
    "Local resolution": "informal",
    "Action to be taken by another organisation": "other_agency",
    "Unable to prosecute suspect": "not_proceeded_with",
    "Formal action is not in the public interest": "not_proceeded_with",
    "Further investigation is not in the public interest": "not_proceeded_with",
    "Further action is not in the public interest": "not_proceeded_with",
    "Investigation complete; no suspect identified": "no_suspect",
    "Under investigation": OPEN,
}
OFFENDER = ("Offender sent to prison", "Offender fined", "Offender otherwise dealt with")
OUTCOMES = (*COURT, *OUT_OF_COURT, *OTHERS, *OFFENDER)
#: of several in one month, and of the last outcomes of several rows, the first counts
ORDER = (
    *(CHARGED, "formal_out_of_court", "informal", "other_agency"),
    *("not_proceeded_with", "no_suspect", OPEN, UNKNOWN),
)
AGES = {"age_1": 1, "age_3": 3, "age_6": 6, "age_12": 12}
POSITIVE = (CHARGED, "formal_out_of_court", "informal")
SHARES = {
    "charged_share": (CHARGED,),
    "positive_outcome_share": POSITIVE,
    "no_suspect_share": ("no_suspect",),
    "open_share": (OPEN,),
}
THIRTEEN = tuple(words.slug(word) for word in words.CRIME_CATEGORIES)


def outcome(word: str) -> str:
    """The class of an outcome."""
    if word in COURT or (word in OFFENDER and word not in OUT_OF_COURT):
        return CHARGED
    return {**OUT_OF_COURT, **OTHERS}.get(word, UNKNOWN)


def later(month: date, count: int) -> date:
    """The month so many months later."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def first_in_order(classes: Iterable[str]) -> str:
    """The class that counts where several are given at once."""
    return min(classes, key=ORDER.index)


def class_by(stated: str, outcomes: list[Row], month: date, age: int) -> str:
    """The class of a case at an age, from the outcomes of its identifier and what the street file states."""
    known = [(row["month"], outcome(row["Outcome type"])) for row in outcomes]
    known = [(when, class_) for when, class_ in known if month <= when <= later(month, age)]
    if not known:
        return UNKNOWN if stated == UNKNOWN else OPEN
    if any(class_ == CHARGED for _, class_ in known):
        return CHARGED
    latest = max(when for when, _ in known)
    return first_in_order(class_ for when, class_ in known if when == latest)


def home(rows: list[Row]) -> Row:
    """The row that gives a case its borough and category: in London, then by category, then by borough."""
    return min(
        rows, key=lambda row: (row["borough"] <= 0, THIRTEEN.index(words.category(row)), row["borough"])
    )


def follow(
    crimes: list[Row], outcomes: list[Row], coverage: list[Row]
) -> dict[tuple[str, int, date], list[tuple[int, str, str]]]:
    """(basis, force, month) -> (borough, category, class) of each case, where the files that it needs are there."""
    by_month: dict[tuple[int, date], list[Row]] = {}
    for row in crimes:
        by_month.setdefault((row["force"], row["month"]), []).append(row)
    by_id: dict[tuple[int, str], list[Row]] = {}
    for row in outcomes:
        by_id.setdefault((row["force"], row["Crime ID"]), []).append(row)
    whole = {(force, month) for force, month, _ in received(coverage, "outcomes")}
    # files that tell only of crimes of their own month cannot say how older cases went on
    telling = {(force, month) for force, month, _ in received(coverage, "outcomes", "older_cases")}
    found: dict[tuple[str, int, date], list[tuple[int, str, str]]] = {}
    for force, month, file in received(coverage, "street"):
        held = [class_ for class_ in THIRTEEN if class_ in file["words"]]
        cases: dict[str, list[Row]] = {}
        for row in by_month.get((force, month), []):
            if row["Crime ID"] and words.category(row) in held:
                cases.setdefault(row["Crime ID"], []).append(row)
        told = []
        for number, rows in cases.items():
            stated = first_in_order(outcome(row["Last outcome category"]) for row in rows)
            row = home(rows)
            told.append((row["borough"], words.category(row), stated, by_id.get((force, number), [])))
        found["as_published", force, month] = [
            (borough, category, class_) for borough, category, class_, _ in told
        ]
        for basis, age in {"age_0": 0, **AGES}.items():
            after = months_between(later(month, 1), later(month, age)) if age else []
            if (force, month) in whole and all((force, needed) in telling for needed in after):
                found[basis, force, month] = [
                    (borough, category, class_by(stated, known, month, age))
                    for borough, category, stated, known in told
                ]
    return found


def observe(crimes: list[Row], outcomes: list[Row], coverage: list[Row]) -> dict[str, Observations]:
    """Metric -> its observations. A cell without a case has none: a share of nothing is no figure."""
    metrics = (*SHARES, "closed_same_month_share", "outcome_share")
    out: dict[str, Observations] = {metric: {} for metric in metrics}
    wholes = {
        (force, month): set(THIRTEEN) <= set(file["words"])
        for force, month, file in received(coverage, "street")
    }
    for (basis, force, month), cases in follow(crimes, outcomes, coverage).items():
        groups: dict[tuple[str, int], Counter[str]] = {}
        for borough, category, class_ in cases:
            groups.setdefault((f"category:{category}", borough), Counter())[class_] += 1
            if wholes[force, month]:
                groups.setdefault(("total", borough), Counter())[class_] += 1
        for (group, borough), count in groups.items():
            base, unknown = count.total(), count[UNKNOWN]
            key = (group, basis, force, borough, month)
            if basis == "age_0":
                out["closed_same_month_share"][key] = (count["no_suspect"], None, unknown, base)
                continue
            for metric, classes in SHARES.items():
                out[metric][key] = (sum(count[class_] for class_ in classes), None, unknown, base)
            if group == "total":
                out["outcome_share"][key] = (base, None, unknown, base)
                for class_ in ORDER:
                    out["outcome_share"][f"outcome:{class_}", *key[1:]] = (count[class_], None, unknown, base)
    return out
