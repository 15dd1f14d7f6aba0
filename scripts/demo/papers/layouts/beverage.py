"""A drinks company's paper: packs, list price, three discounts in cascade, internal tax per row."""

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

LEFT, RIGHT = 16.0, 579.0
TABLE_TOP, TABLE_BOTTOM = 190.0, 610.0
SIZE = 7.0
GAP = 4.0
_WORDING = Wording(
    rows="TOTAL BRUTO",
    discount="BONIF. GENERAL",
    net="NETO GRAVADO",
    exempt="NETO EXENTO",
    iva="IVA",
    internal="I.INTERNOS",
    total="IMP.TOTAL $",
)


def pages(paper: Paper) -> list[tuple[Line, ...]]:
    """Rows of each page."""
    face = Faces(paper.traits.font).regular(SIZE)
    return paginate(paper.lines, _columns(paper), face, TABLE_BOTTOM - TABLE_TOP - 34, GAP)


def draw(paper: Paper) -> bytes:
    """The PDF, one copy."""
    sheet = Sheet()
    split = pages(paper)
    for index, lines in enumerate(split):
        _draw_header(sheet, paper, f"HOJA {index + 1}/{len(split)}")
        _draw_rows(sheet, paper, lines)
        if index == len(split) - 1:
            _draw_foot(sheet, paper)
        draw_authorization(sheet, paper, 745, Faces(paper.traits.font))
        sheet.new_page()
    return sheet.finish()


def _columns(paper: Paper) -> tuple[Column, ...]:
    style = paper.traits.numbers
    decimals = paper.traits.price_decimals

    def free(line: Line) -> str:
        return numbers.whole_or(line.bonus_quantity, style, 3) if line.bonus_quantity else ""

    def internal(line: Line) -> str:
        return numbers.amount(line.internal_tax, style)

    def subtotal(line: Line) -> str:
        return numbers.amount(line.subtotal, style)

    columns = [
        (("CODIGO",), 42.0, Align.LEFT, lambda line: line.code),
        (("PRODUCTO",), 150.0 if paper.letter == "A" else 232.0, Align.LEFT, lambda line: line.description),
        (("BULTOS",), 36.0, Align.RIGHT, lambda line: numbers.whole_or(line.quantity, style, 3)),
        (("S/CARGO",), 36.0, Align.RIGHT, free),
        (("P.LISTA",), 58.0, Align.RIGHT, lambda line: numbers.amount(line.unit_price, style, decimals)),
        (("%DTO1",), 31.0, Align.RIGHT, lambda line: discount_text(line, 0, style)),
        (("%DTO2",), 31.0, Align.RIGHT, lambda line: discount_text(line, 1, style)),
        (("%DTO3",), 31.0, Align.RIGHT, lambda line: discount_text(line, 2, style)),
        (("SUBTOTAL",), 66.0, Align.RIGHT, subtotal),
        (("I.INT.",), 50.0, Align.RIGHT, internal),
        (("%IVA",), 32.0, Align.RIGHT, lambda line: iva_text(line, style)),
    ]
    return columns_from(LEFT, columns if paper.letter == "A" else columns[:-2])


def _draw_header(sheet: Sheet, paper: Paper, page: str) -> None:
    faces = Faces(paper.traits.font)
    issuer, receiver = paper.issuer, paper.receiver
    sheet.fill(LEFT, 20, 270, 56, 0.15)
    sheet.white_on_black(143, 45, issuer.fantasy_name or issuer.name, faces.bold(15))
    sheet.left(LEFT, 70, issuer.name, faces.bold(8.5))
    sheet.left(LEFT, 81, issuer.address, faces.regular(7.5))
    cuit = numbers.cuit(issuer.cuit, is_dashed=paper.traits.has_dashed_cuit)
    sheet.left(LEFT, 92, f"C.U.I.T. {cuit}  ING.BRUTOS {issuer.gross_income}", faces.regular(7.5))
    started = numbers.day(issuer.started_on)
    sheet.left(LEFT, 103, f"{str(issuer.iva_condition).upper()}  INIC.ACT. {started}", faces.regular(7.5))
    sheet.box(279, 20, 317, 60, weight=1.2)
    sheet.center(298, 46, paper.letter, faces.bold(24))
    sheet.center(298, 56, f"COD. {article_code(paper)}", faces.regular(6.5))
    sheet.rounded(330, 20, RIGHT, 106)
    sheet.left(340, 40, paper.kind.title, faces.bold(15))
    sheet.right(570, 40, page, faces.regular(7.5))
    sheet.left(340, 60, f"Nº {numbers.fiscal_number(paper)}", faces.bold(12))
    sheet.left(340, 77, f"FECHA {numbers.day(paper.issued_on)}", faces.bold(9.5))
    reference = f"PEDIDO {paper.number % 900000 + 100000}   REPARTO {paper.number % 40 + 1}"
    sheet.left(340, 93, reference, faces.regular(7.5))
    sheet.rounded(LEFT, 112, RIGHT, 166)
    sheet.left(24, 126, f"CLIENTE: {paper.number % 89999 + 10000} - {receiver.name}", faces.bold(8.5))
    sheet.left(24, 139, f"DOMICILIO: {receiver.address}", faces.regular(8))
    receiver_cuit = numbers.cuit(receiver.cuit, is_dashed=paper.traits.has_dashed_cuit)
    sheet.left(24, 152, f"CUIT: {receiver_cuit}   {str(receiver.iva_condition).upper()}", faces.regular(8))
    sheet.left(340, 152, f"COND. PAGO: {paper.sale_condition.upper()}", faces.regular(8))


def _draw_rows(sheet: Sheet, paper: Paper, lines: tuple[Line, ...]) -> None:
    faces = Faces(paper.traits.font)
    columns = _columns(paper)
    sheet.fill(LEFT, 174, RIGHT, TABLE_TOP, 0.88)
    draw_heading(sheet, columns, TABLE_TOP - 5, faces.bold(SIZE))
    sheet.line(LEFT, TABLE_TOP, RIGHT, TABLE_TOP, weight=0.9)
    y = TABLE_TOP + 12
    for index, line in enumerate(lines):
        height = row_height(columns, line, faces.regular(SIZE)) + GAP
        if index % 2:
            sheet.fill(LEFT, y - SIZE - 1, RIGHT, y - SIZE - 1 + height, 0.95)
        draw_row(sheet, columns, y, line, faces.regular(SIZE))
        y += height
    sheet.line(LEFT, TABLE_BOTTOM, RIGHT, TABLE_BOTTOM, weight=0.9)


def _draw_foot(sheet: Sheet, paper: Paper) -> None:
    faces = Faces(paper.traits.font)
    style = paper.traits.numbers
    sheet.box(330, 615, RIGHT, 738, weight=0.9)
    draw_transparency(sheet, paper, 24, 700, faces)
    packs = sum((line.quantity + line.bonus_quantity for line in paper.lines), ZERO)
    sheet.left(24, 628, f"BULTOS ENTREGADOS {numbers.whole_or(packs, style, 3)}", faces.regular(8))
    sheet.left(24, 640, "ENVASES RETORNABLES: SE FACTURAN POR SEPARADO", faces.regular(6.5))
    y = 628.0
    rows = foot_rows(paper, _WORDING)
    pitch = min(11, 88 / len(rows))
    for row in rows:
        label = f"{row.label} {row.percentage}%" if row.percentage else row.label
        sheet.left(338, y, label, faces.regular(8))
        sheet.right(572, y, numbers.amount(row.amount, style), faces.regular(8))
        y += pitch
    sheet.line(330, 719, RIGHT, 719, weight=0.9)
    sheet.left(338, 732, _WORDING.total, faces.bold(10.5))
    sheet.right(572, 732, total_text(paper), faces.bold(10.5))
