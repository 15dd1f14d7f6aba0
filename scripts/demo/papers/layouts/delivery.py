"""A delivery note: remito R with its CAI, or a plain X; usually without prices."""

from scripts.demo.papers import numbers
from scripts.demo.papers.kinds import INTERNAL_REMITO
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.foot import draw_itf, total_text
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Form, Page
from scripts.demo.papers.layouts.table import Align, Column, columns_from, draw_heading
from scripts.demo.papers.paper import ZERO, Paper

LEFT, RIGHT = 30.0, 565.0
TABLE_TOP, TABLE_BOTTOM = 226.0, 640.0
SIZE = 8.5


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    columns = [
        ("CANT.", 52.0, Align.RIGHT, cells.quantity),
        ("UNIDAD", 62.0, Align.LEFT, cells.unit),
        ("CÓDIGO", 58.0, Align.LEFT, cells.code),
        ("DETALLE DE LA MERCADERÍA", 205.0 if paper.has_prices else 363.0, Align.LEFT, cells.description),
        ("P. UNIT.", 72.0, Align.RIGHT, cells.price),
        ("IMPORTE", 86.0, Align.RIGHT, cells.subtotal),
    ]
    return columns_from(LEFT, columns if paper.has_prices else columns[:4])


def _draw_head(page: Page) -> None:
    _draw_issuer(page)
    _draw_receiver(page)
    sheet, columns = page.sheet, _columns(page.paper)
    sheet.box(LEFT, TABLE_TOP, RIGHT, TABLE_BOTTOM)
    sheet.line(LEFT, TABLE_TOP + 16, RIGHT, TABLE_TOP + 16)
    draw_heading(sheet, columns, TABLE_TOP + 11, page.faces.bold(7.5))
    for column in columns[1:]:
        sheet.line(column.x0, TABLE_TOP, column.x0, TABLE_BOTTOM, weight=0.4)


def _draw_issuer(page: Page) -> None:
    sheet, faces, paper, issuer = page.sheet, page.faces, page.paper, page.paper.issuer
    sheet.rounded(LEFT, 26, RIGHT, 140)
    sheet.box(276, 26, 320, 70, weight=1)
    sheet.center(298, 52, paper.letter, faces.bold(26))
    if paper.type_code != INTERNAL_REMITO:
        sheet.center(298, 65, f"CÓDIGO Nº {numbers.article_code(paper)}", faces.regular(5.5))
    sheet.center(298, 80, "DOCUMENTO NO VÁLIDO", faces.bold(6))
    sheet.center(298, 88, "COMO FACTURA", faces.bold(6))
    name = issuer.fantasy_name or issuer.name
    sheet.center(150, 56, name, faces.bold(17).fitting(name, 230))
    sheet.center(150, 74, issuer.name, faces.regular(8.5))
    sheet.center(150, 87, issuer.address, faces.regular(7.5))
    sheet.center(150, 130, str(issuer.iva_condition).upper(), faces.bold(8))
    sheet.left(345, 50, paper.kind.title, faces.bold(18))
    sheet.right(RIGHT - 8, 40, page.copy, faces.regular(7.5))
    sheet.left(345, 70, f"Nº {numbers.fiscal_number(paper)}", faces.bold(12))
    sheet.labelled(345, 88, "FECHA", page.day(paper.issued_on), faces.label(10))
    sheet.left(345, 106, f"C.U.I.T.: {page.cuit(issuer)}", faces.regular(8))
    sheet.left(345, 118, f"ING. BRUTOS: {issuer.gross_income}", faces.regular(8))
    sheet.left(345, 130, f"INICIO ACTIV.: {page.day(issuer.started_on)}", faces.regular(8))


def _draw_receiver(page: Page) -> None:
    sheet, paper, receiver = page.sheet, page.paper, page.paper.receiver
    label = page.faces.label(8.5)
    sheet.rounded(LEFT, 146, RIGHT, 218)
    sheet.labelled(38, 162, "Señor(es):", receiver.name, label)
    sheet.labelled(38, 177, "Domicilio:", receiver.address, label)
    sheet.labelled(38, 192, "I.V.A.:", receiver.iva_condition, label)
    sheet.labelled(345, 192, "C.U.I.T.:", page.cuit(receiver), label)
    sheet.labelled(38, 208, "Condición de venta:", paper.sale_condition, label)
    order = f"{paper.number % 9000 + 1000}"
    sheet.labelled(345, 208, "Orden de compra:", order, label)


def _draw_foot(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    packs = sum((line.quantity for line in paper.lines), ZERO)
    sheet.left(LEFT, 655, f"Cantidad de bultos: {page.quantity(packs)}", faces.regular(8.5))
    if paper.has_prices:
        sheet.left(380, 655, f"VALOR DECLARADO {page.mark}", faces.bold(9))
        sheet.right(RIGHT - 3, 655, total_text(paper), faces.bold(9))
    sheet.box(LEFT, 664, RIGHT, 716)
    sheet.left(38, 677, "TRANSPORTISTA:  Expreso La Unión", faces.regular(8))
    sheet.left(38, 691, f"Domicilio: Ruta 8 Km {paper.number % 90 + 20}", faces.regular(8))
    sheet.left(38, 705, f"Patente: AB {paper.number % 900 + 100} CD", faces.regular(8))
    sheet.line(345, 700, 545, 700, weight=0.4)
    sheet.center(445, 711, "Recibí conforme - Firma y aclaración", faces.regular(7))


def _draw_end(page: Page) -> None:
    paper, faces = page.paper, page.faces
    page.sheet.left(LEFT, 735, f"Hoja {page.number} de {page.count}", faces.regular(7.5))
    if paper.authorization_code:
        draw_itf(page, LEFT, 752, 240)
        due = page.day(paper.authorization_due)
        page.sheet.right(RIGHT, 760, f"C.A.I. Nº {paper.authorization_code}", faces.bold(10))
        page.sheet.right(RIGHT, 774, f"Fecha de Vto.: {due}", faces.bold(10))
        page.sheet.right(
            RIGHT, 788, "Imprenta El Tipo - Hab. 5123 - del 00000001 al 00050000", faces.regular(6)
        )


_FORM = Form(
    columns=_columns,
    top=TABLE_TOP + 28,
    bottom=TABLE_BOTTOM,
    size=SIZE,
    gap=4,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
)

LAYOUT = Layout(
    "delivery",
    _FORM.draw,
    _FORM.pages,
    kinds={91: 60, INTERNAL_REMITO: 40},
    prints=frozenset({"code", "unit"}),
    price_decimals=(2,),
    has_general_discount=False,
    foreign_share=0,
)
