"""Where the figures of a table stand and how they are printed, learnt from the rows that balance."""

import re
from collections.abc import Sequence

from agente_negocio.invoices.reading.goods.columns import Heading, Role
from agente_negocio.invoices.reading.goods.table import Cells
from agente_negocio.invoices.reading.layout.rows import Place, place_of

FIGURES = (Role.QUANTITY, Role.UNIT_PRICE, Role.SUBTOTAL)
_REREAD = frozenset({*FIGURES, Role.BONUS, Role.NET_PRICE, Role.DISCOUNT, Role.DISCOUNT_AMOUNT})

Spans = dict[int, tuple[float, float]]
"""Left and right edge of columns of figures by index."""


def decimals_of(heading: Heading, solved: Sequence[Cells]) -> dict[int, int]:
    """How many decimals each column prints, by its rows that balance."""
    decimals: dict[int, int] = {}
    for index in range(len(heading.columns)):
        texts = [cells.numbers[index].text for cells in solved if index in cells.numbers]
        counts = [len(found[1]) for text in texts if (found := re.search(r"[.,](\d+)\D*$", text))]
        if counts:
            decimals[index] = max(set(counts), key=counts.count)
    return decimals


def spans_of(heading: Heading, solved: Sequence[Cells]) -> Spans:
    """Edges of each column of figures, from its heading and the rows that balance."""
    spans = {}
    for index, column in enumerate(heading.columns):
        held = [cells.numbers[index] for cells in solved if index in cells.numbers]
        lefts, rights = [token.x0 for token in held], [token.x1 for token in held]
        spans[index] = (min(lefts, default=column.x0), max(rights, default=column.x1))
    return spans


def places_of(heading: Heading, spans: Spans, cells: Cells) -> dict[int, Place]:
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
