"""Jobs with priorities, nights queued once, receipts undone early, sessions ended everywhere, tidying."""

from scripts.migrations.ddl import run

revision = "0007_edges"
down_revision = "0006_stock_close"
branch_labels = None
depends_on = None

_TAKEN_BACK = """
-- Undone before their goods had come in: a receipt that is heard of later posts nothing.
CREATE TABLE deposito.taken_back (
  organisation_id uuid NOT NULL DEFAULT shared.current_organisation(),
  invoice_id uuid NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, invoice_id)
);
CALL shared.protect('deposito.taken_back', 'app_deposito', 'SELECT, INSERT');
"""

_JOBS = """
GRANT USAGE ON SCHEMA auth TO jobs_owner;
GRANT EXECUTE ON FUNCTION auth.organisation_ids TO jobs_owner;
SET LOCAL ROLE jobs_owner;

-- Dropped and made anew, since a second one with a default would make calls of the first ambiguous.
DROP FUNCTION jobs.defer(text, jsonb, text, text);
-- The organisation of a job is that of the transaction that deferred it, whatever the arguments say.
CREATE FUNCTION jobs.defer(
  task text, args jsonb, queue text, lock text DEFAULT NULL, priority integer DEFAULT 0)
RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
  SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
    queue, task, priority,
    current_setting('app.organisation_id', true) || ':' || lock,
    NULL,
    args || jsonb_build_object('organisation_id', current_setting('app.organisation_id', true)),
    NULL)::procrastinate_job_to_defer_v1]))[1]
$$;

-- Nights whose work was queued: a second try of the same night queues nobody twice.
CREATE TABLE jobs.night (
  task text NOT NULL,
  due bigint NOT NULL,
  PRIMARY KEY (task, due)
);
-- One job for every organisation, all or none. due: seconds since 1970. Answers how many were queued.
CREATE FUNCTION jobs.defer_everywhere(task text, due bigint, queue text, priority integer)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
DECLARE
  queued integer;
BEGIN
  INSERT INTO night VALUES (task, due) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN 0;
  END IF;
  DELETE FROM night AS old
  WHERE old.task = defer_everywhere.task AND old.due < defer_everywhere.due - 30 * 86400;
  SELECT coalesce(cardinality(procrastinate_defer_jobs_v1(array_agg(ROW(
    queue, task, priority, organisation_id || ':' || task, NULL,
    jsonb_build_object('due', due, 'organisation_id', organisation_id),
    NULL)::procrastinate_job_to_defer_v1))), 0)
  INTO queued FROM auth.organisation_ids() AS organisation_id;
  RETURN queued;
END $$;

-- Jobs that ended long ago; facts stay, since none may be lost. Answers how many, at most so many.
CREATE FUNCTION jobs.forget_old(most integer) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
  WITH forgotten AS (
    DELETE FROM procrastinate_jobs WHERE id = ANY (ARRAY(
      SELECT job.id FROM procrastinate_jobs AS job
      WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT job.args ? 'fact'
        AND NOT EXISTS (
          SELECT FROM procrastinate_events AS event
          WHERE event.job_id = job.id AND event.at > now() - interval '90 days')
      LIMIT most FOR UPDATE SKIP LOCKED))
    RETURNING id)
  SELECT count(*) FROM forgotten
$$;
REVOKE ALL ON FUNCTION jobs.defer, jobs.defer_everywhere, jobs.forget_old FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs.defer, jobs.defer_everywhere, jobs.forget_old
  TO app_negocio, app_deposito, app_ml;
RESET ROLE;
"""

_SESSIONS = """
-- A password belongs to the person: changing it ends their sessions in every organisation, except one.
CREATE FUNCTION auth.revoke_sessions(person_id uuid, kept uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = auth, pg_temp AS $$
  UPDATE auth.session SET revoked_at = now()
  WHERE user_id = person_id AND revoked_at IS NULL AND id IS DISTINCT FROM kept
$$;
REVOKE ALL ON FUNCTION auth.revoke_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.revoke_sessions TO app_negocio;
CREATE INDEX session_person_idx ON auth.session (user_id) WHERE revoked_at IS NULL;
"""

_FORGETTING = """
-- Deletes at most so many old rows of each table; answers how many. Called until nothing is left.
CREATE FUNCTION {schema}.forget_old(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
  forgotten integer := 0;
  part integer;
BEGIN
{deletes}
  RETURN forgotten;
END $$;
REVOKE ALL ON FUNCTION {schema}.forget_old FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {schema}.forget_old TO app_{schema};
"""

_DELETE = """
  DELETE FROM {table} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM {table} WHERE {is_old} LIMIT most FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS part = ROW_COUNT;
  forgotten := forgotten + part;
"""

# A demo shop knows by its job that it is there.
_OF_EVERY_SERVICE = {
    "idempotency_key": "created_at < now() - interval '7 days'",
    "job": "status IN ('done', 'failed') AND updated_at < now() - interval '90 days'"
    " AND kind NOT LIKE 'demo.%'",
}
_OF_ONE_SERVICE = {
    # Their refresh tokens go with them.
    "negocio": {"auth.session": "least(expires_at, revoked_at) < now() - interval '30 days'"},
    "deposito": {"deposito.integrity_check": "checked_at < now() - interval '1 year'"},
    "ml": {},
}


def _forgetting(schema: str) -> str:
    old = {f"{schema}.{table}": is_old for table, is_old in _OF_EVERY_SERVICE.items()}
    deletes = "".join(
        _DELETE.format(table=table, is_old=is_old)
        for table, is_old in (old | _OF_ONE_SERVICE[schema]).items()
    )
    return _FORGETTING.format(schema=schema, deletes=deletes)


_JOBS_BEFORE = """
SET LOCAL ROLE jobs_owner;
DROP FUNCTION jobs.defer_everywhere, jobs.forget_old;
DROP TABLE jobs.night;
DROP FUNCTION jobs.defer;
CREATE FUNCTION jobs.defer(task text, args jsonb, queue text, lock text DEFAULT NULL)
RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
  SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
    queue, task, 0,
    current_setting('app.organisation_id', true) || ':' || lock,
    NULL,
    args || jsonb_build_object('organisation_id', current_setting('app.organisation_id', true)),
    NULL)::procrastinate_job_to_defer_v1]))[1]
$$;
REVOKE ALL ON FUNCTION jobs.defer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs.defer TO app_negocio, app_deposito, app_ml;
RESET ROLE;
REVOKE EXECUTE ON FUNCTION auth.organisation_ids FROM jobs_owner;
REVOKE USAGE ON SCHEMA auth FROM jobs_owner;
"""


def upgrade() -> None:
    run(_TAKEN_BACK)
    run(_JOBS)
    run(_SESSIONS)
    for schema in _OF_ONE_SERVICE:
        run(_forgetting(schema))


def downgrade() -> None:
    for schema in _OF_ONE_SERVICE:
        run(f"DROP FUNCTION {schema}.forget_old;")
    run("DROP INDEX auth.session_person_idx; DROP FUNCTION auth.revoke_sessions;")
    run(_JOBS_BEFORE)
    run("DROP TABLE deposito.taken_back;")
