"""Is this area unlike the others by more than chance? Funnel limits with overdispersion.

Spiegelhalter 2005, "Funnel plots for comparing institutional performance", Statistics in Medicine 24, and
"Handling over-dispersion of performance indicators", Quality and Safety in Health Care 14. The additive model:
beside chance, areas differ among themselves with a variance τ², which widens the limits.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Position = Literal["Higher", "Similar", "Lower", "No data"]

Z_95 = 1.959963984540054
Z_998 = 3.090232306167813
WINSORISED = (0.1, 0.9)
PER = {"rate": 1000.0, "share": 1.0}


@dataclass(frozen=True, slots=True)
class Funnel:
    """The target and the limits of each area, in the figure's unit; NaN where an area has no figure.

    `phi` is the overdispersion of the winsorised z, `tau2` the variance between areas on the stabilised scale
    (square root of the rate, arcsine of the square root of the share). `z` is each area's distance from the
    target in standard deviations that count both chance and τ².
    """

    statistic: str
    target: float
    tau2: float
    phi: float
    z: Floats
    lower_95: Floats
    upper_95: Floats
    lower_998: Floats
    upper_998: Floats


def find_funnel(
    numerators: ArrayLike, denominators: ArrayLike, statistic: str, target: float | None = None
) -> Funnel:
    """The funnel of areas (one axis): events over person-years (`rate`, per 1,000) or cases over all (`share`).

    A share of a survey has the effective numbers of interviews. Areas with NaN or without a denominator are
    ignored. `target`: in the figure's unit, by default the areas' pooled figure. Raises KeyError for another
    statistic.
    """
    x, n = (
        np.atleast_1d(np.asarray(numerators, dtype=np.float64)),
        np.atleast_1d(np.asarray(denominators, dtype=np.float64)),
    )
    per = PER[statistic]
    there = np.isfinite(x) & np.isfinite(n) & (n > 0)
    x, n = np.where(there, x, np.nan), np.where(there, n, np.nan)
    pooled = _pool(x[there], n[there]) if target is None else target / per
    middle = float(_stabilise(np.array(pooled), statistic))
    error = 1 / (2 * np.sqrt(n))
    z = (_stabilise(x / n, statistic) - middle) / error
    phi, tau2 = _find_overdispersion(z[there], error[there])
    wide = np.sqrt(error**2 + tau2)

    def limit(steps: float) -> Floats:
        return per * _give_back(middle + steps * wide, statistic)

    return Funnel(
        statistic=statistic,
        target=per * pooled,
        tau2=tau2,
        phi=phi,
        z=z * error / wide,
        lower_95=limit(-Z_95),
        upper_95=limit(Z_95),
        lower_998=limit(-Z_998),
        upper_998=limit(Z_998),
    )


def judge(funnel: Funnel, numerator: float, denominator: float) -> float:
    """The z of one more figure on a funnel's scale, as if it were an area of it; NaN where it has none."""
    if not denominator > 0:
        return float("nan")
    per = PER[funnel.statistic]
    found, middle = (
        float(_stabilise(np.array(value), funnel.statistic))
        for value in (numerator / denominator, funnel.target / per)
    )
    return float((found - middle) / np.sqrt(1 / (4 * denominator) + funnel.tau2))


def position(z: float) -> Position:
    """Where a figure lies: outside the 95% limits, or within them."""
    if np.isnan(z):
        return "No data"
    return "Higher" if z > Z_95 else "Lower" if z < -Z_95 else "Similar"


def beyond(z: float) -> str | None:
    """Which limits a figure lies beyond, the wider first; None where it lies within the 95% limits."""
    distance = abs(z)
    return "99.8%" if distance > Z_998 else "95%" if distance > Z_95 else None


def _pool(x: Floats, n: Floats) -> float:
    return float(x.sum() / n.sum()) if len(n) else float("nan")


def _find_overdispersion(z: Floats, error: Floats) -> tuple[float, float]:
    """φ of the winsorised z, and τ² by the method of moments (DerSimonian and Laird 1986)."""
    count = len(z)
    if count < 2:
        return float("nan"), 0.0
    winsorised = np.clip(z, *np.quantile(z, WINSORISED))
    phi = float((winsorised**2).mean())
    weights = 1 / error**2
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    tau2 = max(0.0, (count * phi - (count - 1)) / float(spread))
    return phi, tau2


def _stabilise(value: Floats, statistic: str) -> Floats:
    root = np.sqrt(value)
    return np.asarray(np.arcsin(np.minimum(root, 1.0)) if statistic == "share" else root)


def _give_back(value: Floats, statistic: str) -> Floats:
    """The inverse of `_stabilise`; past the ends of the scale, its ends."""
    if statistic == "share":
        return np.asarray(np.sin(np.clip(value, 0.0, np.pi / 2)) ** 2)
    return np.asarray(np.maximum(value, 0.0) ** 2)
