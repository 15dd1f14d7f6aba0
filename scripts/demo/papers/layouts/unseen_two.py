"""Held out: nobody who tunes a reader looks at this file or its papers.

Half a page across, from a dot-matrix printer.
"""

from decimal import Decimal
from textwrap import wrap

from scripts.demo.papers import numbers
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.foot import (
    Wording,
    draw_qr,
    foot_rows,
    notices,
    total_text,
    transparency_lines,
)
from scripts.demo.papers.layouts.grid import COURIER_ADVANCE, Grid
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Page, Pages, turn_pages
from scripts.demo.papers.layouts.sheet import Face, Sheet
from scripts.demo.papers.layouts.table import paginate
from scripts.demo.papers.paper import Line, Paper
from scripts.demo.papers.traits import FontFamily, NumberStyle

PAGE_SIZE = (595.0, 420.0)
COLUMNS = 112
_MARGIN = 20.0
SIZE = (PAGE_SIZE[0] - 2 * _MARGIN) / (COLUMNS * COURIER_ADVANCE)
PITCH = 9.1
DESCRIPTION_WIDTH = 44
ROWS_PER_PAGE = 16
_CARRY_ROWS = 2
_SUMS_COLUMN = 62
_WORDING = Wording(
    rows="IMPORTE",
    discount="DESCUENTO",
    net="NETO",
    untaxed="NO GRAV.",
    exempt="EXENTO",
    iva="IVA INSCRIPTO",
    internal="IMP.INT.",
    total="TOTAL FACTURA",
)


def _pages(paper: Paper) -> Pages:
    return paginate(paper.lines, lambda line: len(_description(line)), ROWS_PER_PAGE - _CARRY_ROWS)


def _draw(sheet: Sheet, paper: Paper) -> None:
    for page in turn_pages(sheet, paper, _pages(paper), family=FontFamily.COURIER, size=PAGE_SIZE):
        grid = Grid(COLUMNS)
        _write_header(grid, page)
        _write_rows(grid, page)
        _write_foot(grid, page)
        grid.draw(sheet, (_MARGIN, 24), SIZE, PITCH)
        draw_qr(page, _MARGIN, PAGE_SIZE[1] - 96, 84)
        permit = f"CAE {paper.authorization_code or ''}  VTO {page.day(paper.authorization_due)}"
        sheet.right(PAGE_SIZE[0] - _MARGIN, PAGE_SIZE[1] - 14, permit, Face("Courier-Bold", SIZE))


def _write_header(grid: Grid, page: Page) -> None:
    paper, issuer, receiver = page.paper, page.paper.issuer, page.paper.receiver
    title = f"{paper.kind.title.upper()} {paper.letter} (COD.{numbers.article_code(paper)})"
    grid.pair(issuer.name.upper(), title, is_bold=True)
    grid.pair(issuer.address.upper(), f"NRO {numbers.fiscal_number(paper)}")
    identity = f"CUIT {page.cuit(issuer)} ING.BR. {issuer.gross_income} INIC.{page.day(issuer.started_on)}"
    grid.pair(identity, f"FECHA {page.day(paper.issued_on)}   HJ {page.number}/{page.count}")
    copy = page.copy if paper.traits.copies > 1 else ""
    grid.pair(str(issuer.iva_condition).upper(), copy)
    grid.write()
    grid.pair(f"CLIENTE {receiver.name.upper()}", f"CUIT {page.cuit(receiver)}")
    grid.pair(receiver.address.upper(), str(receiver.iva_condition).upper())
    grid.pair(f"PAGO {paper.sale_condition.upper()}", f"VEND {paper.number % 30 + 1:02d}")
    grid.rule("_")
    grid.write(
        _row("CANT", "ARTIC.", "DESCRIPCION", "P.UNIT", "DTO%", "AL.%" if paper.is_net else "", "NETO")
    )


def _write_rows(grid: Grid, page: Page) -> None:
    cells, start = Cells(page.paper), len(grid.lines)
    _write_carry(grid, page, *page.carry_in())
    for line in page.lines:
        first, *others = _description(line)
        rate = cells.iva_rate(line) if page.paper.is_net else ""
        grid.write(
            _row(
                cells.quantity(line),
                line.code,
                first,
                cells.price(line),
                cells.discount(0)(line),
                rate,
                cells.subtotal(line),
            )
        )
        for text in others:
            grid.write(f"{'':19}{text}")
    _write_carry(grid, page, *page.carry_out())
    for _ in range(ROWS_PER_PAGE - (len(grid.lines) - start)):
        grid.write()
    grid.rule("_")


def _write_carry(grid: Grid, page: Page, label: str, amount: Decimal | None) -> None:
    if label:
        grid.pair(f"{'':19}{label.upper()}", "" if amount is None else page.money(amount))


def _write_foot(grid: Grid, page: Page) -> None:
    """Notes in the middle, beside the QR; sums at the right."""
    if not page.is_last:
        return
    rows = [
        f"{row.label.upper():<22.21}{row.percentage:>8}{page.money(row.amount):>20}"
        for row in foot_rows(page.paper, _WORDING)
    ]
    total = f"{_WORDING.total} {page.mark}"
    rows.append(f"{total:<24}{total_text(page.paper):>26}")
    notes = [part for text in notices(page.paper) + transparency_lines(page.paper) for part in wrap(text, 38)]
    for index in range(max(len(rows), len(notes))):
        note = notes[index] if index < len(notes) else ""
        text = rows[index] if index < len(rows) else ""
        grid.write(f"{'':22}{note:<{_SUMS_COLUMN - 22}}{text}".rstrip(), is_bold=index == len(rows) - 1)


def _description(line: Line) -> list[str]:
    return wrap(line.description.upper(), DESCRIPTION_WIDTH) or [""]


def _row(*cells: str) -> str:
    quantity, code, description, price, discount, rate, total = cells
    return (
        f"{quantity:>9} {code:<8} {description:<{DESCRIPTION_WIDTH}} {price:>14} "
        f"{discount:>7} {rate:>6} {total:>18}"
    )


LAYOUT = Layout(
    "unseen_two",
    _draw,
    _pages,
    kinds={1: 65, 6: 25, 2: 3, 3: 7, 7: 2, 8: 3},
    prints=frozenset({"code", "iva_rate"}),
    max_discounts=1,
    max_perceptions=3,
    price_decimals=(2, 2, 3),
    numbers=(NumberStyle.DOTTED, NumberStyle.PLAIN, NumberStyle.ENGLISH, NumberStyle.SPACED),
)
