"""Every query on what was done to the platform and on the organisation's jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# The newest of each kind, and when one last went well.
_LAST_RUNS = text("""
SELECT DISTINCT ON (run.kind) run.kind, run.started_at, run.finished_at, run.ok, run.facts,
  (SELECT max(good.started_at) FROM shared.operation_run AS good
   WHERE good.kind = run.kind AND good.ok) AS last_good_at
FROM shared.operation_run AS run
WHERE run.kind IN ('backup', 'restore_drill') AND run.finished_at IS NOT NULL
ORDER BY run.kind, run.started_at DESC""")
_JOBS = text("SELECT waiting, failed, oldest FROM jobs.state()")
_SINCE = text("SELECT created_at FROM auth.organisation")


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest finished run of a kind. last_good_at: of the newest that went well."""

    started_at: datetime
    finished_at: datetime
    ok: bool
    facts: Mapping[str, Any]
    last_good_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobsState:
    """The organisation's jobs. oldest: since when the longest waiting one has been due."""

    waiting: int
    failed: int
    oldest: datetime | None


async def last_runs(session: AsyncSession) -> dict[str, LastRun]:
    """By kind; a kind that never ran is not there."""
    rows = (await session.execute(_LAST_RUNS)).all()
    return {
        row.kind: LastRun(row.started_at, row.finished_at, row.ok, row.facts, row.last_good_at)
        for row in rows
    }


async def jobs_state(session: AsyncSession) -> JobsState:
    """Of the session's organisation."""
    row = (await session.execute(_JOBS)).one()
    return JobsState(row.waiting, row.failed, row.oldest)


async def since(session: AsyncSession) -> datetime:
    """When the session's organisation was made."""
    made: datetime = (await session.execute(_SINCE)).scalar_one()
    return made
