"""Finding the products of a paper's lines: what was learned, what the warehouse knows, what is certain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from agente_negocio.invoices.models import InvoiceLine
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.rules.costs import cost_lines
from agente_negocio.invoices.rules.matching import Candidate, Match, Remembered, decide, offer
from agente_negocio.invoices.rules.values import Buyer, Draft, DraftLine, MatchSource
from agente_negocio.invoices.rules.wording import barcode_in, normalise
from agente_negocio.suppliers import service as suppliers
from agente_negocio.suppliers.service import AliasKey
from shared.clients.base import PeerRefusedError, PeerUnavailableError
from shared.clients.deposito import DepositoClient, MatchLine, ProductCandidate
from shared.kernel.money import plain

log = structlog.get_logger()

_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What speaks for the products of some lines, by line id."""

    remembered: Mapping[UUID, Sequence[Remembered]] = field(default_factory=dict)
    candidates: Mapping[UUID, Sequence[Candidate]] = field(default_factory=dict)
    last_costs: Mapping[UUID, Decimal] = field(default_factory=dict)


async def recall(
    session: AsyncSession, issuer_cuit: str | None, lines: Sequence[DraftLine]
) -> dict[UUID, list[Remembered]]:
    """What this supplier's codes and wordings meant before; the code speaks first."""
    supplier = await suppliers.supplier_of(session, issuer_cuit) if issuer_cuit else None
    if supplier is None:
        return {}
    wanted = {line.id: alias_keys(line.code, line.description) for line in lines}
    found = await suppliers.recall(session, supplier.id, {key for keys in wanted.values() for key in keys})
    return {
        line_id: [
            Remembered(
                product_id=alias.product_id,
                product_name=alias.product_name,
                has_internal_tax=alias.product_has_internal_tax,
                pack_factor=alias.pack_factor,
                source=MatchSource.SUPPLIER_CODE if key.kind == "code" else MatchSource.ALIAS,
            )
            for key in keys
            if (alias := found.get(key)) is not None
        ]
        for line_id, keys in wanted.items()
    }


def alias_keys(code: str | None, description: str) -> list[AliasKey]:
    """Under which keys a line is remembered, the surer first."""
    keys = []
    if code and normalise(code):
        keys.append(AliasKey("code", normalise(code)))
    if normalise(description):
        keys.append(AliasKey("text", normalise(description)))
    return keys


async def ask(client: DepositoClient, lines: Sequence[DraftLine]) -> dict[UUID, list[Candidate]]:
    """What the warehouse proposes; nothing when it is away, because a person can match as well.

    Call it with no transaction open.
    """
    found: dict[UUID, list[Candidate]] = {}
    try:
        for start in range(0, len(lines), _ASKED_AT_ONCE):
            part = lines[start : start + _ASKED_AT_ONCE]
            answers = await client.match_products([_question(line) for line in part])
            for line, answer in zip(part, answers, strict=True):
                found[line.id] = [_candidate(each) for each in answer]
    except (PeerUnavailableError, PeerRefusedError) as error:
        log.warning("matching.unanswered", error=str(error))
    return found


def _question(line: DraftLine) -> MatchLine:
    return MatchLine(
        code=line.code,
        barcode=barcode_in(line.code, line.description),
        text=line.description[:200] or None,
    )


def _candidate(found: ProductCandidate) -> Candidate:
    return Candidate(
        product_id=found.product_id,
        name=found.name,
        score=found.score,
        reason=found.reason,
        pack_factor=found.pack_factor,
        has_internal_tax=found.has_internal_tax,
        last_cost=found.last_unit_cost,
    )


async def last_costs(session: AsyncSession, known: Known) -> Known:
    """With what products cost on our own newest paper, where the warehouse does not say."""
    ids = {each.product_id for found in known.remembered.values() for each in found}
    ids |= {each.product_id for found in known.candidates.values() for each in found}
    return replace(known, last_costs=await repository.last_costs(session, ids))


def apply(rows: Sequence[InvoiceLine], draft: Draft, buyer: Buyer, known: Known) -> None:
    """Take what is certain and keep the rest as proposals. Lines a person matched stay as they are."""
    prices = printed_unit_costs(draft, buyer)
    by_id = {line.id: line for line in draft.lines}
    for row in rows:
        line = by_id[row.id]
        if row.match_source == MatchSource.USER or not line.is_goods:
            continue
        candidates = [_costed(each, known.last_costs) for each in known.candidates.get(row.id, ())]
        remembered = known.remembered.get(row.id, ())
        candidates += _as_candidates(remembered, candidates, known.last_costs)
        match = decide(
            row.description,
            remembered=remembered,
            candidates=candidates,
            cost_of_printed_unit=prices.get(row.id),
        )
        row.candidates = [_kept(each) for each in offer(candidates)]
        if match is not None:
            _take(row, match)


def _costed(candidate: Candidate, costs: Mapping[UUID, Decimal]) -> Candidate:
    if candidate.last_cost is not None:
        return candidate
    return replace(candidate, last_cost=costs.get(candidate.product_id))


def _as_candidates(
    remembered: Sequence[Remembered], known: Sequence[Candidate], costs: Mapping[UUID, Decimal]
) -> list[Candidate]:
    """Remembered products the warehouse did not name, so that they are offered and proven too."""
    named = {each.product_id for each in known}
    return [
        Candidate(
            product_id=each.product_id,
            name=each.product_name,
            score=1.0,
            reason=each.source.value,
            pack_factor=each.pack_factor,
            has_internal_tax=each.has_internal_tax,
            last_cost=costs.get(each.product_id),
        )
        for each in remembered
        if each.product_id not in named
    ]


def printed_unit_costs(draft: Draft, buyer: Buyer) -> dict[UUID, Decimal]:
    """What one printed unit of each line costs us, bonus units counted."""
    costs = cost_lines(draft, buyer)
    return {
        line.id: costs[line.id].total / units
        for line in draft.lines
        if line.id in costs and (units := (line.quantity or Decimal(0)) + line.bonus_quantity)
    }


def _take(row: InvoiceLine, match: Match) -> None:
    row.product_id = match.product_id
    row.product_name = match.product_name
    row.product_has_internal_tax = match.has_internal_tax
    row.product_last_cost = match.last_cost
    row.pack_factor = match.pack_factor
    row.match_source = match.source.value
    row.match_score = match.score
    row.doubts = sorted({*(row.doubts or ()), *match.doubts})


def _kept(candidate: Candidate) -> dict[str, Any]:
    return {
        "product_id": str(candidate.product_id),
        "name": candidate.name,
        "score": round(candidate.score, 4),
        "reason": candidate.reason,
        "pack_factor": plain(candidate.pack_factor),
        "has_internal_tax": candidate.has_internal_tax,
        "last_cost": None if candidate.last_cost is None else plain(candidate.last_cost),
    }
