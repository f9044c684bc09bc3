"""The frame of every page: head, style, sample notice, footer."""

import base64
import hashlib
from html import escape

from api.envelope import ATTRIBUTION, LICENCE, LICENCE_NAME, SAMPLE_NOTICE

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
a { color: LinkText; }
a:focus { outline: 3px solid; outline-offset: 2px; }
.skip { left: -99rem; position: absolute; }
.skip:focus { position: static; }
.notice { border: 2px solid; font-weight: bold; padding: .5rem 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
caption { font-weight: bold; padding: .5rem 0; text-align: left; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 30%, transparent); padding: .3rem .6rem; }
th { text-align: left; }
thead th { vertical-align: bottom; }
tbody th, td { vertical-align: baseline; }
td.number, th.number { text-align: right; white-space: nowrap; }
small { color: color-mix(in srgb, currentColor 75%, transparent); }
footer { border-top: 1px solid; margin-top: 2rem; padding-top: .5rem; }
code { overflow-wrap: anywhere; }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PAGE_HEADERS = {"Content-Security-Policy": PAGE_POLICY}
PAGE_TYPE = "text/html"


def write_page(title: str, main: str, *, is_sample: bool = False) -> bytes:
    """A whole page. `title` is text; `main` is HTML whose parts were escaped by whoever wrote them."""
    notice = f'<p class="notice" role="note">{SAMPLE_NOTICE}</p>' if is_sample else ""
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><p><a href="/">Borough accountability</a> · <a href="/schema/explorer">API</a></p>{notice}</header>
<main id="main">
<h1>{escape(title)}</h1>
{main}
</main>
<footer><p><small>{escape(ATTRIBUTION)}
<a href="{LICENCE}" rel="license">{LICENCE_NAME}</a></small></p></footer>
</body>
</html>
""".encode()
