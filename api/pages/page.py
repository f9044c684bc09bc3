"""Pages from templates: one environment, one frame, one style sheet inside the page, headers that allow nothing else.

A template in `api/templates/` extends `base.html` and fills its blocks. Everything put into it is escaped, save our own
style sheet and drawings (`api.draw`), which the filter `picture` lets through.
"""

import base64
import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from markupsafe import Markup

from api.envelope import ATTRIBUTION, LICENCE, LICENCE_NAME, SAMPLE_NOTICE, ReleaseLabel
from api.report.model import Table
from api.respond import release_headers
from api.show import SHAPES, SHORTHAND
from api.snapshot import Snapshot

FOLDER = Path(__file__).parent.parent / "templates"
PAGE_TYPE = "text/html"
NAVIGATION = (
    ("/reports", "Reports"),
    ("/figures", "Figures"),
    ("/compare", "Compare"),
    ("/coverage", "What arrived"),
    ("/sources", "Sources and methods"),
    ("/cannot-answer", "What we cannot answer"),
    ("/guide", "Data and API"),
)


@lru_cache
def open_templates() -> Environment:
    """The templates, read once."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=show_day, picture=show_picture, markers=list_markers)
    environment.globals.update(
        attribution=ATTRIBUTION,
        licence=LICENCE,
        licence_name=LICENCE_NAME,
        sample_notice=SAMPLE_NOTICE,
        navigation=NAVIGATION,
        shapes=SHAPES,
        shorthand=SHORTHAND,
    )
    return environment


@lru_cache
def read_style(name: str = "page.css") -> str:
    """A style sheet, as it stands in a page."""
    return Markup((FOLDER / name).read_text(encoding="utf-8"))


@lru_cache
def write_policy(style: str, frames: str = "'none'", *, is_scripted: bool = True) -> str:
    """The Content-Security-Policy of a page with this style sheet in it: nothing from elsewhere, no script but our own file.

    `frames`: whose pages may show it in a frame. `is_scripted`: whether our own file may run.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    script = "script-src 'self'; connect-src 'self'; " if is_scripted else ""
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; {script}img-src 'self' data:; "
        f"base-uri 'none'; form-action 'self'; frame-ancestors {frames}"
    )


def write_headers(*, is_scripted: bool = False) -> dict[str, str]:
    """The headers that go with a page of ours."""
    return {"Content-Security-Policy": write_policy(read_style(), is_scripted=is_scripted)}


def write_page(template: str, *, title: str, is_sample: bool = False, **given: Any) -> bytes:
    """A whole page from a template. `given` are the template's own variables, `here` the path in the navigation."""
    given = {"style": read_style(), "release": None, "here": "", **given}
    return open_templates().get_template(template).render(title=title, is_sample=is_sample, **given).encode()


def answer_page(
    template: str, snapshot: Snapshot, *, title: str, status: int = 200, **given: Any
) -> Response[bytes]:
    """A page about a release as an answer."""
    release = snapshot.release
    label = ReleaseLabel(release.release, release.published_at, release.boundary_vintage) if release else None
    body = write_page(template, title=title, is_sample=snapshot.is_sample, release=label, **given)
    headers = {**write_headers(is_scripted=True), **release_headers(snapshot)}
    return Response(body, status_code=status, media_type=PAGE_TYPE, headers=headers)


def show_day(day: date | datetime) -> str:
    """A day in words: "3 December 2026"."""
    return f"{day:%-d %B %Y}"


def show_picture(picture: str | bytes) -> Markup:
    """A drawing of `Workshop.draw` in the form "page", as it stands in a page. For nothing else: it is not escaped."""
    return Markup(picture.decode() if isinstance(picture, bytes) else picture)


def list_markers(table: Table) -> list[tuple[str, str]]:
    """The shorthand markers that a table's cells begin with, each with what it means."""
    begun = {
        cell.text.split(maxsplit=1)[0] for row in table.rows for cell in row if cell.text.startswith("[")
    }
    return [(marker, meaning) for marker, meaning in SHORTHAND.items() if marker in begun]
