"""Endpoints of invoices: type one, list, look, confirm, reverse, discard, receipt."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi import status as http_status

from agente_negocio.invoices.errors import LocationUnknownError
from agente_negocio.invoices.peers import Deposito, explain
from agente_negocio.invoices.router.common import actor_of, shown, whole
from agente_negocio.invoices.schemas.changes import Confirmation, InvoiceEntry, Reason
from agente_negocio.invoices.schemas.invoices import InvoiceListed, InvoiceRead, ReceiptRead, SummaryRead
from agente_negocio.invoices.service import confirming, entering, inbox, loading
from agente_negocio.invoices.service.confirming import Act, Delivery
from shared.clients.base import PeerRefusedError, PeerUnavailableError
from shared.clients.deposito import DepositoClient
from shared.kernel.clock import business_date, utc_now
from shared.security.guards import InvoiceConfirmer, InvoiceReader, InvoiceWriter
from shared.security.tokens import Caller
from shared.web.etag import IfMatch, expected_version
from shared.web.idempotency import IdempotentRoute, answer_once
from shared.web.paging import Cursor, Limit, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Page, SearchText
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/invoices", tags=["invoices"], route_class=IdempotentRoute)
asking = APIRouter(prefix="/api/v1/invoices", tags=["invoices"])
"""Endpoints that ask the warehouse before their transaction begins."""

Status = Literal["needs_review", "ready", "confirmed", "reversed", "discarded"]


@router.get("")
async def list_invoices(  # noqa: PLR0913  the filters of the list are these
    session: Session,
    caller: InvoiceReader,
    *,
    status: Annotated[list[Status] | None, Query(max_length=5)] = None,
    q: SearchText | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[InvoiceListed]:
    """Invoices, newest first; `q` looks in the supplier's name and CUIT and in the number."""
    keys = decode_cursor(cursor, parts=1)
    found = await inbox.list_invoices(
        session,
        actor_of(caller),
        statuses=status or (),
        search=q,
        limit=limit + 1,
        before=cursor_uuid(keys[0]) if keys else None,
    )
    return page_of(found, limit, read=InvoiceListed.of, key=lambda listed: (str(listed.invoice.id),))


@router.post("", status_code=http_status.HTTP_201_CREATED)
async def enter_invoice(
    body: InvoiceEntry, session: Session, caller: InvoiceWriter, response: Response
) -> InvoiceRead:
    """Type a paper by hand; it is a draft like one that was read, `validate` proposes its products."""
    command = body.to_command(actor_of(caller), business_date(utc_now()))
    return await shown(session, await entering.enter(session, command), response)


@router.get("/summary")
async def summarise(session: Session, caller: InvoiceReader) -> SummaryRead:
    """How many wait, and what was confirmed in thirty days."""
    counts = await inbox.summarise(session, actor_of(caller), utc_now())
    return SummaryRead(
        needs_review=counts.needs_review,
        ready=counts.ready,
        confirmed_30d=counts.confirmed,
        confirmed_30d_total=counts.confirmed_total,
    )


@router.get("/{invoice_id}")
async def read_invoice(
    invoice_id: UUID, session: Session, caller: InvoiceReader, response: Response
) -> InvoiceRead:
    """One invoice, whole."""
    today = business_date(utc_now())
    opened = await loading.load(session, invoice_id, actor_of(caller), today=today)
    return await shown(session, opened, response)


@router.get("/{invoice_id}/receipt")
async def read_receipt(invoice_id: UUID, session: Session, caller: InvoiceReader) -> ReceiptRead:
    """What happened to the goods."""
    today = business_date(utc_now())
    opened = await loading.load(session, invoice_id, actor_of(caller), today=today)
    return ReceiptRead.of(opened.invoice)


@asking.post(
    "/{invoice_id}/confirm",
    response_model=InvoiceRead,
    responses={409: {"description": "invoice.duplicate"}},
)
async def confirm(  # noqa: PLR0913, PLR0917  the parts of a request are these
    request: Request,
    invoice_id: UUID,
    deposito: Deposito,
    caller: InvoiceConfirmer,
    body: Confirmation | None = None,
    if_match: IfMatch = None,
) -> Response:
    """Accept the paper; its goods are on their way into stock when this answers."""
    act = _act(invoice_id, caller, if_match)
    delivery = await _delivery(deposito, body or Confirmation())

    async def confirm_once(session: Session) -> Response:
        return await whole(session, await confirming.confirm(session, act, delivery))

    return await answer_once(request, confirm_once)


@router.post("/{invoice_id}/reverse")
async def reverse(  # noqa: PLR0913, PLR0917  the parts of a request are these
    invoice_id: UUID,
    body: Reason,
    session: Session,
    caller: InvoiceConfirmer,
    response: Response,
    if_match: IfMatch = None,
) -> InvoiceRead:
    """Undo a confirmed paper."""
    opened = await confirming.reverse(session, _act(invoice_id, caller, if_match), reason=body.reason)
    return await shown(session, opened, response)


@router.post("/{invoice_id}/discard")
async def discard(  # noqa: PLR0913, PLR0917  the parts of a request are these
    invoice_id: UUID,
    body: Reason,
    session: Session,
    caller: InvoiceWriter,
    response: Response,
    if_match: IfMatch = None,
) -> InvoiceRead:
    """Set a draft aside."""
    opened = await confirming.discard(session, _act(invoice_id, caller, if_match), reason=body.reason)
    return await shown(session, opened, response)


async def _delivery(deposito: DepositoClient, body: Confirmation) -> Delivery:
    """A warehouse that is away does not hold up confirming: the receipt tells what it made of the place."""
    if body.location_id is None:
        return Delivery(received_at=body.received_at)
    try:
        known = {location.id: location.branch_id for location in await deposito.locations()}
    except PeerUnavailableError:
        return Delivery(body.location_id, None, body.received_at)
    except PeerRefusedError as error:
        raise explain(error) from error
    if body.location_id not in known:
        raise LocationUnknownError("No such location.", fields=("location_id",))
    return Delivery(body.location_id, known[body.location_id], body.received_at)


def _act(invoice_id: UUID, caller: Caller, if_match: str | None) -> Act:
    return Act(invoice_id, actor_of(caller), expected_version(if_match), utc_now())
