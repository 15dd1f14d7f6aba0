"""What goods are worth: by each method, at any instant, however it is divided."""

import random
from collections import deque
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.security.permissions import Role
from tests.integration.agente_deposito.conftest import Shop

BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC)
METHODS = ("average", "fifo", "last", "replacement")


def day(number: float) -> str:
    return (BEGAN + timedelta(days=number)).isoformat()


async def worth(shop: Shop, method: str, **query: str) -> Any:
    return await shop.ask("GET", "/inventory/valuation", params={"method": method, **query})


async def values(shop: Shop, **query: str) -> dict[str, str]:
    """The total by each method."""
    return {method: (await worth(shop, method, **query))["value"] for method in METHODS}


async def take(shop: Shop, product: UUID, quantity: str, at: str, **values: Any) -> Any:
    line = {"product_id": str(product), "location_id": str(shop.location_id), "quantity": f"-{quantity}"}
    body = {"lines": [{**line, "kind": "own_use", **values}], "occurred_at": at}
    return await shop.ask("POST", "/inventory/movements", json=body)


async def test_each_method_values_what_is_left_in_its_own_way(shop: Shop) -> None:
    product = await shop.add_product()
    await shop.receive(product, "10", "100", occurred_at=day(0))
    await shop.receive(product, "10", "200", occurred_at=day(1))
    await take(shop, product, "15", day(2))
    south = shop.open_shop(uuid4())
    await shop.receive(product, "1", "300", location_id=south, occurred_at=day(3))

    here = {"location_id": str(shop.location_id)}
    assert await values(shop, **here) == {
        "average": "750",
        "fifo": "1000",
        "last": "1000",
        "replacement": "1500",
    }
    assert await values(shop) == {"average": "1050", "fifo": "1300", "last": "1300", "replacement": "1800"}


async def test_a_past_instant_is_valued_with_what_was_known_of_it(shop: Shop) -> None:
    product = await shop.add_product()
    await shop.receive(product, "10", "100", occurred_at=day(0))
    await shop.receive(product, "10", "200", occurred_at=day(2))

    assert await values(shop, at=day(1)) == dict.fromkeys(METHODS, "1000")
    assert await values(shop, at=day(-1)) == dict.fromkeys(METHODS, "0")
    # A paper that comes late tells of that day too.
    await shop.receive(product, "5", "120", occurred_at=day(0.5))
    assert await values(shop, at=day(1)) == {
        "average": "1600",
        "fifo": "1600",
        "last": "1800",
        "replacement": "1800",
    }


async def test_an_entry_that_was_undone_tells_no_cost(shop: Shop) -> None:
    product = await shop.add_product()
    await shop.receive(product, "10", "100", occurred_at=day(0))
    wrong = await shop.receive(product, "10", "900", occurred_at=day(1))
    path = f"/inventory/movements/{wrong['posting_id']}/reverse"
    await shop.ask("POST", path, json={"reason": "Costo equivocado"})

    assert await values(shop) == dict.fromkeys(METHODS, "1000")


async def test_goods_that_come_back_take_their_old_place(shop: Shop) -> None:
    product = await shop.add_product()
    await shop.receive(product, "10", "100", occurred_at=day(0))
    left = await take(shop, product, "8", day(1))
    await shop.receive(product, "2", "200", occurred_at=day(2))
    path = f"/inventory/movements/{left['posting_id']}/reverse"
    await shop.ask("POST", path, json={"reason": "No se llevó"})

    assert (await worth(shop, "fifo"))["value"] == "1400"


async def test_below_zero_there_are_no_goods(shop: Shop) -> None:
    product, other = await shop.add_product(), await shop.add_product("Otro")
    await shop.receive(product, "1", "100")
    await shop.receive(other, "2", "50")
    await take(shop, product, "5", day(0))

    assert await values(shop) == dict.fromkeys(METHODS, "100")
    assert (await worth(shop, "average"))["products"] == 1


async def test_goods_of_unknown_cost_are_counted_and_not_valued(shop: Shop) -> None:
    known, unknown = await shop.add_product(), await shop.add_product("Sin costo")
    await shop.receive(known, "2", "10")
    await shop.receive(unknown, "7")

    for method in METHODS:
        found = await worth(shop, method)
        assert (found["value"], found["products"], found["uncosted"]) == ("20", 2, 1)


@pytest.mark.parametrize("seed", range(6))
async def test_fifo_is_what_a_queue_of_entries_holds(seed: int, shop: Shop) -> None:
    """The oldest goods leave first: a queue, walked forwards, holds what the ledger finds backwards."""
    chance = random.Random(seed)
    product = await shop.add_product()
    queue: deque[list[Decimal]] = deque()
    for step in range(25):
        held = sum((quantity for quantity, _ in queue), Decimal(0))
        if not held or chance.random() < 0.5:
            quantity, cost = Decimal(chance.randint(1, 20)), Decimal(chance.randint(1, 400)) / 4
            queue.append([quantity, cost])
            await shop.receive(product, str(quantity), str(cost), occurred_at=day(step / 24))
        else:
            leaving = Decimal(chance.randint(1, int(held)))
            await take(shop, product, str(leaving), day(step / 24))
            while leaving:
                taken = min(leaving, queue[0][0])
                queue[0][0] -= taken
                leaving -= taken
                if not queue[0][0]:
                    queue.popleft()

        expected = sum((quantity * cost for quantity, cost in queue), Decimal(0))
        assert Decimal((await worth(shop, "fifo"))["value"]) == expected
        assert Decimal((await worth(shop, "average"))["value"]) == shop.balance(product)[1]


class TestGroups:
    async def test_parts_add_up_to_the_whole_page_by_page(self, shop: Shop) -> None:
        drinks = (await shop.ask("POST", "/categories", json={"name": "Bebidas"}))["id"]
        south_branch = uuid4()
        south = shop.open_shop(south_branch)
        for number in range(5):
            product = await shop.add_product(f"P{number}", category_id=drinks if number % 2 else None)
            await shop.receive(product, "1", str(10 * number + 10))
            await shop.receive(product, "1", "1", location_id=south)

        by_category = (await worth(shop, "average", group="category"))["items"]
        assert [(part["name"], part["products"], part["value"]) for part in by_category] == [
            (None, 3, "93"),
            ("Bebidas", 2, "62"),
        ]
        by_branch = (await worth(shop, "average", group="branch"))["items"]
        assert {part["id"]: part["value"] for part in by_branch} == {
            str(shop.branch_id): "150",
            str(south_branch): "5",
        }
        seen: list[tuple[str, str, str]] = []
        query = {"group": "product", "limit": "2"}
        while True:
            page = await worth(shop, "average", **query)
            seen += [(part["name"], part["quantity"], part["value"]) for part in page["items"]]
            if not page["next_cursor"]:
                break
            query["cursor"] = page["next_cursor"]
        assert seen == [(f"P{number}", "2", str(10 * number + 11)) for number in (4, 3, 2, 1, 0)]

    async def test_of_other_branches_and_organisations_nothing_counts(
        self, shop: Shop, strict_shop: Shop
    ) -> None:
        south_branch = uuid4()
        product = await shop.add_product()
        await shop.receive(product, "3", "10")
        await shop.receive(product, "4", "20", location_id=shop.open_shop(south_branch))
        in_the_south = shop.organisation.add_person(Role.STOCK, branch_ids=[south_branch])

        found = await shop.ask("GET", "/inventory/valuation", by=in_the_south)

        assert found["value"] == "80"
        assert (await worth(strict_shop, "average"))["value"] == "0"


@pytest.mark.parametrize(
    "query", [{"method": "magic"}, {"group": "colour"}, {"at": "9999-12-31T00:00:00Z"}, {"cursor": "nope"}]
)
async def test_bad_questions_are_refused(shop: Shop, query: dict[str, str]) -> None:
    refused = await shop.send("GET", "/inventory/valuation", params=query)

    assert (refused.status_code, refused.json()["title"] != "") == (422, True)
