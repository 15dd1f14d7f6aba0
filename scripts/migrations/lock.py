"""One migrator at a time, wherever they run: an advisory lock of the database they migrate."""

import sys
import time

from sqlalchemy import Connection, text

ONE_MIGRATOR = 4_242_001
_POLL_SECONDS = 0.5
_PATIENCE_SECONDS = 900.0


def become_the_only_one(connection: Connection) -> None:
    """Hold the lock until the connection closes; while another has it, wait. Raises TimeoutError.

    It asks again and again, each time in a transaction that ends: pg_advisory_lock would wait inside
    one, and an index being made concurrently waits for every open transaction.
    """
    deadline, told = time.monotonic() + _PATIENCE_SECONDS, False
    while not _took_lock(connection):
        if not told:
            sys.stderr.write("Another migrator is at work; waiting for it.\n")
            sys.stderr.flush()
            told = True
        if time.monotonic() > deadline:
            raise TimeoutError(f"another migrator is at work since {_PATIENCE_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)


def _took_lock(connection: Connection) -> bool:
    took = connection.scalar(text(f"SELECT pg_try_advisory_lock({ONE_MIGRATOR})"))
    connection.commit()
    return bool(took)
