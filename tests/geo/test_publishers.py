"""Who publishes under which number, and by which name they can be asked for."""

import pytest

from geo.areas import BOROUGHS, load_boroughs
from geo.publishers import (
    DFE,
    GLA,
    MHCLG,
    TFL,
    borough_of,
    council_of,
    is_publisher,
    name_publisher,
    slug_publisher,
)


def test_a_council_stands_under_its_borough() -> None:
    slugs = {area.borough: area.slug for area in load_boroughs()}
    for borough in BOROUGHS:
        number = council_of(borough)
        assert (borough_of(number), slug_publisher(number)) == (borough, slugs[borough])
        assert is_publisher(number)
    assert (name_publisher(112), slug_publisher(112)) == ("Hackney council", "hackney")
    assert name_publisher(101) == "City of London Corporation"


@pytest.mark.parametrize(("number", "slug"), [(GLA, "gla"), (TFL, "tfl"), (MHCLG, "mhclg"), (DFE, "dfe")])
def test_others_have_short_names(number: int, slug: str) -> None:
    assert (slug_publisher(number), borough_of(number)) == (slug, None)
    assert is_publisher(number)


@pytest.mark.parametrize("number", [0, 1, 2, 100, 134, 139, 152])
def test_a_force_or_a_number_without_a_name_is_none(number: int) -> None:
    assert slug_publisher(number) is None
    assert name_publisher(number) is None


def test_there_is_no_council_without_a_borough() -> None:
    for borough in (0, -1, 34):
        with pytest.raises(ValueError, match="no borough of London"):
            council_of(borough)
