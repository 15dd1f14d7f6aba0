"""A hardware store's paper: description before code, no rules at all, often in dollars."""

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
from scripts.demo.papers.paper import Paper
from scripts.demo.papers.traits import NumberStyle

LEFT, RIGHT = 40.0, 560.0
HEADING = 236.0
SIZE = 8.5
_WORDING = Wording(
    rows="Suma",
    discount="Descuento",
    net="Neto",
    untaxed="No gravado",
    exempt="Exento",
    iva="IVA",
    internal="Impuestos internos",
    total="Importe total",
)


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    columns = [
        ("Detalle", 200.0, Align.LEFT, cells.description),
        ("Cód. art.", 54.0, Align.LEFT, cells.code),
        ("U.M.", 52.0, Align.LEFT, cells.unit),
        ("Cantidad", 48.0, Align.RIGHT, cells.quantity),
        ("Precio", 66.0, Align.RIGHT, cells.price),
        ("Desc. %", 38.0, Align.RIGHT, cells.discount(0)),
        ("Total", 62.0, Align.RIGHT, cells.subtotal),
    ]
    return columns_from(LEFT, with_own_column(paper, columns))


def _draw_head(page: Page) -> None:
    """Issuer in the middle, above the title; everything centred or in one line."""
    sheet, faces, paper, issuer = page.sheet, page.faces, page.paper, page.paper.issuer
    middle = sheet.width / 2
    name = issuer.fantasy_name or issuer.name
    sheet.center(middle, 50, name, faces.bold(22).fitting(name, 430))
    sheet.center(middle, 64, f"{issuer.name}  ·  {issuer.address}", faces.regular(8))
    started = page.day(issuer.started_on)
    identity = f"CUIT {page.cuit(issuer)}  ·  IIBB {issuer.gross_income}  ·  Inicio act. {started}"
    sheet.center(middle, 76, identity, faces.regular(8))
    sheet.center(middle, 88, str(issuer.iva_condition), faces.regular(8))
    sheet.titled(LEFT, 122, f"{paper.kind.title} {paper.letter}", faces.bold(16), 270)
    sheet.left(LEFT, 134, f"Cód. {numbers.article_code(paper)}   {page.copy}", faces.regular(7.5))
    sheet.right(RIGHT, 112, f"Número {numbers.fiscal_number(paper)}", faces.bold(11))
    sheet.right(RIGHT, 126, page.day(paper.issued_on), faces.regular(11))
    sheet.right(RIGHT, 138, f"hoja {page.number} / {page.count}", faces.regular(7.5))
    _draw_receiver(page)
    draw_heading(sheet, _columns(paper), HEADING, faces.bold(SIZE))


def _draw_receiver(page: Page) -> None:
    sheet, faces, paper, receiver = page.sheet, page.faces, page.paper, page.paper.receiver
    sheet.left(LEFT, 156, f"Para: {receiver.name}", faces.bold(10))
    sheet.left(LEFT, 169, f"{receiver.address}", faces.regular(8.5))
    sheet.left(LEFT, 182, f"CUIT {page.cuit(receiver)} - {receiver.iva_condition}", faces.regular(8.5))
    sheet.right(RIGHT, 182, f"Forma de pago: {paper.sale_condition}", faces.regular(8.5))
    draw_notices(page, LEFT, 195, 515, 7.5)


def _draw_foot(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    draw_sums(page, _WORDING, SumsBox(LEFT, 230, 652, 742, size=9, pitch=12.5))
    draw_transparency(page, 260, 652)
    draw_iva_table(page, 260, 652)
    sheet.left(260, 686, count_text(page, ""), faces.regular(8))
    sheet.left(260, 732, reception_text(page), faces.regular(8))
    sheet.left(260, 700, f"{_WORDING.total} {page.mark}", faces.bold(13))
    sheet.right(RIGHT, 700, total_text(paper), faces.bold(15))
    sheet.left(260, 716, "Los precios no incluyen entrega. Cambios dentro de los 10 días.", faces.italic(7))


def _draw_end(page: Page) -> None:
    paper, faces = page.paper, page.faces
    draw_qr(page, LEFT, 752, 74)
    draw_itf(page, 320, 790, 240)
    due = page.day(paper.authorization_due)
    text = f"CAE {paper.authorization_code or ''}   Vence {due}"
    page.sheet.right(RIGHT, 775, text, faces.regular(9))


_FORM = Form(
    columns=_columns,
    top=HEADING + 16,
    bottom=632,
    size=SIZE,
    gap=2.5,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
)

LAYOUT = Layout(
    "hardware",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 60, 6: 25, 11: 10, 2: 4, 3: 6, 7: 2, 8: 3, 12: 2, 13: 2, 51: 4, 53: 2},
    prints=frozenset({"code", "unit"}),
    habits=PLACED_HABITS,
    max_discounts=1,
    price_decimals=(2, 3, 4),
    numbers=(
        NumberStyle.SPACED,
        NumberStyle.SPACED,
        NumberStyle.SPACED_POINT,
        NumberStyle.SPACED_POINT,
        NumberStyle.DOTTED,
    ),
    foreign_share=0.3,
    goods="hardware",
)
