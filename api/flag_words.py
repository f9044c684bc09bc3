"""What the flags of a figure mean, in sentences for people (docs/fields.md has the same for programs). Pure."""

from collections.abc import Iterable

from api.figures.windows import text_of
from api.snapshot import SeriesBreak

FLAG_WORDS = {
    "placed_share_below_0.8": "Too few events have a location for a borough's figure to stand.",
    "no_population": "No residents are known for these months or this group: a count without a rate.",
    "fewer_than_10_events": "Fewer than 10 events stand under it, so it moves much by chance alone.",
    "fewer_than_1000_residents": "Fewer than 1,000 residents stand under it, so it moves much by chance alone.",
    "fewer_than_20_cases": "Fewer than 20 cases stand under it, so it moves much by chance alone.",
    "unknown_share_above_0.2": "The attribute is unknown in more than a fifth of the events on this way of counting, and not at "
    "random.",
    "population_carried_forward": "The latest population estimate stands for later months.",
    "revised": "A later copy of a file changed the figure.",
    "daytime_population": "Many times more people are here by day than live here: a rate on residents says little.",
    "interval_includes_1": "Chance alone could explain this ratio.",
    "includes_unplaced": "The total holds events without a location, which no borough's figure does.",
    "unknown_count_withheld": "How many are of unknown age or ethnicity is withheld, and with it what would tell it.",
    "returned_zero": "A council returned zero: it may book the spending elsewhere. That is not the same as nothing spent.",
}
OF_MONTHS = " months"
BREAK, BEGAN = "break:", "began:"


def explain_flag(flag: str, breaks: Iterable[SeriesBreak]) -> str:
    """The sentence of a flag; of a break in a series what changed, and who says so."""
    if flag.startswith(BREAK):
        found = next((one for one in breaks if one.series_break == flag.removeprefix(BREAK)), None)
        if found is None:
            return "The series changed its meaning within these months."
        return f"The series changed its meaning in {text_of(found.month)}. {found.explanation} (Source: {found.reference}.)"
    if flag.startswith(BEGAN):
        return f"The area began to exist in its present form in {flag.removeprefix(BEGAN)}, after the first of these months."
    if flag.endswith(OF_MONTHS):
        return f"{flag[:1].upper()}{flag[1:]} could be used: the figure is of those, and is never ranked."
    return FLAG_WORDS.get(flag, flag.replace("_", " "))
