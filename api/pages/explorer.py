"""The explorer of the API: Swagger UI from the installed package, told to load nothing from elsewhere."""

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
    return b"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API explorer - Borough accountability</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/schema/explorer/swagger-ui.css">
</head>
<body>
<main>
<p><a href="/">Borough accountability</a> - <a href="/schema/openapi.json">the OpenAPI document</a></p>
<noscript><p>The explorer needs scripts; the document above says the same.</p></noscript>
<div id="explorer"></div>
</main>
<script src="/schema/explorer/swagger-ui-bundle.js"></script>
<script src="/schema/explorer/start.js"></script>
</body>
</html>
"""
