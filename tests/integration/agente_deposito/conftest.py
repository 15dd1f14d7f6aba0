"""The warehouse service on the test database, a shop of its own for each test, and ways to ask it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from agente_deposito.main import build
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from tests.factories import Organisation, Person, make_organisation, people_keys
from tests.integration.conftest import Serve


@pytest.fixture(scope="session")
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(build(settings, people_keys=people_keys)) as client:
        yield client


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings.model_copy(update={"max_connections": 60}), role="app_deposito")
    yield database
    await database.close()


@dataclass(frozen=True, slots=True)
class Shop:
    """An organisation with its shop location and owner, and calls in the owner's name."""

    client: httpx.AsyncClient
    organisation: Organisation
    owner: Person
    location_id: UUID

    @property
    def branch_id(self) -> UUID:
        return self.organisation.branch_id

    def open_shop(self, branch_id: UUID, *, negative_stock: str = "warn") -> UUID:
        """Another branch's shop location."""
        return add_location(self.organisation, branch_id, negative_stock=negative_stock)

    async def send(
        self, method: str, path: str, *, by: Person | None = None, **options: Any
    ) -> httpx.Response:
        headers = {**(by or self.owner).headers, **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def ask(self, method: str, path: str, *, by: Person | None = None, **options: Any) -> Any:
        """The body of a success."""
        answer = await self.send(method, path, by=by, **options)
        assert answer.is_success, answer.text
        return answer.json()

    async def add_product(self, name: str = "Gaseosa Cola 2,25 L", **values: Any) -> UUID:
        return UUID((await self.ask("POST", "/products", json={"name": name, **values}))["id"])

    async def receive(
        self, product_id: UUID, quantity: str, unit_cost: str | None = None, **options: Any
    ) -> Any:
        """Goods enter the shop location (or the one given)."""
        line = {
            "product_id": str(product_id),
            "location_id": str(options.pop("location_id", self.location_id)),
            "quantity": quantity,
            "kind": "receipt",
            "unit_cost": unit_cost,
        }
        return await self.ask("POST", "/inventory/movements", json={"lines": [line], **options})

    def sale(self, *lines: dict[str, Any], **values: Any) -> dict[str, Any]:
        """The body of a ticket."""
        return {
            "id": str(uuid4()),
            "branch_id": str(self.branch_id),
            "occurred_at": "2026-11-20T15:00:00-03:00",
            "lines": list(lines),
            **values,
        }

    def balance(self, product_id: UUID) -> Any:
        """Quantity and value in all locations, as the table holds them."""
        with psycopg.connect(self.organisation.database_url) as connection:
            return connection.execute(
                "SELECT coalesce(sum(quantity), 0), coalesce(sum(value), 0) FROM deposito.stock_balance"
                " WHERE organisation_id = %s AND product_id = %s",
                [self.organisation.id, product_id],
            ).fetchone()


def add_location(organisation: Organisation, branch_id: UUID, *, negative_stock: str = "warn") -> UUID:
    """A shop location, as the worker makes it when a branch opens."""
    location_id = uuid4()
    with psycopg.connect(organisation.database_url) as connection:
        connection.execute(
            "INSERT INTO deposito.location (organisation_id, id, branch_id, name, kind, negative_stock)"
            " VALUES (%s, %s, %s, 'Salón', 'shop', %s)",
            [organisation.id, location_id, branch_id, negative_stock],
        )
    return location_id


def make_shop(client: httpx.AsyncClient, database_url: str, *, negative_stock: str = "warn") -> Shop:
    organisation = make_organisation(database_url)
    location_id = add_location(organisation, organisation.branch_id, negative_stock=negative_stock)
    return Shop(client, organisation, organisation.add_person(), location_id)


@pytest.fixture
def shop(client: httpx.AsyncClient, database_url: str) -> Shop:
    return make_shop(client, database_url)


@pytest.fixture
def strict_shop(client: httpx.AsyncClient, database_url: str) -> Shop:
    """A shop that never sells below zero."""
    return make_shop(client, database_url, negative_stock="block")
