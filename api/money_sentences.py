"""One plain sentence for a figure of money: who budgeted, spent or paid how much for what, when. Never good or bad."""

from api.beside import BELOW_ZERO
from api.figures.councils import PAYMENTS, name_year
from api.figures.windows import parse_month
from api.model import ComparedRow
from api.show import show_value
from sql.measure import Measure

# What each metric is of, in the middle of a sentence.
PURPOSES = {
    "community_safety_spend_per_head": "community safety",
    "crime_reduction_spend_per_head": "crime reduction",
    "cctv_spend_per_head": "CCTV",
    "youth_services_spend": "services for young people",
    "youth_services_spend_per_head": "services for young people",
    "payments_community_safety_total": "community safety, CCTV or domestic abuse",
    "payments_youth_total": "services for young people or youth justice",
}
FOR_WHOM = {"age:5-17": "resident aged 5 to 17"}
REAL = "real"


def write_money(measure: Measure, row: ComparedRow, label: str | None) -> str:
    """The sentence of a figure that there is; `label` names its group, None for the total."""
    return f"{_state(measure, row, label)}.{_tell_change(measure, row)}"


def _state(measure: Measure, row: ComparedRow, label: str | None) -> str:
    value = show_value(measure, row.value or 0.0)
    who = row.area_name if row.area_kind == "borough" else f"The councils of {row.area_name}"
    purpose = PURPOSES.get(measure.metric)
    if measure.source == PAYMENTS:
        what = f" tagged {label.lower()}" if label else f" tagged {purpose}" if purpose else ""
        kind = next(one.label for one in measure.bases if one.basis == row.basis).lower()
        months = f"{row.from_month} to {row.to_month}" if row.from_month != row.to_month else row.from_month
        return f"{who} published {value} of payments{what} ({kind}), {months}{_tell_months(row)}"
    did = "budgeted" if row.basis.startswith("budget") else "spent"
    a_head = (
        f" a {FOR_WHOM.get(measure.population or '', 'resident')}" if measure.statistic == "per_head" else ""
    )
    on = f" {'for' if did == 'budgeted' else 'on'} {purpose or measure.title.lower()}"
    return f"{who} {did} {value}{a_head}{on} in {name_year(parse_month(row.to_month))}, {_tell_prices(row)}"


def _tell_prices(row: ComparedRow) -> str:
    """In which money: of the year, or of the year that `method` names."""
    if row.basis.rpartition("_")[2] != REAL:
        return "in the money of that year"
    prices = row.method.partition("; real: ")[2].partition(" prices")[0]
    return f"in {prices} prices" if prices else "in real terms"


def _tell_months(row: ComparedRow) -> str:
    if row.months_received >= row.months_expected:
        return ""
    return f" ({row.months_received} of {row.months_expected} months)"


def _tell_change(measure: Measure, row: ComparedRow) -> str:
    """How the figure moved since the year before; no interval says how much of it is chance, and none is needed."""
    if row.before_value is None or row.change_reason not in (None, BELOW_ZERO):
        return ""
    before = show_value(measure, row.before_value)
    matched = ""
    if row.before_months is not None and row.before_months < row.months_expected:
        matched = f", on the {row.before_months} calendar months that both years have"
    if row.change_ratio is None:
        return f" A year before it was {before}{matched}."
    change = 100 * (row.change_ratio - 1)
    if abs(change) < 0.05:
        return f" A year before it was {before}{matched}: about the same."
    way = "more" if change > 0 else "less"
    zero = ""
    if "returned_zero" in row.change_flags and "returned_zero" not in row.flags:
        zero = " A council counted in it returned zero then, which is not the same as nothing spent."
    return f" That is {abs(change):,.1f}% {way} than the {before} of a year before{matched}.{zero}"
