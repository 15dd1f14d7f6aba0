"""What the business does with adjustments: correct the books, or ask somebody who may."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.adjustments import repository
from agente_deposito.adjustments.errors import (
    AdjustmentIdReusedError,
    AdjustmentNotFoundError,
    AlreadyDecidedError,
)
from agente_deposito.adjustments.rules import (
    Adjustment,
    AdjustmentStatus,
    Wanted,
    content_hash,
    needs_approval,
    worth_of,
)
from agente_deposito.stock.rules import CountResult, MovementLine, Posting
from agente_deposito.stock.service import moving as stock
from shared.kernel.branches import Branches


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, on which branches, and whether alone above the limit."""

    id: UUID
    branches: Branches
    may_approve: bool


async def adjust(session: AsyncSession, wanted: Wanted, actor: Actor) -> CountResult | Adjustment:
    """Correct the books, or keep the wish until it is decided on; safe to repeat.

    Raises what `stock.move_by_hand` and `stock.set_counted` raise, AdjustmentIdReusedError.
    """
    known = await repository.find_hash(session, wanted.id)
    if known is None and not actor.may_approve:
        limit = await repository.read_limit(session)
        if limit is not None and (waiting := await _ask(session, wanted, actor, limit)) is not None:
            return waiting
    elif known is not None:
        return await _known(session, wanted, known, actor)
    posting = Posting(_source(wanted.id), wanted.occurred_at, actor.id, wanted.note)
    if wanted.counted:
        return await stock.set_counted(session, posting, wanted.counted, actor.branches)
    posted = await stock.move_by_hand(session, posting, wanted.differences, actor.branches)
    return CountResult(posted, posted.is_replay)


async def approve(session: AsyncSession, adjustment_id: UUID, note: str | None, actor: Actor) -> Adjustment:
    """Post it, as of when it was asked for; repeated, it answers as it stands.

    Raises AdjustmentNotFoundError, AlreadyDecidedError for a rejected one, InsufficientStockError.
    """
    found = await read(session, adjustment_id, actor.branches)
    await stock.lock(session, [(line.product_id, found.location_id) for line in found.lines])
    status = await repository.lock(session, adjustment_id)
    if status is AdjustmentStatus.REJECTED:
        raise AlreadyDecidedError(status)
    if status is AdjustmentStatus.WAITING:
        posting = Posting(_source(adjustment_id), found.occurred_at, found.requested_by, found.note)
        lines = [
            MovementLine(line.product_id, found.location_id, found.kind, line.quantity)
            for line in found.lines
        ]
        posted = await stock.post(session, posting, lines)
        await repository.decide(session, adjustment_id, posting_id=posted.posting_id, by=actor.id, note=note)
    return await read(session, adjustment_id, actor.branches)


async def reject(session: AsyncSession, adjustment_id: UUID, reason: str, actor: Actor) -> Adjustment:
    """It will never be posted; safe to repeat. Raises AdjustmentNotFoundError, AlreadyDecidedError."""
    await read(session, adjustment_id, actor.branches)
    status = await repository.lock(session, adjustment_id)
    if status is AdjustmentStatus.APPROVED:
        raise AlreadyDecidedError(status)
    if status is AdjustmentStatus.WAITING:
        await repository.decide(session, adjustment_id, posting_id=None, by=actor.id, note=reason)
    return await read(session, adjustment_id, actor.branches)


async def read(session: AsyncSession, adjustment_id: UUID, branches: Branches) -> Adjustment:
    """One that waits or waited. Raises AdjustmentNotFoundError."""
    found = await repository.find(session, adjustment_id, branches)
    if found is None:
        raise AdjustmentNotFoundError("No such adjustment.")
    return found


async def list_adjustments(
    session: AsyncSession,
    branches: Branches,
    *,
    status: AdjustmentStatus | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Adjustment]:
    """Those that wait or waited, newest first; one more than `limit` when there are more."""
    return await repository.list_adjustments(session, branches, status=status, after=after, limit=limit)


async def read_limit(session: AsyncSession) -> Decimal | None:
    """Pesos at cost above which an adjustment waits; None is none."""
    return await repository.read_limit(session)


async def set_limit(session: AsyncSession, limit: Decimal | None) -> None:
    """Change it; those that wait go on waiting."""
    await repository.set_limit(session, limit)


async def _ask(session: AsyncSession, wanted: Wanted, actor: Actor, limit: Decimal) -> Adjustment | None:
    """Keep it when it is more than the limit; None when it may be done at once, or was."""
    lines = await _differences(session, wanted, actor)
    costs = await repository.unit_costs(session, wanted.location_id, [line.product_id for line in lines])
    worth = worth_of(lines, costs)
    if not needs_approval(worth, limit) or await stock.was_posted_or_counted(session, _source(wanted.id)):
        return None
    request_hash = content_hash(wanted)
    await repository.add(session, wanted, request_hash, lines, worth=worth, by=actor.id)
    return await _known(session, wanted, await repository.find_hash(session, wanted.id), actor)


async def _differences(session: AsyncSession, wanted: Wanted, actor: Actor) -> list[MovementLine]:
    if wanted.counted:
        return await stock.differences(session, wanted.counted, wanted.occurred_at, actor.branches)
    await stock.check_by_hand(session, wanted.differences, wanted.occurred_at, actor.branches)
    await stock.check_places(session, [line.location_id for line in wanted.differences], actor.branches)
    # Unknown products are named now and not when somebody approves.
    await stock.lock(session, [(line.product_id, line.location_id) for line in wanted.differences])
    return list(wanted.differences)


async def _known(session: AsyncSession, wanted: Wanted, known: bytes | None, actor: Actor) -> Adjustment:
    if known != content_hash(wanted):
        raise AdjustmentIdReusedError("Another adjustment has this id.")
    return await read(session, wanted.id, actor.branches)


def _source(adjustment_id: UUID) -> str:
    return f"adjustment:{adjustment_id}"
