"""The catalogue over HTTP on a real database."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.kernel.barcode import check_digit
from shared.security.permissions import Role
from tests.integration.agente_deposito.conftest import Shop, make_shop

EAN = "779089500099" + check_digit("779089500099")


class TestProducts:
    async def test_a_product_comes_back_as_it_was_sent(self, shop: Shop) -> None:
        category = await shop.ask("POST", "/categories", json={"name": "Bebidas"})

        made = await shop.ask(
            "POST",
            "/products",
            json={
                "name": "Gaseosa Cola",
                "brand": "Ñandú",
                "sku": "GC-225",
                "category_id": category["id"],
                "content": {"quantity": 2.25, "unit": "l"},
                "iva_rate": "10.5",
                "barcodes": [{"code": EAN}, {"code": "CAJA-8", "factor": 8}],
            },
        )
        read = await shop.ask("GET", f"/products/{made['id']}")

        assert read == made
        assert read["category_name"] == "Bebidas"
        assert read["content"] == {"quantity": "2.25", "unit": "l"}
        assert read["iva_rate"] == "10.5"
        assert read["barcodes"] == [
            {"code": EAN, "factor": "1", "kind": "unit"},
            {"code": "CAJA-8", "factor": "8", "kind": "pack"},
        ]

    async def test_search_finds_beginnings_of_words_whatever_the_accents(self, shop: Shop) -> None:
        await shop.add_product("Azúcar Ledesma 1 kg")
        await shop.add_product("Yerba Playadito 500 g")

        async def names(q: str) -> list[str]:
            return [item["name"] for item in (await shop.ask("GET", "/products", params={"q": q}))["items"]]

        assert await names("AZUC led") == ["Azúcar Ledesma 1 kg"]
        assert await names("yerba 500") == ["Yerba Playadito 500 g"]
        assert await names("yerba ledesma") == []
        assert await names("'; DROP TABLE") == []

    async def test_pages_follow_each_other_without_gaps(self, shop: Shop) -> None:
        names = [f"Producto {n:02}" for n in range(7)]
        for name in reversed(names):
            await shop.add_product(name)

        seen, cursor = [], None
        while True:
            page = await shop.ask(
                "GET", "/products", params={"limit": 3, "count": 1, **({"cursor": cursor} if cursor else {})}
            )
            seen += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break

        assert seen == names
        assert page["total"] == 7

    async def test_an_update_of_an_old_version_is_refused(self, shop: Shop) -> None:
        product_id = await shop.add_product()

        first = await shop.send(
            "PATCH", f"/products/{product_id}", json={"name": "Uno"}, headers={"If-Match": '"1"'}
        )
        second = await shop.send(
            "PATCH", f"/products/{product_id}", json={"name": "Dos"}, headers={"If-Match": '"1"'}
        )

        assert (first.status_code, second.status_code) == (200, 412)
        assert first.headers["etag"] == '"2"'
        assert (await shop.ask("GET", f"/products/{product_id}"))["name"] == "Uno"

    async def test_null_clears_and_absence_keeps(self, shop: Shop) -> None:
        product_id = await shop.add_product(brand="Marca", content={"quantity": 1, "unit": "kg"})

        changed = await shop.ask("PATCH", f"/products/{product_id}", json={"content": None})

        assert changed["content"] is None
        assert changed["brand"] == "Marca"

    async def test_archiving_frees_the_code_for_another(self, shop: Shop) -> None:
        old = await shop.add_product(barcodes=[{"code": EAN}])
        taken = await shop.send("POST", "/products", json={"name": "Nuevo", "barcodes": [{"code": EAN}]})

        await shop.ask("DELETE", f"/products/{old}")
        new = await shop.add_product("Nuevo", barcodes=[{"code": EAN}])

        assert taken.status_code == 409
        assert taken.json()["code"] == "catalog.barcode_taken"
        found = await shop.ask("GET", "/products/lookup", params={"code": EAN})
        assert found["product"]["id"] == str(new)

    async def test_the_same_key_adds_one_product(self, shop: Shop) -> None:
        headers = {"Idempotency-Key": uuid4().hex}

        first = await shop.send("POST", "/products", json={"name": "Uno"}, headers=headers)
        second = await shop.send("POST", "/products", json={"name": "Uno"}, headers=headers)
        other = await shop.send("POST", "/products", json={"name": "Otro"}, headers=headers)

        assert first.json() == second.json()
        assert second.headers["idempotent-replayed"] == "true"
        assert other.status_code == 409
        assert len((await shop.ask("GET", "/products"))["items"]) == 1


class TestLookup:
    @pytest.mark.parametrize("spelling", [EAN, f"0{EAN}", f" {EAN} ", f"01{'0' + EAN}", f"(01)0{EAN}"])
    async def test_a_barcode_is_found_in_any_spelling(self, shop: Shop, spelling: str) -> None:
        product_id = await shop.add_product(barcodes=[{"code": EAN}])

        found = await shop.ask("GET", "/products/lookup", params={"code": spelling})

        assert found["product"]["id"] == str(product_id)
        assert (found["parsed_as"], found["quantity"]) == ("barcode", "1")

    async def test_a_pack_code_tells_how_many(self, shop: Shop) -> None:
        case = "1" + EAN[:-1]
        case += check_digit(case)
        await shop.add_product(barcodes=[{"code": EAN}, {"code": case, "factor": "12"}])

        found = await shop.ask("GET", "/products/lookup", params={"code": case})

        assert (found["parsed_as"], found["quantity"]) == ("pack", "12")

    async def test_a_sku_is_found_in_any_case(self, shop: Shop) -> None:
        await shop.add_product(sku="Gc-1")

        assert (await shop.ask("GET", "/products/lookup", params={"code": "gC-1"}))["parsed_as"] == "sku"

    async def test_one_code_twice_in_a_request_is_named_in_any_spelling(self, shop: Shop) -> None:
        codes = [{"code": "CAJA-8", "factor": 8}, {"code": EAN}, {"code": f"0{EAN}"}]

        answer = await shop.send("POST", "/products", json={"name": "Nuevo", "barcodes": codes})

        assert (answer.status_code, answer.json()["code"]) == (422, "catalog.barcode_repeated")
        assert [field["path"] for field in answer.json()["fields"]] == ["barcodes[2].code"]

    async def test_a_misread_barcode_is_told_from_an_unknown_one(self, shop: Shop) -> None:
        misread = EAN[:-1] + str((int(EAN[-1]) + 1) % 10)

        wrong = await shop.send("GET", "/products/lookup", params={"code": misread})
        unknown = await shop.send("GET", "/products/lookup", params={"code": EAN})

        assert (wrong.status_code, wrong.json()["code"]) == (422, "catalog.wrong_check_digit")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "catalog.code_not_found")


class TestMatch:
    @pytest.fixture
    async def stocked(self, shop: Shop) -> dict[str, UUID]:
        names: dict[str, tuple[str, dict[str, Any]]] = {
            "cola": ("Gaseosa Cola 2,25 L", {}),
            "cola small": ("Gaseosa Cola 500 ml", {}),
            "lima": ("Gaseosa Lima Limón 2,25 L", {}),
            "yerba": ("Yerba Mate Playadito 1 kg", {"brand": "Playadito"}),
            "yerba half": ("Yerba Mate Playadito 500 g", {"brand": "Playadito"}),
            "amanda": ("Yerba Mate Amanda 1 kg", {"brand": "Amanda"}),
            "oil": ("Aceite de Girasol Cocinero 900 ml", {"barcodes": [{"code": EAN}]}),
            "sugar": ("Azúcar Ledesma 1 kg", {}),
            "milk": ("Leche Entera La Serenísima 1 L", {"sku": "LE-1"}),
        }
        return {key: await shop.add_product(name, **values) for key, (name, values) in names.items()}

    async def best(self, shop: Shop, **line: str) -> dict[str, Any]:
        answer = await shop.ask("POST", "/products/match", json={"lines": [line]})
        assert answer["lines"][0], line
        best: dict[str, Any] = answer["lines"][0][0]
        return best

    @pytest.mark.parametrize(
        ("text", "expected", "factor"),
        [
            ("GASEOSA COLA 2.25 X8", "cola", "8"),
            ("GAS. COLA X 500CC", "cola small", "1"),
            ("GASEOSA LIMA LIM. 2,25LT", "lima", "1"),
            ("YERBA PLAYAD. 1K", "yerba", "1"),
            ("YERBA MATE PLAYADITO X 1/2 KG", "yerba half", "1"),
            ("YERBA AMANDA 1KG X 10", "amanda", "10"),
            ("ACEITE GIR. COCINERO 12X900CC", "oil", "12"),
            ("AZUCR LEDESMA X1KG", "sugar", "1"),
            ("LECHE ENT. SERENISIMA 1LT", "milk", "1"),
        ],
    )
    async def test_suppliers_abbreviations_find_the_product(
        self, shop: Shop, stocked: dict[str, UUID], text: str, expected: str, factor: str
    ) -> None:
        best = await self.best(shop, text=text)

        assert best["product_id"] == str(stocked[expected])
        assert best["reason"] == "text"
        assert best["score"] > 0.6
        assert best["pack_factor"] == factor

    async def test_a_printed_barcode_outranks_the_text(self, shop: Shop, stocked: dict[str, UUID]) -> None:
        best = await self.best(shop, text=f"GASEOSA COLA 2.25 {EAN}")
        in_code_column = await self.best(shop, code=EAN, text="GASEOSA COLA 2.25")

        assert best["product_id"] == in_code_column["product_id"] == str(stocked["oil"])
        assert (best["reason"], best["score"]) == ("barcode", 1.0)

    async def test_an_equal_sku_with_another_text_does_not_win(
        self, shop: Shop, stocked: dict[str, UUID]
    ) -> None:
        best = await self.best(shop, code="LE-1", text="YERBA PLAYADITO 1KG")
        agreeing = await self.best(shop, code="LE-1", text="LECHE ENTERA 1L")

        assert best["product_id"] == str(stocked["yerba"])
        assert (agreeing["product_id"], agreeing["reason"]) == (str(stocked["milk"]), "sku")

    async def test_nothing_alike_gives_nothing(self, shop: Shop, stocked: dict[str, UUID]) -> None:
        answer = await shop.ask(
            "POST",
            "/products/match",
            json={"lines": [{"text": "TORNILLO FIX 6MM"}, {}, {"text": "\x00\x01"}, {"code": "0" * 300}]},
        )

        assert answer["lines"] == [[], [], [], []]
        assert stocked

    async def test_five_hundred_lines_at_most(self, shop: Shop) -> None:
        lines = [{"text": "GASEOSA COLA"}] * 501

        assert (await shop.send("POST", "/products/match", json={"lines": lines})).status_code == 422
        assert len((await shop.ask("POST", "/products/match", json={"lines": lines[1:]}))["lines"]) == 500

    async def test_the_last_cost_comes_along(self, shop: Shop) -> None:
        product_id = await shop.add_product("Yerba Taragüi 1 kg")
        await shop.receive(product_id, "3", "1234.56")

        assert Decimal((await self.best(shop, text="YERBA TARAGUI"))["last_unit_cost"]) == Decimal("1234.56")


class TestPlaces:
    async def test_a_category_cannot_hang_from_its_own(self, shop: Shop) -> None:
        top = await shop.ask("POST", "/categories", json={"name": "Bebidas"})
        below = await shop.ask("POST", "/categories", json={"name": "Gaseosas", "parent_id": top["id"]})

        loop = await shop.send("PATCH", f"/categories/{top['id']}", json={"parent_id": below["id"]})
        twice = await shop.send("POST", "/categories", json={"name": "BEBÍDAS"})

        assert (loop.status_code, loop.json()["code"]) == (409, "catalog.category_loop")
        assert (twice.status_code, twice.json()["code"]) == (409, "catalog.category_taken")

    async def test_a_branch_has_one_shop_and_names_do_not_repeat(self, shop: Shop) -> None:
        branch = str(shop.branch_id)

        async def add(**values: str) -> int:
            body = {"branch_id": branch, "name": "Fondo", "kind": "deposit", **values}
            return (await shop.send("POST", "/locations", json=body)).status_code

        assert await add() == 201
        assert await add(name="FONDO") == 409
        assert await add(kind="shop", name="Otro salón") == 409
        assert await add(branch_id=str(uuid4()), name="Ajena") == 422

    async def test_people_see_the_places_of_their_branches_only(self, shop: Shop) -> None:
        other = shop.organisation.add_branch("Norte")
        mine = shop.open_shop(other)
        person = shop.organisation.add_person(Role.MANAGER, branch_ids=[other])

        seen = await shop.ask("GET", "/locations", by=person)
        change = await shop.send("PATCH", f"/locations/{shop.location_id}", by=person, json={"name": "X"})

        assert [item["id"] for item in seen["items"]] == [str(mine)]
        assert change.status_code == 404


class TestTenancy:
    async def test_another_organisation_sees_and_touches_nothing(self, shop: Shop) -> None:
        stranger = make_shop(shop.client, shop.organisation.database_url)
        product_id = await shop.add_product(barcodes=[{"code": EAN}], sku="A-1")
        category = await shop.ask("POST", "/categories", json={"name": "Bebidas"})

        statuses = [
            (await stranger.send(method, path, json=body)).status_code
            for method, path, body in [
                ("GET", f"/products/{product_id}", None),
                ("PATCH", f"/products/{product_id}", {"name": "Robado"}),
                ("DELETE", f"/products/{product_id}", None),
                ("POST", f"/products/{product_id}/barcodes", {"code": "X"}),
                ("GET", f"/products/lookup?code={EAN}", None),
                ("GET", "/products/lookup?code=A-1", None),
                ("PATCH", f"/categories/{category['id']}", {"name": "Robada"}),
                ("PATCH", f"/locations/{shop.location_id}", {"name": "Robado"}),
            ]
        ]
        lists = [
            await stranger.ask("GET", path) for path in ("/products", "/products?q=gaseosa", "/categories")
        ]
        matched = await stranger.ask("POST", "/products/match", json={"lines": [{"barcode": EAN}]})

        assert statuses == [404] * 8
        assert [found["items"] for found in lists] == [[], [], []]
        assert matched["lines"] == [[]]
        assert await stranger.add_product(barcodes=[{"code": EAN}], sku="A-1")

    async def test_roles_are_kept(self, shop: Shop) -> None:
        cashier = shop.organisation.add_person(Role.CASHIER)

        assert (await shop.send("GET", "/products", by=cashier)).status_code == 200
        assert (await shop.send("POST", "/products", by=cashier, json={"name": "X"})).status_code == 403
        assert (await shop.client.get("/api/v1/products")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a\x00b"},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "\ud800"},
        {"name": "X", "iva_rate": 20},
        {"name": "X", "iva_rate": "NaN"},
        {"name": "X", "content": {"quantity": "1e400", "unit": "l"}},
        {"name": "X", "content": {"quantity": "0.0001", "unit": "l"}},
        {"name": "X", "category_id": "not-a-uuid"},
        {"name": "X", "category_id": str(uuid4())},
        {"name": "X", "barcodes": [{"code": "A"}, {"code": "A"}]},
        {"name": "X", "barcodes": [{"code": EAN[:-1] + "x", "factor": 0}]},
        {"name": "X", "barcodes": [{"code": str(n)} for n in range(51)]},
        {"name": "X", "surprise": 1},
        [],
        "text",
        None,
    ],
)
async def test_bad_products_are_refused_and_explained(shop: Shop, body: Any) -> None:
    content = json.dumps(body)
    answer = await shop.send(
        "POST", "/products", content=content, headers={"Content-Type": "application/json"}
    )

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"]


@pytest.mark.parametrize(
    "path",
    [
        "/products?cursor=x",
        "/products?cursor=WyJhIiwiYiJd",
        "/products?cursor=WyJcdWQ4MDAiLCAiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0",
        "/products?limit=0",
        "/products?q=%00",
        "/products/nope",
        "/products/lookup?code=%00",
        "/products/lookup",
    ],
)
async def test_bad_addresses_are_refused(shop: Shop, path: str) -> None:
    answer = await shop.send("GET", path)

    assert 400 <= answer.status_code < 500, answer.text
