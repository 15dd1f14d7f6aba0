"""Paper of 80 mm: the fiscal controller's tique factura, or an electronic invoice on a POS printer."""

from textwrap import wrap

from scripts.demo.papers import numbers
from scripts.demo.papers.adding import Totals, add_up, printed_total
from scripts.demo.papers.codes import qr_text
from scripts.demo.papers.kinds import FISCAL_CONTROLLER_TYPES
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.foot import notices, total_text, transparency_lines
from scripts.demo.papers.layouts.grid import COURIER_ADVANCE, Grid
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.page import Pages
from scripts.demo.papers.layouts.sheet import MILLIMETRE, Sheet
from scripts.demo.papers.paper import Paper
from scripts.demo.papers.traits import NumberStyle

COLUMNS = 48
WIDTH = 80 * MILLIMETRE
MARGIN = 3.5 * MILLIMETRE
SIZE = (WIDTH - 2 * MARGIN) / (COLUMNS * COURIER_ADVANCE)
PITCH = SIZE * 1.32
QR_SIDE = 30 * MILLIMETRE
_NAME_WIDTH = 27
_THOUSAND = 1000


def one_page(paper: Paper) -> Pages:
    """A ticket is one page however long."""
    return [paper.lines]


def draw_roll(sheet: Sheet, paper: Paper, grid: Grid) -> None:
    """One page as long as the text, the QR below it."""
    text = qr_text(paper)
    height = 24 + len(grid.lines) * PITCH + (QR_SIDE + 24 if text else 12)
    sheet.start_page((WIDTH, height), is_printed_twice=paper.traits.is_printed_twice)
    y = grid.draw(sheet, (MARGIN, 20), SIZE, PITCH)
    if text:
        sheet.qr((WIDTH - QR_SIDE) / 2, y, QR_SIDE, text)
    sheet.end_page()


def _draw(sheet: Sheet, paper: Paper) -> None:
    grid = Grid(COLUMNS)
    _write_issuer(grid, paper)
    _write_number(grid, paper)
    _write_receiver(grid, paper)
    _write_rows(grid, paper)
    _write_totals(grid, paper)
    _write_foot(grid, paper)
    draw_roll(sheet, paper, grid)


def _is_controller(paper: Paper) -> bool:
    return paper.type_code in FISCAL_CONTROLLER_TYPES


def _is_hasar(paper: Paper) -> bool:
    return (paper.controller_registration or "").startswith("HSH")


def _write_issuer(grid: Grid, paper: Paper) -> None:
    issuer = paper.issuer
    if issuer.fantasy_name:
        grid.center(issuer.fantasy_name.upper(), is_bold=True)
    grid.write(issuer.name.upper())
    grid.write(f"C.U.I.T. Nro.: {numbers.cuit(issuer.cuit, is_dashed=True)}")
    grid.write(f"Ing. Brutos: {issuer.gross_income}")
    street, _, city = issuer.address.partition(" - ")
    grid.write(f"Domicilio: {street}")
    if city:
        grid.write(city.upper())
    grid.write(f"Inicio de Actividades: {numbers.day(issuer.started_on)}")
    grid.write(str(issuer.iva_condition).upper())
    grid.rule()


def _write_number(grid: Grid, paper: Paper) -> None:
    number = f"N° {paper.point_of_sale:05d}-{paper.number:08d}"
    if not _is_controller(paper):
        grid.center(f"{paper.kind.title} {paper.letter}", is_bold=True)
        grid.center(f"COD. {paper.type_code:02d}   ORIGINAL")
        grid.write(f"N° DE FACTURA: {paper.point_of_sale:05d}-{paper.number:08d}")
        grid.write(f"FECHA: {numbers.day(paper.issued_on, paper.traits.dates)}  HORA: {paper.issued_at}")
    elif _is_hasar(paper):
        grid.write(f"Cód. {paper.type_code:03d} - TIQUET FACTURA {paper.letter}", is_bold=True)
        grid.write(number)
        grid.pair(f"Fecha {numbers.day(paper.issued_on, paper.traits.dates)}", f"Hora {paper.issued_at}")
    else:
        grid.write(f'TIQUE FACTURA "{paper.letter}" (Cód.{paper.type_code:03d})', is_bold=True)
        grid.pair("", number)
        grid.pair(f"Fecha {numbers.day(paper.issued_on, paper.traits.dates)}", f"Hora {paper.issued_at}")
    grid.rule()


def _write_receiver(grid: Grid, paper: Paper) -> None:
    receiver = paper.receiver
    if receiver.cuit is None:
        grid.write("A CONSUMIDOR FINAL")
        grid.rule()
        return
    if not _is_controller(paper):
        grid.write("CLIENTE")
    grid.write(receiver.name.upper())
    grid.write(f"C.U.I.T. Nro.: {numbers.cuit(receiver.cuit, is_dashed=True)}")
    grid.write(str(receiver.iva_condition).upper())
    grid.write(receiver.address)
    grid.write(f"CONDICION: {paper.sale_condition.upper()}")
    for note in notices(paper):
        for text in wrap(note, COLUMNS):
            grid.write(text)
    grid.rule()


def _write_rows(grid: Grid, paper: Paper) -> None:
    style, cells = paper.traits.numbers, Cells(paper)
    grid.write("Cantidad/Precio unit.")
    grid.pair("Descripción          (%IVA)", "IMPORTE")
    grid.rule()
    for line in paper.lines:
        quantity = numbers.amount(line.quantity, style, 4)
        grid.write(f"{quantity} u x {numbers.amount(line.unit_price, style, 4)}")
        *above, last = wrap(line.description.upper(), _NAME_WIDTH) or [""]
        for text in above:
            grid.write(text)
        rate = f"({cells.iva_rate(line)})"
        grid.pair(f"{last:<{_NAME_WIDTH}} {rate:>7}", numbers.amount(line.subtotal, style))
    grid.write()


def _write_totals(grid: Grid, paper: Paper) -> None:
    totals = add_up(paper)
    style = paper.traits.numbers
    if totals.discount:
        grid.pair("DTO. DESCUENTO GENERAL", numbers.amount(-totals.discount, style))
    if paper.is_net:
        _write_net_totals(grid, paper, totals)
    else:
        for note in transparency_lines(paper):
            for text in wrap(note, COLUMNS):
                grid.write(text)
    for row in totals.perceptions:
        label = f"07-{row.perception.description}" if _is_controller(paper) else row.perception.description
        grid.pair(label, numbers.amount(row.amount, style))
    others = totals.internal + totals.perception_total
    if others:
        grid.pair("IMPORTE TOTAL OTROS TRIBUTOS", numbers.amount(others, style))
    grid.write()
    grid.pair("TOTAL", total_text(paper), is_bold=True)
    grid.write()


def _write_net_totals(grid: Grid, paper: Paper, totals: Totals) -> None:
    style = paper.traits.numbers
    if totals.untaxed:
        grid.pair("SUBTOTAL IMPORTE NETO NO GRAVADO", numbers.amount(totals.untaxed, style))
    if totals.exempt:
        grid.pair("SUBTOTAL IMPORTE EXENTO", numbers.amount(totals.exempt, style))
    grid.pair("SUBTOT. IMP. NETO GRAVADO", numbers.amount(totals.net, style))
    for row in totals.iva:
        grid.pair(f"ALICUOTA {numbers.rate(row.rate, style)}%", numbers.amount(row.amount, style))
    grid.pair("IMPORTE TOTAL IVA", numbers.amount(totals.iva_total, style))
    if totals.internal:
        grid.pair("10-Impuesto interno a nivel item", numbers.amount(totals.internal, style))


def _write_foot(grid: Grid, paper: Paper) -> None:
    style = paper.traits.numbers
    total = printed_total(paper)
    paid = (total // _THOUSAND + 1) * _THOUSAND if paper.sale_condition == "Contado" else total
    grid.write("RECIBI/MOS")
    grid.pair("Efectivo" if paid != total else "Cuenta corriente", numbers.amount(paid, style))
    grid.pair("Suma de sus pagos", numbers.amount(paid, style))
    grid.pair("CAMBIO" if _is_hasar(paper) else "Su vuelto", numbers.amount(paid - total, style))
    grid.write()
    if paper.controller_registration:
        grid.pair("CF", "V: 1.02")
        grid.write(f"REGISTRO: {paper.controller_registration}")
    elif paper.authorization_code and paper.authorization_due:
        grid.write(f"CAE: {paper.authorization_code}")
        grid.write(f"Vto. CAE: {numbers.day(paper.authorization_due)}")


LAYOUT = Layout(
    "ticket",
    _draw,
    one_page,
    kinds={81: 50, 82: 30, 1: 10, 6: 10},
    prints=frozenset({"iva_rate"}),
    net_only=frozenset(),
    max_perceptions=3,
    price_decimals=(2, 2, 4),
    fixed_price_decimals=4,
    has_copies=False,
    carries=False,
    has_pages=False,
    numbers=(NumberStyle.PLAIN,),
    foreign_share=0,
)
