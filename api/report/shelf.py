"""Reports that were just written, so that the same one in another format is not written again."""

from collections import OrderedDict

from api.recall import recall
from api.releases import Releases
from api.report.model import Report
from api.report.request import ReportRequest
from api.report.write import write_report
from api.snapshot import Snapshot

KEPT = 8


async def fetch_report(
    releases: Releases, snapshot: Snapshot, request: ReportRequest
) -> tuple[Snapshot, Report]:
    """The report that is asked for, and the snapshot that it was written from. Raises what writing it raises."""
    shelf: OrderedDict[ReportRequest, Report] = snapshot.memo.setdefault("reports", OrderedDict())
    async with releases.connection() as connection:
        asked = await recall(connection, snapshot, request.as_of)
        report = shelf.get(request)
        if report is None:
            report = shelf[request] = await write_report(connection, asked, request)
            while len(shelf) > KEPT:
                shelf.popitem(last=False)
        else:
            shelf.move_to_end(request)
    return asked, report
