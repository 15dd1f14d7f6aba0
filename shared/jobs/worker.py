"""Runs one service's durable jobs: each in its organisation, retried, taken back from dead workers.

A job may run more than once (its worker may die after the work and before the note), so every
handler writes under the id of its cause.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
import procrastinate
import psycopg
import structlog
from procrastinate import JobContext, PsycopgConnector, RetryStrategy
from procrastinate import exceptions as procrastinate_errors
from procrastinate.jobs import Job, Status
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.cache.redis import open_redis
from shared.config.settings import Settings
from shared.database.session import Database, open_database
from shared.events.base import Event
from shared.jobs.defer import defer
from shared.observability.logging import configure_logging
from shared.observability.metrics import JOB_SECONDS, JOBS_DEAD

log = structlog.get_logger()

ATTEMPTS = 8
_HEARTBEAT_SECONDS = 2
_STALLED_AFTER_SECONDS = 10
_GRACE_SECONDS = 25
_PAUSE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Resources:
    """What handlers may use besides their arguments."""

    settings: Settings
    database: Database
    redis: Redis
    http: httpx.AsyncClient


@dataclass(frozen=True, slots=True)
class Running:
    """One run of a job. attempt counts from 1."""

    organisation_id: UUID
    attempt: int
    resources: Resources


Handler = Callable[[Running, dict[str, Any]], Awaitable[None]]
FactT = TypeVar("FactT", bound=Event)


class Worker:
    """The tasks of one service, and the loop that runs them."""

    def __init__(self, *, service: str, role: str) -> None:
        self._service = service
        self._role = role
        self._handlers: dict[str, Handler] = {}
        self._give_up: dict[str, Handler] = {}
        self._nightly: dict[str, str] = {}
        self._resources: Resources

    def task(self, name: str, handler: Handler, *, on_give_up: Handler | None = None) -> None:
        """A job that manages its own transactions. on_give_up runs after the last failed attempt."""
        self._handlers[name] = handler
        if on_give_up is not None:
            self._give_up[name] = on_give_up

    def subscribe(
        self, name: str, fact_type: type[FactT], handler: Callable[[AsyncSession, FactT], Awaitable[None]]
    ) -> None:
        """A job that applies one fact in one transaction of its organisation."""

        async def apply(running: Running, args: dict[str, Any]) -> None:
            fact = fact_type.model_validate(args["fact"])
            async with running.resources.database.transaction(running.organisation_id) as session:
                await handler(session, fact)

        self._handlers[name] = apply

    def nightly(self, task: str, *, cron: str) -> None:
        """Queue the task for every organisation at the cron's time (UTC)."""
        self._nightly[task] = cron

    async def run(self, settings: Settings, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then finish what runs and return."""
        configure_logging(service=f"{self._service}-worker", level=settings.log_level)
        async with AsyncExitStack() as stack:
            database = open_database(settings, role=self._role)
            stack.push_async_callback(database.close)
            redis = open_redis(settings)
            stack.push_async_callback(redis.aclose)
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
            self._resources = Resources(settings, database, redis, http)
            while not stop.is_set():
                await self._work_until_lost(settings, stop)

    async def _work_until_lost(self, settings: Settings, stop: asyncio.Event) -> None:
        """The queue's own loop ends when Postgres goes away; it is taken up again when it is back."""
        app = self._procrastinate(settings)
        try:
            async with app.open_async():
                await self._work(app, settings, stop)
        except (procrastinate_errors.ProcrastinateException, psycopg.Error, OSError) as error:
            log.warning("worker.database_lost", error=str(error))
        if not stop.is_set():
            log.warning("worker.starts_again")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _work(self, app: procrastinate.App, settings: Settings, stop: asyncio.Event) -> None:
        recovery = asyncio.create_task(self._recover_for_ever(app))
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[self._service],
                name=f"{self._service}-worker",
                concurrency=settings.workers_count,
                fetch_job_polling_interval=2,
                update_heartbeat_interval=_HEARTBEAT_SECONDS,
                stalled_worker_timeout=_STALLED_AFTER_SECONDS,
                shutdown_graceful_timeout=_GRACE_SECONDS,
                install_signal_handlers=False,
                delete_jobs="successful",
            )
        )
        stopping = asyncio.create_task(stop.wait())
        log.info("worker.started", tasks=sorted(self._handlers))
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (recovery, stopping, working):
            task.cancel()
        results = await asyncio.gather(recovery, working, stopping, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result
        log.info("worker.stopped")

    def _procrastinate(self, settings: Settings) -> procrastinate.App:
        connector = PsycopgConnector(
            conninfo=settings.libpq_url(),
            min_size=1,
            max_size=settings.workers_count + 3,
            kwargs={
                "options": "-c search_path=jobs,pg_temp -c role=jobs_owner",
                "application_name": f"{self._service}-worker",
            },
        )
        app = procrastinate.App(connector=connector)
        for name in self._handlers:
            self._register(app, name)
        for name, cron in self._nightly.items():
            self._register_nightly(app, name, cron)
        return app

    def _register(self, app: procrastinate.App, name: str) -> None:
        @app.task(
            name=name,
            queue=self._service,
            pass_context=True,
            retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=2),
        )
        async def run_task(context: JobContext, /, **args: Any) -> None:
            await self._run_one(name, context.job, args)

    def _register_nightly(self, app: procrastinate.App, name: str, cron: str) -> None:
        @app.periodic(cron=cron)
        @app.task(name=f"{name}.everywhere", queue=self._service, queueing_lock=f"{name}.everywhere")
        async def queue_for_all(timestamp: int) -> None:
            database = self._resources.database
            async with database.transaction(None) as session:
                found = await session.scalars(text("SELECT auth.organisation_ids()"))
                organisation_ids = list(found)
            for organisation_id in organisation_ids:
                async with database.transaction(organisation_id) as session:
                    await defer(session, task=name, queue=self._service, args={"due": timestamp}, lock=name)

    async def _run_one(self, name: str, job: Job, args: dict[str, Any]) -> None:
        running = Running(UUID(args.pop("organisation_id")), job.attempts + 1, self._resources)
        structlog.contextvars.bind_contextvars(job=name, organisation_id=str(running.organisation_id))
        started = time.perf_counter()
        outcome = "failed"
        try:
            await self._handlers[name](running, args)
            outcome = "done"
        except Exception:
            log.exception("job.failed", attempt=running.attempt)
            if running.attempt > ATTEMPTS:
                await self._abandon(name, running, args)
            raise
        finally:
            seconds = time.perf_counter() - started
            JOB_SECONDS.labels(name, outcome).observe(seconds)
            log.info("job", outcome=outcome, attempt=running.attempt, duration_ms=round(seconds * 1000))
            structlog.contextvars.unbind_contextvars("job", "organisation_id")

    async def _abandon(self, name: str, running: Running, args: dict[str, Any]) -> None:
        """The job stays in the table as failed: the dead letters."""
        JOBS_DEAD.labels(name).inc()
        log.error("job.given_up", job=name, attempt=running.attempt)
        if name in self._give_up:
            await self._give_up[name](running, args)

    async def _recover_for_ever(self, app: procrastinate.App) -> None:
        """Take back jobs of workers that died; a job that keeps killing its worker is given up."""
        while True:
            await asyncio.sleep(_STALLED_AFTER_SECONDS / 2)
            try:
                await self._recover(app)
            except (procrastinate_errors.ProcrastinateException, OSError) as error:
                log.warning("worker.recovery_failed", error=str(error))

    async def _recover(self, app: procrastinate.App) -> None:
        stalled = await app.job_manager.get_stalled_jobs(
            queue=self._service, seconds_since_heartbeat=_STALLED_AFTER_SECONDS
        )
        for job in stalled:
            if job.attempts < ATTEMPTS or job.task_name not in self._handlers:
                await app.job_manager.retry_job(job)
                log.warning("job.taken_back", job=job.task_name, attempts=job.attempts)
                continue
            assert job.id is not None  # noqa: S101  a stalled job is stored
            args = dict(job.task_kwargs)
            running = Running(UUID(str(args.pop("organisation_id"))), job.attempts, self._resources)
            await self._abandon(job.task_name, running, args)
            await app.job_manager.finish_job_by_id_async(job.id, status=Status.FAILED, delete_job=False)
