"""HTTP endpoints of the stock ledger."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, status

from agente_deposito.stock.rules import MovementFilter, Posting, start_of_day
from agente_deposito.stock.schemas import (
    ExplanationRead,
    IntegrityRead,
    MovementRead,
    MovementsCreate,
    PolicyIn,
    PolicyRead,
    PostedRead,
    ReasonIn,
)
from agente_deposito.stock.service import integrity as books
from agente_deposito.stock.service import moving, telling
from shared.kernel.clock import utc_now
from shared.security.guards import CatalogWriter, StockApprover, StockReader, StockWriter
from shared.security.permissions import Permission
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import Cursor, Limit, cursor_instant, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Instant, Page
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/inventory", tags=["inventory"], route_class=IdempotentRoute)
FromDay = Annotated[date | None, Query(alias="from")]
ToDay = Annotated[date | None, Query(alias="to")]


@router.get("/movements")
async def list_movements(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    caller: StockReader,
    *,
    product_id: UUID | None = None,
    location_id: UUID | None = None,
    posting_id: UUID | None = None,
    first: FromDay = None,
    last: ToDay = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[MovementRead]:
    """The ledger, newest first; `from` and `to` are Argentine days of occurring, both included."""
    keys = decode_cursor(cursor, parts=2)
    wanted = MovementFilter(
        product_id,
        location_id,
        posting_id,
        start_of_day(first, field="from") if first else None,
        start_of_day(last, field="to") + timedelta(days=1) if last else None,
    )
    rows = await telling.list_movements(
        session,
        wanted,
        caller.branch_ids,
        after=(cursor_instant(keys[0]), cursor_uuid(keys[1])) if keys else None,
        limit=limit,
    )
    return page_of(
        rows, limit, read=MovementRead.of, key=lambda row: (row.recorded_at.isoformat(), str(row.id))
    )


@router.post("/movements", status_code=status.HTTP_201_CREATED)
async def move(body: MovementsCreate, session: Session, caller: StockWriter) -> PostedRead:
    """Enter movements by hand, all of them or none."""
    posting = Posting(
        f"movement:{body.id or uuid4()}", body.occurred_at or utc_now(), caller.actor_id, body.note
    )
    lines = [line.to_value() for line in body.lines]
    return PostedRead.of(await moving.move_by_hand(session, posting, lines, caller.branch_ids))


@router.post("/movements/{posting_id}/reverse", status_code=status.HTTP_201_CREATED)
async def reverse(posting_id: UUID, body: ReasonIn, session: Session, caller: StockWriter) -> PostedRead:
    """Undo movements entered by hand, once."""
    posted = await moving.reverse_by_hand(
        session, posting_id, by=caller.actor_id, reason=body.reason, branches=caller.branch_ids
    )
    return PostedRead.of(posted)


@router.get("/explain")
async def explain(  # noqa: PLR0913  the question's parts are these
    session: Session,
    caller: StockReader,
    *,
    product_id: UUID,
    location_id: UUID | None = None,
    at: Instant | None = None,
    first: FromDay = None,
) -> ExplanationRead:
    """How the stock of a product came to be: opening, movements by kind, documents."""
    told = await telling.explain(
        session,
        product_id,
        location_id,
        first=start_of_day(first, field="from") if first else None,
        at=at,
        branches=caller.branch_ids,
    )
    return ExplanationRead.of(told)


@router.get("/policies")
async def list_policies(
    session: Session, caller: StockReader, *, product_id: UUID | None = None
) -> Page[PolicyRead]:
    """Policies on negative stock of single products in single branches."""
    found = await moving.list_policies(session, product_id, caller.branch_ids)
    return Page[PolicyRead](items=[PolicyRead.model_validate(row) for row in found])


@router.put("/policies")
async def set_policy(body: PolicyIn, session: Session, caller: CatalogWriter) -> PolicyIn:
    """Say what a product may do below zero in a branch, or, with null, say nothing of it any more."""
    await moving.set_policy(session, body.product_id, body.branch_id, body.negative_stock, caller.branch_ids)
    return body


@router.get("/integrity")
async def integrity(session: Session, caller: StockReader, nightly: bool = False) -> IntegrityRead:  # noqa: FBT001, FBT002  a query parameter
    """Whether the ledger adds up to the balances: for who may write stock now, else as of last night.

    nightly: as of last night for everybody, without summing anything.
    """
    if not nightly and Permission.WRITE_STOCK in caller.permissions:
        return IntegrityRead.of(await books.check_integrity(session, caller.branch_ids))
    return IntegrityRead.of(await books.integrity_of_last_night(session, caller.branch_ids))


@router.post("/integrity/rebuild")
async def rebuild(session: Session, caller: StockApprover) -> IntegrityRead:
    """Make balances that differ what the ledger says; tells what was wrong before."""
    return IntegrityRead.of(await books.rebuild(session, caller.branch_ids, by=caller.actor_id))
