"""What somebody can work out who knows some sums of counts: by linear programming, not by the project's way.

A world is a whole number for each cell that agrees with all that is known. A count is given away where all worlds
agree on it. Worlds are looked for that differ from the true one in as many of the counts in question as possible, until
each differs in one of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Sum = Mapping[Any, float]


class Intruder:
    """Learns sums of cells; `truth` has the true count of every cell there is."""

    def __init__(self, truth: Mapping[Any, int]) -> None:
        self.at = {cell: place for place, cell in enumerate(truth)}
        self.truth = np.array([*truth.values()], dtype=float)
        self.known: dict[tuple[tuple[int, float], ...], float] = {}

    def value(self, one: Sum) -> float:
        """The true value of a sum."""
        return float(sum(weight * self.truth[self.at[cell]] for cell, weight in one.items()))

    def learn(self, one: Sum, value: float | None = None) -> None:
        """A sum's value; the true one unless told. What is told and not true is an error of the test."""
        key = tuple(sorted((self.at[cell], weight) for cell, weight in one.items()))
        if value is None and key in self.known:
            return
        true = self.value(one)
        assert value is None or abs(value - true) < 1e-6, f"{dict(one)} is {true}, and was told as {value}"
        self.known[key] = true

    def find_given_away(self, questions: Iterable[Sum], *, whole: bool = True) -> list[Sum]:
        """The sums that can be had only one value, given that no cell is negative.

        `whole`: worlds of whole numbers only (slower); else a sum is also given away where its range is less than 1.
        """
        left = [(question, self._row(question)) for question in questions]
        rows = [[(place, weight) for place, weight in key] for key in self.known]
        matrix = _build(rows, len(self.truth))
        values = np.array([*self.known.values()])
        for sign in (1.0, -1.0):
            while left:
                found = self._solve(sign * np.sum([row for _, row in left], axis=0), matrix, values, whole)
                rest = [
                    (question, row) for question, row in left if abs(row @ (found - self.truth)) < 1 - 1e-6
                ]
                if len(rest) == len(left):
                    break
                left = rest
        return [question for question, row in left if not self._can_differ(row, matrix, values, whole)]

    def _can_differ(self, row: np.ndarray, matrix: sparse.csr_array, values: np.ndarray, whole: bool) -> bool:
        return any(
            abs(row @ (self._solve(sign * row, matrix, values, whole) - self.truth)) >= 1 - 1e-6
            for sign in (1.0, -1.0)
        )

    def _row(self, one: Sum) -> np.ndarray:
        row = np.zeros(len(self.truth))
        for cell, weight in one.items():
            row[self.at[cell]] = weight
        return row

    def _solve(
        self, aim: np.ndarray, matrix: sparse.csr_array, values: np.ndarray, whole: bool
    ) -> np.ndarray:
        most = 2 * self.truth.sum() + 10
        found = milp(
            aim,
            integrality=np.full(len(aim), int(whole)),
            bounds=Bounds(0, most),
            constraints=[LinearConstraint(matrix, values, values)] if len(values) else [],
        )
        assert found.success, found.message
        return np.asarray(np.round(found.x) if whole else found.x)


def _build(rows: list[list[tuple[int, float]]], width: int) -> sparse.csr_array:
    entries = [(at, place, weight) for at, row in enumerate(rows) for place, weight in row]
    at, places, weights = zip(*entries, strict=True) if entries else ((), (), ())
    return sparse.csr_array((weights, (at, places)), shape=(len(rows), width))
