"""Correcting an invoice under review: header, lines, products."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from shared.clients.negocio_models import Invoice, InvoiceLine
from shared.kernel.money import plain
from shared.web.problem_texts import ProblemText
from web_dashboard.errors import error_page
from web_dashboard.forms import FieldReader, text_of, uuid_of
from web_dashboard.invoices import edits
from web_dashboard.invoices.answers import Outcome, attempt, review_answer, version_of
from web_dashboard.invoices.view_models import LineMistakes
from web_dashboard.peers import or_none
from web_dashboard.rendering import fragment, page, wants_fragment
from web_dashboard.sessions.csrf import CheckedForm
from web_dashboard.visitor import CurrentVisitor, Visitor

router = APIRouter(prefix="/facturas/{invoice_id}", include_in_schema=False)

InvoiceId = Annotated[UUID, Path()]
LineId = Annotated[str, Path(max_length=64)]
_LINE_GONE = ProblemText("Ese renglón ya no está", "Alguien lo quitó. Volvé a cargar la factura.")
_NOTHING_CHOSEN = ("bad", "Marcá al menos un renglón.")
_NEW_LINE = {"description": "Renglón nuevo"}


@router.post("/encabezado")
async def change_header(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, form: CheckedForm
) -> Response:
    """Correct the header, or say that a field is right as it is."""
    current, fields = await visitor.clients.negocio.invoice(invoice_id), FieldReader(form)
    changes = edits.approved_header(fields, current) if form.get("esta_bien") else {}
    changes |= edits.header_changes(fields, current)
    outcome = await _changed_header(visitor, current, changes, form)
    return await review_answer(request, visitor, outcome, header_mistakes=fields.mistakes)


@router.post("/decision")
async def decide(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, form: CheckedForm
) -> Response:
    """Take one of the decisions a blocker asks for."""
    lines = [value for value in form.getlist("internal_tax_lines") if isinstance(value, str)]
    decisions: dict[str, Any] = {
        name: True for name in ("accept_difference", "accept_receiver") if text_of(form, name)
    }
    if effect := text_of(form, "credit_effect"):
        decisions["credit_effect"] = effect
    if lines:
        decisions["internal_tax_lines"] = lines
    current = await visitor.clients.negocio.invoice(invoice_id)
    if not decisions:
        return await review_answer(request, visitor, Outcome(current, _NOTHING_CHOSEN, 422))
    return await review_answer(request, visitor, await _changed_header(visitor, current, decisions, form))


@router.post("/renglones")
async def add_line(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, form: CheckedForm
) -> Response:
    """A line that the reading missed, to be filled in."""
    edit = visitor.clients.negocio.add_line(invoice_id, _NEW_LINE, version=version_of(form))
    return await review_answer(request, visitor, await attempt(visitor, invoice_id, edit))


@router.post("/renglones/{line_id}")
async def change_line(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, line_id: LineId, form: CheckedForm
) -> Response:
    """Correct a line, or say that it is right as it is."""
    current = await visitor.clients.negocio.invoice(invoice_id)
    line = _line_of(current, line_id)
    if line is None:
        return error_page(request, 404, _LINE_GONE)
    if form.get("esta_bien"):
        return await review_answer(request, visitor, await _approved(visitor, current, line, form))
    fields = FieldReader(form)
    changes, factor = edits.line_changes(fields, line), edits.new_pack_factor(fields, line)
    outcome = Outcome(current)
    if changes:
        edit = visitor.clients.negocio.change_line(invoice_id, line_id, changes, version=version_of(form))
        outcome = await attempt(visitor, invoice_id, edit)
    if factor is not None and outcome.notice is None and line.product:
        match = {"product_id": str(line.product.id), "pack_factor": plain(factor), "remember": True}
        version = outcome.invoice.version if changes else version_of(form)
        edit = visitor.clients.negocio.match_line(invoice_id, line_id, match, version=version)
        outcome = await attempt(visitor, invoice_id, edit)
    mistakes = LineMistakes(line_id, fields.mistakes)
    return await review_answer(request, visitor, outcome, line_mistakes=mistakes)


@router.post("/renglones/{line_id}/quitar")
async def remove_line(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, line_id: LineId, form: CheckedForm
) -> Response:
    """Take out a line that is not on the paper."""
    edit = visitor.clients.negocio.remove_line(invoice_id, line_id, version=version_of(form))
    return await review_answer(request, visitor, await attempt(visitor, invoice_id, edit))


@router.get("/renglones/{line_id}/productos")
async def search_products(
    request: Request,
    visitor: CurrentVisitor,
    invoice_id: InvoiceId,
    line_id: LineId,
    q: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Products that a text may mean, to choose one for a line."""
    found = await or_none(visitor.clients.deposito.products(q=q.strip())) if q.strip() else []
    return fragment(
        request,
        visitor,
        "invoices/_results.html",
        results=found,
        search=q.strip(),
        invoice_id=invoice_id,
        line_id=line_id,
    )


@router.post("/renglones/{line_id}/producto")
async def match_line(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, line_id: LineId, form: CheckedForm
) -> Response:
    """This line is that product. The pack is left to negocio, which proves it by the money or asks."""
    match = {"product_id": str(uuid_of(form, "product_id")), "remember": True}
    edit = visitor.clients.negocio.match_line(invoice_id, line_id, match, version=version_of(form))
    return await review_answer(request, visitor, await attempt(visitor, invoice_id, edit))


@router.get("/renglones/{line_id}/nuevo")
async def new_product(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, line_id: LineId
) -> Response:
    """The form for a product that does not exist yet, filled with what the paper says."""
    current = await visitor.clients.negocio.invoice(invoice_id)
    line = _line_of(current, line_id)
    if line is None:
        return error_page(request, 404, _LINE_GONE)
    context: dict[str, Any] = {"invoice": current, "line": line}
    if wants_fragment(request):
        return fragment(request, visitor, "invoices/_new_product.html", **context)
    return await page(request, visitor, "invoices/new_product.html", section="invoices", **context)


@router.post("/renglones/{line_id}/crear")
async def create_product(
    request: Request, visitor: CurrentVisitor, invoice_id: InvoiceId, line_id: LineId, form: CheckedForm
) -> Response:
    """Make the product and match the line to it."""
    fields = FieldReader(form)
    factor, rate = fields.number("pack_factor"), fields.number("iva_rate")
    product: dict[str, Any] = {"name": fields.text("name"), "remember": True}
    if rate is not None:
        product["iva_rate"] = plain(rate)
    if factor is not None:
        product["pack_factor"] = plain(factor)
    if barcode := fields.text("barcode"):
        product["barcode"] = barcode
    if fields.mistakes:
        current = await visitor.clients.negocio.invoice(invoice_id)
        notice = ("bad", next(iter(fields.mistakes.reasons.values())))
        return await review_answer(request, visitor, Outcome(current, notice, 422))
    edit = visitor.clients.negocio.create_product(invoice_id, line_id, product, version=version_of(form))
    return await review_answer(request, visitor, await attempt(visitor, invoice_id, edit))


async def _changed_header(
    visitor: Visitor, current: Invoice, changes: Mapping[str, Any], form: FormData
) -> Outcome:
    if not changes:
        return Outcome(current)
    edit = visitor.clients.negocio.change_invoice(current.id, changes, version=version_of(form))
    return await attempt(visitor, current.id, edit)


async def _approved(visitor: Visitor, current: Invoice, line: InvoiceLine, form: FormData) -> Outcome:
    """Fields first, then the product: each said again by a person."""
    negocio, outcome, version = visitor.clients.negocio, Outcome(current), version_of(form)
    if approved := edits.approved_line(line):
        edit = negocio.change_line(current.id, line.id, approved, version=version)
        outcome = await attempt(visitor, current.id, edit)
        version = outcome.invoice.version
    if line.product is not None and outcome.notice is None and _is_match_doubted(line, approved):
        match: dict[str, Any] = {"product_id": str(line.product.id), "remember": True}
        if line.pack_factor is not None:
            match["pack_factor"] = plain(line.pack_factor)
        edit = negocio.match_line(current.id, line.id, match, version=version)
        outcome = await attempt(visitor, current.id, edit)
    return outcome


def _is_match_doubted(line: InvoiceLine, approved: Mapping[str, Any]) -> bool:
    return bool({"product", "pack_factor"} & set(line.doubts)) or not approved


def _line_of(invoice: Invoice, line_id: str) -> InvoiceLine | None:
    return next((line for line in invoice.lines if line.id == line_id), None)
