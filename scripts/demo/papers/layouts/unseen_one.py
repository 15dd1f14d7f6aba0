"""Held out: nobody who tunes a reader looks at this file or its papers.

An A4 page with everything about the parties in a sidebar.
"""

from scripts.demo.papers import numbers
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.foot import (
    SumsBox,
    Wording,
    draw_itf,
    draw_qr,
    draw_sums,
    notices,
    total_text,
    transparency_lines,
)
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Form, Page
from scripts.demo.papers.layouts.sheet import LINE_PITCH, wrap
from scripts.demo.papers.layouts.table import Align, Column, columns_from, draw_heading
from scripts.demo.papers.paper import Paper

_SIDE_LEFT, _SIDE_RIGHT, _SIDE_ROOM = 12.0, 142.0, 118.0
LEFT, RIGHT = 152.0, 583.0
HEADING = 126.0
SIZE = 7.4
_WORDING = Wording(
    rows="Importe bruto",
    discount="Menos bonificación",
    net="Base imponible",
    untaxed="Importe no gravado",
    exempt="Operaciones exentas",
    iva="Impuesto al valor agregado",
    internal="Impuestos internos",
    total="Importe a pagar",
)


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    columns = [
        ("Concepto", 146.0 if paper.is_net else 174.0, Align.LEFT, cells.description),
        ("Ref.", 38.0, Align.CENTER, cells.code),
        ("Unidades", 40.0, Align.RIGHT, cells.quantity),
        ("Valor|unitario", 60.0, Align.RIGHT, cells.price),
        ("Bonif.|1 %", 29.0, Align.RIGHT, cells.discount(0)),
        ("Bonif.|2 %", 29.0, Align.RIGHT, cells.discount(1)),
        ("Alíc.|IVA", 28.0, Align.CENTER, cells.iva_rate),
        ("Importe|sin IVA" if paper.is_net else "Importe|final", 61.0, Align.RIGHT, cells.subtotal),
    ]
    return columns_from(LEFT, columns if paper.is_net else columns[:6] + columns[7:])


def _draw_head(page: Page) -> None:
    _draw_sidebar(page)
    sheet, faces, paper = page.sheet, page.faces, page.paper
    title = paper.kind.title
    sheet.titled(LEFT, 46, title if paper.cbu else title.capitalize(), faces.bold(19), 220)
    sheet.left(LEFT, 62, f"Nro. {numbers.fiscal_number(paper)}", faces.regular(12))
    sheet.box(RIGHT - 46, 24, RIGHT, 68, weight=1)
    sheet.center(RIGHT - 23, 52, paper.letter, faces.bold(27))
    sheet.center(RIGHT - 23, 64, f"Cód. {numbers.article_code(paper)}", faces.regular(6.5))
    sheet.right(RIGHT - 56, 40, f"Emisión: {page.day(paper.issued_on)}", faces.regular(9))
    sheet.right(
        RIGHT - 56, 54, f"{page.copy.capitalize()} - pág. {page.number} de {page.count}", faces.regular(7)
    )
    for index, text in enumerate(notices(paper)):
        sheet.fitted(LEFT, 78 + index * 8.5, text, faces.italic(7.5), RIGHT - LEFT)
    draw_heading(sheet, _columns(paper), HEADING, faces.bold(7))
    sheet.line(LEFT, HEADING + 4, RIGHT, HEADING + 4, weight=1.4)


def _draw_sidebar(page: Page) -> None:
    """Issuer, receiver and conditions below one another on grey."""
    sheet, paper, issuer, receiver = page.sheet, page.paper, page.paper.issuer, page.paper.receiver
    sheet.fill(0, 0, _SIDE_RIGHT, sheet.height, 0.92)
    y = _draw_block(page, 34, "", (issuer.fantasy_name or issuer.name,), 14)
    y = _draw_block(
        page,
        y + 2,
        "",
        (
            issuer.name,
            issuer.address,
            f"CUIT {page.cuit(issuer)}",
            f"Ingresos Brutos {issuer.gross_income}",
            str(issuer.iva_condition),
            f"Inicio de actividades {page.day(issuer.started_on)}",
        ),
    )
    y = _draw_block(
        page,
        y + 22,
        "Facturado a",
        (receiver.name, receiver.address, f"CUIT {page.cuit(receiver)}", str(receiver.iva_condition)),
    )
    y = _draw_block(page, y + 18, "Condiciones de pago", (paper.sale_condition,))
    _draw_block(page, y + 18, "Representante", (f"Nro. {paper.number % 40 + 1}",))


def _draw_block(page: Page, y: float, title: str, texts: tuple[str, ...], size: float = 8) -> float:
    """A title and texts wrapped to the sidebar; returns the next baseline."""
    sheet = page.sheet
    if title:
        sheet.left(_SIDE_LEFT, y, title, page.faces.bold(8.5))
        sheet.line(_SIDE_LEFT, y + 3, _SIDE_RIGHT - 12, y + 3, weight=0.5)
        y += 14
    face = page.faces.regular(size) if size < 10 else page.faces.bold(size)  # noqa: PLR2004  print of texts
    for text in texts:
        for part in wrap(text, face, _SIDE_ROOM):
            sheet.left(_SIDE_LEFT, y, part, face)
            y += size * LINE_PITCH + 1
    return y


def _draw_foot(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    sheet.line(LEFT, 648, RIGHT, 648, weight=1.4)
    draw_sums(page, _WORDING, SumsBox(350, RIGHT - 2.5, 661, 756, size=8.2, pitch=11.5))
    sheet.fill(344, 764, RIGHT, 786, 0.1)
    label, amount = f"{_WORDING.total} {page.mark}", total_text(paper)
    sheet.white_on_black(398, 779, label, faces.bold(9.5))
    face = faces.bold(12)
    sheet.white_on_black(RIGHT - 6 - face.width(amount) / 2, 779, amount, face)
    y = 662.0
    for text in transparency_lines(paper):
        for part in wrap(text, faces.regular(7), 180):
            sheet.left(LEFT, y, part, faces.regular(7))
            y += 9


def _draw_end(page: Page) -> None:
    paper, faces, sheet = page.paper, page.faces, page.sheet
    draw_qr(page, 31, 640, 80)
    sheet.left(_SIDE_LEFT, 742, "Código de Autorización", faces.bold(7.5))
    sheet.left(_SIDE_LEFT, 753, f"CAE {paper.authorization_code or ''}", faces.regular(8.5))
    sheet.left(_SIDE_LEFT, 766, f"Válido hasta {page.day(paper.authorization_due)}", faces.regular(8.5))
    draw_itf(page, LEFT + 170, 796, 240, 22)


_FORM = Form(
    columns=_columns,
    top=HEADING + 17,
    bottom=642,
    size=SIZE,
    gap=5.5,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
)

LAYOUT = Layout(
    "unseen_one",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 65, 6: 20, 2: 3, 3: 7, 8: 3, 51: 3, 201: 4, 203: 2},
    prints=frozenset({"code", "iva_rate"}),
    max_discounts=2,
)
