"""HTTP endpoints of predictions and of stored forecasts."""

import asyncio
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, status
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from ml.forecasting import predictions, service
from ml.forecasting.nightly import HORIZON_DAYS
from ml.forecasting.room import Room
from ml.forecasting.schemas.predictions import (
    DemandRequest,
    PredictionsHealth,
    PredictionsRead,
    ServingRequest,
    TrialAnswer,
    TrialRequest,
)
from ml.forecasting.schemas.stored import (
    AccuracyAnswer,
    DayTotalRead,
    ForecastRead,
    RunQueued,
    RunRequest,
    TotalRead,
)
from ml.registry.rules import MODEL_NAME, MODEL_VERSION
from shared.kernel.clock import business_date, utc_now
from shared.security.errors import ForbiddenError
from shared.security.guards import AnyoneCounted, ForecastReader, ForecastRunner, PublicProbe
from shared.security.tokens import Caller
from shared.web.guarded import GuardedRoute
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import Cursor, Limit, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Page
from shared.web.session import Session

predictions_router = APIRouter(tags=["predictions"], route_class=GuardedRoute)
forecasts_router = APIRouter(prefix="/api/v1/forecasts", tags=["forecasts"], route_class=IdempotentRoute)

Horizon = Annotated[int, Query(ge=1, le=HORIZON_DAYS)]


@predictions_router.get("/api/v1/predictions/health")
async def predictions_health(_probe: PublicProbe) -> PredictionsHealth:
    """Which model answers here."""
    return PredictionsHealth(status="healthy", model=MODEL_NAME, version=MODEL_VERSION)


@predictions_router.post("/api/v1/predictions/test")
async def try_predictions(
    request: Request, _probe: PublicProbe, body: TrialRequest | None = None
) -> TrialAnswer:
    """Forecast a week of the given sales, or of a built-in series."""
    async with _room(request):
        return await asyncio.to_thread(predictions.try_out, body.test_data if body else None)


@predictions_router.post("/api/v1/predictions/demand")
async def predict_demand(request: Request, caller: AnyoneCounted, body: DemandRequest) -> PredictionsRead:
    """Forecast with quantiles for products whose sales come with the request; stores nothing."""
    async with _room(request):
        return await asyncio.to_thread(predictions.predict, body, _allowance(caller))


@predictions_router.post("/predict")
async def serve(request: Request, caller: AnyoneCounted, body: ServingRequest) -> PredictionsRead:
    """The same in the shapes of MLflow's scoring server."""
    part, products = body.plain_products()
    options = body.params.model_dump()
    if body.horizon is not None:
        options["horizon"] = body.horizon
    try:
        wanted = DemandRequest.model_validate({**options, "products": products})
    except ValidationError as error:
        found = [{**entry, "loc": ("body", part, *entry["loc"][1:])} for entry in error.errors()]
        raise RequestValidationError(found) from error
    async with _room(request):
        return await asyncio.to_thread(predictions.predict, wanted, _allowance(caller))


def _allowance(caller: Caller | None) -> predictions.Allowance:
    return predictions.FOR_ANYONE if caller is None else predictions.FOR_PEOPLE


def _room(request: Request) -> AbstractAsyncContextManager[None]:
    room: Room = request.app.state.prediction_room
    return room.place()


@forecasts_router.get("")
async def list_forecasts(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    caller: ForecastReader,
    *,
    product_id: UUID | None = None,
    branch_id: UUID | None = None,
    horizon: Horizon = HORIZON_DAYS,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ForecastRead]:
    """Stored forecasts of the newest run, with the sales and stock-outs they were made from."""
    after = decode_cursor(cursor, parts=2)
    found = await service.current_forecasts(
        session,
        product_id=product_id,
        branch_ids=_branches(caller, branch_id),
        after=(cursor_uuid(after[0]), cursor_uuid(after[1])) if after else None,
        limit=limit,
    )
    return page_of(
        found,
        limit,
        read=partial(ForecastRead.of, horizon=horizon),
        key=lambda stored: (str(stored.branch_id), str(stored.product_id)),
    )


@forecasts_router.get("/total")
async def read_total(
    session: Session, caller: ForecastReader, *, branch_id: UUID | None = None, horizon: Horizon = 7
) -> TotalRead:
    """Units that will be sold in all, per day from today on."""
    days = await service.total_forecast(
        session,
        branch_ids=_branches(caller, branch_id),
        today=business_date(utc_now()),
        horizon=horizon,
    )
    return TotalRead(
        days=[DayTotalRead.of(one.day, units=one.units, low=one.low, high=one.high) for one in days]
    )


@forecasts_router.get("/accuracy")
async def read_accuracy(
    session: Session,
    caller: ForecastReader,
    *,
    by: Literal["branch", "method", "pattern"] = "branch",
    branch_id: UUID | None = None,
) -> AccuracyAnswer:
    """How near past forecasts were, beside "as last week"."""
    found = await service.accuracy(session, by=by, branch_ids=_branches(caller, branch_id))
    return AccuracyAnswer.of(
        found.run.made_on if found.run else None,
        found.run.finished_at if found.run else None,
        found.overall,
        found.groups,
    )


@forecasts_router.post("/run", status_code=status.HTTP_202_ACCEPTED)
async def run_forecasts(
    session: Session, _caller: ForecastRunner, _body: RunRequest | None = None
) -> RunQueued:
    """Forecast everything anew from the sales there are now."""
    job_id = await service.request_run(session)
    return RunQueued(job_id=service.JOBS.public_id(job_id), status_url=service.JOBS.status_url(job_id))


def _branches(caller: Caller, branch_id: UUID | None) -> Collection[UUID] | None:
    """The branches a caller sees of those asked for; None means every branch."""
    if branch_id is None:
        return caller.branch_ids
    if caller.branch_ids is not None and branch_id not in caller.branch_ids:
        raise ForbiddenError("branch")
    return (branch_id,)
