"""Reading invoices: bytes of photos and PDFs in, fields with evidence out. No network, no database."""

from typing import TYPE_CHECKING, Any

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
from agente_negocio.invoices.reading.symbols.qr import QrPayload, choose_payload, parse_qr
from agente_negocio.invoices.reading.wire import to_json

if TYPE_CHECKING:
    from agente_negocio.invoices.reading.reader import read

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


def __getattr__(name: str) -> Any:
    """`read` brings the vision libraries along: loaded when first used, in the child and under its limits."""
    if name != "read":
        raise AttributeError(name)
    from agente_negocio.invoices.reading.reader import read  # noqa: PLC0415

    return read
