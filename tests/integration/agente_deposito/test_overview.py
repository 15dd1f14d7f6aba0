"""The stock list and the home page's figures."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from agente_deposito.overview import service
from shared.database.session import Database
from shared.kernel.clock import ARGENTINA, utc_now
from shared.security.permissions import Role
from tests.integration.agente_deposito.conftest import Shop, make_shop


def days_ago(days: int) -> str:
    noon = datetime.now(ARGENTINA).replace(hour=0, minute=1, second=0, microsecond=0)
    return (noon - timedelta(days=days)).isoformat()


async def sell(shop: Shop, product: UUID, quantity: str, *, days: int, price: str = "121") -> None:
    line = {"product_id": str(product), "quantity": quantity, "unit_price": price}
    await shop.ask("POST", "/sales", json=shop.sale(line, occurred_at=days_ago(days)))


async def close_days(database: Database, shop: Shop) -> None:
    async with database.transaction(shop.organisation.id) as session:
        await service.close_days(session)


async def stock_of(shop: Shop, product: UUID, **params: Any) -> Any:
    page = await shop.ask("GET", "/inventory/stock", params={"product_id": str(product), **params})
    (row,) = page["items"]
    return row


class TestStockList:
    async def test_a_row_tells_pace_cover_price_cost_and_margin(self, shop: Shop) -> None:
        category = await shop.ask("POST", "/categories", json={"name": "Bebidas"})
        product = await shop.add_product(
            "Gaseosa Cola",
            brand="Marca",
            content={"quantity": "2.25", "unit": "l"},
            category_id=category["id"],
            barcodes=[{"code": "INTERNO-1"}],
        )
        await shop.receive(product, "40", "80", occurred_at=days_ago(60))
        await sell(shop, product, "4", days=1)
        await sell(shop, product, "4", days=8)
        await sell(shop, product, "2", days=50, price="100")

        row = await stock_of(shop, product)

        assert row == {
            "product_id": str(product),
            "name": "Gaseosa Cola",
            "brand": "Marca",
            "base_unit": "unit",
            "content": {"quantity": "2.25", "unit": "l"},
            "barcode": "INTERNO-1",
            "category_name": "Bebidas",
            "in_transit": "0",
            "reserved": "0",
            "available": "30",
            "on_hand": "30",
            "weekly_sales": "2",
            "cover_days": "105",
            "history": ["2", "0", "0", "0", "0", "0", "4", "4"],
            "last_sale_price": "121",
            "unit_cost": "80",
            "margin": "0.2",
            "value": "2400",
            "state": "ok",
        }

    async def test_states_and_counts(self, shop: Shop) -> None:
        expected = {}
        for name, received, sold in (
            ("negative", "4", "5"),
            ("out", "4", "4"),
            ("critical", "31", "28"),
            ("low", "34", "28"),
            ("idle", "3", None),
            ("ok", "90", "28"),
        ):
            product = await shop.add_product(name)
            await shop.receive(product, received, "2", occurred_at=days_ago(30))
            if sold:
                await sell(shop, product, sold, days=1)
            expected[name] = product

        page = await shop.ask("GET", "/inventory/stock")
        only_low = await shop.ask("GET", "/inventory/stock?state=low")

        assert {row["name"]: row["state"] for row in page["items"]} == {name: name for name in expected}
        assert page["counts"] == {"all": 6, **dict.fromkeys(expected, 1)}
        assert page["value"] == str(2 * (-1 + 0 + 3 + 6 + 3 + 62))
        assert [row["product_id"] for row in only_low["items"]] == [str(expected["low"])]
        assert only_low["counts"] == page["counts"]

    @pytest.mark.parametrize("sort", ["name", "on_hand", "cover_days", "weekly_sales", "value", "risk"])
    @pytest.mark.parametrize("direction", ["asc", "desc"])
    async def test_every_order_pages_without_gaps(self, shop: Shop, sort: str, direction: str) -> None:
        for n in range(5):
            product = await shop.add_product(f"Producto {n}")
            if n:
                await shop.receive(product, str(n % 3 + 1), "2", occurred_at=days_ago(30))
                await sell(shop, product, str(n % 2 + 1), days=2)

        seen, cursor = [], None
        while True:
            params = {"sort": sort, "direction": direction, "limit": 2}
            page = await shop.ask(
                "GET", "/inventory/stock", params={**params, **({"cursor": cursor} if cursor else {})}
            )
            seen += [row["product_id"] for row in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        whole = await shop.ask(
            "GET", "/inventory/stock", params={"sort": sort, "direction": direction, "limit": 200}
        )

        assert len(seen) == len(set(seen)) == 5
        assert seen == [row["product_id"] for row in whole["items"]]

    async def test_stock_as_it_was_at_a_past_instant(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "5", occurred_at=days_ago(5))
        await sell(shop, product, "4", days=3)
        # Recorded late: it happened before the sale.
        await shop.receive(product, "1", "5", occurred_at=days_ago(4))

        now = await stock_of(shop, product)
        between = await stock_of(shop, product, at=days_ago(4).replace("00:01:00", "12:00:00"))
        before = await stock_of(shop, product, at=days_ago(6))

        assert [row["on_hand"] for row in (now, between, before)] == ["7", "11", "0"]
        assert [row["value"] for row in (now, between, before)] == ["35", "55", "0"]

    async def test_promised_goods_and_those_under_way_are_told_apart(self, shop: Shop) -> None:
        south_branch = uuid4()
        south = shop.open_shop(south_branch)
        product = await shop.add_product()
        await shop.receive(product, "10", "100")
        line = {"product_id": str(product), "quantity": "4"}
        promise = {"lines": [{**line, "location_id": str(shop.location_id), "quantity": "1"}]}
        await shop.ask("POST", "/reservations", json=promise)
        ends = {"from_location_id": str(shop.location_id), "to_location_id": str(south)}
        transfer = await shop.ask("POST", "/transfers", json={**ends, "lines": [line]})
        await shop.ask("POST", f"/transfers/{transfer['id']}/ship", json={})

        async def seen(**query: str) -> list[Any]:
            row = (await shop.ask("GET", "/inventory/stock", params=query))["items"][0]
            return [row[name] for name in ("on_hand", "reserved", "available", "in_transit", "value")]

        assert await seen() == ["6", "1", "5", "4", "1000"]
        assert await seen(branch_id=str(shop.branch_id)) == ["6", "1", "5", "0", "600"]
        assert await seen(branch_id=str(south_branch)) == ["0", "0", "0", "4", "400"]
        now = utc_now().isoformat()
        assert await seen(at=now) == ["6", None, None, "4", "1000"]

    async def test_search_by_word_code_and_sku(self, shop: Shop) -> None:
        product = await shop.add_product("Ñoquis de papa", sku="NP-1", barcodes=[{"code": "ABC-9"}])
        await shop.add_product("Otra cosa")

        async def found(q: str) -> list[str]:
            page = await shop.ask("GET", "/inventory/stock", params={"q": q})
            return [row["product_id"] for row in page["items"]]

        for q in ("noqui", "PAPA ñoq", "ABC-9", "np-1"):
            assert await found(q) == [str(product)]
        assert await found("!!!") == []

    async def test_branches_are_kept_apart(self, shop: Shop) -> None:
        branch = shop.organisation.add_branch("Norte")
        north = shop.open_shop(branch)
        hand = shop.organisation.add_person(Role.STOCK, branch_ids=[branch])
        product = await shop.add_product()
        await shop.receive(product, "5", "1")
        await shop.receive(product, "2", "1", location_id=north)

        whole = await stock_of(shop, product)
        one = await stock_of(shop, product, branch_id=str(shop.branch_id))
        place = await stock_of(shop, product, location_id=str(north))
        page = await shop.ask("GET", "/inventory/stock", by=hand)
        foreign = await shop.ask("GET", f"/inventory/stock?branch_id={shop.branch_id}", by=hand)

        assert [row["on_hand"] for row in (whole, one, place)] == ["7", "5", "2"]
        assert [row["on_hand"] for row in page["items"]] == ["2"]
        assert [row["on_hand"] for row in foreign["items"]] == ["0"]


class TestStats:
    async def test_figures_of_the_organisation(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "5")
        await shop.receive(product, "10", "7")
        await shop.add_product("Sin stock")

        stats = await shop.ask("GET", "/inventory/stats")

        assert stats["total_products"] == stats["active_products"] == 2
        assert stats["total_units"] == "20"
        assert stats["stock_value"] == {"average": "120", "replacement": "140", "currency": "ARS"}
        assert (stats["out_of_stock"], stats["scope"]) == (1, "organisation")

    async def test_without_a_token_it_answers_zeros(self, shop: Shop) -> None:
        await shop.receive(await shop.add_product(), "10", "5")

        answer = await shop.client.get("/api/v1/inventory/stats")

        assert answer.status_code == 200
        assert (answer.json()["total_products"], answer.json()["scope"]) == (0, "anonymous")
        assert answer.json()["stock_value"]["average"] == "0"

    async def test_a_bad_token_is_not_a_missing_one(self, shop: Shop) -> None:
        answer = await shop.client.get("/api/v1/inventory/stats", headers={"Authorization": "Bearer x.y.z"})

        assert answer.status_code == 401

    async def test_another_organisation_counts_its_own(self, shop: Shop) -> None:
        await shop.add_product()
        stranger = make_shop(shop.client, shop.organisation.database_url)

        assert (await stranger.ask("GET", "/inventory/stats"))["total_products"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "sort=nope",
        "state=nope",
        "direction=up",
        "at=2026-11-01",
        "at=0001-01-01T00:00:00%2B14:00",
        "at=9999-12-31T23:59:59-12:00",
        "cursor=WyJ2YWx1ZSIsICJOYU4iLCAiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0&sort=value",
        "cursor=WyJuYW1lIiwgIngiLCAiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0&sort=value",
        "product_id=x",
        "q=%00",
    ],
)
async def test_bad_questions_are_refused(shop: Shop, query: str) -> None:
    answer = await shop.send("GET", f"/inventory/stock?{query}")

    assert answer.status_code == 422, answer.text


async def test_instants_are_those_of_the_books(shop: Shop) -> None:
    product = await shop.add_product()
    posted = await shop.receive(product, "1", "1")

    assert datetime.fromisoformat(posted["recorded_at"]) <= utc_now()
    assert (await shop.ask("GET", f"/inventory/stock?product_id={uuid4()}"))["items"] == []


class TestDaysThatEnded:
    async def test_each_past_day_is_noted_once_as_it_ended(self, shop: Shop, database: Database) -> None:
        product = await shop.add_product("Yerba")
        await shop.receive(product, "10", "5", occurred_at=days_ago(3))
        await sell(shop, product, "10", days=2)
        await shop.receive(product, "4", "6", occurred_at=days_ago(1))

        await close_days(database, shop)
        noted = await shop.ask("GET", "/inventory/history")
        await close_days(database, shop)

        assert [(row["value"], row["by_state"]) for row in noted["items"]] == [
            ("50", {"ok": 1}),
            ("0", {"out": 1}),
            ("24", {"ok": 1}),
        ]
        assert await shop.ask("GET", "/inventory/history") == noted

    async def test_a_branch_has_its_own_days(self, shop: Shop, database: Database) -> None:
        product = await shop.add_product("Yerba")
        await shop.receive(product, "10", "5", occurred_at=days_ago(1))
        await close_days(database, shop)

        own = await shop.ask("GET", "/inventory/history", params={"branch_id": str(shop.branch_id)})
        other = await shop.ask("GET", "/inventory/history", params={"branch_id": str(uuid4())})

        assert [row["value"] for row in own["items"]] == ["50"]
        assert other == {"items": []}

    async def test_a_shop_that_never_moved_anything_has_none(self, shop: Shop, database: Database) -> None:
        await close_days(database, shop)

        assert await shop.ask("GET", "/inventory/history") == {"items": []}
