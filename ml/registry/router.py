"""HTTP endpoint of the served model's facts."""

from fastapi import APIRouter, Request

from ml.registry import service
from ml.registry.schemas import ModelInfo
from shared.database.session import Database
from shared.security.guards import AnyoneCounted
from shared.web.session import transaction_of

router = APIRouter(prefix="/model", tags=["model"])


@router.get("/info")
async def model_info(request: Request, caller: AnyoneCounted) -> ModelInfo:
    """Name, version and accuracy: on the caller's own sales when signed in, else on reference data."""
    if caller is None:
        return ModelInfo.of(await service.served_model(None))
    database: Database = request.app.state.database
    async with transaction_of(database, caller) as session:
        return ModelInfo.of(await service.served_model(session))
