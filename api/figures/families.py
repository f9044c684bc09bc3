"""Which figures count the same people, and so share one pattern of what is withheld.

A family divides the same events in one or more ways (`divisions`): by age, by ethnicity, by outcome. Every division
adds up to the same total, area by area. A figure, where it is shown, shows the counts of the groups that it is made
of (`Family.shows`): a share shows those who are counted and those who are not, a ratio its group and the group it is
compared with. So a figure is withheld where any of its groups is.

Series are those of a metric's first way of counting: no other is small.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Quantity = Literal["numerator", "reference", "base_less_numerator"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The series, and the quantity of it, in which the counts of a group stand."""

    metric: str
    group: str
    quantity: Quantity = "numerator"


@dataclass(frozen=True, slots=True)
class Group:
    """People of one kind.

    `origin` None: what is left of the total of its division. `is_sensitive`: its counts of 1 to 4 are protected, and it
    may be withheld to protect others. `is_served`: a figure shows it; else it can only be worked out of others. `cost`:
    how much dearer than its count it is to withhold, since many figures show it.
    """

    name: str
    origin: Origin | None = None
    is_sensitive: bool = True
    is_served: bool = True
    cost: float = 1.0

    @property
    def is_fixed(self) -> bool:
        """Whether it is never withheld, so that it cannot protect others."""
        return self.is_served and not self.is_sensitive


@dataclass(frozen=True, slots=True)
class Family:
    """Figures of one source that count the same people.

    `total`: all of them; without an origin, the sum of the first division. `divisions`: ways to divide them, each
    adding up to the total in every place. `sums`: groups that are the sum of groups of one division. `remainders`:
    what is left of the people of an origin after a group. `shows`: the groups that each figure (metric, group) shows.
    `unknown`: the group of those of whom what a metric asks is not known, as its known share and its band show it.
    `pair`: two groups of a division that can protect each other in calendar years. `within`: the figure whose people
    these are a part of; where it is withheld, so is everything here. `is_met_only`: nothing is given but for the Met
    area as a whole, in one of its forms.
    """

    name: str
    total: Group
    divisions: tuple[tuple[Group, ...], ...]
    shows: Mapping[tuple[str, str], tuple[str, ...]]
    sums: Mapping[str, tuple[str, ...]]
    remainders: Mapping[str, tuple[Origin, str]]
    unknown: Mapping[str, str]
    pair: tuple[str, str] | None = None
    within: tuple[str, str] | None = None
    is_met_only: bool = False

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups: the total, those of the divisions, sums and remainders."""
        return (
            self.total,
            *(group for division in self.divisions for group in division),
            *(Group(name, is_served=False) for name in (*self.sums, *self.remainders)),
        )

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where the counts stand."""
        own = (group.origin for group in self.groups)
        other = (origin for origin, _ in self.remainders.values())
        return tuple(dict.fromkeys(origin for origin in (*own, *other) if origin is not None))


def find_family(metric: str, group: str) -> Family | None:
    """The family of a figure on its metric's first basis; None for one that no family knows.

    What no family knows is withheld everywhere, so that a new figure about few people has to be thought about.
    """
    return next((family for family in FAMILIES if (metric, group) in family.shows), None)


RATE, UNDER_18 = "stop_search_rate", "stop_search_under_18_share"
AGES = ("10_17", "18_24", "25_34", "over_34")

SEARCHES_BY_AGE = Family(
    name="searches by age",
    # The totals of all months are public, and so protect nobody.
    total=Group("total", is_sensitive=False),
    divisions=(
        (
            *(Group(f"age:{name}", Origin(RATE, f"age:{name}")) for name in AGES),
            Group("age:unknown", Origin(RATE, "age:unknown")),
        ),
    ),
    sums={"adults": tuple(f"age:{name}" for name in AGES[1:])},
    remainders={},
    shows={
        **{(RATE, f"age:{name}"): (f"age:{name}",) for name in (*AGES, "unknown")},
        (UNDER_18, "total"): ("age:10_17", "adults"),
    },
    unknown={RATE: "age:unknown", UNDER_18: "age:unknown"},
)

STRIP, CHILDREN = "strip_search_rate", "strip_search_under_18_count"
STRIP_RATIO, STRIP_OUTCOME = "strip_search_rate_ratio", "strip_search_positive_outcome_share"
COMPARED = ("black", "asian", "other")
ETHNICITIES = ("white", *COMPARED)

STRIP_SEARCHES = Family(
    name="strip searches",
    total=Group("total", Origin(STRIP, "total")),
    divisions=(
        (
            Group("under 18", Origin(CHILDREN, "total")),
            # The total less the children, and so as good as shown; those of unknown age are among them.
            Group("not under 18", is_served=False),
        ),
        (
            # White people are those that the others are compared with, and so stand in every ratio.
            Group("ethnicity:white", Origin(STRIP_RATIO, "ethnicity:black", "reference"), cost=4.0),
            *(Group(f"ethnicity:{name}", Origin(STRIP_RATIO, f"ethnicity:{name}")) for name in COMPARED),
            Group("ethnicity:unknown"),
        ),
        (
            Group("positive", Origin(STRIP_OUTCOME, "total")),
            Group("not positive", Origin(STRIP_OUTCOME, "total", "base_less_numerator")),
            Group("no answer"),
        ),
    ),
    sums={},
    remainders={},
    shows={
        (STRIP, "total"): ("total",),
        (CHILDREN, "total"): ("under 18", "not under 18"),
        **{(STRIP_RATIO, f"ethnicity:{name}"): (f"ethnicity:{name}", "ethnicity:white") for name in COMPARED},
        (STRIP_OUTCOME, "total"): ("positive", "not positive"),
    },
    unknown={STRIP_RATIO: "ethnicity:unknown", STRIP_OUTCOME: "no answer"},
    pair=("ethnicity:other", "ethnicity:unknown"),
)

STRIP_SEARCHED_CHILDREN = Family(
    name="strip-searched children by ethnicity",
    total=Group("under 18", Origin(CHILDREN, "total"), is_sensitive=False),
    divisions=(
        tuple(
            Group(f"ethnicity:{name}", Origin(CHILDREN, f"ethnicity:{name}"))
            for name in (*ETHNICITIES, "unknown")
        ),
    ),
    sums={},
    remainders={
        "white adults": (Origin(STRIP_RATIO, "ethnicity:black", "reference"), "ethnicity:white"),
        **{
            f"{name} adults": (Origin(STRIP_RATIO, f"ethnicity:{name}"), f"ethnicity:{name}")
            for name in COMPARED
        },
    },
    shows={(CHILDREN, f"ethnicity:{name}"): (f"ethnicity:{name}",) for name in (*ETHNICITIES, "unknown")},
    unknown={},
    pair=("ethnicity:other", "ethnicity:unknown"),
    within=(CHILDREN, "total"),
    is_met_only=True,
)

FAMILIES = (SEARCHES_BY_AGE, STRIP_SEARCHES, STRIP_SEARCHED_CHILDREN)
