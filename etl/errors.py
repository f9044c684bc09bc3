"""What can go wrong with a file.

EtlError
└── Refused            a file is not loaded, and nothing of it is
    ├── NotRecognised  we do not know what the file is
    └── LoadBusy       another loader holds the database
"""


class EtlError(Exception):
    """An error with a sentence for the person who ran the command."""


class Refused(EtlError):  # noqa: N818
    """A file that is not loaded: what was expected, what was found, what to do.

    Not a frozen struct: Python sets an exception's traceback, and a worker sends it by its arguments.
    """

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence, line)
        self.sentence = sentence
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}" if self.line else self.sentence


class NotRecognised(Refused):
    """A file of none of the known kinds."""


class LoadBusy(Refused):
    """Another loader is at work on the same database."""
