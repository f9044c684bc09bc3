"""Which report is asked for: an area, months, a release, a meeting. Checked against the snapshot before anything is computed."""

from datetime import UTC, date, datetime

import msgspec

from api.errors import BadParameter, NotFound, find_close
from api.figures.windows import parse_month, text_of
from api.questions import refuse_future
from api.request import read_release
from api.snapshot import Area, Snapshot

KINDS = ("borough", "bcu", "met_area", "london")
# Of the areas of these kinds those by other names have no report: the Met area's located events are a part of its own.
WIDE = ("met", "london")
# Months that a table month by month may have.
MOST_MONTHS = 240


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


def resolve(
    snapshot: Snapshot,
    area_text: str,
    from_: str | None = None,
    to: str | None = None,
    as_of: str | None = None,
    meeting: str | None = None,
    today: date | None = None,
) -> ReportRequest:
    """The request of raw parameters. `snapshot` is any of the database's: recall that of the request's `as_of` afterwards.

    A meeting that is over shows what was known on its day, so its day is then `as_of`, unless one was asked for. `today` is
    the present day (UTC). Raises NotFound for an area that has no report, BadParameter for anything else.
    """
    area = find_reported(snapshot, area_text)
    refuse_future(("from", from_), ("to", to))
    first, last = (None if text is None else parse_month(text) for text in (from_, to))
    if first is not None:
        end = parse_month(f"{today or datetime.now(UTC).date():%Y-%m}") if last is None else last
        if end < first:
            raise BadParameter("to", to, (), f"to={to} is before from={from_}: swap them.")
        if end - first >= MOST_MONTHS:
            sentence = f"from={from_} is more than {MOST_MONTHS} months before the end: a report shows at most so many."
            raise BadParameter("from", from_, (), sentence)
    read_release(snapshot, "as_of", as_of)
    day = None if meeting is None else _read_meeting(snapshot, meeting)
    if day is not None and as_of is None and day < (today or datetime.now(UTC).date()):
        read_release(snapshot, "meeting", day.isoformat())
        as_of = day.isoformat()
    return ReportRequest(
        area=area, first=first, last=last, as_of=as_of, meeting=None if day is None else day.isoformat()
    )


def list_reported(snapshot: Snapshot) -> list[Area]:
    """The areas that have a report: boroughs, BCUs, the Met area, London."""
    return [area for area in snapshot.areas.values() if _has_report(area)]


def find_reported(snapshot: Snapshot, text: str) -> Area:
    """The area of a code or slug that has a report. Raises NotFound, with what has."""
    area = snapshot.find_area(text)
    if area is not None and _has_report(area):
        return area
    slugs = [one.slug for one in list_reported(snapshot)]
    close = find_close(text, slugs)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    which = f"There is no report of {area.area_name}" if area is not None else f"There is no area {text!r}"
    raise NotFound(
        f"{which}: each borough and each Basic Command Unit has one, and met (the Met area) and london.{hint}",
        found=text,
        allowed=[*close, *(slug for slug in slugs if slug not in close)],
    )


def _has_report(area: Area) -> bool:
    return area.area_kind in KINDS and (area.area_kind in ("borough", "bcu") or area.slug in WIDE)


def _read_meeting(snapshot: Snapshot, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        sentence = f"meeting={text!r} is not a day: write it like 2026-12-03."
        raise BadParameter("meeting", text, (), sentence) from None


def write_address(request: ReportRequest) -> str:
    """The path and query at which the report stands, as it was asked for."""
    asked = {
        "from": None if request.first is None else text_of(request.first),
        "to": None if request.last is None else text_of(request.last),
        "as_of": request.as_of,
        "meeting": request.meeting,
    }
    query = "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)
    return f"/reports/{request.area.slug}{'?' + query if query else ''}"
