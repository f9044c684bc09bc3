"""Documents as PDF/UA-1: files that a screen reader reads in order. Only the process that draws imports this."""

from collections.abc import Mapping
from pathlib import Path

import font_source_sans_pro  # type: ignore[import-untyped]
import typst

FONTS = Path(font_source_sans_pro.font_directory)


def typeset(main: bytes, files: Mapping[str, bytes]) -> bytes:
    """A typst document, and the files that it names, as PDF/UA-1 in Source Sans Pro.

    The same document is the same file, whenever it is made. Raises ValueError with what typst says, as where a figure has no
    text alternative.
    """
    try:
        made: bytes = typst.compile(  # type: ignore[call-overload]  # its types know no mapping of files, its manual does
            {"main.typ": main, **files},
            format="pdf",
            font_paths=[FONTS],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=0,
        )
        return made
    except typst.TypstError as error:
        hints = "".join(f" {hint}" for hint in error.hints)
        raise ValueError(f"{error.message}.{hints}") from error
