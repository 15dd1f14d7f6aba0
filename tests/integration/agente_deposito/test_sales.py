"""Sales over HTTP: recorded once, each cost known, voided, added up."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.kernel.barcode import check_digit
from shared.security.permissions import Role
from tests.integration.agente_deposito.conftest import Shop, make_shop

EAN = "779089500099" + check_digit("779089500099")


def sold(product_id: UUID, quantity: str = "1", unit_price: str = "100", **values: Any) -> dict[str, Any]:
    return {"product_id": str(product_id), "quantity": quantity, "unit_price": unit_price, **values}


class TestRecording:
    async def test_a_sale_takes_its_goods_once(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "60")
        body = shop.sale(
            sold(product, "2", "100"),
            sold(product, "1", "100", discount="30"),
            payments=[{"method": "cash", "amount": "200"}, {"method": "wallet", "amount": 70, "ref": "QR 1"}],
        )

        first = await shop.send("POST", "/sales", json=body)
        second = await shop.send("POST", "/sales", json=body)

        assert (first.status_code, second.status_code) == (201, 200)
        assert second.json() == first.json()
        sale = first.json()
        assert sale["total"] == "270"
        assert [(line["amount"], line["cost"]) for line in sale["lines"]] == [("200", "120"), ("70", "60")]
        assert [payment["reference"] for payment in sale["payments"]] == [None, "QR 1"]
        assert shop.balance(product) == (7, 420)

    async def test_numbers_spelt_otherwise_are_the_same_sale(self, shop: Shop) -> None:
        product = await shop.add_product()
        body = shop.sale(sold(product, "2.0", "100.00"))

        await shop.ask("POST", "/sales", json=body)
        again = await shop.send(
            "POST",
            "/sales",
            json={**body, "occurred_at": "2026-11-20T18:00:00Z", "lines": [sold(product, "2", "100")]},
        )

        assert again.status_code == 200

    async def test_the_same_id_with_other_content_is_refused(self, shop: Shop) -> None:
        product = await shop.add_product()
        body = shop.sale(sold(product))
        await shop.ask("POST", "/sales", json=body)

        for changed in (
            {**body, "lines": [sold(product, "2")]},
            {**body, "lines": [sold(product, unit_price="99")]},
            {**body, "payments": [{"method": "cash", "amount": "100"}]},
            {**body, "occurred_at": "2026-11-20T15:00:01-03:00"},
        ):
            answer = await shop.send("POST", "/sales", json=changed)
            assert (answer.status_code, answer.json()["code"]) == (409, "sale.id_reused")
        assert shop.balance(product)[0] == -1

    async def test_codes_find_products_and_packs_take_all_their_units(self, shop: Shop) -> None:
        product = await shop.add_product(sku="A1", barcodes=[{"code": EAN}, {"code": "PACK-6", "factor": 6}])

        sale = await shop.ask(
            "POST",
            "/sales",
            json=shop.sale(
                {"code": EAN, "quantity": 1, "unit_price": 10},
                {"code": "PACK-6", "quantity": 2, "unit_price": 50},
                {"code": "a1", "quantity": 1, "unit_price": 10},
            ),
        )

        assert [line["base_quantity"] for line in sale["lines"]] == ["1", "12", "1"]
        assert shop.balance(product)[0] == -14

    async def test_a_sale_below_zero_warns_and_where_blocked_is_refused(
        self, shop: Shop, strict_shop: Shop
    ) -> None:
        warned = await shop.ask("POST", "/sales", json=shop.sale(sold(await shop.add_product(), "3")))
        product = await strict_shop.add_product()
        refused = await strict_shop.send("POST", "/sales", json=strict_shop.sale(sold(product)))

        assert warned["warnings"][0]["code"] == "stock.below_zero"
        assert warned["lines"][0]["cost"] is None
        assert (refused.status_code, refused.json()["code"]) == (409, "stock.insufficient")
        assert (await strict_shop.ask("GET", "/sales"))["items"] == []


class TestBatch:
    async def test_each_sale_has_a_verdict_of_its_own(self, strict_shop: Shop) -> None:
        shop = strict_shop
        product = await shop.add_product()
        await shop.receive(product, "6", "1")
        known = shop.sale(sold(product))
        await shop.ask("POST", "/sales", json=known)
        good, too_many, last = (
            shop.sale(sold(product, "2")),
            shop.sale(sold(product, "50")),
            shop.sale(sold(product, "2")),
        )
        bad_code = shop.sale({"code": "NADIE", "quantity": 1, "unit_price": 1})
        bad_branch = {**shop.sale(sold(product)), "branch_id": str(uuid4())}
        other = shop.sale(sold(product, "1"))
        await shop.ask("POST", "/sales", json=other)
        reused = {**other, "lines": [sold(product, "4")]}

        answer = await shop.ask(
            "POST",
            "/sales/batch",
            json={"sales": [good, known, too_many, bad_code, bad_branch, reused, good, last]},
        )

        verdicts = [(item["status"], (item["error"] or {}).get("code")) for item in answer["items"]]
        assert verdicts == [
            ("created", None),
            ("replayed", None),
            ("rejected", "stock.insufficient"),
            ("rejected", "sale.unknown_code"),
            ("rejected", "sale.unknown_branch"),
            ("rejected", "sale.id_reused"),
            ("rejected", "sale.repeated"),
            ("created", None),
        ]
        assert shop.balance(product)[0] == 0

    async def test_one_absurd_sale_does_not_take_the_others_with_it(self, shop: Shop) -> None:
        product, dear = await shop.add_product(), await shop.add_product("Carísimo")
        tenth = {"code": "DECIMO", "factor": "0.1"}
        await shop.ask("POST", f"/products/{product}/barcodes", json=tenth)
        await shop.receive(dear, "1", "9999999999999")
        absurd_price = shop.sale({**sold(product, "24"), "unit_price": "7790000000000"})
        absurd_quantity = shop.sale({**sold(product), "quantity": "999999999"})
        almost_nothing = shop.sale({"code": "DECIMO", "quantity": "0.001", "unit_price": 1})
        absurd_cost = shop.sale(sold(dear, "1"))
        good = [shop.sale(sold(product, "1")) for _ in range(2)]
        batch = [good[0], absurd_price, absurd_quantity, almost_nothing, absurd_cost, good[1]]

        answer = await shop.ask("POST", "/sales/batch", json={"sales": batch})
        alone = await shop.send("POST", "/sales", json=absurd_price)

        verdicts = [(item["error"] or {}).get("fields") for item in answer["items"]]
        assert verdicts == [
            None,
            ["lines[0].unit_price"],
            ["lines[0].quantity"],
            ["lines[0].quantity"],
            ["lines[0].quantity"],
            None,
        ]
        assert (answer["created"], answer["rejected"]) == (2, 4)
        assert (alone.status_code, alone.json()["code"]) == (422, "sale.too_large")
        assert shop.balance(product)[0] == -2
        assert shop.balance(dear)[0] == 1

    async def test_a_badly_written_sale_is_refused_alone_and_says_where(self, shop: Shop) -> None:
        product = await shop.add_product()
        good = shop.sale(sold(product))
        negative = shop.sale(sold(product, "-3"))
        batch = [negative, good, "no es una venta", {"id": 7}]

        answer = await shop.ask("POST", "/sales/batch", json={"sales": batch})

        assert [(item["id"], item["status"]) for item in answer["items"]] == [
            (negative["id"], "rejected"),
            (good["id"], "created"),
            (None, "rejected"),
            (None, "rejected"),
        ]
        refusal = answer["items"][0]["error"]
        assert (refusal["code"], refusal["fields"]) == ("request.invalid", ["lines[0].quantity"])
        assert "Tiene que ser mayor que 0" in refusal["message"]
        assert (answer["created"], answer["rejected"]) == (1, 3)
        assert shop.balance(product)[0] == -1

    async def test_a_thousand_sales_replayed_three_times_move_the_same_stock(self, shop: Shop) -> None:
        products = [await shop.add_product(f"Producto {n}") for n in range(5)]
        for product in products:
            await shop.receive(product, "1000", "10")
        batches = [
            [shop.sale(sold(products[(n + m) % 5], str(1 + n % 3), "25")) for n in range(500)]
            for m in range(2)
        ]

        outcomes = []
        for _ in range(3):
            for batch in batches:
                answer = await shop.ask("POST", "/sales/batch", json={"sales": batch})
                outcomes.append((answer["created"], answer["replayed"], answer["rejected"]))

        assert outcomes == [(500, 0, 0)] * 2 + [(0, 500, 0)] * 4
        units = sum(
            Decimal(line["quantity"]) for batch in batches for sale in batch for line in sale["lines"]
        )
        assert sum((shop.balance(product)[0] for product in products), Decimal(0)) == 5000 - units
        summary = await shop.ask("GET", "/sales/summary?from=2026-11-20&to=2026-11-20")
        assert summary["days"] == [
            {
                "day": "2026-11-20",
                "amount": str(units * 25),
                "cost": str(units * 10),
                "tickets": 1000,
                "units": str(units),
            }
        ]
        assert (await shop.ask("GET", "/inventory/integrity"))["ok"] is True

    async def test_five_hundred_at_most(self, shop: Shop) -> None:
        product = await shop.add_product()
        batch = [shop.sale(sold(product)) for _ in range(501)]

        assert (await shop.send("POST", "/sales/batch", json={"sales": batch})).status_code == 422


class TestVoiding:
    async def test_goods_come_back_at_the_cost_they_left_with_once(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "60")
        sale = await shop.ask("POST", "/sales", json=shop.sale(sold(product, "4")))
        await shop.receive(product, "6", "100")

        voided = await shop.ask("POST", f"/sales/{sale['id']}/void", json={"reason": "Error de caja"})
        again = await shop.send("POST", f"/sales/{sale['id']}/void", json={"reason": "Otra vez"})
        resent = await shop.send("POST", "/sales", json=shop.sale(sold(product, "4"), id=sale["id"]))

        assert (voided["voided"], voided["void_reason"]) == (True, "Error de caja")
        assert (again.status_code, again.json()["code"]) == (409, "sale.already_voided")
        assert (resent.status_code, resent.json()["voided"]) == (200, True)
        assert shop.balance(product) == (16, 1200)
        summary = await shop.ask("GET", "/sales/summary?from=2026-11-20&to=2026-11-20")
        assert summary["days"] == [
            {"day": "2026-11-20", "amount": "0", "cost": "0", "tickets": 0, "units": "0"}
        ]


class TestAddingUp:
    async def test_days_and_hours_are_argentine(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "40")
        for instant in ("2026-11-20T02:30:00Z", "2026-11-20T23:59:59-03:00", "2026-11-21T03:00:00Z"):
            await shop.ask("POST", "/sales", json=shop.sale(sold(product), occurred_at=instant))

        summary = await shop.ask("GET", "/sales/summary?from=2026-11-19&to=2026-11-21")

        assert [(day["day"], day["tickets"], day["cost"]) for day in summary["days"]] == [
            ("2026-11-19", 1, "40"),
            ("2026-11-20", 1, "40"),
            ("2026-11-21", 1, "40"),
        ]
        assert [(hour["weekday"], hour["hour"]) for hour in summary["hours"]] == [(3, 23), (4, 23), (5, 0)]

    async def test_an_unknown_cost_is_told_as_unknown(self, shop: Shop) -> None:
        await shop.ask("POST", "/sales", json=shop.sale(sold(await shop.add_product())))

        summary = await shop.ask("GET", "/sales/summary?from=2026-11-20&to=2026-11-20")

        assert summary["days"][0]["cost"] is None

    async def test_series_know_the_days_without_stock(self, shop: Shop) -> None:
        product = await shop.add_product()
        await shop.receive(product, "3", "1", occurred_at="2026-11-02T08:00:00-03:00")
        for day, quantity in (("03", "1"), ("05", "2")):
            await shop.ask(
                "POST",
                "/sales",
                json=shop.sale(sold(product, quantity), occurred_at=f"2026-11-{day}T12:00:00-03:00"),
            )
        await shop.receive(product, "9", "1", occurred_at="2026-11-08T08:00:00-03:00")

        page = await shop.ask("GET", "/sales/daily?from=2026-11-01&to=2026-11-08")
        late = await shop.ask("GET", "/sales/daily?from=2026-11-04&to=2026-11-06")

        assert page["items"] == [
            {
                "product_id": str(product),
                "branch_id": str(shop.branch_id),
                "first_day": "2026-11-02",
                "quantities": ["0", "1", "0", "2", "0", "0", "0"],
                "in_stock": [True, True, True, True, False, False, True],
            }
        ]
        assert late["items"][0]["quantities"] == ["0", "2", "0"]
        assert late["items"][0]["in_stock"] == [True, True, False]

    async def test_series_come_in_pages(self, shop: Shop) -> None:
        for n in range(5):
            await shop.receive(await shop.add_product(f"Producto {n}"), "1", "1")

        seen, cursor = [], None
        while True:
            tail = f"&cursor={cursor}" if cursor else ""
            page = await shop.ask("GET", f"/sales/daily?from=2026-11-01&to=2026-12-31&limit=2{tail}")
            seen += [item["product_id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break

        assert len(seen) == len(set(seen)) == 5


class TestWalls:
    async def test_another_organisation_sees_nothing(self, shop: Shop) -> None:
        product = await shop.add_product(barcodes=[{"code": EAN}])
        sale = await shop.ask("POST", "/sales", json=shop.sale(sold(product)))
        stranger = make_shop(shop.client, shop.organisation.database_url)

        read = await stranger.send("GET", f"/sales/{sale['id']}")
        void = await stranger.send("POST", f"/sales/{sale['id']}/void", json={"reason": "x"})
        by_code = await stranger.send(
            "POST", "/sales", json=stranger.sale({"code": EAN, "quantity": 1, "unit_price": 1})
        )
        in_ours = await stranger.send("POST", "/sales", json=shop.sale(sold(product)))
        daily = await stranger.ask("GET", "/sales/daily?from=2026-11-01&to=2026-11-30")

        assert (read.status_code, void.status_code, by_code.status_code, in_ours.status_code) == (
            404,
            404,
            422,
            422,
        )
        assert (await stranger.ask("GET", "/sales"))["items"] == daily["items"] == []

    async def test_cashiers_sell_in_their_branch_only(self, shop: Shop) -> None:
        branch = shop.organisation.add_branch("Norte")
        shop.open_shop(branch)
        cashier = shop.organisation.add_person(Role.CASHIER, branch_ids=[branch])
        product = await shop.add_product()
        here = await shop.ask("POST", "/sales", json=shop.sale(sold(product)))

        own = await shop.send(
            "POST", "/sales", by=cashier, json={**shop.sale(sold(product)), "branch_id": str(branch)}
        )
        other = await shop.send("POST", "/sales", by=cashier, json=shop.sale(sold(product)))
        void = await shop.send("POST", f"/sales/{here['id']}/void", by=cashier, json={"reason": "x"})
        listed = await shop.ask("GET", "/sales", by=cashier)
        summary = await shop.ask("GET", "/sales/summary?from=2026-11-20&to=2026-11-20", by=cashier)

        assert (own.status_code, other.status_code, void.status_code) == (201, 422, 404)
        assert [item["branch_id"] for item in listed["items"]] == [str(branch)]
        assert summary["days"][0]["tickets"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"lines": [{"quantity": 1, "unit_price": 1}]},
        {"lines": [{"code": "A", "product_id": str(uuid4()), "quantity": 1, "unit_price": 1}]},
        {"lines": [{"code": "\x00", "quantity": 1, "unit_price": 1}]},
        {"lines": [{"code": "NADIE", "quantity": 1, "unit_price": 1}]},
        {"lines": [{"product_id": str(uuid4()), "quantity": 1, "unit_price": 1}]},
        {"lines": [{"product": 0, "quantity": 0, "unit_price": 1}]},
        {"lines": [{"product": 0, "quantity": -1, "unit_price": 1}]},
        {"lines": [{"product": 0, "quantity": 1, "unit_price": -1}]},
        {"lines": [{"product": 0, "quantity": 1, "unit_price": 10, "discount": "10.01"}]},
        {"lines": [{"product": 0, "quantity": "9999999998", "unit_price": "99999999999998"}]},
        {"payments": [{"method": "cash", "amount": "99.99"}]},
        {"payments": [{"method": "barter", "amount": "100"}]},
        {"payments": [{"method": "cash", "amount": "0"}]},
        {"branch_id": str(uuid4())},
        {"id": "nope"},
        {"occurred_at": "9999-12-31T23:59:59Z"},
        {"occurred_at": "0001-01-01T00:00:00+14:00"},
        {"occurred_at": "2026-11-20"},
    ],
)
async def test_bad_sales_are_refused_and_move_nothing(shop: Shop, change: dict[str, Any]) -> None:
    product = await shop.add_product()
    body = {**shop.sale(sold(product)), **change}
    for line in body["lines"]:
        if line.pop("product", None) is not None:
            line["product_id"] = str(product)

    alone = await shop.send("POST", "/sales", json=body)
    in_batch = await shop.send("POST", "/sales/batch", json={"sales": [body]})

    assert alone.status_code == 422, alone.text
    assert in_batch.status_code == 422 or in_batch.json()["items"][0]["status"] == "rejected", in_batch.text
    assert shop.balance(product)[0] == 0


@pytest.mark.parametrize(
    "query",
    [
        "/daily",
        "/daily?from=2026-11-02&to=2026-11-01",
        "/daily?from=0001-01-01&to=0001-01-02",
        "/daily?from=2000-01-01&to=2099-01-01",
        "/daily?from=9999-12-31&to=9999-12-31",
        "/daily?from=2026-11-01&to=2026-11-02&limit=1001",
        "/daily?from=2026-11-01&to=2026-11-02&cursor=abc",
        "/summary?from=nope&to=2026-11-01",
        "/summary?from=2001-01-01&to=2026-11-01",
        "?from=0001-01-01",
        "?to=9999-12-31",
        "/nope",
    ],
)
async def test_bad_questions_are_refused(shop: Shop, query: str) -> None:
    answer = await shop.send("GET", f"/sales{query}")

    assert answer.status_code == 422, answer.text
