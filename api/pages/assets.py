"""The one script of the pages: an address that changes with its bytes, so that browsers keep it for ever."""

import hashlib
from functools import lru_cache
from typing import Any

from litestar import Response

from api.pages.page import FOLDER, answer_page
from api.snapshot import Snapshot

PATH = "/assets"
SCRIPT_TYPE = "text/javascript"


@lru_cache
def list_assets() -> dict[str, tuple[str, bytes]]:
    """What is served, by the name with the hash of its bytes in it: media type and bytes."""
    script = (FOLDER / "site.js").read_bytes()
    return {f"site-{hashlib.sha256(script).hexdigest()[:12]}.js": (SCRIPT_TYPE, script)}


def find_script() -> str:
    """The address of the script."""
    return f"{PATH}/{next(iter(list_assets()))}"


def answer_scripted(template: str, snapshot: Snapshot, *, title: str, **given: Any) -> Response[bytes]:
    """A page that the script makes handier. `template` extends `scripted.html`; it says the same without it."""
    return answer_page(template, snapshot, title=title, script=find_script(), **given)
