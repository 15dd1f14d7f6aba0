"""What the warehouse does at night: check the books, prepare the months ahead."""

from typing import Any

from agente_deposito.stock.service.integrity import check_nightly, ledgers, prepare_months
from shared.jobs.resources import Resources
from shared.jobs.worker import Running, Worker
from shared.observability.metrics import LEDGERS_CHECKED, LEDGERS_OLDEST_CHECK, LEDGERS_WRONG

CHECK = "deposito.check_ledger"
PREPARE = "deposito.prepare_months"


def register(worker: Worker) -> None:
    """The nightly tasks, at 3:10 and 3:40 in Argentina."""
    worker.task(CHECK, check_ledger)
    worker.nightly(CHECK, cron="10 6 * * *")
    worker.watch(look_at_ledgers)
    worker.nightly_once(PREPARE, prepare_partitions, cron="40 6 * * *")


async def check_ledger(running: Running, _args: dict[str, Any]) -> None:
    """Sum an organisation's ledger again and compare it with its balances."""
    async with running.resources.database.transaction(running.organisation_id) as session:
        await check_nightly(session)


async def prepare_partitions(resources: Resources) -> None:
    """Make the ledger's partitions for a year ahead; all organisations share them."""
    async with resources.database.transaction(None) as session:
        await prepare_months(session)


async def look_at_ledgers(resources: Resources) -> None:
    """Tell how the ledgers of all organisations stood when they were last checked."""
    async with resources.database.transaction(None) as session:
        found = await ledgers(session)
    LEDGERS_CHECKED.set(found.organisations)
    LEDGERS_WRONG.set(found.wrong)
    LEDGERS_OLDEST_CHECK.set(found.oldest_check.timestamp() if found.oldest_check else 0)
