"""Reading invoices: bytes of photos and PDFs in, fields with evidence out. No network, no database."""

from agente_negocio.invoices.reading.errors import UnreadableFileError
from agente_negocio.invoices.reading.model import (
    Box,
    Check,
    Discount,
    Field,
    Header,
    Kind,
    Line,
    PageImage,
    ReadDocument,
    ReadingOptions,
    Source,
    Tax,
    TaxKind,
)
from agente_negocio.invoices.reading.qr import QrPayload, choose_payload, parse_qr
from agente_negocio.invoices.reading.reader import read
from agente_negocio.invoices.reading.wire import to_json

__all__ = [
    "Box",
    "Check",
    "Discount",
    "Field",
    "Header",
    "Kind",
    "Line",
    "PageImage",
    "QrPayload",
    "ReadDocument",
    "ReadingOptions",
    "Source",
    "Tax",
    "TaxKind",
    "UnreadableFileError",
    "choose_payload",
    "parse_qr",
    "read",
    "to_json",
]
