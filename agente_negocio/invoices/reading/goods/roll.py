"""Lines of a till roll put together: which quantity belongs to which name and amount."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from agente_negocio.invoices.reading.goods.foot_words import says_more
from agente_negocio.invoices.reading.layout.rows import Place, Row, Sheet

_NUMBER = r"[\dOoIl][\dOoIl.,]*(?: ?[.,] ?\d+)?"
_PRICE_NUMBER = r"(?:[\dOoIl][\dOoIl.,]* ?[.,] ?\d{2,4}|0(?!\d))"
_AMOUNT_BEHIND = rf"\s*(?:=?\s*)?(-?{_NUMBER})?(?:\s[a-z])?\W*$"
_TIMES = (
    re.compile(
        rf"^(?:[a-z]\s)?\W{{0,2}}({_NUMBER})\s*([a-z]{{1,5}}\.?)?\s*[x*×]\s*\$?\s*({_PRICE_NUMBER}){_AMOUNT_BEHIND}"
    ),
    re.compile(
        rf"^\W{{0,2}}cant\w*\W{{1,3}}({_NUMBER})\s*([a-z]{{1,5}}\.?)?\s+"
        rf"p(?:\.|recio)? ?u(?:\.|nit\w*\.?)?\W{{1,4}}({_PRICE_NUMBER}){_AMOUNT_BEHIND}"
    ),
)
_AMOUNT = re.compile(r"(-?\$? ?-?\d[\d.]*(?:,\d{3})* ?[.,] ?\d{2}-?)(?:\s[a-z])?\W*$", re.IGNORECASE)
"""An amount at the end of a line, dirt at the edge of the paper left aside."""
RATE = re.compile(r"[(\[{]\s*(\d{1,2}(?:[.,] ?\d{1,2})?|ex\w*)\s*%?\s*[)\]}]", re.IGNORECASE)
"""The rate of IVA behind the name of what was sold."""
_END = re.compile(r"sub ?-?tot|\btotal\b|neto|alicuota|recib|transparencia|percep|\bcae\b|otros tributos")
_TAX = re.compile(r"\biva\b|\bi\.v\.a|\bperc\b|\biibb\b|ingresos brutos|imp\w*\.? ?int|redondeo")
"""What a foot may begin with where no sum is printed first."""
_DISCOUNT = re.compile(r"^\W*(?:dto|desc(?:uent\w*)?|bonif(?:ic\w*)?|ajustes?|recargos?)\b")
_HEADING = re.compile(r"cantidad ?/ ?precio|descripci\w+.*(?:importe|%? ?iva)|^\W*cant\w*\W+descrip")
_RULE = re.compile(r"^[\W_]*$")
_EDGE_SLACK = 2.5
_CLOSE_LINES = 1.5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the goods. times: its quantity and price; amount: what it comes to, at the right edge.

    is_off: whether it takes off, or adds, instead of selling.
    """

    row: Row
    times: re.Match[str] | None
    amount: re.Match[str] | None
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """The lines of one item from top to bottom. sold: the line with the amount, timed: with the quantity.

    is_torn: whether a quantity beside it belongs to nobody. gaps: where its quantity may have been lost.
    is_reduced: whether a line below it takes off before more is sold.
    """

    lines: tuple[Line, ...]
    sold: Line
    timed: Line | None = None
    is_torn: bool = False
    gaps: tuple[Place, ...] = ()
    is_reduced: bool = False


@dataclass(frozen=True, slots=True)
class Roll:
    """The goods of a roll between the line before them and the line after them."""

    before: Row | None
    lines: tuple[Line, ...]
    after: Row | None
    pitch: float


def times_of(row: Row) -> re.Match[str] | None:
    """A quantity, its unit, the price and sometimes the amount, as the groups 1 to 4 of the folded line."""
    return next((found for pattern in _TIMES if (found := pattern.match(row.folded))), None)


def goods_of(sheet: Sheet) -> Roll:
    """The lines between the heading and the subtotal."""
    start = _start(sheet)
    edge = _amount_edge(sheet)
    lines: list[Line] = []
    after: Row | None = None
    for row in sheet.rows[start:]:
        line = Line(row, times_of(row), _amount(row, edge))
        if _ends(line, lines):
            after = row
            break
        if not _RULE.match(row.text):
            lines.append(replace(line, is_off=_is_off(line, lines)))
    lines, foot = _without_general(lines)
    return Roll(
        before=sheet.rows[start - 1] if start else None,
        lines=tuple(lines),
        after=foot[0].row if foot else after,
        pitch=median([low.middle - high.middle for high, low in pairwise(sheet.rows[start:])] or [0.0]),
    )


def _ends(line: Line, above: Sequence[Line]) -> bool:
    """Whether a line speaks of sums or taxes.

    What shows a rate of IVA behind its name is sold, and so is what stands below a quantity that has no name.
    """
    if line.times is not None:
        return False
    text = line.row.folded
    if _wants_name(above) and (line.amount is None or RATE.search(text)) and says_more(text):
        return False
    return _END.search(text) is not None or (_TAX.search(text) is not None and not RATE.search(text))


def _wants_name(lines: Sequence[Line]) -> bool:
    """Whether the last quantity, of a roll that prints each above its name, has no amount below it yet."""
    if not lines or not _is_quantity(lines[0]):
        return False
    return next((_is_quantity(line) for line in reversed(lines) if line.times or line.amount), False)


def _is_off(line: Line, above: Sequence[Line]) -> bool:
    """A discount or surcharge.

    Below a quantity or before a rate of IVA its word begins a name, unless it takes something off.
    """
    if not _DISCOUNT.match(line.row.folded) or not any(each.amount for each in above):
        return False
    if line.amount is not None and "-" in line.amount[1]:
        return True
    return not RATE.search(line.row.folded) and above[-1].amount is not None


def _without_general(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The goods, and the discounts below the last of them: those are of the foot."""
    sold = [at for at, line in enumerate(lines) if line.times or (line.amount and not line.is_off)]
    last = max(sold, default=-1)
    end = next((at for at, line in enumerate(lines) if at > last and line.is_off), len(lines))
    # A line without an amount above something sold is the beginning of its name.
    goods = [replace(line, is_off=line.is_off and line.amount is not None) for line in lines[:end]]
    return goods, list(lines[end:])


def _amount_edge(sheet: Sheet) -> float:
    """Where the amounts of the roll end: the right edge of what ends in cents."""
    edges = [_right_edge(row, found) for row in sheet.rows if (found := _AMOUNT.search(row.text))]
    return max(edges, default=sheet.width)


def _right_edge(row: Row, amount: re.Match[str]) -> float:
    return row.words_at(*amount.span(1))[-1].x1


def _amount(row: Row, edge: float) -> re.Match[str] | None:
    """The amount at the right edge; a size at the end of a name stands further left."""
    found = _AMOUNT.search(row.text)
    return found if found and _right_edge(row, found) > edge - _EDGE_SLACK * row.height else None


def _start(sheet: Sheet) -> int:
    """First row after the heading; without one, the first "quantity x price"."""
    headings = [index for index, row in enumerate(sheet.rows) if _HEADING.search(row.folded)]
    if headings:
        return headings[-1] + 1
    return next((index for index, row in enumerate(sheet.rows) if times_of(row)), len(sheet.rows))


def _is_quantity(line: Line) -> bool:
    """A line of quantity and price alone."""
    return line.times is not None and line.times[4] is None


def paired_above(roll: Roll) -> list[Sale]:
    """Each quantity with the next amount below it."""
    sales: list[Sale] = []
    above: list[Line] = []
    torn, last = False, roll.before
    for line in roll.lines:
        if line.is_off:
            sales, last = _reduced(sales), line.row
        elif _is_quantity(line):
            torn |= any(map(_is_quantity, above))
            above = [line]
        elif line.amount is None:
            above.append(line)
        else:
            lines = (*above, line)
            timed = next((each for each in lines if each.times), None)
            rows = [each for each in (last, *(each.row for each in lines)) if each]
            sales.append(Sale(lines, line, timed, torn, _gaps(rows, roll.pitch)))
            above, torn, last = [], False, line.row
    return _ending(sales, torn=torn or any(map(_is_quantity, above)))


def paired_below(roll: Roll) -> list[Sale]:
    """Each quantity with the amount right above it."""
    sales: list[Sale] = []
    names: list[Line] = []
    torn = False
    following = [*(line.row for line in roll.lines[1:]), roll.after]
    # A page without goods has no line at all, and nothing follows it.
    for line, low in zip(roll.lines, following, strict=False):
        if line.is_off:
            sales = _reduced(sales)
        elif line.amount is not None and not _is_quantity(line):
            lines = (*names, line)
            timed = next((each for each in lines if each.times), None)
            rows = [row for row in (line.row, low) if row]
            sales.append(Sale(lines, line, timed, torn, _gaps(rows, roll.pitch)))
            names, torn = [], False
        elif not _is_quantity(line):
            names.append(line)
        elif sales and sales[-1].timed is None and not names:
            sales[-1] = replace(sales[-1], lines=(*sales[-1].lines, line), timed=line)
        else:
            torn = True
    return _ending(sales, torn=torn)


def _ending(sales: list[Sale], *, torn: bool) -> list[Sale]:
    """A quantity after the last item may have been the last item's."""
    return [*sales[:-1], replace(sales[-1], is_torn=True)] if sales and torn else sales


def _reduced(sales: list[Sale]) -> list[Sale]:
    """Something is taken off between two sales: of the one above, perhaps."""
    return [*sales[:-1], replace(sales[-1], is_reduced=True)] if sales else sales


def _gaps(rows: Sequence[Row], pitch: float) -> tuple[Place, ...]:
    """Rooms between rows, wide enough for a line that was not read."""
    return tuple(
        Place(low.page, min(high.x0, low.x0), high.y1, max(high.x1, low.x1), low.y0)
        for high, low in pairwise(rows)
        if low.middle - high.middle >= _CLOSE_LINES * pitch
    )
