"""From paths to the files to load: a file, a folder tree, a zip. Nothing is unpacked here but tables of contents."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from etl.candidate import BROKEN, MAX_INFLATION, MAX_MEMBER_BYTES, MAX_TABLE_BYTES, Candidate
from etl.deflators import is_deflators
from etl.errors import NotRecognised, Refused
from etl.months import parse_month
from etl.payments.dates import find_period
from etl.payments.payer import split_path
from etl.payments.recognise import is_payments, is_payments_otherwise
from etl.read import check_kind
from etl.recognise import HEAD_BYTES, explain_unknown, is_population, recognise
from etl.returns.recognise import is_return
from etl.sources.police import read_name

ARCHIVE_MONTH = re.compile(r"^(\d{4}-\d{2})\.zip$")
BOUNDARY_SUFFIXES = (".gpkg", ".geojson", ".shp")
# of many months; a workbook's header is read only when it is prepared
WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".ods")
TABLE_SUFFIXES = (".csv", ".txt", ".tsv", *WORKBOOK_SUFFIXES)
POSTCODE_WORDS = ("codepoint", "codepo", "postcode")

NOTHING = (
    "There is nothing to load here: no file with a name as data.police.uk publishes them, no table of the Met or of MOPAC,"
    " no boundary and no postcode file of London."
)


class Found(msgspec.Struct, frozen=True):
    """What was found under the paths: candidates in order of month, refusals, and files passed over by reason."""

    candidates: list[Candidate]
    refusals: list[tuple[str, Refused]]
    other_forces: int
    not_data: int


def find(
    paths: Iterable[Path],
    vintage: date | None = None,
    council: int | None = None,
    vintages: Mapping[Path, date] | None = None,
) -> Found:
    """Find what there is to load. A path that does not exist, a broken zip or an unknown CSV is a refusal.

    `council`: who paid, where a person said so: then tables that are of no other kind are taken for payments. `vintages`: of
    single files, before `vintage`.
    """
    candidates: list[Candidate] = []
    refusals: list[tuple[str, Refused]] = []
    other_forces = not_data = 0
    for file, is_named in _walk(paths, refusals):
        try:
            when = (vintages or {}).get(file, vintage)
            inside = list(_candidates(file, when, council is not None))
        except NotRecognised as refusal:
            if is_named or file.suffix.lower() == ".csv":
                refusals.append((file.name, refusal))
            else:
                not_data += 1
            continue
        except Refused as refusal:
            refusals.append((file.name, refusal))
            continue
        for candidate in inside:
            if isinstance(candidate, tuple):
                refusals.append(candidate)
            elif candidate.kind == "police" and (candidate.name is None or candidate.name.force is None):
                other_forces += 1
            else:
                candidates.append(candidate)
    if not (candidates or refusals):
        refusals = [(str(path), NotRecognised(NOTHING)) for path in paths]
    candidates.sort(key=_order)
    return Found(candidates, refusals, other_forces, not_data)


def _order(candidate: Candidate) -> tuple[bool, bool, date, str, date, str]:
    """Boundaries and postcodes first, then by month, and for one month the earlier vintage first."""
    name = candidate.name
    # tables come last; their order is that of their vintages, which are known when they are read
    month = name.month if name else date.max if candidate.kind == "table" else date.min
    if candidate.kind == "payment" and (named := find_period([candidate.file])):
        # of files that hold a year so far the longer one last
        month = named[1]
    series = f"{name.source}-{name.force}" if name else candidate.kind
    return (
        candidate.kind != "boundary",
        candidate.kind != "postcode",
        month,
        series,
        candidate.vintage or date.min,
        candidate.file,
    )


def _walk(paths: Iterable[Path], refusals: list[tuple[str, Refused]]) -> Iterator[tuple[Path, bool]]:
    for path in paths:
        if path.is_dir():
            yield from (
                (file, False)
                for file in sorted(path.rglob("*"))
                if file.is_file() and not file.name.startswith(".")
            )
        elif path.is_file():
            yield path, True
        else:
            refusals.append((str(path), Refused("There is no such file or folder. Check the path.")))


def _candidates(file: Path, vintage: date | None, is_said: bool) -> Iterator[Candidate | tuple[str, Refused]]:
    """`is_said`: a person said that the files are of payments."""
    suffix = file.suffix.lower()
    stat = file.stat()
    retrieved = datetime.fromtimestamp(stat.st_mtime, UTC)
    if suffix in BOUNDARY_SUFFIXES:
        yield Candidate("boundary", file, None, None, stat.st_size, vintage or retrieved.date(), retrieved)
    elif suffix == ".zip":
        yield from _members(file, vintage, retrieved, is_said)
    elif suffix == ".csv" and (name := read_name(file.name)):
        yield Candidate(
            "police", file, None, name, stat.st_size, vintage or retrieved.date(), retrieved, name.source
        )
    elif suffix == ".csv" and any(word in file.name.lower() for word in POSTCODE_WORDS):
        yield Candidate("postcode", file, None, None, stat.st_size, vintage or retrieved.date(), retrieved)
    elif suffix in TABLE_SUFFIXES:
        head = _read_head(file)
        yield _table(file, None, stat.st_size, vintage, retrieved, head, is_said)
    else:
        raise NotRecognised(
            "This is not a file that can be loaded: expected .csv, .txt, .tsv, .xlsx, .xls, .ods, .zip, .gpkg, .geojson or"
            " .shp."
        )


def _read_head(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise Refused(f"The file cannot be read ({error.strerror}). Check its rights.") from error


def _table(
    file: Path,
    member: str | None,
    size: int,
    vintage: date | None,
    retrieved: datetime,
    head: bytes,
    is_said: bool,
) -> Candidate:
    """A file of many months, recognised by its first bytes. Raises NotRecognised, Refused.

    Councils give workbooks the names of text files and write text in UTF-16: that is seen when the file is read.
    """
    name = member or file.name
    where = split_path(file, member)
    payment = Candidate("payment", file, member, None, size, vintage, retrieved, "payment")
    if is_payments_otherwise(where, head, is_said=is_said):
        return payment
    if member is None and name.lower().endswith(".csv"):
        check_kind(head)
    if name.lower().endswith(WORKBOOK_SUFFIXES):
        # what a workbook holds is seen when it is read; deflators alone are not read as tables are
        if "deflator" in Path(name).name.lower():
            when = vintage or retrieved.date()
            return Candidate("deflator", file, member, None, size, when, retrieved, "deflator")
        return Candidate("table", file, member, None, size, vintage, retrieved)
    if is_population(head):
        when = vintage or retrieved.date()
        return Candidate("population", file, member, None, size, when, retrieved, "population")
    if is_deflators(head):
        when = vintage or retrieved.date()
        return Candidate("deflator", file, member, None, size, when, retrieved, "deflator")
    if source := recognise(head):
        return Candidate("table", file, member, None, size, vintage, retrieved, source.source)
    if is_return(name, head):
        return Candidate("table", file, member, None, size, vintage, retrieved)
    if is_said or is_payments(where, head):
        return payment
    raise NotRecognised(explain_unknown(head), line=1)


def _members(
    file: Path, vintage: date | None, retrieved: datetime, is_said: bool
) -> Iterator[Candidate | tuple[str, Refused]]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise Refused(
            f"The zip is broken or cut short ({error}). Get it again from its publisher."
        ) from error
    if kind := _geography_kind(file, members):
        if refusal := next(filter(None, map(_check_member, members)), None):
            raise refusal
        yield Candidate(kind, file, None, None, file.stat().st_size, vintage or retrieved.date(), retrieved)
        return
    when = vintage or archive_month(file.name) or retrieved.date()
    known = False
    for member in members:
        name = read_name(member.filename)
        if member.is_dir():
            continue
        if name is None:
            if table := _table_member(file, member, vintage, retrieved, is_said):
                known = True
                yield table
            continue
        known = True
        if name.force is not None and (refusal := _check_member(member)):
            yield f"{file.name}:{member.filename}", refusal
            continue
        yield Candidate("police", file, member.filename, name, member.file_size, when, retrieved, name.source)
    if not known:
        raise NotRecognised(
            "The zip holds no file with a name as data.police.uk publishes them, such as 2024-02-metropolitan-street.csv,"
            " and no table of the Met or of MOPAC."
        )


def _table_member(
    file: Path, member: zipfile.ZipInfo, vintage: date | None, retrieved: datetime, is_said: bool
) -> Candidate | tuple[str, Refused] | None:
    """The table of many months in a zip, why it may not be unpacked, or None where it is no such table."""
    suffix = Path(member.filename).suffix.lower()
    if suffix not in TABLE_SUFFIXES or Path(member.filename).name.startswith("."):
        return None
    if refusal := _check_member(member, MAX_TABLE_BYTES):
        return f"{file.name}:{member.filename}", refusal
    try:
        with zipfile.ZipFile(file) as archive, archive.open(member) as stream:
            head = stream.read(HEAD_BYTES)
        return _table(file, member.filename, member.file_size, vintage, retrieved, head, is_said)
    except (*BROKEN, NotRecognised):
        return None


def _geography_kind(file: Path, members: Iterable[zipfile.ZipInfo]) -> str | None:
    """Whether a zip is a boundary or a postcode file: by its content and name, never where police files are in it."""
    names = [member.filename for member in members]
    if any(read_name(name) for name in names):
        return None
    if any(name.lower().endswith(".shp") for name in names):
        return "boundary"
    return "postcode" if any(word in file.name.lower() for word in POSTCODE_WORDS) else None


def _check_member(member: zipfile.ZipInfo, most: int = MAX_MEMBER_BYTES) -> Refused | None:
    """Why a member may not be unpacked: it says that it grows far beyond any real file, or it is locked."""
    if member.flag_bits & 0x1:
        return Refused("The file inside the zip is protected by a password. Get an open copy.")
    if member.file_size > most or member.file_size > MAX_INFLATION * max(member.compress_size, 1):
        return Refused(
            f"The file inside the zip would unpack from {member.compress_size:,} to {member.file_size:,} bytes, which no real"
            " month does. It was not unpacked."
        )
    return None


def archive_month(file_name: str) -> date | None:
    """The month of a data.police.uk archive named after it, such as 2024-02.zip."""
    match = ARCHIVE_MONTH.match(file_name)
    try:
        return parse_month(match[1]) if match else None
    except ValueError:
        return None
