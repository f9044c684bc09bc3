"""Files of payments in the database: every quirk of the survey as a rebuilt file, loaded or refused for its reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from etl.load import LoadReport
from etl.report import FileReport
from etl.sample_marks import SAMPLE_WORDS
from geo.publishers import council_of
from tests.etl.conftest import Base
from tests.etl.payments.files import (
    CODE,
    HEADERS,
    PLAIN,
    Header,
    Payment,
    lay_out,
    make,
    month,
    payments,
    pounds,
    write,
    write_book,
    write_old_book,
    write_open_book,
)
from tests.etl.police_files import only
from tests.etl.rows import put, zip_files

APRIL, MAY, JULY = date(2026, 4, 1), date(2026, 5, 1), date(2026, 7, 1)
ROWS = month(JULY)


def pence(rows: Sequence[Payment]) -> int:
    return sum(row.pence for row in rows)


async def stored(base: Base, what: str = "*", where: str = "true") -> list[Any]:
    return [
        tuple(row)
        for row in await base.conn.fetch(f"select {what} from payment where {where} order by month, line")
    ]


async def total(
    base: Base, borough: int, month: str, basis: str = "over_500", group: str = "total"
) -> int | None:
    """Pence of payments_total as the latest release has it; None: not known."""
    values = await base.values("payments_total", month, group, basis=basis)
    return values.get((borough, council_of(borough)))


async def check_books(base: Base) -> None:
    """Rows read = loaded + rejected; stored rows are those that count; their pence are what is published."""
    assert await base.count("resource", "rows_read <> rows_loaded + rows_rejected") == 0
    assert await base.conn.fetch(
        "select resource_id, month, count(*)::int as events from payment group by 1, 2 order by 1, 2"
    ) == await base.conn.fetch(
        "select resource_id, month, events from resource_scope where superseded_by is null and source = 'payment' order by 1, 2"
    )
    published = await base.conn.fetchval(
        "select coalesce(sum(numerator), 0) from observation o join series s using (series_id)"
        " where s.metric = 'payments_total' and s.group_code = 'total' and o.last_release is null"
    )
    assert published == await base.conn.fetchval(
        "select coalesce(sum(amount_pence), 0) from payment where borough > 0"
    )


def refusal(report: LoadReport) -> str:
    (file,) = report.files
    assert file.status == "refused", file
    return file.message


@pytest.mark.parametrize("slug", sorted(HEADERS))
async def test_a_months_file_of_every_verified_council(base: Base, slug: str) -> None:
    report = only(await base.load(put(base.folder, f"payments/{slug}/July 2026.csv", make(slug, ROWS))))
    assert (report.status, report.source, report.rows_read, report.rows_loaded) == (
        "loaded",
        "payment",
        40,
        40,
    ), report
    row = await base.conn.fetchrow("select distinct force, borough, place, month from payment")
    assert row is not None
    assert row["force"] == 100 + row["borough"]
    assert (row["place"], row["month"]) == (6, JULY)
    assert await total(base, row["borough"], "2026-07") == pence(ROWS)
    assert {row[0] for row in await stored(base, "supplier")} == {payment.supplier for payment in ROWS}
    purpose = "Residential care" if "purpose" in dict(HEADERS[slug]).values() else None
    assert await stored(base, "purpose", "line = 3") == [(purpose,)]
    await check_books(base)


async def test_what_is_stored_of_a_payment(base: Base) -> None:
    payment = Payment(
        date(2026, 7, 9), 123_456, "Alder Grounds Ltd", "Parks", "Grounds", "Mowing", "Contracts", "T77", vat="12.34",
        payer="London Borough of Hackney",
    )  # fmt: skip
    path = put(base.folder, "a.csv", write(CODE, lay_out(CODE, [payment])))
    report = only(await base.load(path))
    assert report.message == "Hackney council: a column of the file names it."
    row = dict((await base.conn.fetch("select * from payment"))[0])
    words = {
        (field, code): word
        for field, code, word in await base.conn.fetch("select field, code, word from vocabulary")
    }
    assert {name: words[f"payment_{name}", row[name]] for name in ("kind", "tag", "redaction")} == {
        "kind": "over_500", "tag": "untagged", "redaction": "named",
    }  # fmt: skip
    assert (row["force"], row["borough"], row["month"], row["line"], row["paid_on"]) == (
        112,
        12,
        JULY,
        2,
        date(2026, 7, 9),
    )
    assert (row["amount_pence"], row["vat_pence"], row["supplier"]) == (123_456, 1_234, "Alder Grounds Ltd")
    assert (row["department"], row["service"], row["purpose"], row["category"], row["reference"]) == (
        "Parks", "Grounds", "Mowing", "Contracts", "T77",
    )  # fmt: skip


def as_sheet(rows: Sequence[Payment]) -> list[list[str]]:
    """Lewisham's header and rows, as cells."""
    return [[name for name, _ in HEADERS["lewisham"]], *lay_out(HEADERS["lewisham"], rows)]


FORMS: dict[str, Any] = {
    "cp1252.csv": lambda rows: write(HEADERS["lewisham"], lay_out(HEADERS["lewisham"], rows), encoding="cp1252"),
    "utf16.csv": lambda rows: write(HEADERS["lewisham"], lay_out(HEADERS["lewisham"], rows), encoding="utf-16"),
    "bom.csv": lambda rows: write(HEADERS["lewisham"], lay_out(HEADERS["lewisham"], rows), encoding="utf-8-sig"),
    "cr.csv": lambda rows: write(HEADERS["lewisham"], lay_out(HEADERS["lewisham"], rows), end="\r"),
    "tabs.tsv": lambda rows: write(HEADERS["lewisham"], lay_out(HEADERS["lewisham"], rows), separator="\t"),
    "semicolons.txt": lambda rows: write(HEADERS["lewisham"], lay_out(HEADERS["lewisham"], rows), separator=";"),
    "book.xlsx": lambda rows: write_book({"_options": [["a", "b"], ["1", "2"]], "Data": as_sheet(rows)}),
    "old.xls": lambda rows: write_old_book(as_sheet(rows)),
    # Newham 2019-02
    "old.csv": lambda rows: write_old_book(as_sheet(rows)),
    "open.ods": lambda rows: write_open_book(as_sheet(rows)),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
async def test_every_form_gives_the_same_payments(base: Base, name: str) -> None:
    report = only(await base.load(put(base.folder, f"payments/lewisham/{name}", FORMS[name](ROWS))))
    assert (report.status, report.source, report.rows_loaded) == ("loaded", "payment", 40), report
    assert await total(base, 23, "2026-07") == pence(ROWS)
    again = put(base.folder, "payments/lewisham/other.csv", make("lewisham", ROWS[::-1]))
    # another form of the same figures changes nothing; workbooks have other lines, and say the same
    assert only(await base.load(again)).status == "unchanged"
    await check_books(base)


async def test_a_workbook_with_days_and_numbers(base: Base) -> None:
    """City of London, Bromley: Excel's own days."""
    header = [name for name, _ in HEADERS["bromley"]]
    rows = [
        ["Care", "Adults", "Residential care", payment.supplier, n, payment.day, payment.pence / 100, "X"]
        for n, payment in enumerate(ROWS)
    ]
    data = write_book({"Sheet1": [header, *rows]})
    report = only(await base.load(put(base.folder, "payments/bromley/spend.xlsx", data)))
    assert report.status == "loaded", report
    assert await total(base, 6, "2026-07") == pence(ROWS)
    assert await stored(base, "paid_on", "line = 2") == [(JULY,)]


async def test_payments_in_a_zip(base: Base) -> None:
    files = {
        "2026/hackney/July 2026.csv": make("hackney", ROWS),
        "2026/sutton/july 2026.csv": make("sutton", ROWS),
    }
    report = await base.load(put(base.folder, "all.zip", zip_files(files)))
    assert {file.status for file in report.files} == {"loaded"}
    assert (await total(base, 12, "2026-07"), await total(base, 29, "2026-07")) == (pence(ROWS), pence(ROWS))


# Quirks, each from the survey or from a file at hand.


async def test_a_preamble_that_names_payer_and_months(base: Base) -> None:
    """Lewisham: ",,Lewisham Council Expenditure over £250 February 2023,,,"; Brent: "Transparency Report 26 Apr - 26 Jun,,"."""
    above = [",,Lewisham Council Expenditure over £250 July 2026,,,", ",,,,,"]
    report = only(await base.load(put(base.folder, "x.csv", make("lewisham", ROWS, above=above))))
    assert report.message == "Lewisham council: the lines above the header name it."
    quarter = payments(APRIL, 91, 60)
    data = make("brent", quarter, above=["Transparency Report 26 Apr - 26 Jun,,,,,,,"])
    assert only(await base.load(put(base.folder, "brent/x.csv", data))).status == "loaded"
    assert [await total(base, 5, f"2026-0{n}") is not None for n in (3, 4, 5, 6, 7)] == [
        False,
        True,
        True,
        True,
        False,
    ]


async def test_croydons_header_on_line_5(base: Base) -> None:
    above = ["prepared by,A", "reviewed by,B", "Business Unit,", "From Payment Date,01/07/2026"]
    assert (
        only(
            await base.load(put(base.folder, "croydon/a.csv", make("croydon", ROWS, above=above)))
        ).rows_loaded
        == 40
    )


async def test_hounslows_leaked_query_and_inserted_column(base: Base) -> None:
    header: Header = [("INSERTED DETAIL", ""), *HEADERS["hounslow"]]
    above = ["select distinct o.unit,", "  p.name", "from payments p", "where p.amount > 500"]
    rows = [alter(row, redact="No") for row in ROWS]
    data = write(header, lay_out(header, rows), above=above)
    assert only(await base.load(put(base.folder, "hounslow/July 2026.csv", data))).rows_loaded == 40
    assert await total(base, 18, "2026-07") == pence(ROWS)


async def test_hounslow_keeps_no_name_that_is_redacted(base: Base) -> None:
    """Beside the redacted name stands the whole one."""
    row = alter(
        ROWS[0],
        supplier="redacted - personal data",
        redact="Yes",
        other={"SupplierName": "Dogwood Print plc"},
    )
    told = alter(ROWS[1], redact="Yes", supplier="Elm Lodge Care Ltd")
    data = make("hounslow", [row, told, *ROWS[2:]])
    await base.load(put(base.folder, "hounslow/July 2026.csv", data))
    words = "(select word from vocabulary where field = 'payment_redaction' and code = redaction)"
    assert await stored(base, f"supplier, {words}", "line in (2, 3)") == [(None, "by_publisher")] * 2


@pytest.mark.parametrize("slug", ["tower-hamlets", "bexley"])
async def test_a_file_without_a_header_row(base: Base, slug: str) -> None:
    """Tower Hamlets 2025-10, Bexley 2015-07."""
    data = write(None, lay_out(HEADERS[slug], ROWS))
    report = only(await base.load(put(base.folder, f"payments/{slug}/July 2026.csv", data)))
    assert (report.status, report.rows_loaded) == ("loaded", 40), report


async def test_a_file_without_a_header_row_is_known_by_its_folder_and_its_rows(base: Base) -> None:
    data = write(None, lay_out(HEADERS["tower-hamlets"], ROWS))
    report = only(await base.load(put(base.folder, "tower-hamlets/July 2026.csv", data)))
    assert (report.status, report.rows_loaded) == ("loaded", 40), report
    other = b"\n".join(b"%d,12.50,Alder Grounds Ltd" % n for n in range(40))
    said = refusal(await base.load(put(base.folder, "tower-hamlets/stock.csv", other)))
    assert "borough load --explain --council hackney FILE" in said


async def test_haverings_file_without_a_header_row(base: Base) -> None:
    """2013-05, in the columns of its time."""
    header: Header = [
        ("Posted Fiscal Date", "date"), ("Supplier Name", "supplier"), ("Directorate", "department"), ("Service", "service"),
        ("Subjective Name", "purpose"), ("Amount", "amount"), ("Transaction Number", "reference"),
    ]  # fmt: skip
    rows = month(date(2013, 5, 1))
    data = write(None, lay_out(header, rows))
    assert only(await base.load(put(base.folder, "payments/havering/2013-05.csv", data))).rows_loaded == 40
    assert await total(base, 16, "2013-05") == pence(rows)


async def test_a_file_without_a_header_of_a_council_that_always_has_one_is_guessed(base: Base) -> None:
    data = write(None, lay_out(PLAIN, ROWS))
    said = refusal(await base.load(put(base.folder, "payments/hackney/July 2026.csv", data)))
    assert "The file has no header, and its columns are not one that Hackney council is known to use" in said
    assert "column 2 → supplier (100% of its cells are names of firms)" in said
    assert "borough load --council hackney FILE" in said


async def test_wandsworths_doubled_column(base: Base) -> None:
    """2024-07: PAYMENT AMOUNT twice, and no PAYMENT DATE."""
    header: Header = [
        ("DIRECTORATE", "department"), ("PAYMENT AMOUNT", "date"), ("PAYMENT AMOUNT", "amount"), ("PAYEE", "supplier"),
        ("SUPPLIER NO", ""), ("ACTIVTY", "purpose"),
    ]  # fmt: skip
    data = write(header, lay_out(header, ROWS))
    assert only(await base.load(put(base.folder, "wandsworth/July 2026.csv", data))).rows_loaded == 40
    assert await total(base, 32, "2026-07") == pence(ROWS)
    assert await stored(base, "paid_on, purpose", "line = 2") == [(JULY, "Residential care")]


async def test_barnets_lost_reference_header(base: Base) -> None:
    """2025-10 has Payment Number twice."""
    header = [
        ("Payment Number" if name == "Payment Reference Number" else name, field)
        for name, field in HEADERS["barnet"]
    ]
    data = write(header, lay_out(header, ROWS))
    assert only(await base.load(put(base.folder, "barnet/July 2026.csv", data))).rows_loaded == 40
    assert await stored(base, "reference", "line = 2") == [("R0",)]


async def test_westminsters_final_name_takes_precedence(base: Base) -> None:
    header: Header = [*HEADERS["westminster"], ("FINAL Supplier name (takes precedence)", "")]
    final = "FINAL Supplier name (takes precedence)"
    rows = [alter(row, other={final: "Fir Transport Ltd" if n < 3 else ""}) for n, row in enumerate(ROWS)]
    await base.load(put(base.folder, "westminster/2026 July.csv", write(header, lay_out(header, rows))))
    assert [name for (name,) in await stored(base, "supplier", "line < 6")] == ["Fir Transport Ltd"] * 3 + [
        ROWS[3].supplier
    ]


async def test_lambeths_month_first_quarter(base: Base) -> None:
    """2020-Q2: 09/18/2020. A row alone could be read either way."""
    rows = payments(date(2020, 7, 1), 90, 60)
    cells = lay_out(HEADERS["lambeth"], rows, day=lambda day: f"{day:%m/%d/%Y}")
    data = write(HEADERS["lambeth"], cells)
    assert only(await base.load(put(base.folder, "lambeth/2020-07 to 2020-09.csv", data))).rows_loaded == 60
    assert {row[0] for row in await stored(base, "paid_on")} == {row.day for row in rows}


STYLES = {
    "hackney": lambda pence: f" £ {pounds(pence)} ",
    "bexley": lambda pence: pounds(pence) if pence >= 0 else f"({pounds(-pence)})",
    "lambeth": lambda pence: f"{pounds(pence)} ",
    "newham": lambda pence: f"£{pounds(pence)}" if pence >= 0 else f"-£{pounds(-pence)}",
    "brent": lambda pence: pounds(pence) if pence >= 0 else f"{pounds(-pence)}-",
}


@pytest.mark.parametrize("slug", STYLES)
async def test_amounts_as_councils_write_them_and_credit_notes(base: Base, slug: str) -> None:
    rows = [*ROWS, Payment(date(2026, 7, 8), -250_040, "Alder Grounds Ltd", reference="R1")]
    cells = lay_out(HEADERS[slug], rows, amount=STYLES[slug])
    report = only(await base.load(put(base.folder, f"{slug}/July 2026.csv", write(HEADERS[slug], cells))))
    assert report.rows_loaded == 41
    borough = next(iter(await base.values("payments_total", "2026-07", basis="over_500")))[0]
    assert await total(base, borough, "2026-07") == pence(rows)
    assert (-250_040,) in await stored(base, "amount_pence")


async def test_merton_is_gross_and_each_file_takes_the_place_of_the_one_before(base: Base) -> None:
    card = "Purchase Card Internal Supplier"
    first = [alter(row, vat="10.00") for row in payments(APRIL, 90, 60)]
    later = [*first[:-1], alter(first[-1], pence=99_999), *payments(JULY, 90, 60)]
    later = [alter(row, supplier=card) if n % 10 == 0 else row for n, row in enumerate(later)]
    one = put(base.folder, "merton/April to June 2026.csv", make("merton", first))
    assert "published with VAT" in only(await base.load(one)).message
    assert [await total(base, 24, f"2026-0{n}") for n in (4, 5, 6)] == [
        sum(row.pence - 1_000 for row in first if row.day.month == n) for n in (4, 5, 6)
    ]
    two = only(await base.load(put(base.folder, "merton/April to September 2026.csv", make("merton", later))))
    assert "Replaces 2026-04 to 2026-06 of April to June 2026.csv (vintage 2026-07-01)." in two.message
    for n in range(4, 10):
        net = {True: 0, False: 0}
        for row in later:
            if row.day.month == n:
                net[row.supplier == card] += row.pence - (1_000 if row.vat else 0)
        assert await total(base, 24, f"2026-0{n}") == net[False]
        assert await total(base, 24, f"2026-0{n}", "purchase_card") == net[True]
    assert only(await base.load(one)).status == "unchanged"
    await check_books(base)


async def test_a_year_so_far_loads_in_any_order_from_one_folder(base: Base) -> None:
    put(base.folder, "merton/2026-04 to 2026-06.csv", make("merton", payments(APRIL, 90, 60)))
    put(base.folder, "merton/2026-04 to 2026-09.csv", make("merton", payments(APRIL, 180, 120)))
    report = await base.load(base.folder)
    assert [file.status for file in report.files] == ["loaded", "loaded"]
    await check_books(base)


async def test_a_month_that_is_published_again_needs_its_day(base: Base) -> None:
    await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", ROWS)))
    changed = put(base.folder, "hackney/July 2026 revised.csv", make("hackney", [*ROWS, *ROWS[:2]]))
    said = refusal(await base.load(changed))
    assert "both have the vintage 2026-08-01" in said
    assert "If they are two parts of a month or a quarter, put their rows into one file" in said
    assert "Say with --vintage YYYY-MM-DD when this one was published, if it is a correction." in said
    report = only(await base.load(changed, vintage=date(2026, 9, 14)))
    assert "Replaces 2026-07 of July 2026.csv (vintage 2026-08-01)." in report.message
    assert await total(base, 12, "2026-07") == pence(ROWS) + pence(ROWS[:2])
    assert await base.values("payments_total", "2026-07", basis="over_500", release=1) == {
        (12, 112): pence(ROWS)
    }
    await check_books(base)


async def test_two_halves_of_a_month_are_loaded_as_one_file(base: Base) -> None:
    """Two links of one month: each half alone is a copy that differs, both together take the place of the first."""
    await base.load(put(base.folder, "hackney/July 2026 part 1.csv", make("hackney", ROWS[:20])))
    said = refusal(
        await base.load(put(base.folder, "hackney/July 2026 part 2.csv", make("hackney", ROWS[20:])))
    )
    assert "put their rows into one file and load that with --force" in said
    await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", ROWS)), force=True)
    assert await total(base, 12, "2026-07") == pence(ROWS)
    await check_books(base)


async def test_strays_stand_under_the_month_of_their_file_and_keep_their_day(base: Base) -> None:
    strays = [alter(row, day=date(2026, 6, 29)) for row in ROWS[:6]]
    await base.load(put(base.folder, "hackney/June 2026.csv", make("hackney", month(date(2026, 6, 1)))))
    report = only(
        await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", [*strays, *ROWS[6:]])))
    )
    assert report.message == "Hackney council: Its folder 'hackney' names it."
    assert await total(base, 12, "2026-07") == pence(ROWS)
    assert await total(base, 12, "2026-06") == pence(month(date(2026, 6, 1)))
    assert (date(2026, 6, 29),) in await stored(base, "paid_on", "month = '2026-07-01'")


async def test_supplier_totals_have_the_month_of_their_file(base: Base) -> None:
    header: Header = [("Supplier Name", "supplier"), ("Total", "amount")]
    rows = month(date(2011, 4, 1), 30)
    cells = lay_out(header, rows, amount=lambda pence: f"£{pounds(pence)}")
    data = write(
        header,
        cells,
        above=["Sum of Invoice Nett Amount,"],
        below=[["Grand Total", f"£{pounds(pence(rows))}"]],
    )
    report = only(await base.load(put(base.folder, "lambeth/2011-04-payments.csv", data)))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (31, 30, 1)
    assert "is equal to the sum of its rows" in report.message
    assert await total(base, 22, "2011-04") == pence(rows)
    unnamed = put(base.folder, "lambeth/payments.csv", data.replace(b"Alder", b"Aspen"))
    assert "borough load --period 2011-04 FILE" in refusal(await base.load(unnamed))
    said = only(await base.load(unnamed, period=date(2011, 5, 1)))
    assert said.status == "loaded"
    assert await total(base, 22, "2011-05") == pence(rows)


async def test_a_grand_total_that_is_not_the_sum_is_refused_until_it_is_accepted(base: Base) -> None:
    below = [["", "", "", "", "", "", "", "", "Grand Total", pounds(pence(ROWS) + 100)]]
    header: Header = [*HEADERS["hackney"][:-2], ("9. MERCHANT CATEGORY", "category"), ("Total", "amount")]
    path = put(base.folder, "hackney/July 2026.csv", write(header, lay_out(header, ROWS), below=below))
    said = refusal(await base.load(path))
    assert (
        f"Its own grand total is £{pounds(pence(ROWS) + 100)} and its rows add up to £{pounds(pence(ROWS))}"
        in said
    )
    accepted = only(await base.load(path, accept_rejects=True))
    assert "rows may be missing" in accepted.message
    reasons = [row["reason"] for row in await base.conn.fetch("select reason from reject")]
    assert len(reasons) == 1
    assert "not equal to the sum of its rows" in reasons[0]


async def test_rows_that_cannot_be_used_are_kept_aside_without_their_text(base: Base) -> None:
    bad = lay_out(HEADERS["hackney"], [alter(ROWS[0], supplier="Yew Refuge", day=date(2027, 1, 1))])
    lacking = lay_out(HEADERS["hackney"], [alter(ROWS[1], supplier="Oak Ltd")], amount=lambda _: "see note")
    rows = month(JULY, 100)
    data = write(HEADERS["hackney"], [*lay_out(HEADERS["hackney"], rows), *bad, *lacking])
    report = only(await base.load(put(base.folder, "hackney/July 2026.csv", data)))
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (102, 100, 2)
    rejects = [
        tuple(row) for row in await base.conn.fetch("select line, reason, row_text from reject order by line")
    ]
    assert [line for line, _, _ in rejects] == [102, 103]
    assert "2027-01-01, lies after the months" in rejects[0][1]
    # it may name a person, or a place that must not be found
    assert all("Yew" not in text and "Oak" not in text for _, _, text in rejects)


async def test_too_many_bad_rows_are_refused(base: Base) -> None:
    cells = lay_out(HEADERS["hackney"], ROWS)
    broken = [[*row[:-1], "n/a"] if n % 10 == 0 else row for n, row in enumerate(cells)]
    path = put(base.folder, "hackney/July 2026.csv", write(HEADERS["hackney"], broken))
    assert "4 of 40 rows cannot be used" in refusal(await base.load(path))
    assert only(await base.load(path, accept_rejects=True)).rows_loaded == 36


async def test_a_file_laid_below_its_own_copy_is_refused(base: Base) -> None:
    rows = month(JULY, 150)
    said = refusal(
        await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", [*rows, *rows])))
    )
    assert "150 of 300 rows stand twice in the same order, 150 rows apart" in said
    doubled = [row for row in rows for _ in range(2)]
    said = refusal(await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", doubled))))
    assert "stands twice or more" in said


async def test_payments_that_are_made_many_times_are_no_copies(base: Base) -> None:
    """Weekly payments to carers whose names are left out: 33 alike in Lambeth 2012-06."""
    rows = [*month(JULY, 100), *[Payment(date(2026, 7, 3), 60_000, "REDACTED PERSONAL DATA")] * 120]
    assert (
        only(await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", rows)))).rows_loaded
        == 220
    )


async def test_purchase_cards_and_grants_stand_beside_the_payments_of_a_month(base: Base) -> None:
    cards = write(PLAIN, lay_out(PLAIN, ROWS[:10]))
    await base.load(put(base.folder, "enfield/July 2026 over 500.csv", write(PLAIN, lay_out(PLAIN, ROWS))))
    await base.load(put(base.folder, "enfield/July 2026 purchase card.csv", cards))
    await base.load(put(base.folder, "enfield/July 2026 grants.csv", write(PLAIN, lay_out(PLAIN, ROWS[:3]))))
    assert [await total(base, 10, "2026-07", kind) for kind in ("over_500", "purchase_card", "grant")] == [
        pence(ROWS), pence(ROWS[:10]), pence(ROWS[:3]),
    ]  # fmt: skip
    found = await base.coverage("payment", "2026-07", 110)
    assert found is not None
    assert found["words"] == ["grant", "over_500", "purchase_card"]
    await check_books(base)


async def test_a_column_that_marks_cards_and_grants(base: Base) -> None:
    rows = [
        alter(row, payer="Harrow", kind="GPC" if n < 4 else "None", grant="Yes" if n == 9 else "")
        for n, row in enumerate(ROWS)
    ]
    await base.load(put(base.folder, "x.csv", write(CODE, lay_out(CODE, rows))))
    assert await total(base, 15, "2026-07", "purchase_card") == pence(ROWS[:4])
    assert await total(base, 15, "2026-07", "grant") == ROWS[9].pence


async def test_the_gla_is_london_wide_and_its_periods_stand_beside_each_other(base: Base) -> None:
    header: Header = [
        ("Vendor ID", ""), ("Vendor Name", "supplier"), ("Cost Element", ""), ("Expenditure Account Code Description", "purpose"),
        ("Document No", "reference"), ("Amount", "amount"), ("Clearing Date", "date"),
    ]  # fmt: skip
    for name, first in (("2018-P05", date(2018, 7, 22)), ("2018-P06", date(2018, 8, 19))):
        data = write(header, lay_out(header, payments(first, 28, 60)))
        assert only(await base.load(put(base.folder, f"gla/{name}.csv", data))).rows_placed == 0
    rows = await stored(base, "force, borough, place, month")
    assert len(rows) == 120
    assert {row[:3] for row in rows} == {(140, 0, 5)}
    assert await base.conn.fetchval("select count(*) from observation") == 0
    found = await base.coverage("payment", "2018-08", 140)
    assert found is not None
    assert (found["status"], found["no_location"]) == ("received", found["events"])


async def test_a_supplier_is_placed_by_its_postcode_and_the_postcode_is_not_kept(base: Base) -> None:
    header: Header = [*PLAIN, ("Supplier Postcode", "postcode")]
    await base.conn.execute(
        "insert into postcode values ('E8 1EA', 51.5, -0.05, 12), ('SE1 7PB', 51.5, -0.12, 22)"
    )
    try:
        codes = ["e81ea", "SE1 7PB", "LS1 1UR", "", "n/a"]
        rows = [alter(row, postcode=code) for row, code in zip(ROWS, codes, strict=False)]
        await base.load(put(base.folder, "enfield/July 2026.csv", write(header, lay_out(header, rows))))
        assert await stored(base, "supplier_borough, borough") == [
            (12, 10),
            (22, 10),
            (-1, 10),
            (0, 10),
            (0, 10),
        ]
        assert "E8" not in str(await base.conn.fetch("select * from payment"))
    finally:
        await base.conn.execute("delete from postcode")


async def test_domestic_abuse_leaves_nothing_to_find(base: Base) -> None:
    header: Header = [*PLAIN, ("Supplier Postcode", "postcode")]
    await base.conn.execute("insert into postcode values ('E8 1EA', 51.5, -0.05, 12)")
    try:
        refuge = Payment(
            date(2026, 7, 9),
            777_701,
            "Yew Tree House",
            "Housing",
            purpose="Domestic abuse refuge",
            reference="Q9",
            postcode="E8 1EA",
        )
        other = alter(refuge, pence=888_802, purpose="Grounds", day=date(2026, 7, 10))
        report = only(
            await base.load(
                put(
                    base.folder,
                    "enfield/July 2026.csv",
                    write(header, lay_out(header, [*ROWS, refuge, other])),
                )
            )
        )
        assert report.rows_loaded == 42
        held = [dict(row) for row in await base.conn.fetch("select * from payment where is_withheld")]
        # and three others of the month, so that what is withheld is never one payment
        assert len(held) == 5
        assert {777_701, 888_802} < {row["amount_pence"] for row in held}
        for row in held:
            gone = (
                "supplier",
                "department",
                "service",
                "purpose",
                "category",
                "reference",
                "paid_on",
                "vat_pence",
                "tag_words",
                "tag_rule",
            )
            assert [row[name] for name in gone] == [None] * len(gone)
            assert row["supplier_borough"] == 0
        assert await total(base, 10, "2026-07", group="tag:domestic_abuse") == 777_701
        assert await total(base, 10, "2026-07") == pence(ROWS) + 777_701 + 888_802
        assert (await base.values("payments_community_safety_total", "2026-07", basis="over_500"))[
            10, 110
        ] == 777_701
    finally:
        await base.conn.execute("delete from postcode")


async def test_names_of_people_are_not_kept(base: Base) -> None:
    rows = [
        alter(ROWS[0], supplier="Mrs Jane Example"),
        alter(ROWS[1], supplier="REDACTED PERSONAL DATA"),
        *ROWS[2:],
    ]
    await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", rows)))
    words = "(select word from vocabulary where field = 'payment_redaction' and code = redaction)"
    assert await stored(base, f"supplier, {words}", "line < 5") == [
        (None, "individual"), (None, "by_publisher"), (ROWS[2].supplier, "named"),
    ]  # fmt: skip


async def test_sample_payments_mark_the_whole_file(base: Base) -> None:
    rows = [alter(row, supplier=f"{row.supplier} ({SAMPLE_WORDS})") for row in ROWS]
    report = await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", rows)))
    assert report.release is not None
    assert report.release.is_sample
    real = put(base.folder, "camden/July 2026.csv", make("camden", ROWS))
    assert "--replace-sample" in refusal(await base.load(real))


# Refused, each for its reason.
LEEDS = Payment(JULY, 1, "A Ltd", payer="Leeds City Council")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("leeds.csv", write(CODE, lay_out(CODE, [LEEDS])), "Leeds City Council, is no London authority"),
        ("july.csv", write(PLAIN, lay_out(PLAIN, ROWS)), "Nothing tells who paid"),
        ("hackney/july.csv", b"<html><head><title>403</title></head></html>", "web page"),
        ("hackney/july.csv", b"", "empty"),
        ("hackney/july.csv", write(HEADERS["hackney"], []), "no rows"),
        ("hackney/2031-07.csv", make("hackney", month(date(2031, 7, 1))), "lie in the future"),
    ],
)  # fmt: skip
async def test_files_that_are_refused(base: Base, name: str, content: bytes, reason: str) -> None:
    before = await base.state()
    assert reason in refusal(await base.load(put(base.folder, name, content)))
    assert await base.state() == before


async def test_naming_the_council_confirms_a_guess(base: Base) -> None:
    header: Header = [
        ("Paid on", "date"),
        ("Company paid", "supplier"),
        ("Cost £", "amount"),
        ("What for", "purpose"),
    ]
    path = put(base.folder, "enfield/July 2026.csv", write(header, lay_out(header, ROWS)))
    said = refusal(await base.load(path))
    assert "borough load --council enfield FILE" in said
    report = only(await base.load(path, council=council_of(10)))
    assert report.status == "loaded"
    assert "guessed, and confirmed" in report.message
    assert await total(base, 10, "2026-07") == pence(ROWS)


async def test_a_payer_or_a_month_that_was_said_wrongly_is_put_right(base: Base) -> None:
    path = put(base.folder, "x.csv", write(PLAIN, lay_out(PLAIN, ROWS)))
    await base.load(path, council=council_of(12))
    said = refusal(await base.load(path, council=council_of(13)))
    assert "The same file is loaded already, of Hackney council, 2026-07." in said
    report = only(await base.load(path, council=council_of(13), force=True))
    assert "Taken away from Hackney council, 2026-07." in report.message
    assert (await total(base, 12, "2026-07"), await total(base, 13, "2026-07")) == (None, pence(ROWS))
    assert await base.coverage("payment", "2026-07", 112) is None
    assert await base.count("payment") == 40
    await check_books(base)


async def test_the_same_file_changes_nothing(base: Base) -> None:
    path = put(base.folder, "hackney/July 2026.csv", make("hackney", ROWS))
    await base.load(path)
    before = await base.state()
    report: FileReport = only(await base.load(path))
    assert (report.status, report.message) == ("unchanged", "The same file is loaded already.")
    assert await base.state() == before


async def test_no_payment_of_a_tag_is_a_zero_inside_what_was_received(base: Base) -> None:
    await base.load(put(base.folder, "hackney/July 2026.csv", make("hackney", ROWS)))
    assert await total(base, 12, "2026-07", group="tag:cctv") == 0
    assert await total(base, 12, "2026-08") is None
    assert await total(base, 12, "2026-07", "purchase_card") is None
    assert await total(base, 13, "2026-07") is None


def alter(row: Payment, **changes: Any) -> Payment:
    """The payment with other cells."""

    return replace(row, **changes)


async def test_what_is_no_payments_beside_them_in_a_zip_is_passed_over(base: Base) -> None:
    files = {
        "hackney/July 2026.csv": make("hackney", ROWS),
        "hackney/page.csv": b"<html></html>",
        "empty.csv": b"",
    }
    report = only(await base.load(put(base.folder, "all.zip", zip_files(files))))
    assert (report.status, report.rows_loaded) == ("loaded", 40)


async def test_the_last_days_of_a_month_in_the_next_ones_file_make_no_month(base: Base) -> None:
    """Kingston's files often lack the month: July's, with a few payments of June, is none of June, loaded alone."""
    strays = [alter(row, day=date(2026, 6, 29)) for row in ROWS[:6]]
    path = put(base.folder, "kingston/spend.csv", make("kingston-upon-thames", [*strays, *ROWS[6:]]))
    report = only(await base.load(path))
    assert "6 of its rows are dated in other months" in report.message
    assert "6 in 2026-06" in report.message
    assert await total(base, 21, "2026-06") is None
    assert await base.coverage("payment", "2026-06", 121) is None
    assert await total(base, 21, "2026-07") == pence(ROWS)
    june = month(date(2026, 6, 1))
    await base.load(put(base.folder, "kingston/spend (1).csv", make("kingston-upon-thames", june)))
    assert await total(base, 21, "2026-06") == pence(june)
    assert await total(base, 21, "2026-07") == pence(ROWS)
    await check_books(base)


async def test_a_file_of_several_months_tells_the_rows_of_each(base: Base) -> None:
    rows = [*month(date(2026, 6, 1), 25), *ROWS]
    report = only(await base.load(put(base.folder, "kingston/s.csv", make("kingston-upon-thames", rows))))
    assert report.message.endswith("Rows by month: 2026-06 25, 2026-07 40.")


async def test_a_large_part_of_a_month_is_no_copy_of_it(base: Base) -> None:
    june = month(date(2026, 6, 1))
    strays = june[: len(june) * 2 // 5]
    first = put(base.folder, "kingston/spend.csv", make("kingston-upon-thames", june))
    second = put(base.folder, "kingston/spend (1).csv", make("kingston-upon-thames", [*strays, *ROWS]))
    await base.load(first)
    assert "this file is hardly a whole copy of that month" in refusal(await base.load(second))
    await base.load(second, period=JULY)
    assert await total(base, 21, "2026-06") == pence(june)
    assert await total(base, 21, "2026-07") == pence([*strays, *ROWS])
    await check_books(base)


async def test_a_file_that_took_too_many_months_is_put_right(base: Base) -> None:
    june = month(date(2026, 6, 1))
    strays = june[: len(june) * 2 // 5]
    first = put(base.folder, "kingston/spend.csv", make("kingston-upon-thames", june))
    second = put(base.folder, "kingston/spend (1).csv", make("kingston-upon-thames", [*strays, *ROWS]))
    await base.load(second)
    assert "spend (1).csv is hardly a whole copy" in refusal(await base.load(first))
    only(await base.load(second, period=JULY, force=True))
    only(await base.load(first))
    assert await total(base, 21, "2026-06") == pence(june)
    assert await total(base, 21, "2026-07") == pence([*strays, *ROWS])
    await check_books(base)


async def test_totals_of_the_parts_of_a_pivot_are_no_payments(base: Base) -> None:
    sheet = lay_out(HEADERS["haringey"], ROWS)
    sheet.append(["Adults Total", *[""] * (len(sheet[0]) - 2), "1,234.56"])
    put(base.folder, "haringey/July 2026.csv", write(HEADERS["haringey"], sheet))
    await base.load(base.folder)
    assert await total(base, 14, "2026-07") == pence(ROWS)


async def test_a_flag_of_redaction_in_other_words_leaves_the_name_out(base: Base) -> None:
    """Merton's flag is not explained: whatever is no `no` counts."""
    sheet = lay_out(HEADERS["merton"], ROWS[:3])
    place = [name for name, _ in HEADERS["merton"]].index("Redact flag")
    for row, word in zip(sheet, ("R", "N", ""), strict=True):
        row[place] = word
    put(base.folder, "merton/July 2026.csv", write(HEADERS["merton"], sheet))
    await base.load(base.folder)
    names = await stored(base, "supplier is null and redaction <> 1")
    assert names[0][0] is True
    assert sum(row[0] for row in names) == 1


async def test_payments_above_the_header_are_not_passed_over(base: Base) -> None:
    header, *rows = write(HEADERS["haringey"], lay_out(HEADERS["haringey"], ROWS)).split(b"\n")
    data = b"\n".join([*rows[:5], header, *rows[5:]])
    assert "Above the header stands what seems to be a payment" in refusal(
        await base.load(put(base.folder, "haringey/payments July 2026.csv", data))
    )
