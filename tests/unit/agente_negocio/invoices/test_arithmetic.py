"""The sums of a voucher and the gate."""

from decimal import Decimal

import pytest

from agente_negocio.invoices.reading.model import Discount, TaxKind
from agente_negocio.invoices.rules.arithmetic import add_up, row_difference
from tests.unit.agente_negocio.invoices.drafts import draft, header, iva, line, tax


class TestRows:
    def test_a_cascade_of_discounts_is_taken_in_order(self) -> None:
        row = line(
            "715.00",
            unit_price=Decimal(100),
            discounts=(Discount(rate=Decimal(20)), Discount(rate=Decimal(10)), Discount(amount=Decimal(5))),
        )

        assert row_difference(row) == 0

    def test_a_missing_figure_gives_no_difference(self) -> None:
        assert row_difference(line(unit_price=None)) is None


class TestTotals:
    def test_an_a_paper_adds_every_tax(self) -> None:
        totals = add_up(
            draft(
                line("1000.00"),
                taxes=(iva("210.00"), tax(TaxKind.PERCEPTION_IIBB, "30.00"), tax(TaxKind.INTERNAL, "5.00")),
                total="1245.00",
            )
        )

        assert totals.difference == 0
        assert (totals.iva, totals.perceptions, totals.internal_tax) == (
            Decimal(210),
            Decimal(30),
            Decimal(5),
        )

    def test_a_b_paper_holds_its_iva_inside(self) -> None:
        totals = add_up(
            draft(line("1210.00"), taxes=(iva("210.00"),), header=header("1210.00", letter="B", type_code=6))
        )

        assert totals.closes
        assert not totals.prices_are_net

    def test_a_b_paper_that_adds_iva_at_the_foot_is_understood(self) -> None:
        totals = add_up(
            draft(line("1000.00"), taxes=(iva("210.00"),), header=header("1210.00", letter="B", type_code=6))
        )

        assert totals.closes
        assert totals.prices_are_net

    @pytest.mark.parametrize(
        ("printed", "closes", "acceptable"),
        [
            ("1210.02", True, True),
            ("1209.98", True, True),
            ("1210.03", False, True),
            ("1211.00", False, True),
            ("1211.01", False, False),
        ],
    )
    def test_rounding_closes_and_more_needs_a_person(
        self, printed: str, *, closes: bool, acceptable: bool
    ) -> None:
        totals = add_up(draft(line("1000.00"), taxes=(iva("210.00"),), total=printed))

        assert totals.closes is closes
        assert totals.is_acceptable is acceptable

    def test_large_papers_may_differ_by_a_share(self) -> None:
        totals = add_up(draft(line("100000.00"), total="100050.00"))

        assert totals.is_acceptable

    def test_without_a_printed_total_nothing_closes(self) -> None:
        assert not add_up(draft(total=None)).closes
