"""/schema: the OpenAPI document, and an explorer whose every file comes from this server."""

from pathlib import Path
from typing import Any

import swagger_ui_bundle
from litestar import Request, Response, Router, get
from litestar.enums import OpenAPIMediaType
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License, Server, Tag
from litestar.params import FromPath

from api.documentation import DESCRIPTION
from api.envelope import LICENCE, LICENCE_NAME
from api.negotiation import wants_page
from api.pages.explorer import EXPLORER_HEADERS, START_SCRIPT, write_explorer
from api.pages.page import PAGE_TYPE
from api.parameters import check_parameters

ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
PATHS = (
    "/schema",
    "/schema/openapi.json",
    "/schema/explorer",
    "/schema/explorer/start.js",
    *(f"/schema/explorer/{name}" for name in ASSETS),
)


def configure(version: str) -> OpenAPIConfig:
    """The OpenAPI 3.1 document at /schema and /schema/openapi.json, with the explorer beside it."""
    router = Router(
        "/schema",
        route_handlers=[read_explorer, read_asset],
        include_in_schema=False,
        before_request=choose_page,
    )
    return OpenAPIConfig(
        title="borough-accountability",
        version=version,
        description=DESCRIPTION,
        license=License(name=LICENCE_NAME, url=LICENCE),
        servers=[Server(url="/")],
        tags=[
            Tag(name="Figures", description="Values with their uncertainty, and maps of them."),
            Tag(name="Areas", description="Boroughs, Basic Command Units, and where a place is."),
            Tag(name="Metrics", description="What each figure means."),
            Tag(name="What arrived", description="Sources, months and releases."),
            Tag(name="Pages", description="For people."),
            Tag(name="For machines", description="Health and counts."),
        ],
        openapi_router=router,
        render_plugins=[JsonRenderPlugin(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON)],
    )


async def choose_page(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """A person at /schema gets the explorer, a program the document; unknown paths are 404 like any other."""
    await check_parameters(request)
    path = request.url.path.rstrip("/")
    if path not in PATHS:
        raise NotFoundException
    if path == "/schema" and wants_page(request.headers.get("accept", "")):
        return explorer()
    return None


def explorer() -> Response[bytes]:
    """The explorer's page."""
    return Response(write_explorer(), media_type=PAGE_TYPE, headers=EXPLORER_HEADERS)


@get("/explorer")
async def read_explorer() -> Response[bytes]:
    """The explorer's page."""
    return explorer()


@get("/explorer/{name:str}", sync_to_thread=True)
def read_asset(name: FromPath[str]) -> Response[bytes]:
    """A file of the explorer."""
    headers = {"Cache-Control": "public, max-age=86400"}
    if name == "start.js":
        return Response(START_SCRIPT, media_type=ASSETS["swagger-ui-bundle.js"], headers=headers)
    folder = Path(str(swagger_ui_bundle.swagger_ui_path))
    return Response((folder / name).read_bytes(), media_type=ASSETS[name], headers=headers)
