"""Where the figures of a table stand and how they are printed, learnt from the rows that balance."""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from agente_negocio.invoices.reading.goods.columns import Heading, Role
from agente_negocio.invoices.reading.goods.table import Cells
from agente_negocio.invoices.reading.layout.rows import Place, Row, place_of
from agente_negocio.invoices.reading.model import Word

FIGURES = (Role.QUANTITY, Role.UNIT_PRICE, Role.SUBTOTAL)
_REREAD = frozenset({*FIGURES, Role.BONUS, Role.NET_PRICE, Role.DISCOUNT, Role.DISCOUNT_AMOUNT})

_LEAST_ROOM, _MOST_ROOM = 1.0, 3.0
"""Of the height of words: in less no line fits, and what stands further away is no next row."""
_EDGE = 0.1
"""Of the same: what letters may reach over their box."""

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


def rooms_beside(rows: Sequence[Row], words: Sequence[Word]) -> tuple[Place, ...]:
    """Above and below a row of goods, the rooms to the nearest rows that hold another line."""
    held = place_of(rows[0].page, words)
    height = median(word.height for word in words)
    most = _MOST_ROOM * height
    top = max((row.y1 for row in rows if row.middle < held.y0), default=held.y0)
    bottom = min((row.y0 for row in rows if row.middle > held.y1), default=held.y1 + most)
    rooms = ((max(top, held.y0 - most), held.y0), (held.y1, min(bottom, held.y1 + most)))
    edge = _EDGE * height
    return tuple(
        replace(held, y0=high + edge, y1=low - edge)
        for high, low in rooms
        if low - high > _LEAST_ROOM * height
    )
