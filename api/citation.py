"""How to cite one figure: a line of text, and an entry for BibTeX. Pure."""

import re
from datetime import date

import msgspec

from api.model import ValueRow
from api.period_words import name_period
from api.show import show_figure, show_limits, show_value
from api.snapshot import Release
from sql.measure import Measure

PUBLISHER = "Borough accountability"
# What TeX would read as its own.
SPECIAL = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "£": r"\pounds{}",
}


class Citation(msgspec.Struct, frozen=True):
    """A figure's citation as a line of text and as BibTeX."""

    text: str
    bibtex: str


def write_citation(
    measure: Measure,
    row: ValueRow,
    label: str | None,
    release: Release,
    slug: str,
    address: str,
    *,
    is_sample: bool,
) -> Citation:
    """The citation of a figure in its release. `label` names the group, `address` is whole where the server knows its name."""
    what = f"{measure.title}{f', {label}' if label else ''}, {row.area_name}, {name_period(row.from_month, row.to_month)}"
    figure = (
        show_value(measure, row.value) if row.value is not None else f"{show_figure(measure, row)} no figure"
    )
    limits = show_limits(measure, row.lower, row.upper)
    interval = f" (95% interval {limits})" if limits else ""
    sample = "Sample data, not real. " if is_sample else ""
    day = f"{release.published_at:%-d %B %Y}"
    text = f"{sample}{PUBLISHER}. {what}: {figure}{interval}. Release {release.release}, published {day}. {address}"
    note = f"{sample}{figure}{interval}. Release {release.release}, published {day}"
    key = re.sub(r"[^a-z0-9]+", "-", f"{row.metric} {slug} {row.to_month} {release.release}".lower())
    fields = {
        "author": f"{{{{{escape_tex(PUBLISHER)}}}}}",
        "title": f"{{{escape_tex(what)}}}",
        "year": f"{{{_year(release.published_at.date())}}}",
        "howpublished": f"{{\\url{{{address}}}}}",
        "note": f"{{{escape_tex(note)}}}",
    }
    written = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return Citation(text, f"@misc{{{key},\n{written}\n}}")


def escape_tex(text: str) -> str:
    """Text whose signs TeX prints as they are."""
    return "".join(SPECIAL.get(sign, sign) for sign in text)


def _year(day: date) -> int:
    return day.year
