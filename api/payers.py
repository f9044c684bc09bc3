"""Who pays, as an area sees it: its councils, and in all London two authorities that are no borough's. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.errors import BadParameter
from api.figures.windows import last_day, text_of
from api.snapshot import Area, Snapshot
from geo.areas import BOROUGHS
from geo.publishers import GLA, TFL, council_of, name_publisher, slug_publisher

# They have no code of an area of their own.
LONDON_WIDE = {GLA: "GLA", TFL: "TfL"}


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid. `force`: the publisher's number. `payer_code`: of a council its borough's."""

    force: int
    payer_code: str
    slug: str
    name: str


def list_payers(snapshot: Snapshot, area: Area, month: int) -> tuple[Payer, ...]:
    """The councils that are an area's at a month's end; of London also the GLA and TfL. Raises BadParameter."""
    end = last_day(month)
    homes = snapshot.home_forces
    boroughs = sorted(
        {
            member.borough
            for member in snapshot.members.get(area.area_code, ())
            if member.borough in BOROUGHS
            and member.valid_from <= end <= member.valid_to
            and member.force in (None, homes.get(member.borough))
        }
    )
    if not boroughs:
        raise BadParameter(
            "to",
            text_of(month),
            (),
            f"{area.area_name} had no borough in {text_of(month)}: ask for one of its boroughs, or for later months.",
        )
    codes = {other.borough: other.area_code for other in snapshot.areas.values() if other.borough is not None}
    payers = [_describe(council_of(borough), codes[borough]) for borough in boroughs]
    if area.area_kind == "london":
        payers += [_describe(force, code) for force, code in LONDON_WIDE.items()]
    return tuple(payers)


def choose_payers(payers: Sequence[Payer], texts: Sequence[str]) -> tuple[Payer, ...]:
    """Those of the payers that are named, by slug or code; all where none is. Raises BadParameter."""
    if not texts:
        return tuple(payers)
    by_name = {name.casefold(): payer for payer in payers for name in (payer.slug, payer.payer_code)}
    chosen = set()
    for text in texts:
        if text.strip().casefold() not in by_name:
            raise BadParameter("payer", text, [payer.slug for payer in payers])
        chosen.add(by_name[text.strip().casefold()])
    return tuple(payer for payer in payers if payer in chosen)


def _describe(force: int, code: str) -> Payer:
    slug, name = slug_publisher(force), name_publisher(force)
    assert slug is not None
    assert name is not None
    return Payer(force, code, slug, name)
