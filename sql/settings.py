"""The settings of the database room, read from the environment.

To add a setting, add one field: its environment name, its default, its limits and its sentence stand
together, and `describe` carries them into the docs table.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from sql.errors import SettingRefused


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the database is and how it is used."""

    database_url: Annotated[
        str | None,
        msgspec.Meta(
            description="Address of a PostgreSQL server, version 15 or later, as "
            "`postgresql://user:password@host:5432/database`. Unset: an embedded server is started."
        ),
    ] = msgspec.field(name="DATABASE_URL", default=None)
    data: Annotated[
        Path,
        msgspec.Meta(
            description="Folder of everything that is stored; the embedded server lives in its `postgres`."
        ),
    ] = msgspec.field(name="BOROUGH_DATA", default=Path(".borough"))
    statement_timeout_seconds: Annotated[
        float,
        msgspec.Meta(ge=0.01, le=3600, description="Longest that one query of the API may run, in seconds."),
    ] = msgspec.field(name="BOROUGH_STATEMENT_TIMEOUT_SECONDS", default=15.0)
    pool_min: Annotated[
        int, msgspec.Meta(ge=0, le=1000, description="Connections that each process keeps open.")
    ] = msgspec.field(name="BOROUGH_POOL_MIN", default=1)
    pool_max: Annotated[
        int, msgspec.Meta(ge=1, le=1000, description="Connections that each process may open at most.")
    ] = msgspec.field(name="BOROUGH_POOL_MAX", default=8)
    fetch_contact: Annotated[
        # one line of plain text: it goes into the header of a request
        Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[ -~]*$")] | None,
        msgspec.Meta(
            description="Who publishers can write to, as an address or a page; `borough fetch` names it in "
            "each request."
        ),
    ] = msgspec.field(name="BOROUGH_FETCH_CONTACT", default=None)
    fetch_concurrency: Annotated[
        int, msgspec.Meta(ge=1, le=64, description="Files that are fetched at once, from all publishers.")
    ] = msgspec.field(name="BOROUGH_FETCH_CONCURRENCY", default=6)
    fetch_requests_per_second: Annotated[
        float, msgspec.Meta(ge=0.01, le=1000, description="Requests a second to one publisher, at most.")
    ] = msgspec.field(name="BOROUGH_FETCH_REQUESTS_PER_SECOND", default=2.0)
    fetch_timeout_seconds: Annotated[
        float,
        msgspec.Meta(
            ge=0.1,
            le=3600,
            description="Longest silence of a publisher before a request is given up, in seconds.",
        ),
    ] = msgspec.field(name="BOROUGH_FETCH_TIMEOUT_SECONDS", default=30.0)

    def __repr__(self) -> str:
        """Without the address, which may hold a password."""
        return f"Settings(database_url={'set' if self.database_url else None}, data={str(self.data)!r}, …)"


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environment` (default: that of the process). Empty values count as unset.

    Raises SettingRefused with the name of the variable that is wrong.
    """
    environment = os.environ if environment is None else environment
    names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    given = {name: value for name in sorted(names) if (value := environment.get(name, "").strip())}
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        problem, _, name = str(error).partition(" - at `$.")
        name = name.rstrip("`")
        raise SettingRefused(
            f"{name}={given.get(name)!r} cannot be used: {problem}. Change or unset it."
        ) from error
    if settings.pool_min > settings.pool_max:
        raise SettingRefused(
            f"BOROUGH_POOL_MIN ({settings.pool_min}) is above BOROUGH_POOL_MAX ({settings.pool_max}): lower "
            f"the first or raise the second."
        )
    return settings


def describe() -> list[tuple[str, str, str]]:
    """Every setting as (environment name, default or "", sentence), in the order of the struct."""
    rows = []
    for field in msgspec.structs.fields(Settings):
        meta = field.type.__metadata__[0]
        rows.append(
            (field.encode_name, "" if field.default is None else str(field.default), meta.description)
        )
    return rows


def _decode(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)
