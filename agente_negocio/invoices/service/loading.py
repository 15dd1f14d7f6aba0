"""An invoice with everything needed to judge it, and writing the judgement back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.errors import InvoiceClosedError, InvoiceNotFoundError
from agente_negocio.invoices.models import Invoice, InvoiceLine, InvoiceTax
from agente_negocio.invoices.reading.model import Discount, Kind, Tax, TaxKind
from agente_negocio.invoices.repository import documents as documents_repository
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.rules.assess import Assessment, assess, is_ready
from agente_negocio.invoices.rules.identity import IDENTITY, is_receiver_unread, paper_doubts
from agente_negocio.invoices.rules.values import (
    Buyer,
    CreditEffect,
    Draft,
    DraftLine,
    Header,
    MatchSource,
    Surroundings,
)
from agente_negocio.invoices.service.actor import Actor, read_buyer
from agente_negocio.invoices.service.documents import settle_document
from agente_negocio.suppliers import service as suppliers
from agente_negocio.suppliers.service import KnownSupplier

HEADER_FIELDS = tuple(Header.__dataclass_fields__)
OPEN = ("needs_review", "ready")
_ALIKE_DAYS = timedelta(days=7)
_REMITO_DAYS = timedelta(days=30)


@dataclass(slots=True)
class Opened:
    """An invoice, its rows and the verdict on it."""

    invoice: Invoice
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    buyer: Buyer
    supplier: KnownSupplier | None
    draft: Draft
    around: Surroundings
    assessment: Assessment

    @property
    def is_open(self) -> bool:
        """Whether it may still be edited."""
        return self.invoice.status in OPEN


async def load(
    session: AsyncSession, invoice_id: UUID, actor: Actor, *, today: date, lock: bool = False
) -> Opened:
    """An invoice as it stands; lock makes others wait, also with its document's other vouchers.

    Raises InvoiceNotFoundError.
    """
    if lock:
        await documents_repository.hold_paper_of(session, invoice_id)
    invoice = await repository.find(session, invoice_id, actor.branches, lock=lock)
    if invoice is None:
        raise InvoiceNotFoundError("No such invoice.")
    lines = await repository.lines_of(session, invoice_id)
    taxes = await repository.taxes_of(session, invoice_id)
    return await judge(session, invoice, lines, taxes, today=today)


async def load_open(session: AsyncSession, invoice_id: UUID, actor: Actor, *, today: date) -> Opened:
    """A draft, locked. Raises InvoiceNotFoundError, InvoiceClosedError."""
    opened = await load(session, invoice_id, actor, today=today, lock=True)
    if not opened.is_open:
        raise InvoiceClosedError(opened.invoice.status)
    return opened


async def judge(
    session: AsyncSession,
    invoice: Invoice,
    lines: list[InvoiceLine],
    taxes: list[InvoiceTax],
    *,
    today: date,
) -> Opened:
    """The verdict on rows that may not be written yet."""
    buyer = await read_buyer(session)
    supplier = await _supplier(session, invoice)
    draft = to_draft(invoice, lines, taxes)
    around = await _surroundings(session, invoice, today)
    return Opened(
        invoice=invoice,
        lines=lines,
        taxes=taxes,
        buyer=buyer,
        supplier=supplier,
        draft=draft,
        around=around,
        assessment=assess(draft, buyer, around),
    )


async def settle(session: AsyncSession, opened: Opened, *, today: date) -> Opened:
    """Judge again after a change and write the verdict; every change is a new version."""
    await session.flush()
    again = await judge(session, opened.invoice, opened.lines, opened.taxes, today=today)
    note_verdict(again)
    again.invoice.version += 1
    await session.flush()
    await settle_document(session, again.invoice.document_id)
    return again


def note_verdict(opened: Opened) -> None:
    """Put status and counts of a draft on its row."""
    opened.invoice.blocker_count = len(opened.assessment.blockers)
    opened.invoice.line_count = len(opened.lines)
    if opened.is_open or not opened.invoice.status:
        ready = is_ready(opened.draft, opened.assessment)
        opened.invoice.status = "ready" if ready else "needs_review"


def to_draft(invoice: Invoice, lines: Sequence[InvoiceLine], taxes: Sequence[InvoiceTax]) -> Draft:
    """The plain values rules work on."""
    chosen = invoice.internal_tax_lines
    return Draft(
        kind=Kind(invoice.kind),
        header=Header(**{name: getattr(invoice, name) for name in HEADER_FIELDS}),
        lines=tuple(to_line(line) for line in lines),
        taxes=tuple(Tax(TaxKind(tax.kind), tax.rate, tax.base, tax.amount, tax.description) for tax in taxes),
        evidence=invoice.evidence or {},
        qr=invoice.qr,
        branch_id=invoice.branch_id,
        accepted_difference=invoice.accepted_difference,
        receiver_unread=is_receiver_unread(invoice.checks or ()),
        paper_doubts=paper_doubts(invoice.checks or ()),
        accept_receiver=bool(invoice.accept_receiver),
        credit_effect=CreditEffect(invoice.credit_effect) if invoice.credit_effect else None,
        internal_tax_lines=None if chosen is None else frozenset(chosen),
    )


def to_line(line: InvoiceLine) -> DraftLine:
    """One line as plain values."""
    return DraftLine(
        id=line.id,
        position=line.position,
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        subtotal=line.subtotal,
        code=line.code,
        bonus_quantity=line.bonus_quantity or Decimal(0),
        discounts=tuple(to_discount(step) for step in line.discounts or ()),
        iva_rate=line.iva_rate,
        internal_tax=line.internal_tax or Decimal(0),
        doubts=frozenset(line.doubts or ()),
        product_id=line.product_id,
        has_internal_tax=bool(line.product_has_internal_tax),
        last_cost=line.product_last_cost,
        pack_factor=line.pack_factor,
        match_source=MatchSource(line.match_source) if line.match_source else None,
        not_stock=bool(line.not_stock),
        spread=bool(line.spread),
    )


def to_discount(step: dict[str, str]) -> Discount:
    """One step of a cascade as it is kept."""
    rate, amount = step.get("rate"), step.get("amount")
    return Discount(Decimal(rate) if rate else None, Decimal(amount) if amount else None)


async def _supplier(session: AsyncSession, invoice: Invoice) -> KnownSupplier | None:
    if invoice.supplier_id is None:
        return None
    return (await suppliers.suppliers_by_id(session, [invoice.supplier_id])).get(invoice.supplier_id)


async def _surroundings(session: AsyncSession, invoice: Invoice, today: date) -> Surroundings:
    """Duplicates and look-alikes; of a closed paper nobody asks any more."""
    if invoice.status not in (None, *OPEN):
        return Surroundings(today)
    besides = invoice.id or UUID(int=0)
    identity = tuple(getattr(invoice, name) for name in IDENTITY)
    duplicate = twin = None
    if None not in identity:
        duplicate = await repository.find_confirmed(session, identity, besides)
        twin = await repository.find_draft_twin(session, identity, besides)
    return Surroundings(
        today=today,
        duplicate_of=duplicate,
        draft_twin=twin,
        similar=await _similar(session, invoice, {duplicate, twin, besides}),
        recent_remito=await _recent_remito(session, invoice),
    )


async def _similar(session: AsyncSession, invoice: Invoice, besides: set[UUID | None]) -> tuple[str, ...]:
    if invoice.issuer_cuit is None or invoice.total is None or invoice.issue_date is None:
        return ()
    found = await repository.find_similar(
        session,
        issuer_cuit=invoice.issuer_cuit,
        total=invoice.total,
        first=invoice.issue_date - _ALIKE_DAYS,
        last=invoice.issue_date + _ALIKE_DAYS,
        besides=invoice.id or UUID(int=0),
    )
    return tuple(shown_number(each) for each in found if each.id not in besides)


async def _recent_remito(session: AsyncSession, invoice: Invoice) -> str | None:
    if invoice.issuer_cuit is None or invoice.issue_date is None or invoice.kind != Kind.FACTURA:
        return None
    found = await repository.find_remito(
        session,
        issuer_cuit=invoice.issuer_cuit,
        first=invoice.issue_date - _REMITO_DAYS,
        last=invoice.issue_date + _REMITO_DAYS,
    )
    return None if found is None else shown_number(found)


def shown_number(invoice: Invoice) -> str:
    """As papers print it: A 0001-00059230."""
    return f"{invoice.letter or ''} {invoice.point_of_sale or 0:04d}-{invoice.number or 0:08d}".strip()
