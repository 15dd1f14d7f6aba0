"""The three services and their workers in this process, with real HTTP between them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from agente_deposito import main as deposito
from agente_deposito.worker import make_worker as deposito_worker
from agente_negocio import main as negocio
from agente_negocio.worker import build as negocio_worker
from ml import main_ml_service as ml
from ml.worker import make_worker as ml_worker
from scripts.local.servers.process import free_port
from shared.config.settings import Settings

SERVICES = ("negocio", "deposito", "ml")


@dataclass(frozen=True, slots=True)
class Town:
    """Services that run here. `working` starts their workers for as long as it is open."""

    settings: Settings
    apps: dict[str, FastAPI]
    http: httpx.AsyncClient

    def url(self, service: str) -> str:
        """Where a service answers."""
        return str(getattr(self.settings, f"{service}_url"))

    async def send(self, service: str, method: str, path: str, **options: Any) -> httpx.Response:
        """One request over HTTP."""
        return await self.http.request(method, self.url(service) + path, **options)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Facts are applied, papers read, forecasts made."""
        stop = asyncio.Event()
        workers = (negocio_worker(), deposito_worker(), ml_worker())
        tasks = [asyncio.create_task(worker.run(self.settings, stop)) for worker in workers]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*tasks)


def town_settings(database_url: str, redis_url: str, storage: Path) -> Settings:
    """Settings of services that find each other on free ports, with limits that tests do not reach."""
    limits = dict.fromkeys(
        ("rate_per_address", "rate_per_user", "rate_per_organisation", "rate_per_probe"), 10_000_000
    )
    urls = {f"{service}_url": f"http://127.0.0.1:{free_port()}" for service in SERVICES}
    return Settings.model_validate(
        {
            "environment": "test",
            "secret_key": "test-secret-key-of-no-value-0123456789",
            "jwt_secret_key": "test-jwt-key-of-no-value-9876543210-abc",
            "database_url": database_url,
            "redis_url": redis_url,
            "storage_path": storage,
            "log_level": "ERROR",
            **limits,
            **urls,
        }
    )


@asynccontextmanager
async def open_town(settings: Settings) -> AsyncIterator[Town]:
    """Serve until the block ends."""
    apps = {
        "negocio": negocio.build(settings),
        "deposito": deposito.build(settings),
        "ml": ml.build(settings),
    }
    servers = [_server(app, getattr(settings, f"{name}_url")) for name, app in apps.items()]
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    try:
        await _until_started(servers, tasks)
        async with httpx.AsyncClient(timeout=60) as http:
            yield Town(settings, apps, http)
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)


class _QuietServer(uvicorn.Server):
    """Leaves signals to the test runner."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: FastAPI, url: str) -> uvicorn.Server:
    address = httpx.URL(url)
    options: dict[str, Any] = {"log_config": None, "access_log": False, "ws": "none", "lifespan": "on"}
    return _QuietServer(uvicorn.Config(app, host=address.host, port=address.port or 0, **options))


async def _until_started(servers: Sequence[uvicorn.Server], tasks: Sequence[asyncio.Task[None]]) -> None:
    async with asyncio.timeout(60):
        while not all(server.started for server in servers):
            assert not any(task.done() for task in tasks)
            await asyncio.sleep(0.02)
