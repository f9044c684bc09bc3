"""Searches of people counted by group: what the measures read instead of the events. Pure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from etl.vocabulary import Vocabulary

TABLE = "stop_search_tally"
KEYS = ("resource_id", "force", "month")
COUNTS = (
    "searches",
    "outcome_unknown",
    "no_further_action",
    "arrests",
    "section_60",
    "linked_known",
    "linked_positive",
    "clothing_known",
    "clothing_removed",
)
COLUMNS = (*KEYS, "borough", "division", "class", *COUNTS)

# column of the facts -> vocabulary field
FIELDS = {
    "search_type": "search_type",
    "object": "object",
    "legislation": "legislation",
    "age": "age",
    "gender": "gender",
    "ethnicity_officer": "ethnicity_officer",
    "ethnicity_self": "ethnicity_self",
    "outcome": "search_outcome",
}
# what is read of the facts
ANSWERS = ("linked", "clothing_removed")
FACTS = (*KEYS, "borough", *FIELDS, *ANSWERS)
DIVISIONS = ("object", "legislation", "age", "gender", "ethnicity_officer", "ethnicity_self")
UNKNOWN = "unknown"
# from -1 (outside London) to 33
BOROUGHS = 35

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Classed:
    """One class for each search: `names[index]`. Shape of `index`: searches."""

    names: tuple[str, ...]
    index: npt.NDArray[np.intp]

    def is_of(self, name: str) -> Bools:
        """Whether each search is of a class. Raises ValueError where there is no such class."""
        return np.equal(self.index, self.names.index(name), dtype=np.bool_)


def tally_searches(rows: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Count the searches of people among the stop_search facts of one resource and month.

    `rows` has the columns `FACTS`: words as codes, yes/no fields as booleans. Gives the columns `COLUMNS`: a row for
    each borough, division and class in which there was a search.
    """
    people = rows.filter(_classify(rows, "search_type", vocabulary).is_of("person"))
    if not people.height:
        return pl.DataFrame(schema=COLUMNS)
    divisions = _divide({column: _classify(people, column, vocabulary) for column in FIELDS})
    labels = [(division, name) for division, classed in divisions.items() for name in classed.names]
    starts = np.cumsum([0, *(len(classed.names) for classed in divisions.values())])[:-1]
    within = np.stack([classed.index for classed in divisions.values()]) + starts[:, None]
    # a number for each borough, division and class; shape: divisions × searches
    groups = (people["borough"].to_numpy().astype(np.intp) + 1) * len(labels) + within
    counts = {
        name: np.bincount(groups[:, is_counted].ravel(), minlength=BOROUGHS * len(labels))
        for name, is_counted in _count(people, vocabulary).items()
    }
    there = np.flatnonzero(counts["searches"])
    borough, label = np.divmod(there, len(labels))
    counted = pl.DataFrame(
        {
            "borough": borough - 1,
            "division": pl.Series([division for division, _ in labels]).gather(label),
            "class": pl.Series([name for _, name in labels]).gather(label),
            **{name: count[there] for name, count in counts.items()},
        }
    )
    return counted.with_columns(pl.lit(people[key][0]).alias(key) for key in KEYS).select(COLUMNS)


def _classify(rows: pl.DataFrame, column: str, vocabulary: Vocabulary) -> Classed:
    class_of = vocabulary.classes[FIELDS[column]]
    names = tuple(sorted(set(class_of.values())))
    index = np.zeros(max(class_of) + 1, dtype=np.intp)
    index[list(class_of)] = [names.index(name) for name in class_of.values()]
    return Classed(names, index[rows[column].to_numpy()])


def _divide(words: dict[str, Classed]) -> dict[str, Classed]:
    """The class of each search in each division."""
    officer, stated, sought = words["ethnicity_officer"], words["ethnicity_self"], words["object"]
    names = tuple(sorted({*officer.names, *stated.names}))
    as_recorded = np.array([names.index(name) for name in officer.names])[officer.index]
    as_stated = np.array([names.index(name) for name in stated.names])[stated.index]
    pairs = tuple(f"{outer}/{inner}" for outer in sought.names for inner in officer.names)
    return {
        "total": Classed(("total",), np.zeros_like(sought.index)),
        **{division: words[division] for division in DIVISIONS},
        "ethnicity_filled": Classed(names, np.where(stated.is_of(UNKNOWN), as_recorded, as_stated)),
        "object_ethnicity": Classed(pairs, sought.index * len(officer.names) + officer.index),
    }


def _count(people: pl.DataFrame, vocabulary: Vocabulary) -> dict[str, Bools]:
    """Whether each search is counted in each of `COUNTS`."""
    outcome = _classify(people, "outcome", vocabulary)
    is_unknown, is_without_result = outcome.is_of(UNKNOWN), outcome.is_of("no_further_action")
    linked, removed = people["linked"], people["clothing_removed"]
    counted = (
        np.ones(people.height, dtype=np.bool_),
        is_unknown,
        is_without_result,
        outcome.is_of("arrest"),
        _classify(people, "legislation", vocabulary).is_of("cjpoa_section_60"),
        linked.is_not_null().to_numpy(),
        linked.fill_null(False).to_numpy() & ~is_unknown & ~is_without_result,
        removed.is_not_null().to_numpy(),
        removed.fill_null(False).to_numpy(),
    )
    return dict(zip(COUNTS, counted, strict=True))
