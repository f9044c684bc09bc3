"""The published returns: every file loads, and its figures are those of another way of reading it."""

from decimal import Decimal
from pathlib import Path

import pytest

from etl.reference import load_deflators
from etl.returns.revenue import read_revenue
from etl.returns.sheets import read_sheets
from tests.etl.conftest import Base
from tests.oracle import returns as oracle

RA = "community_safety_spend_per_head"
HILLINGDON, MHCLG, DFE = 17, 150, 151
# name begins → councils × lines
REVENUE = {
    "RA_2021": 33 * 17,
    "RA_2023": 33 * 17,
    "RSX_2021": 33 * 14,
    "RSX_2022": 33 * 14,
    "RSX_2023": 33 * 14,
    "RS_2017": 33 * 14,
    "2010-11": 33 * 12,
    "2011-12": 33 * 13,
    "2012-13": 33 * 13,
    "2013-14": 33 * 14,
    "2014-15": 33 * 14,
}
YOUTH = {"0809": 33, "0910": 33, "1011": 99, "1112": 132, "1213": 132, "1314": 132}


@pytest.fixture
def council(shared_data: Path) -> Path:
    """The published files of councils' money."""
    return shared_data / "council"


async def test_every_file_loads(base: Base, council: Path) -> None:
    report = await base.load(council / "returns", council / "section-251")
    found = {file.file: file for file in report.files}
    assert {file.status for file in report.files} == {"loaded"}
    assert len(found) == len(REVENUE) + len(YOUTH)
    for name, file in found.items():
        (count,) = (n for mark, n in (REVENUE | YOUTH).items() if mark in name)
        assert (file.rows_read, file.rows_loaded, file.rows_rejected) == (count, count, 0), name
    assert await base.count("spending_return") == sum(REVENUE.values()) + sum(YOUTH.values())
    await check_budgets(base, council / "returns")
    await check_youth(base, council / "section-251")


async def check_budgets(base: Base, folder: Path) -> None:
    """Community safety of 33 councils in 2021-22 and of all but Hillingdon in 2023-24, cell by cell."""
    files = {
        2021: oracle.read_ra_2021(folder / "RA_2021-22_data_by_LA.csv"),
        2023: oracle.read_ra_2023(folder / "RA_2023-24_data_Part_1.csv"),
    }
    returned = {
        ("budget", line, year, borough): None if text == "..." else int(text.replace(",", "")) * 100_000
        for year, cells in files.items()
        for (borough, line), text in cells.items()
    }
    assert len(returned) == 2 * 33 * 3
    for metric in (RA, "crime_reduction_spend_per_head", "cctv_spend_per_head"):
        expected = oracle.measure(metric, returned, load_deflators(), files)
        for basis in ("budget_nominal", "budget_real", "outturn_nominal", "outturn_real"):
            for year in files:
                held = await base.values(metric, f"{year}-04", basis=basis)
                assert held == {
                    (borough, MHCLG): pence
                    for (name, borough, y), pence in expected.items()
                    if (name, y) == (basis, year)
                }
                is_budget = basis.startswith("budget")
                assert len(held) == (0 if not is_budget else 33 if year == 2021 else 32)
    row = await base.coverage("revenue_return", "2024-03", MHCLG)
    assert row is not None
    assert "borough:17/budget_crime_reduction" in row["unusable_fields"]
    # Hillingdon did return its outturn
    assert "borough:17/outturn" not in row["unusable_fields"]


async def check_youth(base: Base, folder: Path) -> None:
    """£ of 33 councils in four years, nominal and real."""
    index = load_deflators()
    for year in range(2010, 2014):
        pounds = oracle.read_youth(folder / f"outturn_{year % 100}{year % 100 + 1}.csv")
        pence = {(borough, DFE): round(amount * 100) for borough, amount in pounds.items()}
        assert len(pence) == 33
        assert await base.values("youth_services_spend", f"{year}-04", basis="nominal") == pence
        assert await base.values("youth_services_spend", f"{year}-04", basis="real") == {
            key: oracle.put_in_prices(amount, year, index) for key, amount in pence.items()
        }


def test_the_services_add_up_to_their_total(council: Path) -> None:
    """Councils round each line: within 0.5% of the total, in every return that has one."""
    seen = apart = 0
    for path in sorted((council / "returns").iterdir()):
        found = read_revenue(read_sheets(path.read_bytes()), path.name)
        services = [line.line for line in found.lines if line.line not in oracle.LINES[RA]]
        by_council: dict[int, dict[str, int]] = {}
        for figure in found.figures:
            if figure.pence is not None and figure.line.line in services:
                by_council.setdefault(figure.borough, {})[figure.line.line] = figure.pence
        for parts in by_council.values():
            total = parts.pop("total_service")
            seen += 1
            apart += abs(Decimal(sum(parts.values()) - total)) > abs(Decimal(total)) / 200
    # 11 files; Hillingdon's budget of 2023-24 is not there
    assert (seen, apart) == (11 * 33 - 1, 0)
