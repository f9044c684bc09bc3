"""The figures that a comparison is made of: every borough, every BCU and the Met area, in one year. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.circle import Circle, find_circles, find_residents, list_boroughs
from api.figures.amounts import Amount, add_amounts, find_value, read_amount
from api.figures.status import DAYTIME_BOROUGHS
from api.figures.weighted import DIGITS
from api.figures.windows import Window
from api.model import RatioRow, ValueRow
from api.snapshot import Snapshot
from geo.areas import CITY
from sql.measure import Measure

# Statistics with residents under them.
OF_RESIDENTS = ("rate", "ratio", "per_head")
# There is no figure, or none that may be added to others.
NOT_SHOWN = ("missing", "incomplete", "suppressed")
DAYTIME_CODES = frozenset(f"E090000{borough:02d}" for borough in DAYTIME_BOROUGHS)

Shared = Mapping[str, ValueRow]


@dataclass(frozen=True, slots=True)
class Scene:
    """The figures of every area in one window. `compared` are the areas of the kind asked for.

    `amounts` by area code are what may be added; `is_weighted`: they are residents times shares, as of a
    survey, and so no counts. `members` are the boroughs of inner and of outer London that stand beside others:
    without the City, and without Westminster where figures stand on residents (`of_residents`).
    """

    measure: Measure
    rows: Shared
    compared: tuple[str, ...]
    amounts: Mapping[str, Amount | None]
    circles: Mapping[str, Circle]
    members: Mapping[str, tuple[str, ...]]
    is_weighted: bool

    @property
    def of_residents(self) -> bool:
        """Whether residents stand under the figures."""
        return self.measure.statistic in OF_RESIDENTS


def set_scene(
    snapshot: Snapshot, measure: Measure, rows: Sequence[ValueRow], kind: str, window: Window
) -> Scene:
    """The scene of one series in one window; `rows` of all boroughs, all BCUs and the Met area."""
    by_code = {row.area_code: row for row in rows}
    is_weighted = measure.kind == "survey"
    if is_weighted:
        amounts = _weigh_shares(snapshot, by_code, window)
    else:
        amounts = {code: _read_shown(measure, row) if measure.adds else None for code, row in by_code.items()}
    circles = find_circles(snapshot, window) if kind == "borough" else {}
    left_out = DAYTIME_CODES if measure.statistic in OF_RESIDENTS else frozenset()
    members = {
        circle.part: tuple(code for code in circle.part_members if code not in left_out)
        for circle in circles.values()
        if circle.part
    }
    return Scene(
        measure=measure,
        rows=by_code,
        compared=tuple(row.area_code for row in rows if row.area_kind == kind),
        amounts=amounts,
        circles=circles,
        members=members,
        is_weighted=is_weighted,
    )


def _weigh_shares(snapshot: Snapshot, rows: Shared, window: Window) -> dict[str, Amount | None]:
    """Residents times share, and residents, of each borough; of other areas the sum over their boroughs."""
    residents = find_residents(snapshot, window)
    found: dict[str, Amount | None] = {}
    of_borough: dict[int, Amount | None] = {}
    for code, row in sorted(rows.items(), key=lambda item: item[1].area_kind != "borough"):
        boroughs = [borough for borough in list_boroughs(snapshot, code, window) if borough != CITY]
        if row.area_kind == "borough":
            persons = sum(residents.get(borough, 0.0) for borough in boroughs)
            is_known = row.value is not None and persons > 0
            found[code] = Amount(persons * (row.value or 0.0), persons) if is_known else None
            of_borough |= dict.fromkeys(boroughs, found[code])
        else:
            found[code] = add_amounts(of_borough.get(borough) for borough in boroughs)
    return found


def _read_shown(measure: Measure, row: ValueRow) -> Amount | None:
    if row.status in NOT_SHOWN:
        return None
    reference = (row.reference_numerator, row.reference_denominator) if isinstance(row, RatioRow) else ()
    return read_amount(measure.statistic, row.numerator, row.denominator, *reference)


def list_members(scene: Scene, bcu_code: str) -> list[str]:
    """The boroughs compared that are of a BCU, by area code."""
    return [
        code
        for code in scene.compared
        if (circle := scene.circles.get(code)) and circle.bcu and circle.bcu.area_code == bcu_code
    ]


def tell_value(scene: Scene, amount: Amount | None) -> float | None:
    """The figure of an amount, as /v1/values gives it."""
    value = find_value(scene.measure.statistic, amount)
    # as a survey's shares are given by /v1/values
    return round(value, DIGITS) if value is not None and scene.is_weighted else value
