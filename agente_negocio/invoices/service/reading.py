"""Reading a document in the worker: begin, follow, and make the drafts in one transaction at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.models import Document, DocumentPage, Invoice
from agente_negocio.invoices.reading.model import ReadDocument
from agente_negocio.invoices.reading.wire import to_json
from agente_negocio.invoices.repository import documents as documents_repository
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.service.actor import read_buyer
from agente_negocio.invoices.service.documents import JOBS, settle_document
from agente_negocio.invoices.service.drafting import Origin, Rows, draft_rows
from agente_negocio.invoices.service.loading import judge, note_verdict, to_draft
from agente_negocio.invoices.service.matching import Known, apply, ask, last_costs, recall
from agente_negocio.suppliers import service as suppliers
from shared.clients.deposito import DepositoClient
from shared.database.session import Database
from shared.web.invoice_texts import reading_text

_BEING_READ = ("received", "reading")


@dataclass(frozen=True, slots=True)
class ReadingJob:
    """One reading of one document. generation: a job of an older one does nothing."""

    organisation_id: UUID
    document_id: UUID
    generation: int
    job_id: UUID


@dataclass(frozen=True, slots=True)
class Begun:
    """What the reader needs to know."""

    own_cuit: str
    sha256s: tuple[str, ...]
    branch_id: UUID | None
    source: str


@dataclass(frozen=True, slots=True)
class StoredPage:
    """An upright page that is in the object store."""

    sha256: str
    width: int
    height: int


async def begin(database: Database, job: ReadingJob) -> Begun | None:
    """Mark the document as being read; None when this reading is done or overtaken."""
    async with database.transaction(job.organisation_id) as session:
        document = await documents_repository.find(session, job.document_id, lock=True)
        if not _is_due(document, job):
            return None
        assert document is not None  # noqa: S101  it is due
        document.status = "reading"
        files = await documents_repository.files_of(session, job.document_id)
        await JOBS.advance(session, job.job_id, 0.02)
        buyer = await read_buyer(session)
        return Begun(buyer.cuit, tuple(file.sha256 for file in files), document.branch_id, document.source)


async def note_progress(database: Database, job: ReadingJob, share: float) -> None:
    """How far the reading is, in a small transaction of its own."""
    async with database.transaction(job.organisation_id) as session:
        await JOBS.advance(session, job.job_id, share)


async def note_failure(database: Database, job: ReadingJob, code: str) -> None:
    """The document cannot be read; a later reading of it is left alone. Safe to repeat."""
    async with database.transaction(job.organisation_id) as session:
        document = await documents_repository.find(session, job.document_id, lock=True)
        if document is not None and _is_due(document, job):
            document.status = "failed"
            document.error = {"code": code}
        await JOBS.fail(session, job.job_id, {"code": code, "detail": reading_text(code)})


async def make_drafts(  # noqa: PLR0913  what a reading gives
    database: Database,
    job: ReadingJob,
    begun: Begun,
    read: Sequence[ReadDocument],
    pages: Sequence[StoredPage],
    *,
    deposito: DepositoClient,
    today: date,
) -> list[UUID]:
    """Match the lines, then write pages, vouchers and the job's end together. Safe to repeat."""
    drafts = [draft_rows(document, origin) for document, origin in _origins(job, begun, read)]
    known = [await _known(database, job, rows, deposito) for rows in drafts]
    async with database.transaction(job.organisation_id) as session:
        document = await documents_repository.find(session, job.document_id, lock=True)
        if not _is_due(document, job):
            return await documents_repository.invoice_ids(session, job.document_id, job.generation)
        assert document is not None  # noqa: S101  it is due
        await documents_repository.replace_pages(session, document.id, _page_rows(document, pages))
        document.readings = [to_json(each) for each in read]
        for rows, found in zip(drafts, known, strict=True):
            await _write(session, rows, found, today=today)
        await _finish(session, job, document, [rows.invoice for rows in drafts])
        return [rows.invoice.id for rows in drafts]


def _origins(
    job: ReadingJob, begun: Begun, read: Sequence[ReadDocument]
) -> list[tuple[ReadDocument, Origin]]:
    first_page, found = 1, []
    for part, document in enumerate(read, 1):
        origin = Origin(
            document_id=job.document_id,
            generation=job.generation,
            part=part,
            first_page=first_page,
            branch_id=begun.branch_id,
            source=begun.source,
        )
        found.append((document, origin))
        first_page += document.pages
    return found


async def _known(database: Database, job: ReadingJob, rows: Rows, deposito: DepositoClient) -> Known:
    """What was learned, then what the warehouse says, with no transaction open while asking."""
    draft = to_draft(rows.invoice, rows.lines, rows.taxes)
    goods = [line for line in draft.lines if line.is_goods]
    async with database.transaction(job.organisation_id) as session:
        remembered = await recall(session, rows.invoice.issuer_cuit, goods)
    known = Known(remembered, await ask(deposito, goods) if goods else {})
    async with database.transaction(job.organisation_id) as session:
        return await last_costs(session, known)


async def _write(session: AsyncSession, rows: Rows, known: Known, *, today: date) -> None:
    buyer = await read_buyer(session)
    invoice = rows.invoice
    if invoice.issuer_cuit is not None and invoice.issuer_cuit != buyer.cuit:
        supplier = await suppliers.propose_supplier(
            session, cuit=invoice.issuer_cuit, name=invoice.issuer_name
        )
        invoice.supplier_id = supplier.id
    apply(rows.lines, to_draft(invoice, rows.lines, rows.taxes), buyer, known)
    opened = await judge(session, invoice, rows.lines, rows.taxes, today=today)
    note_verdict(opened)
    await repository.add(session, invoice, rows.lines, rows.taxes)


async def _finish(
    session: AsyncSession, job: ReadingJob, document: Document, invoices: Sequence[Invoice]
) -> None:
    document.error = None
    document.status = "needs_review"
    await session.flush()
    await settle_document(session, document.id)
    result = {"document_id": str(document.id), "invoice_ids": [str(invoice.id) for invoice in invoices]}
    await JOBS.finish(session, job.job_id, result)


def _is_due(document: Document | None, job: ReadingJob) -> bool:
    return document is not None and document.generation == job.generation and document.status in _BEING_READ


def _page_rows(document: Document, pages: Sequence[StoredPage]) -> list[DocumentPage]:
    return [
        DocumentPage(document_id=document.id, n=n, sha256=page.sha256, width=page.width, height=page.height)
        for n, page in enumerate(pages, 1)
    ]
