"""Names of columns as a file gives them, made so that each names one column."""

from collections.abc import Iterable


def name_columns(header: Iterable[str]) -> list[str]:
    """The names trimmed; a blank one becomes `column_3` (its place, from 1), and one that stood before, `name_2`."""
    names: list[str] = []
    for place, text in enumerate(header, 1):
        name = text.strip() or f"column_{place}"
        # `line` is the column of line numbers
        unique, count = name if name != "line" else "line_", 1
        while unique in names:
            count += 1
            unique = f"{name}_{count}"
        names.append(unique)
    return names
