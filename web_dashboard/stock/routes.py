"""The stock list and a product's page."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from shared.clients.deposito_models import Location, MovementPage, StockRow
from web_dashboard.peers import or_none
from web_dashboard.rendering import fragment, page, wants_fragment
from web_dashboard.stock.view_models import COLUMNS, PER_PAGE, STATES, StockQuery, history_view
from web_dashboard.visitor import CurrentVisitor, Visitor

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Query(max_length=200)]


@router.get("/stock")
async def stock(
    request: Request, visitor: CurrentVisitor, asked: Annotated[StockQuery, Query()]
) -> HTMLResponse:
    """Every product: searched, filtered by state, sorted, page by page."""
    listing = asked.to_listing()
    found = await or_none(
        visitor.clients.deposito.stock(
            q=listing.q,
            branch_id=visitor.branch_id,
            state=listing.state,
            sort=listing.sort,
            direction=listing.direction,
            limit=PER_PAGE,
            cursor=listing.cursor,
        )
    )
    context: dict[str, Any] = {"listing": listing, "found": found, "columns": COLUMNS, "states": STATES}
    if wants_fragment(request):
        return fragment(request, visitor, "stock/_table.html", **context)
    return await page(request, visitor, "stock/page.html", section="stock", **context)


@router.get("/stock/{product_id}")
async def product(
    request: Request, visitor: CurrentVisitor, product_id: UUID, cursor: Word = "", lugar: UUID | None = None
) -> HTMLResponse:
    """One product: what there is, where, and how that came to be."""
    deposito = visitor.clients.deposito
    about, stocked, locations, movements = await asyncio.gather(
        deposito.product(product_id),
        or_none(deposito.stock(product_id=product_id, branch_id=visitor.branch_id, limit=1)),
        or_none(deposito.locations()),
        or_none(deposito.movements(product_id=product_id, location_id=lugar, cursor=cursor or None)),
    )
    history = history_view(movements, now=request.app.state.clock()) if movements else None
    context: dict[str, Any] = {
        "product": about,
        "history": history,
        "next_cursor": _next(movements),
        "location_id": lugar,
    }
    if wants_fragment(request):
        return fragment(request, visitor, "stock/_history.html", **context)
    places = await _places(visitor, product_id, locations or [])
    return await page(
        request,
        visitor,
        "stock/product.html",
        section="stock",
        row=stocked.items[0] if stocked and stocked.items else None,
        stock_failed=stocked is None,
        places=places,
        **context,
    )


def _next(movements: MovementPage | None) -> str | None:
    return movements.next_cursor if movements else None


async def _places(
    visitor: Visitor, product_id: UUID, locations: list[Location]
) -> list[tuple[Location, StockRow | None]]:
    """What each location of the chosen branch holds."""
    here = [place for place in locations if visitor.branch_id in (None, place.branch_id)]
    deposito = visitor.clients.deposito
    pages = await asyncio.gather(
        *(or_none(deposito.stock(product_id=product_id, location_id=place.id, limit=1)) for place in here)
    )
    rows = [found.items[0] if found and found.items else None for found in pages]
    return list(zip(here, rows, strict=True))
