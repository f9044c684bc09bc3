"""Shares of a survey: of a borough as published, of several weighted by their residents.

shared/methods.md, section 8: about 400 interviews a borough and rolling year, as telling as 400 / 1.3 plain ones; the
share of an area is Σ(residents × share) / Σ residents. The effective number of interviews of an area is Kish's
(Σw)² / Σ(w² / n), with w the residents and n the effective number of each borough (Kish 1965, Survey Sampling).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from api.figures.compute import Figures, compute_shares
from api.figures.coverage import FORCES
from api.figures.exposure import BOROUGHS, Exposure
from api.figures.rollup import BASE, NUMERATOR, REVISED, Bools, Floats, Frame, Sums, spread
from api.figures.status import Fact
from api.figures.windows import Window

# Months of a published rolling year.
YEAR = 12
DESIGN_EFFECT = 1.3
# Shares are stored as whole ten-thousandths.
SCALE = 10_000
# A change between rolling years 12 months apart: √2 × 5.6 points.
LEAST_CHANGE = 0.079
# Beyond these floating point leaves crumbs.
DIGITS = 12


@dataclass(frozen=True)
class SurveyFrame(Frame):
    """A frame whose windows are rolling years as published, each received with the file of its last month.

    `residents` is boroughs × windows, NaN where there is no estimate for the year in which the window ends.
    """

    residents: Floats

    @cached_property
    def months_received(self) -> NDArray[np.int64]:
        """Needs × memberships × windows: all twelve months, or none."""
        return np.asarray(YEAR * self.received[:, :, self.ends - 1].astype(np.int64))

    @cached_property
    def placed_share(self) -> Floats:
        """Needs × memberships × windows: NaN, since a survey has no events to place."""
        return np.full(self.months_received.shape, np.nan)

    @cached_property
    def is_weighted(self) -> Bools:
        """Areas × windows: several boroughs, weighted by their residents."""
        several = self.membership.boroughs.sum(axis=1) > 1
        return np.asarray(several[self.membership.of])


def find_residents(exposure: Exposure | None, windows: tuple[Window, ...]) -> Floats:
    """Residents of each borough in the year in which each window ends: boroughs × windows."""
    if exposure is None:
        return np.full((BOROUGHS, len(windows)), np.nan)
    first, last = min(window.last for window in windows), max(window.last for window in windows)
    persons = exposure.persons_by_month(first, last)
    return np.asarray(persons[:, [window.last - first for window in windows]])


def weigh(cube: Floats, frame: SurveyFrame) -> Sums:
    """The shares of a cube (`rollup.build_cube`) in the areas and windows of a frame.

    Each year stands in the cube at its first month, its share as numerator and its interviews as base. As a share's
    sums: `base` is the effective number of interviews, NaN where residents are not known, `numerator` the share of it.
    """
    quantities, series, _, _ = cube.shape
    by_year = cube[..., frame.starts].reshape(quantities, series, BOROUGHS + 1, len(FORCES), -1)
    held = by_year.sum(axis=3)[:, :, 1:]  # quantities × series × boroughs × windows
    share, interviews = held[NUMERATOR] / SCALE, held[BASE] / DESIGN_EFFECT
    boroughs = frame.membership.boroughs
    is_several = boroughs.sum(axis=1) > 1
    weights = np.where(is_several[:, None, None], frame.residents, 1.0)  # memberships × boroughs × windows
    weights = np.where(boroughs[:, :, None] > 0, weights, 0.0)
    total = weights.sum(axis=1)
    weighted = np.einsum("vbw,sbw->svw", weights, share)
    per_interview = np.divide(1.0, interviews, out=np.zeros_like(interviews), where=interviews > 0)
    spreading = np.einsum("vbw,sbw->svw", weights**2, per_interview)
    is_whole = np.einsum("vb,sbw->svw", boroughs, (interviews == 0).astype(np.float64)) == 0
    received = frame.months_received[frame.needs]
    is_there = (received > 0) & is_whole
    base = np.divide(total**2, spreading, out=np.zeros_like(spreading), where=is_there & (spreading > 0))
    base[is_there & np.isnan(total)] = np.nan
    part = np.divide(weighted, total, out=np.zeros_like(weighted), where=is_there & (total > 0))
    numerator = np.where(np.isfinite(base), part * base, 0.0)
    nothing = spread(np.zeros_like(base), frame)
    return Sums(
        numerator=spread(numerator, frame),
        reference=nothing,
        unknown=nothing,
        base=spread(base, frame),
        revised=spread(np.einsum("vb,sbw->svw", boroughs, held[REVISED]) > 0, frame),
        unplaced=nothing,
        other_forces=nothing,
        has_unplaced=np.zeros(frame.membership.of.shape, dtype=bool),
        expected=frame.ends - frame.starts,
        received=spread(received, frame),
        placed_share=spread(frame.placed_share, frame)[frame.needs],
    )


def compute_weighted_shares(sums: Sums) -> Figures:
    """Shares of a survey, from the sums of `weigh`. A share of a borough is to the last digit as published."""
    figures = compute_shares(sums)
    return replace(
        figures,
        value=np.round(figures.value, DIGITS),
        known_share=np.full_like(figures.known_share, np.nan),
        facts={**figures.facts, Fact.NO_POPULATION: np.isnan(sums.base)},
    )


def is_survey_change(before: float, after: float, months_apart: int = YEAR) -> bool:
    """Whether two shares (0 to 1) of rolling years differ by more than chance: beyond 7.9 points.

    Years that are not 12 months apart overlap, or leave months out between them: never.
    """
    return months_apart == YEAR and round(abs(after - before), DIGITS) > LEAST_CHANGE
