"""What a paper counts below its goods, rows or units: the only proof that a row of nothing was not lost."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold
from agente_negocio.invoices.reading.numbers import Style, has_cents, readings

_ZERO = Decimal(0)


class Counted(Enum):
    """What a printed count counts: ITEMS are rows on one paper and units on another."""

    ROWS = "rows"
    ITEMS = "items"
    UNITS = "units"
    PACKS = "packs"


_WORDS = {
    "reng": Counted.ROWS,
    "line": Counted.ROWS,
    "item": Counted.ITEMS,
    "arti": Counted.ITEMS,
    "prod": Counted.ITEMS,
    "unid": Counted.UNITS,
    "bult": Counted.PACKS,
}
_COUNT = re.compile(
    r"(?<![^\s|(])(total(?: de)? |cant\w*\.?(?: total)?(?: de)? )?"
    r"(renglones|lineas|items|articulos|productos|unidades|unids?\.|bultos)"
    r"(?: (?:facturad|entregad|despachad)[ao]s)?(\.* ?:)?[\s.]*"
    r"(\d+(?:[.,]\d+)*)(?![\d.,]*[/%\d])(?=\W*$|\t|\)| [|;-]| +[a-z. ]+:)"
)
_PACK = re.compile(
    r"\d ?x ?\d|\bx ?\d+(?! ?[\d.,]*\d)(?! ?(?:k?gr?s?|kilos?|ml|cc|cm\d?|mm|lt?s?|litros?|m|mts?)\b)"
    r"|\b(?:cj|cja|cajas?|packs?|bultos?|bto|doc\w*|display|fardos?|x ?(?:u|un|uni\w*))\b"
)
"""That a row's unit may hold others: what a paper calls units then is in doubt."""
_WEIGHED = re.compile(r"k(?:g|ilo)|gr?s?\b|lt|litro|m(?:ts?|etros?)?\b")
_OF_PACKS = re.compile(r"bul?to?|caj|cj|pack|pk|fardo")


@dataclass(frozen=True, slots=True)
class Count:
    """One printed count. values: every way to read its figure. text: as printed."""

    counted: Counted
    values: tuple[Decimal, ...]
    text: str
    page: int


def read_counts(sheets: Sequence[Sheet], goods: Collection[int], style: Style) -> tuple[Count, ...]:
    """Counts printed anywhere but in rows of goods (their ids), unless such a row is nothing else."""
    return tuple(
        count
        for sheet in sheets
        for row in sheet.rows
        for count in _counts_of(row, style)
        if id(row) not in goods or not re.search(r"[^\W_]", _COUNT.sub("", row.folded))
    )


def _counts_of(row: Row, style: Style) -> Iterator[Count]:
    for found in _COUNT.finditer(row.folded):
        counted, figure = _WORDS[found[2][:4]], found[4]
        is_money = has_cents(figure) and counted in {Counted.ROWS, Counted.ITEMS}
        if (found[1] or found[3]) and not is_money:
            yield Count(counted, readings(figure, style), row.text[slice(*found.span())].strip(), row.page)


def disagreeing(counts: Sequence[Count], items: Sequence[Item], amounts: Collection[Decimal]) -> list[str]:
    """Texts of the counts that surely count these rows and fit none of the ways to do so.

    amounts: sums of the voucher, which a paper may print under such a word too.
    """
    return [
        count.text
        for count in counts
        if _is_sure(count.counted, items)
        and set(amounts)
        .union(*(_ways(count.counted, some) for some in _scopes(count, items)))
        .isdisjoint(count.values)
    ]


def _scopes(count: Count, items: Sequence[Item]) -> Iterator[list[Item]]:
    """A page may count its own rows, those up to its end, or all."""
    yield list(items)
    yield [item for item in items if item.sheet.page == count.page]
    yield [item for item in items if item.sheet.page <= count.page]


def _ways(counted: Counted, items: Sequence[Item]) -> Iterator[Decimal]:
    if counted in {Counted.ROWS, Counted.ITEMS}:
        yield Decimal(len(items))
        yield Decimal(sum(bool(item.subtotal) for item in items))
    if counted is Counted.ITEMS:
        yield Decimal(len({item.code for item in items}))
    if counted is not Counted.ROWS:
        for some in (items, [item for item in items if item.subtotal]):
            yield from _sums(some)


def _sums(items: Sequence[Item]) -> Iterator[Decimal]:
    """Units with and without the free ones; what is weighed as its weight, as one piece, or as none."""
    weighed = sum(map(_is_weighed, items))
    for free in (True, False):
        pieces = sum((_units(item, free=free) for item in items if not _is_weighed(item)), _ZERO)
        yield pieces
        yield pieces + weighed
        yield sum((_units(item, free=free) for item in items), _ZERO)


def _units(item: Item, *, free: bool) -> Decimal:
    quantity = item.solution.quantity if item.solution else item.plain(Role.QUANTITY)
    return abs(quantity or _ZERO) + (item.bonus_quantity if free else _ZERO)


def _is_weighed(item: Item) -> bool:
    return _units(item, free=False) % 1 != 0 or _WEIGHED.match(fold(item.unit or "")) is not None


def _is_sure(counted: Counted, items: Sequence[Item]) -> bool:
    """Whether the paper leaves no doubt of what is counted.

    Packs are not told from units, and what was taken back may count as one more or as one less.
    """
    if len({item.subtotal < 0 for item in items if item.subtotal}) > 1:
        return False
    if counted is Counted.PACKS:
        return bool(items) and all(_OF_PACKS.match(fold(item.unit or "")) for item in items)
    if counted is Counted.UNITS:
        return not any(map(_may_be_pack, items))
    return bool(items)


def _may_be_pack(item: Item) -> bool:
    said = fold(" ".join([*(text for text in item.description if text), item.unit or ""]))
    return Role.PACK in item.roles.values() or _PACK.search(said) is not None
