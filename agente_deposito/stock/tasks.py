"""What the warehouse does at night: check the books, prepare the months ahead."""

from typing import Any

from agente_deposito.stock.service import check_nightly, prepare_months
from shared.jobs.worker import Running, Worker

CHECK = "deposito.check_ledger"
PREPARE = "deposito.prepare_months"


def register(worker: Worker) -> None:
    """The nightly tasks, at 3:10 and 3:40 in Argentina."""
    worker.task(CHECK, check_ledger)
    worker.nightly(CHECK, cron="10 6 * * *")
    worker.task(PREPARE, prepare_partitions)
    worker.nightly(PREPARE, cron="40 6 * * *")


async def check_ledger(running: Running, _args: dict[str, Any]) -> None:
    """Sum an organisation's ledger again and compare it with its balances."""
    async with running.resources.database.transaction(running.organisation_id) as session:
        await check_nightly(session)


async def prepare_partitions(running: Running, _args: dict[str, Any]) -> None:
    """Make the ledger's partitions for a year ahead; with nothing to do it costs a look."""
    async with running.resources.database.transaction(running.organisation_id) as session:
        await prepare_months(session)
