"""Model runs and the facts of the served model."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ml.registry.reference import reference_figures
from ml.registry.repository import RunRepository, oldest_of_all
from ml.registry.rules import MODEL_VERSION, ModelRun, ServedModel

_OWN_BAND = "80 %"


async def start_run(session: AsyncSession, made_on: date) -> None:
    """Open the day's run; what an earlier one of that day gave is served until this one is finished."""
    await RunRepository(session).open(made_on, MODEL_VERSION)


async def finish_run(
    session: AsyncSession, made_on: date, *, series: int, methods: dict[str, int], metrics: dict[str, Any]
) -> UUID:
    """Close the day's run with its result; its forecasts are served from the commit on."""
    return await RunRepository(session).finish(
        made_on, MODEL_VERSION, series=series, methods=methods, metrics=metrics
    )


async def fail_run(session: AsyncSession, made_on: date) -> None:
    """Note that the day's run came to nothing; what was served before it stays served."""
    await RunRepository(session).fail(made_on)


async def is_done(session: AsyncSession, made_on: date) -> bool:
    """Whether the day's run finished."""
    run = await RunRepository(session).on_day(made_on)
    return run is not None and run.status == "done"


async def oldest_forecasts(session: AsyncSession) -> datetime | None:
    """When the organisation with the oldest forecasts got them; None before anybody's first."""
    return await oldest_of_all(session)


async def latest_run(session: AsyncSession) -> ModelRun | None:
    """The newest finished run of the organisation."""
    return await RunRepository(session).latest()


async def served_model(session: AsyncSession | None) -> ServedModel:
    """The served model as seen by the session's organisation; None: as seen from outside."""
    run = None if session is None else await latest_run(session)
    if run is None or run.metrics.get("wape") is None:
        figures = reference_figures()
        measured_at = datetime.fromisoformat(figures["measured_at"])
        return ServedModel(measured_at, figures, "reference_data", None)
    return ServedModel(
        run.finished_at, {"coverage_band": _OWN_BAND, **run.metrics}, "own_history", str(run.id)
    )
