"""The official "Comprobantes en línea" paper of ARCA: A, B and C, three copies.

Positions were measured on genuine files (points from the top left corner).
"""

from collections.abc import Callable
from decimal import Decimal

from scripts.demo.papers import numbers
from scripts.demo.papers.adding import Totals, add_up, printed_total
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.foot import draw_itf, draw_qr, notices, transparency_lines
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Form, Page, Pages
from scripts.demo.papers.layouts.sheet import Faces, Sheet
from scripts.demo.papers.layouts.table import Align, Column
from scripts.demo.papers.paper import ZERO, Line, Paper
from scripts.demo.papers.traits import DateStyle, FontFamily, NumberStyle

IVA_RATES = (Decimal(27), Decimal(21), Decimal("10.5"), Decimal(5), Decimal("2.5"), ZERO)
_FACES = Faces(FontFamily.HELVETICA)
_GREY = 0.8


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    if paper.is_net:
        return (
            Column(("Código",), 15, 55, Align.LEFT, cells.code),
            Column(("Producto / Servicio",), 55, 230, Align.LEFT, cells.description),
            Column(("Cantidad",), 230, 283, Align.RIGHT, cells.quantity_in_cents),
            Column(("U. medida",), 283, 322, Align.CENTER, cells.unit),
            Column(("Precio Unit.",), 322, 387, Align.RIGHT, cells.price),
            Column(("% Bonif",), 387, 416, Align.RIGHT, cells.first_discount_or_zero),
            Column(("Subtotal",), 416, 481, Align.RIGHT, cells.subtotal),
            Column(("Alicuota", "IVA"), 481, 515, Align.CENTER, _rate_label),
            Column(("Subtotal c/IVA",), 515, 581, Align.RIGHT, cells.with_iva),
        )
    return (
        Column(("Código",), 15, 55, Align.LEFT, cells.code),
        Column(("Producto / Servicio",), 55, 200, Align.LEFT, cells.description),
        Column(("Cantidad",), 200, 261, Align.RIGHT, cells.quantity_in_cents),
        Column(("U. Medida",), 261, 304, Align.CENTER, cells.unit),
        Column(("Precio Unit.",), 304, 384, Align.RIGHT, cells.price),
        Column(("% Bonif",), 384, 416, Align.RIGHT, cells.first_discount_or_zero),
        Column(("Imp. Bonif.",), 416, 489, Align.RIGHT, cells.discounted),
        Column(("Subtotal",), 489, 581, Align.RIGHT, cells.subtotal),
    )


def _rate_label(line: Line) -> str:
    if line.iva_rate is None:
        return "No Gravado" if line.is_untaxed else "Exento"
    return f"{numbers.whole_or(line.iva_rate, NumberStyle.PLAIN, 1)}%"


def _draw_head(page: Page) -> None:
    _draw_issuer(page)
    _draw_number(page)
    _draw_notices(page)
    _draw_receiver(page)
    _draw_headings(page)


def _draw_issuer(page: Page) -> None:
    sheet, paper, issuer = page.sheet, page.paper, page.paper.issuer
    sheet.box(15, 17, 581, 163)
    sheet.line(15, 44.5, 581, 44.5)
    sheet.line(298.5, 86, 298.5, 163)
    sheet.box(275, 45, 322, 86)
    sheet.center(298, 36, page.copy, _FACES.bold(14))
    sheet.center(298.5, 68, paper.letter, _FACES.bold(24))
    code = f"{paper.type_code:02d}" if paper.is_net else f"{paper.type_code:03d}"
    sheet.center(298.5, 80, f"COD. {code}", _FACES.bold(8))
    name = issuer.fantasy_name or issuer.name
    sheet.center(148, 76, name, _FACES.bold(16).fitting(name, 240))
    sheet.labelled(21, 110, "Razón Social:", issuer.name, _FACES.label(9))
    sheet.left(21, 134, "Domicilio Comercial:", _FACES.bold(9))
    sheet.fitted(120, 134, issuer.address, _FACES.regular(9), 175)
    sheet.labelled(21, 159, "Condición frente al IVA:", "", _FACES.label(9))
    sheet.left(131, 159, issuer.iva_condition, _FACES.bold(9))


def _draw_number(page: Page) -> None:
    sheet, paper, issuer = page.sheet, page.paper, page.paper.issuer
    sheet.titled(341, 71, paper.kind.title, _FACES.bold(18), 232)
    sheet.left(341, 93, "Punto de Venta:", _FACES.bold(9))
    sheet.left(417, 93.5, f"{paper.point_of_sale:05d}", _FACES.bold(10))
    sheet.left(461, 93, "Comp. Nro:", _FACES.bold(9))
    sheet.left(517, 93.5, f"{paper.number:08d}", _FACES.bold(10))
    sheet.left(341, 109, "Fecha de Emisión:", _FACES.bold(9))
    sheet.left(428, 109, page.day(paper.issued_on), _FACES.bold(10))
    sheet.left(341, 132, "CUIT:", _FACES.bold(9))
    sheet.left(373, 132, issuer.cuit or "", _FACES.regular(9))
    sheet.left(341, 144, "Ingresos Brutos:", _FACES.bold(9))
    sheet.left(419, 144, issuer.gross_income, _FACES.regular(9))
    sheet.left(341, 156, "Fecha de Inicio de Actividades:", _FACES.bold(9))
    sheet.left(482, 156, page.day(issuer.started_on), _FACES.regular(9))


def _draw_notices(page: Page) -> None:
    """In the band between issuer and receiver, two beside each other."""
    for index, text in enumerate(notices(page.paper)):
        x, y = 21 + index % 2 * 282, 171 + index // 2 * 7.5
        page.sheet.fitted(x, y, text, _FACES.bold(7), 274)


def _draw_receiver(page: Page) -> None:
    sheet, paper, receiver = page.sheet, page.paper, page.paper.receiver
    sheet.box(15, 188, 581, 250)
    sheet.left(21, 198, "CUIT:" if receiver.cuit else "DNI:", _FACES.bold(8))
    sheet.left(52, 198, receiver.cuit or "0", _FACES.regular(8))
    sheet.left(222, 198, "Apellido y Nombre / Razón Social:", _FACES.bold(8))
    sheet.left(354, 198, receiver.name, _FACES.regular(8))
    sheet.left(21, 215, "Condición frente al IVA:", _FACES.bold(8))
    sheet.left(131, 215, receiver.iva_condition, _FACES.regular(8))
    label = "Domicilio Comercial:" if paper.is_net else "Domicilio:"
    sheet.right(352, 215, label, _FACES.bold(8))
    sheet.left(354, 215, receiver.address, _FACES.regular(8))
    sheet.left(21, 232, "Condición de venta:", _FACES.bold(8))
    sheet.left(113, 232, paper.sale_condition, _FACES.regular(8))


def _draw_headings(page: Page) -> None:
    sheet = page.sheet
    for column in _columns(page.paper):
        sheet.fill(column.x0, 254, column.x1, 272, _GREY)
        sheet.box(column.x0, 254, column.x1, 272, weight=0.5)
        middle = 266 - 4 * (len(column.heading) - 1)
        for index, text in enumerate(column.heading):
            sheet.center((column.x0 + column.x1) / 2, middle + index * 8, text, _FACES.bold(7))


def _draw_net_foot(page: Page) -> None:
    sheet, totals = page.sheet, add_up(page.paper)
    sheet.box(15, 509, 581, 672)
    _draw_other_taxes(page, totals)
    rows = [("Importe Neto Gravado", totals.net)]
    if totals.untaxed:
        rows.append(("Importe Neto No Gravado", totals.untaxed))
    if totals.exempt:
        rows.append(("Importe Exento", totals.exempt))
    amounts = {row.rate: row.amount for row in totals.iva}
    rows += [
        (f"IVA {numbers.whole_or(rate, NumberStyle.ENGLISH, 1)}%", amounts.get(rate, ZERO))
        for rate in IVA_RATES
    ]
    rows.append(("Importe Otros Tributos", totals.internal + totals.perception_total))
    y = 651.0 - 13 * (len(rows) - 1)
    for label, value in rows:
        sheet.right(503, y, f"{label}: {page.mark}", _FACES.bold(9))
        sheet.right(575, y, page.money(value), _FACES.bold(9))
        y += 13
    sheet.right(503, 666, f"Importe Total: {page.mark}", _FACES.bold(10))
    sheet.right(575, 666, page.money(printed_total(page.paper)), _FACES.bold(10))


def _draw_other_taxes(page: Page, totals: Totals) -> None:
    sheet = page.sheet
    sheet.left(17, 520, "Otros Tributos", _FACES.bold(8))
    for x0, x1, text in (
        (17, 180, "Descripción"),
        (180, 264, "Detalle"),
        (264, 294, "Alíc. %"),
        (294, 349, "Importe"),
    ):
        sheet.fill(x0, 523, x1, 536, _GREY)
        sheet.left(x0 + 4, 532, text, _FACES.regular(7.5))
    by_kind = {row.perception.kind: row for row in totals.perceptions}
    y = 544.0
    for label, kind in (
        ("Per./Ret. de Impuesto a las Ganancias", "other"),
        ("Per./Ret. de IVA", "perception_iva"),
        ("Per./Ret. Ingresos Brutos", "perception_iibb"),
        ("Impuestos Internos", "internal"),
        ("Impuestos Municipales", "municipal"),
    ):
        row = by_kind.get(kind)
        value = totals.internal if kind == "internal" else (row.amount if row else ZERO)
        sheet.left(18, y, label, _FACES.regular(8))
        if row:
            sheet.fitted(184, y, row.perception.description, _FACES.regular(7), 84)
            sheet.right(292, y, page.rate(row.perception.rate), _FACES.regular(8))
        sheet.right(347, y, page.money(value), _FACES.regular(8))
        y += 11
    sheet.right(287, 601, f"Importe Otros Tributos: {page.mark}", _FACES.regular(9))
    sheet.right(347, 601, page.money(totals.internal + totals.perception_total), _FACES.regular(9))


def _draw_gross_foot(page: Page) -> None:
    sheet, totals = page.sheet, add_up(page.paper)
    sheet.box(15, 581, 581, 672)
    for index, text in enumerate(transparency_lines(page.paper)):
        face = _FACES.bold(8) if index else _FACES.italic(8)
        sheet.left(19, (598, 614, 626, 638)[index], text, face)
    for y, label, value, size in (
        (625, "Subtotal", totals.rows, 9),
        (643, "Importe Otros Tributos", totals.perception_total, 9),
        (662, "Importe Total", printed_total(page.paper), 10),
    ):
        sheet.right(491, y, f"{label}: {page.mark}", _FACES.bold(size))
        sheet.right(573, y, page.money(value), _FACES.bold(size))


def _draw_end(page: Page) -> None:
    sheet, paper = page.sheet, page.paper
    sheet.center(296, 693, f"Pág. {page.number}/{page.count}", _FACES.bold(10))
    draw_qr(page, 20, 683, 80)
    draw_itf(page, 22, 772, 236, 26)
    left = 115.0 if paper.traits.has_qr else 22.0
    sheet.left(left, 711, "ARCA", _FACES.bold(17))
    sheet.left(left, 733, "Comprobante Autorizado", _FACES.italic(9))
    note = "Esta Agencia no se responsabiliza por los datos ingresados en el detalle de la operación"
    sheet.left(left, 748, note, _FACES.italic(6))
    sheet.right(481, 698, "CAE N°:", _FACES.bold(10))
    sheet.left(486, 698, paper.authorization_code or "", _FACES.regular(10))
    sheet.right(481, 712, "Fecha de Vto. de CAE:", _FACES.bold(10))
    sheet.left(486, 712, page.day(paper.authorization_due), _FACES.regular(10))


def _form_to(bottom: float, draw_foot: Callable[[Page], None]) -> Form:
    return Form(
        columns=_columns,
        top=285,
        bottom=bottom,
        size=8,
        gap=8,
        draw_head=_draw_head,
        draw_foot=draw_foot,
        draw_end=_draw_end,
        family=FontFamily.HELVETICA,
    )


_NET_FORM = _form_to(516, _draw_net_foot)
_GROSS_FORM = _form_to(586, _draw_gross_foot)


def _form(paper: Paper) -> Form:
    return _NET_FORM if paper.is_net else _GROSS_FORM


def _pages(paper: Paper) -> Pages:
    return _form(paper).pages(paper)


def _draw(sheet: Sheet, paper: Paper) -> None:
    _form(paper).draw(sheet, paper)


LAYOUT = Layout(
    "rcel",
    _draw,
    _pages,
    kinds={
        1: 40, 6: 20, 11: 25, 2: 3, 3: 5, 7: 2, 8: 3, 12: 2, 13: 4, 51: 3, 53: 2,
        201: 3, 202: 2, 203: 2, 206: 2, 208: 2, 211: 4, 213: 3,
    },
    prints=frozenset({"code", "unit", "iva_rate"}),
    max_discounts=1,
    one_perception_per_kind=True,
    has_general_discount=False,
    price_decimals=(2,),
    quantity_decimals=2,
    carries=False,
    numbers=(NumberStyle.PLAIN,),
    dates=(DateStyle.SLASHED,),
)  # fmt: skip
