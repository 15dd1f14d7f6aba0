"""Item rows of a table: cells by column, figures by arithmetic, what remains in doubt."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from agente_negocio.invoices.reading.goods.cells import arrange, iva_rate
from agente_negocio.invoices.reading.goods.claims import is_sure_rate, is_tax_of, is_under_discount
from agente_negocio.invoices.reading.goods.columns import Heading, Role, find_heading, without_heading
from agente_negocio.invoices.reading.goods.page import (
    Page,
    Parsed,
    given_away,
    is_carried,
    is_foot,
    is_lone,
    learn_page,
    parse,
)
from agente_negocio.invoices.reading.goods.places import FIGURES, places_of
from agente_negocio.invoices.reading.goods.presents import counts_given, says_given
from agente_negocio.invoices.reading.goods.solver import REPAIR_COST, Reading, Solution
from agente_negocio.invoices.reading.goods.table import Cells, Token
from agente_negocio.invoices.reading.goods.texts import gap, texts_of
from agente_negocio.invoices.reading.layout.rows import Place, Row, Sheet, fold
from agente_negocio.invoices.reading.model import Discount, Word
from agente_negocio.invoices.reading.numbers import Style, has_cents, parse_amount
from shared.kernel.money import CENT

_MONEY = frozenset({Role.UNIT_PRICE, Role.NET_PRICE, Role.SUBTOTAL, Role.SUBTOTAL_WITH_TAX})
_WEIGHED = re.compile(r"k(?:g|ilo)|gr?s?\b|l(?:t|itro)|m(?:etro|ts?)?\b")
_WRAP_GAP = 2.2
"""Row heights between an item and the continuation of its description."""


@dataclass(slots=True)
class Item:
    """A row being read.

    By column index: roles; tokens, the printed pieces; cells, the ways to read them; places, where each
    figure stands or should stand, for a second look. loose: figures nobody claims. gaps: where a line of the
    row may have been lost. lasting: doubts no other reading of the figures can settle. printed: the words
    of code, description, unit and of a rate without a column, by name of the value.
    """

    sheet: Sheet
    words: list[Word]
    roles: dict[int, Role]
    tokens: dict[int, Token]
    cells: dict[int, tuple[Reading, ...]]
    places: dict[int, Place]
    solution: Solution | None
    code: str | None = None
    description: list[str] = field(default_factory=list)
    unit: str | None = None
    bonus_quantity: Decimal = Decimal(0)
    iva_rate: Decimal | None = None
    internal_tax: Decimal = Decimal(0)
    lasting: set[str] = field(default_factory=set)
    loose: tuple[Token, ...] = ()
    gaps: tuple[Place, ...] = ()
    printed: dict[str, tuple[Word, ...]] = field(default_factory=dict)

    @property
    def subtotal(self) -> Decimal | None:
        """The row's sum as solved, else as plainly read."""
        if self.solution is not None:
            return self.solution.subtotal
        return self.plain(Role.SUBTOTAL)

    @property
    def doubts(self) -> frozenset[str]:
        """Names of the values a person must look at."""
        unread = {"unread"} if self.loose else set()
        return frozenset(self.lasting | self._unsettled() | unread)

    def _unsettled(self) -> set[str]:
        """Figures that the arithmetic of the row does not settle."""
        if not has_prices(self.roles.values()):
            return set()
        if self.solution is None:
            return {role.value for role in FIGURES if self.plain(role) is None} or _names(FIGURES)
        if self.solution.cost >= REPAIR_COST:
            return _names(FIGURES)
        return {Role.QUANTITY.value, Role.UNIT_PRICE.value} if self.solution.ambiguous or self.gaps else set()

    def plain(self, role: Role) -> Decimal | None:
        """The first figure of a role as plainly read."""
        found = (self.cells[index] for index in sorted(self.cells) if self.roles[index] is role)
        return next((cell[0].value for cell in found if cell), None)


def _names(roles: Iterable[Role]) -> set[str]:
    return {role.value for role in roles}


@dataclass(slots=True)
class ItemTable:
    """All items of a document. rows: ids of the rows they used, for the foot to skip."""

    items: list[Item] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
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
            _read_page(table, learn_page(sheet, heading, style, repair=repair))
    return table


def _read_page(table: ItemTable, page: Page) -> None:
    first = page.read.first_row
    table.rows.update(id(row) for row in page.sheet.rows[max(0, first - 2) : first])
    if not page.heading.columns:
        return
    last: Item | None = None
    for at, row in enumerate(page.rows):
        parsed = parse(page, row)
        lone = is_lone(page, parsed, at)
        if parsed.solution is None and last is None and is_carried(row):
            table.rows.add(id(row))
        elif is_foot(page, parsed):
            break
        elif lone or parsed.solution is not None or _looks_like_item(page, parsed.cells):
            last = _item(page, given_away(page, parsed) if lone else parsed)
            table.items.append(last)
            table.rows.add(id(row))
        elif last is not None and _continues(last, parsed.cells):
            _continue(last, row)
            table.rows.add(id(row))


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


def has_prices(roles: Iterable[Role]) -> bool:
    """Whether any column holds money; most remitos only count."""
    return not _MONEY.isdisjoint(roles)


def _item(page: Page, parsed: Parsed) -> Item:
    cells, heading, style = parsed.cells, page.heading, page.style
    numbers = {index: token for index, token in cells.numbers.items() if index not in page.baseless}
    unclaimed = [token for index, token in cells.numbers.items() if index in page.baseless]
    texts = texts_of(heading, cells)
    item = Item(
        sheet=page.sheet,
        words=list(cells.row.words),
        roles=heading.roles,
        tokens=numbers,
        cells=parsed.readings,
        places=places_of(heading, page.spans, cells),
        solution=parsed.solution,
        code=_joined(texts.code) or None,
        unit=_joined(texts.unit) or None,
        description=[_joined(texts.description)] if texts.description else [],
        printed={"code": texts.code, "unit": texts.unit, "description": texts.description},
        loose=tuple(
            token for token in [*cells.loose, *unclaimed] if _matters(heading, parsed.solution, token, style)
        ),
    )
    roles = {heading.columns[index].role: token for index, token in numbers.items()}
    if Role.IVA in roles:
        item.iva_rate = iva_rate(roles[Role.IVA].text, style)
    elif item.loose:
        _unnamed_rate(item, page)
    _read_extras(item, page, cells)
    _doubt(item, page)
    return item


def _read_extras(item: Item, page: Page, cells: Cells) -> None:
    """Free units and internal tax; what stands in their columns and is no number is a doubt."""
    item.bonus_quantity, bonus_sure = _extra(page, cells, Role.BONUS)
    item.internal_tax, internal_sure = _extra(page, cells, Role.INTERNAL)
    if not bonus_sure or (item.subtotal and counts_given(fold(" ".join(item.description)))):
        item.lasting.add("bonus_quantity")
    if not internal_sure:
        item.lasting.add("internal_tax")


def _extra(page: Page, cells: Cells, role: Role) -> tuple[Decimal, bool]:
    """The figure of a column no sum proves, and whether everything printed in it was understood."""
    index = next((at for at, column in enumerate(page.heading.columns) if column.role is role), None)
    if index is None:
        return Decimal(0), True
    if index in cells.numbers:
        value = parse_amount(cells.numbers[index].text, page.style)
        return value or Decimal(0), value is not None
    left, right = page.spans[index]
    return Decimal(0), not any(
        left < (word.x0 + word.x1) / 2 < right and word.text.strip("-—–.,:;_|'") for word in cells.text
    )


def _doubt(item: Item, page: Page) -> None:
    """Name the figures a person must look at whatever the row comes to."""
    if not has_prices(item.roles.values()):
        _settle_count(item)
    if any(is_under_discount(page.read, token) for token in item.loose):
        # The row multiplies without a discount the paper prints: one of the two is wrong.
        item.lasting.add("discounts")
    if (
        page.repair
        and item.solution is not None
        and not item.cells.keys() <= item.tokens.keys() | page.baseless
    ):
        # A price that is not printed may be one that was not seen.
        item.lasting.add(Role.UNIT_PRICE.value)
    if page.unnamed:
        item.lasting |= {Role.QUANTITY.value, Role.UNIT_PRICE.value}


def _settle_count(item: Item) -> None:
    """Without a sum to tell, 5.877 of what is weighed are five and something; else a person must look."""
    index = next((index for index in item.cells if item.roles[index] is Role.QUANTITY), None)
    cell = item.cells[index] if index is not None else ()
    if index is None or not cell or (len(cell) > 1 and not _WEIGHED.match(fold(item.unit or ""))):
        item.lasting.add(Role.QUANTITY.value)
    elif len(cell) > 1:
        item.cells[index] = tuple(sorted(cell, key=lambda reading: reading.value))


def _joined(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _matters(heading: Heading, solution: Solution | None, token: Token, style: Style) -> bool:
    """A figure nobody claims is a doubt, save zeros, quantity by price and amounts beside a rate of IVA."""
    value = parse_amount(token.text.strip("()[]%"), style)
    if value == 0 or (value is not None and has_cents(token.text) and _is_gross(value, solution)):
        return False
    beside = any(
        column.role is Role.IVA and gap(column.x0, column.x1, token.words[0]) < 2 * heading.height
        for column in heading.columns
    )
    return not (beside and value is not None and solution is not None and is_tax_of(value, solution))


def _is_gross(value: Decimal, solution: Solution | None) -> bool:
    return solution is not None and abs(solution.quantity * solution.unit_price - value) <= CENT


def _unnamed_rate(item: Item, page: Page) -> None:
    """A column without heading that prints a legal IVA rate is the rate."""
    for token in item.loose:
        if is_under_discount(page.read, token):
            continue
        if is_sure_rate(token.text, page.style) or token.text.upper().startswith("EX"):
            item.iva_rate = iva_rate(token.text, page.style)
            item.printed["iva_rate"] = token.words
            item.loose = tuple(each for each in item.loose if each is not token)
            return


def _continues(item: Item, cells: Cells) -> bool:
    """Whether a line without figures stands close enough below an item to belong to it."""
    return cells.row.y0 - item.words[-1].y1 < _WRAP_GAP * cells.row.height and not cells.numbers


def _continue(item: Item, row: Row) -> None:
    """A line below without figures belongs to the description above it."""
    item.description.append(_joined(row.words))
    item.printed["description"] = (*item.printed.get("description", ()), *row.words)
    item.words.extend(row.words)
    if item.subtotal and (says_given(row.folded) and re.search(r"\d", row.folded)):
        item.lasting.add("bonus_quantity")


def discounts_of(item: Item) -> tuple[Discount, ...]:
    """The cascade as solved, else as plainly read."""
    if item.solution is not None:
        return item.solution.discounts
    rates = arrange(item.cells, item.roles).discounts
    return tuple(Discount(rate=cell[0].value) for cell in rates if cell[0].value)
