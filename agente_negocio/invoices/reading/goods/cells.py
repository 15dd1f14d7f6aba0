"""Cells of a row to readings, and readings to what the solver asks for."""

from collections.abc import Mapping
from decimal import Decimal

from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.solver import Reading, RowReadings, cell_readings
from agente_negocio.invoices.reading.goods.table import Cells
from agente_negocio.invoices.reading.numbers import Style, parse_amount

LEGAL_RATES = frozenset(map(Decimal, ("0", "2.5", "5", "10.5", "21", "27")))


def read_cells(
    cells: Cells, style: Style, decimals: dict[int, int], *, repair: bool
) -> dict[int, tuple[Reading, ...]]:
    """Ways to read each figure of a row."""
    found = {
        index: cell_readings(token.text, style, decimals=decimals.get(index), repair=repair)
        for index, token in cells.numbers.items()
    }
    return {index: readings for index, readings in found.items() if readings}


def arrange(cells: Mapping[int, tuple[Reading, ...]], roles: Mapping[int, Role]) -> RowReadings:
    """What the solver asks for, out of cells by column."""
    by_role: dict[Role, list[tuple[Reading, ...]]] = {}
    for index in sorted(cells):
        by_role.setdefault(roles[index], []).append(cells[index])

    def one(role: Role) -> tuple[Reading, ...]:
        return by_role[role][0] if role in by_role else ()

    has_list_price = Role.UNIT_PRICE in by_role
    return RowReadings(
        quantities=tuple(by_role.get(Role.QUANTITY, [])),
        prices=tuple(by_role.get(Role.UNIT_PRICE if has_list_price else Role.NET_PRICE, [])),
        discounts=tuple(by_role.get(Role.DISCOUNT, [])),
        subtotal=one(Role.SUBTOTAL),
        net_price=one(Role.NET_PRICE) if has_list_price else (),
        discount_amount=one(Role.DISCOUNT_AMOUNT),
        internal=one(Role.INTERNAL),
    )


def iva_rate(text: str, style: Style) -> Decimal | None:
    """The rate in percent, when it is one that the law knows."""
    rate = parse_amount(text.strip("()[]% "), style)
    return rate.normalize() + 0 if rate in LEGAL_RATES else None
