"""The kinds of operation in the OpenAPI document, by the formats in which they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example, OpenAPIMediaType, OpenAPIResponse, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from api.limits import LOCATE_PLACES
from api.negotiation import CSV, JSON
from api.render.formats import FORMATS, MAP, PICTURES, RECORDS, SHAPES, TABLE

# What is said of each format but JSON.
SAID = {
    "csv": "The same rows; the header is the JSON keys. The header `Link` leads to what each column means (CSV on the Web).",
    "geojson": "The same rows as features, drawn as their areas.",
    "gpkg": "The same, for desktop maps.",
    "xlsx": "The same rows as an Excel workbook, with a cover and notes.",
    "ods": "The same rows as an OpenDocument spreadsheet, with a cover and notes.",
    "parquet": "The same rows, typed; nothing that is not there has a value.",
    "svg": "A chart of the rows.",
    "png": "The same chart as a picture of dots.",
    "pdf": "The same chart as an accessible document (PDF/UA-1).",
    "zip": "All tables as one Frictionless Data Package.",
}


@dataclass
class RecordOperation(Operation):
    """An operation that answers as JSON, CSV or Parquet."""

    def __post_init__(self) -> None:
        _add_formats(self, RECORDS)


@dataclass
class TableOperation(Operation):
    """An operation that answers in every form of a table."""

    def __post_init__(self) -> None:
        _add_formats(self, TABLE)


@dataclass
class DrawnTableOperation(Operation):
    """An operation that answers in every form of a table, and as a picture."""

    def __post_init__(self) -> None:
        _add_formats(self, (*TABLE, *PICTURES))


@dataclass
class MapOperation(Operation):
    """An operation that answers in every form of a table and a map."""

    def __post_init__(self) -> None:
        _add_formats(self, MAP)


@dataclass
class DrawnMapOperation(Operation):
    """An operation that answers in every form of a table and a map, and as a picture."""

    def __post_init__(self) -> None:
        _add_formats(self, (*MAP, *PICTURES))


@dataclass
class ShapeOperation(Operation):
    """An operation that answers with shapes, and as a picture."""

    def __post_init__(self) -> None:
        _add_formats(self, (*SHAPES, *PICTURES))


@dataclass
class PackageOperation(Operation):
    """An operation that answers as JSON, or as a package of files."""

    def __post_init__(self) -> None:
        _add_formats(self, ("zip",))


@dataclass
class FileOperation(Operation):
    """An operation that answers as one file."""

    def __post_init__(self) -> None:
        _add_formats(self, ("parquet",))

    @staticmethod
    def describe() -> ResponseSpec:
        """Its answer as CSV, with an example."""
        example = Example(
            summary="Two lines of a CSV", value="source,title\r\nstop_search,Stop and search\r\n"
        )
        return ResponseSpec(
            str, generate_examples=False, description="The table.", media_type=CSV, examples=[example]
        )


@dataclass
class BulkOperation(TableOperation):
    """An operation that takes a list of places."""

    def __post_init__(self) -> None:
        super().__post_init__()
        point = {"lat": Schema(type=OpenAPIType.NUMBER), "lon": Schema(type=OpenAPIType.NUMBER)}
        place = Schema(
            type=OpenAPIType.OBJECT,
            properties={**point, "postcode": Schema(type=OpenAPIType.STRING)},
            additional_properties=False,
        )
        example = Example(
            summary="A point and a postcode", value=[{"lat": 51.5451, "lon": -0.0562}, {"postcode": "E8 1EA"}]
        )
        self.request_body = RequestBody(
            required=True,
            description="The places, each a point or a postcode.",
            content={
                JSON: OpenAPIMediaType(
                    schema=Schema(type=OpenAPIType.ARRAY, items=place, max_items=LOCATE_PLACES),
                    examples={"places": example},
                )
            },
        )


def _add_formats(operation: Operation, names: Sequence[str]) -> None:
    for name in names:
        if name in SAID:
            media_type = FORMATS[name].media_type
            schema = (
                Schema(type=OpenAPIType.OBJECT)
                if name == "geojson"
                else Schema(type=OpenAPIType.STRING, content_media_type=media_type)
            )
            _add_content(operation, media_type, schema, SAID[name])


def _add_content(operation: Operation, media_type: str, schema: Schema, description: str) -> None:
    responses: Sequence[Any] = [
        (operation.responses or {}).get("200"),
        (operation.responses or {}).get("201"),
    ]
    for response in responses:
        content = response.content if isinstance(response, OpenAPIResponse) else None
        # What is described with an example keeps it.
        if (
            isinstance(response, OpenAPIResponse)
            and response.content is not None
            and media_type not in (content or {})
        ):
            schema.description = description
            response.content[media_type] = OpenAPIMediaType(schema=schema)
