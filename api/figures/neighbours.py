"""Statistical neighbours: the boroughs most alike in how many people live there and how densely."""

from collections.abc import Mapping

import numpy as np

from geo.areas import CITY

HOW_MANY = 5


def find_neighbours(
    residents: Mapping[int, float], hectares: Mapping[int, float], how_many: int = HOW_MANY
) -> dict[int, tuple[int, ...]]:
    """The nearest boroughs of each borough (by number), nearest first; ties by number.

    Distance is Euclidean over the logarithms of residents and of residents per hectare, each less its mean and
    divided by its standard deviation over the boroughs compared. The City of London has no neighbours and is
    nobody's: its residents say little of it. So have boroughs without residents or an area.
    """
    boroughs = sorted(
        number
        for number, count in residents.items()
        if number != CITY and count > 0 and hectares.get(number, 0) > 0
    )
    if len(boroughs) < 2:
        return {}
    people = np.array([float(residents[number]) for number in boroughs])
    area = np.array([float(hectares[number]) for number in boroughs])
    traits = np.column_stack([np.log(people), np.log(people / area)])
    spread = traits.std(axis=0)
    traits = (traits - traits.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    distance = np.hypot(*(traits[:, None, :] - traits[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")[:, : min(how_many, len(boroughs) - 1)]
    return {
        number: tuple(boroughs[place] for place in nearest)
        for number, nearest in zip(boroughs, order.tolist(), strict=True)
    }
