"""What the warehouse tells of a confirmed paper's goods, written on the invoice. Safe to repeat."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.models import Invoice
from agente_negocio.invoices.repository import invoices as repository
from shared.events.contracts import ReceiptRefused, StockReceived, StockTakenBack


async def note_receipt(session: AsyncSession, fact: StockReceived) -> None:
    """The goods are in the ledger. A later take-back stands."""
    invoice = await _find(session, fact.invoice_id)
    if invoice is None or invoice.receipt_status not in {"queued", "failed"}:
        return
    movements = [movement.model_dump(mode="json") for movement in fact.movements]
    invoice.receipt_status = "done"
    invoice.receipt = {"posting_id": str(fact.posting_id), "movements": movements}
    invoice.version += 1


async def note_take_back(session: AsyncSession, fact: StockTakenBack) -> None:
    """The ledger's posting was reversed."""
    invoice = await _find(session, fact.invoice_id)
    if invoice is None or invoice.receipt_status in {"none", "taken_back"}:
        return
    invoice.receipt_status = "taken_back"
    invoice.receipt = {**(invoice.receipt or {}), "reversal_id": str(fact.posting_id)}
    invoice.version += 1


async def note_refusal(session: AsyncSession, fact: ReceiptRefused) -> None:
    """The ledger could not take the goods; a person sees why and reverses the paper."""
    invoice = await _find(session, fact.invoice_id)
    if invoice is None or invoice.receipt_status != "queued":
        return
    invoice.receipt_status = "failed"
    invoice.receipt = {"error": {"code": fact.code, "detail": fact.detail}}
    invoice.version += 1


async def _find(session: AsyncSession, invoice_id: UUID) -> Invoice | None:
    return await repository.find(session, invoice_id, lock=True)
