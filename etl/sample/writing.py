"""Writing the sample: a folder a month, three files a force, as the publisher's archive is laid out; one folder
for the files of many months; one for the councils' payments, with a folder a council; one for their returns; and one
for a few postcodes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from etl.errors import EtlError
from etl.months import add_months
from etl.sample import cases
from etl.sample.crimes import make_cohort, make_outcomes, make_street
from etl.sample.draws import Draws
from etl.sample.force import make_force
from etl.sample.payments import write_payments
from etl.sample.places import Places, load_places
from etl.sample.postcodes import make_postcodes
from etl.sample.profile import BOROUGHS, CITY, MET, Force
from etl.sample.returns import write_returns
from etl.sample.stops import make_stops
from etl.sample.tables import make_borough_crime, make_survey, make_thorough_searches
from etl.sample_marks import SAMPLE_ID_PREFIX, SAMPLE_README, SAMPLE_WORDS

__all__ = ["write_sample"]

_FORCES = (MET, CITY)
_STOPS, _CRIMES, _STREET = 2, 3, 4
_PARTIAL_MONTH, _PARTIAL_LAST_DAY = 3, 17
_EARLIEST = date(2014, 12, 1)
TABLES_FOLDER = "met-and-mopac"
PAYMENTS_FOLDER = "council-payments"
RETURNS_FOLDER = "council-returns"
POSTCODES_FOLDER = "postcodes"


def write_sample(
    folder: Path,
    *,
    seed: int = 2026,
    months: int = 24,
    first_month: date = date(2022, 9, 1),
    scale: float = 1.0,
    on_progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write an invented data.police.uk archive into `folder`, the tables of the Met and of MOPAC, the payments and the returns of
    the councils for the same months; return its files, the archive's first, oldest first.

    `scale` 1.0 is a tenth of real volume, 10.0 is real volume (the City never has less than a tenth). The
    same arguments give the same bytes on every machine, and a month's files do not depend on how many
    months follow. One month is in memory at a time. `on_progress` gets a sentence after each month.

    Raises `EtlError` with a sentence for arguments that make no sense and where the folder holds
    something that this run would not overwrite: nothing is ever deleted, and sample files never land
    among real ones.
    """
    _check_arguments(seed, months, first_month, scale)
    asked = [add_months(first_month, at) for at in range(months)]
    _check_folder(folder, asked)
    folder.mkdir(parents=True, exist_ok=True)
    _write_text(folder / SAMPLE_README, _readme(seed, asked, scale))
    places = load_places(seed)
    written: list[Path] = []
    happening: dict[tuple[str, date], list[pl.DataFrame]] = defaultdict(list)
    crimes: Counter[tuple[str, str, date]] = Counter()
    # The year before is invented too, so that the first outcome files tell of older crimes as real ones do.
    for at in range(-cases.OLDEST, months):
        month = add_months(first_month, at)
        for force in _FORCES:
            for kind, frame in _make_month(force, month, at, seed, scale, places, happening):
                path = folder / f"{month:%Y-%m}" / f"{month:%Y-%m}-{force.slug}-{kind}.csv"
                path.parent.mkdir(exist_ok=True)
                frame.write_csv(path, line_terminator=_line_end(force, month))
                written.append(path)
                if force is MET and kind == "street":
                    crimes.update(_count_crimes(frame, month))
        if at >= 0 and on_progress is not None:
            on_progress(f"{month:%Y-%m} written ({at + 1} of {months} months).")
    written += _write_tables(folder / TABLES_FOLDER, asked, crimes, seed)
    written += write_payments(folder / PAYMENTS_FOLDER, asked, seed)
    written += write_returns(folder / RETURNS_FOLDER, asked, seed)
    written.append(_write_postcodes(folder / POSTCODES_FOLDER, places, seed))
    return written


def _write_tables(
    folder: Path, months: list[date], crimes: Counter[tuple[str, str, date]], seed: int
) -> Iterator[Path]:
    """Write the files of many months; those of an earlier run with other months go."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    span = f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}"
    tables = {
        f"thorough-searches {span}.csv": make_thorough_searches(months, seed),
        f"use-of-force {span}.csv": make_force(months, seed),
        f"MPS Borough Level Crime {span}.csv": make_borough_crime(crimes, seed),
        f"PAS_borough {span}.csv": make_survey(months, seed),
    }
    for name, frame in tables.items():
        if frame.height:
            path = folder / name
            path.write_bytes(frame.write_csv().encode("cp1252"))
            yield path


def _write_postcodes(folder: Path, places: Places, seed: int) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "postcodes.csv"
    make_postcodes(places, seed).write_csv(path)
    return path


def _count_crimes(frame: pl.DataFrame, month: date) -> dict[tuple[str, str, date], int]:
    """Crimes by borough of the LSOA's name, category and month."""
    names = [borough.name for borough in BOROUGHS]
    counted = (
        frame.select(
            pl.col("LSOA name").str.replace(r" \w+$", "").alias("borough"),
            pl.col("Crime type").alias("category"),
        )
        .filter(pl.col("borough").is_in(names))
        .group_by("borough", "category")
        .len()
    )
    return {(borough, category, month): count for borough, category, count in counted.iter_rows()}


def _make_month(
    force: Force,
    month: date,
    at: int,
    seed: int,
    scale: float,
    places: Places,
    happening: dict[tuple[str, date], list[pl.DataFrame]],
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The files of one force and month, by kind; none for a month before the first (`at` below 0).

    Outcomes that come later wait in `happening`, by force and by month.
    """
    number = (_FORCES.index(force), month.year * 12 + month.month)
    draws = Draws(seed, _CRIMES, *number)
    cohort = make_cohort(force, month, draws.near(_scaled(force, force.crimes, scale), 5), places, draws)
    for lag in range(cases.OLDEST + 1):
        if at + lag >= 0:
            happening[force.slug, add_months(month, lag)].append(cohort.outcomes.filter(pl.col("lag") == lag))
    if at < 0:
        return
    draws = Draws(seed, _STOPS, *number)
    count = draws.near(_scaled(force, force.stops, scale), 12)
    last_day = _PARTIAL_LAST_DAY if at == _PARTIAL_MONTH and force is MET else None
    yield "stop-and-search", make_stops(force, month, count, last_day, places, draws)
    yield "street", make_street(cohort, places, Draws(seed, _STREET, *number))
    yield "outcomes", make_outcomes(force, month, pl.concat(happening.pop((force.slug, month))), places)


def _scaled(force: Force, real: int, scale: float) -> int:
    """Rows a month at a scale: 1.0 is a tenth.

    The City never has fewer than a tenth: with a handful of rows a whole month would look partial by chance.
    """
    return max(1, round(real * (max(scale, 1.0) if force is CITY else scale) / 10))


def _line_end(force: Force, month: date) -> str:
    """City files have had CRLF since 2024-01, all others LF."""
    return "\r\n" if force is CITY and month >= date(2024, 1, 1) else "\n"


def _check_arguments(seed: int, months: int, first_month: date, scale: float) -> None:
    """Raise `EtlError` with a sentence for an argument that makes no sense."""
    if seed < 0:
        raise EtlError(f"The seed is {seed}. Give a whole number of 0 or more.")
    if months < 1:
        raise EtlError(f"A sample of {months} months has no files. Ask for 1 month or more.")
    if first_month.day != 1 or first_month < _EARLIEST:
        raise EtlError(
            f"The sample cannot start on {first_month}. Give the first day of a month, {_EARLIEST} or later: "
            "earlier files have no stops and other crime categories."
        )
    if not 0 < scale <= 1_000:
        raise EtlError(
            f"The scale is {scale}. Give a number above 0: 1 is a tenth of real volume, 10 is all of it."
        )


def _check_folder(folder: Path, months: list[date]) -> None:
    """Raise `EtlError` unless the folder is new, empty, or a sample that this run overwrites whole."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise EtlError(f"{folder} is a file. Name a folder for the sample.")
    held = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if held and SAMPLE_README not in held:
        raise EtlError(
            f"{folder} is not empty and holds no sample. Name a new or an empty folder, "
            "so that invented files never lie among real ones."
        )
    ours = {SAMPLE_README, TABLES_FOLDER, PAYMENTS_FOLDER, RETURNS_FOLDER, POSTCODES_FOLDER}
    others = sorted(set(held) - ours - {f"{month:%Y-%m}" for month in months})
    if others:
        raise EtlError(
            f"{folder} holds {others[0]}, which this run would leave as it is. "
            "Empty the folder or name another."
        )


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _readme(seed: int, months: list[date], scale: float) -> str:
    """What the folder holds, in plain words."""
    period = f"{len(months)} months from {months[0]:%Y-%m} to {months[-1]:%Y-%m}"
    return f"""SAMPLE DATA, NOT REAL

Every row in this folder is invented. No search, no crime, no outcome, no payment and no return in these files ever happened, and no
figure made from them says anything about any place, police force or group of people. Do not quote, publish or
table them.

The files have the form of the data.police.uk archive (one folder a month; stop and search, street crime and
outcomes; Metropolitan Police Service and City of London Police), and in {TABLES_FOLDER} that of the Met's and MOPAC's
own tables (thorough searches, use of force, borough-level crime, attitude survey), oddities included, so that the
project can be tried and tested without real data. {PAYMENTS_FOLDER} has payments of the 33 councils, each in the form in
which that council publishes them; the suppliers do not exist. {RETURNS_FOLDER} has returns of the councils (RA, RO5, section
251) by financial year. {POSTCODES_FOLDER} has the postcodes of town halls, at points that are made up. They were written by
"borough sample":
{period}, seed {seed}, scale {scale:g} (1 is about a tenth of real volume).

How to tell a sample row from a real one:
- stop and search: the column "Policing operation" says "{SAMPLE_WORDS}";
- street crime: the column "Context" says "{SAMPLE_WORDS}";
- street crime and outcomes: every Crime ID begins with {SAMPLE_ID_PREFIX} ("SAMPLE" in hexadecimal);
- thorough searches: the column "area" says "{SAMPLE_WORDS}"; use of force: "MainDuty";
- borough-level crime and the survey: one row says "{SAMPLE_WORDS}";
- returns: one row says "{SAMPLE_WORDS}";
- postcodes: the column "note" says "{SAMPLE_WORDS}";
- payments: the supplier's name ends with it, or, where the name is left out or a person's, the purpose.

Names of places, forces, councils, crime categories and outcomes are real words. LSOA codes and postcodes are real ones of the
borough. Numbers, points, street names, numbers in LSOA names and which code stands where are made up.
"""
