"""Held out: nobody who tunes a reader looks at this file or its papers.

An A4 page with the authorisation on top, sums side by side and the receiver at the bottom.
"""

from decimal import Decimal
from math import ceil

from scripts.demo.papers import numbers
from scripts.demo.papers.kinds import CREDIT_INVOICE_TYPES
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.foot import (
    Wording,
    draw_itf,
    draw_notices,
    draw_qr,
    draw_transparency,
    foot_rows,
    notices,
    total_text,
)
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Form, Page
from scripts.demo.papers.layouts.sheet import wrap
from scripts.demo.papers.layouts.table import Align, Column, columns_from, draw_heading
from scripts.demo.papers.paper import HUNDRED, Line, Paper
from scripts.demo.papers.traits import FontFamily

LEFT, RIGHT = 22.0, 573.0
HEADING = 214.0
SIZE = 8.2
BOXES_PER_STRIP = 7
_STRIP_TOP, _STRIP_PITCH, _BOX_HEIGHT, _BOX_GAP = 622.0, 35.0, 31.0, 3.0
_WIDEST_BOX = 110.0
_RECEIVER_TOP = 732.0
_PREFIXES = {"factura": "FA", "nota_debito": "ND", "nota_credito": "NC"}
_CREDIT_PREFIXES = {"factura": "FCE", "nota_debito": "NDE", "nota_credito": "NCE"}
_WORDING = Wording(
    rows="Total bruto",
    discount="Dto. comercial",
    net="Gravado",
    untaxed="No alcanzado",
    exempt="Exento de IVA",
    iva="IVA",
    internal="Imp. internos",
    total="Total",
)


def net_price(line: Line) -> Decimal:
    """The unit price after the discounts of its row, not rounded."""
    price = line.unit_price
    for rate in line.discounts:
        price *= 1 - rate / HUNDRED
    return price


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells, traits = Cells(paper), paper.traits

    def discounted_price(line: Line) -> str:
        return numbers.amount(net_price(line), traits.numbers, traits.price_decimals)

    columns = [
        ("Cód.", 46.0, Align.LEFT, cells.code),
        ("Detalle", 192.0 if paper.is_net else 229.0, Align.LEFT, cells.description),
        ("Cant.", 42.0, Align.RIGHT, cells.quantity),
        ("P. Unit.|s/IVA" if paper.is_net else "P. Unit.", 66.0, Align.RIGHT, cells.price),
        ("Alíc.", 37.0, Align.RIGHT, cells.iva_rate),
        ("Dto. %", 37.0, Align.RIGHT, cells.discount(0)),
        ("P. Unit.|c/Dto.", 62.0, Align.RIGHT, discounted_price),
        ("Neto" if paper.is_net else "Importe", 69.0, Align.RIGHT, cells.subtotal),
    ]
    return columns_from(LEFT, columns if paper.is_net else columns[:4] + columns[5:])


def _draw_head(page: Page) -> None:
    _draw_permit(page)
    _draw_title(page)
    _draw_issuer(page)
    _draw_terms(page)
    sheet = page.sheet
    sheet.fill(LEFT, HEADING - 18, RIGHT, HEADING + 4, 0.84)
    draw_heading(sheet, _columns(page.paper), HEADING - 1, page.faces.bold(8))


def _draw_permit(page: Page) -> None:
    """QR and CAE in the top left corner, the letter in the middle."""
    sheet, faces, paper = page.sheet, page.faces, page.paper
    draw_qr(page, LEFT, 18, 78)
    x = LEFT + 86 if paper.traits.has_qr else LEFT
    sheet.left(x, 32, "Comprobante autorizado por ARCA", faces.italic(8))
    sheet.left(x, 48, f"CAE {paper.authorization_code or ''}", faces.bold(10))
    sheet.left(x, 62, f"Vencimiento CAE {page.day(paper.authorization_due)}", faces.regular(9))
    sheet.left(x, 90, f"{page.copy} - Hoja {page.number} de {page.count}", faces.regular(8))
    sheet.box(277, 18, 318, 62, weight=1.2)
    sheet.center(297.5, 45, paper.letter, faces.bold(26))
    sheet.center(297.5, 58, f"COD. {numbers.article_code(paper)}", faces.regular(7))


def _draw_title(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    prefixes = _CREDIT_PREFIXES if paper.type_code in CREDIT_INVOICE_TYPES else _PREFIXES
    number = f"{paper.point_of_sale:05d}-{paper.number:08d}"
    title = paper.kind.title if paper.cbu else paper.kind.title.capitalize()
    sheet.titled(335, 42, title, faces.bold(19), RIGHT - 335)
    sheet.left(335, 60, f"{prefixes[paper.kind.kind]}-{paper.letter} {number}", faces.regular(13))


def _draw_issuer(page: Page) -> None:
    """Names at the left, numbers under the voucher's own."""
    sheet, faces, issuer = page.sheet, page.faces, page.paper.issuer
    name = issuer.fantasy_name or issuer.name
    sheet.fitted(LEFT, 122, name, faces.bold(18), 295)
    sheet.fitted(LEFT, 136, f"{issuer.name} - {issuer.address}", faces.italic(8.5), 295)
    sheet.left(335, 84, f"CUIT emisor {page.cuit(issuer)}", faces.regular(9))
    sheet.left(335, 97, f"IIBB {issuer.gross_income}", faces.regular(9))
    sheet.left(335, 110, str(issuer.iva_condition), faces.regular(9))
    sheet.left(335, 123, f"Inicio de act. {page.day(issuer.started_on)}", faces.regular(9))


def _draw_terms(page: Page) -> None:
    """Names above values, spread over the width."""
    sheet, faces, paper = page.sheet, page.faces, page.paper
    town = paper.issuer.address.rsplit(" - ", 1)[-1].split(",")[0]
    terms = (
        (140, "Lugar y fecha", f"{town}, {page.day(paper.issued_on)}"),
        (110, "Condición de venta", paper.sale_condition),
        (100, "Orden de compra", f"OC-{paper.number % 9000 + 1000}"),
        (120, "Remito", f"R {paper.point_of_sale:05d}-{paper.number % 10**7 + 5201:08d}"),
        (81, "Viajante", f"{paper.number % 23 + 1:02d}"),
    )
    sheet.line(LEFT, 150, RIGHT, 150, weight=0.5)
    x = LEFT
    for room, name, value in terms:
        sheet.left(x, 162, name, faces.bold(8))
        sheet.fitted(x, 176, value, faces.regular(9.5), room - 6)
        x += room


def _draw_band(page: Page, index: int, y0: float, y1: float) -> None:
    """Grey behind every other row."""
    if index % 2:
        page.sheet.fill(LEFT, y0, RIGHT, y1, 0.94)


def _draw_foot(page: Page) -> None:
    """Boxes side by side, a name above each amount, the total in the last one."""
    named = [
        (f"{row.label} {row.percentage}%" if row.percentage else row.label, page.money(row.amount))
        for row in foot_rows(page.paper, _WORDING)
    ]
    boxes = [*named, (f"{_WORDING.total} {page.mark}", total_text(page.paper))]
    strips = ceil(len(boxes) / BOXES_PER_STRIP)
    size = ceil(len(boxes) / strips)
    width = min(_WIDEST_BOX, (RIGHT - LEFT + _BOX_GAP) / size - _BOX_GAP)
    for index, texts in enumerate(boxes):
        row, place = divmod(index, size)
        after = min(size, len(boxes) - row * size) - place
        x = RIGHT + _BOX_GAP - after * (width + _BOX_GAP)
        corner = (x, _STRIP_TOP + row * _STRIP_PITCH)
        _draw_box(page, corner, width, texts, is_total=index == len(boxes) - 1)


def _draw_box(
    page: Page, corner: tuple[float, float], width: float, texts: tuple[str, str], *, is_total: bool
) -> None:
    """One amount and its name. corner: top left."""
    sheet, faces, (x, y), (name, amount) = page.sheet, page.faces, corner, texts
    if is_total:
        sheet.fill(x, y, x + width, y + _BOX_HEIGHT, 0.84)
    sheet.box(x, y, x + width, y + _BOX_HEIGHT, weight=0.4)
    label = faces.bold(8) if is_total else faces.regular(7)
    for index, text in enumerate(wrap(name, label, width - 6)):
        sheet.left(x + 3, y + 8 + index * 7.5, text, label)
    figure = faces.bold(11) if is_total else faces.regular(9.5)
    sheet.right(x + width - 3, y + _BOX_HEIGHT - 4, amount, figure.fitting(amount, width - 6))


def _draw_end(page: Page) -> None:
    """The receiver at the left, notices and what a B contains at the right of it."""
    sheet, faces, receiver = page.sheet, page.faces, page.paper.receiver
    sheet.line(LEFT, _RECEIVER_TOP, RIGHT, _RECEIVER_TOP, weight=0.5)
    sheet.left(LEFT, _RECEIVER_TOP + 12, "Adquirente", faces.bold(8.5))
    sheet.fitted(LEFT, _RECEIVER_TOP + 25, receiver.name, faces.bold(10), 250)
    sheet.fitted(LEFT, _RECEIVER_TOP + 37, receiver.address, faces.regular(8.5), 250)
    sheet.left(LEFT, _RECEIVER_TOP + 49, str(receiver.iva_condition), faces.regular(8.5))
    sheet.left(LEFT, _RECEIVER_TOP + 61, f"CUIT {page.cuit(receiver)}", faces.regular(8.5))
    draw_notices(page, 285, _RECEIVER_TOP + 12, RIGHT - 285, 8)
    draw_transparency(page, 285, _RECEIVER_TOP + 12 + len(notices(page.paper)) * 10)
    draw_itf(page, LEFT, 799, 240, 20)


_FORM = Form(
    columns=_columns,
    top=HEADING + 16,
    bottom=612,
    size=SIZE,
    gap=4.4,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
    draw_rule=_draw_band,
    family=FontFamily.TIMES,
)

LAYOUT = Layout(
    "unseen_three",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 62, 2: 3, 3: 7, 6: 20, 7: 2, 8: 3, 11: 5, 13: 2, 51: 3, 53: 2, 201: 4, 203: 2, 206: 2},
    prints=frozenset({"code", "iva_rate"}),
    max_discounts=1,
)
