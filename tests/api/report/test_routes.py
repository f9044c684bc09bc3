"""Given a report's address, expect the same report in every format, and plain refusals."""

import csv
import io
import json
from typing import Any

import httpx
import openpyxl
import pytest

from api.errors import Unavailable
from api.record_files import Exports
from api.show import show_rate

REPORT = "/reports/hackney?to=2024-03"
PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def ask(client: httpx.AsyncClient, form: str, report: str = REPORT) -> httpx.Response:
    answer = await client.get(f"{report}&format={form}")
    assert answer.status_code == 200, answer.text
    return answer


def read_sheet(content: bytes) -> dict[str, dict[str, Any]]:
    """The last sheet of a workbook, by the address of the figure."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    head, *rows = book["All figures"].iter_rows(min_row=4, values_only=True)
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    return {str(line["cite"]): line for line in lines}


async def test_the_same_figures_in_every_format(loaded: httpx.AsyncClient) -> None:
    figures = json.loads((await ask(loaded, "json")).content)["figures"]
    text = (await ask(loaded, "csv")).content.decode()
    lines = {line["cite"]: line for line in csv.DictReader(io.StringIO(text, newline=""))}
    cells = read_sheet((await ask(loaded, "xlsx")).content)
    page = (await ask(loaded, "html")).text
    assert len(figures) == len(lines) == len(cells) > 20
    shown = [row for row in figures if row["value"] is not None]
    assert len(shown) > 3
    for row in figures:
        line, cell = lines[row["cite"]], cells[row["cite"]]
        for name in ("value", "lower", "upper", "numerator"):
            if row[name] is None:
                assert line[name] == cell[name], (row["metric"], name)
                assert line[name] in ("[x]", "[c]", "[z]", "[low]")
            else:
                assert float(line[name]) == float(cell[name]) == row[name], (row["metric"], name)
    rates = [row for row in shown if row["metric"] == "stop_search_rate" and row["window"] == "month"]
    assert rates
    assert all(f"{show_rate(row['value'])}</a>" in page for row in rates)


async def test_the_figures_are_those_of_the_values(loaded: httpx.AsyncClient) -> None:
    """Month by month, as another address gives them."""
    figures = json.loads((await ask(loaded, "json")).content)["figures"]
    answer = await loaded.get(
        "/v1/values?metric=stop_search_rate&area=hackney&window=month&from=2024-01&to=2024-03"
    )
    wanted = {row["from"]: row for row in answer.json()["data"]}
    found = {
        row["from"]: row
        for row in figures
        if row["metric"] == "stop_search_rate" and row["window"] == "month" and row["from"] >= "2024-01"
    }
    assert list(found) == list(wanted) == ["2024-01", "2024-02", "2024-03"]
    for month, row in wanted.items():
        for name in ("value", "lower", "upper", "numerator", "denominator", "status", "release"):
            assert found[month][name] == row[name], (month, name)


async def test_a_page_by_default_and_what_the_caller_accepts_else(loaded: httpx.AsyncClient) -> None:
    page = await loaded.get(REPORT)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "content-disposition" not in page.headers
    assert "script" not in page.headers["content-security-policy"].replace("script-src 'none'", "")
    assert page.text.startswith("<!DOCTYPE html>")
    for media_type in ("application/json", "text/csv", XLSX):
        answer = await loaded.get(REPORT, headers={"Accept": media_type})
        assert answer.headers["content-type"].startswith(media_type)
    refused = await loaded.get(REPORT, headers={"Accept": "image/png"})
    assert refused.status_code == 406


async def test_files_say_what_they_hold(loaded: httpx.AsyncClient) -> None:
    for form in ("pdf", "xlsx", "csv"):
        said = (await ask(loaded, form)).headers["content-disposition"]
        assert said == f'attachment; filename="borough-report-hackney-2024-03.{form}"'
    pdf = await ask(loaded, "pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-type"] == "application/pdf"


async def test_head_and_what_is_unchanged(loaded: httpx.AsyncClient) -> None:
    page = await loaded.get(REPORT)
    head = await loaded.head(REPORT)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == page.headers["etag"]
    assert page.headers["x-release"]
    again = await loaded.get(REPORT, headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/reports/hackny", 404, "Did you mean hackney?"),
        ("/reports/inner-london", 404, "each borough and each Basic Command Unit"),
        ("/reports/hackney?form=pdf", 400, "Did you mean format"),
        ("/reports/hackney?format=docx", 400, "html, pdf, xlsx, csv, json"),
        ("/reports/hackney?meeting=soon", 400, "is not a day"),
        ("/reports/hackney?from=2024-3", 400, "is not a month"),
        ("/reports/hackney?from=2024-03&to=2024-01", 400, "before"),
        ("/reports/hackney?as_of=1999-01-01", 400, "Nothing had been published"),
        ("/reports/hackney?to=2024-03&to=2024-02", 400, "2 times"),
        ("/reports/frozen/0f1e", 404, "12 to 64 hexadecimal digits"),
        ("/reports/frozen/0f1e2d3c4b5a", 404, "No report was frozen here"),
        ("/reports/hackny/frozen", 404, "Did you mean hackney?"),
        ("/reports/hackney/frozen?format=pdf", 400, "html, json"),
    ],
)
async def test_what_is_not_there_is_said(
    loaded: httpx.AsyncClient, address: str, status: int, says: str
) -> None:
    answer = await loaded.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]
    page = await loaded.get(address, headers=PERSON)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")


async def test_no_more_files_at_a_time_than_the_server_writes(
    loaded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(exports: Exports) -> None:
        raise Unavailable("As many as the server writes.", retry_after_seconds=60)

    monkeypatch.setattr(Exports, "check", refuse)
    busy = await loaded.get("/reports/bromley?format=xlsx")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "60")
    assert (await loaded.get("/reports/bromley?format=csv")).status_code == 200


async def test_a_report_for_a_meeting_is_not_kept_until_it_is_frozen(loaded: httpx.AsyncClient) -> None:
    page = await loaded.get("/reports/hackney?meeting=2099-12-03")
    assert page.headers["cache-control"] == "no-store"
    assert "3 December 2099" in page.text
    assert 'href="/reports/hackney/frozen"' in page.text


async def test_every_kind_of_area_has_a_report(loaded: httpx.AsyncClient) -> None:
    for area in ("E09000001", "CE", "met", "london"):
        answer = await loaded.get(f"/reports/{area}", headers={"Accept": "application/json"})
        assert answer.status_code == 200, area
        assert answer.json()["is_sample"] is False
