"""Invoices as lists and figures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.models import DocumentPage, Invoice
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from agente_negocio.invoices.repository import documents as documents_repository
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.repository.invoices import Counts
from agente_negocio.invoices.service.actor import Actor
from agente_negocio.suppliers import service as suppliers
from agente_negocio.suppliers.service import KnownSupplier

_RECENT = timedelta(days=30)
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Listed:
    """An invoice with its supplier."""

    invoice: Invoice
    supplier: KnownSupplier | None


async def list_invoices(  # noqa: PLR0913  a list's filters
    session: AsyncSession,
    actor: Actor,
    *,
    statuses: Collection[str],
    search: str | None,
    limit: int,
    before: UUID | None,
) -> list[Listed]:
    """Invoices, newest first."""
    rows = await repository.page(
        session, statuses=statuses, search=search, branches=actor.branches, limit=limit, before=before
    )
    ids = {row.supplier_id for row in rows if row.supplier_id}
    known = await suppliers.suppliers_by_id(session, ids)
    return [Listed(row, known.get(row.supplier_id) if row.supplier_id else None) for row in rows]


async def summarise(session: AsyncSession, actor: Actor, now: datetime) -> Counts:
    """What waits, and what was confirmed in thirty days."""
    return await repository.counts(session, branches=actor.branches, since=now - _RECENT)


async def pages_of(session: AsyncSession, invoice: Invoice) -> list[DocumentPage]:
    """The pages of its document that belong to it."""
    if invoice.document_id is None:
        return []
    pages = await documents_repository.pages_of(session, invoice.document_id)
    last = invoice.first_page + invoice.pages - 1
    return [page for page in pages if invoice.first_page <= page.n <= last]


async def find_known(session: AsyncSession, payload: QrPayload) -> UUID | None:
    """The confirmed invoice of a QR's identity."""
    identity = (payload.issuer_cuit, payload.type_code, payload.point_of_sale, payload.number)
    return await repository.find_confirmed(session, identity, _NOBODY)
