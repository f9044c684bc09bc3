"""Suppliers that are not to be shown: by a fingerprint of the name, so that the list itself tells none."""

import hashlib
import sys
import tomllib
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

SUPPRESSED = Path(__file__).with_name("suppressed.toml")


@cache
def load_suppressed() -> frozenset[str]:
    """The fingerprints of suppressed.toml."""
    table = tomllib.loads(SUPPRESSED.read_text(encoding="utf-8"))
    return frozenset(table["fingerprints"])


def fold_name(name: str) -> str:
    """A supplier's name by its letters and digits alone, small: as files spell one name in many ways."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def find_fingerprint(name: str) -> str:
    """The fingerprint of a supplier's name: SHA-256 of it folded."""
    return hashlib.sha256(fold_name(name).encode()).hexdigest()


def find_suppressed(names: Collection[str], fingerprints: Collection[str]) -> set[str]:
    """Those of the names, folded, whose fingerprints are on the list."""
    if not fingerprints:
        return set()
    return {fold_name(name) for name in names if find_fingerprint(name) in fingerprints}


def main(arguments: Sequence[str]) -> int:
    """Print the line for suppressed.toml of each name."""
    for name in arguments:
        print(f'    "{find_fingerprint(name)}",')
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
