"""GDP deflators: a file of HM Treasury, beside the table that ships with the project."""

import asyncpg

from etl.candidate import Candidate
from etl.errors import NotRecognised
from etl.report import FileReport


def is_deflators(head: bytes) -> bool:
    """Whether a CSV begins as a file of deflators does."""
    return False


async def load_deflators(conn: asyncpg.Connection, candidate: Candidate) -> FileReport:
    """Load a file of deflators in one transaction. Raises Refused."""
    raise NotRecognised("This is no file of deflators.")
