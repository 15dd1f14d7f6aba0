"""From a photo to stock and back, through both services and their workers."""

from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import Any
from uuid import UUID

import psycopg
import pytest

from agente_deposito.worker import make_worker
from agente_negocio.invoices import engine
from agente_negocio.invoices.reading.model import Kind, ReadDocument, ReadingOptions
from shared.database.session import open_database
from shared.jobs.worker import Resources, Running, Worker
from tests.integration.agente_negocio.invoices.conftest import Desk
from tests.integration.agente_negocio.invoices.papers import read_line, read_paper


@dataclass
class Shop:
    """A desk whose branch has a shop in the warehouse, and both workers."""

    desk: Desk

    async def work(self) -> None:
        """Both workers, until neither has anything to do."""
        for _ in range(3):
            await self._warehouse_works()
            await self.desk.office.work()

    async def _warehouse_works(self) -> None:
        office = self.desk.office
        database = open_database(office.settings, role="app_deposito")
        worker = make_worker()
        worker._resources = Resources(
            office.settings, database, office.resources.redis, office.resources.http
        )
        app = worker._procrastinate(office.settings, "deposito")
        async with app.open_async():
            await app.run_worker_async(
                queues=["deposito"], wait=False, install_signal_handlers=False, delete_jobs="successful"
            )
        await database.close()

    def stock(self, product_id: UUID | str) -> tuple[Decimal, Decimal]:
        """Quantity and value."""
        rows = self.desk.rows(
            "SELECT coalesce(sum(quantity), 0), coalesce(sum(value), 0) FROM deposito.stock_balance"
            " WHERE organisation_id = %s AND product_id = %s",
            self.desk.organisation.id,
            product_id,
        )
        return rows[0][0], rows[0][1]

    async def receipt(self, invoice: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = await self.desk.ask("GET", f"/invoices/{invoice['id']}/receipt")
        return found

    async def reverse(self, invoice: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = await self.desk.ask(
            "POST", f"/invoices/{invoice['id']}/reverse", json={"reason": "Mal cargada"}
        )
        return found


@pytest.fixture
def shop(desk: Desk) -> Shop:
    with psycopg.connect(desk.organisation.database_url) as connection:
        connection.execute(
            "INSERT INTO deposito.location (organisation_id, branch_id, name, kind)"
            " VALUES (%s, %s, 'Salón', 'shop')",
            [desk.organisation.id, desk.organisation.branch_id],
        )
    return Shop(desk)


class TestGoods:
    async def test_they_enter_with_their_cost_and_leave_again(self, shop: Shop) -> None:
        invoice = await shop.desk.confirmed(read_paper())
        product_id = invoice["lines"][0]["product"]["id"]
        assert shop.stock(product_id) == (Decimal(0), Decimal(0))

        await shop.work()

        assert shop.stock(product_id) == (Decimal(10), Decimal(1000))
        receipt = await shop.receipt(invoice)
        assert receipt["status"] == "done"
        (movement,) = receipt["movements"]
        assert Decimal(movement["quantity"]) == Decimal(movement["balance_after"]) == 10

        await shop.reverse(invoice)
        await shop.work()

        assert shop.stock(product_id) == (Decimal(0), Decimal(0))
        assert (await shop.receipt(invoice))["status"] == "taken_back"

    async def test_a_paper_undone_before_its_goods_arrived_leaves_nothing(self, shop: Shop) -> None:
        invoice = await shop.desk.confirmed(read_paper())
        await shop.reverse(invoice)

        await shop.work()

        assert shop.stock(invoice["lines"][0]["product"]["id"]) == (Decimal(0), Decimal(0))
        assert (await shop.receipt(invoice))["status"] == "taken_back"

    async def test_facts_told_twice_change_nothing(self, shop: Shop) -> None:
        invoice = await shop.desk.confirmed(read_paper())
        (told,) = shop.desk.jobs("deposito.receive_goods")
        await shop.work()
        product_id = invoice["lines"][0]["product"]["id"]
        database = open_database(shop.desk.office.settings, role="app_deposito")
        worker = make_worker()
        worker._resources = Resources(
            shop.desk.office.settings,
            database,
            shop.desk.office.resources.redis,
            shop.desk.office.resources.http,
        )

        await worker._tasks["deposito.receive_goods"].handler(*_again(worker, told))
        await shop.work()
        await database.close()

        assert shop.stock(product_id) == (Decimal(10), Decimal(1000))
        assert (await shop.receipt(invoice))["status"] == "done"

    async def test_bonus_units_and_packs_reach_the_average(self, shop: Shop) -> None:
        line = read_line(bonus_quantity=Decimal(2))
        invoice = await shop.desk.draft(read_paper(line))
        product = await shop.desk.add_product()
        path = f"/invoices/{invoice['id']}/lines/{invoice['lines'][0]['id']}/match"
        await shop.desk.ask("POST", path, json={"product_id": str(product), "pack_factor": "6"})
        await shop.desk.ask("POST", f"/invoices/{invoice['id']}/confirm")

        await shop.work()

        assert shop.stock(product) == (Decimal(72), Decimal(1000))

    async def test_a_credit_note_takes_goods_out(self, shop: Shop) -> None:
        invoice = await shop.desk.confirmed(read_paper())
        product_id = invoice["lines"][0]["product"]["id"]
        await shop.work()
        await self._credit(shop, "goods")

        await shop.work()

        assert shop.stock(product_id) == (Decimal(0), Decimal(0))

    async def test_a_credit_note_for_a_price_lowers_the_cost(self, shop: Shop) -> None:
        invoice = await shop.desk.confirmed(read_paper())
        product_id = invoice["lines"][0]["product"]["id"]
        await shop.work()
        await self._credit(
            shop,
            "cost",
            read_line(unit_price=Decimal(20), subtotal=Decimal(200)),
            total="242.00",
            iva="42.00",
        )

        await shop.work()

        assert shop.stock(product_id) == (Decimal(10), Decimal(800))

    async def _credit(
        self, shop: Shop, effect: str, *lines: Any, total: str = "1210.00", iva: str = "210.00"
    ) -> None:
        paper = read_paper(*lines, header={"type_code": "3", "total": total}, kind=Kind.NOTA_CREDITO)
        note = await shop.desk.draft(paper)
        taxes = [{"kind": "iva", "rate": "21", "amount": iva}]
        await shop.desk.ask(
            "PATCH", f"/invoices/{note['id']}", json={"credit_effect": effect, "taxes": taxes}
        )
        note = await shop.desk.ask("GET", f"/invoices/{note['id']}")
        if note["lines"][0]["pack_factor"] is None:
            path = f"/invoices/{note['id']}/lines/{note['lines'][0]['id']}/match"
            product = note["lines"][0]["product"]["id"]
            await shop.desk.ask("POST", path, json={"product_id": product, "pack_factor": "1"})
        await shop.desk.ask("POST", f"/invoices/{note['id']}/confirm")

    async def test_goods_without_a_place_are_refused_and_told(self, desk: Desk) -> None:
        invoice = await desk.confirmed(read_paper())
        shop = Shop(desk)

        await shop.work()

        receipt = await shop.receipt(invoice)
        assert receipt["status"] == "failed"
        assert receipt["error"]["code"] == "receipt.no_location"
        assert (await shop.reverse(invoice))["status"] == "reversed"


def _again(worker: Worker, told: dict[str, Any]) -> tuple[Running, dict[str, Any]]:
    return Running(UUID(told["organisation_id"]), 1, worker._resources), {"fact": told["fact"]}


class TestRealReader:
    async def test_the_built_in_invoice_is_read_in_a_child_process(self, desk: Desk) -> None:
        sample = (
            resources.files("agente_negocio.invoices.reading").joinpath("sample_invoice.png").read_bytes()
        )
        found = await engine.read([sample], ReadingOptions(), desk.office.settings, lambda _share: None)
        desk.office.shelf.papers[sample] = found

        invoice = await self._draft(desk, sample)

        assert isinstance(found[0], ReadDocument)
        assert invoice["totals"]["closes"]
        assert invoice["header"]["total"]["value"] == "163933.09"
        assert len(invoice["lines"]) == 3
        codes = {blocker["code"] for blocker in invoice["blockers"]}
        # It was issued by the CUIT that the test's organisation has.
        assert codes <= {
            "header.issuer_is_us",
            "receiver.other",
            "line.unmatched",
            "internal_tax.lines_missing",
        }
        assert "header.issuer_is_us" in codes

    async def _draft(self, desk: Desk, sample: bytes) -> dict[str, Any]:
        received = await desk.hand_over(sample)
        await desk.office.work()
        document = await desk.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        return await desk.invoice(document["invoice_ids"][0])

    async def test_the_probe_reads_for_real_without_a_token(self, desk: Desk) -> None:
        answer = await desk.client.post("/api/v1/ocr/test", json={"test": True})

        assert answer.status_code == 200
        assert answer.json()["success"] is True
        assert answer.json()["elapsed_ms"] > 0

    async def test_health_names_the_engine(self, desk: Desk) -> None:
        answer = await desk.client.get("/api/v1/ocr/health")

        assert answer.json()["status"] == "healthy"
        assert "spa" in answer.json()["languages"]
