"""Tables that print packs and units in two columns: which of them the price multiplies."""

from collections.abc import Sequence

from agente_negocio.invoices.reading.goods.cells import arrange
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item
from agente_negocio.invoices.reading.goods.solver import solve_row


def settle_quantities(items: Sequence[Item]) -> None:
    """Of two columns of quantities, the one that multiplies wherever it can be told, in place.

    On a row that costs nothing both multiply: packs and units of a present.
    """
    columns = {index for item in items for index, role in item.roles.items() if role is Role.QUANTITY}
    told: set[int] = set()
    for item in items:
        if item.solution is None or item.solution.ambiguous or not item.solution.subtotal:
            continue
        fits = [index for index in columns & item.cells.keys() if _holds(item, index)]
        told |= set(fits) if len(fits) == 1 else set()
    if len(columns) == 1 or len(told) != 1:
        return
    for item in items:
        if item.solution is not None and item.solution.ambiguous and not item.solution.subtotal:
            others = columns - told
            cells = {index: cell for index, cell in item.cells.items() if index not in others}
            solution = solve_row(arrange(cells, item.roles))
            if solution is not None and not solution.ambiguous:
                item.cells, item.solution = cells, solution
                item.places = {index: at for index, at in item.places.items() if index not in others}


def _holds(item: Item, index: int) -> bool:
    """Whether the cell may be the quantity that multiplies."""
    return item.solution is not None and any(
        reading.value == item.solution.quantity for reading in item.cells[index]
    )
