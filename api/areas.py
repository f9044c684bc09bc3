"""Areas as rows: pure functions of a snapshot."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from api.errors import BadParameter, NotFound, find_close
from api.snapshot import Area, Snapshot
from api.wire import AreaDetail, AreaRow, MemberRow, NeighbourRow
from geo.areas import load_forces
from geo.publishers import GLA, TFL, name_publisher, slug_publisher


def find_area(snapshot: Snapshot, text: str) -> Area:
    """The area of a code or a slug. Raises NotFound with what is close, and all there are."""
    area = snapshot.find_area(text)
    if area is None:
        slugs = [area.slug for area in snapshot.areas.values()]
        close = find_close(text, slugs)
        hint = f": did you mean {' or '.join(close)}?" if close else "."
        for force in (GLA, TFL):
            if text.strip().casefold() == (payer := slug_publisher(force)):
                name = name_publisher(force)
                where = f"/v1/areas/london/payments?payer={payer}"
                raise NotFound(
                    f"{name} is no area: its payments are in {where}.", found=text, allowed=[where]
                )
        raise NotFound(
            f"There is no area {text!r}{hint} /v1/areas lists them all.",
            found=text,
            allowed=[*close, *(slug for slug in slugs if slug not in close)],
        )
    return area


def pick_kind(snapshot: Snapshot, kind: str | None) -> list[Area]:
    """The areas of a kind, of every kind by default. Raises BadParameter."""
    kinds = list(dict.fromkeys(area.area_kind for area in snapshot.areas.values()))
    if kind is not None and kind not in kinds:
        raise BadParameter("kind", kind, kinds)
    return [area for area in snapshot.areas.values() if kind in (None, area.area_kind)]


def read_day(text: str | None) -> date:
    """A day written 2023-09-01; today by default. Raises BadParameter."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text) if len(text) == 10 else _refuse_day(text)
    except ValueError:
        return _refuse_day(text)


def _refuse_day(text: str) -> date:
    raise BadParameter(
        "on", text, (), f"on={text!r} is not a day: write year, month and day, like 2023-09-01."
    )


def describe_area(area: Area) -> AreaRow:
    """An area as it stands in the list."""
    return AreaRow(
        area_code=area.area_code,
        area_name=area.area_name,
        area_kind=area.area_kind,
        slug=area.slug,
        met_borough_code=area.met_borough_code,
        force=name_force(area.home_force),
        href=f"/v1/areas/{area.slug}",
    )


def describe_detail(snapshot: Snapshot, area: Area, day: date, near: list[int]) -> AreaDetail:
    """An area with its members and the areas that it is a member of, on a day."""
    by_borough = {other.borough: other for other in snapshot.areas.values() if other.borough is not None}
    members = tuple(
        MemberRow(
            area_code=by_borough[member.borough].area_code if member.borough > 0 else None,
            area_name=name_cell(by_borough, member.borough),
            force=name_force(member.force),
            valid_from=member.valid_from,
            valid_to=None if member.valid_to == date.max else member.valid_to,
        )
        for member in snapshot.members.get(area.area_code, ())
        if area.borough is None and member.valid_from <= day <= member.valid_to
    )
    part_of = tuple(
        MemberRow(
            area_code=other.area_code,
            area_name=other.area_name,
            force=name_force(member.force),
            valid_from=member.valid_from,
            valid_to=None if member.valid_to == date.max else member.valid_to,
        )
        for other in snapshot.areas.values()
        for member in snapshot.members.get(other.area_code, ())
        if area.borough is not None
        and other.area_code != area.area_code
        and member.borough == area.borough
        and member.force in (None, area.home_force)
        and member.valid_from <= day <= member.valid_to
    )
    neighbours = tuple(
        NeighbourRow(by_borough[n].area_code, by_borough[n].area_name, f"/v1/areas/{by_borough[n].slug}")
        for n in near
        if n in by_borough
    )
    listed = describe_area(area)
    return AreaDetail(
        area_code=listed.area_code,
        area_name=listed.area_name,
        area_kind=listed.area_kind,
        slug=listed.slug,
        met_borough_code=listed.met_borough_code,
        force=listed.force,
        href=listed.href,
        on=day,
        members=members,
        part_of=part_of,
        neighbours=neighbours,
    )


def name_cell(by_borough: Mapping[int, Area], borough: int) -> str:
    """What a borough number is called: its name, or what stands for no place."""
    match borough:
        case 0:
            return "No location published"
        case -1:
            return "Outside London"
        case _:
            return by_borough[borough].area_name


def name_force(force: int | None) -> str | None:
    """A force by its name in data.police.uk files; a council by its borough's slug, another publisher in short."""
    if force is None:
        return None
    return next((known.slug for known in load_forces() if known.force == force), slug_publisher(force))
