"""The publishers' words as the database knows them."""

from collections import defaultdict

import asyncpg
import msgspec
import numpy as np
import numpy.typing as npt

import sql.queries

Codes = dict[str, dict[str, int]]


class Vocabulary(msgspec.Struct, frozen=True):
    """The words of each field: `codes`, field -> word -> code; `classes`, field -> code -> the class it counts under."""

    codes: Codes
    classes: dict[str, dict[int, str]]

    def index(self, field: str) -> tuple[tuple[str, ...], npt.NDArray[np.intp]]:
        """The classes of a field's words, and for each code the place of its class among them."""
        class_of = self.classes[field]
        names = tuple(sorted(set(class_of.values())))
        places = np.zeros(max(class_of) + 1, dtype=np.intp)
        places[list(class_of)] = [names.index(name) for name in class_of.values()]
        return names, places


async def read_vocabulary(conn: asyncpg.Connection) -> Vocabulary:
    """Every word that is known."""
    codes: Codes = defaultdict(dict)
    classes: dict[str, dict[int, str]] = defaultdict(dict)
    for row in await conn.fetch(sql.queries.load("read_vocabulary")):
        codes[row["field"]][row["word"]] = row["code"]
        classes[row["field"]][row["code"]] = row["class"]
    return Vocabulary(dict(codes), dict(classes))
