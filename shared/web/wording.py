"""How the facts of a refusal read inside a Spanish sentence; programs get them as they are."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

_WORDS = {
    "status": {
        "needs_review": "por revisar",
        "ready": "por confirmar",
        "confirmed": "confirmado",
        "reversed": "deshecho",
        "discarded": "descartado",
    },
    "transfer_status": {
        "draft": "sin enviar",
        "shipped": "en camino",
        "received": "recibido",
        "cancelled": "cancelado",
    },
    "adjustment_status": {"waiting": "por aprobar", "approved": "aprobado", "rejected": "rechazado"},
    "reservation_status": {
        "active": "vigente",
        "committed": "entregada",
        "released": "liberada",
        "expired": "vencida",
    },
    "movement_kind": {
        "opening": "un stock inicial",
        "receipt": "una entrada",
        "supplier_return": "una devolución al proveedor",
        "sale": "una venta",
        "customer_return": "una devolución de un cliente",
        "adjustment": "un ajuste",
        "shrinkage": "una merma",
        "theft": "un robo",
        "expired": "un vencimiento",
        "broken": "una rotura",
        "own_use": "un consumo propio",
        "sample": "una muestra",
        "donation": "una donación",
        "entry_error": "un error de carga",
        "count": "un conteo",
        "revaluation": "una revalorización",
    },
    "permission": {
        "catalog:read": "ver el catálogo",
        "catalog:write": "cambiar el catálogo",
        "stock:read": "ver el stock",
        "stock:write": "mover stock",
        "stock:approve": "aprobar ajustes de stock",
        "sales:read": "ver las ventas",
        "sales:write": "vender",
        "invoices:read": "ver facturas",
        "invoices:write": "cargar y corregir facturas",
        "invoices:confirm": "confirmar ni deshacer facturas",
        "forecasts:read": "ver pronósticos",
        "operations:read": "ver el estado del sistema",
        "forecasts:run": "pedir pronósticos",
        "organisation:read": "ver los datos del negocio",
        "organisation:manage": "cambiar los datos del negocio",
    },
    "field": {
        "issuer_cuit": "el CUIT del proveedor",
        "issuer_name": "el nombre del proveedor",
        "receiver_cuit": "el CUIT del receptor",
        "type_code": "el tipo de comprobante",
        "letter": "la letra",
        "point_of_sale": "el punto de venta",
        "number": "el número",
        "issue_date": "la fecha",
        "total": "el total",
        "exchange_rate": "la cotización",
        "authorization_code": "el CAE",
        "authorization_due": "el vencimiento del CAE",
    },
}
_AMOUNT = re.compile(r"-?\d+\.\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TO_SPANISH = str.maketrans(",.", ".,")


def fill(template: str, facts: Mapping[str, str]) -> str:
    """The sentence with its {names} filled; facts may be text from papers and are never formatted again."""
    return re.sub(r"\{(\w+)\}", lambda name: _worded(name[1], facts.get(name[1], "?")), template)


def _worded(name: str, value: str) -> str:
    """1234.50 as $ 1.234,50, 2026-11-21 as 21/11/2026, a code as its word."""
    if _AMOUNT.fullmatch(value):
        return f"$ {Decimal(value):,.2f}".translate(_TO_SPANISH).replace("$ -", "-$ ")
    if _DAY.fullmatch(value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return _WORDS.get(name, {}).get(value, value)
