"""Makes a service: its state, middleware, error answers, common endpoints and routers."""

import gc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import SecretStr

from shared.cache.redis import open_redis
from shared.config.settings import Settings
from shared.database.session import open_database
from shared.observability.start import observed
from shared.security.people_keys import FetchedKeys
from shared.security.rate_limit import RateLimiter
from shared.security.rates import Rates
from shared.security.tokens import PublicKeys, TokenReader
from shared.web.database_errors import install_database_error_handlers
from shared.web.errors import install_error_handlers
from shared.web.health import Check, health_router
from shared.web.middleware import NO_TELEMETRY, BodyLimit, UnexpectedFailures, install_edges
from shared.web.problem_schema import PROBLEM_RESPONSES

MEBIBYTE = 2**20
_ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000


@dataclass(frozen=True, slots=True)
class Service:
    """What tells one service from another.

    schema: its tables and its idempotency keys live there. role: its database role.
    larger_bodies: bytes that single paths take, where it is more than the others do.
    people_keys: how it finds the keys of people's tokens; None asks negocio.
    resources: opened around the service's life, may put clients on app.state.
    """

    name: str
    schema: str
    role: str
    routers: Sequence[APIRouter]
    maximum_body_bytes: int = 2 * MEBIBYTE
    larger_bodies: Mapping[str, int] = field(default_factory=dict)
    people_keys: PublicKeys | None = None
    resources: Sequence[Callable[[FastAPI], AbstractAsyncContextManager[None]]] = ()
    checks: dict[str, Check] = field(default_factory=dict)


def create_app(service: Service, settings: Settings) -> FastAPI:
    """The ASGI application of a service; connections open when it starts."""
    app = FastAPI(
        title=f"Góndola: {service.name}",
        version=settings.version,
        debug=settings.is_debugging,
        lifespan=_lifespan(service, settings),
        telemetry=NO_TELEMETRY,
        openapi_url="/openapi.json",
        responses=PROBLEM_RESPONSES,
    )
    app.state.settings = settings
    app.state.schema = service.schema
    app.state.draining = False
    install_error_handlers(app)
    install_database_error_handlers(app)
    app.include_router(health_router(service.name, settings, service.checks))
    for router in service.routers:
        app.include_router(router)
    _wrap(app, service, settings)
    return app


def _wrap(app: FastAPI, service: Service, settings: Settings) -> None:
    """Added inside out: the last one added sees the request first."""
    if not settings.is_debugging:
        app.add_middleware(UnexpectedFailures)
    app.add_middleware(BodyLimit, maximum_bytes=service.maximum_body_bytes, larger=service.larger_bodies)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-Id"],
            expose_headers=["ETag", "X-Request-Id", "Idempotent-Replayed"],
        )
    install_edges(app, settings, service=service.name)


def _lifespan(service: Service, settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with observed(settings, service=service.name):
            async with _connected(app, service, settings):
                yield

    return lifespan


def _value(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


@asynccontextmanager
async def _connected(app: FastAPI, service: Service, settings: Settings) -> AsyncIterator[None]:
    app.state.database = open_database(settings, role=service.role)
    app.state.redis = open_redis(settings)
    async with httpx.AsyncClient(timeout=httpx.Timeout(30, connect=5)) as http:
        app.state.http = http
        app.state.tokens = TokenReader(
            service.name,
            secret_key=settings.secret_key.get_secret_value(),
            previous_secret_key=_value(settings.secret_key_previous),
            people_keys=service.people_keys or FetchedKeys(http, settings.negocio_url),
        )
        limiter = RateLimiter(settings.redis_url.get_secret_value())
        app.state.rates = Rates(limiter, settings, service=service.name)
        async with _all(app, service.resources):
            _spare_the_collector()
            yield
    await limiter.close()
    await app.state.redis.aclose()
    await app.state.database.close()


def _spare_the_collector() -> None:
    """Modules and routes stay for good: walking them again and again took a sixth of every request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)


@asynccontextmanager
async def _all(
    app: FastAPI, resources: Sequence[Callable[[FastAPI], AbstractAsyncContextManager[None]]]
) -> AsyncIterator[None]:
    if not resources:
        yield
        return
    async with resources[0](app), _all(app, resources[1:]):
        yield
