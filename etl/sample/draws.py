"""Random choices that are the same on every machine.

Only the raw 64-bit stream of PCG64 is used (numpy promises that it never changes) and only integer
arithmetic on it: numpy's own distributions may change between versions, and logarithms differ in the last
digit between processors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Draws", "Integers", "Mask"]

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_HALF = np.uint64(32)


class Draws:
    """One stream of choices, fixed by its key: the same key gives the same choices.

    Streams of different keys are independent, so a month's file does not depend on which others are written.
    """

    def __init__(self, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(list(key)))

    def below(self, high: int | Integers, n: int) -> Integers:
        """`n` whole numbers from 0 to `high` - 1; `high` is one number or an array of `n`, under 2**32."""
        top = self._bits.random_raw(n) >> _HALF
        scaled: Integers = ((top * np.asarray(high, dtype=np.uint64)) >> _HALF).astype(np.int64)
        return scaled

    def one(self, high: int) -> int:
        """One whole number from 0 to `high` - 1."""
        return int(self.below(high, 1)[0])

    def pick(self, weights: Sequence[int] | Integers, n: int) -> Integers:
        """`n` positions in `weights`, each as likely as its whole-number weight."""
        ends = np.cumsum(np.asarray(weights, dtype=np.int64))
        found: Integers = np.searchsorted(ends, self.below(int(ends[-1]), n), side="right").astype(np.int64)
        return found

    def pick_by(self, table: Sequence[Sequence[int]] | Integers, row: Integers) -> Integers:
        """One position for each entry of `row`, drawn with the weights in that row of `table`."""
        ends = np.cumsum(np.asarray(table, dtype=np.int64), axis=1)
        drawn = self.below(ends[:, -1][row], len(row))
        found: Integers = (ends[row] <= drawn[:, None]).sum(axis=1).astype(np.int64)
        return found

    def happens(self, per_100_000: int | Integers, n: int) -> Mask:
        """`n` yes-or-no choices, yes as often as `per_100_000` says (one number, or an array of `n`)."""
        yes: Mask = self.below(100_000, n) < per_100_000
        return yes

    def near(self, expected: int, percent: int) -> int:
        """A count within `percent` of `expected`: volumes wander but never collapse."""
        reach = expected * percent // 100
        return expected - reach + self.one(2 * reach + 1)

    def shuffled(self, n: int) -> Integers:
        """The whole numbers from 0 to `n` - 1 in random order."""
        order: Integers = np.argsort(self._bits.random_raw(n), kind="stable").astype(np.int64)
        return order

    def hexadecimal(self, n: int, digits: int) -> list[str]:
        """`n` texts of `digits` hexadecimal characters."""
        words = -(-digits // 16)
        text = self._bits.random_raw(n * words).astype(">u8").tobytes().hex()
        step = words * 16
        return [text[at : at + digits] for at in range(0, n * step, step)]
