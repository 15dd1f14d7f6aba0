"""Endpoints every process has, with or without a database: alive, version and metrics."""

from fastapi import APIRouter, Response
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
            "schema": schema,
        }

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
