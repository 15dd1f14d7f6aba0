"""The invoice service and its worker on the test database; the reader is a table of papers by bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from agente_deposito.main import build as build_deposito
from agente_negocio.invoices import tasks
from agente_negocio.invoices.reading.errors import UnreadableCode, UnreadableFileError
from agente_negocio.invoices.reading.model import ReadDocument, ReadingOptions
from agente_negocio.main import build
from shared.cache.redis import open_redis
from shared.clients.base import Peer
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.jobs.worker import Resources, Running, Worker
from shared.security.tokens import TokenReader
from tests.factories import Organisation, Person, make_organisation, people_keys
from tests.integration.agente_negocio.invoices.papers import read_paper
from tests.integration.conftest import Serve

WAREHOUSE = "http://warehouse"


@dataclass
class Shelf:
    """What the reader will find in which bytes; and how often it read."""

    papers: dict[bytes, tuple[ReadDocument, ...] | UnreadableCode] = field(default_factory=dict)
    readings: int = 0
    on_read: Callable[[], None] = lambda: None

    async def read(
        self,
        files: Sequence[bytes],
        _options: ReadingOptions,
        _settings: Settings,
        on_progress: Callable[[float], None],
    ) -> tuple[ReadDocument, ...]:
        self.readings += 1
        on_progress(0.5)
        await asyncio.sleep(0)
        self.on_read()
        found = self.papers[files[0]]
        if isinstance(found, str):
            raise UnreadableFileError(found, "As the test wants it.")
        return found


@dataclass
class Office:
    """The service's worker, run by hand: `work` does everything that is due."""

    settings: Settings
    resources: Resources
    shelf: Shelf

    def worker(self) -> Worker:
        worker = Worker(service="negocio", role="app_negocio")
        tasks.register(worker, read=self.shelf.read)
        worker._resources = self.resources
        return worker

    async def work(self) -> None:
        worker = self.worker()
        app = worker._procrastinate(self.settings, "negocio")
        async with app.open_async():
            await app.run_worker_async(
                queues=worker._queues(), wait=False, install_signal_handlers=False, delete_jobs="successful"
            )


@dataclass
class Desk:
    """One organisation's papers, worked on by its owner."""

    client: httpx.AsyncClient
    office: Office
    organisation: Organisation
    owner: Person

    async def send(
        self, method: str, path: str, *, by: Person | None = None, **options: Any
    ) -> httpx.Response:
        headers = {**(by or self.owner).headers, **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        """The body of a success."""
        answer = await self.send(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json()

    async def upload(self, *papers: ReadDocument, content: bytes | None = None, **options: Any) -> Any:
        """Hand over one file; the reader will find these papers in it."""
        content = content or b"\xff\xd8\xff" + uuid4().bytes
        self.office.shelf.papers[content] = papers or (read_paper(),)
        return await self.hand_over(content, **options)

    async def hand_over(self, content: bytes, **options: Any) -> Any:
        return await self.ask(
            "POST", "/ocr/documents", files={"files": ("a.jpg", content, "image/jpeg")}, **options
        )

    async def draft(self, *papers: ReadDocument) -> dict[str, Any]:
        """Upload, read, and the first invoice made of it."""
        received = await self.upload(*papers)
        await self.office.work()
        document = await self.ask("GET", f"/ocr/documents/{received['documents'][0]['id']}")
        assert document["error"] is None
        return await self.invoice(document["invoice_ids"][0])

    async def invoice(self, invoice_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.ask("GET", f"/invoices/{invoice_id}")
        return found

    async def resolve(self, invoice: dict[str, Any], product_id: UUID | None = None) -> dict[str, Any]:
        """Match every line, one to one, as a person would."""
        for line in invoice["lines"]:
            if line["product"] is None:
                chosen = {"product_id": str(product_id or await self.add_product()), "pack_factor": "1"}
                invoice = await self.ask(
                    "POST", f"/invoices/{invoice['id']}/lines/{line['id']}/match", json=chosen
                )
        return invoice

    async def confirmed(self, *papers: ReadDocument) -> dict[str, Any]:
        invoice = await self.resolve(await self.draft(*papers))
        found: dict[str, Any] = await self.ask("POST", f"/invoices/{invoice['id']}/confirm")
        return found

    async def add_product(self, name: str = "Yerba mate suave 1 kg", **values: Any) -> UUID:
        warehouse: httpx.AsyncClient = self.office.resources.http
        answer = await warehouse.post(
            f"{WAREHOUSE}/api/v1/products", json={"name": name, **values}, headers=self.owner.headers
        )
        assert answer.is_success, answer.text
        return UUID(answer.json()["id"])

    def add_location(self, branch_id: UUID) -> UUID:
        """A place for goods that the warehouse knows."""
        location_id = uuid4()
        with psycopg.connect(self.organisation.database_url) as connection:
            connection.execute(
                "INSERT INTO deposito.location (organisation_id, id, branch_id, name, kind)"
                " VALUES (%s, %s, %s, 'Fondo', 'deposit')",
                [self.organisation.id, location_id, branch_id],
            )
        return location_id

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a table holds, as the database's owner sees it."""
        with psycopg.connect(self.organisation.database_url) as connection:
            return connection.execute(statement, values).fetchall()

    def jobs(self, task: str) -> list[dict[str, Any]]:
        """Arguments of the jobs of a task that wait for this organisation."""
        statement = (
            "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = %s AND status = 'todo'"
            " AND args ->> 'organisation_id' = %s ORDER BY id"
        )
        return [row[0] for row in self.rows(statement, task, str(self.organisation.id))]


@pytest.fixture(scope="session")
def shop_settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"deposito_url": WAREHOUSE})


@pytest.fixture(scope="session")
async def warehouse(shop_settings: Settings) -> AsyncIterator[FastAPI]:
    app = build_deposito(shop_settings, people_keys=people_keys)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
def negocio_app(shop_settings: Settings) -> FastAPI:
    return build(shop_settings)


@pytest.fixture(scope="session")
async def negocio(
    shop_settings: Settings, negocio_app: FastAPI, serve: Serve, warehouse: FastAPI
) -> AsyncIterator[httpx.AsyncClient]:
    app = negocio_app
    async with serve(app) as client, reaching(warehouse) as http:
        app.state.deposito_peer = Peer("deposito", http, WAREHOUSE)
        app.state.tokens = TokenReader(
            "negocio", secret_key=shop_settings.secret_key.get_secret_value(), people_keys=people_keys
        )
        yield client


@pytest.fixture
async def warehouse_away(desk: Desk, negocio_app: FastAPI) -> AsyncIterator[Callable[[], None]]:
    """From its call on, requests find no warehouse."""
    here = negocio_app.state.deposito_peer

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("No warehouse.", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:

        def leave() -> None:
            negocio_app.state.deposito_peer = Peer("deposito", http, desk.office.settings.deposito_url)

        yield leave
    negocio_app.state.deposito_peer = here


@asynccontextmanager
async def reaching(warehouse: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that finds the warehouse in this process."""
    transport = httpx.ASGITransport(warehouse)
    async with httpx.AsyncClient(mounts={WAREHOUSE: transport}) as http:
        yield http


@pytest.fixture(scope="session")
async def negocio_database(settings: Settings) -> AsyncIterator[Database]:
    database = open_database(settings, role="app_negocio")
    yield database
    await database.close()


@pytest.fixture
async def office(
    shop_settings: Settings, negocio_database: Database, warehouse: FastAPI
) -> AsyncIterator[Office]:
    redis = open_redis(shop_settings)
    async with reaching(warehouse) as http:
        yield Office(shop_settings, Resources(shop_settings, negocio_database, redis, http), Shelf())
    await redis.aclose()


@pytest.fixture(autouse=True)
def _nothing_left_to_do(database_url: str) -> None:
    """Jobs that earlier tests left waiting would run in this one."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET LOCAL search_path TO jobs")
        connection.execute("DELETE FROM procrastinate_jobs WHERE queue_name IN ('negocio', 'deposito')")


@pytest.fixture
def desk(negocio: httpx.AsyncClient, office: Office, database_url: str) -> Desk:
    organisation = make_organisation(database_url)
    return Desk(negocio, office, organisation, organisation.add_person())


@pytest.fixture
def other_desk(negocio: httpx.AsyncClient, office: Office, database_url: str) -> Desk:
    """Another organisation."""
    organisation = make_organisation(database_url)
    return Desk(negocio, office, organisation, organisation.add_person())


def make_running(desk: Desk, args: dict[str, Any]) -> tuple[Running, dict[str, Any]]:
    """One run of a job of that organisation, and its own arguments."""
    rest = {name: value for name, value in args.items() if name != "organisation_id"}
    return Running(UUID(args["organisation_id"]), 1, desk.office.resources), rest


async def run_again(desk: Desk, args: dict[str, Any]) -> None:
    """Run a reading job with these arguments now, as a second worker would."""
    running, rest = make_running(desk, args)
    await desk.office.worker()._tasks["negocio.read_document"].handler(running, rest)
