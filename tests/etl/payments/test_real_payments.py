"""The published files at ../shared: each is loaded, or refused for a reason that is right; sums by an own reading."""

from pathlib import Path

import pytest

from etl.report import FileReport
from tests.etl.conftest import Base
from tests.etl.police_files import only
from tests.oracle.payments import read_file

# where the amount and the supplier stand in each family of files
PLACES = {
    "lambeth": (1, 0), "lambeth/2012-06-payments.csv": (4, 0), "gla": (5, 1), "barnet-purchase-cards": (5, 0),
    "barnet-purchase-cards/1718Pcard.csv": (2, 3), "elsewhere-in-england/tfl_2021-P10.csv": (5, 1),
}  # fmt: skip
# file -> rows read, rows loaded
LOADED = {
    "barnet-purchase-cards/1718Pcard.csv": (4931, 4931),
    "barnet-purchase-cards/PCard_1617.csv": (4582, 4581),
    "barnet-purchase-cards/PCard_Transactions_15-16.txt": (3865, 3864),
    "elsewhere-in-england/tfl_2021-P10.csv": (8673, 8673),
    "gla/2013-P01.csv": (1202, 1202),
    "gla/2015-P13.csv": (1659, 1659),
    "gla/2018-P06.csv": (786, 786),
    "gla/2022-P13.csv": (2553, 2553),
    "lambeth/2011-01-payments.csv": (1072, 1072),
    "lambeth/2011-02-payments.csv": (1139, 1138),
    "lambeth/2011-03-payments.csv": (1135, 1134),
    "lambeth/2011-04-payments.csv": (966, 965),
    "lambeth/2011-05-payments.csv": (968, 967),
    "lambeth/2011-07-payments.csv": (1044, 1043),
    "lambeth/2011-08-payments.csv": (1011, 1010),
    "lambeth/2011-10-payments.csv": (1017, 1016),
    "lambeth/2011-11-payments.csv": (1015, 1014),
    "lambeth/2011-12-payments.csv": (688, 687),
    "lambeth/2012-02-payments.csv": (934, 933),
    "lambeth/2012-03-payments.csv": (1084, 1083),
    "lambeth/2012-04-payments.csv": (972, 971),
    "lambeth/2012-05-payments.csv": (946, 945),
    "lambeth/2012-06-payments.csv": (3156, 3155),
}
REFUSED = {
    "elsewhere-in-england/calderdale_2021-11-card.csv": "The payer, The Borough of Calderdale, is no London authority",
    "elsewhere-in-england/harrogate_2020-05.csv": "The payer, Harrogate Borough Council, is no London authority",
    "elsewhere-in-england/leeds_2011-05.csv": "The payer, Leeds City Council, is no London authority",
    "elsewhere-in-england/manchester_2020-06.csv": "The payer, Manchester City Council, is no London authority",
    "elsewhere-in-england/darlington_2014-08.csv": "Nothing tells who paid",
    "elsewhere-in-england/northtyneside_2020-08_p.csv": "Nothing tells who paid",
    # cut short at 500 KB and 2 MB
    "elsewhere-in-england/newcastle_2017-04.csv": "stops in the middle of a line",
    "elsewhere-in-england/sheffield_2012-10.csv": "stops in the middle of a line",
    "gla/2022-P03.csv": "web page",
}


@pytest.fixture
def files(shared_data: Path) -> Path:
    """The folder of real payments."""
    return shared_data / "council" / "payments"


def test_every_file_of_the_folder_is_told_of(files: Path) -> None:
    assert {str(path.relative_to(files)) for path in files.rglob("*") if path.is_file()} == {
        *LOADED,
        *REFUSED,
    }


async def test_the_whole_folder(base: Base, files: Path) -> None:
    report = await base.load(files)
    found: dict[str, FileReport] = {file.file: file for file in report.files}
    for name, (read, loaded) in LOADED.items():
        file = found[Path(name).name]
        assert (file.status, file.rows_read, file.rows_loaded, file.rows_rejected) == (
            "loaded",
            read,
            loaded,
            read - loaded,
        ), file
    for name, reason in REFUSED.items():
        assert found[Path(name).name].status == "refused"
        assert reason in found[Path(name).name].message
    sums = {
        row["file"]: row["pence"]
        for row in await base.conn.fetch(
            "select r.file, sum(amount_pence)::bigint as pence from payment p join resource r using (resource_id) group by 1"
        )
    }
    for name, (_, loaded) in LOADED.items():
        amount, label = PLACES.get(name) or PLACES[name.split("/")[0]]
        amounts, grand = read_file(files / name, amount, label)
        assert (len(amounts), sum(amounts)) == (loaded, sums[Path(name).name]), name
        assert grand is None or grand == sum(amounts), name
    totals = await base.conn.fetch(
        "select to_char(o.period_start, 'YYYY-MM') as month, o.numerator from observation o join series s using (series_id)"
        " where s.metric = 'payments_total' and s.basis = 'over_500' and s.group_code = 'total' and o.borough = 22"
    )
    assert len(totals) == 15
    for row in totals:
        name = f"lambeth/{row['month']}-payments.csv"
        amounts, grand = read_file(files / name, *(PLACES.get(name) or PLACES["lambeth"]))
        # of 2011-01 the publisher gives no grand total
        assert row["numerator"] == (grand or sum(amounts)), name
        assert (grand is None) is (row["month"] == "2011-01")
    # the GLA and TfL are no borough's
    assert await base.count("observation", "borough not in (3, 22)") == 0
    before = await base.state()
    again = await base.load(files)
    assert {file.status for file in again.files} == {"unchanged", "refused"}
    assert await base.state() == before


async def test_the_cards_of_barnet_stand_under_their_own_years(base: Base, files: Path) -> None:
    """217 payments of the file of 2016-17 are dated in March 2016, and none of them is in that of 2015-16."""
    await base.load(files / "barnet-purchase-cards")
    months = await base.conn.fetch(
        "select distinct p.month, r.file from payment p join resource r using (resource_id)"
    )
    assert len(months) == 36
    row = await base.conn.fetchrow(
        "select count(*) as payments from payment where month = '2016-04-01' and paid_on between '2016-03-01' and '2016-03-31'"
    )
    assert row is not None
    assert row["payments"] == 217


@pytest.mark.parametrize("name", ["newcastle_2017-04.csv", "northtyneside_2020-08_p.csv"])
async def test_a_file_of_a_council_elsewhere_is_not_loaded_by_folder_alone(
    base: Base, files: Path, name: str
) -> None:
    assert only_refusal(await base.load(files / "elsewhere-in-england" / name))


def only_refusal(report: object) -> bool:
    """Whether the one file was refused."""
    (file,) = report.files  # type: ignore[attr-defined]
    return bool(file.status == "refused")


async def test_north_tynesides_file_is_read_by_the_names_of_the_code(base: Base, files: Path) -> None:
    """Named for a council of London, to see its columns read: it has the names of the Transparency Code's schema."""
    from geo.publishers import council_of

    path = files / "elsewhere-in-england" / "northtyneside_2020-08_p.csv"
    report = only(await base.load(path, council=council_of(12)))
    assert (report.status, report.rows_loaded) == ("loaded", 754)
    assert "guessed" not in report.message
