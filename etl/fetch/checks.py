"""Whether what came is the data: decided from an answer's headers, its content and its size."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from etl.candidate import BROKEN
from etl.fetch.files import hash_file
from etl.fetch.wanted import Wanted

# a copy smaller than this share of the last good one is not believed
SMALLEST_SHARE = 0.8
HEAD_BYTES = 65_536
ZIP, OLE, PDF, GZIP = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF", b"\x1f\x8b"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# what a file may be expected to be, in words
KINDS = {
    "any": "any data",
    "csv": "a table as text",
    "geojson": "GeoJSON",
    "html": "a web page",
    "json": "JSON",
    "ods": "an OpenDocument spreadsheet",
    "pdf": "a PDF",
    "xls": "an old Excel workbook",
    "xlsx": "an Excel workbook",
    "zip": "a zip",
}
DATA = set(KINDS) - {"any", "html"}
HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|meta|title|div|p\b)",
    re.I | re.S,
)
LOGIN_FORM = re.compile(rb"<input[^>]+type\s*=\s*[\"']?password", re.I)
LOGIN_PATH = re.compile(
    r"(?:^|[/._-])(?:log[-_]?[io]n|sign[-_]?[io]n|sso|saml2?|adfs|oauth2?)(?:[/._-]|$)", re.I
)
# what stands only in pages that let browsers through and programs not: many a good page has a captcha for its form
WALLS = (
    (re.compile(rb"window\.gokuProps", re.I), "AWS"),
    (
        re.compile(
            rb"<title>Just a moment|_cf_chl_opt|cf-browser-verification|Attention Required! \| Cloudflare",
            re.I,
        ),
        "Cloudflare",
    ),
    (re.compile(rb"_Incapsula_Resource|Incapsula incident", re.I), "Imperva"),
)
SEPARATORS = (b",", b"\t", b";", b"|")


def examine(
    file: Path, wanted: Wanted, content_type: str | None, before: int | None
) -> tuple[str | None, str]:
    """Why a file is kept out (None: it is good), and its sha256. `before`: bytes of the last good copy."""
    size = file.stat().st_size
    reason = (
        check_size(size)
        or check_content(file, wanted.expects, content_type)
        or check_size(size, before, wanted.accept_smaller)
    )
    return reason, hash_file(file)


def find_wall(status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """Why a program gets no further, where the answer comes from a wall against robots; None otherwise.

    Hammersmith and Fulham's server answers 202 with an empty body and `x-amzn-waf-action: challenge`.
    """
    if "x-amzn-waf-action" in headers:
        return _wall("AWS")
    if headers.get("cf-mitigated"):
        return _wall("Cloudflare")
    for pattern, owner in WALLS:
        if pattern.search(body[:HEAD_BYTES]):
            return _wall(owner)
    if status == 202 and not body.strip():
        return "An empty answer with status 202 stands in place of the file: a wall against robots."
    return None


def is_login_address(url: str) -> bool:
    """Whether an address looks like that of a login page."""
    parts = urlsplit(url)
    return bool(
        LOGIN_PATH.search(parts.path) or re.match(r"(?:login|signin|sso|auth|accounts?)\.", parts.netloc)
    )


def check_size(size: int, before: int | None = None, accept_smaller: bool = False) -> str | None:
    """Why a file of `size` bytes is not believed. `before`: bytes of the last good copy."""
    if size == 0:
        return "The file is empty."
    if before and size < SMALLEST_SHARE * before and not accept_smaller:
        return (
            f"The file has shrunk by {1 - size / before:.0%}, from {before:,} to {size:,} bytes. If its publisher has"
            " really taken rows away, fetch it with --accept-smaller."
        )
    return None


def check_content(path: Path, expects: str, content_type: str | None = None) -> str | None:
    """Why a file is not what was expected, None where it is one of `expects` (kinds parted by `|`).

    What is in the file decides; the type that its server names is doubted, but a text that is called a web page has to
    look like a table.
    """
    kinds = expects.split("|")
    if unknown := set(kinds) - set(KINDS):
        raise ValueError(f"{', '.join(sorted(unknown))}: no kind of file. Known: {', '.join(KINDS)}")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = recognise(head, path)
    # GeoJSON is JSON, and "any" is whatever a program can read
    fits = found in kinds or (found == "geojson" and "json" in kinds) or ("any" in kinds and found in DATA)
    if fits:
        is_html = (content_type or "").lower().startswith(("text/html", "application/xhtml"))
        if found == "csv" and is_html and not looks_tabular(head):
            return "The server calls its answer a web page, and it holds no table."
        return None
    wanted = " or ".join(KINDS[kind] for kind in kinds)
    if found == "html":
        return f"{_explain_page(head)} It stands in place of {wanted}."
    if found == "broken zip":
        return f"The file should be {wanted}, and it is a zip that is cut short or damaged."
    if "geojson" in kinds and found == "json":
        return f"The file should be GeoJSON, and it is other JSON: {head[:200].decode(errors='replace')}"
    if found == "json" and "csv" in kinds:
        return f"The file should be {wanted}, and it is JSON, probably an error: {head[:200].decode(errors='replace')}"
    if "json" in kinds or "geojson" in kinds:
        return f"The file should be {wanted}, and cannot be read as such: it is cut short or something else."
    return f"The file should be {wanted}, and it is {KINDS.get(found, found)}."


def recognise(head: bytes, path: Path) -> str:
    """What a file is: one of KINDS, or another word for people."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    if not text.strip():
        return "empty"
    if head.startswith((ZIP, b"PK\x05\x06")):
        return _recognise_zip(path)
    for mark, kind in ((OLE, "xls"), (PDF, "pdf"), (GZIP, "a gzip file")):
        if head.startswith(mark):
            return kind
    if head.startswith(UTF_16):
        text = head.decode("utf-16", errors="replace").encode()
    if HTML.match(text):
        return "html"
    if text.lstrip()[:1] in (b"{", b"["):
        return _recognise_json(path)
    if b"\0" in text:
        return "no text"
    return "markup" if text.lstrip().startswith(b"<") else "csv"


def looks_tabular(head: bytes) -> bool:
    """Whether the first two lines that are not blank have a separator in common."""
    lines = [line for line in head.splitlines() if line.strip()][:2]
    return len(lines) == 2 and any(all(mark in line for line in lines) for mark in SEPARATORS)


def _wall(owner: str) -> str:
    return f"A wall against robots ({owner}) stands in place of the file."


def _explain_page(head: bytes) -> str:
    if wall := find_wall(200, {}, head):
        return wall
    if LOGIN_FORM.search(head):
        return "A login page came."
    title = re.search(rb"<title[^>]*>\s*(.*?)\s*</title>", head, re.I | re.S)
    named = f' ("{title[1].decode(errors="replace")[:80]}")' if title and title[1] else ""
    return f"A web page{named} came."


def _recognise_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except BROKEN:
        return "broken zip"
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "ods" if {"content.xml", "mimetype"} <= names else "zip"


def _recognise_json(path: Path) -> str:
    try:
        content = msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # a table may begin with a bracket too
        with path.open("rb") as file:
            return "csv" if looks_tabular(file.read(HEAD_BYTES)) else "broken JSON"
    if isinstance(content, dict) and content.get("type") == "FeatureCollection" and "features" in content:
        return "geojson"
    if isinstance(content, dict) and set(content) <= {"error", "errors", "message", "status", "code"}:
        return "an error in JSON"
    return "json"
