"""Councils: files found on pages and portals as each of them publishes, named by payer and months."""

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.fetch.addresses import Council, Councils, parse_addresses, read_addresses
from etl.fetch.client import Fetcher
from etl.fetch.errors import FetchFailed
from etl.fetch.plan import _part_keys
from etl.fetch.publishers.councils import File, choose_files, want
from etl.fetch.publishers.pages import Link, download_of, read_links, read_next, read_package
from etl.fetch.step import Plan, Step
from etl.fetch.window import Window, name_period, parse_window, read_period
from etl.months import add_months
from etl.payments.dates import find_period
from etl.payments.payer import find_path_payer, split_path
from geo.areas import load_boroughs
from geo.publishers import council_of
from tests.etl.fetch.server import Reply, Request, Server
from tests.etl.fetch.world import TODAY, World, fetch_all, links_page, plan_of, read_raw

ALL = Window(today=TODAY, is_all=True)


def entry_of(slug: str, kind: str = "payments") -> Council:
    payments = read_addresses()["payments"]
    assert isinstance(payments, Councils)
    return next(one for one in payments.councils if (one.council, one.kind) == (slug, kind))


@pytest.fixture
def world(server: Server) -> World:
    return World(server)


def test_every_council_stands_in_the_table() -> None:
    payments = read_addresses()["payments"]
    assert isinstance(payments, Councils)
    slugs = {one.council for one in payments.councils}
    assert slugs == {area.slug for area in load_boroughs()} | {"gla", "tfl"}
    for one in payments.councils:
        assert one.page.startswith("https://")
        needed = {
            "links": one.link,
            "ckan": one.api and one.datasets,
            "socrata": one.api and one.datasets and one.date and one.order,
            "next": one.page,
            "hand": one.why,
        }
        assert needed[one.by], f"{one.council} lacks what is needed {one.by}"


async def test_a_page_of_links_is_read_by_its_pattern(fetcher: Fetcher, world: World) -> None:
    """Lewisham's page: a CSV and a PDF a month. Expect the CSVs of the last 24 months."""
    page = entry_of("lewisham").page
    folder = "https://lewisham.gov.uk/-/media/mayor-and-council/about-us/finances/spending-over-250"
    world.page(
        page,
        links_page(
            {
                f"{folder}/26-27/jul2026paymentsover250.csv": "July 2026 (CSV)",
                f"{folder}/26-27/jul2026_paymentsover250.pdf": "July 2026 (PDF)",
                f"{folder}/25-26/may2025paymentsover250.csv": "May 2025 (CSV)",
                f"{folder}/19-20/may2019paymentsover250.csv": "May 2019 (CSV)",
                "/somewhere/else.csv": "Something else",
            }
        ),
    )
    world.file(f"{folder}/26-27/jul2026paymentsover250.csv", b"PAYMENT DATE,SUPPLIER\n1/7/26,A\n")
    plan = await plan_of(fetcher, world, "payments", councils=("lewisham",))
    assert {step.wanted.key: step.wanted.file_name for step in plan.steps} == {
        "lewisham/payments/2026-07": "lewisham/lewisham-2026-07.csv",
        "lewisham/payments/2025-05": "lewisham/lewisham-2025-05.csv",
    }
    assert not plan.notes
    fetched = (await fetch_all(fetcher, plan))["lewisham/payments/2026-07"]
    assert fetched.status == "new"
    assert fetched.path is not None
    # the payer is known from the folder
    assert fetched.path.parent.name == "lewisham"
    assert fetched.path.is_relative_to(fetcher.store.raw / "payments")


async def test_hops_lead_from_page_to_page_and_years_not_wanted_are_not_asked_for(
    fetcher: Fetcher, world: World
) -> None:
    """Havering: a collection a financial year, in it a page a month that is the file."""
    page = entry_of("havering").page
    site = "https://www.havering.gov.uk/downloads"
    years = {
        f"{site}/download/1112/spend-over-500-2026-27": "Spend over £500 2026-27",
        f"{site}/download/1069/spend-over-500-2025-26": "Spend over £500 2025-26",
        f"{site}/download/100/spend-over-500-2015-16": "Spend over £500 2015-16",
    }
    world.page(page, links_page(years))
    world.page(
        f"{site}/download/1112/spend-over-500-2026-27",
        links_page({f"{site}/file/7520/july-2026": "July 2026"}),
    )
    world.page(
        f"{site}/download/1069/spend-over-500-2025-26",
        links_page({f"{site}/file/7400/march-2026": "March 2026"}),
    )
    plan = await plan_of(fetcher, world, "payments", councils=("havering",))
    assert [step.wanted.file_name for step in plan.steps] == [
        "havering/havering-2026-07.csv",
        "havering/havering-2026-03.csv",
    ]
    assert not world.asked(f"{site}/download/100/spend-over-500-2015-16")


async def test_a_portal_lists_its_datasets(fetcher: Fetcher, world: World) -> None:
    """Brent's portal: quarters, under keys that nobody can guess."""
    one = entry_of("brent")
    link = (
        "https://data.brent.gov.uk/download/vq756/r9z/Transparency%20Report%20Apr%202026%20-%20Jun%202026.csv"
    )
    resources = [
        {"name": "Transparency Report Apr 2026 - Jun 2026", "url": link, "format": "CSV"},
        {"name": "Notes", "url": "https://data.brent.gov.uk/download/vq756/aaa/Notes.pdf", "format": "PDF"},
    ]
    world.json(one.api.format(dataset="vq756"), {"success": True, "result": {"resources": resources}})
    # purchase cards are asked at the same path with another query: both get this answer
    plan = await plan_of(fetcher, world, "payments", councils=("brent",))
    assert [step.wanted.file_name for step in plan.steps] == ["brent/brent-2026-04_2026-06.csv"]
    with pytest.raises(FetchFailed, match="lists no files"):
        read_package({"success": False}, "https://x")


async def test_a_table_is_asked_month_by_month_and_page_by_page(fetcher: Fetcher, world: World) -> None:
    """Camden's Socrata: expect one file a month with one header, whatever the number of pages."""
    one = entry_of("camden")
    base = world.path(one.api.format(dataset="3ixw-qvb8"))
    header = "unique_identifier,payment_date,beneficiary_name,amount_gbp"
    rows = [f'{n},2026-0{6 + n % 3}-1{n % 9}T00:00:00.000,"Firm {n}, Ltd",{n}.50' for n in range(1, 31)]

    def answer(request: Request) -> Reply:
        query = request.query
        limit, offset = int(query["$limit"]), int(query["$offset"])
        wanted = query["$where"].split("'")[1][:7]
        found = [row for row in rows if row.split(",")[1].startswith(wanted)]
        body = "\n".join([header, *found[offset : offset + limit]]) + "\n"
        return Reply(200, {"Content-Type": "text/csv; charset=UTF-8"}, body.encode())

    world.server.on(f"{base}.csv", answer)
    world.json(
        f"https://{base.lstrip('/')}.json",
        [{"first": "2026-06-10T00:00:00.000", "last": "2026-08-28T00:00:00.000"}],
    )
    text = world.table().replace("page_size = 10000", "page_size = 4")
    plan = await plan_of(fetcher, world, "payments", councils=("camden",), entries=parse_addresses(text))
    assert [step.wanted.key for step in plan.steps] == [f"camden/payments/2026-0{m}" for m in (6, 7, 8)]
    fetched = await fetch_all(fetcher, plan)
    june = read_raw(fetcher, fetched["camden/payments/2026-06"]).decode().splitlines()
    assert june[0] == header
    assert june[1:] == [row for row in rows if ",2026-06-" in row]
    assert len(june) == 11
    # ten rows, four at a time
    assert (
        sum("2026-06-01" in request.query.get("$where", "") for request in world.server.asked(f"{base}.csv"))
        == 3
    )


async def test_a_page_that_holds_its_list_as_json(fetcher: Fetcher, world: World) -> None:
    """Hounslow's portal: the list of files stands in the page itself."""
    page = entry_of("hounslow").page
    blob = "https://blob.datopian.com/resources"
    resources = [
        {"title": "Invoices Over 500 July 2026", "url": f"{blob}/07f6/Invoices%20July%202026-iB3hoV.csv"},
        {"title": "Invoice over £500 May 2026", "url": f"{blob}/a18b/Invoices-2mEY4B.xlsx"},
        {"title": "July 2010 to March 2011", "url": f"{blob}/b111/old.csv"},
    ]
    data = {"props": {"pageProps": {"dataset": {"name": "x", "resources": resources}, "resources": []}}}
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script>'
    world.page(page, f"<!doctype html><html><body>{script}</body></html>")
    world.page(entry_of("hounslow", "purchase-card").page, "<!doctype html><html><body>nothing</body></html>")
    plan = await plan_of(fetcher, world, "payments", councils=("hounslow",))
    assert [step.wanted.file_name for step in plan.steps] == [
        "hounslow/hounslow-2026-07.csv",
        "hounslow/hounslow-2026-05.xlsx",
    ]
    (note,) = plan.notes
    assert (note.status, note.publisher) == ("failed", "hounslow")
    assert "no list of files" in note.message
    with pytest.raises(FetchFailed):
        read_next("<html><script id='__NEXT_DATA__'>{broken</script></html>", page)


async def test_a_council_behind_a_wall_says_how_to_fetch_by_hand(fetcher: Fetcher, world: World) -> None:
    walled = (
        "barking-and-dagenham",
        "enfield",
        "greenwich",
        "hammersmith-and-fulham",
        "kensington-and-chelsea",
    )
    plan = await plan_of(fetcher, world, "payments", councils=walled)
    assert not plan.steps
    assert {note.publisher for note in plan.notes} == set(walled)
    for note in plan.notes:
        assert note.status == "by_hand"
        assert f"borough load --council {note.publisher} FOLDER" in note.message
    assert not world.server.requests


async def test_a_page_that_changed_says_so_and_one_that_turns_away_too(
    fetcher: Fetcher, world: World
) -> None:
    world.page(entry_of("lewisham").page, links_page({"https://lewisham.gov.uk/new.aspx": "It is all new"}))
    world.server.reply(world.path(entry_of("bexley").page), Reply(403, {}, b"no"))
    plan = await plan_of(fetcher, world, "payments", councils=("lewisham", "bexley"))
    said = {note.publisher: note for note in plan.notes}
    assert {note.status for note in plan.notes} == {"failed"}
    assert "fits its pattern" in said["lewisham"].message
    assert "403" in said["bexley"].message


async def test_a_page_of_another_form_spoils_no_other_council(
    fetcher: Fetcher, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.page(
        entry_of("lewisham").page, links_page({"https://lewisham.gov.uk/-/media/jul2026.csv": "July 2026"})
    )
    world.page(entry_of("bexley").page, "<html>strange</html>")

    def read(html: str, page: str) -> list[Link]:
        if "strange" in html:
            raise ValueError("Invalid IPv6 URL")
        return read_links(html, page)

    monkeypatch.setattr("etl.fetch.publishers.councils.read_links", read)
    plan = await plan_of(fetcher, world, "payments", councils=("lewisham", "bexley"))
    failed = [
        note.publisher for note in plan.notes if note.status == "failed" and "another way" in note.message
    ]
    assert failed == ["bexley"]


async def test_files_that_name_no_month_wait_for_all(fetcher: Fetcher, world: World) -> None:
    folder = "https://www.kingston.gov.uk/sites/default/files/2026-08"
    links = {
        f"{folder}/RBK%20payments%20over%20%C2%A3500%20-%20To%20be%20published.csv": "Items of spend over £500 July 2026",
        f"{folder}/RBK%20LCC%20Open%20Data%20May%202026.csv": "Procurement card May 2026",
        f"{folder}/RBK%20payments.csv": "Payments",
    }
    world.page(entry_of("kingston-upon-thames").page, links_page(links))
    plan = await plan_of(fetcher, world, "payments", councils=("kingston-upon-thames",))
    assert [step.wanted.file_name.rpartition("/")[2] for step in plan.steps] == [
        # the upload folder is no month of the data
        "kingston-upon-thames-2026-07.csv",
        "kingston-upon-thames-2026-05-purchase-card.csv",
    ]
    (note,) = plan.notes
    assert note.status == "passed_over"
    assert "1 of its 3 files" in note.message
    everything = await plan_of(fetcher, world, "payments", councils=("kingston-upon-thames",), window=ALL)
    assert len(everything.steps) == 3


def test_of_the_same_months_in_two_forms_the_text_is_taken_and_a_correction_beside_it() -> None:
    council = entry_of("tower-hamlets")
    folder = "https://www.towerhamlets.gov.uk/Documents/Transparency-data/Payments-to-suppliers/2025-2026"
    links = [
        Link(f"{folder}/250-spend-Jul-26.xlsx", "July 2026 Excel"),
        Link(f"{folder}/250-spend-Jul-26.csv", "July 2026 CSV"),
        Link(f"{folder}/250-spend-Jul-26-New.csv", "July 2026 CSV corrected"),
        Link(f"{folder}/PCARD-JUL-26-New.csv", "Purchase cards July 2026"),
    ]
    files = choose_files(links, council)
    assert {file.link.url.rpartition("/")[2] for file in files} == {
        "250-spend-Jul-26.csv",
        "250-spend-Jul-26-New.csv",
        "PCARD-JUL-26-New.csv",
    }
    names = [want("payments", council, file).file_name for file in files]
    assert "tower-hamlets/tower-hamlets-2026-07-purchase-card.csv" in names


def test_two_files_of_the_same_months_get_a_key_and_a_name_each() -> None:
    """Whatever a page lists, no file of a run may take the place of another."""
    council = entry_of("lewisham")
    links = [Link(f"https://lewisham.gov.uk/spending-over-250/{n}/jul2026.csv", "July 2026") for n in (1, 2)]
    steps = tuple(Step(wanted=want("payments", council, file)) for file in choose_files(links, council))
    parted = _part_keys(Plan(steps), accept_smaller=True).steps
    assert [step.wanted.key for step in parted] == [
        "lewisham/payments/2026-07",
        "lewisham/payments/2026-07/2",
    ]
    assert len({step.wanted.file_name for step in parted}) == 2
    assert all(step.wanted.accept_smaller for step in parted)


def test_links_are_absolute_and_stand_once() -> None:
    html = (
        "<html><body><a href='a.csv'>One</a> <a href=\"/b file.csv#top\"> Two\n words </a><a href='a.csv'>again</a>"
        "<a href='http://[draft]/c.csv'>no address</a>"
        "<a href='mailto:x@y.z'>mail</a><a href='javascript:void(0)'>no</a><a>none</a></body></html>"
    )
    assert read_links(html, "https://x.gov.uk/spend/index.html") == [
        Link("https://x.gov.uk/spend/a.csv", "One"),
        Link("https://x.gov.uk/b%20file.csv", "Two words"),
    ]


def test_a_page_of_google_drive_is_turned_into_its_file() -> None:
    """Hackney: every file lies on Google Drive."""
    file = "https://drive.google.com/uc?export=download&id=1p9Y7n_l8lVxiTp1GMl1p"
    assert download_of("https://drive.google.com/file/d/1p9Y7n_l8lVxiTp1GMl1p/view?usp=sharing") == file
    assert download_of(file) == file
    council = entry_of("hackney")
    (one,) = choose_files([Link(file, "July 2026 csv")], council)
    assert want("payments", council, one).file_name == "hackney/hackney-2026-07.csv"


def test_an_address_that_ends_in_its_form_is_named_by_the_part_before() -> None:
    """Redbridge: …/aug-2026/CSV."""
    link = Link(
        "https://data.redbridge.gov.uk/Download/finance/payments-over-500-2026-27/aug-2026/CSV", "CSV"
    )
    assert (link.name, link.form) == ("aug-2026.csv", "csv")
    (one,) = choose_files([link], entry_of("redbridge"))
    assert one.period == (date(2026, 8, 1), date(2026, 8, 1))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("July 2026", "2026-07"),
        ("250-spend-Jul-26-New.csv", "2026-07"),
        ("jul2026paymentsover250.csv", "2026-07"),
        ("Transparency Report Apr 2026 - Jun 2026", "2026-04_2026-06"),
        ("april-through-to-june-26-expenditure-report.csv", "2026-04_2026-06"),
        ("q1-2026-27-expenditure-over-£500", "2026-04_2026-06"),
        ("Quarter One 2015", "2015-04_2015-06"),
        ("lbh-expenditure-q4-2025-26.csv", "2026-01_2026-03"),
        ("council_expenditure_q1_23-24.csv", "2023-04_2023-06"),
        ("Over_500_Transparency_Report_2026-27Q1.csv", "2026-04_2026-06"),
        ("payments-to-suppliers---0826", "2026-08"),
        ("local-authority-expenditure-xlsx-04-2024.xlsx", "2024-04"),
        ("September 2010 to March 2011", "2010-09_2011-03"),
        ("December to February 2020", "2019-12_2020-02"),
        ("2026_to_2027_council_spend_over_250", "2026-04_2027-03"),
        ("spend-over-500-2010-11", "2010-04_2011-03"),
        ("MPS Use of Force - FY23-24", "2023-04_2024-03"),
        ("2026 GTR500YTD.xlsx.csv", "2026-01_2026-12"),
        ("RBK payments over £500 - To be published.csv", None),
        ("Mayor's payments", None),
        ("£500 report", None),
    ],
)
def test_the_months_that_a_text_speaks_of(text: str, period: str | None) -> None:
    found = read_period(text)
    assert (name_period(found) if found else None) == period


@settings(max_examples=20, deadline=None)
@given(st.dates(date(2011, 1, 1), date(2035, 1, 1)), st.integers(0, 13))
def test_the_loader_reads_the_payer_and_the_months_in_the_name_of_a_stored_file(day: date, more: int) -> None:
    first = day.replace(day=1)
    period = (first, add_months(first, more))
    link = Link("https://x.gov.uk/a.csv", "a")
    for area in load_boroughs():
        council = msgspec.structs.replace(entry_of("lewisham"), council=area.slug)
        path = (
            Path("raw/payments/2026-11-22T101500Z")
            / want("payments", council, File(link, "payments", period)).file_name
        )
        assert find_period([path.name]) == period
        assert area.borough is not None
        assert find_path_payer(split_path(path)) == council_of(area.borough)


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@given(
    st.dates(date(2010, 1, 1), date(2039, 12, 1)),
    st.sampled_from(
        ["{0} {1}", "{0}-{1}", "{0}_{1}", "{0}{1}", "payments {0} {1}.csv", "{1} {0}", "{2} {1}", "{2}-{3}"]
    ),
)
def test_every_way_to_write_a_month_is_that_month(day: date, form: str) -> None:
    name = MONTHS[day.month - 1]
    text = form.format(name, day.year, name[:3], f"{day:%y}")
    assert read_period(text) == (day.replace(day=1), day.replace(day=1))


@given(st.text())
def test_no_text_is_too_strange_to_ask_for_its_months(text: str) -> None:
    period = read_period(text)
    assert period is None or period[0] <= period[1]


def test_the_window_of_a_command() -> None:
    window = parse_window("2024-01", "2024-12", is_all=False, today=TODAY)
    assert window.span(24) == (date(2024, 1, 1), date(2024, 12, 1))
    assert Window(today=TODAY).span(24) == (date(2024, 12, 1), date(2026, 11, 1))
    assert ALL.span(24) == (date(2000, 1, 1), date(2026, 11, 1))
    assert Window(today=TODAY).wants((date(2024, 10, 1), date(2024, 12, 1)), 24)
    assert not Window(today=TODAY).wants((date(2024, 10, 1), date(2024, 11, 1)), 24)
    for wrong in (("2024-13", None), ("2024", None), (None, "soon"), ("2024-12", "2024-01")):
        with pytest.raises(ValueError, match=r"is no month|is after"):
            parse_window(*wrong, is_all=False, today=TODAY)
