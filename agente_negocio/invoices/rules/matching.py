"""Which product a line means: only what is certain is taken, the rest is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from agente_negocio.invoices.rules.packs import choose_pack
from agente_negocio.invoices.rules.values import MatchSource
from agente_negocio.invoices.rules.wording import pack_sizes

_CERTAIN_TEXT = 0.8
"""Score from which a wording may be taken when the price agrees as well."""
_CLEAR_LEAD = 0.1
"""How far it must be ahead of the next product."""
_PRICE_LOW, _PRICE_HIGH = Decimal("0.7"), Decimal("1.5")
_BY_BARCODE = frozenset({"barcode", "pack"})
_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a supplier's code or wording meant before."""

    product_id: UUID
    product_name: str
    has_internal_tax: bool
    pack_factor: Decimal
    source: MatchSource


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may be meant. reason: barcode, pack, sku or text; score from 0 to 1."""

    product_id: UUID
    name: str
    score: float
    reason: str
    pack_factor: Decimal
    has_internal_tax: bool
    last_cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Match:
    """A product taken for a line. pack_factor None: the product is certain, its pack is not."""

    product_id: UUID
    product_name: str
    has_internal_tax: bool
    last_cost: Decimal | None
    pack_factor: Decimal | None
    source: MatchSource
    score: float
    doubts: frozenset[str]


def decide(
    description: str,
    *,
    remembered: Sequence[Remembered],
    candidates: Sequence[Candidate],
    cost_of_printed_unit: Decimal | None,
) -> Match | None:
    """The product a line certainly means, or None when a person must say.

    A barcode wins; then the supplier's code, then its wording. Sources that contradict each other decide
    nothing. A similar wording counts only when one product is clearly ahead and the price agrees.
    """
    scanned = [candidate for candidate in candidates if candidate.reason in _BY_BARCODE]
    named = {candidate.product_id for candidate in scanned} | {each.product_id for each in remembered}
    if len(named) > 1:
        return None
    if scanned:
        return _from_candidate(description, scanned[0], MatchSource.BARCODE, cost_of_printed_unit)
    if remembered:
        return _from_memory(description, remembered[0], candidates, cost_of_printed_unit)
    return _from_text(description, candidates, cost_of_printed_unit)


def offer(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """What to show a person, best first, each product once."""
    best: dict[UUID, Candidate] = {}
    for candidate in sorted(candidates, key=lambda each: -each.score):
        best.setdefault(candidate.product_id, candidate)
    return tuple(best.values())[:_OFFERED]


def _from_candidate(
    description: str, candidate: Candidate, source: MatchSource, cost_of_printed_unit: Decimal | None
) -> Match:
    known = candidate.pack_factor if candidate.reason in _BY_BARCODE else None
    # The barcode of a unit says what is sold one by one; the paper may still bill it by the case.
    if candidate.reason == "barcode" and known == 1:
        known = None if pack_sizes(description) else known
    choice = choose_pack(
        known=known,
        described=pack_sizes(description),
        cost_of_printed_unit=cost_of_printed_unit,
        last_cost=candidate.last_cost,
    )
    described_only = known is None and choice.factor is not None and choice.factor != 1
    return Match(
        product_id=candidate.product_id,
        product_name=candidate.name,
        has_internal_tax=candidate.has_internal_tax,
        last_cost=candidate.last_cost,
        pack_factor=choice.factor,
        source=source,
        score=candidate.score,
        doubts=frozenset({"pack_factor"}) if described_only else frozenset(),
    )


def _from_memory(
    description: str,
    memory: Remembered,
    candidates: Sequence[Candidate],
    cost_of_printed_unit: Decimal | None,
) -> Match:
    seen = next((each for each in candidates if each.product_id == memory.product_id), None)
    last_cost = seen.last_cost if seen else None
    choice = choose_pack(
        known=memory.pack_factor,
        described=pack_sizes(description),
        cost_of_printed_unit=cost_of_printed_unit,
        last_cost=last_cost,
    )
    return Match(
        product_id=memory.product_id,
        product_name=seen.name if seen else memory.product_name,
        has_internal_tax=seen.has_internal_tax if seen else memory.has_internal_tax,
        last_cost=last_cost,
        pack_factor=choice.factor,
        source=memory.source,
        score=1.0,
        doubts=frozenset(),
    )


def _from_text(
    description: str, candidates: Sequence[Candidate], cost_of_printed_unit: Decimal | None
) -> Match | None:
    best, *others = offer(candidates) or (None,)
    if best is None or best.score < _CERTAIN_TEXT or best.last_cost is None:
        return None
    if others and others[0].score > best.score - _CLEAR_LEAD:
        return None
    match = _from_candidate(description, best, MatchSource.TEXT, cost_of_printed_unit)
    if match.pack_factor is None or not cost_of_printed_unit or best.last_cost <= 0:
        return None
    ratio = cost_of_printed_unit / match.pack_factor / best.last_cost
    if not _PRICE_LOW <= ratio <= _PRICE_HIGH:
        return None
    # Taken, but shown: a person sees that it was the wording that decided.
    return Match(
        product_id=match.product_id,
        product_name=match.product_name,
        has_internal_tax=match.has_internal_tax,
        last_cost=match.last_cost,
        pack_factor=match.pack_factor,
        source=match.source,
        score=match.score,
        doubts=match.doubts | {"product"},
    )
