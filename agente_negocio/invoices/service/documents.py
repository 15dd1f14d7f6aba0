"""Papers as they come: received, looked at, read again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.errors import (
    DocumentKeptError,
    DocumentNotFoundError,
    DocumentSettledError,
    PageNotFoundError,
)
from agente_negocio.invoices.models import Document, DocumentFile, DocumentPage
from agente_negocio.invoices.repository import documents as repository
from agente_negocio.invoices.service.actor import Actor, choose_branch
from shared.jobs.defer import PRIORITY_OF_PAGES, defer
from shared.jobs.tracking import JobTable
from shared.observability import tracing
from shared.web.invoice_texts import reading_text

JOBS = JobTable("negocio", "neg")
READ_DOCUMENT = "negocio.read_document"
# Minutes of work: on a queue of its own, so that facts need not wait behind papers.
READING_QUEUE = "negocio-reading"
_BEING_READ = ("received", "reading")
# A document with several vouchers is what the least settled of them is.
_LEAST_SETTLED = ("needs_review", "ready", "confirmed", "reversed", "discarded")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file that is in the object store."""

    sha256: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ReceiveDocument:
    """Files that are the pages of one document, in order. source: web, api or telegram."""

    files: tuple[StoredFile, ...]
    branch_id: UUID | None
    source: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an upload; job_id is followed by the client."""

    document_id: UUID
    status: str
    duplicate_of: UUID | None
    job_id: UUID


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document with what was made of it."""

    document: Document
    invoice_ids: tuple[UUID, ...]


async def receive(session: AsyncSession, command: ReceiveDocument) -> Received:
    """Note the document and queue its reading; the same bytes again only point at the first.

    Raises BranchUnknownError.
    """
    branch_id = await choose_branch(session, command.branch_id, command.actor)
    digest = _digest(command.files)
    await repository.hold_digest(session, digest)
    same = await repository.find_same(session, digest)
    document = Document(
        branch_id=branch_id,
        source=command.source,
        digest=digest,
        received_by=command.actor.user_id,
        status="duplicate" if same else "received",
        duplicate_of=same.id if same else None,
        trace=tracing.position(),
    )
    files = [
        DocumentFile(
            position=position, sha256=file.sha256, media_type=file.media_type, size_bytes=file.size_bytes
        )
        for position, file in enumerate(command.files)
    ]
    await repository.add(session, document, files)
    if same is None:
        job_id = await _queue(session, document)
    else:
        job_id = await _answer_with(session, same)
        document.job_id = job_id
    await session.flush()
    return Received(document.id, document.status, document.duplicate_of, job_id)


async def read_again(session: AsyncSession, document_id: UUID, actor: Actor, now: datetime) -> Received:
    """Set the drafts aside and read the files anew.

    Raises DocumentNotFoundError; DocumentSettledError while it is being read, while a voucher of it is
    confirmed, and for a duplicate.
    """
    document = await repository.find(session, document_id, actor.branches, lock=True)
    if document is None:
        raise DocumentNotFoundError("No such document.")
    if document.status in _BEING_READ or document.duplicate_of is not None:
        raise DocumentSettledError("Settled.")
    if await repository.has_any(session, document_id, ("confirmed",)):
        raise DocumentSettledError("Settled.")
    await repository.discard_drafts(session, document_id, _closed(actor, now, "read again"))
    document.generation += 1
    document.status = "received"
    document.error = None
    document.readings = None
    document.closed_at = document.closed_by = document.close_reason = None
    job_id = await _queue(session, document)
    await session.flush()
    return Received(document.id, document.status, None, job_id)


async def discard(
    session: AsyncSession, document_id: UUID, actor: Actor, *, reason: str, now: datetime
) -> None:
    """Set a paper aside with its drafts; a reading that runs makes none. A second time changes nothing.

    Its bytes may come again. Raises DocumentNotFoundError; DocumentKeptError once a voucher of it was
    confirmed, also when that was undone.
    """
    document = await repository.find(session, document_id, actor.branches, lock=True)
    if document is None:
        raise DocumentNotFoundError("No such document.")
    if document.status == "discarded":
        return
    if await repository.has_any(session, document_id, ("confirmed", "reversed")):
        raise DocumentKeptError("A voucher of it was confirmed.")
    closed = _closed(actor, now, reason)
    await repository.discard_drafts(session, document_id, closed)
    document.status = "discarded"
    for name, value in closed.items():
        setattr(document, name, value)
    if document.job_id is not None:
        await JOBS.fail(session, document.job_id, {"code": "discarded", "detail": reading_text("discarded")})
    await session.flush()


async def show(session: AsyncSession, document_id: UUID, actor: Actor) -> ShownDocument:
    """One document. Raises DocumentNotFoundError."""
    document = await repository.find(session, document_id, actor.branches)
    if document is None:
        raise DocumentNotFoundError("No such document.")
    origin = document
    if document.duplicate_of is not None:
        origin = await repository.find(session, document.duplicate_of) or document
    ids = await repository.invoice_ids(session, origin.id, origin.generation)
    return ShownDocument(document, tuple(ids))


async def list_documents(
    session: AsyncSession, actor: Actor, *, status: str | None, limit: int, before: UUID | None
) -> Sequence[Document]:
    """Documents, newest first."""
    return await repository.page(session, status=status, branches=actor.branches, limit=limit, before=before)


async def find_page(session: AsyncSession, document_id: UUID, n: int, actor: Actor) -> DocumentPage:
    """One upright page. Raises DocumentNotFoundError, PageNotFoundError."""
    document = await repository.find(session, document_id, actor.branches)
    if document is None:
        raise DocumentNotFoundError("No such document.")
    page = await repository.find_page(session, document.duplicate_of or document_id, n)
    if page is None:
        raise PageNotFoundError("No such page.")
    return page


async def settle_document(session: AsyncSession, document_id: UUID | None) -> None:
    """Make a document what its vouchers make of it. The caller holds the document, or they settle apart."""
    if document_id is None:
        return
    statuses = set(await repository.invoice_statuses(session, document_id))
    status = next((each for each in _LEAST_SETTLED if each in statuses), None)
    if status is not None:
        await repository.set_status(session, document_id, status)


def _closed(actor: Actor, now: datetime, reason: str) -> dict[str, Any]:
    """Who set something aside, when and why, as its row keeps it."""
    return {"closed_at": now, "closed_by": actor.user_id, "close_reason": reason}


def _digest(files: Sequence[StoredFile]) -> str:
    """The same for the same files in the same order."""
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()


async def _queue(session: AsyncSession, document: Document) -> UUID:
    job_id = await JOBS.open(session, READ_DOCUMENT)
    document.job_id = job_id
    await defer(
        session,
        task=READ_DOCUMENT,
        queue=READING_QUEUE,
        args={
            "document_id": str(document.id),
            "generation": document.generation or 1,
            "job_id": str(job_id),
        },
        lock=f"document:{document.id}",
        priority=PRIORITY_OF_PAGES if document.source == "web" else 0,
    )
    return job_id


async def _answer_with(session: AsyncSession, same: Document) -> UUID:
    """A job that is done at once: its result is the document that was there already."""
    job_id = await JOBS.open(session, READ_DOCUMENT)
    ids = await repository.invoice_ids(session, same.id, same.generation)
    await JOBS.finish(
        session, job_id, {"document_id": str(same.id), "invoice_ids": [str(each) for each in ids]}
    )
    return job_id
