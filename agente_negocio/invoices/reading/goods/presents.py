"""Rows that give goods away, or whose price was lost: only a quantity stands in them, or only a zero.

What a voucher gives away enters the stock, and no sum of it tells when such a row is missing.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from agente_negocio.invoices.reading.goods.columns import Heading, Role
from agente_negocio.invoices.reading.goods.gift_words import says_given
from agente_negocio.invoices.reading.goods.places import Spans
from agente_negocio.invoices.reading.goods.solver import Reading
from agente_negocio.invoices.reading.goods.table import Cells, Edge, is_inside_text
from agente_negocio.invoices.reading.numbers import Style, has_cents, parse_amount

_COUNT_OF_ALL = re.compile(
    r"[\W\d]*(?:unidades|bultos|kilos|items|renglones|articulos|productos|cant\w*|hojas?|pag\w*)"
    r"(?: de (?:bultos|unidades|items|renglones))?(?: (?:entregad|despachad)\w*)?[\W\d]*"
)
"""What a paper counts below its goods."""
_MONEY = (Role.UNIT_PRICE, Role.NET_PRICE, Role.SUBTOTAL, Role.SUBTOTAL_WITH_TAX)
_PRICED = frozenset({*_MONEY, Role.DISCOUNT, Role.DISCOUNT_AMOUNT})
_NEAR = 1.2
"""Row heights from the edge of the quantities within which a lone figure is one."""
_COUNTED = frozenset({Role.QUANTITY, Role.BONUS})
_OF_GOODS = frozenset({Role.IVA, Role.INTERNAL, Role.DISCOUNT, Role.DISCOUNT_AMOUNT})
"""Roles whose figures beside a quantity no part of another row prints."""
_DASH = re.compile(r"[-\u2013\u2014.]+")
_NOTHING = (Reading(Decimal(0), 0),)


def is_lone_row(heading: Heading, cells: Cells, edges: dict[int, Edge], style: Style, *, coded: bool) -> bool:
    """A row that names goods and holds their quantity without any price, or nothing but zeros.

    coded: whether a code must show that it is no remark below the table.
    """
    if not any(column.role in _MONEY for column in heading.columns):
        return False
    shows_code = has_code(heading, cells)
    named = shows_code or any(re.search(r"[^\W\d_]{2}", word.text) for word in cells.text)
    if not named or counts_of_all(cells.row.folded):
        return False
    if coded and not shows_code and not says_given(cells.row.folded):
        return False
    held = {heading.columns[index].role: token for index, token in cells.numbers.items()}
    money = [held[role] for role in _MONEY if role in held]
    if any(parse_amount(token.text, style) != 0 for token in money):
        return False
    return bool(money) or _holds(_COUNTED, heading, cells, edges)


def counts_of_all(text: str) -> bool:
    """Whether folded words are what a paper counts below its goods."""
    return _COUNT_OF_ALL.fullmatch(text) is not None


def stands_in(heading: Heading, cells: Cells, edges: dict[int, Edge]) -> bool:
    """Whether a figure stands where quantities, free units, prices or sums do."""
    return _holds(_COUNTED | frozenset(_MONEY), heading, cells, edges)


def _holds(roles: frozenset[Role], heading: Heading, cells: Cells, edges: dict[int, Edge]) -> bool:
    height = cells.row.height
    for index, token in cells.numbers.items():
        column = heading.columns[index]
        if column.role not in roles:
            continue
        if index in edges:
            near = edges[index].distance(token.x0, token.x1) < _NEAR * height
        else:
            near = not has_cents(token.text) and column.x0 < token.x1 and token.x0 < column.x1
        if near and (cells.row.words[0] is token.words[0] or not is_inside_text(cells.row, token)):
            return True
    return False


def has_code(heading: Heading, cells: Cells) -> bool:
    """Whether a word with a figure stands under the heading of codes."""
    places = [column for column in heading.columns if column.role is Role.CODE]
    return any(
        word.x0 < column.x1
        and word.x1 > column.x0
        and re.search(r"\d", word.text)
        and not has_cents(word.text)
        for column in places
        for word in cells.text
    )


def shows_no_money(heading: Heading, cells: Cells, spans: Spans, style: Style) -> bool:
    """Whether a row of goods prints all but its price and sum: those are blank, dashes or zeros.

    Where the other rows come to the printed sums, it costs nothing. What shows no code and nothing else of
    goods may be a part of the row above it.
    """
    held = {heading.columns[index].role: token for index, token in cells.numbers.items()}
    named = any(re.search(r"[^\W\d_]{2}", word.text) for word in cells.text)
    priced = any(parse_amount(held[role].text, style) != 0 for role in _PRICED & held.keys())
    if priced or not named or cells.loose:
        return False
    inside = [
        word.text
        for word in cells.text
        for index, column in enumerate(heading.columns)
        if column.role in _PRICED and spans[index][0] < (word.x0 + word.x1) / 2 < spans[index][1]
    ]
    dashes = [text for text in inside if _DASH.fullmatch(text)]
    told = has_code(heading, cells) or bool(dashes) or not held.keys().isdisjoint(_OF_GOODS)
    return len(dashes) == len(inside) and told and Role.QUANTITY in held


def with_nothing_due(
    heading: Heading, cells: Cells, readings: dict[int, tuple[Reading, ...]], *, blank: bool = False
) -> dict[int, tuple[Reading, ...]]:
    """The readings with the zeros that a row which says it is given away need not print.

    blank: whether the row shows that it costs nothing without saying so.
    """
    held = {heading.columns[index].role: token for index, token in cells.numbers.items()}
    says = blank or says_given(cells.row.folded)
    if not says and not (Role.SUBTOTAL in held or Role.UNIT_PRICE in held):
        return readings
    filled = dict(readings)
    for index, column in enumerate(heading.columns):
        if column.role in {Role.UNIT_PRICE, Role.SUBTOTAL}:
            filled.setdefault(index, _NOTHING)
    return filled


def without_empty_prices(heading: Heading, rows: Sequence[Cells]) -> Heading:
    """The heading without its prices where no row prints any, as on a remito drawn on an invoice's form."""
    money = {index for index, column in enumerate(heading.columns) if column.role in _PRICED}
    counted = {index for index, column in enumerate(heading.columns) if column.role is Role.QUANTITY}
    if not any(counted & cells.numbers.keys() for cells in rows):
        return heading
    for cells in rows:
        held = money & cells.numbers.keys()
        if (held and counted & cells.numbers.keys()) or any(has_cents(cells.numbers[at].text) for at in held):
            return heading
    return replace(
        heading, columns=tuple(each for index, each in enumerate(heading.columns) if index not in money)
    )
