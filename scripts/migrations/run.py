"""Brings a database to the newest schema: `python -m scripts.migrations.run`, address from its variables."""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

from shared.config.settings import with_driver

_HERE = Path(__file__).parent


def configuration(database_url: str) -> Config:
    """Alembic's configuration for one database; the address is passed in memory, never written down."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["url"] = with_driver(database_url, "psycopg")
    return config


def migrate(database_url: str, *, revision: str = "head") -> None:
    """Upgrade to a revision. Safe to repeat and to call from several machines at once."""
    command.upgrade(configuration(database_url), revision)


def main() -> int:
    """Migrate the database of the environment; 0 on success."""
    url = os.environ.get("DATABASE_URL_DIRECT") or os.environ.get("DATABASE_URL")
    if not url:
        sys.stderr.write("Set DATABASE_URL (or DATABASE_URL_DIRECT) to the database to migrate.\n")
        return 2
    try:
        migrate(url)
    except OperationalError as error:
        sys.stderr.write(f"Could not reach the database: {error.orig}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
