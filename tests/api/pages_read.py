"""A page as the tests of pages read it: tags, links, headings, tables, and what must not be in it."""

import base64
import hashlib
import re
from html.parser import HTMLParser


class Read(HTMLParser):
    """The structure of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.levels: list[int] = []
        self.scopes: list[str | None] = []
        self.attributes: set[str] = set()
        self.code: list[str] = []
        self.language: str | None = None
        self._open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.attributes |= set(given)
        self._open.append(tag)
        if tag in ("a", "link") and given.get("href") and given.get("rel") != "icon":
            self.links.append(str(given["href"]))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "th":
            self.scopes.append(given.get("scope"))
        if tag == "html":
            self.language = given.get("lang")
        if tag == "code":
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "code" in self._open:
            self.code[-1] += data
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        """The words of the page, each run of blanks as one."""
        return re.sub(r"\s+", " ", "".join(self.words))


def check_structure(text: str, policy: str) -> Read:
    """Assert what holds for every page; give its structure."""
    page = Read(text)
    assert page.language == "en-GB"
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert page.levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in zip(page.levels, page.levels[1:], strict=False)), (
        page.levels
    )
    assert page.tags.count("table") == page.tags.count("caption")
    assert set(page.scopes) <= {"col", "row"}
    assert "style" not in page.attributes
    assert not {name for name in page.attributes if name.startswith("on")}
    (style,) = re.findall(r"<style>(.*?)</style>", text.partition("<body")[0], re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    return page
