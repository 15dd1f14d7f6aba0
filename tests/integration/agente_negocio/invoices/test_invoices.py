"""Drafts corrected by people, confirmed once, reversed once; suppliers and what is learned of them."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, inspect

from agente_negocio.invoices.reading.model import Box, Check, Conflict, Evidence, Kind, Source
from agente_negocio.invoices.repository import documents as documents_repository
from agente_negocio.invoices.repository import invoices as repository
from agente_negocio.invoices.service import confirming, loading
from agente_negocio.invoices.service.actor import Actor
from agente_negocio.invoices.service.confirming import Act, Delivery
from agente_negocio.suppliers import service as suppliers
from agente_negocio.suppliers.service import AliasKey, Lesson
from shared.kernel.clock import business_date
from shared.security.permissions import Role
from tests.integration.agente_negocio.invoices.conftest import Desk
from tests.integration.agente_negocio.invoices.papers import read_line, read_paper, without_taxes


def blockers(invoice: dict[str, Any]) -> list[str]:
    return [blocker["code"] for blocker in invoice["blockers"]]


def facts(desk: Desk, task: str) -> list[dict[str, Any]]:
    return [args["fact"] for args in desk.jobs(task)]


class TestCorrecting:
    async def test_a_corrected_field_keeps_what_was_read_beside_it(self, desk: Desk) -> None:
        invoice = await desk.draft()

        changed = await desk.ask("PATCH", f"/invoices/{invoice['id']}", json={"number": 777})

        field = changed["header"]["number"]
        assert (field["value"], field["source"], field["state"]) == ("777", "user", "sure")
        assert field["read"] == invoice["header"]["number"]["value"]
        rows = desk.rows(
            "SELECT field, original, corrected, corrected_by FROM negocio.invoice_correction"
            " WHERE invoice_id = %s",
            invoice["id"],
        )
        assert rows == [("number", int(field["read"]), 777, desk.owner.id)]

    async def test_sums_are_recomputed_at_every_edit(self, desk: Desk) -> None:
        invoice = await desk.draft()
        line = invoice["lines"][0]

        changed = await desk.ask(
            "PATCH", f"/invoices/{invoice['id']}/lines/{line['id']}", json={"quantity": 11}
        )
        assert "line.does_not_multiply" in blockers(changed)

        changed = await desk.ask(
            "PATCH", f"/invoices/{invoice['id']}/lines/{line['id']}", json={"subtotal": "1100"}
        )
        assert "totals.open" in blockers(changed)
        assert changed["totals"]["total"] == "1310"
        assert changed["lines"][0]["corrected"] == ["quantity", "subtotal"]

    async def test_an_edit_of_an_older_version_is_refused(self, desk: Desk) -> None:
        invoice = await desk.draft()
        seen = {"If-Match": f'"{invoice["version"]}"'}
        await desk.ask("PATCH", f"/invoices/{invoice['id']}", json={"number": 5}, headers=seen)

        late = await desk.send("PATCH", f"/invoices/{invoice['id']}", json={"number": 6}, headers=seen)

        assert (late.status_code, late.json()["code"]) == (412, "etag.stale")

    async def test_the_etag_is_the_version(self, desk: Desk) -> None:
        invoice = await desk.draft()

        answer = await desk.send("GET", f"/invoices/{invoice['id']}")

        assert answer.headers["etag"] == f'"{invoice["version"]}"'

    async def test_lines_are_added_and_taken_off(self, desk: Desk) -> None:
        invoice = await desk.draft()
        line = {
            "description": "Flete",
            "quantity": "1",
            "unit_price": "50",
            "subtotal": "50",
            "not_stock": True,
        }

        added = await desk.send("POST", f"/invoices/{invoice['id']}/lines", json={**line, "spread": True})
        assert added.status_code == 201
        assert added.json()["totals"]["net"] == "1050"
        assert added.json()["lines"][0]["line_cost"] == "1050"
        removed = await desk.ask(
            "DELETE", f"/invoices/{invoice['id']}/lines/{added.json()['lines'][1]['id']}"
        )

        assert len(removed["lines"]) == 1
        assert removed["totals"]["closes"]

    async def test_tax_rows_are_replaced_whole(self, desk: Desk) -> None:
        invoice = await desk.draft()
        taxes = [
            {"kind": "iva", "rate": "21", "amount": "210"},
            {"kind": "perception_iibb", "amount": "30", "description": "IIBB CABA"},
        ]

        changed = await desk.ask(
            "PATCH", f"/invoices/{invoice['id']}", json={"taxes": taxes, "total": "1240"}
        )

        assert changed["totals"]["closes"]
        assert changed["totals"]["perceptions"] == "30"
        assert changed["lines"][0]["line_cost"] == "1000"

    async def test_a_small_difference_is_accepted_by_a_person_only(self, desk: Desk) -> None:
        invoice = await desk.draft(read_paper(header={"total": "1210.60"}))
        assert "totals.difference" in blockers(invoice)

        accepted = await desk.ask("PATCH", f"/invoices/{invoice['id']}", json={"accept_difference": True})
        assert accepted["accept_difference"]
        assert "totals.difference" not in blockers(accepted)

        changed = await desk.ask("PATCH", f"/invoices/{invoice['id']}", json={"total": "1210.70"})
        assert "totals.difference" in blockers(changed)

    async def test_a_large_difference_cannot_be_accepted(self, desk: Desk) -> None:
        invoice = await desk.draft(read_paper(header={"total": "1300.00"}))

        answer = await desk.send("PATCH", f"/invoices/{invoice['id']}", json={"accept_difference": True})

        assert (answer.status_code, answer.json()["code"]) == (422, "invoice.difference_too_large")

    async def test_an_altered_total_is_blocked_with_both_values(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft(read_paper(qr={"importe": 1110})))

        (blocker,) = invoice["blockers"]
        assert blocker["code"] == "qr.total_differs"
        assert "1.210,00" in blocker["detail"]
        assert "1.110,00" in blocker["detail"]
        answer = await desk.send("POST", f"/invoices/{invoice['id']}/confirm")
        assert (answer.status_code, answer.json()["code"]) == (422, "invoice.blocked")
        assert [each["path"] for each in answer.json()["fields"]] == ["header.total"]

    async def test_a_contradicted_field_is_decided_by_a_person(self, desk: Desk) -> None:
        check = Check(
            "header_agrees",
            ok=False,
            detail="",
            conflicts=(Conflict("point_of_sale", "symbol 3, print 8", "8"),),
        )
        invoice = await desk.draft(read_paper(checks=(check,)))
        assert "qr.differs" in blockers(invoice)
        assert invoice["header"]["point_of_sale"]["printed"] == "8"

        decided = await desk.ask("PATCH", f"/invoices/{invoice['id']}", json={"point_of_sale": 3})

        assert "qr.differs" not in blockers(decided)

    async def test_a_paper_for_another_cuit_may_be_accepted(self, desk: Desk) -> None:
        invoice = await desk.draft(read_paper(header={"receiver_cuit": "20111111112"}))
        assert "receiver.other" in blockers(invoice)

        accepted = await desk.ask("PATCH", f"/invoices/{invoice['id']}", json={"accept_receiver": True})

        assert "receiver.other" not in blockers(accepted)

    async def test_changing_the_issuer_changes_the_supplier(self, desk: Desk) -> None:
        invoice = await desk.draft()

        changed = await desk.ask(
            "PATCH",
            f"/invoices/{invoice['id']}",
            json={"issuer_cuit": "30-68584975-1", "issuer_name": "Otra SA"},
        )

        assert changed["supplier"]["cuit"] == "30685849751"
        assert changed["supplier"]["id"] != invoice["supplier"]["id"]

    @pytest.mark.parametrize(
        "body",
        [
            {"issuer_cuit": "30500001734"},
            {"total": "1e400"},
            {"total": "NaN"},
            {"number": 10**9},
            {"issue_date": "0001-01-01"},
            {"letter": "AB"},
            {"currency": None},
            {"taxes": [{"kind": "iva", "amount": "1", "rate": "500"}]},
            {"internal_tax_lines": ["no"]},
            {"exchange_rate": "0"},
            {"surprise": 1},
            {"issuer_name": "a\u0000b"},
            [],
            None,
        ],
    )
    async def test_bad_values_are_refused(self, desk: Desk, body: Any) -> None:
        invoice = await desk.draft()

        answer = await desk.send("PATCH", f"/invoices/{invoice['id']}", json=body)

        assert answer.status_code == 422
        assert (await desk.invoice(invoice["id"]))["version"] == invoice["version"]

    @pytest.mark.parametrize(
        "body",
        [
            {"quantity": "99999999"},
            {"discounts": [{"rate": "10", "amount": "5"}]},
            {"discounts": [{}]},
            {"unit_price": "1e30"},
            {"iva_rate": "-1"},
            {"description": ""},
            {"bonus_quantity": "-1"},
        ],
    )
    async def test_bad_lines_are_refused(self, desk: Desk, body: dict[str, Any]) -> None:
        invoice = await desk.draft()
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}"

        answer = await desk.send("PATCH", path, json=body)

        assert answer.status_code == 422

    async def test_unknown_lines_and_invoices_do_not_exist(self, desk: Desk) -> None:
        invoice = await desk.draft()

        line = await desk.send("PATCH", f"/invoices/{invoice['id']}/lines/{uuid4()}", json={"quantity": 1})
        paper = await desk.send("PATCH", f"/invoices/{uuid4()}", json={"number": 1})

        assert (line.status_code, line.json()["code"]) == (404, "invoice.line_not_found")
        assert (paper.status_code, paper.json()["code"]) == (404, "invoice.not_found")


class TestTyping:
    HEADER: ClassVar = {
        "issuer_cuit": "30-50000173-5",
        "issuer_name": "Distribuidora del Sur SA",
        "receiver_cuit": "30712345671",
        "type_code": 1,
        "point_of_sale": 3,
        "number": 77,
        "issue_date": "2026-11-18",
        "total": "1210",
        "authorization_kind": "CAE",
        "authorization_code": "76461234567890",
    }
    LINE: ClassVar = {
        "description": "YERBA MATE SUAVE 1 KG",
        "quantity": "10",
        "unit_price": "100",
        "subtotal": "1000",
        "iva_rate": "21",
    }
    TAX: ClassVar = {"kind": "iva", "rate": "21", "base": "1000", "amount": "210"}

    async def test_a_typed_paper_is_confirmed_like_one_that_was_read(self, desk: Desk) -> None:
        body = {**self.HEADER, "lines": [self.LINE], "taxes": [self.TAX]}

        answer = await desk.send("POST", "/invoices", json=body)

        assert answer.status_code == 201, answer.text
        invoice = answer.json()
        assert (invoice["kind"], invoice["document_id"], invoice["pages"]) == ("factura", None, [])
        assert invoice["supplier"]["cuit"] == "30500001735"
        assert blockers(invoice) == ["line.unmatched"]
        assert invoice["totals"]["closes"]
        assert invoice["header"]["number"]["source"] == "user"
        invoice = await desk.resolve(invoice)
        confirmed = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")
        assert confirmed["status"] == "confirmed"
        (fact,) = facts(desk, "deposito.receive_goods")
        (line,) = fact["lines"]
        assert (Decimal(line["quantity"]), Decimal(line["unit_cost_ars"])) == (Decimal(10), Decimal(100))

    async def test_an_empty_one_says_what_is_missing(self, desk: Desk) -> None:
        invoice = await desk.ask("POST", "/invoices", json={})

        assert {"header.missing", "lines.missing"} <= set(blockers(invoice))
        assert invoice["status"] == "needs_review"

    async def test_repeating_it_makes_one(self, desk: Desk) -> None:
        headers = {"Idempotency-Key": str(uuid4())}

        first = await desk.ask("POST", "/invoices", json=self.HEADER, headers=headers)
        again = await desk.ask("POST", "/invoices", json=self.HEADER, headers=headers)

        assert again["id"] == first["id"]
        assert len((await desk.ask("GET", "/invoices"))["items"]) == 1

    async def test_a_voucher_that_is_confirmed_already_is_told(self, desk: Desk) -> None:
        known = await desk.confirmed()
        number = int(known["header"]["number"]["value"])

        invoice = await desk.ask("POST", "/invoices", json={**self.HEADER, "number": number})

        assert "invoice.duplicate" in blockers(invoice)

    @pytest.mark.parametrize(
        "body",
        [
            {"issuer_cuit": "30500001734"},
            {"type_code": 1000},
            {"lines": [{"quantity": "diez"}]},
            {"lines": [{}] * 501},
            {"accept_difference": True},
            {"branch_id": "0192d0f0-0000-7000-8000-000000000000"},
        ],
    )
    async def test_bad_values_are_refused(self, desk: Desk, body: dict[str, Any]) -> None:
        assert (await desk.send("POST", "/invoices", json=body)).status_code == 422

    async def test_who_may_not_is_refused(self, desk: Desk) -> None:
        accountant = desk.organisation.add_person(Role.ACCOUNTANT)

        assert (await desk.send("POST", "/invoices", by=accountant, json={})).status_code == 403


class TestMatching:
    async def test_a_product_that_does_not_exist_is_refused(self, desk: Desk) -> None:
        invoice = await desk.draft()
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/match"

        answer = await desk.send("POST", path, json={"product_id": str(uuid4()), "pack_factor": "1"})

        assert (answer.status_code, answer.json()["code"]) == (422, "invoice.product_unknown")

    async def test_a_product_of_another_organisation_is_unknown(self, desk: Desk, other_desk: Desk) -> None:
        theirs = await other_desk.add_product()
        invoice = await desk.draft()
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/match"

        answer = await desk.send("POST", path, json={"product_id": str(theirs), "pack_factor": "1"})

        assert answer.status_code == 422

    async def test_a_new_product_is_made_once(self, desk: Desk) -> None:
        invoice = await desk.draft()
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/create-product"
        body = {"name": "Yerba nueva 1 kg", "iva_rate": "21", "pack_factor": "1"}

        first = await desk.ask("POST", path, json=body)
        again = await desk.ask("POST", path, json=body)

        assert first["lines"][0]["product"] == again["lines"][0]["product"]
        assert first["lines"][0]["match"]["source"] == "user"
        assert first["status"] == "ready"

    async def test_stock_hands_cannot_make_products(self, desk: Desk) -> None:
        invoice = await desk.draft()
        hand = desk.organisation.add_person(Role.STOCK)
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/create-product"

        answer = await desk.send("POST", path, by=hand, json={"name": "Yerba", "iva_rate": "21"})

        assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")

    async def test_a_barcode_on_the_paper_finds_its_product(self, desk: Desk) -> None:
        product = await desk.add_product(barcodes=[{"code": "7790895000997"}])

        invoice = await desk.draft(read_paper(read_line(code="7790895000997")))

        (line,) = invoice["lines"]
        assert line["product"]["id"] == str(product)
        assert line["match"]["source"] == "barcode"
        assert line["unit_cost"] == "100"
        assert invoice["status"] == "ready"

    async def test_a_new_product_is_found_by_validating_again(self, desk: Desk) -> None:
        invoice = await desk.draft(read_paper(read_line(code="7790895000997")))
        assert blockers(invoice) == ["line.unmatched"]
        await desk.add_product(barcodes=[{"code": "7790895000997"}])

        again = await desk.ask("POST", f"/invoices/{invoice['id']}/validate")

        assert blockers(again) == []

    async def test_a_described_pack_is_asked_while_nothing_proves_it(self, desk: Desk) -> None:
        product = await desk.add_product()
        invoice = await desk.draft(read_paper(read_line("YERBA SUAVE 1 KG X 10 U")))
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/match"

        asked = await desk.ask("POST", path, json={"product_id": str(product)})
        assert blockers(asked) == ["line.pack_missing"]
        told = await desk.ask("POST", path, json={"product_id": str(product), "pack_factor": "10"})

        assert blockers(told) == []
        assert told["lines"][0]["unit_cost"] == "10"


class TestConfirming:
    async def test_it_answers_at_once_with_the_goods_on_their_way(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())

        confirmed = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm", json={})

        assert confirmed["status"] == "confirmed"
        assert confirmed["receipt"]["status"] == "queued"
        assert not confirmed["supplier"]["is_new"]
        (fact,) = facts(desk, "deposito.receive_goods")
        assert fact["invoice_id"] == invoice["id"]
        assert fact["branch_id"] == str(desk.organisation.branch_id)
        (line,) = fact["lines"]
        assert (Decimal(line["quantity"]), Decimal(line["unit_cost_ars"])) == (Decimal(10), Decimal(100))
        document = await desk.ask("GET", f"/ocr/documents/{invoice['document_id']}")
        assert document["status"] == "confirmed"

    async def test_a_second_confirmation_doubles_nothing(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())

        first = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")
        again = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")

        assert again == first
        assert len(facts(desk, "deposito.receive_goods")) == 1

    async def test_many_at_once_confirm_once(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())

        answers = await asyncio.gather(
            *(desk.send("POST", f"/invoices/{invoice['id']}/confirm") for _ in range(6))
        )

        assert {answer.status_code for answer in answers} == {200}
        assert len(facts(desk, "deposito.receive_goods")) == 1

    async def test_a_blocked_paper_names_every_place(self, desk: Desk) -> None:
        invoice = await desk.draft(read_paper(header={"number": None}))

        answer = await desk.send("POST", f"/invoices/{invoice['id']}/confirm")

        assert answer.status_code == 422
        assert {each["path"]: each["msg"] for each in answer.json()["fields"]} == {
            "header.number": "Falta el número.",
            "lines[0].product": "Falta elegir el producto del renglón 1 (YERBA MATE SUAVE 1 KG).",
        }
        assert facts(desk, "deposito.receive_goods") == []

    async def test_goods_enter_when_a_person_says_they_came(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())
        came = datetime.now(UTC) - timedelta(days=3)

        await desk.ask("POST", f"/invoices/{invoice['id']}/confirm", json={"received_at": came.isoformat()})

        (fact,) = facts(desk, "deposito.receive_goods")
        assert datetime.fromisoformat(fact["occurred_at"]) == came

    async def test_goods_cannot_have_come_in_the_future(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())
        later = datetime.now(UTC) + timedelta(hours=1)

        answer = await desk.send(
            "POST", f"/invoices/{invoice['id']}/confirm", json={"received_at": later.isoformat()}
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "invoice.bad_received_at")
        assert [each["path"] for each in answer.json()["fields"]] == ["received_at"]
        assert facts(desk, "deposito.receive_goods") == []

    async def test_goods_go_to_the_place_named(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())
        place = str(desk.add_location(desk.organisation.branch_id))

        await desk.ask("POST", f"/invoices/{invoice['id']}/confirm", json={"location_id": place})

        (fact,) = facts(desk, "deposito.receive_goods")
        assert fact["location_id"] == place

    async def test_a_place_that_does_not_exist_or_is_of_another_branch_is_refused(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())
        elsewhere = desk.add_location(desk.organisation.add_branch("Norte"))
        await desk.ask(
            "PATCH", f"/invoices/{invoice['id']}", json={"branch_id": str(desk.organisation.branch_id)}
        )

        for place in (uuid4(), elsewhere):
            answer = await desk.send(
                "POST", f"/invoices/{invoice['id']}/confirm", json={"location_id": str(place)}
            )
            assert (answer.status_code, answer.json()["code"]) == (422, "invoice.location_unknown")
            assert [each["path"] for each in answer.json()["fields"]] == ["location_id"]
        assert facts(desk, "deposito.receive_goods") == []

    async def test_a_warehouse_that_is_away_does_not_hold_it_up(
        self, desk: Desk, warehouse_away: Callable[[], None]
    ) -> None:
        invoice = await desk.resolve(await desk.draft())
        place = str(uuid4())
        warehouse_away()

        confirmed = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm", json={"location_id": place})

        assert (confirmed["status"], confirmed["receipt"]["status"]) == ("confirmed", "queued")
        (fact,) = facts(desk, "deposito.receive_goods")
        assert fact["location_id"] == place

    async def test_two_vouchers_of_one_file_confirmed_together_settle_it(self, desk: Desk) -> None:
        # Of two suppliers, so that they share nothing but their document.
        received = await desk.upload(read_paper(), read_paper(header={"issuer_cuit": "30500010912"}))
        await desk.office.work()
        document_id = received["documents"][0]["id"]
        product = await desk.add_product()
        first, second = [
            await desk.resolve(await desk.invoice(invoice_id), product)
            for invoice_id in (await desk.ask("GET", f"/ocr/documents/{document_id}"))["invoice_ids"]
        ]
        act = Act(UUID(first["id"]), Actor(desk.owner.id, None), None, datetime.now(UTC))
        database, organisation_id = desk.office.resources.database, desk.organisation.id

        async with database.transaction(organisation_id) as session:
            await confirming.confirm(session, act, Delivery())
            other = asyncio.create_task(desk.ask("POST", f"/invoices/{second['id']}/confirm"))
            finished, _ = await asyncio.wait({other}, timeout=0.5)
            assert not finished, "the second must wait for the first to settle their document"

        await other
        assert (await desk.ask("GET", f"/ocr/documents/{document_id}"))["status"] == "confirmed"

    async def test_an_edit_and_a_new_reading_wait_for_each_other(self, desk: Desk) -> None:
        invoice = await desk.draft()
        document_id, actor = UUID(invoice["document_id"]), Actor(desk.owner.id, None)
        database, organisation_id = desk.office.resources.database, desk.organisation.id
        today = business_date(datetime.now(UTC))

        async with database.transaction(organisation_id) as session:
            opened = await loading.load_open(session, UUID(invoice["id"]), actor, today=today)
            again = asyncio.create_task(desk.ask("POST", f"/ocr/documents/{document_id}/reprocess"))
            finished, _ = await asyncio.wait({again}, timeout=0.5)
            assert not finished
            # Taking the same rows in another order would end one of the two in a deadlock.
            await loading.settle(session, opened, today=today)

        assert (await again)["documents"][0]["status"] == "received"

    async def test_who_may_not_confirm_is_refused(self, desk: Desk) -> None:
        invoice = await desk.resolve(await desk.draft())
        hand = desk.organisation.add_person(Role.STOCK)

        answer = await desk.send("POST", f"/invoices/{invoice['id']}/confirm", by=hand)

        assert answer.status_code == 403

    async def test_a_confirmed_paper_is_not_edited(self, desk: Desk) -> None:
        invoice = await desk.confirmed(read_paper())

        answer = await desk.send("PATCH", f"/invoices/{invoice['id']}", json={"number": 1})

        assert (answer.status_code, answer.json()["code"]) == (409, "invoice.closed")

    async def test_the_costs_of_a_confirmed_paper_stay(self, desk: Desk) -> None:
        invoice = await desk.confirmed(read_paper())
        desk.rows(
            "UPDATE auth.organisation SET cost_basis = 'gross' WHERE organisation_id = %s RETURNING 1",
            desk.organisation.id,
        )

        again = await desk.invoice(invoice["id"])

        assert again["lines"][0]["line_cost"] == "1000"

    async def test_services_alone_move_no_goods(self, desk: Desk) -> None:
        paper = read_paper(read_line("Servicio de limpieza"))
        invoice = await desk.draft(paper)
        assert invoice["lines"][0]["not_stock"]

        confirmed = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")

        assert confirmed["receipt"]["status"] == "none"
        assert facts(desk, "deposito.receive_goods") == []

    async def test_a_credit_note_sends_goods_back_when_a_person_says_so(self, desk: Desk) -> None:
        paper = read_paper(header={"type_code": "3"}, kind=Kind.NOTA_CREDITO)
        invoice = await desk.resolve(await desk.draft(paper))
        assert blockers(invoice) == ["credit.effect_missing"]

        await desk.ask("PATCH", f"/invoices/{invoice['id']}", json={"credit_effect": "goods"})
        await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")

        (fact,) = facts(desk, "deposito.receive_goods")
        assert Decimal(fact["lines"][0]["quantity"]) == -10


class TestDuplicates:
    async def test_the_same_voucher_twice_is_409_with_a_link(self, desk: Desk) -> None:
        paper = read_paper()
        first = await desk.confirmed(paper)
        twin = await desk.resolve(await desk.draft(paper), UUID(first["lines"][0]["product"]["id"]))
        assert twin["duplicate_of"] == first["id"]

        answer = await desk.send("POST", f"/invoices/{twin['id']}/confirm")

        assert (answer.status_code, answer.json()["code"]) == (409, "invoice.duplicate")
        assert answer.json()["details"]["duplicate_of"] == first["id"]

    async def test_two_at_once_confirm_one(self, desk: Desk) -> None:
        paper = read_paper()
        product = await desk.add_product()
        twins = [await desk.resolve(await desk.draft(paper), product) for _ in range(2)]

        answers = await asyncio.gather(
            *(desk.send("POST", f"/invoices/{twin['id']}/confirm") for twin in twins)
        )

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        confirmed = next(answer for answer in answers if answer.status_code == 200)
        assert refused.json()["details"]["duplicate_of"] == confirmed.json()["id"]
        assert len(facts(desk, "deposito.receive_goods")) == 1

    async def test_a_reversed_voucher_may_come_again(self, desk: Desk) -> None:
        paper = read_paper()
        first = await desk.confirmed(paper)
        await desk.ask("POST", f"/invoices/{first['id']}/reverse", json={"reason": "Mal cargada"})
        again = await desk.resolve(await desk.draft(paper), UUID(first["lines"][0]["product"]["id"]))

        confirmed = await desk.ask("POST", f"/invoices/{again['id']}/confirm")

        assert confirmed["status"] == "confirmed"

    async def test_look_alikes_are_told(self, desk: Desk) -> None:
        await desk.confirmed(read_paper())

        alike = await desk.draft(read_paper())

        assert "duplicate.similar" in [warning["code"] for warning in alike["warnings"]]

    async def test_another_organisation_may_have_the_same_voucher(self, desk: Desk, other_desk: Desk) -> None:
        paper = read_paper()
        await desk.confirmed(paper)

        theirs = await other_desk.confirmed(paper)

        assert theirs["status"] == "confirmed"


class TestReversing:
    async def test_it_is_told_to_the_warehouse_once(self, desk: Desk) -> None:
        invoice = await desk.confirmed(read_paper())
        reason = {"reason": "Mercadería devuelta"}

        first = await desk.ask("POST", f"/invoices/{invoice['id']}/reverse", json=reason)
        again = await desk.ask("POST", f"/invoices/{invoice['id']}/reverse", json=reason)

        assert first["status"] == again["status"] == "reversed"
        (fact,) = facts(desk, "deposito.take_back_goods")
        assert fact["reason"] == "Mercadería devuelta"

    async def test_a_draft_is_not_reversed_and_a_confirmed_paper_not_discarded(self, desk: Desk) -> None:
        draft = await desk.draft()
        confirmed = await desk.confirmed(read_paper())
        reason = {"reason": "Error"}

        first = await desk.send("POST", f"/invoices/{draft['id']}/reverse", json=reason)
        second = await desk.send("POST", f"/invoices/{confirmed['id']}/discard", json=reason)

        assert (first.status_code, second.status_code) == (409, 409)

    async def test_confirming_and_reversing_at_once_end_in_one_state(self, desk: Desk) -> None:
        invoice = await desk.confirmed(read_paper())
        path = f"/invoices/{invoice['id']}"

        answers = await asyncio.gather(
            *(desk.send("POST", f"{path}/reverse", json={"reason": "x"}) for _ in range(3)),
            *(desk.send("POST", f"{path}/confirm") for _ in range(3)),
        )

        assert {answer.status_code for answer in answers} <= {200, 409}
        assert (await desk.invoice(invoice["id"]))["status"] == "reversed"
        assert len(facts(desk, "deposito.take_back_goods")) == 1

    async def test_a_discarded_draft_is_closed(self, desk: Desk) -> None:
        invoice = await desk.draft()

        discarded = await desk.ask("POST", f"/invoices/{invoice['id']}/discard", json={"reason": "Repetida"})

        assert (discarded["status"], discarded["close_reason"]) == ("discarded", "Repetida")
        answer = await desk.send("POST", f"/invoices/{invoice['id']}/confirm")
        assert (answer.status_code, answer.json()["code"]) == (409, "invoice.closed")


class TestLearning:
    async def test_a_long_paper_is_learned_in_one_statement(self, desk: Desk) -> None:
        database, organisation_id = desk.office.resources.database, desk.organisation.id
        keys = [AliasKey("text", f"yerba {n}") for n in range(300)]
        lessons = [Lesson(key, uuid4(), "Yerba", True, Decimal(12), uuid4()) for key in keys]
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        async with database.transaction(organisation_id) as session:
            supplier = await suppliers.propose_supplier(session, cuit="30500001735", name="Del Sur")
            event.listen(database.engine.sync_engine, "before_cursor_execute", note)
            await suppliers.remember(session, supplier.id, lessons, now=datetime.now(UTC))
            event.remove(database.engine.sync_engine, "before_cursor_execute", note)
            await suppliers.remember(session, supplier.id, lessons[:1], now=datetime.now(UTC))
            known = await suppliers.recall(session, supplier.id, keys)

        assert len(statements) == 1
        assert {key: alias.product_id for key, alias in known.items()} == {
            lesson.alias: lesson.product_id for lesson in lessons
        }
        assert [known[key].times_used for key in keys[:2]] == [2, 1]
        assert (known[keys[0]].pack_factor, known[keys[0]].product_has_internal_tax) == (Decimal(12), True)

    async def test_what_only_an_undone_paper_taught_is_forgotten(self, desk: Desk) -> None:
        first = await desk.confirmed(read_paper())
        await desk.ask("POST", f"/invoices/{first['id']}/reverse", json={"reason": "Producto equivocado"})
        asked_again = await desk.draft(read_paper())

        taught = await desk.resolve(asked_again)
        await desk.ask("POST", f"/invoices/{taught['id']}/confirm")
        third = await desk.confirmed(read_paper(header={"number": "77"}))
        await desk.ask("POST", f"/invoices/{third['id']}/reverse", json={"reason": "Repetida"})
        fourth = await desk.draft(read_paper(header={"number": "78"}))

        assert asked_again["lines"][0]["product"] is None
        assert fourth["lines"][0]["match"]["source"] == "supplier_code", "another paper taught it too"

    async def test_the_second_paper_of_a_supplier_needs_no_hands(self, desk: Desk) -> None:
        first = await desk.confirmed(read_paper())

        second = await desk.draft(read_paper())

        assert second["status"] == "ready"
        (line,) = second["lines"]
        assert line["product"] == first["lines"][0]["product"]
        assert line["match"]["source"] == "supplier_code"
        assert line["pack_factor"] == "1"

    async def test_a_wording_is_remembered_too(self, desk: Desk) -> None:
        await desk.confirmed(read_paper(read_line(code=None)))

        second = await desk.draft(read_paper(read_line("Yerba  Mate Suave 1 kg.", code=None)))

        assert second["lines"][0]["match"]["source"] == "alias"

    async def test_what_is_forgotten_is_asked_again(self, desk: Desk) -> None:
        first = await desk.confirmed(read_paper())
        supplier_id = first["supplier"]["id"]
        aliases = (await desk.ask("GET", f"/suppliers/{supplier_id}/aliases"))["items"]
        assert {alias["kind"] for alias in aliases} == {"code", "text"}
        assert all(alias["learned_from"] == first["id"] for alias in aliases)

        for alias in aliases:
            gone = await desk.send("DELETE", f"/suppliers/{supplier_id}/aliases/{alias['id']}")
            assert gone.status_code == 204
        again = await desk.send("DELETE", f"/suppliers/{supplier_id}/aliases/{aliases[0]['id']}")
        assert again.status_code == 404

        second = await desk.draft(read_paper())
        assert second["lines"][0]["match"] is None or second["lines"][0]["match"]["source"] == "text"

    async def test_a_line_may_be_kept_out_of_memory(self, desk: Desk) -> None:
        invoice = await desk.draft()
        product = await desk.add_product()
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/match"
        body = {"product_id": str(product), "pack_factor": "1", "remember": False}
        await desk.ask("POST", path, json=body)
        confirmed = await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")

        aliases = await desk.ask("GET", f"/suppliers/{confirmed['supplier']['id']}/aliases")

        assert aliases["items"] == []

    async def test_a_learned_pack_is_checked_by_money(self, desk: Desk) -> None:
        dozen = read_line("YERBA X 12", unit_price=Decimal(1200), subtotal=Decimal(1200), quantity=Decimal(1))
        invoice = await desk.draft(without_taxes(read_paper(dozen), "1200.00"))
        product = await desk.add_product()
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/match"
        await desk.ask("POST", path, json={"product_id": str(product), "pack_factor": "12"})
        await desk.ask("POST", f"/invoices/{invoice['id']}/confirm")

        single = replace(dozen, unit_price=Decimal(100), subtotal=Decimal(100))
        second = await desk.draft(without_taxes(read_paper(single), "100.00"))

        assert blockers(second) == ["line.pack_missing"]


class TestEvidence:
    BOX = Box(1, 0.5, 0.25, 0.05, 0.01)
    SHOWN: ClassVar = {
        "source": "ocr",
        "raw": "1O",
        "box": {"page": 1, "x": 0.5, "y": 0.25, "w": 0.05, "h": 0.01},
    }

    async def test_values_of_lines_and_taxes_keep_where_they_were_read(self, desk: Desk) -> None:
        seen = Evidence("1O", Source.OCR, self.BOX)
        paper = read_paper(read_line(evidence={"quantity": seen}))
        paper = replace(paper, taxes=(replace(paper.taxes[0], evidence=seen),))

        invoice = await desk.draft(paper)

        line = invoice["lines"][0]
        assert line["evidence"] == {"quantity": self.SHOWN}
        document = await desk.ask("GET", f"/ocr/documents/{invoice['document_id']}")
        assert document["lines"][0]["evidence"] == {"quantity": self.SHOWN}
        assert document["taxes"][0]["evidence"] == self.SHOWN
        path = f"/invoices/{invoice['id']}/lines/{line['id']}"
        corrected = await desk.ask("PATCH", path, json={"quantity": "12"})
        assert corrected["lines"][0]["evidence"] == {"quantity": self.SHOWN}

    async def test_what_was_read_before_values_had_places_still_opens(self, desk: Desk) -> None:
        invoice = await desk.draft()
        updated = desk.rows(
            "UPDATE negocio.invoice_line SET as_read = as_read - 'evidence'"
            " WHERE invoice_id = %s RETURNING id",
            invoice["id"],
        )
        assert len(updated) == 1

        assert (await desk.invoice(invoice["id"]))["lines"][0]["evidence"] == {}

    async def test_a_line_that_a_person_added_has_none(self, desk: Desk) -> None:
        invoice = await desk.draft()
        added = {"description": "AZUCAR", "quantity": "2", "unit_price": "50", "subtotal": "100"}

        changed = await desk.ask("POST", f"/invoices/{invoice['id']}/lines", json=added)

        assert changed["lines"][1]["evidence"] == {}


class TestLists:
    async def test_lists_leave_what_was_read_in_the_database(self, desk: Desk) -> None:
        await desk.draft()
        database, organisation_id = desk.office.resources.database, desk.organisation.id
        async with database.transaction(organisation_id) as session:
            (document,) = await documents_repository.page(
                session, status=None, branches=None, limit=10, before=None
            )
            (invoice,) = await repository.page(
                session, statuses=(), search=None, branches=None, limit=10, before=None
            )

        assert "readings" in inspect(document).unloaded
        assert {"evidence", "qr", "checks"} <= inspect(invoice).unloaded
        assert [item["kind"] for item in (await desk.ask("GET", "/ocr/documents"))["items"]] == ["factura"]

    async def test_the_inbox_counts_and_finds(self, desk: Desk) -> None:
        waiting = await desk.draft()
        confirmed = await desk.confirmed(read_paper())

        summary = await desk.ask("GET", "/invoices/summary")
        assert summary == {
            "needs_review": 1,
            "ready": 0,
            "confirmed_30d": 1,
            "confirmed_30d_total": "1210",
        }
        found = await desk.ask("GET", "/invoices?status=confirmed")
        assert [item["id"] for item in found["items"]] == [confirmed["id"]]
        found = await desk.ask("GET", f"/invoices?q={waiting['header']['number']['value']}")
        assert waiting["id"] in [item["id"] for item in found["items"]]
        found = await desk.ask("GET", "/invoices?q=distribuidora")
        assert len(found["items"]) == 2
        assert found["items"][1]["blockers"] == 1
        assert (await desk.ask("GET", "/invoices?q=%25_"))["items"] == []

    async def test_pages_follow_each_other(self, desk: Desk) -> None:
        for _ in range(3):
            await desk.draft()

        first = await desk.ask("GET", "/invoices?limit=2")
        rest = await desk.ask("GET", f"/invoices?limit=2&cursor={first['next_cursor']}")

        assert len({item["id"] for item in (*first["items"], *rest["items"])}) == 3


class TestSuppliers:
    async def test_a_supplier_is_entered_changed_and_archived(self, desk: Desk) -> None:
        made = await desk.ask("POST", "/suppliers", json={"name": "Láctea SRL", "cuit": "30-50000173-5"})
        assert (made["cuit"], made["is_confirmed"]) == ("30500001735", True)

        changed = await desk.ask(
            "PATCH",
            f"/suppliers/{made['id']}",
            json={"visit_days": [1, 4], "cutoff": "16:30", "lead_days": 2, "min_order": "50000"},
            headers={"If-Match": '"1"'},
        )
        assert changed["visit_days"] == [1, 4]
        assert (await desk.ask("GET", "/suppliers?q=lactea"))["items"] == [changed]
        await desk.ask("PATCH", f"/suppliers/{made['id']}", json={"archived": True})
        assert (await desk.ask("GET", "/suppliers"))["items"] == []
        assert len((await desk.ask("GET", "/suppliers?archived=true"))["items"]) == 1

    async def test_one_cuit_is_one_supplier(self, desk: Desk) -> None:
        body = {"name": "Láctea SRL", "cuit": "30500001735"}
        made = await desk.ask("POST", "/suppliers", json=body)

        again = await desk.send("POST", "/suppliers", json=body)

        assert (again.status_code, again.json()["code"]) == (409, "supplier.exists")
        assert again.json()["details"]["supplier_id"] == made["id"]

    async def test_a_race_for_a_cuit_has_one_winner(self, desk: Desk) -> None:
        body = {"name": "Láctea SRL", "cuit": "30500001735"}

        answers = await asyncio.gather(*(desk.send("POST", "/suppliers", json=body) for _ in range(5)))

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "X", "cuit": "30500001734"},
            {"name": "X", "visit_days": [7]},
            {"name": "X", "cutoff": "16:30-03:00"},
            {"name": "X", "email": "no"},
            {"name": ""},
            {},
        ],
    )
    async def test_bad_profiles_are_refused(self, desk: Desk, body: dict[str, Any]) -> None:
        assert (await desk.send("POST", "/suppliers", json=body)).status_code == 422


class TestQr:
    PAYLOAD = (
        "https://www.afip.gob.ar/fe/qr/?p=eyJ2ZXIiOjEsImZlY2hhIjoiMjAyMC0xMC0xMyIsImN1aXQiOjMwMDAwMDAwMDA3"
        "LCJwdG9WdGEiOjEwLCJ0aXBvQ21wIjoxLCJucm9DbXAiOjk0LCJpbXBvcnRlIjoxMjEwMCwibW9uZWRhIjoiRE9MIiwiY3R6"
        "Ijo2NSwidGlwb0RvY1JlYyI6ODAsIm5yb0RvY1JlYyI6MjAwMDAwMDAwMDEsInRpcG9Db2RBdXQiOiJFIiwiY29kQXV0Ijo3"
        "MDQxNzA1NDM2NzQ3Nn0="
    )

    async def test_a_scanned_code_is_decoded(self, desk: Desk) -> None:
        found = await desk.ask("POST", "/ocr/qr", json={"payload": self.PAYLOAD})

        assert (found["issuer_cuit"], found["number"], found["total"]) == ("30000000007", 94, "12100")
        assert found["known_invoice_id"] is None

    async def test_any_other_code_is_refused(self, desk: Desk) -> None:
        answer = await desk.send("POST", "/ocr/qr", json={"payload": "https://example.com/?p=e30="})

        assert (answer.status_code, answer.json()["code"]) == (422, "qr.not_fiscal")

    @pytest.mark.parametrize("name", ["tipoCmp", "ptoVta", "nroCmp"])
    async def test_numbers_no_voucher_can_have_are_refused(self, desk: Desk, name: str) -> None:
        address, _, encoded = self.PAYLOAD.partition("p=")
        payload = {**json.loads(base64.b64decode(encoded)), name: 4_000_000_000}
        altered = f"{address}p={base64.b64encode(json.dumps(payload).encode()).decode()}"

        answer = await desk.send("POST", "/ocr/qr", json={"payload": altered})

        assert (answer.status_code, answer.json()["code"]) == (422, "qr.not_fiscal")
