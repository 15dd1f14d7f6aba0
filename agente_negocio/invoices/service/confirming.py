"""The acts that end a draft: confirm, reverse, discard. Each under the row's lock, each safe to repeat."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.errors import (
    DuplicateInvoiceError,
    InvoiceBlockedError,
    InvoiceClosedError,
    LocationUnknownError,
    ReceivedAtError,
)
from agente_negocio.invoices.models import InvoiceLine
from agente_negocio.invoices.repository import documents as documents_repository
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.rules.identity import IDENTITY
from agente_negocio.invoices.rules.stock import StockLine, stock_lines
from agente_negocio.invoices.service.actor import Actor
from agente_negocio.invoices.service.documents import settle_document
from agente_negocio.invoices.service.loading import Opened, load
from agente_negocio.invoices.service.matching import alias_keys
from agente_negocio.suppliers import service as suppliers
from agente_negocio.suppliers.service import Lesson
from shared.events.contracts import InvoiceConfirmed, InvoiceReversed, ReceivedLine
from shared.jobs.defer import publish
from shared.kernel.clock import business_date
from shared.kernel.errors import FieldReason
from shared.observability import tracing
from shared.web.etag import check_version

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it to which invoice, when, having seen which version (None: any)."""

    invoice_id: UUID
    actor: Actor
    version: int | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the goods went and when; None is the branch's shop, and now.

    branch_of_location None: the warehouse could not be asked and has the last word on the location.
    """

    location_id: UUID | None = None
    branch_of_location: UUID | None = None
    received_at: datetime | None = None


async def confirm(session: AsyncSession, act: Act, delivery: Delivery) -> Opened:
    """Accept a paper: its costs are fixed, its lessons learned, its goods announced.

    A second confirmation answers the same and does nothing. Raises InvoiceNotFoundError, InvoiceClosedError,
    StaleVersionError, DuplicateInvoiceError, InvoiceBlockedError, LocationUnknownError, ReceivedAtError.
    """
    opened = await load(session, act.invoice_id, act.actor, today=business_date(act.now), lock=True)
    if opened.invoice.status == "confirmed":
        return opened
    if not opened.is_open:
        raise InvoiceClosedError(opened.invoice.status)
    check_version(opened.invoice.version, act.version)
    _refuse_blocked(opened)
    _refuse_delivery(opened, act, delivery)
    announced = stock_lines(opened.draft, opened.assessment.costs)
    await _write_once(session, opened, act, delivery.location_id, announced)
    await _learn(session, opened, act)
    if announced:
        fact = _confirmed_fact(opened, act, delivery.received_at or act.now, announced)
        await _tell(session, opened, fact)
    await settle_document(session, opened.invoice.document_id)
    return opened


async def reverse(session: AsyncSession, act: Act, *, reason: str) -> Opened:
    """Undo a confirmed paper; its goods go back, also when they have not been counted in yet.

    A second reversal answers the same. Raises InvoiceNotFoundError, InvoiceClosedError, StaleVersionError.
    """
    opened = await load(session, act.invoice_id, act.actor, today=business_date(act.now), lock=True)
    invoice = opened.invoice
    if invoice.status == "reversed":
        return opened
    if invoice.status != "confirmed":
        raise InvoiceClosedError(invoice.status)
    check_version(invoice.version, act.version)
    _close(opened, act, "reversed", reason)
    await session.flush()
    await suppliers.unlearn(session, invoice.id)
    if invoice.receipt_status in {"queued", "done"}:
        fact_id = uuid5(NAMESPACE_OID, f"invoice_reversed:{invoice.id}")
        fact = InvoiceReversed(
            id=fact_id, invoice_id=invoice.id, reversed_by=act.actor.user_id, reason=reason
        )
        await _tell(session, opened, fact)
    await settle_document(session, invoice.document_id)
    return opened


async def _tell(session: AsyncSession, opened: Opened, fact: InvoiceConfirmed | InvoiceReversed) -> None:
    """Publish within the trace the paper came in, so that one trace leads from the upload to the stock."""
    came_in = None
    if tracing.is_on():
        came_in = await documents_repository.trace_of(session, opened.invoice.document_id)
    with tracing.span(fact.name, cause={"traceparent": came_in} if came_in else None):
        await publish(session, fact)


async def discard(session: AsyncSession, act: Act, *, reason: str) -> Opened:
    """Set a draft aside. A second time answers the same. Raises InvoiceNotFoundError, InvoiceClosedError."""
    opened = await load(session, act.invoice_id, act.actor, today=business_date(act.now), lock=True)
    if opened.invoice.status == "discarded":
        return opened
    if not opened.is_open:
        raise InvoiceClosedError(opened.invoice.status)
    check_version(opened.invoice.version, act.version)
    _close(opened, act, "discarded", reason)
    await session.flush()
    await settle_document(session, opened.invoice.document_id)
    return opened


def _refuse_blocked(opened: Opened) -> None:
    duplicate = opened.around.duplicate_of
    if duplicate is not None:
        raise DuplicateInvoiceError(str(duplicate))
    blockers = opened.assessment.blockers
    if blockers:
        raise InvoiceBlockedError([FieldReason(each.path, each.code, each.facts) for each in blockers])


def _refuse_delivery(opened: Opened, act: Act, delivery: Delivery) -> None:
    if delivery.branch_of_location not in {None, opened.invoice.branch_id}:
        raise LocationUnknownError("Of another branch.", fields=("location_id",))
    if delivery.received_at is not None and not _EARLIEST <= delivery.received_at <= act.now:
        raise ReceivedAtError(f"{delivery.received_at} is out of range.", fields=("received_at",))


def _fix(opened: Opened, act: Act, location_id: UUID | None, announced: tuple[StockLine, ...]) -> None:
    """Write status and costs on the rows."""
    invoice = opened.invoice
    invoice.status = "confirmed"
    invoice.confirmed_at = act.now
    invoice.confirmed_by = act.actor.user_id
    invoice.location_id = location_id
    invoice.receipt_status = "queued" if announced else "none"
    invoice.blocker_count = 0
    invoice.version += 1
    for line in opened.lines:
        cost = opened.assessment.costs.get(line.id)
        if cost is not None:
            line.line_cost, line.unit_cost = cost.total, cost.per_unit


async def _write_once(
    session: AsyncSession,
    opened: Opened,
    act: Act,
    location_id: UUID | None,
    announced: tuple[StockLine, ...],
) -> None:
    """Let the unique index have the last word on duplicates. Raises DuplicateInvoiceError."""
    identity = tuple(getattr(opened.invoice, name) for name in IDENTITY)
    try:
        # Changed inside: opening a savepoint writes whatever was changed before it.
        async with session.begin_nested():
            _fix(opened, act, location_id, announced)
    except IntegrityError as error:
        winner = await repository.find_confirmed(session, identity, act.invoice_id)
        raise DuplicateInvoiceError(str(winner or "")) from error


async def _learn(session: AsyncSession, opened: Opened, act: Act) -> None:
    assert opened.supplier is not None  # noqa: S101  the table refuses a confirmed paper without one
    opened.supplier = await suppliers.confirm_supplier(session, opened.supplier.id)
    lessons = [lesson for line in opened.lines for lesson in _lessons(line)]
    unique = {lesson.alias: lesson for lesson in lessons}
    await suppliers.remember(session, opened.supplier.id, list(unique.values()), now=act.now)


def _lessons(line: InvoiceLine) -> Iterator[Lesson]:
    if not line.remember or line.not_stock or line.product_id is None or line.pack_factor is None:
        return
    for key in alias_keys(line.code, line.description):
        yield Lesson(
            alias=key,
            product_id=line.product_id,
            product_name=line.product_name or line.description,
            has_internal_tax=bool(line.product_has_internal_tax),
            pack_factor=line.pack_factor,
            learned_from=line.invoice_id,
        )


def _confirmed_fact(
    opened: Opened, act: Act, received_at: datetime, announced: tuple[StockLine, ...]
) -> InvoiceConfirmed:
    invoice = opened.invoice
    assert invoice.branch_id is not None  # noqa: S101  the table refuses it otherwise
    assert invoice.supplier_id is not None  # noqa: S101  as above
    return InvoiceConfirmed(
        id=uuid5(NAMESPACE_OID, f"invoice_confirmed:{invoice.id}"),
        invoice_id=invoice.id,
        branch_id=invoice.branch_id,
        location_id=invoice.location_id,
        supplier_id=invoice.supplier_id,
        occurred_at=received_at,
        confirmed_by=act.actor.user_id,
        lines=tuple(
            ReceivedLine(
                line_id=line.line_id,
                product_id=line.product_id,
                quantity=line.quantity,
                unit_cost_ars=line.unit_cost_ars,
                value_ars=line.value_ars,
            )
            for line in announced
        ),
    )


def _close(opened: Opened, act: Act, status: str, reason: str) -> None:
    invoice = opened.invoice
    invoice.status = status
    invoice.closed_at = act.now
    invoice.closed_by = act.actor.user_id
    invoice.close_reason = reason
    invoice.version += 1
