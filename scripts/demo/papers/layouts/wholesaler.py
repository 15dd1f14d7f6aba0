"""A wholesaler's paper: no rules, headings of two lines, packs and units per pack."""

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
from scripts.demo.papers.layouts.table import Align, Column, columns_from, draw_heading, with_own_column
from scripts.demo.papers.paper import ZERO, Paper
from scripts.demo.papers.traits import NumberStyle

LEFT, RIGHT = 30.0, 570.0
TABLE_TOP, TABLE_BOTTOM = 205.0, 640.0
SIZE = 8.0
_WORDING = Wording(
    rows="Importe Bruto",
    discount="Dto. Pronto Pago",
    net="Subtotal Gravado",
    untaxed="Subtotal No Gravado",
    exempt="Subtotal Exento",
    iva="IVA Inscripto",
    internal="Impuestos Internos",
    total="Total a Pagar",
)


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    is_tall = paper.traits.has_two_line_headings
    columns = [
        ("Cant.|Bultos" if is_tall else "Bultos", 44.0, Align.RIGHT, cells.quantity),
        ("Unid.|x Bulto" if is_tall else "U.x B.", 40.0, Align.RIGHT, cells.pack),
        ("Cod.|Artículo" if is_tall else "Artículo", 58.0, Align.LEFT, cells.code),
        ("Descripción", 172.0, Align.LEFT, cells.description),
        ("Precio|Unitario" if is_tall else "Precio Unitario", 72.0, Align.RIGHT, cells.price),
        ("%|Bon." if is_tall else "% Bon.", 36.0, Align.RIGHT, cells.discount(0)),
        # Real papers of this kind print the rate without any heading.
        ("", 34.0, Align.RIGHT, cells.iva_rate),
        ("Total|Item" if is_tall else "Total Item", 84.0, Align.RIGHT, cells.subtotal),
    ]
    return columns_from(LEFT, with_own_column(paper, columns if paper.is_net else columns[:6] + columns[7:]))


def _draw_head(page: Page) -> None:
    _draw_issuer(page)
    _draw_receiver(page)
    draw_heading(page.sheet, _columns(page.paper), TABLE_TOP, page.faces.bold(SIZE))


def _draw_issuer(page: Page) -> None:
    sheet, faces, paper, issuer = page.sheet, page.faces, page.paper, page.paper.issuer
    sheet.fitted(LEFT, 45, issuer.fantasy_name or issuer.name, faces.bold(20), 236)
    sheet.left(LEFT, 60, f"de {issuer.name}", faces.italic(9))
    sheet.left(LEFT, 72, issuer.address, faces.regular(8))
    sheet.left(LEFT, 84, f"CUIT Nro. {page.cuit(issuer)}   IIBB {issuer.gross_income}", faces.regular(8))
    started = page.day(issuer.started_on)
    sheet.left(LEFT, 96, f"{issuer.iva_condition}   INICIO ACTIV. {started}", faces.regular(8))
    sheet.rounded(280, 26, 316, 62)
    sheet.center(298, 48, paper.letter, faces.bold(20))
    sheet.center(298, 58, f"Cod.{numbers.article_code(paper)}", faces.regular(6.5))
    sheet.titled(350, 45, f"{paper.kind.title} {paper.letter}", faces.bold(14), 220)
    sheet.left(350, 62, f"N* {numbers.fiscal_number(paper)}", faces.bold(11))
    sheet.left(350, 78, f"Fecha de emisión  {page.day(paper.issued_on)}", faces.regular(9))
    sheet.left(350, 96, f"Página {page.number} de {page.count}", faces.regular(8))
    if paper.traits.copies > 1:
        sheet.right(RIGHT, 96, page.copy, faces.bold(8))
    sheet.line(LEFT, 106, RIGHT, 106, weight=1.2)


def _draw_receiver(page: Page) -> None:
    sheet, faces, paper, receiver = page.sheet, page.faces, page.paper, page.paper.receiver
    sheet.left(LEFT, 122, "Cliente", faces.bold(8))
    sheet.left(85, 122, f"{paper.number % 8999 + 1000}   {receiver.name}", faces.regular(9))
    sheet.left(LEFT, 136, "Dirección", faces.bold(8))
    sheet.left(85, 136, receiver.address, faces.regular(8.5))
    sheet.left(LEFT, 150, "Sit. IVA", faces.bold(8))
    sheet.left(85, 150, receiver.iva_condition, faces.regular(8.5))
    sheet.left(350, 150, f"CUIT  {page.cuit(receiver)}", faces.regular(8.5))
    sheet.left(LEFT, 164, "Pago", faces.bold(8))
    sheet.left(85, 164, paper.sale_condition, faces.regular(8.5))
    sheet.left(350, 164, f"Remito R {paper.point_of_sale:04d}-{paper.number + 4117:08d}", faces.regular(8.5))
    sheet.line(LEFT, 172, RIGHT, 172, weight=1.2)


def _draw_foot(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    sheet.line(LEFT, 645, RIGHT, 645, weight=1.2)
    draw_notices(page, 130, 660, 215, 6.5)
    draw_transparency(page, LEFT, 697)
    draw_iva_table(page, LEFT, 704)
    packs = sum((line.quantity for line in paper.lines), ZERO)
    sheet.left(LEFT, 660, count_text(page, f"Bultos: {page.quantity(packs)}"), faces.regular(7.5))
    sheet.left(LEFT, 687, reception_text(page), faces.regular(7))
    sheet.left(LEFT, 672, f"Renglones: {len(paper.lines)}", faces.regular(8))
    draw_sums(page, _WORDING, SumsBox(350, RIGHT - 2.5, 658, 730, pitch=10.5))
    sheet.left(350, 742, f"{_WORDING.total} {page.mark}", faces.bold(11))
    sheet.right(RIGHT - 2.5, 742, total_text(paper), faces.bold(12))


def _draw_end(page: Page) -> None:
    draw_authorization(page, 748)


_FORM = Form(
    columns=_columns,
    top=TABLE_TOP + 18,
    bottom=TABLE_BOTTOM,
    size=SIZE,
    gap=3,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
)

LAYOUT = Layout(
    "wholesaler",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 80, 6: 20, 3: 8, 2: 4, 7: 2, 8: 3, 201: 4, 202: 1},
    prints=frozenset({"code", "iva_rate", "pack_size"}),
    max_discounts=1,
    habits=PLACED_HABITS,
    sells_by_pack=True,
    numbers=(NumberStyle.DOTTED, NumberStyle.ENGLISH, NumberStyle.SPACED, NumberStyle.SPACED_POINT),
)
