"""Item rows of a table: cells by column, figures by arithmetic, what remains in doubt."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import dropwhile, takewhile

from agente_negocio.invoices.reading.goods.cells import arrange, iva_rate, read_cells
from agente_negocio.invoices.reading.goods.columns import Heading, Role, find_heading, without_heading
from agente_negocio.invoices.reading.goods.fitting import fit_columns, is_decided
from agente_negocio.invoices.reading.goods.lost_columns import (
    by_titles,
    explained,
    with_lost_columns,
    without_stray_rate,
)
from agente_negocio.invoices.reading.goods.solver import (
    Reading,
    Solution,
    solve_row,
)
from agente_negocio.invoices.reading.goods.table import Cells, Token, learn_edges, place
from agente_negocio.invoices.reading.layout.rows import Place, Row, Sheet, fold, place_of
from agente_negocio.invoices.reading.model import Discount, Word
from agente_negocio.invoices.reading.numbers import Style, has_cents, parse_amount

_FOOT = re.compile(
    r"sub ?-?total|subtot|\btotal\b|neto gravado|\bgravado\b|otros tributos"
    r"|importe (?:neto|bruto|total|otros)|son pesos|observac|transporte|transparencia|continua"
    r"|bonif\w*\.? gen|descuento gen|pronto pago|\bc\.?a\.?e\b|cant\w*\.? (?:total )?de bultos|recibi\b"
)
_CARRIED = re.compile(r"transport|viene de|sub ?-?total (?:de )?(?:la )?(?:pag|hoja)|arrastre|saldo anterior")
"""At the top of a page: what the rows of the pages before came to."""
_FIGURES = (Role.QUANTITY, Role.UNIT_PRICE, Role.SUBTOTAL)
_MONEY = frozenset({Role.UNIT_PRICE, Role.NET_PRICE, Role.SUBTOTAL, Role.SUBTOTAL_WITH_TAX})
_WEIGHED = re.compile(r"k(?:g|ilo)|gr?s?\b|l(?:t|itro)|m(?:etro|ts?)?\b")
_WRAP_GAP = 2.2
"""Row heights between an item and the continuation of its description."""


@dataclass(slots=True)
class Item:
    """A row being read.

    By column index: roles; tokens, the printed pieces; cells, the ways to read them; places, where each
    figure stands or should stand, for a second look. gaps: where a line of the row may have been lost.
    printed: the words of code, description, unit and of a rate without a column, by name of the value.
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
    doubts: set[str] = field(default_factory=set)
    loose: tuple[Token, ...] = ()
    gaps: tuple[Place, ...] = ()
    printed: dict[str, tuple[Word, ...]] = field(default_factory=dict)

    @property
    def subtotal(self) -> Decimal | None:
        """The row's sum as solved, else as plainly read."""
        if self.solution is not None:
            return self.solution.subtotal
        return self.plain(Role.SUBTOTAL)

    def plain(self, role: Role) -> Decimal | None:
        """The first figure of a role as plainly read."""
        found = (self.cells[index] for index in sorted(self.cells) if self.roles[index] is role)
        return next((cell[0].value for cell in found if cell), None)


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
            _read_page(table, sheet, heading, style, repair=repair)
    return table


def _read_page(table: ItemTable, sheet: Sheet, heading: Heading, style: Style, *, repair: bool) -> None:
    rows = sheet.rows[heading.first_row :]
    table.rows.update(id(row) for row in sheet.rows[max(0, heading.first_row - 2) : heading.first_row])
    heading = with_lost_columns(heading, rows, style)
    heading = _best_heading(heading, rows, style)
    if not heading.columns:
        return
    unnamed = not heading.read and not is_decided(heading, rows, style)
    roles = {index: column.role for index, column in enumerate(heading.columns)}
    first = by_titles(heading, rows, style)
    solved = [cells for cells, multiplies in first if multiplies]
    edges = learn_edges(heading, solved or [cells for cells, _ in first[:3]])
    decimals = _decimals(heading, solved)
    spans = _spans(heading, solved)
    last: Item | None = None
    for row in rows:
        cells = place(heading, row, edges)
        readings = read_cells(cells, style, decimals, repair=repair)
        solution = solve_row(arrange(readings, roles))
        if solution is None:
            cells, readings, solution = without_stray_rate(cells, readings, roles, style)
        if solution is None and last is None and _CARRIED.search(row.folded):
            table.rows.add(id(row))
            continue
        if solution is None and _FOOT.search(row.folded) and not _is_full(heading, cells):
            break
        if solution is not None or _looks_like_item(heading, cells):
            last = _item(sheet, heading, _Solved(cells, readings, solution), style)
            last.places = _places(heading, spans, cells)
            if unnamed:
                last.doubts |= {Role.QUANTITY.value, Role.UNIT_PRICE.value}
            table.items.append(last)
            table.rows.add(id(row))
        elif last is not None and row.y0 - last.words[-1].y1 < _WRAP_GAP * row.height and not cells.numbers:
            _continue(last, row)
            table.rows.add(id(row))


def _best_heading(heading: Heading, rows: Sequence[Row], style: Style) -> Heading:
    """The heading as read, unless columns taken from the figures themselves explain more rows."""
    below = dropwhile(lambda row: _CARRIED.search(row.folded), rows)
    rows = list(takewhile(lambda row: not _FOOT.search(row.folded), below))
    explains = explained(heading, rows, style)
    if explains[1] >= sum(len([word for word in row.words if has_cents(word.text)]) > 1 for row in rows):
        return heading
    fitted = fit_columns(heading, rows, style)
    return fitted if fitted is not None and explained(fitted, rows, style) > explains else heading


def _is_full(heading: Heading, cells: Cells) -> bool:
    """Whether every figure an item needs stands in its column, balanced or not."""
    held = {heading.columns[index].role for index in cells.numbers}
    return all(role in held for role in _FIGURES)


def _looks_like_item(heading: Heading, cells: Cells) -> bool:
    """Two figures in their columns, one of them money: an item, even if it does not balance.

    Where no column holds money, as on most remitos, a quantity and a name will do.
    """
    held = {heading.columns[index].role: token for index, token in cells.numbers.items()}
    if not has_prices(column.role for column in heading.columns):
        return Role.QUANTITY in held and len(cells.text) > 0
    figures = [role for role in held if role in {*_FIGURES, Role.NET_PRICE, Role.SUBTOTAL_WITH_TAX}]
    return len(figures) > 1 and any(has_cents(held[role].text) for role in figures)


def has_prices(roles: Iterable[Role]) -> bool:
    """Whether any column holds money; most remitos only count."""
    return not _MONEY.isdisjoint(roles)


def _decimals(heading: Heading, solved: Sequence[Cells]) -> dict[int, int]:
    """How many decimals each column prints, by its rows that balance."""
    decimals: dict[int, int] = {}
    for index in range(len(heading.columns)):
        texts = [cells.numbers[index].text for cells in solved if index in cells.numbers]
        counts = [len(found[1]) for text in texts if (found := re.search(r"[.,](\d+)\D*$", text))]
        if counts:
            decimals[index] = max(set(counts), key=counts.count)
    return decimals


_REREAD = frozenset({*_FIGURES, Role.BONUS, Role.NET_PRICE, Role.DISCOUNT, Role.DISCOUNT_AMOUNT})


def _spans(heading: Heading, solved: Sequence[Cells]) -> dict[int, tuple[float, float]]:
    """Left and right edge of each column of figures, from its heading and the rows that balance."""
    spans = {}
    for index, column in enumerate(heading.columns):
        held = [cells.numbers[index] for cells in solved if index in cells.numbers]
        lefts, rights = [token.x0 for token in held], [token.x1 for token in held]
        spans[index] = (min(lefts, default=column.x0), max(rights, default=column.x1))
    return spans


def _places(heading: Heading, spans: dict[int, tuple[float, float]], cells: Cells) -> dict[int, Place]:
    """Where each figure of the row stands, or should stand when nothing was read there."""
    row = cells.row
    places = {}
    for index, column in enumerate(heading.columns):
        if column.role not in _REREAD:
            continue
        if index in cells.numbers:
            places[index] = place_of(row.page, cells.numbers[index].words)
        else:
            half = row.height * 0.6
            places[index] = Place(
                row.page, spans[index][0], row.middle - half, spans[index][1], row.middle + half
            )
    return places


@dataclass(frozen=True, slots=True)
class _Solved:
    """A row with its readings and, if they multiply, its figures."""

    cells: Cells
    readings: dict[int, tuple[Reading, ...]]
    solution: Solution | None


def _item(sheet: Sheet, heading: Heading, solved: _Solved, style: Style) -> Item:
    cells = solved.cells
    roles = {heading.columns[index].role: token for index, token in cells.numbers.items()}
    item = Item(
        sheet=sheet,
        words=list(cells.row.words),
        roles={index: column.role for index, column in enumerate(heading.columns)},
        tokens=cells.numbers,
        cells=solved.readings,
        places={},
        solution=solved.solution,
        loose=tuple(token for token in cells.loose if _matters(heading, token, style)),
    )
    _place_text(item, heading, cells)
    if Role.IVA in roles:
        item.iva_rate = iva_rate(roles[Role.IVA].text, style)
    elif item.loose:
        _unnamed_rate(item, style)
    if Role.BONUS in roles:
        item.bonus_quantity = parse_amount(roles[Role.BONUS].text, style) or Decimal(0)
    if Role.INTERNAL in roles:
        item.internal_tax = parse_amount(roles[Role.INTERNAL].text, style) or Decimal(0)
    _doubt(item)
    return item


def _doubt(item: Item) -> None:
    """Name the figures a person must look at."""
    if not has_prices(item.roles.values()):
        _settle_count(item)
    elif item.solution is None:
        missing = {role.value for role in _FIGURES if item.plain(role) is None}
        item.doubts |= missing or {role.value for role in _FIGURES}
    elif item.solution.ambiguous:
        item.doubts |= {Role.QUANTITY.value, Role.UNIT_PRICE.value}
    if item.loose:
        item.doubts.add("unread")


def _settle_count(item: Item) -> None:
    """Without a sum to tell, 5.877 of what is weighed are five and something; else a person must look."""
    index = next((index for index in item.cells if item.roles[index] is Role.QUANTITY), None)
    cell = item.cells[index] if index is not None else ()
    if index is None or not cell or (len(cell) > 1 and not _WEIGHED.match(fold(item.unit or ""))):
        item.doubts.add(Role.QUANTITY.value)
    elif len(cell) > 1:
        item.cells[index] = tuple(sorted(cell, key=lambda reading: reading.value))


def _place_text(item: Item, heading: Heading, cells: Cells) -> None:
    """Words that are no figures: code, unit and description by the column they stand under."""
    columns = heading.columns
    places = {column.role: index for index, column in enumerate(columns)}
    code = places.get(Role.CODE)
    unit = places.get(Role.UNIT)
    codes: list[Word] = []
    units: list[Word] = []
    texts: list[Word] = []
    for word in cells.text:
        nearest = min(range(len(columns)), key=lambda index: _gap(columns[index].x0, columns[index].x1, word))
        if code is not None and _is_code_place(heading, code, word):
            codes.append(word)
        elif unit is not None and nearest == unit and columns[unit].x0 - 2 * heading.height < word.x1:
            units.append(word)
        else:
            texts.append(word)
    item.code = _joined(codes) or None
    item.unit = _joined(units) or None
    item.description = [_joined(texts)] if texts else []
    item.printed = {"code": tuple(codes), "unit": tuple(units), "description": tuple(texts)}


def _joined(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _is_code_place(heading: Heading, index: int, word: Word) -> bool:
    """Under the code heading, or left of where the next column's text begins."""
    columns = heading.columns
    following = columns[index + 1] if index + 1 < len(columns) else None
    before = columns[index - 1] if index else None
    left = -1.0 if before is None else before.x1
    right = columns[index].x1 + heading.height if following is None else following.x0
    return (
        left < word.x1
        and word.x0 < columns[index].x1
        and word.x1 <= right + 0.2 * heading.height
        and bool(re.search(r"\d", word.text))
    )


def _gap(x0: float, x1: float, word: Word) -> float:
    return max(0.0, x0 - word.x1, word.x0 - x1)


def _matters(heading: Heading, token: Token, style: Style) -> bool:
    """A figure nobody claims is a doubt, but for zeros and the amount printed beside an IVA rate."""
    if parse_amount(token.text.strip("()[]%"), style) == 0:
        return False
    return not any(
        column.role is Role.IVA and _gap(column.x0, column.x1, token.words[0]) < 2 * heading.height
        for column in heading.columns
    )


def _unnamed_rate(item: Item, style: Style) -> None:
    """A column without heading that prints a legal IVA rate is the rate."""
    for token in item.loose:
        rate = iva_rate(token.text, style)
        if rate or token.text.upper().startswith("EX"):
            item.iva_rate = rate
            item.printed["iva_rate"] = token.words
            item.loose = tuple(each for each in item.loose if each is not token)
            return


def _continue(item: Item, row: Row) -> None:
    """A line below without figures belongs to the description above it."""
    item.description.append(_joined(row.words))
    item.printed["description"] = (*item.printed.get("description", ()), *row.words)
    item.words.extend(row.words)


def discounts_of(item: Item) -> tuple[Discount, ...]:
    """The cascade as solved, else as plainly read."""
    if item.solution is not None:
        return item.solution.discounts
    rates = arrange(item.cells, item.roles).discounts
    return tuple(Discount(rate=cell[0].value) for cell in rates if cell[0].value)
