"""What who watches the platform may know of all organisations together, and the trace a paper came in."""

from scripts.migrations.ddl import run

revision = "0012_watching"
down_revision = "0011_operations"
branch_labels = None
depends_on = None

_FUNCTIONS = """
-- By each organisation's last check: how many there are, how many found differences, how old the oldest is.
CREATE FUNCTION deposito.ledgers(OUT organisations bigint, OUT wrong bigint, OUT oldest_check timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = deposito, pg_temp AS $$
  SELECT count(*), count(*) FILTER (WHERE jsonb_array_length(last.differences) > 0), min(last.checked_at)
  FROM auth.organisation_ids() AS organisation(id), LATERAL (
    SELECT checked_at, differences FROM integrity_check
    WHERE organisation_id = organisation.id ORDER BY id DESC LIMIT 1) AS last
$$;

-- By each organisation's last forecasts: how many have any, when the oldest of these were made.
CREATE FUNCTION ml.forecasts(OUT organisations bigint, OUT oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ml, pg_temp AS $$
  SELECT count(*), min(last.finished_at)
  FROM auth.organisation_ids() AS organisation(id), LATERAL (
    SELECT finished_at FROM model_run
    WHERE organisation_id = organisation.id AND status = 'done' ORDER BY made_on DESC LIMIT 1) AS last
$$;
REVOKE ALL ON FUNCTION deposito.ledgers, ml.forecasts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION deposito.ledgers TO app_deposito;
GRANT EXECUTE ON FUNCTION ml.forecasts TO app_ml;
"""


_TRACE = """
-- The trace the paper was uploaded in (W3C traceparent), so that its goods are followed in the same one.
ALTER TABLE negocio.document ADD COLUMN trace text CHECK (length(trace) <= 100);
"""


def upgrade() -> None:
    run(_FUNCTIONS)
    run(_TRACE)


def downgrade() -> None:
    run("ALTER TABLE negocio.document DROP COLUMN trace;")
    run("DROP FUNCTION deposito.ledgers, ml.forecasts;")
