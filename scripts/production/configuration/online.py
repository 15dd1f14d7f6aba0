"""What only the servers themselves can say: reached, encrypted, new enough, with connections to spare."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import obstore
import psycopg
import redis
from obstore.exceptions import BaseError
from obstore.store import S3Store

from scripts.production.addresses import is_private_host
from scripts.production.configuration.capacity import Fleet, Server
from scripts.production.configuration.findings import Configuration, Finding
from shared.config.settings import Settings, with_driver
from shared.database.revision import SCHEMA_REVISION, is_served_by
from shared.storage.objects import open_store

_SECONDS = 5
_LEAST_VERSION = 180_000
_DEFAULT_POOL = Settings.model_fields["max_connections"].default
_DEFAULT_WORKERS = Settings.model_fields["workers_count"].default


def check_online(configuration: Configuration, *, colours: int) -> Iterator[Finding]:
    """Ask every server that is named. colours: how many sets of processes run at once."""
    yield from _database(configuration, colours)
    yield from _redis(configuration)
    yield from _store(configuration)


def _database(configuration: Configuration, colours: int) -> Iterator[Finding]:
    name = "DATABASE_URL_DIRECT" if configuration.get("DATABASE_URL_DIRECT") else "DATABASE_URL"
    address = configuration.get(name)
    if address is None:
        return
    try:
        with psycopg.connect(with_driver(address, None), connect_timeout=_SECONDS) as connection:
            yield from _tell(name, connection, configuration, colours)
    except psycopg.Error as error:
        said = str(error).strip().splitlines()[0]
        fix = f'psql "${name}" -c "SELECT 1"  # and look at host, password, firewall'
        yield Finding(name, "error", f"leads to no database: {said}", fix)


def _tell(
    name: str, connection: psycopg.Connection, configuration: Configuration, colours: int
) -> Iterator[Finding]:
    if connection.info.server_version < _LEAST_VERSION:
        problem = f"leads to PostgreSQL {connection.info.server_version // 10_000}; 18 is needed"
        yield Finding(name, "error", problem, "move the database to PostgreSQL 18 (pg_dump, pg_restore)")
    host = connection.info.host
    if not connection.pgconn.ssl_in_use and not is_private_host(host):
        problem = f"talks to {host} without TLS"
        yield Finding(name, "error", problem, "append ?sslmode=require")
    yield from _revision(name, connection)
    yield from _connections(connection, configuration, colours)


def _revision(name: str, connection: psycopg.Connection) -> Iterator[Finding]:
    found = connection.execute("SELECT to_regclass('shared.alembic_version')").fetchone()
    row = None
    if found and found[0]:
        row = connection.execute("SELECT version_num FROM shared.alembic_version").fetchone()
    revision = row[0] if row else None
    if not is_served_by(revision):
        problem = f"is at {revision or 'no revision'}, the code needs {SCHEMA_REVISION}"
        yield Finding(name, "warning", problem, "python -m scripts.migrations.run  # a deploy does it first")


def _connections(
    connection: psycopg.Connection, configuration: Configuration, colours: int
) -> Iterator[Finding]:
    found = connection.execute(
        "SELECT name, setting::integer FROM pg_settings WHERE name IN "
        "('max_connections', 'superuser_reserved_connections', 'reserved_connections')"
    ).fetchall()
    settings = {str(name): int(setting) for name, setting in found}
    server = Server(
        settings["max_connections"],
        settings["superuser_reserved_connections"] + settings["reserved_connections"],
    )
    fleet = Fleet(
        max_connections=_number(configuration, "MAX_CONNECTIONS", _DEFAULT_POOL),
        workers_count=_number(configuration, "WORKERS_COUNT", _DEFAULT_WORKERS),
        has_bot=configuration.get("TELEGRAM_BOT_TOKEN") is not None,
        is_pooled=configuration.get("DATABASE_URL_DIRECT") not in {None, configuration.get("DATABASE_URL")},
        colours=colours,
    )
    needed = fleet.needed()
    if not server.is_tight(needed):
        return
    largest = fleet.largest_pool(server.available)
    wanted = 10 * -(-(needed + server.reserved) // 8)
    raised = f"ALTER SYSTEM SET max_connections = {wanted}, and restart the server"
    fix = (
        raised
        if largest is None
        else f"{configuration.place.set('MAX_CONNECTIONS', str(largest))}; or {raised}"
    )
    is_over = needed > server.available
    problem = (
        f"is {fleet.max_connections}: {colours} x all processes open up to {needed} connections, "
        f"the server gives {server.available}"
    )
    yield Finding("MAX_CONNECTIONS", "error" if is_over else "warning", problem, fix)


def _redis(configuration: Configuration) -> Iterator[Finding]:
    address = configuration.get("REDIS_URL")
    if address is None:
        return
    try:
        with redis.Redis.from_url(
            address, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        host = urlsplit(address).hostname
        fix = 'redis-cli -u "$REDIS_URL" ping  # and look at host, password, firewall'
        yield Finding("REDIS_URL", "error", f"gets no answer from {host}: {error}", fix)


def _store(configuration: Configuration) -> Iterator[Finding]:
    """Listing one object shows that bucket, region and keys belong together."""
    bucket = configuration.get("AWS_BUCKET_NAME")
    if bucket is None:
        return
    given = {name.lower(): value for name, value in configuration.values.items()}
    try:
        store = open_store(Settings.model_validate(given)).store
        assert isinstance(store, S3Store)
        asyncio.run(_list_one(store))
    except (BaseError, OSError, ValueError) as error:
        said = str(error).strip().splitlines()[0][:200]
        fix = f"aws s3api list-objects-v2 --bucket {bucket} --max-keys 1  # with the same AWS_* variables"
        yield Finding("AWS_BUCKET_NAME", "error", f"cannot be read: {said}", fix)


async def _list_one(store: S3Store) -> None:
    async with asyncio.timeout(4 * _SECONDS):
        async for _ in obstore.list(store, chunk_size=1):
            return


def _number(configuration: Configuration, name: str, default: int) -> int:
    value = configuration.get(name) or ""
    return int(value) if value.isdecimal() else default
