"""Areas drawn as they lie, in five equal steps."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec

from api.draw.drawings import MapDrawing
from api.draw.kinds.parts import LETTERS_DOWN
from api.draw.looks import (
    EDGE,
    INK,
    LINE_HEIGHT,
    MUTED,
    PAPER,
    SMALL,
    STEPS,
    WIDTH,
    cut,
    guess_width,
    wrap,
)
from api.draw.plane import Box, Plane, Text
from api.draw.ticks import write_value

SIDE = 6.0
MOST_HEIGHT = 460.0
Rings = list[list[list[float]]]


def lay_out_map(drawing: MapDrawing) -> Plane:
    """The areas on a plane in pixels, the own one with a thick edge and its name, and a legend with each step's range."""
    geometries = [msgspec.json.decode(shape) for shape in drawing.shapes]
    points = [point for geometry in geometries for ring in list_rings(geometry) for point in ring]
    wide = WIDTH - 2 * SIDE
    flat, height = fit(points, wide)
    values = [mark.value for mark in drawing.marks if mark.value is not None]
    bounds = find_bounds(values)
    rows = math.ceil((len(bounds) - 1 + 1) / 2)
    plane = Plane(
        x=(0.0, wide),
        y=(height, 0.0),
        height=height,
        left=SIDE,
        right=SIDE,
        top=4.0,
        bottom=24.0 + rows * (LINE_HEIGHT + 4) + 8.0 + LINE_HEIGHT,
    )
    plane.y = (0.0, height)
    order = sorted(
        range(len(geometries)),
        key=lambda one: (drawing.marks[one].is_own, drawing.marks[one].value is not None),
    )
    for one in order:
        mark = drawing.marks[one]
        step = find_step(mark.value, bounds)
        look = {
            "fill": PAPER if step is None else STEPS[step],
            "stroke": INK if mark.is_own else EDGE,
            "width": 2.6 if mark.is_own else 0.8,
            "dash": [2, 2] if step is None and not mark.is_own else [],
        }
        shape = {"type": "MultiPolygon", "coordinates": project(geometries[one], flat)}
        plane.shapes.append({"type": "Feature", "properties": look, "geometry": shape})
    for one, mark in enumerate(drawing.marks):
        if mark.is_own:
            put_name(
                plane,
                cut(mark.name, write_value(drawing.statistic, mark.value), WIDTH - 24, is_bold=True),
                project(geometries[one], flat),
            )
    put_legend(plane, drawing, bounds)
    return plane


def list_rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """The rings of a polygon or of several."""
    for polygon in list_polygons(geometry):
        yield from polygon


def list_polygons(geometry: dict[str, Any]) -> list[Rings]:
    """The polygons of a geometry."""
    polygons: list[Rings] = geometry["coordinates"]
    return polygons if geometry["type"] == "MultiPolygon" else [polygons]  # type: ignore[list-item]


Flat = tuple[float, float, float, float]


def fit(points: list[list[float]], wide: float) -> tuple[Flat, float]:
    """(west, north, pixels a degree east, pixels a degree north) that fit the points, and the height in pixels."""
    if not points:
        return (0.0, 0.0, 1.0, 1.0), 60.0
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    # A degree east is shorter than a degree north, by the cosine of the latitude.
    shorter = math.cos(math.radians((south + north) / 2))
    upward = min(wide / max((east - west) * shorter, 1e-9), MOST_HEIGHT / max(north - south, 1e-9))
    return (west, north, upward * shorter, upward), (north - south) * upward


def project(geometry: dict[str, Any], flat: Flat) -> list[Rings]:
    """The polygons in pixels from the left and the top, without points that a picture cannot tell apart."""
    west, north, eastward, upward = flat
    found: list[Rings] = []
    for polygon in list_polygons(geometry):
        rings: Rings = []
        for ring in polygon:
            thin: list[list[float]] = []
            for longitude, latitude, *_ in ring:
                point = [round((longitude - west) * eastward, 1), round((north - latitude) * upward, 1)]
                if not thin or abs(point[0] - thin[-1][0]) + abs(point[1] - thin[-1][1]) >= 0.6:
                    thin.append(point)
            if len(thin) > 2:
                rings.append([*thin, thin[0]])
        if rings:
            found.append(rings)
    return found


def find_bounds(values: list[float]) -> list[float]:
    """The ends of five equal steps from the lowest to the highest; of one where all are equal; none without figures."""
    if not values:
        return []
    low, high = min(values), max(values)
    if low == high:
        return [low, high]
    return [low + (high - low) * number / len(STEPS) for number in range(len(STEPS))] + [high]


def find_step(value: float | None, bounds: list[float]) -> int | None:
    """Which step a figure is in; the end of a step belongs to the next, the highest to the last."""
    if value is None:
        return None
    return min(sum(value >= bound for bound in bounds[1:-1]), len(bounds) - 2)


def put_name(plane: Plane, words: str, polygons: list[Rings]) -> None:
    """The own name in the middle of the area, moved inside the picture."""
    points = [point for polygon in polygons for point in polygon[0]]
    if not points:
        return
    middle = (min(point[0] for point in points) + max(point[0] for point in points)) / 2
    down = (min(point[1] for point in points) + max(point[1] for point in points)) / 2
    half = guess_width(words, is_bold=True) / 2 + 4
    across = min(max(middle, half), plane.width - half)
    x, y = plane.from_pixels(across, down)
    plane.texts.append(Text(x, y, words, 0, LETTERS_DOWN, "center", "bold", fill=INK, halo=PAPER))


def put_legend(plane: Plane, drawing: MapDrawing, bounds: list[float]) -> None:
    """A box and a range for each step, and what has no figure; in two columns below."""
    entries: list[tuple[str, tuple[int, ...], str]] = [
        (
            STEPS[number],
            (),
            f"{write_value(drawing.statistic, start)} to {write_value(drawing.statistic, end)}",
        )
        for number, (start, end) in enumerate(pairwise(bounds))
    ]
    if not bounds or any(mark.value is None for mark in drawing.marks):
        entries.append((PAPER, (2, 2), "No data"))
    top = plane.height + 22.0
    for number, line in enumerate(wrap(drawing.unit, WIDTH - 10, SMALL)[:1]):
        x, y = plane.from_pixels(0, top + number * LINE_HEIGHT)
        plane.texts.append(Text(x, y, line, size=SMALL, fill=MUTED))
    for number, (fill, dash, words) in enumerate(entries):
        across = (number % 2) * 190.0
        down = top + 14 + (number // 2) * (LINE_HEIGHT + 4)
        x, y = plane.from_pixels(across, down + 13)
        x2, y2 = plane.from_pixels(across + 22, down)
        plane.boxes.append(Box(x, y, x2, y2, fill, EDGE, dash))
        plane.texts.append(Text(x2, y, words, 7, -2.5, size=SMALL))
