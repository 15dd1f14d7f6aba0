"""Typed questions to agente_negocio: sign-in, papers and invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.clients.base import Authorization, Peer, PeerRefusedError
from shared.clients.negocio_models import (
    Document,
    Invoice,
    InvoicePage,
    InvoiceSummary,
    Job,
    Me,
    Operations,
    Receipt,
    ReceivedDocuments,
    Tokens,
)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One photo or PDF on its way."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class NegocioClient:
    """agente_negocio, asked in somebody's name; authorization None only for sign-in."""

    peer: Peer
    authorization: Authorization | None = None

    async def login(self, username: str, password: str) -> Tokens:
        """Sign in."""
        body = {"username": username, "password": password}
        return Tokens.model_validate(await self.peer.json("POST", "/api/v1/auth/login", json=body))

    async def refresh(self, refresh_token: str) -> Tokens:
        """A new pair for a refresh token, which is used up by this."""
        body = {"refresh_token": refresh_token}
        return Tokens.model_validate(await self.peer.json("POST", "/api/v1/auth/refresh", json=body))

    async def logout(self) -> None:
        """End the session everywhere it is open."""
        await self._json("POST", "/api/v1/auth/logout")

    async def me(self) -> Me:
        """Who is signed in, where and with which permissions."""
        return Me.model_validate(await self._json("GET", "/api/v1/auth/me"))

    async def operations(self) -> Operations:
        """The last backup and restore drill, and the organisation's own jobs."""
        return Operations.model_validate(await self._json("GET", "/api/v1/operations"))

    async def upload_document(
        self, files: Sequence[UploadedFile], *, branch_id: UUID | None
    ) -> ReceivedDocuments:
        """Hand over the pages of one document, in order."""
        data = {"source": "web"}
        if branch_id is not None:
            data["branch_id"] = str(branch_id)
        parts = [("files", (file.name, file.content, file.media_type)) for file in files]
        answer = await self._json("POST", "/api/v1/ocr/documents", files=parts, data=data)
        return ReceivedDocuments.model_validate(answer)

    async def documents(self, *, status: str, limit: int = 20) -> list[Document]:
        """Documents in one status, newest first."""
        params = {"status": status, "limit": str(limit)}
        answer = await self._json("GET", "/api/v1/ocr/documents", params=params)
        return [Document.model_validate(item) for item in answer["items"]]

    async def document(self, document_id: UUID) -> Document:
        """One document and what became of it."""
        return Document.model_validate(await self._json("GET", f"/api/v1/ocr/documents/{document_id}"))

    async def reprocess(self, document_id: UUID) -> ReceivedDocuments:
        """Read a document again."""
        answer = await self._json("POST", f"/api/v1/ocr/documents/{document_id}/reprocess")
        return ReceivedDocuments.model_validate(answer)

    async def page_image(self, document_id: UUID, page: int) -> bytes:
        """The upright page, JPEG. Raises PeerRefusedError."""
        path = f"/api/v1/ocr/documents/{document_id}/pages/{page}"
        answer = await self.peer.request("GET", path, authorization=self.authorization)
        if not answer.is_success:
            raise PeerRefusedError(self.peer.name, answer.status_code, {})
        return answer.content

    async def job(self, job_id: str) -> Job:
        """How far a job of negocio is."""
        return Job.model_validate(await self._json("GET", f"/api/v1/jobs/{job_id}"))

    async def invoices(
        self, *, status: str | None = None, q: str | None = None, limit: int = 20, cursor: str | None = None
    ) -> InvoicePage:
        """Invoices, newest first."""
        given = {"status": status, "q": q, "cursor": cursor, "limit": str(limit)}
        params = {name: value for name, value in given.items() if value}
        return InvoicePage.model_validate(await self._json("GET", "/api/v1/invoices", params=params))

    async def invoice_summary(self) -> InvoiceSummary:
        """How many invoices wait."""
        return InvoiceSummary.model_validate(await self._json("GET", "/api/v1/invoices/summary"))

    async def invoice(self, invoice_id: UUID) -> Invoice:
        """One invoice, whole."""
        return Invoice.model_validate(await self._json("GET", f"/api/v1/invoices/{invoice_id}"))

    async def receipt(self, invoice_id: UUID) -> Receipt | None:
        """How far the goods of a confirmed invoice are on their way into stock."""
        answer = await self._json("GET", f"/api/v1/invoices/{invoice_id}/receipt")
        return Receipt.model_validate(answer) if answer else None

    async def change_invoice(
        self, invoice_id: UUID, changes: Mapping[str, Any], *, version: int | None
    ) -> Invoice:
        """Change header fields; version: the one the person saw."""
        return await self._change("PATCH", f"/{invoice_id}", changes, version)

    async def change_line(
        self, invoice_id: UUID, line_id: str, changes: Mapping[str, Any], *, version: int | None
    ) -> Invoice:
        """Change one line."""
        return await self._change("PATCH", f"/{invoice_id}/lines/{line_id}", changes, version)

    async def add_line(self, invoice_id: UUID, values: Mapping[str, Any], *, version: int | None) -> Invoice:
        """Add a line that the reading missed."""
        return await self._change("POST", f"/{invoice_id}/lines", values, version)

    async def remove_line(self, invoice_id: UUID, line_id: str, *, version: int | None) -> Invoice:
        """Take out a line that is not on the paper."""
        return await self._change("DELETE", f"/{invoice_id}/lines/{line_id}", None, version)

    async def match_line(
        self, invoice_id: UUID, line_id: str, match: Mapping[str, Any], *, version: int | None
    ) -> Invoice:
        """Say which product a line is: product_id, pack_factor, remember."""
        return await self._change("POST", f"/{invoice_id}/lines/{line_id}/match", match, version)

    async def create_product(
        self, invoice_id: UUID, line_id: str, product: Mapping[str, Any], *, version: int | None
    ) -> Invoice:
        """Make a product out of a line and match it."""
        return await self._change("POST", f"/{invoice_id}/lines/{line_id}/create-product", product, version)

    async def confirm(self, invoice_id: UUID, *, version: int | None, key: str) -> Invoice:
        """Accept the invoice; its goods are then received. key: the same for a repeated press."""
        headers = {"Idempotency-Key": key}
        return await self._change("POST", f"/{invoice_id}/confirm", {}, version, headers=headers)

    async def reverse(self, invoice_id: UUID, reason: str) -> Invoice:
        """Undo a confirmed invoice."""
        return await self._change("POST", f"/{invoice_id}/reverse", {"reason": reason}, None)

    async def discard(self, invoice_id: UUID, reason: str) -> Invoice:
        """Put an invoice aside without confirming it."""
        return await self._change("POST", f"/{invoice_id}/discard", {"reason": reason}, None)

    async def _change(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        version: int | None,
        *,
        headers: dict[str, str] | None = None,
    ) -> Invoice:
        headers = dict(headers or {})
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = await self._json(method, f"/api/v1/invoices{path}", json=body, headers=headers)
        return Invoice.model_validate(answer)

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        return await self.peer.json(method, path, authorization=self.authorization, **options)
