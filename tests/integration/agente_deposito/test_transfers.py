"""Goods between places: shipped, under way, received, with their value and their differences."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agente_deposito.stock.service.integrity import check_integrity
from shared.database.session import Database
from shared.security.permissions import Role
from tests.factories import Person
from tests.integration.agente_deposito.conftest import Shop


class Chain:
    """A shop with a second branch, ten of a product in the first that cost 120 each, and five more."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.north = shop.location_id
        self.south_branch = uuid4()
        self.south = shop.open_shop(self.south_branch)
        self.in_the_north = shop.organisation.add_person(Role.STOCK, branch_ids=[shop.branch_id])
        self.in_the_south = shop.organisation.add_person(Role.STOCK, branch_ids=[self.south_branch])
        self.product = self.other = UUID(int=0)

    async def stock_up(self) -> None:
        self.product = await self.shop.add_product()
        self.other = await self.shop.add_product("Yerba 1 kg")
        await self.shop.receive(self.product, "10", "120")
        await self.shop.receive(self.other, "5", "50")

    async def ask_for(self, *quantities: tuple[UUID, str], by: Person | None = None, **values: Any) -> str:
        made: str = (await self.shop.ask("POST", "/transfers", by=by, json=self.body(*quantities, **values)))[
            "id"
        ]
        return made

    def body(self, *quantities: tuple[UUID, str], **values: Any) -> dict[str, Any]:
        lines = [{"product_id": str(product), "quantity": quantity} for product, quantity in quantities]
        ends = {"from_location_id": str(self.north), "to_location_id": str(self.south)}
        return {**ends, "lines": lines or [{"product_id": str(self.product), "quantity": "6"}], **values}

    async def step(self, transfer: str, step: str, *lines: dict[str, Any], by: Person | None = None) -> Any:
        return await self.shop.ask(
            "POST", f"/transfers/{transfer}/{step}", by=by, json={"lines": list(lines)}
        )

    async def undo(self, transfer: str) -> Any:
        return await self.shop.ask("POST", f"/transfers/{transfer}/undo", json={"reason": "Me equivoqué"})

    def counted(self, quantity: str, **values: Any) -> dict[str, Any]:
        return {"product_id": str(self.product), "quantity": quantity, **values}

    def held(self, product: UUID | None = None) -> dict[str, tuple[str, str]]:
        """Quantity and value of a product by place."""
        names = {self.north: "north", self.south: "south"}
        with psycopg.connect(self.shop.organisation.database_url) as connection:
            rows = connection.execute(
                "SELECT location_id, trim_scale(quantity), trim_scale(value) FROM deposito.stock_balance"
                " WHERE organisation_id = %s AND product_id = %s AND quantity <> 0",
                [self.shop.organisation.id, product or self.product],
            ).fetchall()
        return {names.get(place, "under way"): (str(quantity), str(value)) for place, quantity, value in rows}


@pytest.fixture
async def chain(shop: Shop, database: Database) -> Any:
    made = Chain(shop)
    await made.stock_up()
    yield made
    async with database.transaction(shop.organisation.id) as session:
        assert (await check_integrity(session, None)).differences == []


class TestTheWay:
    async def test_goods_keep_their_value_and_are_always_somewhere(self, chain: Chain) -> None:
        transfer = await chain.ask_for((chain.product, "6"), (chain.other, "2"))
        assert chain.held() == {"north": ("10", "1200")}

        shipped = await chain.step(transfer, "ship", by=chain.in_the_north)
        assert (shipped["status"], shipped["lines"][0]["shipped"]) == ("shipped", "6")
        assert chain.held() == {"north": ("4", "480"), "under way": ("6", "720")}

        received = await chain.step(transfer, "receive", by=chain.in_the_south)
        assert (received["status"], received["lines"][0]["received"]) == ("received", "6")
        assert chain.held() == {"north": ("4", "480"), "south": ("6", "720")}
        assert chain.held(chain.other) == {"north": ("3", "150"), "south": ("2", "100")}
        assert [step["step"] for step in received["steps"]] == ["ship", "receive"]
        moved = (
            await chain.shop.ask("GET", "/inventory/movements", params={"product_id": str(chain.product)})
        )["items"]
        assert {row["link"] for row in moved[:4]} == {f"/api/v1/transfers/{transfer}"}

    async def test_what_leaves_is_what_was_counted_there(self, chain: Chain) -> None:
        transfer = await chain.ask_for((chain.product, "6"), (chain.other, "2"))

        shipped = await chain.step(
            transfer, "ship", chain.counted("7"), {"product_id": str(chain.other), "quantity": 0}
        )

        assert [line["shipped"] for line in shipped["lines"]] == ["7", "0"]
        assert chain.held() == {"north": ("3", "360"), "under way": ("7", "840")}
        assert chain.held(chain.other) == {"north": ("5", "250")}

    async def test_a_transfer_tells_nothing_of_what_goods_cost_to_buy(self, chain: Chain) -> None:
        await chain.shop.receive(chain.product, "10", "240")
        await chain.shop.receive(chain.product, "1", "300", location_id=chain.south)
        transfer = await chain.ask_for((chain.product, "10"))
        await chain.step(transfer, "ship")
        await chain.step(transfer, "receive")

        with psycopg.connect(chain.shop.organisation.database_url) as connection:
            costs = connection.execute(
                "SELECT last_unit_cost FROM deposito.stock_balance"
                " WHERE organisation_id = %s AND product_id = %s AND location_id = ANY(%s)"
                " ORDER BY location_id = %s",
                [chain.shop.organisation.id, chain.product, [chain.north, chain.south], chain.south],
            ).fetchall()
        assert [cost for (cost,) in costs] == [240, 300]
        assert chain.held() == {"north": ("10", "1800"), "south": ("11", "2100")}

    async def test_goods_of_unknown_cost_travel_without_any(self, chain: Chain) -> None:
        product = await chain.shop.add_product("Sin costo")
        await chain.shop.receive(product, "3")
        transfer = await chain.ask_for((product, "3"))
        await chain.step(transfer, "ship")
        await chain.step(transfer, "receive")

        assert chain.held(product) == {"south": ("3", "0")}
        await chain.shop.receive(product, "1", "10", location_id=chain.south)
        assert chain.held(product) == {"south": ("4", "40")}


class TestDifferences:
    async def test_what_was_lost_on_the_way_leaves_with_its_reason(self, chain: Chain) -> None:
        transfer = await chain.ask_for()
        await chain.step(transfer, "ship")

        received = await chain.step(transfer, "receive", chain.counted("4", reason="broken"))

        assert (received["lines"][0]["received"], received["lines"][0]["reason"]) == ("4", "broken")
        assert chain.held() == {"north": ("4", "480"), "south": ("4", "480")}
        told = await chain.shop.ask("GET", "/inventory/explain", params={"product_id": str(chain.product)})
        assert {group["kind"]: group["value"] for group in told["groups"]}["broken"] == "-240"

    async def test_what_never_left_goes_back_to_where_it_was(self, chain: Chain) -> None:
        transfer = await chain.ask_for()
        await chain.step(transfer, "ship")

        await chain.step(transfer, "receive", chain.counted("4", reason="entry_error"))

        assert chain.held() == {"north": ("6", "720"), "south": ("4", "480")}

    async def test_what_arrived_beyond_it_had_left_unseen(self, chain: Chain) -> None:
        transfer = await chain.ask_for()
        await chain.step(transfer, "ship")

        received = await chain.step(transfer, "receive", chain.counted("8"))

        assert received["lines"][0]["reason"] is None
        assert chain.held() == {"north": ("2", "240"), "south": ("8", "960")}

    async def test_nothing_arrived(self, chain: Chain) -> None:
        transfer = await chain.ask_for()
        await chain.step(transfer, "ship")

        received = await chain.step(transfer, "receive", chain.counted("0", reason="theft"))

        assert received["status"] == "received"
        assert chain.held() == {"north": ("4", "480")}


class TestUndoing:
    async def test_each_step_is_taken_back_and_taken_again(self, chain: Chain) -> None:
        transfer = await chain.ask_for()
        for _ in range(2):
            await chain.step(transfer, "ship", chain.counted("5"))
            await chain.step(transfer, "receive", chain.counted("3", reason="broken"))
            under_way = await chain.undo(transfer)
            assert (under_way["status"], under_way["lines"][0]["received"]) == ("shipped", None)
            assert chain.held() == {"north": ("5", "600"), "under way": ("5", "600")}
            draft = await chain.undo(transfer)
            assert (draft["status"], draft["lines"][0]["shipped"]) == ("draft", None)
            assert chain.held() == {"north": ("10", "1200")}

        assert (
            await chain.shop.send("POST", f"/transfers/{transfer}/undo", json={"reason": "x"})
        ).status_code == 409
        cancelled = await chain.shop.ask(
            "POST", f"/transfers/{transfer}/cancel", json={"reason": "No hace falta"}
        )
        assert (cancelled["status"], len(cancelled["steps"])) == ("cancelled", 9)
        again = await chain.shop.send("POST", f"/transfers/{transfer}/ship", json={})
        assert (again.status_code, again.json()["code"]) == (409, "transfer.wrong_state")
        assert "cancelado" in again.json()["detail"]

    async def test_by_hand_its_movements_are_not_undone(self, chain: Chain) -> None:
        transfer = await chain.ask_for()
        shipped = await chain.step(transfer, "ship")

        refused = await chain.shop.send(
            "POST",
            f"/inventory/movements/{shipped['steps'][0]['departure_id']}/reverse",
            json={"reason": "x"},
        )

        assert refused.json()["code"] == "stock.owned_by_document"


class TestAtOnce:
    @pytest.mark.parametrize("step", ["ship", "receive", "undo"])
    async def test_a_step_that_many_take_is_taken_once(self, step: str, chain: Chain) -> None:
        transfer = await chain.ask_for()
        if step != "ship":
            await chain.step(transfer, "ship")
        body: dict[str, Any] = {"reason": "x"} if step == "undo" else {}

        answers = await asyncio.gather(
            *(chain.shop.send("POST", f"/transfers/{transfer}/{step}", json=body) for _ in range(12))
        )

        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 11
        expected = {"ship": {"north": "4", "under way": "6"}, "receive": {"north": "4", "south": "6"}}
        assert {place: held for place, (held, _) in chain.held().items()} == expected.get(
            step, {"north": "10"}
        )

    async def test_both_ways_at_once_without_deadlock(self, chain: Chain) -> None:
        await chain.shop.receive(chain.product, "100", "120", location_id=chain.south)
        await chain.shop.receive(chain.product, "100", "120")

        async def there_and_back(n: int) -> None:
            ends = (chain.north, chain.south) if n % 2 else (chain.south, chain.north)
            body: dict[str, Any] = {"from_location_id": str(ends[0]), "to_location_id": str(ends[1])}
            transfer = await chain.ask_for((chain.product, "1"), (chain.other, "1"), **body)
            await chain.step(transfer, "ship")
            await chain.step(transfer, "receive")

        await asyncio.gather(*(there_and_back(n) for n in range(12)))

        assert sum(float(quantity) for quantity, _ in chain.held().values()) == 210


class TestWho:
    async def test_each_end_does_its_part(self, chain: Chain) -> None:
        transfer = await chain.ask_for(by=chain.in_the_south)
        elsewhere = chain.shop.organisation.add_person(Role.STOCK, branch_ids=[uuid4()])

        refused = await chain.shop.send("POST", f"/transfers/{transfer}/ship", by=chain.in_the_south, json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "transfer.other_end")
        await chain.step(transfer, "ship", by=chain.in_the_north)
        refused = await chain.shop.send(
            "POST", f"/transfers/{transfer}/receive", by=chain.in_the_north, json={}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "transfer.other_end")
        unseen = await chain.shop.send("GET", f"/transfers/{transfer}", by=elsewhere)
        assert (unseen.status_code, unseen.json()["code"]) == (404, "transfer.not_found")
        for by, seen in ((chain.in_the_north, 1), (chain.in_the_south, 1), (elsewhere, 0)):
            assert len((await chain.shop.ask("GET", "/transfers", by=by))["items"]) == seen

    async def test_another_organisation_sees_and_moves_nothing(self, chain: Chain, strict_shop: Shop) -> None:
        transfer = await chain.ask_for()

        assert (await strict_shop.ask("GET", "/transfers"))["items"] == []
        for method, path in (
            ("GET", ""),
            ("POST", "/ship"),
            ("POST", "/receive"),
            ("POST", "/undo"),
            ("POST", "/cancel"),
        ):
            body = {"reason": "x"} if path in ("/undo", "/cancel") else {}
            options: dict[str, Any] = {} if method == "GET" else {"json": body}
            answer = await strict_shop.send(method, f"/transfers/{transfer}{path}", **options)
            assert answer.status_code == 404
        refused = await strict_shop.send("POST", "/transfers", json=chain.body())
        assert refused.json()["code"] == "transfer.unknown_place"

    async def test_a_chain_lists_its_places_to_choose_from(self, chain: Chain) -> None:
        own = await chain.shop.ask("GET", "/locations", by=chain.in_the_north)
        every = await chain.shop.ask(
            "GET", "/locations", by=chain.in_the_north, params={"everywhere": "true"}
        )

        assert [place["id"] for place in own["items"]] == [str(chain.north)]
        assert {place["id"] for place in every["items"]} == {str(chain.north), str(chain.south)}


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"to_location_id": "north"}, "transfer.same_place", "to_location_id"),
            ({"to_location_id": str(uuid4())}, "transfer.unknown_place", "to_location_id"),
            (
                {"lines": [{"product_id": str(uuid4()), "quantity": "1"}]},
                "stock.unknown_product",
                "lines[0].product_id",
            ),
            ({"lines": []}, "request.invalid", "lines"),
            ({"lines": [{"product_id": str(UUID(int=7)), "quantity": "1"}] * 2}, "request.invalid", ""),
            (
                {"lines": [{"product_id": str(UUID(int=7)), "quantity": "-1"}]},
                "request.invalid",
                "lines[0].quantity",
            ),
        ],
    )
    async def test_a_draft_that_makes_no_sense(
        self, change: dict[str, Any], code: str, path: str, chain: Chain
    ) -> None:
        change = {name: str(chain.north) if value == "north" else value for name, value in change.items()}

        refused = await chain.shop.send("POST", "/transfers", json={**chain.body(), **change})

        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (422, code)
        assert problem["fields"][0]["path"].startswith(path)
        assert (await chain.shop.ask("GET", "/transfers"))["items"] == []

    async def test_goods_nobody_asked_for_and_an_empty_van(self, chain: Chain) -> None:
        transfer = await chain.ask_for()
        strange = {"product_id": str(chain.other), "quantity": "1"}

        for step, lines, code in (
            ("ship", [strange], "transfer.not_in_it"),
            ("ship", [chain.counted("0")], "transfer.nothing_to_ship"),
            ("receive", [], "transfer.wrong_state"),
        ):
            refused = await chain.shop.send("POST", f"/transfers/{transfer}/{step}", json={"lines": lines})
            assert refused.json()["code"] == code
        assert chain.held() == {"north": ("10", "1200")}

    async def test_what_the_origin_lacks_does_not_leave_where_that_is_blocked(
        self, strict_shop: Shop
    ) -> None:
        chain = Chain(strict_shop)
        await chain.stock_up()
        transfer = await chain.ask_for((chain.product, "11"))

        refused = await strict_shop.send("POST", f"/transfers/{transfer}/ship", json={})

        assert (refused.status_code, refused.json()["code"]) == (409, "stock.insufficient")
        assert chain.held() == {"north": ("10", "1200")}
        assert (await strict_shop.ask("GET", f"/transfers/{transfer}"))["status"] == "draft"

    async def test_a_repeat_makes_one_transfer(self, chain: Chain) -> None:
        body = chain.body(id=str(uuid4()))

        first = await chain.shop.send("POST", "/transfers", json=body)
        again = await chain.shop.send("POST", "/transfers", json=body)
        other = await chain.shop.send("POST", "/transfers", json={**body, "note": "otra"})

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert (other.status_code, other.json()["code"]) == (409, "transfer.id_reused")
