"""What agente_deposito answers of transfers, adjustments and valuations, as its clients see it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel


class Place(BaseModel):
    """An end of a transfer."""

    location_id: UUID
    name: str
    branch_id: UUID


class TransferLine(BaseModel):
    """quantity: asked for; shipped and received: None until counted; reason: of what is missing."""

    product_id: UUID
    name: str
    quantity: Decimal
    shipped: Decimal | None
    received: Decimal | None
    reason: str | None


class TransferStep(BaseModel):
    """What was done, and when."""

    step: str
    done_at: datetime
    note: str | None


class Transfer(BaseModel):
    """Goods between two places. status: draft, shipped, received or cancelled."""

    id: UUID
    status: str
    origin: Place
    destination: Place
    note: str | None
    created_at: datetime
    lines: list[TransferLine]
    steps: list[TransferStep]


class TransferPage(BaseModel):
    """One page of transfers, newest first."""

    items: list[Transfer]
    next_cursor: str | None = None


class AdjustedLine(BaseModel):
    """By how much a product is corrected, in base units."""

    product_id: UUID
    name: str
    quantity: Decimal


class Adjustment(BaseModel):
    """A correction that waits for approval, or waited. worth: pesos at cost."""

    id: UUID
    status: str
    location_id: UUID
    kind: str
    worth: Decimal
    note: str | None
    requested_at: datetime
    decided_at: datetime | None
    decision_note: str | None
    lines: list[AdjustedLine]


class AdjustmentPage(BaseModel):
    """One page of adjustments, newest first."""

    items: list[Adjustment]
    next_cursor: str | None = None


class AdjustmentOutcome(BaseModel):
    """What became of a correction: status tells that it waits (or waited), None that it was posted."""

    status: str | None = None
    posting_id: UUID | None = None


class ValuePart(BaseModel):
    """A product, category, branch or place, and what is in it; uncosted: products of unknown cost."""

    id: UUID | None
    name: str | None
    products: int
    quantity: Decimal | None
    value: Decimal
    uncosted: int


class Valuation(BaseModel):
    """What goods are worth; figures outside of items are of everything."""

    at: datetime
    products: int
    value: Decimal
    uncosted: int
    items: list[ValuePart]
    next_cursor: str | None = None
