"""What the metrics of a report mean, from the heads of their measures. Pure."""

from collections.abc import Sequence

from api.cite import cite_metric
from api.report.model import Definition
from api.report.words import begin
from sql.measure import load_measures


def write_definitions(metrics: Sequence[str]) -> tuple[Definition, ...]:
    """A definition of each metric once, in the order given. Raises KeyError for a metric that there is not."""
    found = [load_measures()[metric] for metric in dict.fromkeys(metrics)]
    return tuple(
        Definition(
            metric=measure.metric,
            title=measure.title,
            definition=measure.definition,
            numerator=measure.numerator,
            denominator=measure.denominator,
            interval=begin(measure.interval),
            caveats=(*measure.caveats, *((measure.provisional,) if measure.provisional else ())),
            href=cite_metric(measure.metric),
        )
        for measure in found
    )
