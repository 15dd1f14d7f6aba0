"""An invoice as the review page shows it: fields with their doubt in words, lines, what blocks it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from shared.clients.negocio_models import Box, Candidate, Field, Finding, Invoice, InvoiceLine
from shared.kernel.cuit import format_cuit
from web_dashboard import formats
from web_dashboard.forms import Mistakes
from web_dashboard.invoices.titles import STATUS_WORDS

OPEN = ("needs_review", "ready")
_LINE_PATH = re.compile(r"lines\[(\d+)\](?:\.(\w+))?")
_CUIT_DIGITS = 11


@dataclass(frozen=True, slots=True)
class HeaderSpec:
    """A header field that people see and correct. kind: text, cuit, digits, date or money."""

    name: str
    label: str
    kind: str = "text"


HEADER = (
    HeaderSpec("issuer_name", "Proveedor"),
    HeaderSpec("issuer_cuit", "CUIT", "cuit"),
    HeaderSpec("letter", "Letra"),
    HeaderSpec("point_of_sale", "Punto de venta", "digits"),
    HeaderSpec("number", "Número", "digits"),
    HeaderSpec("issue_date", "Fecha", "date"),
    HeaderSpec("authorization_code", "CAE", "digits"),
    HeaderSpec("total", "Total impreso", "money"),
)


@dataclass(frozen=True, slots=True)
class FieldView:
    """One header field. tone: good, warn or bad, said by word too; printed: what the paper says instead."""

    spec: HeaderSpec
    value: str
    tone: str
    word: str
    box: Box | None
    printed: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class LineView:
    """One line. blockers: what keeps the invoice from being confirmed because of this line."""

    line: InvoiceLine
    tone: str
    word: str
    note: str | None
    values: dict[str, str]
    errors: dict[str, str]
    blockers: list[Finding]
    candidates: list[Candidate]
    can_approve: bool

    def box(self, name: str) -> Box | None:
        """Where a value stands on the paper; where that is not known, the whole line."""
        seen = self.line.evidence.get(name)
        return seen.box if seen and seen.box else self.line.box

    @property
    def shows_pack(self) -> bool:
        """Whether the units per pack matter enough to stand in sight."""
        if self.line.product is None or self.line.not_stock:
            return False
        return self.line.pack_factor != 1 or "pack_factor" in {*self.line.doubts, *self.errors}


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The whole review. notice: what just happened, with its tone."""

    invoice: Invoice
    status: str
    status_tone: str
    is_open: bool
    fields: list[FieldView]
    lines: list[LineView]
    blockers: list[Finding]
    doubts: int
    received: list[tuple[str, Decimal, Decimal | None]]
    notice: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class LineMistakes:
    """What could not be understood in one line."""

    line_id: str
    mistakes: Mistakes = field(default_factory=Mistakes)


def review_view(
    invoice: Invoice,
    *,
    header_mistakes: Mistakes | None = None,
    line_mistakes: LineMistakes | None = None,
    notice: tuple[str, str] | None = None,
) -> ReviewView:
    """What the page shows of an invoice."""
    fields = [_field(spec, invoice.header.get(spec.name, Field()), header_mistakes) for spec in HEADER]
    if invoice.status not in OPEN:
        # What was accepted is not in doubt any more.
        fields = [replace(shown, tone="good", word="") for shown in fields]
    lines = [_line(index, line, invoice, line_mistakes) for index, line in enumerate(invoice.lines)]
    status, tone = STATUS_WORDS.get(invoice.status, (invoice.status, "quiet"))
    return ReviewView(
        invoice=invoice,
        status=status,
        status_tone=tone,
        is_open=invoice.status in OPEN,
        fields=fields,
        lines=lines,
        blockers=invoice.blockers,
        doubts=_doubts(fields) + _doubts(lines),
        received=_received(invoice),
        notice=notice,
    )


def _doubts(views: Sequence[FieldView] | Sequence[LineView]) -> int:
    return sum(view.tone != "good" for view in views)


def _field(spec: HeaderSpec, read: Field, mistakes: Mistakes | None) -> FieldView:
    value = "" if read.value is None else str(read.value)
    error = mistakes.reasons.get(spec.name) if mistakes else None
    shown = mistakes.typed[spec.name] if mistakes and error else _shown(spec.kind, value)
    tone, word = _judged(read.state, is_missing=not value)
    printed = _shown(spec.kind, read.printed) if read.printed and read.printed != value else None
    return FieldView(spec, shown, tone, word, read.box, printed, error)


def _judged(state: str, *, is_missing: bool) -> tuple[str, str]:
    if state == "bad":
        return "bad", "Falta" if is_missing else "Corregir"
    return ("warn", "Revisar") if state == "check" else ("good", "Seguro")


def _shown(kind: str, value: str) -> str:
    if kind == "cuit" and len(value) == _CUIT_DIGITS:
        return format_cuit(value)
    if kind == "money" and value:
        return formats.input_number(Decimal(value), 2)
    return value


def _line(index: int, line: InvoiceLine, invoice: Invoice, mistakes: LineMistakes | None) -> LineView:
    blockers = [found for found in invoice.blockers if _index(found) == index]
    is_missing = line.product is None and not line.not_stock
    state = "sure" if invoice.status not in OPEN else "bad" if blockers else line.state
    tone, word = _judged(state, is_missing=is_missing)
    wrong = mistakes.mistakes if mistakes and mistakes.line_id == line.id else Mistakes()
    return LineView(
        line=line,
        tone=tone,
        word=word,
        note=_note(line) if invoice.status in OPEN else None,
        values={**line_values(line), **wrong.typed},
        errors=wrong.reasons,
        blockers=blockers,
        candidates=[found for found in line.candidates if not _is_chosen(found, line)][:3],
        can_approve=tone == "warn",
    )


def _index(found: Finding) -> int | None:
    where = _LINE_PATH.fullmatch(found.path or "")
    return int(where[1]) if where else None


def _is_chosen(candidate: Candidate, line: InvoiceLine) -> bool:
    return line.product is not None and line.product.id == candidate.product_id


_DOUBT_WORDS = {
    "quantity": "la cantidad",
    "bonus_quantity": "la bonificación",
    "unit_price": "el precio",
    "subtotal": "el importe",
    "description": "el texto",
    "code": "el código",
    "discounts": "los descuentos",
    "iva_rate": "el IVA",
    "internal_tax": "el impuesto interno",
    "product": "el producto",
    "pack_factor": "las unidades por bulto",
    "not_stock": "si es mercadería",
    "unread": "una cifra que no se entendió",
}


def _note(line: InvoiceLine) -> str | None:
    """What to look at, in words."""
    words = [_DOUBT_WORDS.get(doubt, doubt) for doubt in line.doubts]
    if words:
        return "Fijate en " + " y en ".join(words)
    if line.state == "check" and line.match and line.match.score is not None:
        return f"{formats.number(line.match.score * 100)}{formats.NBSP}% seguro"
    return None


def line_values(line: InvoiceLine) -> dict[str, str]:
    """A line's fields as they stand in their inputs."""
    return {
        "code": line.code or "",
        "description": line.description or "",
        "quantity": formats.input_number(line.quantity),
        "bonus_quantity": formats.input_number(line.bonus_quantity),
        "unit_price": _price(line.unit_price),
        "discounts": discounts_text(line),
        "iva_rate": formats.input_number(line.iva_rate),
        "internal_tax": formats.input_number(line.internal_tax),
        "subtotal": formats.input_number(line.subtotal, 2),
        "pack_factor": formats.input_number(line.pack_factor),
    }


def _price(price: Decimal | None) -> str:
    """At least cents; more decimals when the paper has them."""
    if price is None:
        return ""
    exponent = price.normalize().as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return formats.input_number(price, max(2, decimals))


def discounts_text(line: InvoiceLine) -> str:
    """The cascade as people write it: 20 + 5, or $ 30 for an amount."""
    steps = [
        formats.input_number(step.rate)
        if step.rate is not None
        else f"${formats.NBSP}{formats.input_number(step.amount)}"
        for step in line.discounts
    ]
    return " + ".join(steps)


def _received(invoice: Invoice) -> list[tuple[str, Decimal, Decimal | None]]:
    """Name, quantity and new balance of each product that entered."""
    if invoice.receipt is None:
        return []
    names: dict[UUID, str] = {line.product.id: line.product.name for line in invoice.lines if line.product}
    return [
        (names.get(moved.product_id, "Producto"), moved.quantity, moved.balance_after)
        for moved in invoice.receipt.movements
    ]
