"""What the endpoints of this feature share."""

from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.schemas.invoices import InvoiceRead
from agente_negocio.invoices.service import inbox
from agente_negocio.invoices.service.actor import Actor
from agente_negocio.invoices.service.editing import Edit
from agente_negocio.invoices.service.loading import Opened
from shared.kernel.clock import business_date, utc_now
from shared.security.tokens import Caller
from shared.web.etag import etag, expected_version


def actor_of(caller: Caller) -> Actor:
    """The person behind a request."""
    return Actor(caller.actor_id, caller.branch_ids)


def edit_of(invoice_id: UUID, caller: Caller, if_match: str | None) -> Edit:
    """Who changes which invoice, having seen which version."""
    return Edit(invoice_id, actor_of(caller), expected_version(if_match), business_date(utc_now()))


async def shown(session: AsyncSession, opened: Opened, response: Response) -> InvoiceRead:
    """The whole invoice with its ETag."""
    response.headers["ETag"] = etag(opened.invoice.version)
    return InvoiceRead.of(opened, await inbox.pages_of(session, opened.invoice))


def as_response(body: BaseModel, status_code: int = 200, *, version: int | None = None) -> Response:
    """A body as the answer of an endpoint that opens its own transaction."""
    headers = {} if version is None else {"ETag": etag(version)}
    return JSONResponse(body.model_dump(mode="json"), status_code, headers)


async def whole(session: AsyncSession, opened: Opened) -> Response:
    """The whole invoice, for endpoints that open their own transaction."""
    body = InvoiceRead.of(opened, await inbox.pages_of(session, opened.invoice))
    return as_response(body, version=opened.invoice.version)
