"""Servers for every test: PostgreSQL and Valkey of their own, and a migrated database per test process."""

import asyncio
import hashlib
import os
import secrets
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from benchmarks.rehearsals.system import System, running_system
from scripts.demo.seed import seed
from scripts.local.servers import Addresses, temporary
from scripts.local.stamps import fingerprint
from scripts.migrations.run import migrate
from shared.config.settings import Settings, database_url_for

# Importing a service builds its app, which needs settings; tests build their own on the test database.
os.environ.setdefault("ENVIRONMENT", "test")
os.environ.setdefault("SECRET_KEY", "test-secret-key-of-no-value-0123456789")
os.environ.setdefault("JWT_SECRET_KEY", "test-jwt-key-of-no-value-9876543210-abc")
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")

# Started with nohup or in the background, tests would ignore these, and so would whatever they start.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

_MIGRATIONS = Path(__file__).parents[1] / "scripts" / "migrations"
# Any number, the same for all: whoever holds this lock makes the template, the others wait for it.
_TEMPLATE_LOCK = 7_214_001


@pytest.fixture(scope="session")
def server_addresses() -> Iterator[Addresses]:
    """Servers named by TEST_DATABASE_URL and TEST_REDIS_URL, or new ones that end with the session."""
    database_url, redis_url = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    with ExitStack() as stack:
        own = None if database_url and redis_url else stack.enter_context(temporary())
        yield Addresses(
            database_url or (own.database_url if own else ""), redis_url or (own.redis_url if own else "")
        )


@pytest.fixture(scope="session")
def database_url(server_addresses: Addresses) -> Iterator[str]:
    """A migrated database of this test process, cloned from a template; `postgresql://`, owner of all."""
    template = _migrated_template(server_addresses.database_url)
    with _database(server_addresses.database_url, template=template) as url:
        yield url


@pytest.fixture
def empty_database_url(server_addresses: Addresses) -> Iterator[str]:
    """A new database without any table, for this test alone."""
    with _database(server_addresses.database_url, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(server_addresses: Addresses) -> str:
    """A Redis database of this test process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1")
    number = (int(worker.removeprefix("gw")) + 1) % 16
    parts = urlsplit(server_addresses.redis_url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{number}", parts.query, ""))


def _migrated_template(admin_url: str) -> str:
    """Name of a migrated database to clone, made once per state of the migrations."""
    digest = hashlib.sha256(fingerprint([_MIGRATIONS]).encode()).hexdigest()[:16]
    name = f"gondola_template_{digest}"
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_TEMPLATE_LOCK])
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            part = f"{name}_{secrets.token_hex(4)}"
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(part)))
            migrate(database_url_for(admin_url, part))
            # Renamed when it is whole: a run that is killed while migrating leaves no half template.
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(part), sql.Identifier(name))
            )
    return name


@contextmanager
def _database(admin_url: str, *, template: str) -> Iterator[str]:
    name = f"gondola_test_{secrets.token_hex(6)}"
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    yield database_url_for(admin_url, name)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def demo_system() -> Iterator[System]:
    """The whole platform as real processes, with a small demo shop in it."""
    with running_system(settings={"ENVIRONMENT": "demo"}) as system:
        settings = Settings.model_validate({name.lower(): v for name, v in system.environment.items()})
        # On a thread of its own: the browser's driver keeps an event loop on this one.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(asyncio.run, seed(settings, seed_number=7, quick=True)).result()
        yield system
