"""Rows of figures as marks of a drawing. Pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar, get_args

from api.draw.drawings import Mark
from api.show import Position
from sql.measure import Measure

POSITIONS = get_args(Position)
# What a figure of a ratio is where there is no difference.
EVEN = 1.0
AnyFigure = TypeVar("AnyFigure", bound="Figure")


class Figure(Protocol):
    """What a row must have to be a mark."""

    @property
    def area_code(self) -> str:
        """The area."""

    @property
    def area_name(self) -> str:
        """Its name."""

    @property
    def value(self) -> float | None:
        """The figure."""

    @property
    def lower(self) -> float | None:
        """The lower end of its interval."""

    @property
    def upper(self) -> float | None:
        """The upper end."""


def mark_area(row: Figure, own: str | None = None) -> Mark:
    """A row as a mark with its position, where it has one."""
    position = getattr(row, "position", None)
    return Mark(
        row.area_name,
        row.value,
        row.lower if row.value is not None else None,
        row.upper if row.value is not None else None,
        position if position in POSITIONS else None,
        row.area_code == own,
    )


def sort_figures(rows: Sequence[AnyFigure]) -> list[AnyFigure]:
    """The rows from the highest figure to the lowest, those without one last, equals by name."""
    return sorted(rows, key=lambda row: (row.value is None, -(row.value or 0.0), row.area_name))


def name(measure: Measure, label: str | None) -> str:
    """What is drawn: the metric's title, and the group."""
    return measure.title if label is None else f"{measure.title} ({label})"
