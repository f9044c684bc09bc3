"""From a cell of a return to pence, or to "not returned"."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# What stands where a council did not return a line: dots in RA 2023-24 (and, in its cp1252 copy, the "É" that an old
# Macintosh's three dots become), shorthand of the Government Statistical Service, NULL in section 251 of 2011-12.
NOT_RETURNED = frozenset({"", ".", "..", "...", "…", "É", "[x]", "[z]", "x", "n/a", "na", "null"})
POUNDS, THOUSANDS = 100, 100_000
# no line of any council is a hundred billion pounds
MOST_PENCE = 10**13


def is_not_returned(text: str) -> bool:
    """Whether a cell says that there is no figure. A returned zero is a figure."""
    return text.strip().casefold() in NOT_RETURNED or text.strip() in NOT_RETURNED


def read_pence(text: str, unit: int) -> int:
    """The pence of a cell. `unit`: how many pence are one of its units. Raises ValueError where it is no amount."""
    plain = text.strip().replace(",", "").replace("£", "").replace("\xa0", "").replace(" ", "")
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount") from None
    if not amount.is_finite() or abs(amount) * unit > MOST_PENCE:
        raise ValueError(f"{text!r} is no amount")
    return int((amount * unit).to_integral_value(ROUND_HALF_UP))


def tell_mark(text: str) -> str:
    """How a cell says that there is no figure, in words."""
    return f"{text.strip()} in the file" if text.strip() else "blank in the file"
