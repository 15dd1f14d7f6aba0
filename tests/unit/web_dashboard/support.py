"""A dashboard whose services are a function, for tests that need no browser."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from shared.clients.negocio_models import Tokens
from shared.config.settings import Settings
from web_dashboard.application import create_app
from web_dashboard.pages import ROUTERS
from web_dashboard.sessions.cookie import WebSession, new_session

Answer = Callable[[httpx.Request], httpx.Response]
ORIGIN = "http://dashboard.test"
ME = {
    "user": {"id": "00000000-0000-0000-0000-000000000001", "name": "Marta Gómez", "role": "owner"},
    "organisation": {"id": "00000000-0000-0000-0000-000000000002", "name": "Doña Marta"},
    "branches": [{"id": "00000000-0000-0000-0000-000000000003", "name": "Rosario"}],
    "permissions": ["stock:read", "sales:read"],
}


def make_settings(**values: str) -> Settings:
    """Settings that lead nowhere."""
    given = {
        "environment": "test",
        "secret_key": "s" * 40,
        "jwt_secret_key": "j" * 40,
        "database_url": "postgresql://nobody@127.0.0.1:1/none",
        "redis_url": "redis://127.0.0.1:1/0",
        "negocio_url": "http://negocio.test",
        "deposito_url": "http://deposito.test",
        "ml_url": "http://ml.test",
        **values,
    }
    return Settings.model_validate(given)


def make_app(answer: Answer, **settings: str) -> FastAPI:
    """The dashboard before services that answer so."""
    return create_app(make_settings(**settings), ROUTERS, transport=httpx.MockTransport(answer))


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without JavaScript."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}
        ) as client:
            yield client


def signed_in_session(*, seconds: int = 900) -> WebSession:
    """A session of Marta's, its access token good for so long."""
    tokens = Tokens(access_token="access-0", refresh_token="refresh-0", expires_in=seconds)
    return new_session().with_tokens(tokens, now=time.time())
