"""HTTP endpoints of reservations."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from agente_deposito.reservations import service
from agente_deposito.reservations.rules import Reservation, ReservationStatus
from agente_deposito.reservations.schemas import HandOver, ReservationCreate, ReservationRead
from agente_deposito.stock.rules import Actor
from agente_deposito.stock.schemas import PostedRead, ReasonIn
from shared.security.guards import StockReader, StockWriter
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import Cursor, Limit, cursor_instant, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Page
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/reservations", tags=["reservations"], route_class=IdempotentRoute)


@router.get("")
async def list_reservations(
    session: Session,
    caller: StockReader,
    *,
    status: ReservationStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ReservationRead]:
    """Reservations, newest first."""
    keys = decode_cursor(cursor, parts=2)
    found = await service.list_reservations(
        session,
        caller.branch_ids,
        status=status,
        after=(cursor_instant(keys[0]), cursor_uuid(keys[1])) if keys else None,
        limit=limit,
    )
    return page_of(found, limit, read=_read, key=lambda one: (one.created_at.isoformat(), str(one.id)))


@router.post("", status_code=status.HTTP_201_CREATED)
async def reserve(
    body: ReservationCreate, session: Session, caller: StockWriter, response: Response
) -> ReservationRead:
    """Promise goods that are there: all lines or none; 200 for a repeat."""
    actor = Actor(caller.actor_id, caller.branch_ids)
    made, is_replay = await service.reserve(session, body.to_value(), actor)
    if is_replay:
        response.status_code = status.HTTP_200_OK
    return _read(made)


@router.get("/{reservation_id}")
async def read(reservation_id: UUID, session: Session, caller: StockReader) -> ReservationRead:
    """One reservation."""
    return _read(await service.read(session, reservation_id, caller.branch_ids))


@router.post("/{reservation_id}/commit")
async def commit(reservation_id: UUID, body: HandOver, session: Session, caller: StockWriter) -> PostedRead:
    """The promised goods leave."""
    actor = Actor(caller.actor_id, caller.branch_ids)
    return PostedRead.of(await service.hand_over(session, reservation_id, body.reason, body.note, actor))


@router.post("/{reservation_id}/release")
async def release(reservation_id: UUID, session: Session, caller: StockWriter) -> ReservationRead:
    """Give the goods up."""
    actor = Actor(caller.actor_id, caller.branch_ids)
    return _read(await service.release(session, reservation_id, actor))


@router.post("/{reservation_id}/reverse")
async def reverse(reservation_id: UUID, body: ReasonIn, session: Session, caller: StockWriter) -> PostedRead:
    """What was handed over comes back."""
    actor = Actor(caller.actor_id, caller.branch_ids)
    return PostedRead.of(await service.take_back(session, reservation_id, body.reason, actor))


def _read(one: Reservation) -> ReservationRead:
    return ReservationRead.model_validate(one)
