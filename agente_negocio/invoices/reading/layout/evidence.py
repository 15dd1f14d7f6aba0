"""What a printed value rests on: the words, their place, and how much the rule that found it is worth."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from agente_negocio.invoices.reading.layout.rows import Row, Sheet, fold
from agente_negocio.invoices.reading.model import Word

STRONG = 0.99
FAIR = 0.96
WEAK = 0.8
GUESS = 0.5

_TOP = 0.45
"""Of the page height: where the head ends when no heading of the items tells."""
CLIENT = re.compile(
    r"\bse[nñ]or|\bsr(?:e?s)?\b|\bcliente\b|apellido y nombre|\bcomprador|\bdestinatario"
    r"|\badquirente|\breceptor\b|\bpara ?:"
)
"""Labels that open the block of the receiver."""
_ITEM_HEADING = re.compile(r"\bcant|\bdescrip|\bdetalle|\bproducto|\barticulo|\bconcepto|\bmercaderia")
_COLUMN = re.compile(
    r"\b(?:cant|descri|detal|produ|artic|conce|merca|preci|p\.? ?unit|impor|subto|total|codig"
    r"|cod\.|unid|bonif)"
)
_REFERENCE = re.compile(
    r"asociad|\d{8} del? \d|cbtes?\.? ?asoc|\brefer|que (?:se )?(?:modifica|anula|cancela)|\baplica(?:do)? a"
)
_NEAR_LINES = 2.5
_VOUCHER_NUMBER = re.compile(r"\d{4,5} ?[-—–] ?\d{8}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value and the words that say so.

    strength: how sure the rule is, if the characters are right. derived: concluded, not printed as such.
    """

    value: str
    raw: str
    words: tuple[Word, ...]
    sheet: Sheet
    strength: float
    derived: bool = False


Printed = dict[str, Evidence]


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed amount with the words that hold it."""

    value: Decimal
    raw: str
    words: tuple[Word, ...]
    sheet: Sheet


Amounts = Mapping[str, Amount]
"""What stands once on a paper, by name: net, total ..."""


def hit(sheet: Sheet, row: Row, span: tuple[int, int], value: str, strength: float) -> Evidence:
    """A value read at some characters of a row."""
    return Evidence(value, row.text[slice(*span)].strip(), row.words_at(*span), sheet, strength)


def rows_of(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Row]]:
    """Rows of the pages in order."""
    for sheet in sheets:
        for row in sheet.rows:
            yield sheet, row


def head_of(sheets: Sequence[Sheet]) -> tuple[tuple[Sheet, Row], ...]:
    """Rows of the first page above its items, where titles, letters and numbers stand.

    Rows that name another voucher, the one a nota de credito mends, are left out.
    """
    return _head(sheets[0])


@lru_cache(maxsize=8)
def _head(sheet: Sheet) -> tuple[tuple[Sheet, Row], ...]:
    """Asked for by every field of the header."""
    end = next((row.middle for row in sheet.rows if _is_heading(row)), sheet.height * _TOP)
    rows: list[tuple[Sheet, Row]] = []
    names_another = False
    for row in sheet.rows:
        if row.middle >= end:
            break
        follows = names_another and _VOUCHER_NUMBER.search(row.folded) is not None
        names_another = _REFERENCE.search(row.folded) is not None or follows
        if not names_another:
            rows.append((sheet, row))
    return tuple(rows)


def _is_heading(row: Row) -> bool:
    """Whether a row names the columns of the items."""
    return _ITEM_HEADING.search(row.folded) is not None and len(set(_COLUMN.findall(row.folded))) > 1


def above(sheet: Sheet, row: Row, words: Sequence[Word]) -> str:
    """Folded text right above some words, at most two and a half lines up."""
    if not words:
        return ""
    x0, x1 = words[0].x0 - row.height, words[-1].x1 + row.height
    texts = [
        "".join(f"{fold(word.text)} " for word in each.words if word.x0 < x1 and word.x1 > x0)
        for each in sheet.rows
        if 0 < row.middle - each.middle < _NEAR_LINES * row.height
    ]
    return " ".join(texts)


def below(sheet: Sheet, row: Row, words: Sequence[Word]) -> Iterator[Row]:
    """Rows right below some words, at most two and a half lines down, that reach under them."""
    x0, x1 = words[0].x0 - row.height, words[-1].x1 + row.height
    for each in sheet.rows:
        near = 0 < each.middle - row.middle < _NEAR_LINES * row.height
        if near and any(word.x0 < x1 and word.x1 > x0 for word in each.words):
            yield each
