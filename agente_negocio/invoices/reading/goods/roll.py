"""Lines of a till roll put together: which quantity belongs to which name and amount."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from agente_negocio.invoices.reading.layout.rows import Place, Row, Sheet

_NUMBER = r"[\dOoIl][\dOoIl.,]*(?: ?[.,] ?\d+)?"
_PRICE_NUMBER = r"[\dOoIl][\dOoIl.,]* ?[.,] ?\d{2,4}"
TIMES = re.compile(
    rf"^(?:[a-z]\s)?\W{{0,2}}({_NUMBER})\s*([a-z]{{1,5}}\.?)?\s*[x*×]\s*\$?\s*({_PRICE_NUMBER})\s*(?:=?\s*)?(-?{_NUMBER})?(?:\s[a-z])?\W*$"
)
"""A quantity, its unit, the price and sometimes the amount."""
_AMOUNT = re.compile(r"(-?\$? ?-?\d[\d.]*(?:,\d{3})* ?[.,] ?\d{2}-?)(?:\s[a-z])?\W*$", re.IGNORECASE)
"""An amount at the end of a line, dirt at the edge of the paper left aside."""
_END = re.compile(r"sub ?-?tot|\btotal\b|neto|alicuota|recib|transparencia|percep|\bcae\b|otros tributos")
_DISCOUNT = re.compile(r"^\W*(?:dto|desc|bonif|ajuste|recargo)")
_HEADING = re.compile(r"cantidad ?/ ?precio|descripci\w+.*(?:importe|%? ?iva)|^\W*cant\w*\W+descrip")
_RULE = re.compile(r"^[\W_]*$")
_EDGE_SLACK = 2.5
_CLOSE_LINES = 1.5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the goods. times: its quantity and price; amount: what it comes to, at the right edge."""

    row: Row
    times: re.Match[str] | None
    amount: re.Match[str] | None


@dataclass(frozen=True, slots=True)
class Sale:
    """The lines of one item from top to bottom. sold: the line with the amount, timed: with the quantity.

    is_torn: whether a quantity beside it belongs to nobody. gaps: where its quantity may have been lost.
    """

    lines: tuple[Line, ...]
    sold: Line
    timed: Line | None = None
    is_torn: bool = False
    gaps: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Roll:
    """The goods of a roll between the line before them and the line after them."""

    before: Row | None
    lines: tuple[Line, ...]
    after: Row | None
    pitch: float


def goods_of(sheet: Sheet) -> Roll:
    """The lines between the heading and the subtotal."""
    start = _start(sheet)
    edge = _amount_edge(sheet)
    lines: list[Line] = []
    after: Row | None = None
    for row in sheet.rows[start:]:
        line = Line(row, TIMES.match(row.folded), _amount(row, edge))
        if _ends(line, lines):
            after = row
            break
        if not _RULE.match(row.text):
            lines.append(line)
    return Roll(
        before=sheet.rows[start - 1] if start else None,
        lines=tuple(lines),
        after=after,
        pitch=median([low.middle - high.middle for high, low in pairwise(sheet.rows[start:])] or [0.0]),
    )


def _ends(line: Line, lines: Sequence[Line]) -> bool:
    """A general discount belongs to the foot, and so does everything after it.

    Below a quantity such a word begins a name, unless it takes something off.
    """
    if _END.search(line.row.folded) and line.times is None:
        return True
    if not _DISCOUNT.match(line.row.folded) or not any(each.amount for each in lines):
        return False
    return lines[-1].amount is not None or (line.amount is not None and "-" in line.amount[1])


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
    return next((index for index, row in enumerate(sheet.rows) if TIMES.match(row.folded)), len(sheet.rows))


def _is_quantity(line: Line) -> bool:
    """A line of quantity and price alone."""
    return line.times is not None and line.times[4] is None


def paired_above(roll: Roll) -> list[Sale]:
    """Each quantity with the next amount below it."""
    sales: list[Sale] = []
    above: list[Line] = []
    torn, last = False, roll.before
    for line in roll.lines:
        if _is_quantity(line):
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
        if line.amount is not None and not _is_quantity(line):
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


def _gaps(rows: Sequence[Row], pitch: float) -> tuple[Place, ...]:
    """Rooms between rows, wide enough for a line that was not read."""
    return tuple(
        Place(low.page, min(high.x0, low.x0), high.y1, max(high.x1, low.x1), low.y0)
        for high, low in pairwise(rows)
        if low.middle - high.middle >= _CLOSE_LINES * pitch
    )
