"""What the warehouse does with reservations at night."""

from typing import Any

from agente_deposito.reservations.service import end_expired
from shared.jobs.worker import Running, Worker

TIDY = "deposito.end_reservations"


def register(worker: Worker) -> None:
    """The nightly task, at 3:50 in Argentina."""
    worker.task(TIDY, end_reservations)
    worker.nightly(TIDY, cron="50 6 * * *")


async def end_reservations(running: Running, _args: dict[str, Any]) -> None:
    """Mark those whose time was up."""
    async with running.resources.database.transaction(running.organisation_id) as session:
        await end_expired(session)
