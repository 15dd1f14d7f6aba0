"""The sample invoice of the stand-ins: seven lines, two of them doubtful, and sums that follow every edit."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.browser.fakes.world import NOW, ROSARIO

PAGE_WIDTH, PAGE_HEIGHT = 1160, 1300
INVOICE, DOCUMENT = str(UUID(int=5001)), str(UUID(int=6001))
_FIRST_ROW_Y, _ROW_HEIGHT = 352, 92
_IVA = Decimal("0.21")
_PRINTED_TOTAL = Decimal("750526.22")

_LINES = [
    ("Fernet Branca 750 ml", 0, "24", "9850", "sure", "barcode", "1"),
    ("Coca Cola 2.25 x 8", 1, "48", "2410.50", "sure", "supplier_code", "1"),
    ("ALF JORGITO NEG x24", 2, "72", "512.30", "sure", "alias", "1"),
    ("YERBA PLAYAD. 1K", 3, "30", "3980", "sure", "alias", "1"),
    ("ACEI COCIN 1.5", 4, "12", "4120", "check", "text", "1"),
    ("GALL OREO 117", 5, "36", "1190", "sure", "alias", "1"),
    ("LAV AYUD 1L", None, "20", "980", "bad", None, None),
]


def make_invoice(
    products: list[dict[str, Any]], *, invoice_id: str = INVOICE, status: str = "needs_review"
) -> dict[str, Any]:
    """An invoice as negocio answers it."""
    invoice: dict[str, Any] = {
        "id": invoice_id,
        "version": 1,
        "status": status,
        "branch_id": ROSARIO,
        "document_id": DOCUMENT,
        "source": "telegram",
        "created_at": (NOW - timedelta(minutes=12)).isoformat(),
        "pages": [{"n": 1, "width": PAGE_WIDTH, "height": PAGE_HEIGHT, "url": ""}],
        "header": _header(),
        "supplier": {
            "id": str(UUID(int=301)),
            "name": "Distribuidora Norte S.R.L.",
            "cuit": "30712345671",
            "is_new": False,
        },
        "lines": [_line(index, entry, products) for index, entry in enumerate(_LINES)],
        "taxes": [],
        "checks": [],
        "duplicate_of": None,
        "accept_difference": False,
        "receipt": None,
    }
    recompute(invoice)
    return invoice


def recompute(invoice: dict[str, Any]) -> None:
    """Sums, line states and blockers after a change."""
    for line in invoice["lines"]:
        _settle_line(line)
    net = sum((Decimal(line["subtotal"]) for line in invoice["lines"]), Decimal(0))
    iva = (net * _IVA).quantize(Decimal("0.01"))
    difference = (net + iva - _PRINTED_TOTAL).quantize(Decimal("0.01"))
    closes = abs(difference) <= Decimal("0.10")
    invoice["totals"] = {
        "net": str(net),
        "iva": str(iva),
        "internal_tax": "0",
        "perceptions": "0",
        "discount": "0",
        "total": str(net + iva),
        "printed_total": str(_PRINTED_TOTAL),
        "difference": str(difference),
        "closes": closes,
    }
    invoice["blockers"] = _blockers(invoice, closes=closes or invoice["accept_difference"])
    invoice["warnings"] = []
    if invoice["status"] in ("needs_review", "ready"):
        invoice["status"] = "needs_review" if invoice["blockers"] else "ready"


def _blockers(invoice: dict[str, Any], *, closes: bool) -> list[dict[str, Any]]:
    found = [
        {
            "code": "line.unmatched",
            "detail": f"Falta decir qué producto es el renglón {line['position']}.",
            "path": f"lines[{line['position'] - 1}]",
        }
        for line in invoice["lines"]
        if line["product"] is None and not line["not_stock"]
    ]
    if not closes:
        detail = "La suma de los renglones no coincide con el total impreso."
        found.append({"code": "totals.difference", "detail": detail, "path": "totals"})
    if invoice["duplicate_of"]:
        detail = "Esta factura ya está cargada."
        found.append({"code": "invoice.duplicate", "detail": detail, "path": "header.number"})
    return found


def _settle_line(line: dict[str, Any]) -> None:
    line["subtotal"] = str(
        (Decimal(line["quantity"]) * Decimal(line["unit_price"])).quantize(Decimal("0.01"))
    )
    if line["product"] is None and not line["not_stock"]:
        line["state"] = "bad"
    elif line["state"] == "bad":
        line["state"] = "sure"


def _header() -> dict[str, Any]:
    return {
        "issuer_name": _field("Distribuidora Norte S.R.L.", (70, 64, 520, 44)),
        "issuer_cuit": _field("30712345671", (70, 118, 300, 30)),
        "letter": _field("A", (604, 58, 92, 92)),
        "type_code": _field("1", None),
        "point_of_sale": _field("3", (760, 66, 150, 36)),
        "number": _field("18452", (900, 66, 170, 36)),
        "issue_date": _field("2026-11-19", (760, 110, 200, 30)),
        "currency": _field("ARS", None),
        "total": _field(str(_PRINTED_TOTAL), (700, 1090, 320, 30)),
        "authorization_code": _field("76471234567890", (70, 1210, 420, 30), state="check", confidence=0.62),
        "authorization_due": _field("2026-11-29", (500, 1210, 200, 30)),
    }


def _field(
    value: str, box: tuple[int, int, int, int] | None, *, state: str = "sure", confidence: float = 0.98
) -> dict[str, Any]:
    return {
        "value": value,
        "confidence": confidence,
        "source": "ocr",
        "raw": value,
        "box": _box(*box) if box else None,
        "state": state,
    }


def _box(x: int, y: int, w: int, h: int) -> dict[str, Any]:
    return {
        "page": 1,
        "x": x / PAGE_WIDTH,
        "y": y / PAGE_HEIGHT,
        "w": w / PAGE_WIDTH,
        "h": h / PAGE_HEIGHT,
    }


def _line(index: int, entry: tuple[Any, ...], products: list[dict[str, Any]]) -> dict[str, Any]:
    text, product_index, quantity, price, state, source, factor = entry
    product = products[product_index] if product_index is not None else None
    return {
        "id": str(UUID(int=7000 + index)),
        "position": index + 1,
        "code": f"{1200 + index}",
        "description": text,
        "quantity": quantity,
        "bonus_quantity": "0",
        "unit": "unidades",
        "unit_price": price,
        "discounts": [],
        "iva_rate": "21",
        "internal_tax": "0",
        "subtotal": "0",
        "box": _box(60, _FIRST_ROW_Y + _ROW_HEIGHT * index, 1040, 86),
        # The price was not found by itself, as in a reading made before values had places.
        "evidence": {
            "quantity": {
                "source": "ocr",
                "raw": quantity,
                "box": _box(600, _FIRST_ROW_Y + _ROW_HEIGHT * index, 60, 30),
            }
        },
        "doubts": ["product"] if state == "check" else [],
        "state": state,
        "product": {"id": product["product_id"], "name": product["name"]} if product else None,
        "pack_factor": factor,
        "match": {"source": source, "score": 0.71 if state == "check" else 0.98} if source else None,
        "candidates": [_candidate(products[6], 0.58)] if product is None else [],
        "not_stock": False,
        "unit_cost": price,
    }


def _candidate(product: dict[str, Any], score: float) -> dict[str, Any]:
    return {
        "product_id": product["product_id"],
        "name": product["name"],
        "score": score,
        "reason": "text",
        "pack_factor": "1",
    }
