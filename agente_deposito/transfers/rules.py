"""Decisions on transfers: what leaves where, what arrives where, and what became of the difference.

Goods under way lie in a place of the receiving branch, so that the books always hold them somewhere. What
arrives short was lost on the way (for a reason), or never left: then it goes back to where it was sent from.
What arrives beyond what was shipped left there unseen, so it is taken from there.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agente_deposito.stock.rules import LEAVING, Movement, MovementKind, MovementLine
from agente_deposito.transfers.errors import NothingToShipError, NotInTransferError
from shared.kernel.money import plain

_NOTHING = Decimal(0)
# Why less arrived than was shipped; entry_error: it was miscounted there and never left.
REASONS = frozenset({*LEAVING, MovementKind.ENTRY_ERROR} - {MovementKind.SUPPLIER_RETURN})


class TransferStatus(StrEnum):
    """draft: asked for; shipped: under way; received: arrived, differences settled."""

    DRAFT = "draft"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What is done to a transfer."""

    SHIP = "ship"
    RECEIVE = "receive"
    UNDO_SHIP = "undo_ship"
    UNDO_RECEIVE = "undo_receive"
    CANCEL = "cancel"


# What a step takes back.
UNDONE: Mapping[Step, Step] = {Step.UNDO_SHIP: Step.SHIP, Step.UNDO_RECEIVE: Step.RECEIVE}

# From which status a step is taken, and what it leads to.
STEPS: Mapping[Step, tuple[TransferStatus, TransferStatus]] = {
    Step.SHIP: (TransferStatus.DRAFT, TransferStatus.SHIPPED),
    Step.RECEIVE: (TransferStatus.SHIPPED, TransferStatus.RECEIVED),
    Step.UNDO_SHIP: (TransferStatus.SHIPPED, TransferStatus.DRAFT),
    Step.UNDO_RECEIVE: (TransferStatus.RECEIVED, TransferStatus.SHIPPED),
    Step.CANCEL: (TransferStatus.DRAFT, TransferStatus.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """What is to be sent. quantities: base units by product."""

    id: UUID
    from_location_id: UUID
    to_location_id: UUID
    quantities: Mapping[UUID, Decimal]
    note: str | None


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """What a list is narrowed by; branch_id: at either end."""

    status: TransferStatus | None = None
    branch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An end of a transfer."""

    location_id: UUID
    name: str
    branch_id: UUID


@dataclass(frozen=True, slots=True)
class TransferLine:
    """quantity: asked for; shipped and received: None until counted there; reason: of what is missing."""

    product_id: UUID
    name: str
    quantity: Decimal
    shipped: Decimal | None
    received: Decimal | None
    reason: MovementKind | None


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step and who took it. The postings of an undoing are None: it reversed those of what it undid."""

    number: int
    step: Step
    done_by: UUID
    done_at: datetime
    departure_id: UUID | None
    arrival_id: UUID | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer with everything done to it, in order. version: grows with each step."""

    id: UUID
    version: int
    status: TransferStatus
    origin: Place
    destination: Place
    note: str | None
    created_by: UUID
    created_at: datetime
    lines: tuple[TransferLine, ...]
    steps: tuple[StepDone, ...]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What was counted of a product on arrival."""

    product_id: UUID
    quantity: Decimal
    reason: MovementKind = MovementKind.SHRINKAGE


@dataclass(frozen=True, slots=True)
class Leg:
    """Goods that leave one place and, unless lost (to None), enter another at the value they left with."""

    product_id: UUID
    quantity: Decimal
    kind: MovementKind
    start: UUID
    to: UUID | None

    def departure(self) -> MovementLine:
        """What the place they leave gives."""
        return MovementLine(self.product_id, self.start, self.kind, -self.quantity)

    def arrival(self, departed: Movement) -> MovementLine:
        """What the place they reach gets. departed: as it was written."""
        assert self.to is not None
        value = None if departed.unit_cost is None else -departed.value
        return MovementLine(self.product_id, self.to, MovementKind.TRANSFER_IN, self.quantity, value=value)


def content_hash(wanted: NewTransfer) -> bytes:
    """The same for a retry of the same transfer."""
    lines = sorted([str(product), plain(quantity)] for product, quantity in wanted.quantities.items())
    content = [str(wanted.from_location_id), str(wanted.to_location_id), lines, wanted.note]
    return hashlib.sha256(json.dumps(content).encode()).digest()


def to_ship(lines: Sequence[TransferLine], counted: Mapping[UUID, Decimal]) -> dict[UUID, Decimal]:
    """How much of each product leaves: what was counted, else what was asked for.

    Raises NotInTransferError, NothingToShipError.
    """
    check_products(lines, list(counted))
    shipped = {line.product_id: counted.get(line.product_id, line.quantity) for line in lines}
    if not any(shipped.values()):
        raise NothingToShipError
    return shipped


def step_to_undo(steps: Sequence[StepDone], undoing: Step) -> StepDone:
    """The latest of its sort: those before it were undone."""
    return next(done for done in reversed(steps) if done.step is UNDONE[undoing])


def check_products(lines: Sequence[TransferLine], named: Sequence[UUID]) -> None:
    """Raise NotInTransferError for the first product that is not in the transfer."""
    known = {line.product_id for line in lines}
    for number, product_id in enumerate(named):
        if product_id not in known:
            raise NotInTransferError(product_id, line=number)


def shipping(shipped: Mapping[UUID, Decimal], origin: UUID, under_way: UUID) -> list[Leg]:
    """From the origin to the place for goods under way."""
    return [
        Leg(product_id, quantity, MovementKind.TRANSFER_OUT, origin, under_way)
        for product_id, quantity in shipped.items()
        if quantity
    ]


def receiving(
    line: TransferLine, arrived: Arrived, *, origin: UUID, under_way: UUID, destination: UUID
) -> list[Leg]:
    """From the place for goods under way to the destination, and what settles a difference."""
    shipped = line.shipped or _NOTHING
    expected, missing = min(shipped, arrived.quantity), max(shipped - arrived.quantity, _NOTHING)
    never_left = arrived.reason is MovementKind.ENTRY_ERROR
    product_id, moved = line.product_id, MovementKind.TRANSFER_OUT
    legs = [
        Leg(product_id, expected, moved, under_way, destination),
        Leg(product_id, missing, moved, under_way, origin)
        if never_left
        else Leg(product_id, missing, arrived.reason, under_way, None),
        Leg(product_id, max(arrived.quantity - shipped, _NOTHING), moved, origin, destination),
    ]
    return [leg for leg in legs if leg.quantity]
