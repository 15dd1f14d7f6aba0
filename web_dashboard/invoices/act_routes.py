"""Confirming an invoice, undoing it, putting it aside."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from web_dashboard.forms import text_of
from web_dashboard.invoices.answers import Outcome, attempt, review_answer, version_of
from web_dashboard.peers import or_none
from web_dashboard.rendering import waiting_papers
from web_dashboard.sessions.csrf import CheckedForm
from web_dashboard.visitor import CurrentVisitor, Visitor

router = APIRouter(prefix="/facturas/{invoice_id}", include_in_schema=False)

InvoiceId = Annotated[UUID, Path()]
_REASON_NEEDED = ("bad", "Contá en pocas palabras por qué, así queda anotado.")


@router.post("/confirmar")
async def confirm(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, form: CheckedForm
) -> Response:
    """Accept the invoice: its goods go into stock."""
    version = version_of(form)
    # A second press of the same button is the same confirmation.
    key = f"dashboard-confirm-{invoice_id}-{version}"
    edit = visitor.clients.negocio.confirm(invoice_id, version=version, key=key)
    return await _acted(request, visitor, await attempt(visitor, invoice_id, edit))


@router.post("/deshacer")
async def undo(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, form: CheckedForm
) -> Response:
    """Take a confirmed invoice back, goods included."""
    reason = text_of(form, "motivo")
    if not reason:
        return await _without_reason(request, visitor, invoice_id)
    edit = visitor.clients.negocio.reverse(invoice_id, reason)
    return await _acted(request, visitor, await attempt(visitor, invoice_id, edit))


@router.post("/descartar")
async def discard(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, form: CheckedForm
) -> Response:
    """Put an invoice aside; nothing enters stock."""
    reason = text_of(form, "motivo")
    if not reason:
        return await _without_reason(request, visitor, invoice_id)
    edit = visitor.clients.negocio.discard(invoice_id, reason)
    return await _acted(request, visitor, await attempt(visitor, invoice_id, edit))


async def _acted(request: Request, visitor: Visitor, outcome: Outcome) -> Response:
    """The review, and with it how many papers wait now."""
    summary = await or_none(visitor.clients.negocio.invoice_summary())
    still_waiting = None if summary is None else waiting_papers(summary)
    return await review_answer(request, visitor, outcome, still_waiting=still_waiting)


async def _without_reason(request: Request, visitor: CurrentVisitor, invoice_id: UUID) -> Response:
    current = await visitor.clients.negocio.invoice(invoice_id)
    return await review_answer(request, visitor, Outcome(current, _REASON_NEEDED, 422))
