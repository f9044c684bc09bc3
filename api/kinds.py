"""Which kinds of event a whole month of a source holds, and what a file lacks that holds only some. Pure."""

from functools import cache

from api.figures.coverage import FEW_WORDS, OLDER_CASES, Coverage
from api.publisher_grid import MONEY, RETURNS, explain_kinds
from api.series import needed_words
from sql.measure import TOTAL, load_measures

OWN_CASES = "The file tells only of crimes of its own month, not of what became of older ones."


def explain_part(source: str, found: Coverage) -> str | None:
    """Why a month that was received is not all that is published of it, in sentences; None where it is."""
    if source in MONEY:
        return explain_kinds(found) if source not in RETURNS else None
    told = []
    kinds = list_kinds(source)
    if found.words is not None and kinds and not kinds <= found.words:
        held, lacking = sorted(kinds & found.words), sorted(kinds - found.words)
        if len(held) == 1:
            told.append(f"The file holds only {_name(held[0])}.")
        else:
            told.append(f"The file holds {len(held)} of {len(kinds)} kinds of crime.")
            if len(lacking) <= FEW_WORDS:
                told[0] = f"{told[0][:-1]}, without {' and '.join(map(_name, lacking))}."
        if former := sorted(found.words - kinds - {"unknown"}):
            told.append(
                f"It also holds kinds that are divided otherwise today: {', '.join(map(_name, former))}."
            )
    if OLDER_CASES in found.unusable_fields:
        told.append(OWN_CASES)
    return " ".join(told) or None


@cache
def list_kinds(source: str) -> frozenset[str]:
    """The kinds of event that a whole month of a source holds, as far as figures are made of them."""
    return frozenset().union(
        *(needed_words(measure, TOTAL) for measure in load_measures().values() if measure.source == source)
    )


def _name(kind: str) -> str:
    return kind.replace("_", " ")
