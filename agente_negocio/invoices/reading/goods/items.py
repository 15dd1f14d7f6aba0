"""Item rows of a table: cells by column, figures by arithmetic, what remains in doubt."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from agente_negocio.invoices.reading.goods.cells import arrange, iva_rate
from agente_negocio.invoices.reading.goods.claims import is_sure_rate, is_tax_of, is_under_discount
from agente_negocio.invoices.reading.goods.columns import Heading, Role
from agente_negocio.invoices.reading.goods.gift_words import counts_given, promises, says_withheld
from agente_negocio.invoices.reading.goods.measures import is_explained
from agente_negocio.invoices.reading.goods.page import Page, Parsed
from agente_negocio.invoices.reading.goods.places import FIGURES, places_of
from agente_negocio.invoices.reading.goods.solver import OTHER_STYLE_COST, REPAIR_COST, Reading, Solution
from agente_negocio.invoices.reading.goods.table import Cells, Token
from agente_negocio.invoices.reading.goods.texts import gap, texts_of
from agente_negocio.invoices.reading.layout.rows import Place, Row, Sheet, fold
from agente_negocio.invoices.reading.model import Discount, Word
from agente_negocio.invoices.reading.numbers import Style, has_cents, parse_amount, readings
from shared.kernel.money import CENT

_MONEY = frozenset({Role.UNIT_PRICE, Role.NET_PRICE, Role.SUBTOTAL, Role.SUBTOTAL_WITH_TAX})
_WEIGHED = re.compile(r"k(?:g|ilo)|gr?s?\b|l(?:t|itro)|m(?:etro|ts?)?\b")


@dataclass(slots=True)
class Item:
    """A row being read.

    By column index: roles; tokens, the printed pieces; cells, the ways to read them; places, where each
    figure stands or should stand, for a second look. loose: figures nobody claims. gaps: where a line of the
    row may have been lost. blanks: columns taken to print nothing, whose figure may have been lost. lasting:
    doubts no other reading of the figures can settle. printed: the words of code, description, unit and of a
    rate without a column, by name of the value. rooms: beside the row, where goods in pale print may stand.
    counted: titles of the columns of quantities.
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
    blanks: frozenset[int] = frozenset()
    printed: dict[str, tuple[Word, ...]] = field(default_factory=dict)
    rooms: tuple[Place, ...] = ()
    counted: dict[int, str] = field(default_factory=dict)

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
        if self.solution.cost >= REPAIR_COST or self.blanks:
            return _names(FIGURES)
        if self.solution.ambiguous or self.gaps:
            return {Role.QUANTITY.value, Role.UNIT_PRICE.value}
        values = {
            index: frozenset(reading.value for reading in self.cells[index] if reading.cost < REPAIR_COST)
            for index in self.counted.keys() & self.cells.keys()
        }
        return set() if is_explained(self.counted, values, self.solution.quantity) else {Role.QUANTITY.value}

    def plain(self, role: Role) -> Decimal | None:
        """The first figure of a role as plainly read."""
        found = (self.cells[index] for index in sorted(self.cells) if self.roles[index] is role)
        return next((cell[0].value for cell in found if cell), None)


def _names(roles: Iterable[Role]) -> set[str]:
    return {role.value for role in roles}


def has_prices(roles: Iterable[Role]) -> bool:
    """Whether any column holds money; most remitos only count."""
    return not _MONEY.isdisjoint(roles)


def item_of(page: Page, parsed: Parsed) -> Item:
    """The item a row of goods is, with its doubts."""
    cells, heading, style = parsed.cells, page.heading, page.style
    numbers = {index: token for index, token in cells.numbers.items() if index not in page.baseless}
    unclaimed = [token for index, token in cells.numbers.items() if index in page.baseless]
    texts = texts_of(heading, cells)
    item = Item(
        sheet=page.sheet,
        words=list(cells.row.words),
        roles=heading.roles,
        counted=heading.counted,
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
    if parsed.blank and page.repair:
        item.blanks = frozenset(index for index in item.cells.keys() - numbers.keys() if index in item.places)
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
    told = item.subtotal and counts_given(fold(" ".join(item.description)))
    if not bonus_sure or item.bonus_quantity < 0 or told:
        item.lasting.add("bonus_quantity")
    if not internal_sure:
        item.lasting.add("internal_tax")


def _extra(page: Page, cells: Cells, role: Role) -> tuple[Decimal, bool]:
    """The figure of a column no sum proves, and whether everything printed in it was understood."""
    index = next((at for at, column in enumerate(page.heading.columns) if column.role is role), None)
    if index is None:
        return Decimal(0), True
    others = (at for at in cells.numbers if page.heading.columns[at].role is role and at != index)
    if any(parse_amount(cells.numbers[at].text, page.style) != 0 for at in others):
        return Decimal(0), False
    if index in cells.numbers:
        return _told_figure(page, cells, index)
    left, right = page.spans[index]
    return Decimal(0), not any(
        left < (word.x0 + word.x1) / 2 < right and word.text.strip("-—–.,:;_|'") for word in cells.text
    )


def _told_figure(page: Page, cells: Cells, index: int) -> tuple[Decimal, bool]:
    """A figure no sum proves; a mark that may be either is what it is in the quantities that multiply."""
    text = cells.numbers[index].text
    values = readings(text, page.style)
    if len(values) < 2:  # noqa: PLR2004  one way to read it is no question
        return (values[0] if values else Decimal(0)), bool(values)
    value = told_by_column(values, page.decimals.get(index) or page.quantity_decimals)
    return (values[0], False) if value is None else (value, True)


def told_by_column(values: Sequence[Decimal], decimals: int | None) -> Decimal | None:
    """Of the ways to read a figure, the one with as many decimals as its column prints, else None."""
    fits = [value for value in values if -int(value.as_tuple().exponent) == (decimals or 0)]
    return fits[0] if decimals is not None and len(fits) == 1 else None


def _settle_present(item: Item, page: Page) -> None:
    """The quantity of what costs nothing: 3.000 is three where the quantities that multiply print so."""
    assert item.solution is not None
    for index, cell in item.cells.items():
        values = [reading.value for reading in cell if reading.cost <= OTHER_STYLE_COST]
        if item.roles[index] is not Role.QUANTITY or len(values) < 2:  # noqa: PLR2004
            continue
        value = told_by_column(values, page.decimals.get(index))
        if value is None:
            item.lasting.add(Role.QUANTITY.value)
        else:
            item.cells[index] = (Reading(value, 0),)
            item.solution = replace(item.solution, quantity=value)


def _doubt(item: Item, page: Page) -> None:
    """Name the figures a person must look at whatever the row comes to."""
    if not has_prices(item.roles.values()):
        _settle_count(item)
    elif item.solution is not None and item.solution.subtotal == 0:
        _settle_present(item, page)
        if says_withheld(fold(" ".join(item.description))):
            item.lasting.add(Role.QUANTITY.value)
    if any(is_under_discount(page.read, token) for token in item.loose):
        # The row multiplies without a discount the paper prints: one of the two is wrong.
        item.lasting.add("discounts")
    if (
        page.repair
        and item.solution is not None
        and not item.cells.keys() <= item.tokens.keys() | page.baseless | item.blanks
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


def continue_item(item: Item, row: Row) -> None:
    """A line below without figures belongs to the description above it."""
    item.description.append(_joined(row.words))
    item.printed["description"] = (*item.printed.get("description", ()), *row.words)
    item.words.extend(row.words)
    if item.subtotal and promises(row.folded):
        item.lasting.add("bonus_quantity")
    if not item.subtotal and says_withheld(row.folded):
        item.lasting.add(Role.QUANTITY.value)


def discounts_of(item: Item) -> tuple[Discount, ...]:
    """The cascade as solved, else as plainly read."""
    if item.solution is not None:
        return item.solution.discounts
    rates = arrange(item.cells, item.roles).discounts
    return tuple(Discount(rate=cell[0].value) for cell in rates if cell[0].value)
