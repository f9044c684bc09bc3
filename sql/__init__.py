"""The database room: the connection, the migrations, the named queries and one file a measure.

    settings ─▶ connection ─▶ embedded ─▶ cluster       an address: DATABASE_URL, or a server of our own
                    └───────▶ migrate ─▶ migrations/    tables, one numbered file after another
    queries ─▶ queries/                                 named statements
    errors                                              everything that can go wrong, each with its sentence

Nothing of the other rooms is imported here.
"""

from sql.connection import connect, dsn
from sql.errors import DatabaseError
from sql.migrate import migrate, pending
from sql.queries import load
from sql.settings import Settings

__all__ = ["DatabaseError", "Settings", "connect", "dsn", "load", "migrate", "pending"]
