"""Endpoints every process has, with or without a database: alive, version and metrics."""

import secrets

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.config.settings import Settings


def probes_router(service: str, settings: Settings, *, schema: str | None) -> APIRouter:
    """`/health/live`, `/version` and `/metrics`. schema: the revision it was written for, if it has one."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """The process runs."""
        return {"status": "alive"}

    @router.get("/version")
    async def version() -> dict[str, str | None]:
        """What runs here."""
        return {
            "service": service,
            "version": settings.version,
            "commit": settings.commit,
            "colour": settings.colour,
            "schema": schema,
        }

    @router.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        """Prometheus' text format; for those who bear METRICS_TOKEN, where it is set."""
        if not _may_see(request, settings):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _may_see(request: Request, settings: Settings) -> bool:
    if settings.metrics_token is None:
        return True
    wanted = f"Bearer {settings.metrics_token.get_secret_value()}"
    return secrets.compare_digest(request.headers.get("authorization", "").encode(), wanted.encode())
