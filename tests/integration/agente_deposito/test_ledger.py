"""The ledger over HTTP: movements, costs, policies, reversals, explanations, the books checked."""

import asyncio
import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agente_deposito.stock.service.integrity import check_integrity, check_nightly
from shared.database.session import Database
from shared.security.permissions import Role
from tests.integration.agente_deposito.conftest import Shop, make_shop


def line(shop: Shop, product_id: UUID, quantity: str, **values: Any) -> dict[str, Any]:
    return {
        "product_id": str(product_id),
        "location_id": str(shop.location_id),
        "quantity": quantity,
        **values,
    }


async def move(shop: Shop, *lines: dict[str, Any], **values: Any) -> Any:
    return await shop.ask("POST", "/inventory/movements", json={"lines": list(lines), **values})


class TestCosts:
    async def test_goods_leave_at_the_average_and_the_last_unit_takes_the_rest(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "1", "10")
        await shop.receive(product, "2", "20")

        first = await move(shop, line(shop, product, "-2", kind="broken"))
        last = await move(shop, line(shop, product, "-1", kind="broken"))

        assert first["movements"][0]["unit_cost"] == "16.6667"
        assert first["movements"][0]["value"] == "-33.3333"
        assert last["movements"][0]["value"] == "-16.6667"
        assert shop.balance(product) == (0, 0)

    async def test_goods_without_a_known_cost_carry_no_value_until_it_is_known(self, shop: Shop) -> None:
        product = await shop.add_product()
        unknown = await shop.receive(product, "4")
        left = await move(shop, line(shop, product, "-1", kind="own_use"))

        await shop.receive(product, "1", "30")

        assert unknown["movements"][0]["unit_cost"] is None
        assert left["movements"][0]["unit_cost"] is None
        assert shop.balance(product) == (4, 120)

    async def test_units_sold_before_they_came_in_take_the_cost_they_turn_out_to_have(
        self, shop: Shop
    ) -> None:
        product = await shop.add_product()
        await shop.receive(product, "2", "100")
        await move(shop, line(shop, product, "-5", kind="adjustment"))

        received = await shop.receive(product, "10", "130")

        kinds = [(m["kind"], m["quantity"], m["value"]) for m in received["movements"]]
        assert kinds == [("receipt", "10", "1300"), ("revaluation", "0", "-90")]
        assert shop.balance(product) == (7, 910)

    async def test_a_revaluation_changes_value_and_no_quantity(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "4", "10")

        done = await move(shop, line(shop, product, "0", kind="revaluation", unit_cost="12.5"))
        empty = await shop.send(
            "POST",
            "/inventory/movements",
            json={
                "lines": [line(shop, await shop.add_product("Vacío"), "0", kind="revaluation", unit_cost="1")]
            },
        )

        assert done["movements"][0]["value"] == "10"
        assert shop.balance(product) == (4, 50)
        assert (empty.status_code, empty.json()["code"]) == (409, "stock.nothing_to_revalue")

    async def test_several_lines_of_one_product_run_in_their_order(self, shop: Shop) -> None:
        product = await shop.add_product()

        done = await move(
            shop,
            line(shop, product, "10", kind="receipt", unit_cost="10"),
            line(shop, product, "-4", kind="broken"),
            line(shop, product, "6", kind="receipt", unit_cost="20"),
        )

        assert [m["balance_after"] for m in done["movements"]] == ["10", "6", "12"]
        assert shop.balance(product) == (12, 180)


class TestPolicies:
    async def test_blocked_goods_do_not_leave_and_the_answer_says_what_is_missing(
        self, strict_shop: Shop
    ) -> None:
        enough, short = await strict_shop.add_product("Sobra"), await strict_shop.add_product("Falta")
        await strict_shop.receive(enough, "10", "1")
        await strict_shop.receive(short, "5", "1")

        refused = await strict_shop.send(
            "POST",
            "/inventory/movements",
            json={
                "lines": [
                    line(strict_shop, enough, "-1", kind="broken"),
                    line(strict_shop, short, "-3", kind="broken"),
                    line(strict_shop, short, "-3", kind="broken"),
                ]
            },
        )

        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, "stock.insufficient")
        assert problem["details"] == {"product_id": str(short), "requested": "6", "available": "5"}
        assert strict_shop.balance(enough)[0] == 10
        assert strict_shop.balance(short)[0] == 5

    async def test_the_product_decides_before_the_location(self, strict_shop: Shop) -> None:
        product = await strict_shop.add_product(negative_stock="warn")

        done = await move(strict_shop, line(strict_shop, product, "-2", kind="broken"))

        assert done["warnings"] == [
            {
                "code": "stock.below_zero",
                "detail": {
                    "product_id": str(product),
                    "location_id": str(strict_shop.location_id),
                    "balance_after": "-2",
                },
            }
        ]

    async def test_allowed_goods_leave_without_a_word(self, strict_shop: Shop) -> None:
        product = await strict_shop.add_product(negative_stock="allow")

        done = await move(strict_shop, line(strict_shop, product, "-2", kind="broken"))

        assert done["warnings"] == []
        assert strict_shop.balance(product)[0] == -2


class TestReversal:
    async def test_a_posting_is_undone_exactly_and_once(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "50")
        wrong = await shop.receive(product, "10", "100")
        path = f"/inventory/movements/{wrong['posting_id']}/reverse"

        undone = await shop.ask("POST", path, json={"reason": "Cargado dos veces"})
        again = await shop.send("POST", path, json={"reason": "Otra vez"})
        of_reversal = await shop.send(
            "POST", f"/inventory/movements/{undone['posting_id']}/reverse", json={"reason": "x"}
        )

        assert [(m["quantity"], m["value"]) for m in undone["movements"]] == [("-10", "-1000")]
        assert shop.balance(product) == (10, 500)
        assert (again.status_code, again.json()["code"]) == (409, "stock.already_reversed")
        assert (of_reversal.status_code, of_reversal.json()["code"]) == (409, "stock.is_a_reversal")

    async def test_the_last_cost_is_that_of_the_entry_that_still_stands(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "1", "50")
        wrong = await shop.receive(product, "1", "100")
        await shop.ask(
            "POST", f"/inventory/movements/{wrong['posting_id']}/reverse", json={"reason": "Error"}
        )
        await move(shop, line(shop, product, "-1", kind="broken"))

        found = await move(shop, line(shop, product, "1", kind="adjustment"))

        assert found["movements"][0]["unit_cost"] == "50"

    async def test_an_undone_entry_whose_goods_are_gone_leaves_no_value_behind(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "1")
        wrong = await shop.receive(product, "10", "100")
        await move(shop, line(shop, product, "-9", kind="broken"))

        await shop.ask(
            "POST", f"/inventory/movements/{wrong['posting_id']}/reverse", json={"reason": "Error"}
        )

        assert shop.balance(product) == (1, 1)

    async def test_a_sale_is_not_undone_behind_its_back(self, shop: Shop) -> None:
        product = await shop.add_product()
        sale = await shop.ask(
            "POST",
            "/sales",
            json=shop.sale({"product_id": str(product), "quantity": 1, "unit_price": 10}),
        )

        refused = await shop.send(
            "POST", f"/inventory/movements/{sale['posting_id']}/reverse", json={"reason": "x"}
        )

        assert (refused.status_code, refused.json()["code"]) == (409, "stock.owned_by_document")


class TestReplays:
    async def test_the_clients_own_id_posts_once(self, shop: Shop) -> None:
        product = await shop.add_product()
        body = {
            "id": str(uuid4()),
            "lines": [line(shop, product, "3", kind="receipt")],
            "occurred_at": "2026-11-01T10:00:00-03:00",
        }

        first = await shop.ask("POST", "/inventory/movements", json=body)
        second = await shop.ask("POST", "/inventory/movements", json=body)
        other = await shop.send(
            "POST",
            "/inventory/movements",
            json={**body, "lines": [line(shop, product, "4", kind="receipt")]},
        )

        assert second == {**first, "replayed": True}
        assert (other.status_code, other.json()["code"]) == (409, "stock.source_reused")
        assert shop.balance(product)[0] == 3

    async def test_the_same_key_posts_once(self, shop: Shop) -> None:
        product = await shop.add_product()
        options: dict[str, Any] = {
            "json": {"lines": [line(shop, product, "3", kind="receipt")]},
            "headers": {"Idempotency-Key": uuid4().hex},
        }

        first = await shop.send("POST", "/inventory/movements", **options)
        second = await shop.send("POST", "/inventory/movements", **options)

        assert first.json() == second.json()
        assert shop.balance(product)[0] == 3


class TestAdjustments:
    async def test_the_books_come_to_what_was_counted(self, shop: Shop) -> None:
        more, less, same = [await shop.add_product(f"Producto {n}") for n in range(3)]
        for product in (more, less, same):
            await shop.receive(product, "10", "2")

        done = await shop.ask(
            "POST",
            "/inventory/adjustments",
            json={
                "location_id": str(shop.location_id),
                "lines": [
                    {"product_id": str(more), "counted": "12"},
                    {"product_id": str(less), "counted": "0"},
                    {"product_id": str(same), "counted": 10},
                ],
            },
        )

        assert sorted((m["kind"], m["quantity"]) for m in done["movements"]) == [
            ("count", "-10"),
            ("count", "2"),
        ]
        assert [shop.balance(product) for product in (more, less, same)] == [(12, 24), (0, 0), (10, 20)]

    async def test_a_repeated_count_changes_nothing_even_after_a_sale(self, shop: Shop) -> None:
        product, same = await shop.add_product(), await shop.add_product("Otro")
        await shop.receive(product, "10", "2")
        counts = [{"product_id": str(product), "counted": "12"}, {"product_id": str(same), "counted": "0"}]
        body = {"id": str(uuid4()), "location_id": str(shop.location_id), "lines": counts}

        first = await shop.ask("POST", "/inventory/adjustments", json=body)
        at_once = await shop.ask("POST", "/inventory/adjustments", json=body)
        sale = shop.sale({"product_id": str(product), "quantity": 3, "unit_price": 9})
        await shop.ask("POST", "/sales", json=sale)
        later = await shop.ask("POST", "/inventory/adjustments", json={**body, "lines": counts[::-1]})
        other = await shop.send("POST", "/inventory/adjustments", json={**body, "lines": counts[:1]})

        assert (first["replayed"], first["movements"][0]["quantity"]) == (False, "2")
        assert at_once == later == {**first, "replayed": True}
        assert (other.status_code, other.json()["code"]) == (409, "stock.source_reused")
        assert shop.balance(product)[0] == 9

    async def test_a_count_that_found_the_books_right_is_remembered(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "2")
        count = {"product_id": str(product), "counted": "10"}
        body = {"id": str(uuid4()), "location_id": str(shop.location_id), "lines": [count]}

        first = await shop.ask("POST", "/inventory/adjustments", json=body)
        await shop.ask(
            "POST", "/sales", json=shop.sale({"product_id": str(product), "quantity": 3, "unit_price": 9})
        )
        again = await shop.ask("POST", "/inventory/adjustments", json=body)

        assert (first["posting_id"], first["replayed"]) == (None, False)
        assert (again["posting_id"], again["replayed"]) == (None, True)
        assert shop.balance(product)[0] == 7

    async def test_counts_sent_twice_at_once_post_once(self, shop: Shop) -> None:
        product = await shop.add_product()
        body = {
            "id": str(uuid4()),
            "location_id": str(shop.location_id),
            "lines": [{"product_id": str(product), "counted": "5"}],
        }

        answers = await asyncio.gather(
            *(shop.ask("POST", "/inventory/adjustments", json=body) for _ in range(6))
        )

        assert sorted(answer["replayed"] for answer in answers) == [False] + [True] * 5
        assert len({answer["posting_id"] for answer in answers}) == 1
        assert shop.balance(product)[0] == 5

    async def test_an_id_that_stood_for_differences_is_not_a_counts(self, shop: Shop) -> None:
        product = await shop.add_product()
        body = {"id": str(uuid4()), "location_id": str(shop.location_id)}
        line = {"product_id": str(product)}

        await shop.ask("POST", "/inventory/adjustments", json={**body, "lines": [{**line, "quantity": 4}]})
        counted = [
            await shop.send(
                "POST", "/inventory/adjustments", json={**body, "lines": [{**line, "counted": n}]}
            )
            for n in (9, 4)
        ]

        assert [answer.status_code for answer in counted] == [409, 409]
        assert shop.balance(product)[0] == 4

    async def test_counting_what_the_books_say_posts_nothing(self, shop: Shop) -> None:
        product = await shop.add_product()

        done = await shop.ask(
            "POST",
            "/inventory/adjustments",
            json={
                "location_id": str(shop.location_id),
                "lines": [{"product_id": str(product), "counted": 0}],
            },
        )

        assert done["posting_id"] is None


class TestReading:
    async def test_the_list_pages_newest_first_and_filters(self, shop: Shop) -> None:
        product, other = await shop.add_product(), await shop.add_product("Otro")
        for n in range(1, 6):
            await shop.receive(product, str(n), "1", occurred_at=f"2026-10-0{n}T23:30:00-03:00")
        await shop.receive(other, "9", "1")

        seen, cursor = [], None
        while True:
            params = {"product_id": str(product), "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = await shop.ask("GET", "/inventory/movements", params=params)
            seen += [item["quantity"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        days = await shop.ask("GET", "/inventory/movements?from=2026-10-02&to=2026-10-03")

        assert seen == ["5", "4", "3", "2", "1"]
        assert [item["quantity"] for item in days["items"]] == ["3", "2"]

    async def test_a_number_is_explained_by_what_made_it(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "5", occurred_at="2026-10-01T10:00:00-03:00", note="Entrega")
        await shop.receive(product, "2", "5", occurred_at="2026-10-05T10:00:00-03:00")
        sale = await shop.ask(
            "POST", "/sales", json=shop.sale({"product_id": str(product), "quantity": 3, "unit_price": 9})
        )

        told = await shop.ask("GET", f"/inventory/explain?product_id={product}&from=2026-10-03")
        then = await shop.ask(
            "GET",
            "/inventory/explain",
            params={"product_id": str(product), "at": "2026-10-02T00:00:00-03:00"},
        )

        assert told["opening"] == {"quantity": "10", "value": "50"}
        assert [(g["kind"], g["quantity"]) for g in told["groups"]] == [("receipt", "2"), ("sale", "-3")]
        assert (told["quantity"], told["value"]) == ("9", "45")
        assert told["documents"][0]["link"] == f"/api/v1/sales/{sale['id']}"
        assert (then["quantity"], then["documents"][0]["note"]) == ("10", "Entrega")

    async def test_the_books_agree_and_a_forged_balance_is_found(self, shop: Shop, database_url: str) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "5")
        good = await shop.ask("GET", "/inventory/integrity")

        with psycopg.connect(database_url) as connection:
            connection.execute(
                "UPDATE deposito.stock_balance SET quantity = 11 WHERE product_id = %s", [product]
            )
        bad = await shop.ask("GET", "/inventory/integrity")

        assert (good["ok"], good["checked"], good["differences"]) == (True, 1, [])
        assert bad["ok"] is False
        assert bad["differences"][0] == {
            "product_id": str(product),
            "location_id": str(shop.location_id),
            "quantity": "11",
            "summed_quantity": "10",
            "days_quantity": "10",
            "value": "50",
            "summed_value": "50",
        }

    async def test_who_only_reads_is_told_of_last_night(
        self, shop: Shop, database: Database, database_url: str
    ) -> None:
        cashier = shop.organisation.add_person(Role.CASHIER)
        elsewhere = shop.organisation.add_person(
            Role.CASHIER, branch_ids=[shop.organisation.add_branch("Norte")]
        )
        product = await shop.add_product()
        await shop.receive(product, "10", "5")
        before = await shop.ask("GET", "/inventory/integrity", by=cashier)
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "UPDATE deposito.stock_balance SET quantity = 11 WHERE product_id = %s", [product]
            )

        unseen = await shop.ask("GET", "/inventory/integrity", by=cashier)
        async with database.transaction(shop.organisation.id) as session:
            await check_nightly(session)
        told = await shop.ask("GET", "/inventory/integrity", by=cashier)
        told_elsewhere = await shop.ask("GET", "/inventory/integrity", by=elsewhere)
        summed = await shop.ask("GET", "/inventory/integrity")

        assert (before["ok"], before["checked"], before["last_nightly"]) == (True, 0, None)
        assert unseen == before
        assert (told["ok"], told["checked"], told["wrong"]) == (False, 1, 1)
        assert told["differences"] == summed["differences"]
        assert told["last_nightly"]["wrong"] == 1
        assert (told_elsewhere["ok"], told_elsewhere["differences"]) == (True, [])

    async def test_the_books_of_one_shop_are_summed_once_at_a_time(
        self, shop: Shop, database: Database
    ) -> None:
        other = make_shop(shop.client, shop.organisation.database_url)

        async with database.transaction(shop.organisation.id) as session:
            await check_integrity(session, None)
            meanwhile = await shop.send("GET", "/inventory/integrity")
            elsewhere = await other.send("GET", "/inventory/integrity")
        afterwards = await shop.send("GET", "/inventory/integrity")

        assert (meanwhile.status_code, meanwhile.json()["code"]) == (429, "stock.check_running")
        assert meanwhile.headers["Retry-After"] == "10"
        assert (elsewhere.status_code, afterwards.status_code) == (200, 200)


class TestAppendOnly:
    @pytest.mark.parametrize("table", ["stock_posting", "stock_movement"])
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE deposito.{} SET recorded_at = now()",
            "DELETE FROM deposito.{}",
            "TRUNCATE deposito.{} CASCADE",
        ],
    )
    async def test_not_even_the_owner_rewrites_history(
        self, shop: Shop, database_url: str, table: str, statement: str
    ) -> None:
        await shop.receive(await shop.add_product(), "1", "1")

        with (
            psycopg.connect(database_url) as connection,
            pytest.raises(psycopg.errors.RestrictViolation),
        ):
            connection.execute(statement.format(table))

    async def test_a_partition_is_not_emptied_behind_its_parents_back(
        self, shop: Shop, database_url: str
    ) -> None:
        await shop.receive(await shop.add_product(), "1", "1")
        with psycopg.connect(database_url) as connection:
            row = connection.execute(
                "SELECT tableoid::regclass::text FROM deposito.stock_movement LIMIT 1"
            ).fetchone()
            assert row is not None

            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(f"TRUNCATE {row[0]}")

    def test_every_partition_is_forced_guarded_and_granted_to_nobody(self, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            rows = connection.execute(
                "SELECT c.relname, c.relforcerowsecurity,"
                " EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid"
                "   AND t.tgname = 'append_only_truncate'),"
                " has_table_privilege('app_deposito', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
                " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                " WHERE i.inhparent = 'deposito.stock_movement'::regclass"
            ).fetchall()

        assert len(rows) >= 13
        assert {row[1:] for row in rows} == {(True, True, False)}


class TestWalls:
    async def test_another_organisation_sees_and_moves_nothing(self, shop: Shop) -> None:
        stranger = make_shop(shop.client, shop.organisation.database_url)
        product = await shop.add_product()
        posted = await shop.receive(product, "5", "1")
        own = await stranger.add_product()

        into_ours = await stranger.send(
            "POST", "/inventory/movements", json={"lines": [line(shop, own, "1")]}
        )
        of_ours = await stranger.send(
            "POST", "/inventory/movements", json={"lines": [line(stranger, product, "1")]}
        )
        undo = await stranger.send(
            "POST", f"/inventory/movements/{posted['posting_id']}/reverse", json={"reason": "x"}
        )
        listed = await stranger.ask("GET", f"/inventory/movements?product_id={product}")
        told = await stranger.send("GET", f"/inventory/explain?product_id={product}")

        assert (into_ours.status_code, into_ours.json()["code"]) == (422, "stock.unknown_location")
        assert (of_ours.status_code, of_ours.json()["code"]) == (422, "stock.unknown_product")
        assert undo.status_code == told.status_code == 404
        assert listed["items"] == []
        assert (await stranger.ask("GET", "/inventory/integrity"))["checked"] == 0

    async def test_people_move_and_see_their_branches_only(self, shop: Shop) -> None:
        branch = shop.organisation.add_branch("Norte")
        north = shop.open_shop(branch)
        hand = shop.organisation.add_person(Role.STOCK, branch_ids=[branch])
        product = await shop.add_product()
        posted = await shop.receive(product, "5", "1")
        await shop.receive(product, "2", "1", location_id=north)

        here = await shop.send(
            "POST", "/inventory/movements", by=hand, json={"lines": [line(shop, product, "1")]}
        )
        undo = await shop.send(
            "POST", f"/inventory/movements/{posted['posting_id']}/reverse", by=hand, json={"reason": "x"}
        )
        listed = await shop.ask("GET", "/inventory/movements", by=hand)
        told = await shop.ask("GET", f"/inventory/explain?product_id={product}", by=hand)

        assert (here.status_code, undo.status_code) == (422, 404)
        assert [item["location_id"] for item in listed["items"]] == [str(north)]
        assert told["quantity"] == "2"
        assert (await shop.ask("GET", "/inventory/integrity", by=hand))["checked"] == 1

    async def test_cashiers_read_and_do_not_write(self, shop: Shop) -> None:
        cashier = shop.organisation.add_person(Role.CASHIER)
        product = await shop.add_product()

        assert (await shop.send("GET", "/inventory/movements", by=cashier)).status_code == 200
        refused = await shop.send(
            "POST", "/inventory/movements", by=cashier, json={"lines": [line(shop, product, "1")]}
        )
        assert refused.status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "0"},
        {"quantity": "NaN"},
        {"quantity": "Infinity"},
        {"quantity": "1e30"},
        {"quantity": "0.0001"},
        {"quantity": "9999999999"},
        {"quantity": "-1", "kind": "receipt"},
        {"quantity": "1", "kind": "broken"},
        {"kind": "sale"},
        {"kind": "revaluation", "quantity": "0"},
        {"kind": "nope"},
        {"unit_cost": "-1"},
        {"unit_cost": "99999999999999999999"},
        {"quantity": "9000000000", "kind": "receipt", "unit_cost": "90000000000000"},
        {"product_id": "nope"},
        {"product_id": str(uuid4())},
        {"location_id": str(uuid4())},
        {"surprise": 1},
    ],
)
async def test_bad_lines_are_refused_and_explained(shop: Shop, change: dict[str, Any]) -> None:
    body = {"lines": [{**line(shop, await shop.add_product(), "1"), **change}]}

    answer = await shop.send("POST", "/inventory/movements", json=body)

    assert answer.status_code in {409, 422}, answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "change",
    [
        {"occurred_at": "0001-01-01T00:00:00Z"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"occurred_at": "9999-12-31T23:59:59-12:00"},
        {"occurred_at": "2026-11-01T10:00:00"},
        {"occurred_at": "1999-12-31T00:00:00Z"},
        {"occurred_at": 1e300},
        {"note": "a\x00b"},
        {"note": "x" * 1001},
        {"id": "nope"},
        {"lines": []},
    ],
)
async def test_bad_documents_are_refused(shop: Shop, change: dict[str, Any]) -> None:
    body = {"lines": [line(shop, await shop.add_product(), "1")], **change}

    answer = await shop.send("POST", "/inventory/movements", json=body)

    assert answer.status_code == 422, answer.text


async def test_a_thousand_lines_at_most(shop: Shop) -> None:
    product = await shop.add_product()
    lines = [line(shop, product, "0.001")] * 1001

    too_many = await shop.send("POST", "/inventory/movements", json={"lines": lines})
    posted = await move(shop, *lines[1:])
    huge = await shop.send(
        "POST",
        "/inventory/movements",
        content=json.dumps({"lines": lines * 10}),
        headers={"Content-Type": "application/json"},
    )

    assert too_many.status_code == 422
    assert huge.status_code in {413, 422}
    assert len(posted["movements"]) == 1000
    assert shop.balance(product)[0] == Decimal(1)


@pytest.mark.parametrize(
    "query",
    [
        "movements?from=0001-01-01",
        "movements?to=9999-12-31",
        "movements?from=nope",
        "movements?product_id=x",
        "movements?cursor=WyIwMDAxLTAxLTAxIiwgIngiXQ",
        "explain",
        "explain?product_id=x",
        f"explain?product_id={UUID(int=0)}&at=9999-12-31T23:59:59-12:00",
        f"explain?product_id={UUID(int=0)}&from=9999-12-31",
        f"explain?product_id={UUID(int=0)}",
    ],
)
async def test_bad_questions_are_refused(shop: Shop, query: str) -> None:
    answer = await shop.send("GET", f"/inventory/{query}")

    assert answer.status_code in {404, 422}, answer.text
