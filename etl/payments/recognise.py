"""Whether a file is one of council payments, by its name and its first bytes."""


def is_payments(file_name: str, head: bytes) -> bool:
    """Whether the file seems to hold payments, in a declared format or in one that can be guessed."""
    return False
