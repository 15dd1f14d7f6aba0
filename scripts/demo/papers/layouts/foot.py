"""Parts that private layouts share below the rows: sums, authorisation, notices, transparency."""

from dataclasses import dataclass
from decimal import Decimal

from scripts.demo.papers import numbers
from scripts.demo.papers.adding import Totals, add_up, printed_total
from scripts.demo.papers.codes import itf_digits, qr_text
from scripts.demo.papers.habits import REFERENCES, IvaTable, NetStyle
from scripts.demo.papers.kinds import CREDIT_INVOICE_TYPES, KINDS
from scripts.demo.papers.layouts.page import Page
from scripts.demo.papers.layouts.sheet import LINE_PITCH, Face
from scripts.demo.papers.paper import Paper, Reference
from scripts.demo.papers.traits import Traits

TRANSPARENCY_TITLE = "Régimen de Transparencia Fiscal al Consumidor (Ley 27.743)"
RETENTION_LEGEND = "OPERACIÓN SUJETA A RETENCIÓN"


@dataclass(frozen=True, slots=True)
class FootRow:
    """A label and its amount at the foot. percentage: empty when none applies."""

    label: str
    percentage: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Wording:
    """How one layout names the rows of its foot. rows: empty where their sum is not printed."""

    rows: str = "Subtotal"
    discount: str = "Bonificación"
    net: str = "Neto Gravado"
    untaxed: str = "Conceptos No Gravados"
    exempt: str = "Exento"
    iva: str = "I.V.A."
    internal: str = "Imp. Internos"
    total: str = "TOTAL"


def foot_rows(paper: Paper, wording: Wording) -> list[FootRow]:
    """Rows between the items and the total, in printing order, zero rows left out."""
    totals = add_up(paper)
    style = paper.traits.numbers
    rows = [FootRow(wording.rows, "", totals.rows)] if wording.rows else []
    if totals.discount:
        rows.append(FootRow(wording.discount, numbers.rate(paper.discount_rate, style), -totals.discount))
    if paper.is_net:
        rows += _net_rows(paper, totals, wording)
    rows += [
        FootRow(row.perception.description, numbers.rate(row.perception.rate, style), row.amount)
        for row in totals.perceptions
    ]
    return rows


def _net_rows(paper: Paper, totals: Totals, wording: Wording) -> list[FootRow]:
    rows = _nets_and_iva(paper, totals, wording)
    if totals.untaxed:
        rows.append(FootRow(wording.untaxed, "", totals.untaxed))
    if totals.exempt:
        rows.append(FootRow(wording.exempt, "", totals.exempt))
    rows += _iva_below(paper, totals, wording)
    if totals.internal:
        rows.append(FootRow(wording.internal, "", totals.internal))
    return rows


def _nets_and_iva(paper: Paper, totals: Totals, wording: Wording) -> list[FootRow]:
    """The net, or that of each rate, each with its IVA where the supplier pairs them."""
    nets = paper.traits.habits.nets
    if nets is NetStyle.SUM:
        return [FootRow(wording.net, "", totals.net)]
    pairs = [
        (FootRow(wording.net, rate, row.base), FootRow(wording.iva, rate, row.amount))
        for row in totals.iva
        for rate in [numbers.rate(row.rate, paper.traits.numbers)]
    ]
    return [row for pair in pairs for row in (pair if _is_paired(paper) else pair[:1])]


def _iva_below(paper: Paper, totals: Totals, wording: Wording) -> list[FootRow]:
    """The IVA of each rate, or its sum where a table tells the rates."""
    if _is_paired(paper):
        return []
    if paper.traits.habits.iva_table is IvaTable.INSTEAD:
        return [FootRow(wording.iva, "", totals.iva_total)]
    style = paper.traits.numbers
    return [FootRow(wording.iva, numbers.rate(row.rate, style), row.amount) for row in totals.iva]


def _is_paired(paper: Paper) -> bool:
    return paper.traits.habits.nets is NetStyle.PAIRED


@dataclass(frozen=True, slots=True)
class SumsBox:
    """Where the rows of the foot stand: y0 first baseline, y1 the lowest one may go.

    x_label: start of the labels, or their end with is_label_right. x_rate: end of the percentages;
    None writes them behind the label. x_amount: end of the amounts.
    """

    x_label: float
    x_amount: float
    y0: float
    y1: float
    size: float = 8.5
    pitch: float = 12
    x_rate: float | None = None
    is_label_right: bool = False


def draw_sums(page: Page, wording: Wording, box: SumsBox) -> None:
    """The rows of the foot, closer together where they are many."""
    rows = foot_rows(page.paper, wording)
    pitch = min(box.pitch, (box.y1 - box.y0) / max(1, len(rows) - 1))
    face = page.faces.regular(min(box.size, pitch / 1.08))
    for index, row in enumerate(rows):
        y = box.y0 + index * pitch
        label, amount = row.label, page.money(row.amount)
        if row.percentage and box.x_rate is None:
            label += f" {row.percentage}%"
        elif row.percentage and box.x_rate is not None:
            page.sheet.right(box.x_rate, y, f"{row.percentage}%", face)
        if box.is_label_right:
            page.sheet.right(box.x_label, y, label, face)
        else:
            room = box.x_amount - face.width(amount) - box.x_label - face.size
            page.sheet.fitted(box.x_label, y, label, face, room)
        page.sheet.right(box.x_amount, y, amount, face)


def total_text(paper: Paper) -> str:
    """The total in the paper's own style."""
    return numbers.amount(printed_total(paper), paper.traits.numbers)


def transparency_lines(paper: Paper) -> list[str]:
    """The lines of Ley 27.743, on B papers that carry them, and what a province adds to them."""
    if not paper.contains_iva or not paper.traits.has_transparency_box:
        return []
    totals = add_up(paper)
    style, mark = paper.traits.numbers, numbers.mark(paper)
    lines = [
        TRANSPARENCY_TITLE,
        f"IVA Contenido: {mark} {numbers.amount(totals.contained_iva, style)}",
        f"Otros Impuestos Nacionales Indirectos: {mark} {numbers.amount(totals.contained_internal, style)}",
    ]
    if paper.traits.has_provincial_line:
        lines.append(f"ALÍCUOTA ISIB CABA: {numbers.rate(Decimal(3), style)} %")
    return lines


def draw_transparency(page: Page, x: float, y: float, size: float = 7.5) -> None:
    """The transparency lines from y downwards."""
    for index, text in enumerate(transparency_lines(page.paper)):
        face = page.faces.italic(size) if index == 0 else page.faces.regular(size)
        page.sheet.left(x, y + index * size * 1.3, text, face)


def notices(paper: Paper) -> list[str]:
    """What special vouchers must say: legend, currency, MiPyME data, the voucher they mend."""
    traits, lines = paper.traits, []
    if paper.has_legend:
        lines.append(RETENTION_LEGEND)
    if paper.currency != "ARS":
        rate = numbers.amount(paper.exchange_rate, traits.numbers)
        lines.append(traits.habits.dollars.notice.format(rate))
    if paper.type_code in CREDIT_INVOICE_TYPES:
        if paper.cbu:
            lines.append(f"CBU del Emisor: {paper.cbu}  Opción: Sistema de Circulación Abierta")
        if paper.payment_due:
            lines.append(f"Fecha de Vto. para el pago: {numbers.day(paper.payment_due, traits.dates)}")
    mended = paper.reference
    if mended and paper.kind.kind in ("nota_credito", "nota_debito"):
        lines.append(_reference_text(mended, traits))
    return lines


def _reference_text(mended: Reference, traits: Traits) -> str:
    wording = traits.habits.reference if mended.authorization_code else REFERENCES[0]
    return wording.format(
        title=f"{KINDS[mended.type_code].title.title()} {KINDS[mended.type_code].letter}".strip(),
        number=f"{mended.point_of_sale:05d}-{mended.number:08d}",
        day=numbers.day(mended.issued_on, traits.dates),
        code=mended.authorization_code,
    )


def draw_notices(page: Page, x: float, y: float, room: float, size: float = 7.5) -> None:
    """The notices from y downwards, each within the room."""
    for index, text in enumerate(notices(page.paper)):
        page.sheet.fitted(x, y + index * size * LINE_PITCH, text, page.faces.bold(size), room)


def draw_qr(page: Page, x: float, y: float, side: float) -> None:
    """The QR, where the paper has one."""
    text = qr_text(page.paper)
    if text:
        page.sheet.qr(x, y, side, text)


def draw_itf(page: Page, x: float, y: float, width: float, height: float = 24) -> None:
    """The barcode and its digits, where the paper has them."""
    digits = itf_digits(page.paper) if page.paper.traits.has_itf else None
    if digits:
        page.sheet.itf(x, y, width, height, digits)
        page.sheet.center(x + width / 2, y + height + 9, digits, page.faces.regular(7))


def draw_authorization(page: Page, y: float) -> None:
    """QR at the left, CAE and its due date at the right, barcode where the paper has one."""
    draw_qr(page, 24, y, 78)
    draw_itf(page, 125, y + 40, 240)
    code, due = page.paper.authorization_code, page.paper.authorization_due
    if code and due:
        name, value = page.faces.label(9.5)
        _pair(page, y + 20, ("C.A.E. N°:", name), (code, value))
        _pair(page, y + 34, ("Fecha Vto. C.A.E.:", name), (page.day(due), value))


def _pair(page: Page, y: float, label: tuple[str, Face], text: tuple[str, Face]) -> None:
    page.sheet.right(480, y, *label)
    page.sheet.left(484, y, *text)
