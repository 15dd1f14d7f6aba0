"""Goods promised for a while: nobody else takes them, and time alone frees them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agente_deposito.reservations.service import end_expired
from shared.database.session import Database
from shared.security.permissions import Role
from tests.integration.agente_deposito.conftest import Shop


def wanted(shop: Shop, *quantities: tuple[UUID, str], **values: Any) -> dict[str, Any]:
    lines = [
        {"product_id": str(product), "location_id": str(shop.location_id), "quantity": quantity}
        for product, quantity in quantities
    ]
    return {"lines": lines, **values}


async def reserve(shop: Shop, *quantities: tuple[UUID, str], **values: Any) -> Any:
    return await shop.ask("POST", "/reservations", json=wanted(shop, *quantities, **values))


async def take(shop: Shop, product: UUID, quantity: str) -> int:
    """The status of taking so much by hand."""
    line = {
        "product_id": str(product),
        "location_id": str(shop.location_id),
        "quantity": f"-{quantity}",
        "kind": "own_use",
    }
    return (await shop.send("POST", "/inventory/movements", json={"lines": [line]})).status_code


def let_time_pass(shop: Shop) -> None:
    with psycopg.connect(shop.organisation.database_url) as connection:
        connection.execute(
            "UPDATE deposito.reservation SET expires_at = now() - interval '1 second'"
            " WHERE organisation_id = %s",
            [shop.organisation.id],
        )


@pytest.fixture
async def product(strict_shop: Shop) -> UUID:
    """Ten of it on hand, at 100 each."""
    product = await strict_shop.add_product()
    await strict_shop.receive(product, "10", "100")
    return product


class TestPromising:
    async def test_what_is_promised_nobody_else_takes(self, strict_shop: Shop, product: UUID) -> None:
        made = await reserve(strict_shop, (product, "7"), ref="pedido 12")

        assert (made["status"], made["ref"], made["lines"][0]["quantity"]) == ("active", "pedido 12", "7")
        assert await take(strict_shop, product, "4") == 409
        assert await take(strict_shop, product, "3") == 201
        assert strict_shop.balance(product) == (7, 700)

    async def test_a_sale_is_told_what_is_free(self, strict_shop: Shop, product: UUID) -> None:
        await reserve(strict_shop, (product, "7"))

        sale = strict_shop.sale({"product_id": str(product), "quantity": "4", "unit_price": "150"})
        refused = await strict_shop.send("POST", "/sales", json=sale)

        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, "stock.insufficient")
        assert (problem["details"]["requested"], problem["details"]["available"]) == ("4", "3")

    async def test_each_line_is_told_what_is_free_for_it(self, strict_shop: Shop, product: UUID) -> None:
        other = await strict_shop.add_product("Yerba 1 kg")
        body = wanted(strict_shop, (product, "8"), (product, "3"), (other, "1"))

        refused = await strict_shop.send("POST", "/reservations", json=body)

        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, "stock.insufficient")
        assert [(field["path"], field["msg"]) for field in problem["fields"]] == [
            ("lines[1].quantity", "Se pidieron 3 y hay 2 disponibles."),
            ("lines[2].quantity", "Se pidieron 1 y hay 0 disponibles."),
        ]
        assert (await strict_shop.ask("GET", "/reservations"))["items"] == []

    async def test_where_stock_may_run_short_only_promises_are_held_back(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "2", "10")
        await reserve(shop, (product, "2"))

        again = await shop.send("POST", "/reservations", json=wanted(shop, (product, "1")))

        assert again.status_code == 409
        assert await take(shop, product, "1") == 201

    async def test_a_repeat_promises_once(self, strict_shop: Shop, product: UUID) -> None:
        body = wanted(strict_shop, (product, "6"), id=str(uuid4()))
        first = await strict_shop.send("POST", "/reservations", json=body)
        again = await strict_shop.send("POST", "/reservations", json=body)
        other = await strict_shop.send("POST", "/reservations", json={**body, "ref": "otro"})

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert (other.status_code, other.json()["code"]) == (409, "reservation.id_reused")

    async def test_fifty_who_want_the_last_one_at_once(self, strict_shop: Shop, product: UUID) -> None:
        await take(strict_shop, product, "9")
        body = wanted(strict_shop, (product, "1"))

        answers = await asyncio.gather(
            *(strict_shop.send("POST", "/reservations", json=body) for _ in range(50))
        )

        assert sorted({answer.status_code for answer in answers}) == [201, 409]
        assert sum(answer.status_code == 201 for answer in answers) == 1

    async def test_promises_and_sales_at_once_never_exceed_what_is_there(
        self, strict_shop: Shop, product: UUID
    ) -> None:
        async def promise() -> int:
            return (
                await strict_shop.send("POST", "/reservations", json=wanted(strict_shop, (product, "1")))
            ).status_code

        done = await asyncio.gather(
            *(promise() if n % 2 else take(strict_shop, product, "1") for n in range(40))
        )

        assert sum(status == 201 for status in done) == 10
        held, _ = strict_shop.balance(product)
        active = (await strict_shop.ask("GET", "/reservations", params={"status": "active"}))["items"]
        assert held == len(active)


class TestEnding:
    async def test_goods_handed_over_leave_once_and_come_back_once(
        self, strict_shop: Shop, product: UUID
    ) -> None:
        made = await reserve(strict_shop, (product, "10"))
        path = f"/reservations/{made['id']}"

        left = await strict_shop.ask("POST", f"{path}/commit", json={"reason": "donation"})
        again = await strict_shop.ask("POST", f"{path}/commit", json={"reason": "donation"})
        assert (left["movements"][0]["kind"], left["movements"][0]["value"]) == ("donation", "-1000")
        assert (again["replayed"], again["posting_id"]) == (True, left["posting_id"])
        assert strict_shop.balance(product) == (0, 0)

        by_hand = await strict_shop.send(
            "POST", f"/inventory/movements/{left['posting_id']}/reverse", json={"reason": "x"}
        )
        assert by_hand.json()["code"] == "stock.owned_by_document"
        await strict_shop.ask("POST", f"{path}/reverse", json={"reason": "No vinieron"})
        await strict_shop.ask("POST", f"{path}/reverse", json={"reason": "No vinieron"})
        assert strict_shop.balance(product) == (10, 1000)
        assert (await strict_shop.ask("GET", path))["status"] == "committed"
        released = await strict_shop.send("POST", f"{path}/release")
        assert (released.status_code, released.json()["code"]) == (409, "reservation.ended")

    async def test_goods_given_up_are_free(self, strict_shop: Shop, product: UUID) -> None:
        made = await reserve(strict_shop, (product, "10"))
        path = f"/reservations/{made['id']}"

        first = await strict_shop.ask("POST", f"{path}/release")
        again = await strict_shop.ask("POST", f"{path}/release")
        late = await strict_shop.send("POST", f"{path}/commit", json={})

        assert (first["status"], again["status"]) == ("released", "released")
        assert (late.status_code, late.json()["code"]) == (409, "reservation.ended")
        assert "liberada" in late.json()["detail"]
        assert await take(strict_shop, product, "10") == 201

    async def test_time_frees_goods_without_anybody_doing_anything(
        self, strict_shop: Shop, product: UUID, database: Database
    ) -> None:
        made = await reserve(strict_shop, (product, "10"), ttl_s=60)
        path = f"/reservations/{made['id']}"
        assert await take(strict_shop, product, "1") == 409

        let_time_pass(strict_shop)

        late = await strict_shop.send("POST", f"{path}/commit", json={})
        assert (late.status_code, late.json()["code"]) == (409, "reservation.ended")
        assert (await strict_shop.ask("GET", path))["status"] == "expired"
        assert (await strict_shop.ask("POST", f"{path}/release"))["status"] == "expired"
        assert await take(strict_shop, product, "10") == 201
        async with database.transaction(strict_shop.organisation.id) as session:
            await end_expired(session)
        assert (await strict_shop.ask("GET", path))["status"] == "expired"

    async def test_promised_and_then_sold_below_it_still_leaves_by_the_policy(
        self, shop: Shop, strict_shop: Shop, product: UUID
    ) -> None:
        """An undo took goods that were promised: handing them over is refused, nothing is half done."""
        made = await reserve(strict_shop, (product, "10"))
        entry = (await strict_shop.ask("GET", "/inventory/movements"))["items"][0]
        await strict_shop.ask(
            "POST", f"/inventory/movements/{entry['posting_id']}/reverse", json={"reason": "Error"}
        )

        refused = await strict_shop.send("POST", f"/reservations/{made['id']}/commit", json={})

        assert refused.json()["code"] == "stock.insufficient"
        assert (await strict_shop.ask("GET", f"/reservations/{made['id']}"))["status"] == "active"
        assert shop.balance(product) == (0, 0)


class TestSelling:
    def ticket(self, shop: Shop, product: UUID, quantity: str, **values: Any) -> dict[str, Any]:
        line = {"product_id": str(product), "quantity": quantity, "unit_price": "150"}
        return shop.sale(line, **values)

    async def test_a_sale_keeps_the_promise_and_ends_it(self, strict_shop: Shop, product: UUID) -> None:
        made = await reserve(strict_shop, (product, "10"))
        sale = self.ticket(strict_shop, product, "8", reservation_id=made["id"])

        sold = await strict_shop.send("POST", "/sales", json=sale)
        again = await strict_shop.send("POST", "/sales", json=sale)

        assert (sold.status_code, again.status_code) == (201, 200)
        assert (await strict_shop.ask("GET", f"/reservations/{made['id']}"))["status"] == "committed"
        assert await take(strict_shop, product, "2") == 201
        other = await strict_shop.send(
            "POST", "/sales", json=self.ticket(strict_shop, product, "1", reservation_id=made["id"])
        )
        assert (other.status_code, other.json()["code"]) == (409, "reservation.ended")
        by_hand = await strict_shop.send("POST", f"/reservations/{made['id']}/commit", json={})
        assert by_hand.json()["code"] == "reservation.ended"

    async def test_a_refused_sale_leaves_the_promise(self, strict_shop: Shop, product: UUID) -> None:
        made = await reserve(strict_shop, (product, "10"))
        late = self.ticket(strict_shop, product, "11", reservation_id=made["id"])
        good = self.ticket(strict_shop, product, "10", reservation_id=made["id"])

        verdicts = await strict_shop.ask("POST", "/sales/batch", json={"sales": [late]})
        assert [one["status"] for one in verdicts["items"]] == ["rejected"]
        assert (await strict_shop.ask("GET", f"/reservations/{made['id']}"))["status"] == "active"
        assert (await strict_shop.send("POST", "/sales", json=good)).status_code == 201

    async def test_one_promise_is_kept_once_however_many_try(self, strict_shop: Shop, product: UUID) -> None:
        made = await reserve(strict_shop, (product, "10"))

        async def sell() -> int:
            sale = self.ticket(strict_shop, product, "5", reservation_id=made["id"])
            return (await strict_shop.send("POST", "/sales", json=sale)).status_code

        async def hand_over() -> int:
            return (await strict_shop.send("POST", f"/reservations/{made['id']}/commit", json={})).status_code

        done = await asyncio.gather(*(sell() if n % 2 else hand_over() for n in range(12)))

        assert set(done) <= {200, 201, 409}
        held, _ = strict_shop.balance(product)
        assert held in {0, 5}


class TestWho:
    async def test_of_other_branches_and_organisations_nothing_is_seen(
        self, strict_shop: Shop, shop: Shop, product: UUID
    ) -> None:
        made = await reserve(strict_shop, (product, "1"))
        elsewhere = strict_shop.organisation.add_person(Role.STOCK, branch_ids=[uuid4()])

        for by, place in ((elsewhere, strict_shop), (None, shop)):
            seen = await place.ask("GET", "/reservations", by=by)
            one = await place.send("GET", f"/reservations/{made['id']}", by=by)
            assert seen["items"] == []
            assert (one.status_code, one.json()["code"]) == (404, "reservation.not_found")
            refused = await place.send(
                "POST", "/reservations", by=by, json=wanted(strict_shop, (product, "1"))
            )
            assert refused.json()["code"] == "stock.unknown_location"

    async def test_a_cashier_promises_nothing(self, strict_shop: Shop, product: UUID) -> None:
        cashier = strict_shop.organisation.add_person(Role.CASHIER)

        refused = await strict_shop.send(
            "POST", "/reservations", by=cashier, json=wanted(strict_shop, (product, "1"))
        )

        assert refused.status_code == 403

    async def test_newest_first_page_by_page(self, strict_shop: Shop, product: UUID) -> None:
        made = [(await reserve(strict_shop, (product, "1")))["id"] for _ in range(3)]

        first = await strict_shop.ask("GET", "/reservations", params={"limit": 2})
        rest = await strict_shop.ask(
            "GET", "/reservations", params={"limit": 2, "cursor": first["next_cursor"]}
        )

        assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"lines": []}, "lines"),
        ({"ttl_s": 0}, "ttl_s"),
        ({"ttl_s": 10**9}, "ttl_s"),
        ({"ref": ""}, "ref"),
    ],
)
async def test_what_is_wrong_is_named(
    change: dict[str, Any], path: str, strict_shop: Shop, product: UUID
) -> None:
    refused = await strict_shop.send(
        "POST", "/reservations", json={**wanted(strict_shop, (product, "1")), **change}
    )

    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (422, path)
