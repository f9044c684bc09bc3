"""Whether a file is a revenue return or a section 251 table, by its name and its first bytes."""


def is_return(file_name: str, head: bytes) -> bool:
    """Whether the file seems to be a return of many councils."""
    return False
