"""Who belongs to which area at the end of which window, kept with the snapshot: worked out once for many requests."""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from api.figures.membership import Member, Membership, resolve_memberships
from api.figures.windows import Window, last_day
from api.snapshot import Snapshot

MEMBERSHIPS_KEPT = 64


def resolve_members(snapshot: Snapshot, areas: tuple[str, ...], windows: tuple[Window, ...]) -> Membership:
    """The memberships of areas in windows; those asked for last are kept with the snapshot.

    Between two days on which any of the areas changes all windows have the same, whichever they are.
    """
    kept: dict[Any, Membership] = snapshot.memo.setdefault("memberships", {})
    members = [snapshot.members.get(code, ()) for code in areas]
    changes = _find_changes(snapshot, areas)
    epochs = [bisect(changes, last_day(window.last)) for window in windows]
    first = dict(zip(reversed(epochs), reversed(windows), strict=True))
    key = areas, tuple(sorted(first))
    if key not in kept:
        if len(kept) >= MEMBERSHIPS_KEPT:
            kept.clear()
        kept[key] = resolve_memberships(members, [first[epoch] for epoch in key[1]], snapshot.home_forces)
    found = kept[key]
    return replace(found, of=found.of[:, [key[1].index(epoch) for epoch in epochs]])


def _find_changes(snapshot: Snapshot, areas: tuple[str, ...]) -> list[date]:
    """The days on which any of the areas changes, in order; kept with the snapshot as memberships are."""
    kept: dict[tuple[str, ...], list[date]] = snapshot.memo.setdefault("changes", {})
    if areas not in kept:
        if len(kept) >= MEMBERSHIPS_KEPT:
            kept.clear()
        members = [snapshot.members.get(code, ()) for code in areas]
        kept[areas] = sorted({day for listed in members for one in listed for day in _list_changes(one)})
    return kept[areas]


def _list_changes(member: Member) -> Iterable[date]:
    """The days from which on a membership holds, and no longer holds."""
    yield member.valid_from
    if member.valid_to < date.max:
        yield member.valid_to + timedelta(days=1)
