"""Every SQL file of the project, checked by PostgreSQL itself on a migrated database."""

import re
from pathlib import Path

import asyncpg
import pytest

from sql import load
from sql.measure import COLUMNS, read_measure

ROOM = Path(__file__).parents[2] / "sql"
QUERIES = sorted((ROOM / "queries").glob("*.sql"))
MEASURES = sorted((ROOM / "measures").glob("*.sql"))
PARAMETER = re.compile(r"-- \$(\d+) ([a-z][a-z0-9_ ]*): ([a-z0-9_ ]+(?:\[\])?)(?:[,;.(].*)?$")


def split(text: str) -> tuple[list[str], str]:
    """The comment lines at the head of a file, and the statement below them."""
    lines = text.splitlines()
    length = next((n for n, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return lines[:length], "\n".join(lines[length:])


def without_comments(statement: str) -> str:
    return re.sub(r"--[^\n]*", "", statement)


async def oid_of(connection: asyncpg.Connection, name: str) -> int:
    return int(await connection.fetchval("select $1::text::regtype::oid::int8", name))


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
async def test_a_querys_head_agrees_with_what_postgres_infers(pool: asyncpg.Pool, file: Path) -> None:
    head, _ = split(file.read_text(encoding="utf-8"))
    assert head, "a query opens with a sentence on what it does"
    assert not head[0].startswith("-- $"), "a query opens with a sentence on what it does"
    listed = [match for line in head if (match := PARAMETER.match(line))]
    assert len(listed) == sum(line.startswith("-- $") for line in head), "a parameter is `-- $1 name: type`"
    assert [int(match[1]) for match in listed] == list(range(1, len(listed) + 1))
    async with pool.acquire() as connection:
        inferred = (await connection.prepare(file.read_text(encoding="utf-8"))).get_parameters()
        declared = [await oid_of(connection, match[3].strip()) for match in listed]
    assert declared == [parameter.oid for parameter in inferred]


@pytest.mark.parametrize("file", MEASURES, ids=lambda file: file.stem)
async def test_a_measure_takes_two_months_and_returns_observations(pool: asyncpg.Pool, file: Path) -> None:
    measure = read_measure(file)
    async with pool.acquire() as connection:
        statement = await connection.prepare(measure.sql)
        parameters, columns = statement.get_parameters(), statement.get_attributes()
        declared = [(name, await oid_of(connection, kind)) for name, kind in COLUMNS.items()]
    assert [parameter.name for parameter in parameters] == ["date", "date"]
    assert [(column.name, column.type.oid) for column in columns] == declared


@pytest.mark.parametrize("file", [*QUERIES, *MEASURES], ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_file_is_one_statement_in_the_house_style(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    statement = without_comments(split(text)[1])
    assert statement.strip(), "there is a statement below the head"
    assert not statement.rstrip().endswith(";"), "no trailing semicolon"
    assert "\t" not in text, "no tabs"
    uncast = re.findall(r"\$\d+(?!\d|::)", statement)
    assert uncast == [], "every parameter is cast where it stands"


def test_a_query_is_loaded_by_its_name_as_it_stands(tmp_path: Path) -> None:
    for file in QUERIES:
        assert load(file.stem) == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["no_such_query", "../measures/crime_rate", "", "Seed_Area"])
def test_a_name_without_a_query_is_refused(name: str) -> None:
    with pytest.raises(LookupError, match=r"There is no query .* in sql/queries; there are: "):
        load(name)
