"""A drinks company's paper: packs, list price, three discounts in cascade, internal tax per row."""

from scripts.demo.papers import numbers
from scripts.demo.papers.habits import PLACED_HABITS
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.extras import count_text, draw_iva_table, reception_text
from scripts.demo.papers.layouts.foot import (
    SumsBox,
    Wording,
    draw_authorization,
    draw_notices,
    draw_sums,
    draw_transparency,
    total_text,
)
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Form, Page
from scripts.demo.papers.layouts.table import (
    Align,
    Band,
    Column,
    columns_from,
    draw_heading_on,
    with_own_column,
)
from scripts.demo.papers.paper import ZERO, Paper

LEFT, RIGHT = 16.0, 579.0
TABLE_TOP, TABLE_BOTTOM = 190.0, 610.0
SIZE = 7.0
_WORDING = Wording(
    rows="TOTAL BRUTO",
    discount="BONIF. GENERAL",
    net="NETO GRAVADO",
    untaxed="NO GRAVADO",
    exempt="NETO EXENTO",
    iva="IVA",
    internal="I.INTERNOS",
    total="IMP.TOTAL",
)


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    columns = [
        ("CODIGO", 42.0, Align.LEFT, cells.code),
        ("PRODUCTO", 150.0 if paper.is_net else 232.0, Align.LEFT, cells.description),
        ("BULTOS", 36.0, Align.RIGHT, cells.quantity),
        ("S/CARGO", 36.0, Align.RIGHT, cells.bonus_quantity),
        ("P.LISTA", 58.0, Align.RIGHT, cells.price),
        ("%DTO1", 31.0, Align.RIGHT, cells.discount(0)),
        ("%DTO2", 31.0, Align.RIGHT, cells.discount(1)),
        ("%DTO3", 31.0, Align.RIGHT, cells.discount(2)),
        ("SUBTOTAL", 66.0, Align.RIGHT, cells.subtotal),
        ("I.INT.", 50.0, Align.RIGHT, cells.internal_tax),
        ("%IVA", 32.0, Align.RIGHT, cells.iva_rate),
    ]
    return columns_from(LEFT, with_own_column(paper, columns if paper.is_net else columns[:-2]))


def _draw_head(page: Page) -> None:
    _draw_issuer(page)
    _draw_receiver(page)
    sheet = page.sheet
    band = Band(LEFT, 174, RIGHT, TABLE_TOP, page.tint(0.88))
    draw_heading_on(sheet, band, _columns(page.paper), TABLE_TOP - 5, page.faces.bold(SIZE))
    sheet.line(LEFT, TABLE_TOP, RIGHT, TABLE_TOP, weight=0.9)
    sheet.line(LEFT, TABLE_BOTTOM, RIGHT, TABLE_BOTTOM, weight=0.9)


def _draw_issuer(page: Page) -> None:
    sheet, faces, paper, issuer = page.sheet, page.faces, page.paper, page.paper.issuer
    sheet.fill(LEFT, 20, 270, 56, 0.15)
    name = issuer.fantasy_name or issuer.name
    sheet.white_on_black(143, 45, name, faces.bold(15).fitting(name, 240))
    sheet.left(LEFT, 70, issuer.name, faces.bold(8.5))
    sheet.left(LEFT, 81, issuer.address, faces.regular(7.5))
    sheet.left(
        LEFT, 92, f"C.U.I.T. {page.cuit(issuer)}  ING.BRUTOS {issuer.gross_income}", faces.regular(7.5)
    )
    started = page.day(issuer.started_on)
    sheet.left(LEFT, 103, f"{str(issuer.iva_condition).upper()}  INIC.ACT. {started}", faces.regular(7.5))
    sheet.box(279, 20, 317, 60, weight=1.2)
    sheet.center(298, 46, paper.letter, faces.bold(24))
    sheet.center(298, 56, f"COD. {numbers.article_code(paper)}", faces.regular(6.5))
    sheet.rounded(330, 20, RIGHT, 106)
    sheet.titled(340, 40, paper.kind.title, faces.bold(15), 190)
    sheet.right(570, 40, f"HOJA {page.number}/{page.count}", faces.regular(7.5))
    if paper.traits.copies > 1:
        sheet.right(570, 52, page.copy, faces.regular(7))
    sheet.left(340, 60, f"Nº {numbers.fiscal_number(paper)}", faces.bold(12))
    sheet.left(340, 77, f"FECHA {page.day(paper.issued_on)}", faces.bold(9.5))
    reference = f"PEDIDO {paper.number % 900000 + 100000}   REPARTO {paper.number % 40 + 1}"
    sheet.left(340, 93, reference, faces.regular(7.5))


def _draw_receiver(page: Page) -> None:
    sheet, faces, paper, receiver = page.sheet, page.faces, page.paper, page.paper.receiver
    sheet.rounded(LEFT, 112, RIGHT, 166)
    sheet.left(24, 126, f"CLIENTE: {paper.number % 89999 + 10000} - {receiver.name}", faces.bold(8.5))
    sheet.left(24, 139, f"DOMICILIO: {receiver.address}", faces.regular(8))
    condition = str(receiver.iva_condition).upper()
    sheet.left(24, 152, f"CUIT: {page.cuit(receiver)}   {condition}", faces.regular(8))
    sheet.left(340, 152, f"COND. PAGO: {paper.sale_condition.upper()}", faces.regular(8))


def _draw_rule(page: Page, index: int, y0: float, y1: float) -> None:
    if index % 2:
        page.sheet.fill(LEFT, y0 + 1, RIGHT, y1 + 1, 0.95)


def _draw_foot(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    sheet.box(330, 615, RIGHT, 738, weight=0.9)
    draw_notices(page, 24, 656, 295)
    draw_transparency(page, 24, 697)
    draw_iva_table(page, 24, 704)
    packs = sum((line.quantity + line.bonus_quantity for line in paper.lines), ZERO)
    sheet.left(24, 628, count_text(page, f"BULTOS ENTREGADOS {page.quantity(packs)}"), faces.regular(8))
    sheet.right(324, 628, reception_text(page), faces.regular(7))
    sheet.left(24, 640, "ENVASES RETORNABLES: SE FACTURAN POR SEPARADO", faces.regular(6.5))
    draw_sums(page, _WORDING, SumsBox(338, 572, 628, 715, size=8, pitch=11))
    sheet.line(330, 719, RIGHT, 719, weight=0.9)
    sheet.left(338, 732, f"{_WORDING.total} {page.mark}", faces.bold(10.5))
    sheet.right(572, 732, total_text(paper), faces.bold(10.5))


def _draw_end(page: Page) -> None:
    draw_authorization(page, 745)


_FORM = Form(
    columns=_columns,
    top=TABLE_TOP + 12,
    bottom=TABLE_BOTTOM,
    size=SIZE,
    gap=4,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
    draw_rule=_draw_rule,
)

LAYOUT = Layout(
    "beverage",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 80, 6: 20, 3: 10, 2: 4, 201: 4},
    prints=frozenset({"code", "iva_rate", "bonus_quantity", "internal_tax"}),
    max_discounts=3,
    price_decimals=(2,),
    habits=PLACED_HABITS,
    sells_by_pack=True,
    foreign_share=0,
    goods="drinks",
)
