"""What a printed value rests on: the words, their place, and how much the rule that found it is worth."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agente_negocio.invoices.reading.layout import Row, Sheet
from agente_negocio.invoices.reading.model import Word

STRONG = 0.99
FAIR = 0.96
WEAK = 0.8
GUESS = 0.5

_TOP = 0.45
"""Of the page height: where titles, letters and codes of vouchers stand."""
CLIENT = re.compile(
    r"\bse[nñ]or|\bsr\.? ?\(?|\bcliente\b|apellido y nombre|\bcomprador|\bdestinatario"
    r"|\badquirente|\breceptor\b"
)
"""Labels that open the block of the receiver."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value and the words that say so. strength: how sure the rule is, if the characters are right."""

    value: str
    raw: str
    words: tuple[Word, ...]
    sheet: Sheet
    strength: float


Printed = dict[str, Evidence]


def hit(sheet: Sheet, row: Row, span: tuple[int, int], value: str, strength: float) -> Evidence:
    """A value read at some characters of a row."""
    return Evidence(value, row.text[slice(*span)].strip(), row.words_at(*span), sheet, strength)


def rows_of(sheets: Sequence[Sheet], *, top_only: bool = False) -> Iterator[tuple[Sheet, Row]]:
    """Rows of the pages in order; top_only: those where titles and letters stand."""
    for sheet in sheets:
        for row in sheet.rows:
            if not top_only or row.middle < sheet.height * _TOP:
                yield sheet, row
