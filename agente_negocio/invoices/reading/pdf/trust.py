"""How far the text layer of a PDF page is to be believed: some lie, some are laid over a scan by machines."""

import re
from collections.abc import Iterable
from enum import Enum

from agente_negocio.invoices.reading.layout.rows import fold
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.pdf.text_layer import TextLayer
from shared.kernel.cuit import parse_cuit

_LEAST_WORDS = 12
"""A text layer with fewer words than any voucher is decoration of a picture."""
_LEAST_LABELS = 4
_LEAST_VOWELS = 0.3
"""Of all letters: Spanish has 0.46, abbreviated goods 0.38, letters moved along the alphabet about 0.25."""
_LABEL = re.compile(
    r"\b(?:factura|tique|remito|nota de \w+|comprobante|original|c\.?u\.?i\.?t|c\.?a\.?e\.?a?\b|fecha|"
    r"emision|vencimiento|vto|total|subtotal|neto|gravado|iva\b|i\.v\.a|percep|importe|precio|p\. ?unit|"
    r"cant\b|cantidad|descripcion|detalle|producto|codigo|bonif|cliente|domicilio|condicion|ingresos|inicio|"
    r"responsable|pagina|hoja|punto de venta|transporte)"
)
_VOWEL, _LETTER = re.compile(r"[aeiou]"), re.compile(r"[a-z]")
_WRITTEN_CUIT = re.compile(r"(?<![\d-])\d{2}-\d{8}-\d(?![\d-])")
_BARE_CUIT = re.compile(r"(?<!\d)(?:20|2[3-7]|30|3[34])\d{9}(?!\d)")


class Trust(Enum):
    """SOUND: what it says is what is printed. DOUBTFUL: let the gate decide. BROKEN: read the picture."""

    SOUND = "sound"
    DOUBTFUL = "doubtful"
    BROKEN = "broken"


def trust_in(layer: TextLayer) -> Trust:
    """By what can be seen of it, by words any voucher has, and by check digits."""
    if not layer.pictures and not layer.paths and not layer.words and layer.visible:
        # An empty sheet: nor has its picture anything to read.
        return Trust.DOUBTFUL
    if not layer.visible or (layer.pictures and len(layer.words) < _LEAST_WORDS) or not layer.words:
        return Trust.BROKEN
    if any(_matters(word.text) for word in layer.spoilt):
        # Something else is seen where these stand: only the picture tells what.
        return Trust.BROKEN
    return _trust_in_words(layer.words)


def _matters(text: str) -> bool:
    """Whether it is a figure or what a figure is called."""
    return any(character.isdigit() for character in text) or _LABEL.search(fold(text)) is not None


def _trust_in_words(words: Iterable[Word]) -> Trust:
    text = fold(" ".join(word.text for word in words))
    labels = set(_LABEL.findall(text))
    written = [parse_cuit(found) is not None for found in _WRITTEN_CUIT.findall(text)]
    if written and not any(written):
        # Digits that stand for others fail the check digit.
        return Trust.BROKEN
    if not labels and len(_VOWEL.findall(text)) < _LEAST_VOWELS * len(_LETTER.findall(text)):
        return Trust.BROKEN
    checked = any(written) or any(parse_cuit(found) for found in _BARE_CUIT.findall(text))
    return Trust.SOUND if checked and len(labels) >= _LEAST_LABELS else Trust.DOUBTFUL
