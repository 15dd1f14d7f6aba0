"""Wire format of invoices as they are shown: every value with its evidence and its state."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from agente_negocio.invoices.models import DocumentPage, Invoice, InvoiceLine
from agente_negocio.invoices.rules.arithmetic import Totals
from agente_negocio.invoices.rules.identity import field_state
from agente_negocio.invoices.service.inbox import Listed
from agente_negocio.invoices.service.loading import HEADER_FIELDS, Opened
from agente_negocio.suppliers.service import KnownSupplier
from shared.kernel.clock import ARGENTINA
from shared.kernel.cuit import format_cuit
from shared.kernel.money import plain
from shared.web.invoice_texts import blocker_text, warning_text
from shared.web.schemas import Answer, DecimalOut, Instant


class FieldRead(Answer):
    """A header value and what speaks for it. printed: what the paper says where the QR says otherwise."""

    value: str | None
    confidence: float
    source: str | None
    raw: str | None
    box: dict[str, float] | None
    state: str
    read: str | None = None
    printed: str | None = None


class SupplierOfInvoice(Answer):
    """Who sold. id is null while the paper tells nobody."""

    id: UUID | None
    name: str | None
    cuit: str | None
    is_new: bool = False


class PageOfInvoice(Answer):
    """An upright page picture. n: its number in the document."""

    n: int
    width: int
    height: int
    url: str


class ProductOfLine(Answer):
    """The product a line means."""

    id: UUID
    name: str


class MatchOfLine(Answer):
    """How the product was found."""

    source: str
    score: float


class EvidenceRead(Answer):
    """Where a value of a line was read. raw: as first read."""

    source: str
    raw: str
    box: dict[str, float] | None


class LineRead(Answer):
    """One line. line_cost and unit_cost in pesos, unit_cost per base unit.

    evidence: by name of the value, of those the paper prints; none of a line that a person added.
    """

    id: UUID
    position: int
    code: str | None
    description: str
    quantity: DecimalOut | None
    bonus_quantity: DecimalOut
    unit: str | None
    unit_price: DecimalOut | None
    discounts: list[dict[str, str]]
    iva_rate: DecimalOut | None
    internal_tax: DecimalOut
    subtotal: DecimalOut | None
    confidence: float
    box: dict[str, float] | None
    evidence: dict[str, EvidenceRead]
    doubts: list[str]
    corrected: list[str]
    state: str
    product: ProductOfLine | None
    pack_factor: DecimalOut | None
    match: MatchOfLine | None
    candidates: list[dict[str, Any]]
    remember: bool
    not_stock: bool
    spread: bool
    unit_cost: DecimalOut | None
    line_cost: DecimalOut | None
    last_cost: DecimalOut | None


class TaxRead(Answer):
    """One tax row."""

    kind: str
    rate: DecimalOut | None
    base: DecimalOut | None
    amount: DecimalOut
    description: str


class TotalsRead(Answer):
    """The sums as the server computes them. difference: printed less computed."""

    net: DecimalOut
    iva: DecimalOut
    internal_tax: DecimalOut
    perceptions: DecimalOut
    others: DecimalOut
    discount: DecimalOut
    total: DecimalOut
    printed_total: DecimalOut | None
    difference: DecimalOut | None
    closes: bool
    difference_accepted: bool
    prices_include_iva: bool


class BlockerRead(Answer):
    """Why it cannot be confirmed yet, and where."""

    code: str
    detail: str
    path: str


class WarningRead(Answer):
    """What to know before confirming."""

    code: str
    detail: str


class ReceiptRead(Answer):
    """What happened to the goods."""

    status: str
    status_url: str
    movements: list[dict[str, Any]]
    error: dict[str, str] | None

    @classmethod
    def of(cls, invoice: Invoice) -> "ReceiptRead":
        """From its row."""
        kept = invoice.receipt or {}
        return cls(
            status=invoice.receipt_status,
            status_url=f"/api/v1/invoices/{invoice.id}/receipt",
            movements=kept.get("movements", []),
            error=kept.get("error"),
        )


class InvoiceRead(Answer):
    """A whole invoice."""

    id: UUID
    version: int
    status: str
    kind: str
    branch_id: UUID | None
    document_id: UUID | None
    source: str
    created_at: Instant
    confirmed_at: Instant | None
    close_reason: str | None
    cost_basis: str
    credit_effect: str | None
    accept_receiver: bool
    accept_difference: bool
    internal_tax_lines: list[UUID] | None
    pages: list[PageOfInvoice]
    header: dict[str, FieldRead]
    supplier: SupplierOfInvoice
    lines: list[LineRead]
    taxes: list[TaxRead]
    totals: TotalsRead
    checks: list[dict[str, Any]]
    blockers: list[BlockerRead]
    warnings: list[WarningRead]
    duplicate_of: UUID | None
    receipt: ReceiptRead | None

    @classmethod
    def of(cls, opened: Opened, pages: list[DocumentPage]) -> "InvoiceRead":
        """From what was loaded and judged."""
        invoice, verdict = opened.invoice, opened.assessment
        return cls(
            id=invoice.id,
            version=invoice.version,
            status=invoice.status,
            kind=invoice.kind,
            branch_id=invoice.branch_id,
            document_id=invoice.document_id,
            source=invoice.source,
            created_at=invoice.created_at.astimezone(ARGENTINA),
            confirmed_at=invoice.confirmed_at.astimezone(ARGENTINA) if invoice.confirmed_at else None,
            close_reason=invoice.close_reason,
            cost_basis="net" if verdict.takes_net else "gross",
            credit_effect=invoice.credit_effect,
            accept_receiver=invoice.accept_receiver,
            accept_difference=_is_accepted(verdict.totals, invoice),
            internal_tax_lines=invoice.internal_tax_lines,
            pages=[_page(page) for page in pages],
            header={name: _field(opened, name) for name in HEADER_FIELDS},
            supplier=_supplier(invoice, opened.supplier),
            lines=[_line(opened, line) for line in opened.lines],
            taxes=[TaxRead.model_validate(tax) for tax in opened.taxes],
            totals=_totals(verdict.totals, invoice),
            checks=invoice.checks or [],
            blockers=_blockers(opened),
            warnings=_warnings(opened),
            duplicate_of=opened.around.duplicate_of,
            receipt=ReceiptRead.of(invoice) if invoice.confirmed_at else None,
        )


class InvoiceListed(Answer):
    """An invoice in the list; blockers and lines are counts."""

    id: UUID
    document_id: UUID | None
    branch_id: UUID | None
    kind: str
    supplier: SupplierOfInvoice
    letter: str | None
    type_code: int | None
    point_of_sale: int | None
    number: int | None
    issue_date: date | None
    total: DecimalOut | None
    currency: str
    status: str
    blockers: int
    lines: int
    source: str
    receipt_status: str
    created_at: Instant

    @classmethod
    def of(cls, listed: Listed) -> "InvoiceListed":
        """From its row and its supplier."""
        invoice = listed.invoice
        return cls(
            id=invoice.id,
            document_id=invoice.document_id,
            branch_id=invoice.branch_id,
            kind=invoice.kind,
            supplier=_supplier(invoice, listed.supplier),
            letter=invoice.letter,
            type_code=invoice.type_code,
            point_of_sale=invoice.point_of_sale,
            number=invoice.number,
            issue_date=invoice.issue_date,
            total=invoice.total,
            currency=invoice.currency,
            status=invoice.status,
            blockers=invoice.blocker_count,
            lines=invoice.line_count,
            source=invoice.source,
            receipt_status=invoice.receipt_status,
            created_at=invoice.created_at.astimezone(ARGENTINA),
        )


class SummaryRead(Answer):
    """The inbox at a glance."""

    needs_review: int
    ready: int
    confirmed_30d: int
    confirmed_30d_total: DecimalOut


def _page(page: DocumentPage) -> PageOfInvoice:
    url = f"/api/v1/ocr/documents/{page.document_id}/pages/{page.n}"
    return PageOfInvoice(n=page.n, width=page.width, height=page.height, url=url)


def _field(opened: Opened, name: str) -> FieldRead:
    evidence: Mapping[str, Any] = (opened.invoice.evidence or {}).get(name, {})
    return FieldRead(
        value=_shown(getattr(opened.invoice, name)),
        confidence=evidence.get("confidence", 0.0),
        source=evidence.get("source"),
        raw=evidence.get("raw"),
        box=evidence.get("box"),
        state=field_state(opened.draft, name).value,
        read=evidence.get("read"),
        printed=evidence.get("printed"),
    )


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    return plain(value) if isinstance(value, Decimal) else str(value)


def _supplier(invoice: Invoice, supplier: KnownSupplier | None) -> SupplierOfInvoice:
    if supplier is not None:
        return SupplierOfInvoice(
            id=supplier.id, name=supplier.name, cuit=supplier.cuit, is_new=not supplier.is_confirmed
        )
    name = invoice.issuer_name or (format_cuit(invoice.issuer_cuit) if invoice.issuer_cuit else None)
    return SupplierOfInvoice(id=None, name=name, cuit=invoice.issuer_cuit, is_new=True)


def _line(opened: Opened, line: InvoiceLine) -> LineRead:
    cost = opened.assessment.costs.get(line.id)
    is_open = opened.is_open
    return LineRead(
        id=line.id,
        position=line.position,
        code=line.code,
        description=line.description,
        quantity=line.quantity,
        bonus_quantity=line.bonus_quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discounts=line.discounts,
        iva_rate=line.iva_rate,
        internal_tax=line.internal_tax,
        subtotal=line.subtotal,
        confidence=line.confidence,
        box=line.box,
        # Readings made before cells kept their places have none.
        evidence=(line.as_read or {}).get("evidence", {}),
        doubts=line.doubts,
        corrected=line.corrected,
        state=opened.assessment.line_states[line.id].value,
        product=ProductOfLine(id=line.product_id, name=line.product_name or "") if line.product_id else None,
        pack_factor=line.pack_factor,
        match=MatchOfLine(source=line.match_source, score=line.match_score or 0)
        if line.match_source
        else None,
        candidates=line.candidates,
        remember=line.remember,
        not_stock=line.not_stock,
        spread=line.spread,
        unit_cost=(cost.per_unit if cost else None) if is_open else line.unit_cost,
        line_cost=(cost.total if cost else None) if is_open else line.line_cost,
        last_cost=line.product_last_cost,
    )


def _totals(totals: Totals, invoice: Invoice) -> TotalsRead:
    return TotalsRead(
        net=totals.net,
        iva=totals.iva,
        internal_tax=totals.internal_tax,
        perceptions=totals.perceptions,
        others=totals.others,
        discount=totals.discount,
        total=totals.total,
        printed_total=totals.printed_total,
        difference=totals.difference,
        closes=totals.closes,
        difference_accepted=_is_accepted(totals, invoice),
        prices_include_iva=not totals.prices_are_net,
    )


def _blockers(opened: Opened) -> list[BlockerRead]:
    if not opened.is_open:
        return []
    return [
        BlockerRead(code=each.code, detail=blocker_text(each.code, each.facts), path=each.path)
        for each in opened.assessment.blockers
    ]


def _warnings(opened: Opened) -> list[WarningRead]:
    if not opened.is_open:
        return []
    return [
        WarningRead(code=each.code, detail=warning_text(each.code, each.facts))
        for each in opened.assessment.warnings
    ]


def _is_accepted(totals: Totals, invoice: Invoice) -> bool:
    return totals.difference is not None and invoice.accepted_difference == totals.difference
