"""Databases that killed runs left behind, and locks, so that none that is in use is taken for one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from scripts.production.backup.loading import drop, let_in, server
from scripts.production.console import RefusedError, say

# Longer than a run that only sweeps holds a lock, and than a server takes to see that a client was killed.
_WAIT = "SET lock_timeout = '5s'"
_LOCK = "SELECT pg_advisory_lock(hashtextextended('gondola: ' || %s, 0))"
_STAMPED = """
SELECT datname FROM pg_database
WHERE starts_with(datname, %(prefix)s) AND substr(datname, length(%(prefix)s) + 1) ~ '^\\d{8}t\\d{6}z$'"""
_SHUT = "SELECT FROM pg_database WHERE datname = %s AND NOT datallowconn"


class BusyError(RefusedError):
    """Another run does the same right now."""


@contextmanager
def alone(connection: psycopg.Connection, what: str) -> Iterator[None]:
    """Hold a lock of the connection's database while the block runs; then it is closed. Raises BusyError."""
    try:
        try:
            connection.execute(_WAIT)
            connection.execute(_LOCK, [what])
        except psycopg.errors.LockNotAvailable as error:
            raise BusyError(f"another {what} is under way") from error
        yield
    finally:
        # The lock goes with it; nothing is said when it was lost before, as the work is done.
        connection.close()


def sweep_databases(database_url: str, prefix: str, *, opened_again: str | None = None) -> None:
    """Drop `<prefix><moment>`. opened_again: a database that a run killed in its last seconds left shut."""
    with server(database_url) as connection:
        found = [str(name) for (name,) in connection.execute(_STAMPED, {"prefix": prefix})]
        if found and opened_again and connection.execute(_SHUT, [opened_again]).rowcount:
            let_in(connection, opened_again, allowed=True)
            say(f"{opened_again} had been left shut and takes connections again")
        for name in found:
            drop(connection, name)
            say(f"removed {name}, which a run that was killed had left behind")
