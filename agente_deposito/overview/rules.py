"""What a list of stock may be asked, and how stock is judged."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

# Days that what is on hand lasts at the pace of the last four weeks.
CRITICAL_DAYS = 3
LOW_DAYS = 7
WEEKS_SHOWN = 8


class StockState(StrEnum):
    """How a product stands.

    negative: more left than the books held; out: nothing; critical and low: gone within 3 and 7 days;
    idle: here for four weeks and not sold in them; ok: the rest.
    """

    NEGATIVE = "negative"
    OUT = "out"
    CRITICAL = "critical"
    LOW = "low"
    IDLE = "idle"
    OK = "ok"


class StockSort(StrEnum):
    """What the list is ordered by; risk puts what loses most sales first."""

    NAME = "name"
    ON_HAND = "on_hand"
    COVER_DAYS = "cover_days"
    WEEKLY_SALES = "weekly_sales"
    VALUE = "value"
    RISK = "risk"


class Direction(StrEnum):
    """Ascending or descending."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class StockFilter:
    """What a list of stock is about. codes: stored forms of q; at: None is now."""

    q: str | None = None
    codes: tuple[str, ...] = ()
    branch_id: UUID | None = None
    location_id: UUID | None = None
    product_id: UUID | None = None
    state: StockState | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The list's order and the keys of the row to continue after."""

    sort: StockSort
    direction: Direction
    after: tuple[str | Decimal, UUID] | None
    limit: int


def margin(
    price: Decimal | None, unit_cost: Decimal | None, iva_rate: Decimal, *, costs_are_net: bool
) -> Decimal | None:
    """Share of the price, 0 to 1, that is not cost; shelf prices include IVA. None when either is unknown."""
    if not price or unit_cost is None:
        return None
    earned = price / (1 + iva_rate / 100) if costs_are_net else price
    return ((earned - unit_cost) / earned).quantize(Decimal("0.0001"))


def average_cost(quantity: Decimal, value: Decimal, last_unit_cost: Decimal | None) -> Decimal | None:
    """What one unit on hand is worth; the last cost when there is none, None when it was never known."""
    if quantity > 0 and value > 0:
        return (value / quantity).quantize(Decimal("0.0001"))
    return last_unit_cost
