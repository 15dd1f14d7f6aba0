"""A table of IVA beside or below the amounts of a foot: of each rate its base and its tax."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agente_negocio.invoices.reading.goods.cells import LEGAL_RATES
from agente_negocio.invoices.reading.layout.evidence import Amount
from agente_negocio.invoices.reading.layout.rows import Row, fold, row_of
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style, parse_amount

_RATE_TITLE = re.compile(r"alic\w*\.?|tasas?|%")
_BASE_TITLE = re.compile(r"netos?|base|gravado|monto")
_TAX_TITLE = re.compile(r"%?[il1|]\.?v\.?a\.?|impuesto|importe")
_TITLES = (_RATE_TITLE, _BASE_TITLE, _TAX_TITLE)
_BETWEEN = re.compile(r"de|del|imp\w*\.?|%|\|")
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,4})?) ?%")
_ROUNDED = Decimal("0.10")
"""What the sum of rounded rows may lie off: enough to tell a base from its tax, no proof of either."""
_REACH = 3.0
"""Row heights: how far figures stand beyond their titles, and rows of a table apart."""
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Titles:
    """Where the titles of such a table stand. low: the last row known to belong to it."""

    x0: float
    x1: float
    low: float


@dataclass(frozen=True, slots=True)
class Taxed:
    """A row of the table: its rate, its base, its tax, and what the paper prints beside them."""

    rate: Decimal
    base: Amount
    tax: Amount
    beside: Row | None


def titles_of(row: Row) -> Titles | None:
    """The titles of a rate, its base and its tax that stand side by side in a row, if it has them."""
    for run in _runs(row.words):
        named = [fold(word.text) for word in run]
        if all(any(title.fullmatch(each) for each in named) for title in _TITLES):
            return Titles(run[0].x0, run[-1].x1, row.middle)
    return None


def _runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Neighbouring words that may be titles."""
    run: list[Word] = []
    for word in words:
        if any(each.fullmatch(fold(word.text)) for each in (*_TITLES, _BETWEEN)):
            run.append(word)
        else:
            yield run
            run = []
    yield run


def reaches(titles: Titles, row: Row) -> bool:
    """Whether a row follows closely on what is known of the table."""
    return 0 < row.middle - titles.low < _REACH * row.height


def taxed_row(titles: Titles, row: Row, found: Sequence[Amount], style: Style) -> Taxed | None:
    """A rate, its base and its tax side by side under the titles; None where they do not multiply.

    found: the amounts of the row.
    """
    margin = _REACH * row.height
    tokens = [
        (words, value)
        for words, value in sorted(_tokens(row, found, style), key=lambda each: each[0][0].x0)
        if titles.x0 - margin <= words[0].x0 and words[-1].x1 <= titles.x1 + margin
    ]
    for three in zip(tokens, tokens[1:], tokens[2:], strict=False):
        for words, rate in three:
            others = [value for its, value in three if its is not words and isinstance(value, Amount)]
            legal = rate.value if isinstance(rate, Amount) else rate
            pair = base_and_tax(others, legal) if legal in LEGAL_RATES else None
            if pair is not None:
                used = {id(word) for its, _ in three for word in its}
                rest = [word for word in row.words if id(word) not in used]
                return Taxed(legal, *pair, row_of(row.page, rest) if rest else None)
    return None


def _tokens(
    row: Row, found: Sequence[Amount], style: Style
) -> Iterator[tuple[tuple[Word, ...], Amount | Decimal]]:
    """Words and value of every amount and of every percentage of a row."""
    yield from ((each.words, each) for each in found)
    for percentage in _PERCENT.finditer(row.folded):
        rate = parse_amount(percentage[1], style)
        if rate is not None:
            yield row.words_at(*percentage.span()), rate


def base_and_tax(amounts: Sequence[Amount], rate: Decimal) -> tuple[Amount, Amount] | None:
    """Which of two amounts is the base and which its tax, where one is the rate of the other."""
    if len(amounts) != 2 or not rate:  # noqa: PLR2004  base and tax
        return None
    tax, base = sorted(amounts, key=lambda each: abs(each.value))
    return None if abs(base.value * rate / _HUNDRED - tax.value) > _ROUNDED else (base, tax)
