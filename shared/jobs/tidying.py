"""Forgets each night what served its time: old keys of repeated requests, ended sign-ins, finished jobs."""

import structlog
from sqlalchemy import text

from shared.jobs.worker import Resources, Worker

log = structlog.get_logger()

# 4:40 in Argentina, when shops are closed.
_CRON = "40 7 * * *"
_ROWS_AT_ONCE = 5_000


def register(worker: Worker, *, schema: str) -> None:
    """Give a service's worker the tidying of its schema and of the queue."""

    async def tidy(resources: Resources) -> None:
        for place in (schema, "jobs"):
            log.info("tidied", schema=place, rows=await _forget(resources, place))

    worker.nightly_once(f"{schema}.tidy", tidy, cron=_CRON)


async def _forget(resources: Resources, place: str) -> int:
    """In small transactions, so that nobody waits for locks. What is old is said by the function itself."""
    statement = text(f"SELECT {place}.forget_old(:most)")
    forgotten = 0
    while True:
        async with resources.database.transaction(None) as session:
            part = int(await session.scalar(statement, {"most": _ROWS_AT_ONCE}) or 0)
        if part == 0:
            return forgotten
        forgotten += part
