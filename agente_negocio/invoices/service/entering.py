"""A person types a paper that nobody can read; from then on it is a draft like any other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.models import Invoice, InvoiceLine, InvoiceTax
from agente_negocio.invoices.reading.model import Kind
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.service.actor import Actor, choose_branch, read_buyer
from agente_negocio.invoices.service.editing import empty_line, set_kind
from agente_negocio.invoices.service.loading import Opened, judge, note_verdict
from agente_negocio.suppliers import service as suppliers


@dataclass(frozen=True, slots=True)
class EnterInvoice:
    """What was typed, by column. source: web or api."""

    actor: Actor
    today: date
    source: str
    branch_id: UUID | None
    values: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    taxes: Sequence[Mapping[str, Any]]


async def enter(session: AsyncSession, command: EnterInvoice) -> Opened:
    """The draft of a typed paper; its lines have no product yet. Raises BranchUnknownError."""
    branch_id = await choose_branch(session, command.branch_id, command.actor)
    invoice = _invoice(command, branch_id)
    buyer = await read_buyer(session)
    if invoice.issuer_cuit is not None and invoice.issuer_cuit != buyer.cuit:
        supplier = await suppliers.propose_supplier(
            session, cuit=invoice.issuer_cuit, name=invoice.issuer_name
        )
        invoice.supplier_id = supplier.id
    lines = [_line(position, values) for position, values in enumerate(command.lines, 1)]
    taxes = [InvoiceTax(position=position, **values) for position, values in enumerate(command.taxes, 1)]
    opened = await judge(session, invoice, lines, taxes, today=command.today)
    note_verdict(opened)
    await repository.add(session, invoice, lines, taxes)
    return opened


def _invoice(command: EnterInvoice, branch_id: UUID | None) -> Invoice:
    """Its header; a person vouches for each value typed."""
    invoice = Invoice(
        **{"currency": "ARS", **command.values},
        branch_id=branch_id,
        source=command.source,
        kind=Kind.OTHER.value,
        evidence={name: {"confidence": 1.0, "source": "user"} for name in command.values},
        checks=[],
        accept_receiver=False,
        status="needs_review",
        receipt_status="none",
    )
    set_kind(invoice, command.values)
    return invoice


def _line(position: int, values: Mapping[str, Any]) -> InvoiceLine:
    line = empty_line(position)
    for name, value in values.items():
        setattr(line, name, value)
    line.corrected = sorted(values)
    return line
