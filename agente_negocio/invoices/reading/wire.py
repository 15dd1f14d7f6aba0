"""A read document as the JSON of the API: decimal strings, ISO dates, boxes from 0 to 1."""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from agente_negocio.invoices.reading.model import (
    HEADER_NAMES,
    Box,
    Check,
    Discount,
    Evidence,
    Field,
    Line,
    ReadDocument,
    Tax,
)
from shared.kernel.money import plain


def to_json(document: ReadDocument) -> dict[str, Any]:
    """The shape every reader of documents shares; pictures are left out.

    Every value says where it was read: a field of the header in itself, values of a line in its "evidence" by
    name, of those printed, the amount of a tax in its "evidence": {"source", "raw", "box"}.
    """
    return {
        "kind": document.kind.value,
        "accepted": document.accepted,
        "pages": document.pages,
        "qr": dict(document.qr) if document.qr is not None else None,
        "header": {name: _field(getattr(document.header, name)) for name in HEADER_NAMES},
        "taxes": [_tax(tax) for tax in document.taxes],
        "lines": [_line(line) for line in document.lines],
        "checks": [_check(check) for check in document.checks],
    }


def _field(field: Field | None) -> dict[str, Any] | None:
    if field is None:
        return None
    return {
        "value": field.value,
        "confidence": field.confidence,
        "source": field.source.value,
        "raw": field.raw,
        "box": _box(field.box),
    }


def _box(box: Box | None) -> dict[str, float] | None:
    if box is None:
        return None
    return {"page": box.page, "x": box.x, "y": box.y, "w": box.w, "h": box.h}


def _tax(tax: Tax) -> dict[str, Any]:
    return {
        "kind": tax.kind.value,
        "rate": _plain(tax.rate),
        "base": _money(tax.base),
        "amount": _money(tax.amount),
        "description": tax.description,
        "evidence": _evidence(tax.evidence) if tax.evidence else None,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "description": line.description,
        "quantity": _plain(line.quantity),
        "bonus_quantity": _plain(line.bonus_quantity),
        "unit": line.unit,
        "unit_price": _money(line.unit_price),
        "discounts": [_discount(step) for step in line.discounts],
        "iva_rate": _plain(line.iva_rate),
        "internal_tax": _plain(line.internal_tax),
        "subtotal": _money(line.subtotal),
        "confidence": line.confidence,
        "box": _box(line.box),
        "doubts": list(line.doubts),
        "evidence": {name: _evidence(seen) for name, seen in line.evidence.items()},
    }


def _evidence(seen: Evidence) -> dict[str, Any]:
    return {"source": seen.source.value, "raw": seen.raw, "box": _box(seen.box)}


def _discount(step: Discount) -> dict[str, str | None]:
    return {"rate": _plain(step.rate)} if step.rate is not None else {"amount": _money(step.amount)}


def _check(check: Check) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": check.code, "ok": check.ok, "detail": check.detail}
    if check.conflicts:
        shown["conflicts"] = [asdict(conflict) for conflict in check.conflicts]
    return shown


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _money(value: Decimal | None) -> str | None:
    """At least two decimals, more only where they are not zero."""
    if value is None:
        return None
    text = plain(value)
    decimals = len(text.partition(".")[2])
    return f"{value:.2f}" if decimals <= 2 else text  # noqa: PLR2004  cents


def json_lines(documents: Iterable[ReadDocument]) -> list[dict[str, Any]]:
    """Each document with its place within the file."""
    return [{"part": part, **to_json(document)} for part, document in enumerate(documents, 1)]
