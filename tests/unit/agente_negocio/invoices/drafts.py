"""Valid drafts for tests of rules; a test writes only the values it is about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from agente_negocio.invoices.reading.model import Kind, Tax, TaxKind
from agente_negocio.invoices.rules.values import Buyer, Draft, DraftLine, Header, Surroundings

OWN_CUIT = "30712345671"
SUPPLIER_CUIT = "30500001735"
REGISTERED = Buyer(OWN_CUIT, "responsable_inscripto", "by_condition")
MONOTRIBUTO = Buyer(OWN_CUIT, "monotributo", "by_condition")
AROUND = Surroundings(today=date(2026, 11, 20))


def line(subtotal: str | None = "1000.00", **values: Any) -> DraftLine:
    """Ten units matched one to one."""
    given: dict[str, Any] = {
        "id": uuid4(),
        "position": 1,
        "description": "Yerba mate 1 kg",
        "quantity": Decimal(10),
        "subtotal": None if subtotal is None else Decimal(subtotal),
        "product_id": uuid4(),
        "pack_factor": Decimal(1),
        "iva_rate": Decimal(21),
    }
    given.setdefault("unit_price", Decimal(subtotal or 0) / 10)
    return DraftLine(**{**given, **values})


def iva(amount: str, rate: str = "21", base: str | None = None) -> Tax:
    return tax(TaxKind.IVA, amount, rate=Decimal(rate), base=None if base is None else Decimal(base))


def tax(kind: TaxKind, amount: str, **values: Any) -> Tax:
    given: dict[str, Any] = {"rate": None, "base": None, "description": kind.value}
    return Tax(kind=kind, amount=Decimal(amount), **{**given, **values})


def header(total: str | None, **values: Any) -> Header:
    given: dict[str, Any] = {
        "issuer_cuit": SUPPLIER_CUIT,
        "receiver_cuit": OWN_CUIT,
        "letter": "A",
        "type_code": 1,
        "point_of_sale": 1,
        "number": 59230,
        "issue_date": date(2026, 11, 18),
        "authorization_code": "76461234567890",
        "total": None if total is None else Decimal(total),
    }
    return Header(**{**given, **values})


def draft(*lines: DraftLine, taxes: tuple[Tax, ...] = (), total: str | None = None, **values: Any) -> Draft:
    """A factura A that is complete but for what a test changes."""
    rows = lines or (line(),)
    head = values.pop("header", None) or header(total)
    return Draft(
        **{
            "kind": Kind.FACTURA,
            "header": head,
            "lines": tuple(replace(row, position=place) for place, row in enumerate(rows, 1)),
            "taxes": taxes,
            "evidence": {name: {"confidence": 0.999, "source": "qr"} for name in Header.__dataclass_fields__},
            "branch_id": uuid4(),
            **values,
        }
    )
