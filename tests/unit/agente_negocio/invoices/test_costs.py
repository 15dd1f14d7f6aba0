"""Costs: which taxes count for whom, and that no centavo is lost or invented."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agente_negocio.invoices.reading.model import Tax, TaxKind
from agente_negocio.invoices.rules.arithmetic import add_up
from agente_negocio.invoices.rules.costs import allocate, cost_lines, internal_tax_gap, left_out, takes_net
from agente_negocio.invoices.rules.values import Buyer, Draft, DraftLine
from tests.unit.agente_negocio.invoices.drafts import (
    MONOTRIBUTO,
    OWN_CUIT,
    REGISTERED,
    draft,
    header,
    iva,
    line,
    tax,
)

CENTS = st.decimals(min_value=0, max_value=10**7, places=2)
SIGNED_CENTS = st.decimals(min_value=-(10**6), max_value=10**7, places=2)


def costs_of(paper: Draft, buyer: Buyer = REGISTERED) -> list[Decimal]:
    found = cost_lines(paper, buyer)
    return [found[row.id].total for row in paper.lines if row.is_goods]


class TestWhatCounts:
    def test_a_registered_buyer_takes_a_papers_at_net(self) -> None:
        paper = draft(line("1000.00"), taxes=(iva("210.00"),), total="1210.00")

        assert costs_of(paper) == [Decimal(1000)]

    def test_monotributo_pays_the_iva_of_an_a_paper(self) -> None:
        paper = draft(line("1000.00"), taxes=(iva("210.00"),), total="1210.00")

        assert costs_of(paper, MONOTRIBUTO) == [Decimal(1210)]

    @pytest.mark.parametrize(("letter", "code"), [("B", 6), ("C", 11), (None, 83)])
    def test_papers_without_itemised_iva_cost_what_they_say(self, letter: str | None, code: int) -> None:
        paper = draft(line("1210.00"), header=header("1210.00", letter=letter, type_code=code))

        assert costs_of(paper) == [Decimal(1210)]

    def test_a_ticket_without_letter_is_net_when_its_code_says_a(self) -> None:
        paper = draft(
            line("1000.00"), taxes=(iva("210.00"),), header=header("1210.00", letter=None, type_code=81)
        )

        assert costs_of(paper) == [Decimal(1000)]

    def test_the_m_letter_counts_as_a(self) -> None:
        paper = draft(
            line("1000.00"), taxes=(iva("210.00"),), header=header("1210.00", letter="M", type_code=51)
        )

        assert takes_net(REGISTERED, paper)

    def test_gross_costing_is_the_organisations_choice(self) -> None:
        buyer = Buyer(OWN_CUIT, "responsable_inscripto", "gross")
        paper = draft(line("1000.00"), taxes=(iva("210.00"),), total="1210.00")

        assert costs_of(paper, buyer) == [Decimal(1210)]

    @pytest.mark.parametrize("kind", [TaxKind.PERCEPTION_IVA, TaxKind.PERCEPTION_IIBB])
    @pytest.mark.parametrize("buyer", [REGISTERED, MONOTRIBUTO])
    def test_perceptions_are_never_cost(self, kind: TaxKind, buyer: Buyer) -> None:
        paper = draft(line("1000.00"), taxes=(tax(kind, "30.00"),), total="1030.00")

        assert costs_of(paper, buyer) == [Decimal(1000)]

    def test_each_iva_row_falls_on_the_lines_of_its_rate(self) -> None:
        bread = line("1000.00", iva_rate=Decimal("10.5"))
        soda = line("1000.00", iva_rate=Decimal(21))
        paper = draft(bread, soda, taxes=(iva("105.00", "10.5"), iva("210.00", "21")), total="2315.00")

        assert costs_of(paper, MONOTRIBUTO) == [Decimal(1105), Decimal(1210)]

    def test_foreign_currency_becomes_pesos(self) -> None:
        paper = draft(
            line("100.00"), header=header("100.00", currency="USD", exchange_rate=Decimal("1450.5"))
        )

        assert costs_of(paper) == [Decimal("145050.0000")]


class TestInternalTax:
    def test_rows_carry_what_they_print(self) -> None:
        paper = draft(
            line("1000.00", internal_tax=Decimal(50)),
            line("1000.00"),
            taxes=(tax(TaxKind.INTERNAL, "50.00"),),
            total="2050.00",
        )

        assert costs_of(paper) == [Decimal(1050), Decimal(1000)]

    def test_a_subtotal_that_includes_it_is_not_charged_twice(self) -> None:
        row = line("1050.00", unit_price=Decimal(100), internal_tax=Decimal(50))
        paper = draft(row, total="1050.00")

        assert add_up(paper).closes
        assert costs_of(paper) == [Decimal(1050)]

    def test_the_foot_falls_on_products_that_carry_one(self) -> None:
        beer = line("1000.00", has_internal_tax=True)
        bread = line("3000.00")
        paper = draft(beer, bread, taxes=(tax(TaxKind.INTERNAL, "80.00"),), total="4080.00")

        assert costs_of(paper) == [Decimal(1080), Decimal(3000)]

    def test_without_such_products_a_person_chooses(self) -> None:
        first, second = line("1000.00"), line("3000.00")
        paper = draft(first, second, taxes=(tax(TaxKind.INTERNAL, "80.00"),), total="4080.00")

        gap = internal_tax_gap(paper)
        assert gap is not None
        assert gap.amount == Decimal(80)
        chosen = replace(paper, internal_tax_lines=frozenset({first.id}))
        assert internal_tax_gap(chosen) is None
        assert costs_of(chosen) == [Decimal(1080), Decimal(3000)]


class TestSharing:
    def test_a_general_discount_is_shared_by_line_net(self) -> None:
        paper = draft(line("1000.00"), line("3000.00"), header=header("3600.00", discount=Decimal(400)))

        assert costs_of(paper) == [Decimal(900), Decimal(2700)]

    def test_a_discount_that_rows_already_took_off_changes_nothing(self) -> None:
        paper = draft(line("1000.00"), header=header("1000.00", discount=Decimal(100)))

        assert add_up(paper).discount == 0
        assert costs_of(paper) == [Decimal(1000)]

    def test_freight_is_part_of_what_goods_cost(self) -> None:
        freight = line("400.00", not_stock=True, spread=True, product_id=None)
        paper = draft(line("1000.00"), line("3000.00"), freight, total="4400.00")

        assert costs_of(paper) == [Decimal(1100), Decimal(3300)]

    def test_freight_at_the_foot_as_well(self) -> None:
        paper = draft(
            line("1000.00"), taxes=(tax(TaxKind.OTHER, "50.00", description="flete"),), total="1050.00"
        )

        assert costs_of(paper) == [Decimal(1050)]

    def test_services_cost_no_goods(self) -> None:
        service = line("400.00", not_stock=True, product_id=None)
        paper = draft(line("1000.00"), service, total="1400.00")

        assert costs_of(paper) == [Decimal(1000)]
        assert left_out(paper, REGISTERED) == Decimal(400)

    def test_bonus_units_lower_the_unit_cost(self) -> None:
        paper = draft(line("1000.00", bonus_quantity=Decimal(2)), total="1000.00")

        (cost,) = cost_lines(paper, REGISTERED).values()
        assert cost.per_unit == Decimal("83.33333333")

    def test_packs_divide_the_unit_cost(self) -> None:
        paper = draft(line("1200.00", pack_factor=Decimal(12)), total="1200.00")

        (cost,) = cost_lines(paper, REGISTERED).values()
        assert cost.per_unit == Decimal(10)

    def test_a_free_line_costs_nothing(self) -> None:
        paper = draft(line("1000.00"), line("0.00", unit_price=Decimal(0)), total="1000.00")

        assert costs_of(paper) == [Decimal(1000), Decimal(0)]

    def test_returned_goods_inside_a_paper_keep_their_cost(self) -> None:
        back = line("-200.00", quantity=Decimal(-2), unit_price=Decimal(100))
        paper = draft(line("1000.00"), back, total="800.00")

        found = cost_lines(paper, REGISTERED)
        assert found[paper.lines[1].id].per_unit == Decimal(100)


class TestNothingIsLost:
    @given(amount=SIGNED_CENTS, weights=st.lists(SIGNED_CENTS, min_size=1, max_size=30))
    def test_shares_add_up_to_the_amount(self, amount: Decimal, weights: list[Decimal]) -> None:
        parts = allocate(amount, weights)

        assert sum(parts) == amount
        assert len(parts) == len(weights)

    @given(data=st.data())
    def test_costs_and_what_is_left_out_are_the_paper(self, data: st.DataObject) -> None:
        paper = data.draw(papers())
        buyer = data.draw(st.sampled_from([REGISTERED, MONOTRIBUTO]))

        totals = add_up(paper)
        spent = sum(costs_of(paper, buyer), Decimal(0)) + left_out(paper, buyer)
        iva_in_cost = totals.iva if totals.prices_are_net and not takes_net(buyer, paper) else 0
        assert spent == totals.net + totals.internal_tax + iva_in_cost


@st.composite
def papers(draw: st.DrawFn) -> Draft:
    """Papers of any shape: several rates, discounts, internal taxes, freight, services, free lines."""
    rows = tuple(draw(st.lists(goods(), min_size=1, max_size=8)))
    rows += tuple(draw(st.lists(others(), max_size=3)))
    taxes: tuple[Tax, ...] = tuple(
        iva(str(amount), rate)
        for rate, amount in draw(st.dictionaries(st.sampled_from(["21", "10.5"]), CENTS)).items()
    )
    internal = draw(st.sampled_from([Decimal(0), Decimal("123.45")]))
    if internal:
        taxes += (tax(TaxKind.INTERNAL, str(internal)),)
    discount = draw(st.one_of(st.none(), st.decimals(min_value=0, max_value=500, places=2)))
    letter = draw(st.sampled_from(["A", "B", "M"]))
    return draft(*rows, taxes=taxes, header=header(str(draw(CENTS)), discount=discount, letter=letter))


@st.composite
def goods(draw: st.DrawFn) -> DraftLine:
    subtotal = draw(CENTS)
    return line(
        str(subtotal),
        id=uuid4(),
        iva_rate=draw(st.sampled_from([Decimal(21), Decimal("10.5"), None])),
        internal_tax=draw(st.sampled_from([Decimal(0), Decimal("7.13")])),
        has_internal_tax=draw(st.booleans()),
        bonus_quantity=draw(st.sampled_from([Decimal(0), Decimal(3)])),
    )


@st.composite
def others(draw: st.DrawFn) -> DraftLine:
    return line(
        str(draw(SIGNED_CENTS)), id=uuid4(), not_stock=True, spread=draw(st.booleans()), product_id=None
    )
