"""What a confirmed voucher says is the truth of its paper, and which of it the reader had missed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from agente_negocio.invoices.models import Invoice, InvoiceCorrection, InvoiceLine, InvoiceTax
from agente_negocio.invoices.reading.model import (
    HEADER_NAMES,
    Header,
    Kind,
    Line,
    ReadDocument,
    Tax,
    TaxKind,
)
from agente_negocio.invoices.reading.wire import to_json
from agente_negocio.invoices.service.loading import to_discount
from shared.kernel.money import plain

_JUDGED = frozenset({"confidence", "box", "doubts", "evidence"})
"""What the reader says of a line or a tax besides its values; a paper has no truth for these."""
_LINE_NAMES = (
    "code",
    "description",
    "quantity",
    "bonus_quantity",
    "unit",
    "unit_price",
    "discounts",
    "iva_rate",
    "internal_tax",
    "subtotal",
)
"""Values of a line that papers print; its product, pack and fate in stock are no reading."""
_TURNED_AMOUNTS = frozenset({"net", "untaxed", "exempt", "total"})


@dataclass(frozen=True, slots=True)
class Voucher:
    """A confirmed voucher: lines and taxes in paper order, corrections oldest first."""

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    taxes: Sequence[InvoiceTax]
    corrections: Sequence[InvoiceCorrection]


def truth_of(voucher: Voucher) -> dict[str, Any]:
    """kind, header, taxes and lines in the shape of a read document, values only.

    Amounts are decimal strings as printed: a nota de crédito that prints minus signs has them here, though
    the books keep it positive. A line that a person added stands last, wherever the paper prints it.
    """
    invoice, turned = voucher.invoice, _turned(voucher)
    document = ReadDocument(
        kind=Kind(invoice.kind),
        accepted=False,
        pages=invoice.pages,
        qr=None,
        header=Header(),
        taxes=tuple(_tax(tax, -1 if "taxes" in turned else 1) for tax in voucher.taxes),
        lines=tuple(_line(line, turned) for line in voucher.lines),
    )
    shown = to_json(document)
    lines, taxes = (
        [{name: value for name, value in row.items() if name not in _JUDGED} for row in shown[rows]]
        for rows in ("lines", "taxes")
    )
    header = {name: _header_value(invoice, name, turned) for name in HEADER_NAMES}
    return {"kind": shown["kind"], "header": header, "taxes": taxes, "lines": lines}


def corrected_paths(voucher: Voucher) -> list[str]:
    """What the reader had missed, as paths into the truth; lines count from 0.

    A value that a person changed and changed back is not among them, nor a product or anything else that
    no paper prints. Lines: "lines.2.quantity", "lines.3 (added)", "lines (removed)".
    """
    return list(_paths(voucher))


def _paths(voucher: Voucher) -> Iterator[str]:
    changed = _changed(voucher.corrections)
    for name in HEADER_NAMES:
        if (None, name) in changed and not _is_supplied(voucher.invoice, name):
            yield f"header.{name}"
    if (None, "taxes") in changed:
        yield "taxes"
    for place, line in enumerate(voucher.lines):
        if line.as_read is None:
            yield f"lines.{place} (added)"
            continue
        yield from (f"lines.{place}.{name}" for name in _LINE_NAMES if (line.id, name) in changed)
    yield from ("lines (removed)" for each in voucher.corrections if _is_misread_line(each))


def _changed(corrections: Sequence[InvoiceCorrection]) -> set[tuple[UUID | None, str]]:
    """Line (None: the header) and name of what ended as something else than was read."""
    read: dict[tuple[UUID | None, str], Any] = {}
    confirmed: dict[tuple[UUID | None, str], Any] = {}
    for each in corrections:
        place = each.line_id, each.field
        read.setdefault(place, each.original)
        confirmed[place] = each.corrected
    return {place for place, value in confirmed.items() if value != read[place]}


def _is_misread_line(correction: InvoiceCorrection) -> bool:
    """Whether a line was taken off that the reader had seen, and not one a person had just added."""
    return correction.field == "line" and "subtotal" in (correction.original or {})


def _is_supplied(invoice: Invoice, name: str) -> bool:
    """A rate of exchange that a person looked up for a paper on which none was read."""
    return name == "exchange_rate" and "read" not in (invoice.evidence or {}).get(name, {})


def _header_value(invoice: Invoice, name: str, turned: frozenset[str]) -> str | None:
    value = getattr(invoice, name)
    if value is None or _is_supplied(invoice, name):
        return None
    if isinstance(value, Decimal):
        return plain(value) if name == "exchange_rate" else _money(-value if name in turned else value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _money(value: Decimal) -> str:
    """Two decimals; more only where the paper has them."""
    return f"{value:.2f}" if value == round(value, 2) else plain(value)


def _tax(tax: InvoiceTax, sign: int) -> Tax:
    base = None if tax.base is None else sign * tax.base
    return Tax(TaxKind(tax.kind), tax.rate, base, sign * tax.amount, tax.description)


def _line(line: InvoiceLine, turned: frozenset[str]) -> Line:
    values = {
        name: -value if name in turned and value is not None else value
        for name in ("quantity", "unit_price", "subtotal", "internal_tax")
        for value in (getattr(line, name),)
    }
    return Line(
        code=line.code,
        description=line.description,
        unit=line.unit,
        discounts=tuple(to_discount(step) for step in line.discounts),
        bonus_quantity=line.bonus_quantity,
        iva_rate=line.iva_rate,
        **values,
    )


def _turned(voucher: Voucher) -> frozenset[str]:
    """Names whose sign the books turned, on a nota de crédito printed with minus signs."""
    invoice = voucher.invoice
    read = (invoice.evidence or {}).get("total", {}).get("read", "")
    if not read.startswith("-") or (invoice.total or 0) <= 0:
        return frozenset()
    rows = [line.as_read for line in voucher.lines if line.as_read]
    quantity = any((row["quantity"] or "").startswith("-") for row in rows)
    price = any((row["unit_price"] or "").startswith("-") for row in rows)
    factor = {"quantity"} if quantity else {"unit_price"} if price else set()
    return _TURNED_AMOUNTS | {"subtotal", "internal_tax", "taxes"} | factor
