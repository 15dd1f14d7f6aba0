"""Queries on documents, their files and their pages."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, undefer

from agente_negocio.invoices.models import Document, DocumentFile, DocumentPage, Invoice
from shared.kernel.branches import Branches

# One upload at a time per content, so that two of the same bytes see each other.
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_LIVE = ("received", "reading", "needs_review", "ready", "confirmed")


async def hold_digest(session: AsyncSession, digest: str) -> None:
    """Wait for another upload of the same content to finish."""
    organisation = await session.scalar(text("SELECT shared.current_organisation()"))
    await session.execute(_ONE_BY_ONE, {"key": f"document:{organisation}:{digest}"})


async def find_same(session: AsyncSession, digest: str) -> Document | None:
    """The live document with that content, oldest first."""
    statement = select(Document).where(Document.digest == digest, Document.status.in_(_LIVE))
    return await session.scalar(statement.order_by(Document.id).limit(1))


async def add(session: AsyncSession, document: Document, files: Sequence[DocumentFile]) -> Document:
    """A document with its files; gets its id here."""
    session.add(document)
    await session.flush()
    for file in files:
        file.document_id = document.id
    session.add_all(files)
    await session.flush()
    return document


async def find(
    session: AsyncSession, document_id: UUID, branches: Branches = None, *, lock: bool = False
) -> Document | None:
    """One document of those branches."""
    statement = _within(select(Document).where(Document.id == document_id), branches)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(statement)


async def trace_of(session: AsyncSession, document_id: UUID | None) -> str | None:
    """The trace the document was uploaded in."""
    trace: str | None = await session.scalar(select(Document.trace).where(Document.id == document_id))
    return trace


async def hold_paper_of(session: AsyncSession, invoice_id: UUID) -> None:
    """Lock the document an invoice was read from, before the invoice: all who lock both do it so."""
    paper = select(Invoice.document_id).where(Invoice.id == invoice_id).scalar_subquery()
    await session.execute(select(Document.id).where(Document.id == paper).with_for_update())


async def page(
    session: AsyncSession, *, status: str | None, branches: Branches, limit: int, before: UUID | None
) -> Sequence[Document]:
    """Documents with their kind and without their readings, newest first."""
    light = (defer(Document.readings, raiseload=True), undefer(Document.kind))
    statement = _within(select(Document).options(*light), branches).order_by(Document.id.desc()).limit(limit)
    if status:
        statement = statement.where(Document.status == status)
    if before:
        statement = statement.where(Document.id < before)
    return (await session.scalars(statement)).all()


async def files_of(session: AsyncSession, document_id: UUID) -> Sequence[DocumentFile]:
    """The files in the order they were sent."""
    statement = select(DocumentFile).where(DocumentFile.document_id == document_id)
    return (await session.scalars(statement.order_by(DocumentFile.position))).all()


async def pages_of(session: AsyncSession, document_id: UUID) -> Sequence[DocumentPage]:
    """The upright pages in order."""
    statement = select(DocumentPage).where(DocumentPage.document_id == document_id)
    return (await session.scalars(statement.order_by(DocumentPage.n))).all()


async def find_page(session: AsyncSession, document_id: UUID, n: int) -> DocumentPage | None:
    """One upright page."""
    statement = select(DocumentPage).where(DocumentPage.document_id == document_id, DocumentPage.n == n)
    return await session.scalar(statement)


async def replace_pages(session: AsyncSession, document_id: UUID, pages: Sequence[DocumentPage]) -> None:
    """Put the pages of a new reading in the place of the old ones."""
    await session.execute(delete(DocumentPage).where(DocumentPage.document_id == document_id))
    session.add_all(pages)
    await session.flush()


async def invoice_ids(session: AsyncSession, document_id: UUID, generation: int) -> list[UUID]:
    """The vouchers made by one reading, in paper order."""
    statement = select(Invoice.id).where(Invoice.document_id == document_id, Invoice.generation == generation)
    return list(await session.scalars(statement.order_by(Invoice.part)))


async def invoice_statuses(session: AsyncSession, document_id: UUID) -> list[str]:
    """Status of every voucher of the document's present reading."""
    statement = (
        select(Invoice.status)
        .join(Document, Document.id == Invoice.document_id)
        .where(Invoice.document_id == document_id, Invoice.generation == Document.generation)
    )
    return list(await session.scalars(statement))


async def has_any(session: AsyncSession, document_id: UUID, statuses: Collection[str]) -> bool:
    """Whether any voucher ever read from the document has one of these statuses."""
    statement = select(func.count()).where(Invoice.document_id == document_id, Invoice.status.in_(statuses))
    return bool(await session.scalar(statement))


async def discard_drafts(session: AsyncSession, document_id: UUID, values: dict[str, Any]) -> None:
    """Set aside the drafts of earlier readings."""
    statement = update(Invoice).where(
        Invoice.document_id == document_id, Invoice.status.in_(("needs_review", "ready"))
    )
    await session.execute(statement.values(status="discarded", version=Invoice.version + 1, **values))


async def set_status(session: AsyncSession, document_id: UUID, status: str) -> None:
    """What the vouchers' fate makes of the document."""
    await session.execute(update(Document).where(Document.id == document_id).values(status=status))


def _within(statement: Select[Document], branches: Branches) -> Select[Document]:
    if branches is None:
        return statement
    return statement.where(or_(Document.branch_id.in_(branches), Document.branch_id.is_(None)))
