"""HTTP endpoints of sales."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from agente_deposito.sales import service
from agente_deposito.sales.schemas import (
    BatchRead,
    DayRead,
    HourRead,
    SaleCreate,
    SaleRead,
    SalesBatch,
    SaleSummaryRead,
    SeriesRead,
    SummaryRead,
    VoidIn,
)
from agente_deposito.sales.service import Recorder
from shared.security.guards import SalesReader, Seller
from shared.web.idempotency import IdempotentRoute
from shared.web.paging import (
    Cursor,
    Limit,
    cursor_instant,
    cursor_uuid,
    decode_cursor,
    encode_cursor,
    page_of,
)
from shared.web.schemas import Page
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/sales", tags=["sales"], route_class=IdempotentRoute)
FromDay = Annotated[date, Query(alias="from")]
ToDay = Annotated[date, Query(alias="to")]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"description": "replayed"}, 409: {"description": "sale.id_reused, stock.insufficient"}},
)
async def record(body: SaleCreate, session: Session, caller: Seller, response: Response) -> SaleRead:
    """Record a sale; sent again it answers 200 and moves nothing."""
    recorder = Recorder(caller.actor_id, caller.branch_ids)
    recorded = await service.record_sale(session, body.to_command(), recorder)
    if recorded.is_replay:
        response.status_code = status.HTTP_200_OK
    return SaleRead.of_recorded(recorded)


@router.post("/batch")
async def record_batch(body: SalesBatch, session: Session, caller: Seller) -> BatchRead:
    """Record up to 500 sales; each gets a verdict of its own."""
    recorder = Recorder(caller.actor_id, caller.branch_ids)
    commands = [sale.to_command() for sale in body.sales if isinstance(sale, SaleCreate)]
    return BatchRead.of(body.sales, await service.record_batch(session, commands, recorder))


@router.get("")
async def list_sales(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    caller: SalesReader,
    *,
    branch_id: UUID | None = None,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SaleSummaryRead]:
    """Sales, the latest first; `from` and `to` are Argentine days, both included."""
    keys = decode_cursor(cursor, parts=2)
    rows = await service.list_sales(
        session,
        caller.branch_ids,
        branch_id=branch_id,
        first=first,
        last=last,
        after=(cursor_instant(keys[0]), cursor_uuid(keys[1])) if keys else None,
        limit=limit,
    )
    return page_of(
        rows, limit, read=SaleSummaryRead.of, key=lambda row: (row.occurred_at.isoformat(), str(row.id))
    )


@router.get("/summary")
async def summarise(
    session: Session, caller: SalesReader, *, first: FromDay, last: ToDay, branch_id: UUID | None = None
) -> SummaryRead:
    """What was sold by day and by hour of the week."""
    days, hours = await service.summarise(
        session, caller.branch_ids, branch_id=branch_id, first=first, last=last
    )
    return SummaryRead(
        days=[DayRead.model_validate(day) for day in days],
        hours=[HourRead.model_validate(hour) for hour in hours],
    )


@router.get("/daily")
async def daily(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    caller: SalesReader,
    *,
    first: FromDay,
    last: ToDay,
    branch_id: UUID | None = None,
    product_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    cursor: Cursor = None,
) -> Page[SeriesRead]:
    """Units sold per product, branch and day, and whether there was stock: what forecasts learn from."""
    keys = decode_cursor(cursor, parts=2)
    series, more = await service.daily_series(
        session,
        caller.branch_ids,
        first=first,
        last=last,
        branch_id=branch_id,
        product_id=product_id,
        after=(cursor_uuid(keys[0]), cursor_uuid(keys[1])) if keys else None,
        limit=limit,
    )
    return Page[SeriesRead](
        items=[SeriesRead.of(one) for one in series],
        next_cursor=encode_cursor(str(more[0]), str(more[1])) if more else None,
    )


@router.get("/{sale_id}")
async def read(sale_id: UUID, session: Session, caller: SalesReader) -> SaleRead:
    """One sale."""
    return SaleRead.of_view(await service.read_sale(session, sale_id, caller.branch_ids))


@router.post("/{sale_id}/void")
async def void(sale_id: UUID, body: VoidIn, session: Session, caller: Seller) -> SaleRead:
    """Undo a sale: its goods come back at the cost they left with."""
    recorder = Recorder(caller.actor_id, caller.branch_ids)
    return SaleRead.of_view(await service.void_sale(session, sale_id, body.reason, recorder))
