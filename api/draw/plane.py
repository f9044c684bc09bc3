"""A plane of two scales with what lies on it, and its Vega-Lite specification. Only the process that draws imports this.

All charts are this one specification with other rows: altair takes seven times as long to make a specification as Vega takes
to draw it, so it is made and compiled once. Every row says how it looks.
"""

from functools import lru_cache
from typing import Any, Literal

import altair as alt
import msgspec
import vl_convert

from api.draw.looks import INK, LINE, TEXT, WIDTH

Align = Literal["left", "center", "right"]
# Vega measures every text to place it, 2 ms each, but none whose size is negative; the sign is taken off the picture.
UNMEASURED = "-"
ROWS = ("shapes", "grid", "boxes", "rules", "steps", "points", "texts")


class Box(msgspec.Struct, frozen=True):
    """A filled rectangle between two corners."""

    x: float
    y: float
    x2: float
    y2: float
    fill: str
    stroke: str | None = None
    dash: tuple[int, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """A straight line between two points."""

    x: float
    y: float
    x2: float
    y2: float
    stroke: str = LINE
    width: float = 1.0
    dash: tuple[int, ...] = ()


class Step(msgspec.Struct, frozen=True):
    """A point of a line; points with the same `run` are joined in the order of x."""

    run: int
    x: float
    y: float
    stroke: str = INK
    width: float = 1.5
    dash: tuple[int, ...] = ()


class Point(msgspec.Struct, frozen=True):
    """A mark: `shape` is one of Vega's symbols, `size` its area in square pixels."""

    x: float
    y: float
    shape: str = "circle"
    size: float = 36.0
    fill: str | None = None
    stroke: str | None = None
    width: float = 1.5


class Text(msgspec.Struct, frozen=True):
    """One line of text at a point, moved by `dx` and `dy` pixels; `y` is where its letters stand."""

    x: float
    y: float
    text: str
    dx: float = 0.0
    dy: float = 0.0
    align: Align = "left"
    weight: Literal["normal", "bold"] = "normal"
    size: float = TEXT
    fill: str = INK
    halo: str | None = None


class Plane(msgspec.Struct, kw_only=True):
    """A chart: its scales (data at the left, right, bottom and top), the pixels inside and around, and its rows."""

    x: tuple[float, float]
    y: tuple[float, float]
    height: float
    left: float = 10.0
    right: float = 14.0
    top: float = 8.0
    bottom: float = 8.0
    is_ratio: bool = False
    grid: list[Rule] = []
    boxes: list[Box] = []
    rules: list[Rule] = []
    steps: list[Step] = []
    points: list[Point] = []
    texts: list[Text] = []
    shapes: list[dict[str, Any]] = []

    @property
    def width(self) -> float:
        """The pixels between the left and the right of the scale."""
        return WIDTH - self.left - self.right

    def to_pixels(self, x: float, y: float) -> tuple[float, float]:
        """About where a point lies, from the left and the top of the scales; for placing labels. Not for ratios."""
        (x0, x1), (y0, y1) = self.x, self.y
        return (x - x0) / (x1 - x0) * self.width, (y1 - y) / (y1 - y0) * self.height

    def from_pixels(self, across: float, down: float) -> tuple[float, float]:
        """The data at a place given in pixels from the left and the top of the scales, inside or around them."""
        (x0, x1), (y0, y1) = self.x, self.y
        share = across / self.width
        x = x0 * (x1 / x0) ** share if self.is_ratio else x0 + share * (x1 - x0)
        return x, y1 - down / self.height * (y1 - y0)

    def write_vega(self) -> dict[str, Any]:
        """The chart as a Vega specification: the compiled Vega-Lite one with these rows, scales and sizes."""
        vega = compile_plane(self.is_ratio)
        ends = {"x0": self.x[0], "x1": self.x[1], "y0": self.y[0], "y1": self.y[1]}
        rows = {name: msgspec.to_builtins(getattr(self, name)) for name in ROWS}
        return {
            **vega,
            "width": self.width,
            "height": self.height,
            "padding": {"left": self.left, "right": self.right, "top": self.top, "bottom": self.bottom},
            "signals": [{"name": name, "value": value} for name, value in ends.items()],
            "data": [
                {**data, "values": rows[data["name"]]} if data["name"] in rows else data
                for data in vega["data"]
            ],
        }


@lru_cache
def compile_plane(is_ratio: bool) -> dict[str, Any]:
    """The specification without rows in Vega's own terms: compiling takes Vega-Lite as long as drawing takes Vega."""
    compiled: dict[str, Any] = vl_convert.vegalite_to_vega(build_plane(is_ratio))
    return compiled


@lru_cache
def build_plane(is_ratio: bool, *, is_checked: bool = False) -> dict[str, Any]:
    """The specification without rows: layers over named data, the later above the earlier.

    `is_checked`: have altair compare it with Vega-Lite's schema.
    """
    domain = [alt.expr("x0"), alt.expr("x1")]
    across = alt.Scale(domain=domain, type="log", nice=False)
    if not is_ratio:
        across = alt.Scale(domain=domain, type="linear", nice=False, zero=False)
    upward = alt.Scale(domain=[alt.expr("y0"), alt.expr("y1")], nice=False, zero=False)
    x, y = alt.X("x:Q", scale=across, axis=None), alt.Y("y:Q", scale=upward, axis=None)
    to = {"x2": alt.X2("x2"), "y2": alt.Y2("y2")}
    look = {"stroke": _of("stroke"), "strokeWidth": _of("width"), "strokeDash": _of("dash")}
    words: dict[str, Any] = {
        "dx": _of("dx"),
        "dy": _of("dy"),
        "align": _of("align"),
        "baseline": "alphabetic",
        "fontWeight": _of("weight"),
        "fontSize": alt.expr(f"{UNMEASURED}datum.size"),
    }
    halo = {"fill": alt.expr("null"), "stroke": _of("halo"), "strokeWidth": 3.5, "strokeJoin": "round"}
    chart = alt.layer(
        alt.Chart(alt.NamedData("shapes")).mark_geoshape(
            fill=_of("properties.fill"),
            stroke=_of("properties.stroke"),
            strokeWidth=_of("properties.width"),
            strokeDash=_of("properties.dash"),
            clip=False,
        ),
        alt.Chart(alt.NamedData("grid")).mark_rule(**look).encode(x, y, **to),
        alt.Chart(alt.NamedData("boxes"))
        .mark_rect(fill=_of("fill"), stroke=_of("stroke"), strokeDash=_of("dash"))
        .encode(x, y, **to),
        alt.Chart(alt.NamedData("rules")).mark_rule(**look).encode(x, y, **to),
        alt.Chart(alt.NamedData("steps")).mark_line(**look).encode(x, y, detail="run:N"),
        alt.Chart(alt.NamedData("points"))
        .mark_point(
            shape=_of("shape"),
            size=_of("size"),
            fill=_of("fill"),
            stroke=_of("stroke"),
            strokeWidth=_of("width"),
            opacity=1,
        )
        .encode(x, y),
        alt.Chart(alt.NamedData("texts"))
        .transform_filter("datum.halo")
        .mark_text(**halo, **words)
        .encode(x, y, text="text:N"),
        alt.Chart(alt.NamedData("texts")).mark_text(fill=_of("fill"), **words).encode(x, y, text="text:N"),
    )
    configured = (
        chart.project(type="identity", scale=1, translate=[0, 0])
        .properties(autosize=alt.AutoSizeParams(type="none"))
        .configure(aria=False, background="transparent", view=alt.ViewConfig(stroke=None))
        .configure_mark(invalid=None)
        .add_params(
            *(
                alt.param(name=name, value=value)
                for name, value in (("x0", 1), ("x1", 2), ("y0", 1), ("y1", 2))
            )
        )
    )
    spec: dict[str, Any] = configured.to_dict(validate=is_checked)
    return spec


def _of(field: str) -> Any:
    return alt.expr(f"datum.{field}")
