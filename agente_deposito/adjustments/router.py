"""HTTP endpoints of adjustments and of the limit above which they wait."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from agente_deposito.adjustments import service
from agente_deposito.adjustments.rules import Adjustment, AdjustmentStatus
from agente_deposito.adjustments.schemas import AdjustmentRead, AdjustmentsCreate, DecisionIn, StockSettings
from agente_deposito.adjustments.service import Actor
from agente_deposito.stock.schemas import PostedRead, ReasonIn
from shared.security.guards import StockApprover, StockReader, StockWriter
from shared.security.permissions import Permission
from shared.security.tokens import Caller
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import Cursor, Limit, cursor_instant, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Page
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/inventory", tags=["inventory"], route_class=IdempotentRoute)


@router.post(
    "/adjustments",
    status_code=status.HTTP_201_CREATED,
    responses={202: {"model": AdjustmentRead, "description": "Waits for approval: nothing moved yet."}},
    response_model=PostedRead | AdjustmentRead,
)
async def adjust(
    body: AdjustmentsCreate, session: Session, caller: StockWriter, response: Response
) -> PostedRead | AdjustmentRead:
    """Correct the books of a place by differences, or bring them to what was counted.

    Above the organisation's limit it waits (202) until somebody who may approves it.
    """
    done = await service.adjust(session, body.to_value(), _actor(caller))
    if isinstance(done, Adjustment):
        response.status_code = status.HTTP_202_ACCEPTED
        return _read(done)
    return PostedRead.of_count(done)


@router.get("/adjustments")
async def list_adjustments(
    session: Session,
    caller: StockReader,
    *,
    status: AdjustmentStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AdjustmentRead]:
    """Adjustments that wait for approval, or waited, newest first; the others are movements."""
    keys = decode_cursor(cursor, parts=2)
    found = await service.list_adjustments(
        session,
        caller.branch_ids,
        status=status,
        after=(cursor_instant(keys[0]), cursor_uuid(keys[1])) if keys else None,
        limit=limit,
    )
    return page_of(found, limit, read=_read, key=lambda one: (one.requested_at.isoformat(), str(one.id)))


@router.get("/adjustments/{adjustment_id}")
async def read(adjustment_id: UUID, session: Session, caller: StockReader) -> AdjustmentRead:
    """One adjustment that waits for approval, or waited."""
    return _read(await service.read(session, adjustment_id, caller.branch_ids))


@router.post("/adjustments/{adjustment_id}/approve")
async def approve(
    adjustment_id: UUID, body: DecisionIn, session: Session, caller: StockApprover
) -> AdjustmentRead:
    """Do it, in the name of who asked."""
    return _read(await service.approve(session, adjustment_id, body.note, _actor(caller)))


@router.post("/adjustments/{adjustment_id}/reject")
async def reject(
    adjustment_id: UUID, body: ReasonIn, session: Session, caller: StockApprover
) -> AdjustmentRead:
    """Refuse it for good."""
    return _read(await service.reject(session, adjustment_id, body.reason, _actor(caller)))


@router.get("/settings")
async def read_settings(session: Session, _caller: StockReader) -> StockSettings:
    """How the books may be corrected."""
    return StockSettings(adjustment_limit=await service.read_limit(session))


@router.put("/settings")
async def change_settings(body: StockSettings, session: Session, _caller: StockApprover) -> StockSettings:
    """Change it."""
    await service.set_limit(session, body.adjustment_limit)
    return body


def _actor(caller: Caller) -> Actor:
    return Actor(caller.actor_id, caller.branch_ids, Permission.APPROVE_STOCK in caller.permissions)


def _read(one: Adjustment) -> AdjustmentRead:
    return AdjustmentRead.model_validate(one)
