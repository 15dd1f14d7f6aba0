"""The whole platform in this process: each service on a port of its own, or all behind one."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import uvicorn
from starlette.types import ASGIApp

from agente_deposito.main import build as build_deposito
from agente_negocio.auth.organisations import OpenOrganisation, open_organisation
from agente_negocio.auth.rules import CostBasis, IvaCondition
from agente_negocio.main import build as build_negocio
from ml.main_ml_service import build as build_ml
from scripts.local.dispatcher import one_port
from scripts.local.servers import Addresses
from scripts.local.servers.process import free_port
from scripts.local.single_process import _server
from scripts.local.sockets import loopback
from shared.config.settings import Settings
from shared.database.session import open_database
from tests.conftest import _database, _migrated_template
from web_dashboard.application import create_app
from web_dashboard.pages import ROUTERS

PASSWORD = "correct horse battery"


@dataclass(slots=True)
class Platform:
    """Servers by name; one that is stopped answers no more."""

    urls: Mapping[str, str]
    servers: Mapping[str, tuple[uvicorn.Server, asyncio.Task[None]]]

    async def stop(self, name: str) -> None:
        server, task = self.servers[name]
        server.should_exit = True
        await task


@asynccontextmanager
async def running_platform(settings: Settings, *, behind_one: bool = False) -> AsyncIterator[Platform]:
    ports = {name: free_port() for name in ("negocio", "deposito", "ml", "dashboard")}
    if behind_one:
        ports = dict.fromkeys(ports, ports["dashboard"])
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    told = settings.model_copy(update={f"{name}_url": urls[name] for name in ("negocio", "deposito", "ml")})
    services = {
        "negocio": build_negocio(told),
        "deposito": build_deposito(told),
        "ml": build_ml(told),
        "dashboard": create_app(told, ROUTERS),
    }
    apps: dict[str, ASGIApp] = {"all": one_port(services)} if behind_one else {**services}
    servers = {}
    for name, app in apps.items():
        server = _server(app)
        port = ports.get(name, ports["dashboard"])
        servers[name] = (server, asyncio.create_task(server.serve(sockets=loopback(port))))
    platform = Platform(urls, servers)
    while not all(server.started for server, _ in servers.values()):
        await asyncio.sleep(0.02)
    try:
        yield platform
    finally:
        for name in servers:
            await platform.stop(name)


async def open_shop(settings: Settings, username: str, password: str = PASSWORD) -> UUID:
    """A new organisation whose owner signs in so."""
    organisation_id = uuid4()
    database = open_database(settings, role="app_negocio")
    await open_organisation(
        database,
        OpenOrganisation(
            id=organisation_id,
            name="Almacén de prueba",
            cuit="30-71234567-1",
            iva_condition=IvaCondition.RESPONSABLE_INSCRIPTO,
            cost_basis=CostBasis.BY_CONDITION,
            is_demo=False,
            owner_name="Marta",
            owner_email=f"{organisation_id}@example.com",
            owner_username=username,
            owner_password=password,
        ),
    )
    await database.close()
    return organisation_id


@pytest.fixture(scope="session")
async def probe(settings: Settings) -> str:
    """The user name of somebody who signs in with PASSWORD."""
    username = f"probe-{uuid4().hex[:12]}"
    await open_shop(settings, username)
    return username


@pytest.fixture
def fresh_database_url(server_addresses: Addresses) -> Iterator[str]:
    """A migrated database without any row, for this test alone."""
    template = _migrated_template(server_addresses.database_url)
    with _database(server_addresses.database_url, template=template) as url:
        yield url


@pytest.fixture
def production(
    fresh_database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The environment of a script in production, on a database of its own; the database's address."""
    told = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": "s" * 40,
        "JWT_SECRET_KEY": "j" * 40,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": redis_url,
        "STORAGE_PATH": str(tmp_path),
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    for name in ("CUIT_EMPRESA", "OWNER_EMAIL", "OWNER_NAME", "OWNER_USERNAME", "OWNER_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return fresh_database_url
