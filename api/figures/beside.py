"""What stands beside a figure: the rest of the Met area without it, and the same months a year earlier."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from api.figures.coverage import FORCES, Receipt
from api.figures.membership import Membership
from api.figures.rollup import Frame
from api.figures.weighted import SurveyFrame
from api.figures.windows import Window

YEAR = 12
# The flag of a survey's change that is more than chance (shared/methods.md, section 8).
BEYOND_SURVEY = "change_beyond_7.9_points"


def leave_out(member: Membership) -> Membership:
    """What remains of the last area (the whole) without each of the others: memberships of areas × windows.

    Boroughs that remain count with all events in them but those that the area itself counts. `is_empty` where
    no borough remains: the area holds the whole.
    """
    own, whole = member.of[:-1], np.broadcast_to(member.of[-1], member.of[:-1].shape)
    pairs, of = np.unique(np.stack([own.ravel(), whole.ravel()]), axis=1, return_inverse=True)
    left, of_whole = pairs
    boroughs = member.boroughs[of_whole] * (1 - member.boroughs[left])
    # Cells run from borough -1 on; events outside London and without a place are in no borough.
    remains = np.repeat(np.pad(boroughs, ((0, 0), (1, 0))), len(FORCES), axis=1)
    cells = member.cells[of_whole] * (1 - member.cells[left]) * remains
    is_empty = ~boroughs.any(axis=1)
    held = np.flatnonzero(cells.any(axis=0)) // len(FORCES) - 1
    return Membership(
        of=of.reshape(own.shape),
        cells=cells,
        unplaced_cells=np.zeros_like(cells),
        other_force_cells=member.other_force_cells[of_whole] * cells,
        boroughs=boroughs,
        forces=member.forces[of_whole] & ~is_empty[:, None],
        began=np.maximum(member.began[left], member.began[of_whole]),
        is_empty=is_empty,
        held=tuple(np.unique(held).tolist()),
    )


def shift_back(windows: Sequence[Window]) -> tuple[Window, ...]:
    """The windows twelve months earlier."""
    return tuple(Window(window.first - YEAR, window.last - YEAR) for window in windows)


def match_frames(frame: Frame, windows: tuple[Window, ...]) -> tuple[Frame, Frame]:
    """The frames of windows and of the windows a year earlier, on the calendar months that both received.

    `frame` spans both, and its windows are those a year earlier, then `windows` themselves. Of an area the
    members at the end of `windows` count in both. Whether a month matches does not depend on the window: what
    is received in a month counts if that twelve months away is received too.
    """
    count = len(windows)
    member = replace(frame.membership, of=frame.membership.of[:, count:])
    now = tuple(_mask(receipt, lag=YEAR) for receipt in frame.receipts)
    before = tuple(_mask(receipt, lag=-YEAR) for receipt in frame.receipts)
    return (
        _narrow(replace(frame, membership=member, receipts=now), slice(count, None)),
        _narrow(replace(frame, membership=member, receipts=before), slice(count)),
    )


def join_windows(frame: Frame, windows: tuple[Window, ...]) -> Frame:
    """The frame with each of its earlier windows drawn out to the end of the later one."""
    drawn = tuple(Window(window.first - YEAR, window.last) for window in windows)
    member = replace(frame.membership, of=frame.membership.of[:, len(windows) :])
    later = _narrow(frame, slice(len(windows), None))
    return replace(later, windows=drawn, membership=member)


def _narrow(frame: Frame, some: slice) -> Frame:
    """The frame with some of its windows."""
    if isinstance(frame, SurveyFrame):
        return replace(frame, windows=frame.windows[some], residents=frame.residents[:, some])
    return replace(frame, windows=frame.windows[some])


def _mask(receipt: Receipt, lag: int) -> Receipt:
    """The receipt of the months for which that `lag` months earlier (later if negative) was received too."""
    other = np.zeros_like(receipt.received)
    if lag > 0:
        other[:, lag:] = receipt.received[:, :-lag]
    else:
        other[:, :lag] = receipt.received[:, -lag:]
    return replace(receipt, received=receipt.received & other)
