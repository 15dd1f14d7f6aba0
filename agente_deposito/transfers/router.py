"""HTTP endpoints of transfers."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from agente_deposito.stock.rules import Actor
from agente_deposito.stock.schemas import ReasonIn
from agente_deposito.transfers import service
from agente_deposito.transfers.rules import Transfer, TransferFilter, TransferStatus
from agente_deposito.transfers.schemas import ReceiveIn, ShipIn, TransferCreate, TransferRead
from shared.security.guards import StockReader, StockWriter
from shared.security.tokens import Caller
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import Cursor, Limit, cursor_instant, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Page
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/transfers", tags=["transfers"], route_class=IdempotentRoute)


@router.get("")
async def list_transfers(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    caller: StockReader,
    *,
    status: TransferStatus | None = None,
    branch_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TransferRead]:
    """Transfers from and to the caller's branches, newest first."""
    keys = decode_cursor(cursor, parts=2)
    found = await service.list_transfers(
        session,
        caller.branch_ids,
        TransferFilter(status, branch_id),
        after=(cursor_instant(keys[0]), cursor_uuid(keys[1])) if keys else None,
        limit=limit,
    )
    return page_of(found, limit, read=_read, key=lambda one: (one.created_at.isoformat(), str(one.id)))


@router.post("", status_code=status.HTTP_201_CREATED)
async def ask_for(
    body: TransferCreate, session: Session, caller: StockWriter, response: Response
) -> TransferRead:
    """A draft of what is to be sent; 200 for a repeat. Nothing moves yet."""
    made, is_replay = await service.ask_for(session, body.to_value(), _actor(caller))
    if is_replay:
        response.status_code = status.HTTP_200_OK
    return _read(made)


@router.get("/{transfer_id}")
async def read(transfer_id: UUID, session: Session, caller: StockReader) -> TransferRead:
    """One transfer."""
    return _read(await service.read(session, transfer_id, caller.branch_ids))


@router.post("/{transfer_id}/ship")
async def ship(transfer_id: UUID, body: ShipIn, session: Session, caller: StockWriter) -> TransferRead:
    """The goods leave and are under way."""
    return _read(await service.ship(session, transfer_id, body.counted(), _actor(caller)))


@router.post("/{transfer_id}/receive")
async def receive(transfer_id: UUID, body: ReceiveIn, session: Session, caller: StockWriter) -> TransferRead:
    """The goods arrive; every difference is settled with its reason."""
    return _read(await service.receive(session, transfer_id, body.counted(), _actor(caller)))


@router.post("/{transfer_id}/undo")
async def undo(transfer_id: UUID, body: ReasonIn, session: Session, caller: StockWriter) -> TransferRead:
    """Take the last step back."""
    return _read(await service.undo(session, transfer_id, body.reason, _actor(caller)))


@router.post("/{transfer_id}/cancel")
async def cancel(transfer_id: UUID, body: ReasonIn, session: Session, caller: StockWriter) -> TransferRead:
    """Give up a draft."""
    return _read(await service.cancel(session, transfer_id, body.reason, _actor(caller)))


def _actor(caller: Caller) -> Actor:
    return Actor(caller.actor_id, caller.branch_ids)


def _read(one: Transfer) -> TransferRead:
    return TransferRead.model_validate(one)
