"""Events counted by borough and class: what the measures read instead of the events. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from etl.vocabulary import Vocabulary

KEYS = ("resource_id", "force", "month")
# columns of the facts -> the vocabulary field of their words
SEARCH_WORDS = {
    "search_type": "search_type",
    "object": "object",
    "legislation": "legislation",
    "age": "age",
    "gender": "gender",
    "ethnicity_officer": "ethnicity_officer",
    "ethnicity_self": "ethnicity_self",
    "outcome": "search_outcome",
}
DIVISIONS = ("object", "legislation", "age", "gender", "ethnicity_officer", "ethnicity_self")
SEARCH_ANSWERS = ("linked", "clothing_removed")
CRIME_WORDS = {"category": "category"}
# what is counted in a division too, not in the totals alone
DIVIDED = ("searches", "outcome_unknown", "no_further_action", "section_60")

UNKNOWN = "unknown"
# from -1 (outside London) to 33
BOROUGHS = 35

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]


class Tally(msgspec.Struct, frozen=True):
    """How a source's facts are counted: `count` makes a frame for each of `tables`, and reads `facts`, columns of the
    source's table: words as codes, yes/no fields as booleans, of one resource and month.
    """

    tables: tuple[str, ...]
    facts: tuple[str, ...]
    count: Callable[[pl.DataFrame, Vocabulary], tuple[pl.DataFrame, ...]]


@dataclass(frozen=True, slots=True)
class Classed:
    """One class for each event: `names[index]`. Shape of `index`: events."""

    names: tuple[str, ...]
    index: Indices

    def is_of(self, name: str) -> Bools:
        """Whether each event is of a class. Raises ValueError where there is no such class."""
        return np.equal(self.index, self.names.index(name), dtype=np.bool_)


def tally_searches(rows: pl.DataFrame, vocabulary: Vocabulary) -> tuple[pl.DataFrame, ...]:
    """The searches of people among stop_search facts, by borough alone and by class; no row where there is none."""
    people = rows.filter(_classify(rows, "search_type", SEARCH_WORDS, vocabulary).is_of("person"))
    words = {column: _classify(people, column, SEARCH_WORDS, vocabulary) for column in SEARCH_WORDS}
    counted = _tell(people, words)
    divisions = _divide(words)
    labels = [(division, name) for division, classed in divisions.items() for name in classed.names]
    starts = np.cumsum([0, *(len(classed.names) for classed in divisions.values())])[:-1]
    groups = np.stack([classed.index for classed in divisions.values()], axis=1) + starts
    borough = people["borough"].to_numpy()
    tally = _count(borough, groups, len(labels), {name: counted[name] for name in DIVIDED})
    label = tally["group"].to_numpy()
    named = tally.select(
        "borough",
        pl.Series("division", [division for division, _ in labels], dtype=pl.String).gather(label),
        pl.Series("class", [name for _, name in labels], dtype=pl.String).gather(label),
        *DIVIDED,
    )
    total = _count(borough, np.zeros((people.height, 1), dtype=np.intp), 1, counted).drop("group")
    return _add_keys(total, rows), _add_keys(named, rows)


def tally_crimes(rows: pl.DataFrame, vocabulary: Vocabulary) -> tuple[pl.DataFrame, ...]:
    """The crime facts by borough and category; no row where there is none."""
    category = _classify(rows, "category", CRIME_WORDS, vocabulary)
    everything = {"crimes": np.ones(rows.height, dtype=np.bool_)}
    tally = _count(rows["borough"].to_numpy(), category.index[:, None], len(category.names), everything)
    classes = pl.Series("class", category.names, dtype=pl.String).gather(tally["group"])
    return (_add_keys(tally.select("borough", classes, "crimes"), rows),)


def _count(
    borough: npt.NDArray[np.int16], groups: Indices, size: int, counted: dict[str, Bools]
) -> pl.DataFrame:
    """Count events by borough and group: columns borough, group and those of `counted`, a row where there is an event.

    `groups`: events × divisions, each below `size`. `counted`: which events count in each column; in the first, all do.
    """
    places = groups + (borough.astype(np.intp) + 1)[:, None] * size
    counts = {
        name: np.bincount(places[is_counted].ravel(), minlength=BOROUGHS * size)
        for name, is_counted in counted.items()
    }
    there = np.flatnonzero(next(iter(counts.values())))
    place, group = np.divmod(there, size)
    return pl.DataFrame(
        {"borough": place - 1, "group": group, **{name: n[there] for name, n in counts.items()}}
    )


def _add_keys(tally: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return tally.select(*(pl.lit(rows[key][0]).alias(key) for key in KEYS), pl.all())


def _classify(rows: pl.DataFrame, column: str, fields: dict[str, str], vocabulary: Vocabulary) -> Classed:
    names, index = vocabulary.index(fields[column])
    return Classed(names, index[rows[column].to_numpy()])


def _divide(words: dict[str, Classed]) -> dict[str, Classed]:
    """The class of each search in each division."""
    officer, stated, sought = words["ethnicity_officer"], words["ethnicity_self"], words["object"]
    names = tuple(sorted({*officer.names, *stated.names}))
    as_recorded = np.array([names.index(name) for name in officer.names])[officer.index]
    as_stated = np.array([names.index(name) for name in stated.names])[stated.index]
    pairs = tuple(f"{outer}/{inner}" for outer in sought.names for inner in officer.names)
    return {
        **{division: words[division] for division in DIVISIONS},
        "ethnicity_filled": Classed(names, np.where(stated.is_of(UNKNOWN), as_recorded, as_stated)),
        "object_ethnicity": Classed(pairs, sought.index * len(officer.names) + officer.index),
    }


def _tell(people: pl.DataFrame, words: dict[str, Classed]) -> dict[str, Bools]:
    """Whether each search counts in each column of the totals."""
    outcome, legislation = words["outcome"], words["legislation"]
    linked, removed = people["linked"], people["clothing_removed"]
    is_unknown, is_without_result = outcome.is_of(UNKNOWN), outcome.is_of("no_further_action")
    return {
        "searches": np.ones(people.height, dtype=np.bool_),
        "outcome_unknown": is_unknown,
        "no_further_action": is_without_result,
        "arrests": outcome.is_of("arrest"),
        "section_60": legislation.is_of("cjpoa_section_60"),
        "linked_known": linked.is_not_null().to_numpy(),
        "linked_positive": linked.fill_null(False).to_numpy() & ~is_unknown & ~is_without_result,
        "clothing_known": removed.is_not_null().to_numpy(),
        "clothing_removed": removed.fill_null(False).to_numpy(),
    }


SEARCHES = Tally(
    ("stop_search_total", "stop_search_tally"),
    (*KEYS, "borough", *SEARCH_WORDS, *SEARCH_ANSWERS),
    tally_searches,
)
CRIMES = Tally(("crime_tally",), (*KEYS, "borough", *CRIME_WORDS), tally_crimes)
