"""A figure in the middle of a sentence, and the words beside it: month, period, place among others. Pure."""

from functools import lru_cache
from pathlib import Path

import msgspec

from api.figures.councils import name_year
from api.figures.windows import MARCH, parse_month
from api.model import ValueRow
from api.show import show_value
from sql.measure import TOTAL, Measure

WORDS = Path(__file__).with_name("questions.toml")
YEAR = 12
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
CASES = {
    "age_0": "in the month of the crime",
    "age_1": "by the end of the month after the crime",
    "as_published": "as last published",
}


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reviewed question: of which kinds of finding, in which ways, of which metrics (none: all) it is raised."""

    template: str
    kinds: tuple[str, ...]
    question: str
    whom: str
    ways: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question that holds for every area, since what it asks for is in no figure."""

    template: str
    question: str
    rests_on: str
    href: str
    whom: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reviewed words of `questions.toml`. `statements` by metric, `subjects` by source."""

    statements: dict[str, str]
    subjects: dict[str, str]
    template: tuple[Template, ...]
    standing: tuple[Standing, ...]


@lru_cache(maxsize=1)
def load_words() -> Words:
    """The reviewed words. Raises msgspec.ValidationError where the file is not in their form."""
    return msgspec.toml.decode(WORDS.read_bytes(), type=Words)


def name_month(text: str) -> str:
    """A month for people: "August 2024"."""
    number = parse_month(text)
    return f"{MONTHS[number % YEAR]} {number // YEAR}"


def name_period(first: str, last: str, kind: str | None = None) -> str:
    """Months for people: "the year to August 2024", "the financial year 2023-24", "March to May 2024", "March 2024".

    `kind`: the kind of window, which tells a financial year from any twelve months.
    """
    start, end = parse_month(first), parse_month(last)
    if start == end:
        return name_month(last)
    if end - start == YEAR - 1:
        if kind == "financial_year" and end % YEAR == MARCH:
            return f"the financial year {name_year(end)}"
        return f"the year to {name_month(last)}"
    since = MONTHS[start % YEAR] if start // YEAR == end // YEAR else name_month(first)
    return f"{since} to {name_month(last)}"


def state_figure(measure: Measure, row: ValueRow, label: str | None, council: str) -> str:
    """The figure of a row as a clause: "12.5 searches were recorded for each 1,000 residents". Not for ratios.

    `label` names its group, None for the total, `council` who budgeted or spent. A metric without reviewed words goes by its
    title.
    """
    figure = show_value(measure, row.value)
    said = load_words().statements.get(measure.metric)
    if said is None or (label is not None and "{of}" not in said):
        of = f" ({label.lower()})" if label else ""
        return f'the figure of "{measure.title}"{of} was {figure}'
    return said.format(
        figure=figure,
        of=f" ({label.lower()})" if label and row.group != TOTAL else "",
        age=name_age(row.basis),
        council=council,
        did="budgeted" if row.basis.startswith("budget") else "spent",
    )


def name_age(basis: str) -> str:
    """How old cases were when their outcome counted, in words."""
    if basis in CASES:
        return CASES[basis]
    return f"{basis.removeprefix('age_')} months after the month of the crime"


def name_subject(source: str) -> str:
    """What the figures of a source are of."""
    return load_words().subjects.get(source, source.replace("_", " "))
