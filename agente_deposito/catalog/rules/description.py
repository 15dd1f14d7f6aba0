"""Reads what a line of a paper, or a product's name, says: words, sizes and how many to a pack.

Suppliers write "GASEOSA COLA 2.25 X8", "YERBA PLAYAD. 1K", "ACEITE GIR. 12X900CC": words cut
short, units in every spelling, pack counts beside sizes.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

# Everything is measured in the small unit of its dimension: g, ml, cm.
_UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("g", "gr", "grs", "gs", "gramo", "gramos"), ("g", Decimal(1))),
    **dict.fromkeys(("k", "kg", "kgs", "kilo", "kilos", "kgr"), ("g", Decimal(1000))),
    **dict.fromkeys(("ml", "cc", "mls", "cm3"), ("ml", Decimal(1))),
    **dict.fromkeys(("cl",), ("ml", Decimal(10))),
    **dict.fromkeys(("l", "lt", "lts", "ltr", "ltrs", "litro", "litros"), ("ml", Decimal(1000))),
    **dict.fromkeys(("cm", "cms"), ("cm", Decimal(1))),
    **dict.fromkeys(("m", "mt", "mts", "metro", "metros"), ("cm", Decimal(100))),
}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_PIECES = r"(?:u|un|uni|unid|unids|unidad|unidades|und|uds|pz|bot|lat|latas|sob|sobres)"
_NUMBER = r"\d{1,6}(?:[.,]\d{1,3})?"

_FRACTION = re.compile(r"(?<![\d/])([13])/([24])(?![\d/])")
# 12x900cc, 6 x 1.5 l: a pack count and a size.
_COUNT_BY_SIZE = re.compile(rf"(?<![\d.,])(\d{{1,3}})\s*[x*]\s*({_NUMBER})\s*({_UNIT})(?![a-z0-9])")
# 900cc x 12, 2.25 l x8.
_SIZE_BY_COUNT = re.compile(
    rf"({_NUMBER})\s*({_UNIT})\.?\s*[x*]\s*(\d{{1,3}})(?![\d.,])\s*{_PIECES}?(?![a-z0-9])"
)
_SIZE = re.compile(rf"(?<![\d.,a-wyz])(?:x\s*)?({_NUMBER})\s*({_UNIT})(?![a-z0-9])")
# x8, x 12 un, 8 u, pack 6, (12).
_COUNT = re.compile(
    rf"(?<![a-z0-9])(?:x|pack\s*x?|caja\s*x?|bulto\s*x?|fardo\s*x?|display\s*x?)\s*(\d{{1,3}})(?![\d.,])\s*{_PIECES}?(?![a-z0-9])"
    rf"|(?<![\d.,])(\d{{1,3}})\s*(?:{_PIECES}|x)(?![a-z0-9])"
)
_LOOSE = re.compile(rf"(?<![\d.,])(?:x\s*)?({_NUMBER})(?![\d.,])")
_WORD = re.compile(r"[a-z]+")
_LEAST_LOOSE_SIZE = 100
_EMPTY = frozenset(
    (
        "de",
        "del",
        "la",
        "el",
        "los",
        "las",
        "y",
        "e",
        "x",
        "por",
        "un",
        "una",
        "c",
        "s",
        "p",
        "u",
        "pack",
        "caja",
    )
)


@dataclass(frozen=True, slots=True)
class Size:
    """An amount in g, ml or cm."""

    unit: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Description:
    """What a text says of a product.

    loose: numbers that say neither unit nor count; a size more often than not.
    """

    words: tuple[str, ...]
    sizes: frozenset[Size]
    packs: frozenset[int]
    loose: frozenset[Decimal]


def plain_text(text: str) -> str:
    """Lower case without accents, as shared.searchable makes it in the database."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def describe(text: str) -> Description:
    """Take a text apart; what was understood is removed before the next pattern looks."""
    rest = _FRACTION.sub(lambda part: str(Decimal(part[1]) / Decimal(part[2])), plain_text(text))
    sizes: set[Size] = set()
    packs: set[int] = set()
    rest = _take(_COUNT_BY_SIZE, rest, sizes, packs, count=1, size=2)
    rest = _take(_SIZE_BY_COUNT, rest, sizes, packs, count=3, size=1)
    rest = _take(_SIZE, rest, sizes, packs, count=None, size=1)
    for found in _COUNT.finditer(rest):
        _note_count(int(found[1] or found[2]), sizes, packs)
    rest = _COUNT.sub(_keep_large, rest)
    loose = frozenset(_decimal(number) for number in _LOOSE.findall(rest))
    words = tuple(word for word in _WORD.findall(rest) if word not in _EMPTY)
    return Description(words, frozenset(sizes), frozenset(packs), loose)


def content_size(quantity: Decimal | None, unit: str | None) -> Size | None:
    """The size a product's content field states; None for pieces."""
    if quantity is None or unit not in _UNITS:
        return None
    dimension, factor = _UNITS[unit]
    return Size(dimension, quantity * factor)


def could_be(loose: Decimal, size: Size) -> bool:
    """Whether a bare number means this size: 2.25 is 2.25 l, 500 is 500 g."""
    return size.amount in (loose, loose * 1000, loose * 100 if size.unit == "cm" else loose)


def _take(  # noqa: PLR0913  what a pattern finds goes to two places
    pattern: re.Pattern[str], text: str, sizes: set[Size], packs: set[int], *, count: int | None, size: int
) -> str:
    for found in pattern.finditer(text):
        dimension, factor = _UNITS[found[size + 1]]
        sizes.add(Size(dimension, _decimal(found[size]) * factor))
        if count is not None:
            packs.add(int(found[count]))
    return pattern.sub(" ", text)


def _note_count(count: int, sizes: set[Size], packs: set[int]) -> None:
    """x8 is a pack; x500 beside no size is the size itself and is left as a loose number."""
    if 1 < count < _LEAST_LOOSE_SIZE or (count >= _LEAST_LOOSE_SIZE and sizes):
        packs.add(count)


def _keep_large(found: re.Match[str]) -> str:
    count = int(found[1] or found[2])
    return f" {count} " if count >= _LEAST_LOOSE_SIZE else " "


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", "."))
