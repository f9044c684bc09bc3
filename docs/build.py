"""Writes what the docs take from the code: `docs/metrics.md`, and the settings table of `README.md`.

`python -m docs.build` writes both, `make docs` runs it, and a test fails when either is out of date.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sql import settings
from sql.measure import Basis, Grouping, Measure, load_measures

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
METRICS = ROOT / "docs" / "metrics.md"
SETTINGS_MARKS = (
    "<!-- settings: written by make docs -->",
    "<!-- end of settings -->",
)

DIRECTIONS = {
    "higher": "higher is the aim",
    "lower": "lower is the aim",
    "neither": "neither higher nor lower is the aim",
}
KINDS = {
    "flow": "events by month: any window can be added up",
    "cohort": "cases by the month of the crime",
    "survey": "the publisher's own rolling years only",
    "annual": "the publisher's own years only",
}
SMALL = "counts 1 to 4 withheld, by financial or calendar year only, see [disclosure.md](disclosure.md)"
HEAD = """\
# Metrics

Every figure that is served, as the head of its file in `sql/measures/` defines it. This page is written by
`make docs` from those heads; change them, not it. What holds for every metric: areas add up numerators and
denominators and divide last; a month that was not received is missing and never zero; each value carries its
interval, its months and its status.

"""


def write_metrics(measures: Iterable[Measure]) -> str:
    """The text of docs/metrics.md: a table of all metrics, then a section for each."""
    measures = list(measures)
    contents = write_table(
        ("metric", "what"), ((f"[`{one.metric}`](#{one.metric})", one.title) for one in measures)
    )
    return HEAD + contents + "".join(f"\n{_write_section(one)}" for one in measures)


def write_settings(rows: Sequence[tuple[str, str, str]]) -> str:
    """The settings table, from (environment name, default or "", sentence)."""
    return write_table(
        ("variable", "default", "what it sets"),
        ((f"`{name}`", f"`{default}`" if default else "unset", sentence) for name, default, sentence in rows),
    )


def put_between(text: str, marks: tuple[str, str], inner: str) -> str:
    """`text` with what stands between the two marks replaced.

    Raises ValueError where a mark is not there once.
    """
    for mark in marks:
        if text.count(mark) != 1:
            raise ValueError(
                f"README.md must hold the line {mark} once, and holds it {text.count(mark)} times."
            )
    before, rest = text.split(marks[0])
    _, after = rest.split(marks[1])
    return f"{before}{marks[0]}\n\n{inner}\n{marks[1]}{after}"


def build() -> dict[Path, str]:
    """The files that are written from the code, as they should be."""
    readme = README.read_text(encoding="utf-8")
    return {
        METRICS: write_metrics(load_measures().values()),
        README: put_between(readme, SETTINGS_MARKS, write_settings(settings.describe())),
    }


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a `|` inside a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _write_section(measure: Measure) -> str:
    facts = [
        ("Unit", measure.unit),
        ("Numerator", measure.numerator),
        ("Denominator", measure.denominator),
        ("Interval (95%)", measure.interval),
        ("Kind", f"{measure.statistic} of {KINDS[measure.kind]}"),
        ("Direction", DIRECTIONS[measure.direction]),
        ("Groups", _write_groups(measure.groups)),
        ("Bases", _write_bases(measure.bases)),
        ("Source", f"`{measure.source}`"),
        ("Method", f"version {measure.method_version}, since {measure.since}"),
    ]
    if measure.small:
        facts.append(("Small numbers", SMALL))
    caveats = "".join(f"- {caveat}\n" for caveat in measure.caveats)
    table = write_table(("", ""), facts)
    return f"## {measure.metric}\n\n**{measure.title}.** {measure.definition}\n\n{table}\n{caveats}"


def _write_groups(groups: Sequence[Grouping]) -> str:
    said = []
    for group in groups:
        notes = [group.label]
        if group.people:
            notes.append("each group over its own residents")
        if group.bases:
            notes.append(f"only on {_list(group.bases)}")
        if group.small:
            notes.append(SMALL)
        said.append(f"`{group.dimension}` ({'; '.join(notes)})")
    return "<br>".join(said) or "none"


def _write_bases(bases: Sequence[Basis]) -> str:
    return "<br>".join(f"`{basis.basis}` ({basis.label})" for basis in bases)


def _list(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main() -> None:
    """Write the files and say which of them changed."""
    for path, text in build().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"Wrote {path.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
