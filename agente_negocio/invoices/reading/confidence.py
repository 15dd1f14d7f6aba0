"""How much a row is worth: what the arithmetic says outranks what the recogniser feels."""

from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.model import Source

_PROVEN = {Source.QR: 0.999, Source.TEXT: 0.995, Source.OCR: 0.98}
_MULTIPLIES = {Source.QR: 0.97, Source.TEXT: 0.97, Source.OCR: 0.9}
_DOUBTED = 0.5


def of_line(item: Item, source: Source, *, closes: bool) -> float:
    """0 to 1. closes: the whole document adds up, so a wrong row would have shown."""
    clarity = min((token.confidence for token in item.tokens.values()), default=0.0)
    if item.solution is None or item.doubts:
        return round(_DOUBTED * clarity, 4)
    return _PROVEN[source] if closes else round(_MULTIPLIES[source] * (clarity + 1) / 2, 4)
