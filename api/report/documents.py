"""What the OpenAPI document says of reports: a page, and the other formats of the same."""

from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIType

from api.negotiation import CSV, JSON, PDF, XLSX

WORDS = {
    PDF: "The same report to print, as PDF/UA-1.",
    XLSX: "The same report as a workbook, a table a sheet.",
    CSV: "The figures of the report, a line each.",
    JSON: "The same as JSON.",
    "text/plain": "The check sums of the files of a frozen report.",
}


@dataclass
class ReportOperation(Operation):
    """An operation that answers as every format of a report."""

    def __post_init__(self) -> None:
        _add(self, PDF, XLSX, CSV, JSON)


@dataclass
class FrozenOperation(Operation):
    """The same, and the check sums."""

    def __post_init__(self) -> None:
        _add(self, PDF, XLSX, CSV, JSON, "text/plain")


@dataclass
class ListOperation(Operation):
    """An operation that answers as a page or JSON."""

    def __post_init__(self) -> None:
        _add(self, JSON)


def _add(operation: Operation, *media_types: str) -> None:
    response = (operation.responses or {}).get("200")
    if isinstance(response, OpenAPIResponse) and response.content is not None:
        for media_type in media_types:
            kind = OpenAPIType.OBJECT if media_type == JSON else OpenAPIType.STRING
            schema = Schema(type=kind, description=WORDS[media_type])
            response.content[media_type] = OpenAPIMediaType(schema=schema)
