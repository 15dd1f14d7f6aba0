"""A line-printer paper: 96 characters of Courier per line, dashes for rules."""

from decimal import Decimal
from textwrap import wrap

from scripts.demo.papers import numbers
from scripts.demo.papers.habits import QuantityStyle
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.extras import count_text, reception_text
from scripts.demo.papers.layouts.foot import (
    Wording,
    draw_authorization,
    foot_rows,
    notices,
    total_text,
    transparency_lines,
)
from scripts.demo.papers.layouts.grid import Grid
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Page, Pages, turn_pages
from scripts.demo.papers.layouts.sheet import Sheet
from scripts.demo.papers.layouts.table import paginate
from scripts.demo.papers.paper import Line, Paper
from scripts.demo.papers.traits import FontFamily, NumberStyle

COLUMNS = 96
SIZE = 9.6
PITCH = 10.6
DESCRIPTION_WIDTH = 34
ROWS_PER_PAGE = 30
_CARRY_ROWS = 2
_WORDING = Wording(
    rows="SUBTOTAL",
    discount="BONIFICACION",
    net="NETO GRAVADO",
    untaxed="NO GRAVADO",
    iva="IVA",
    total="TOTAL",
)


def _pages(paper: Paper) -> Pages:
    return paginate(paper.lines, lambda line: len(_description(line)), ROWS_PER_PAGE - _CARRY_ROWS)


def _draw(sheet: Sheet, paper: Paper) -> None:
    for page in turn_pages(sheet, paper, _pages(paper), family=FontFamily.COURIER):
        grid = Grid(COLUMNS)
        _write_header(grid, page)
        _write_rows(grid, page)
        if page.is_last:
            _write_foot(grid, page)
        grid.draw(sheet, (20, 34), SIZE, PITCH)
        draw_authorization(page, 752)


def _write_header(grid: Grid, page: Page) -> None:
    paper, issuer, receiver = page.paper, page.paper.issuer, page.paper.receiver
    title = f"{paper.kind.title.upper()} '{paper.letter}'"
    grid.pair(
        (issuer.fantasy_name or issuer.name).upper(), f"HOJA {page.number:02d}/{page.count:02d}", is_bold=True
    )
    grid.pair(issuer.name.upper(), title, is_bold=True)
    grid.pair(issuer.address.upper(), f"Codigo {numbers.article_code(paper)}")
    grid.pair(f"IVA: {str(issuer.iva_condition).upper()}", f"Nro: {numbers.fiscal_number(paper)}")
    grid.pair(
        f"CUIT Nro: {page.cuit(issuer)}   IB: {issuer.gross_income}", f"Fecha: {page.day(paper.issued_on)}"
    )
    copy = page.copy if paper.traits.copies > 1 else ""
    grid.pair(f"Inicio de actividades: {page.day(issuer.started_on)}", copy)
    grid.rule("=")
    grid.pair(f"SR.(ES): {receiver.name.upper()}", f"CTA: {paper.number % 8999 + 1000}")
    grid.write(f"DOMIC. : {receiver.address.upper()}")
    grid.pair(f"IVA    : {str(receiver.iva_condition).upper()}", f"CUIT: {page.cuit(receiver)}")
    grid.write(f"COND.  : {paper.sale_condition.upper()}")
    grid.rule("=")
    rate = "%IVA" if paper.is_net else ""
    grid.write(_row("CODIGO", "DESCRIPCION", "CANTIDAD", "PRECIO", "%BON", rate, "IMPORTE"))
    grid.rule()


def _write_rows(grid: Grid, page: Page) -> None:
    cells = Cells(page.paper)
    start = len(grid.lines)
    is_usual = page.paper.traits.habits.quantities is QuantityStyle.USUAL
    _write_carry(grid, page, *page.carry_in())
    for line in page.lines:
        first, *others = _description(line)
        grid.write(
            _row(
                line.code,
                first,
                cells.quantity_in_cents(line) if is_usual else cells.quantity(line),
                cells.price(line),
                cells.first_discount_or_zero(line),
                cells.iva_rate(line) if page.paper.is_net else "",
                cells.subtotal(line),
            )
        )
        for text in others:
            grid.write(f"{'':9}{text}")
    _write_carry(grid, page, *page.carry_out())
    for _ in range(ROWS_PER_PAGE - (len(grid.lines) - start)):
        grid.write()
    grid.rule()


def _write_carry(grid: Grid, page: Page, label: str, amount: Decimal | None) -> None:
    if label:
        grid.pair(f"{'':9}{label.upper()}", "" if amount is None else page.money(amount))


def _write_foot(grid: Grid, page: Page) -> None:
    rows = [
        f"{row.label.upper():<26.25}{row.percentage and row.percentage + '%':>8}{page.money(row.amount):>18}"
        for row in foot_rows(page.paper, _WORDING)
    ]
    notes = [part for text in _notes(page) for part in wrap(text, 42)]
    for index in range(max(len(rows), len(notes))):
        note = notes[index] if index < len(notes) else ""
        grid.write(f"{note:<44}{rows[index] if index < len(rows) else ''}".rstrip())
    grid.write(f"{'':44}{'=' * 52}")
    total = f"{_WORDING.total} {page.mark}"
    grid.write(f"{'':44}{total:<26}{total_text(page.paper):>26}", is_bold=True)


def _notes(page: Page) -> list[str]:
    own = [text for text in (count_text(page, ""), reception_text(page)) if text]
    return notices(page.paper) + transparency_lines(page.paper) + own


def _description(line: Line) -> list[str]:
    return wrap(line.description.upper(), DESCRIPTION_WIDTH) or [""]


def _row(*cells: str) -> str:
    code, description, quantity, price, bonus, rate, total = cells
    return (
        f"{code[:8]:<8} {description:<{DESCRIPTION_WIDTH}} {quantity:>9} {price:>12} "
        f"{bonus:>6} {rate:>6} {total:>15}"
    )


LAYOUT = Layout(
    "monospaced",
    _draw,
    _pages,
    kinds={1: 80, 6: 20, 3: 8, 2: 3, 8: 3, 7: 2},
    prints=frozenset({"code", "iva_rate"}),
    habits=frozenset({"nets"}),
    max_discounts=1,
    quantity_decimals=2,
    numbers=(NumberStyle.PLAIN, NumberStyle.DOTTED, NumberStyle.SPACED),
)
