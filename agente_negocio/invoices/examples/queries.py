"""Which papers are examples, and their rows; every query runs within one organisation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.examples.truth import Voucher
from agente_negocio.invoices.models import Document, DocumentFile, Invoice, InvoiceCorrection
from agente_negocio.invoices.repository import documents as documents_repository
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.service.actor import read_buyer

_EVERY_ORGANISATION = text("SELECT auth.organisation_ids()")


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: its files in order and its vouchers by part, all confirmed. own_cuit: of its shop.

    readings: of the vouchers before anybody corrected them, in the shape of the API.
    """

    files: tuple[DocumentFile, ...]
    own_cuit: str
    vouchers: tuple[Voucher, ...]
    readings: tuple[dict[str, Any], ...]


async def organisation_ids(session: AsyncSession) -> list[UUID]:
    """Every organisation, as nightly work walks them."""
    return list(await session.scalars(_EVERY_ORGANISATION))


async def confirmed_documents(session: AsyncSession, since: datetime | None) -> list[UUID]:
    """Documents whose vouchers are all confirmed, the last one not before `since`; oldest first."""
    present = (Document.id == Invoice.document_id) & (Document.generation == Invoice.generation)
    statement = (
        select(Invoice.document_id)
        .join(Document, present)
        .group_by(Invoice.document_id)
        .having(func.bool_and(Invoice.status == "confirmed"))
        .order_by(Invoice.document_id)
    )
    if since is not None:
        statement = statement.having(func.max(Invoice.confirmed_at) >= since)
    return [document_id for document_id in await session.scalars(statement) if document_id]


async def load(session: AsyncSession, document_id: UUID) -> Paper | None:
    """A document's files and vouchers; None when one was undone in the meantime."""
    document = await documents_repository.find(session, document_id)
    if document is None:
        return None
    ids = await documents_repository.invoice_ids(session, document_id, document.generation)
    vouchers = [await _voucher(session, invoice_id) for invoice_id in ids]
    if any(voucher.invoice.status != "confirmed" for voucher in vouchers):
        return None
    files = await documents_repository.files_of(session, document_id)
    buyer = await read_buyer(session)
    return Paper(tuple(files), buyer.cuit, tuple(vouchers), tuple(document.readings or ()))


async def _voucher(session: AsyncSession, invoice_id: UUID) -> Voucher:
    invoice = await repository.find(session, invoice_id)
    assert invoice is not None  # noqa: S101  invoices are never deleted
    corrections = select(InvoiceCorrection).where(InvoiceCorrection.invoice_id == invoice_id)
    oldest_first = corrections.order_by(InvoiceCorrection.corrected_at, InvoiceCorrection.id)
    return Voucher(
        invoice=invoice,
        lines=await repository.lines_of(session, invoice_id),
        taxes=await repository.taxes_of(session, invoice_id),
        corrections=list(await session.scalars(oldest_first)),
    )
