"""What the overview does at night: note how the day ended."""

from typing import Any

from agente_deposito.overview.service import close_days
from shared.jobs.worker import Running, Worker

CLOSE = "deposito.close_days"


def register(worker: Worker) -> None:
    """The nightly task, at 0:20 in Argentina."""
    worker.task(CLOSE, note_days)
    worker.nightly(CLOSE, cron="20 3 * * *")


async def note_days(running: Running, _args: dict[str, Any]) -> None:
    """Note how the last days ended, where it is not noted yet."""
    async with running.resources.database.transaction(running.organisation_id) as session:
        await close_days(session)
