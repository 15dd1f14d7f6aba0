"""The plain values of adjustments, and which of them wait."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agente_deposito.stock.rules import Counted, MovementKind, MovementLine
from shared.kernel.money import plain

_NOTHING = Decimal(0)


class AdjustmentStatus(StrEnum):
    """waiting: nobody has decided; approved: posted; rejected: never will be."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants corrected in a place: differences by lines, or what was counted; one of both."""

    id: UUID
    location_id: UUID
    kind: MovementKind
    occurred_at: datetime
    note: str | None
    differences: Sequence[MovementLine]
    counted: Sequence[Counted]


@dataclass(frozen=True, slots=True)
class AdjustedLine:
    """By how much a product is corrected, in base units."""

    product_id: UUID
    name: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One that waits, or waited. worth: pesos at cost, entering and leaving added up without sign."""

    id: UUID
    status: AdjustmentStatus
    location_id: UUID
    kind: MovementKind
    occurred_at: datetime
    worth: Decimal
    note: str | None
    requested_by: UUID
    requested_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    decision_note: str | None
    posting_id: UUID | None
    lines: tuple[AdjustedLine, ...]


def content_hash(wanted: Wanted) -> bytes:
    """The same for a retry of the same adjustment, whatever was sold since."""
    lines = [[str(line.product_id), plain(line.quantity)] for line in wanted.differences]
    counts = [[str(count.product_id), plain(count.quantity)] for count in wanted.counted]
    content = [str(wanted.location_id), wanted.kind.value, lines, counts, wanted.note]
    return hashlib.sha256(json.dumps(content).encode()).digest()


def worth_of(lines: Sequence[MovementLine], costs: Mapping[UUID, Decimal]) -> Decimal:
    """Pesos that the lines move, both ways. costs: of a base unit by product; unknown ones weigh nothing."""
    return sum((abs(line.quantity) * _cost(line, costs) for line in lines), _NOTHING)


def needs_approval(worth: Decimal, limit: Decimal | None) -> bool:
    """Whether it is more than anybody may correct alone. limit: None is none."""
    return limit is not None and worth > limit


def _cost(line: MovementLine, costs: Mapping[UUID, Decimal]) -> Decimal:
    return line.unit_cost if line.unit_cost is not None else costs.get(line.product_id, _NOTHING)
