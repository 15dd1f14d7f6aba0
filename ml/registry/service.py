"""Model runs and the facts of the served model."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ml.registry.reference import reference_figures
from ml.registry.repository import ModelRun, RunRepository
from ml.registry.rules import FEATURES, MODEL_NAME, MODEL_VERSION
from ml.registry.schemas import MetricsRead, ModelInfo

_STAGE = "production"
_OWN_BAND = "80 %"


async def start_run(session: AsyncSession, made_on: date) -> None:
    """Open the day's run, anew if there was one."""
    await RunRepository(session).open(made_on, MODEL_VERSION)


async def finish_run(
    session: AsyncSession, made_on: date, *, series: int, methods: dict[str, int], metrics: dict[str, Any]
) -> UUID:
    """Close the day's run with its result; its forecasts are served from the commit on."""
    return await RunRepository(session).finish(made_on, series=series, methods=methods, metrics=metrics)


async def fail_run(session: AsyncSession, made_on: date) -> None:
    """Note that the day's run came to nothing; yesterday's forecasts stay served."""
    await RunRepository(session).fail(made_on)


async def is_done(session: AsyncSession, made_on: date) -> bool:
    """Whether the day's run finished."""
    run = await RunRepository(session).on_day(made_on)
    return run is not None and run.status == "done"


async def latest_run(session: AsyncSession) -> ModelRun | None:
    """The newest finished run of the organisation."""
    return await RunRepository(session).latest()


async def served_model(session: AsyncSession | None) -> ModelInfo:
    """The served model as seen by the session's organisation; None: as seen from outside."""
    run = None if session is None else await latest_run(session)
    if run is None or run.metrics.get("wape") is None:
        return _model_on_reference()
    return _model(metrics=run.metrics, source="own_history", trained_at=run.finished_at, run_id=str(run.id))


def _model_on_reference() -> ModelInfo:
    figures = reference_figures()
    return _model(
        metrics=figures,
        source="reference_data",
        trained_at=datetime.fromisoformat(figures["measured_at"]),
        run_id=None,
    )


def _model(
    *, metrics: dict[str, Any], source: str, trained_at: datetime | None, run_id: str | None
) -> ModelInfo:
    return ModelInfo(
        name=MODEL_NAME,
        version=MODEL_VERSION,
        stage=_STAGE,
        trained_at=trained_at,
        metrics=MetricsRead(
            wape=metrics["wape"],
            bias=metrics["bias"],
            coverage=metrics["coverage"],
            coverage_band=metrics.get("coverage_band", _OWN_BAND),
        ),
        metrics_source=source,
        features=list(FEATURES),
        run_id=run_id,
    )
