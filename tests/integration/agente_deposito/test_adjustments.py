"""Corrections with a reason: small ones at once, large ones when somebody who may has approved them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.security.permissions import Role
from tests.factories import Person
from tests.integration.agente_deposito.conftest import Shop

REASONS = ("broken", "expired", "theft", "own_use", "entry_error", "sample", "donation", "supplier_return")


def wanted(shop: Shop, product: UUID, quantity: str, **values: Any) -> dict[str, Any]:
    line = {"product_id": str(product), "quantity": quantity}
    return {"location_id": str(shop.location_id), "reason": "broken", "lines": [line], **values}


def counted(shop: Shop, product: UUID, quantity: str, **values: Any) -> dict[str, Any]:
    line = {"product_id": str(product), "counted": quantity}
    return {"location_id": str(shop.location_id), "lines": [line], **values}


@pytest.fixture
async def product(shop: Shop) -> UUID:
    """Twenty of it on hand, at 1000 each."""
    product = await shop.add_product()
    await shop.receive(product, "20", "1000")
    return product


@pytest.fixture
def clerk(shop: Shop) -> Person:
    return shop.organisation.add_person(Role.STOCK)


@pytest.fixture
async def limit(shop: Shop) -> None:
    """Who may not approve corrects up to 5000 pesos alone."""
    await shop.ask("PUT", "/inventory/settings", json={"adjustment_limit": "5000"})


@pytest.mark.parametrize("reason", REASONS)
async def test_every_reason_is_a_kind_of_its_own(reason: str, shop: Shop, product: UUID) -> None:
    done = await shop.ask("POST", "/inventory/adjustments", json=wanted(shop, product, "-1", reason=reason))

    assert [move["kind"] for move in done["movements"]] == [reason]
    assert shop.balance(product) == (19, 19000)
    if reason != "entry_error":
        body = wanted(shop, product, "1", reason=reason)
        refused = await shop.send("POST", "/inventory/adjustments", json=body)
        assert refused.json()["code"] == "stock.wrong_sign"


@pytest.mark.usefixtures("limit")
class TestTheLimit:
    async def test_up_to_it_anybody_corrects_and_above_it_the_owner(
        self, shop: Shop, product: UUID, clerk: Person
    ) -> None:
        small = await shop.send("POST", "/inventory/adjustments", by=clerk, json=wanted(shop, product, "-5"))
        large = await shop.send("POST", "/inventory/adjustments", json=wanted(shop, product, "-6"))

        assert (small.status_code, large.status_code) == (201, 201)
        assert shop.balance(product) == (9, 9000)

    async def test_above_it_nothing_moves_until_it_is_approved(
        self, shop: Shop, product: UUID, clerk: Person
    ) -> None:
        body = wanted(shop, product, "-6", id=str(uuid4()), note="Se cayó la góndola")
        asked = await shop.send("POST", "/inventory/adjustments", by=clerk, json=body)
        waiting = asked.json()
        assert (asked.status_code, waiting["status"], waiting["worth"]) == (202, "waiting", "6000")
        assert shop.balance(product) == (20, 20000)
        await shop.ask("POST", "/inventory/movements", json=_sold(shop, product))

        path = f"/inventory/adjustments/{waiting['id']}"
        forbidden = await shop.send("POST", f"{path}/approve", by=clerk, json={})
        assert (forbidden.status_code, forbidden.json()["code"]) == (403, "auth.forbidden")
        approved = await shop.ask("POST", f"{path}/approve", json={"note": "Lo vi"})
        again = await shop.ask("POST", f"{path}/approve", json={})

        assert approved == again
        assert (approved["status"], approved["decided_by"]) == ("approved", str(shop.owner.id))
        assert shop.balance(product) == (11, 11000)
        moved = (await shop.ask("GET", "/inventory/movements"))["items"][0]
        assert (moved["kind"], moved["recorded_by"], moved["note"]) == ("broken", str(clerk.id), body["note"])
        assert moved["posting_id"] == approved["posting_id"]
        replayed = await shop.ask("POST", "/inventory/adjustments", by=clerk, json=body)
        assert replayed["status"] == "approved"
        late = await shop.send("POST", f"{path}/reject", json={"reason": "No"})
        assert (late.status_code, late.json()["code"]) == (409, "adjustment.decided")

    async def test_a_rejected_one_never_moves(self, shop: Shop, product: UUID, clerk: Person) -> None:
        waiting = await shop.ask("POST", "/inventory/adjustments", by=clerk, json=wanted(shop, product, "-6"))
        path = f"/inventory/adjustments/{waiting['id']}"

        rejected = await shop.ask("POST", f"{path}/reject", json={"reason": "Contá de nuevo"})
        again = await shop.ask("POST", f"{path}/reject", json={"reason": "Contá de nuevo"})
        late = await shop.send("POST", f"{path}/approve", json={})

        assert rejected == again
        assert (rejected["status"], rejected["decision_note"]) == ("rejected", "Contá de nuevo")
        assert (late.status_code, late.json()["code"]) == (409, "adjustment.decided")
        assert "rechazado" in late.json()["detail"]
        assert shop.balance(product) == (20, 20000)

    async def test_a_count_that_is_far_off_waits_as_the_difference_it_found(
        self, shop: Shop, product: UUID, clerk: Person
    ) -> None:
        body = counted(shop, product, "12")
        waiting = await shop.ask("POST", "/inventory/adjustments", by=clerk, json=body)
        assert (waiting["status"], waiting["kind"], waiting["lines"][0]["quantity"]) == (
            "waiting",
            "count",
            "-8",
        )
        await shop.ask("POST", "/inventory/movements", json=_sold(shop, product))

        await shop.ask("POST", f"/inventory/adjustments/{waiting['id']}/approve", json={})

        # Twelve were there; three were sold since.
        assert shop.balance(product) == (9, 9000)

    async def test_a_count_that_found_the_books_right_stays_answered(
        self, shop: Shop, product: UUID, clerk: Person
    ) -> None:
        body = counted(shop, product, "20", id=str(uuid4()))
        first = await shop.ask("POST", "/inventory/adjustments", by=clerk, json=body)
        await shop.receive(product, "30", "1000")

        again = await shop.ask("POST", "/inventory/adjustments", by=clerk, json=body)

        assert (first["posting_id"], again["posting_id"], again["replayed"]) == (None, None, True)
        assert shop.balance(product) == (50, 50000)
        assert (await shop.ask("GET", "/inventory/adjustments"))["items"] == []

    async def test_a_repeat_waits_once(self, shop: Shop, product: UUID, clerk: Person) -> None:
        body = wanted(shop, product, "-6", id=str(uuid4()))

        answers = await asyncio.gather(
            *(shop.send("POST", "/inventory/adjustments", by=clerk, json=body) for _ in range(8))
        )

        assert {answer.status_code for answer in answers} == {202}
        assert len((await shop.ask("GET", "/inventory/adjustments"))["items"]) == 1
        other = await shop.send(
            "POST", "/inventory/adjustments", by=clerk, json={**body, "note": "otra cosa"}
        )
        assert (other.status_code, other.json()["code"]) == (409, "adjustment.id_reused")

    async def test_many_who_decide_at_once_decide_once(
        self, shop: Shop, product: UUID, clerk: Person
    ) -> None:
        waiting = await shop.ask("POST", "/inventory/adjustments", by=clerk, json=wanted(shop, product, "-6"))
        path = f"/inventory/adjustments/{waiting['id']}"

        answers = await asyncio.gather(
            *(
                shop.send("POST", f"{path}/{act}", json={"reason": "x"} if act == "reject" else {})
                for act in ("approve", "reject") * 6
            )
        )

        outcome = (await shop.ask("GET", path))["status"]
        assert sum(answer.status_code == 200 for answer in answers) == 6
        assert shop.balance(product) == ((14, 14000) if outcome == "approved" else (20, 20000))

    async def test_what_cannot_be_is_refused_before_anybody_is_asked(
        self, shop: Shop, product: UUID, clerk: Person
    ) -> None:
        await shop.ask("PUT", "/inventory/settings", json={"adjustment_limit": "0"})
        for body, code in (
            (wanted(shop, product, "60"), "stock.wrong_sign"),
            (wanted(shop, product, "-60", location_id=str(uuid4())), "stock.unknown_location"),
            (wanted(shop, uuid4(), "-60"), "stock.unknown_product"),
            (wanted(shop, product, "-60", occurred_at="1999-01-01T00:00:00Z"), "stock.bad_date"),
        ):
            refused = await shop.send("POST", "/inventory/adjustments", by=clerk, json=body)
            assert refused.json()["code"] == code
        assert (await shop.ask("GET", "/inventory/adjustments"))["items"] == []

    async def test_of_other_branches_and_organisations_nothing_is_seen(
        self, shop: Shop, strict_shop: Shop, product: UUID, clerk: Person
    ) -> None:
        waiting = await shop.ask("POST", "/inventory/adjustments", by=clerk, json=wanted(shop, product, "-6"))
        elsewhere = shop.organisation.add_person(Role.MANAGER, branch_ids=[uuid4()])

        for by, place in ((elsewhere, shop), (None, strict_shop)):
            assert (await place.ask("GET", "/inventory/adjustments", by=by))["items"] == []
            for method, step in (("GET", ""), ("POST", "/approve"), ("POST", "/reject")):
                options: dict[str, Any] = {} if method == "GET" else {"json": {"reason": "x"}}
                if step == "/approve":
                    options = {"json": {}}
                path = f"/inventory/adjustments/{waiting['id']}{step}"
                answer = await place.send(method, path, by=by, **options)
                assert (answer.status_code, answer.json()["code"]) == (404, "adjustment.not_found")
        assert (await strict_shop.ask("GET", "/inventory/settings"))["adjustment_limit"] is None


def _sold(shop: Shop, product: UUID) -> dict[str, Any]:
    line = {"product_id": str(product), "location_id": str(shop.location_id), "quantity": "-3"}
    return {"lines": [{**line, "kind": "own_use"}]}


class TestPolicies:
    async def test_a_product_may_be_stricter_in_one_branch(self, shop: Shop, product: UUID) -> None:
        branch_id = uuid4()
        south = shop.open_shop(branch_id)
        policy = {"product_id": str(product), "branch_id": str(branch_id), "negative_stock": "block"}
        await shop.ask("PUT", "/inventory/policies", json=policy)

        async def take(location_id: UUID) -> int:
            body = wanted(shop, product, "-30", location_id=str(location_id))
            return (await shop.send("POST", "/inventory/adjustments", json=body)).status_code

        assert (await take(south), await take(shop.location_id)) == (409, 201)
        assert (await shop.ask("GET", "/inventory/policies"))["items"] == [policy]
        await shop.ask("PUT", "/inventory/policies", json={**policy, "negative_stock": None})
        assert await take(south) == 201
        assert (await shop.ask("GET", "/inventory/policies"))["items"] == []

    async def test_it_goes_before_the_product_and_that_before_the_place(self, strict_shop: Shop) -> None:
        product = await strict_shop.add_product(negative_stock="block")
        policy = {"product_id": str(product), "branch_id": str(strict_shop.branch_id)}
        await strict_shop.ask("PUT", "/inventory/policies", json={**policy, "negative_stock": "allow"})

        done = await strict_shop.ask(
            "POST", "/inventory/adjustments", json=wanted(strict_shop, product, "-1")
        )

        assert done["warnings"] == []

    async def test_unknown_products_and_branches_are_refused(self, shop: Shop, product: UUID) -> None:
        good = {"product_id": str(product), "branch_id": str(shop.branch_id), "negative_stock": "warn"}
        for change, status, code in (
            ({"product_id": str(uuid4())}, 404, "catalog.product_not_found"),
            ({"branch_id": str(uuid4())}, 422, "catalog.branch_unknown"),
            ({"negative_stock": "quizás"}, 422, "request.invalid"),
        ):
            refused = await shop.send("PUT", "/inventory/policies", json={**good, **change})
            assert (refused.status_code, refused.json()["code"]) == (status, code)
