"""The verdict on a draft: what blocks it, what to warn of, what to look at, what its goods cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from agente_negocio.invoices.reading.model import Kind, TaxKind
from agente_negocio.invoices.rules.arithmetic import Totals, add_up, line_net, row_difference
from agente_negocio.invoices.rules.costs import LineCost, cost_lines, internal_tax_gap, takes_net
from agente_negocio.invoices.rules.identity import (
    field_state,
    header_blockers,
    is_dated_oddly,
    needed_fields,
    needs_receiver,
)
from agente_negocio.invoices.rules.values import (
    ZERO,
    Blocker,
    Buyer,
    Draft,
    DraftLine,
    State,
    Surroundings,
    Warned,
)
from shared.kernel.money import CENT, plain, to_quantity

_COST_JUMP_LOW, _COST_JUMP_HIGH = Decimal("0.7"), Decimal("1.4")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything decided about a draft; recomputed whole after every change."""

    totals: Totals
    costs: dict[UUID, LineCost]
    blockers: tuple[Blocker, ...]
    warnings: tuple[Warned, ...]
    line_states: dict[UUID, State]
    takes_net: bool

    @property
    def has_doubts(self) -> bool:
        """Whether a person should look at a line although nothing blocks."""
        return any(state is not State.SURE for state in self.line_states.values())


def assess(draft: Draft, buyer: Buyer, surroundings: Surroundings) -> Assessment:
    """Judge a draft as it stands."""
    totals = add_up(draft)
    costs = cost_lines(draft, buyer)
    blockers = (
        *header_blockers(draft, buyer),
        *_paper_blockers(draft, surroundings),
        *_line_blockers(draft),
        *_sum_blockers(draft, totals),
    )
    return Assessment(
        totals=totals,
        costs=costs,
        blockers=blockers,
        warnings=tuple(_warnings(draft, costs, surroundings)),
        line_states={line.id: _line_state(line, draft) for line in draft.lines},
        takes_net=takes_net(buyer, draft),
    )


def is_ready(draft: Draft, assessment: Assessment) -> bool:
    """Whether nothing blocks and nothing is left to look at."""
    if assessment.blockers or assessment.has_doubts or draft.paper_doubts:
        return False
    return all(field_state(draft, name) is State.SURE for name in needed_fields(draft))


def row_closes(line: DraftLine, draft: Draft) -> bool:
    """Whether the row's figures give its subtotal, or a person accepted a small difference."""
    difference = row_difference(line)
    if difference is None:
        return True
    if abs(difference) <= CENT:
        return True
    limit = max(Decimal(1), abs(line_net(line)) * Decimal("0.0005"))
    return draft.accepted_difference is not None and abs(difference) <= limit


def _paper_blockers(draft: Draft, surroundings: Surroundings) -> Iterator[Blocker]:
    if draft.branch_id is None:
        yield Blocker("branch.missing", "branch_id")
    if surroundings.duplicate_of is not None:
        yield Blocker("invoice.duplicate", "header.number", {"duplicate_of": str(surroundings.duplicate_of)})
    if not draft.lines:
        yield Blocker("lines.missing", "lines")
    if draft.kind is Kind.NOTA_CREDITO and draft.credit_effect is None:
        yield Blocker("credit.effect_missing", "credit_effect")


def _line_blockers(draft: Draft) -> Iterator[Blocker]:
    for place, line in enumerate(draft.lines):
        path = f"lines[{place}]"
        name = {"line": str(place + 1), "description": line.description}
        if line.quantity is None and line.is_goods:
            yield Blocker("line.quantity_missing", f"{path}.quantity", name)
        if line.subtotal is None and draft.kind is not Kind.REMITO:
            yield Blocker("line.subtotal_missing", f"{path}.subtotal", name)
        if not row_closes(line, draft):
            yield Blocker("line.does_not_multiply", f"{path}.subtotal", name)
        if not line.is_goods:
            continue
        if line.quantity is not None and line.subtotal is not None and line.quantity * line.subtotal < 0:
            yield Blocker("line.signs_differ", f"{path}.subtotal", name)
        if line.product_id is None:
            yield Blocker("line.unmatched", f"{path}.product", name)
        elif line.pack_factor is None:
            yield Blocker("line.pack_missing", f"{path}.pack_factor", name)


def _sum_blockers(draft: Draft, totals: Totals) -> Iterator[Blocker]:
    gap = internal_tax_gap(draft)
    if gap is not None:
        yield Blocker("internal_tax.lines_missing", "internal_tax_lines", {"amount": f"{gap.amount:.2f}"})
    if draft.kind is Kind.REMITO or totals.difference is None or totals.closes:
        return
    facts = {
        "computed": f"{totals.total:.2f}",
        "printed": f"{totals.printed_total:.2f}",
        "difference": f"{totals.difference:.2f}",
    }
    if not totals.is_acceptable:
        yield Blocker("totals.open", "totals.difference", facts)
    elif draft.accepted_difference != totals.difference:
        yield Blocker("totals.difference", "accept_difference", facts)


def _line_state(line: DraftLine, draft: Draft) -> State:
    goods_unsolved = line.is_goods and None in (line.product_id, line.pack_factor, line.quantity)
    figures_missing = line.subtotal is None and draft.kind is not Kind.REMITO
    if goods_unsolved or figures_missing or not row_closes(line, draft):
        return State.BAD
    return State.CHECK if line.doubts else State.SURE


def _warnings(draft: Draft, costs: dict[UUID, LineCost], around: Surroundings) -> Iterator[Warned]:
    header = draft.header
    yield from (Warned(code) for code in draft.paper_doubts)
    for number in around.similar:
        yield Warned("duplicate.similar", {"number": number})
    if around.draft_twin is not None:
        yield Warned("duplicate.draft", {"invoice_id": str(around.draft_twin)})
    if around.recent_remito is not None:
        yield Warned("remito.recent", {"number": around.recent_remito})
    if header.receiver_cuit is None and (needs_receiver(header) or draft.receiver_unread):
        yield Warned("receiver.missing")
    if is_dated_oddly(header, around.today):
        yield Warned("date.odd", {"date": str(header.issue_date)})
    yield from _quantity_warnings(draft)
    yield from _tax_warnings(draft)
    yield from _cost_warnings(draft, costs)


def _quantity_warnings(draft: Draft) -> Iterator[Warned]:
    """Goods whose units have more decimals than stock is kept with."""
    for place, line in enumerate(draft.lines, 1):
        kept = to_quantity(line.units)
        if line.is_goods and line.pack_factor is not None and kept != line.units:
            facts = {"line": str(place), "description": line.description, "kept": plain(kept)}
            yield Warned("line.quantity_rounded", facts)


def _tax_warnings(draft: Draft) -> Iterator[Warned]:
    """IVA rows that are not their rate of the rows they tax."""
    for tax in draft.taxes:
        if tax.kind is not TaxKind.IVA or tax.rate is None or tax.base is None:
            continue
        if abs(tax.base * tax.rate / _HUNDRED - tax.amount) > CENT * (1 + len(draft.lines)):
            yield Warned("tax.rate_mismatch", {"rate": plain(tax.rate), "amount": f"{tax.amount:.2f}"})


def _cost_warnings(draft: Draft, costs: dict[UUID, LineCost]) -> Iterator[Warned]:
    for place, line in enumerate(draft.lines, 1):
        cost = costs.get(line.id)
        if cost is None or cost.per_unit is None or not line.last_cost or line.bonus_quantity:
            continue
        if line.last_cost <= ZERO or cost.per_unit <= ZERO:
            continue
        ratio = cost.per_unit / line.last_cost
        if not _COST_JUMP_LOW <= ratio <= _COST_JUMP_HIGH:
            change = (ratio - 1) * _HUNDRED
            facts = {"line": str(place), "description": line.description, "change": f"{change:+.0f}"}
            yield Warned("cost.jump", facts)
