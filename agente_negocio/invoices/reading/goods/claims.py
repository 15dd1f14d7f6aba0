"""Columns no factor of a row needs: what a heading names or arithmetic proves stays, the rest is unread.

Free units, lots and rates look alike. A column that only seems to be one of them must not make its figures
disappear, so a role nobody printed has to be borne out by the rows that multiply.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from agente_negocio.invoices.reading.goods.cells import LEGAL_RATES, iva_rate
from agente_negocio.invoices.reading.goods.columns import TEXT_ROLES, Column, Heading, Role
from agente_negocio.invoices.reading.goods.solver import Solution
from agente_negocio.invoices.reading.goods.table import Cells, Token
from agente_negocio.invoices.reading.numbers import Style, parse_amount
from shared.kernel.money import CENT

_IDLE = frozenset({Role.IVA, Role.SUBTOTAL_WITH_TAX, Role.ASIDE, Role.NET_PRICE})
"""Roles whose figures may be wrong while the row still multiplies."""
_OFF = frozenset({Role.DISCOUNT, Role.DISCOUNT_AMOUNT})
_COUNTED = frozenset({Role.BONUS, Role.PACK, Role.INTERNAL})
_SUMS = frozenset({Role.SUBTOTAL, Role.SUBTOTAL_WITH_TAX})
_TAXED = frozenset({Role.IVA, Role.ASIDE})
"""Under the name of IVA stand rates or amounts."""
_WHOLE_RATES = frozenset(map(Decimal, (21, 27)))
"""Rates that papers print without a mark; a bare 5 may be five units."""
_SLACK = 2 * CENT
_MOST_ADDENDS = 3


@dataclass(frozen=True, slots=True)
class Solved:
    """A row that multiplies."""

    cells: Cells
    solution: Solution


def with_names(heading: Heading, read: Heading) -> Heading:
    """The heading with what the paper prints over each column as its title, "" where it prints no such role.

    A column that only seemed idle becomes what the paper calls it. One under the name of a discount is left
    out: the rows multiply without it, so a person must say what it is.
    """
    columns = []
    for column in heading.columns:
        over = [each for each in read.columns if each.role not in TEXT_ROLES and _meet(each, column, 0.0)]
        if column.role in _IDLE and any(each.role in _OFF for each in over) and not _agrees(over, column):
            continue
        counted = next((each for each in over if each.role in _COUNTED), None)
        if column.role in _IDLE and counted is not None and not _agrees(over, column):
            columns.append(replace(column, role=counted.role, title=counted.title))
            continue
        columns.append(replace(column, title=column.title or _title(read, column)))
    return replace(heading, columns=tuple(columns))


def _agrees(over: Sequence[Column], column: Column) -> bool:
    return any(each.role is column.role for each in over)


def _title(read: Heading, column: Column) -> str:
    near = [
        each for each in read.columns if _meet(each, column, read.height) and _same(each.role, column.role)
    ]
    return min(near, key=lambda each: abs(each.middle - column.middle)).title if near else ""


def _same(first: Role, second: Role) -> bool:
    return first is second or any({first, second} <= names for names in (_OFF, _SUMS, _TAXED))


def _meet(first: Column, second: Column, slack: float) -> bool:
    return first.x0 < second.x1 + slack and first.x1 > second.x0 - slack


def is_named(heading: Heading) -> bool:
    """Whether the paper says which column is the quantity or which the price."""
    told = {Role.QUANTITY, Role.UNIT_PRICE, Role.NET_PRICE}
    return any(column.role in told and column.title for column in heading.columns)


def baseless(heading: Heading, rows: Sequence[Solved], style: Style) -> frozenset[int]:
    """Places of columns nobody named whose figures the rows do not bear out."""
    return frozenset(
        place
        for place, column in enumerate(heading.columns)
        if column.role in _IDLE and not column.title and not _is_borne_out(place, column.role, rows, style)
    )


def _is_borne_out(place: int, role: Role, rows: Sequence[Solved], style: Style) -> bool:
    held = [row for row in rows if place in row.cells.numbers and _value(row.cells.numbers[place], style)]
    proven = sum(_is_proven(row, place, role, style) for row in held)
    # A rate is no sum that proves itself, so one that is none disproves the column.
    return proven == len(held) if role is Role.IVA else 2 * proven > len(held) or not held


def is_accounted(heading: Heading, row: Solved, style: Style) -> bool:
    """Whether every figure of the row under a column nobody named is proven."""
    return all(
        column.title or column.role not in _IDLE or _is_proven(row, place, column.role, style)
        for place, column in enumerate(heading.columns)
        if place in row.cells.numbers and _value(row.cells.numbers[place], style)
    )


def _is_proven(row: Solved, place: int, role: Role, style: Style) -> bool:
    token, solution = row.cells.numbers[place], row.solution
    value = _value(token, style)
    if role is Role.IVA:
        return is_sure_rate(token.text, style)
    if value is None:
        return False
    if role is Role.NET_PRICE:
        return abs(solution.quantity * value - solution.subtotal) <= _SLACK
    gross = solution.quantity * solution.unit_price
    if role is Role.ASIDE and (abs(gross - value) <= _SLACK or is_tax_of(value, solution)):
        return True
    return any(abs(value - expected) <= _SLACK for expected in _sums_with_tax(row, place, style))


def _sums_with_tax(row: Solved, place: int, style: Style) -> Iterator[Decimal]:
    """What the row comes to with IVA, or with some of its other figures."""
    subtotal = row.solution.subtotal
    yield from (subtotal * (1 + rate / 100) for rate in LEGAL_RATES)
    others = [_value(token, style) for at, token in row.cells.numbers.items() if at != place]
    known = [value for value in others if value]
    for size in range(1, _MOST_ADDENDS + 1):
        yield from (subtotal + sum(some) for some in combinations(known, size))


def is_sure_rate(text: str, style: Style) -> bool:
    """Whether a figure under no heading can only be a rate of IVA."""
    rate = iva_rate(text, style)
    return bool(rate) and (rate in _WHOLE_RATES or not text.strip("()[]").isdigit())


def is_tax_of(value: Decimal, solution: Solution) -> bool:
    """Whether an amount is the IVA of a row at a legal rate."""
    return any(abs(solution.subtotal * rate / 100 - value) <= CENT for rate in LEGAL_RATES)


def is_under_discount(read: Heading, token: Token) -> bool:
    """Whether the paper calls discount what a figure stands under."""
    spot = Column(Role.ASIDE, "", token.x0, token.x1)
    return any(column.role in _OFF and _meet(column, spot, 0.0) for column in read.columns)


def _value(token: Token, style: Style) -> Decimal | None:
    return parse_amount(token.text.strip("()[]%"), style)
