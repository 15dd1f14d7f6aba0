"""Words of an item row that are no figures: code, unit and description, by the column they stand under."""

import re
from dataclasses import dataclass

from agente_negocio.invoices.reading.goods.columns import Heading, Role
from agente_negocio.invoices.reading.goods.table import Cells
from agente_negocio.invoices.reading.model import Word


@dataclass(frozen=True, slots=True)
class Texts:
    """The words a row says besides its figures."""

    code: tuple[Word, ...]
    unit: tuple[Word, ...]
    description: tuple[Word, ...]


def texts_of(heading: Heading, cells: Cells) -> Texts:
    """The words of a row by their columns."""
    columns = heading.columns
    places = {column.role: index for index, column in enumerate(columns)}
    code = places.get(Role.CODE)
    unit = places.get(Role.UNIT)
    codes: list[Word] = []
    units: list[Word] = []
    texts: list[Word] = []
    for word in cells.text:
        nearest = min(range(len(columns)), key=lambda index: gap(columns[index].x0, columns[index].x1, word))
        if code is not None and is_code_place(heading, code, word):
            codes.append(word)
        elif unit is not None and nearest == unit and columns[unit].x0 - 2 * heading.height < word.x1:
            units.append(word)
        else:
            texts.append(word)
    return Texts(tuple(codes), tuple(units), tuple(texts))


def is_code_place(heading: Heading, index: int, word: Word) -> bool:
    """Under the code heading, or left of where the next column's text begins."""
    columns = heading.columns
    following = columns[index + 1] if index + 1 < len(columns) else None
    before = columns[index - 1] if index else None
    left = -1.0 if before is None else before.x1
    right = columns[index].x1 + heading.height if following is None else following.x0
    return (
        left < word.x1
        and word.x0 < columns[index].x1
        and word.x1 <= right + 0.2 * heading.height
        and bool(re.search(r"\d", word.text))
    )


def gap(x0: float, x1: float, word: Word) -> float:
    """How far a word stands from a stretch of the row."""
    return max(0.0, x0 - word.x1, word.x0 - x1)
