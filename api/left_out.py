"""What was asked for together with other things and is not given with them, and why. Pure."""

from api.figures.disclosure import WINDOWS_ALLOWED
from api.model import ValuesRequest
from api.money import WITHHELD_GROUP, WITHHELD_WINDOWS, is_withheld_kind
from api.request import ALL
from sql.measure import load_measures

SMALL = "{metric} by {dimension} is left out: it counts few people, and is given for window={windows} only, not for {window}."
TOTALS_ONLY = (
    "{metric} of {group} is left out: payments for domestic abuse are told as totals of whole financial years, by "
    "window={windows} only, not by {window}."
)
NOTHING = "{metric} is left out: it has none of the groups, ways of counting or windows asked for."


def list_left_out(request: ValuesRequest) -> list[str]:
    """A sentence for each metric, or dimension of one, that a request names, if only by `*`, and its answer leaves out."""
    given = {
        part.metric: {group.partition(":")[0] for _, group in part.series} for part in request.selections
    }
    told = []
    for metric in request.metrics:
        if metric not in given:
            told.append(NOTHING.format(metric=metric))
        elif ALL in request.groups:
            told += [
                SMALL.format(
                    metric=metric,
                    dimension=grouping.dimension,
                    windows=" or ".join(kind for kind in WINDOWS_ALLOWED if kind != request.window),
                    window=request.window,
                )
                for grouping in load_measures()[metric].groups
                if grouping.small and grouping.dimension not in given[metric]
            ]
        if metric in given and request.window not in WITHHELD_WINDOWS and "tag" in given[metric]:
            measure = load_measures()[metric]
            if is_withheld_kind(measure, WITHHELD_GROUP):
                told.append(
                    TOTALS_ONLY.format(
                        metric=metric,
                        group=WITHHELD_GROUP,
                        windows=" or ".join(WITHHELD_WINDOWS),
                        window=request.window,
                    )
                )
    return told
