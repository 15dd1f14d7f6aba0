"""The list of transfers, a new one, and one of them with what is done to it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from shared.clients.base import PeerRefusedError
from shared.clients.deposito_goods import Transfer
from shared.clients.deposito_models import FoundProduct, Product
from web_dashboard.errors import told
from web_dashboard.forms import Mistakes, text_of, uuid_of
from web_dashboard.peers import or_none
from web_dashboard.rendering import fragment, page, wants_fragment
from web_dashboard.sessions.csrf import CheckedForm
from web_dashboard.transfers.drafts import MOST_LINES, Draft
from web_dashboard.transfers.view_models import (
    CHOICES,
    MISSING,
    STATUSES,
    counted,
    summary_of,
    transfer_view,
)
from web_dashboard.visitor import StockVisitor, StockWriterVisitor, Visitor

router = APIRouter(prefix="/envios", include_in_schema=False)

Word = Annotated[str, Query(max_length=500)]
_UNDERSTOOD_ELSEWHERE = (401, 403, 404)
_SHORTEST_CODE = 6
_REASON_NEEDED = ("bad", "Contá en pocas palabras por qué, así queda anotado.")
_NOT_UNDERSTOOD = ("bad", "Hay algo que no entendimos: está marcado y no se guardó.")


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says at its top, and the answer's status."""

    notice: tuple[str, str] | None = None
    status: int = 200


NOTHING = Said()


@router.get("")
async def transfers(
    request: Request, visitor: StockVisitor, estado: Word = "", cursor: Word = ""
) -> HTMLResponse:
    """Every transfer from and to the visitor's branches."""
    status = estado if estado in STATUSES else ""
    found = await or_none(
        visitor.clients.deposito.transfers(status=status, branch_id=visitor.branch_id, cursor=cursor)
    )
    context: dict[str, Any] = {"found": found, "chosen": status, "cursor": cursor}
    words: dict[str, Any] = {"choices": CHOICES, "statuses": STATUSES, "summary_of": summary_of}
    if wants_fragment(request):
        return fragment(request, visitor, "transfers/_list.html", **context, **words)
    return await page(request, visitor, "transfers/list.html", section="stock", **context, **words)


@router.get("/nuevo")
async def new(request: Request, visitor: StockWriterVisitor) -> HTMLResponse:
    """Put one together."""
    places = await visitor.clients.deposito.locations()
    own = next((place.id for place in places if place.branch_id == visitor.branch_id), None)
    return await _drafting(request, visitor, Draft.empty(own))


@router.post("/nuevo")
async def draft(request: Request, visitor: StockWriterVisitor, form: CheckedForm) -> Response:
    """Look for a product, add or take one away, or make the transfer."""
    made = Draft.of_form(form).without(uuid_of(form, "quitar"))
    if "crear" in form and not text_of(form, "q"):
        return await _make(request, visitor, made)
    if (chosen := uuid_of(form, "agregar")) is not None:
        product = await visitor.clients.deposito.product(chosen)
        return await _drafting(request, visitor, made.having(product))
    return await _looked_for(request, visitor, made, text_of(form, "q"))


@router.get("/{transfer_id}")
async def transfer(request: Request, visitor: StockVisitor, transfer_id: UUID) -> Response:
    """One transfer and what may be done now."""
    return await _shown(request, visitor, await visitor.clients.deposito.transfer(transfer_id))


@router.post("/{transfer_id}/enviar")
async def ship(
    request: Request, visitor: StockWriterVisitor, transfer_id: UUID, form: CheckedForm
) -> Response:
    """The goods leave."""
    return await _count(request, visitor, transfer_id, form, step="ship")


@router.post("/{transfer_id}/recibir")
async def receive(
    request: Request, visitor: StockWriterVisitor, transfer_id: UUID, form: CheckedForm
) -> Response:
    """The goods arrive."""
    return await _count(request, visitor, transfer_id, form, step="receive")


@router.post("/{transfer_id}/deshacer")
async def undo(
    request: Request, visitor: StockWriterVisitor, transfer_id: UUID, form: CheckedForm
) -> Response:
    """Take the last step back."""
    return await _end(request, visitor, transfer_id, form, step="undo")


@router.post("/{transfer_id}/cancelar")
async def cancel(
    request: Request, visitor: StockWriterVisitor, transfer_id: UUID, form: CheckedForm
) -> Response:
    """Give a draft up."""
    return await _end(request, visitor, transfer_id, form, step="cancel")


async def _make(request: Request, visitor: Visitor, made: Draft) -> Response:
    if not made.is_ready:
        return await _drafting(request, visitor, made, Said(notice=_missing(made), status=422))
    try:
        transfer = await visitor.clients.deposito.ask_for_transfer(made.to_body())
    except PeerRefusedError as error:
        if error.status in _UNDERSTOOD_ELSEWHERE:
            raise
        return await _drafting(request, visitor, made, Said(("bad", told(error.problem)), error.status))
    return RedirectResponse(f"/envios/{transfer.id}", 303)


async def _looked_for(request: Request, visitor: Visitor, made: Draft, q: str) -> Response:
    """A code that names a product adds it at once, one scan after the other; words list what they mean."""
    if not q:
        return await _drafting(request, visitor, made)
    if q.isdecimal() and len(q) >= _SHORTEST_CODE and (found := await _scanned(visitor, q)) is not None:
        return await _drafting(request, visitor, made.having_found(found))
    results = await or_none(visitor.clients.deposito.products(q=q))
    return await _drafting(request, visitor, made, q=q, results=results or [])


async def _count(
    request: Request, visitor: Visitor, transfer_id: UUID, form: FormData, *, step: str
) -> Response:
    deposito = visitor.clients.deposito
    current = await deposito.transfer(transfer_id)
    lines, mistakes = counted(form, current)
    if mistakes:
        return await _shown(request, visitor, current, Said(_NOT_UNDERSTOOD, 422), mistakes)
    edit = deposito.step_of_transfer(transfer_id, step, {"lines": lines})
    return await _attempt(request, visitor, transfer_id, edit)


async def _end(
    request: Request, visitor: Visitor, transfer_id: UUID, form: FormData, *, step: str
) -> Response:
    deposito = visitor.clients.deposito
    if not (reason := text_of(form, "motivo")):
        current = await deposito.transfer(transfer_id)
        return await _shown(request, visitor, current, Said(_REASON_NEEDED, 422))
    edit = deposito.step_of_transfer(transfer_id, step, {"reason": reason})
    return await _attempt(request, visitor, transfer_id, edit)


async def _attempt(
    request: Request, visitor: Visitor, transfer_id: UUID, edit: Awaitable[Transfer]
) -> Response:
    try:
        await edit
    except PeerRefusedError as error:
        if error.status in _UNDERSTOOD_ELSEWHERE and error.problem.get("code") != "transfer.other_end":
            raise
        current = await visitor.clients.deposito.transfer(transfer_id)
        return await _shown(request, visitor, current, Said(("bad", told(error.problem)), error.status))
    return RedirectResponse(f"/envios/{transfer_id}", 303)


async def _shown(
    request: Request,
    visitor: Visitor,
    current: Transfer,
    said: Said = NOTHING,
    mistakes: Mistakes | None = None,
) -> HTMLResponse:
    view = transfer_view(
        current,
        branch_ids={branch.id for branch in visitor.me.branches},
        may_write=visitor.may("stock:write"),
        mistakes=mistakes,
        notice=said.notice,
    )
    return await page(
        request,
        visitor,
        "transfers/one.html",
        section="stock",
        status=said.status,
        view=view,
        reasons=MISSING,
    )


async def _drafting(  # noqa: PLR0913  the form, and what was looked for in it
    request: Request,
    visitor: Visitor,
    made: Draft,
    said: Said = NOTHING,
    *,
    q: str = "",
    results: list[Product] | None = None,
) -> HTMLResponse:
    places = await visitor.clients.deposito.locations(everywhere=True)
    names = {branch.id: branch.name for branch in visitor.me.branches}
    context: dict[str, Any] = {
        "draft": made,
        "places": [place for place in places if place.kind != "transit"],
        "branch_names": names,
        "q": q,
        "results": results,
        "notice": said.notice,
        "is_full": len(made.lines) >= MOST_LINES,
    }
    return await page(request, visitor, "transfers/new.html", section="stock", status=said.status, **context)


async def _scanned(visitor: Visitor, code: str) -> FoundProduct | None:
    try:
        return await visitor.clients.deposito.look_up(code)
    except PeerRefusedError as error:
        if error.is_passing:
            raise
        return None


def _missing(made: Draft) -> tuple[str, str]:
    if made.origin is None or made.destination is None:
        return "bad", "Elegí de dónde sale y a dónde va."
    if not made.lines:
        return "bad", "Agregá al menos un producto."
    return _NOT_UNDERSTOOD
