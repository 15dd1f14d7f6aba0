"""How much a row is worth: what the arithmetic says outranks what the recogniser feels."""

from agente_negocio.invoices.reading.goods.items import Item, has_prices
from agente_negocio.invoices.reading.model import Source

_PROVEN = {Source.QR: 0.999, Source.TEXT: 0.995, Source.OCR: 0.98}
_MULTIPLIES = 0.96
_DOUBTED = 0.35
"""Shares of exact rows among 500 drawn ones of the tuning seeds 7, 10 and 11."""


def of_line(item: Item, source: Source, *, closes: bool) -> float:
    """0 to 1. closes: the whole document adds up, so a wrong row would have shown."""
    if item.doubts or (item.solution is None and has_prices(item.roles.values())):
        return _DOUBTED
    if closes:
        return _PROVEN[source]
    clarity = min((token.confidence for token in item.tokens.values()), default=0.0)
    return round(_MULTIPLIES * (clarity + 9) / 10, 4)
