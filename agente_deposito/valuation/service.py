"""What the goods are worth."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.stock.rules import check_asked_instant
from agente_deposito.valuation import repository
from agente_deposito.valuation.rules import Group, Part, Question, Total
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now

# Tills whose clock is ahead tell of what is yet to come; it is on hand already.
_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Valuation:
    """Parts hold one more than was asked for when there are more; total is of everything."""

    at: datetime
    total: Total
    parts: list[Part]


async def value(
    session: AsyncSession,
    asked: Question,
    branches: Branches,
    *,
    after: tuple[Decimal, UUID] | None,
    limit: int,
) -> Valuation:
    """What is on hand at an instant in the places asked for, by the method asked for. Raises BadDateError."""
    now = utc_now()
    if asked.at is not None:
        check_asked_instant(asked.at, field="at")
    rows = await repository.parts(session, asked, branches, now=now + _AHEAD, after=after, limit=limit)
    found = await repository.total(session, asked, branches, now=now + _AHEAD)
    parts = [
        Part(
            id=row.id,
            name=row.name,
            products=row.products,
            quantity=row.quantity if asked.group is Group.PRODUCT else None,
            value=row.value,
            uncosted=row.uncosted,
        )
        for row in rows
    ]
    return Valuation(asked.at or now, Total(found.products, found.value, found.uncosted), parts)
