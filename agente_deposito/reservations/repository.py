"""Every query of reservations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.reservations.rules import NewReservation, ReservationStatus
from shared.kernel.branches import Branches, as_list

# The clock is read when the row is written: a transaction that waited for stock began long before.
_ADD = text("""
INSERT INTO deposito.reservation (id, request_hash, ref, expires_at, created_by)
VALUES (:id, :request_hash, :ref, clock_timestamp() + :lasts, :created_by)
ON CONFLICT (organisation_id, id) DO NOTHING RETURNING id""")
_ADD_LINES = text("""
INSERT INTO deposito.reservation_line (reservation_id, line, product_id, location_id, quantity)
SELECT :id, l.n, l.product_id, l.location_id, l.quantity
FROM unnest(CAST(:products AS uuid[]), CAST(:locations AS uuid[]), CAST(:quantities AS numeric[]))
  WITH ORDINALITY AS l (product_id, location_id, quantity, n)""")

# One is seen by who sees every place it takes from.
_SEEN = """
  NOT EXISTS (
    SELECT FROM deposito.reservation_line AS l
    JOIN deposito.location AS k ON k.organisation_id = l.organisation_id AND k.id = l.location_id
    WHERE l.organisation_id = r.organisation_id AND l.reservation_id = r.id
      AND k.branch_id <> ALL (CAST(:branches AS uuid[])))"""
_STATUS = (
    "CASE WHEN r.status = 'active' AND r.expires_at <= clock_timestamp() THEN 'expired' ELSE r.status END"
)
_READ = f"""
SELECT r.id, r.request_hash, r.ref, {_STATUS} AS status, r.expires_at, r.created_by, r.created_at,
  r.ended_at, r.source
FROM deposito.reservation AS r
WHERE (CAST(:branches AS uuid[]) IS NULL OR {_SEEN})"""  # noqa: S608  only our own constants are put in
_FIND = text(f"{_READ} AND r.id = :id")
_LOCK = text(f"{_READ} AND r.id = :id FOR NO KEY UPDATE OF r")
_LIST = f"{_READ} AND (CAST(:status AS text) IS NULL OR {_STATUS} = :status)"
_AFTER = " AND (r.created_at, r.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid))"
_NEWEST_FIRST = " ORDER BY r.created_at DESC, r.id DESC LIMIT :limit"
_LINES = text("""
SELECT reservation_id, product_id, location_id, quantity FROM deposito.reservation_line
WHERE reservation_id = ANY(CAST(:ids AS uuid[])) ORDER BY reservation_id, line""")
_END = text("""
UPDATE deposito.reservation
SET status = :status, ended_by = :by, ended_at = clock_timestamp(), source = :source
WHERE id = :id""")
_END_LINES = text("UPDATE deposito.reservation_line SET is_ended = true WHERE reservation_id = :id")
_END_EXPIRED = text("""
WITH over AS (
  UPDATE deposito.reservation SET status = 'expired', ended_at = expires_at
  WHERE status = 'active' AND expires_at <= clock_timestamp() RETURNING id
)
UPDATE deposito.reservation_line SET is_ended = true WHERE reservation_id IN (SELECT id FROM over)""")


async def add(session: AsyncSession, wanted: NewReservation, request_hash: bytes, *, by: UUID) -> bool:
    """Write a reservation and its lines; False when its id is taken."""
    values = {
        "id": wanted.id,
        "request_hash": request_hash,
        "ref": wanted.ref,
        "lasts": wanted.lasts,
        "created_by": by,
    }
    if await session.scalar(_ADD, values) is None:
        return False
    lines = {
        "id": wanted.id,
        "products": [line.product_id for line in wanted.lines],
        "locations": [line.location_id for line in wanted.lines],
        "quantities": [line.quantity for line in wanted.lines],
    }
    await session.execute(_ADD_LINES, lines)
    return True


async def find(session: AsyncSession, reservation_id: UUID, branches: Branches) -> Row[Any] | None:
    """One of the caller's."""
    values = {"id": reservation_id, "branches": as_list(branches)}
    return (await session.execute(_FIND, values)).one_or_none()


async def lock(session: AsyncSession, reservation_id: UUID) -> Row[Any]:
    """It, until the transaction ends; call it with the balances locked."""
    return (await session.execute(_LOCK, {"id": reservation_id, "branches": None})).one()


async def find_lines(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """The lines of several, in order."""
    return (await session.execute(_LINES, {"ids": list(ids)})).all()


async def list_reservations(
    session: AsyncSession,
    branches: Branches,
    *,
    status: ReservationStatus | None,
    after: tuple[Any, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Newest first; one more than `limit` when there are more."""
    values: dict[str, Any] = {"branches": as_list(branches), "status": status, "limit": limit + 1}
    statement = _LIST
    if after is not None:
        statement += _AFTER
        values |= {"after_at": after[0], "after_id": after[1]}
    return (await session.execute(text(statement + _NEWEST_FIRST), values)).all()


async def end(
    session: AsyncSession, reservation_id: UUID, status: ReservationStatus, *, by: UUID, source: str | None
) -> None:
    """Its goods are promised to nobody any more. source: of the posting that took them."""
    values = {"id": reservation_id, "status": status, "by": by, "source": source}
    await session.execute(_END, values)
    await session.execute(_END_LINES, {"id": reservation_id})


async def end_expired(session: AsyncSession) -> None:
    """Mark those whose time was up, so that sums need not step over them."""
    await session.execute(_END_EXPIRED)
