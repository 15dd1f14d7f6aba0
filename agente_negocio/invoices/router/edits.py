"""Endpoints that change a draft: header, lines, products. Each answers the whole invoice."""

import hashlib
import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response, status

from agente_negocio.invoices.peers import Deposito, explain
from agente_negocio.invoices.router.common import edit_of, shown, whole
from agente_negocio.invoices.schemas.changes import InvoiceChange, LineChange, LineMatch, LineProduct
from agente_negocio.invoices.schemas.invoices import InvoiceRead
from agente_negocio.invoices.service import editing, matching
from agente_negocio.invoices.service.editing import ChosenProduct, Edit
from agente_negocio.invoices.service.matching import Known
from shared.clients.base import PeerRefusedError
from shared.clients.deposito import DepositoClient
from shared.clients.deposito_models import Product
from shared.security.guards import InvoiceWriter
from shared.web.etag import IfMatch
from shared.web.idempotency import IdempotentRoute, answer_once
from shared.web.session import DatabaseHandle, Session

router = APIRouter(prefix="/api/v1/invoices", tags=["invoices"], route_class=IdempotentRoute)
asking = APIRouter(prefix="/api/v1/invoices", tags=["invoices"])
"""Endpoints that ask the warehouse before their transaction begins."""


@router.patch("/{invoice_id}")
async def change_invoice(  # noqa: PLR0913, PLR0917  the parts of a request are these
    invoice_id: UUID,
    body: InvoiceChange,
    session: Session,
    caller: InvoiceWriter,
    response: Response,
    if_match: IfMatch = None,
) -> InvoiceRead:
    """Correct the header and the tax rows, take decisions on the paper."""
    edit = edit_of(invoice_id, caller, if_match)
    return await shown(session, await editing.change_header(session, edit, body.to_command()), response)


@router.post("/{invoice_id}/lines", status_code=status.HTTP_201_CREATED)
async def add_line(  # noqa: PLR0913, PLR0917  the parts of a request are these
    invoice_id: UUID,
    body: LineChange,
    session: Session,
    caller: InvoiceWriter,
    response: Response,
    if_match: IfMatch = None,
) -> InvoiceRead:
    """Add a line that reading missed."""
    edit = edit_of(invoice_id, caller, if_match)
    return await shown(session, await editing.add_line(session, edit, body.values()), response)


@router.patch("/{invoice_id}/lines/{line_id}")
async def change_line(  # noqa: PLR0913, PLR0917  the parts of a request are these
    invoice_id: UUID,
    line_id: UUID,
    body: LineChange,
    session: Session,
    caller: InvoiceWriter,
    response: Response,
    if_match: IfMatch = None,
) -> InvoiceRead:
    """Correct a line; giving a value it already has says that it is right."""
    edit = edit_of(invoice_id, caller, if_match)
    return await shown(session, await editing.change_line(session, edit, line_id, body.values()), response)


@router.delete("/{invoice_id}/lines/{line_id}")
async def remove_line(  # noqa: PLR0913, PLR0917  the parts of a request are these
    invoice_id: UUID,
    line_id: UUID,
    session: Session,
    caller: InvoiceWriter,
    response: Response,
    if_match: IfMatch = None,
) -> InvoiceRead:
    """Take off a line that is none."""
    edit = edit_of(invoice_id, caller, if_match)
    return await shown(session, await editing.remove_line(session, edit, line_id), response)


@asking.post("/{invoice_id}/validate", response_model=InvoiceRead)
async def validate(  # noqa: PLR0913, PLR0917  the parts of a request are these
    request: Request,
    invoice_id: UUID,
    database: DatabaseHandle,
    deposito: Deposito,
    caller: InvoiceWriter,
    if_match: IfMatch = None,
) -> Response:
    """Judge the draft again and look for products of lines that have none."""
    edit = edit_of(invoice_id, caller, if_match)
    async with database.transaction(caller.organisation_id) as session:
        opened = await editing.open_edit(session, edit)
        goods = [line for line in opened.draft.lines if line.is_goods and line.product_id is None]
        remembered = await matching.recall(session, opened.invoice.issuer_cuit, goods)
    known = Known(remembered, await matching.ask(deposito, goods) if goods else {})

    async def judge_again(session: Session) -> Response:
        costed = await matching.last_costs(session, known)
        return await whole(session, await editing.match_again(session, edit, costed))

    return await answer_once(request, judge_again)


@asking.post("/{invoice_id}/lines/{line_id}/match", response_model=InvoiceRead)
async def match_line(  # noqa: PLR0913, PLR0917  the parts of a request are these
    request: Request,
    invoice_id: UUID,
    line_id: UUID,
    body: LineMatch,
    deposito: Deposito,
    caller: InvoiceWriter,
    if_match: IfMatch = None,
) -> Response:
    """Say which product a line is."""
    edit = edit_of(invoice_id, caller, if_match)
    product = await _product(deposito, body.product_id)
    return await _match(request, edit, line_id, _chosen(product, body))


@asking.post("/{invoice_id}/lines/{line_id}/create-product", response_model=InvoiceRead)
async def create_product(  # noqa: PLR0913, PLR0917  the parts of a request are these
    request: Request,
    invoice_id: UUID,
    line_id: UUID,
    body: LineProduct,
    database: DatabaseHandle,
    deposito: Deposito,
    caller: InvoiceWriter,
    if_match: IfMatch = None,
) -> Response:
    """Make a product out of a line and match it. Repeating it makes one product."""
    edit = edit_of(invoice_id, caller, if_match)
    async with database.transaction(caller.organisation_id) as session:
        await editing.check_line(session, edit, line_id)
    values = _new_product(body)
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]
    try:
        product = await deposito.create_product(values, key=f"invoice-line:{line_id}:{digest}")
    except PeerRefusedError as error:
        raise explain(error) from error
    return await _match(request, edit, line_id, _chosen(product, body))


async def _product(deposito: DepositoClient, product_id: UUID) -> Product:
    try:
        return await deposito.product(product_id)
    except PeerRefusedError as error:
        raise explain(error) from error


def _chosen(product: Product, body: LineMatch | LineProduct) -> ChosenProduct:
    return ChosenProduct(
        product_id=product.id,
        name=product.name,
        has_internal_tax=product.has_internal_tax,
        last_cost=None,
        pack_factor=body.pack_factor,
        remember=body.remember,
    )


def _new_product(body: LineProduct) -> dict[str, Any]:
    values: dict[str, Any] = {"name": body.name, "iva_rate": str(body.iva_rate.normalize())}
    if body.category_id is not None:
        values["category_id"] = str(body.category_id)
    if body.barcode is not None:
        values["barcodes"] = [{"code": body.barcode}]
    return values


async def _match(request: Request, edit: Edit, line_id: UUID, chosen: ChosenProduct) -> Response:
    async def match(session: Session) -> Response:
        return await whole(session, await editing.match_line(session, edit, line_id, chosen))

    return await answer_once(request, match)
