"""The list of invoices, one invoice, its page images and its way into stock."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from web_dashboard.invoices import act_routes, edit_routes, upload_routes
from web_dashboard.invoices.answers import Outcome, review_answer
from web_dashboard.invoices.titles import STATUS_WORDS
from web_dashboard.invoices.view_models import review_view
from web_dashboard.peers import or_none
from web_dashboard.rendering import fragment, page, wants_fragment
from web_dashboard.visitor import CurrentVisitor, InvoiceVisitor

own = APIRouter(include_in_schema=False)

Word = Annotated[str, Query(max_length=500)]
_PER_PAGE = 20
_CHOICES = (
    ("", "Todas"),
    ("needs_review", "Para revisar"),
    ("ready", "Listas"),
    ("confirmed", "Cargadas"),
    ("reversed", "Deshechas"),
    ("discarded", "Descartadas"),
)


@own.get("/facturas")
async def invoices(
    request: Request, visitor: InvoiceVisitor, q: Word = "", estado: Word = "", cursor: Word = ""
) -> HTMLResponse:
    """Every invoice, newest first, and papers that could not be read."""
    negocio, status = visitor.clients.negocio, estado if estado in STATUS_WORDS else ""
    found, unread, summary = await asyncio.gather(
        or_none(negocio.invoices(status=status, q=q.strip(), cursor=cursor, limit=_PER_PAGE)),
        or_none(negocio.documents(status="failed", limit=10)),
        or_none(negocio.invoice_summary()),
    )
    context: dict[str, Any] = {"found": found, "q": q.strip(), "chosen_status": status, "cursor": cursor}
    words: dict[str, Any] = {"choices": _CHOICES, "words": STATUS_WORDS, "invoice_summary": summary}
    if wants_fragment(request):
        return fragment(request, visitor, "invoices/_list.html", **{**context, **words})
    everything = {**context, **words, "unread": [] if q or status or cursor else unread}
    return await page(request, visitor, "invoices/list.html", section="invoices", **everything)


@own.get("/facturas/{invoice_id}")
async def invoice(
    request: Request, visitor: CurrentVisitor, invoice_id: UUID, renglon: Word = "", q: Word = ""
) -> Response:
    """One invoice beside its paper. renglon and q: the product search of a line, without JavaScript."""
    current = await visitor.clients.negocio.invoice(invoice_id)
    results = await or_none(visitor.clients.deposito.products(q=q)) if renglon and q else None
    return await review_answer(
        request, visitor, Outcome(current), searched_line=renglon, search=q, results=results
    )


@own.get("/facturas/papeles/{document_id}/{number}")
async def page_image(
    visitor: CurrentVisitor, document_id: UUID, number: Annotated[int, Path(ge=1, le=1000)]
) -> Response:
    """A page of the paper; the browser has no token of its own to ask negocio with."""
    content = await visitor.clients.negocio.page_image(document_id, number)
    headers = {"Cache-Control": "private, max-age=600"}
    return Response(content, media_type="image/jpeg", headers=headers)


@own.get("/facturas/{invoice_id}/recepcion")
async def receipt(request: Request, visitor: CurrentVisitor, invoice_id: UUID) -> Response:
    """How far the goods are; asked again and again until they arrived."""
    current = await visitor.clients.negocio.invoice(invoice_id)
    if current.receipt is not None and current.receipt.status == "queued":
        current.receipt = await visitor.clients.negocio.receipt(invoice_id) or current.receipt
    return fragment(request, visitor, "invoices/_receipt.html", review=review_view(current))


router = APIRouter()
for part in (upload_routes.router, own, edit_routes.router, act_routes.router):
    router.include_router(part)
