"""What is to be drawn: data and words, no looks. Each carries the finding as its title, and a text for who cannot see it.

A drawing is a value: equal drawings are one picture, and its bytes are the key under which a picture is kept. It holds
nothing that the table beside it does not say, and nothing that is withheld. Months are text ("2024-08"); values are as
figures have them (shares between 0 and 1), and `statistic` says how they are written (`api.show`).
"""

from typing import Any

import msgspec

from api.show import Position


class Stretch(msgspec.Struct, frozen=True):
    """Months between two breaks of a series, with the centre and the limits of its points; None where they are too few."""

    first: str
    last: str
    centre: float | None
    lower: float | None
    upper: float | None


class Mark(msgspec.Struct, frozen=True):
    """One area, group or year of a drawing. `is_own`: the one that the drawing is about."""

    name: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    position: Position | None = None
    is_own: bool = False


class _Drawing(msgspec.Struct, frozen=True, kw_only=True, tag_field="drawing"):
    """`title` says the finding; `text` says what the picture shows, for who cannot see it; `unit` names the axis."""

    title: str
    text: str
    unit: str
    statistic: str


class SeriesDrawing(_Drawing, frozen=True, kw_only=True, tag="series"):
    """A series month by month. `signals` are months that signal a change; a gap is a gap, never joined."""

    points: tuple[tuple[str, float | None], ...]
    stretches: tuple[Stretch, ...] = ()
    signals: tuple[str, ...] = ()
    breaks: tuple[tuple[str, str], ...] = ()


class StripDrawing(_Drawing, frozen=True, kw_only=True, tag="strip"):
    """Where one area stands among the others of its kind, on one line; `beside` are figures that are no mark of it."""

    marks: tuple[Mark, ...]
    beside: tuple[tuple[str, float], ...] = ()


class DotsDrawing(_Drawing, frozen=True, kw_only=True, tag="dots"):
    """Figures with their intervals, one line each, in the order given; `even` is the value of no difference (1 of a ratio)."""

    marks: tuple[Mark, ...]
    beside: tuple[tuple[str, float], ...] = ()
    even: float | None = None


class FunnelDrawing(_Drawing, frozen=True, kw_only=True, tag="funnel"):
    """Figures over the size of what they stand on, with the limits within which chance would put most of them.

    `sizes` are those of `marks`, in their order. A limit is (size, lower 99.8%, lower 95%, upper 95%, upper 99.8%).
    """

    marks: tuple[Mark, ...]
    sizes: tuple[float | None, ...]
    size_unit: str
    target: float | None
    limits: tuple[tuple[float, float, float, float, float], ...]


class MapDrawing(_Drawing, frozen=True, kw_only=True, tag="map"):
    """Areas drawn as they lie, shaded by their figures in five steps; those without one are hatched or outlined.

    `shapes` are GeoJSON geometries (WGS 84) of `marks`, in their order, as UTF-8 text.
    """

    marks: tuple[Mark, ...]
    shapes: tuple[bytes, ...]


class YearsDrawing(_Drawing, frozen=True, kw_only=True, tag="years"):
    """Figures by year, a bar each with its interval where it has one; a year without a figure has none, and says so."""

    marks: tuple[Mark, ...]


class BandsDrawing(_Drawing, frozen=True, kw_only=True, tag="bands"):
    """Ratios between groups on a scale of ratios: the figure with its interval, and the range over every way of counting.

    `bands` are (lowest, highest) of `marks`, in their order, None where there is no range.
    """

    marks: tuple[Mark, ...]
    bands: tuple[tuple[float, float] | None, ...]


class CalendarDrawing(_Drawing, frozen=True, kw_only=True, tag="calendar"):
    """Which months arrived: a line for each source, a cell for each month, a letter and a shade for its state.

    States are "received", "partial", "missing" and "none" (nothing was to be expected).
    """

    months: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]


Drawing = (
    SeriesDrawing
    | StripDrawing
    | DotsDrawing
    | FunnelDrawing
    | MapDrawing
    | YearsDrawing
    | BandsDrawing
    | CalendarDrawing
)

_ENCODER = msgspec.msgpack.Encoder()
_DECODER: Any = msgspec.msgpack.Decoder(Drawing)


def write_drawing(drawing: Drawing) -> bytes:
    """The drawing as bytes: the same for equal drawings."""
    return _ENCODER.encode(drawing)


def read_drawing(data: bytes) -> Drawing:
    """The drawing of bytes that `write_drawing` made. Raises msgspec.DecodeError."""
    found: Drawing = _DECODER.decode(data)
    return found
