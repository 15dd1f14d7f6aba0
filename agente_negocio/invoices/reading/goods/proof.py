"""Which figures of a row its arithmetic proves, and which could be misread without anybody noticing.

A product proves its factors only as far as their last printed digit moves it by a cent: of 6 x 12,3466 the
last digit is free. Figures left open so must read the same twice.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from math import prod

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item, has_prices
from agente_negocio.invoices.reading.goods.solver import Solution, last_place
from shared.kernel.money import CENT

_HUNDRED = Decimal(100)
_OF_A_PRESENT = frozenset({Role.BONUS, Role.QUANTITY, Role.UNIT_PRICE})
_OF_A_COUNT = frozenset({Role.BONUS, Role.QUANTITY})
_FACTORS = frozenset(
    {Role.QUANTITY, Role.UNIT_PRICE, Role.NET_PRICE, Role.DISCOUNT, Role.DISCOUNT_AMOUNT, Role.SUBTOTAL}
)


def open_cells(item: Item) -> frozenset[int]:
    """Columns whose figure in this row no sum proves, of those that hold one or may have lost one."""
    if not has_prices(item.roles.values()):
        return _of_roles(item, _OF_A_COUNT)
    if item.solution is None:
        return frozenset()
    if item.solution.subtotal == 0:
        return _of_roles(item, _OF_A_PRESENT)
    solution, factors = item.solution, _of_roles(item, _FACTORS) & item.cells.keys()
    if any(item.roles[index] is Role.UNIT_PRICE for index in factors) and not solution.by_net_price:
        factors -= _of_roles(item, frozenset({Role.NET_PRICE}))
    return _of_roles(item, frozenset({Role.BONUS})) | {
        index for index in factors if not _is_proven(item, solution, index)
    }


def _of_roles(item: Item, roles: frozenset[Role]) -> frozenset[int]:
    return frozenset(index for index in item.places if item.roles[index] in roles)


def _is_proven(item: Item, solution: Solution, index: int) -> bool:
    """Whether another last digit in a cell would have moved the sum of the row by a cent or more."""
    moves = _moves(solution).get(item.roles[index])
    steps = [last_place(value) for value in _chosen(item, index, solution)]
    return solution.is_exact and (moves is None or all(step * moves >= CENT for step in steps))


def _moves(solution: Solution) -> Mapping[Role, Decimal]:
    """By how much the sum of the row moves when a figure of a role moves by one."""
    kept = prod((1 - (step.rate or 0) / _HUNDRED for step in solution.discounts), start=Decimal(1))
    # What moves a price after discounts by less than a cent shows nowhere, however many units there are.
    units = Decimal(1) if solution.by_net_price else solution.quantity
    return {
        Role.QUANTITY: solution.unit_price * kept,
        Role.UNIT_PRICE: units * kept,
        Role.NET_PRICE: solution.quantity,
        Role.DISCOUNT: units * solution.unit_price * kept / _HUNDRED,
    }


def _chosen(item: Item, index: int, solution: Solution) -> tuple[Decimal, ...]:
    """Of the ways to read a cell, those the row was solved with."""
    readings = [reading.value for reading in item.cells[index]]
    off = [step.rate if step.rate is not None else step.amount for step in solution.discounts]
    wanted: Mapping[Role, Collection[Decimal | None]] = {
        Role.QUANTITY: (solution.quantity,),
        Role.UNIT_PRICE: (solution.unit_price,),
        Role.SUBTOTAL: (solution.subtotal,),
        Role.DISCOUNT: (*off, Decimal(0)),
        Role.DISCOUNT_AMOUNT: (*off, Decimal(0)),
    }
    return tuple(value for value in readings if value in wanted.get(item.roles[index], readings))
