"""/v1/csvw/{table}: what the columns of a CSV mean, as CSV on the Web has it."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from api.csvw import TABLES, check_address, find_table, write_metadata
from api.documentation import describe_problems
from api.negotiation import CSVM
from api.releases import Releases
from api.respond import label_release, release_headers

ADDRESS = "/v1/sources?format=csv"
METADATA = {
    "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
    "url": ADDRESS,
    "dc:title": "Who publishes what",
    "null": ["[x]", "[z]", "[c]", "[low]"],
    "tableSchema": {"columns": [{"name": "source", "titles": "source", "datatype": "string"}]},
}


class CsvwController(Controller):
    """CSV on the Web."""

    path = "/v1/csvw"
    tags = ("Files",)

    @get(
        "/{table:str}",
        operation_id="describeCsv",
        summary="What the columns of a CSV mean",
        description="Metadata of a CSV as CSV on the Web (W3C) has them: each column with its type and meaning, the shorthand "
        "that stands where there is no value, how lists are separated, the licence. Every CSV links to its own (header `Link`).",
        responses={
            200: ResponseSpec(
                dict[str, Any],
                generate_examples=False,
                description="The metadata, JSON-LD.",
                media_type=CSVM,
                examples=[Example(summary="Of the sources", value=METADATA)],
            ),
            **describe_problems(400, 404, 503),
        },
    )
    async def describe_csv(
        self,
        releases: NamedDependency[Releases],
        table: Annotated[
            str,
            PathParameter(
                description=f"What the CSV holds: {', '.join(TABLES)}; of figures with others beside them also "
                "`values.rest_of_met`, `ratios.rest_of_met.year_before` and so on.",
                examples=[Example(summary="Sources", value="sources")],
            ),
        ],
        url: Annotated[
            str | None,
            QueryParameter(
                description="The address of the CSV, as the header `Link` has it.",
                examples=[Example(summary="The CSV of the sources", value=ADDRESS)],
            ),
        ] = None,
    ) -> Response[bytes]:
        """The metadata of one CSV."""
        snapshot = releases.snapshot
        found = find_table(table)
        address = check_address(found, url)
        release = label_release(snapshot).release
        metadata = write_metadata(found, address, release, is_sample=snapshot.is_sample)
        return Response(msgspec.json.encode(metadata), media_type=CSVM, headers=release_headers(snapshot))
