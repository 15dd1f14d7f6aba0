"""Wire format of reservations."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import AfterValidator, Field

from agente_deposito.reservations.rules import NewReservation, ReservationStatus, ReservedLine
from agente_deposito.stock.rules import LEAVING, MovementKind
from shared.web.schemas import Answer, Body, DecimalOut, Name, Note, PositiveQuantity

_MOST_LINES = 200
_USUAL_SECONDS = 15 * 60
_MOST_SECONDS = 30 * 24 * 60 * 60
_TAKING = (*LEAVING, MovementKind.ADJUSTMENT)


def _taking(kind: MovementKind) -> MovementKind:
    if kind not in _TAKING:
        raise ValueError("Tiene que ser uno de: " + ", ".join(sorted(_TAKING)) + ".")
    return kind


class ReservedLineIn(Body):
    """So much of a product, in base units, out of a place."""

    product_id: UUID
    location_id: UUID
    quantity: PositiveQuantity


class ReservationCreate(Body):
    """Goods to promise. id: the client's own, so that a retry promises nothing twice; ttl_s: seconds."""

    id: UUID | None = None
    lines: Annotated[list[ReservedLineIn], Field(min_length=1, max_length=_MOST_LINES)]
    ttl_s: Annotated[int, Field(ge=1, le=_MOST_SECONDS)] = _USUAL_SECONDS
    ref: Name | None = None

    def to_value(self) -> NewReservation:
        """What is to be promised."""
        lines = tuple(ReservedLine(line.product_id, line.location_id, line.quantity) for line in self.lines)
        return NewReservation(self.id or uuid4(), lines, timedelta(seconds=self.ttl_s), self.ref)


class HandOver(Body):
    """How the goods leave the books."""

    reason: Annotated[MovementKind, AfterValidator(_taking)] = MovementKind.ADJUSTMENT
    note: Note | None = None


class ReservedLineRead(Answer):
    """So much of a product, in base units, out of a place."""

    product_id: UUID
    location_id: UUID
    quantity: DecimalOut


class ReservationRead(Answer):
    """A promise; expires_at: from then on its goods are free without anybody ending it."""

    id: UUID
    ref: str | None
    status: ReservationStatus
    expires_at: datetime
    created_by: UUID
    created_at: datetime
    ended_at: datetime | None
    lines: list[ReservedLineRead]
