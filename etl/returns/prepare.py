"""A file of returns, from bytes to rows ready to copy. Pure."""

from etl.errors import NotRecognised
from etl.prepared import Prepared, Task


def prepare_returns(task: Task, data: bytes, sha256: str) -> Prepared:
    """Read, tidy and check a file of returns. Raises NotRecognised where it is none, Refused where it may not be used."""
    raise NotRecognised("This is no return of councils.")
