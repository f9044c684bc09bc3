"""What can go wrong between a publisher and this machine.

EtlError
└── FetchError        a sentence for the person who ran the command
    ├── FetchFailed   there was no answer, or none that could be used: try again later
    │   ├── Broken    worth another try at once: a cut connection, a busy server
    │   └── NoRanges  the server does not send parts of a file: fetch the whole one
    └── KeptOut       there was an answer, and it is not the data
"""

from bs4.exceptions import ParserRejectedMarkup

from etl.candidate import BROKEN
from etl.errors import EtlError

# what an answer of another form than expected may lead to: it spoils one source, council or file, never the others
UNLIKE = (*BROKEN, TypeError, LookupError, AttributeError, ParserRejectedMarkup)


class FetchError(EtlError):
    """Something was not fetched: what was asked, what came, what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class FetchFailed(FetchError):  # noqa: N818
    """The file did not arrive. The last good copy stays, and the next run begins where this one stopped."""


class Broken(FetchFailed):
    """An answer that another try may mend. `after`: seconds that its server asks for.

    `is_lost`: nobody was reached. `is_unanswered`: nobody was, or whoever was said nothing.
    """

    def __init__(
        self,
        sentence: str,
        after: float | None = None,
        *,
        is_lost: bool = False,
        is_unanswered: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.after = after
        self.is_lost = is_lost
        self.is_unanswered = is_unanswered or is_lost


class NoRanges(FetchFailed):
    """The server sends whole files only. `total`: the bytes of this one, if it said."""

    def __init__(self, sentence: str, total: int | None = None) -> None:
        super().__init__(sentence)
        self.total = total


class KeptOut(FetchError):  # noqa: N818
    """An answer that is not the data: a web page, a login, a refusal, too little. `body`: its first bytes."""

    def __init__(self, sentence: str, status: int | None = None, body: bytes = b"") -> None:
        super().__init__(sentence)
        self.status = status
        self.body = body
