"""The durable job that makes forecasts, every night and on request."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import structlog

from ml.forecasting import service
from ml.forecasting.service import JOBS, ForecastRun
from ml.registry import service as registry
from shared.cache.hints import send_hint
from shared.clients.base import Peer, as_service
from shared.clients.deposito import DepositoClient
from shared.jobs.resources import Resources
from shared.jobs.worker import Running
from shared.kernel.clock import business_date, utc_now
from shared.observability.metrics import FORECASTS_OLDEST

log = structlog.get_logger()


async def forecast(running: Running, args: dict[str, Any]) -> None:
    """args: job_id of a run somebody asked for, or due, the instant of the nightly one."""
    job_id = UUID(args["job_id"]) if "job_id" in args else None
    run = ForecastRun(running.organisation_id, _day(args), repeats=job_id is not None)
    await _note_progress(running, job_id)
    work = await service.make_forecasts(running.resources.database, _deposito(running), run)
    series = 0 if work is None else len(work.forecasts)
    result = {"made_on": run.made_on.isoformat(), "series": series}
    if job_id is not None:
        async with running.resources.database.transaction(running.organisation_id) as session:
            await JOBS.finish(session, job_id, {**result, **({} if work is None else work.metrics)})
    if work is not None:
        log.info("forecast.ready", series=series, methods=work.methods, **work.metrics)
        await send_hint(running.resources.redis, running.organisation_id, "forecast.ready", result)


async def look_at_forecasts(resources: Resources) -> None:
    """Tell how old the oldest forecasts are that an organisation has to do with."""
    async with resources.database.transaction(None) as session:
        oldest = await registry.oldest_forecasts(session)
    FORECASTS_OLDEST.set(oldest.timestamp() if oldest else 0)


async def give_up(running: Running, args: dict[str, Any]) -> None:
    """After the last attempt: the day's run failed, and so did the job somebody follows."""
    async with running.resources.database.transaction(running.organisation_id) as session:
        await registry.fail_run(session, _day(args))
        if "job_id" in args:
            await JOBS.fail(session, UUID(args["job_id"]), {"code": "peer.unavailable", "peer": "deposito"})


def _day(args: dict[str, Any]) -> date:
    due = args.get("due")
    return business_date(utc_now() if due is None else datetime.fromtimestamp(due, UTC))


def _deposito(running: Running) -> DepositoClient:
    settings = running.resources.settings
    authorization = as_service(
        settings.secret_key.get_secret_value(),
        issuer="ml",
        audience="deposito",
        organisation_id=running.organisation_id,
    )
    return DepositoClient(Peer("deposito", running.resources.http, settings.deposito_url), authorization)


async def _note_progress(running: Running, job_id: UUID | None) -> None:
    if job_id is not None:
        async with running.resources.database.transaction(running.organisation_id) as session:
            await JOBS.advance(session, job_id, 0.1)
