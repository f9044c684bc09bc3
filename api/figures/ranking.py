"""Where ranking is fair, and the ranks (shared/methods.md, rules 4 and 8, and section 2)."""

from collections.abc import Mapping

NEVER_RANKED = {
    "ratio": "Ratios between groups are never ranked: where few people of a group live, few events make a high ratio.",
    "count": "Counts are not ranked: they follow how many people there are.",
    "amount": "Amounts are not ranked: they follow how many people live there, and payments depend on what each council publishes.",
    "completeness": "How complete a copy is says nothing of an area, so it is not ranked.",
}
NO_CHANCE = "Money is no count of chance events, so there are no limits within which areas would differ by chance alone."
DAYTIME = (
    "Rates on residents are not ranked here, nor set beside those of other areas: the people here by day are many "
    "times the residents."
)
ACROSS_FORCES = (
    "Cases as old as the copy they were published in are not compared between forces, whose copies differ in age: take a "
    "basis that names their age."
)
NO_VALUE = "There is no figure to rank."
LOW = "A figure of few events or residents, or with many unknown, is not ranked."
RETURNED_ZERO = "The council returned zero, which is not the same as nothing spent, so it is not ranked."
INCOMPLETE_YEAR = "Only figures of all 12 months are ranked."


def refuse_rank(
    statistic: str, value: float | None, status: str, months_received: int, *, is_daytime: bool
) -> str | None:
    """Why a figure is not ranked, in a sentence; None where ranking is fair."""
    if statistic in NEVER_RANKED:
        return NEVER_RANKED[statistic]
    if is_daytime:
        return DAYTIME
    if value is None:
        return NO_VALUE
    if status == "low":
        return LOW
    if months_received < 12:
        return INCOMPLETE_YEAR
    return None


def rank(values: Mapping[str, float]) -> dict[str, int]:
    """Ranks by key, the highest value first; equal values share the better rank."""
    return {key: 1 + sum(other > value for other in values.values()) for key, value in values.items()}
