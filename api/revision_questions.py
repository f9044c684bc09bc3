"""Questions about what changed, on their way to the database: what they may say, and what is refused."""

from collections.abc import Iterable, Sequence
from datetime import date

from api.areas import find_area
from api.errors import BadParameter, NotFound
from api.request import read_release
from api.snapshot import Area, Release, Snapshot
from sql.measure import load_measures

# Series, month, borough, force: less than any.
FIRST_KEY = (-1, date(1900, 1, 1), -32768, -32768)


def read_pair(snapshot: Snapshot, from_: str | None, to: str | None) -> tuple[Release | None, Release]:
    """The two releases asked about. Raises BadParameter, NotFound."""
    latter = read_release(snapshot, "to", to) or snapshot.release
    if latter is None:
        raise NotFound("Nothing has been published yet, so nothing has changed.")
    former = read_release(snapshot, "from", from_)
    if former is None:
        former = next((one for one in snapshot.releases if one.release_id < latter.release_id), None)
    elif former.release_id > latter.release_id:
        raise BadParameter(
            "to",
            latter.release,
            (),
            f"to={latter.release} was published before from={former.release}: swap them.",
        )
    return former, latter


def choose_metrics(metrics: Sequence[str], sources: Sequence[str]) -> list[str]:
    """The metrics asked about, in alphabetical order. Raises BadParameter."""
    measures = load_measures()
    for name in metrics:
        if name not in measures:
            raise BadParameter("metric", name, list(measures))
    known = sorted({measure.source for measure in measures.values()})
    for name in sources:
        if name not in known:
            raise BadParameter("source", name, known)
    return [
        name
        for name, measure in measures.items()
        if (not metrics or name in metrics) and (not sources or measure.source in sources)
    ]


def check_words(
    snapshot: Snapshot, metrics: Iterable[str], groups: Sequence[str], bases: Sequence[str]
) -> None:
    """Raise BadParameter for a group or a basis that none of the metrics has."""
    chosen = set(metrics)
    there = [key for key in snapshot.series if key[0] in chosen]
    codes = sorted({group for _, _, group in there} | {group.partition(":")[0] for _, _, group in there})
    for name, asked, known in (
        ("group", groups, codes),
        ("basis", bases, sorted({basis for _, basis, _ in there})),
    ):
        for text in asked:
            if text not in known:
                raise BadParameter(name, text, known)


def read_areas(snapshot: Snapshot, texts: Sequence[str]) -> list[Area]:
    """The areas asked about. Raises BadParameter."""
    try:
        return [find_area(snapshot, text) for text in texts]
    except NotFound as error:
        found = str(error.members.get("found"))
        raise BadParameter("area", found, [area.slug for area in snapshot.areas.values()]) from None


def read_flag(name: str, text: str | None) -> bool:
    """Whether a yes-or-no parameter is true. Raises BadParameter."""
    if text not in (None, "true", "false"):
        raise BadParameter(name, text, ("true", "false"))
    return text == "true"


def read_cursor(text: str | None) -> tuple[tuple[int, date, int, int] | None, int]:
    """The key after which a page of details begins, None where the counts are through, and how many residents are.

    Raises BadParameter.
    """
    if text is None:
        return FIRST_KEY, 0
    try:
        match text.split("."):
            case ["residents", number] if (skipped := int(number)) >= 0:
                return None, skipped
            case [series, start, borough, force]:
                key = int(series), date.fromisoformat(start), int(borough), int(force)
                # what the database cannot hold is no key
                if abs(key[0]) < 2**31 and abs(key[2]) < 2**15 and abs(key[3]) < 2**15:
                    return key, 0
    except ValueError:
        pass
    raise BadParameter(
        "cursor", text, (), f"cursor={text!r} is no place in a list: follow links.next, or leave it out."
    )
