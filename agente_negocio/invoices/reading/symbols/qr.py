"""The fiscal QR of an Argentine voucher: payload text to fields, whatever the issuer's defects."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote, urlsplit

from shared.kernel.cuit import parse_cuit

_LONGEST = 4096
_HOSTS = re.compile(r"(?:^|\.)(?:afip|arca)\.(?:gob|gov)\.ar$", re.IGNORECASE)
_PATHS = re.compile(r"/(?:fe/qr|.*cae\.aspx)", re.IGNORECASE)
_BASE64_BYTES = re.compile(r"^b['\"](.*?)['\"]?$", re.DOTALL)
# Nothing in it is tried twice: over the spaces of a hostile text, backtracking would take minutes.
_PAIR = re.compile(
    r"""["'](\w+)["']\s*+:\s*+(?:["']([^"']*)["']|((?:[^"'},]++|,(?!\s*+["']))*+))\s*+(?=,\s*+["']|\}|$)"""
)
_ALIASES = {"tipoCbte": "tipoCmp", "tipoCodCbte": "tipoCmp", "nroCbte": "nroCmp"}
_NEEDED = ("fecha", "cuit", "ptoVta", "tipoCmp", "nroCmp", "importe")
_CUIT_DOCUMENT = 80
_AUTHORIZATION_DIGITS = 14
_DEEPEST_AMOUNT = Decimal(10) ** 15
_MOST_TYPE, _MOST_POINT_OF_SALE, _MOST_NUMBER = 999, 99_999, 99_999_999
"""Three, five and eight digits, as vouchers number themselves; anything else is no voucher."""


@dataclass(frozen=True, slots=True)
class QrPayload:
    """What the QR says, checked field by field.

    total is in the voucher's own currency. repaired: the JSON was broken and what survived was picked
    out of it, so print must confirm it. decoded: the payload as found, for people.
    """

    issue_date: date
    issuer_cuit: str
    point_of_sale: int
    type_code: int
    number: int
    total: Decimal
    currency: str = "PES"
    exchange_rate: Decimal | None = None
    receiver_document_type: int | None = None
    receiver_document: str | None = None
    authorization_kind: str | None = None
    authorization_code: str | None = None
    repaired: bool = False
    decoded: Mapping[str, str | int | None] = field(default_factory=dict)

    @property
    def receiver_cuit(self) -> str | None:
        """The receiver's CUIT when the receiver is identified by one."""
        if self.receiver_document_type != _CUIT_DOCUMENT or self.receiver_document is None:
            return None
        return parse_cuit(self.receiver_document)


def parse_qr(text: str) -> QrPayload | None:
    """The payload of a fiscal QR, or None for any other code."""
    encoded = _encoded_part(text)
    if encoded is None:
        return None
    plain = _decode(encoded)
    if plain is None:
        return None
    values, repaired = _values(plain)
    return _payload(values, repaired=repaired)


def choose_payload(texts: Iterable[str]) -> QrPayload | None:
    """The one to believe among all codes of a document: intact before repaired, first before later."""
    found = [payload for payload in map(parse_qr, texts) if payload is not None]
    return min(found, key=lambda payload: payload.repaired, default=None)


def _encoded_part(text: str) -> str | None:
    if len(text) > _LONGEST:
        return None
    bare = re.sub(r"\s+", "", text)
    try:
        parts = urlsplit(bare)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not _HOSTS.search(parts.hostname or ""):
        return None
    if not _PATHS.match(parts.path):
        return None
    found = re.search(r"(?:^|&)p=(.*)$", parts.query, re.IGNORECASE)
    return unquote(found[1]) if found else None


def _decode(encoded: str) -> str | None:
    """Base64 in any dress: padded or not, url-safe, b'...', cut short."""
    quoted = _BASE64_BYTES.match(encoded)
    body = quoted[1] if quoted else encoded
    body = body.replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
    if len(body) % 4 == 1:
        body = body[:-1]
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def _values(plain: str) -> tuple[dict[str, Any], bool]:
    """Fields and whether the JSON had to be repaired with loss."""
    for candidate in (plain, plain.replace("'", '"')):
        try:
            loaded = json.loads(candidate, parse_float=Decimal)
        except (ValueError, RecursionError):
            continue
        return (loaded, False) if isinstance(loaded, dict) else ({}, False)
    return {name: (quoted or bare).strip() for name, quoted, bare in _PAIR.findall(plain)}, True


def _payload(raw: dict[str, Any], *, repaired: bool) -> QrPayload | None:
    values = {_ALIASES.get(name, name): value for name, value in raw.items()}
    if any(name not in values for name in _NEEDED):
        return None
    issue_date, issuer_cuit = _date(values["fecha"]), parse_cuit(str(values["cuit"]))
    point_of_sale = _integer(values["ptoVta"], most=_MOST_POINT_OF_SALE)
    type_code = _integer(values["tipoCmp"], most=_MOST_TYPE)
    number = _integer(values["nroCmp"], most=_MOST_NUMBER)
    total = _amount(values["importe"])
    if issue_date is None or issuer_cuit is None or total is None:
        return None
    if point_of_sale is None or not type_code or number is None:
        return None
    document_type, document = _receiver(values)
    return QrPayload(
        issue_date=issue_date,
        issuer_cuit=issuer_cuit,
        point_of_sale=point_of_sale,
        type_code=type_code,
        number=number,
        total=total,
        currency=str(values.get("moneda") or "PES")[:3].upper(),
        exchange_rate=_amount(values.get("ctz")),
        receiver_document_type=document_type,
        receiver_document=document,
        authorization_kind={"E": "CAE", "A": "CAEA"}.get(str(values.get("tipoCodAut") or "").strip()),
        authorization_code=_authorization(values.get("codAut")),
        repaired=repaired,
        decoded={name: _shown(value) for name, value in raw.items()},
    )


def _receiver(values: dict[str, Any]) -> tuple[int | None, str | None]:
    """Document type and number; a number that only repeats its type is a known defect, so none."""
    document_type, document = _integer(values.get("tipoDocRec")), _integer(values.get("nroDocRec"))
    if not document or document == document_type:
        return document_type, None
    return document_type, str(document)


def _integer(value: Any, *, most: int | None = None) -> int | None:
    amount = _amount(value)
    if amount is None or amount != amount.to_integral_value() or (most is not None and amount > most):
        return None
    return int(amount)


def _amount(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool | dict | list):
        return None
    try:
        amount = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _DEEPEST_AMOUNT else None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None


def _authorization(value: Any) -> str | None:
    digits = str(value or "").strip()
    is_number = digits.isascii() and digits.isdigit()
    return digits if is_number and len(digits) == _AUTHORIZATION_DIGITS else None


def _shown(value: Any) -> str | int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return str(value).strip()[:64]
