"""Items of a till roll: a line "quantity x price", then a line with name, (rate) and amount."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import median

from agente_negocio.invoices.reading.goods.cells import arrange
from agente_negocio.invoices.reading.goods.columns import Role
from agente_negocio.invoices.reading.goods.items import Item, ItemTable
from agente_negocio.invoices.reading.goods.solver import Reading, cell_readings, solve_row
from agente_negocio.invoices.reading.goods.table import Token
from agente_negocio.invoices.reading.layout.rows import Place, Row, Sheet, place_of
from agente_negocio.invoices.reading.model import Word
from agente_negocio.invoices.reading.numbers import Style, parse_amount

_NUMBER = r"[\dOoIl][\dOoIl.,]*(?: ?[.,] ?\d+)?"
_PRICE_NUMBER = r"[\dOoIl][\dOoIl.,]* ?[.,] ?\d{2,4}"
_TIMES = re.compile(
    rf"^(?:[a-z]\s)?\W{{0,2}}({_NUMBER})\s*([a-z]{{1,5}}\.?)?\s*[x*×]\s*\$?\s*({_PRICE_NUMBER})\s*(?:=?\s*)?(-?{_NUMBER})?(?:\s[a-z])?\W*$"
)
_AMOUNT = re.compile(r"(-?\$? ?-?\d[\d.]*(?:,\d{3})* ?[.,] ?\d{2}-?)(?:\s[a-z])?\W*$", re.IGNORECASE)
"""An amount at the end of a line, dirt at the edge of the paper left aside."""
_RATE = re.compile(r"[(\[{]\s*(\d{1,2}(?:[.,] ?\d{1,2})?|ex\w*)\s*%?\s*[)\]}]")
_BASE_SHARE = re.compile(r"\[\s*\d{1,3}(?:[.,]\d{1,2})?\s*%?\s*\]?")
_END = re.compile(r"sub ?-?tot|\btotal\b|neto|alicuota|recib|transparencia|percep|\bcae\b|otros tributos")
_DISCOUNT = re.compile(r"^\W*(?:dto|desc|bonif|ajuste|recargo)")
_HEADING = re.compile(r"cantidad ?/ ?precio|descripci\w+.*(?:importe|%? ?iva)|^\W*cant\w*\W+descrip")
_EDGE_SLACK = 2.5
_CLOSE_LINES = 1.5
_COUNT, _PRICE, _SUM = 0, 1, 2
_ROLES = {_COUNT: Role.QUANTITY, _PRICE: Role.UNIT_PRICE, _SUM: Role.SUBTOTAL}
_RULE = re.compile(r"^[\W_]*$")


def looks_like_ticket(sheets: Sequence[Sheet]) -> bool:
    """Whether the items come as pairs of lines instead of columns."""
    return any(_TIMES.match(row.folded) for sheet in sheets for row in sheet.rows)


def read_ticket(sheets: Sequence[Sheet], style: Style, *, repair: bool) -> ItemTable:
    """Items between the heading and the subtotal."""
    table = ItemTable(found_heading=True)
    for sheet in sheets:
        _read_roll(table, sheet, style, repair=repair)
    return table


def _read_roll(table: ItemTable, sheet: Sheet, style: Style, *, repair: bool) -> None:
    above: list[Row] = []
    edge = _amount_edge(sheet)
    start = _start(sheet)
    before = sheet.rows[start - 1] if start else None
    pitch = _pitch(sheet.rows[start:])
    for row in sheet.rows[start:]:
        times = _TIMES.match(row.folded)
        amount = _amount(row, edge)
        ends = _END.search(row.folded) is not None and times is None
        # A general discount belongs to the foot, and so does everything after it; below a quantity such a
        # word begins a name.
        is_discount = _DISCOUNT.match(row.folded) is not None and table.items and not above
        if ends or is_discount:
            break
        if _RULE.match(row.text):
            continue
        table.rows.add(id(row))
        if times is not None and times[4] is None:
            above = [row]
        elif amount is not None:
            gaps = _gaps([each for each in (before, *above, row) if each], pitch) if repair else ()
            table.items.append(_item(sheet, [*above, row], style, repair=repair, gaps=gaps))
            above, before = [], row
        else:
            above.append(row)


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
    return next((index for index, row in enumerate(sheet.rows) if _TIMES.match(row.folded)), len(sheet.rows))


def _pitch(rows: Sequence[Row]) -> float:
    """Usual distance of the lines of a roll."""
    return median([low.middle - high.middle for high, low in pairwise(rows)] or [0.0])


def _gaps(rows: Sequence[Row], pitch: float) -> tuple[Place, ...]:
    """Rooms between rows, wide enough for a line that was not read."""
    return tuple(
        Place(low.page, min(high.x0, low.x0), high.y1, max(high.x1, low.x1), low.y0)
        for high, low in pairwise(rows)
        if low.middle - high.middle >= _CLOSE_LINES * pitch
    )


def _item(sheet: Sheet, rows: Sequence[Row], style: Style, *, repair: bool, gaps: tuple[Place, ...]) -> Item:
    """gaps: where a line of the item may have been lost."""
    timed = next(((row, found) for row in rows if (found := _TIMES.match(row.folded))), None)
    last = rows[-1]
    amount = _AMOUNT.search(last.text)
    assert amount is not None
    tokens = {_SUM: _token(last, amount.span(1))}
    cells = {_SUM: cell_readings(tokens[_SUM].text, style, decimals=2, repair=repair)}
    if timed is not None:
        row, found = timed
        tokens |= {_COUNT: _token(row, found.span(1)), _PRICE: _token(row, found.span(3))}
        for index in (_COUNT, _PRICE):
            cells[index] = cell_readings(tokens[index].text, style, decimals=4, repair=repair)
    else:
        # Without a line of its own the quantity is one and the price is the amount.
        cells |= {_COUNT: (Reading(Decimal(1), 0),), _PRICE: cells[_SUM]}
    cells = {index: readings for index, readings in cells.items() if readings}
    item = Item(
        sheet=sheet,
        words=[word for row in rows for word in row.words],
        roles=_ROLES,
        tokens=tokens,
        cells=cells,
        places={index: place_of(last.page, token.words) for index, token in tokens.items()},
        solution=solve_row(arrange(cells, _ROLES)),
        unit=timed[1][2] if timed else None,
        description=[_name(rows, amount.start(1))],
        iva_rate=_iva(last, style),
        printed=_printed(rows, amount.start(1)),
    )
    hides = timed is None and _hides_figures(item.description[0])
    item.gaps = () if timed is not None or hides else gaps
    _doubt(item, sure_of_one=not (hides or item.gaps))
    return item


def _doubt(item: Item, *, sure_of_one: bool) -> None:
    """sure_of_one: whether a quantity that is not printed can only be one."""
    if item.solution is None:
        item.doubts |= {"quantity", "unit_price", "subtotal"}
    elif item.solution.ambiguous or not sure_of_one:
        item.doubts |= {"quantity", "unit_price"}


def _hides_figures(name: str) -> bool:
    """Whether a quantity or a price may hide in what was taken for a name."""
    figures = re.findall(r"\d+[.,]\d{2,4}\b", name)
    return len(figures) > 1 or re.search(r"\d[.,]\d{3,4}\b|\d *[x*×] *\$?\d+[.,]\d", name.lower()) is not None


def _token(row: Row, span: tuple[int, int]) -> Token:
    return Token(re.sub(r"\s+", "", row.text[slice(*span)]), row.words_at(*span))


def _name(rows: Sequence[Row], end: int) -> str:
    """The words of an item without its figures."""
    texts = [row.text for row in rows[:-1] if not _TIMES.match(row.folded)] + [rows[-1].text[:end]]
    name = _BASE_SHARE.sub(" ", _RATE.sub(" ", " ".join(texts)))
    return re.sub(r"\s+", " ", name).strip()


def _printed(rows: Sequence[Row], end: int) -> dict[str, tuple[Word, ...]]:
    """The words of the name, and of the rate behind it."""
    last = rows[-1]
    rate = _RATE.search(last.folded)
    rates = last.words_at(*rate.span()) if rate else ()
    shares = [word for share in _BASE_SHARE.finditer(last.text) for word in last.words_at(*share.span())]
    above = [word for row in rows[:-1] if not _TIMES.match(row.folded) for word in row.words]
    names = [word for word in last.words_at(0, end) if word not in rates and word not in shares]
    return {"description": (*above, *names), "iva_rate": rates}


def _iva(row: Row, style: Style) -> Decimal | None:
    found = _RATE.search(row.folded)
    if found is None or found[1].startswith("ex"):
        return None
    rate = parse_amount(found[1].replace(" ", ""), style)
    return rate.normalize() + 0 if rate is not None else None
