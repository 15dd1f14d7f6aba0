"""Papers as a reader gives them; a test writes only the values it is about."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from agente_negocio.invoices.reading.model import (
    Check,
    Field,
    Header,
    Kind,
    Line,
    PageImage,
    ReadDocument,
    Source,
    Tax,
    TaxKind,
)

OWN_CUIT = "30712345671"
SUPPLIER_CUIT = "30500001735"
_numbers = count(1)


def read_header(**values: str | None) -> Header:
    """A factura A of the supplier to us, from its QR."""
    given: dict[str, str | None] = {
        "issuer_cuit": SUPPLIER_CUIT,
        "issuer_name": "Distribuidora del Sur SA",
        "receiver_cuit": OWN_CUIT,
        "letter": "A",
        "type_code": "1",
        "point_of_sale": "3",
        "number": str(next(_numbers)),
        "issue_date": "2026-11-18",
        "currency": "ARS",
        "total": "1210.00",
        "authorization_kind": "CAE",
        "authorization_code": "76461234567890",
        **values,
    }
    return Header(
        **{name: Field(value, 0.999, Source.QR, value) for name, value in given.items() if value is not None}
    )


def read_line(description: str = "YERBA MATE SUAVE 1 KG", **values: Any) -> Line:
    """Ten units of 100 pesos."""
    given: dict[str, Any] = {
        "code": "0451",
        "quantity": Decimal(10),
        "unit": "unidades",
        "unit_price": Decimal("100.00"),
        "subtotal": Decimal("1000.00"),
        "iva_rate": Decimal(21),
        "confidence": 0.99,
    }
    return Line(description=description, **{**given, **values})


def read_paper(*lines: Line, header: dict[str, str | None] | None = None, **values: Any) -> ReadDocument:
    """A paper that closes: 1000 net, 210 IVA."""
    given: dict[str, Any] = {
        "kind": Kind.FACTURA,
        "accepted": True,
        "pages": 1,
        "qr": None,
        "header": read_header(**(header or {})),
        "taxes": (
            Tax(
                kind=TaxKind.IVA, rate=Decimal(21), base=Decimal(1000), amount=Decimal(210), description="iva"
            ),
        ),
        "lines": lines or (read_line(),),
        "checks": (Check("rows_multiply", ok=True, detail="1 rows multiply."),),
        "images": (PageImage(b"\xff\xd8\xff page", 1654, 2339),),
    }
    return ReadDocument(**{**given, **values})


def without_taxes(paper: ReadDocument, total: str) -> ReadDocument:
    """The same paper with no tax row and another total."""
    field = Field(total, 0.999, Source.QR, total)
    return replace(paper, taxes=(), header=replace(paper.header, total=field))
