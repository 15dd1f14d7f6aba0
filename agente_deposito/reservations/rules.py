"""Decisions on reservations, and the plain values they take and give."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agente_deposito.stock.errors import Shortage
from shared.kernel.money import plain

_NOTHING = Decimal(0)


class ReservationStatus(StrEnum):
    """active: until its time is up; committed: handed over; released: given up before."""

    ACTIVE = "active"
    COMMITTED = "committed"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ReservedLine:
    """So much of a product, in base units, out of a place."""

    product_id: UUID
    location_id: UUID
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class NewReservation:
    """What is to be promised. ref: the client's own word for it, as the number of an order."""

    id: UUID
    lines: Sequence[ReservedLine]
    lasts: timedelta
    ref: str | None


@dataclass(frozen=True, slots=True)
class Reservation:
    """A promise. ended_at: None while active; a time that is up needs nobody to end it."""

    id: UUID
    ref: str | None
    status: ReservationStatus
    expires_at: datetime
    created_by: UUID
    created_at: datetime
    ended_at: datetime | None
    lines: tuple[ReservedLine, ...]


def content_hash(wanted: NewReservation) -> bytes:
    """The same for a retry of the same reservation; how long it lasts is no part of it."""
    lines = [[str(line.product_id), str(line.location_id), plain(line.quantity)] for line in wanted.lines]
    return hashlib.sha256(json.dumps([lines, wanted.ref]).encode()).digest()


def find_shortages(
    lines: Sequence[ReservedLine], free: Mapping[tuple[UUID, UUID], Decimal]
) -> list[Shortage]:
    """Lines for which nothing is left once those before them took theirs. free: on hand and unpromised."""
    left = dict(free)
    short: list[Shortage] = []
    for number, line in enumerate(lines):
        key = (line.product_id, line.location_id)
        available = left.get(key, _NOTHING)
        if line.quantity > available:
            short.append(Shortage(number, line.product_id, line.quantity, max(available, _NOTHING)))
        left[key] = available - line.quantity
    return short
