"""The explorer of the API: Swagger UI from the installed package, told to load nothing from elsewhere."""

from api.pages.page import open_templates

# Swagger UI draws its icons from data: addresses; everything else comes from this server.
EXPLORER_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
}
# validatorUrl null: by default Swagger UI sends the document's address to a validator on the web.
START_SCRIPT = b"""window.addEventListener("load", function () {
  SwaggerUIBundle({
    url: "/schema/openapi.json",
    dom_id: "#explorer",
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
});
"""


def write_explorer() -> bytes:
    """The page; without scripts it still leads to the document."""
    return open_templates().get_template("explorer.html").render().encode()
