"""Looks at what a worker tells Prometheus and no job of its own changes, e.g. how old the last backup is."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.jobs.resources import Resources
from shared.observability.metrics import (
    DATABASE_SIZE,
    OPERATION_LAST_OK,
    OPERATION_SUCCEEDED,
    STORAGE_FREE,
    STORAGE_SIZE,
)

log = structlog.get_logger()

Look = Callable[[Resources], Awaitable[None]]
SECONDS_BETWEEN_LOOKS = 30.0
# Told from the start: one that never ran is as old as can be.
_EXPECTED = ("backup", "restore_drill")
_OPERATIONS = text("""
SELECT kind, extract(epoch FROM max(finished_at) FILTER (WHERE ok)) AS last_ok,
       (array_agg(ok ORDER BY started_at DESC))[1] AS succeeded
FROM shared.operation_run WHERE finished_at > now() - interval '400 days' GROUP BY kind""")
_DATABASE_SIZE = text("SELECT pg_database_size(current_database())")


async def watch_for_ever(looks: Sequence[Look], resources: Resources) -> None:
    """Look at once and then again and again; what cannot be seen now is looked at next time."""
    while True:
        for look in looks:
            try:
                await look(resources)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("watch.failed", look=look.__name__, error=type(error).__name__)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def look_at_operations(resources: Resources) -> None:
    """When each kind of operation last went well, and whether its last run did."""
    async with resources.database.transaction(None) as session:
        found = {row.kind: row for row in await session.execute(_OPERATIONS)}
    for kind in {*_EXPECTED, *found}:
        row = found.get(kind)
        OPERATION_LAST_OK.labels(kind).set(row.last_ok or 0 if row else 0)
        OPERATION_SUCCEEDED.labels(kind).set(1 if row and row.succeeded else 0)


async def look_at_database(resources: Resources) -> None:
    """How large the database is; how much room is left, only its server or its host knows."""
    async with resources.database.transaction(None) as session:
        DATABASE_SIZE.set(await session.scalar(_DATABASE_SIZE) or 0)


async def look_at_storage(resources: Resources) -> None:
    """How much room is left where papers are kept; a bucket has no end."""
    settings = resources.settings
    if settings.aws_bucket_name is None and settings.storage_path.exists():
        usage = await asyncio.to_thread(shutil.disk_usage, settings.storage_path)
        STORAGE_SIZE.set(usage.total)
        STORAGE_FREE.set(usage.free)
