"""Brings a database to the newest schema: `python -m scripts.migrations.run`, address from its variables."""

import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from scripts.production import console
from scripts.production.console import Parser, RefusedError, ScriptError
from shared.config.settings import with_driver

_HERE = Path(__file__).parent
_ATTEMPTS = 20
_LONGEST_PAUSE_SECONDS = 15.0
_BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


def configuration(database_url: str) -> Config:
    """Alembic's configuration for one database; the address is passed in memory, never written down."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["url"] = with_driver(database_url, "psycopg")
    return config


def migrate(database_url: str, *, revision: str = "head", attempts: int = _ATTEMPTS) -> None:
    """Upgrade to a revision. Safe to repeat and to call from several machines at once.

    A migration that cannot have its locks in time is undone and tried again after a pause, so that
    the requests that queued behind it get through. Raises psycopg.Error or what wraps it at last.
    """
    for attempt in range(1, attempts + 1):
        try:
            command.upgrade(configuration(database_url), revision)
        except (psycopg.Error, DBAPIError) as error:
            if attempt == attempts or not isinstance(_cause(error), _BUSY):
                raise
            pause = min(2.0**attempt, _LONGEST_PAUSE_SECONDS) * random.uniform(0.5, 1.0)
            sys.stderr.write(f"Busy ({_told(error)}); attempt {attempt} again in {pause:.1f} s.\n")
            time.sleep(pause)
        else:
            return


def revisions() -> list[str]:
    """Every revision there is, the oldest first."""
    script = ScriptDirectory.from_config(configuration("postgresql://nobody"))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def current_revision(database_url: str) -> str | None:
    """Where a database is; None when it was never migrated."""
    with psycopg.connect(with_driver(database_url, None), connect_timeout=10) as connection:
        try:
            row = connection.execute("SELECT version_num FROM shared.alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return row[0] if row else None


def _cause(error: psycopg.Error | DBAPIError) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _told(error: psycopg.Error | DBAPIError) -> str:
    return str(_cause(error)).split("\n", 1)[0]


def _pending(current: str | None, wanted: str) -> list[str]:
    known = revisions()
    # A newer database than this code is left alone: a rolled-back version runs its migrator too.
    if current is not None and current not in known:
        return []
    last = len(known) if wanted == "head" else known.index(wanted) + 1
    return known[known.index(current) + 1 if current else 0 : last]


def main(arguments: Sequence[str]) -> int:
    """Migrate the database of the environment; 0 done, 1 failed, 2 wrongly called."""
    return console.run("migrate", _work, arguments)


def _work(arguments: Sequence[str]) -> Mapping[str, object]:
    parser = Parser(prog="python -m scripts.migrations.run", description=__doc__)
    parser.add_argument("--revision", default="head", choices=["head", *revisions()], metavar="REVISION")
    parser.add_argument("--dry-run", action="store_true", help="say what would run, change nothing")
    wanted = parser.parse_args(arguments)
    url = os.environ.get("DATABASE_URL_DIRECT") or os.environ.get("DATABASE_URL")
    if not url:
        raise RefusedError("Set DATABASE_URL (or DATABASE_URL_DIRECT) to the database to migrate.")
    try:
        before = current_revision(url)
        pending = _pending(before, wanted.revision)
        if pending and not wanted.dry_run:
            migrate(url, revision=pending[-1])
        after = before if wanted.dry_run else current_revision(url)
    except (psycopg.Error, DBAPIError) as error:
        raise ScriptError(f"could not migrate: {_told(error)}") from error
    except (CommandError, TimeoutError) as error:
        raise ScriptError(f"could not migrate: {error}") from error
    return {"before": before, "after": after, "pending": pending if wanted.dry_run else []}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
