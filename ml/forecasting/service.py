"""Stored forecasts: asking for a run, making it, reading what it gave."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ml.forecasting.contest import Contest, Verdict, compare, judge
from ml.forecasting.models import AccuracyGroup, StoredForecast
from ml.forecasting.nightly import NightsWork, forecast_shop
from ml.forecasting.repository import ForecastFilter, ForecastRepository, GroupBy
from ml.history.service import read_shop_history
from ml.registry import service as registry
from ml.registry.rules import ModelRun
from shared.clients.deposito import DepositoClient
from shared.database.session import Database
from shared.events.contracts import ForecastReady
from shared.jobs.defer import defer, publish
from shared.jobs.tracking import JobTable

JOBS = JobTable("ml", "ml")
FORECAST_TASK = "ml.forecast"
_HISTORY = timedelta(days=2 * 364 + 56)
_KEPT = timedelta(days=90)
_BAND = 1.2816
"""Standard deviations to either side that hold 80 % of a normal distribution."""


async def request_run(session: AsyncSession) -> UUID:
    """Queue a run for the session's organisation; the id of the job to follow."""
    job_id = await JOBS.open(session, "forecast")
    await defer(session, task=FORECAST_TASK, queue="ml", args={"job_id": str(job_id)}, lock=FORECAST_TASK)
    return job_id


@dataclass(frozen=True, slots=True)
class ForecastRun:
    """One run to make. repeats: also when the day's run is done already, since sales may have come in."""

    organisation_id: UUID
    made_on: date
    repeats: bool


async def make_forecasts(database: Database, deposito: DepositoClient, run: ForecastRun) -> NightsWork | None:
    """Forecast everything the organisation sells from made_on on, and store it.

    Safe to repeat: the same day's forecasts are replaced. None when the day was done already.
    Raises PeerUnavailableError, PeerRefusedError.
    """
    async with database.transaction(run.organisation_id) as session:
        if not run.repeats and await registry.is_done(session, run.made_on):
            return None
        await registry.start_run(session, run.made_on)
    shop = await read_shop_history(
        deposito, first_day=run.made_on - _HISTORY, last_day=run.made_on - timedelta(days=1)
    )
    work = await asyncio.to_thread(forecast_shop, shop, made_on=run.made_on)
    async with database.transaction(run.organisation_id) as session:
        await _store(session, run.made_on, work)
    return work


@dataclass(frozen=True, slots=True)
class Retrained:
    """Forecasts made anew beside those that were served; not themselves, which fill memory.

    contest None: nothing could be compared. series: how many were made; methods: of how many each is.
    """

    served: ModelRun | None
    contest: Contest | None
    verdict: Verdict
    series: int
    methods: Mapping[str, int]


async def retrain(
    database: Database, deposito: DepositoClient, run: ForecastRun, *, promotes: bool
) -> Retrained:
    """Choose methods and forecast anew, and serve it when that is better than what is served.

    promotes: store it when the verdict is for it; False only compares.
    Raises PeerUnavailableError, PeerRefusedError.
    """
    async with database.transaction(run.organisation_id) as session:
        served = await registry.latest_run(session)
        methods = await ForecastRepository(session).methods(served.made_on) if served else {}
    shop = await read_shop_history(
        deposito, first_day=run.made_on - _HISTORY, last_day=run.made_on - timedelta(days=1)
    )
    work = await asyncio.to_thread(forecast_shop, shop, made_on=run.made_on)
    contest = await asyncio.to_thread(compare, shop, methods) if methods else None
    verdict = judge(contest, served_on=served.made_on if served else None, made_on=run.made_on)
    if promotes and verdict.is_for_new:
        async with database.transaction(run.organisation_id) as session:
            await registry.start_run(session, run.made_on)
            await _store(session, run.made_on, work)
    return Retrained(served, contest, verdict, len(work.forecasts), work.methods)


async def _store(session: AsyncSession, made_on: date, work: NightsWork) -> None:
    repository = ForecastRepository(session)
    await repository.replace(made_on, work.forecasts)
    await repository.forget_before(made_on - _KEPT)
    run_id = await registry.finish_run(
        session, made_on, series=len(work.forecasts), methods=work.methods, metrics=work.metrics
    )
    await publish(session, ForecastReady(id=run_id, made_on=made_on, series=len(work.forecasts)))


async def current_forecasts(
    session: AsyncSession,
    *,
    product_id: UUID | None,
    branch_ids: Collection[UUID] | None,
    after: tuple[UUID, UUID] | None,
    limit: int,
) -> list[StoredForecast]:
    """Forecasts of the newest run, at most limit + 1; empty before the first run."""
    latest = await registry.latest_run(session)
    if latest is None:
        return []
    wanted = ForecastFilter(latest.made_on, product_id, branch_ids)
    return await ForecastRepository(session).find(wanted, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class RunAccuracy:
    """Accuracy of the newest run; run None before the first."""

    run: ModelRun | None
    overall: list[AccuracyGroup]
    groups: list[AccuracyGroup]


async def accuracy(session: AsyncSession, *, by: GroupBy, branch_ids: Collection[UUID] | None) -> RunAccuracy:
    """Error sums of the newest run, overall and by group, over the branches given (None: all)."""
    latest = await registry.latest_run(session)
    if latest is None:
        return RunAccuracy(None, [], [])
    repository = ForecastRepository(session)
    return RunAccuracy(
        latest,
        await repository.accuracy(latest.made_on, by="all", branch_ids=branch_ids),
        await repository.accuracy(latest.made_on, by=by, branch_ids=branch_ids),
    )


@dataclass(frozen=True, slots=True)
class DayTotal:
    """Units of everything together on one day, and the band that holds 8 days of 10.

    low and high None: there is too little history to tell how much a day swings.
    """

    day: date
    units: float
    low: float | None
    high: float | None


async def total_forecast(
    session: AsyncSession, *, branch_ids: Collection[UUID] | None, today: date, horizon: int
) -> list[DayTotal]:
    """Total sales of the days from today on, at most `horizon`; empty before the first run."""
    latest = await registry.latest_run(session)
    if latest is None:
        return []
    days = await ForecastRepository(session).totals(latest.made_on, branch_ids)
    spread = _spread_of(latest, branch_ids)
    return [_day_total(day, units, spread) for day, units in days if day >= today][:horizon]


def _day_total(day: date, units: float, spread: float | None) -> DayTotal:
    if spread is None:
        return DayTotal(day, units, None, None)
    return DayTotal(day, units, max(0.0, units * (1 - _BAND * spread)), units * (1 + _BAND * spread))


def _spread_of(run: ModelRun, branch_ids: Collection[UUID] | None) -> float | None:
    """Relative spread of a day's total; of several branches the widest, to be on the safe side.

    None when that of any of them is unknown.
    """
    told = run.metrics.get("total_spread", {})
    names = ["all"] if branch_ids is None else [str(branch_id) for branch_id in branch_ids]
    spreads = [told.get(name) for name in names]
    known = [float(spread) for spread in spreads if spread is not None]
    return max(known) if known and len(known) == len(spreads) else None
