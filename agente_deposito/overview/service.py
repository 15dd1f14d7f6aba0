"""How the stock stands: the list people work with and the figures of the home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.overview import repository
from agente_deposito.overview.repository import Branches
from agente_deposito.overview.rules import Order, StockFilter, StockState
from agente_deposito.stock.rules import check_asked_instant
from shared.kernel.clock import utc_now

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class StockList:
    """A page of stock. counts and value are of everything found, whatever its state."""

    rows: Sequence[Row[Any]]
    counts: dict[str, int]
    value: Decimal
    costs_are_net: bool


@dataclass(frozen=True, slots=True)
class StockFigures:
    """The stock in a few figures. uncosted: products on hand whose cost is not known."""

    total_products: int
    active_products: int
    total_units: Decimal
    average: Decimal
    replacement: Decimal
    uncosted: int
    by_state: dict[str, int]
    as_of: datetime


async def list_stock(
    session: AsyncSession, wanted: StockFilter, order: Order, branches: Branches
) -> StockList:
    """Stock per product over the locations asked for. Raises BadDateError."""
    if wanted.at is not None:
        check_asked_instant(wanted.at, field="at")
    question = await repository.ask(session, wanted, branches, now=utc_now())
    found = await repository.counts(session, question)
    rows = await repository.page(session, question, order, state=wanted.state)
    counts = {"all": sum(products for products, _ in found.values())}
    counts |= {state.value: found.get(state.value, (0, _NOTHING))[0] for state in StockState}
    return StockList(
        rows,
        counts,
        sum((value for _, value in found.values()), _NOTHING),
        await repository.costs_are_net(session),
    )


async def figures(session: AsyncSession, branches: Branches, *, branch_id: UUID | None) -> StockFigures:
    """The home page's figures; without an organisation everything is zero."""
    now = utc_now()
    question = await repository.ask(session, StockFilter(branch_id=branch_id), branches, now=now)
    found = await repository.counts(session, question)
    products = await repository.product_counts(session)
    worth = await repository.figures(session, branches, branch_id=branch_id)
    return StockFigures(
        total_products=products.total,
        active_products=products.active,
        total_units=worth.units,
        average=worth.average,
        replacement=worth.replacement,
        uncosted=worth.uncosted,
        by_state={state: count for state, (count, _) in found.items()},
        as_of=now,
    )
