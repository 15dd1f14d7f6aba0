"""Health of the dashboard, and the state of every service for people and monitors."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from shared.config.settings import Settings
from shared.kernel.clock import ARGENTINA
from shared.web.probes import probes_router
from web_dashboard.status.checks import is_postgres_reachable, peer_states


def status_router(settings: Settings) -> APIRouter:
    """The common endpoints, and `/api/dashboard/status`."""
    router = APIRouter(tags=["health"])
    router.include_router(probes_router("dashboard", settings, schema=None))

    @router.get("/health")
    async def health(request: Request) -> JSONResponse:
        """Alive, and the platform has its Postgres."""
        states = await peer_states(request.app.state.http, settings)
        if await is_postgres_reachable(states, settings):
            return JSONResponse({"status": "healthy"})
        return JSONResponse({"status": "unhealthy"}, 503)

    @router.get("/health/ready")
    async def ready(request: Request) -> JSONResponse:
        """Fit to take requests; services that are away only degrade it."""
        states = await peer_states(request.app.state.http, settings)
        has_postgres = await is_postgres_reachable(states, settings)
        is_ready = has_postgres and not request.app.state.draining
        checks: dict[str, Any] = {"postgres": {"ok": has_postgres}}
        checks |= {name: {"ok": peer.is_healthy, "ms": peer.ms} for name, peer in states.items()}
        is_whole = is_ready and all(check["ok"] for check in checks.values())
        status = "ready" if is_whole else "degraded" if is_ready else "unavailable"
        return JSONResponse({"status": status, "checks": checks}, 200 if is_ready else 503)

    @router.get("/api/dashboard/status", tags=["dashboard"])
    async def status(request: Request) -> dict[str, Any]:
        """The state of every service; answers 200 even when one is away."""
        states = await peer_states(request.app.state.http, settings)
        is_whole = all(peer.is_healthy for peer in states.values())
        now = request.app.state.clock()
        return {
            "status": "online" if is_whole else "degraded",
            "services": {
                "dashboard": {"status": "healthy", "ms": 0},
                **{name: {"status": peer.state, "ms": peer.ms} for name, peer in states.items()},
            },
            "version": settings.version,
            "time": now.astimezone(ARGENTINA).isoformat(timespec="seconds"),
        }

    return router
