"""What can go wrong with a file.

    EtlError
    └── Refused            a file is not loaded, and nothing of it is
        ├── NotRecognised  we do not know what the file is
        └── LoadBusy       another loader holds the database
"""

from dataclasses import dataclass


class EtlError(Exception):
    """An error with a sentence for the person who ran the command."""


@dataclass(frozen=True)
class Refused(EtlError):
    """A file that is not loaded: what was expected, what was found, what to do."""

    sentence: str
    line: int | None = None

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}" if self.line else self.sentence


class NotRecognised(Refused):
    """A file of none of the known kinds."""


class LoadBusy(Refused):
    """Another loader is at work on the same database."""
