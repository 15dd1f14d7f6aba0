"""A fiscal controller in the full words of Epson and Hasar: factura, tique and nota de crédito of 80 mm."""

from textwrap import wrap

from scripts.demo.papers import numbers
from scripts.demo.papers.adding import add_up
from scripts.demo.papers.kinds import KINDS
from scripts.demo.papers.layouts.cells import Cells
from scripts.demo.papers.layouts.grid import Grid
from scripts.demo.papers.layouts.layout import Layout
from scripts.demo.papers.layouts.roll import (
    COLUMNS,
    count_line,
    draw_roll,
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
from scripts.demo.papers.paper import HUNDRED, Line, Paper
from scripts.demo.papers.traits import NumberStyle

_NAME_WIDTH = 21
_EXTRA_NAME_WIDTH = 40


def _draw(sheet: Sheet, paper: Paper) -> None:
    grid = Grid(COLUMNS)
    write_issuer(grid, paper)
    _write_title(grid, paper)
    write_receiver(grid, paper)
    _write_reference(grid, paper)
    _write_rows(grid, paper)
    _write_discounts(grid, paper)
    write_totals(grid, paper)
    write_payment(grid, paper)
    if not is_hasar(paper):
        grid.write("GRACIAS POR SU COMPRA")
    write_permit(grid, paper)
    draw_roll(sheet, paper, grid)


def _write_title(grid: Grid, paper: Paper) -> None:
    day = numbers.day(paper.issued_on, paper.traits.dates)
    title = paper.kind.title
    if is_hasar(paper):
        grid.write(
            f"Cód. {paper.type_code:03d} - {title.replace('TIQUE', 'TIQUET')} {paper.letter}", is_bold=True
        )
        grid.pair(f"P.V. Nº {paper.point_of_sale:05d}", f"Nro. T. {paper.number:08d}")
        grid.pair(f"Fecha {day}", f"Hora {paper.issued_at}")
    else:
        quoted = f' "{paper.letter}"' if paper.letter else ""
        grid.write(f"{title}{quoted} (Cód.{paper.type_code:03d})", is_bold=True)
        grid.pair(f"Fecha {day}", f"N° {paper.point_of_sale:05d}-{paper.number:08d}")
        grid.pair("", f"Hora {paper.issued_at}")
    grid.rule()


def _write_reference(grid: Grid, paper: Paper) -> None:
    mended = paper.reference
    if mended is None:
        return
    kind = KINDS[mended.type_code]
    grid.write("COMPROBANTES ASOCIADOS")
    grid.pair(
        f"{mended.type_code:03d} {kind.title} {kind.letter}",
        f"{mended.point_of_sale:05d}-{mended.number:08d}",
    )
    grid.rule()


def _write_rows(grid: Grid, paper: Paper) -> None:
    cells = Cells(paper)
    grid.write("Cantidad/Precio unit.")
    grid.pair("Descripción (%IVA) [%B.I.]", "IMPORTE")
    grid.rule("=" if is_hasar(paper) else "-")
    for line in paper.lines:
        if not is_single(line):
            grid.write(_count(paper, line))
        *above, last = _name(line)
        for text in above:
            grid.write(text)
        grid.pair(f"{last} ({cells.iva_rate(line)}){_taxable_base(paper, line)}", cells.subtotal(line))
        write_below(grid, paper, line)
    grid.write()


def is_single(line: Line) -> bool:
    """One unit whose price is the amount: no line for its quantity."""
    return line.printed("quantity") == 1 and line.printed("unit_price") == line.printed("subtotal")


def _count(paper: Paper, line: Line) -> str:
    quantity, price = (
        numbers.amount(line.printed(name), paper.traits.numbers, 4) for name in ("quantity", "unit_price")
    )
    unit = "kg" if line.unit == "kilogramos" and is_hasar(paper) else "u"
    return count_line(paper, line, f"{quantity} {unit} x {price}")


def _name(line: Line) -> list[str]:
    """The last part leaves room for rate and amount; what stands above may be longer."""
    text = line.description.upper()
    if len(text) <= _NAME_WIDTH:
        return [text]
    *above, last = wrap(text, _EXTRA_NAME_WIDTH)
    return [*above, last] if len(last) <= _NAME_WIDTH else [*above, *wrap(last, _NAME_WIDTH)]


def _taxable_base(paper: Paper, line: Line) -> str:
    """Share of price and internal tax that pays IVA: [83,88]."""
    if not line.internal_tax:
        return ""
    taxed = line.subtotal if paper.is_net else line.subtotal - line.internal_tax
    share = taxed / (taxed + line.internal_tax) * HUNDRED
    return f"[{numbers.rate(share, paper.traits.numbers)}]"


def _write_discounts(grid: Grid, paper: Paper) -> None:
    """The general discount, one line for each rate it touches."""
    totals = add_up(paper)
    if totals.discount == totals.below:
        return
    write_pair(grid, paper, "SUBTOTAL", totals.rows - totals.below)
    for group in totals.groups:
        rate = "EX" if group.rate is None else numbers.rate(group.rate, paper.traits.numbers)
        taken = group.rows - group.below - group.kept
        if taken:
            write_pair(grid, paper, f"DTO. DESCUENTO GENERAL ({rate})", -taken)


LAYOUT = Layout(
    "controller",
    _draw,
    one_page,
    kinds={81: 40, 82: 25, 83: 20, 112: 8, 113: 7},
    prints=frozenset({"iva_rate"}),
    net_only=frozenset(),
    has_discounts_below=True,
    max_perceptions=3,
    price_decimals=(2, 2, 2, 4),
    fixed_price_decimals=4,
    has_copies=False,
    carries=False,
    has_pages=False,
    numbers=(NumberStyle.PLAIN, NumberStyle.PLAIN, NumberStyle.DOTTED),
    foreign_share=0,
)
