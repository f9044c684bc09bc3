"""Files of use of force: workbook and CSV, their days and answers, what is refused, and totals that add up."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import Refused
from etl.reference import load_classes, load_words
from etl.sources.cells import is_no_answer, read_day, read_yes
from etl.sources.source import TidyTable
from etl.sources.use_of_force import USE_OF_FORCE, is_header
from etl.vocabulary import Codes
from tests.etl.conftest import Base
from tests.etl.force_files import HEADER, Row, make_use, write_csv, write_workbook

HACKNEY = 12


def make_codes() -> Codes:
    """Every known word with a number."""
    codes: Codes = {field: {} for field, *_ in load_classes()}
    for word in load_words():
        codes[word.field][word.word] = len(codes[word.field])
    return codes


CODES = make_codes()


def tidy(path: Path) -> TidyTable:
    return USE_OF_FORCE.tidy(USE_OF_FORCE.read(path.read_bytes()).frame, CODES)


def tidy_one(folder: Path, **changes: str) -> dict[str, Any]:
    """The tidied row of one use of force."""
    return tidy(write_csv(folder / "one.csv", [make_use(**changes)])).rows.row(0, named=True)


def reasons(folder: Path, **changes: str) -> list[str]:
    """Why a row is rejected."""
    return tidy(write_csv(folder / "one.csv", [make_use(**changes)])).rejects["reason"].to_list()


def month_of_uses(count: int = 200, **changes: str) -> list[Row]:
    """That many in December, some on each day."""
    return [
        make_use(
            **{
                "IncidentDate": f"{date(2023, 12, 1) + timedelta(days=n % 31)}",
                "IncidentTime": f"{n}",
                **changes,
            }
        )
        for n in range(count)
    ]


def test_the_header_of_271_columns_is_known_and_others_are_not() -> None:
    assert len(HEADER) == len(set(HEADER)) == 271
    assert is_header(HEADER)
    assert is_header([name.replace("Effective 20", "Tactic Effective 20") for name in HEADER])
    assert is_header([name for name in HEADER if not name.startswith(("CED2", "CED3", "CED4"))])
    assert not is_header(["Date", "Borough", "Tactic 1"])
    assert not is_header(["MajorText", "MinorText", "BoroughName", "202306"])


def test_workbook_and_csv_say_the_same(tmp_path: Path) -> None:
    rows = [
        make_use(),
        make_use(SubjectAge="11-17", IncidentDate="2023-12-31", Borough="City of Westminster"),
        make_use(CED_Used="Yes", CED_Fired="No", CED_Drive_Stun="Yes", SubjectEthnicity="Don't know"),
        make_use(Borough="", SubjectInjured="", Tactic_1="", Tactic_2=""),
    ]
    by_csv, by_workbook = (
        tidy(write_csv(tmp_path / "a.csv", rows)),
        tidy(write_workbook(tmp_path / "a.xlsx", rows)),
    )
    assert by_csv.rows.equals(by_workbook.rows)
    assert by_csv.unseen == by_workbook.unseen == {}
    assert by_csv.rows["line"].to_list() == [2, 3, 4, 5]
    assert by_csv.rows["borough"].to_list() == [12, 33, 12, 0]
    # the spreadsheet has made November 2017 of the age 11-17
    assert by_workbook.rows["age"].to_list()[1] == CODES["force_age"]["11-17"]


DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
FORMS = st.sampled_from(
    (
        lambda day: f"{day:%Y-%m-%d}",
        lambda day: f"{day:%Y-%m-%d} 14:05:00",
        lambda day: f"{day:%Y-%m-%d}T14:05:00.000",
        lambda day: f"{day:%d/%m/%Y}",
        lambda day: f"{day.day}/{day.month}/{day.year} 14:05",
        # the spreadsheet's own count of days, of which 1 is the first of January 1900, and 60 a day that never was
        lambda day: str(day.toordinal() - date(1900, 1, 1).toordinal() + 2),
        lambda day: f"{day.toordinal() - date(1900, 1, 1).toordinal() + 2}.5",
        lambda day: f" {day:%d/%m/%Y} ",
    )
)


@given(DAYS, FORMS)
def test_a_day_is_read_in_every_form(day: date, form: Any) -> None:
    assert pl.DataFrame({"d": [form(day)]}).select(read_day("d")).item() == day


@given(
    st.text(st.characters(exclude_categories=("Nd", "Cs")), max_size=12)
    | st.sampled_from(
        ("31/02/2024", "2024-02-30", "13/13/2024", "02/29/2023", "2024-1-1", "1/2/24", "123456", "2024")
    )
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert pl.DataFrame({"d": [text]}).select(read_day("d")).item() is None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *(("Yes", True), ("yes ", True), ("Y", True), ("TRUE", True), ("1", True)),
        *(("No", False), ("NO", False), ("n", False), ("False", False), ("0", False)),
        *(("", None), ("Not known", None), ("Don't know", None), (None, None)),
    ],
)
def test_yes_no_and_no_answer(word: str | None, expected: bool | None) -> None:
    frame = pl.DataFrame({"a": [word]}, schema={"a": pl.String})
    assert frame.select(read_yes("a")).item() is expected
    assert not frame.select(is_no_answer("a").fill_null(False)).item()


def test_an_answer_that_is_none_is_told() -> None:
    assert pl.DataFrame({"a": ["Perhaps"]}).select(is_no_answer("a")).item()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"IncidentDate": ""}, "the date is blank"),
        ({"IncidentDate": "31/02/2023"}, "the date is not a day"),
        ({"SubjectInjured": "Perhaps"}, "the field 'subject_injured' is neither yes nor no"),
        ({"CED2_Fired": "twice"}, "the field 'CED2 Fired' is neither yes nor no"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    assert reasons(tmp_path, **changes) == [reason]


@pytest.mark.parametrize(
    ("name", "borough"),
    [
        *(("Hackney", 12), ("City of Westminster", 33), ("Westminster", 33), ("City of London", 1)),
        *(("Heathrow", 0), ("", 0), ("Out of force", -1)),
    ],
)
def test_boroughs(tmp_path: Path, name: str, borough: int) -> None:
    assert tidy_one(tmp_path, Borough=name)["borough"] == borough


def test_what_is_kept_of_a_row(tmp_path: Path) -> None:
    row = tidy_one(
        tmp_path, Tactic_3="Ground Restraint", Firearms_Aimed="Yes", CED_Used="Yes", CED3_Fired="Yes"
    )
    assert row["tactics"] == "Tactical Communications|Compliant Handcuffing|Ground Restraint"
    assert row["locations"] == "Street/Highway"
    assert row["main_duty"] == "Patrol – uniform"
    assert (row["ced_used"], row["ced_discharged"], row["firearm_aimed"], row["arrested"]) == (
        True,
        True,
        True,
        True,
    )
    assert (row["subject_injured"], row["fatality"], row["firearm_fired"]) == (False, False, False)
    assert (row["month"], row["occurred_on"]) == (date(2023, 12, 1), date(2023, 12, 1))


def test_a_field_without_any_answer_in_a_month_is_missing_not_no(tmp_path: Path) -> None:
    december = [make_use(SubjectEthnicity="", SubjectInjured="") for _ in range(3)]
    january = [make_use(IncidentDate="2024-01-02", CED_Used="Yes", CED_Fired="No")]
    tidied = tidy(write_csv(tmp_path / "a.csv", [*december, *january]))
    assert {month: set(fields) for month, fields in tidied.unusable_fields.items()} == {
        date(2023, 12, 1): {"ethnicity_perceived", "subject_injured", "ced_used", "ced_discharged"}
    }


def test_a_summary_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"
    path.write_text("Date,Borough,CED Used,SubjectEthnicity_White,UseOfForceCount\n2023-04-01,Barnet,0,1,1\n")
    assert is_header(path.read_text().splitlines()[0].split(","))
    with pytest.raises(Refused, match=r"This is a summary .* not the row-level file"):
        USE_OF_FORCE.read(path.read_bytes())


def test_a_column_that_figures_need_may_not_be_missing(tmp_path: Path) -> None:
    header = [name for name in HEADER if name != "SubjectInjured"]
    path = write_csv(tmp_path / "a.csv", [make_use()], header)
    with pytest.raises(Refused, match="The column 'SubjectInjured' is missing"):
        USE_OF_FORCE.read(path.read_bytes())


def test_years_with_one_device_and_other_names_are_read(tmp_path: Path) -> None:
    header = [name for name in HEADER if not name.startswith(("CED2", "CED3", "CED4"))]
    path = write_csv(tmp_path / "a.csv", [make_use(CED_Used="Yes", CED_Fired="Yes")], header)
    path.write_bytes(path.read_bytes().replace(b"SubjectEthnicity", b"Subject Ethnicity", 1))
    row = tidy(path).rows.row(0, named=True)
    assert (row["ced_discharged"], row["ethnicity"]) == (True, CODES["ethnicity_perceived"]["White"])


async def test_a_file_loads_and_a_copy_in_another_form_changes_nothing(base: Base) -> None:
    rows = [
        *month_of_uses(),
        *month_of_uses(3, Borough="", SubjectEthnicity="Chinese"),
        make_use(IncidentDate="never"),
    ]
    report = (await base.load(write_csv(base.folder / "force.csv", rows))).files[0]
    assert (report.status, report.rows_read, report.rows_loaded, report.rows_rejected) == (
        "loaded",
        204,
        203,
        1,
    )
    assert report.rows_placed == 200
    total = await base.values("use_of_force_rate", "2023-12")
    assert total[HACKNEY, 1] == 200
    assert total[0, 1] == 3
    assert sum(total.values()) == 203
    assert (await base.values("use_of_force_rate", "2023-12", "ethnicity:other"))[0, 1] == 3
    again = (await base.load(write_workbook(base.folder / "force.xlsx", rows))).files[0]
    assert (again.status, again.rows_read) == ("unchanged", 0)


async def test_a_strange_word_is_kept_as_unknown_and_told(base: Base) -> None:
    rows = month_of_uses(200, Tactic_2="Lasso")
    report = (await base.load(write_csv(base.folder / "force.csv", rows))).files[0]
    assert "'Lasso' (force_tactic)" in report.message
    # whether handcuffs were all that was used is not known then
    assert await base.conn.fetchrow(
        "select sum(numerator)::int as n, sum(unknown_numerator)::int as unknown, sum(base)::int as base"
        "  from observation join series using (series_id) where metric = 'use_of_force_handcuffs_only_share'"
    ) == (0, 200, 0)


async def test_a_borough_that_is_not_known_is_told(base: Base) -> None:
    rows = [
        *month_of_uses(200),
        make_use(Borough="Gotham"),
        make_use(Borough=""),
        make_use(Borough="Out of force"),
    ]
    report = (await base.load(write_csv(base.folder / "force.csv", rows))).files[0]
    assert report.message == "Boroughs not known, counted in none: 'Gotham'."
    assert (await base.values("use_of_force_rate", "2023-12"))[0, 1] == 2


async def test_a_row_of_the_year_before_does_not_take_the_place_of_its_month(base: Base) -> None:
    await base.load(write_csv(base.folder / "2023.csv", month_of_uses(200)))
    late = [
        *(
            row | {"IncidentDate": row["IncidentDate"].replace("2023-12", "2024-01")}
            for row in month_of_uses(200)
        ),
        *month_of_uses(5),
    ]
    report = (await base.load(write_csv(base.folder / "2024.csv", late))).files[0]
    assert (report.rows_loaded, report.rows_rejected, report.message) == (200, 5, "")
    assert sum((await base.values("use_of_force_rate", "2023-12")).values()) == 200


async def test_copies_on_top_of_each_other_are_refused(base: Base) -> None:
    report = (await base.load(write_csv(base.folder / "force.csv", month_of_uses(150) * 2))).files[0]
    assert report.status == "refused"
    assert "Only 150 of 300 rows are different" in report.message


# ------------------------------------------------------------------ the summary of 2023-24

ETHNICITY = "SubjectEthnicity_"
MONTHS = ("2023-04", "2023-12", "2024-02")


def unfold(summary: pl.DataFrame) -> Iterator[Row]:
    """Rows such that the summary counts them as it does: as many in each line, by ethnicity, and with a device used.

    The summary's days are all the first of the month: each line becomes a day of its own.
    """
    groups = [name for name in summary.columns if name.startswith(ETHNICITY)]
    days: dict[tuple[str, str], int] = {}
    for line in summary.iter_rows(named=True):
        key = line["Date"], line["Borough"]
        days[key] = days.get(key, 0) + 1
        words = [name.removeprefix(ETHNICITY) for name in groups for _ in range(line[name])]
        for place, word in enumerate(words):
            used = "Yes" if place < line["CED Used"] else "No" if place % 2 else ""
            yield {
                "IncidentDate": f"{line['Date'][:8]}{days[key]:02}",
                "IncidentTime": f"{place}",
                "Borough": line["Borough"],
                "SubjectEthnicity": word,
                "CED Used": used,
            }


def write_like(path: Path, rows: list[Row]) -> Path:
    """The rows in the published shape, the other columns as the form would have them. Faster than a row at a time."""
    changed = pl.DataFrame(rows)
    usual = make_use()
    same = [
        pl.lit(usual[name] or None, pl.String).alias(name) for name in HEADER if name not in changed.columns
    ]
    text = changed.with_columns(same).select(HEADER).write_csv()
    path.write_bytes(text.encode("cp1252"))
    return path


async def test_totals_are_those_of_the_summary_made_of_the_same_rows(base: Base, shared_data: Path) -> None:
    path = shared_data / "mps" / "use-of-force-2023-24-derived-by-borough-day.csv"
    summary = pl.read_csv(path).filter(pl.col("Date").str.slice(0, 7).is_in(MONTHS))
    report = (await base.load(write_like(base.folder / "force.csv", list(unfold(summary))))).files[0]
    assert report.status == "loaded"
    assert report.rows_loaded == summary["UseOfForceCount"].sum()
    # borough numbers are alphabetical, after the City
    names = sorted(summary["Borough"].str.replace("City of ", "").unique().to_list())
    numbers = {
        name: n for n, name in enumerate((x for x in names if x not in ("Heathrow", "Out of force")), 2)
    }
    numbers |= {"Heathrow": 0, "Out of force": -1}
    assert len(numbers) == 34
    sums = (
        summary.with_columns(
            pl.col("Borough").str.replace("City of ", ""), month=pl.col("Date").str.slice(0, 7)
        )
        .group_by("month", "Borough")
        .agg(pl.col(pl.Int64).sum())
    )
    for month in MONTHS:
        of_month = {
            numbers[row["Borough"]]: row for row in sums.iter_rows(named=True) if row["month"] == month
        }
        white, black, asian = (
            ETHNICITY + word for word in ("White", "Black (or Black British)", "Asian (or Asian British)")
        )
        for metric, group, columns in (
            ("use_of_force_rate", "total", ("UseOfForceCount",)),
            ("use_of_force_rate", "ethnicity:white", (white,)),
            ("use_of_force_rate", "ethnicity:black", (black,)),
            ("use_of_force_rate", "ethnicity:asian", (asian,)),
            ("use_of_force_rate", "ethnicity:mixed", (f"{ETHNICITY}Mixed",)),
            ("use_of_force_rate", "ethnicity:other", (f"{ETHNICITY}Other", f"{ETHNICITY}Chinese")),
            ("use_of_force_rate", "ethnicity:unknown", (f"{ETHNICITY}Don't know",)),
            ("use_of_force_taser_share", "total", ("CED Used",)),
            ("use_of_force_rate_ratio", "ethnicity:black", (black,)),
        ):
            found = await base.values(metric, month, group)
            expected = {(borough, 1): sum(row[name] for name in columns) for borough, row in of_month.items()}
            assert {key: count for key, count in found.items() if count or key in expected} == expected, (
                metric,
                group,
            )


async def test_the_published_summary_itself_is_refused(base: Base, shared_data: Path) -> None:
    path = shared_data / "mps" / "use-of-force-2023-24-derived-by-borough-day.csv"
    with path.open(newline="") as stream:
        assert is_header(next(csv.reader(stream)))
    report = (await base.load(path)).files[0]
    assert report.status == "refused"
    assert "This is a summary of use of force" in report.message
