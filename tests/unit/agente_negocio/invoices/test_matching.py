"""Which product a line means: certain, or not at all."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from agente_negocio.invoices.rules.matching import Candidate, Match, Remembered, decide, offer
from agente_negocio.invoices.rules.values import MatchSource

COLA, LIMA = uuid4(), uuid4()


def candidate(product_id: UUID = COLA, **values: Any) -> Candidate:
    given: dict[str, Any] = {
        "name": "Gaseosa Cola 2,25 L",
        "score": 0.9,
        "reason": "text",
        "pack_factor": Decimal(1),
        "has_internal_tax": False,
        "last_cost": Decimal(1000),
    }
    return Candidate(product_id=product_id, **{**given, **values})


def memory(product_id: UUID = COLA, **values: Any) -> Remembered:
    given: dict[str, Any] = {
        "product_name": "Gaseosa Cola 2,25 L",
        "has_internal_tax": False,
        "pack_factor": Decimal(6),
        "source": MatchSource.SUPPLIER_CODE,
    }
    return Remembered(product_id=product_id, **{**given, **values})


def match(
    *candidates: Candidate,
    remembered: list[Remembered] | None = None,
    price: str = "1050",
    text: str = "COLA",
) -> Match | None:
    return decide(
        text, remembered=remembered or [], candidates=candidates, cost_of_printed_unit=Decimal(price)
    )


class TestCertain:
    def test_a_barcode_decides(self) -> None:
        found = match(candidate(score=1.0, reason="barcode"))

        assert found is not None
        assert (found.product_id, found.source, found.pack_factor) == (COLA, MatchSource.BARCODE, Decimal(1))

    def test_a_case_code_brings_its_factor(self) -> None:
        found = match(candidate(score=1.0, reason="pack", pack_factor=Decimal(12)), price="12600")

        assert found is not None
        assert found.pack_factor == 12

    def test_what_was_learned_decides(self) -> None:
        found = match(remembered=[memory()], price="6300")

        assert found is not None
        assert (found.source, found.pack_factor) == (MatchSource.SUPPLIER_CODE, Decimal(6))

    def test_a_learned_pack_that_money_contradicts_is_asked(self) -> None:
        found = match(candidate(), remembered=[memory()], price="1050")

        assert found is not None
        assert found.pack_factor is None

    def test_a_unit_barcode_billed_by_the_case_is_proven_by_money(self) -> None:
        found = match(candidate(score=1.0, reason="barcode"), price="6300", text="COLA 2,25 L x6")

        assert found is not None
        assert found.pack_factor == 6
        assert "pack_factor" in found.doubts

    def test_a_clear_wording_with_the_right_price_is_taken_and_shown(self) -> None:
        found = match(candidate(score=0.92), candidate(LIMA, score=0.6))

        assert found is not None
        assert found.source is MatchSource.TEXT
        assert "product" in found.doubts


class TestProposed:
    def test_sources_that_contradict_decide_nothing(self) -> None:
        assert match(candidate(LIMA, score=1.0, reason="barcode"), remembered=[memory(COLA)]) is None

    @pytest.mark.parametrize(
        "candidates",
        [
            pytest.param([candidate(score=0.7)], id="a weak wording"),
            pytest.param([candidate(score=0.92), candidate(LIMA, score=0.88)], id="two alike"),
            pytest.param([candidate(score=0.92, last_cost=None)], id="no cost to compare"),
            pytest.param([candidate(score=0.92, last_cost=Decimal(100))], id="another price"),
            pytest.param([candidate(score=0.99, reason="sku")] * 0, id="nothing"),
        ],
    )
    def test_wording_alone_is_a_proposal(self, candidates: list[Candidate]) -> None:
        assert match(*candidates) is None

    def test_each_product_is_offered_once_best_first(self) -> None:
        offered = offer([candidate(score=0.5), candidate(LIMA, score=0.6), candidate(score=0.7)])

        assert [(each.product_id, each.score) for each in offered] == [(COLA, 0.7), (LIMA, 0.6)]
