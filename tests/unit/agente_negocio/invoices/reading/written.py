"""Sheets written down by hand: one text per row, a tab where a wide gap separates columns."""

from collections.abc import Mapping, Sequence

from agente_negocio.invoices.reading.layout.rows import Sheet, lay_out
from agente_negocio.invoices.reading.model import Word

_STEP, _HEIGHT, _PITCH, _TAB = 6.0, 10.0, 14.0, 30.0
_WIDTH, _MARGIN = 600.0, 20.0


def sheet_of(*rows: str, large: Mapping[str, float] | None = None, blank_rows: int = 20) -> Sheet:
    """A page of these rows and blank ones below them.

    What follows ">" ends at the right margin. large: words printed larger, by how many times.
    """
    words = []
    for place, text in enumerate(rows):
        x = _MARGIN
        for part in text.split("\t"):
            if part.startswith(">"):
                x = _WIDTH - _MARGIN - _STEP * (len(part) - 1)
            for each in part.removeprefix(">").split():
                grown = (large or {}).get(each, 1.0) * _HEIGHT
                middle = _MARGIN + place * _PITCH
                words.append(Word(each, x, middle - grown / 2, x + _STEP * len(each), middle + grown / 2))
                x += _STEP * (len(each) + 1)
            x += _TAB
    return lay_out(words, page=1, width=_WIDTH, height=_MARGIN + (len(rows) + blank_rows) * _PITCH)


def table_of(edges: Sequence[float], *rows: Sequence[str]) -> Sheet:
    """A page with a table: cells by their right edges, but the second of each row starts its own column."""
    words = []
    for place, cells in enumerate(rows):
        middle = _MARGIN + place * _PITCH
        for at, (cell, edge) in enumerate(zip(cells, edges, strict=False)):
            x = edges[0] + _MARGIN if at == 1 else edge - _STEP * len(cell)
            for each in cell.split():
                words.append(Word(each, x, middle - _HEIGHT / 2, x + _STEP * len(each), middle + _HEIGHT / 2))
                x += _STEP * (len(each) + 1)
    return lay_out(words, page=1, width=_WIDTH, height=_MARGIN + (len(rows) + 20) * _PITCH)
