"""By what records of a dataset can be chosen, and why not by what they do not say."""

from collections.abc import Mapping

from api.datasets import DATASETS, FILTERS, Dataset
from api.errors import BadParameter
from api.parameters import check_names, declare
from api.respond import AnyRequest


async def check_filters(request: AnyRequest) -> None:
    """Refuse parameters that the dataset does not have. Raises BadParameter, which says what is withheld on purpose."""
    declared = declare(request.route_handler)
    dataset = DATASETS.get(str(request.path_params.get("dataset")))
    if dataset is not None:
        for name in request.query_params:
            if name not in declared and (why := explain_withheld(dataset, name)):
                raise why
        # another dataset's filter is refused later, by what it is
        given = {name: many for name, many in declared.items() if name in request.query_params}
        declared = list_filters(dataset, declared) | given
    check_names(request, declared)


def list_filters(dataset: Dataset, declared: Mapping[str, bool]) -> dict[str, bool]:
    """The parameters of a dataset: those that its path declares, without the words of other datasets alone."""
    return {name: many for name, many in declared.items() if name in dataset.words or name not in FILTERS}


def explain_withheld(dataset: Dataset, name: str) -> BadParameter | None:
    """Why records cannot be chosen by something that they do not say on purpose; None for any other name."""
    if name not in dataset.withheld:
        return None
    choices = ("area", "from", "to", *dataset.words)
    return BadParameter(
        name,
        None,
        choices,
        f"Records of {dataset.dataset} cannot be chosen by {name}. Withheld on purpose are {dataset.kept_back}. "
        f"They can be chosen by {', '.join(choices)}. Figures by group are in /v1/values.",
    )
