"""Paper of 80 mm: the fiscal controller's tique factura, or an electronic invoice on a POS printer."""

from textwrap import wrap

from scripts.demo.papers import numbers
from scripts.demo.papers.adding import add_up
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.grid import Grid
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.roll import (
    COLUMNS,
    count_line,
    draw_roll,
    is_controller,
    is_hasar,
    one_page,
    write_below,
    write_issuer,
    write_pair,
    write_payment,
    write_permit,
    write_receiver,
    write_totals,
)
from scripts.demo.papers.layouts.sheet import Sheet
from scripts.demo.papers.paper import Paper
from scripts.demo.papers.traits import NumberStyle

_NAME_WIDTH = 27


def _draw(sheet: Sheet, paper: Paper) -> None:
    grid = Grid(COLUMNS)
    write_issuer(grid, paper)
    _write_number(grid, paper)
    write_receiver(grid, paper)
    _write_rows(grid, paper)
    totals = add_up(paper)
    discount = totals.discount - totals.below
    if discount:
        write_pair(grid, paper, "DTO. DESCUENTO GENERAL", -discount)
    write_totals(grid, paper)
    write_payment(grid, paper)
    write_permit(grid, paper)
    draw_roll(sheet, paper, grid)


def _write_number(grid: Grid, paper: Paper) -> None:
    number = f"{paper.point_of_sale:05d}-{paper.number:08d}"
    day = numbers.day(paper.issued_on, paper.traits.dates)
    if not is_controller(paper):
        grid.center(f"{paper.kind.title} {paper.letter}", is_bold=True)
        grid.center(f"COD. {paper.type_code:02d}   ORIGINAL")
        grid.write(f"N° DE FACTURA: {number}")
        grid.write(f"FECHA: {day}  HORA: {paper.issued_at}")
    elif is_hasar(paper):
        grid.write(f"Cód. {paper.type_code:03d} - TIQUET FACTURA {paper.letter}", is_bold=True)
        grid.write(f"N° {number}")
        grid.pair(f"Fecha {day}", f"Hora {paper.issued_at}")
    else:
        grid.write(f'TIQUE FACTURA "{paper.letter}" (Cód.{paper.type_code:03d})', is_bold=True)
        grid.pair("", f"N° {number}")
        grid.pair(f"Fecha {day}", f"Hora {paper.issued_at}")
    grid.rule()


def _write_rows(grid: Grid, paper: Paper) -> None:
    style, cells = paper.traits.numbers, Cells(paper)
    grid.write("Cantidad/Precio unit.")
    grid.pair("Descripción          (%IVA)", "IMPORTE")
    grid.rule()
    for line in paper.lines:
        quantity, price = (
            numbers.amount(line.printed(name), style, 4) for name in ("quantity", "unit_price")
        )
        grid.write(count_line(paper, line, f"{quantity} u x {price}"))
        *above, last = wrap(line.description.upper(), _NAME_WIDTH) or [""]
        for text in above:
            grid.write(text)
        rate = f"({cells.iva_rate(line)})"
        grid.pair(f"{last:<{_NAME_WIDTH}} {rate:>7}", cells.subtotal(line))
        write_below(grid, paper, line)
    grid.write()


LAYOUT = Layout(
    "ticket",
    _draw,
    one_page,
    kinds={81: 50, 82: 30, 1: 10, 6: 10},
    prints=frozenset({"iva_rate"}),
    net_only=frozenset(),
    has_discounts_below=True,
    max_perceptions=3,
    price_decimals=(2, 2, 4),
    fixed_price_decimals=4,
    has_copies=False,
    carries=False,
    has_pages=False,
    numbers=(NumberStyle.PLAIN,),
    foreign_share=0,
)
