"""Supplier papers: rows multiply and every sum closes."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.demo.papers import LAYOUTS, Line, Perception, add_up, sample_paper, truth
from tests.unit.scripts.demo.papers.helpers import make_paper

CENT = Decimal("0.01")
SEEDS = st.integers(0, 10**6)
LAYOUT_NAMES = st.sampled_from(tuple(LAYOUTS))


class TestAddUp:
    def test_taxes_are_worked_out_from_rounded_bases(self) -> None:
        paper = make_paper(
            Line("1", "Gaseosa", Decimal(10), Decimal("9029.97"), discounts=(Decimal(20),)),
            Line("2", "Harina", Decimal(6), Decimal(7200), iva_rate=Decimal("10.5")),
            Line("3", "Libro", Decimal(1), Decimal(100), iva_rate=None),
            Line("4", "Flete", Decimal(1), Decimal(50), iva_rate=None, is_untaxed=True),
            perceptions=(Perception("perception_iibb", "Perc. IIBB CABA", Decimal(3)),),
        )

        totals = add_up(paper)

        assert totals.net == Decimal("115439.76")
        assert (totals.exempt, totals.untaxed) == (Decimal(100), Decimal(50))
        assert [row.amount for row in totals.iva] == [Decimal("15170.35"), Decimal("4536.00")]
        assert totals.perception_total == Decimal("3463.19")
        assert totals.total == Decimal("138759.30")

    def test_discounts_of_a_row_follow_one_another(self) -> None:
        steps = (Decimal(20), Decimal(10))
        line = Line("1", "Cerveza", Decimal(3), Decimal(1000), discounts=steps, discount_amount=Decimal(60))

        assert line.subtotal == Decimal("2100.00")

    @pytest.mark.parametrize("type_code", [6, 83])
    def test_paper_of_a_consumer_contains_its_iva_and_internal_tax(self, type_code: int) -> None:
        line = Line("1", "Cerveza", Decimal(1), Decimal(1310), internal_tax=Decimal(100))

        totals = add_up(make_paper(line, type_code=type_code))

        assert totals.total == 1310
        assert totals.contained_iva == Decimal("210.00")
        assert totals.contained_internal == 100

    def test_c_paper_contains_no_iva(self) -> None:
        totals = add_up(make_paper(Line("1", "Huevos", Decimal(1), Decimal(1310)), type_code=11))

        assert totals.total == 1310
        assert totals.contained_iva == 0
        assert not totals.iva


class TestSampledPapers:
    @settings(max_examples=200, deadline=None)
    @given(seed=SEEDS, layout=LAYOUT_NAMES)
    def test_every_one_closes_as_arca_asks(self, seed: int, layout: str) -> None:
        paper = sample_paper(str(seed), layout)
        answer = truth(paper)
        if not paper.has_prices:
            assert answer["header"]["total"] is None
            return
        money = {name: Decimal(answer["header"][name] or 0) for name in ("net", "untaxed", "exempt")}
        total, discount = (Decimal(answer["header"][name]) for name in ("total", "discount"))
        rows = sum(Decimal(line["subtotal"]) for line in answer["lines"])
        taxes = [(tax["kind"], Decimal(tax["amount"])) for tax in answer["taxes"]]
        added = sum(amount for _, amount in taxes)

        assert rows > 0
        if not paper.is_net:
            assert rows - discount + added == total
            assert all(kind not in ("iva", "internal") for kind, _ in taxes)
            return
        assert rows - discount == sum(money.values())
        assert sum(money.values()) + added == total
        iva = [tax for tax in answer["taxes"] if tax["kind"] == "iva"]
        assert sum(Decimal(tax["base"]) for tax in iva) == money["net"]
        for tax in iva:
            exact = Decimal(tax["base"]) * Decimal(tax["rate"]) / 100
            assert abs(Decimal(tax["amount"]) - exact) <= CENT / 2

    @settings(max_examples=200, deadline=None)
    @given(seed=SEEDS, layout=LAYOUT_NAMES)
    def test_every_row_multiplies(self, seed: int, layout: str) -> None:
        for line in truth(sample_paper(str(seed), layout))["lines"]:
            if line["unit_price"] is None:
                assert line["subtotal"] is None
                continue
            amount = Decimal(line["quantity"]) * Decimal(line["unit_price"])
            for step in line["discounts"]:
                amount = (
                    amount - Decimal(step["amount"])
                    if "amount" in step
                    else amount * (1 - Decimal(step["rate"]) / 100)
                )
            assert abs(amount - Decimal(line["subtotal"])) <= CENT / 2
