"""/assets: the script of the pages."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from api.errors import NotFound
from api.pages.assets import PATH, SCRIPT_TYPE, list_assets
from api.pages.described import describe_text


class AssetController(Controller):
    """Files that pages need."""

    path = PATH
    tags = ("Pages",)

    @get(
        "/{name:str}",
        operation_id="readAsset",
        summary="The script of the pages",
        description="What pages link to. A name holds the hash of its bytes, so that it may be kept for ever.",
        media_type=SCRIPT_TYPE,
        responses=describe_text("The file.", SCRIPT_TYPE, '"use strict";', 404),
    )
    async def read_asset(
        self,
        name: Annotated[
            str,
            PathParameter(
                description="The name that a page gives.",
                examples=[Example(summary="The script", value="site-0123456789ab.js")],
            ),
        ],
    ) -> Response[bytes]:
        """A file of a fixed list; its name changes with its bytes."""
        found = list_assets().get(name)
        if found is None:
            raise NotFound("There is no such file: reload the page that named it.", found=name)
        media_type, body = found
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(body, media_type=media_type, headers=headers)
