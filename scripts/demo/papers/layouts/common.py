"""Parts that private layouts share: rows of the foot, authorisation, transparency lines."""

from dataclasses import dataclass
from decimal import Decimal

from scripts.demo.papers import numbers
from scripts.demo.papers.codes import itf_digits, qr_text
from scripts.demo.papers.layouts.sheet import Faces, Sheet
from scripts.demo.papers.paper import Line, NumberStyle, Paper, Totals, add_up, printed_total

TRANSPARENCY_TITLE = "Régimen de Transparencia Fiscal al Consumidor (Ley 27.743)"


@dataclass(frozen=True, slots=True)
class FootRow:
    """A label and its amount at the foot. percentage: empty when none applies."""

    label: str
    percentage: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Wording:
    """How one layout names the rows of its foot."""

    rows: str = "Subtotal"
    discount: str = "Bonificación"
    net: str = "Neto Gravado"
    exempt: str = "Exento"
    iva: str = "I.V.A."
    internal: str = "Imp. Internos"
    total: str = "TOTAL"


def foot_rows(paper: Paper, wording: Wording) -> list[FootRow]:
    """Rows between the items and the total, in printing order, zero rows left out."""
    totals = add_up(paper)
    style = paper.traits.numbers
    rows = [FootRow(wording.rows, "", totals.rows)]
    if totals.discount:
        rows.append(FootRow(wording.discount, numbers.rate(paper.discount_rate, style), -totals.discount))
    if paper.letter == "A":
        rows += _net_rows(totals, wording, style)
    rows += [
        FootRow(row.perception.description, numbers.rate(row.perception.rate, style), row.amount)
        for row in totals.perceptions
    ]
    return rows


def _net_rows(totals: Totals, wording: Wording, style: NumberStyle) -> list[FootRow]:
    rows = [FootRow(wording.net, "", totals.net)]
    if totals.exempt:
        rows.append(FootRow(wording.exempt, "", totals.exempt))
    rows += [FootRow(wording.iva, numbers.rate(row.rate, style), row.amount) for row in totals.iva]
    if totals.internal:
        rows.append(FootRow(wording.internal, "", totals.internal))
    return rows


def total_text(paper: Paper) -> str:
    """The total in the paper's own style."""
    return numbers.amount(printed_total(paper), paper.traits.numbers)


def transparency_lines(paper: Paper) -> list[str]:
    """The three lines of Ley 27.743, on B papers that carry them."""
    if paper.letter != "B" or not paper.traits.has_transparency_box:
        return []
    totals = add_up(paper)
    style = paper.traits.numbers
    return [
        TRANSPARENCY_TITLE,
        f"IVA Contenido: $ {numbers.amount(totals.contained_iva, style)}",
        f"Otros Impuestos Nacionales Indirectos: $ {numbers.amount(totals.contained_internal, style)}",
    ]


def draw_transparency(sheet: Sheet, paper: Paper, x: float, y: float, faces: Faces) -> None:
    """The transparency lines from y downwards."""
    for index, text in enumerate(transparency_lines(paper)):
        face = faces.italic(7.5) if index == 0 else faces.regular(7.5)
        sheet.left(x, y + index * 10, text, face)


def draw_authorization(sheet: Sheet, paper: Paper, y: float, faces: Faces) -> None:
    """QR at the left, CAE and its due date at the right, barcode where the paper has one."""
    text = qr_text(paper)
    if text:
        sheet.qr(24, y, 78, text)
    digits = itf_digits(paper) if paper.traits.has_itf else None
    if digits:
        sheet.itf(125, y + 40, 240, 24, digits)
        sheet.center(245, y + 73, digits, faces.regular(7))
    if paper.authorization_code and paper.authorization_due:
        sheet.right(480, y + 20, "C.A.E. N°:", faces.bold(9.5))
        sheet.left(484, y + 20, paper.authorization_code, faces.regular(9.5))
        sheet.right(480, y + 34, "Fecha Vto. C.A.E.:", faces.bold(9.5))
        sheet.left(484, y + 34, numbers.day(paper.authorization_due), faces.regular(9.5))


def discount_text(line: Line, index: int, style: NumberStyle) -> str:
    """The percentage of one discount column, empty when the row has fewer."""
    if index >= len(line.discounts):
        return ""
    return numbers.rate(line.discounts[index], style)


def iva_text(line: Line, style: NumberStyle) -> str:
    """IVA rate of a row: 21,00, or EX."""
    return "EX" if line.iva_rate is None else numbers.rate(line.iva_rate, style)


def article_code(paper: Paper) -> str:
    """The code under the letter: 01."""
    return f"{paper.type_code:02d}"
