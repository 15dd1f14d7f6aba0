"""The fixed probes of reading: health, a real test, and decoding a QR."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from agente_negocio.invoices import engine
from agente_negocio.invoices.errors import NotAFiscalQrError
from agente_negocio.invoices.reading.symbols.qr import parse_qr
from agente_negocio.invoices.schemas.documents import OcrHealth, OcrTestResult, QrRead, QrRequest
from agente_negocio.invoices.service import inbox
from shared.security.guards import InvoiceReader, PublicProbe
from shared.web.guarded import GuardedRoute
from shared.web.session import Session

router = APIRouter(prefix="/api/v1/ocr", tags=["ocr"], route_class=GuardedRoute)


@router.get("/health")
async def ocr_health(_probe: PublicProbe) -> OcrHealth:
    """The recogniser at hand; degraded without it, because PDFs with text are read all the same."""
    found = await engine.describe()
    return OcrHealth(
        status="healthy" if found.name else "degraded",
        engine=found.name,
        qr=True,
        languages=list(found.languages),
        llm="off",
    )


@router.post("/test")
async def try_reading(_probe: PublicProbe, _body: Annotated[Any, Body()] = None) -> OcrTestResult:
    """Really read the built-in invoice, in a child process."""
    elapsed_ms = await engine.test()
    return OcrTestResult(status="success", success=True, message="OCR success", elapsed_ms=elapsed_ms)


@router.post("/qr")
async def decode_qr(body: QrRequest, session: Session, _caller: InvoiceReader) -> QrRead:
    """What a scanned fiscal QR says, and whether that paper is confirmed already."""
    payload = parse_qr(body.payload)
    if payload is None:
        raise NotAFiscalQrError("Not fiscal.", fields=("payload",))
    return QrRead.of(payload, await inbox.find_known(session, payload))
