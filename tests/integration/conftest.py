"""Settings and services on the test database, reached in process."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from shared.config.settings import Settings

Serve = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a service on the test servers, with limits that tests do not reach."""
    storage: Path = tmp_path_factory.mktemp("objects")
    return Settings.model_validate(
        {
            "environment": "test",
            "secret_key": "test-secret-key-of-no-value-0123456789",
            "jwt_secret_key": "test-jwt-key-of-no-value-9876543210-abc",
            "database_url": database_url,
            "redis_url": redis_url,
            "storage_path": storage,
            "rate_per_address": 1_000_000,
            "rate_per_user": 1_000_000,
            "rate_per_organisation": 1_000_000,
            "rate_per_probe": 1_000_000,
        }
    )


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Runs an app in this process and gives a client for it."""

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                yield client

    return run
