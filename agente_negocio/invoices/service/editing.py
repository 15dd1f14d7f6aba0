"""A person corrects a draft: header, lines, taxes, products. What stood before is kept beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.errors import (
    DifferenceTooLargeError,
    LineNotFoundError,
    TooManyLinesError,
)
from agente_negocio.invoices.models import Invoice, InvoiceCorrection, InvoiceLine, InvoiceTax
from agente_negocio.invoices.reading.header.vouchers import kind_of, letter_of
from agente_negocio.invoices.reading.model import Kind
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.rules.arithmetic import add_up
from agente_negocio.invoices.rules.packs import choose_pack
from agente_negocio.invoices.rules.values import MatchSource
from agente_negocio.invoices.rules.wording import pack_sizes
from agente_negocio.invoices.service.actor import Actor, choose_branch
from agente_negocio.invoices.service.drafting import MAX_LINES
from agente_negocio.invoices.service.loading import HEADER_FIELDS, Opened, load_open, settle, to_draft
from agente_negocio.invoices.service.matching import Known, apply, printed_unit_costs
from agente_negocio.suppliers import service as suppliers
from shared.kernel.money import plain
from shared.web.etag import check_version

_DOUBTED_AS = {"not_stock": ("not_stock", "spread")}


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes which invoice, and the version they saw (None: any)."""

    invoice_id: UUID
    actor: Actor
    version: int | None
    today: date


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """Header values to set, by name, and what a person decides about the whole paper."""

    values: Mapping[str, Any]
    decisions: Mapping[str, Any]
    taxes: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class ChosenProduct:
    """The product a person gives a line. pack_factor None: to be proven by money, or asked."""

    product_id: UUID
    name: str
    has_internal_tax: bool
    last_cost: Decimal | None
    pack_factor: Decimal | None
    remember: bool


async def open_edit(session: AsyncSession, edit: Edit) -> Opened:
    """The draft, locked and of the version the person saw.

    Raises InvoiceNotFoundError, InvoiceClosedError, StaleVersionError.
    """
    opened = await load_open(session, edit.invoice_id, edit.actor, today=edit.today)
    check_version(opened.invoice.version, edit.version)
    return opened


async def change_header(session: AsyncSession, edit: Edit, change: HeaderChange) -> Opened:
    """Correct header fields, tax rows, and take decisions on the paper.

    Raises those of open_edit, BranchUnknownError, DifferenceTooLargeError.
    """
    opened = await open_edit(session, edit)
    corrections = list(_set_header(opened.invoice, change.values, edit.actor))
    if change.taxes is not None:
        corrections.append(await _set_taxes(session, opened, change.taxes, edit.actor))
    await repository.add_corrections(session, corrections)
    if "issuer_cuit" in change.values or "issuer_name" in change.values:
        await _set_supplier(session, opened)
    if {"type_code", "letter"} & set(change.values):
        set_kind(opened.invoice, change.values)
    await _decide(session, opened, change.decisions, edit)
    return await settle(session, opened, today=edit.today)


async def change_line(session: AsyncSession, edit: Edit, line_id: UUID, values: Mapping[str, Any]) -> Opened:
    """Correct a line; giving a value it already has confirms it. Raises LineNotFoundError besides."""
    opened = await open_edit(session, edit)
    row = _line(opened, line_id)
    await repository.add_corrections(session, list(_set_line(row, values, edit.actor)))
    return await settle(session, opened, today=edit.today)


async def add_line(session: AsyncSession, edit: Edit, values: Mapping[str, Any]) -> Opened:
    """A line that reading missed. Raises TooManyLinesError besides."""
    opened = await open_edit(session, edit)
    if len(opened.lines) >= MAX_LINES:
        raise TooManyLinesError(MAX_LINES)
    position = max((line.position for line in opened.lines), default=0) + 1
    row = empty_line(position)
    row.invoice_id = edit.invoice_id
    corrections = list(_set_line(row, values, edit.actor))
    await repository.add_line(session, row)
    await repository.add_corrections(session, corrections)
    opened.lines.append(row)
    return await settle(session, opened, today=edit.today)


def empty_line(position: int) -> InvoiceLine:
    """A line that a person is about to type."""
    return InvoiceLine(
        id=uuid4(),
        position=position,
        description="-",
        bonus_quantity=Decimal(0),
        internal_tax=Decimal(0),
        discounts=[],
        confidence=1.0,
        doubts=[],
        corrected=[],
        candidates=[],
        remember=True,
        not_stock=False,
        spread=False,
    )


async def remove_line(session: AsyncSession, edit: Edit, line_id: UUID) -> Opened:
    """Take off a line that is none. Raises LineNotFoundError besides."""
    opened = await open_edit(session, edit)
    row = _line(opened, line_id)
    removed = InvoiceCorrection(
        invoice_id=edit.invoice_id,
        line_id=line_id,
        field="line",
        original=row.as_read or {"description": row.description},
        corrected=None,
        corrected_by=edit.actor.user_id,
    )
    await repository.add_corrections(session, [removed])
    await repository.remove_line(session, row)
    opened.lines.remove(row)
    chosen = opened.invoice.internal_tax_lines
    if chosen is not None:
        opened.invoice.internal_tax_lines = [each for each in chosen if each != line_id]
    return await settle(session, opened, today=edit.today)


async def check_line(session: AsyncSession, edit: Edit, line_id: UUID) -> None:
    """Raise what match_line would, before anything is asked elsewhere."""
    _line(await open_edit(session, edit), line_id)


async def match_line(session: AsyncSession, edit: Edit, line_id: UUID, chosen: ChosenProduct) -> Opened:
    """Give a line its product. Raises LineNotFoundError besides."""
    opened = await open_edit(session, edit)
    row = _line(opened, line_id)
    corrected = {"product_id": str(chosen.product_id), "name": chosen.name}
    before = {"product_id": str(row.product_id), "name": row.product_name} if row.product_id else None
    await repository.add_corrections(
        session, [_correction(edit.actor, (edit.invoice_id, line_id), "product", before, corrected)]
    )
    costs = await repository.last_costs(session, [chosen.product_id])
    last_cost = chosen.last_cost or costs.get(chosen.product_id)
    row.product_id = chosen.product_id
    row.product_name = chosen.name
    row.product_has_internal_tax = chosen.has_internal_tax
    row.product_last_cost = last_cost
    row.pack_factor = chosen.pack_factor or _proven_pack(opened, row, last_cost)
    row.match_source = MatchSource.USER.value
    row.match_score = 1.0
    row.remember = chosen.remember
    row.not_stock = row.spread = False
    row.doubts = [doubt for doubt in row.doubts if doubt not in {"product", "pack_factor", "not_stock"}]
    return await settle(session, opened, today=edit.today)


async def match_again(session: AsyncSession, edit: Edit, known: Known) -> Opened:
    """Take what the warehouse and the memory say now, for lines no person has matched."""
    opened = await open_edit(session, edit)
    apply(opened.lines, opened.draft, opened.buyer, known)
    return await settle(session, opened, today=edit.today)


def _proven_pack(opened: Opened, row: InvoiceLine, last_cost: Decimal | None) -> Decimal | None:
    prices = printed_unit_costs(to_draft(opened.invoice, opened.lines, opened.taxes), opened.buyer)
    named = next((each for each in row.candidates if each["product_id"] == str(row.product_id)), None)
    known = Decimal(named["pack_factor"]) if named and named["reason"] != "text" else None
    if known == 1 and pack_sizes(row.description):
        known = None
    choice = choose_pack(
        known=known,
        described=pack_sizes(row.description),
        cost_of_printed_unit=prices.get(row.id),
        last_cost=last_cost,
    )
    return choice.factor


def _line(opened: Opened, line_id: UUID) -> InvoiceLine:
    for row in opened.lines:
        if row.id == line_id:
            return row
    raise LineNotFoundError("No such line.")


def _set_header(invoice: Invoice, values: Mapping[str, Any], actor: Actor) -> Iterator[InvoiceCorrection]:
    evidence = dict(invoice.evidence or {})
    for name, value in values.items():
        assert name in HEADER_FIELDS  # noqa: S101  the schema names them
        before = getattr(invoice, name)
        if before != value:
            yield _correction(actor, (invoice.id, None), name, _json(before), _json(value))
        setattr(invoice, name, value)
        evidence[name] = {**evidence.get(name, {}), "confidence": 1.0, "source": "user"}
    invoice.evidence = evidence


async def _set_taxes(
    session: AsyncSession, opened: Opened, taxes: Sequence[Mapping[str, Any]], actor: Actor
) -> InvoiceCorrection:
    before = [_tax_json(tax) for tax in opened.taxes]
    rows = [
        InvoiceTax(invoice_id=opened.invoice.id, position=place, **values)
        for place, values in enumerate(taxes, 1)
    ]
    await repository.replace_taxes(session, opened.invoice.id, rows)
    opened.taxes = rows
    after = [_tax_json(tax) for tax in rows]
    return _correction(actor, (opened.invoice.id, None), "taxes", before, after)


async def _set_supplier(session: AsyncSession, opened: Opened) -> None:
    cuit = opened.invoice.issuer_cuit
    if cuit is None or cuit == opened.buyer.cuit:
        opened.invoice.supplier_id = None
        return
    supplier = await suppliers.propose_supplier(session, cuit=cuit, name=opened.invoice.issuer_name)
    opened.invoice.supplier_id = supplier.id


def set_kind(invoice: Invoice, values: Mapping[str, Any]) -> None:
    """What the code says the paper is; the letter follows unless a person gives it too."""
    if invoice.type_code is None:
        return
    invoice.kind = (kind_of(invoice.type_code) or Kind.OTHER).value
    if "letter" not in values:
        invoice.letter = letter_of(invoice.type_code) or invoice.letter


async def _decide(session: AsyncSession, opened: Opened, decisions: Mapping[str, Any], edit: Edit) -> None:
    invoice = opened.invoice
    if "branch_id" in decisions:
        invoice.branch_id = await choose_branch(session, decisions["branch_id"], edit.actor)
    for name in ("accept_receiver", "credit_effect"):
        if name in decisions:
            setattr(invoice, name, decisions[name])
    if "internal_tax_lines" in decisions:
        wanted = decisions["internal_tax_lines"]
        for line_id in wanted or ():
            _line(opened, line_id)
        invoice.internal_tax_lines = wanted
    if "accept_difference" in decisions:
        invoice.accepted_difference = _accepted(opened) if decisions["accept_difference"] else None


def _accepted(opened: Opened) -> Decimal:
    """The difference that stands now. Raises DifferenceTooLargeError."""
    totals = add_up(to_draft(opened.invoice, opened.lines, opened.taxes))
    if totals.difference is None or not totals.is_acceptable:
        raise DifferenceTooLargeError(
            difference=plain(totals.difference or Decimal(0)), acceptable=f"{totals.acceptable:.2f}"
        )
    return totals.difference


def _set_line(row: InvoiceLine, values: Mapping[str, Any], actor: Actor) -> Iterator[InvoiceCorrection]:
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            yield _correction(actor, (row.invoice_id, row.id), name, _json(before), _json(value))
        setattr(row, name, value)
    cleared = {doubt for name in values for doubt in _DOUBTED_AS.get(name, (name,))}
    row.doubts = [doubt for doubt in row.doubts or () if doubt not in cleared]
    row.corrected = sorted({*(row.corrected or ()), *values})


def _correction(
    actor: Actor, place: tuple[UUID, UUID | None], name: str, original: Any, corrected: Any
) -> InvoiceCorrection:
    """place: the invoice and, for a line's value, the line."""
    invoice_id, line_id = place
    return InvoiceCorrection(
        invoice_id=invoice_id,
        line_id=line_id,
        field=name,
        original=original,
        corrected=corrected,
        corrected_by=actor.user_id,
    )


def _json(value: Any) -> Any:
    """The value as JSON keeps it."""
    if isinstance(value, Decimal):
        return plain(value)
    return json.loads(json.dumps(value, default=str))


def _tax_json(tax: InvoiceTax) -> dict[str, Any]:
    names = ("kind", "rate", "base", "amount", "description")
    return {name: _json(getattr(tax, name)) for name in names}
