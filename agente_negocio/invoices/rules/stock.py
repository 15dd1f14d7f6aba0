"""What a confirmed voucher does to stock: signed quantities of base units with their cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from agente_negocio.invoices.reading.model import Kind
from agente_negocio.invoices.rules.costs import LineCost
from agente_negocio.invoices.rules.values import CreditEffect, Draft, DraftLine
from shared.kernel.money import to_quantity


@dataclass(frozen=True, slots=True)
class StockLine:
    """One line's effect. quantity: base units, negative leaves; 0 only changes what goods on hand are worth.

    unit_cost_ars and value_ars None: the paper tells no cost. value_ars is signed and exact.
    """

    line_id: UUID
    product_id: UUID
    quantity: Decimal
    unit_cost_ars: Decimal | None
    value_ars: Decimal | None


def moves_goods(draft: Draft) -> bool:
    """Whether the paper's goods enter or leave: a nota de débito and a cost-only credit move none."""
    if draft.kind is Kind.NOTA_DEBITO:
        return False
    return draft.kind is not Kind.NOTA_CREDITO or draft.credit_effect is CreditEffect.GOODS


def stock_lines(draft: Draft, costs: Mapping[UUID, LineCost]) -> tuple[StockLine, ...]:
    """What to tell the warehouse, lines that change nothing left out."""
    sign = -1 if draft.kind is Kind.NOTA_CREDITO else 1
    effect = _goods if moves_goods(draft) else _worth
    lines = [effect(line, costs[line.id], draft, sign) for line in draft.lines if line.is_goods]
    return tuple(line for line in lines if line.quantity or line.value_ars)


def _goods(line: DraftLine, cost: LineCost, draft: Draft, sign: int) -> StockLine:
    assert line.product_id is not None  # noqa: S101  a line without product blocks the confirmation
    is_priced = draft.kind is not Kind.REMITO or bool(cost.total)
    return StockLine(
        line_id=line.id,
        product_id=line.product_id,
        quantity=to_quantity(sign * line.units),
        unit_cost_ars=cost.per_unit if is_priced else None,
        value_ars=sign * cost.total if is_priced else None,
    )


def _worth(line: DraftLine, cost: LineCost, _draft: Draft, sign: int) -> StockLine:
    assert line.product_id is not None  # noqa: S101  as above
    return StockLine(
        line_id=line.id,
        product_id=line.product_id,
        quantity=to_quantity(Decimal(0)),
        unit_cost_ars=None,
        value_ars=sign * cost.total,
    )
