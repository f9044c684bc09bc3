"""One file of payments read: its form, its payer, which column is what and how that is known. Pure.

What `borough load` takes into the database and what `borough load --explain` prints come from here.
"""

from collections.abc import Sequence
from datetime import date

import msgspec
import polars as pl

from etl.errors import NotRecognised, Refused
from etl.payments.dates import find_period
from etl.payments.formats import forms_of, load_names, load_publications, load_spellings, plain_name
from etl.payments.grid import Grid, read_grid
from etl.payments.guess import FIRST_ROWS, Guess, guess_columns
from etl.payments.layout import Layout, find_layout
from etl.payments.match import Match, choose, match_forms, name_owners
from etl.payments.payer import Payer, find_path_payer, find_payer
from geo.publishers import name_publisher

NO_PAYMENTS = "This is no file of council payments: no column with amounts beside one with the names of suppliers was found."
# a sheet of many columns more than these has something else in it
MOST_NAMED = 14


class Reading(msgspec.Struct, frozen=True):
    """A file read. `frame`: its rows by places, as the layout has them. `guess`: where its header is not known."""

    form: str
    encoding: str
    sheet: str
    layout: Layout
    frame: pl.DataFrame
    payer: Payer
    match: Match
    guess: Guess | None
    named: tuple[date, date] | None
    period_said: bool
    path: tuple[str, ...]

    @property
    def is_confirmed(self) -> bool:
        """Whether it may be loaded: its header is known, or a person named who paid."""
        return self.guess is None or self.payer.how.startswith("--council")


def read_payments(
    data: bytes,
    file_name: str,
    path: Sequence[str],
    *,
    council: int | None = None,
    period: date | None = None,
) -> Reading:
    """Read a file as far as its columns.

    `path`: the names of its folders and its own without suffix, it last (`etl.payments.payer.split_path`); `council`,
    `period`: as a person said. Raises NotRecognised for what is no file of payments, Refused where it may not be used
    whoever asks.
    """
    grid = read_grid(data, file_name)
    hint = council or find_path_payer(path)
    layout = lay_out(grid, hint)
    frame = layout.frame
    matches = match_forms(layout.header, forms_of(None))
    guess = None
    if not matches and (guess := guess_columns(layout.header, frame)) is None:
        raise NotRecognised(explain_nothing(layout, hint), line=layout.header_line)
    payer = find_payer(said=council, column=list_payers(layout, frame), preamble=layout.preamble, path=path)
    match = choose(matches, payer.publisher)
    if match is None:
        guess = guess or guess_columns(layout.header, frame)
        if guess is None:
            raise NotRecognised(explain_nothing(layout, hint), line=layout.header_line)
        match = guess.match
    named = (period, period) if period else find_period(path[-1:]) or find_period(layout.preamble)
    return Reading(
        form=grid.form,
        encoding=grid.encoding,
        sheet=grid.sheet,
        layout=layout,
        frame=frame,
        payer=payer,
        match=match,
        guess=guess if match.form is None else None,
        named=named,
        period_said=period is not None,
        path=tuple(path),
    )


def lay_out(grid: Grid, hint: int | None) -> Layout:
    """The grid under its header; where it has none, under the one that its payer's form declares, else under blank names."""
    try:
        return find_layout(grid, load_names())
    except NotRecognised:
        width = max((len(row) for row in grid.rows), default=0)
        if width < 2:
            raise
        declared = [form.header for form in forms_of(hint) if form.header and form.publisher == hint]
        header = next((names for names in declared if len(names) == width), None)
        header = header or next((names for names in declared if len(names) <= width), None)
        return find_layout(grid, load_names(), header=header or [""] * width)


def list_payers(layout: Layout, frame: pl.DataFrame) -> list[str]:
    """The different cells of the columns that name the payer."""
    names = load_spellings()["payer"]
    places = [place for place, name in enumerate(layout.header) if plain_name(name) in names]
    return [
        cell
        for place in places
        if str(place) in frame.columns
        for cell in frame[str(place)].drop_nulls().unique(maintain_order=True).to_list()
    ]


def explain_nothing(layout: Layout, hint: int | None) -> str:
    """Why a file is none of payments."""
    named = [name for name in layout.header if name.strip()]
    if hint is None or not named:
        return NO_PAYMENTS
    found = ", ".join(map(repr, named[:MOST_NAMED]))
    return f"{NO_PAYMENTS} Its columns are {found}{', …' if len(named) > MOST_NAMED else ''}."


def refuse_guess(reading: Reading, rows: Sequence[str]) -> Refused:
    """The refusal of a header that is not known: what was guessed, the first rows read so, and how to confirm it.

    `rows`: the first rows as they would be loaded, in words.
    """
    assert reading.guess is not None
    owners = name_owners(match_forms(reading.layout.header, forms_of(None)))
    other = f" {name_publisher(owners[0])} publishes files with this header." if owners else ""
    shown = "; ".join(rows[:FIRST_ROWS]) or "none"
    line = reading.layout.header_line
    where = f"The header in line {line} is" if line else "The file has no header, and its columns are"
    reasons = "; ".join(reading.guess.reasons)
    return Refused(
        f"{where} not one that {reading.payer.name} is known to use.{other} As guessed: {reasons}. The first rows"
        f" would be read as: {shown}. If that is right, confirm it by naming who paid: borough load --council"
        f" {name_slug(reading.payer.publisher)} FILE. borough load --explain FILE shows more."
    )


def name_slug(publisher: int) -> str:
    """What --council takes for a publisher."""
    return next(p.slug for p in load_publications() if p.publisher == publisher)
