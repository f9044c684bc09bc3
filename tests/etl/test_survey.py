"""The Public Attitude Survey: two forms of one table, what is rejected and refused, and what is published."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.snapshot import load_snapshot
from api.values import get_values
from etl.errors import Refused
from etl.reference import read_toml
from etl.sample_marks import SAMPLE_WORDS
from etl.sources.survey import MEASURES, check, find_order, is_header, read, read_months, tidy
from sql.measure import load_measures
from tests.etl.conftest import Base
from tests.etl.survey_files import BOROUGHS, ENDS, HEADER, rows_of, share_of, write_table
from tests.etl.workbooks import write_workbook
from tests.oracle.survey import METRICS, add_boroughs, read_residents, read_shares, wilson

CODES = {"survey_measure": {"": 0, **{word: code for code, word in enumerate(MEASURES, 1)}}}
GOOD_JOB, TRUST = '"Good Job" local', "Trust MPS"
SEPTEMBER, DECEMBER = ENDS
HACKNEY, TOWER_HAMLETS = 12, 30

OBSERVED = """
select s.metric, o.borough, o.period_start, o.period_end, o.numerator, o.base, o.force
  from observation o
  join series s using (series_id)
 where o.last_release is null
"""


def rejects_of(row: dict[str, str]) -> list[str]:
    rows = [*rows_of(), row]
    tidied = tidy(read(write_table(rows)).frame, CODES)
    assert tidied.rows.height == len(rows) - tidied.rejects.height
    return tidied.rejects["reason"].to_list()


class TestTheTable:
    def test_both_forms_say_the_same(self) -> None:
        one, other = (
            tidy(read(write_table(rows_of(), form)).frame, CODES).rows
            for form in ("semicolon", "month_first")
        )
        assert one.equals(other)
        assert one.height == 2 * 8 * 32
        assert one.filter(pl.col("borough") == HACKNEY)["month"].unique().sort().to_list() == [
            date(2023, 9, 1),
            date(2023, 12, 1),
        ]

    def test_a_workbook_says_the_same(self) -> None:
        text = write_table(rows_of(), "month_first").decode()
        days = {day.strftime("%m/%d/%Y"): day.isoformat() for day in ENDS}
        for day, iso in days.items():
            text = text.replace(day, iso)
        tables = [read(data).frame for data in (write_table(rows_of()), write_workbook([text]))]
        one, other = (tidy(table, CODES).rows.drop("line") for table in tables)
        assert one.height == 2 * 8 * 32
        assert one.sort(one.columns).equals(other.sort(one.columns))

    def test_it_is_known_by_its_header_in_either_form(self) -> None:
        assert is_header(HEADER)
        assert is_header(["", *HEADER])
        assert not is_header(HEADER[:-1])

    @given(st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), min_size=1))
    def test_the_order_of_day_and_month_is_that_of_the_whole_file(self, days: list[date]) -> None:
        ends = [(day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1) for day in days]
        expected = [end.replace(day=1) for end in ends]
        for form in ("%d/%m/%Y", "%m/%d/%Y"):
            assert read_months(pl.Series([end.strftime(form) for end in ends])).to_list() == expected

    def test_one_day_over_12_decides_for_all(self) -> None:
        assert find_order([(1, 2), (3, 4), (31, 12)])
        assert not find_order([(1, 2), (3, 4), (12, 31)])

    def test_an_order_that_cannot_be_told_is_refused(self) -> None:
        with pytest.raises(Refused, match="cannot be told"):
            find_order([(1, 2), (12, 12)])
        with pytest.raises(Refused, match="Some dates of this file have the day first and others the month"):
            find_order([(31, 12), (12, 31)])

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"Survey": "TDIU"}, "the row is not of the Public Attitude Survey"),
            ({"Date": "30/12/2023"}, "the date is not the last day of a month"),
            ({"Date": "December 2023"}, "the date is not the last day of a month"),
            ({"Borough": "City of London"}, "the borough is not one of the Met's 32"),
            ({"Borough": "Croydonia"}, "the borough is not one of the Met's 32"),
            ({"Measure": ""}, "the measure is blank"),
            ({"Proportion": "56"}, "the proportion is not a number from 0 to 1"),
            ({"Proportion": "n/a"}, "the proportion is not a number from 0 to 1"),
            ({"Proportion": ""}, "the proportion is not a number from 0 to 1"),
        ],
    )
    def test_a_row_that_cannot_be_used(self, change: dict[str, str], reason: str) -> None:
        assert rejects_of({**rows_of()[0], **change}) == [reason]

    @given(st.integers(0, 10_000), st.sampled_from(",."), st.sampled_from(("", " ")))
    def test_a_share_is_read_to_the_ten_thousandth(self, share: int, mark: str, blank: str) -> None:
        text = blank + f"{share / 10_000:.4f}".rstrip("0").replace(".", mark) + blank
        frame = read(write_table(rows_of([DECEMBER], [TRUST]))).frame.with_columns(Proportion=pl.lit(text))
        assert tidy(frame, CODES).rows["share"].unique().to_list() == [share]

    def test_a_row_marked_as_sample_marks_the_file(self) -> None:
        rows = rows_of()
        marked = tidy(read(write_table([*rows, {**rows[0], "Survey": SAMPLE_WORDS}])).frame, CODES)
        assert (marked.is_sample, marked.rejects.height) == (True, 1)
        assert not tidy(read(write_table(rows)).frame, CODES).is_sample

    def test_spellings_of_a_borough(self) -> None:
        rows = rows_of()
        for row in rows:
            row["Borough"] = row["Borough"].replace("upon", "Upon")
        assert tidy(read(write_table(rows)).frame, CODES).rejects.is_empty()

    def test_copies_on_top_of_each_other_are_refused(self) -> None:
        table = read(write_table([*rows_of(), rows_of()[5]]))
        with pytest.raises(Refused, match="lie on top of each other") as refusal:
            check(table, tidy(table.frame, CODES))
        assert refusal.value.line == 2 * 8 * 32 + 2

    def test_a_measure_without_each_borough_cannot_answer_then(self) -> None:
        rows = [
            row
            for row in rows_of()
            if row["Measure"] != TRUST or (row["Date"] == "31/12/2023" and row["Borough"] != "Barnet")
        ]
        assert tidy(read(write_table(rows)).frame, CODES).unusable_fields == {
            date(2023, 9, 1): {"trust_police": "the survey's table does not give this measure at all"},
            date(2023, 12, 1): {
                "trust_police": "the survey's table does not give this measure for 31 of the 32 boroughs only"
            },
        }

    def test_interviews_are_taken_where_the_table_has_them(self) -> None:
        rows = [{**row, "Interviews": "1,389" if row["Borough"] == "Barnet" else ""} for row in rows_of()]
        found = tidy(read(write_table(rows)).frame, CODES).rows
        assert found.filter(borough=3)["interviews"].unique().to_list() == [1389]
        assert found.filter(borough=4)["interviews"].unique().to_list() == [None]

    def test_each_measure_has_a_word_of_the_vocabulary_and_a_metric(self) -> None:
        words = {
            word: name
            for name, entry in read_toml("vocabulary.toml")["survey_measure"].items()
            for word in entry["words"]
        }
        assert words == MEASURES
        surveys = {metric: one for metric, one in load_measures().items() if one.kind == "survey"}
        assert set(surveys) == set(METRICS.values()) == {f"{name}_share" for name in MEASURES.values()}
        for metric, measure in surveys.items():
            assert (measure.field, measure.adds) == (metric.removesuffix("_share"), False)
            assert (measure.source, measure.statistic, measure.population) == ("survey", "share", "residents")


async def load_table(base: Base, rows: list[dict[str, str]], name: str = "pas.csv", **options: Any) -> Any:
    path = base.folder / name
    path.write_bytes(write_table(rows, "month_first" if "month" in name else "semicolon"))
    report = await base.load(path, **options)
    return report.files[0]


async def observed(base: Base) -> dict[tuple[str, int, date], tuple[int, int]]:
    """(ten-thousandths, interviews) by metric, borough and first day of the rolling year."""
    rows = await base.conn.fetch(OBSERVED)
    for row in rows:
        assert (row["force"], row["period_end"].month % 3) == (1, 0)
        assert row["period_end"] - row["period_start"] in (timedelta(days=364), timedelta(days=365))
    return {(r["metric"], r["borough"], r["period_start"]): (r["numerator"], r["base"]) for r in rows}


class TestLoading:
    async def test_what_is_published_is_what_the_table_says(self, base: Base) -> None:
        done = await load_table(base, rows_of())
        assert (done.status, done.rows_loaded, done.message) == ("loaded", 512, "")
        assert await observed(base) == {
            (METRICS[measure], borough, start): (round(10_000 * share_of(borough, measure, end)), 400)
            for end, start in ((SEPTEMBER, date(2022, 10, 1)), (DECEMBER, date(2023, 1, 1)))
            for measure in METRICS
            for borough in BOROUGHS
        }
        coverage = await base.coverage("survey", "2023-12")
        assert coverage is not None
        assert (coverage["status"], coverage["events"]) == ("received", 256)
        assert await base.coverage("survey", "2023-11") is None

    async def test_the_other_form_changes_nothing(self, base: Base) -> None:
        await load_table(base, rows_of())
        release = await base.release_id()
        done = await load_table(base, rows_of(), "month_first.csv")
        assert done.status == "unchanged"
        assert await base.release_id() == release

    async def test_a_measure_not_seen_before_is_kept_and_told(self, base: Base) -> None:
        done = await load_table(base, _with("Feels safe"))
        assert done.status == "loaded"
        assert "'Feels safe' (survey_measure)" in done.message
        word = (
            "measure = (select code from vocabulary where field = 'survey_measure' and word = 'Feels safe')"
        )
        assert await base.count("survey_estimate", word) == 64
        assert {metric for metric, _, _ in await observed(base)} == {METRICS[GOOD_JOB]}

    async def test_a_later_table_revises_and_adds(self, base: Base) -> None:
        await load_table(base, rows_of([SEPTEMBER]))
        later = rows_of(changed={(HACKNEY, TRUST, SEPTEMBER): 0.77})
        done = await load_table(base, later, "later.csv")
        assert done.status == "loaded"
        found = await observed(base)
        assert found[METRICS[TRUST], HACKNEY, date(2022, 10, 1)] == (7700, 400)
        assert (METRICS[TRUST], HACKNEY, date(2023, 1, 1)) in found
        assert await base.count("survey_estimate") == 512
        now, then = await ask_trust(base), await ask_trust(base, as_of=1)
        assert (now.value, now.status) == (0.77, "revised")
        assert (then.value, then.status) == (pytest.approx(share_of(HACKNEY, TRUST, SEPTEMBER)), "ok")

    async def test_an_older_table_never_takes_the_place_of_a_newer_one(self, base: Base) -> None:
        await load_table(base, rows_of())
        before = await observed(base)
        await load_table(base, rows_of([SEPTEMBER], changed={(HACKNEY, TRUST, SEPTEMBER): 0.77}), "older.csv")
        assert await observed(base) == before

    async def test_the_publishers_own_figure_for_the_met_is_kept(self, base: Base) -> None:
        await load_table(base, rows_of())
        assert await base.count("survey_estimate", "met_share = 6100") == 512
        assert await base.count("observation", "borough = 0") == 0


def _with(measure: str) -> list[dict[str, str]]:
    """Rows of one known measure, and of one that is not known."""
    rows = rows_of(measures=(GOOD_JOB,))
    return [*rows, *({**row, "Measure": measure} for row in rows)]


async def ask_trust(base: Base, as_of: int | None = None) -> Any:
    names = dict(await base.conn.fetch("select release_id, release from release"))
    raw = {"metric": [METRICS[TRUST]], "area": ["hackney"], "from": ["2022-10"], "to": ["2023-09"]}
    if as_of is not None:
        raw["as_of"] = [names[as_of]]
    _, _, (row,) = await get_values(base.conn, await load_snapshot(base.conn), raw)
    return row


class TestRealFiles:
    async def test_both_forms_give_the_published_shares(self, base: Base, shared_data: Path) -> None:
        one, other = sorted((shared_data / "mopac").glob("*.csv"))
        assert read_shares(one.read_text()) == read_shares(other.read_text())
        tables = [tidy(read(path.read_bytes()).frame, CODES) for path in (one, other)]
        assert tables[0].rows.drop("line").equals(tables[1].rows.drop("line"))
        report = await base.load(one, other)
        assert sorted(file.status for file in report.files) == ["loaded", "unchanged"]
        assert sum(file.rows_rejected for file in report.files) == 0
        shares, met = read_shares(one.read_text())
        found = await observed(base)
        assert len(found) == len(shares) == 9312
        names = {number: name.lower().removeprefix("city of ") for number, name in BOROUGHS.items()}
        assert found == {
            (metric, number, start): (round(10_000 * shares[metric, name, start]), 400)
            for metric, start in met
            for number, name in names.items()
        }
        await self.check_the_met(base, shared_data, shares, met)

    async def check_the_met(self, base: Base, shared_data: Path, shares: Any, met: Any) -> None:
        """Residents weigh the boroughs to within a point of the publisher's own figure for the Met."""
        residents = read_residents(shared_data / "population" / "oliversis_population_clean_2019_2024.csv")
        raw = {"area": ["met"], "window": ["rolling_12"], "from": ["2019-03"], "to": ["2023-12"]}
        _, _, rows = await get_values(
            base.conn, await load_snapshot(base.conn), {**raw, "metric": list(METRICS.values())}
        )
        furthest = 0.0
        for row in rows:
            start = date.fromisoformat(f"{row.from_month}-01")
            year = int(row.to_month[:4])
            weights = {borough: count for (borough, at), count in residents.items() if at == year}
            parts = {
                b: share for (metric, b, at), share in shares.items() if (metric, at) == (row.metric, start)
            }
            share, effective = add_boroughs(parts, weights)
            assert (row.value, row.denominator) == pytest.approx((share, effective), abs=1e-9)
            assert (row.lower, row.upper) == pytest.approx(wilson(share, effective), abs=1e-9)
            furthest = max(furthest, abs(row.value - met[row.metric, start]))
        assert len(rows) == 8 * 20
        assert furthest == pytest.approx(0.0083, abs=0.0001)

    def test_the_met_is_the_same_in_each_row_of_a_measure_and_year(self, shared_data: Path) -> None:
        path = next((shared_data / "mopac").glob("*.csv"))
        rows = tidy(read(path.read_bytes()).frame, CODES).rows
        assert rows.group_by("month", "measure").agg(pl.col("met_share").n_unique())[
            "met_share"
        ].unique().to_list() == [1]
