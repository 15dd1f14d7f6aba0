"""What the ledger tells: its movements, and how a number came to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.errors import LocationNotFoundError
from agente_deposito.catalog.rules.values import ProductView
from agente_deposito.catalog.service import places, products
from agente_deposito.stock.repository import reading
from agente_deposito.stock.rules import (
    EARLIEST,
    MovementFilter,
    Story,
    check_asked_instant,
)
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now

_DOCUMENTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a number came to be: opening, plus what each kind moved, is what there was at `at`."""

    product: ProductView
    story: Story
    opening: tuple[Decimal, Decimal]
    quantity: Decimal
    value: Decimal
    groups: Sequence[Row[Any]]
    documents: Sequence[Row[Any]]


async def list_movements(
    session: AsyncSession,
    wanted: MovementFilter,
    branches: Branches,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The ledger, newest first; one more than `limit` when there are more."""
    return await reading.list_movements(session, wanted, branches, after=after, limit=limit)


async def explain(  # noqa: PLR0913  the parts of the question are these
    session: AsyncSession,
    product_id: UUID,
    location_id: UUID | None,
    *,
    first: datetime | None,
    at: datetime | None,
    branches: Branches,
) -> Explanation:
    """How the stock of a product came to be. Raises ProductNotFoundError, LocationNotFoundError."""
    if at is not None:
        check_asked_instant(at, field="at")
    product = await products.read_product(session, product_id)
    if location_id is not None and not await places.live_locations(session, [location_id], branches):
        raise LocationNotFoundError("No such location.")
    story = Story(product_id, location_id, first or EARLIEST, at or utc_now())
    opening = await reading.opening(session, story, branches)
    groups = await reading.groups(session, story, branches)
    return Explanation(
        product=product,
        story=story,
        opening=opening,
        quantity=opening[0] + sum((group.quantity for group in groups), Decimal(0)),
        value=opening[1] + sum((group.value for group in groups), Decimal(0)),
        groups=groups,
        documents=await reading.documents(session, story, branches, limit=_DOCUMENTS_SHOWN),
    )
