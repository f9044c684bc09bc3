"""Suppliers whose name is withheld, and those whose name seems to be a person's.

Councils leave out the names of individuals, and not always. A name that seems to be a person's is not stored: rather a
small firm too many than a foster carer too few. A sole trader is a person (`MR J LEWIS T/A HARROGATE SCAFFOLDING`,
`John Smith t/a Smith Plumbing`); a company that trades under a name is none (`Libra Ltd t/a Libra Building`). What is not found: a
name without a title or initials whose given name is not in the list (`supplier_words.toml`), and one that is a firm's word.
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection
from functools import cache
from importlib import resources

import msgspec
import polars as pl

from etl.payments.cells import clean_cell

NAMED, BY_PUBLISHER, INDIVIDUAL, NOT_GIVEN = "named", "by_publisher", "individual", "not_given"

ABSENT = re.compile(
    r"\W*|#?n/?[ak]|none|nil|null|nan|unknown|\(?blank\)?|tbc|0|no supplier(?: name)?|"
    r"not (?:applicable|given|known|available|provided)",
    re.IGNORECASE,
)
WITHHELD = re.compile(
    # REDACTED PERSONAL DATA, redacted - personal data, Redacted Personal Information, PAYPAL - REDACTED DATA
    r"\bredact(?:ed|ion|ions)?\b|with-?held\b|anonymi[sz]ed|\bnot (?:to be )?disclosed|\bundisclosed|\bsuppressed\b|\bgdpr\b|"
    r"\bpersonal (?:data|info|information|details|identif\w+)\b|\bdata protect(?:ion|ed)\b|"
    r"\bname (?:removed|omitted|hidden|deleted)\b|"
    # Payment to Individual (City of London)
    r"\bpayments? to (?:an? )?(?:private )?(?:individuals?|persons?|clients?|carers?)\b|"
    r"^(?:(?:private|named|an|various|sundry) )*(?:individuals?|persons?|clients?|service users?|payees?)(?: payments?)?$|"
    r"^(?:(?:various|sundry|foster|kinship|family|adoptive|shared lives) )*(?:carers?|parents?)(?: payments?)?$|"
    r"^confidential\W*(?:data|supplier|information|payment)?$|^(?:restricted|protected|sensitive|exempt|removed)\W*$|"
    r"^(?:foi|dpa|section|s\.?)\s*(?:exempt\w*|40|\d+ exempt\w*)|^[x*#_.\-\s]*x{2,}[x*#_.\-\s]*$|^[*#]{2,}$",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"^(?:mr|mrs|ms|miss|mx|dr|doctor|rev|revd|reverend|prof|professor|sir|cllr|councillor|dame|lady|lord|rabbi|imam|sheikh|"
    r"fr|father|messrs|mister|hon|qc|kc)\b[.\s]",
    re.IGNORECASE,
)
# Mr and Mrs are no firm's first word; a dame may be a school.
SURE_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|mx|mister|cllr|councillor)\b\.?\s", re.IGNORECASE)
ESTATE = re.compile(
    r"\b(?:estate|exors?|executors?|executrix|personal representatives?) of\b|\bdeceased\b|\bdec'd\b",
    re.IGNORECASE,
)
TRADING = re.compile(r"\s(?:t/as?|ta/|trading as)\s", re.IGNORECASE)
PARTICLES = frozenset("de da do dos di du la le van von der den el al bin ibn ap mac mc o".split())  # noqa: SIM905
AFTER_NAME = re.compile(
    r"[,\s]+(?:jnr|jr|snr|sr|esq|obe|mbe|cbe|phd|mbchb|md|frcs\w*|ba|bsc|msc|q\.?c|k\.?c|cpsychol)\.?(?=\W|$)",
    re.IGNORECASE,
)
WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*", re.IGNORECASE)
MOST_WORDS = 4
# In a text about a payment: a person with a title (PQ Dr C Lachmann April 2020, Harrogate), or a whole postcode. `MR` alone is
# no title: MR Construction Costs (TfL).
PERSON_WITHIN = (
    r"\b(?:Mrs|MRS|Miss|MISS|Mx|Master)\b\.?\s+[A-Z]|\b(?:Mr|Ms|Dr|Cllr)\b\.?\s+[A-Z]|\b(?:MR|MS|DR)\b\.?\s+[A-Z]\b|"
    r"\b(?i:[a-z]{1,2}\d[a-z\d]?\s?\d[abd-hjlnp-uw-z]{2})\b"
)
# letters that have no accent to take away
STROKES = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i"})
NOT_LETTERS = re.compile(r"\d|@|www|\.com|\.co\.|\.org|&|\+|/", re.IGNORECASE)
LINKS = frozenset({"and", "the", "of", "for", "at", "st", "saint", "in", "on", "by", "with", "to"})
FORMS_OF_FIRMS = frozenset({"ltd", "limited", "plc", "llp", "cic"})
# Second words of names that are no people's: Arbourthorne TARA is a tenants' association (Sheffield).
SECOND_WORDS = frozenset({"tara", "grace", "carmel"})


class Words(msgspec.Struct, frozen=True):
    """The lists of supplier_words.toml."""

    organisation: frozenset[str]
    places: frozenset[str]
    firms: frozenset[str]
    given: frozenset[str]
    surnames: frozenset[str]


@cache
def read_words() -> Words:
    """The lists, read once."""
    table = tomllib.loads((resources.files("etl.payments") / "supplier_words.toml").read_text("utf-8"))
    return Words(
        frozenset(table["organisation"].split()),
        frozenset(table["places"].split()),
        frozenset(table["firms"]),
        frozenset(word for names in table["given"].values() for word in names.split()),
        frozenset(table["surnames"]["common"].split()),
    )


def find_redaction(supplier: str | None, extra: Collection[str] = ()) -> str:
    """The word of vocabulary payment_redaction for a supplier: named, by_publisher, individual or not_given.

    `extra`: words by which this publisher leaves names out, besides those that are known.
    """
    name = clean_cell(supplier or "")
    if name.lower() in {word.lower() for word in extra} or WITHHELD.search(name):
        return BY_PUBLISHER
    if ABSENT.fullmatch(name):
        return NOT_GIVEN
    return INDIVIDUAL if is_person(name) else NAMED


def find_redactions(suppliers: pl.Series, extra: Collection[str] = ()) -> pl.Series:
    """`find_redaction` of each, as text."""
    texts = suppliers.cast(pl.String)
    known = texts.drop_nulls().unique().to_list()
    if not known:
        return pl.Series(suppliers.name, [NOT_GIVEN] * len(texts), dtype=pl.String)
    words = [find_redaction(name, extra) for name in known]
    return texts.replace_strict(known, words, default=NOT_GIVEN, return_dtype=pl.String)


def is_person(name: str) -> bool:
    """Whether a cleaned name seems to be a person's, or several persons'."""
    plain = _fold(name)
    if ESTATE.search(plain):
        return True
    if trading := TRADING.search(plain):
        return is_person(plain[: trading.start()])
    without = AFTER_NAME.sub(" ", plain).strip(" .,")
    # Mariama Ba has a surname that looks like a degree
    plain = without if len(WORD.findall(without)) > 1 else plain
    words = [word.lower() for word in WORD.findall(plain)]
    lists = read_words()
    if not words or " ".join(words).replace("'", " ").replace("’", " ") in lists.firms:
        return False
    if any(word in lists.organisation for word in words):
        # MR MOTORS LTD is a firm, Mr Delva Chambers is none: such a word may stand where a surname does
        places = [place for place, word in enumerate(words) if word in lists.organisation]
        return (
            bool(SURE_TITLE.match(plain)) and places == [len(words) - 1] and words[-1] not in FORMS_OF_FIRMS
        )
    if TITLE.match(plain):
        return True
    if NOT_LETTERS.search(plain) or not 2 <= len(words) <= MOST_WORDS:
        return False
    # L B Bexley is a London borough
    if words[0] in lists.places or words[:2] == ["l", "b"] or LINKS.intersection(words):
        return False
    return _reads_as_name(plain, words, lists)


def _reads_as_name(plain: str, words: list[str], lists: Words) -> bool:
    """Whether words without a title read as a name: Smith, J; J A Smith; Smith J; John Smith; Okafor Grace."""
    if "," in plain:
        # Patel, Priya: one or two words on either side of one comma
        sides = [WORD.findall(side) for side in plain.split(",")]
        return len(sides) == 2 and all(1 <= len(side) <= 2 for side in sides)
    long = [word for word in words if len(word) > 1 and word not in PARTICLES]
    initials = [word for word in words if len(word) == 1]
    if not long:
        return False
    if initials and len(long) == 1:
        is_before, is_after = words[-1] == long[0], words[0] == long[0]
        return len(long[0]) > 2 and (is_before or (is_after and len(initials) < 3))
    if initials and words[0] == initials[0] != "a":
        # Y Woldu Berhe; A New Leaf begins with a word
        return len(words) <= MOST_WORDS and len(long) == 2
    first, second = words[0].split("-")[0], words[1]
    is_second = len(words) < MOST_WORDS and len(first) > 1 and second in lists.given - SECOND_WORDS
    return first in lists.given or words[-1] in lists.surnames or is_second


def _fold(name: str) -> str:
    """Without accents, and with initials apart: J.A.Smith is J A Smith."""
    plain = name.translate(STROKES)
    letters = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.sub(r"\b([A-Za-z])\.(?=\s?[A-Za-z]\b|\s?[A-Z])", r"\1 ", letters).split())
