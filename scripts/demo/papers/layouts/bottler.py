"""A bottler's paper: amounts before and after a discount in money, IVA and internal tax of every row."""

from scripts.demo.papers import numbers
from scripts.demo.papers.habits import PLACED_HABITS
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.extras import count_text, draw_iva_table, reception_text
from scripts.demo.papers.layouts.foot import (
    SumsBox,
    Wording,
    draw_itf,
    draw_notices,
    draw_qr,
    draw_sums,
    draw_transparency,
    total_text,
)
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Form, Page
from scripts.demo.papers.layouts.table import Align, Column, columns_from, draw_heading, with_own_column
from scripts.demo.papers.paper import ZERO, Paper

LEFT, RIGHT = 14.0, 581.0
TABLE_TOP, TABLE_BOTTOM = 212.0, 596.0
SIZE = 6.8
_WORDING = Wording(
    rows="SUBTOTAL",
    discount="DTO.GENERAL",
    net="IMP.NETO GRAVADO",
    untaxed="IMP.NO GRAVADO",
    exempt="IMP.EXENTO",
    iva="IVA INSC.",
    internal="IMP.INTERNOS",
    total="IMP.TOTAL",
)


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    columns = [
        ("CANTIDAD", 38.0, Align.RIGHT, cells.quantity),
        ("CODIGO", 38.0, Align.CENTER, cells.code),
        ("PRODUCTO", 133.0 if paper.is_net else 240.0, Align.LEFT, cells.description),
        ("P.UNITARIO", 50.0, Align.RIGHT, cells.price),
        ("PRECIO NETO" if paper.is_net else "IMPORTE", 54.0, Align.RIGHT, cells.gross),
        ("DESCUENTO", 49.0, Align.RIGHT, cells.discount_amount),
        ("SUBTOTAL", 54.0, Align.RIGHT, cells.subtotal),
        ("IVA 21%", 48.0, Align.RIGHT, cells.iva),
        ("I.INTERNOS", 46.0, Align.RIGHT, cells.internal_tax),
        ("SUB+TOTAL", 57.0, Align.RIGHT, cells.with_taxes),
    ]
    return columns_from(LEFT, with_own_column(paper, columns if paper.is_net else columns[:7]))


def _draw_head(page: Page) -> None:
    _draw_number(page)
    _draw_parties(page)
    sheet, columns = page.sheet, _columns(page.paper)
    draw_heading(sheet, columns, TABLE_TOP - 5, page.faces.bold(6.2))
    sheet.line(LEFT, TABLE_TOP - 14, RIGHT, TABLE_TOP - 14, weight=1)
    sheet.line(LEFT, TABLE_TOP - 1, RIGHT, TABLE_TOP - 1, weight=1)
    for column in columns[1:]:
        sheet.line(column.x0, TABLE_TOP - 14, column.x0, TABLE_BOTTOM, weight=0.3)
    sheet.line(LEFT, TABLE_BOTTOM, RIGHT, TABLE_BOTTOM, weight=1)


def _draw_number(page: Page) -> None:
    """A strip of cells, each with its name above its value."""
    sheet, faces, paper = page.sheet, page.faces, page.paper
    sheet.box(LEFT, 18, 60, 62, weight=1.4)
    sheet.center(37, 45, paper.letter, faces.bold(26))
    sheet.center(37, 57, f"CODIGO {numbers.article_code(paper)}", faces.regular(6))
    sheet.titled(72, 38, paper.kind.title, faces.bold(18), 240)
    sheet.left(72, 54, page.copy, faces.regular(8))
    cells = (
        (325, 100, "COMPROBANTE Nº", numbers.fiscal_number(paper)),
        (430, 50, "FECHA", page.day(paper.issued_on)),
        (485, 30, "RUTA", f"{paper.number % 300 + 1:04d}"),
        (520, 31, "CAMION", f"{paper.number % 60 + 1:03d}"),
        (556, 24, "HOJA", f"{page.number}/{page.count}"),
    )
    sheet.box(322, 18, RIGHT, 62)
    for x, room, name, value in cells:
        sheet.fitted(x, 30, name, faces.regular(5.8), room)
        sheet.fitted(x, 50, value, faces.bold(9.5), room)
        sheet.line(x - 3, 18, x - 3, 62, weight=0.4)


def _draw_parties(page: Page) -> None:
    """Issuer at the left, receiver at the right of it, without frames."""
    sheet, paper, issuer, receiver = page.sheet, page.paper, page.paper.issuer, page.paper.receiver
    bold, regular = page.faces.bold(8.5), page.faces.regular(7.5)
    lines = (
        (issuer.name, f"CLIENTE {paper.number % 899999 + 100000}"),
        (issuer.address, receiver.name),
        (f"C.U.I.T. {page.cuit(issuer)}", receiver.address),
        (f"ING.BRUTOS {issuer.gross_income}", f"C.U.I.T. {page.cuit(receiver)}"),
        (f"INICIO ACTIV. {page.day(issuer.started_on)}", str(receiver.iva_condition)),
        (str(issuer.iva_condition), f"COND.VTA. {paper.sale_condition.upper()}"),
    )
    for index, (left, right) in enumerate(lines):
        y = 82 + index * 12
        sheet.fitted(LEFT, y, left, bold if index == 0 else regular, 290)
        sheet.fitted(322, y, right, bold if index == 1 else regular, 258)
    sheet.line(312, 72, 312, 146, weight=0.4)
    draw_notices(page, LEFT, 162, 560, 7)


def _draw_foot(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    packs = sum((line.quantity for line in paper.lines), ZERO)
    sheet.left(LEFT, 610, count_text(page, f"TOTAL BULTOS {page.quantity(packs)}"), faces.bold(8))
    sheet.right(360, 610, reception_text(page), faces.regular(7))
    sheet.left(LEFT, 622, "ENVASES Y CAJONES SE RECIBEN EN BUEN ESTADO", faces.regular(6))
    draw_transparency(page, LEFT, 640, 7)
    draw_iva_table(page, LEFT, 645)
    draw_sums(page, _WORDING, SumsBox(370, RIGHT - 3, 610, 712, size=8, pitch=11))
    sheet.fill(366, 718, RIGHT, 736, 0.85)
    sheet.left(370, 731, f"{_WORDING.total} {page.mark}", faces.bold(11))
    sheet.right(RIGHT - 3, 731, total_text(paper), faces.bold(11))


def _draw_end(page: Page) -> None:
    paper = page.paper
    draw_qr(page, RIGHT - 78, 745, 78)
    draw_itf(page, 200, 775, 240)
    page.sheet.left(LEFT, 760, f"CAE Numero: {paper.authorization_code or ''}", page.faces.bold(9))
    page.sheet.left(LEFT, 773, f"Vencimiento CAE: {page.day(paper.authorization_due)}", page.faces.regular(8))


_FORM = Form(
    columns=_columns,
    top=TABLE_TOP + 9,
    bottom=TABLE_BOTTOM,
    size=SIZE,
    gap=3.2,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
)

LAYOUT = Layout(
    "bottler",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 70, 6: 20, 2: 4, 3: 8, 8: 3, 201: 6, 203: 2},
    prints=frozenset({"code", "internal_tax", "discount_amount"}),
    price_decimals=(2, 2, 4),
    habits=PLACED_HABITS,
    sells_by_pack=True,
    foreign_share=0,
    goods="drinks",
)
