"""Items of a till roll: a line "quantity x price" above or below a line with name, (rate) and amount."""

import re
from collections.abc import Sequence
from decimal import Decimal

from agente_negocio.invoices.reading.goods.cells import arrange
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.roll import (
    TIMES,
    Sale,
    goods_of,
    paired_above,
    paired_below,
)
from agente_negocio.invoices.reading.goods.solver import Reading, cell_readings, solve_row
from agente_negocio.invoices.reading.goods.table import Token
from agente_negocio.invoices.reading.goods.walk import ItemTable
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, place_of
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style, parse_amount

_RATE = re.compile(r"[(\[{]\s*(\d{1,2}(?:[.,] ?\d{1,2})?|ex\w*)\s*%?\s*[)\]}]")
_BASE_SHARE = re.compile(r"\[\s*\d{1,3}(?:[.,]\d{1,2})?\s*%?\s*\]?")
_COUNTED = re.compile(
    r"^\W*\d+(?:[.,]\d+)? ?(?:x|u|un|unid\w*|kgs?|lts?|a|c/u|@)?[.:]? ?(?:[x@$a]|c/u|\d)"
    r"|[@$]|\bp\.? ?u|\bcant\b|c/u"
)
_COUNT, _PRICE, _SUM = 0, 1, 2
_ROLES = {_COUNT: Role.QUANTITY, _PRICE: Role.UNIT_PRICE, _SUM: Role.SUBTOTAL}
_PAIR = frozenset({Role.QUANTITY.value, Role.UNIT_PRICE.value})

_Sold = tuple[Sale, Item]


def looks_like_ticket(sheets: Sequence[Sheet]) -> bool:
    """Whether the items come as pairs of lines instead of columns."""
    return any(TIMES.match(row.folded) for sheet in sheets for row in sheet.rows)


def read_ticket(sheets: Sequence[Sheet], style: Style, *, repair: bool) -> ItemTable:
    """Items between the heading and the subtotal."""
    table = ItemTable(found_heading=True)
    for sheet in sheets:
        roll = goods_of(sheet)
        table.rows.update(id(line.row) for line in roll.lines)
        above, below = (
            [(sale, _item(sheet, sale, style, repair=repair)) for sale in sales]
            for sales in (paired_above(roll), paired_below(roll))
        )
        table.items += _likelier(above, below)
    return table


def _likelier(above: Sequence[_Sold], below: Sequence[_Sold]) -> list[Item]:
    """The pairing that leaves fewer rows wrong: a roll prints all its quantities on the same side.

    Controllers print them above. Where both pairings multiply, the rows in which they differ are open.
    """
    wrong = [sum(item.solution is None or sale.is_torn for sale, item in pairs) for pairs in (above, below)]
    if not any(wrong):
        for (_, first), (_, second) in zip(above, below, strict=True):
            if first.solution != second.solution:
                first.lasting |= _PAIR
    return [item for _, item in (below if wrong[1] < wrong[0] else above)]


def _item(sheet: Sheet, sale: Sale, style: Style, *, repair: bool) -> Item:
    timed, amount = sale.timed, sale.sold.amount
    assert amount is not None
    tokens = {_SUM: _token(sale.sold.row, amount.span(1))}
    cells = {_SUM: cell_readings(tokens[_SUM].text, style, decimals=2, repair=repair)}
    if timed is not None and timed.times is not None:
        for index, group in ((_COUNT, 1), (_PRICE, 3)):
            tokens[index] = _token(timed.row, timed.times.span(group))
            cells[index] = cell_readings(tokens[index].text, style, decimals=4, repair=repair)
    else:
        # Without a line of its own the quantity is one and the price is the amount.
        cells |= {_COUNT: (Reading(Decimal(1), 0),), _PRICE: cells[_SUM]}
    cells = {index: readings for index, readings in cells.items() if readings}
    item = Item(
        sheet=sheet,
        words=[word for line in sale.lines for word in line.row.words],
        roles=_ROLES,
        tokens=tokens,
        cells=cells,
        places={index: place_of(sale.sold.row.page, token.words) for index, token in tokens.items()},
        solution=solve_row(arrange(cells, _ROLES)),
        unit=timed.times[2] if timed and timed.times else None,
        description=[_name(sale, amount.start(1))],
        iva_rate=_iva(sale.sold.row, style),
        printed=_printed(sale, amount.start(1)),
    )
    # Text is whole; of a picture a line may be missing.
    hides = timed is None and (
        _hides_figures(item.description[0]) or any(map(_may_count, _names_above(sale)))
    )
    item.gaps = sale.gaps if repair and timed is None and not hides else ()
    # What was taken back is not said to be one unit.
    taken_back = _COUNT not in tokens and (item.subtotal or 0) < 0
    if hides or sale.is_torn or taken_back:
        item.lasting |= _PAIR
    return item


def _names_above(sale: Sale) -> list[str]:
    return [line.row.folded for line in sale.lines if line.times is None and line is not sale.sold]


def _may_count(text: str) -> bool:
    """Whether a line beside a name may be a quantity in words nobody knows: "3 u. a $ 500", "CANT: 3"."""
    return _COUNTED.search(text) is not None


def _hides_figures(name: str) -> bool:
    """Whether a quantity or a price may hide in what was taken for a name."""
    figures = re.findall(r"\d+[.,]\d{2,4}\b", name)
    return (
        len(figures) > 1 or re.search(r"\d[.,]\d{3,4}\b|\d *[x*×] *\$?\d+[.,]\d\d", name.lower()) is not None
    )


def _token(row: Row, span: tuple[int, int]) -> Token:
    return Token(re.sub(r"\s+", "", row.text[slice(*span)]), row.words_at(*span))


def _name(sale: Sale, end: int) -> str:
    """The words of an item without its figures. end: where the amount begins in its line."""
    texts = [line.row.text for line in sale.lines if line.times is None and line is not sale.sold]
    name = _BASE_SHARE.sub(" ", _RATE.sub(" ", " ".join([*texts, sale.sold.row.text[:end]])))
    return re.sub(r"\s+", " ", name).strip()


def _printed(sale: Sale, end: int) -> dict[str, tuple[Word, ...]]:
    """The words of the name, and of the rate behind it. end: where the amount begins in its line."""
    last = sale.sold.row
    rate = _RATE.search(last.folded)
    rates = last.words_at(*rate.span()) if rate else ()
    shares = [word for share in _BASE_SHARE.finditer(last.text) for word in last.words_at(*share.span())]
    others = [line.row for line in sale.lines if line.times is None and line is not sale.sold]
    names = [word for word in last.words_at(0, end) if word not in rates and word not in shares]
    return {"description": (*(word for row in others for word in row.words), *names), "iva_rate": rates}


def _iva(row: Row, style: Style) -> Decimal | None:
    found = _RATE.search(row.folded)
    if found is None or found[1].startswith("ex"):
        return None
    rate = parse_amount(found[1].replace(" ", ""), style)
    return rate.normalize() + 0 if rate is not None else None
