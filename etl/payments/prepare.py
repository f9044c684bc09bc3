"""A file of payments, from bytes to rows ready to copy. Pure."""

from etl.errors import NotRecognised
from etl.prepared import Prepared, Task


def prepare_payments(task: Task, data: bytes, sha256: str) -> Prepared:
    """Read, tidy, tag and check a file of payments. Raises NotRecognised where it is none, Refused where it may not be used."""
    raise NotRecognised("This is no file of council payments.")
