"""Makes the dashboard: its state, middleware, error answers and pages."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from shared.clients.negocio import NegocioClient
from shared.config.settings import Settings
from shared.kernel.clock import Clock, utc_now
from shared.observability.start import observed
from shared.web.middleware import NO_TELEMETRY, BodyLimit, UnexpectedFailures, install_edges
from web_dashboard.assets import Assets
from web_dashboard.errors import install_page_errors
from web_dashboard.headers import MAXIMUM_FORM_BYTES, MAXIMUM_UPLOAD_BYTES, UPLOAD_PATH, PagePolicy
from web_dashboard.peers import TIMEOUT, Peers
from web_dashboard.rendering import make_templates
from web_dashboard.sessions.cookie import SessionCookies
from web_dashboard.sessions.renewal import Renewals
from web_dashboard.sessions.seal import Seal, derived_key
from web_dashboard.status.routes import status_router
from web_dashboard.visitor import KnownPeople

_SMALLEST_COMPRESSED_BYTES = 400


def create_app(
    settings: Settings,
    routers: Sequence[APIRouter],
    *,
    clock: Clock = utc_now,
    transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """The ASGI application. transport: where requests to the other services go instead of the network."""
    # The first one signs and seals; a page or cookie made with another is good for as long as that is told.
    secrets = [settings.secret_key, settings.secret_key_previous]
    secret_keys = [secret.get_secret_value() for secret in secrets if secret]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(observed(settings, service="dashboard"))
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=TIMEOUT, transport=transport))
            app.state.http = http
            app.state.peers = Peers.of(http, settings)
            app.state.renewals = Renewals(NegocioClient(app.state.peers.negocio))
            app.state.people = KnownPeople(settings.cache_ttl)
            yield

    app = FastAPI(
        title="Góndola: dashboard",
        version=settings.version,
        debug=settings.is_debugging,
        lifespan=lifespan,
        telemetry=NO_TELEMETRY,
    )
    assets = Assets()
    app.state.settings = settings
    app.state.clock = clock
    app.state.draining = False
    app.state.assets = assets
    app.state.templates = make_templates(assets, is_demo=settings.is_demo)
    app.state.csrf_keys = [derived_key(secret, purpose="dashboard:csrf") for secret in secret_keys]
    install_page_errors(app)
    app.include_router(status_router(settings))
    for router in routers:
        app.include_router(router)
    _wrap(app, settings, Seal(*secret_keys))
    return app


def _wrap(app: FastAPI, settings: Settings, seal: Seal) -> None:
    """Added inside out: the last one added sees the request first."""
    if not settings.is_debugging:
        app.add_middleware(UnexpectedFailures)
    app.add_middleware(SessionCookies, seal=seal)
    app.add_middleware(PagePolicy)
    app.add_middleware(
        BodyLimit, maximum_bytes=MAXIMUM_FORM_BYTES, larger={UPLOAD_PATH: MAXIMUM_UPLOAD_BYTES}
    )
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED_BYTES)
    install_edges(app, settings, service="dashboard")
