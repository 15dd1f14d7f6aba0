"""Every query on model runs."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from ml.registry.rules import ModelRun

# What is done stays done, and served, until the new run is done or for good when that one fails.
_OPEN = text(
    "INSERT INTO ml.model_run AS r (made_on, model_version) VALUES (:made_on, :model_version) "
    "ON CONFLICT (organisation_id, made_on) DO UPDATE SET status = 'running', finished_at = NULL, "
    "started_at = now(), model_version = excluded.model_version WHERE r.status <> 'done'"
)
_FINISH = text(
    "UPDATE ml.model_run SET status = 'done', finished_at = now(), series = :series, "
    "methods = CAST(:methods AS jsonb), metrics = CAST(:metrics AS jsonb), model_version = :model_version "
    "WHERE made_on = :made_on RETURNING id"
)
_FAIL = text(
    "UPDATE ml.model_run SET status = 'failed', finished_at = now() "
    "WHERE made_on = :made_on AND status = 'running'"
)
_COLUMNS = (
    "SELECT id, made_on, status, model_version, finished_at, series, methods, metrics FROM ml.model_run"
)
_ON_DAY = text(f"{_COLUMNS} WHERE made_on = :made_on")
_LATEST = text(f"{_COLUMNS} WHERE status = 'done' ORDER BY made_on DESC LIMIT 1")
_OLDEST = text("SELECT oldest FROM ml.forecasts()")


async def oldest_of_all(session: AsyncSession) -> datetime | None:
    """When the forecasts of the organisation with the oldest ones were made; None before the first."""
    oldest: datetime | None = await session.scalar(_OLDEST)
    return oldest


class RunRepository:
    """The runs of the session's organisation."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, made_on: date, model_version: str) -> None:
        """The day's run, running unless it was done before."""
        await self._session.execute(_OPEN, {"made_on": made_on, "model_version": model_version})

    async def finish(
        self,
        made_on: date,
        model_version: str,
        *,
        series: int,
        methods: dict[str, int],
        metrics: dict[str, Any],
    ) -> UUID:
        """Done, with what it gave."""
        values = {
            "methods": json.dumps(methods),
            "metrics": json.dumps(metrics),
            "model_version": model_version,
        }
        run_id = await self._session.scalar(_FINISH, {"made_on": made_on, "series": series, **values})
        assert isinstance(run_id, UUID)
        return run_id

    async def fail(self, made_on: date) -> None:
        """Failed, if it was still running."""
        await self._session.execute(_FAIL, {"made_on": made_on})

    async def on_day(self, made_on: date) -> ModelRun | None:
        """The run of a day, None when there was none."""
        row = (await self._session.execute(_ON_DAY, {"made_on": made_on})).one_or_none()
        return None if row is None else ModelRun(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name

    async def latest(self) -> ModelRun | None:
        """The newest run that finished."""
        row = (await self._session.execute(_LATEST)).one_or_none()
        return None if row is None else ModelRun(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name
