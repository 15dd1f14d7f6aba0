"""Who was never checked counts in what is told of all: since they are there, nobody looked after them."""

from scripts.migrations.ddl import run

revision = "0014_never_checked"
down_revision = "0013_queue_state"
branch_labels = None
depends_on = None

_FUNCTIONS = """
-- By each organisation's last check, and without one since it was made: how many there are, how many found
-- differences, how old the oldest is.
CREATE OR REPLACE FUNCTION deposito.ledgers(
  OUT organisations bigint, OUT wrong bigint, OUT oldest_check timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = deposito, pg_temp AS $$
  SELECT count(*), count(*) FILTER (WHERE jsonb_array_length(last.differences) > 0),
         min(coalesce(last.checked_at, organisation.created_at))
  FROM auth.organisation LEFT JOIN LATERAL (
    SELECT checked_at, differences FROM integrity_check AS checked
    WHERE checked.organisation_id = organisation.organisation_id ORDER BY id DESC LIMIT 1) AS last ON true
$$;

-- By each organisation's last forecasts, and without any since it was made.
CREATE OR REPLACE FUNCTION ml.forecasts(OUT organisations bigint, OUT oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ml, pg_temp AS $$
  SELECT count(*), min(coalesce(last.finished_at, organisation.created_at))
  FROM auth.organisation LEFT JOIN LATERAL (
    SELECT finished_at FROM model_run AS made
    WHERE made.organisation_id = organisation.organisation_id AND made.status = 'done'
    ORDER BY made_on DESC LIMIT 1) AS last ON true
$$;
"""

# As they were in 0012_watching.
_BEFORE = """
CREATE OR REPLACE FUNCTION deposito.ledgers(
  OUT organisations bigint, OUT wrong bigint, OUT oldest_check timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = deposito, pg_temp AS $$
  SELECT count(*), count(*) FILTER (WHERE jsonb_array_length(last.differences) > 0), min(last.checked_at)
  FROM auth.organisation_ids() AS organisation(id), LATERAL (
    SELECT checked_at, differences FROM integrity_check
    WHERE organisation_id = organisation.id ORDER BY id DESC LIMIT 1) AS last
$$;
CREATE OR REPLACE FUNCTION ml.forecasts(OUT organisations bigint, OUT oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ml, pg_temp AS $$
  SELECT count(*), min(last.finished_at)
  FROM auth.organisation_ids() AS organisation(id), LATERAL (
    SELECT finished_at FROM model_run
    WHERE organisation_id = organisation.id AND status = 'done' ORDER BY made_on DESC LIMIT 1) AS last
$$;
"""


def upgrade() -> None:
    run(_FUNCTIONS)


def downgrade() -> None:
    run(_BEFORE)
