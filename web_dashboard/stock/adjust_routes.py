"""Correcting the stock of a product, and deciding on large corrections."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from shared.clients.base import PeerRefusedError
from shared.clients.deposito_models import Location
from shared.kernel.money import plain
from web_dashboard.errors import told
from web_dashboard.forms import FieldReader, text_of, uuid_of
from web_dashboard.peers import or_none
from web_dashboard.rendering import page
from web_dashboard.sessions.csrf import CheckedForm
from web_dashboard.stock.reasons import CHOICES, COUNTED, LESS, REASON_WORDS
from web_dashboard.visitor import StockApproverVisitor, StockVisitor, StockWriterVisitor, Visitor

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Query(max_length=500)]
_STATUSES = {
    "waiting": ("Por aprobar", "warn"),
    "approved": ("Aprobado", "good"),
    "rejected": ("Rechazado", "quiet"),
}
_TABS = (("waiting", "Por aprobar"), ("approved", "Aprobados"), ("rejected", "Rechazados"))


@router.get("/stock/{product_id}/corregir")
async def correcting(request: Request, visitor: StockWriterVisitor, product_id: UUID) -> HTMLResponse:
    """Say how many there are, or what happened to some."""
    return await _correcting(request, visitor, product_id, {"id": str(uuid4())})


@router.post("/stock/{product_id}/corregir")
async def correct(
    request: Request, visitor: StockWriterVisitor, product_id: UUID, form: CheckedForm
) -> Response:
    """Correct it; above the organisation's limit it waits."""
    body, reasons = _body(form, product_id)
    typed = {name: text_of(form, name) for name in ("id", "lugar", "motivo", "cantidad", "nota")}
    if reasons:
        return await _correcting(request, visitor, product_id, typed, reasons=reasons, status=422)
    try:
        done = await visitor.clients.deposito.adjust(body)
    except PeerRefusedError as error:
        if error.status in (401, 403, 404):
            raise
        notice = ("bad", told(error.problem))
        return await _correcting(request, visitor, product_id, typed, notice=notice, status=error.status)
    where = "/ajustes?aviso=espera" if done.status == "waiting" else f"/stock/{product_id}"
    return RedirectResponse(where, 303)


@router.get("/ajustes")
async def adjustments(
    request: Request, visitor: StockVisitor, estado: Word = "waiting", cursor: Word = "", aviso: Word = ""
) -> HTMLResponse:
    """Corrections that wait for approval, or waited."""
    status = estado if estado in _STATUSES else "waiting"
    notice = ("info", "Quedó anotado: se corrige cuando alguien lo apruebe.") if aviso == "espera" else None
    return await _listed(request, visitor, status, cursor=cursor, notice=notice)


@router.post("/ajustes/{adjustment_id}/aprobar")
async def approve(
    request: Request, visitor: StockApproverVisitor, adjustment_id: UUID, _form: CheckedForm
) -> Response:
    """Do it."""
    return await _decide(request, visitor, adjustment_id, "approve", {})


@router.post("/ajustes/{adjustment_id}/rechazar")
async def reject(
    request: Request, visitor: StockApproverVisitor, adjustment_id: UUID, form: CheckedForm
) -> Response:
    """Refuse it for good."""
    reason = text_of(form, "motivo")
    if not reason:
        notice = ("bad", "Contá en pocas palabras por qué, así queda anotado.")
        return await _listed(request, visitor, "waiting", notice=notice, code=422)
    return await _decide(request, visitor, adjustment_id, "reject", {"reason": reason})


async def _decide(
    request: Request, visitor: Visitor, adjustment_id: UUID, decision: str, values: Mapping[str, str]
) -> Response:
    try:
        await visitor.clients.deposito.decide_adjustment(adjustment_id, decision, dict(values))
    except PeerRefusedError as error:
        if error.status in (401, 403, 404):
            raise
        return await _listed(
            request, visitor, "waiting", notice=("bad", told(error.problem)), code=error.status
        )
    return RedirectResponse("/ajustes", 303)


async def _listed(  # noqa: PLR0913  what the list shows are these
    request: Request,
    visitor: Visitor,
    status: str,
    *,
    cursor: str = "",
    notice: tuple[str, str] | None = None,
    code: int = 200,
) -> HTMLResponse:
    found = await or_none(visitor.clients.deposito.adjustments(status=status, cursor=cursor))
    places = await or_none(visitor.clients.deposito.locations())
    context: dict[str, Any] = {
        "found": found,
        "places": {place.id: place.name for place in places or []},
        "chosen": status,
        "cursor": cursor,
        "choices": _TABS,
        "statuses": _STATUSES,
        "reasons": REASON_WORDS,
        "notice": notice,
    }
    return await page(request, visitor, "adjustments/list.html", section="stock", status=code, **context)


async def _correcting(  # noqa: PLR0913  the form and what became of it
    request: Request,
    visitor: Visitor,
    product_id: UUID,
    typed: Mapping[str, str],
    *,
    reasons: Mapping[str, str] | None = None,
    notice: tuple[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    product = await visitor.clients.deposito.product(product_id)
    places = await visitor.clients.deposito.locations()
    context: dict[str, Any] = {
        "product": product,
        "places": _here(places, visitor),
        "choices": CHOICES,
        "typed": typed,
        "mistakes": reasons or {},
        "notice": notice,
    }
    return await page(request, visitor, "adjustments/new.html", section="stock", status=status, **context)


def _here(places: list[Location], visitor: Visitor) -> list[Location]:
    return [
        place for place in places if place.kind != "transit" and visitor.branch_id in (None, place.branch_id)
    ]


def _body(form: FormData, product_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """The correction as the warehouse takes it, and why it is none, by field."""
    fields = FieldReader(form)
    quantity = fields.number("cantidad", minimum=Decimal(0))
    place, choice = uuid_of(form, "lugar"), CHOICES.get(text_of(form, "motivo"))
    reasons = dict(fields.mistakes.reasons)
    if place is None:
        reasons["lugar"] = "Elegí dónde."
    if choice is None:
        reasons["motivo"] = "Elegí qué pasó."
    if "cantidad" not in reasons and (quantity is None or (not quantity and choice and choice[2] != COUNTED)):
        reasons["cantidad"] = "Poné cuánto."
    if reasons or choice is None or quantity is None:
        return {}, reasons
    _, kind, meaning = choice
    line: dict[str, str] = {"product_id": str(product_id)}
    line["counted" if meaning == COUNTED else "quantity"] = plain(-quantity if meaning == LESS else quantity)
    body: dict[str, Any] = {"location_id": str(place), "lines": [line]}
    if meaning != COUNTED:
        body["reason"] = kind
    if (known := uuid_of(form, "id")) is not None:
        body["id"] = str(known)
    if note := text_of(form, "nota"):
        body["note"] = note
    return body, {}
