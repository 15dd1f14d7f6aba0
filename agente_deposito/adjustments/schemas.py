"""Wire format of adjustments."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID, uuid4

from pydantic import Field, model_validator

from agente_deposito.adjustments.rules import AdjustmentStatus, Wanted
from agente_deposito.stock.rules import Counted, MovementKind, MovementLine
from agente_deposito.stock.schemas import MOST_LINES, HandKind
from shared.kernel.clock import utc_now
from shared.web.schemas import Answer, Body, DecimalOut, Instant, MoneyIn, Note, QuantityIn


class AdjustmentLine(Body):
    """Either a signed difference or what was counted."""

    product_id: UUID
    quantity: QuantityIn | None = None
    counted: Annotated[QuantityIn, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.quantity is None) == (self.counted is None):
            raise ValueError("Va la diferencia (quantity) o lo contado (counted), una de las dos.")
        return self


class AdjustmentsCreate(Body):
    """Differences with a reason, or a count, in one location.

    id: the client's own, so that a retry changes nothing, whatever was sold since the first try.
    """

    id: UUID | None = None
    location_id: UUID
    reason: HandKind = MovementKind.ADJUSTMENT
    lines: Annotated[list[AdjustmentLine], Field(min_length=1, max_length=MOST_LINES)]
    occurred_at: Instant | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _all_alike(self) -> Self:
        if len({line.counted is None for line in self.lines}) > 1:
            raise ValueError("Las líneas van todas con diferencia o todas con lo contado.")
        products = [line.product_id for line in self.lines if line.counted is not None]
        if len(products) != len(set(products)):
            raise ValueError("Un producto se cuenta una sola vez.")
        return self

    def differences(self) -> list[MovementLine]:
        """Lines that say by how much."""
        return [
            MovementLine(line.product_id, self.location_id, self.reason, line.quantity)
            for line in self.lines
            if line.quantity is not None
        ]

    def counts(self) -> list[Counted]:
        """Lines that say how many there are."""
        return [
            Counted(line.product_id, self.location_id, line.counted)
            for line in self.lines
            if line.counted is not None
        ]

    def to_value(self) -> Wanted:
        """What is to be corrected."""
        return Wanted(
            id=self.id or uuid4(),
            location_id=self.location_id,
            kind=self.reason,
            occurred_at=self.occurred_at or utc_now(),
            note=self.note,
            differences=self.differences(),
            counted=self.counts(),
        )


class DecisionIn(Body):
    """A word on an approval."""

    note: Note | None = None


class AdjustedLineRead(Answer):
    """By how much a product is corrected, in base units."""

    product_id: UUID
    name: str
    quantity: DecimalOut


class AdjustmentRead(Answer):
    """An adjustment that waits for approval, or waited. worth: pesos at cost, without sign."""

    id: UUID
    status: AdjustmentStatus
    location_id: UUID
    kind: MovementKind
    occurred_at: datetime
    worth: DecimalOut
    note: str | None
    requested_by: UUID
    requested_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    decision_note: str | None
    posting_id: UUID | None
    lines: list[AdjustedLineRead]


class StockSettings(Body):
    """adjustment_limit: pesos at cost above which an adjustment waits for approval; null is none."""

    adjustment_limit: MoneyIn | None
