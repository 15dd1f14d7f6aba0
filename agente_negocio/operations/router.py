"""HTTP endpoint of how the platform is looked after."""

from fastapi import APIRouter

from agente_negocio.operations import service
from agente_negocio.operations.schemas import OperationsRead
from shared.security.guards import OperationsReader
from shared.web.guarded import GuardedRoute
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/operations", tags=["operations"], route_class=GuardedRoute)


@router.get("")
async def operations(session: Session, _caller: OperationsReader) -> OperationsRead:
    """The last backup and restore drill of the platform, and the organisation's own jobs."""
    return OperationsRead.from_operations(await service.read_operations(session))
