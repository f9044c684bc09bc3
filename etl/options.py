"""What a person may say on the command line about files, in words."""

from datetime import UTC, date, datetime

from etl.months import parse_month
from etl.payments.formats import load_publications
from etl.payments.payer import resolve_payer
from etl.reference import read_toml


def parse_day(text: str) -> date:
    """A day such as 2024-02-29, or the first of a month such as 2024-02, that is not to come.

    Raises ValueError with a sentence.
    """
    for form in ("%Y-%m-%d", "%Y-%m"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if day > datetime.now(UTC).date():
            raise ValueError(f"{text} lies in the future: no copy was published then. Check the year.")
        return day
    raise ValueError(f"{text!r} is not a day such as 2024-02-29 or a month such as 2024-02.")


def parse_only(pairs: list[str]) -> tuple[str, ...]:
    """The category classes of `category=burglary,robbery`. Raises ValueError with a sentence that lists them all."""
    classes = [name for name in read_toml("vocabulary.toml")["category"] if name != "unknown"]
    found = []
    for pair in pairs:
        field, _, names = pair.partition("=")
        for name in names.split(","):
            slug = name.strip().lower().replace("-", "_").replace(" ", "_")
            if field != "category" or slug not in classes:
                raise ValueError(
                    f"{pair!r} names no category. Write category= and one of: {', '.join(classes)}."
                )
            found.append(slug)
    return tuple(found)


def parse_council(text: str) -> int:
    """The publisher's number of a council by slug, name or code, or of the GLA or TfL. Raises ValueError with a sentence."""
    if (publisher := resolve_payer(text)) is None:
        slugs = ", ".join(publication.slug for publication in load_publications())
        raise ValueError(f"{text!r} is no council of London. Write one of: {slugs}.")
    return publisher


def parse_period(text: str) -> date:
    """A month such as 2011-04. Raises ValueError with a sentence."""
    try:
        return parse_month(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a month such as 2011-04.") from None
