"""How the stock stands: the list people work with and the figures of the home page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.overview import repository
from agente_deposito.overview.repository import Branches
from agente_deposito.overview.rules import Order, StockFilter, StockState
from agente_deposito.stock.rules import check_asked_instant, start_of_day
from shared.kernel.clock import business_date, utc_now

_NOTHING = Decimal(0)
_DAYS_KEPT_UP = 30


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


async def close_days(session: AsyncSession) -> None:
    """Note how each of the last thirty days ended, for every branch and for all, unless it is noted."""
    today = business_date(utc_now())
    began = await repository.first_day(session)
    if began is None:
        return
    first, last = max(began, today - timedelta(days=_DAYS_KEPT_UP)), today - timedelta(days=1)
    for branch_id in (None, *await repository.branches_with_goods(session)):
        known = await repository.closed_days(session, branch_id, first, last)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        for day in days:
            if day not in known:
                await _close(session, branch_id, day)


async def _close(session: AsyncSession, branch_id: UUID | None, day: date) -> None:
    end = start_of_day(day + timedelta(days=1), field="day") - timedelta(microseconds=1)
    question = await repository.ask(session, StockFilter(branch_id=branch_id, at=end), None, now=end)
    found = await repository.counts(session, question)
    await repository.keep_close(
        session,
        branch_id,
        day,
        value=sum((value for _, value in found.values()), _NOTHING),
        by_state={state: products for state, (products, _) in found.items()},
    )


async def list_closes(
    session: AsyncSession, branches: Branches, *, branch_id: UUID | None, days: int
) -> Sequence[Row[Any]]:
    """How the last days ended, oldest first; empty for some branches of several, which do not add up."""
    if branches is not None and branch_id is None:
        branch_id = next(iter(branches)) if len(branches) == 1 else None
    if branches is not None and branch_id not in branches:
        return []
    return await repository.closes(session, branch_id, first=business_date(utc_now()) - timedelta(days=days))
