"""Wire format of how the stock stands."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row

from agente_deposito.overview.rules import StockState, average_cost, margin
from agente_deposito.overview.service import StockFigures, StockList
from shared.kernel.money import to_money
from shared.web.schemas import Answer, DecimalOut

_ONE_DECIMAL = Decimal("0.1")


class ContentRead(Answer):
    """How much one base unit holds."""

    quantity: DecimalOut
    unit: str


class StockRead(Answer):
    """A product's stock.

    history: sold in each of the last eight weeks, oldest first. cover_days: null when nothing sells.
    unit_cost: average of what is on hand, null when never known. margin: share of the last price.
    on_hand: without in_transit, what is under way to these places; value is of both. available: on hand and
    not reserved; both null of a past instant.
    """

    product_id: UUID
    name: str
    brand: str | None
    base_unit: str
    content: ContentRead | None
    barcode: str | None
    category_name: str | None
    on_hand: DecimalOut
    in_transit: DecimalOut
    reserved: DecimalOut | None
    available: DecimalOut | None
    weekly_sales: DecimalOut
    cover_days: DecimalOut | None
    history: list[DecimalOut]
    last_sale_price: DecimalOut | None
    unit_cost: DecimalOut | None
    margin: DecimalOut | None
    value: DecimalOut
    state: StockState

    @classmethod
    def of(cls, row: Row[Any], *, costs_are_net: bool) -> Self:
        """From a row of the list."""
        cost = average_cost(row.on_hand + row.in_transit, row.value, row.last_unit_cost)
        content = None
        if row.content_quantity is not None:
            content = ContentRead(quantity=row.content_quantity, unit=row.content_unit)
        return cls.model_validate(
            {
                **row._asdict(),
                "available": None if row.reserved is None else row.on_hand - row.reserved,
                "weekly_sales": row.weekly_sales.quantize(_ONE_DECIMAL),
                "content": content,
                "unit_cost": cost,
                "margin": margin(row.last_sale_price, cost, row.iva_rate, costs_are_net=costs_are_net),
            }
        )


class StockPage(Answer):
    """One page of stock; counts by state and value are of everything found."""

    items: list[StockRead]
    next_cursor: str | None
    counts: dict[str, int]
    value: DecimalOut

    @classmethod
    def of(cls, found: StockList, *, limit: int, next_cursor: str | None) -> Self:
        """From what was found, which may hold one row more than the page."""
        return cls(
            items=[StockRead.of(row, costs_are_net=found.costs_are_net) for row in found.rows[:limit]],
            next_cursor=next_cursor,
            counts=found.counts,
            value=found.value,
        )


class CloseRead(Answer):
    """How a day ended: value at average cost in ARS, and how many products stood how."""

    day: date
    value: DecimalOut
    by_state: dict[StockState, int]


class ClosesRead(Answer):
    """Days, oldest first; today is not among them, nor days that were not noted."""

    items: list[CloseRead]


class StockValueRead(Answer):
    """What the goods are worth at their average and at their last cost; currency ARS."""

    average: DecimalOut
    replacement: DecimalOut
    currency: str = "ARS"


class StatsRead(Answer):
    """The stock in a few figures. low_stock counts critical and low; scope says whose figures they are."""

    total_products: int
    active_products: int
    total_units: DecimalOut
    stock_value: StockValueRead
    low_stock: int
    out_of_stock: int
    negative: int
    uncosted: int
    as_of: datetime
    scope: str

    @classmethod
    def of(cls, found: StockFigures, *, scope: str) -> Self:
        """From the figures."""
        by_state = found.by_state
        return cls(
            total_products=found.total_products,
            active_products=found.active_products,
            total_units=found.total_units,
            stock_value=StockValueRead(average=found.average, replacement=to_money(found.replacement)),
            low_stock=by_state.get(StockState.LOW, 0) + by_state.get(StockState.CRITICAL, 0),
            out_of_stock=by_state.get(StockState.OUT, 0),
            negative=by_state.get(StockState.NEGATIVE, 0),
            uncosted=found.uncosted,
            as_of=found.as_of,
            scope=scope,
        )
