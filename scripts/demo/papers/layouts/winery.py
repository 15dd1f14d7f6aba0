"""A winery's paper: four discounts, codes of internal tax, taxes in a strip with values below their names."""

from scripts.demo.papers import numbers
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.extras import count_text, reception_text
from scripts.demo.papers.layouts.foot import (
    Wording,
    draw_itf,
    draw_notices,
    draw_qr,
    draw_transparency,
    foot_rows,
    total_text,
)
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Form, Page
from scripts.demo.papers.layouts.sheet import MILLIMETRE
from scripts.demo.papers.layouts.table import Align, Column, columns_from, draw_heading, with_own_column
from scripts.demo.papers.paper import ZERO, Line, Paper

LEFT, RIGHT = 25.0, 570.0
HEADING = 222.0
SIZE = 7.6
CELLS_PER_STRIP = 6
_STRIP_TOP, _STRIP_HEIGHT = 612.0, 31.0
_WORDING = Wording(
    rows="Total Items",
    discount="Bonif. Gral.",
    net="Neto Gravado",
    untaxed="No Gravado",
    exempt="Exento",
    iva="IVA",
    internal="Imp. Internos",
    total="TOTAL",
)


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)

    def internal_code(line: Line) -> str:
        return numbers.rate(line.internal_rate, paper.traits.numbers) if line.internal_rate else "-"

    columns = [
        ("Art.", 46.0, Align.LEFT, cells.code),
        ("Descripción del producto", 168.0, Align.LEFT, cells.description),
        ("Cajas", 34.0, Align.RIGHT, cells.quantity),
        ("Precio Lista", 66.0, Align.RIGHT, cells.price),
        ("%Dto1", 32.0, Align.RIGHT, cells.discount(0)),
        ("%Dto2", 32.0, Align.RIGHT, cells.discount(1)),
        ("%Dto3", 32.0, Align.RIGHT, cells.discount(2)),
        ("%Dto4", 32.0, Align.RIGHT, cells.discount(3)),
        ("%I.I.", 30.0, Align.RIGHT, internal_code),
        ("Neto" if paper.is_net else "Importe", 73.0, Align.RIGHT, cells.subtotal),
    ]
    return columns_from(LEFT, with_own_column(paper, columns))


def _draw_head(page: Page) -> None:
    _draw_issuer(page)
    _draw_receiver(page)
    sheet = page.sheet
    draw_heading(sheet, _columns(page.paper), HEADING, page.faces.bold(SIZE))
    sheet.line(LEFT, HEADING + 4, RIGHT, HEADING + 4, weight=0.5)
    sheet.line(LEFT, HEADING - 10, RIGHT, HEADING - 10, weight=0.5)


def _draw_issuer(page: Page) -> None:
    sheet, faces, paper, issuer = page.sheet, page.faces, page.paper, page.paper.issuer
    sheet.line(LEFT, 20, RIGHT, 20, weight=2)
    name = issuer.fantasy_name or issuer.name
    sheet.right(RIGHT, 46, name, faces.italic(20).fitting(name, 240))
    sheet.right(RIGHT, 60, issuer.name, faces.regular(8))
    sheet.right(RIGHT, 71, issuer.address, faces.regular(8))
    sheet.right(RIGHT, 82, f"CUIT: {page.cuit(issuer)}  Ing. Brutos: {issuer.gross_income}", faces.regular(8))
    started = page.day(issuer.started_on)
    sheet.right(RIGHT, 93, f"{issuer.iva_condition} - Inicio de actividades: {started}", faces.regular(8))
    sheet.titled(LEFT, 46, paper.kind.title, faces.bold(16), 215)
    sheet.left(LEFT, 62, numbers.fiscal_number(paper), faces.bold(13))
    sheet.labelled(LEFT, 78, "Fecha de emisión", page.day(paper.issued_on), faces.label(9))
    sheet.left(LEFT, 92, f"{page.copy} - Hoja {page.number} de {page.count}", faces.regular(7.5))
    sheet.box(262, 26, 300, 64, weight=1)
    sheet.center(281, 51, paper.letter, faces.bold(24))
    sheet.center(281, 61, f"COD. {numbers.article_code(paper)}", faces.regular(6))


def _draw_receiver(page: Page) -> None:
    sheet, faces, paper, receiver = page.sheet, page.faces, page.paper, page.paper.receiver
    sheet.fill(LEFT, 104, RIGHT, 118, 0.9)
    sheet.left(LEFT + 4, 114, "DESTINATARIO", faces.bold(8))
    sheet.left(300, 114, "ENTREGA", faces.bold(8))
    sheet.left(LEFT + 4, 131, receiver.name, faces.bold(9))
    sheet.left(LEFT + 4, 144, receiver.address, faces.regular(8))
    sheet.left(LEFT + 4, 157, f"CUIT: {page.cuit(receiver)}", faces.regular(8))
    sheet.left(LEFT + 4, 170, str(receiver.iva_condition), faces.regular(8))
    sheet.left(300, 131, receiver.address, faces.regular(8))
    sheet.left(300, 144, f"Condición: {paper.sale_condition}", faces.regular(8))
    sheet.left(300, 157, f"Pedido {paper.number % 900000 + 100000}", faces.regular(8))
    draw_notices(page, LEFT + 4, 182, 535, 7)


def _draw_foot(page: Page) -> None:
    """Strips of six cells: names in the upper row, amounts in the lower one; the total in the last cell."""
    rows = foot_rows(page.paper, _WORDING)
    named = [(f"{row.label} {row.percentage}%" if row.percentage else row.label, row.amount) for row in rows]
    cells = [(name, page.money(amount)) for name, amount in named]
    strips = [cells[start : start + CELLS_PER_STRIP] for start in range(0, len(cells), CELLS_PER_STRIP)]
    for index, strip in enumerate(strips):
        _draw_strip(page, _STRIP_TOP + index * _STRIP_HEIGHT, strip)
    y = _STRIP_TOP + len(strips) * _STRIP_HEIGHT
    page.sheet.box(RIGHT - 185, y + 3, RIGHT, y + 25, weight=1.2)
    page.sheet.left(RIGHT - 179, y + 18, f"{_WORDING.total} {page.mark}", page.faces.bold(11))
    page.sheet.right(RIGHT - 5, y + 18, total_text(page.paper), page.faces.bold(12))
    boxes = sum((line.quantity for line in page.paper.lines), ZERO)
    face = page.faces.regular(8)
    text = count_text(page, f"Cajas: {page.quantity(boxes)}")
    page.sheet.fitted(LEFT, y + 13, text, face, 66 if page.paper.contains_iva else 200)
    page.sheet.right(RIGHT - 5, y + 36, reception_text(page), page.faces.regular(7.5))
    draw_transparency(page, LEFT + 70, y + 13, 7)


def _draw_strip(page: Page, y: float, cells: list[tuple[str, str]]) -> None:
    sheet, faces = page.sheet, page.faces
    width = (RIGHT - LEFT) / CELLS_PER_STRIP
    sheet.box(LEFT, y, LEFT + width * len(cells), y + _STRIP_HEIGHT - 3, weight=0.6)
    sheet.line(LEFT, y + 12, LEFT + width * len(cells), y + 12, weight=0.4)
    for index, (name, amount) in enumerate(cells):
        middle = LEFT + width * (index + 0.5)
        sheet.center(middle, y + 9, name, faces.regular(7).fitting(name, width - 4))
        sheet.center(middle, y + 24, amount, faces.regular(8.5).fitting(amount, width - 6))
        if index:
            sheet.line(LEFT + width * index, y, LEFT + width * index, y + _STRIP_HEIGHT - 3, weight=0.4)


def _draw_end(page: Page) -> None:
    paper, faces = page.paper, page.faces
    draw_qr(page, RIGHT - 28 * MILLIMETRE, 748, 28 * MILLIMETRE)
    draw_itf(page, LEFT, 758, 240)
    text = (
        f"C.A.E. Nº: {paper.authorization_code or ''}  Fecha Vto. C.A.E.: {page.day(paper.authorization_due)}"
    )
    page.sheet.left(LEFT, 808, text, faces.bold(9))


_FORM = Form(
    columns=_columns,
    top=HEADING + 15,
    bottom=604,
    size=SIZE,
    gap=5,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
)

LAYOUT = Layout(
    "winery",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 60, 6: 15, 2: 4, 3: 6, 201: 10, 202: 3, 203: 3, 206: 4, 208: 2},
    prints=frozenset({"code"}),
    max_discounts=4,
    price_decimals=(2, 2, 3),
    habits=frozenset({"own_column", "nets"}),
    sells_by_pack=True,
    goods="wines",
)
