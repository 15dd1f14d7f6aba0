"""What the business does with stock: moving it, counting it, undoing that, and what may run short."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.service import places, products
from agente_deposito.stock.errors import (
    AlreadyReversedError,
    IsAReversalError,
    OwnedByDocumentError,
    PostingNotFoundError,
    SourceReusedError,
    UnknownLocationError,
)
from agente_deposito.stock.repository import ledger, reading
from agente_deposito.stock.rules import (
    Counted,
    CountResult,
    MovementKind,
    MovementLine,
    Posted,
    Posting,
    PostingFacts,
    check_lines,
    check_occurred_at,
    count_hash,
    is_owned_by_document,
)
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now
from shared.kernel.money import plain


async def move_by_hand(
    session: AsyncSession, posting: Posting, lines: Sequence[MovementLine], branches: Branches
) -> Posted:
    """Post what a person entered, every line or none.

    Raises WrongSignError, CostNeededError, BadDateError, UnknownLocationError, UnknownProductError,
    InsufficientStockError, NothingToRevalueError.
    """
    await check_by_hand(session, lines, posting.occurred_at, branches)
    return await ledger.post(session, posting, lines, branches)


async def check_by_hand(
    session: AsyncSession, lines: Sequence[MovementLine], occurred_at: datetime, branches: Branches
) -> None:
    """Raise what the lines alone tell is wrong, as `move_by_hand` would."""
    check_occurred_at(occurred_at, now=utc_now())
    check_lines(lines)
    if branches is not None:
        # Before the ledger is asked: a repeat is answered with what was written, wherever that was.
        await check_places(session, [line.location_id for line in lines], branches)


async def set_counted(
    session: AsyncSession, posting: Posting, counted: Sequence[Counted], branches: Branches
) -> CountResult:
    """Bring the books to what was counted now.

    Safe to repeat, however much moved in between: a source counted before answers what it led to then.
    Raises BadDateError, UnknownLocationError, UnknownProductError, and SourceReusedError for a source
    that stood for something else.
    """
    lines = await differences(session, counted, posting.occurred_at, branches)
    if not await ledger.remember_count(session, posting.source, count_hash(counted)):
        return CountResult(await ledger.posted_by(session, posting.source), is_replay=True)
    if await reading.find_posting_id(session, posting.source) is not None:
        raise SourceReusedError("No count posted this.")
    posted = await ledger.post(session, posting, lines, branches) if lines else None
    return CountResult(posted, is_replay=False)


async def differences(
    session: AsyncSession, counted: Sequence[Counted], occurred_at: datetime, branches: Branches
) -> list[MovementLine]:
    """What brings the books to what was counted; they stay locked. Raises as `set_counted` does."""
    check_occurred_at(occurred_at, now=utc_now())
    await check_places(session, [count.location_id for count in counted], branches)
    keys = [(count.product_id, count.location_id) for count in counted]
    await ledger.lock_balances(session, keys)
    held = await ledger.held(session, keys)
    return [
        MovementLine(count.product_id, count.location_id, MovementKind.COUNT, difference)
        for count in counted
        if (difference := count.quantity - held[count.product_id, count.location_id])
    ]


async def post(session: AsyncSession, posting: Posting, lines: Sequence[MovementLine]) -> Posted:
    """Post what another feature decided, in any branch; see `ledger.post`."""
    return await ledger.post(session, posting, lines, None)


async def lock(session: AsyncSession, keys: Collection[tuple[UUID, UUID]]) -> None:
    """Lock (product, location) balances in key order, before several postings in one transaction."""
    await ledger.lock_balances(session, list(keys))


async def free(
    session: AsyncSession, keys: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Decimal]:
    """What of each (product, location) is promised to nobody; call it with the balances locked."""
    return await ledger.free(session, list(keys))


async def posted_by(session: AsyncSession, source: str) -> Posted | None:
    """What a document wrote, as a replay; None when it wrote nothing."""
    return await ledger.posted_by(session, source)


async def check_places(session: AsyncSession, location_ids: Sequence[UUID], branches: Branches) -> None:
    """Raise UnknownLocationError for the first that is not a live one of the caller's."""
    known = await places.live_locations(session, set(location_ids), branches)
    for number, location_id in enumerate(location_ids):
        if location_id not in known:
            raise UnknownLocationError(location_id, line=number)


async def reverse(  # noqa: PLR0913  what a reversal records are these
    session: AsyncSession,
    posting_id: UUID,
    *,
    occurred_at: datetime,
    by: UUID,
    note: str | None,
    kind: MovementKind = MovementKind.REVERSAL,
) -> Posted:
    """Undo a posting of another feature; repeated, it answers the first undoing."""
    return await ledger.reverse(
        session, posting_id, occurred_at=occurred_at, by=by, note=note, kind=kind.value
    )


async def reverse_by_hand(
    session: AsyncSession, posting_id: UUID, *, by: UUID, reason: str, branches: Branches
) -> Posted:
    """Undo a movement a person entered.

    Raises PostingNotFoundError, IsAReversalError, OwnedByDocumentError, AlreadyReversedError.
    """
    facts = await _visible_posting(session, posting_id, branches)
    if facts.reverses_posting_id is not None:
        raise IsAReversalError("A reversal.")
    if is_owned_by_document(facts.source):
        raise OwnedByDocumentError(facts.source)
    posted = await reverse(session, posting_id, occurred_at=utc_now(), by=by, note=reason)
    if posted.is_replay:
        raise AlreadyReversedError(posted.posting_id)
    return posted


async def was_posted_or_counted(session: AsyncSession, source: str) -> bool:
    """Whether a source was answered before, if only by finding the books right."""
    return await ledger.is_known(session, source)


async def find_posting_id(session: AsyncSession, source: str) -> UUID | None:
    """The posting a document made, if it has."""
    return await reading.find_posting_id(session, source)


async def list_policies(
    session: AsyncSession, product_id: UUID | None, branches: Branches
) -> Sequence[Row[Any]]:
    """Policies of single products in the caller's branches."""
    return await reading.list_policies(session, product_id, branches)


async def set_policy(
    session: AsyncSession, product_id: UUID, branch_id: UUID, policy: str | None, branches: Branches
) -> None:
    """Set it, or take it away. Raises ProductNotFoundError, BranchUnknownError."""
    await products.read_product(session, product_id)
    await places.check_branch(session, branch_id, branches)
    await ledger.set_policy(session, product_id, branch_id, policy)


async def _visible_posting(session: AsyncSession, posting_id: UUID, branches: Branches) -> PostingFacts:
    facts = await reading.find_posting(session, posting_id, branches)
    if facts is None or not facts.is_visible:
        raise PostingNotFoundError("No such posting.")
    return facts


def describe_shortages(posted: Posted) -> list[dict[str, str]]:
    """The products a posting took below zero, for whoever has to be told."""
    return [
        {
            "product_id": str(movement.product_id),
            "location_id": str(movement.location_id),
            "balance_after": plain(movement.balance_after),
        }
        for movement in posted.movements
        if movement.is_short and movement.quantity < 0
    ]
