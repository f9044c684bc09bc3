# ruff: noqa: N818
"""What the API refuses, and why.

Each error carries the sentence that a person will read: what was wrong, and what to do next.

    Exception
    ├── ApiError             status, sentence, further members of the problem document
    │   ├── BadParameter     400  a parameter or a value that is not allowed, with the list of what is
    │   ├── TooMuch          400  the answer would be larger than the API gives at once
    │   ├── NotFound         404  no such path, area, metric
    │   ├── WrongMethod      405  the path does not take this method
    │   ├── NotAcceptable    406  none of the formats that the caller accepts
    │   ├── BodyTooLarge     413  more than the API reads
    │   └── Unavailable      503  no release yet, or no database; come back later
    └── ServeError           the server cannot start
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches


class ServeError(Exception):
    """The server cannot start; `str(error)` is the sentence to show."""


class ApiError(Exception):
    """Any refusal; `str(error)` is the sentence, `members` go with it into the problem document."""

    status = 500

    def __init__(
        self,
        sentence: str,
        *,
        members: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.members = dict(members or {})
        self.headers = dict(headers or {})


class BadParameter(ApiError):
    """A parameter that is not known, or a value that it does not take.

    `allowed` lists what would be right.
    """

    status = 400

    def __init__(
        self, parameter: str, found: str | None, allowed: Sequence[str] = (), sentence: str | None = None
    ) -> None:
        super().__init__(
            sentence or describe_unknown(parameter, found, allowed),
            members={"parameter": parameter, "found": found, "allowed": list(allowed)},
        )
        self.parameter = parameter
        self.found = found
        self.allowed = tuple(allowed)


class TooMuch(ApiError):
    """More than the API gives, or takes, at once."""

    status = 400


class NotFound(ApiError):
    """Nothing at this address. `allowed` lists what there is instead, where that is short enough to help."""

    status = 404

    def __init__(self, sentence: str, *, found: str | None = None, allowed: Sequence[str] = ()) -> None:
        members: dict[str, object] = {}
        if found is not None:
            members["found"] = found
        if allowed:
            members["allowed"] = list(allowed)
        super().__init__(sentence, members=members)


class WrongMethod(ApiError):
    """The path is known, but not with this method."""

    status = 405

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        listed = ", ".join(allowed)
        super().__init__(
            f"This address does not take {method}: use {listed}.",
            members={"found": method, "allowed": list(allowed)},
            headers={"Allow": listed},
        )


class NotAcceptable(ApiError):
    """The caller accepts none of the formats in which this answer exists."""

    status = 406

    def __init__(self, found: str, allowed: Sequence[str]) -> None:
        super().__init__(
            f"This answer cannot be given as {found!r}: accept one of {', '.join(allowed)}, or add ?format=.",
            members={"found": found, "allowed": list(allowed)},
        )


class BodyTooLarge(ApiError):
    """The body of the request is larger than the API reads."""

    status = 413


class Unavailable(ApiError):
    """Not now: there is no release yet, or the database does not answer."""

    status = 503

    def __init__(self, sentence: str, *, retry_after_seconds: int = 5) -> None:
        super().__init__(sentence, headers={"Retry-After": str(retry_after_seconds)})


def describe_unknown(parameter: str, found: str | None, allowed: Sequence[str]) -> str:
    """The sentence for a value that is not known: close matches first, then all that is allowed."""
    said = f"{parameter}={found!r} is not known" if found is not None else f"{parameter} is missing"
    close = find_close(found, allowed) if found is not None else []
    hint = f": did you mean {' or '.join(close)}?" if close else "."
    return f"{said}{hint} Allowed: {', '.join(allowed)}." if allowed else f"{said}{hint}"


def find_close(found: str, allowed: Sequence[str]) -> list[str]:
    """Up to three of `allowed` that look like `found`, the closest first."""
    by_folded = {word.casefold(): word for word in allowed}
    return [by_folded[word] for word in get_close_matches(found.casefold(), by_folded, n=3, cutoff=0.6)]
