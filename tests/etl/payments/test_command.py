"""The real command on files of payments: `borough load` with --council, --period and --explain."""

import asyncio
import json
import os
import sys
from datetime import date
from pathlib import Path

import pytest

from geo.publishers import council_of
from tests.etl.conftest import Base
from tests.etl.payments.files import HEADERS, PLAIN, Header, lay_out, make, month, pounds, write
from tests.etl.returns.files import ra_2023, rs, section_251
from tests.etl.rows import put
from tests.etl.survey_files import rows_of, write_table

COMMAND = Path(__file__).parents[3] / "cli.py"
ROWS = month(date(2026, 7, 1))
SUM = sum(row.pence for row in ROWS)


async def borough(*words: str | Path, address: str = "") -> tuple[int, str, str]:
    """The command's exit code, what it printed, and what it said on the error stream."""
    environment = {**os.environ, "COLUMNS": "200", **({"DATABASE_URL": address} if address else {})}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(COMMAND),
        *map(str, words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_load_says_who_paid_and_how_that_is_known(base: Base) -> None:
    path = put(base.folder, "hackney/July 2026.csv", make("hackney", ROWS))
    code, out, err = await borough("load", path, "--json", address=base.address)
    assert code == 0, err
    report = json.loads(out)
    assert (report["status"], report["source"], report["rows_loaded"], report["rows_placed"]) == (
        "loaded",
        "payment",
        40,
        40,
    )
    assert report["message"] == "Hackney council: Its folder 'hackney' names it."


async def test_load_asks_who_paid_and_takes_the_answer(base: Base) -> None:
    path = put(base.folder, "July 2026.csv", write(PLAIN, lay_out(PLAIN, ROWS)))
    code, out, _ = await borough("load", path, address=base.address)
    assert code == 1
    assert "Nothing tells who paid" in out
    assert "borough load --council hackney FILE" in out
    code, out, _ = await borough("load", "--council", "Enfield", path, address=base.address)
    assert code == 0, out
    assert await base.values("payments_total", "2026-07", basis="over_500") == {(10, council_of(10)): SUM}


async def test_load_takes_the_month_of_a_file_without_dates(base: Base) -> None:
    header: Header = [("Supplier Name", "supplier"), ("Total", "amount")]
    path = put(base.folder, "lambeth/totals.csv", write(header, lay_out(header, ROWS)))
    code, out, _ = await borough("load", path, address=base.address)
    assert (code, "borough load --period 2011-04 FILE" in out) == (1, True)
    code, out, _ = await borough("load", "--period", "2011-04", path, address=base.address)
    assert code == 0, out
    assert await base.values("payments_total", "2011-04", basis="over_500") == {(22, council_of(22)): SUM}


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--council", "leeds", "'leeds' is no council of London"),
        ("--period", "April 2011", "is not a month such as 2011-04"),
        ("--vintage", "2099-06-01", "2099-06-01 lies in the future"),
    ],
)
async def test_what_is_wrong_usage(tmp_path: Path, option: str, value: str, said: str) -> None:
    code, _, err = await borough("load", option, value, tmp_path)
    assert code == 2
    assert said in " ".join(err.replace("│", " ").split())


async def test_explain_tells_how_a_file_would_be_read_and_loads_nothing(base: Base) -> None:
    footer = ["", "", "", "", "", "", "", "", "Grand Total", pounds(SUM)]
    data = make("hackney", ROWS, above=["Payments of July 2026,,,,,,,,,"], below=[footer], encoding="cp1252")
    path = put(base.folder, "hackney/spend.csv", data)
    before = await base.state()
    code, out, _ = await borough("load", "--explain", path, address=base.address)
    assert code == 0, out
    for line in (
        "payer      Hackney council: Its folder 'hackney' names it",
        "header     line 2",
        "above it   Payments of July 2026",
        "read as    2018 on (Hackney council)",
        "4. DATE PAID → date",
        "not used   1. YEAR; 2. MONTH; 3. DATE INCURRED; 6. SUPPLIER NO.",
        "period     2026-07",
        "months     2026-07",
        "dates      day first",
        f"amounts    £{pounds(SUM)} in all",
        "kind       over_500",
        f"no payment line 43: the file's own grand total, £{pounds(SUM)}; equal to the sum of its rows",
        "tags       untagged 40",
        "first rows 2026-07-01, £500.01, Alder Grounds Ltd, Adults, Residential care",
        "would load 40 rows of 41",
    ):
        assert line in out, (line, out)
    assert await base.state() == before


async def test_explain_of_what_would_be_refused(tmp_path: Path) -> None:
    """No database is needed to be told."""
    strange: Header = [("Paid on", "date"), ("Company paid", "supplier"), ("Cost £", "amount")]
    guessed = put(tmp_path, "enfield/July 2026.csv", write(strange, lay_out(strange, ROWS)))
    page = put(tmp_path, "hackney/July 2026.csv", b"<html></html>")
    code, out, _ = await borough("load", "--explain", guessed, page)
    assert code == 1
    assert "read as    guessed" in out
    assert "could load 40 rows of 40" in out
    assert "confirmed by naming the council." not in out
    assert "'Cost £' → amount (100% of its cells are amounts" in out
    assert "borough load --council enfield FILE" in out
    assert "refused    The file is a web page" in out
    code, out, _ = await borough("load", "--explain", "--council", "enfield", guessed)
    assert code == 0, out


async def test_explain_shows_no_payment_that_is_withheld(tmp_path: Path) -> None:
    header = HEADERS["hackney"]
    cells = lay_out(header, ROWS)
    cells[0][4], cells[0][7] = "Yew Tree House", "Domestic abuse refuge"
    code, out, _ = await borough(
        "load", "--explain", put(tmp_path, "hackney/July 2026.csv", write(header, cells))
    )
    assert code == 0
    assert "domestic_abuse 1" in out
    assert "Yew" not in out


async def test_explain_as_json(tmp_path: Path) -> None:
    path = put(tmp_path, "hackney/July 2026.csv", make("hackney", ROWS))
    _, out, _ = await borough("load", "--explain", "--json", path)
    told = json.loads(out)
    assert (told["file"], told["is_loadable"]) == ("July 2026.csv", True)
    assert ["would load", "40 rows of 40"] in told["lines"]


async def test_explain_of_what_is_no_payments_says_what_it_is(tmp_path: Path) -> None:
    put(tmp_path, "RA.csv", ra_2023())
    put(tmp_path, "outturn_1011.csv", section_251(2010))
    put(tmp_path, "RS.xls", rs(2010))
    put(tmp_path, "pas.csv", write_table(rows_of()))
    put(tmp_path, "2024-02-metropolitan-street.csv", b"Crime ID\n")
    code, out, err = await borough("load", "--explain", tmp_path)
    assert code == 0, (out, err)
    for said in (
        "a revenue return, budget of 2023-24; --explain shows payments only",
        "a revenue return, outturn of 2010-11; --explain shows payments only",
        "a section 251 return, outturn of 2010-11; --explain shows payments only",
        "a file of Public Attitude Survey; --explain shows payments only",
        "a police file; --explain shows payments only",
    ):
        assert said in out, (said, out)
    code, out, _ = await borough(
        "load",
        "--explain",
        put(tmp_path, "RS.csv", ra_2023().replace("£ thousand".encode("cp1252"), b"units")),
    )
    assert (code, "refused    " in out) == (1, True), out


async def test_load_says_that_london_wide_payments_are_in_no_borough(base: Base) -> None:
    path = put(base.folder, "July 2026.csv", write(PLAIN, lay_out(PLAIN, ROWS)))
    code, out, _ = await borough("load", "--council", "gla", path, address=base.address)
    assert code == 0, out
    assert "40 rows, London-wide, in no borough" in out
    assert "0.0%" not in out
