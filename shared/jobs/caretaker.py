"""Looks after the queues beside the work: jobs of dead workers, facts that were given up, what waits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import procrastinate
import structlog
from procrastinate import exceptions as procrastinate_errors
from procrastinate.jobs import Job, Status

from shared.jobs.retrying import pause_seconds
from shared.kernel.clock import utc_now
from shared.observability.metrics import JOBS_FAILED, JOBS_OLDEST, JOBS_RETRYING, JOBS_WAITING

log = structlog.get_logger()

_COUNT = """
SELECT queue_name, count(*) FILTER (WHERE status = 'todo') AS waiting,
       count(*) FILTER (WHERE status = 'todo' AND attempts > 0) AS retrying,
       count(*) FILTER (WHERE status IN ('failed', 'aborted')) AS failed,
       coalesce(extract(epoch FROM now() - least(
         min(scheduled_at) FILTER (WHERE status = 'todo' AND scheduled_at <= now()),
         (SELECT event.at FROM procrastinate_events AS event WHERE event.type = 'deferred' AND event.job_id =
           min(job.id) FILTER (WHERE status = 'todo' AND scheduled_at IS NULL)))), 0) AS oldest
FROM procrastinate_jobs AS job WHERE queue_name = ANY(%(queues)s) GROUP BY queue_name"""


class Caretaker:
    """give_up: asked of a job whose worker died, True when it is not to be tried again."""

    def __init__(
        self,
        app: procrastinate.App,
        *,
        queues: Sequence[str],
        facts: Sequence[str],
        stalled_after_seconds: int,
        give_up: Callable[[Job], Awaitable[bool]],
    ) -> None:
        self._app = app
        self._queues = queues
        self._facts = facts
        self._stalled_after_seconds = stalled_after_seconds
        self._give_up = give_up

    async def care_for_ever(self) -> None:
        """Take back, revive and count, every few seconds."""
        while True:
            await asyncio.sleep(self._stalled_after_seconds / 2)
            try:
                for queue in self._queues:
                    await self._recover(queue)
                await self._revive_facts()
                await self._count()
            except (procrastinate_errors.ProcrastinateException, OSError) as error:
                log.warning("worker.recovery_failed", error=str(error))

    async def _revive_facts(self) -> None:
        """Try again the facts that ended unapplied, e.g. set to failed by hand or by another version."""
        for task in self._facts:
            for job in await self._app.job_manager.list_jobs_async(task=task, status=Status.FAILED.value):
                await self._revive(job)

    async def _revive(self, job: Job) -> None:
        assert job.id is not None  # noqa: S101  a listed job is stored
        try:
            await self._app.job_manager.retry_job_by_id_async(job.id, retry_at=utc_now())
        except procrastinate_errors.ProcrastinateException as error:
            # Another worker was first.
            log.warning("fact.not_revived", job=job.task_name, error=str(error))
        else:
            log.error("fact.revived", job=job.task_name, attempts=job.attempts)

    async def _recover(self, queue: str) -> None:
        """Take back jobs of workers that died; a job that keeps killing its worker is given up."""
        stalled = await self._app.job_manager.get_stalled_jobs(
            queue=queue, seconds_since_heartbeat=self._stalled_after_seconds
        )
        for job in stalled:
            assert job.id is not None  # noqa: S101  a stalled job is stored
            if await self._give_up(job):
                await self._app.job_manager.finish_job_by_id_async(
                    job.id, status=Status.FAILED, delete_job=False
                )
                continue
            # The first time at once: its worker was most likely just restarted.
            pause = timedelta(seconds=pause_seconds(job.attempts) if job.attempts else 0)
            await self._app.job_manager.retry_job(job, retry_at=utc_now() + pause)
            log.warning("job.taken_back", job=job.task_name, attempts=job.attempts)

    async def _count(self) -> None:
        rows = await self._app.connector.execute_query_all_async(_COUNT, queues=list(self._queues))
        found = {row["queue_name"]: row for row in rows}
        for queue in self._queues:
            row = found.get(queue, {})
            JOBS_WAITING.labels(queue).set(row.get("waiting", 0))
            JOBS_OLDEST.labels(queue).set(row.get("oldest", 0))
            JOBS_RETRYING.labels(queue).set(row.get("retrying", 0))
            JOBS_FAILED.labels(queue).set(row.get("failed", 0))
