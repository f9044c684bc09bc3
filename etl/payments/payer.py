"""Who paid: the council, the GLA or TfL that a file of payments is of, and how that is known. Pure."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import PurePath

import msgspec

from etl.errors import Refused
from etl.payments.formats import load_publications
from geo.areas import BOROUGHS, borough_of_gss, load_boroughs, resolve_name
from geo.publishers import GLA, TFL, council_of, name_publisher

# The codes that the Office for National Statistics gave London's authorities before E09, in the same order; I, O and V
# were left out.
OLD_CODES = [f"00A{letter}" for letter in "ABCDEFGHJKLMNPQRSTUWXYZ"] + [
    f"00B{letter}" for letter in "ABCDEFGHJK"
]
# how far up the folders of a file name its payer
FOLDERS = 3
# cells that name an authority; others in a column named Body are departments
AUTHORITY = re.compile(
    r"\b(council|borough|city|authority|corporation|county|district|metropolitan|unitary|combined)\b|^https?://",
    re.IGNORECASE,
)
# no borough of London, though its name holds one's
ELSEWHERE = re.compile(r"\b(hull|richmondshire|city of westminster college)\b")
SAY = "Name the council that paid: borough load --council hackney FILE."


class Payer(msgspec.Struct, frozen=True):
    """Who paid, by the publisher's number, and how that is known, in words."""

    publisher: int
    how: str

    @property
    def borough(self) -> int:
        """The borough whose council it is; 0 of a London-wide payer."""
        return self.publisher - 100 if self.publisher - 100 in BOROUGHS else 0

    @property
    def name(self) -> str:
        """Its name."""
        return name_publisher(self.publisher) or str(self.publisher)


def resolve_payer(text: str) -> int | None:
    """The publisher's number of a name, slug, alias, code or address of an organisation; None where it is none of London's.

    Codes: E09000012, 00AM, the Met's two letters are none. Addresses: of statistics.data.gov.uk and opendatacommunities.org,
    by their last part.
    """
    text = text.strip().strip("\"'")
    if text.casefold().startswith(("http://", "https://")):
        text = text.rstrip("/#").rpartition("/")[2]
    if (borough := borough_of_gss(text.upper())) is not None:
        return council_of(borough)
    if text.upper() in OLD_CODES:
        return council_of(OLD_CODES.index(text.upper()) + 1)
    plain = _plain(text)
    if not plain or ELSEWHERE.search(plain):
        return None
    if (known := _load_aliases().get(plain)) is not None:
        return known
    borough = resolve_name(text) or resolve_name(re.sub(r"^(the )?mayor and .* of the ", "", plain))
    return council_of(borough) if borough else None


def find_payer(
    *,
    said: int | None,
    column: Iterable[str] = (),
    preamble: Iterable[str] = (),
    path: Sequence[str] = (),
) -> Payer:
    """Who paid: as a person said, else as the file's own column says, else what stands above the header, else its name.

    `column`: the cells of the payer's columns, each but once; `path`: the names of its folders and of the file, it last.
    Raises Refused where several paid, where none of London's authorities did, and where nothing tells.
    """
    within = _read_column(column)
    if said is not None:
        if within is not None and within != said:
            raise Refused(
                f"--council says that {name_publisher(said)} paid, and the file says {name_publisher(within)}. Check which it is."
            )
        # a folder of every council's files, loaded with --council, would put them all under one
        if other := next((name for name in path[:-1] if resolve_payer(name) not in (None, said)), None):
            raise Refused(
                f"--council says that {name_publisher(said)} paid, and the file lies in a folder named {other!r}. Load the files"
                " of one payer at a time, or from a folder of another name."
            )
        return Payer(said, "--council says so")
    if within is not None:
        return Payer(within, "a column of the file names it")
    above = find_named(preamble)
    if len(above) == 1:
        return Payer(above.pop(), "the lines above the header name it")
    for text, where in _list_places(path):
        named = find_named([text])
        if len(named) > 1:
            names = " and ".join(sorted(name_publisher(number) or "" for number in named))
            raise Refused(f"{where} {text!r} names {names}. {SAY}")
        if named:
            return Payer(named.pop(), f"{where} {text!r} names it")
    raise Refused(
        "Nothing tells who paid: no column, no line above the header, no name of the file or its folder names a London council."
        f" {SAY}"
    )


def find_path_payer(path: Sequence[str]) -> int | None:
    """The one payer that the name of the file or of a folder of it names, the nearest first; None where none does."""
    for text, _ in _list_places(path):
        if len(named := find_named([text])) == 1:
            return named.pop()
    return None


def find_named(texts: Iterable[str]) -> set[int]:
    """The publishers that are named within the texts, by name or alias, as whole words; the longer name counts."""
    found: set[int] = set()
    for text in texts:
        words = f" {_plain(text)} "
        if ELSEWHERE.search(words):
            continue
        for name, publisher in _load_phrases():
            if f" {name} " in words:
                found.add(publisher)
                # "city of westminster" is not the City, nor "richmond upon thames" two boroughs
                words = words.replace(f" {name} ", "  ")
    return found


def split_path(path: PurePath, member: str | None = None) -> tuple[str, ...]:
    """The names of a file's nearest folders and its own without its suffix, the file last; of a zip's member those inside too."""
    parts = [*path.parts[-FOLDERS - 1 :]]
    if member is not None:
        parts += PurePath(member).parts
    parts = parts[-FOLDERS - 1 :]
    return (*parts[:-1], re.sub(r"(\.[A-Za-z]{2,4})+$", "", parts[-1]))


def _list_places(path: Sequence[str]) -> list[tuple[str, str]]:
    return [(text, "Its name" if place == 0 else "Its folder") for place, text in enumerate(reversed(path))]


def _read_column(cells: Iterable[str]) -> int | None:
    found: dict[int, str] = {}
    strange: list[str] = []
    for cell in dict.fromkeys(cells):
        if (publisher := resolve_payer(cell)) is not None:
            found.setdefault(publisher, cell)
        elif AUTHORITY.search(cell.strip()):
            strange.append(cell.strip())
    if strange:
        # the name tells a person more than its address
        name = min(strange, key=lambda text: (text.startswith("http"), len(text)))
        if not found:
            raise Refused(
                f"The payer, {name}, is no London authority. Only payments of the 33 councils, the GLA and TfL are loaded."
            )
        raise Refused(
            f"The file holds payments of several payers, {_name(found)} and {name}. Load those of one payer at a time."
        )
    if len(found) > 1:
        raise Refused(
            f"The file holds payments of several payers: {_name(found)}. Load those of one payer at a time."
        )
    return next(iter(found), None)


def _name(publishers: Iterable[int]) -> str:
    return ", ".join(name_publisher(number) or str(number) for number in sorted(publishers))


@cache
def _load_aliases() -> dict[str, int]:
    """Plain names, slugs and aliases, and whose they are."""
    names = {}
    for area in load_boroughs():
        assert area.borough is not None
        for text in (area.area_name, area.slug):
            names[_plain(text)] = council_of(area.borough)
    for publication in load_publications():
        for text in (publication.slug, *publication.aliases):
            names[_plain(text)] = publication.publisher
    for text, number in (("richmond", 27), ("kingston", 21)):
        names[text] = council_of(number)
    for number in (GLA, TFL):
        names[_plain(name_publisher(number) or "")] = number
    return names


@cache
def _load_phrases() -> tuple[tuple[str, int], ...]:
    return tuple(sorted(_load_aliases().items(), key=lambda item: (-len(item[0]), item[0])))


def _plain(text: str) -> str:
    folded = text.casefold().replace("&", " and ").replace("’", "").replace("'", "")
    # letters and digits apart: "hackney2024" names Hackney
    apart = re.sub(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])", " ", folded)
    return " ".join(re.sub(r"[^a-z0-9]", " ", apart).split())
