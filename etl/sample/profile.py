"""The invented city that the sample describes.

Every number here is **made up**: round figures that give a plausible picture (busier centre, quieter
edge, ratios that differ between boroughs) and are a copy of no published table. They are relative
weights, not populations or rates to quote. Only names and codes of boroughs and of crime categories are
real.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["AROUND_CITY", "BOROUGHS", "CATEGORIES", "CITY", "MET", "Borough", "Category", "Force"]


class Borough(NamedTuple):
    """One authority. People in thousands and percent, searches of White people a year, ratios in tenths."""

    code: str
    name: str
    people: int
    white: int
    black: int
    asian: int
    other: int
    searched: int
    black_ratio: int
    asian_ratio: int
    other_ratio: int
    positive: int
    """Percent of searches that end in something other than no further action."""
    crime: int
    """Crime of the everyday kind, 100 = middling."""
    centre: int
    """How much of its crime is that of a city centre, 0 to 100."""
    charged: int
    """Chance in 1,000 that a case which would have had no suspect is charged after all."""


# fmt: off
BOROUGHS: tuple[Borough, ...] = (
    #       code         name                      people wh bl as ot  srch  b  a  o  pos crime ctr chg
    Borough("E09000001", "City of London",             9, 69, 3, 12, 12,    90, 40, 12, 8, 36, 140, 100, 9),
    Borough("E09000002", "Barking and Dagenham",     220, 45, 21, 25, 7,    72, 30, 10, 9, 29, 105, 4, 5),
    Borough("E09000003", "Barnet",                   390, 58, 8, 17, 14,    38, 45, 10, 10, 34, 85, 5, 4),
    Borough("E09000004", "Bexley",                   245, 72, 12, 9, 5,     40, 36, 11, 9, 38, 66, 2, 8),
    Borough("E09000005", "Brent",                    340, 35, 17, 31, 14,   78, 37, 8, 9, 30, 100, 7, 4),
    Borough("E09000006", "Bromley",                  330, 77, 8, 7, 5,      42, 44, 12, 10, 36, 76, 3, 7),
    Borough("E09000007", "Camden",                   210, 60, 9, 16, 12,    84, 46, 14, 11, 33, 142, 48, 5),
    Borough("E09000008", "Croydon",                  390, 49, 23, 16, 6,    55, 38, 10, 9, 31, 96, 6, 5),
    Borough("E09000009", "Ealing",                   365, 43, 11, 29, 14,   62, 40, 10, 9, 33, 95, 6, 5),
    Borough("E09000010", "Enfield",                  330, 52, 18, 11, 14,   55, 37, 10, 9, 27, 98, 4, 4),
    Borough("E09000011", "Greenwich",                290, 56, 21, 12, 7,    60, 35, 10, 10, 35, 98, 6, 6),
    Borough("E09000012", "Hackney",                  260, 53, 21, 9, 11,    73, 41, 12, 10, 36, 125, 20, 6),
    Borough("E09000013", "Hammersmith and Fulham",   183, 63, 12, 9, 11,    72, 42, 14, 11, 34, 115, 16, 6),
    Borough("E09000014", "Haringey",                 264, 57, 18, 8, 12,    98, 34, 12, 10, 31, 120, 12, 4),
    Borough("E09000015", "Harrow",                   260, 37, 7, 44, 10,    42, 43, 8, 8, 32, 58, 2, 5),
    Borough("E09000016", "Havering",                 262, 75, 8, 11, 4,     48, 42, 12, 10, 33, 78, 4, 7),
    Borough("E09000017", "Hillingdon",               305, 48, 8, 32, 9,     52, 43, 10, 9, 35, 84, 5, 7),
    Borough("E09000018", "Hounslow",                 288, 44, 7, 36, 10,    58, 44, 9, 9, 34, 96, 5, 6),
    Borough("E09000019", "Islington",                217, 62, 13, 8, 12,    80, 41, 15, 11, 32, 130, 24, 5),
    Borough("E09000020", "Kensington and Chelsea",   144, 64, 8, 10, 14,    90, 44, 14, 11, 30, 122, 36, 5),
    Borough("E09000021", "Kingston upon Thames",     168, 68, 3, 16, 9,     40, 42, 11, 10, 40, 68, 6, 8),
    Borough("E09000022", "Lambeth",                  317, 55, 24, 6, 8,     78, 38, 14, 11, 32, 122, 22, 5),
    Borough("E09000023", "Lewisham",                 300, 51, 27, 8, 8,     62, 35, 13, 10, 33, 102, 8, 6),
    Borough("E09000024", "Merton",                   215, 60, 10, 17, 8,    44, 44, 11, 10, 37, 70, 4, 7),
    Borough("E09000025", "Newham",                   350, 31, 17, 41, 8,    88, 33, 9, 8, 30, 112, 12, 4),
    Borough("E09000026", "Redbridge",                310, 35, 8, 46, 8,     60, 40, 8, 8, 31, 86, 4, 5),
    Borough("E09000027", "Richmond upon Thames",     195, 80, 2, 8, 6,      34, 46, 13, 11, 39, 60, 5, 7),
    Borough("E09000028", "Southwark",                308, 52, 25, 7, 10,    82, 37, 14, 10, 34, 126, 26, 5),
    Borough("E09000029", "Sutton",                   210, 68, 6, 16, 6,     46, 43, 10, 9, 38, 64, 2, 8),
    Borough("E09000030", "Tower Hamlets",            310, 39, 7, 41, 9,     84, 42, 14, 10, 29, 120, 18, 4),
    Borough("E09000031", "Waltham Forest",           278, 53, 15, 19, 9,    62, 37, 10, 9, 30, 96, 5, 4),
    Borough("E09000032", "Wandsworth",               328, 68, 10, 11, 7,    50, 47, 13, 10, 36, 92, 10, 6),
    Borough("E09000033", "Westminster",              204, 55, 8, 15, 19,    185, 46, 16, 12, 33, 180, 100, 6),
)
# fmt: on


class Category(NamedTuple):
    """A category: its share of each force's rows (per 1,000) and how it gathers in the centre (percent)."""

    name: str
    met: int
    city: int
    centre: int


CATEGORIES: tuple[Category, ...] = (
    Category("Anti-social behaviour", 200, 45, 130),
    Category("Bicycle theft", 16, 25, 200),
    Category("Burglary", 49, 35, 90),
    Category("Criminal damage and arson", 52, 39, 40),
    Category("Drugs", 38, 62, 160),
    Category("Other crime", 12, 20, 60),
    Category("Other theft", 106, 217, 500),
    Category("Possession of weapons", 6, 9, 80),
    Category("Public order", 56, 67, 180),
    Category("Robbery", 32, 18, 350),
    Category("Shoplifting", 56, 132, 250),
    Category("Theft from the person", 72, 144, 1400),
    Category("Vehicle crime", 98, 16, 20),
    Category("Violence and sexual offences", 207, 171, 90),
)


class Force(NamedTuple):
    """A force as its files name it, with the rows that it publishes in a real month."""

    slug: str
    name: str
    stops: int
    crimes: int


MET = Force("metropolitan", "Metropolitan Police Service", 11_800, 94_000)
CITY = Force("city-of-london", "City of London Police", 150, 780)

#: Where the City's officers record what they record: their files reach into the boroughs around (per 1,000).
AROUND_CITY = {
    "City of London": 945,
    "Tower Hamlets": 17,
    "Camden": 10,
    "Islington": 9,
    "Hackney": 8,
    "Southwark": 6,
    "Westminster": 5,
}
