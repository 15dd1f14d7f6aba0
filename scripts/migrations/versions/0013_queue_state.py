"""What an organisation may know of its own jobs: how many wait, since when, and how many were given up."""

from scripts.migrations.ddl import run

revision = "0013_queue_state"
down_revision = "0012_watching"
branch_labels = None
depends_on = None

_STATE = """
SET LOCAL ROLE jobs_owner;
-- Of the transaction's organisation alone. oldest: when the job was queued that has been due for longest.
CREATE FUNCTION jobs.state(OUT waiting bigint, OUT failed bigint, OUT oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
  SELECT count(*) FILTER (WHERE job.status IN ('todo', 'doing')),
         count(*) FILTER (WHERE job.status IN ('failed', 'aborted')),
         min(coalesce(job.scheduled_at, (
           SELECT min(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id)))
           FILTER (WHERE job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now())
  FROM procrastinate_jobs AS job
  WHERE job.status IN ('todo', 'doing', 'failed', 'aborted')
    AND job.args ->> 'organisation_id' = current_setting('app.organisation_id', true)
$$;
REVOKE ALL ON FUNCTION jobs.state FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs.state TO app_negocio;
RESET ROLE;
"""


def upgrade() -> None:
    run(_STATE)


def downgrade() -> None:
    run("DROP FUNCTION jobs.state;")
