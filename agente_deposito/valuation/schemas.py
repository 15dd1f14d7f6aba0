"""Wire format of valuations."""

from datetime import datetime
from uuid import UUID

from agente_deposito.valuation.rules import Group, Method
from shared.web.schemas import Answer, DecimalOut


class PartRead(Answer):
    """A product, category, branch or place; id null: products without a category.

    quantity: null unless of one product. uncosted: products of unknown cost, worth nothing here.
    """

    id: UUID | None
    name: str | None
    products: int
    quantity: DecimalOut | None
    value: DecimalOut
    uncosted: int


class ValuationRead(Answer):
    """What the goods are worth; figures outside of items are of everything. Currency ARS."""

    method: Method
    group: Group
    at: datetime
    products: int
    value: DecimalOut
    uncosted: int
    currency: str = "ARS"
    items: list[PartRead]
    next_cursor: str | None
