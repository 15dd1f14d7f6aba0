"""A small paper, its truth and a perfect reading of it."""

from copy import deepcopy
from typing import Any

from benchmarks.reading.comparing import HEADER
from benchmarks.reading.scoring import Origin, Reading, Score, score

Document = dict[str, Any]


def row(quantity: str, price: str, subtotal: str, *rates: str) -> Document:
    return {
        "quantity": quantity,
        "bonus_quantity": "0",
        "unit_price": price,
        "discounts": [{"rate": rate} for rate in rates],
        "subtotal": subtotal,
    }


def truth(*rows: Document, number: str = "7", **changes: Any) -> Document:
    header = dict.fromkeys(HEADER, "1") | {"number": number, "total": "242.00"}
    document = {
        "accepted": True,
        "pages": 1,
        "qr": {"ver": 1},
        "header": header,
        "taxes": [{"amount": "42.00"}],
        "lines": list(rows) or [row("2", "100", "200.00"), row("1", "50.5", "45.45", "10")],
    }
    return document | changes


def read_well(expected: Document, **changes: Any) -> Document:
    """What a perfect reader gives for a truth."""
    expected = deepcopy(expected)
    return {
        **expected,
        "header": {
            name: None if value is None else {"value": value, "confidence": 0.99}
            for name, value in expected["header"].items()
        },
        "lines": [{**line, "confidence": 0.9} for line in expected["lines"]],
        "checks": [],
        **changes,
    }


def judge(
    truths: list[Document], *found: Document, error: str | None = None, altered: str = ""
) -> list[Score]:
    return score(Origin(("rcel",), "photo", 1, 0, altered), truths, Reading(found, error, 2.5))
