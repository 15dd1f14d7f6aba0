"""What the business does with stock: moving it, undoing that, explaining it, checking the books."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.errors import LocationNotFoundError
from agente_deposito.catalog.rules.values import ProductView
from agente_deposito.catalog.service import places, products
from agente_deposito.stock.errors import (
    AlreadyReversedError,
    CheckRunningError,
    IsAReversalError,
    OwnedByDocumentError,
    PostingNotFoundError,
    SourceReusedError,
    UnknownLocationError,
)
from agente_deposito.stock.repository import ledger, reading
from agente_deposito.stock.rules import (
    EARLIEST,
    Counted,
    CountResult,
    MovementFilter,
    MovementKind,
    MovementLine,
    Posted,
    Posting,
    PostingFacts,
    Story,
    check_asked_instant,
    check_lines,
    check_occurred_at,
    count_hash,
    is_owned_by_document,
)
from shared.kernel.branches import Branches
from shared.kernel.clock import utc_now
from shared.kernel.money import plain

log = structlog.get_logger()

_DOCUMENTS_SHOWN = 100
_MOST_KEPT = 100
_MOST_REBUILT = 100_000
_MONTHS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a number came to be: opening, plus what each kind moved, is what there was at `at`."""

    product: ProductView
    story: Story
    opening: tuple[Decimal, Decimal]
    quantity: Decimal
    value: Decimal
    groups: Sequence[Row[Any]]
    documents: Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Integrity:
    """Whether the ledger's sums equal the balances; the first hundred that differ."""

    checked: int
    wrong: int
    differences: Sequence[Any]
    last_nightly: Row[Any] | None


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


async def list_movements(
    session: AsyncSession,
    wanted: MovementFilter,
    branches: Branches,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The ledger, newest first; one more than `limit` when there are more."""
    return await reading.list_movements(session, wanted, branches, after=after, limit=limit)


async def explain(  # noqa: PLR0913  the parts of the question are these
    session: AsyncSession,
    product_id: UUID,
    location_id: UUID | None,
    *,
    first: datetime | None,
    at: datetime | None,
    branches: Branches,
) -> Explanation:
    """How the stock of a product came to be. Raises ProductNotFoundError, LocationNotFoundError."""
    if at is not None:
        check_asked_instant(at, field="at")
    product = await products.read_product(session, product_id)
    if location_id is not None and not await places.live_locations(session, [location_id], branches):
        raise LocationNotFoundError("No such location.")
    story = Story(product_id, location_id, first or EARLIEST, at or utc_now())
    opening = await reading.opening(session, story, branches)
    groups = await reading.groups(session, story, branches)
    return Explanation(
        product=product,
        story=story,
        opening=opening,
        quantity=opening[0] + sum((group.quantity for group in groups), Decimal(0)),
        value=opening[1] + sum((group.value for group in groups), Decimal(0)),
        groups=groups,
        documents=await reading.documents(session, story, branches, limit=_DOCUMENTS_SHOWN),
    )


async def integrity_of_last_night(session: AsyncSession, branches: Branches) -> Integrity:
    """What the latest nightly check found; nothing checked before the first."""
    nightly = await reading.last_check(session, branches)
    if nightly is None:
        return Integrity(0, 0, (), None)
    wrong = nightly.wrong if branches is None else len(nightly.differences)
    return Integrity(nightly.checked, wrong, nightly.differences, nightly)


async def check_integrity(session: AsyncSession, branches: Branches) -> Integrity:
    """Sum the whole ledger again and compare. Raises CheckRunningError while another does."""
    if not await reading.claim_check(session):
        raise CheckRunningError
    checked, wrong, differences = await reading.resum(session, branches, patiently=False)
    return Integrity(checked, wrong, differences, await reading.last_check(session, branches))


async def rebuild(session: AsyncSession, branches: Branches, *, by: UUID) -> Integrity:
    """Make every balance that differs what the ledger's sums say; what was wrong is kept and cried out.

    Only sums are written anew, never a movement. Raises CheckRunningError while another check sums.
    """
    if not await reading.claim_check(session):
        raise CheckRunningError
    found = await reading.resum(session, branches, patiently=True, most=_MOST_REBUILT)
    checked, wrong, differences = found
    if wrong:
        keys = [(row.product_id, row.location_id) for row in differences]
        await ledger.lock_balances(session, keys)
        await reading.rebuild(session, keys)
        log.error("ledger.rebuilt", checked=checked, wrong=wrong, by=str(by))
        await _keep(session, checked, differences[:_MOST_KEPT])
        await _keep(session, *await _resummed(session))
    return Integrity(checked, wrong, differences[:_MOST_KEPT], await reading.last_check(session, branches))


async def check_nightly(session: AsyncSession) -> bool:
    """The nightly check, remembered and, when something differs, cried out. True when all agrees."""
    checked, wrong, differences = await reading.resum(session, None, patiently=True)
    told = await _keep(session, checked, differences)
    if wrong:
        log.error("ledger.integrity_failed", checked=checked, wrong=wrong, first=told[0])
    else:
        log.info("ledger.integrity_ok", checked=checked)
    return wrong == 0


async def _resummed(session: AsyncSession) -> tuple[int, Sequence[Row[Any]]]:
    checked, _, differences = await reading.resum(session, None, patiently=True)
    return checked, differences


async def _keep(session: AsyncSession, checked: int, differences: Sequence[Row[Any]]) -> list[dict[str, str]]:
    told = [
        {name: str(value) for name, value in row._asdict().items() if name != "wrong"} for row in differences
    ]
    await reading.keep_check(session, checked=checked, differences=json.dumps(told))
    return told


@dataclass(frozen=True, slots=True)
class Ledgers:
    """All organisations together, by each one's last check; oldest_check is None before the first."""

    organisations: int
    wrong: int
    oldest_check: datetime | None


async def ledgers(session: AsyncSession) -> Ledgers:
    """How the ledgers stood, for those who watch the platform."""
    found = await reading.ledgers(session)
    return Ledgers(found.organisations, found.wrong, found.oldest_check)


async def prepare_months(session: AsyncSession) -> int:
    """See to it that the ledger has its partitions for a year ahead; how many were made."""
    return await reading.ensure_partitions(session, first=utc_now(), months=_MONTHS_AHEAD)


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
