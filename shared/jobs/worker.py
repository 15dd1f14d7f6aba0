"""Runs one service's durable jobs: each in its organisation, retried, taken back from dead workers.

A job may run more than once (its worker may die after the work and before the note), so every
handler writes under the id of its cause.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
import procrastinate
import psycopg
import structlog
from procrastinate import JobContext
from procrastinate import exceptions as procrastinate_errors
from procrastinate.jobs import Job
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.cache.redis import open_redis
from shared.config.settings import Settings
from shared.database.session import open_database
from shared.events.base import Event
from shared.jobs.caretaker import Caretaker
from shared.jobs.defer import PRIORITY_OF_NIGHTS
from shared.jobs.known import KnownJobs
from shared.jobs.main import GRACE_SECONDS
from shared.jobs.resources import Resources
from shared.jobs.retrying import A_FEW_TIMES, ATTEMPTS, WithoutEnd
from shared.jobs.watching import Look, watch_for_ever
from shared.observability import tracing
from shared.observability.metrics import FACTS_FAILED, JOB_SECONDS, JOBS_DEAD, serve_metrics
from shared.observability.start import observed

__all__ = ["Handler", "Resources", "Running", "Worker"]

log = structlog.get_logger()

_HEARTBEAT_SECONDS = 2
_STALLED_AFTER_SECONDS = 10
_PAUSE_SECONDS = 1
_CONNECTIONS_BESIDE_JOBS = 3
_OF_EVERY_JOB = {"organisation_id", "request_id", "trace"}
_EVERYWHERE = text("SELECT jobs.defer_everywhere(:task, :due, :queue, :priority)")


@dataclass(frozen=True, slots=True)
class Running:
    """One run of a job. attempt counts from 1."""

    organisation_id: UUID
    attempt: int
    resources: Resources


Handler = Callable[[Running, dict[str, Any]], Awaitable[None]]
FactT = TypeVar("FactT", bound=Event)


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker can do. queue: where it is taken from; is_fact: never given up."""

    handler: Handler
    queue: str
    on_give_up: Handler | None = None
    is_fact: bool = False


@dataclass(frozen=True, slots=True)
class _Night:
    """Work of every night at the cron's time (UTC). once: for the whole service, not per organisation."""

    cron: str
    once: Callable[[Resources], Awaitable[None]] | None = None


def _cause(job: Job) -> dict[str, str]:
    """The trace in which it was deferred."""
    trace = job.task_kwargs.get("trace")
    return {name: str(value) for name, value in trace.items()} if isinstance(trace, dict) else {}


async def _end(loops: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel until they ended: a query that is cancelled fails like any other, which the loops outlive."""
    while going := [each for each in loops if not each.done()]:
        for each in going:
            each.cancel()
        await asyncio.wait(going, timeout=_PAUSE_SECONDS)


class Worker:
    """The tasks of one service, and the loops that run them: one for each queue, side by side."""

    def __init__(self, *, service: str, role: str) -> None:
        self._service = service
        self._name = f"{service}-worker"
        self._role = role
        self._tasks: dict[str, _Task] = {}
        self._nights: dict[str, _Night] = {}
        self._looks: list[Look] = []
        self._resources: Resources

    def task(
        self, name: str, handler: Handler, *, on_give_up: Handler | None = None, queue: str | None = None
    ) -> None:
        """A job that manages its own transactions. on_give_up runs after the last failed attempt.

        queue: of its own for slow work, which facts must not wait behind; None is the service's.
        """
        self._tasks[name] = _Task(handler, queue or self._service, on_give_up)

    def subscribe(
        self, name: str, fact_type: type[FactT], handler: Callable[[AsyncSession, FactT], Awaitable[None]]
    ) -> None:
        """A job that applies one fact in one transaction of its organisation; tried until it succeeds."""

        async def apply(running: Running, args: dict[str, Any]) -> None:
            fact = fact_type.model_validate(args["fact"])
            async with running.resources.database.transaction(running.organisation_id) as session:
                await handler(session, fact)

        self._tasks[name] = _Task(apply, self._service, is_fact=True)

    def nightly(self, task: str, *, cron: str) -> None:
        """Queue the task for every organisation at the cron's time (UTC)."""
        self._nights[task] = _Night(cron)

    def nightly_once(self, name: str, handler: Callable[[Resources], Awaitable[None]], *, cron: str) -> None:
        """Work that belongs to no organisation, at the cron's time (UTC)."""
        self._nights[name] = _Night(cron, handler)

    def watch(self, look: Look) -> None:
        """Something that is looked at now and then and told to Prometheus."""
        self._looks.append(look)

    async def run(self, settings: Settings, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then finish what runs and return."""
        async with AsyncExitStack() as stack:
            stack.enter_context(observed(settings, service=self._name))
            stack.enter_context(serve_metrics(settings.metrics_port, address=settings.metrics_address))
            database = open_database(settings, role=self._role)
            stack.push_async_callback(database.close)
            redis = open_redis(settings)
            stack.push_async_callback(redis.aclose)
            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
            self._resources = Resources(settings, database, redis, http)
            while not stop.is_set():
                await self._work_until_lost(settings, stop)

    async def _work_until_lost(self, settings: Settings, stop: asyncio.Event) -> None:
        """The queue's own loops end when Postgres goes away; they are taken up again when it is back."""
        try:
            async with AsyncExitStack() as stack:
                apps = {queue: self._procrastinate(settings, queue) for queue in self._queues()}
                for app in apps.values():
                    await stack.enter_async_context(app.open_async())
                await self._work(apps, settings, stop)
        except (procrastinate_errors.ProcrastinateException, psycopg.Error, OSError) as error:
            log.warning("worker.database_lost", error=str(error))
        if not stop.is_set():
            log.warning("worker.starts_again")
            await asyncio.sleep(_PAUSE_SECONDS)

    def _queues(self) -> list[str]:
        """The service's own first."""
        others = {task.queue for task in self._tasks.values()} - {self._service}
        return [self._service, *sorted(others)]

    async def _work(
        self, apps: dict[str, procrastinate.App], settings: Settings, stop: asyncio.Event
    ) -> None:
        caretaker = Caretaker(
            apps[self._service],
            queues=list(apps),
            facts=[name for name, task in self._tasks.items() if task.is_fact],
            stalled_after_seconds=_STALLED_AFTER_SECONDS,
            give_up=self._give_up,
        )
        working = [asyncio.create_task(self._work_queue(app, queue, settings)) for queue, app in apps.items()]
        beside = [
            asyncio.create_task(caretaker.care_for_ever()),
            asyncio.create_task(stop.wait()),
            asyncio.create_task(watch_for_ever(self._looks, self._resources)),
        ]
        log.info("worker.started", tasks=sorted(self._tasks), queues=list(apps))
        await asyncio.wait({*working, beside[1]}, return_when=asyncio.FIRST_COMPLETED)
        for each in working:
            each.cancel()
        await _end(beside)
        results = await asyncio.gather(*beside, *working, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result
        log.info("worker.stopped")

    async def _work_queue(self, app: procrastinate.App, queue: str, settings: Settings) -> None:
        await app.run_worker_async(
            queues=[queue],
            name=f"{queue}-worker",
            concurrency=settings.workers_count,
            fetch_job_polling_interval=2,
            update_heartbeat_interval=_HEARTBEAT_SECONDS,
            stalled_worker_timeout=_STALLED_AFTER_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            install_signal_handlers=False,
            delete_jobs="successful",
        )

    def _procrastinate(self, settings: Settings, queue: str) -> procrastinate.App:
        """One queue's loop. All know every task, as a job may have been queued before its task moved."""
        connector = procrastinate.PsycopgConnector(
            conninfo=settings.libpq_url(),
            min_size=1,
            max_size=settings.workers_count + _CONNECTIONS_BESIDE_JOBS,
            kwargs={
                "options": "-c search_path=jobs,pg_temp -c role=jobs_owner",
                "application_name": f"{queue}-worker",
            },
        )
        app = procrastinate.App(connector=connector)
        app.job_manager = KnownJobs(connector, app.tasks)
        for name, task in self._tasks.items():
            self._register(app, name, task)
        if queue == self._service:
            for name, night in self._nights.items():
                self._register_night(app, name, night)
        return app

    def _register(self, app: procrastinate.App, name: str, task: _Task) -> None:
        @app.task(
            name=name,
            queue=task.queue,
            pass_context=True,
            retry=WithoutEnd() if task.is_fact else A_FEW_TIMES,
        )
        async def run_task(context: JobContext, /, **args: Any) -> None:
            await self._run_one(name, context.job, args)

    def _register_night(self, app: procrastinate.App, name: str, night: _Night) -> None:
        everywhere = name if night.once else f"{name}.everywhere"

        @app.periodic(cron=night.cron)
        @app.task(
            name=everywhere,
            queue=self._service,
            queueing_lock=everywhere,
            priority=PRIORITY_OF_NIGHTS,
            retry=A_FEW_TIMES,
        )
        async def run_night(timestamp: int) -> None:
            if night.once:
                await night.once(self._resources)
            else:
                await self._queue_for_all(name, timestamp)

    async def _queue_for_all(self, name: str, due: int) -> None:
        """One job for each organisation; a second try of the same night queues nobody twice."""
        values = {
            "task": name,
            "due": due,
            "queue": self._tasks[name].queue,
            "priority": PRIORITY_OF_NIGHTS,
        }
        async with self._resources.database.transaction(None) as session:
            queued = await session.scalar(_EVERYWHERE, values)
        log.info("night.queued", task=name, organisations=queued)

    async def _run_one(self, name: str, job: Job, args: dict[str, Any]) -> None:
        task, running, args = self._tasks[name], *self._parts(args, job.attempts + 1)
        request_id = job.task_kwargs.get("request_id") or f"job-{job.id:08d}"
        started, outcome = time.perf_counter(), "failed"
        with (
            structlog.contextvars.bound_contextvars(
                job=name, organisation_id=str(running.organisation_id), request_id=request_id
            ),
            tracing.span(name, "CONSUMER", service=self._name, cause=_cause(job)),
        ):
            try:
                await task.handler(running, args)
                outcome = "done"
            except Exception:
                log.exception("job.failed", attempt=running.attempt)
                await self._note_failure(name, running, args)
                raise
            finally:
                seconds = time.perf_counter() - started
                JOB_SECONDS.labels(name, outcome).observe(seconds)
                log.info("job", outcome=outcome, attempt=running.attempt, duration_ms=round(seconds * 1000))

    def _parts(self, args: dict[str, Any], attempt: int) -> tuple[Running, dict[str, Any]]:
        """Whose run it is, and the arguments without what every job has."""
        own = {name: value for name, value in args.items() if name not in _OF_EVERY_JOB}
        return Running(UUID(str(args["organisation_id"])), attempt, self._resources), own

    async def _note_failure(self, name: str, running: Running, args: dict[str, Any]) -> None:
        if self._tasks[name].is_fact:
            FACTS_FAILED.labels(name).inc()
            if running.attempt >= ATTEMPTS:
                log.error("fact.stuck", attempt=running.attempt)
        elif running.attempt > ATTEMPTS:
            await self._abandon(name, running, args)

    async def _abandon(self, name: str, running: Running, args: dict[str, Any]) -> None:
        """The job stays in the table as failed: the dead letters."""
        JOBS_DEAD.labels(name).inc()
        log.error("job.given_up", job=name, attempt=running.attempt)
        on_give_up = self._tasks[name].on_give_up
        if on_give_up is not None:
            await on_give_up(running, args)

    async def _give_up(self, job: Job) -> bool:
        """Whether a job that keeps killing its worker is given up now."""
        task = self._tasks.get(job.task_name)
        if task is None or task.is_fact or job.attempts < ATTEMPTS:
            return False
        await self._abandon(job.task_name, *self._parts(dict(job.task_kwargs), job.attempts))
        return True
