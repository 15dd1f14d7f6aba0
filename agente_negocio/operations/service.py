"""What an organisation is told of how the platform is looked after."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.operations import repository
from agente_negocio.operations.repository import JobsState, LastRun


@dataclass(frozen=True, slots=True)
class Operations:
    """None for what never ran."""

    backup: LastRun | None
    drill: LastRun | None
    jobs: JobsState


async def read_operations(session: AsyncSession) -> Operations:
    """The last backup, the last restore drill, and the organisation's own jobs."""
    runs = await repository.last_runs(session)
    return Operations(runs.get("backup"), runs.get("restore_drill"), await repository.jobs_state(session))
