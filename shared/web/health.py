"""Health and readiness of a service that has a database."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared.config.settings import Settings
from shared.database.revision import SCHEMA_REVISION, is_served_by
from shared.database.session import Database
from shared.web.probes import probes_router

Check = Callable[[FastAPI], Awaitable[dict[str, Any]]]
"""One named readiness fact: {"ok": bool, ...}."""

_CHECK_SECONDS = 3


async def check_postgres(app: FastAPI) -> dict[str, Any]:
    """Whether the database answers, and at which schema revision."""
    database: Database = app.state.database
    started = time.perf_counter()
    try:
        async with asyncio.timeout(_CHECK_SECONDS), database.transaction(None) as session:
            revision = await session.scalar(text("SELECT version_num FROM shared.alembic_version"))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        return {"ok": False, "error": type(error).__name__}
    return {
        "ok": True,
        "ms": round((time.perf_counter() - started) * 1000, 1),
        "schema": revision,
        "schema_ok": is_served_by(revision),
    }


async def check_redis(app: FastAPI) -> dict[str, Any]:
    """Whether Redis answers; without it the service goes on, degraded."""
    try:
        await app.state.redis.ping()
    except Exception as error:  # noqa: BLE001  redis-py raises many kinds; each means the same here
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True}


def health_router(service: str, settings: Settings, extra_checks: dict[str, Check]) -> APIRouter:
    """The common endpoints of one service. extra_checks only ever degrade, they never fail readiness."""
    router = APIRouter(tags=["health"])
    router.include_router(probes_router(service, settings, schema=SCHEMA_REVISION))
    checks: dict[str, Check] = {"redis": check_redis, **extra_checks}

    @router.get("/health")
    async def health(request: Request) -> JSONResponse:
        """Alive and able to reach Postgres."""
        postgres = await check_postgres(request.app)
        if postgres["ok"]:
            return JSONResponse({"status": "healthy"})
        return JSONResponse({"status": "unhealthy"}, 503)

    @router.get("/health/ready")
    async def ready(request: Request) -> JSONResponse:
        """Fit to take requests: started, not told to stop, Postgres at hand with the right schema.

        Who was told to stop refuses new connections at once, so only those see its 503 who asked before.
        """
        postgres = await check_postgres(request.app)
        others = await asyncio.gather(*(check(request.app) for check in checks.values()))
        found = {"postgres": postgres, **dict(zip(checks, others, strict=True))}
        is_ready = postgres.get("schema_ok", False) and not request.app.state.draining
        is_whole = is_ready and all(fact["ok"] for fact in found.values())
        status = "ready" if is_whole else "degraded" if is_ready else "unavailable"
        return JSONResponse({"status": status, "checks": found}, 200 if is_ready else 503)

    return router
