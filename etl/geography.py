"""Boundaries and postcodes in the database; and where stored points fall when the boundaries change."""

import io
import json
import time
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterable
from datetime import date
from pathlib import Path

import asyncpg
import msgspec
import numpy as np
import polars as pl
import shapely

import sql.queries
from etl.candidate import Candidate
from etl.copy import send
from etl.errors import Refused
from etl.prepare import copy_tallies
from etl.publish import mark_stale, read_months
from etl.report import FileReport
from etl.sample_marks import SAMPLE_WORDS
from etl.sources import SOURCES
from etl.sources.source import Source
from etl.tally import KEYS, SEARCH_ANSWERS
from etl.vocabulary import read_vocabulary
from geo.boundary import (
    BoundaryError,
    BoundarySet,
    load_outline,
    neighbours,
    read_boundary_file,
    simplify_for_display,
    to_geojson,
)
from geo.locate import BY_LSOA, NONE, OUTSIDE, Placer, hash_boundary, open_placer, place_events
from geo.postcode import PostcodeError, read_codepoint

DISPLAY_METRES = 40.0
SAMPLE_HEAD_BYTES = 1_000
REAL_DATA = (
    "These postcodes lie at invented points, and the database holds real data. Load a Code-Point file."
)
OTHER_POSTCODES = "The postcodes that are loaded stay: those of this file lie at invented points."
FACTS = {"stop_search": "stop_search", "crime": "street", "crime_outcome": "outcomes"}


async def load_geography(conn: asyncpg.Connection, candidate: Candidate, index_folder: Path) -> FileReport:
    """Load a boundary or postcode file in one transaction. Raises Refused."""
    start = time.perf_counter()
    try:
        load = load_boundaries if candidate.kind == "boundary" else load_postcodes
        report = await load(conn, candidate.path, index_folder)
    except (BoundaryError, PostcodeError) as error:
        raise Refused(str(error)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise Refused(
            f"The file is damaged and cannot be read ({error}). Get it again from its publisher."
        ) from error
    source = "boundaries" if candidate.kind == "boundary" else "postcodes"
    seconds = round(time.perf_counter() - start, 3)
    return msgspec.structs.replace(report, file=candidate.file, source=source, seconds=seconds)


async def load_boundaries(conn: asyncpg.Connection, path: Path, index_folder: Path) -> FileReport:
    """Make the boundaries of a file the current ones, and place every stored point again."""
    boundaries = read_boundary_file(path)
    if await conn.fetchval(
        "select exists (select from boundary_set where vintage = $1 and is_current)", boundaries.vintage
    ):
        message = "These boundaries are the current ones already."
        return FileReport(file=path.name, source="boundaries", status="unchanged", message=message)
    placer = open_placer(boundaries.polygons, index_folder)
    async with conn.transaction():
        await store_boundaries(conn, boundaries)
        moved = await place_again(conn, placer)
    return FileReport(
        file=path.name,
        source="boundaries",
        status="loaded",
        rows_read=33,
        rows_loaded=33,
        rows_placed=33,
        message=f"Boundaries replaced; {moved:,} stored events moved to another area.",
    )


async def store_boundaries(conn: asyncpg.Connection, boundaries: BoundarySet) -> None:
    """Write a set of boundaries, exact and simplified for display, with its neighbours, and make it current."""
    await conn.execute("update boundary_set set is_current = false where is_current")
    known = await conn.fetchval(
        "update boundary_set set is_current = true where vintage = $1 returning boundary_set_id",
        boundaries.vintage,
    )
    if known is None:
        number = await conn.fetchval(
            sql.queries.load("add_boundary_set"), boundaries.vintage, boundaries.source, boundaries.resolution
        )
        display = simplify_for_display(boundaries, DISPLAY_METRES)
        for resolution, decimals, shown in (("full", None, boundaries), ("display", 6, display)):
            features = to_geojson(shown, decimals)["features"]
            await conn.executemany(
                sql.queries.load("add_boundary"),
                [
                    (number, resolution, f["properties"]["borough"], json.dumps(f["geometry"]))
                    for f in features
                ],
            )
    pairs = [(borough, near) for borough, others in neighbours(boundaries).items() for near in others]
    await conn.execute("delete from neighbour")
    await conn.executemany("insert into neighbour (borough, neighbour) values ($1::int2, $2::int2)", pairs)


async def open_index(conn: asyncpg.Connection, index_folder: Path) -> Path:
    """The file of the placer's index for the current boundaries; the shipped outline where none are loaded yet."""
    vintage = await conn.fetchval("select vintage from boundary_set where is_current")
    if vintage is None:
        outline = load_outline()
        async with conn.transaction():
            await store_boundaries(conn, outline)
        polygons = outline.polygons
    else:
        rows = await conn.fetch(sql.queries.load("read_boundaries"), "full")
        polygons = np.array([shapely.from_geojson(row["geojson"]) for row in rows], dtype=object)
    open_placer(polygons, index_folder)
    return index_folder / f"{hash_boundary(polygons)}.placer"


async def place_again(conn: asyncpg.Connection, placer: Placer) -> int:
    """Place every stored event by the current boundaries; change the rows that fall elsewhere.

    What was counted for a month becomes stale. Returns how many rows changed.
    """
    moved = 0
    for table, source in FACTS.items():
        await conn.execute("create temp table moved (row_id tid, borough int2, place int2) on commit drop")
        async for chunk in _read_points(conn, table):
            placement = place_events(placer, chunk["longitude"].to_numpy(), chunk["latitude"].to_numpy())
            changed = (
                chunk.select("row_id")
                .with_columns(borough=pl.Series(placement.borough), place=pl.Series(placement.how))
                .filter((pl.col("borough") != chunk["borough"]) | (pl.col("place") != chunk["place"]))
            )
            copy = io.BytesIO()
            changed.write_csv(copy, include_header=False)
            if copy.tell():
                copy.seek(0)
                await conn.copy_to_table("moved", source=copy, format="csv")
        status = await conn.execute(
            f"update {table} f set borough = p.borough, place = p.place from moved p where f.ctid = p.row_id"
        )
        await conn.execute("drop table moved")
        moved += int(status.rsplit(" ", 1)[1])
        await tally_again(conn, [one for one in SOURCES if one.source == source])
        await conn.execute(sql.queries.load("recount_scopes"), source, NONE, OUTSIDE)
        await mark_stale(conn, source, await read_months(conn, source))
    return moved


async def tally_again(conn: asyncpg.Connection, sources: Iterable[Source] = SOURCES) -> None:
    """Count the stored facts of these sources anew, month by month."""
    vocabulary = await read_vocabulary(conn)
    for source in sources:
        if source.tally is None:
            continue
        await conn.execute(f"truncate {', '.join(source.tally.tables)}")
        for row in await conn.fetch(f"select distinct month from {source.table} order by month"):
            for facts in await _read_facts(conn, source.table, source.tally.facts, row["month"]):
                for copy in copy_tallies(source, facts, vocabulary):
                    await send(conn, copy)


async def _read_facts(
    conn: asyncpg.Connection, table: str, columns: tuple[str, ...], month: date
) -> list[pl.DataFrame]:
    """The facts of a month, a frame for each resource."""
    content = io.BytesIO()
    query = f"select {', '.join(columns)} from {table} where month = $1"
    await conn.copy_from_query(query, month, output=content, format="csv", header=True)
    content.seek(0)
    answers = [column for column in columns if column in SEARCH_ANSWERS]
    facts = pl.read_csv(content, schema_overrides={"month": pl.String, **dict.fromkeys(answers, pl.String)})
    return facts.with_columns(pl.col(answer) == "t" for answer in answers).partition_by(KEYS)


async def _read_points(
    conn: asyncpg.Connection, table: str, size: int = 500_000
) -> AsyncIterator[pl.DataFrame]:
    """The points of a fact table that were not placed by LSOA, in chunks, each a frame with the row's address.

    An LSOA outside London decides as much as one inside, so that a row with one stays where it is.
    """
    has_lsoa = table != "stop_search"
    query = (
        f"select ctid as row_id, longitude, latitude, borough, place from {table}"
        f" where place <> {BY_LSOA} and place <> {NONE} and longitude is not null{' and lsoa is null' if has_lsoa else ''}"
    )
    cursor = await conn.cursor(query)
    while rows := await cursor.fetch(size):
        yield pl.DataFrame(
            {
                "row_id": [f"({row['row_id'][0]},{row['row_id'][1]})" for row in rows],
                "longitude": [row["longitude"] for row in rows],
                "latitude": [row["latitude"] for row in rows],
                "borough": [row["borough"] for row in rows],
                "place": [row["place"] for row in rows],
            },
            schema={
                "row_id": pl.String,
                "longitude": pl.Float64,
                "latitude": pl.Float64,
                "borough": pl.Int16,
                "place": pl.UInt8,
            },
        )


async def load_postcodes(conn: asyncpg.Connection, path: Path, index_folder: Path) -> FileReport:
    """Replace the postcodes by those of a file; where the file names no district, the point is placed."""
    table = read_codepoint(path)
    if SAMPLE_WORDS in path.read_bytes()[:SAMPLE_HEAD_BYTES].decode(errors="replace"):
        if await conn.fetchval(sql.queries.load("has_sample")) is False:
            raise Refused(REAL_DATA)
        if await conn.fetchval(sql.queries.load("has_other_postcodes"), table["postcode"].to_list()):
            return FileReport(file=path.name, source="postcodes", status="unchanged", message=OTHER_POSTCODES)
    placer = Placer.load(await open_index(conn, index_folder))
    by_point = placer.place(table["lon"].to_numpy(), table["lat"].to_numpy())[0]
    borough = np.where(table["borough"].to_numpy() > 0, table["borough"].to_numpy(), by_point)
    rows = (
        table.select("postcode", "lat", "lon")
        .with_columns(borough=pl.Series(borough))
        .filter(pl.col("borough") > 0)
    )
    if not rows.height:
        raise Refused(
            f"None of the {table.height:,} postcodes lies in London. Get the file for London or for all of Great Britain."
        )
    copy = io.BytesIO()
    rows.write_csv(copy, include_header=False)
    copy.seek(0)
    async with conn.transaction():
        await conn.execute("delete from postcode")
        await conn.copy_to_table(
            "postcode", source=copy, columns=("postcode", "latitude", "longitude", "borough"), format="csv"
        )
    return FileReport(
        file=path.name,
        source="postcodes",
        status="loaded",
        rows_read=table.height,
        rows_loaded=rows.height,
        rows_rejected=table.height - rows.height,
        rows_placed=rows.height,
    )
