"""The heading of an item table: which column holds what, and where each one stands."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from agente_negocio.invoices.reading.goods.near_names import near_name
from agente_negocio.invoices.reading.goods.titles import GIVEN, SCAN
from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import has_cents


class Role(StrEnum):
    """What a column holds."""

    CODE = "code"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    PACK = "pack"
    BONUS = "bonus"
    UNIT = "unit"
    UNIT_PRICE = "unit_price"
    NET_PRICE = "net_price"
    DISCOUNT = "discount"
    DISCOUNT_AMOUNT = "discount_amount"
    IVA = "iva"
    INTERNAL = "internal"
    SUBTOTAL = "subtotal"
    SUBTOTAL_WITH_TAX = "subtotal_with_tax"
    ASIDE = "aside"
    """Figures no sum of the row depends on: a rate of internal tax, a lot, an expiry date."""


TEXT_ROLES = frozenset({Role.CODE, Role.DESCRIPTION, Role.UNIT})
_LEAST_ROLES = 3
_MOST_GOODS_WORDS = 12
_RULE_SHARE = 0.4
"""Of the heading's width: a word as long as that is a rule made of dashes."""
_SPACE = 0.8
"""Of the row height: between the words of one title."""
_BAND = 1.7
"""Of the row height: how far a second line of headings may stand."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Edges are those of its heading until figures teach better ones."""

    role: Role
    title: str
    x0: float
    x1: float

    @property
    def middle(self) -> float:
        """Horizontal centre."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True, slots=True)
class Heading:
    """Columns from left to right; items start at the row with index first_row.

    read: False where the columns rest on the figures alone.
    """

    columns: tuple[Column, ...]
    first_row: int
    height: float
    read: bool = True

    @property
    def roles(self) -> dict[int, Role]:
        """What each column holds, by its place."""
        return {place: column.role for place, column in enumerate(self.columns)}

    @property
    def counted(self) -> dict[int, str]:
        """The titles of the columns of quantities, by their place."""
        return {place: each.title for place, each in enumerate(self.columns) if each.role is Role.QUANTITY}

    def has(self, role: Role) -> bool:
        """Whether a column of this role exists."""
        return any(column.role is role for column in self.columns)


def find_heading(sheet: Sheet) -> Heading | None:
    """The heading of the item table, or None when the page has none."""
    index = _best(sheet, lambda row: _score(sheet, row), least=_LEAST_ROLES)
    if index is None:
        index = _best(sheet, _score_without_prices, least=1)
    if index is None:
        return None
    main = sheet.rows[index]
    band = [row for row in sheet.rows if _belongs(main, row)]
    columns = _columns(main, [row for row in band if row is not main])
    last = max(sheet.rows.index(row) for row in band)
    return Heading(columns=_settle(columns), first_row=last + 1, height=main.height)


def without_heading(sheet: Sheet) -> Heading | None:
    """A heading of no columns before the first row of figures, for a page whose heading cannot be read."""
    for index, row in enumerate(sheet.rows):
        figures = [word for word in row.words if re.fullmatch(r"[\d.,]+%?", word.text)]
        if len(figures) >= _LEAST_ROLES and any(has_cents(word.text) for word in figures):
            return Heading(columns=(), first_row=index, height=row.height, read=False)
    return None


def _best(sheet: Sheet, score: Callable[[Row], tuple[int, int]], *, least: int) -> int | None:
    """The first of the rows that score best."""
    scored = [(score(row), index) for index, row in enumerate(sheet.rows)]
    best, index = max(scored, key=lambda each: (each[0], -each[1]), default=((0, 0), 0))
    return index if best[0] >= least else None


def _score_without_prices(row: Row) -> tuple[int, int]:
    """A remito counts and names its goods; both words stand there like headings, with nothing else."""
    roles = {Role[found.lastgroup or ""] for found in SCAN.finditer(row.folded)}
    told = {Role.QUANTITY, Role.DESCRIPTION} <= roles and not re.search(r"\d", row.text)
    return (len(roles), len(roles)) if told and len(row.words) <= _MOST_GOODS_WORDS else (0, 0)


def _score(sheet: Sheet, main: Row) -> tuple[int, int]:
    """Roles that a row names together with the lines beside it, and alone."""
    roles, own = _roles(main), len(_roles(main))
    if not own or (own < _LEAST_ROLES and _holds_goods(main)):
        return 0, 0
    for row in sheet.rows:
        if row is not main and _belongs(main, row):
            roles |= _roles(row)
    needed = {"QUANTITY", "DESCRIPTION", "CODE"} & roles and {"UNIT_PRICE", "SUBTOTAL", "NET_PRICE"} & roles
    return (len(roles), own) if needed else (0, 0)


@lru_cache(maxsize=256)
def _roles(row: Row) -> frozenset[str]:
    """What a row names; asked for itself and again for every row beside it."""
    if any(has_cents(word.text) for word in row.words):
        return frozenset()
    named = {found.lastgroup for found in SCAN.finditer(row.folded) if found.lastgroup}
    return frozenset(named | {column.role.name for column in _nearly_named(row)})


def _nearly_named(row: Row) -> list[Column]:
    """Columns whose title stands alone and is almost a known one."""
    known = [row.extent(*found.span()) for found in SCAN.finditer(row.folded)]
    columns = []
    for word in row.words:
        name = near_name(fold(word.text))
        beside = any(x0 - row.height < word.x1 and word.x0 < x1 + row.height for x0, x1 in known)
        role = _role(name) if name and not beside else None
        if name and role is not None:
            columns.append(Column(role, name, word.x0, word.x1))
    return columns


def _belongs(main: Row, row: Row) -> bool:
    """A row close to the main heading that holds words only."""
    if row is main:
        return True
    if abs(row.middle - main.middle) >= _BAND * main.height or not re.search("[a-z%]", row.folded):
        return False
    if any(word.x1 - word.x0 > _RULE_SHARE * (main.x1 - main.x0) for word in row.words) or _holds_goods(row):
        return False
    if row.middle > main.middle and _is_counted(main, row):
        return False
    return not re.search(r"\d", row.text.replace("1", "").replace("2", "").replace("3", ""))


def _holds_goods(row: Row) -> bool:
    """Numbers that stand alone, as a code and a quantity do; "Dto 1" is a title, a "%" may come out as 1."""
    lone = [
        word
        for before, word in zip((None, *row.words), row.words, strict=False)
        if re.fullmatch(r"\d+", word.text) and (before is None or word.x0 - before.x1 > row.height)
    ]
    return len(lone) > 1 or lone == [row.words[0]]


def _is_counted(main: Row, row: Row) -> bool:
    """Whether a bare figure stands under the title of the quantities: goods, no second line of titles."""
    counted = [main.extent(*found.span()) for found in SCAN.finditer(main.folded) if found["QUANTITY"]]
    figures = [word for word in row.words if re.fullmatch(r"\d+", word.text)]
    return any(
        x0 - main.height < word.x1 and word.x0 < x1 + main.height for x0, x1 in counted for word in figures
    )


def _columns(main: Row, others: Sequence[Row]) -> list[Column]:
    """Scan the main line, then let words right above or below complete a title or add a column."""
    columns = [
        Column(Role[found.lastgroup or ""], found[0], *main.extent(*found.span()))
        for found in SCAN.finditer(main.folded)
    ]
    columns = _one_title(sorted([*columns, *_nearly_named(main)], key=lambda each: each.x0), main.height)
    columns = [_with_words_behind(column, main, columns) for column in columns]
    strays: list[tuple[Row, Word]] = []
    for row in others:
        for word in row.words:
            home = next((index for index, each in enumerate(columns) if _overlaps(each, word)), None)
            if home is None:
                strays.append((row, word))
                continue
            column = columns[home]
            title = (
                f"{fold(word.text)} {column.title}"
                if row.middle < main.middle
                else f"{column.title} {fold(word.text)}"
            )
            columns[home] = replace(
                column,
                role=_role(title) or column.role,
                title=title,
                x0=min(column.x0, word.x0),
                x1=max(column.x1, word.x1),
            )
    for row, word in strays:
        role = _role(_with_neighbours(fold(word.text), row, word, main))
        if role is not None:
            columns.append(_column(role, fold(word.text), (word,)))
    return sorted(columns, key=lambda column: column.middle)


def _with_words_behind(column: Column, main: Row, columns: Sequence[Column]) -> Column:
    """A quantity with the words that end its title, since they may say that it was given away.

    They keep their room: as likely they are a title of their own.
    """
    end = column.x1
    for word in main.words:
        free = not any(_overlaps(each, word) for each in columns)
        if column.role is Role.QUANTITY and free and 0 <= word.x0 - end < _SPACE * main.height:
            column, end = replace(column, title=f"{column.title} {fold(word.text)}"), word.x1
    return column


def _one_title(columns: Sequence[Column], height: float) -> list[Column]:
    """Titles of two words that each name a column, as "Cantidad bonificada" beside another "Cantidad"."""
    kept: list[Column] = []
    counted = sum(column.role is Role.QUANTITY for column in columns)
    for column in columns:
        last = kept[-1] if kept else None
        given = column.role is Role.BONUS or column.title.startswith("bon")
        if last and given and counted > 1 and _is_beside(last, column, height):
            kept[-1] = Column(Role.BONUS, f"{last.title} {column.title}", last.x0, column.x1)
        else:
            kept.append(column)
    return kept


def _is_beside(quantity: Column, column: Column, height: float) -> bool:
    return quantity.role is Role.QUANTITY and column.x0 - quantity.x1 < _SPACE * height


def _with_neighbours(text: str, row: Row, word: Word, main: Row) -> str:
    """The stray word with what the main line says at the same place."""
    over = [fold(each.text) for each in main.words if each.x0 < word.x1 and each.x1 > word.x0]
    return " ".join([text, *over] if row.middle < main.middle else [*over, text])


def _column(role: Role, title: str, words: Sequence[Word]) -> Column:
    return Column(
        role=role, title=title, x0=min(word.x0 for word in words), x1=max(word.x1 for word in words)
    )


def _overlaps(column: Column, word: Word) -> bool:
    return word.x0 < column.x1 and word.x1 > column.x0


def _role(title: str) -> Role | None:
    found = SCAN.search(title)
    return Role[found.lastgroup] if found and found.lastgroup else None


def _settle(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Resolve words that mean different things beside each other."""
    settled = list(columns)
    quantities = [index for index, column in enumerate(settled) if column.role is Role.QUANTITY]
    given = [index for index in quantities if GIVEN.search(settled[index].title)]
    if len(given) < len(quantities):
        for index in given:
            settled[index] = replace(settled[index], role=Role.BONUS)
    quantities = [index for index in quantities if settled[index].role is Role.QUANTITY]
    if len(quantities) > 1:
        for index in quantities:
            if re.match(r"unid(?!ades)(?!.*bulto)", settled[index].title):
                settled[index] = replace(settled[index], role=Role.UNIT)
    prices = [index for index, column in enumerate(settled) if column.role is Role.UNIT_PRICE]
    if len(prices) > 1:
        # A list price and a price after discounts: the list price says so or comes first.
        listed = next((index for index in prices if "lista" in settled[index].title), prices[0])
        for index in prices:
            if index != listed:
                settled[index] = replace(settled[index], role=Role.NET_PRICE)
    totals = [index for index, column in enumerate(settled) if column.role is Role.SUBTOTAL]
    for index in totals[1:]:
        # The first sum is the row's own; a later "total" or "importe" holds taxes.
        settled[index] = replace(settled[index], role=Role.SUBTOTAL_WITH_TAX)
    return tuple(settled)
