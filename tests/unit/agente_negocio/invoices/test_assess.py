"""The verdict on a draft: what blocks, what is only told, what goods do to stock."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from agente_negocio.invoices.reading.model import Check, Conflict, Kind, TaxKind
from agente_negocio.invoices.rules.assess import Assessment, assess, is_ready
from agente_negocio.invoices.rules.costs import cost_lines
from agente_negocio.invoices.rules.identity import (
    field_state,
    is_receiver_unread,
    paper_doubts,
    print_contradictions,
)
from agente_negocio.invoices.rules.stock import stock_lines
from agente_negocio.invoices.rules.values import CreditEffect, Draft, State, Surroundings
from shared.web.invoice_texts import blocker_text, warning_text
from tests.unit.agente_negocio.invoices.drafts import (
    AROUND,
    OWN_CUIT,
    REGISTERED,
    draft,
    header,
    iva,
    line,
    tax,
)


def paper(**values: Any) -> Draft:
    """Complete, closed, matched."""
    head = values.pop("head", {})
    total = head.pop("total", "1210.00")
    return draft(line("1000.00"), taxes=(iva("210.00"),), header=header(total, **head), **values)


def judge(found: Draft, around: Surroundings = AROUND) -> Assessment:
    return assess(found, REGISTERED, around)


def codes(found: Draft, around: Surroundings = AROUND) -> list[str]:
    verdict = judge(found, around)
    for blocker in verdict.blockers:
        assert "{" not in blocker_text(blocker.code, blocker.facts)
    for warning in verdict.warnings:
        assert "{" not in warning_text(warning.code, warning.facts)
    return [blocker.code for blocker in verdict.blockers]


class TestBlockers:
    def test_a_complete_paper_is_ready(self) -> None:
        found = paper()

        assert codes(found) == []
        assert is_ready(found, judge(found))

    @pytest.mark.parametrize(
        "name",
        ["issuer_cuit", "type_code", "point_of_sale", "number", "issue_date", "total", "authorization_code"],
    )
    def test_what_identifies_a_paper_must_be_there(self, name: str) -> None:
        found = judge(paper(head={name: None}))

        assert ("header.missing", f"header.{name}") in [(each.code, each.path) for each in found.blockers]

    def test_goods_and_money_go_the_same_way(self) -> None:
        returned = line("-100.00", quantity=Decimal(-1), unit_price=Decimal(100))
        odd = line("100.00", quantity=Decimal(-1), unit_price=Decimal(-100))
        bought = line("1000.00")

        fine = draft(bought, returned, taxes=(iva("189.00"),), header=header("1089.00"))
        contradictory = draft(bought, odd, taxes=(iva("231.00"),), header=header("1331.00"))

        assert codes(fine) == []
        assert codes(contradictory) == ["line.signs_differ"]

    def test_tickets_and_remitos_have_no_cae(self) -> None:
        assert codes(paper(head={"type_code": 81, "authorization_code": None})) == []
        remito = replace(
            draft(line(unit_price=None, subtotal="0"), header=header(None, type_code=91, letter="R")),
            kind=Kind.REMITO,
        )
        assert codes(replace(remito, header=replace(remito.header, authorization_code=None))) == []

    def test_our_own_cuit_is_no_supplier(self) -> None:
        assert "header.issuer_is_us" in codes(paper(head={"issuer_cuit": OWN_CUIT}))

    def test_a_paper_for_somebody_else_waits_for_a_person(self) -> None:
        found = paper(head={"receiver_cuit": "20111111112"})

        assert codes(found) == ["receiver.other"]
        assert codes(replace(found, accept_receiver=True)) == []

    def test_an_altered_total_is_blocked_with_both_values(self) -> None:
        found = judge(paper(qr={"importe": 1110}))

        (blocker,) = found.blockers
        assert blocker.code == "qr.total_differs"
        assert (blocker.facts["printed"], blocker.facts["qr"]) == ("1210.00", "1110.00")

    def test_print_that_contradicts_the_qr_waits_for_a_person(self) -> None:
        evidence = {"number": {"confidence": 0.999, "source": "qr", "printed": "59231"}}
        found = paper(evidence=evidence)

        assert "qr.differs" in codes(found)
        assert field_state(found, "number") is State.BAD
        decided = paper(evidence={"number": {**evidence["number"], "source": "user"}})
        assert "qr.differs" not in codes(decided)

    def test_contradictions_are_taken_from_the_readers_checks(self) -> None:
        conflicts = (
            Conflict("number", "symbol 59230, print 59231", "59231"),
            Conflict("type_code", "code 6, title nota_credito"),
        )
        check = Check("header_agrees", ok=False, detail="", conflicts=conflicts)

        assert print_contradictions((check,)) == {"number": "59231"}

    def test_sums_that_do_not_close_block(self) -> None:
        assert codes(paper(head={"total": "1310.00"})) == ["totals.open"]

    def test_a_small_difference_passes_once_somebody_saw_it(self) -> None:
        found = paper(head={"total": "1210.50"})

        assert codes(found) == ["totals.difference"]
        assert codes(replace(found, accepted_difference=Decimal("0.50"))) == []

    def test_accepting_one_difference_accepts_no_other(self) -> None:
        found = paper(head={"total": "1210.90"}, accepted_difference=Decimal("0.50"))

        assert codes(found) == ["totals.difference"]

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"product_id": None}, "line.unmatched"),
            ({"pack_factor": None}, "line.pack_missing"),
            ({"quantity": None}, "line.quantity_missing"),
            ({"subtotal": None}, "line.subtotal_missing"),
            ({"unit_price": Decimal(90)}, "line.does_not_multiply"),
        ],
    )
    def test_a_line_in_doubt_names_itself(self, values: dict[str, Any], code: str) -> None:
        found = judge(draft(line(**values), total="1000.00"))

        assert code in [each.code for each in found.blockers]
        assert all("lines[0]" in each.path for each in found.blockers if each.code == code)
        assert set(found.line_states.values()) <= {State.BAD}

    def test_lines_that_are_no_goods_need_no_product(self) -> None:
        service = line("500.00", not_stock=True, product_id=None, pack_factor=None)

        assert codes(draft(line("1000.00"), service, total="1500.00")) == []

    def test_internal_tax_without_carriers_blocks(self) -> None:
        found = draft(line("1000.00"), taxes=(tax(TaxKind.INTERNAL, "50.00"),), total="1050.00")

        assert codes(found) == ["internal_tax.lines_missing"]

    def test_a_foreign_paper_needs_its_rate(self) -> None:
        assert codes(paper(head={"currency": "USD"})) == ["header.missing"]

    def test_a_branch_is_needed(self) -> None:
        assert codes(paper(branch_id=None)) == ["branch.missing"]

    def test_no_lines_is_no_paper(self) -> None:
        assert "lines.missing" in codes(replace(paper(), lines=()))

    def test_a_duplicate_is_blocked_with_its_link(self) -> None:
        twin = uuid4()
        found = judge(paper(), replace(AROUND, duplicate_of=twin))

        assert [(each.code, each.facts["duplicate_of"]) for each in found.blockers] == [
            ("invoice.duplicate", str(twin))
        ]


class TestWarnings:
    def test_look_alikes_odd_dates_and_remitos_are_told(self) -> None:
        around = Surroundings(
            date(2026, 11, 20), draft_twin=uuid4(), similar=("A 0001-00000001",), recent_remito="R 1-1"
        )
        found = paper(head={"issue_date": date(2024, 1, 1), "receiver_cuit": None})

        told = [each.code for each in judge(found, around).warnings]
        assert told == [
            "duplicate.similar",
            "duplicate.draft",
            "remito.recent",
            "receiver.missing",
            "date.odd",
        ]
        assert codes(found, around) == []

    def test_a_cost_that_jumps_is_told(self) -> None:
        found = draft(line("1000.00", last_cost=Decimal(50)), total="1000.00")

        (warning,) = judge(found).warnings
        assert (warning.code, warning.facts["change"]) == ("cost.jump", "+100")

    def test_iva_that_is_not_its_rate_is_told(self) -> None:
        found = draft(line("1000.00"), taxes=(iva("105.00", base="1000.00"),), total="1105.00")

        assert [each.code for each in judge(found).warnings] == ["tax.rate_mismatch"]


class TestStates:
    def test_doubts_keep_a_paper_from_being_ready_without_blocking_it(self) -> None:
        found = draft(line(doubts=frozenset({"quantity"})), total="1000.00")

        assert codes(found) == []
        assert not is_ready(found, judge(found))

    def test_an_unsure_identity_is_to_be_checked(self) -> None:
        found = paper(evidence={"number": {"confidence": 0.9, "source": "ocr"}})

        assert field_state(found, "number") is State.CHECK
        assert not is_ready(found, judge(found))


class TestStock:
    def test_goods_enter_in_base_units_with_their_cost(self) -> None:
        found = draft(line("1200.00", pack_factor=Decimal(6), bonus_quantity=Decimal(2)), total="1200.00")

        (effect,) = stock_lines(found, cost_lines(found, REGISTERED))
        assert (effect.quantity, effect.unit_cost_ars) == (Decimal(72), Decimal("16.66666667"))

    def test_a_credit_note_sends_goods_back(self) -> None:
        found = draft(line(), total="1000.00", kind=Kind.NOTA_CREDITO)

        assert codes(found) == ["credit.effect_missing"]
        back = replace(found, credit_effect=CreditEffect.GOODS)
        (effect,) = stock_lines(back, cost_lines(back, REGISTERED))
        assert effect.quantity == -10

    @pytest.mark.parametrize(("kind", "value"), [(Kind.NOTA_CREDITO, -1000), (Kind.NOTA_DEBITO, 1000)])
    def test_money_only_papers_change_what_goods_are_worth(self, kind: Kind, value: int) -> None:
        found = draft(line(), total="1000.00", kind=kind, credit_effect=CreditEffect.COST)

        (effect,) = stock_lines(found, cost_lines(found, REGISTERED))
        assert (effect.quantity, effect.value_ars) == (Decimal(0), Decimal(value))

    def test_a_remito_without_prices_tells_no_cost(self) -> None:
        found = draft(line(subtotal="0", unit_price=None), total=None, kind=Kind.REMITO)

        (effect,) = stock_lines(found, cost_lines(found, REGISTERED))
        assert effect.unit_cost_ars is None
        assert effect.value_ars is None

    def test_lines_that_are_no_goods_move_nothing(self) -> None:
        found = draft(line(not_stock=True), total="1000.00")

        assert stock_lines(found, cost_lines(found, REGISTERED)) == ()


def warned(found: Draft) -> list[str]:
    codes(found)
    return [warning.code for warning in judge(found).warnings]


def test_a_receiver_nobody_could_read_is_told_whatever_the_letter() -> None:
    to_nobody = paper(head={"receiver_cuit": None, "letter": "B", "type_code": 6})
    named = Conflict("receiver_cuit", "somebody is named", is_unread=True)
    checks = [{"code": "header_agrees", "ok": False, "detail": "", "conflicts": [asdict(named)]}]

    assert "receiver.missing" not in warned(to_nobody)
    assert is_receiver_unread(checks)
    assert not is_receiver_unread([])
    unread = replace(to_nobody, receiver_unread=True)
    assert "receiver.missing" in warned(unread)
    assert field_state(unread, "receiver_cuit") is State.CHECK


@pytest.mark.parametrize(
    ("check", "warning"),
    [
        ("copies_agree", "copies.differ"),
        ("pages_in_order", "pages.order"),
        ("one_voucher", "paper.several"),
        ("is_voucher", "paper.denied"),
        ("rows_claimed", "rows.unread"),
        ("counts_agree", "rows.miscounted"),
    ],
)
def test_what_the_reader_doubts_of_the_whole_paper_is_told_and_looked_at(check: str, warning: str) -> None:
    passed = paper_doubts([{"code": check, "ok": True, "detail": ""}])
    doubts = paper_doubts([{"code": check, "ok": False, "detail": ""}])
    found = replace(paper(), paper_doubts=doubts)

    assert passed == ()
    assert warned(found) == [warning]
    assert codes(found) == []
    assert not is_ready(found, judge(found))


def test_units_finer_than_stock_are_told() -> None:
    fine = draft(line("1000.00", quantity=Decimal("1.2345"), unit_price=None), header=header("1210.00"))

    assert "line.quantity_rounded" in warned(replace(fine, taxes=(iva("210.00"),)))


def test_a_paper_of_tomorrow_is_odd() -> None:
    assert "date.odd" in warned(paper(head={"issue_date": AROUND.today + timedelta(days=1)}))
    assert "date.odd" not in warned(paper(head={"issue_date": AROUND.today}))
