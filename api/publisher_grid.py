"""What arrived of councils and other publishers of money: who should publish what, when, and who did not return a line. Pure."""

from collections.abc import Mapping

from api.figures.coverage import Coverage
from api.payment_calendar import MAIN_KIND, Publication, bound
from api.payment_question import SOURCE as PAYMENT
from api.payment_question import Months
from api.snapshot import Snapshot
from geo.areas import BOROUGHS
from geo.publishers import DFE, MHCLG, council_of, is_publisher, slug_publisher

RETURNS = {"revenue_return": MHCLG, "section_251": DFE}
MONEY = (PAYMENT, *RETURNS)
# Financial years, which end with a March.
YEAR = 12
NEVER_PUBLISHED = "No file of this source from this publisher was loaded."
UNCOUNTED = (
    "How many payments a month had is not told: some are left out of every list, and their number with them."
)
BOROUGH = "borough:"
FEW_LINES = 4


def list_publishers(source: str) -> tuple[int, ...]:
    """Who should publish a source of money."""
    return (RETURNS[source],) if source in RETURNS else tuple(map(council_of, BOROUGHS))


def list_slugs() -> list[str]:
    """Every publisher by the name under which it can be asked for."""
    numbers = (*map(council_of, BOROUGHS), *range(council_of(BOROUGHS[-1]) + 1, 200))
    return [slug for number in numbers if (slug := slug_publisher(number)) is not None]


def choose_months(
    snapshot: Snapshot, source: str, force: int, months: list[int], publications: Mapping[int, Publication]
) -> list[int]:
    """Of a source's months those in which this publisher should have a file, or has one."""
    if source != PAYMENT or not is_publisher(force):
        return months
    held = snapshot.coverage.get((source, force), {})
    publication = publications.get(force, Publication())
    first, last = bound(snapshot, Months(None, None), publication, held, is_main=True)
    return [month for month in months if first <= month <= last or month in held]


def name_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """What cannot be used of a month, a council by its borough's slug: `hillingdon`, or `hillingdon/budget_cctv`."""
    return {_name(field): why for field, why in fields.items()}


def explain_kinds(found: Coverage) -> str | None:
    """Why a month of payments is not whole; None where it has those over the threshold."""
    if found.words is None or MAIN_KIND in found.words:
        return None
    held = " and ".join(sorted(word.replace("_", " ") for word in found.words))
    return f"There is no file of payments over the threshold, only of: {held}."


def list_not_returned(fields: Mapping[str, str], boroughs: set[int] | None) -> list[str]:
    """Why councils have no figure in a month's return, and of which lines, a sentence each; `boroughs` None: of all."""
    lines: dict[str, list[str]] = {}
    for field, why in sorted(fields.items()):
        if field.startswith(BOROUGH) and (boroughs is None or _number(field) in boroughs):
            lines.setdefault(why, []).append(field.partition("/")[2].replace("_", " ") or "all lines")
    return [
        f"{why}: {', '.join(named) if len(named) <= FEW_LINES else f'{len(named)} lines'}."
        for why, named in lines.items()
    ]


def _name(field: str) -> str:
    if not field.startswith(BOROUGH):
        return field
    _, slash, line = field.partition("/")
    return f"{slug_publisher(council_of(_number(field)))}{slash}{line}"


def _number(field: str) -> int:
    return int(field.removeprefix(BOROUGH).partition("/")[0])
