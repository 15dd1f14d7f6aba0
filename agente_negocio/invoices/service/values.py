"""Header values from text as papers, QRs and people give them; what cannot be one is None."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from shared.kernel.cuit import parse_cuit

_LARGEST_MONEY = Decimal(10) ** 14
_LARGEST_RATE = Decimal(10) ** 12
_LONGEST_TEXT = 200
_LONGEST_DESCRIPTION = 500


def header_value(name: str, text: str) -> Any:
    """The typed value of a header field, or None when the text cannot be one."""
    return _PARSERS.get(name, _short_text)(text)


def clean(text: str, longest: int = _LONGEST_DESCRIPTION) -> str:
    """Printable text on one line, cut to length."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return re.sub(r"\s+", " ", shown.encode("utf-8", "ignore").decode()).strip()[:longest].strip()


def money(value: str | Decimal | None) -> Decimal | None:
    """An amount that fits the books, 4 decimals."""
    amount = _decimal(value)
    if amount is None or abs(amount) >= _LARGEST_MONEY:
        return None
    return amount.quantize(Decimal("0.0001"))


def within(value: Decimal | None, *, whole_digits: int, decimals: int) -> Decimal | None:
    """The value at a column's scale, None when it does not fit."""
    if value is None or not value.is_finite() or abs(value) >= Decimal(10) ** whole_digits:
        return None
    return value.quantize(Decimal(1).scaleb(-decimals))


def _rate(text: str) -> Decimal | None:
    rate = _decimal(text)
    if rate is None or not 0 < rate < _LARGEST_RATE:
        return None
    return rate.quantize(Decimal("0.000001")) or None


def _decimal(value: str | Decimal | None) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _authorization(text: str) -> str | None:
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) == 14 else None  # noqa: PLR2004  CAE, CAEA and CAI all have 14


def _short_text(text: str) -> str | None:
    return clean(text, _LONGEST_TEXT) or None


def _mark(text: str) -> str | None:
    return clean(text, 3).upper() or None


def _integer(text: str, *, largest: int) -> int | None:
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit()):
        return None
    number = int(bare)
    return number if number <= largest else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


_PARSERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("issuer_cuit", "receiver_cuit"), parse_cuit),
    **dict.fromkeys(("issue_date", "authorization_due"), _date),
    **dict.fromkeys(("net", "untaxed", "exempt", "discount", "total"), money),
    **dict.fromkeys(("letter", "currency"), _mark),
    "type_code": partial(_integer, largest=999),
    "point_of_sale": partial(_integer, largest=99_999),
    "number": partial(_integer, largest=99_999_999),
    "exchange_rate": _rate,
    "authorization_code": _authorization,
}
