"""A line-printer paper: 96 characters of Courier per line, dashes for rules."""

from textwrap import wrap

from scripts.demo.papers import numbers
from scripts.demo.papers.layouts.common import (
    Wording,
    article_code,
    draw_authorization,
    foot_rows,
    iva_text,
    total_text,
    transparency_lines,
)
from scripts.demo.papers.layouts.grid import Grid
from scripts.demo.papers.layouts.sheet import Faces, Sheet
from scripts.demo.papers.paper import ZERO, FontFamily, Line, Paper

COLUMNS = 96
SIZE = 9.6
PITCH = 10.6
DESCRIPTION_WIDTH = 34
ROWS_PER_PAGE = 30
_WORDING = Wording(rows="SUBTOTAL", discount="BONIFICACION", net="NETO GRAVADO", iva="IVA", total="TOTAL")


def pages(paper: Paper) -> list[tuple[Line, ...]]:
    """Rows of each page."""
    split: list[list[Line]] = [[]]
    used = 0
    for line in paper.lines:
        height = len(_description(line))
        if used + height > ROWS_PER_PAGE and split[-1]:
            split.append([])
            used = 0
        split[-1].append(line)
        used += height
    return [tuple(page) for page in split]


def draw(paper: Paper) -> bytes:
    """The PDF, one copy."""
    sheet = Sheet()
    split = pages(paper)
    for index, lines in enumerate(split):
        grid = Grid(COLUMNS)
        _write_header(grid, paper, f"HOJA {index + 1:02d}/{len(split):02d}")
        _write_rows(grid, paper, lines)
        if index == len(split) - 1:
            _write_foot(grid, paper)
        grid.draw(sheet, (20, 34), SIZE, PITCH)
        draw_authorization(sheet, paper, 752, Faces(FontFamily.COURIER))
        sheet.new_page()
    return sheet.finish()


def _write_header(grid: Grid, paper: Paper, page: str) -> None:
    issuer, receiver = paper.issuer, paper.receiver
    is_dashed = paper.traits.has_dashed_cuit
    grid.pair((issuer.fantasy_name or issuer.name).upper(), page, is_bold=True)
    grid.pair(f"{issuer.name.upper()}", f"{paper.kind.title} '{paper.letter}'", is_bold=True)
    grid.pair(issuer.address.upper(), f"Codigo {article_code(paper)}")
    grid.pair(f"IVA: {str(issuer.iva_condition).upper()}", f"Nro: {numbers.fiscal_number(paper)}")
    grid.pair(
        f"CUIT Nro: {numbers.cuit(issuer.cuit, is_dashed=is_dashed)}   IB: {issuer.gross_income}",
        f"Fecha: {numbers.day(paper.issued_on)}",
    )
    grid.write(f"Inicio de actividades: {numbers.day(issuer.started_on)}")
    grid.rule("=")
    grid.pair(f"SR.(ES): {receiver.name.upper()}", f"CTA: {paper.number % 8999 + 1000}")
    grid.write(f"DOMIC. : {receiver.address.upper()}")
    grid.pair(
        f"IVA    : {str(receiver.iva_condition).upper()}",
        f"CUIT: {numbers.cuit(receiver.cuit, is_dashed=is_dashed)}",
    )
    grid.write(f"COND.  : {paper.sale_condition.upper()}")
    grid.rule("=")
    rate = "%IVA" if paper.letter == "A" else ""
    grid.write(_row("CODIGO", "DESCRIPCION", "CANTIDAD", "PRECIO", "%BON", rate, "IMPORTE"))
    grid.rule()


def _write_rows(grid: Grid, paper: Paper, lines: tuple[Line, ...]) -> None:
    style = paper.traits.numbers
    for line in lines:
        first, *others = _description(line)
        grid.write(
            _row(
                line.code,
                first,
                numbers.amount(line.quantity, style),
                numbers.amount(line.unit_price, style, paper.traits.price_decimals),
                numbers.rate(line.discounts[0] if line.discounts else ZERO, style),
                iva_text(line, style) if paper.letter == "A" else "",
                numbers.amount(line.subtotal, style),
            )
        )
        for text in others:
            grid.write(f"{'':9}{text}")
    used = sum(len(_description(line)) for line in lines)
    for _ in range(ROWS_PER_PAGE - used):
        grid.write()
    grid.rule()


def _write_foot(grid: Grid, paper: Paper) -> None:
    style = paper.traits.numbers
    rows = [
        f"{row.label.upper():<26}{row.percentage and row.percentage + '%':>8}"
        f"{numbers.amount(row.amount, style):>18}"
        for row in foot_rows(paper, _WORDING)
    ]
    notes = transparency_lines(paper)
    for index, text in enumerate(rows):
        note = notes[index][:42] if index < len(notes) else ""
        grid.write(f"{note:<44}{text}")
    for note in notes[len(rows) :]:
        grid.write(note)
    grid.write(f"{'':44}{'=' * 52}")
    grid.write(f"{'':44}{_WORDING.total + ' $':<26}{total_text(paper):>26}", is_bold=True)


def _description(line: Line) -> list[str]:
    return wrap(line.description.upper(), DESCRIPTION_WIDTH) or [""]


def _row(*cells: str) -> str:
    code, description, quantity, price, bonus, rate, total = cells
    return (
        f"{code[:8]:<8} {description:<{DESCRIPTION_WIDTH}} {quantity:>9} {price:>12} "
        f"{bonus:>6} {rate:>6} {total:>15}"
    )
