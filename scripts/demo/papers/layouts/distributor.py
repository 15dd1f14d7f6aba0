"""A distributor's paper: ruled table, code before description, two discount columns."""

from scripts.demo.papers import numbers
from scripts.demo.papers.layouts.common import (
    Wording,
    article_code,
    discount_text,
    draw_authorization,
    draw_transparency,
    foot_rows,
    iva_text,
    total_text,
)
from scripts.demo.papers.layouts.sheet import Faces, Sheet
from scripts.demo.papers.layouts.table import (
    Align,
    Column,
    columns_from,
    draw_heading,
    draw_row,
    paginate,
    row_height,
)
from scripts.demo.papers.paper import ZERO, Line, Paper

LEFT, RIGHT = 20.0, 575.0
TABLE_TOP, TABLE_BOTTOM = 232.0, 600.0
SIZE = 7.5
GAP = 4.5
_WORDING = Wording()


def pages(paper: Paper) -> list[tuple[Line, ...]]:
    """Rows of each page."""
    face = Faces(paper.traits.font).regular(SIZE)
    return paginate(paper.lines, _columns(paper), face, TABLE_BOTTOM - TABLE_TOP - 30, GAP)


def draw(paper: Paper) -> bytes:
    """The PDF, one copy."""
    sheet = Sheet()
    split = pages(paper)
    for index, lines in enumerate(split):
        _draw_header(sheet, paper, f"Hoja {index + 1} de {len(split)}")
        _draw_receiver(sheet, paper)
        _draw_table(sheet, paper, lines)
        if index == len(split) - 1:
            _draw_foot(sheet, paper)
        else:
            sheet.right(RIGHT - 6, 618, "Continúa en la hoja siguiente", Faces(paper.traits.font).italic(8))
        draw_authorization(sheet, paper, 742, Faces(paper.traits.font))
        sheet.new_page()
    return sheet.finish()


def _columns(paper: Paper) -> tuple[Column, ...]:
    style = paper.traits.numbers
    decimals = paper.traits.price_decimals
    is_net = paper.letter == "A"
    description_width = 200.0 if is_net else 235.0
    columns = [
        (("Código",), 50.0, Align.LEFT, lambda line: line.code),
        (("Descripción",), description_width, Align.LEFT, lambda line: line.description),
        (("Cant.",), 42.0, Align.RIGHT, lambda line: numbers.whole_or(line.quantity, style, 3)),
        (
            ("Precio Unit.",),
            68.0,
            Align.RIGHT,
            lambda line: numbers.amount(line.unit_price, style, decimals),
        ),
        (("% Dto.1",), 36.0, Align.RIGHT, lambda line: discount_text(line, 0, style)),
        (("% Dto.2",), 36.0, Align.RIGHT, lambda line: discount_text(line, 1, style)),
        (("% IVA",), 35.0, Align.RIGHT, lambda line: iva_text(line, style)),
        (("Importe",), 88.0, Align.RIGHT, lambda line: numbers.amount(line.subtotal, style)),
    ]
    return columns_from(LEFT, columns if is_net else columns[:6] + columns[7:])


def _draw_header(sheet: Sheet, paper: Paper, page: str) -> None:
    faces = Faces(paper.traits.font)
    issuer = paper.issuer
    sheet.box(LEFT, 24, RIGHT, 150, weight=0.9)
    sheet.line(297.5, 62, 297.5, 150)
    sheet.fill(277, 24, 318, 62, 1)
    sheet.box(277, 24, 318, 62, weight=0.9)
    sheet.center(297.5, 48, paper.letter, faces.bold(22))
    sheet.center(297.5, 58, f"Código {article_code(paper)}", faces.regular(6.5))
    sheet.fitted(30, 54, issuer.fantasy_name or issuer.name, faces.bold(17), 236)
    sheet.left(30, 74, issuer.name, faces.bold(9))
    sheet.left(30, 88, issuer.address, faces.regular(8.5))
    sheet.left(30, 101, "Tel. 0800-555-0199  -  ventas@ejemplo.com.ar", faces.regular(8.5))
    sheet.left(30, 138, str(issuer.iva_condition).upper(), faces.bold(9))
    sheet.left(335, 50, paper.kind.title, faces.bold(17))
    sheet.right(567, 34, page, faces.regular(7))
    sheet.left(335, 70, f"N° {numbers.fiscal_number(paper)}", faces.bold(12))
    sheet.labelled(335, 88, "Fecha:", numbers.day(paper.issued_on), faces.label(10))
    cuit = numbers.cuit(issuer.cuit, is_dashed=paper.traits.has_dashed_cuit)
    sheet.labelled(335, 108, "C.U.I.T.:", cuit, faces.label(8.5))
    sheet.labelled(335, 121, "Ing. Brutos C.M.:", issuer.gross_income, faces.label(8.5))
    sheet.labelled(335, 134, "Inicio de Actividades:", numbers.day(issuer.started_on), faces.label(8.5))


def _draw_receiver(sheet: Sheet, paper: Paper) -> None:
    faces = Faces(paper.traits.font)
    receiver = paper.receiver
    sheet.box(LEFT, 155, RIGHT, 222, weight=0.9)
    sheet.labelled(28, 170, "Señor(es):", receiver.name, faces.label(9))
    sheet.labelled(28, 186, "Domicilio:", receiver.address, faces.label(8.5))
    sheet.labelled(28, 202, "I.V.A.:", receiver.iva_condition, faces.label(8.5))
    cuit = numbers.cuit(receiver.cuit, is_dashed=paper.traits.has_dashed_cuit)
    sheet.labelled(335, 202, "C.U.I.T.:", cuit, faces.label(8.5))
    sheet.labelled(28, 216, "Cond. de venta:", paper.sale_condition, faces.label(8.5))
    sheet.labelled(335, 216, "Vendedor:", f"{paper.number % 17 + 1:03d}", faces.label(8.5))
    sheet.labelled(430, 216, "Zona:", f"{paper.number % 9 + 1:02d}", faces.label(8.5))


def _draw_table(sheet: Sheet, paper: Paper, lines: tuple[Line, ...]) -> None:
    faces = Faces(paper.traits.font)
    columns = _columns(paper)
    sheet.fill(LEFT, TABLE_TOP, RIGHT, TABLE_TOP + 17, 0.85)
    draw_heading(sheet, columns, TABLE_TOP + 12, faces.bold(SIZE))
    sheet.box(LEFT, TABLE_TOP, RIGHT, TABLE_BOTTOM, weight=0.9)
    sheet.line(LEFT, TABLE_TOP + 17, RIGHT, TABLE_TOP + 17)
    for column in columns[1:]:
        sheet.line(column.x0, TABLE_TOP, column.x0, TABLE_BOTTOM, weight=0.5)
    y = TABLE_TOP + 28
    for line in lines:
        draw_row(sheet, columns, y, line, faces.regular(SIZE))
        y += row_height(columns, line, faces.regular(SIZE)) + GAP
        sheet.line(LEFT, y - SIZE - 2, RIGHT, y - SIZE - 2, weight=0.25)


def _draw_foot(sheet: Sheet, paper: Paper) -> None:
    faces = Faces(paper.traits.font)
    style = paper.traits.numbers
    sheet.box(LEFT, 605, RIGHT, 735, weight=0.9)
    draw_transparency(sheet, paper, 28, 700, faces)
    units = sum((line.quantity for line in paper.lines), ZERO)
    sheet.left(28, 620, f"Total bultos: {numbers.whole_or(units, style, 3)}", faces.regular(8))
    sheet.left(28, 634, "Controle la mercadería antes de firmar. No se aceptan", faces.italic(7))
    sheet.left(28, 643, "reclamos posteriores a la recepción.", faces.italic(7))
    y = 619.0
    rows = foot_rows(paper, _WORDING)
    pitch = min(12, 94 / len(rows))
    for row in rows:
        sheet.right(452, y, row.label, faces.regular(8.5))
        if row.percentage:
            sheet.right(488, y, f"{row.percentage}%", faces.regular(8.5))
        sheet.right(568, y, numbers.amount(row.amount, style), faces.regular(8.5))
        y += pitch
    sheet.line(360, 717, RIGHT, 717)
    sheet.right(452, 730, f"{_WORDING.total} $", faces.bold(11))
    sheet.right(568, 730, total_text(paper), faces.bold(11))
