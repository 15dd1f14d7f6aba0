"""What the words of a line give away: freight and services, pack sizes, barcodes, a normalised key."""

import re
import unicodedata
from decimal import Decimal

from shared.kernel.barcode import is_gtin

_FREIGHT = re.compile(r"\b(flete|fletes|acarreo|envio|transporte|logistica|gastos? de entrega)\b")
_SERVICE = re.compile(
    r"\b(servicio|servicios|honorarios|abono|alquiler|comision|gastos? administrativos?|intereses|seguro)\b"
)
_REDUCTION = re.compile(r"\b(descuento|bonificacion|bonif|dto|rebaja|ajuste por redondeo|redondeo)\b")
_LONGEST_KEY = 300
# "12x1L", "6 x 750", "x12", "x 24 u", "caja 12", "pack 6", "bulto 10", "4x6": packs as papers write them.
_PACK = re.compile(
    r"(?<![\d.,])(\d{1,3}) ?x ?(\d{1,4}(?:[.,]\d{1,3})?) ?(l|lt|lts|ltr|ml|cc|cm3|g|gr|grs|kg|k|u|un|unid)?\b"
    r"|\bx ?(\d{1,3}) ?(u|un|uni|unid|unidades)?\b(?! ?(?:l|lt|ml|cc|g|gr|kg|mts?|cm|mm)\b)(?![.,]\d)"
    r"|\b(?:caja|cja|pack|bulto|bto|display|fardo|bolsa|plancha|cajon)s? ?(?:de |x|por |c/)? ?(\d{1,3})\b"
)
_CONTENT_UNITS = frozenset({"l", "lt", "lts", "ltr", "ml", "cc", "cm3", "g", "gr", "grs", "kg", "k"})
_GTIN = re.compile(r"(?<!\d)(\d{8}|\d{12,14})(?!\d)")


def normalise(text: str) -> str:
    """The same key for the same wording: lower case, without accents, punctuation or double spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    words = re.sub(r"[^0-9a-z%.,/+]+", " ", plain).split()
    return " ".join(words)[:_LONGEST_KEY].strip(" .,/")


def is_freight(text: str) -> bool:
    """Carriage: no goods, but part of what they cost."""
    return _FREIGHT.search(normalise(text)) is not None


def is_reduction(text: str) -> bool:
    """A discount or rounding printed as a line of its own."""
    return _REDUCTION.search(normalise(text)) is not None


def is_service(text: str) -> bool:
    """Something that is neither goods nor carriage."""
    return _SERVICE.search(normalise(text)) is not None


def pack_sizes(text: str) -> tuple[Decimal, ...]:
    """How many units a pack may hold by its description, in the order written, never 1.

    "12 x 1 L" and "12x750" are 12; "4x6" may be 24, 4 or 6; "x12" is 12.
    """
    found: list[Decimal] = []
    for match in _PACK.finditer(normalise(text)):
        first, second, unit, bare, _, boxed = match.groups()
        if first:
            outer = Decimal(first)
            inner = Decimal(second.replace(",", "."))
            found.append(outer)
            if unit not in _CONTENT_UNITS and inner == inner.to_integral_value() and inner <= 48:  # noqa: PLR2004  more is content, not count
                found += [outer * inner, inner]
        else:
            found.append(Decimal(bare or boxed))
    return tuple(dict.fromkeys(size for size in found if size > 1))


def barcode_in(code: str | None, description: str) -> str | None:
    """A product barcode printed as the code or inside the description."""
    if code and is_gtin(code.strip()):
        return code.strip()
    return next((found for found in _GTIN.findall(description) if is_gtin(found)), None)
