"""LSOA code to borough, for the 2011 and the 2021 vintage together.

A code that was kept in 2021 kept its area, so the two vintages never disagree. An LSOA is an integer here:
E01000001 → 1000001; 0 no code; -1 a code that is not English (Welsh W01000001 must not pass for E01000001).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

RUNS = Path(__file__).parent / "data" / "lsoa_runs.csv"


def place_lsoa(lsoa: npt.NDArray[np.int32]) -> npt.NDArray[np.int16]:
    """LSOA numbers int32[n] → boroughs int16[n]: 0 where there is no code, -1 where it is not in London."""
    first, last, borough = _load_runs()
    run = np.searchsorted(first, lsoa, side="right") - 1
    is_in_run = (run >= 0) & (lsoa <= last[run])
    found = np.where(is_in_run, borough[run], np.int16(-1))
    return np.where(lsoa == 0, np.int16(0), found).astype(np.int16)


def borough_of_lsoa(codes: Iterable[str | None]) -> npt.NDArray[np.int16]:
    """LSOA codes as published → boroughs int16[n]: 0 where blank, -1 where not in London."""
    return place_lsoa(lsoa_numbers(codes))


def lsoa_numbers(codes: Iterable[str | None]) -> npt.NDArray[np.int32]:
    """LSOA codes as published → int32[n]; blank or None gives 0, anything but E01 and six digits -1."""
    return np.fromiter((_parse(code) for code in codes), dtype=np.int32)


def _parse(code: str | None) -> int:
    text = (code or "").strip()
    if not text:
        return 0
    is_english = len(text) == 9 and text.startswith("E01") and text[3:].isascii() and text[3:].isdigit()
    return int(text[1:]) if is_english else -1


@cache
def _load_runs() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int16]]:
    table = np.loadtxt(RUNS, delimiter=",", skiprows=1, dtype=np.int32)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(np.int16)
