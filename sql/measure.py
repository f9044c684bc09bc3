"""Measures: one SQL file each in `sql/measures/`, whose TOML head is the metric's definition.

The SQL takes `$1` (first month) and `$2` (last month), both dates, and returns one row for each cell inside
what was received, with the columns of `COLUMNS`: a real zero where nothing happened, no row where nothing is known.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = Path(__file__).parent / "measures"

COLUMNS = {
    "group_code": "text",
    "basis": "text",
    "force": "int2",
    "borough": "int2",
    "period_start": "date",
    "period_end": "date",
    "numerator": "int8",
    "reference_numerator": "int8",
    "unknown_numerator": "int8",
    "base": "int8",
}

TOTAL = "total"


class Basis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way of counting. Bases of one metric are never added together.

    `ahead`: how many months after an event's own the files of the measure's `follows` must reach before it counts on
    this basis (0: its own month's file); None: none is needed. `needs`: of returns, the classes of the vocabulary field
    `spending_line` that a council must have returned to have a figure on this basis.
    """

    basis: str
    label: str
    ahead: int | None = None
    needs: tuple[str, ...] = ()


class Grouping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way of dividing a metric's events: a dimension whose groups are the classes of a vocabulary field.

    `people`: each group has its own residents (`populations` gives their population's prefix for each basis).
    `within`: groups are pairs, `class/within class`. `bases`: the only bases that have this dimension.
    `small`: the disclosure rules for small numbers hold for this dimension. `met_only`: given for areas that hold
    the whole Met area, and for no part of it.
    """

    dimension: str
    label: str
    field: str
    classes: tuple[str, ...] = ()
    within: str | None = None
    reference: str | None = None
    people: bool = False
    small: bool = False
    met_only: bool = False
    bases: tuple[str, ...] = ()
    populations: dict[str, str] = {}


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The definition of a metric, as its SQL file's head states it.

    `statistic`: a rate has residents under it, a share events, a ratio compares the rates of two groups, a count has
    nothing under it, a completeness is our count over the publisher's own, an amount is
    money (numerators in pence, values in pounds), and per head is money over residents. `follows`: a second source whose files a
    month needs, as far ahead as each basis says. `adds`: numerators and denominators of boroughs add up to those of
    the areas they make. `provisional`: why no figure of this metric is final; empty where nothing is known against it.
    """

    metric: str
    title: str
    definition: str
    source: str
    kind: Literal["flow", "cohort", "survey", "annual"]
    statistic: Literal["rate", "share", "ratio", "count", "completeness", "amount", "per_head"]
    unit: str
    numerator: str
    denominator: str
    interval: str
    direction: Literal["higher", "lower", "neither"]
    method_version: int
    since: str
    caveats: tuple[str, ...]
    bases: tuple[Basis, ...]
    groups: tuple[Grouping, ...] = ()
    population: str | None = None
    field: str | None = None
    words: str | None = None
    needs: tuple[str, ...] = ()
    follows: str | None = None
    adds: bool = True
    provisional: str = ""
    small: bool = False
    sql: str = ""

    @property
    def basis_codes(self) -> tuple[str, ...]:
        """The codes of the bases, the metric's first (its default) first."""
        return tuple(basis.basis for basis in self.bases)


@lru_cache(maxsize=1)
def load_measures() -> dict[str, Measure]:
    """Every measure by its metric id, in alphabetical order. Raises ValueError naming a file whose head is wrong."""
    return {path.stem: read_measure(path) for path in sorted(FOLDER.glob("*.sql"))}


def read_measure(path: Path) -> Measure:
    """The measure in one file. Raises ValueError with the file's name and what is wrong with its head."""
    text = path.read_text(encoding="utf-8")
    head: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        head.append(line.removeprefix("-- ").removeprefix("--"))
    try:
        fields = tomllib.loads("\n".join(head))
        return msgspec.convert({**fields, "metric": path.stem, "sql": text}, Measure)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path.name}: the head of this measure cannot be read: {error}") from error


def group_codes(measure: Measure, basis: str, classes: dict[str, tuple[str, ...]]) -> list[str]:
    """The groups that the measure has on a basis, the total first where it has one.

    `classes`: the classes of each vocabulary field. A ratio has no total. Ethnic groups depend on the basis: the
    officer's record knows no Mixed group. Cases are another count at each age, and money on each basis, in total too.
    """
    codes = (
        []
        if measure.statistic == "ratio"
        else [TOTAL]
        if basis == measure.basis_codes[0]
        or not measure.groups
        or measure.kind == "cohort"
        or measure.statistic in ("amount", "per_head")
        else []
    )
    for grouping in measure.groups:
        if grouping.bases and basis not in grouping.bases:
            continue
        if not grouping.bases and not grouping.populations and basis != measure.basis_codes[0]:
            continue
        is_officers = grouping.field == "ethnicity_self" and basis.startswith("officer_defined")
        field = "ethnicity_officer" if is_officers else grouping.field
        names = [name for name in grouping.classes or classes[field] if name in classes[field]]
        if grouping.within:
            codes += [
                f"{grouping.dimension}:{name}/{inner}" for name in names for inner in classes[grouping.within]
            ]
        else:
            codes += [f"{grouping.dimension}:{name}" for name in names]
    return codes
