"""Files rebuilt in the shape in which the publishers give them: real headers, invented rows."""

import csv
import io
import zipfile
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

Row = dict[str, str]

STOP_HEADER = [
    "Type",
    "Date",
    "Part of a policing operation",
    "Policing operation",
    "Latitude",
    "Longitude",
    "Gender",
    "Age range",
    "Self-defined ethnicity",
    "Officer-defined ethnicity",
    "Legislation",
    "Object of search",
    "Outcome",
    "Outcome linked to object of search",
    "Removal of more than just outer clothing",
]
STREET_HEADER = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
]
OUTCOME_HEADER = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Outcome type",
]

MET, CITY = "Metropolitan Police Service", "City of London Police"

# Points deep inside a borough, by its number (longitude, latitude).
HACKNEY, BROMLEY, CAMDEN, WESTMINSTER, CITY_OF_LONDON = 12, 6, 7, 33, 1
POINTS = {
    HACKNEY: ("-0.055123", "51.548321"),
    BROMLEY: ("0.042311", "51.380112"),
    CAMDEN: ("-0.154201", "51.546702"),
    WESTMINSTER: ("-0.160911", "51.512342"),
    CITY_OF_LONDON: ("-0.092113", "51.514871"),
}
NEWCASTLE = ("-1.613881", "54.977475")
NOWHERE = ("", "")

# An LSOA of each borough, and two outside London.
LSOAS = {HACKNEY: "E01001720", BROMLEY: "E01000675", CITY_OF_LONDON: "E01000001"}
BIRMINGHAM, BOLTON = ("E01033620", "Birmingham 138A"), ("E01004766", "Bolton 001A")

CATEGORIES = [
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
]


def make_stop(point: tuple[str, str] = POINTS[HACKNEY], **changes: str) -> Row:
    """A search as the Met publishes it from 2017-04; `changes` by column, spaces as underscores."""
    longitude, latitude = point
    row = dict.fromkeys(STOP_HEADER, "") | {
        "Type": "Person search",
        "Date": "2024-02-10T14:05:00+00:00",
        "Part of a policing operation": "False",
        "Latitude": latitude,
        "Longitude": longitude,
        "Gender": "Male",
        "Age range": "18-24",
        "Self-defined ethnicity": "White - English/Welsh/Scottish/Northern Irish/British",
        "Officer-defined ethnicity": "White",
        "Legislation": "Misuse of Drugs Act 1971 (section 23)",
        "Object of search": "Controlled drugs",
        "Outcome": "A no further action disposal",
    }
    return _change(row, changes)


def make_crime(
    number: int, category: str = "Burglary", point: tuple[str, str] = POINTS[HACKNEY], **changes: str
) -> Row:
    """A street row; `number` makes its identifier, and anti-social behaviour has none."""
    row = _place(STREET_HEADER, number, point) | {
        "Crime type": category,
        "Last outcome category": "Under investigation",
    }
    if category == "Anti-social behaviour":
        row |= {"Crime ID": "", "Last outcome category": ""}
    return _change(row, changes)


def make_outcome(
    number: int,
    outcome: str = "Investigation complete; no suspect identified",
    point: tuple[str, str] = POINTS[HACKNEY],
    **changes: str,
) -> Row:
    """A row of an outcomes file for the crime of that number."""
    return _change(_place(OUTCOME_HEADER, number, point) | {"Outcome type": outcome}, changes)


def make_id(number: int) -> str:
    """A crime's identifier: 64 hexadecimal digits."""
    return f"{number:08x}" * 8


def write_csv(header: Sequence[str], rows: Iterable[Mapping[str, str]], newline: str = "\n") -> bytes:
    """A file as published: header, rows, quotes only where they are needed."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def stops_csv(rows: Iterable[Row], newline: str = "\n") -> bytes:
    """The bytes of a stop-and-search file."""
    return write_csv(STOP_HEADER, rows, newline)


def street_csv(rows: Iterable[Row], newline: str = "\n") -> bytes:
    """The bytes of a street file."""
    return write_csv(STREET_HEADER, rows, newline)


def outcomes_csv(rows: Iterable[Row], newline: str = "\n") -> bytes:
    """The bytes of an outcomes file."""
    return write_csv(OUTCOME_HEADER, rows, newline)


def month_of_stops(
    month: str,
    count: int = 60,
    *,
    days: int | None = None,
    point: tuple[str, str] = POINTS[HACKNEY],
    **changes: str,
) -> list[Row]:
    """`count` searches spread evenly over the month, or over its first `days` days."""
    first = date.fromisoformat(f"{month}-01")
    length = timedelta(days=days or monthrange(first.year, first.month)[1])
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    times = [start + length * (i + 0.5) / count for i in range(count)]
    return [make_stop(point, Date=f"{at:%Y-%m-%dT%H:%M:%S}+00:00", **changes) for at in times]


def month_of_crimes(month: str, each: int = 3, *, categories: Sequence[str] = CATEGORIES) -> list[Row]:
    """`each` rows of every category, in Hackney."""
    seed = int(month.replace("-", "")) * 1000
    return [
        make_crime(seed + i * each + j, category, Month=month)
        for i, category in enumerate(categories)
        for j in range(each)
    ]


def name_file(month: str, kind: str, force: str = "metropolitan") -> str:
    """A file's name as published; kind: stop-and-search, street or outcomes."""
    return f"{month}-{force}-{kind}.csv"


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file below `folder` and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zip_files(files: Mapping[str, bytes], when: tuple[int, int, int] = (2024, 4, 1)) -> bytes:
    """A zip of files by member name, every member dated `when`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(_member(name, when), data)
    return stream.getvalue()


def damage(data: bytes, member: str) -> bytes:
    """The zip with bytes in the middle of a member's packed data turned over."""
    spoilt = bytearray(data)
    start = spoilt.index(member.encode()) + len(member) + 60
    for at in range(start, start + 20):
        spoilt[at] ^= 0xFF
    return bytes(spoilt)


def _member(name: str, when: tuple[int, int, int]) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (*when, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _place(header: Sequence[str], number: int, point: tuple[str, str]) -> Row:
    longitude, latitude = point
    return dict.fromkeys(header, "") | {
        "Crime ID": make_id(number),
        "Month": "2024-02",
        "Reported by": MET,
        "Falls within": MET,
        "Longitude": longitude,
        "Latitude": latitude,
        "Location": "On or near Mare Street",
    }


def _change(row: Row, changes: Mapping[str, str]) -> Row:
    named = {key.replace("_", " "): value for key, value in changes.items()}
    names = {name.replace("-", " "): name for name in row}
    return row | {names[key]: value for key, value in named.items()}
