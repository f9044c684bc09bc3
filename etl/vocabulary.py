"""The publishers' words as the database knows them."""

from collections import defaultdict

import asyncpg
import msgspec

import sql.queries

Codes = dict[str, dict[str, int]]


class Vocabulary(msgspec.Struct, frozen=True):
    """The words of each field: `codes`, field -> word -> code; `classes`, field -> code -> the class it counts under."""

    codes: Codes
    classes: dict[str, dict[int, str]]


async def read_vocabulary(conn: asyncpg.Connection) -> Vocabulary:
    """Every word that is known."""
    codes: Codes = defaultdict(dict)
    classes: dict[str, dict[int, str]] = defaultdict(dict)
    for row in await conn.fetch(sql.queries.load("read_vocabulary")):
        codes[row["field"]][row["word"]] = row["code"]
        classes[row["field"]][row["code"]] = row["class"]
    return Vocabulary(dict(codes), dict(classes))
