"""Facts of branches and invoices, applied by the worker's handlers, delivered more than once."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from agente_deposito.catalog.service.places import open_shop
from agente_deposito.receipts.service import receive_goods, take_back_goods
from agente_deposito.stock.service.integrity import check_nightly, prepare_months
from agente_deposito.worker import make_worker
from shared.database.session import Database
from shared.events.base import Event
from shared.events.contracts import InvoiceConfirmed, InvoiceReversed, ReceivedLine
from tests.factories import make_organisation
from tests.integration.agente_deposito.conftest import Shop

Handler = Callable[..., Awaitable[None]]


async def tell(database: Database, shop: Shop, handler: Handler, fact: Event) -> None:
    """Apply a fact as the worker does: in one transaction of its organisation."""
    async with database.transaction(shop.organisation.id) as session:
        await handler(session, fact)


def confirmed(shop: Shop, *lines: tuple[UUID, str, str | None], **values: Any) -> InvoiceConfirmed:
    return InvoiceConfirmed.model_validate(
        {
            "id": uuid4(),
            "invoice_id": uuid4(),
            "branch_id": shop.branch_id,
            "location_id": None,
            "supplier_id": uuid4(),
            "occurred_at": datetime(2026, 11, 1, tzinfo=UTC),
            "confirmed_by": shop.owner.id,
            "lines": [
                ReceivedLine(
                    line_id=uuid4(),
                    product_id=product,
                    quantity=Decimal(quantity),
                    unit_cost_ars=None if cost is None else Decimal(cost),
                )
                for product, quantity, cost in lines
            ],
            **values,
        }
    )


def undone(shop: Shop, fact: InvoiceConfirmed) -> InvoiceReversed:
    return InvoiceReversed(
        id=uuid4(), invoice_id=fact.invoice_id, reversed_by=shop.owner.id, reason="Mal cargada"
    )


def told(shop: Shop, invoice_id: UUID) -> list[dict[str, Any]]:
    """What negocio will hear about an invoice, in order."""
    with psycopg.connect(shop.organisation.database_url, row_factory=dict_row) as connection:
        rows = connection.execute(
            "SELECT task_name, queue_name, args FROM jobs.procrastinate_jobs"
            " WHERE args->'fact'->>'invoice_id' = %s ORDER BY id",
            [str(invoice_id)],
        ).fetchall()
    assert {row["queue_name"] for row in rows} <= {"negocio"}
    assert {row["args"]["organisation_id"] for row in rows} <= {str(shop.organisation.id)}
    return [{"task": row["task_name"], **row["args"]["fact"]} for row in rows]


class TestReceiving:
    async def test_goods_enter_once_however_often_the_fact_comes(
        self, shop: Shop, database: Database
    ) -> None:
        one, two = await shop.add_product("Uno"), await shop.add_product("Dos")
        fact = confirmed(shop, (one, "12", "100.5"), (two, "6", None), (one, "1", "0"))

        for _ in range(3):
            await tell(database, shop, receive_goods, fact)

        assert shop.balance(one) == (13, Decimal(1206))
        assert shop.balance(two) == (6, 0)
        facts = told(shop, fact.invoice_id)
        assert [found["task"] for found in facts] == ["negocio.note_receipt"] * 3
        assert len({(found["id"], found["posting_id"]) for found in facts}) == 1
        assert [(move["quantity"], move["balance_after"]) for move in facts[0]["movements"]] == [
            ("12.000", "12.000"),
            ("6.000", "6.000"),
            ("1.000", "13.000"),
        ]

    async def test_a_nota_de_credito_takes_goods_out(self, shop: Shop, database: Database) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "10")

        await tell(database, shop, receive_goods, confirmed(shop, (product, "-4", "10")))

        assert shop.balance(product) == (6, 60)

    async def test_goods_taken_back_leave_at_what_the_paper_credits(
        self, shop: Shop, database: Database
    ) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "100")
        bought, returned = (
            ReceivedLine(
                line_id=uuid4(),
                product_id=product,
                quantity=Decimal(quantity),
                unit_cost_ars=Decimal(cost),
                value_ars=Decimal(value),
            )
            for quantity, cost, value in (("5", "2088.984", "10444.92"), ("-2", "120", "-240"))
        )
        fact = confirmed(shop, lines=[bought, returned])

        await tell(database, shop, receive_goods, fact)
        after = shop.balance(product)
        undo = undone(shop, fact)
        await tell(database, shop, take_back_goods, undo)

        assert after == (13, Decimal("11204.92"))
        assert shop.balance(product) == (10, 1000)
        assert (await shop.ask("GET", "/inventory/integrity"))["ok"] is True

    async def test_the_last_goods_taken_back_leave_no_worth_behind(
        self, shop: Shop, database: Database
    ) -> None:
        product = await shop.add_product()
        await shop.receive(product, "2", "110")
        line = ReceivedLine(
            line_id=uuid4(),
            product_id=product,
            quantity=Decimal(-2),
            unit_cost_ars=Decimal(100),
            value_ars=Decimal(-200),
        )

        await tell(database, shop, receive_goods, confirmed(shop, lines=[line]))

        assert shop.balance(product) == (0, 0)
        assert (await shop.ask("GET", "/inventory/integrity"))["ok"] is True

    async def test_a_price_credited_later_changes_the_worth_of_what_is_left(
        self, shop: Shop, database: Database
    ) -> None:
        held, gone = await shop.add_product("Queda"), await shop.add_product("Se vendió")
        await shop.receive(held, "10", "10")
        lines = [
            ReceivedLine(
                line_id=uuid4(),
                product_id=product,
                quantity=Decimal(0),
                unit_cost_ars=None,
                value_ars=Decimal(-25),
            )
            for product in (held, gone)
        ]

        await tell(database, shop, receive_goods, confirmed(shop, lines=lines))

        assert shop.balance(held) == (10, 75)
        assert shop.balance(gone) == (0, 0)
        assert (await shop.ask("GET", "/inventory/integrity"))["ok"] is True

    async def test_the_exact_worth_of_a_line_outlives_its_rounded_unit_cost(
        self, shop: Shop, database: Database
    ) -> None:
        product = await shop.add_product()
        line = ReceivedLine(
            line_id=uuid4(),
            product_id=product,
            quantity=Decimal(7),
            unit_cost_ars=Decimal("14.2857"),
            value_ars=Decimal(100),
        )

        await tell(database, shop, receive_goods, confirmed(shop, lines=[line]))

        assert shop.balance(product) == (7, 100)

    async def test_a_paper_without_goods_is_received_and_moves_nothing(
        self, shop: Shop, database: Database
    ) -> None:
        fact = confirmed(shop)

        await tell(database, shop, receive_goods, fact)

        (found,) = told(shop, fact.invoice_id)
        assert (found["task"], found["movements"]) == ("negocio.note_receipt", [])

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({}, "stock.unknown_product"),
            ({"location_id": uuid4()}, "receipt.no_location"),
            ({"branch_id": uuid4()}, "receipt.no_location"),
            ({"occurred_at": datetime(1, 1, 1, tzinfo=UTC)}, "stock.bad_date"),
            ({"occurred_at": datetime(9999, 12, 31, tzinfo=UTC)}, "stock.bad_date"),
        ],
    )
    async def test_what_can_never_work_is_told_and_not_retried(
        self, shop: Shop, database: Database, values: dict[str, Any], code: str
    ) -> None:
        known = await shop.add_product()
        stranger = uuid4() if not values else known
        fact = confirmed(shop, (known, "1", "1"), (stranger, "1", "1"), **values)

        await tell(database, shop, receive_goods, fact)

        (found,) = told(shop, fact.invoice_id)
        assert (found["task"], found["code"]) == ("negocio.note_refusal", code)
        assert shop.balance(known)[0] == 0

    async def test_goods_of_a_paper_that_was_undone_first_never_come_in(
        self, shop: Shop, database: Database
    ) -> None:
        product = await shop.add_product()
        fact = confirmed(shop, (product, "5", "10"))

        await tell(database, shop, take_back_goods, undone(shop, fact))
        await tell(database, shop, take_back_goods, undone(shop, fact))
        await tell(database, shop, receive_goods, fact)

        assert shop.balance(product)[0] == 0
        facts = told(shop, fact.invoice_id)
        assert [found["task"] for found in facts] == ["negocio.note_take_back"] * 2 + ["negocio.note_refusal"]
        assert facts[-1]["code"] == "receipt.taken_back"

    async def test_numbers_past_what_the_books_hold_are_refused(self, shop: Shop, database: Database) -> None:
        fact = confirmed(shop, (await shop.add_product(), "99999999999", "99999999999999"))

        await tell(database, shop, receive_goods, fact)

        assert told(shop, fact.invoice_id)[0]["code"] == "stock.too_large"

    async def test_goods_of_another_organisation_are_unknown(self, shop: Shop, database: Database) -> None:
        stranger = make_organisation(shop.organisation.database_url)
        product = await shop.add_product()
        fact = confirmed(shop, (product, "1", "1"))

        async with database.transaction(stranger.id) as session:
            await receive_goods(session, fact)

        assert shop.balance(product)[0] == 0


class TestTakingBack:
    async def test_a_receipt_is_undone_once_and_below_zero_if_need_be(
        self, strict_shop: Shop, database: Database
    ) -> None:
        shop = strict_shop
        product = await shop.add_product()
        fact = confirmed(shop, (product, "10", "10"))
        await tell(database, shop, receive_goods, fact)
        line = {"product_id": str(product), "quantity": "4", "unit_price": "15"}
        await shop.ask("POST", "/sales", json=shop.sale(line))
        undo = undone(shop, fact)

        for _ in range(2):
            await tell(database, shop, take_back_goods, undo)

        assert shop.balance(product)[0] == -4
        assert [found["task"] for found in told(shop, fact.invoice_id)] == [
            "negocio.note_receipt",
            "negocio.note_take_back",
            "negocio.note_take_back",
        ]
        assert (await shop.ask("GET", "/inventory/integrity"))["ok"] is True

    async def test_a_refused_receipt_has_nothing_to_take_back(self, shop: Shop, database: Database) -> None:
        fact = confirmed(shop, (uuid4(), "1", "1"))
        await tell(database, shop, receive_goods, fact)

        await tell(database, shop, take_back_goods, undone(shop, fact))

        assert [found["task"] for found in told(shop, fact.invoice_id)] == [
            "negocio.note_refusal",
            "negocio.note_take_back",
        ]


class TestNights:
    async def test_a_new_branch_gets_one_shop(self, shop: Shop, database: Database) -> None:
        branch = shop.organisation.add_branch("Sur")

        made = []
        for _ in range(2):
            async with database.transaction(shop.organisation.id) as session:
                made.append(await open_shop(session, branch, "Sur"))

        locations = (await shop.ask("GET", f"/locations?branch_id={branch}"))["items"]
        assert [(place["id"], place["kind"]) for place in locations] == [(str(made[0]), "shop")]
        assert made[1] is None

    async def test_the_nightly_check_remembers_and_cries_out(self, shop: Shop, database: Database) -> None:
        product = await shop.add_product()
        await shop.receive(product, "10", "5")

        async with database.transaction(shop.organisation.id) as session:
            good = await check_nightly(session)
        with psycopg.connect(shop.organisation.database_url) as connection:
            connection.execute(
                "UPDATE deposito.stock_balance SET value = 51 WHERE product_id = %s", [product]
            )
        async with database.transaction(shop.organisation.id) as session:
            bad = await check_nightly(session)

        assert (good, bad) == (True, False)
        assert (await shop.ask("GET", "/inventory/integrity"))["last_nightly"]["wrong"] == 1

    async def test_a_year_of_months_is_ready_and_making_them_again_makes_none(
        self, shop: Shop, database: Database
    ) -> None:
        async with database.transaction(shop.organisation.id) as session:
            assert await prepare_months(session) == 0

        with psycopg.connect(shop.organisation.database_url) as connection:
            connection.execute("SELECT deposito.ensure_partitions('2031-02-01', 2)")
            found = connection.execute(
                "SELECT to_regclass('deposito.stock_movement_y2031m02') IS NOT NULL,"
                " to_regclass('deposito.stock_movement_y2031m03') IS NOT NULL,"
                " to_regclass('deposito.stock_movement_y2031m04') IS NULL"
            ).fetchone()
        assert found == (True, True, True)

    def test_the_worker_knows_its_tasks(self) -> None:
        worker = make_worker()

        assert set(worker._tasks) | set(worker._nights) == {
            "deposito.open_location",
            "deposito.receive_goods",
            "deposito.take_back_goods",
            "deposito.check_ledger",
            "deposito.close_days",
            "deposito.end_reservations",
            "deposito.prepare_months",
            "deposito.tidy",
        }
