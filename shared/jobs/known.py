"""Leaves jobs to who can do them: while two versions work side by side, the older does not know each task."""

from collections.abc import Collection, Iterable

from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

# procrastinate_fetch_job_v2 and one line more. What nobody here knows stays as it is, counts as waiting, and
# what comes after it under the same lock waits for it.
_FETCH = """
WITH candidate AS (
  SELECT job.id FROM procrastinate_jobs AS job
  WHERE job.status = 'todo' AND job.queue_name = ANY(%(queues)s)
    AND job.task_name = ANY(%(tasks)s)
    AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
    AND NOT EXISTS (
      SELECT FROM procrastinate_jobs AS other
      WHERE other.lock = job.lock AND (
        other.status = 'doing' OR (other.status = 'todo' AND (
          other.priority > job.priority OR (other.priority = job.priority AND other.id < job.id)))))
  ORDER BY job.priority DESC, job.id LIMIT 1 FOR UPDATE OF job SKIP LOCKED)
UPDATE procrastinate_jobs AS job SET status = 'doing', worker_id = %(worker_id)s
FROM candidate WHERE job.id = candidate.id RETURNING job.*"""


class KnownJobs(JobManager):
    """Gives a worker only the jobs it has a task for; a job without one would be `failed` for good."""

    def __init__(self, connector: BaseConnector, tasks: Collection[str]) -> None:
        super().__init__(connector)
        self._tasks = tasks

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job that is due, now `doing`; None when there is none."""
        rows = await self.connector.execute_query_all_async(
            _FETCH, queues=list(queues or ()), tasks=list(self._tasks), worker_id=worker_id
        )
        return Job.from_row(rows[0]) if rows else None
