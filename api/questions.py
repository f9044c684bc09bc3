"""Questions about figures on their way to `api.request`: what HTTP gathers, and what it refuses."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from api.errors import BadParameter
from api.figures.windows import number_of, parse_month, text_of
from api.model import ValueRow


def gather(**given: str | Sequence[str] | None) -> dict[str, list[str]]:
    """The parameters that were given, each with its values; a trailing underscore in a name is ours."""
    return {
        name.rstrip("_"): [value] if isinstance(value, str) else list(value)
        for name, value in given.items()
        if value is not None
    }


def refuse_future(*months: tuple[str, str | None]) -> None:
    """Refuse months that have not begun, and what is not a month. Raises BadParameter."""
    present = number_of(datetime.now(UTC).date())
    for name, text in months:
        if text is None:
            continue
        try:
            month = parse_month(text)
        except ValueError as error:
            raise BadParameter(name, text, (), f"{name}: {error}") from None
        if month > present:
            raise BadParameter(
                name, text, (), f"{name}={text} has not come yet: the latest month is {text_of(present)}."
            )


def one_row_each(rows: Sequence[ValueRow]) -> Sequence[ValueRow]:
    """The same rows, if no area has more than one: a map shows one figure an area. Raises BadParameter."""
    series: Mapping[tuple[str, str, str], None] = dict.fromkeys(
        (row.group, row.basis, row.to_month) for row in rows
    )
    if len(series) <= 1:
        return rows
    for name, values in (
        ("group", [group for group, _, _ in series]),
        ("basis", [basis for _, basis, _ in series]),
        ("window", [month for _, _, month in series]),
    ):
        different = list(dict.fromkeys(values))
        if len(different) > 1:
            raise BadParameter(
                name,
                None,
                different if name != "window" else (),
                f"A map shows one figure for each area, and these are {len(different)}: choose one {name}"
                + (f" of {', '.join(different)}." if name != "window" else ", or window=whole."),
            )
    return rows
