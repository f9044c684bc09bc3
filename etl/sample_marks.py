"""The marks by which an invented row can always be told from a real one.

Generator and reader share them: the generator writes them in every row, and the reader, on meeting one, marks
the whole resource as sample.
"""

from __future__ import annotations

__all__ = ["SAMPLE_ID_PREFIX", "SAMPLE_README", "SAMPLE_WORDS"]

#: In `Policing operation` of every stop and `Context` of every street row; London's real files leave
#: both empty.
SAMPLE_WORDS = "SAMPLE DATA, NOT REAL"

#: First characters of every sample Crime ID: "SAMPLE" in hexadecimal. Outcome files are known by it.
SAMPLE_ID_PREFIX = "53414d504c45"

#: The file that says in plain words what the folder holds.
SAMPLE_README = "README-SAMPLE.txt"
