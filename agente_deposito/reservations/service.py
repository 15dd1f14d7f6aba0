"""What the business does with reservations: promise goods, hand them over, give them up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.reservations import repository
from agente_deposito.reservations.errors import (
    NotHandedOverError,
    ReservationEndedError,
    ReservationIdReusedError,
    ReservationNotFoundError,
)
from agente_deposito.reservations.rules import (
    NewReservation,
    Reservation,
    ReservationStatus,
    ReservedLine,
    content_hash,
    find_shortages,
)
from agente_deposito.stock.errors import InsufficientStockError
from agente_deposito.stock.rules import Actor, MovementKind, MovementLine, Posted, Posting
from agente_deposito.stock.service import moving as stock
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now


async def reserve(session: AsyncSession, wanted: NewReservation, actor: Actor) -> tuple[Reservation, bool]:
    """Promise goods that are there and free; the second part tells a repeat.

    All lines or none, whatever the policies on negative stock. Raises UnknownLocationError,
    UnknownProductError, InsufficientStockError with what is free for each line, ReservationIdReusedError.
    """
    await stock.check_places(session, [line.location_id for line in wanted.lines], actor.branches)
    keys = [(line.product_id, line.location_id) for line in wanted.lines]
    await stock.lock(session, keys)
    request_hash = content_hash(wanted)
    known = await repository.find(session, wanted.id, None)
    if known is None:
        if short := find_shortages(wanted.lines, await stock.free(session, keys)):
            raise InsufficientStockError(short)
        if await repository.add(session, wanted, request_hash, by=actor.id):
            return await read(session, wanted.id, actor.branches), False
        known = await repository.find(session, wanted.id, None)
    if known is None or known.request_hash != request_hash:
        raise ReservationIdReusedError("Another reservation has this id.")
    return await read(session, wanted.id, actor.branches), True


async def hand_over(
    session: AsyncSession, reservation_id: UUID, kind: MovementKind, note: str | None, actor: Actor
) -> Posted:
    """The promised goods leave; repeated, it answers what was written.

    Raises ReservationNotFoundError, ReservationEndedError (its time was up, too).
    """
    found, locked = await _locked(session, reservation_id, actor)
    source = _source(reservation_id)
    if locked.source == source:
        posted = await stock.posted_by(session, source)
        assert posted is not None  # noqa: S101  written with the status
        return posted
    await _end(session, locked, ReservationStatus.COMMITTED, source=source, by=actor.id)
    lines = [MovementLine(line.product_id, line.location_id, kind, -line.quantity) for line in found.lines]
    return await stock.post(session, Posting(source, utc_now(), actor.id, note), lines)


async def keep(session: AsyncSession, reservation_id: UUID, source: str, actor: Actor) -> None:
    """End a promise whose goods a document takes in this transaction; safe to repeat for that document.

    Call it with the balances that the document takes from locked. Raises ReservationNotFoundError,
    ReservationEndedError.
    """
    await read(session, reservation_id, actor.branches)
    locked = await repository.lock(session, reservation_id)
    if locked.source != source:
        await _end(session, locked, ReservationStatus.COMMITTED, source=source, by=actor.id)


async def release(session: AsyncSession, reservation_id: UUID, actor: Actor) -> Reservation:
    """Give the goods up; safe to repeat, and after its time was up.

    Raises ReservationNotFoundError, ReservationEndedError for one that was handed over.
    """
    _, locked = await _locked(session, reservation_id, actor)
    if locked.status == ReservationStatus.ACTIVE:
        await _end(session, locked, ReservationStatus.RELEASED, source=None, by=actor.id)
    elif locked.status == ReservationStatus.COMMITTED:
        raise ReservationEndedError(locked.status)
    return await read(session, reservation_id, actor.branches)


async def take_back(session: AsyncSession, reservation_id: UUID, reason: str, actor: Actor) -> Posted:
    """The goods that were handed over come back, promised to nobody; repeated, it answers the first time.

    Raises ReservationNotFoundError, NotHandedOverError.
    """
    await read(session, reservation_id, actor.branches)
    posting_id = await stock.find_posting_id(session, _source(reservation_id))
    if posting_id is None:
        raise NotHandedOverError("Nothing left.")
    return await stock.reverse(session, posting_id, occurred_at=utc_now(), by=actor.id, note=reason)


async def read(session: AsyncSession, reservation_id: UUID, branches: Branches) -> Reservation:
    """One of them. Raises ReservationNotFoundError."""
    row = await repository.find(session, reservation_id, branches)
    if row is None:
        raise ReservationNotFoundError("No such reservation.")
    return (await _with_lines(session, [row]))[0]


async def list_reservations(
    session: AsyncSession,
    branches: Branches,
    *,
    status: ReservationStatus | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Reservation]:
    """Newest first; one more than `limit` when there are more."""
    rows = await repository.list_reservations(session, branches, status=status, after=after, limit=limit)
    return await _with_lines(session, rows)


async def end_expired(session: AsyncSession) -> None:
    """Tidy up; what is promised does not depend on it."""
    await repository.end_expired(session)


async def _locked(session: AsyncSession, reservation_id: UUID, actor: Actor) -> tuple[Reservation, Row[Any]]:
    """It with its balances and itself locked, in that order as everywhere."""
    found = await read(session, reservation_id, actor.branches)
    await stock.lock(session, [(line.product_id, line.location_id) for line in found.lines])
    return found, await repository.lock(session, reservation_id)


async def _end(
    session: AsyncSession, locked: Row[Any], status: ReservationStatus, *, source: str | None, by: UUID
) -> None:
    if locked.status != ReservationStatus.ACTIVE:
        raise ReservationEndedError(locked.status)
    await repository.end(session, locked.id, status, by=by, source=source)


async def _with_lines(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[Reservation]:
    lines: dict[UUID, list[ReservedLine]] = {}
    for line in await repository.find_lines(session, [row.id for row in rows]):
        kept = ReservedLine(line.product_id, line.location_id, line.quantity)
        lines.setdefault(line.reservation_id, []).append(kept)
    return [
        Reservation(
            id=row.id,
            ref=row.ref,
            status=ReservationStatus(row.status),
            expires_at=row.expires_at,
            created_by=row.created_by,
            created_at=row.created_at,
            ended_at=row.ended_at,
            lines=tuple(lines[row.id]),
        )
        for row in rows
    ]


def _source(reservation_id: UUID) -> str:
    return f"reservation:{reservation_id}"
