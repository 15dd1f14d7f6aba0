"""How the lines of an invoice become lines of the ledger."""

from collections.abc import Sequence
from uuid import UUID

from agente_deposito.stock.rules import MovementKind, MovementLine
from shared.events.contracts import ReceivedLine
from shared.kernel.money import to_money, to_quantity


def lines_to_post(lines: Sequence[ReceivedLine], location_id: UUID) -> list[MovementLine]:
    """One movement per line that moves goods or changes their worth, in order.

    Goods taken back, by a nota de crédito or a negative line, leave at what the paper credits; a nota de
    crédito for a price, or a nota de débito, changes only what the goods on hand are worth.
    """
    posted = (_line_to_post(line, location_id) for line in lines)
    return [line for line in posted if line is not None]


def _line_to_post(line: ReceivedLine, location_id: UUID) -> MovementLine | None:
    quantity = to_quantity(line.quantity)
    value = None if line.value_ars is None else to_money(line.value_ars)
    cost = None if line.unit_cost_ars is None else to_money(line.unit_cost_ars)
    if quantity == 0:
        if not value:
            return None
        return MovementLine(line.product_id, location_id, MovementKind.REVALUATION, quantity, value=value)
    if quantity < 0:
        return MovementLine(line.product_id, location_id, MovementKind.SUPPLIER_RETURN, quantity, value=value)
    return MovementLine(line.product_id, location_id, MovementKind.RECEIPT, quantity, cost, value)
