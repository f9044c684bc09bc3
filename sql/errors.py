# ruff: noqa: N818
"""What can go wrong between this program and its database.

Each error carries one text for a person: what was wrong, and what to do next.

    Exception
    └── DatabaseError            every error of this room
        ├── SettingRefused       a setting cannot be read
        ├── ServerUnreachable    no server answers, or it takes no more connections
        │   └── PortTaken        something answers there that is not PostgreSQL
        ├── LoginRefused         wrong user, password or database name
        ├── RightsMissing        the user is known, but may not do what is needed
        ├── VersionTooOld        the server, or the files of the embedded one, have the wrong version
        ├── DataFolderRefused    the embedded server cannot live in this folder
        ├── EmbeddedFailed       the embedded server did not start or stop
        ├── DiskFull             no room left
        ├── NotMigrated          the tables are not there yet, or are not up to date
        └── MigrationRefused     the migrations and the database contradict each other
"""

import errno
import socket

import asyncpg


class DatabaseError(Exception):
    """Any trouble with the database; `str(error)` is the text to show."""

    def __init__(self, text: str) -> None:
        super().__init__(text[:1].upper() + text[1:])


class SettingRefused(DatabaseError):
    """A setting cannot be read."""


class ServerUnreachable(DatabaseError):
    """No server answers at the address, or it takes no more connections."""


class PortTaken(ServerUnreachable):
    """Something that is not PostgreSQL answers at the address."""


class LoginRefused(DatabaseError):
    """The user, the password or the database name is wrong."""


class RightsMissing(DatabaseError):
    """The user may not do what is needed."""


class VersionTooOld(DatabaseError):
    """The server or the data folder has a version that this program cannot use."""


class DataFolderRefused(DatabaseError):
    """The embedded server cannot live in this folder."""


class EmbeddedFailed(DatabaseError):
    """The embedded server did not start or did not stop."""


class DiskFull(DatabaseError):
    """No room left on the database's disk."""


class NotMigrated(DatabaseError):
    """The tables are missing or not up to date."""


class MigrationRefused(DatabaseError):
    """The migrations of this version and those in the database contradict each other."""


CHECK_URL = "check DATABASE_URL"


def explain(error: BaseException, where: str) -> DatabaseError:
    """Turn an error of asyncpg or of the operating system into one of this tree.

    `where` names the database without its password (`connection.place`). An error that is already of this
    tree comes back as it is; an unknown one becomes a plain DatabaseError that quotes it.
    """
    match error:
        case DatabaseError():
            return error
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            return LoginRefused(
                f"{where} refused the login ({_said(error)}): {CHECK_URL}'s user and password."
            )
        case asyncpg.InvalidCatalogNameError():
            return LoginRefused(
                f"{where} has no such database ({_said(error)}): create it with `createdb`, or {CHECK_URL}."
            )
        case asyncpg.InsufficientPrivilegeError():
            return RightsMissing(
                f"The database user may not do this on {where} ({_said(error)}): let the owner of the "
                f"database run it, or ask its administrator for the right."
            )
        case asyncpg.ReadOnlySQLTransactionError():
            return RightsMissing(
                f"{where} takes no writes ({_said(error)}): it may be a standby; name the primary server in "
                f"DATABASE_URL."
            )
        case asyncpg.DiskFullError():
            return full(where)
        case asyncpg.TooManyConnectionsError():
            return ServerUnreachable(
                f"{where} takes no more connections: stop another program that uses it, lower "
                f"BOROUGH_POOL_MAX, or raise the server's max_connections."
            )
        case asyncpg.CannotConnectNowError() | asyncpg.AdminShutdownError() | asyncpg.CrashShutdownError():
            return ServerUnreachable(f"{where} is starting or stopping: try again in a minute.")
        case asyncpg.ClientConfigurationError():
            return SettingRefused(
                f"DATABASE_URL cannot be read ({_said(error)}): write it as "
                f"postgresql://user:password@host:5432/database."
            )
        case asyncpg.PostgresConnectionError() | asyncpg.PostgresError():
            return DatabaseError(f"{where} answered with an error: {_said(error)}.")
        case asyncpg.InternalClientError():
            return PortTaken(f"{where} does not answer as PostgreSQL does: {CHECK_URL}'s host and port.")
        case _:
            return _explain_system(error, where)


def full(where: str) -> DiskFull:
    """The sentence for a full disk."""
    return DiskFull(f"The disk of {where} is full: free some room and run the same command again.")


def _explain_system(error: BaseException, where: str) -> DatabaseError:
    match error:
        case socket.gaierror():
            return ServerUnreachable(f"The host of {where} is not known on this network: {CHECK_URL}.")
        case TimeoutError():
            return ServerUnreachable(
                f"{where} did not answer in time: see that it runs and that the network lets it through."
            )
        case ConnectionRefusedError() | FileNotFoundError():
            return ServerUnreachable(
                f"No server answers at {where}: start it, {CHECK_URL}'s host and port, or unset DATABASE_URL "
                f"to use the embedded one."
            )
        case ConnectionError():
            return PortTaken(
                f"What answers at {where} is not PostgreSQL, or hung up at once ({_said(error)}): "
                f"{CHECK_URL}'s host, port and sslmode."
            )
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return full(where)
        case PermissionError():
            return RightsMissing(
                f"This user may not open {where} ({_said(error)}): {CHECK_URL}, or change user."
            )
        case OSError() if "Multiple exceptions" in str(error) or error.errno == errno.ECONNREFUSED:
            return ServerUnreachable(
                f"No server answers at {where}: start it, {CHECK_URL}'s host and port, or unset DATABASE_URL "
                f"to use the embedded one."
            )
        case OSError():
            return ServerUnreachable(f"{where} cannot be reached ({_said(error)}): {CHECK_URL}.")
        case ValueError():
            return SettingRefused(
                f"DATABASE_URL cannot be read: write it as postgresql://user:password@host:5432/database, "
                f"with signs such as @ and / in the password percent-encoded. ({type(error).__name__})"
            )
        case _:
            return DatabaseError(f"{where} failed in a way not foreseen: {type(error).__name__}: {error}.")


def _said(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
