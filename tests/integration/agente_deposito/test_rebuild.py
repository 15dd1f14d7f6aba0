"""Sums that are not the ledger's are found, kept as evidence, and made what the ledger says."""

from uuid import UUID, uuid4

import psycopg
import pytest

from shared.security.permissions import Role
from tests.integration.agente_deposito.conftest import Shop


def damage(shop: Shop, statement: str, product: UUID) -> None:
    with psycopg.connect(shop.organisation.database_url) as connection:
        changed = connection.execute((statement + OF_THE_PRODUCT).encode(), [shop.organisation.id, product])
        assert changed.rowcount > 0


@pytest.fixture
async def product(shop: Shop) -> UUID:
    """Ten came in at 100 each and three left."""
    product = await shop.add_product()
    await shop.receive(product, "10", "100", occurred_at="2026-11-01T12:00:00-03:00")
    line = {"product_id": str(product), "location_id": str(shop.location_id), "quantity": "-3"}
    await shop.ask("POST", "/inventory/movements", json={"lines": [line]})
    return product


OF_THE_PRODUCT = " WHERE organisation_id = %s AND product_id = %s"
STRANGE_DAY = """
INSERT INTO deposito.stock_day (organisation_id, product_id, location_id, day, entered)
SELECT organisation_id, product_id, location_id, '2026-01-01', 5 FROM deposito.stock_balance"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deposito.stock_balance SET quantity = 50, value = 1",
        "UPDATE deposito.stock_day SET entered = 9",
        "DELETE FROM deposito.stock_day",
        STRANGE_DAY,
    ],
)
async def test_sums_become_what_the_ledger_says(statement: str, shop: Shop, product: UUID) -> None:
    damage(shop, statement, product)
    assert (await shop.ask("GET", "/inventory/integrity"))["wrong"] == 1

    rebuilt = await shop.ask("POST", "/inventory/integrity/rebuild")

    assert (rebuilt["ok"], rebuilt["wrong"]) == (False, 1)
    assert rebuilt["differences"][0]["summed_quantity"] == "7"
    assert rebuilt["last_nightly"]["wrong"] == 0
    assert (await shop.ask("GET", "/inventory/integrity"))["ok"] is True
    assert shop.balance(product) == (7, 700)
    with psycopg.connect(shop.organisation.database_url) as connection:
        kept = connection.execute(
            "SELECT jsonb_array_length(differences) FROM deposito.integrity_check"
            " WHERE organisation_id = %s ORDER BY id",
            [shop.organisation.id],
        ).fetchall()
    assert kept == [(1,), (0,)]


async def test_books_that_agree_are_left_alone(shop: Shop, product: UUID) -> None:
    rebuilt = await shop.ask("POST", "/inventory/integrity/rebuild")

    assert (rebuilt["ok"], rebuilt["checked"], rebuilt["last_nightly"]) == (True, 1, None)
    assert shop.balance(product) == (7, 700)


async def test_only_who_approves_and_only_their_branches(shop: Shop, product: UUID) -> None:
    damage(shop, "UPDATE deposito.stock_balance SET quantity = 50", product)
    clerk = shop.organisation.add_person(Role.STOCK)
    elsewhere = shop.organisation.add_person(Role.MANAGER, branch_ids=[uuid4()])

    assert (await shop.send("POST", "/inventory/integrity/rebuild", by=clerk)).status_code == 403
    assert (await shop.ask("POST", "/inventory/integrity/rebuild", by=elsewhere))["checked"] == 0
    assert shop.balance(product) == (50, 700)
