"""Endpoints of documents: upload, list, look, read again, set aside, page pictures."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile, status

from agente_negocio.invoices.errors import (
    NoFilesError,
    PageNotFoundError,
    TooManyFilesError,
    UnsupportedFileError,
    UploadTooLargeError,
)
from agente_negocio.invoices.router.common import actor_of, as_response
from agente_negocio.invoices.rules.files import MAX_BYTES, MAX_FILES, media_type
from agente_negocio.invoices.schemas.changes import Reason
from agente_negocio.invoices.schemas.documents import DocumentListed, DocumentRead, ReceivedDocuments
from agente_negocio.invoices.service import documents as service
from agente_negocio.invoices.service.documents import ReceiveDocument, StoredFile
from shared.kernel.clock import utc_now
from shared.security.guards import InvoiceReader, InvoiceWriter
from shared.storage.objects import ObjectStore
from shared.web.guarded import GuardedRoute
from shared.web.idempotency import IdempotentRoute, answer_once
from shared.web.paging import Cursor, Limit, cursor_uuid, decode_cursor, page_of
from shared.web.schemas import Page
from shared.web.session import DatabaseHandle, Session

router = APIRouter(prefix="/api/v1/ocr/documents", tags=["documents"], route_class=IdempotentRoute)
uploads = APIRouter(prefix="/api/v1/ocr/documents", tags=["documents"], route_class=GuardedRoute)

Files = Annotated[list[UploadFile] | None, File(description="Pages of one document, in order.")]
BracketFiles = Annotated[list[UploadFile] | None, File(alias="files[]")]
Status = Literal[
    "received",
    "reading",
    "needs_review",
    "ready",
    "confirmed",
    "reversed",
    "discarded",
    "duplicate",
    "failed",
]


@uploads.post("", status_code=status.HTTP_202_ACCEPTED, response_model=ReceivedDocuments)
async def upload(  # noqa: PLR0913, PLR0917  the parts of an upload are these
    request: Request,
    caller: InvoiceWriter,
    files: Files = None,
    bracket_files: BracketFiles = None,
    branch_id: Annotated[UUID | None, Form()] = None,
    source: Annotated[Literal["web", "api", "telegram"], Form()] = "api",
) -> Response:
    """Receive photos or a PDF of one paper and queue its reading."""
    contents = await _contents([*(files or ()), *(bracket_files or ())])
    # Stored before the transaction: the same bytes are kept once, so a refused upload leaves no trace
    # that matters.
    stored = [await _store(request, caller.organisation_id, content) for content in contents]
    command = ReceiveDocument(tuple(stored), branch_id, source, actor_of(caller))

    async def receive(session: Session) -> Response:
        received = await service.receive(session, command)
        return as_response(ReceivedDocuments.of(received), status.HTTP_202_ACCEPTED)

    return await answer_once(request, receive)


async def _contents(files: list[UploadFile]) -> list[bytes]:
    """The bytes of each file. Raises a refusal for anything that cannot be a paper."""
    if not files:
        raise NoFilesError("No files.", fields=("files",))
    if len(files) > MAX_FILES:
        raise TooManyFilesError(MAX_FILES)
    contents = [await file.read() for file in files]
    if sum(len(content) for content in contents) > MAX_BYTES:
        raise UploadTooLargeError(MAX_BYTES // 2**20)
    for position, content in enumerate(contents):
        if media_type(content) is None:
            raise UnsupportedFileError(position)
    return contents


async def _store(request: Request, organisation_id: UUID, content: bytes) -> StoredFile:
    store: ObjectStore = request.app.state.store
    sha256 = await store.put(organisation_id, content)
    return StoredFile(sha256, media_type(content) or "application/octet-stream", len(content))


@router.get("")
async def list_documents(
    session: Session,
    caller: InvoiceReader,
    status_filter: Annotated[Status | None, Query(alias="status")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DocumentListed]:
    """Documents, newest first."""
    keys = decode_cursor(cursor, parts=1)
    found = await service.list_documents(
        session,
        actor_of(caller),
        status=status_filter,
        limit=limit + 1,
        before=cursor_uuid(keys[0]) if keys else None,
    )
    return page_of(found, limit, read=DocumentListed.of, key=lambda document: (str(document.id),))


@router.get("/{document_id}")
async def read_document(document_id: UUID, session: Session, caller: InvoiceReader) -> DocumentRead:
    """One document with what was read of it."""
    return DocumentRead.of(await service.show(session, document_id, actor_of(caller)))


@router.get("/{document_id}/pages/{n}", responses={200: {"content": {"image/jpeg": {}}}})
async def read_page(
    request: Request,
    document_id: UUID,
    n: Annotated[int, Path(ge=1, le=1000)],
    database: DatabaseHandle,
    caller: InvoiceReader,
) -> Response:
    """The upright picture of one page."""
    async with database.transaction(caller.organisation_id) as session:
        page = await service.find_page(session, document_id, n, actor_of(caller))
    store: ObjectStore = request.app.state.store
    try:
        content = await store.get(caller.organisation_id, page.sha256)
    except FileNotFoundError as error:
        raise PageNotFoundError("The picture is gone.") from error
    headers = {"Cache-Control": "private, max-age=86400, immutable", "ETag": f'"{page.sha256}"'}
    return Response(content, media_type="image/jpeg", headers=headers)


@router.delete("/{document_id}", status_code=status.HTTP_204_NO_CONTENT)
async def discard(document_id: UUID, body: Reason, session: Session, caller: InvoiceWriter) -> None:
    """Set a paper aside that nothing was confirmed of; its files stay, its bytes may come again."""
    await service.discard(session, document_id, actor_of(caller), reason=body.reason, now=utc_now())


@router.post("/{document_id}/reprocess", status_code=status.HTTP_202_ACCEPTED)
async def read_again(document_id: UUID, session: Session, caller: InvoiceWriter) -> ReceivedDocuments:
    """Read the files anew; drafts of the last reading are set aside."""
    received = await service.read_again(session, document_id, actor_of(caller), utc_now())
    return ReceivedDocuments.of(received)
