"""What the goods of a voucher cost: every centavo of the paper lands on a line or is left out by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from agente_negocio.invoices.reading.model import TaxKind
from agente_negocio.invoices.rules.arithmetic import (
    Totals,
    add_up,
    iva_is_itemised,
    line_net,
    lines_internal_tax,
    page_internal_tax,
)
from agente_negocio.invoices.rules.values import ZERO, Buyer, Draft, DraftLine
from agente_negocio.invoices.rules.wording import is_freight
from shared.kernel.money import CENT, Money, to_money

_STEP = Decimal("0.0001")
_UNIT_STEP = Decimal("0.00000001")
_HUNDRED = Decimal(100)
_REGISTERED = "responsable_inscripto"


@dataclass(frozen=True, slots=True)
class LineCost:
    """What a line of goods cost, in pesos. per_unit: of one base unit, None without units."""

    total: Money
    per_unit: Decimal | None


@dataclass(frozen=True, slots=True)
class InternalTaxGap:
    """Internal tax of the page that no line can be charged with until a person says which."""

    amount: Decimal


def takes_net(buyer: Buyer, draft: Draft) -> bool:
    """Whether goods are valued without IVA: only where the paper itemises it and the buyer gets it back."""
    if not iva_is_itemised(draft) or buyer.cost_basis == "gross":
        return False
    return buyer.cost_basis == "net" or buyer.iva_condition == _REGISTERED


def allocate(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weights, to 4 decimals, so that the parts add up to it exactly.

    Weights below zero count as zero; all zero splits evenly. The heaviest part takes the rounding.
    """
    if not weights:
        return []
    usable = [max(weight, ZERO) for weight in weights]
    whole = sum(usable, ZERO)
    if not whole:
        usable, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    parts = [(amount * weight / whole).quantize(_STEP, rounding=ROUND_HALF_UP) for weight in usable]
    heaviest = max(range(len(usable)), key=usable.__getitem__)
    parts[heaviest] += amount - sum(parts, ZERO)
    return parts


def cost_lines(draft: Draft, buyer: Buyer) -> dict[UUID, LineCost]:
    """Cost of each line of goods, in pesos.

    Perceptions are never part of it, internal taxes always, IVA as `takes_net` says. Discounts of the whole
    paper and lines marked `spread` are shared by line net. Nothing is lost: the costs of goods and
    what `left_out` gives add up to the paper.
    """
    totals = add_up(draft)
    amounts = _amounts(draft, buyer, totals)
    goods = [line for line in draft.lines if line.is_goods]
    rate = _pesos_per_unit(draft)
    costs: dict[UUID, LineCost] = {}
    for line in goods:
        total = to_money(amounts[line.id] * rate)
        costs[line.id] = LineCost(total, _per_unit(total, line))
    return costs


def left_out(draft: Draft, buyer: Buyer) -> Decimal:
    """What of the paper's rows is neither goods nor spread over them (services), in its own currency."""
    amounts = _amounts(draft, buyer, add_up(draft))
    return sum((amounts[line.id] for line in draft.lines if not line.is_goods), ZERO)


def internal_tax_gap(draft: Draft) -> InternalTaxGap | None:
    """Page-level internal tax without lines to carry it; a person must choose them."""
    rest = page_internal_tax(draft) - lines_internal_tax(draft)
    if not page_internal_tax(draft) or abs(rest) <= CENT * len(draft.lines):
        return None
    return None if _carriers(draft) else InternalTaxGap(rest)


def _amounts(draft: Draft, buyer: Buyer, totals: Totals) -> dict[UUID, Decimal]:
    """Each line's share of the paper, in its own currency; spread lines end at zero."""
    amounts = {line.id: line_net(line) for line in draft.lines}
    nets = dict(amounts)
    _share(amounts, -totals.discount, draft.lines, nets)
    if totals.prices_are_net and not takes_net(buyer, draft):
        _share_iva(amounts, draft, nets)
    _share_internal(amounts, draft, nets)
    _share_foot_freight(amounts, draft, nets)
    _spread(amounts, draft, nets)
    return amounts


def _share(
    amounts: dict[UUID, Decimal], amount: Decimal, lines: Sequence[DraftLine], nets: Mapping[UUID, Decimal]
) -> None:
    parts = allocate(amount, [nets[line.id] for line in lines])
    for line, part in zip(lines, parts, strict=True):
        amounts[line.id] += part


def _share_iva(amounts: dict[UUID, Decimal], draft: Draft, nets: Mapping[UUID, Decimal]) -> None:
    """Each IVA row over the lines of its rate; over all of them when no line tells its rate."""
    for tax in draft.taxes:
        if tax.kind is not TaxKind.IVA:
            continue
        own = [line for line in draft.lines if line.iva_rate is not None and line.iva_rate == tax.rate]
        untold = [line for line in draft.lines if line.iva_rate is None]
        _share(amounts, tax.amount, own or untold or list(draft.lines), nets)


def _share_internal(amounts: dict[UUID, Decimal], draft: Draft, nets: Mapping[UUID, Decimal]) -> None:
    """What rows print goes to them; the rest of the foot's amount to the lines that carry it."""
    for line in draft.lines:
        amounts[line.id] += line.internal_tax
    page = page_internal_tax(draft)
    if page:
        carriers = _carriers(draft) or [line for line in draft.lines if line.internal_tax]
        _share(amounts, page - lines_internal_tax(draft), carriers or list(draft.lines), nets)


def _carriers(draft: Draft) -> list[DraftLine]:
    """Lines that a person chose, or whose product carries an internal tax and whose row prints none."""
    if draft.internal_tax_lines is not None:
        return [line for line in draft.lines if line.id in draft.internal_tax_lines]
    return [line for line in draft.lines if line.is_goods and line.has_internal_tax and not line.internal_tax]


def _share_foot_freight(amounts: dict[UUID, Decimal], draft: Draft, nets: Mapping[UUID, Decimal]) -> None:
    freight = [tax.amount for tax in draft.taxes if tax.kind is TaxKind.OTHER and is_freight(tax.description)]
    goods = [line for line in draft.lines if line.is_goods]
    if freight and goods:
        _share(amounts, sum(freight, ZERO), goods, nets)


def _spread(amounts: dict[UUID, Decimal], draft: Draft, nets: Mapping[UUID, Decimal]) -> None:
    """Move what spread lines cost onto the goods, by line net."""
    goods = [line for line in draft.lines if line.is_goods]
    moving = [line for line in draft.lines if line.not_stock and line.spread]
    if not goods or not moving:
        return
    for line in moving:
        _share(amounts, amounts[line.id], goods, nets)
        amounts[line.id] = ZERO


def _pesos_per_unit(draft: Draft) -> Decimal:
    """Pesos in one unit of the paper's currency."""
    if draft.header.currency == "ARS":
        return Decimal(1)
    return draft.header.exchange_rate or ZERO


def _per_unit(total: Decimal, line: DraftLine) -> Decimal | None:
    units = line.units
    if not units:
        return None
    return (total / units).quantize(_UNIT_STEP, rounding=ROUND_HALF_UP)
