"""Which payments are asked for, and by what they are added up: from parameters to a question. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from api.errors import BadParameter
from api.figures.windows import number_of, parse_month, text_of
from api.payers import Payer, choose_payers, list_payers
from api.questions import refuse_future
from api.snapshot import Area, Snapshot
from sql.measure import load_measures

SOURCE = "payment"
KIND, TAG, REDACTION = "payment_kind", "payment_tag", "payment_redaction"
# The metric whose groups are the tags that are published, and the word of payments without any.
TAGGED, UNKNOWN = "payments_total", "unknown"
WITHHELD_TAG = "domestic_abuse"
TOTALS = ("tag", "supplier", "month", "department", "kind", "payer")
LONGEST_TEXT = 200
MOST_WORDS = 20
MOST_POUNDS = Decimal(10) ** 13
PENCE = 100
FIRST_MONTH, LAST_MONTH = parse_month("1990-01"), parse_month("2200-12")
# By month, row, supplier or any choice but these, a total of such payments could be one payment.
ROWS_WITHHELD = (
    "Payments for domestic abuse, and other payments to the same suppliers in the same files, are not listed, searched or added "
    "up by supplier, department or month, nor are a few others of the same month, whatever they are for: the address of a "
    "refuge must not be found through them. They are left out here, whether or not there are any, so what is added up here can "
    "be less than payments_total. What was paid for domestic abuse in whole financial years is told by totals=tag, and by "
    "/v1/values?metric=payments_total&group=tag:domestic_abuse&window=financial_year."
)
NOT_PUBLISHED = (
    "No payment is given with the tag {tag}: it is not published, since its precision could not be measured (docs/tags.md). Such "
    "payments are among the untagged. Allowed: {allowed}."
)
CANNOT_LIST = (
    "Payments for domestic abuse are given as totals of whole financial years, never row by row, nor by supplier, department or "
    "month: ask with totals=tag, from an April to a March, or leave tag=domestic_abuse out."
)


@dataclass(frozen=True, slots=True)
class Months:
    """The months asked for. A bound that was not given is None; `first` and `last` stand for both in queries."""

    given_first: int | None
    given_last: int | None

    @property
    def first(self) -> int:
        """The first month, before all there are where none was given."""
        return FIRST_MONTH if self.given_first is None else self.given_first

    @property
    def last(self) -> int:
        """The last month, after all there are where none was given."""
        return LAST_MONTH if self.given_last is None else self.given_last


@dataclass(frozen=True, slots=True)
class Question:
    """Which payments. `kinds`, `tags`: classes asked for, none: all; with their codes. Patterns are for ILIKE, all must fit.

    `least`, `greatest`: amounts in pence.
    """

    area: Area
    payers: tuple[Payer, ...]
    months: Months
    kinds: tuple[str, ...]
    tags: tuple[str, ...]
    kind_codes: list[int] | None
    tag_codes: list[int] | None
    supplier: list[str] | None
    department: list[str] | None
    words: list[str] | None
    least: int | None
    greatest: int | None

    @property
    def is_narrowed(self) -> bool:
        """Whether the payments are chosen by what a withheld payment does not say, or by its amount."""
        chosen = (self.supplier, self.department, self.words, self.least, self.greatest)
        return any(one is not None for one in chosen)

    @property
    def forces(self) -> list[int]:
        """The publisher numbers of the payers."""
        return [payer.force for payer in self.payers]


class Vocabulary:
    """The words of payments: of each field the class of each code. `rows`: of the query read_vocabulary."""

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        self.classes: dict[str, dict[int, str]] = {field: {} for field in (KIND, TAG, REDACTION)}
        for row in rows:
            field, code = str(row["field"]), row["code"]
            if field in self.classes and isinstance(code, int):
                self.classes[field][code] = str(row["class"])

    def find_codes(self, field: str, classes: Sequence[str]) -> list[int]:
        """The codes of these classes."""
        return sorted(code for code, name in self.classes[field].items() if name in classes)


def list_classes(snapshot: Snapshot, field: str) -> list[str]:
    """The classes of a field in their order."""
    return [name for name, _ in snapshot.classes.get(field, ())]


def read_question(
    snapshot: Snapshot,
    vocabulary: Vocabulary,
    area: Area,
    months: tuple[str | None, str | None],
    given: Mapping[str, Sequence[str] | str | None],
    by: str | None,
) -> Question:
    """The question of raw parameters. Raises BadParameter with what is allowed."""
    asked = read_months(*months)
    kinds = _read_classes("kind", given.get("kind"), list_classes(snapshot, KIND))
    tags = _read_tags(snapshot, given.get("tag"), by)
    payers = list_payers(snapshot, area, _membership_month(snapshot, asked))
    least, greatest = (_read_pence(name, given.get(name)) for name in ("min_gbp", "max_gbp"))
    if least is not None and greatest is not None and greatest < least:
        raise BadParameter(
            "max_gbp", _text(given.get("max_gbp")), (), "max_gbp is less than min_gbp: swap them."
        )
    return Question(
        area=area,
        payers=choose_payers(payers, _list(given.get("payer"))),
        months=asked,
        kinds=kinds,
        tags=tags,
        kind_codes=vocabulary.find_codes(KIND, kinds) if kinds else None,
        tag_codes=vocabulary.find_codes(TAG, tags) if tags else None,
        supplier=read_patterns("supplier", given.get("supplier")),
        department=read_patterns("department", given.get("department")),
        words=read_patterns("q", given.get("q")),
        least=least,
        greatest=greatest,
    )


def read_months(first: str | None, last: str | None) -> Months:
    """The months from and to. Raises BadParameter."""
    refuse_future(("from", first), ("to", last))
    asked = Months(None if first is None else parse_month(first), None if last is None else parse_month(last))
    if asked.last < asked.first:
        raise BadParameter("to", last, (), f"to={last} is before from={first}: swap them.")
    return asked


def read_patterns(name: str, text: Sequence[str] | str | None) -> list[str] | None:
    """A pattern for each word of a text, whatever its case: all of them must be found. Raises BadParameter."""
    if text is None:
        return None
    found = _text(text) or ""
    words = found.split()
    if not words or len(found) > LONGEST_TEXT or len(words) > MOST_WORDS or "\0" in found:
        raise BadParameter(
            name,
            found[:LONGEST_TEXT],
            (),
            f"{name} takes from 1 to {MOST_WORDS} words, {LONGEST_TEXT} letters at most: all of them must be found, in any order "
            "and any case.",
        )
    return [f"%{escape(word)}%" for word in words]


def escape(word: str) -> str:
    """A word as ILIKE takes it by its letters."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def choose_totals(by: str | None) -> str | None:
    """By what payments are added up. Raises BadParameter."""
    if by is not None and by not in TOTALS:
        raise BadParameter("totals", by, TOTALS)
    return by


def _membership_month(snapshot: Snapshot, asked: Months) -> int:
    """The month at whose end the area's members count: the last asked for, else the last of which there is a file."""
    if asked.given_last is not None:
        return asked.given_last
    held = [
        max(by_month) for (source, _), by_month in snapshot.coverage.items() if source == SOURCE and by_month
    ]
    assert snapshot.release is not None
    return max([*held, asked.first]) if held else number_of(snapshot.release.published_at.date())


def _read_classes(name: str, given: Sequence[str] | str | None, allowed: Sequence[str]) -> tuple[str, ...]:
    for text in _list(given):
        if text not in allowed:
            raise BadParameter(name, text, allowed)
    return tuple(dict.fromkeys(_list(given)))


def list_tags() -> list[str]:
    """The tags that are published, in their order."""
    return [
        name
        for grouping in load_measures()[TAGGED].groups
        if grouping.field == TAG
        for name in grouping.classes
    ]


def _read_tags(snapshot: Snapshot, given: Sequence[str] | str | None, by: str | None) -> tuple[str, ...]:
    """The tags asked for, of those that are published. Raises BadParameter."""
    published = list_tags()
    listed = [tag for tag in published if tag != WITHHELD_TAG]
    known = {tag for tag in list_classes(snapshot, TAG) if tag != UNKNOWN}
    for text in _list(given):
        if text in known and text not in published:
            sentence = NOT_PUBLISHED.format(tag=text, allowed=", ".join(listed))
            raise BadParameter("tag", text, listed, sentence)
    tags = _read_classes("tag", given, published)
    if WITHHELD_TAG in tags and by != "tag":
        raise BadParameter("tag", WITHHELD_TAG, listed, CANNOT_LIST)
    return tags


def _read_pence(name: str, given: Sequence[str] | str | None) -> int | None:
    text = _text(given)
    if text is None:
        return None
    try:
        pounds = Decimal(text.replace(",", "").replace("£", ""))
        is_plain = text.isascii() and "_" not in text
        is_amount = is_plain and pounds.is_finite() and abs(pounds) < MOST_POUNDS and pounds * PENCE % 1 == 0
    except ArithmeticError:
        is_amount = False
    if not is_amount:
        raise BadParameter(
            name, text, (), f"{name}={text!r} is no amount: write pounds and pence, like 1500 or 99.50."
        )
    return int(pounds * PENCE)


def _list(given: Sequence[str] | str | None) -> list[str]:
    return [] if given is None else [given] if isinstance(given, str) else list(given)


def _text(given: Sequence[str] | str | None) -> str | None:
    return given if isinstance(given, str) or given is None else " ".join(given)


def name_months(months: Months) -> tuple[str | None, str | None]:
    """The bounds as they were given."""
    return (
        None if months.given_first is None else text_of(months.given_first),
        None if months.given_last is None else text_of(months.given_last),
    )
