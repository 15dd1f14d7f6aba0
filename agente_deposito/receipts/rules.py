"""How the lines of an invoice become lines of the ledger."""

from collections.abc import Sequence
from uuid import UUID

from agente_deposito.stock.rules import MovementKind, MovementLine
from shared.events.contracts import ReceivedLine
from shared.kernel.money import to_money, to_quantity


def lines_to_post(lines: Sequence[ReceivedLine], location_id: UUID) -> list[MovementLine]:
    """One movement per line that moves goods, in order; a nota de crédito's lines leave."""
    return [
        MovementLine(
            line.product_id,
            location_id,
            MovementKind.RECEIPT if line.quantity > 0 else MovementKind.SUPPLIER_RETURN,
            to_quantity(line.quantity),
            None if line.unit_cost_ars is None else to_money(line.unit_cost_ars),
        )
        for line in lines
        if to_quantity(line.quantity) != 0
    ]
