"""Queries on invoices, their lines, taxes and corrections."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from agente_negocio.invoices.models import Invoice, InvoiceCorrection, InvoiceLine, InvoiceTax
from shared.kernel.branches import Branches


@dataclass(frozen=True, slots=True)
class Counts:
    """What the inbox shows at a glance."""

    needs_review: int
    ready: int
    confirmed: int
    confirmed_total: Decimal


async def find(
    session: AsyncSession, invoice_id: UUID, branches: Branches = None, *, lock: bool = False
) -> Invoice | None:
    """One invoice of those branches; lock makes others wait until the transaction ends."""
    statement = _within(select(Invoice).where(Invoice.id == invoice_id), branches)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return await session.scalar(statement)


async def lines_of(session: AsyncSession, invoice_id: UUID) -> list[InvoiceLine]:
    """The lines in paper order."""
    statement = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id)
    return list(await session.scalars(statement.order_by(InvoiceLine.position)))


async def taxes_of(session: AsyncSession, invoice_id: UUID) -> list[InvoiceTax]:
    """The tax rows in paper order."""
    statement = select(InvoiceTax).where(InvoiceTax.invoice_id == invoice_id)
    return list(await session.scalars(statement.order_by(InvoiceTax.position)))


async def add(
    session: AsyncSession, invoice: Invoice, lines: Sequence[InvoiceLine], taxes: Sequence[InvoiceTax]
) -> Invoice:
    """A voucher with its rows; gets its id here."""
    session.add(invoice)
    await session.flush()
    for line in lines:
        line.invoice_id = invoice.id
    for tax in taxes:
        tax.invoice_id = invoice.id
    session.add_all([*lines, *taxes])
    await session.flush()
    return invoice


async def add_line(session: AsyncSession, line: InvoiceLine) -> None:
    """One more line."""
    session.add(line)
    await session.flush()


async def remove_line(session: AsyncSession, line: InvoiceLine) -> None:
    """Take a line off a draft."""
    await session.delete(line)
    await session.flush()


async def replace_taxes(session: AsyncSession, invoice_id: UUID, taxes: Sequence[InvoiceTax]) -> None:
    """Other tax rows instead of the present ones."""
    for tax in await taxes_of(session, invoice_id):
        await session.delete(tax)
    await session.flush()
    session.add_all(taxes)
    await session.flush()


async def add_corrections(session: AsyncSession, corrections: Sequence[InvoiceCorrection]) -> None:
    """Remember what a person changed."""
    session.add_all(corrections)
    await session.flush()


async def page(  # noqa: PLR0913  a list's filters
    session: AsyncSession,
    *,
    statuses: Collection[str],
    search: str | None,
    branches: Branches,
    limit: int,
    before: UUID | None,
) -> Sequence[Invoice]:
    """Invoices without their evidence, newest first. search: in the issuer's name, CUIT, and the number."""
    light = [defer(column, raiseload=True) for column in (Invoice.evidence, Invoice.qr, Invoice.checks)]
    statement = _within(select(Invoice).options(*light), branches).order_by(Invoice.id.desc()).limit(limit)
    if statuses:
        statement = statement.where(Invoice.status.in_(statuses))
    if search:
        statement = statement.where(_mentions(search))
    if before:
        statement = statement.where(Invoice.id < before)
    return (await session.scalars(statement)).all()


def _mentions(search: str) -> ColumnElement[bool]:
    name = func.shared.searchable(Invoice.issuer_name)
    digits = "".join(sign for sign in search if sign.isdigit()).lstrip("0")
    clauses = [func.strpos(name, func.shared.searchable(search)) > 0]
    if digits:
        clauses += [cast(Invoice.number, String) == digits, func.strpos(Invoice.issuer_cuit, digits) > 0]
    return or_(*clauses)


async def counts(session: AsyncSession, *, branches: Branches, since: datetime) -> Counts:
    """How many wait and what was confirmed since an instant."""
    confirmed = (Invoice.status == "confirmed") & (Invoice.confirmed_at >= since)
    pesos = func.coalesce(Invoice.exchange_rate, 1) * Invoice.total
    statement = select(
        func.count().filter(Invoice.status == "needs_review"),
        func.count().filter(Invoice.status == "ready"),
        func.count().filter(confirmed),
        func.coalesce(func.sum(pesos).filter(confirmed, Invoice.kind != "nota_credito"), 0)
        - func.coalesce(func.sum(pesos).filter(confirmed, Invoice.kind == "nota_credito"), 0),
    )
    # Indexes by status and by confirmation answer this: discarded and old papers are never visited.
    statement = statement.where(Invoice.status.in_(("needs_review", "ready")) | confirmed)
    if branches is not None:
        statement = statement.where(_in(branches))
    row = (await session.execute(statement)).one()
    return Counts(row[0], row[1], row[2], Decimal(row[3]).quantize(Decimal("0.01")))


async def find_confirmed(session: AsyncSession, identity: tuple[Any, ...], besides: UUID) -> UUID | None:
    """The confirmed voucher with that legal identity."""
    statement = select(Invoice.id).where(*_identity(identity), Invoice.status == "confirmed")
    return await session.scalar(statement.where(Invoice.id != besides).limit(1))


async def find_draft_twin(session: AsyncSession, identity: tuple[Any, ...], besides: UUID) -> UUID | None:
    """Another draft with that legal identity."""
    statement = select(Invoice.id).where(
        *_identity(identity), Invoice.status.in_(("needs_review", "ready")), Invoice.id != besides
    )
    return await session.scalar(statement.order_by(Invoice.id).limit(1))


async def find_similar(  # noqa: PLR0913  what makes two papers alike
    session: AsyncSession,
    *,
    issuer_cuit: str,
    total: Decimal,
    first: date,
    last: date,
    besides: UUID,
) -> Sequence[Invoice]:
    """Live vouchers of the same issuer and total within some days."""
    statement = select(Invoice).where(
        Invoice.issuer_cuit == issuer_cuit,
        Invoice.total == total,
        Invoice.issue_date.between(first, last),
        Invoice.status.in_(("confirmed", "needs_review", "ready")),
        Invoice.id != besides,
    )
    return (await session.scalars(statement.order_by(Invoice.id).limit(3))).all()


async def find_remito(session: AsyncSession, *, issuer_cuit: str, first: date, last: date) -> Invoice | None:
    """The newest confirmed delivery note of an issuer within some days."""
    statement = select(Invoice).where(
        Invoice.issuer_cuit == issuer_cuit,
        Invoice.issue_date.between(first, last),
        Invoice.kind == "remito",
        Invoice.status == "confirmed",
    )
    return await session.scalar(statement.order_by(Invoice.id.desc()).limit(1))


async def last_costs(session: AsyncSession, product_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """Cost per base unit of products on the newest confirmed paper that brought each."""
    statement = (
        select(InvoiceLine.product_id, InvoiceLine.unit_cost)
        .ext(distinct_on(InvoiceLine.product_id))
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            InvoiceLine.product_id.in_(product_ids),
            InvoiceLine.unit_cost > 0,
            Invoice.status == "confirmed",
            Invoice.kind.in_(("factura", "tique", "other")),
        )
        .order_by(InvoiceLine.product_id, InvoiceLine.id.desc())
    )
    rows = (await session.execute(statement)).all()
    return {product_id: cost for product_id, cost in rows if product_id and cost}


def _identity(identity: tuple[Any, ...]) -> tuple[Any, ...]:
    columns = (Invoice.issuer_cuit, Invoice.type_code, Invoice.point_of_sale, Invoice.number)
    return tuple(column == value for column, value in zip(columns, identity, strict=True))


def _within(statement: Select[Invoice], branches: Branches) -> Select[Invoice]:
    return statement if branches is None else statement.where(_in(branches))


def _in(branches: frozenset[UUID]) -> ColumnElement[bool]:
    return or_(Invoice.branch_id.in_(branches), Invoice.branch_id.is_(None))
