"""What an organisation is told of how the platform is looked after."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.operations import repository
from agente_negocio.operations.repository import JobsState, LastRun


@dataclass(frozen=True, slots=True)
class Operations:
    """None for what never ran. since: when the organisation was made."""

    since: datetime
    backup: LastRun | None
    drill: LastRun | None
    jobs: JobsState


async def read_operations(session: AsyncSession) -> Operations:
    """Since when it is looked after, the last backup, the last restore drill, and the organisation's jobs."""
    runs = await repository.last_runs(session)
    return Operations(
        since=await repository.since(session),
        backup=runs.get("backup"),
        drill=runs.get("restore_drill"),
        jobs=await repository.jobs_state(session),
    )
