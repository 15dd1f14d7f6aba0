"""Every fact that one service tells another."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event, Subscriber


class ReceivedLine(BaseModel):
    """Goods of one invoice line, in base units. unit_cost_ars is None when the paper gave no cost.

    value_ars: signed worth of the whole line, exact where unit_cost_ars is rounded. With quantity 0 no goods
    move and it only changes what those on hand are worth (a nota de crédito or débito for a price).
    """

    model_config = ConfigDict(frozen=True)

    line_id: UUID
    product_id: UUID
    quantity: Decimal
    unit_cost_ars: Decimal | None
    value_ars: Decimal | None = None


class BranchOpened(Event):
    """A branch exists and needs a place for its goods."""

    name: ClassVar[str] = "negocio.branch_opened.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = (Subscriber("deposito", "deposito.open_location"),)

    branch_id: UUID
    branch_name: str

    def subject(self) -> str:
        return f"branch:{self.branch_id}"


class InvoiceConfirmed(Event):
    """A person accepted a paper; its goods enter (or, for a nota de crédito, leave) stock.

    Quantities are signed: negative lines leave.
    """

    name: ClassVar[str] = "negocio.invoice_confirmed.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = (Subscriber("deposito", "deposito.receive_goods"),)

    invoice_id: UUID
    branch_id: UUID
    location_id: UUID | None
    supplier_id: UUID
    occurred_at: datetime
    confirmed_by: UUID
    lines: tuple[ReceivedLine, ...]

    def subject(self) -> str:
        return f"invoice:{self.invoice_id}"


class InvoiceReversed(Event):
    """A person undid a confirmed paper; its posting is reversed."""

    name: ClassVar[str] = "negocio.invoice_reversed.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = (Subscriber("deposito", "deposito.take_back_goods"),)

    invoice_id: UUID
    reversed_by: UUID
    reason: str

    def subject(self) -> str:
        return f"invoice:{self.invoice_id}"


class PostedMovement(BaseModel):
    """One ledger line as it was written."""

    model_config = ConfigDict(frozen=True)

    movement_id: UUID
    product_id: UUID
    location_id: UUID
    quantity: Decimal
    balance_after: Decimal


class StockReceived(Event):
    """The warehouse wrote an invoice's movements."""

    name: ClassVar[str] = "deposito.stock_received.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = (Subscriber("negocio", "negocio.note_receipt"),)

    invoice_id: UUID
    posting_id: UUID
    movements: tuple[PostedMovement, ...]

    def subject(self) -> str:
        return f"invoice:{self.invoice_id}"


class StockTakenBack(Event):
    """The warehouse reversed an invoice's posting."""

    name: ClassVar[str] = "deposito.stock_taken_back.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = (Subscriber("negocio", "negocio.note_take_back"),)

    invoice_id: UUID
    posting_id: UUID

    def subject(self) -> str:
        return f"invoice:{self.invoice_id}"


class ReceiptRefused(Event):
    """The warehouse could not write an invoice's movements, and trying again would not help."""

    name: ClassVar[str] = "deposito.receipt_refused.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = (Subscriber("negocio", "negocio.note_refusal"),)

    invoice_id: UUID
    code: str
    detail: str

    def subject(self) -> str:
        return f"invoice:{self.invoice_id}"


class ForecastReady(Event):
    """New forecasts of everything an organisation sells are stored."""

    name: ClassVar[str] = "ml.forecast_ready.v1"
    subscribers: ClassVar[tuple[Subscriber, ...]] = ()

    made_on: date
    series: int

    def subject(self) -> str:
        return f"forecast:{self.made_on}"
