"""What holds for every figure of a report. Reviewed text; pure."""

from datetime import date

from api.envelope import SAMPLE_NOTICE
from api.report.desk import Desk
from api.report.words import DAYTIME
from api.snapshot import Snapshot
from geo.areas import CITY

FULL_COUNT = (
    "These are all recorded events, not a sample; the interval shows how far the figure would move by chance alone if the "
    "underlying rate stayed the same. Figures of trust are the exception: they come from a survey of a sample."
)
NOT_PEOPLE = "Events are counted, not people: the same person may be searched, or have force used on them, more than once."
TRANSPORT = (
    "British Transport Police is not included, so what happens on railways and the Underground is not."
)
PLACE = "Searches, uses of force and crimes count where they took place, not where the people concerned live."
MONTHLY = (
    "Month by month, a rate is given as a yearly one, so that it can be read beside that of a year. The centre and the natural "
    "limits stand on the months shown and those before them, 36 where they are there. A month outside the limits, eight in a row "
    "on one side of the centre, or six in a row rising or falling signal a change, and do not say why."
)
POSITIONS = (
    "Higher and Lower mean further from what is usual among areas of the same kind than chance and the spread between them would "
    "explain (outside the 95% limits of a funnel plot); Similar means within. No position is good or bad, and none says why."
)
MISSING = "Missing is never zero: where there is no figure a sign stands in its place, and the reason beside the table."
UNPLACED = (
    "Of {all} searches of the Met area in the headline's months, {unplaced} were published without a location. They count here and "
    "in no borough."
)
BY_DAY = "Far more people are in {name} by day than live there, so rates on residents say little and are not placed."


def write_notes(desk: Desk) -> tuple[str, ...]:
    """The notes of an area's report, those that hold everywhere first."""
    notes = [FULL_COUNT, NOT_PEOPLE, PLACE, TRANSPORT, MISSING, MONTHLY]
    if desk.area.area_kind in ("borough", "bcu"):
        notes.append(POSITIONS)
    if any(DAYTIME in row.flags for row in desk.rows.values()):
        names = {CITY: "the City of London", 33: "Westminster"}
        name = names.get(desk.area.borough or 0, "Westminster, which is part of this area,")
        notes.append(BY_DAY.format(name=name))
    searches = desk.find("stop_search_rate")
    if searches is not None and searches.unplaced_numerator and searches.numerator:
        notes.append(
            UNPLACED.format(all=f"{searches.numerator:,.0f}", unplaced=f"{searches.unplaced_numerator:,.0f}")
        )
    if desk.snapshot.is_sample:
        notes.insert(0, f"{SAMPLE_NOTICE} The figures were invented to show what the report looks like.")
    return tuple(notes)


def tell_known(snapshot: Snapshot) -> str:
    """As known when: the day of the release."""
    if snapshot.release is None:
        return "Nothing has been published yet."
    day = snapshot.release.published_at
    late = "" if snapshot.is_latest else " Later releases may have other figures."
    return f"What had been published here by {day:%-d %B %Y}.{late}"


def tell_meeting(meeting: str | None) -> str:
    """For which meeting a report was prepared."""
    if meeting is None:
        return "A report for scrutiny, from published data"
    return f"Prepared for the meeting on {date.fromisoformat(meeting):%-d %B %Y}"
