"""Why a figure is absent or weak, in words, from everything that is true of it (`api.figures.status`)."""

from collections.abc import Mapping

from api.figures.councils import describe_council_gaps, explain_no_money, is_money
from api.figures.coverage import FORCES, WITHOUT_CITY, CoverageOf, describe_gaps, explain_young, name_source
from api.figures.status import Fact, Setting, list_crossed
from api.figures.windows import text_of

SURVEY = "survey"
NOT_WHOLE = (
    'An area with the City in it has none either: take "Met area (32 boroughs)" for comparison instead.'
)
WITHHELD = "Withheld so that no count of 1 to 4 people can be seen or worked out."
WITHHELD_PAYMENTS = (
    "Withheld: what holds payments for domestic abuse is given for whole financial years, and where each council has 5 such "
    "payments or more, or none."
)
# Of whom the residents are counted in an age of their own, and the file that has their ages.
BY_AGE = "section_251"
SINGLE_YEARS = (
    "The mid-year estimates of the ONS by single year of age (MYEB1) have residents of these ages, and are not held here for "
    "that year."
)
RETURNED_ZERO = "The council returned zero; that is not the same as nothing spent."
RETURNED_ZERO_AMONG = "A council of this area returned zero; that is not the same as nothing spent."
WHY_UNDEFINED: Mapping[str, str] = {
    "ratio": "There is no event of the reference group, so the ratio is undefined.",
    "share": "There is no event with the field known, so there is no share.",
    "completeness": "The publisher's own count is 0, so ours is no part of it.",
}
NEEDS_REASON = ~(
    Fact.REVISED
    | Fact.CROSSES_BREAK
    | Fact.DAYTIME
    | Fact.INTERVAL_HAS_ONE
    | Fact.HAS_UNPLACED
    | Fact.UNKNOWN_WITHHELD
)


def explain(bits: int, setting: Setting, coverage: CoverageOf) -> str | None:
    """Why a figure is absent or weak, in sentences; None where there is nothing to explain."""
    if not bits & NEEDS_REASON:
        return None
    if bits & Fact.NO_AREA:
        return "This area did not exist at the end of this window."
    if bits & Fact.NO_GROUP:
        return (
            "This way of counting lacks the group: officers record White, Black, Asian or Other, never Mixed."
        )
    if bits & Fact.MET_ONLY:
        return "These groups are given for the whole Met area only: in one borough they are too few people."
    if bits & Fact.FORBIDDEN:
        why = next((text for _, _, effect, text in list_crossed(setting) if effect == "forbid"), "")
        return f"Figures before and after a break in the series cannot be added. {why}".rstrip()
    if bits & Fact.NONE_RECEIVED:
        return _explain_missing(setting, coverage)
    if bits & Fact.NOT_COUNTED:
        return "This release had the files and did not count this figure yet: later ones do."
    if bits & Fact.NOT_HELD:
        return (
            "The files received do not hold this figure of every council of the area, or, in real terms, the deflators "
            "loaded do not reach its year."
        )
    if bits & Fact.YOUNG:
        return explain_young(
            coverage, setting.need, setting.forces, setting.window.first, setting.window.last
        )
    told: list[str] = []
    if bits & Fact.UNKNOWN_GROUP:
        told.append("A group of people whose attribute is unknown has a count and no residents, so no rate.")
    if bits & (Fact.FEW_RECEIVED | Fact.SOME_MISSING):
        only = "Only " if bits & Fact.FEW_RECEIVED else ""
        gaps = _describe_gaps(setting, coverage)
        verb = "was" if setting.months_received == 1 else "were"
        told.append(
            f"{only}{setting.months_received} of {setting.window.months} months {verb} received ({gaps})."
        )
    if bits & Fact.UNPLACED:
        told.append(
            "Less than 80% of the events have a location, so the figure of one borough would be too low."
        )
    if bits & Fact.NO_POPULATION:
        told.append(_explain_population(setting))
    if bits & Fact.SUPPRESSED:
        told.append(WITHHELD_PAYMENTS if is_money(setting.need.source) else WITHHELD)
        return " ".join(told)
    told += _explain_weakness(bits, setting)
    return " ".join(told) or None


def _describe_gaps(setting: Setting, coverage: CoverageOf) -> str:
    first, last = setting.window.first, setting.window.last
    if is_money(setting.need.source):
        return describe_council_gaps(coverage, setting.need, setting.boroughs, first, last)
    return describe_gaps(coverage, setting.need, setting.forces, first, last)


def _explain_missing(setting: Setting, coverage: CoverageOf) -> str:
    if is_money(setting.need.source):
        window = setting.window
        return explain_no_money(coverage, setting.need, setting.boroughs, window.first, window.last)
    words = name_source(setting.need.source)
    city = FORCES[1]
    without = WITHOUT_CITY.get(setting.need.source) or WITHOUT_CITY.get(setting.need.follows or "")
    if without is not None and city in setting.forces:
        return without if setting.forces == (city,) else f"{without} {NOT_WHOLE}"
    first, last = setting.window.first, setting.window.last
    city_files = coverage.get((setting.need.source, city), {})
    no_city_file = city in setting.forces and not any(first <= month <= last for month in city_files)
    sentence = f"No {words} file of City of London Police was received for these months, so "
    if setting.forces == (city,) and no_city_file:
        return (
            f"{sentence}the City's own figures are missing; "
            "other forces' events in the City are counted apart."
        )
    gaps = describe_gaps(coverage, setting.need, setting.forces, first, last)
    if len(setting.forces) > 1:
        instead = 'take "Met area (32 boroughs)" for comparison instead'
        if no_city_file:
            return f"{sentence}an area that needs both forces has no figure: {instead}."
        return f"This area needs both forces, and no month has the files of both ({gaps}): {instead}."
    months = "This month cannot" if setting.window.months == 1 else "None of these months can"
    return f"{months} be used ({gaps})."


def _explain_no_residents(setting: Setting) -> str:
    """Why an amount cannot be given for each resident, and the file that mends it."""
    year = setting.first_estimate
    if year is not None and setting.window.first // 12 < year:
        told = f"Populations begin with mid-{year}: earlier years have an amount and none for each resident."
    else:
        told = "No population is loaded for every part of the area: there is an amount and none for each resident."
    return f"{told} {SINGLE_YEARS}" if setting.need.source == BY_AGE else told


def _explain_population(setting: Setting) -> str:
    year = setting.first_estimate
    if is_money(setting.need.source):
        return _explain_no_residents(setting)
    if setting.need.source == SURVEY:
        since = f"begin with mid-{year}" if year is not None else "are not loaded"
        return f"The boroughs' shares cannot be weighted by residents: populations {since}. Take the boroughs one by one."
    if year is not None and setting.window.first // 12 < year:
        return f"Populations begin with mid-{year}: earlier months have a count and no rate."
    return "No population of this group is loaded for every part of the area: there is a count and no rate."


def _explain_weakness(bits: int, setting: Setting) -> list[str]:
    told = []
    if bits & Fact.UNDEFINED:
        told.append(WHY_UNDEFINED.get(setting.statistic, WHY_UNDEFINED["share"]))
    if bits & Fact.FEW_EVENTS:
        told.append("One of the two groups has fewer than 10 events.")
    if bits & Fact.FEW_RESIDENTS:
        told.append("One of the two groups has fewer than 1,000 residents here.")
    if bits & Fact.FEW_CASES:
        told.append("The share is of fewer than 20 events.")
    if bits & Fact.MANY_UNKNOWN:
        told.append("Self-defined ethnicity is unknown in more than 20% of these events, and not at random.")
    if bits & Fact.RETURNED_ZERO:
        told.append(RETURNED_ZERO if len(setting.boroughs) == 1 else RETURNED_ZERO_AMONG)
    if bits & Fact.NOT_FINAL:
        told.append(setting.provisional)
    if bits & Fact.CARRIED_FORWARD:
        later = "years" if is_money(setting.need.source) else "months"
        told.append(f"The latest population estimate is carried forward to later {later}.")
    if bits & Fact.BEGAN_LATER:
        told.append(
            f"The boundaries of this area date from {text_of(setting.began)}, within or after this window."
        )
    return told
