"""Goods of confirmed invoices: entering stock, and leaving it again when the invoice is undone."""

from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from agente_deposito.catalog.service import places
from agente_deposito.receipts import repository
from agente_deposito.receipts.errors import NoLocationError, TakenBackError
from agente_deposito.receipts.rules import lines_to_post
from agente_deposito.stock.rules import MovementKind, Posted, Posting, check_occurred_at
from agente_deposito.stock.service import moving as stock
from shared.events.contracts import (
    InvoiceConfirmed,
    InvoiceReversed,
    PostedMovement,
    ReceiptRefused,
    StockReceived,
    StockTakenBack,
)
from shared.jobs.defer import publish
from shared.kernel.clock import utc_now
from shared.kernel.errors import DomainError

log = structlog.get_logger()


async def receive_goods(session: AsyncSession, fact: InvoiceConfirmed) -> None:
    """Post an invoice's goods once and tell what was written, or tell why it never can be.

    A refusal is a fact too: it is published instead of retried. Anything else is raised, so that the
    job is tried again.
    """
    try:
        async with session.begin_nested():
            posted = await _post(session, fact)
    except DomainError as error:
        log.warning("receipt.refused", invoice_id=str(fact.invoice_id), code=error.code)
        await publish(session, _refusal(fact.invoice_id, error.code, str(error)))
        return
    await publish(session, _received(fact, posted))


async def take_back_goods(session: AsyncSession, fact: InvoiceReversed) -> None:
    """Undo an invoice's posting once.

    No negative policy stops an undo; what it takes below zero is logged. An invoice that never
    posted (its receipt was refused, or its lines are no goods) has nothing to take back; that it was
    undone is noted, so that its goods do not come in later.
    """
    source = _source(fact.invoice_id)
    posting_id = await stock.find_posting_id(session, source)
    if posting_id is None:
        log.info("receipt.nothing_to_take_back", invoice_id=str(fact.invoice_id))
        await repository.note_taken_back(session, fact.invoice_id)
        await publish(session, _taken_back(fact, UUID(int=0)))
        return
    posted = await stock.reverse(
        session, posting_id, occurred_at=utc_now(), by=fact.reversed_by, note=fact.reason
    )
    shortages = stock.describe_shortages(posted)
    if shortages:
        log.warning("receipt.taken_below_zero", invoice_id=str(fact.invoice_id), shortages=shortages)
    await publish(session, _taken_back(fact, posted.posting_id))


async def _post(session: AsyncSession, fact: InvoiceConfirmed) -> Posted | None:
    if await repository.was_taken_back(session, fact.invoice_id):
        raise TakenBackError("Undone before its goods came in.")
    location_id = await _location(session, fact)
    lines = lines_to_post(fact.lines, location_id)
    if not lines:
        return None
    check_occurred_at(fact.occurred_at, now=utc_now())
    posting = Posting(_source(fact.invoice_id), fact.occurred_at, fact.confirmed_by)
    return await stock.post(session, posting, lines)


async def _location(session: AsyncSession, fact: InvoiceConfirmed) -> UUID:
    if fact.location_id is not None:
        # Of the paper's own branch: who confirmed it may not see another one.
        if not await places.live_locations(session, [fact.location_id], frozenset((fact.branch_id,))):
            raise NoLocationError("No such location in the branch.")
        return fact.location_id
    shops = await places.shops_of(session, [fact.branch_id], None)
    if fact.branch_id not in shops:
        raise NoLocationError("The branch has no shop.")
    return shops[fact.branch_id]


def _source(invoice_id: UUID) -> str:
    return f"invoice:{invoice_id}"


def _fact_id(what: str, invoice_id: UUID) -> UUID:
    """The same fact has the same id however often it is told."""
    return uuid5(NAMESPACE_URL, f"gondola:{what}:{invoice_id}")


def _received(fact: InvoiceConfirmed, posted: Posted | None) -> StockReceived:
    movements = posted.movements if posted else ()
    return StockReceived(
        id=_fact_id("stock_received", fact.invoice_id),
        invoice_id=fact.invoice_id,
        posting_id=posted.posting_id if posted else UUID(int=0),
        movements=tuple(
            PostedMovement(
                movement_id=movement.id,
                product_id=movement.product_id,
                location_id=movement.location_id,
                quantity=movement.quantity,
                balance_after=movement.balance_after,
            )
            for movement in movements
            if movement.kind != MovementKind.REVALUATION
        ),
    )


def _taken_back(fact: InvoiceReversed, posting_id: UUID) -> StockTakenBack:
    return StockTakenBack(
        id=_fact_id("stock_taken_back", fact.invoice_id), invoice_id=fact.invoice_id, posting_id=posting_id
    )


def _refusal(invoice_id: UUID, code: str, detail: str) -> ReceiptRefused:
    return ReceiptRefused(
        id=_fact_id("receipt_refused", invoice_id), invoice_id=invoice_id, code=code, detail=detail
    )
