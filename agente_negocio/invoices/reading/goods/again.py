"""Rows of goods looked at again: those that do not balance, and figures that no sum proves."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from agente_negocio.invoices.reading.goods.cells import arrange
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item, has_prices
from agente_negocio.invoices.reading.goods.proof import open_cells
from agente_negocio.invoices.reading.goods.solver import REPAIR_COST, Reading, cell_readings, solve_row
from agente_negocio.invoices.reading.numbers import Style, parse_amount
from agente_negocio.invoices.reading.words.second_look import SecondLook

_TIGHT = 1.0
"""Row heights: figures closer than that may be one figure with a space between its thousands."""


def look_at_items(items: Sequence[Item], style: Style, look: SecondLook) -> None:
    """Read the figures of doubtful rows again and solve with what both looks saw, in place."""
    for item in items:
        _without_lost_lines(item, look)
        _without_lost_money(item, look)
        if any(look.holds_line(room) for room in item.rooms):
            # What a recogniser did not see there may be goods that no sum misses.
            item.lasting.add(Role.QUANTITY.value)
    doubtful = [item for item in items if has_prices(item.roles.values()) and _needs_look(item)]
    wanted = [(item, index, place) for item in doubtful for index, place in item.places.items()]
    texts = look.figures([place for _, _, place in wanted])
    for item in doubtful:
        seen = {
            index: text for (each, index, _), text in zip(wanted, texts, strict=True) if each is item and text
        }
        _solve_again(item, seen, style)
    for item in items:
        item.lasting |= set(_never_proven(item, look))
    confirm_cells([(item, index) for item in items for index in sorted(open_cells(item))], style, look)


def confirm_cells(cells: Iterable[tuple[Item, int]], style: Style, look: SecondLook) -> None:
    """Doubt the figures of rows, by item and column, that do not read the same twice, in place."""
    read: list[tuple[Item, int]] = []
    for item, index in cells:
        if index in item.tokens:
            read.append((item, index))
        elif index in item.cells or not look.is_blank(item.places[index]):
            # Seen by the second look only, or by none.
            item.lasting.add(_doubt_of(item.roles[index]))
    texts = look.figures([item.places[index] for item, index in read])
    for (item, index), text in zip(read, texts, strict=True):
        if not _reads_alike(item, index, text, style):
            item.lasting.add(_doubt_of(item.roles[index]))


def _reads_alike(item: Item, index: int, text: str, style: Style) -> bool:
    """Whether a second look says the same. Where a product tells where the mark is, only the digits count."""
    first = item.tokens[index].text
    if item.solution is not None and item.solution.subtotal and item.roles[index] is not Role.BONUS:
        return _digits(text) == _digits(first)
    value = parse_amount(first, style)
    return value is not None and text.strip("-") != "" and parse_amount(text, style) == value


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _doubt_of(role: Role) -> str:
    names = {
        Role.BONUS: "bonus_quantity",
        Role.NET_PRICE: Role.UNIT_PRICE.value,
        Role.DISCOUNT: "discounts",
        Role.DISCOUNT_AMOUNT: "discounts",
    }
    return names.get(role, role.value)


def _never_proven(item: Item, look: SecondLook) -> Iterator[str]:
    """What neither sums nor reading twice can tell."""
    for index in open_cells(item) & item.tokens.keys():
        if _reaches_over(item, index) or (item.roles[index] is Role.BONUS and _is_half_of_next(item, index)):
            yield _doubt_of(item.roles[index])
    if item.solution is None:
        return
    if item.solution.subtotal == 0 and not _has_mark(item):
        yield Role.UNIT_PRICE.value
    if any(step.amount is not None for step in item.solution.discounts):
        # Beside an amount off, a rate that was lost would be the discount itself.
        rates = (index for index in item.places if item.roles[index] is Role.DISCOUNT)
        if any(index not in item.tokens and not look.is_blank(item.places[index]) for index in rates):
            yield "discounts"


def _reaches_over(item: Item, index: int) -> bool:
    """Whether a figure may be those of two cells, as 12 and 10 read as 1210: so it would read again."""
    token = item.tokens[index]
    empty = (item.places[each] for each in item.places.keys() - item.tokens.keys())
    return any(token.x0 < (place.x0 + place.x1) / 2 < token.x1 for place in empty)


def _is_half_of_next(item: Item, index: int) -> bool:
    """Whether a figure may be the thousands of the one after it: 37 226,16."""
    token = item.tokens[index]
    following = min(
        (each for each in item.tokens.values() if each.x0 > token.x0), key=lambda each: each.x0, default=None
    )
    if following is None or not re.fullmatch(r"\d{1,3}", token.text):
        return False
    tight = following.x0 - token.x1 < _TIGHT * token.words[0].height
    return tight and re.match(r"\d{3}(?!\d)", following.text) is not None


def _has_mark(item: Item) -> bool:
    """Whether the price shows its decimal mark: without a sum to prove it, a lost comma would pass."""
    prices = [token.text for index, token in item.tokens.items() if item.roles[index] is Role.UNIT_PRICE]
    return all(re.search(r"[.,]\d{1,4}$", text) for text in prices)


def _without_lost_lines(item: Item, look: SecondLook) -> None:
    """Where the room for a quantity holds no text, none was lost and there is one unit, in place."""
    if not any(look.holds_line(gap) for gap in item.gaps):
        item.gaps = ()


def _without_lost_money(item: Item, look: SecondLook) -> None:
    """Where no ink stands in the cells of money, none was lost; else they are not nothing, in place."""
    if not item.blanks:
        return
    is_nothing = all(look.is_blank(item.places[index]) for index in item.blanks)
    item.cells = {index: cell for index, cell in item.cells.items() if index not in item.blanks}
    item.blanks = frozenset()
    if not is_nothing:
        item.solution = solve_row(arrange(item.cells, item.roles))


def _needs_look(item: Item) -> bool:
    solution = item.solution
    return solution is None or solution.ambiguous or not solution.is_exact or solution.cost >= REPAIR_COST


def _solve_again(item: Item, seen: dict[int, str], style: Style) -> None:
    cells = dict(item.cells)
    for index, text in seen.items():
        again = cell_readings(text, style)
        if again:
            cells[index] = _join(cells.get(index, ()), again)
    solution = solve_row(arrange(cells, item.roles))
    if solution is not None and not solution.ambiguous and solution.cost < REPAIR_COST:
        item.cells, item.solution = cells, solution


def _join(before: tuple[Reading, ...], again: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Both looks at one cell. What both read costs nothing more, what only the second read costs a little."""
    costs: dict[Decimal, Reading] = {reading.value: reading for reading in before}
    for reading in again:
        old = costs.get(reading.value)
        cost = reading.cost if old is not None else reading.cost + 1
        if old is None or cost < old.cost:
            costs[reading.value] = Reading(reading.value, cost)
    return tuple(costs.values())
