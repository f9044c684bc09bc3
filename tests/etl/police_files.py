"""What the tests of police files share: loading rebuilt rows and real archives, and another reader."""

import csv
import io
import zipfile
from pathlib import Path

from etl.load import FileReport, LoadReport
from tests.etl.conftest import Base
from tests.etl.rows import Row, name_file, put, stops_csv, street_csv


def only(report: LoadReport) -> FileReport:
    (file,) = report.files
    return file


async def load_stops(
    base: Base, rows: list[Row], month: str = "2024-02", force: str = "metropolitan"
) -> FileReport:
    return only(
        await base.load(put(base.folder, name_file(month, "stop-and-search", force), stops_csv(rows)))
    )


async def load_street(
    base: Base, rows: list[Row], month: str = "2024-02", force: str = "metropolitan"
) -> FileReport:
    return only(await base.load(put(base.folder, name_file(month, "street", force), street_csv(rows))))


async def load_real(base: Base, archive: Path) -> dict[str, FileReport]:
    """The reports of a real archive by source, or `city_` and the source for City files."""
    report = await base.load(archive)
    for file in report.files:
        assert file.status == "loaded", file.message
        assert file.rows_read == file.rows_loaded + file.rows_rejected
    return {("city_" if "city" in file.file else "") + str(file.source): file for file in report.files}


def read_rows(archive: Path, ending: str) -> list[dict[str, str]]:
    """The rows of a real file by a reader that is not ours."""
    with zipfile.ZipFile(archive) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith(ending)]
        return list(csv.DictReader(io.StringIO(opened.read(name).decode())))


async def searches(
    base: Base, month: str, group: str = "total", basis: str | None = None
) -> dict[tuple[int, int], int]:
    return await base.values("stop_search_rate", month, group, basis=basis)
