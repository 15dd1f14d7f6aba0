"""The forecasting service: predictions for sales sent along, stored forecasts, the served model."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from ml.forecasting.predictions import try_out
from ml.forecasting.room import Room
from ml.forecasting.router import forecasts_router, predictions_router
from ml.forecasting.service import JOBS
from ml.registry.router import router as registry_router
from shared.config.settings import Settings, get_settings
from shared.jobs.tracking import jobs_router
from shared.security.tokens import PublicKeys
from shared.web.app import MEBIBYTE, Service, create_app

_PREDICTIONS_AT_ONCE = 2
_PATIENCE_SECONDS = 5.0
_MAXIMUM_BODY_BYTES = 16 * MEBIBYTE


@asynccontextmanager
async def _prediction_room(app: FastAPI) -> AsyncIterator[None]:
    """Makes the room for predictions, and imports the slow libraries beside the start."""
    app.state.prediction_room = Room(_PREDICTIONS_AT_ONCE, patience_seconds=_PATIENCE_SECONDS)
    warming = asyncio.create_task(asyncio.to_thread(try_out, None))
    yield
    await warming


def build(settings: Settings, *, people_keys: PublicKeys | None = None) -> FastAPI:
    """The service's application for given settings; people_keys None asks negocio."""
    service = Service(
        name="ml",
        schema="ml",
        role="app_ml",
        routers=(predictions_router, forecasts_router, registry_router, jobs_router(JOBS)),
        maximum_body_bytes=_MAXIMUM_BODY_BYTES,
        people_keys=people_keys,
        resources=(_prediction_room,),
    )
    return create_app(service, settings)


app = build(get_settings())
