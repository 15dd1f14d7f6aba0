"""The official "Comprobantes en línea" paper of ARCA: A, B and C, three copies.

Positions were measured on genuine files (points from the top left corner).
"""

from decimal import Decimal

from scripts.demo.papers import numbers
from scripts.demo.papers.codes import itf_digits, qr_text
from scripts.demo.papers.layouts.sheet import Faces, Sheet
from scripts.demo.papers.layouts.table import Align, Column, draw_row, paginate, row_height
from scripts.demo.papers.paper import (
    ZERO,
    FontFamily,
    Line,
    NumberStyle,
    Paper,
    Totals,
    add_up,
    printed_total,
)

COPIES = ("ORIGINAL", "DUPLICADO", "TRIPLICADO")
IVA_RATES = (Decimal(27), Decimal(21), Decimal("10.5"), Decimal(5), Decimal("2.5"), ZERO)
_FACES = Faces(FontFamily.HELVETICA)
_ITEM_GAP = 8.0
_GREY = 0.8


def pages(paper: Paper) -> list[tuple[Line, ...]]:
    """Rows of each page of one copy."""
    bottom = 505.0 if paper.letter == "A" else 575.0
    return paginate(paper.lines, _columns(paper), _FACES.regular(8), bottom - 274, _ITEM_GAP)


def draw(paper: Paper) -> bytes:
    """The PDF: one page per copy and per page of rows."""
    sheet = Sheet()
    columns = _columns(paper)
    split = pages(paper)
    for copy in COPIES[: paper.traits.copies]:
        for index, lines in enumerate(split):
            _draw_issuer(sheet, paper, copy)
            _draw_receiver(sheet, paper)
            _draw_items(sheet, columns, lines)
            if index == len(split) - 1:
                _draw_totals(sheet, paper)
            _draw_foot(sheet, paper, f"Pág. {index + 1}/{len(split)}")
            sheet.new_page()
    return sheet.finish()


def _money(value: Decimal) -> str:
    return numbers.amount(value, NumberStyle.PLAIN)


def _columns(paper: Paper) -> tuple[Column, ...]:
    decimals = paper.traits.price_decimals

    def price(line: Line) -> str:
        return numbers.amount(line.unit_price, NumberStyle.PLAIN, decimals)

    def bonus(line: Line) -> str:
        return _money(line.discounts[0] if line.discounts else ZERO)

    def quantity(line: Line) -> str:
        return _money(line.quantity)

    if paper.letter == "A":
        return (
            Column(("Código",), 15, 55, Align.LEFT, lambda line: line.code),
            Column(("Producto / Servicio",), 55, 230, Align.LEFT, lambda line: line.description),
            Column(("Cantidad",), 230, 283, Align.RIGHT, quantity),
            Column(("U. medida",), 283, 322, Align.CENTER, lambda line: line.unit),
            Column(("Precio Unit.",), 322, 387, Align.RIGHT, price),
            Column(("% Bonif",), 387, 416, Align.RIGHT, bonus),
            Column(("Subtotal",), 416, 481, Align.RIGHT, lambda line: _money(line.subtotal)),
            Column(("Alicuota", "IVA"), 481, 515, Align.CENTER, _rate_label),
            Column(("Subtotal c/IVA",), 515, 581, Align.RIGHT, lambda line: _money(_with_iva(line))),
        )
    return (
        Column(("Código",), 15, 55, Align.LEFT, lambda line: line.code),
        Column(("Producto / Servicio",), 55, 200, Align.LEFT, lambda line: line.description),
        Column(("Cantidad",), 200, 261, Align.RIGHT, quantity),
        Column(("U. Medida",), 261, 304, Align.CENTER, lambda line: line.unit),
        Column(("Precio Unit.",), 304, 384, Align.RIGHT, price),
        Column(("% Bonif",), 384, 416, Align.RIGHT, bonus),
        Column(("Imp. Bonif.",), 416, 489, Align.RIGHT, lambda line: _money(line.gross - line.subtotal)),
        Column(("Subtotal",), 489, 581, Align.RIGHT, lambda line: _money(line.subtotal)),
    )


def _rate_label(line: Line) -> str:
    if line.iva_rate is None:
        return "Exento"
    return f"{numbers.whole_or(line.iva_rate, NumberStyle.PLAIN, 1)}%"


def _with_iva(line: Line) -> Decimal:
    return line.subtotal * (1 + (line.iva_rate or ZERO) / 100)


def _draw_issuer(sheet: Sheet, paper: Paper, copy: str) -> None:
    sheet.box(15, 17, 581, 163)
    sheet.line(15, 44.5, 581, 44.5)
    sheet.line(298.5, 86, 298.5, 163)
    sheet.box(275, 45, 322, 86)
    sheet.center(298, 36, copy, _FACES.bold(14))
    sheet.center(298.5, 68, paper.letter, _FACES.bold(24))
    code = f"{paper.type_code:02d}" if paper.letter == "A" else f"{paper.type_code:03d}"
    sheet.center(298.5, 80, f"COD. {code}", _FACES.bold(8))
    issuer = paper.issuer
    sheet.center(148, 76, issuer.fantasy_name or issuer.name, _FACES.bold(16))
    sheet.labelled(21, 110, "Razón Social:", issuer.name, _FACES.label(9))
    sheet.labelled(21, 134, "Domicilio Comercial:", issuer.address, _FACES.label(9))
    sheet.labelled(21, 159, "Condición frente al IVA:", "", _FACES.label(9))
    sheet.left(131, 159, issuer.iva_condition, _FACES.bold(9))
    _draw_number(sheet, paper)


def _draw_number(sheet: Sheet, paper: Paper) -> None:
    sheet.left(341, 71, paper.kind.title, _FACES.bold(18))
    sheet.left(341, 93, "Punto de Venta:", _FACES.bold(9))
    sheet.left(417, 93.5, f"{paper.point_of_sale:05d}", _FACES.bold(10))
    sheet.left(461, 93, "Comp. Nro:", _FACES.bold(9))
    sheet.left(517, 93.5, f"{paper.number:08d}", _FACES.bold(10))
    sheet.left(341, 109, "Fecha de Emisión:", _FACES.bold(9))
    sheet.left(428, 109, numbers.day(paper.issued_on), _FACES.bold(10))
    issuer = paper.issuer
    sheet.left(341, 132, "CUIT:", _FACES.bold(9))
    sheet.left(373, 132, issuer.cuit or "", _FACES.regular(9))
    sheet.left(341, 144, "Ingresos Brutos:", _FACES.bold(9))
    sheet.left(419, 144, issuer.gross_income, _FACES.regular(9))
    sheet.left(341, 156, "Fecha de Inicio de Actividades:", _FACES.bold(9))
    sheet.left(482, 156, numbers.day(issuer.started_on), _FACES.regular(9))


def _draw_receiver(sheet: Sheet, paper: Paper) -> None:
    receiver = paper.receiver
    sheet.box(15, 188, 581, 250)
    sheet.left(21, 198, "CUIT:" if receiver.cuit else "DNI:", _FACES.bold(8))
    sheet.left(52, 198, receiver.cuit or "0", _FACES.regular(8))
    sheet.left(222, 198, "Apellido y Nombre / Razón Social:", _FACES.bold(8))
    sheet.left(354, 198, receiver.name, _FACES.regular(8))
    sheet.left(21, 215, "Condición frente al IVA:", _FACES.bold(8))
    sheet.left(131, 215, receiver.iva_condition, _FACES.regular(8))
    label = "Domicilio Comercial:" if paper.letter == "A" else "Domicilio:"
    sheet.right(352, 215, label, _FACES.bold(8))
    sheet.left(354, 215, receiver.address, _FACES.regular(8))
    sheet.left(21, 232, "Condición de venta:", _FACES.bold(8))
    sheet.left(113, 232, paper.sale_condition, _FACES.regular(8))


def _draw_items(sheet: Sheet, columns: tuple[Column, ...], lines: tuple[Line, ...]) -> None:
    for column in columns:
        sheet.fill(column.x0, 254, column.x1, 272, _GREY)
        sheet.box(column.x0, 254, column.x1, 272, weight=0.5)
        middle = 266 - 4 * (len(column.heading) - 1)
        for index, text in enumerate(column.heading):
            sheet.center((column.x0 + column.x1) / 2, middle + index * 8, text, _FACES.bold(7))
    y = 285.0
    for line in lines:
        draw_row(sheet, columns, y, line, _FACES.regular(8))
        y += _ITEM_GAP + row_height(columns, line, _FACES.regular(8))


def _draw_totals(sheet: Sheet, paper: Paper) -> None:
    totals = add_up(paper)
    if paper.letter == "A":
        _draw_net_totals(sheet, paper, totals)
    else:
        _draw_gross_totals(sheet, paper, totals)


def _draw_net_totals(sheet: Sheet, paper: Paper, totals: Totals) -> None:
    sheet.box(15, 509, 581, 672)
    _draw_other_taxes(sheet, totals)
    rows = [("Importe Neto Gravado: $", totals.net)]
    if totals.exempt:
        rows.append(("Importe Exento: $", totals.exempt))
    amounts = {row.rate: row.amount for row in totals.iva}
    rows += [
        (f"IVA {numbers.whole_or(rate, NumberStyle.ENGLISH, 1)}%: $", amounts.get(rate, ZERO))
        for rate in IVA_RATES
    ]
    rows.append(("Importe Otros Tributos: $", totals.internal + totals.perception_total))
    y = 651.0 - 13 * (len(rows) - 1)
    for label, value in rows:
        sheet.right(503, y, label, _FACES.bold(9))
        sheet.right(575, y, _money(value), _FACES.bold(9))
        y += 13
    sheet.right(503, 666, "Importe Total: $", _FACES.bold(10))
    sheet.right(575, 666, _money(printed_total(paper)), _FACES.bold(10))


def _draw_other_taxes(sheet: Sheet, totals: Totals) -> None:
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
            sheet.left(184, y, row.perception.description, _FACES.regular(7))
            sheet.right(292, y, numbers.rate(row.perception.rate), _FACES.regular(8))
        sheet.right(347, y, _money(value), _FACES.regular(8))
        y += 11
    sheet.right(287, 601, "Importe Otros Tributos: $", _FACES.regular(9))
    sheet.right(347, 601, _money(totals.internal + totals.perception_total), _FACES.regular(9))


def _draw_gross_totals(sheet: Sheet, paper: Paper, totals: Totals) -> None:
    sheet.box(15, 581, 581, 672)
    if paper.letter == "B" and paper.traits.has_transparency_box:
        sheet.left(19, 598, "Régimen de Transparencia Fiscal al Consumidor (Ley 27.743)", _FACES.italic(8))
        sheet.left(19, 614, f"IVA Contenido: $ {_money(totals.contained_iva)}", _FACES.bold(8))
        text = f"Otros Impuestos Nacionales Indirectos: $ {_money(totals.contained_internal)}"
        sheet.left(19, 626, text, _FACES.bold(8))
    for y, label, value, size in (
        (625, "Subtotal: $", totals.rows, 9),
        (643, "Importe Otros Tributos: $", totals.perception_total, 9),
        (662, "Importe Total: $", printed_total(paper), 10),
    ):
        sheet.right(491, y, label, _FACES.bold(size))
        sheet.right(573, y, _money(value), _FACES.bold(size))


def _draw_foot(sheet: Sheet, paper: Paper, page: str) -> None:
    sheet.center(296, 693, page, _FACES.bold(10))
    text = qr_text(paper)
    left = 115.0 if text else 22.0
    if text:
        sheet.qr(20, 683, 80, text)
    digits = itf_digits(paper) if paper.traits.has_itf else None
    if digits:
        sheet.itf(22, 772, 236, 26, digits)
        sheet.center(140, 807, digits, _FACES.regular(8))
    sheet.left(left, 711, "ARCA", _FACES.bold(17))
    sheet.left(left, 733, "Comprobante Autorizado", _FACES.italic(9))
    note = "Esta Agencia no se responsabiliza por los datos ingresados en el detalle de la operación"
    sheet.left(left, 748, note, _FACES.italic(6))
    sheet.right(481, 698, "CAE N°:", _FACES.bold(10))
    sheet.left(486, 698, paper.authorization_code or "", _FACES.regular(10))
    if paper.authorization_due:
        sheet.right(481, 712, "Fecha de Vto. de CAE:", _FACES.bold(10))
        sheet.left(486, 712, numbers.day(paper.authorization_due), _FACES.regular(10))
