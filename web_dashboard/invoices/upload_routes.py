"""Handing over a paper and watching it being read."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from shared.clients.base import PeerRefusedError, PeerUnavailableError
from shared.clients.negocio import UploadedFile
from shared.clients.negocio_models import ReceivedDocuments
from shared.web.problem_texts import PROBLEM_TEXTS
from web_dashboard.errors import told
from web_dashboard.forms import uuid_of
from web_dashboard.headers import UPLOAD_PATH
from web_dashboard.peers import or_none
from web_dashboard.rendering import fragment, page, wants_fragment
from web_dashboard.sessions.csrf import CheckedForm
from web_dashboard.visitor import CurrentVisitor, UploadVisitor

router = APIRouter(include_in_schema=False)

_NO_FILE = "Elegí al menos una foto o un PDF."
_UNAUTHENTICATED = 401
JobId = Annotated[str, Query(alias="trabajo", max_length=64)]


@router.get(UPLOAD_PATH)
async def upload_page(request: Request, visitor: UploadVisitor) -> HTMLResponse:
    """Where a paper is handed over."""
    return await _page(request, visitor, error=None)


@router.post(UPLOAD_PATH)
async def upload(request: Request, visitor: UploadVisitor, form: CheckedForm) -> Response:
    """Pass the pages of one paper on to negocio; the page's own script wants JSON, a plain form a page."""
    files = await _files(form)
    try:
        if not files:
            return await _refused(request, visitor, _NO_FILE, 422)
        branch_id = uuid_of(form, "branch_id") or visitor.branch_id
        received = await visitor.clients.negocio.upload_document(files, branch_id=branch_id)
    except PeerRefusedError as error:
        if error.status == _UNAUTHENTICATED:
            raise
        return await _refused(request, visitor, told(error.problem), error.status)
    except PeerUnavailableError:
        return await _refused(request, visitor, PROBLEM_TEXTS["busy"].detail, 503)
    following = _reading_url(received)
    if _wants_json(request):
        return JSONResponse({"siguiente": following})
    return RedirectResponse(following, 303)


@router.get("/facturas/lectura/{document_id}")
async def reading(
    request: Request, visitor: CurrentVisitor, document_id: UUID, job_id: JobId = ""
) -> Response:
    """How far the reading is; when it is done, on to the invoice."""
    negocio = visitor.clients.negocio
    document = await negocio.document(document_id)
    job = await or_none(negocio.job(job_id)) if job_id else None
    if job is not None and job.status == "done":
        document = await negocio.document(document_id)
    if document.invoice_ids:
        several = len(document.invoice_ids) > 1
        return _onwards(request, "/facturas" if several else f"/facturas/{document.invoice_ids[0]}")
    context: dict[str, Any] = {"document": document, "job": job, "job_id": job_id}
    if wants_fragment(request):
        return fragment(request, visitor, "invoices/_reading.html", **context)
    return await page(request, visitor, "invoices/reading.html", section="invoices", **context)


@router.post("/facturas/lectura/{document_id}/releer")
async def read_again(
    request: Request, visitor: CurrentVisitor, document_id: UUID, _form: CheckedForm
) -> Response:
    """Read the same paper once more."""
    return _onwards(request, _reading_url(await visitor.clients.negocio.reprocess(document_id)))


async def _files(form: FormData) -> list[UploadedFile]:
    parts = [part for part in form.getlist("archivos") if isinstance(part, UploadFile) and part.size]
    return [
        UploadedFile(part.filename or "factura", await part.read(), part.content_type or "") for part in parts
    ]


async def _refused(request: Request, visitor: CurrentVisitor, reason: str, status: int) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": reason}, status)
    return await _page(request, visitor, error=reason, status=status)


async def _page(
    request: Request, visitor: CurrentVisitor, *, error: str | None, status: int = 200
) -> HTMLResponse:
    recent = await or_none(visitor.clients.negocio.invoices(limit=5))
    return await page(
        request,
        visitor,
        "invoices/upload.html",
        section="invoices",
        status=status,
        error=error,
        recent=recent,
    )


def _reading_url(received: ReceivedDocuments) -> str:
    document = received.documents[0]
    job = f"?trabajo={received.job_id}" if received.job_id else ""
    return f"/facturas/lectura/{document.duplicate_of or document.id}{job}"


def _onwards(request: Request, url: str) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": url})
    return RedirectResponse(url, 303)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
