"""A distributor's paper: ruled table, code before description, two discount columns."""

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
from scripts.demo.papers.layouts.table import (
    Align,
    Band,
    Column,
    columns_from,
    draw_heading_on,
    with_own_column,
)
from scripts.demo.papers.paper import ZERO, Paper

LEFT, RIGHT = 20.0, 575.0
TABLE_TOP, TABLE_BOTTOM = 232.0, 600.0
SIZE = 7.5
_WORDING = Wording()


def _columns(paper: Paper) -> tuple[Column, ...]:
    cells = Cells(paper)
    columns = [
        ("Código", 50.0, Align.LEFT, cells.code),
        ("Descripción", 200.0 if paper.is_net else 235.0, Align.LEFT, cells.description),
        ("Cant.", 42.0, Align.RIGHT, cells.quantity),
        ("Precio Unit.", 68.0, Align.RIGHT, cells.price),
        ("% Dto.1", 36.0, Align.RIGHT, cells.discount(0)),
        ("% Dto.2", 36.0, Align.RIGHT, cells.discount(1)),
        ("% IVA", 35.0, Align.RIGHT, cells.iva_rate),
        ("Importe", 88.0, Align.RIGHT, cells.subtotal),
    ]
    return columns_from(LEFT, with_own_column(paper, columns if paper.is_net else columns[:6] + columns[7:]))


def _draw_head(page: Page) -> None:
    _draw_issuer(page)
    _draw_receiver(page)
    columns = _columns(page.paper)
    sheet = page.sheet
    band = Band(LEFT, TABLE_TOP, RIGHT, TABLE_TOP + 17, page.tint(0.85))
    draw_heading_on(sheet, band, columns, TABLE_TOP + 12, page.faces.bold(SIZE))
    sheet.box(LEFT, TABLE_TOP, RIGHT, TABLE_BOTTOM, weight=0.9)
    sheet.line(LEFT, TABLE_TOP + 17, RIGHT, TABLE_TOP + 17)
    for column in columns[1:]:
        sheet.line(column.x0, TABLE_TOP, column.x0, TABLE_BOTTOM, weight=0.5)


def _draw_issuer(page: Page) -> None:
    sheet, faces, paper, issuer = page.sheet, page.faces, page.paper, page.paper.issuer
    sheet.box(LEFT, 24, RIGHT, 150, weight=0.9)
    sheet.line(297.5, 62, 297.5, 150)
    sheet.fill(277, 24, 318, 62, 1)
    sheet.box(277, 24, 318, 62, weight=0.9)
    sheet.center(297.5, 48, paper.letter, faces.bold(22))
    sheet.center(297.5, 58, f"Código {numbers.article_code(paper)}", faces.regular(6.5))
    sheet.fitted(30, 54, issuer.fantasy_name or issuer.name, faces.bold(17), 236)
    sheet.left(30, 74, issuer.name, faces.bold(9))
    sheet.left(30, 88, issuer.address, faces.regular(8.5))
    sheet.left(30, 101, "Tel. 0800-555-0199  -  ventas@ejemplo.com.ar", faces.regular(8.5))
    sheet.left(30, 138, str(issuer.iva_condition).upper(), faces.bold(9))
    sheet.titled(335, 50, paper.kind.title, faces.bold(17), 232)
    sheet.right(567, 146, f"{page.copy}   Hoja {page.number} de {page.count}", faces.regular(7))
    sheet.left(335, 70, f"N° {numbers.fiscal_number(paper)}", faces.bold(12))
    sheet.labelled(335, 88, "Fecha:", page.day(paper.issued_on), faces.label(10))
    sheet.labelled(335, 108, "C.U.I.T.:", page.cuit(issuer), faces.label(8.5))
    sheet.labelled(335, 121, "Ing. Brutos C.M.:", issuer.gross_income, faces.label(8.5))
    sheet.labelled(335, 134, "Inicio de Actividades:", page.day(issuer.started_on), faces.label(8.5))


def _draw_receiver(page: Page) -> None:
    sheet, paper, receiver = page.sheet, page.paper, page.paper.receiver
    label = page.faces.label(8.5)
    sheet.box(LEFT, 155, RIGHT, 222, weight=0.9)
    sheet.labelled(28, 170, "Señor(es):", receiver.name, page.faces.label(9))
    sheet.labelled(28, 186, "Domicilio:", receiver.address, label)
    sheet.labelled(28, 202, "I.V.A.:", receiver.iva_condition, label)
    sheet.labelled(335, 202, "C.U.I.T.:", page.cuit(receiver), label)
    sheet.labelled(28, 216, "Cond. de venta:", paper.sale_condition, label)
    sheet.labelled(335, 216, "Vendedor:", f"{paper.number % 17 + 1:03d}", label)
    sheet.labelled(430, 216, "Zona:", f"{paper.number % 9 + 1:02d}", label)


def _draw_rule(page: Page, index: int, y0: float, _: float) -> None:
    if index:
        page.sheet.line(LEFT, y0 + 1, RIGHT, y0 + 1, weight=0.25)


def _draw_foot(page: Page) -> None:
    sheet, faces, paper = page.sheet, page.faces, page.paper
    sheet.box(LEFT, 605, RIGHT, 735, weight=0.9)
    draw_notices(page, 28, 656, 325)
    draw_transparency(page, 28, 700)
    draw_iva_table(page, 28, 705)
    units = sum((line.quantity for line in paper.lines), ZERO)
    sheet.left(28, 620, count_text(page, f"Total bultos: {page.quantity(units)}"), faces.regular(8))
    sheet.right(352, 620, reception_text(page), faces.regular(7.5))
    sheet.left(28, 634, "Controle la mercadería antes de firmar. No se aceptan", faces.italic(7))
    sheet.left(28, 643, "reclamos posteriores a la recepción.", faces.italic(7))
    box = SumsBox(452, 568, 619, 713, x_rate=488, is_label_right=True)
    draw_sums(page, _WORDING, box)
    sheet.line(360, 717, RIGHT, 717)
    sheet.right(452, 730, f"{_WORDING.total} {page.mark}", faces.bold(11))
    sheet.right(568, 730, total_text(paper), faces.bold(11))


def _draw_end(page: Page) -> None:
    draw_authorization(page, 742)


_FORM = Form(
    columns=_columns,
    top=TABLE_TOP + 28,
    bottom=TABLE_BOTTOM,
    size=SIZE,
    gap=4.5,
    draw_head=_draw_head,
    draw_foot=_draw_foot,
    draw_end=_draw_end,
    draw_rule=_draw_rule,
)

LAYOUT = Layout(
    "distributor",
    _FORM.draw,
    _FORM.pages,
    kinds={1: 80, 6: 20, 3: 8, 2: 4, 8: 3, 7: 2, 51: 4, 53: 1, 201: 5, 203: 2},
    prints=frozenset({"code", "iva_rate"}),
    habits=PLACED_HABITS,
    max_discounts=2,
)
