"""Parts that papers of 80 mm share: the roll itself, who sold, who bought, taxes, payment."""

from decimal import Decimal
from textwrap import wrap

from scripts.demo.papers import numbers
from scripts.demo.papers.adding import Totals, add_up, printed_total
from scripts.demo.papers.codes import qr_text
from scripts.demo.papers.habits import CountStyle
from scripts.demo.papers.kinds import FISCAL_CONTROLLER_TYPES
from scripts.demo.papers.layouts.extras import roll_count
from scripts.demo.papers.layouts.foot import notices, total_text, transparency_lines
from scripts.demo.papers.layouts.grid import COURIER_ADVANCE, Grid
from scripts.demo.papers.layouts.page import Pages
from scripts.demo.papers.layouts.sheet import MILLIMETRE, Sheet
from scripts.demo.papers.paper import Line, Paper

COLUMNS = 48
_WIDTH = 80 * MILLIMETRE
_MARGIN = 3.5 * MILLIMETRE
_SIZE = (_WIDTH - 2 * _MARGIN) / (COLUMNS * COURIER_ADVANCE)
_PITCH = _SIZE * 1.32
_QR_SIDE = 30 * MILLIMETRE
_THOUSAND = 1000


def one_page(paper: Paper) -> Pages:
    """A ticket is one page however long."""
    return [paper.lines]


def draw_roll(sheet: Sheet, paper: Paper, grid: Grid) -> None:
    """One page as long as the text, the QR below it."""
    text = qr_text(paper)
    height = 24 + len(grid.lines) * _PITCH + (_QR_SIDE + 24 if text else 12)
    sheet.start_page((_WIDTH, height), is_printed_twice=paper.traits.is_printed_twice)
    y = grid.draw(sheet, (_MARGIN, 20), _SIZE, _PITCH)
    if text:
        sheet.qr((_WIDTH - _QR_SIDE) / 2, y, _QR_SIDE, text)
    sheet.end_page()


def is_controller(paper: Paper) -> bool:
    """A fiscal controller printed it."""
    return paper.type_code in FISCAL_CONTROLLER_TYPES


def is_hasar(paper: Paper) -> bool:
    """The controller is a Hasar, else an Epson."""
    return (paper.controller_registration or "").startswith("HSH")


def write_pair(grid: Grid, paper: Paper, label: str, value: Decimal) -> None:
    """A label and an amount at the edges."""
    grid.pair(label, numbers.amount(value, paper.traits.numbers))


def write_issuer(grid: Grid, paper: Paper) -> None:
    """The seller, above everything."""
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


def write_receiver(grid: Grid, paper: Paper) -> None:
    """The buyer, below the number."""
    receiver = paper.receiver
    if receiver.cuit is None:
        grid.write("A CONSUMIDOR FINAL")
        grid.rule()
        return
    if not is_controller(paper):
        grid.write("CLIENTE")
    grid.write(receiver.name.upper())
    grid.write(f"C.U.I.T. Nro.: {numbers.cuit(receiver.cuit, is_dashed=True)}")
    grid.write(str(receiver.iva_condition).upper())
    grid.write(receiver.address)
    grid.write(f"CONDICION: {paper.sale_condition.upper()}")
    _write_wrapped(grid, notices(paper) if not is_controller(paper) else [])
    grid.rule()


def count_line(paper: Paper, line: Line, usual: str) -> str:
    """Quantity and price of a row; usual: as the layout writes them."""
    style = paper.traits.numbers
    quantity = numbers.shortest(line.printed("quantity"), style)
    price = line.printed("unit_price")
    match paper.traits.habits.counts:
        case CountStyle.USUAL:
            return usual
        case CountStyle.BARE:
            least = 0 if price == price.to_integral_value() else 2
            return f"{quantity} x {numbers.shortest(price, style, least)}"
        case CountStyle.UNITS:
            unit = "KG" if line.unit == "kilogramos" else "UN"
            return f"{quantity} {unit} X {numbers.shortest(price, style, 2)}"
        case CountStyle.LABELLED:
            return f"CANT: {quantity} P.U.: {numbers.shortest(price, style, 2)}"


def write_below(grid: Grid, paper: Paper, line: Line) -> None:
    """The line below a row that takes money off it."""
    if line.below:
        wordings = ("DESCUENTO", "DTO. PROMO", "BONIF. 2DA UNIDAD", "Desc. x cantidad")
        write_pair(grid, paper, wordings[paper.number % len(wordings)], -line.below)


def write_totals(grid: Grid, paper: Paper) -> None:
    """Taxes and the total, and where the supplier counts its rows, the count above or below."""
    totals = add_up(paper)
    count = roll_count(paper)
    if count and paper.number % 2:
        grid.pair(*count)
    if paper.is_net:
        _write_net_totals(grid, paper, totals)
    else:
        _write_wrapped(grid, transparency_lines(paper))
    for row in totals.perceptions:
        description = row.perception.description
        write_pair(grid, paper, f"07-{description}" if is_controller(paper) else description, row.amount)
    others = totals.internal + totals.perception_total
    if others:
        write_pair(grid, paper, "IMPORTE TOTAL OTROS TRIBUTOS", others)
    grid.write()
    grid.pair("TOTAL", total_text(paper), is_bold=True)
    if count and not paper.number % 2:
        grid.pair(*count)
    grid.write()


def _write_net_totals(grid: Grid, paper: Paper, totals: Totals) -> None:
    if totals.untaxed:
        write_pair(grid, paper, "SUBTOTAL IMPORTE NETO NO GRAVADO", totals.untaxed)
    if totals.exempt:
        write_pair(grid, paper, "SUBTOTAL IMPORTE EXENTO", totals.exempt)
    write_pair(grid, paper, "SUBTOT. IMP. NETO GRAVADO", totals.net)
    for row in totals.iva:
        rate = numbers.rate(row.rate, paper.traits.numbers)
        write_pair(grid, paper, f"ALICUOTA {rate}%", row.amount)
    write_pair(grid, paper, "IMPORTE TOTAL IVA", totals.iva_total)
    if totals.internal:
        write_pair(grid, paper, "10-Impuesto interno a nivel item", totals.internal)


def write_payment(grid: Grid, paper: Paper) -> None:
    """What was handed over and given back."""
    total = printed_total(paper)
    paid = (total // _THOUSAND + 1) * _THOUSAND if paper.sale_condition == "Contado" else total
    grid.write("RECIBI/MOS")
    write_pair(grid, paper, "Efectivo" if paid != total else "Cuenta corriente", paid)
    write_pair(grid, paper, "Suma de sus pagos", paid)
    write_pair(grid, paper, "CAMBIO" if is_hasar(paper) else "Su vuelto", paid - total)
    grid.write()


def write_permit(grid: Grid, paper: Paper) -> None:
    """The controller's registration, or the CAE of an electronic voucher."""
    if paper.controller_registration:
        grid.pair("CF", "V: 1.02")
        grid.write(f"REGISTRO: {paper.controller_registration}")
    elif paper.authorization_code and paper.authorization_due:
        grid.write(f"CAE: {paper.authorization_code}")
        grid.write(f"Vto. CAE: {numbers.day(paper.authorization_due, paper.traits.dates)}")


def _write_wrapped(grid: Grid, texts: list[str]) -> None:
    for text in texts:
        for part in wrap(text, COLUMNS):
            grid.write(part)
