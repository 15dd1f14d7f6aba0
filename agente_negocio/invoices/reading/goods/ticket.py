"""Items of a till roll: a line "quantity x price" above or below a line with name, (rate) and amount."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from agente_negocio.invoices.reading.goods.cells import arrange
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.gift_words import (
    counts_given,
    promises,
    says_given,
    tells_of_gifts,
)
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.presents import counts_of_all
from agente_negocio.invoices.reading.goods.roll import (
    RATE,
    Line,
    Sale,
    goods_of,
    paired_above,
    paired_below,
    times_of,
)
from agente_negocio.invoices.reading.goods.solver import Reading, cell_readings, solve_row
from agente_negocio.invoices.reading.goods.table import Token
from agente_negocio.invoices.reading.goods.walk import ItemTable
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold, place_of
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style, parse_amount, readings
from shared.kernel.money import CENT

_BASE_SHARE = re.compile(r"\[\s*\d{1,3}(?:[.,]\d{1,2})?\s*%?\s*\]?")
_COUNTS_FIRST = re.compile(r"^\W*(?!\d{7})\d[\d.,/]*\)?(?: ?(?:[a-z]{1,8}\.?)? ?[x*×] ?\$?\d| +[\d$@])")
"""A figure before a name and another after it, as in "3 X 500" and "(3) 500,00"; a long one is a code."""
_COUNTED_NAME = re.compile(r"^\W*\d{1,3} +(?:u[a-z]{0,3}\.? +)?[a-z]{3}")
_PRICED_WORDS = re.compile(r"[@$]|\bp\.? ?u\b|\bcant\b|\bc/u")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_FIGURES = 8
_COUNT, _PRICE, _SUM = 0, 1, 2
_ROLES = {_COUNT: Role.QUANTITY, _PRICE: Role.UNIT_PRICE, _SUM: Role.SUBTOTAL}
_PAIR = frozenset({Role.QUANTITY.value, Role.UNIT_PRICE.value})

_Sold = tuple[Sale, Item]


def looks_like_ticket(sheets: Sequence[Sheet]) -> bool:
    """Whether the items come as pairs of lines instead of columns."""
    return any(times_of(row) for sheet in sheets for row in sheet.rows)


def read_ticket(sheets: Sequence[Sheet], style: Style, *, repair: bool) -> ItemTable:
    """Items between the heading and the subtotal."""
    table = ItemTable(found_heading=True)
    for sheet in sheets:
        roll = goods_of(sheet)
        table.rows.update(id(line.row) for line in roll.lines if not line.is_off)
        above, below = (
            [(sale, _item(sheet, sale, style, repair=repair)) for sale in sales]
            for sales in (paired_above(roll), paired_below(roll))
        )
        likelier = _likelier(above, below)
        table.items += [item for _, item in likelier]
        table.unclaimed += _left_over(roll.lines, [sale for sale, _ in likelier])
        if roll.after is not None:
            foot = sheet.rows[sheet.rows.index(roll.after) :]
            table.unclaimed += [row.text for row in foot if tells_of_gifts(row)]
    return table


def _left_over(lines: Sequence[Line], sales: Sequence[Sale]) -> list[str]:
    """Lines of nobody that may be goods given away: no sum shows that they are missing."""
    held = {id(line.row) for sale in sales for line in sale.lines}
    return [
        line.row.text
        for line in lines
        if id(line.row) not in held
        and not (line.is_off or line.times or counts_of_all(line.row.folded))
        and (_gives(line.row.folded) or _COUNTED_NAME.search(line.row.folded))
    ]


def _gives(text: str) -> bool:
    return says_given(text) or promises(text)


def _likelier(above: Sequence[_Sold], below: Sequence[_Sold]) -> Sequence[_Sold]:
    """The pairing that leaves fewer rows wrong: a roll prints all its quantities on the same side.

    Controllers print them above. Where both pairings multiply, the rows in which they differ are open.
    """
    wrong = [sum(item.solution is None or sale.is_torn for sale, item in pairs) for pairs in (above, below)]
    if not any(wrong):
        for (_, first), (_, second) in zip(above, below, strict=True):
            if first.solution != second.solution:
                first.lasting |= _PAIR
    return below if wrong[1] < wrong[0] else above


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
    hides = timed is None and _may_count(sale, item, style)
    item.gaps = sale.gaps if repair and timed is None and not hides else ()
    # What was taken back is not said to be one unit.
    taken_back = _COUNT not in tokens and (item.subtotal or 0) < 0
    if hides or sale.is_torn or taken_back:
        item.lasting |= _PAIR
    if sale.is_reduced:
        item.lasting.add("discounts")
    others = [line.row.folded for line in sale.lines if line is not sale.sold]
    if item.subtotal and (any(map(_gives, others)) or counts_given(fold(item.description[0]))):
        item.lasting.add("bonus_quantity")
    return item


def _may_count(sale: Sale, item: Item, style: Style) -> bool:
    """Whether a quantity may be told in words nobody knows, in the name or in a line of its own beside it."""
    name = item.description[0]
    others = [line.row.folded for line in sale.lines if line is not sale.sold]
    lines = [*others, fold(name)]
    return (
        _hides_figures(name)
        or any(_COUNTS_FIRST.search(text) or _PRICED_WORDS.search(text) for text in lines)
        or _multiplies(name, item.subtotal or Decimal(0), style)
    )


def _multiplies(name: str, amount: Decimal, style: Style) -> bool:
    """Whether two figures of a name come to the amount."""
    texts = _FIGURE.findall(name)[:_MOST_FIGURES]
    figures = [value for text in texts for value in readings(text, style)]
    return any(abs(first * second - amount) <= CENT for first, second in combinations(figures, 2))


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
    name = _BASE_SHARE.sub(" ", RATE.sub(" ", " ".join([*texts, sale.sold.row.text[:end]])))
    return re.sub(r"\s+", " ", name).strip()


def _printed(sale: Sale, end: int) -> dict[str, tuple[Word, ...]]:
    """The words of the name, and of the rate behind it. end: where the amount begins in its line."""
    last = sale.sold.row
    rate = RATE.search(last.folded)
    rates = last.words_at(*rate.span()) if rate else ()
    shares = [word for share in _BASE_SHARE.finditer(last.text) for word in last.words_at(*share.span())]
    others = [line.row for line in sale.lines if line.times is None and line is not sale.sold]
    names = [word for word in last.words_at(0, end) if word not in rates and word not in shares]
    return {"description": (*(word for row in others for word in row.words), *names), "iva_rate": rates}


def _iva(row: Row, style: Style) -> Decimal | None:
    found = RATE.search(row.folded)
    if found is None or found[1].startswith("ex"):
        return None
    rate = parse_amount(found[1].replace(" ", ""), style)
    return rate.normalize() + 0 if rate is not None else None
