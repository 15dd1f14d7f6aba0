"""How every edit of an invoice is answered: the review anew, as a part for htmx or as a page."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from shared.clients.base import PeerRefusedError
from shared.clients.negocio_models import Invoice
from web_dashboard.errors import told
from web_dashboard.forms import Mistakes, text_of
from web_dashboard.invoices.view_models import LineMistakes, review_view
from web_dashboard.rendering import fragment, page, wants_fragment
from web_dashboard.visitor import Visitor

_STALE = 412
_UNDERSTOOD_ELSEWHERE = (401, 403, 404)
_UNPROCESSABLE = 422
_CHANGED_MEANWHILE = (
    "warn",
    "Alguien cambió esta factura mientras la mirabas. Así quedó: si tu cambio falta, hacelo de nuevo.",
)
NOT_UNDERSTOOD = ("bad", "Hay algo que no entendimos: está marcado y no se guardó.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an edit. status: of the answer; notice: tone and words for the person."""

    invoice: Invoice
    notice: tuple[str, str] | None = None
    status: int = 200


async def attempt(visitor: Visitor, invoice_id: UUID, edit: Awaitable[Invoice]) -> Outcome:
    """The edited invoice, or the invoice as it is and why the edit was refused."""
    try:
        return Outcome(await edit)
    except PeerRefusedError as error:
        if error.status in _UNDERSTOOD_ELSEWHERE:
            raise
        current = await visitor.clients.negocio.invoice(invoice_id)
        notice = _CHANGED_MEANWHILE if error.status == _STALE else ("bad", told(error.problem))
        return Outcome(current, notice, error.status)


async def review_answer(
    request: Request,
    visitor: Visitor,
    outcome: Outcome,
    *,
    header_mistakes: Mistakes | None = None,
    line_mistakes: LineMistakes | None = None,
    **context: Any,
) -> Response:
    """The review after an edit. A plain form that worked goes back to the page's own address."""
    has_mistakes = bool(header_mistakes) or bool(line_mistakes and line_mistakes.mistakes)
    view = review_view(
        outcome.invoice,
        header_mistakes=header_mistakes,
        line_mistakes=line_mistakes,
        notice=outcome.notice or (NOT_UNDERSTOOD if has_mistakes else None),
    )
    status = _UNPROCESSABLE if has_mistakes else outcome.status
    if wants_fragment(request):
        return fragment(request, visitor, "invoices/_review.html", status=status, review=view, **context)
    if request.method == "POST" and view.notice is None:
        return RedirectResponse(f"/facturas/{outcome.invoice.id}", 303)
    return await page(
        request, visitor, "invoices/review.html", section="invoices", status=status, review=view, **context
    )


def version_of(form: FormData) -> int | None:
    """The version the person saw when editing."""
    given = text_of(form, "version")
    return int(given) if given.isdecimal() else None
