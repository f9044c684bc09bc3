"""Cutting London into cells, once: most cells lie wholly in one borough and answer by themselves.

The cut is a quadtree kept at two of its depths, because two array look-ups are faster than a walk: a coarse
grid over the whole area, and a block of finer cells for each coarse cell that a boundary touches. A fine cell
that a boundary touches names its candidates; points in it get the exact test against the full polygons, so
nothing is ever clipped.

Codes in the grids: 1..33 the borough; FAR outside by more than the nearest-borough distance; NEAR outside,
distance to be measured; CLASS and above, in `coarse` the number of a block, in `fine` the number of a
candidate class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage import METRES_PER_LAT, METRES_PER_LON, Edges, Floats, Polygons, find_edges

FAR, NEAR, CLASS = 34, 35, 36
# Bits 1..33 of a mask are boroughs; bit 0 says that the cell also holds ground outside London.
OUTSIDE_BIT = np.uint64(1)
NEAREST_M = 50.0
COARSE_BITS, FINE_BITS = 9, 4
# Cells are taken as touched this far beyond their walls, in cells (about 0.1 mm): a thousand times the
# rounding of the arithmetic that puts a point into its cell.
MARGIN = 1e-5

Codes = npt.NDArray[np.uint16]
Ints = npt.NDArray[np.int64]
Masks = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cut. `origin` (lon, lat) and `scale` (fine cells per degree) place it; `coarse` uint16[n * n] row
    by row; `fine` uint8[blocks * m * m]; `masks` uint64[classes] the candidates of each class.
    """

    origin: tuple[float, float]
    scale: tuple[float, float]
    coarse: Codes
    fine: npt.NDArray[np.uint8]
    masks: Masks


def cut_cells(polygons: Polygons) -> Cells:
    """Cut the area of a valid coverage (index = borough number - 1, lon/lat degrees)."""
    edges = find_edges(polygons)
    west, south, east, north = shapely.total_bounds(polygons)
    margin_lon, margin_lat = 1.2 * NEAREST_M / METRES_PER_LON, 1.2 * NEAREST_M / METRES_PER_LAT
    origin = (float(west - margin_lon), float(south - margin_lat))
    n, m = 1 << COARSE_BITS, 1 << FINE_BITS
    width, height = float(east + margin_lon) - origin[0], float(north + margin_lat) - origin[1]
    scale = (n * m / width, n * m / height)

    cells, masks = _touch(edges, origin, scale, n * m)
    rows, columns = np.divmod(cells, n * m)
    block_cell, block = np.unique((rows >> FINE_BITS) * n + (columns >> FINE_BITS), return_inverse=True)
    if len(block_cell) > np.iinfo(np.uint16).max - CLASS:
        raise ValueError(
            "The boundary is too intricate for the index; simplify it to about 1 m and try again."
        )

    fine_mask = np.zeros((len(block_cell), m, m), dtype=np.uint64)
    fine_mask[block, rows & (m - 1), columns & (m - 1)] = masks
    block_mask = np.zeros(len(block_cell), dtype=np.uint64)
    np.bitwise_or.at(block_mask, block, masks)

    coarse = np.zeros((n, n), dtype=np.uint16)
    coarse.ravel()[block_cell] = CLASS + np.arange(len(block_cell))
    run_row, run_column, run = _find_runs(coarse == 0)
    everything = np.full(len(run_row), (1 << (len(polygons) + 1)) - 1, dtype=np.uint64)
    x, y = _find_centres(run_column * m, run_row * m, m, origin, scale)
    coarse[coarse == 0] = decide_candidates(polygons, x, y, everything)[run]

    block_row, block_column = np.divmod(block_cell, n)
    cell_row, cell_column, run = _find_runs(fine_mask.reshape(-1, m) == 0)
    owner = cell_row // m
    x, y = _find_centres(
        block_column[owner] * m + cell_column, block_row[owner] * m + cell_row % m, 1, origin, scale
    )
    fine = np.zeros(fine_mask.shape, dtype=np.uint8)
    fine[fine_mask == 0] = decide_candidates(polygons, x, y, block_mask[owner])[run]
    fine[(fine_mask == 0) & (fine == 0)] = NEAR
    class_masks, fine_class = _name_classes(fine_mask[fine_mask != 0], len(polygons))
    fine[fine_mask != 0] = CLASS + fine_class

    reach = int(np.ceil(1.2 * NEAREST_M / min(m / scale[0] * METRES_PER_LON, m / scale[1] * METRES_PER_LAT)))
    is_outer = np.zeros((n, n), dtype=bool)
    is_outer.ravel()[block_cell] = block_mask & OUTSIDE_BIT != 0
    is_near = _dilate(is_outer, min(reach, n))
    coarse[(coarse == 0) & is_near] = NEAR
    coarse[coarse == 0] = FAR
    return Cells(origin, scale, coarse.ravel(), fine.ravel(), class_masks)


def decide_candidates(polygons: Polygons, x: Floats, y: Floats, masks: Masks) -> npt.NDArray[np.int64]:
    """The lowest borough in each point's mask whose closed polygon has the point, 0 if none: int64[n].

    Where a mask leaves out OUTSIDE_BIT the point must be in one of its boroughs, so the last needs no test.
    """
    found = np.zeros(len(x), dtype=np.int64)
    if not len(x):
        return found
    open_points = np.arange(len(x))
    for number in range(1, len(polygons) + 1):
        bit = np.uint64(1) << np.uint64(number)
        candidates = open_points[(masks[open_points] & bit) != 0]
        if not len(candidates):
            continue
        is_last = (masks[candidates] >> np.uint64(number + 1) == 0) & (masks[candidates] & OUTSIDE_BIT == 0)
        found[candidates[is_last]] = number
        tested = candidates[~is_last]
        if len(tested):
            hits = shapely.intersects_xy(polygons[number - 1], x[tested], y[tested])
            found[tested[hits]] = number
        open_points = open_points[found[open_points] == 0]
    return found


def _touch(
    edges: Edges, origin: tuple[float, float], scale: tuple[float, float], n: int
) -> tuple[Ints, Masks]:
    """Cells (row * n + column) that segments touch, each once, and the owners of those segments."""
    ends = (edges.segments - np.tile(origin, 2)) * np.tile(scale, 2)
    x0, y0, x1, y1 = ends.T  # x0 <= x1 by the order that find_edges gives
    low_column = np.floor(x0 - MARGIN).astype(np.int64)
    spans = np.floor(x1 + MARGIN).astype(np.int64) - low_column + 1
    segment = np.repeat(np.arange(len(x0)), spans)
    column = low_column[segment] + _count_within(spans)
    # The part of the segment inside the column, then the rows of that part; nearly upright ones take all
    # their rows.
    run = np.maximum(x1 - x0, 1e-3)[segment]
    is_upright = (x1 - x0 < 1e-3)[segment]
    rise = (y1 - y0)[segment]
    at_left = np.clip((column - MARGIN - x0[segment]) / run, 0.0, 1.0) * rise + y0[segment]
    at_right = np.clip((column + 1 + MARGIN - x0[segment]) / run, 0.0, 1.0) * rise + y0[segment]
    bottom = np.where(is_upright, np.minimum(y0, y1)[segment], np.minimum(at_left, at_right))
    top = np.where(is_upright, np.maximum(y0, y1)[segment], np.maximum(at_left, at_right))
    low_row = np.floor(bottom - MARGIN).astype(np.int64)
    heights = np.floor(top + MARGIN).astype(np.int64) - low_row + 1
    piece = np.repeat(np.arange(len(column)), heights)
    row = low_row[piece] + _count_within(heights)
    owners = edges.owners | np.where(edges.is_outer, OUTSIDE_BIT, np.uint64(0))
    cell, mask = row * n + column[piece], owners[segment[piece]]
    order = np.argsort(cell, kind="stable")
    cell, mask = cell[order], mask[order]
    first = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    return cell[first], np.bitwise_or.reduceat(mask, first)


def _find_centres(
    column: Ints, row: Ints, side: int, origin: tuple[float, float], scale: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Lon and lat of the middle of the squares of `side` fine cells that begin at these fine cells."""
    x = np.asarray(origin[0] + (column + 0.5 * side) / scale[0], dtype=np.float64)
    y = np.asarray(origin[1] + (row + 0.5 * side) / scale[1], dtype=np.float64)
    return x, y


def _count_within(lengths: Ints) -> Ints:
    """0, 1, … length-1 for each length in turn."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)


def _find_runs(is_free: npt.NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Runs of free cells along rows: row and column of each run's first cell, and the run of each free cell.

    No boundary passes between two free neighbours, so one test answers for a run.
    """
    starts = is_free.copy()
    starts[:, 1:] &= ~is_free[:, :-1]
    row, column = np.nonzero(starts)
    return row, column, (np.cumsum(starts.ravel()) - 1)[is_free.ravel()]


def _name_classes(masks: Masks, boroughs: int) -> tuple[Masks, Ints]:
    """The distinct masks, commonest first, and the class of each; past what a byte holds, all boroughs."""
    distinct, inverse, counts = np.unique(masks, return_inverse=True, return_counts=True)
    rank = np.empty(len(distinct), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(distinct))
    room = 255 - CLASS
    names = np.full(min(len(distinct), room + 1), (1 << (boroughs + 1)) - 1, dtype=np.uint64)
    names[rank[rank < room]] = distinct[rank < room]
    return names, np.minimum(rank, room)[inverse]


def _dilate(cells: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """Cells within `reach` cells of a set one, diagonals too."""
    for axis in (0, 1):
        padding = [(0, 0), (0, 0)]
        padding[axis] = (reach + 1, reach)
        sums = np.cumsum(np.pad(cells, padding), axis=axis)
        length = cells.shape[axis]
        later, earlier = np.arange(length) + 2 * reach + 1, np.arange(length)
        cells = sums.take(later, axis=axis) > sums.take(earlier, axis=axis)
    return cells
