"""What rounding the gate tolerates by its definition: api.md (7)."""

from decimal import Decimal

from benchmarks.reading.comparing import Document, number
from shared.kernel.money import CENT

_HUNDRED = Decimal(100)
_ZERO = Decimal(0)


def closes(document: Document) -> bool:
    """Whether the printed figures close within the rounding allowed.

    A cent in each row and a cent a row in their sum; in the total a cent more for every tax row.
    """
    header, rows = document["header"], document["lines"]
    taxes = [amount for tax in document["taxes"] if (amount := Decimal(tax["amount"]))]
    kept = sum((Decimal(row["subtotal"]) for row in rows), _ZERO) - _money(header, "discount")
    slack = CENT * len(rows)
    is_net = header.get("net") is not None
    parts = sum((_money(header, name) for name in ("net", "untaxed", "exempt")), _ZERO) if is_net else kept
    return (
        all(map(_multiplies, rows))
        and abs(kept - parts) <= slack
        and abs(parts + sum(taxes, _ZERO) - _money(header, "total")) <= slack + CENT * len(taxes)
    )


def is_tolerated(expected: Document, found: Document) -> bool:
    """Whether the gate may accept an altered paper by its definition.

    The amount of a QR that was read leaves the total no cent.
    """
    authorised = (found.get("qr") or {}).get("importe")
    agrees = authorised is None or number(str(authorised)) == number(expected["header"]["total"])
    return agrees and closes(expected)


def _money(header: Document, name: str) -> Decimal:
    return Decimal(header.get(name) or 0)


def _multiplies(row: Document) -> bool:
    """Quantity by price less the discounts is the subtotal, but for a cent."""
    amount = Decimal(row["quantity"]) * Decimal(row["unit_price"])
    for step in row["discounts"]:
        rate = step.get("rate")
        amount = amount - Decimal(step["amount"]) if rate is None else amount * (1 - Decimal(rate) / _HUNDRED)
    return abs(amount - Decimal(row["subtotal"])) <= CENT
