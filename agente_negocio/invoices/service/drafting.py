"""A read document turned into the rows of a draft; nothing is decided here that a rule does not decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from agente_negocio.invoices.models import Invoice, InvoiceLine, InvoiceTax
from agente_negocio.invoices.reading.model import HEADER_NAMES, Kind, Line, ReadDocument, Tax
from agente_negocio.invoices.reading.wire import to_json
from agente_negocio.invoices.rules.identity import print_contradictions
from agente_negocio.invoices.rules.wording import is_freight, is_reduction, is_service
from agente_negocio.invoices.service.values import clean, header_value, money, within
from shared.kernel.money import plain

MAX_LINES = 500
MAX_TAXES = 40


@dataclass(slots=True)
class Rows:
    """A voucher's rows, not written yet."""

    invoice: Invoice
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a voucher comes from. part counts from 1 within its document."""

    document_id: UUID
    generation: int
    part: int
    first_page: int
    branch_id: UUID | None
    source: str


def draft_rows(document: ReadDocument, origin: Origin) -> Rows:
    """The rows of one voucher as read, before matching."""
    as_read = to_json(document)
    evidence = _evidence(document, as_read["header"])
    values = {name: header_value(name, field["value"]) for name, field in _present(as_read["header"])}
    values = {name: value for name, value in values.items() if value is not None}
    values.setdefault("currency", "ARS")
    invoice = Invoice(
        **values,
        branch_id=origin.branch_id,
        source=origin.source,
        document_id=origin.document_id,
        generation=origin.generation,
        part=origin.part,
        first_page=origin.first_page,
        pages=document.pages,
        kind=document.kind.value,
        evidence=evidence,
        qr=as_read["qr"],
        checks=as_read["checks"],
        accept_receiver=False,
        status="needs_review",
    )
    lines = [
        _line(line, place, read)
        for place, (line, read) in enumerate(
            zip(document.lines[:MAX_LINES], as_read["lines"], strict=False), 1
        )
    ]
    read_taxes = [_tax(tax, place) for place, tax in enumerate(document.taxes[:MAX_TAXES], 1)]
    taxes = [tax for tax in read_taxes if tax is not None]
    if document.kind is Kind.NOTA_CREDITO:
        _positive(invoice, lines, taxes)
    return Rows(invoice, lines, taxes)


def _present(header: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, header[name]) for name in HEADER_NAMES if header[name] is not None]


def _evidence(document: ReadDocument, header: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By field: confidence, source, raw, box, and what the print says where it contradicts."""
    evidence: dict[str, dict[str, Any]] = {}
    for name, field in _present(header):
        raw = clean(field["raw"]) if field["raw"] else ""
        evidence[name] = {
            "read": clean(field["value"]),
            "confidence": field["confidence"],
            "source": field["source"],
            "raw": raw,
            "box": field["box"],
        }
    for name, printed in print_contradictions(document.checks).items():
        if name in evidence:
            evidence[name]["printed"] = printed
    return evidence


def _line(line: Line, place: int, as_read: dict[str, Any]) -> InvoiceLine:
    description = clean(line.description) or "-"
    row = InvoiceLine(
        id=uuid4(),
        position=place,
        code=(clean(line.code, 64) or None) if line.code else None,
        description=description,
        quantity=within(line.quantity, whole_digits=6, decimals=4),
        bonus_quantity=within(line.bonus_quantity, whole_digits=6, decimals=4) or Decimal(0),
        unit=(clean(line.unit, 64) or None) if line.unit else None,
        unit_price=within(line.unit_price, whole_digits=11, decimals=6),
        discounts=[
            {"rate": plain(step.rate)}
            if step.rate is not None
            else {"amount": plain(step.amount or Decimal(0))}
            for step in line.discounts
        ],
        iva_rate=within(line.iva_rate, whole_digits=3, decimals=4),
        internal_tax=money(line.internal_tax) or Decimal(0),
        subtotal=money(line.subtotal),
        confidence=line.confidence,
        box=as_read["box"],
        doubts=sorted(set(line.doubts)),
        corrected=[],
        as_read=as_read,
        remember=True,
        not_stock=False,
        spread=False,
    )
    _tell_goods_apart(row)
    return row


def _tell_goods_apart(row: InvoiceLine) -> None:
    """Carriage, discounts and services are no goods; a person sees that this was taken from the words."""
    text = row.description
    is_off = is_reduction(text) and (row.subtotal or 0) < 0
    if is_freight(text) or is_off:
        row.not_stock = row.spread = True
    elif is_service(text):
        row.not_stock = True
    if row.not_stock:
        row.doubts = sorted({*row.doubts, "not_stock"})


def _positive(invoice: Invoice, lines: Sequence[InvoiceLine], taxes: Sequence[InvoiceTax]) -> None:
    """Some issuers print notas de crédito with minus signs; here they are positive and the kind tells."""
    if invoice.total is None or invoice.total >= 0:
        return
    for name in ("net", "untaxed", "exempt", "total"):
        value = getattr(invoice, name)
        if value is not None:
            setattr(invoice, name, -value)
    for tax in taxes:
        tax.amount = -tax.amount
        tax.base = None if tax.base is None else -tax.base
    for line in lines:
        line.internal_tax = -line.internal_tax
        if line.subtotal is not None:
            line.subtotal = -line.subtotal
        if line.quantity is not None and line.quantity < 0:
            line.quantity = -line.quantity
        elif line.unit_price is not None and line.unit_price < 0:
            line.unit_price = -line.unit_price


def _tax(tax: Tax, place: int) -> InvoiceTax | None:
    amount = money(tax.amount)
    if amount is None:
        return None
    return InvoiceTax(
        position=place,
        kind=tax.kind.value,
        rate=within(tax.rate, whole_digits=3, decimals=4),
        base=money(tax.base),
        amount=amount,
        description=clean(tax.description, 200),
    )
