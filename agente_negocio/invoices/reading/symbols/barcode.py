"""The ITF bars of older vouchers: 40 or 42 digits that hold who, what kind, which authorisation."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.kernel.cuit import parse_cuit

_OLD_LENGTH = 40
_NEW_LENGTH = 42


@dataclass(frozen=True, slots=True)
class BarcodePayload:
    """What the bars say. There is no amount in them, and due is when the authorisation expires."""

    issuer_cuit: str
    type_code: int
    point_of_sale: int
    authorization_code: str
    authorization_due: date


def check_digit(digits: str) -> int:
    """Modulo 10 over all digits before it: odd places, from the left, weigh 3."""
    total = 3 * sum(map(int, digits[::2])) + sum(map(int, digits[1::2]))
    return -total % 10


def parse_barcode(text: str) -> BarcodePayload | None:
    """The payload of a voucher's bars, or None for any other digits."""
    if not text.isdigit() or len(text) not in {_OLD_LENGTH, _NEW_LENGTH}:
        return None
    if check_digit(text[:-1]) != int(text[-1]):
        return None
    type_end, sale_end = (13, 17) if len(text) == _OLD_LENGTH else (14, 19)
    cuit = parse_cuit(text[:11])
    due = _date(text[sale_end + 14 : sale_end + 22])
    if cuit is None or due is None:
        return None
    return BarcodePayload(
        issuer_cuit=cuit,
        type_code=int(text[11:type_end]),
        point_of_sale=int(text[type_end:sale_end]),
        authorization_code=text[sale_end : sale_end + 14],
        authorization_due=due,
    )


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a calendar date has no zone
    except ValueError:
        return None
