"""The walk down a table: which rows are goods, which continue one, where the foot begins, what is left over.

Nothing between heading and foot is dropped in silence: a row that may be goods and is not understood is told,
since no sum shows that a row of nothing is missing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agente_negocio.invoices.reading.goods.columns import (
    Heading,
    Role,
    find_heading,
    without_heading,
)
from agente_negocio.invoices.reading.goods.foot_words import begins_foot, is_carried, labels_amount
from agente_negocio.invoices.reading.goods.gift_words import tells_of_gifts
from agente_negocio.invoices.reading.goods.items import Item, continue_item, has_prices, item_of
from agente_negocio.invoices.reading.goods.page import (
    Page,
    Parsed,
    given_away,
    is_lone,
    learn_page,
    parse,
)
from agente_negocio.invoices.reading.goods.places import FIGURES, rooms_beside
from agente_negocio.invoices.reading.goods.presents import (
    counts_of_all,
    has_code,
    stands_in,
)
from agente_negocio.invoices.reading.goods.table import Cells
from agente_negocio.invoices.reading.goods.unpriced import is_told, may_be_free
from agente_negocio.invoices.reading.layout.rows import Row, Sheet
from agente_negocio.invoices.reading.numbers import Style, has_cents

_WRAP_GAP = 2.2
"""Row heights between an item and the continuation of its description."""


@dataclass(slots=True)
class ItemTable:
    """All items of a document.

    rows: ids of the rows they used, for the foot to skip. unclaimed: texts of rows that may be goods.
    """

    items: list[Item] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    unclaimed: list[str] = field(default_factory=list)
    found_heading: bool = False


def read_items(sheets: Sequence[Sheet], style: Style, *, repair: bool) -> ItemTable:
    """Items of every page; a page without heading continues the columns of the page before."""
    table = ItemTable()
    heading: Heading | None = None
    for sheet in sheets:
        own = find_heading(sheet)
        if own is not None:
            heading = own
        elif heading is not None:
            heading = replace(heading, first_row=0)
        else:
            heading = without_heading(sheet)
        if heading is not None:
            table.found_heading = True
            held = len(table.items)
            _read_page(table, learn_page(sheet, heading, style, repair=repair))
            for item in table.items[held:] if repair else ():
                item.rooms = rooms_beside(sheet.rows, item.words)
    return table


def _read_page(table: ItemTable, page: Page) -> None:
    first = page.read.first_row
    table.rows.update(id(row) for row in page.sheet.rows[max(0, first - 2) : first])
    if not page.heading.columns:
        return
    last: Item | None = None
    below = False
    for at, row in enumerate(page.rows):
        parsed = parse(page, row)
        lone = is_lone(page, parsed, at)
        coded = has_code(page.heading, parsed.cells)
        starts = begins_foot(row)
        free = may_be_free(page, parsed)
        told = lone and free and not below and is_told(page, parsed, at)
        carried = is_carried(row) and last is None and not below
        if carried and parsed.solution is None and not (lone and coded) and not free:
            table.rows.add(id(row))
        elif _is_goods(page, parsed, lone=lone) and (
            not (starts or below) or told or _is_no_foot(page, parsed, coded=coded, below=below)
        ):
            last = item_of(page, given_away(page, parsed, below=below) if lone else parsed)
            table.items.append(last)
            table.rows.add(id(row))
            below = False
        elif free and (not below or at < page.end or not _shows_money(row)):
            table.unclaimed.append(row.text)
            table.rows.add(id(row))
        elif starts or labels_amount(row):
            last, below = None, True
            if tells_of_gifts(row):
                table.unclaimed.append(row.text)
        elif last is not None and _continues(last, parsed.cells):
            continue_item(last, row)
            table.rows.add(id(row))
        elif tells_of_gifts(row) or _may_be_goods(page, parsed.cells, coded=coded, below=below):
            table.unclaimed.append(row.text)
            table.rows.add(id(row))


def _is_goods(page: Page, parsed: Parsed, *, lone: bool) -> bool:
    return lone or parsed.solution is not None or _looks_like_item(page, parsed.cells)


def _is_no_foot(page: Page, parsed: Parsed, *, coded: bool, below: bool) -> bool:
    """Whether a row that speaks of sums, or stands below one that does, surely holds goods all the same."""
    held = {page.heading.columns[index].role for index in parsed.cells.numbers}
    if all(role in held for role in FIGURES) and (not below or parsed.solution is not None):
        return True
    return coded and (Role.QUANTITY in held or parsed.solution is not None)


def _shows_money(row: Row) -> bool:
    return any(has_cents(word.text) for word in row.words)


def _looks_like_item(page: Page, cells: Cells) -> bool:
    """Two figures in their columns, one of them money: an item, even if it does not balance.

    Where no column holds money, as on most remitos, a quantity and a name will do.
    """
    columns = page.heading.columns
    held = {columns[index].role: token for index, token in cells.numbers.items()}
    if not has_prices(column.role for column in columns):
        return Role.QUANTITY in held and len(cells.text) > 0
    figures = [role for role in held if role in {*FIGURES, Role.NET_PRICE, Role.SUBTOTAL_WITH_TAX}]
    return len(figures) > 1 and any(has_cents(held[role].text) for role in figures)


def _continues(item: Item, cells: Cells) -> bool:
    """Whether a line without figures stands close enough below an item to belong to it."""
    return cells.row.y0 - item.words[-1].y1 < _WRAP_GAP * cells.row.height and not cells.numbers


def _may_be_goods(page: Page, cells: Cells, *, coded: bool, below: bool) -> bool:
    """Whether a row that was not understood shows what only goods have: a figure in its column, a code.

    Below the foot's first row only both together count: figures of the foot stand in columns, too.
    """
    if counts_of_all(cells.row.folded) or not re.search(r"[^\W\d_]{2}", cells.row.folded):
        return coded and bool(cells.numbers)
    placed = stands_in(page.heading, cells, page.edges)
    return (coded and placed) if below else placed
