"""Given what a caller says it reads, expect what it is given."""

import pytest

from api.finish import canonical_query
from api.negotiation import choose_encoding, choose_type, rank_types, wants_page

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        (BROWSER, "application/json"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.1", "text/csv"),
        ("application/json;q=0, text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv;q=nonsense", None),
        ("image/png", None),
    ],
)
def test_media_type(accept: str, chosen: str | None) -> None:
    assert choose_type(accept, ("application/json", "text/csv")) == chosen


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/json, text/html;q=0.5", False),
        ("text/html;q=0", False),
    ],
)
def test_page(accept: str, is_page: bool) -> None:
    assert wants_page(accept) is is_page


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "identity"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("identity", "identity"),
        ("gzip;q=0", "identity"),
    ],
)
def test_encoding(header: str, chosen: str) -> None:
    assert choose_encoding(header) == chosen


def test_headers_that_mean_the_same_rank_alike() -> None:
    assert rank_types("") == rank_types("*/*") == rank_types("image/png, */*")


def test_the_same_question_in_other_words() -> None:
    assert canonical_query(b"b=2&a=1&b=1") == canonical_query(b"a=1&b=2&b=1") == "a=1&b=2&b=1"
    assert canonical_query(b"a=x%20y") == canonical_query(b"a=x+y")
    assert canonical_query(b"b=1&b=2") != canonical_query(b"b=2&b=1")
