"""What the warehouse does when it hears of a branch."""

from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.service.places import open_shop
from shared.events.contracts import BranchOpened
from shared.jobs.worker import Worker


def register(worker: Worker) -> None:
    """Subscribe to the facts of branches."""
    worker.subscribe("deposito.open_location", BranchOpened, _open_location)


async def _open_location(session: AsyncSession, fact: BranchOpened) -> None:
    await open_shop(session, fact.branch_id, fact.branch_name)
