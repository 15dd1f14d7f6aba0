"""What a QR and the bars say of the header, in the words of the header."""

from agente_negocio.invoices.reading.header.currencies import CURRENCY_CODES
from agente_negocio.invoices.reading.header.vouchers import letter_of
from agente_negocio.invoices.reading.symbols.barcode import BarcodePayload
from agente_negocio.invoices.reading.symbols.qr import QrPayload
from shared.kernel.money import plain


def bars_values(bars: BarcodePayload) -> dict[str, str]:
    """Header fields as the bars tell them, by name."""
    return {
        "issuer_cuit": bars.issuer_cuit,
        "type_code": str(bars.type_code),
        "point_of_sale": str(bars.point_of_sale),
        "authorization_code": bars.authorization_code,
        "authorization_due": bars.authorization_due.isoformat(),
    }


def qr_values(payload: QrPayload) -> dict[str, str]:
    """Header fields as a QR tells them, by name; what it leaves out is not there."""
    values = {
        "issuer_cuit": payload.issuer_cuit,
        "receiver_cuit": payload.receiver_cuit,
        "type_code": str(payload.type_code),
        "letter": letter_of(payload.type_code),
        "point_of_sale": str(payload.point_of_sale),
        "number": str(payload.number),
        "issue_date": payload.issue_date.isoformat(),
        "currency": CURRENCY_CODES.get(payload.currency, payload.currency),
        "exchange_rate": _exchange_rate(payload),
        "authorization_kind": payload.authorization_kind,
        "authorization_code": payload.authorization_code,
    }
    return {name: value for name, value in values.items() if value is not None}


def _exchange_rate(payload: QrPayload) -> str | None:
    """Pesos per unit of the voucher's currency. Known defect: pesos with a rate scaled by a million."""
    if payload.currency == "PES":
        return "1"
    return plain(payload.exchange_rate) if payload.exchange_rate else None
