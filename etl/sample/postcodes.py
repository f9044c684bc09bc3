"""A few postcodes for the sample, so that the front page finds a borough by postcode before any real file is loaded.

The postcodes are real: those of town halls and civic centres, from the addresses that the councils publish. The points
are made up: each is one of the sample's own points in that borough, and nowhere near the building.
"""

from __future__ import annotations

import polars as pl

from etl.sample.draws import Draws
from etl.sample.places import POINTS_PER_BOROUGH, Places
from etl.sample.profile import BOROUGHS
from etl.sample_marks import SAMPLE_WORDS

__all__ = ["TOWN_HALLS", "list_postcodes", "make_postcodes"]

_STREAM = 9

#: By borough code.
TOWN_HALLS: dict[str, tuple[str, ...]] = {
    "E09000001": ("EC2V 7HH",),
    "E09000002": ("IG11 7LU", "RM10 7BN"),
    "E09000003": ("NW9 4EW", "NW4 4BQ"),
    "E09000004": ("DA6 7AT",),
    "E09000005": ("HA9 0FJ",),
    "E09000006": ("BR1 1DP", "BR1 3UH"),
    "E09000007": ("N1C 4AG", "WC1H 9JE"),
    "E09000008": ("CR0 1EA",),
    "E09000009": ("W5 2HL",),
    "E09000010": ("EN2 6AX",),
    "E09000011": ("SE18 6HQ", "SE18 6PW"),
    "E09000012": ("E8 1EA",),
    "E09000013": ("W6 9JU",),
    "E09000014": ("N22 8HQ", "N22 8YX"),
    "E09000015": ("HA3 8FL", "HA1 2XY"),
    "E09000016": ("RM1 3BB", "RM1 3BD"),
    "E09000017": ("UB8 1UW",),
    "E09000018": ("TW3 3EB",),
    "E09000019": ("N1 2UD", "N7 7EP"),
    "E09000020": ("W8 7NX",),
    "E09000021": ("KT1 1EU",),
    "E09000022": ("SW2 1RW", "SW2 1EG"),
    "E09000023": ("SE6 4RU",),
    "E09000024": ("SM4 5DX",),
    "E09000025": ("E16 2QU", "E6 2RP"),
    "E09000026": ("IG1 1DD",),
    "E09000027": ("TW1 3BZ", "TW1 3AA"),
    "E09000028": ("SE1 2QH",),
    "E09000029": ("SM1 1EA",),
    "E09000030": ("E1 1BJ", "E14 2BG"),
    "E09000031": ("E17 4JF",),
    "E09000032": ("SW18 2PU",),
    "E09000033": ("SW1E 6QP",),
}


def list_postcodes() -> list[str]:
    """Every postcode of the sample."""
    return [postcode for found in TOWN_HALLS.values() for postcode in found]


def make_postcodes(places: Places, seed: int) -> pl.DataFrame:
    """The postcodes as Code-Point derivatives list them, in degrees, each with the sample's mark in its last column."""
    draws = Draws(seed, _STREAM)
    longitudes, latitudes = places.table["Longitude"].to_list(), places.table["Latitude"].to_list()
    rows: list[tuple[str, str, str, str, str]] = []
    for at, borough in enumerate(BOROUGHS):
        for postcode in TOWN_HALLS[borough.code]:
            point = at * POINTS_PER_BOROUGH + draws.one(POINTS_PER_BOROUGH)
            rows.append((postcode, latitudes[point], longitudes[point], borough.code, SAMPLE_WORDS))
    columns = ["postcode", "lat", "lon", "lad_code", "note"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
