"""Which report is asked for: an area, months, a release, a meeting. Checked against the snapshot before anything is computed."""

import msgspec

from api.snapshot import Area

KINDS = ("borough", "bcu", "met_area", "london")


class ReportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A report that can be written.

    `first` and `last` are months (numbers), None where not asked: `last` ends the headline figures' twelve months (each
    figure's own latest by default), `first` begins the month-by-month charts and tables. `as_of` is the release or day
    that was asked, `meeting` the day of the meeting (ISO).
    """

    area: Area
    first: int | None = None
    last: int | None = None
    as_of: str | None = None
    meeting: str | None = None
