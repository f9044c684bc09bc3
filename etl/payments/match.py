"""Which column of a file is what, by a form of the table. Pure."""

from collections.abc import Sequence

import msgspec

from etl.payments.formats import Form, plain_name


class Match(msgspec.Struct, frozen=True):
    """A header read by a form: of each field the places of its columns (from 0), in the order in which they count.

    `form`: None where the columns were guessed.
    """

    form: Form | None
    columns: dict[str, tuple[int, ...]]

    @property
    def is_whole(self) -> bool:
        """Whether all that a payment needs is there: an amount, a supplier and, unless it is of a month's totals, a day."""
        held = {"amount", "supplier"} <= self.columns.keys()
        return held and ("date" in self.columns or bool(self.form and self.form.is_dateless))


def match_form(header: Sequence[str], form: Form) -> Match | None:
    """The header read by one form; None where a needed column is not there.

    A name that stands twice counts where it stands first. A header in which the day's name is missing and the amount's
    stands twice (Wandsworth 2024-07) matches: which of them is the day, their content tells (`etl.payments.tidy`).
    """
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        if plain := plain_name(name):
            places.setdefault(plain, []).append(place)
    columns: dict[str, tuple[int, ...]] = {}
    for field, spellings in form.columns.items():
        found = [places[plain][0] for name in spellings if (plain := plain_name(name)) in places]
        if found:
            # the same column may be spelt twice alike
            columns[field] = tuple(dict.fromkeys(found))
    match = Match(form, columns)
    if match.is_whole:
        return match
    doubled = [place for name in form.columns["amount"] for place in places.get(plain_name(name), [])[1:2]]
    if "date" not in columns and doubled and {"amount", "supplier"} <= columns.keys():
        return Match(form, {**columns, "date": (doubled[0],)})
    return None


def match_forms(header: Sequence[str], forms: Sequence[Form]) -> list[Match]:
    """The header read by every form that fits it: those that know more of its columns first, then in the order given.

    A form of totals by month fits only a header in which it knows every column.
    """
    width = sum(bool(plain_name(name)) for name in header)
    found = []
    for form in forms:
        match = match_form(header, form)
        if match is None or (form.is_dateless and count_columns(match) < width):
            continue
        found.append(match)
    return sorted(found, key=lambda match: -count_columns(match))


def count_columns(match: Match) -> int:
    """How many columns of the header the match knows."""
    return len({place for places in match.columns.values() for place in places})


def choose(matches: Sequence[Match], publisher: int | None) -> Match | None:
    """The match that counts: the payer's own form before a general one before another council's with the same names.

    None where no form is the payer's own or general.
    """
    for owners in ((publisher,), (0,)):
        for match in matches:
            if match.form is not None and match.form.publisher in owners:
                return match
    return None


def name_owners(matches: Sequence[Match]) -> list[int]:
    """The publishers whose files have this header, by their numbers."""
    return sorted({match.form.publisher for match in matches if match.form and match.form.publisher})
