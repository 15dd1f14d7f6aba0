"""Decisions of the ledger, and the plain values it takes and gives."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agente_deposito.stock.errors import BadDateError, CostNeededError, RangeTooLongError, WrongSignError
from shared.kernel.branches import Branches
from shared.kernel.clock import ARGENTINA
from shared.kernel.money import plain


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and on which branches."""

    id: UUID
    branches: Branches


class MovementKind(StrEnum):
    """Why goods moved, or (revaluation) why their value changed without moving."""

    OPENING = "opening"
    RECEIPT = "receipt"
    SUPPLIER_RETURN = "supplier_return"
    SALE = "sale"
    SALE_VOID = "sale_void"
    CUSTOMER_RETURN = "customer_return"
    ADJUSTMENT = "adjustment"
    SHRINKAGE = "shrinkage"
    THEFT = "theft"
    EXPIRED = "expired"
    BROKEN = "broken"
    OWN_USE = "own_use"
    SAMPLE = "sample"
    DONATION = "donation"
    ENTRY_ERROR = "entry_error"
    COUNT = "count"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    REVERSAL = "reversal"
    REVALUATION = "revaluation"


_ENTERING = {MovementKind.OPENING, MovementKind.RECEIPT, MovementKind.CUSTOMER_RETURN}
# Reasons for which goods leave.
LEAVING = {
    MovementKind.SUPPLIER_RETURN,
    MovementKind.SHRINKAGE,
    MovementKind.THEFT,
    MovementKind.EXPIRED,
    MovementKind.BROKEN,
    MovementKind.OWN_USE,
    MovementKind.SAMPLE,
    MovementKind.DONATION,
}
# What people enter by hand; the rest is written by sales, receipts, transfers and reversals.
BY_HAND = (
    *_ENTERING,
    *LEAVING,
    MovementKind.ADJUSTMENT,
    MovementKind.ENTRY_ERROR,
    MovementKind.COUNT,
    MovementKind.REVALUATION,
)

# Documents that post, by what their sources begin with; what follows the id tells parts of one apart.
_PATHS = {
    "invoice": "/api/v1/invoices/",
    "sale": "/api/v1/sales/",
    "transfer": "/api/v1/transfers/",
    "reservation": "/api/v1/reservations/",
}

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST_ASKED = datetime(2100, 1, 1, tzinfo=UTC)
_CLOCK_SLACK = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One line to post.

    quantity: signed base units, zero for a revaluation. unit_cost: of entering goods, None when not
    known; of a revaluation, the unit cost from now on. value: of entering goods, what they cost in all
    where unit_cost is rounded; of a revaluation, by how much (one of both says it).
    """

    product_id: UUID
    location_id: UUID
    kind: MovementKind
    quantity: Decimal
    unit_cost: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """The document behind the lines. source: "<what>:<id>", unique per organisation."""

    source: str
    occurred_at: datetime
    recorded_by: UUID
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A written line. line: its place in the caller's order, from 1; revaluations the ledger added follow.

    unit_cost None: not known, value is 0 then. value: signed pesos.
    is_short: it took the balance below zero where the policy warns of that.
    """

    line: int
    id: UUID
    product_id: UUID
    location_id: UUID
    kind: str
    quantity: Decimal
    unit_cost: Decimal | None
    value: Decimal
    balance_after: Decimal
    is_short: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting and its lines. is_replay: it had been written before, and nothing was written now."""

    posting_id: UUID
    is_replay: bool
    recorded_at: datetime
    movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """What a list of movements is narrowed by. first and last: instants of occurring, last excluded."""

    product_id: UUID | None = None
    location_id: UUID | None = None
    posting_id: UUID | None = None
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostingFacts:
    """A posting; is_visible when the caller may see every location it touched."""

    id: UUID
    source: str
    reverses_posting_id: UUID | None
    reversed_by: UUID | None
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Story:
    """What an explanation is about. first: opening balance before it; at: up to it, included."""

    product_id: UUID
    location_id: UUID | None
    first: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a product in a location, in base units."""

    product_id: UUID
    location_id: UUID
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class CountResult:
    """What a count led to. posted None: the books said so already. is_replay: it had come before."""

    posted: Posted | None
    is_replay: bool


def count_hash(counted: Sequence[Counted]) -> bytes:
    """The same for a retry of the same count, in whatever order and spelling."""
    content = sorted(
        [str(count.product_id), str(count.location_id), plain(count.quantity)] for count in counted
    )
    return hashlib.sha256(json.dumps(content).encode()).digest()


def check_lines(lines: Sequence[MovementLine]) -> None:
    """Raise WrongSignError or CostNeededError for the first line that cannot be meant."""
    for number, line in enumerate(lines):
        if not _has_right_sign(line):
            raise WrongSignError(line.kind, line=number)
        if line.kind is MovementKind.REVALUATION and line.unit_cost is None:
            raise CostNeededError(line=number)


def check_occurred_at(occurred_at: datetime, *, now: datetime, field: str = "occurred_at") -> None:
    """Raise BadDateError outside of what the ledger takes; clocks of tills may be some hours ahead."""
    if not EARLIEST <= occurred_at <= now + _CLOCK_SLACK:
        raise BadDateError(f"{occurred_at} is out of range.", fields=(field,))


def check_asked_instant(instant: datetime, *, field: str) -> None:
    """Raise BadDateError for an instant no ledger reaches."""
    if not EARLIEST <= instant < _LATEST_ASKED:
        raise BadDateError(f"{instant} is out of range.", fields=(field,))


def start_of_day(day: date, *, field: str) -> datetime:
    """The first instant of an Argentine day. Raises BadDateError for one no ledger reaches."""
    if not EARLIEST.year <= day.year < _LATEST_ASKED.year:
        raise BadDateError(f"{day} is out of range.", fields=(field,))
    return datetime.combine(day, time(), ARGENTINA)


def check_range(first: date, last: date, *, maximum_days: int) -> None:
    """Raise RangeTooLongError unless the days, both included, are 1 to the maximum."""
    if not EARLIEST.year <= first.year < _LATEST_ASKED.year or not 0 <= (last - first).days < maximum_days:
        raise RangeTooLongError(maximum_days)


def document_link(source: str) -> str | None:
    """Where the document behind a posting is read; None for one that stands only in the ledger."""
    what, _, rest = source.partition(":")
    return _PATHS[what] + rest.partition(":")[0] if what in _PATHS else None


def is_owned_by_document(source: str) -> bool:
    """Whether only its own document may undo the posting."""
    return document_link(source) is not None


def _has_right_sign(line: MovementLine) -> bool:
    if line.kind is MovementKind.REVALUATION:
        return line.quantity == 0
    if line.kind in _ENTERING:
        return line.quantity > 0
    if line.kind in LEAVING:
        return line.quantity < 0
    return line.quantity != 0
