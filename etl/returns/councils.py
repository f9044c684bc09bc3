"""The London councils as government departments number them.

MHCLG's E-codes E5010 to E5022 and E5030 to E5049 (as in its revenue returns beside the ONS codes), and the DfE's
authority numbers 201 to 213 and 301 to 320 (as in section 251 tables beside the names), go through inner and then outer
London in the same order.
"""

from geo.areas import borough_of_gss, load_boroughs, resolve_name

INNER = (1, 7, 11, 12, 13, 19, 20, 22, 23, 28, 30, 32, 33)
OUTER = (2, 3, 4, 5, 6, 8, 9, 10, 14, 15, 16, 17, 18, 21, 24, 25, 26, 27, 29, 31)
E_CODES = {f"E50{10 + at}": borough for at, borough in enumerate(INNER)} | {
    f"E50{30 + at}": borough for at, borough in enumerate(OUTER)
}
DFE_NUMBERS = {str(201 + at): borough for at, borough in enumerate(INNER)} | {
    str(301 + at): borough for at, borough in enumerate(OUTER)
}


def find_council(gss: str, e_code: str, name: str) -> int | None:
    """The borough of a row of a revenue return, by its ONS code, else its E-code, else its name; None: no London council.

    Rows of totals have codes such as "E09", which are none. Raises ValueError where code and name contradict each other.
    """
    coded = borough_of_gss(gss) or E_CODES.get(e_code.strip())
    if coded is None:
        return None if gss.strip() or e_code.strip() else resolve_name(name)
    return _agree(coded, gss.strip() or e_code.strip(), name)


def find_numbered(number: str, name: str) -> int | None:
    """The borough of a row of section 251, by its DfE number; None: no London council. Raises ValueError as above."""
    borough = DFE_NUMBERS.get(number.strip().removesuffix(".0"))
    return None if borough is None else _agree(borough, number.strip(), name)


def name_council(borough: int) -> str:
    """The name of a borough."""
    return next(area.area_name for area in load_boroughs() if area.borough == borough)


def _agree(borough: int, code: str, name: str) -> int:
    named = resolve_name(name)
    if named is not None and named != borough:
        raise ValueError(
            f"{code} is the code of {name_council(borough)}, and the row is named {name.strip()!r}"
        )
    return borough
