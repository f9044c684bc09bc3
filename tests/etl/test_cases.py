"""Case handling from files to releases: what makes cohorts stale, and the real files against other counts."""

import io
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import polars
import pytest

from etl.cases import count_cases, find_cohorts
from etl.publish import publish, stale_of
from sql.measure import load_measures
from tests.etl.conftest import Base
from tests.etl.rows import CATEGORIES, make_outcome, month_of_crimes, name_file, outcomes_csv, put, street_csv
from tests.oracle.cases import AGES, ORDER, SHARES, follow, later, observe
from tests.oracle.measures import Observations
from tests.oracle.words import Row

MET, CITY_POLICE, HACKNEY = 1, 2, 12
JANUARY, FEBRUARY, APRIL = date(2024, 1, 1), date(2024, 2, 1), date(2024, 4, 1)
CHARGED = "charged_share"
COHORT_METRICS = {*SHARES, "closed_same_month_share", "outcome_share"}
BURGLARIES = 3
CASES = "select * from case_tally order by force, month, borough, category, basis, class"


def put_street(base: Base, month: str = "2024-02", folder: str = "street", **changes: str) -> Path:
    """A street file with three crimes of each category."""
    rows = [
        row | {key.replace("_", " "): value for key, value in changes.items()}
        for row in month_of_crimes(month)
    ]
    return put(base.folder / folder, name_file(month, "street"), street_csv(rows))


def put_outcomes(
    base: Base, month: str, *numbers: int, folder: str = "outcomes", of: str = "2024-02"
) -> Path:
    """An outcomes file in which the crimes of these places in the street file of the month `of` are charged."""
    start = int(of.replace("-", "")) * 1000
    rows = [make_outcome(start + number, "Suspect charged", Month=month) for number in numbers]
    return put(base.folder / folder, name_file(month, "outcomes"), outcomes_csv(rows))


async def charged(
    base: Base, basis: str = "age_1", group: str = "total", month: str = "2024-02"
) -> int | None:
    """How many crimes of Hackney were charged; None where there is no figure."""
    return (await base.values(CHARGED, month, group, basis=basis)).get((HACKNEY, MET))


def test_outcomes_of_a_month_recompute_its_cohort_and_the_twelve_before() -> None:
    pairs = stale_of("outcomes", [JANUARY, FEBRUARY])
    assert {metric for metric, _ in pairs} == COHORT_METRICS
    assert {month for metric, month in pairs if metric == CHARGED} == {later(FEBRUARY, -n) for n in range(14)}
    same_month = {month for metric, month in pairs if metric == "closed_same_month_share"}
    assert same_month == {JANUARY, FEBRUARY}


def test_a_file_of_their_own_source_recomputes_its_month_of_all_metrics() -> None:
    pairs = stale_of("street", [FEBRUARY])
    assert pairs == sorted((m.metric, FEBRUARY) for m in load_measures().values() if m.source == "street")
    assert {metric for metric, _ in pairs} >= COHORT_METRICS


def test_only_cohorts_have_their_cases_counted() -> None:
    stale = {"crime_rate": [JANUARY], CHARGED: [APRIL, FEBRUARY], "open_share": [FEBRUARY], "gone": [JANUARY]}
    assert find_cohorts(stale) == [FEBRUARY, APRIL]


async def test_a_cohort_has_a_figure_when_the_outcomes_of_that_age_have_come(base: Base) -> None:
    await base.load(put_street(base), put_outcomes(base, "2024-02", 3))
    assert await charged(base) is None
    assert await charged(base, "as_published") == 0
    report = await base.load(put_outcomes(base, "2024-03", 4, 7))
    assert report.release is not None
    # three crimes of each category, in the order of the categories: 3 to 5 are thefts of bicycles, 6 to 8 burglaries
    assert (await charged(base), await charged(base, group="category:burglary")) == (3, 1)
    assert await charged(base, group="category:bicycle_theft") == 2
    assert await charged(base, "age_3") is None
    assert await base.count("stale") == 0


async def test_the_order_of_loading_does_not_matter(base: Base) -> None:
    def files() -> list[Path]:
        return [
            put_street(base),
            put_street(base, "2024-03"),
            put_outcomes(base, "2024-02", 3),
            put_outcomes(base, "2024-03", 4, 7),
            put_outcomes(base, "2024-04", 8),
        ]

    await base.load(*files())
    together = await base.current()
    assert await charged(base) == 3
    for order in (files(), files()[::-1]):
        await base.forget()
        for path in order:
            await base.load(path)
        assert await base.current() == together


async def test_a_later_copy_of_the_outcomes_is_a_revision_though_it_has_as_many_rows(base: Base) -> None:
    await base.load(put_street(base), put_outcomes(base, "2024-02", 3), put_outcomes(base, "2024-03", 4))
    first = await base.release_id()
    path = put_outcomes(base, "2024-03", 7, folder="later")
    await base.load(path, vintage=date(2030, 1, 1))
    assert await charged(base, group="category:burglary") == 1
    assert (await base.values(CHARGED, "2024-02", "category:burglary", basis="age_1", release=first)) == {
        (HACKNEY, MET): 0
    }
    revisions = await base.conn.fetch(
        "select distinct revision from observation join series using (series_id)"
        " where metric = $1 and basis = 'age_1' and group_code = 'category:burglary' and last_release is null",
        CHARGED,
    )
    assert [row["revision"] for row in revisions] == [1]


async def test_outcomes_without_crimes_leave_nothing_to_compute(base: Base) -> None:
    report = await base.load(put_outcomes(base, "2024-02", 3))
    assert report.release is not None
    assert report.release.metric_months == 0
    assert await base.count("stale") == await base.count("case_tally") == 0
    assert await publish(base.conn) is None


async def test_a_metric_that_is_new_is_computed_of_files_that_were_there_before(base: Base) -> None:
    await base.load(put_street(base), put_outcomes(base, "2024-02", 3), put_outcomes(base, "2024-03", 4))
    before = await base.current()
    await base.conn.execute(
        "delete from observation where series_id in (select series_id from series where metric = $1)", CHARGED
    )
    await base.conn.execute("delete from published_method where metric = $1", CHARGED)
    await base.conn.execute("truncate case_tally")
    assert await publish(base.conn) is not None
    assert await base.current() == before


async def test_all_outcomes_of_all_categories_add_up(base: Base) -> None:
    await base.load(put_street(base, Last_outcome_category="Status update unavailable"),
                    *(put_outcomes(base, f"2024-0{n}", n) for n in range(2, 6)))  # fmt: skip
    crimes = BURGLARIES * (len(CATEGORIES) - 1)
    for basis in ("age_1", "age_3", "as_published"):
        found = Counter[str]()
        for class_ in ORDER:
            for cell in (
                await base.values("outcome_share", "2024-02", f"outcome:{class_}", basis=basis)
            ).values():
                found[class_] += cell
        assert found.total() == crimes
        assert found["unknown"] == {"age_1": crimes - 1, "age_3": crimes - 3, "as_published": crimes}[basis]


# The real files.


async def read_facts(base: Base) -> tuple[list[Row], list[Row], list[Row]]:
    """What is stored, in the published words: crimes, outcomes, coverage."""
    crimes = await base.conn.fetch(
        """select c.force, c.month, c.borough, coalesce(c.crime_id::text, '') as "Crime ID",
                  k.word as "Crime type", o.word as "Last outcome category"
             from crime c
             join vocabulary k on k.field = 'category' and k.code = c.category
             join vocabulary o on o.field = 'crime_outcome' and o.code = c.last_outcome"""
    )
    outcomes = await base.conn.fetch(
        """select c.force, c.month, c.crime_id::text as "Crime ID", o.word as "Outcome type"
             from crime_outcome c
             join vocabulary o on o.field = 'crime_outcome' and o.code = c.outcome"""
    )
    coverage = await base.conn.fetch(
        "select source, force, month, status, words, array(select jsonb_object_keys(unusable_fields)) as unusable"
        " from coverage where last_release is null"
    )
    return [dict(row) for row in crimes], [dict(row) for row in outcomes], [dict(row) for row in coverage]


async def read_observations(base: Base, metric: str) -> Observations:
    """The current observations of a metric."""
    rows = await base.conn.fetch(
        "select s.group_code, s.basis, o.force, o.borough, o.period_start, o.numerator, o.reference_numerator,"
        " o.unknown_numerator, o.base from observation o join series s using (series_id)"
        " where s.metric = $1 and o.last_release is null",
        metric,
    )
    return {tuple(row)[:5]: tuple(row)[5:] for row in rows}


def read_zip(path: Path, ending: str) -> polars.DataFrame:
    """The rows of the file of that kind in a zip, as text."""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(ending))
        return polars.read_csv(io.BytesIO(archive.read(name)), infer_schema_length=0)


def count_charged(folder: Path, cohort: date, age: int) -> tuple[int, int]:
    """Charged and all burglaries of a month by their identifier, straight from the files."""
    charges = {"Suspect charged", "Suspect charged as part of another case"}
    crimes = set(read_zip(folder / f"{cohort:%Y-%m}.zip", "-street.csv")["Crime ID"])
    ids: set[str] = set()
    for step in range(age + 1):
        rows = read_zip(folder / f"{later(cohort, step):%Y-%m}.zip", "-outcomes.csv")
        ids |= set(rows.filter(polars.col("Outcome type").is_in(charges))["Crime ID"])
    return len(crimes & ids), len(crimes)


async def test_met_burglaries_equal_the_oracle_and_the_files(base: Base, police: Path) -> None:
    folder = police / "met-burglary-only"
    # 15 months, with the identifiers that repeat in 2023-06 and the outcomes that stand twice from 2024-03 on
    await base.load(
        *(folder / f"{later(date(2023, 4, 1), n):%Y-%m}.zip" for n in range(15)), only=("burglary",)
    )
    for metric, expected in observe(*await read_facts(base)).items():
        assert await read_observations(base, metric) == expected, metric
    # these copies were cut by the crimes of each month's own street file: they cannot say how older cases went on
    assert {key[1] for key in await read_observations(base, CHARGED)} == {"as_published"}
    assert {key[1] for key in await read_observations(base, "closed_same_month_share")} == {"age_0"}
    # what they would say if they were whole
    await base.conn.execute("update coverage set unusable_fields = '{}' where source = 'outcomes'")
    months = [later(date(2023, 4, 1), n) for n in range(15)]
    async with base.conn.transaction():
        await count_cases(base.conn, months)
    crimes, outcomes, coverage = await read_facts(base)
    expected_cases = {
        (force, month, basis, class_): count
        for (basis, force, month), cases in follow(crimes, outcomes, coverage).items()
        if basis != "as_published"
        for class_, count in Counter(class_ for _, _, class_ in cases).items()
    }
    rows = await base.conn.fetch(
        "select force, month, basis, class, sum(cases)::int as cases from case_tally where basis <> 'as_published'"
        " group by force, month, basis, class"
    )
    assert {tuple(row)[:4]: row["cases"] for row in rows} == expected_cases
    for basis, age in AGES.items():
        classes = Counter(
            {key[3]: n for key, n in expected_cases.items() if key[1:3] == (date(2023, 6, 1), basis)}
        )
        assert (classes["charged"], classes.total()) == count_charged(folder, date(2023, 6, 1), age)
    # rows of which it is not known whether their identifier stands twice are counted the same
    counted = await base.conn.fetch(CASES)
    await base.conn.execute("update crime set is_repeated = null")
    async with base.conn.transaction():
        await count_cases(base.conn, months)
    assert await base.conn.fetch(CASES) == counted
    # the classes of a cohort are all its cases, at every age
    rows = await base.conn.fetch(
        "select month, borough, basis, sum(cases) as cases from case_tally group by month, borough, basis"
    )
    totals: dict[tuple[date, int], set[int]] = {}
    for row in rows:
        totals.setdefault((row["month"], row["borough"]), set()).add(row["cases"])
    assert all(len(found) == 1 for found in totals.values())


@pytest.mark.parametrize("class_", ["no_suspect", "charged", "open"])
async def test_what_a_republished_street_file_changed(base: Base, police: Path, class_: str) -> None:
    """The City's street file of 2024-02: the same crimes, most with another last outcome."""
    zips = [police / "whole" / "2024-02.zip", police / "revised" / "2024-02.zip"]
    words = {
        "no_suspect": ["Investigation complete; no suspect identified"],
        "open": ["Under investigation"],
        "charged": [
            "Awaiting court outcome",
            "Court result unavailable",
            "Suspect charged as part of another case",
        ],
    }[class_]
    expected = []
    for path in zips:
        rows = read_zip(path, "-city-of-london-street.csv").filter(polars.col("Crime ID").is_not_null())
        of_class = set(rows.filter(polars.col("Last outcome category").is_in(words))["Crime ID"])
        # three identifiers stand twice, open and closed: then they are closed
        says_nothing = [*words, "Status update unavailable"]
        closed = rows.filter(~polars.col("Last outcome category").fill_null("").is_in([*says_nothing, ""]))
        found_open = of_class - set(closed["Crime ID"]) if class_ == "open" else of_class
        expected.append((len(found_open), rows["Crime ID"].n_unique()))
    await base.load(zips[0], vintage=date(2024, 4, 1))
    await base.load(zips[1], vintage=date(2024, 6, 1))
    found = []
    for release in (1, 2):
        asked = ("2024-02", f"outcome:{class_}")
        counted = await base.values("outcome_share", *asked, basis="as_published", release=release)
        cases = await base.values("outcome_share", "2024-02", basis="as_published", release=release)
        found.append((sum(counted.values()), sum(cases.values())))
    assert found == expected
    assert found[0] != found[1]
