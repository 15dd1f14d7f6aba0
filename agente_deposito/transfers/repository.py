"""Every query of transfers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.stock.rules import MovementKind
from agente_deposito.transfers.rules import (
    Arrived,
    NewTransfer,
    Place,
    Step,
    StepDone,
    Transfer,
    TransferFilter,
    TransferLine,
    TransferStatus,
)
from shared.kernel.branches import Branches, as_list

_ADD = text("""
INSERT INTO deposito.transfer (id, request_hash, from_location_id, to_location_id, note, created_by)
VALUES (:id, :request_hash, :from_location_id, :to_location_id, :note, :created_by)
ON CONFLICT (organisation_id, id) DO NOTHING RETURNING id""")
_ADD_LINES = text("""
INSERT INTO deposito.transfer_line (transfer_id, line, product_id, quantity)
SELECT :id, l.n, l.product_id, l.quantity
FROM unnest(CAST(:products AS uuid[]), CAST(:quantities AS numeric[]))
  WITH ORDINALITY AS l (product_id, quantity, n)""")
_HASH = text("SELECT request_hash FROM deposito.transfer WHERE id = :id")
_LOCK = text("SELECT status, version FROM deposito.transfer WHERE id = :id FOR NO KEY UPDATE")

# Seen by who works at either end.
_READ = """
SELECT t.id, t.version, t.status, t.note, t.created_by, t.created_at, t.from_location_id, o.name AS from_name,
  o.branch_id AS from_branch_id, t.to_location_id, d.name AS to_name, d.branch_id AS to_branch_id
FROM deposito.transfer AS t
JOIN deposito.location AS o ON o.organisation_id = t.organisation_id AND o.id = t.from_location_id
JOIN deposito.location AS d ON d.organisation_id = t.organisation_id AND d.id = t.to_location_id
WHERE (CAST(:branches AS uuid[]) IS NULL
  OR o.branch_id = ANY(CAST(:branches AS uuid[])) OR d.branch_id = ANY(CAST(:branches AS uuid[])))"""
_FIND = text(_READ + " AND t.id = :id")
_CONDITIONS = {
    "status": " AND t.status = :status",
    "branch_id": " AND :branch_id IN (o.branch_id, d.branch_id)",
    "after_at": " AND (t.created_at, t.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid))",
}
_NEWEST_FIRST = " ORDER BY t.created_at DESC, t.id DESC LIMIT :limit"
_LINES = text("""
SELECT l.transfer_id, l.product_id, p.name, l.quantity, l.shipped, l.received, l.reason
FROM deposito.transfer_line AS l
JOIN deposito.product AS p ON p.organisation_id = l.organisation_id AND p.id = l.product_id
WHERE l.transfer_id = ANY(CAST(:ids AS uuid[])) ORDER BY l.transfer_id, l.line""")
_STEPS = text("""
SELECT transfer_id, number, step, done_by, done_at, departure_id, arrival_id, note
FROM deposito.transfer_step
WHERE transfer_id = ANY(CAST(:ids AS uuid[])) ORDER BY transfer_id, number""")

_SET_STATUS = text("UPDATE deposito.transfer SET status = :status, version = version + 1 WHERE id = :id")
_ADD_STEP = text("""
INSERT INTO deposito.transfer_step (transfer_id, number, step, done_by, departure_id, arrival_id, note)
VALUES (:id, :number, :step, :done_by, :departure_id, :arrival_id, :note)""")
_SET_SHIPPED = text("""
UPDATE deposito.transfer_line AS l SET shipped = n.quantity
FROM unnest(CAST(:products AS uuid[]), CAST(:quantities AS numeric[])) AS n (product_id, quantity)
WHERE l.transfer_id = :id AND l.product_id = n.product_id""")
_SET_RECEIVED = text("""
UPDATE deposito.transfer_line AS l
SET received = n.quantity, reason = CASE WHEN n.quantity < l.shipped THEN n.reason END
FROM unnest(CAST(:products AS uuid[]), CAST(:quantities AS numeric[]), CAST(:reasons AS text[]))
  AS n (product_id, quantity, reason)
WHERE l.transfer_id = :id AND l.product_id = n.product_id""")
_CLEAR_SHIPPED = text("UPDATE deposito.transfer_line SET shipped = NULL WHERE transfer_id = :id")
_CLEAR_RECEIVED = text(
    "UPDATE deposito.transfer_line SET received = NULL, reason = NULL WHERE transfer_id = :id"
)


async def add(session: AsyncSession, wanted: NewTransfer, request_hash: bytes, *, by: UUID) -> bool:
    """Write a draft and its lines; False when its id is taken."""
    values = {
        "id": wanted.id,
        "request_hash": request_hash,
        "from_location_id": wanted.from_location_id,
        "to_location_id": wanted.to_location_id,
        "note": wanted.note,
        "created_by": by,
    }
    if await session.scalar(_ADD, values) is None:
        return False
    await session.execute(_ADD_LINES, {"id": wanted.id, **_arrays(wanted.quantities)})
    return True


async def find_hash(session: AsyncSession, transfer_id: UUID) -> bytes | None:
    """What it was made from."""
    found: bytes | None = await session.scalar(_HASH, {"id": transfer_id})
    return found


async def lock(session: AsyncSession, transfer_id: UUID) -> tuple[TransferStatus, int]:
    """Status and version, which nobody changes until the transaction ends; lock the balances before."""
    row = (await session.execute(_LOCK, {"id": transfer_id})).one()
    return TransferStatus(row.status), row.version


async def find(session: AsyncSession, transfer_id: UUID, branches: Branches) -> Transfer | None:
    """One from or to the caller's branches."""
    values = {"id": transfer_id, "branches": as_list(branches)}
    found = await _whole(session, (await session.execute(_FIND, values)).all())
    return found[0] if found else None


async def list_transfers(
    session: AsyncSession,
    branches: Branches,
    wanted: TransferFilter,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Transfer]:
    """Newest first; one more than `limit` when there are more."""
    values: dict[str, Any] = {
        "status": wanted.status,
        "branch_id": wanted.branch_id,
        "after_at": after[0] if after else None,
    }
    given = {name: value for name, value in values.items() if value is not None}
    statement = _READ + "".join(_CONDITIONS[name] for name in given) + _NEWEST_FIRST
    if after:
        given["after_id"] = after[1]
    bound = {**given, "branches": as_list(branches), "limit": limit + 1}
    return await _whole(session, (await session.execute(text(statement), bound)).all())


async def add_step(session: AsyncSession, transfer_id: UUID, step: StepDone, status: TransferStatus) -> None:
    """Note what was done, and where that leaves the transfer."""
    values = {
        "id": transfer_id,
        "number": step.number,
        "step": step.step,
        "done_by": step.done_by,
        "departure_id": step.departure_id,
        "arrival_id": step.arrival_id,
        "note": step.note,
    }
    await session.execute(_ADD_STEP, values)
    await session.execute(_SET_STATUS, {"id": transfer_id, "status": status})


async def set_shipped(session: AsyncSession, transfer_id: UUID, shipped: Mapping[UUID, Decimal]) -> None:
    """What was counted on leaving."""
    await session.execute(_SET_SHIPPED, {"id": transfer_id, **_arrays(shipped)})


async def set_received(session: AsyncSession, transfer_id: UUID, arrived: Sequence[Arrived]) -> None:
    """What was counted on arriving; the reason is kept where something was missing."""
    values = {
        "id": transfer_id,
        **_arrays({one.product_id: one.quantity for one in arrived}),
        "reasons": [one.reason.value for one in arrived],
    }
    await session.execute(_SET_RECEIVED, values)


async def clear(session: AsyncSession, transfer_id: UUID, step: Step) -> None:
    """Forget what was counted in the step that is undone."""
    await session.execute(_CLEAR_SHIPPED if step is Step.UNDO_SHIP else _CLEAR_RECEIVED, {"id": transfer_id})


def _arrays(quantities: Mapping[UUID, Decimal]) -> dict[str, list[Any]]:
    return {"products": list(quantities), "quantities": list(quantities.values())}


async def _whole(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[Transfer]:
    ids = {"ids": [row.id for row in rows]}
    lines: dict[UUID, list[TransferLine]] = {}
    steps: dict[UUID, list[StepDone]] = {}
    for row in await session.execute(_LINES, ids):
        reason = MovementKind(row.reason) if row.reason else None
        line = TransferLine(row.product_id, row.name, row.quantity, row.shipped, row.received, reason)
        lines.setdefault(row.transfer_id, []).append(line)
    for row in await session.execute(_STEPS, ids):
        step = StepDone(
            row.number, Step(row.step), row.done_by, row.done_at, row.departure_id, row.arrival_id, row.note
        )
        steps.setdefault(row.transfer_id, []).append(step)
    return [
        Transfer(
            id=row.id,
            version=row.version,
            status=TransferStatus(row.status),
            origin=Place(row.from_location_id, row.from_name, row.from_branch_id),
            destination=Place(row.to_location_id, row.to_name, row.to_branch_id),
            note=row.note,
            created_by=row.created_by,
            created_at=row.created_at,
            lines=tuple(lines.get(row.id, ())),
            steps=tuple(steps.get(row.id, ())),
        )
        for row in rows
    ]
