"""HTTP endpoints of how the stock stands."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from agente_deposito.catalog.rules.codes import canonical_code
from agente_deposito.overview import service
from agente_deposito.overview.rules import Direction, Order, StockFilter, StockSort, StockState
from agente_deposito.overview.schemas import CloseRead, ClosesRead, StatsRead, StockPage
from shared.security.errors import ForbiddenError
from shared.security.guards import AnyoneCounted, StockReader
from shared.security.permissions import Permission
from shared.web.paging import (
    BadCursorError,
    Cursor,
    Limit,
    cursor_decimal,
    cursor_uuid,
    decode_cursor,
    encode_cursor,
)
from shared.web.schemas import Instant, SearchText
from shared.web.session import DatabaseHandle, Session, transaction_of

router = APIRouter(prefix="/api/v1/inventory", tags=["inventory"])
_NOBODY: frozenset[UUID] = frozenset()


@router.get("/stats")
async def stats(database: DatabaseHandle, caller: AnyoneCounted, branch_id: UUID | None = None) -> StatsRead:
    """The stock in a few figures. Without a token: zeros, which proves that the database answers."""
    if caller is None:
        async with database.transaction(None) as session:
            found = await service.figures(session, _NOBODY, branch_id=branch_id)
        return StatsRead.of(found, scope="anonymous")
    if Permission.READ_STOCK not in caller.permissions:
        raise ForbiddenError(Permission.READ_STOCK)
    async with transaction_of(database, caller) as session:
        found = await service.figures(session, caller.branch_ids, branch_id=branch_id)
    return StatsRead.of(found, scope="organisation")


@router.get("/history")
async def history(
    session: Session,
    caller: StockReader,
    *,
    branch_id: UUID | None = None,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> ClosesRead:
    """How the last days ended, noted each night."""
    found = await service.list_closes(session, caller.branch_ids, branch_id=branch_id, days=days)
    return ClosesRead(items=[CloseRead.model_validate(row) for row in found])


@router.get("/stock")
async def list_stock(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    caller: StockReader,
    *,
    q: SearchText | None = None,
    branch_id: UUID | None = None,
    location_id: UUID | None = None,
    product_id: UUID | None = None,
    state: StockState | None = None,
    sort: StockSort = StockSort.NAME,
    direction: Direction | None = None,
    at: Instant | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> StockPage:
    """Stock per product: on hand, pace, cover, price, cost, value; `at` tells a past instant."""
    wanted = StockFilter(
        q=q or None,
        codes=(canonical_code(q),) if q else (),
        branch_id=branch_id,
        location_id=location_id,
        product_id=product_id,
        state=state,
        at=at,
    )
    order = Order(sort, direction or _usual(sort), _after(cursor, sort), limit)
    found = await service.list_stock(session, wanted, order, caller.branch_ids)
    following = _cursor(found.rows[limit - 1], sort) if len(found.rows) > limit else None
    return StockPage.of(found, limit=limit, next_cursor=following)


def _usual(sort: StockSort) -> Direction:
    return Direction.ASC if sort in {StockSort.NAME, StockSort.COVER_DAYS} else Direction.DESC


def _after(cursor: str | None, sort: StockSort) -> tuple[str | Decimal, UUID] | None:
    keys = decode_cursor(cursor, parts=3)
    if keys is None:
        return None
    if keys[0] != sort:
        raise BadCursorError("A cursor of another order.", fields=("cursor",))
    key = keys[1] if sort is StockSort.NAME else cursor_decimal(keys[1])
    return key, cursor_uuid(keys[2])


def _cursor(row: Any, sort: StockSort) -> str:
    return encode_cursor(sort.value, str(row.sort_key), str(row.product_id))
