"""The placer's index on disk: a header, the boundary, the arrays, and a checksum over all of it.

Layout: MAGIC, uint32 length of the header, the header (JSON), the payload. Nothing in it is executed; a file
that does not add up is refused, and `open_placer` then builds a new one.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import shapely

from geo.coverage import Polygons
from geo.quadtree import CLASS, COARSE_BITS, FINE_BITS, Cells

MAGIC = b"borough placer 1\n"


class PlacerFileError(ValueError):
    """The file is not a whole index of this version."""


class Header(msgspec.Struct, frozen=True):
    """Sizes are bytes of the payload's parts, in order: the 33 polygons as WKB, coarse, fine, masks."""

    boundary_sha256: str
    origin: tuple[float, float]
    scale: tuple[float, float]
    bits: tuple[int, int]
    sizes: list[int]
    checksum: str


def write_cells(path: Path, digest: str, polygons: Polygons, cells: Cells) -> None:
    """Write through a temporary file in the same folder, then rename."""
    parts = [*shapely.to_wkb(polygons, byte_order=1, output_dimension=2)]
    parts += [cells.coarse.astype("<u2").tobytes(), cells.fine.tobytes(), cells.masks.astype("<u8").tobytes()]
    header = Header(
        digest,
        cells.origin,
        cells.scale,
        (COARSE_BITS, FINE_BITS),
        [len(part) for part in parts],
        _checksum(b"".join(parts)),
    )
    head = msgspec.json.encode(header)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([MAGIC, len(head).to_bytes(4, "little"), head, *parts])
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_cells(path: Path) -> tuple[str, Polygons, Cells]:
    """The boundary's SHA-256, polygons and cells. Raises PlacerFileError, or OSError if it cannot be read."""
    data = memoryview(path.read_bytes())
    start = len(MAGIC) + 4
    if bytes(data[: len(MAGIC)]) != MAGIC:
        raise PlacerFileError(f"{path.name} is not a placer index of this version; delete it and load again.")
    end = start + int.from_bytes(data[len(MAGIC) : start], "little")
    try:
        header = msgspec.json.decode(data[start:end], type=Header)
    except msgspec.DecodeError as error:
        raise PlacerFileError(f"{path.name} has a damaged header; delete it and load again.") from error
    payload = data[end:]
    if (
        header.bits != (COARSE_BITS, FINE_BITS)
        or len(header.sizes) != 36
        or sum(header.sizes) != len(payload)
    ):
        raise PlacerFileError(f"{path.name} is cut short or of another version; delete it and load again.")
    if _checksum(payload) != header.checksum:
        raise PlacerFileError(f"{path.name} is damaged; delete it and load again.")
    offsets = np.cumsum([0, *header.sizes])
    parts = [payload[low:high] for low, high in itertools.pairwise(offsets)]
    polygons = shapely.from_wkb(np.array([bytes(part) for part in parts[:33]], dtype=object))
    coarse = np.frombuffer(parts[33], dtype="<u2").astype(np.uint16, copy=False)
    fine = np.frombuffer(parts[34], dtype=np.uint8)
    masks = np.frombuffer(parts[35], dtype="<u8").astype(np.uint64, copy=False)
    cells = Cells(header.origin, header.scale, coarse, fine, masks)
    if len(coarse) != 1 << 2 * COARSE_BITS or int(coarse.max()) - CLASS >= len(fine) >> 2 * FINE_BITS:
        raise PlacerFileError(f"{path.name} does not add up; delete it and load again.")
    return header.boundary_sha256, polygons, cells


def _checksum(payload: bytes | memoryview) -> str:
    return hashlib.sha256(payload).hexdigest()
