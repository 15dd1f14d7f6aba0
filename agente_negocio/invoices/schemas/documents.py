"""Wire format of documents: what was uploaded and what was read of it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from agente_negocio.invoices.models import Document
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from agente_negocio.invoices.service.documents import JOBS, Received, ShownDocument
from shared.kernel.clock import ARGENTINA
from shared.web.invoice_texts import reading_text
from shared.web.schemas import Answer, Body, DecimalOut, Instant

_EMPTY_READING: dict[str, Any] = {
    "kind": None,
    "accepted": False,
    "pages": 0,
    "qr": None,
    "header": {},
    "taxes": [],
    "lines": [],
    "checks": [],
}


class ReceivedDocument(Answer):
    """One document of an upload."""

    id: UUID
    status: str
    duplicate_of: UUID | None


class ReceivedDocuments(Answer):
    """What became of an upload, and where to follow its reading."""

    documents: list[ReceivedDocument]
    job_id: str
    status_url: str

    @classmethod
    def of(cls, received: Received) -> "ReceivedDocuments":
        """The answer to an upload."""
        document = ReceivedDocument(
            id=received.document_id, status=received.status, duplicate_of=received.duplicate_of
        )
        return cls(
            documents=[document],
            job_id=JOBS.public_id(received.job_id),
            status_url=JOBS.status_url(received.job_id),
        )


class DocumentListed(Answer):
    """A document in the list."""

    id: UUID
    status: str
    source: str
    branch_id: UUID | None
    duplicate_of: UUID | None
    kind: str | None
    job_id: str | None
    error: dict[str, str] | None
    created_at: Instant

    @classmethod
    def of(cls, document: Document) -> "DocumentListed":
        """From its row."""
        return cls(
            id=document.id,
            status=document.status,
            source=document.source,
            branch_id=document.branch_id,
            duplicate_of=document.duplicate_of,
            kind=document.kind,
            job_id=JOBS.public_id(document.job_id) if document.job_id else None,
            error=spanish_error(document.error),
            created_at=document.received_at.astimezone(ARGENTINA),
        )


class DocumentRead(Answer):
    """A document with its first voucher as read; more vouchers stand in `parts`."""

    id: UUID
    status: str
    source: str
    branch_id: UUID | None
    duplicate_of: UUID | None
    created_at: Instant
    invoice_ids: list[UUID]
    error: dict[str, str] | None
    kind: str | None
    accepted: bool
    pages: int
    qr: dict[str, Any] | None
    header: dict[str, Any]
    taxes: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    parts: list[dict[str, Any]]

    @classmethod
    def of(cls, shown: ShownDocument) -> "DocumentRead":
        """From its row and what was made of it."""
        document = shown.document
        readings = document.readings or []
        first = readings[0] if readings else _EMPTY_READING
        return cls(
            id=document.id,
            status=document.status,
            source=document.source,
            branch_id=document.branch_id,
            duplicate_of=document.duplicate_of,
            created_at=document.received_at.astimezone(ARGENTINA),
            invoice_ids=list(shown.invoice_ids),
            error=spanish_error(document.error),
            **first,
            parts=readings[1:],
        )


def spanish_error(error: dict[str, Any] | None) -> dict[str, str] | None:
    """Why it failed: a code for programs, a sentence for people."""
    return None if error is None else {"code": error["code"], "detail": reading_text(error["code"])}


class QrRequest(Body):
    """The text of a QR as a scanner gives it."""

    payload: Annotated[str, Field(min_length=1, max_length=4096)]


class QrRead(Answer):
    """A fiscal QR decoded. repaired: the payload was broken and only partly legible."""

    issuer_cuit: str
    receiver_cuit: str | None
    type_code: int
    point_of_sale: int
    number: int
    issue_date: str
    total: DecimalOut
    currency: str
    authorization_kind: str | None
    authorization_code: str | None
    repaired: bool
    known_invoice_id: UUID | None

    @classmethod
    def of(cls, payload: QrPayload, known_invoice_id: UUID | None) -> "QrRead":
        """From the decoded payload; known_invoice_id is the confirmed invoice of that identity."""
        return cls(
            issuer_cuit=payload.issuer_cuit,
            receiver_cuit=payload.receiver_cuit,
            type_code=payload.type_code,
            point_of_sale=payload.point_of_sale,
            number=payload.number,
            issue_date=payload.issue_date.isoformat(),
            total=payload.total,
            currency=payload.currency,
            authorization_kind=payload.authorization_kind,
            authorization_code=payload.authorization_code,
            repaired=payload.repaired,
            known_invoice_id=known_invoice_id,
        )


class OcrTestResult(Answer):
    """That the built-in invoice was read, and how long it took."""

    status: str
    success: bool
    message: str
    elapsed_ms: int


class OcrHealth(Answer):
    """The recogniser at hand."""

    status: str
    engine: str | None
    qr: bool
    languages: list[str]
    llm: str
