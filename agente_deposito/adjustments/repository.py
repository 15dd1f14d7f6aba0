"""Every query of adjustments that wait for approval, and of the limit above which they do."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.adjustments.rules import (
    AdjustedLine,
    Adjustment,
    AdjustmentStatus,
    Wanted,
)
from agente_deposito.stock.rules import MovementKind, MovementLine
from shared.kernel.branches import Branches, as_list

_LIMIT = text("SELECT adjustment_limit FROM deposito.stock_settings")
_SET_LIMIT = text("""
INSERT INTO deposito.stock_settings (adjustment_limit) VALUES (:adjustment_limit)
ON CONFLICT (organisation_id) DO UPDATE SET adjustment_limit = excluded.adjustment_limit""")
# The average of what is on hand there, else what it last cost there, else what it last cost anywhere.
_COSTS = text("""
SELECT p.id, coalesce(
  (SELECT CASE WHEN b.quantity > 0 AND b.value > 0 THEN b.value / b.quantity ELSE b.last_unit_cost END
   FROM deposito.stock_balance AS b WHERE b.product_id = p.id AND b.location_id = :location_id),
  (SELECT b.last_unit_cost FROM deposito.stock_balance AS b
   WHERE b.product_id = p.id AND b.last_unit_cost IS NOT NULL ORDER BY b.updated_at DESC LIMIT 1)) AS cost
FROM deposito.product AS p WHERE p.id = ANY(CAST(:products AS uuid[]))""")

_ADD = text("""
INSERT INTO deposito.adjustment
  (id, request_hash, location_id, kind, occurred_at, worth, note, requested_by)
VALUES (:id, :request_hash, :location_id, :kind, :occurred_at, :worth, :note, :requested_by)
ON CONFLICT (organisation_id, id) DO NOTHING RETURNING id""")
_ADD_LINES = text("""
INSERT INTO deposito.adjustment_line (adjustment_id, line, product_id, quantity)
SELECT :id, l.n, l.product_id, l.quantity
FROM unnest(CAST(:products AS uuid[]), CAST(:quantities AS numeric[]))
  WITH ORDINALITY AS l (product_id, quantity, n)""")
_HASH = text("SELECT request_hash FROM deposito.adjustment WHERE id = :id")
_LOCK = text("SELECT is_approved FROM deposito.adjustment WHERE id = :id FOR NO KEY UPDATE")
_DECIDE = text("""
UPDATE deposito.adjustment SET is_approved = :is_approved, decided_by = :by, decided_at = now(),
  decision_note = :note, posting_id = :posting_id
WHERE id = :id""")

_READ = """
SELECT a.id, a.location_id, a.kind, a.occurred_at, a.worth, a.note, a.requested_by, a.requested_at,
  a.decided_by, a.decided_at, a.decision_note, a.posting_id, a.is_approved
FROM deposito.adjustment AS a
JOIN deposito.location AS k ON k.organisation_id = a.organisation_id AND k.id = a.location_id
WHERE (CAST(:branches AS uuid[]) IS NULL OR k.branch_id = ANY(CAST(:branches AS uuid[])))"""
_FIND = text(_READ + " AND a.id = :id")
_CONDITIONS = {
    AdjustmentStatus.WAITING: " AND a.is_approved IS NULL",
    AdjustmentStatus.APPROVED: " AND a.is_approved",
    AdjustmentStatus.REJECTED: " AND NOT a.is_approved",
}
_AFTER = " AND (a.requested_at, a.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid))"
_NEWEST_FIRST = " ORDER BY a.requested_at DESC, a.id DESC LIMIT :limit"
_LINES = text("""
SELECT l.adjustment_id, l.product_id, p.name, l.quantity
FROM deposito.adjustment_line AS l
JOIN deposito.product AS p ON p.organisation_id = l.organisation_id AND p.id = l.product_id
WHERE l.adjustment_id = ANY(CAST(:ids AS uuid[])) ORDER BY l.adjustment_id, l.line""")


async def read_limit(session: AsyncSession) -> Decimal | None:
    """Pesos above which an adjustment waits; None is none."""
    limit: Decimal | None = await session.scalar(_LIMIT)
    return limit


async def set_limit(session: AsyncSession, limit: Decimal | None) -> None:
    """Change it."""
    await session.execute(_SET_LIMIT, {"adjustment_limit": limit})


async def unit_costs(
    session: AsyncSession, location_id: UUID, product_ids: Sequence[UUID]
) -> dict[UUID, Decimal]:
    """What a base unit of each is worth there; products whose cost nobody knows are left out."""
    values = {"location_id": location_id, "products": list(product_ids)}
    return {row.id: row.cost for row in await session.execute(_COSTS, values) if row.cost is not None}


async def add(  # noqa: PLR0913  what is kept are these
    session: AsyncSession,
    wanted: Wanted,
    request_hash: bytes,
    lines: Sequence[MovementLine],
    *,
    worth: Decimal,
    by: UUID,
) -> bool:
    """Keep one to be decided on; False when its id is taken."""
    values = {
        "id": wanted.id,
        "request_hash": request_hash,
        "location_id": wanted.location_id,
        "kind": lines[0].kind,
        "occurred_at": wanted.occurred_at,
        "worth": worth,
        "note": wanted.note,
        "requested_by": by,
    }
    if await session.scalar(_ADD, values) is None:
        return False
    kept = {"products": [line.product_id for line in lines], "quantities": [line.quantity for line in lines]}
    await session.execute(_ADD_LINES, {"id": wanted.id, **kept})
    return True


async def find_hash(session: AsyncSession, adjustment_id: UUID) -> bytes | None:
    """What it was made from."""
    found: bytes | None = await session.scalar(_HASH, {"id": adjustment_id})
    return found


async def lock(session: AsyncSession, adjustment_id: UUID) -> AdjustmentStatus:
    """Its status, which nobody changes until the transaction ends; lock the balances before."""
    return _status(await session.scalar(_LOCK, {"id": adjustment_id}))


async def decide(
    session: AsyncSession, adjustment_id: UUID, *, posting_id: UUID | None, by: UUID, note: str | None
) -> None:
    """Keep what was decided: approved with what it posted, else rejected."""
    values = {
        "id": adjustment_id,
        "is_approved": posting_id is not None,
        "posting_id": posting_id,
        "by": by,
        "note": note,
    }
    await session.execute(_DECIDE, values)


async def find(session: AsyncSession, adjustment_id: UUID, branches: Branches) -> Adjustment | None:
    """One of the caller's."""
    values = {"id": adjustment_id, "branches": as_list(branches)}
    found = await _whole(session, (await session.execute(_FIND, values)).all())
    return found[0] if found else None


async def list_adjustments(
    session: AsyncSession,
    branches: Branches,
    *,
    status: AdjustmentStatus | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Adjustment]:
    """Newest first; one more than `limit` when there are more."""
    values: dict[str, Any] = {"branches": as_list(branches), "limit": limit + 1}
    statement = _READ + (_CONDITIONS[status] if status else "")
    if after is not None:
        statement += _AFTER
        values |= {"after_at": after[0], "after_id": after[1]}
    return await _whole(session, (await session.execute(text(statement + _NEWEST_FIRST), values)).all())


async def _whole(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[Adjustment]:
    lines: dict[UUID, list[AdjustedLine]] = {}
    for row in await session.execute(_LINES, {"ids": [row.id for row in rows]}):
        lines.setdefault(row.adjustment_id, []).append(AdjustedLine(row.product_id, row.name, row.quantity))
    return [_adjustment(row._asdict(), tuple(lines[row.id])) for row in rows]


def _adjustment(values: dict[str, Any], lines: tuple[AdjustedLine, ...]) -> Adjustment:
    status, kind = _status(values.pop("is_approved")), MovementKind(values.pop("kind"))
    return Adjustment(status=status, kind=kind, lines=lines, **values)


def _status(is_approved: bool | None) -> AdjustmentStatus:  # noqa: FBT001  a column with three values
    if is_approved is None:
        return AdjustmentStatus.WAITING
    return AdjustmentStatus.APPROVED if is_approved else AdjustmentStatus.REJECTED
