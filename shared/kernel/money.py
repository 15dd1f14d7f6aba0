"""Money and quantity: exact decimals with fixed scales."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NewType

Money = NewType("Money", Decimal)
"""Pesos (or the document's currency), at most 4 decimals."""

Quantity = NewType("Quantity", Decimal)
"""Base units of a product, at most 3 decimals; signed in the ledger."""

ZERO = Quantity(Decimal(0))
NOTHING = Money(Decimal(0))
CENT = Decimal("0.01")

_MONEY_STEP = Decimal("0.0001")
_QUANTITY_STEP = Decimal("0.001")


def to_money(amount: Decimal) -> Money:
    """Rounded half up to 4 decimals, the scale of the books."""
    return Money(amount.quantize(_MONEY_STEP, rounding=ROUND_HALF_UP))


def to_cents(amount: Decimal) -> Money:
    """Rounded half up to cents, the scale of a printed document."""
    return Money(amount.quantize(CENT, rounding=ROUND_HALF_UP))


def to_quantity(amount: Decimal) -> Quantity:
    """Rounded half up to 3 decimals."""
    return Quantity(amount.quantize(_QUANTITY_STEP, rounding=ROUND_HALF_UP))


def plain(amount: Decimal) -> str:
    """Digits without exponent and without trailing zeros past the point: "1234.5"."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
