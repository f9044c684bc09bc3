"""Which copy of a month takes the place of which. Pure."""

from collections.abc import Iterable, Sequence

import asyncpg

from etl.errors import Refused
from etl.find import Candidate
from etl.report import Options
from etl.vocabulary import Codes


def check_vintage(candidate: Candidate, overtaken: Iterable[asyncpg.Record]) -> None:
    """Raise Refused where a copy is not newer than those that it would take the place of."""
    for copy in overtaken:
        if candidate.vintage < copy["vintage"]:
            raise Refused(
                f"This copy (vintage {candidate.vintage}) is older than the one in the database ({copy['file']}, vintage"
                f" {copy['vintage']}), and an older copy never takes the place of a newer one. --force loads it all the same."
            )
        if candidate.vintage == copy["vintage"]:
            raise Refused(
                f"This copy differs from the one in the database ({copy['file']}), and both have the vintage {copy['vintage']}:"
                " which is newer cannot be told. Say with --vintage YYYY-MM-DD when this one was published."
            )


def overlap(words: Sequence[int] | None, others: Sequence[int] | None) -> bool:
    """Whether two copies hold a kind of event in common; None: all kinds."""
    return words is None or others is None or not set(words).isdisjoint(others)


def lacks(words: Sequence[int] | None, others: Sequence[int] | None, most: float = 0.0) -> bool:
    """Whether a copy with these kinds of event lacks more than a share of the kinds that another holds; None: all kinds."""
    if words is None:
        return False
    return others is None or len(set(others) - set(words)) > most * len(set(others))


def find_only(options: Options, codes: Codes) -> tuple[int, ...]:
    """The codes of the classes that --only names. Raises Refused where one is none."""
    by_class = {_slug(word): code for word, code in codes["category"].items()}
    if strange := [name for name in options.only if name not in by_class]:
        raise Refused(f"--only names {strange[0]!r}, which is no category. Nothing was loaded.")
    return tuple(sorted(by_class[name] for name in set(options.only)))


def _slug(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")
