"""A wholesaler's paper: no rules, headings of two lines, packs and units per pack."""

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

LEFT, RIGHT = 30.0, 570.0
TABLE_TOP, TABLE_BOTTOM = 205.0, 640.0
SIZE = 8.0
GAP = 3.0
_WORDING = Wording(
    rows="Importe Bruto",
    discount="Dto. Pronto Pago",
    net="Subtotal Gravado",
    exempt="Subtotal Exento",
    iva="IVA Inscripto",
    internal="Impuestos Internos",
    total="Total a Pagar",
)


def pages(paper: Paper) -> list[tuple[Line, ...]]:
    """Rows of each page."""
    face = Faces(paper.traits.font).regular(SIZE)
    return paginate(paper.lines, _columns(paper), face, TABLE_BOTTOM - TABLE_TOP - 45, GAP)


def draw(paper: Paper) -> bytes:
    """The PDF, one copy."""
    sheet = Sheet()
    split = pages(paper)
    for index, lines in enumerate(split):
        _draw_header(sheet, paper, f"Página {index + 1} de {len(split)}")
        _draw_rows(sheet, paper, lines)
        if index == len(split) - 1:
            _draw_foot(sheet, paper)
        draw_authorization(sheet, paper, 748, Faces(paper.traits.font))
        sheet.new_page()
    return sheet.finish()


def _headings(paper: Paper, first: str, second: str) -> tuple[str, ...]:
    if paper.traits.has_two_line_headings:
        return (first, second)
    return (f"{first} {second}",)


def _columns(paper: Paper) -> tuple[Column, ...]:
    style = paper.traits.numbers
    decimals = paper.traits.price_decimals

    def price(line: Line) -> str:
        return numbers.amount(line.unit_price, style, decimals)

    def quantity(line: Line) -> str:
        return numbers.whole_or(line.quantity, style, 3)

    def pack(line: Line) -> str:
        return str(line.pack_size)

    columns = [
        (_headings(paper, "Cant.", "Bultos"), 44.0, Align.RIGHT, quantity),
        (_headings(paper, "Unid.", "x Bulto"), 40.0, Align.RIGHT, pack),
        (_headings(paper, "Cod.", "Artículo"), 58.0, Align.LEFT, lambda line: line.code),
        (("Descripción",), 172.0, Align.LEFT, lambda line: line.description),
        (_headings(paper, "Precio", "Unitario"), 72.0, Align.RIGHT, price),
        (_headings(paper, "%", "Bon."), 36.0, Align.RIGHT, lambda line: discount_text(line, 0, style)),
        # Real papers of this kind print the rate without any heading.
        (("",), 34.0, Align.RIGHT, lambda line: iva_text(line, style)),
        (
            _headings(paper, "Total", "Item"),
            84.0,
            Align.RIGHT,
            lambda line: numbers.amount(line.subtotal, style),
        ),
    ]
    if not paper.traits.has_two_line_headings:
        columns[0] = (("Bultos",), *columns[0][1:])
        columns[1] = (("U.x B.",), *columns[1][1:])
        columns[2] = (("Artículo",), *columns[2][1:])
    return columns_from(LEFT, columns if paper.letter == "A" else columns[:6] + columns[7:])


def _draw_header(sheet: Sheet, paper: Paper, page: str) -> None:
    faces = Faces(paper.traits.font)
    issuer, receiver = paper.issuer, paper.receiver
    sheet.fitted(LEFT, 45, issuer.fantasy_name or issuer.name, faces.bold(20), 236)
    sheet.left(LEFT, 60, f"de {issuer.name}", faces.italic(9))
    sheet.left(LEFT, 72, issuer.address, faces.regular(8))
    cuit = numbers.cuit(issuer.cuit, is_dashed=paper.traits.has_dashed_cuit)
    sheet.left(LEFT, 84, f"CUIT Nro. {cuit}   IIBB {issuer.gross_income}", faces.regular(8))
    started = numbers.day(issuer.started_on)
    sheet.left(LEFT, 96, f"{issuer.iva_condition}   INICIO ACTIV. {started}", faces.regular(8))
    sheet.rounded(280, 26, 316, 62)
    sheet.center(298, 48, paper.letter, faces.bold(20))
    sheet.center(298, 58, f"Cod.{article_code(paper)}", faces.regular(6.5))
    sheet.left(350, 45, f"{paper.kind.title} {paper.letter}", faces.bold(14))
    sheet.left(350, 62, f"N* {numbers.fiscal_number(paper)}", faces.bold(11))
    sheet.left(350, 78, f"Fecha de emisión  {numbers.day(paper.issued_on)}", faces.regular(9))
    sheet.left(350, 96, page, faces.regular(8))
    sheet.line(LEFT, 106, RIGHT, 106, weight=1.2)
    sheet.left(LEFT, 122, "Cliente", faces.bold(8))
    sheet.left(85, 122, f"{paper.number % 8999 + 1000}   {receiver.name}", faces.regular(9))
    sheet.left(LEFT, 136, "Dirección", faces.bold(8))
    sheet.left(85, 136, receiver.address, faces.regular(8.5))
    sheet.left(LEFT, 150, "Sit. IVA", faces.bold(8))
    sheet.left(85, 150, receiver.iva_condition, faces.regular(8.5))
    receiver_cuit = numbers.cuit(receiver.cuit, is_dashed=paper.traits.has_dashed_cuit)
    sheet.left(350, 150, f"CUIT  {receiver_cuit}", faces.regular(8.5))
    sheet.left(LEFT, 164, "Pago", faces.bold(8))
    sheet.left(85, 164, paper.sale_condition, faces.regular(8.5))
    sheet.left(350, 164, f"Remito R {paper.point_of_sale:04d}-{paper.number + 4117:08d}", faces.regular(8.5))
    sheet.line(LEFT, 172, RIGHT, 172, weight=1.2)


def _draw_rows(sheet: Sheet, paper: Paper, lines: tuple[Line, ...]) -> None:
    faces = Faces(paper.traits.font)
    columns = _columns(paper)
    draw_heading(sheet, columns, TABLE_TOP, faces.bold(SIZE))
    y = TABLE_TOP + 18
    for line in lines:
        draw_row(sheet, columns, y, line, faces.regular(SIZE))
        y += row_height(columns, line, faces.regular(SIZE)) + GAP


def _draw_foot(sheet: Sheet, paper: Paper) -> None:
    faces = Faces(paper.traits.font)
    style = paper.traits.numbers
    sheet.line(LEFT, 645, RIGHT, 645, weight=1.2)
    draw_transparency(sheet, paper, LEFT, 690, faces)
    packs = sum((line.quantity for line in paper.lines), ZERO)
    sheet.left(LEFT, 660, f"Bultos: {numbers.whole_or(packs, style, 3)}", faces.regular(8))
    sheet.left(LEFT, 672, f"Renglones: {len(paper.lines)}", faces.regular(8))
    y = 658.0
    rows = foot_rows(paper, _WORDING)
    pitch = min(10.5, 74 / len(rows))
    for row in rows:
        label = f"{row.label} {row.percentage} %" if row.percentage else row.label
        sheet.left(350, y, label, faces.regular(8.5))
        sheet.right(RIGHT - 2.5, y, numbers.amount(row.amount, style), faces.regular(8.5))
        y += pitch
    sheet.left(350, 742, _WORDING.total, faces.bold(11))
    sheet.right(RIGHT - 2.5, 742, total_text(paper), faces.bold(12))
