"""Rows that count something and for which nothing is due: no sum tells when such a row is missing."""

import re
from decimal import Decimal

from agente_negocio.invoices.reading.goods.claims import is_sure_rate
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.foot_words import is_label, says_more
from agente_negocio.invoices.reading.goods.gift_words import says_given
from agente_negocio.invoices.reading.goods.page import Page, Parsed
from agente_negocio.invoices.reading.goods.presents import has_code
from agente_negocio.invoices.reading.goods.table import Token, is_inside_text
from agente_negocio.invoices.reading.numbers import has_cents, parse_amount

_COUNTED = frozenset({Role.QUANTITY, Role.BONUS})
_SUMS = frozenset({Role.SUBTOTAL, Role.SUBTOTAL_WITH_TAX, Role.NET_PRICE})
_NEAR = 1.2
"""Row heights from the edge of the quantities within which a figure is one."""
_MOST_COUNTED = Decimal(100_000)


def may_be_free(page: Page, parsed: Parsed) -> bool:
    """Whether a row names something and shows how many of it, and no sum."""
    tokens = parsed.cells.numbers
    roles = {index: page.heading.columns[index].role for index in tokens}
    due = any(_value(page, token) for index, token in tokens.items() if roles[index] in _SUMS)
    stray = any(has_cents(token.text) and _value(page, token) for token in parsed.cells.loose)
    counted = any(_counts(page, parsed, index) for index, role in roles.items() if role in _COUNTED)
    return counted and not due and not stray and says_more(parsed.cells.row.folded)


def is_told(page: Page, parsed: Parsed, at: int) -> bool:
    """Whether such a row is surely one of goods in spite of a word of the foot in it.

    A code or a rate of IVA tells. So do words that say it is given away and sold rows below the place, unless
    the row begins or ends as a label does.
    """
    cells = parsed.cells
    rated = any(
        page.heading.columns[index].role is Role.IVA and is_sure_rate(token.text, page.style)
        for index, token in cells.numbers.items()
    )
    if rated or has_code(page.heading, cells):
        return True
    return not is_label(cells.row.folded) and (at < page.end or says_given(cells.row.folded))


def _counts(page: Page, parsed: Parsed, index: int) -> bool:
    """Whether the figure in a column of quantities is printed where and as quantities are."""
    row, token, column = parsed.cells.row, parsed.cells.numbers[index], page.heading.columns[index]
    value = _value(page, token)
    if not value or not 0 < value < _MOST_COUNTED or "%" in token.text:
        return False
    if index in page.edges:
        placed = page.edges[index].distance(token.x0, token.x1) < _NEAR * row.height
    else:
        placed = column.x0 < token.x1 and token.x0 < column.x1
        placed = placed and (not has_cents(token.text) or index in page.decimals)
    return placed and (row.words[0] is token.words[0] or not is_inside_text(row, token))


def _value(page: Page, token: Token) -> Decimal | None:
    return parse_amount(re.sub(r"[()\[\]%]", "", token.text), page.style)
