"""Wire format of transfers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID, uuid4

from pydantic import AfterValidator, Field, model_validator

from agente_deposito.stock.rules import MovementKind
from agente_deposito.transfers.rules import REASONS, Arrived, NewTransfer, Step, TransferStatus
from shared.web.schemas import Answer, Body, DecimalOut, Note, PositiveQuantity, QuantityIn

_MOST_LINES = 500


def _reason(kind: MovementKind) -> MovementKind:
    if kind not in REASONS:
        raise ValueError("Tiene que ser uno de: " + ", ".join(sorted(REASONS)) + ".")
    return kind


def _each_once(lines: list["AskedLine"] | list["ShippedLine"] | list["ReceivedLine"]) -> None:
    if len({line.product_id for line in lines}) < len(lines):
        raise ValueError("Un producto va una sola vez.")


class AskedLine(Body):
    """So many base units of a product."""

    product_id: UUID
    quantity: PositiveQuantity


class TransferCreate(Body):
    """Goods to send. id: the client's own, so that a retry makes one transfer."""

    id: UUID | None = None
    from_location_id: UUID
    to_location_id: UUID
    lines: Annotated[list[AskedLine], Field(min_length=1, max_length=_MOST_LINES)]
    note: Note | None = None

    @model_validator(mode="after")
    def _one_line_each(self) -> Self:
        _each_once(self.lines)
        return self

    def to_value(self) -> NewTransfer:
        """What is to be sent."""
        quantities = {line.product_id: line.quantity for line in self.lines}
        return NewTransfer(
            self.id or uuid4(), self.from_location_id, self.to_location_id, quantities, self.note
        )


class ShippedLine(Body):
    """What really leaves of a product; 0 when it stays."""

    product_id: UUID
    quantity: Annotated[QuantityIn, Field(ge=0)]


class ShipIn(Body):
    """Where what leaves differs from what was asked for."""

    lines: list[ShippedLine] = Field(default_factory=list, max_length=_MOST_LINES)

    @model_validator(mode="after")
    def _one_line_each(self) -> Self:
        _each_once(self.lines)
        return self

    def counted(self) -> dict[UUID, Decimal]:
        """By product."""
        return {line.product_id: line.quantity for line in self.lines}


class ReceivedLine(Body):
    """What really arrived of a product. reason: why less did; entry_error when it never left."""

    product_id: UUID
    quantity: Annotated[QuantityIn, Field(ge=0)]
    reason: Annotated[MovementKind, AfterValidator(_reason)] = MovementKind.SHRINKAGE


class ReceiveIn(Body):
    """Where what arrived differs from what was shipped."""

    lines: list[ReceivedLine] = Field(default_factory=list, max_length=_MOST_LINES)

    @model_validator(mode="after")
    def _one_line_each(self) -> Self:
        _each_once(self.lines)
        return self

    def counted(self) -> list[Arrived]:
        """What arrived, line by line."""
        return [Arrived(line.product_id, line.quantity, line.reason) for line in self.lines]


class PlaceRead(Answer):
    """An end of the way."""

    location_id: UUID
    name: str
    branch_id: UUID


class TransferLineRead(Answer):
    """quantity: asked for; shipped and received are null until counted; reason: of what is missing."""

    product_id: UUID
    name: str
    quantity: DecimalOut
    shipped: DecimalOut | None
    received: DecimalOut | None
    reason: MovementKind | None


class StepRead(Answer):
    """What was done, by whom and when; the postings that moved the goods."""

    step: Step
    done_by: UUID
    done_at: datetime
    departure_id: UUID | None
    arrival_id: UUID | None
    note: str | None


class TransferRead(Answer):
    """A transfer with everything done to it, in order."""

    id: UUID
    status: TransferStatus
    origin: PlaceRead
    destination: PlaceRead
    note: str | None
    created_by: UUID
    created_at: datetime
    lines: list[TransferLineRead]
    steps: list[StepRead]
